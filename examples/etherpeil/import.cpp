#include <set>

#include "command.hpp"
#include "consent.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {
namespace {

/// A folder of folders holds several groups; one import is of one.
void check_one_folder(const std::vector<std::filesystem::path>& files,
                      const std::filesystem::path& asked) {
  std::set<std::filesystem::path> folders;
  for (const auto& file : files) folders.insert(file.parent_path());
  if (folders.size() > 1) {
    throw etherpeil::Error{etherpeil::Errc::argument,
                           asked.string() + ": holds exports in " +
                               std::to_string(folders.size()) +
                               " folders; name the folder of one group"};
  }
}

/// The export of another group is easily taken for this one's.
void check_name(const etherpeil::Study& study, const std::string& group,
                const etherpeil::Chat& chat,
                std::vector<etherpeil::Diagnostic>& diagnostics) {
  for (const etherpeil::Group& other : study.groups) {
    if (other.key != group && !chat.group_name.empty() &&
        other.name == chat.group_name) {
      diagnostics.push_back({.code = "command.name-of-another-group",
                             .message = "this export bears the name of group " +
                                        other.key + "; is it of group " +
                                        group + "?"});
    }
  }
}

}  // namespace

int run(const Import& args, const Common& common) {
  auto [store, warned] = open_store(args.database, common);
  const etherpeil::Pseudonymiser pseudonyms{etherpeil::Key::load(args.key),
                                            store.study().key};
  Consent consent =
      args.consent.empty()
          ? Consent{args.database.string() + ".consent", false, pseudonyms}
          : Consent{args.consent, true, pseudonyms};
  const etherpeil::Analyser analyser{{.parse = {.date_order = args.date_order}},
                                     classifier_for(args.model)};
  for (const auto& path : args.paths) {
    check_one_folder(etherpeil::find_exports(path), path);
  }
  const auto files = exports_of(args.paths);
  Progress progress{"import", files.size(), common};
  std::size_t done_files = 0;
  for (const auto& file : files) {
    etherpeil::Chat chat =
        etherpeil::parse_file(file, {.date_order = args.date_order});
    consent.apply(chat, pseudonyms);
    std::vector<etherpeil::Diagnostic> diagnostics;
    check_name(store.study(), args.group, chat, diagnostics);
    const auto roles = store.roles(args.group, chat, pseudonyms, diagnostics);
    etherpeil::Analysis analysis = analyser.run(std::move(chat), roles);
    analysis.diagnostics.insert(analysis.diagnostics.end(), diagnostics.begin(),
                                diagnostics.end());
    const etherpeil::Added added = store.add(args.group, analysis, pseudonyms);
    const std::size_t masked = consent.enforce(store);
    warned = show(file.string(), analysis.diagnostics, common) || warned;
    if (!common.quiet) {
      tell(file.string() + ": " +
           (added == etherpeil::Added::added
                ? std::to_string(analysis.chat.messages.size()) + " records, " +
                      std::to_string(analysis.incidents.list.size()) +
                      " reports added"
                : "was there already; nothing changed") +
           (masked == 0 ? ""
                        : ", " + std::to_string(masked) +
                              " of the consent list made nobody's"));
    }
    progress.step(++done_files);
  }
  return warned ? with_warnings : done;
}

}  // namespace command
