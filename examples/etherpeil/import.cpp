#include <algorithm>
#include <optional>
#include <set>

#include "command.hpp"
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
                etherpeil::Chat& chat) {
  for (const etherpeil::Group& other : study.groups) {
    if (other.key != group && !chat.group_name.empty() &&
        other.name == chat.group_name) {
      chat.diagnostics.push_back(
          {.code = "command.name-of-another-group",
           .message = "this export bears the name of group " + other.key +
                      "; is it of group " + group + "?"});
    }
  }
}

constexpr const char* there_already = "was there already; nothing changed";

std::string told_of(std::size_t people) {
  return ": " + std::to_string(people) + " of the consent list made nobody's";
}

/// Whether the group has every text already. One that is new may have to be
/// merged with one that is known.
bool all_known(const etherpeil::Store& store, const Import& args,
               const std::vector<std::filesystem::path>& files) {
  return std::all_of(files.begin(), files.end(), [&](const auto& file) {
    if (file == "-") return false;
    const std::string text = etherpeil::text_sha256(file);
    return store.contains(args.group, text) &&
           (!args.keep_text || store.has_texts(args.group, text));
  });
}

std::filesystem::path consent_path(const Import& args) {
  if (!args.consent.empty()) return args.consent;
  return args.database.string() + ".consent";
}

etherpeil::Consent consent_of(const Import& args,
                              const etherpeil::Pseudonymiser& pseudonyms) {
  const std::filesystem::path path = consent_path(args);
  if (args.consent.empty() && !std::filesystem::exists(path)) return {};
  return etherpeil::Consent::load(path, pseudonyms);
}

/// A line that fits nobody may be misspelt, and then somebody is read who does
/// not want to be.
bool show_unmatched(const etherpeil::Consent& consent,
                    const etherpeil::Store& store, const Import& args,
                    const Common& common) {
  std::vector<etherpeil::Diagnostic> told;
  for (const std::uint64_t line : store.unmatched(consent)) {
    told.push_back(
        {.code = "consent.names-nobody",
         .severity = etherpeil::Severity::warning,
         .line = line,
         .message = "names nobody who wrote in an export of this study so far; "
                    "spell the name as the export shows it, or put a # before "
                    "it when that person never wrote here"});
  }
  return show(consent_path(args).string(), told, common);
}

/// All exports, read before anything is written.
struct Read {
  std::vector<etherpeil::Chat> chats{};
  /// What is odd in each, by the path of its file.
  std::vector<std::vector<etherpeil::Diagnostic>> remarks{};
  bool warned{};  ///< of what is not imported
};

void warn(const std::string& what, const std::string& why, const char* code,
          const Common& common) {
  const etherpeil::Diagnostic one{
      .code = code, .severity = etherpeil::Severity::warning, .message = why};
  static_cast<void>(show(what, {&one, 1}, common));
}

/// Whether a zip holds a chat beside the one that is read.
bool holds_another(const std::filesystem::path& file, const Import& args,
                   const etherpeil::Chat& chat) {
  if (std::none_of(
          chat.diagnostics.begin(), chat.diagnostics.end(),
          [](const auto& one) { return one.code == "parse.other-texts"; }))
    return false;
  try {
    static_cast<void>(
        etherpeil::parse_file(file, {.date_order = args.date_order, .nth = 1}));
    return true;
  } catch (const etherpeil::Error& error) {
    if (error.code() != etherpeil::Errc::not_export) throw;
    return false;
  }
}

Read read_all(const std::vector<std::filesystem::path>& files,
              const Import& args, const etherpeil::Study& study,
              const Common& common) {
  Read read;
  Progress progress{"parse", files.size(), common};
  bool named_exporter = args.exporter.empty();
  std::vector<std::filesystem::path> strays;
  std::optional<etherpeil::Error> refusal;
  for (const auto& file : files) {
    // A file that was named must be an export, one in a folder may be a note.
    const bool named = std::find(args.paths.begin(), args.paths.end(), file) !=
                       args.paths.end();
    try {
      etherpeil::Chat chat =
          etherpeil::parse_file(file, {.date_order = args.date_order});
      if (!args.exporter.empty()) {
        named_exporter =
            etherpeil::name_exporter(chat, args.exporter) || named_exporter;
      }
      check_name(study, args.group, chat);
      if (holds_another(file, args, chat)) {
        read.warned = true;
        warn(file.string(),
             "holds more than one chat; only the likeliest is imported: unpack "
             "the zip and import each into its own group",
             "command.other-chats", common);
      }
      read.remarks.push_back(chat.diagnostics);
      read.chats.push_back(std::move(chat));
    } catch (const etherpeil::Error& error) {
      if (named || error.code() != etherpeil::Errc::not_export) throw;
      if (strays.empty()) refusal = error;
      strays.push_back(file);
    }
    progress.step(read.chats.size());
  }
  if (read.chats.empty() && refusal) throw etherpeil::Error{*refusal};
  for (const auto& file : strays) {
    read.warned = true;
    warn(file.string(), "is no export and is left out", "command.not-an-export",
         common);
  }
  if (!named_exporter) {
    read.warned = true;
    warn("--exporter",
         "no export has a sender that the phone calls \"You\"; the name was "
         "not used",
         "command.exporter-names-nobody", common);
  }
  return read;
}

std::string names_of(const etherpeil::Merged& merged) {
  std::string names;
  for (const auto& source : merged.sources)
    names += (names.empty() ? "" : " + ") + source.name;
  return names;
}

/// Exports of the same days without a message in common are of two groups.
void check_one_group(const etherpeil::Merges& merges) {
  for (const auto& pair : merges.apart) {
    if (pair.why != etherpeil::Unaligned::other_messages) continue;
    throw etherpeil::Error{
        etherpeil::Errc::argument,
        names_of(merges.chats[pair.first]) + ": has other messages than " +
            names_of(merges.chats[pair.second]) +
            " on the same days; import each into its own group"};
  }
}

/// Messages and reports that the database now has from an export. A day that
/// the export shows in part does not count, so the file may hold more.
std::string kept_of(const etherpeil::Store& store, const std::string& group,
                    const etherpeil::Analysis& analysis) {
  const auto ids = store.message_ids(group, analysis);
  const auto& messages = analysis.chat.messages;
  const auto& reports = analysis.incidents.list;
  const auto written =
      std::count_if(messages.begin(), messages.end(),
                    [](const auto& message) { return message.human(); });
  const auto kept = std::count_if(
      ids.begin(), ids.end(), [](const auto& id) { return id.has_value(); });
  const auto kept_reports = std::count_if(
      reports.begin(), reports.end(),
      [&](const auto& report) { return ids[report.root].has_value(); });
  std::string text = std::to_string(kept) + " messages, " +
                     std::to_string(kept_reports) + " reports";
  if (kept < written) {
    text += " on whole days (of " + std::to_string(written) + " and " +
            std::to_string(reports.size()) + " in the file)";
  }
  return text;
}

std::string result(const etherpeil::Store& store, const std::string& group,
                   const etherpeil::Analysis& analysis,
                   etherpeil::Added added) {
  switch (added) {
    case etherpeil::Added::added:
      return kept_of(store, group, analysis) + " added";
    case etherpeil::Added::replaced:
      return kept_of(store, group, analysis) +
             " in place of the earlier exports of these days";
    case etherpeil::Added::extended:
      return kept_of(store, group, analysis) +
             "; the earlier export goes on with its days";
    case etherpeil::Added::contained:
      return "its days were there already, in a later export; nothing changed";
    case etherpeil::Added::unchanged:
      return there_already;
  }
  return {};
}

}  // namespace

int run(const Import& args, const Common& common) {
  Opened opened = open_store(args.database, common);
  etherpeil::Store& store = opened.store;
  bool warned = opened.warned;
  const etherpeil::Pseudonymiser pseudonyms{etherpeil::Key::load(args.key),
                                            store.study().key};
  store.check_key(pseudonyms);
  const etherpeil::Consent consent = consent_of(args, pseudonyms);
  for (const auto& path : args.paths) {
    check_one_folder(etherpeil::find_exports(path), path);
  }
  const auto files = exports_of(args.paths);
  const std::size_t erased = store.enforce(consent);
  if (erased > 0 && !common.quiet)
    tell(args.database.string() + told_of(erased));
  if (args.with_rows) store.keep_rows();
  // Only a merge tells all names of those on the list.
  const bool may_be_aliases = files.size() > 1 && !consent.lines().empty();
  if (!args.date_order && !may_be_aliases && store.unmatched(consent).empty() &&
      all_known(store, args, files)) {
    if (!common.quiet) {
      for (const auto& file : files) tell(file.string() + ": " + there_already);
    }
    tell_gone(args.database, opened, common);
    return warned ? with_warnings : done;
  }
  const etherpeil::Analyser analyser{{.parse = {.date_order = args.date_order}},
                                     classifier_for(args.model)};
  Read read = read_all(files, args, store.study(), common);
  warned = warned || read.warned;
  etherpeil::Merges merges = etherpeil::merge(std::move(read.chats));
  check_one_group(merges);
  Progress progress{"import", merges.chats.size(), common};
  std::size_t done_chats = 0;
  std::set<std::uint64_t> consent_lines;
  for (etherpeil::Merged& merged : merges.chats) {
    const std::string names = names_of(merged);
    for (const auto& source : merged.sources)
      warned = show(source.name, read.remarks[source.input], common) || warned;
    // A person may be on the list under the name in one phone only; and copies
    // of a message are only known to be one while they have their words.
    consent_lines.merge(consent.lines_of(merged.chat, merged.known_as));
    const std::size_t masked = consent.apply(merged.chat, merged.known_as);
    std::vector<etherpeil::Diagnostic> told;
    const auto roles = store.roles(args.group, merged, pseudonyms, told);
    etherpeil::Analysis analysis = analyser.run(
        std::move(merged.chat), roles,
        [&](const etherpeil::Chat& chat,
            std::span<const etherpeil::Role> of_messages) {
          return store.labels(args.group, chat, of_messages, pseudonyms,
                              analyser.provenance(), analyser.configuration());
        });
    analysis.diagnostics.insert(analysis.diagnostics.end(), told.begin(),
                                told.end());
    told.clear();
    std::vector<std::string> texts;
    if (merged.sources.size() > 1) {
      for (const auto& source : merged.sources) texts.push_back(source.sha256);
    }
    const etherpeil::Added added =
        store.add(args.group, analysis, pseudonyms,
                  {.texts = texts,
                   .known_as = merged.known_as,
                   .configuration = analyser.configuration(),
                   .keep_text = args.keep_text,
                   .consent = &consent,
                   .diagnostics = &told});
    for (const auto& remark : analysis.diagnostics) {
      const bool of_file = remark.code.rfind("parse.", 0) == 0 ||
                           remark.code.rfind("command.", 0) == 0;
      if (!of_file) told.push_back(remark);
    }
    warned = show(names, told, common) || warned;
    if (!common.quiet) {
      tell(names + ": " + result(store, args.group, analysis, added) +
           (masked == 0 ? "" : told_of(masked)));
    }
    progress.step(++done_chats);
  }
  store.note_matched(consent, consent_lines);
  tell_gone(args.database, opened, common);
  warned = show_unmatched(consent, store, args, common) || warned;
  return warned ? with_warnings : done;
}

}  // namespace command
