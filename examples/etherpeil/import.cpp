#include "command.hpp"
#include "terminal.hpp"

namespace command {

int run(const Import& args, const Common& common) {
  etherpeil::Store store{args.database};
  const etherpeil::Pseudonymiser pseudonyms{etherpeil::Key::load(args.key),
                                            store.study().key};
  const etherpeil::Analyser analyser{
      {.parse = {.date_order = args.date_order}}};
  std::vector<std::filesystem::path> files;
  for (const auto& path : args.paths) {
    for (auto& file : etherpeil::find_exports(path))
      files.push_back(std::move(file));
  }
  bool warned = false;
  Progress progress{"import", files.size(), common};
  std::size_t done_files = 0;
  for (const auto& file : files) {
    etherpeil::Chat chat =
        etherpeil::parse_file(file, {.date_order = args.date_order});
    std::vector<etherpeil::Diagnostic> diagnostics;
    const auto roles = store.roles(args.group, chat, pseudonyms, diagnostics);
    etherpeil::Analysis analysis = analyser.run(std::move(chat), roles);
    analysis.diagnostics.insert(analysis.diagnostics.end(), diagnostics.begin(),
                                diagnostics.end());
    const etherpeil::Added added = store.add(args.group, analysis, pseudonyms);
    warned = show(file.string(), analysis.diagnostics, common) || warned;
    if (!common.quiet) {
      tell(file.string() + ": " +
           (added == etherpeil::Added::added
                ? std::to_string(analysis.chat.messages.size()) + " records, " +
                      std::to_string(analysis.incidents.list.size()) +
                      " reports added"
                : "was there already; nothing changed"));
    }
    progress.step(++done_files);
  }
  return warned ? with_warnings : done;
}

}  // namespace command
