#include <algorithm>
#include <array>
#include <fstream>

#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {
namespace {

using etherpeil::Errc;
using etherpeil::Error;

bool is_database(const std::filesystem::path& path) {
  constexpr std::string_view magic = "SQLite format 3";
  std::array<char, magic.size()> start{};
  std::ifstream file{path, std::ios::binary};
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  return file && std::equal(magic.begin(), magic.end(), start.begin());
}

std::filesystem::path one_export(const std::filesystem::path& path) {
  if (path == "-") return path;
  const auto files = etherpeil::find_exports(path);
  if (files.size() != 1) {
    throw Error{Errc::argument, path.string() + ": holds " +
                                    std::to_string(files.size()) +
                                    " exports; an audit is of one"};
  }
  return files.front();
}

/// What a study says that its group agreed on; nothing when it says nothing.
std::optional<etherpeil::Regime> regime_of(const etherpeil::Study& study,
                                           const std::string& group,
                                           const std::string& where) {
  const auto& regime = study.groups[study.require_group(group, where)].regime;
  for (const auto one : {etherpeil::Regime::alarm, etherpeil::Regime::mixed}) {
    if (to_string(one) == regime) return one;
  }
  return std::nullopt;
}

/// The ruleset that was asked for; else the usual one for the regime.
etherpeil::Ruleset ruleset_of(const std::string& rules,
                              std::optional<etherpeil::Regime> regime) {
  using etherpeil::Ruleset;
  const auto presets = Ruleset::presets();
  if (rules.empty()) {
    for (const std::string_view name : presets) {
      Ruleset usual = Ruleset::preset(name);
      if (!regime || usual.regime() == *regime) return usual;
    }
  }
  if (std::find(presets.begin(), presets.end(), rules) != presets.end())
    return Ruleset::preset(rules);
  // A word without dot or slash is a preset that was mistyped.
  if (rules.find_first_of("./\\") == std::string::npos &&
      !std::filesystem::exists(rules))
    return Ruleset::preset(rules);
  return Ruleset::from_file(rules);
}

FoundRoles entries_of(const etherpeil::Roles& roles, const Audit& args,
                      const std::filesystem::path& file, const Common& common) {
  if (args.group.empty()) return roles_for(roles, file, common);
  const auto found = roles.of(args.group);
  if (found.empty() && !roles.groups.empty()) {
    throw Error{
        Errc::argument,
        "audit: --group: the roles file has no group \"" + args.group + "\""};
  }
  return {found};
}

/// Something that a person should look at; weak hints and what goes well are
/// not.
bool has_findings(const etherpeil::Audit& audit) {
  const auto rules = etherpeil::house_rules();
  return std::any_of(
      audit.rules.begin(), audit.rules.end(),
      [&](const etherpeil::RuleResult& result) {
        const auto rule = std::find_if(
            rules.begin(), rules.end(),
            [&](const etherpeil::HouseRule& r) { return r.id == result.id; });
        return result.share.found > 0 && !rule->good &&
               rule->grade != etherpeil::Grade::weak;
      });
}

/// What is audited, under which agreements.
struct Subject {
  etherpeil::Analysis analysis{};
  etherpeil::Codebook codebook{etherpeil::Codebook::dutch()};
  std::optional<etherpeil::Regime> regime{};
  bool warned{};
  /// Of a database: what it holds, and which group of it this is.
  std::optional<Opened> opened{};
  etherpeil::Panel panel{};
  std::string group{};
};

/// A group of a database. What its messages said is gone, and who wrote them.
Subject stored(const Audit& args, const Common& common) {
  const auto refuse = [&](bool given, const char* option, const char* why) {
    if (!given) return;
    throw Error{Errc::argument, "audit: " + std::string{option} + ": " +
                                    args.path.string() + " is a database, " +
                                    why};
  };
  constexpr const char* known = "which holds this already; leave it out";
  constexpr const char* absent =
      "which holds no words and no names; give the export of the group";
  refuse(!args.roles.empty(), "--roles", known);
  refuse(!args.study.empty(), "--study", known);
  refuse(!args.labels.empty(), "--labels", known);
  refuse(!args.model.empty(), "--model", known);
  refuse(args.date_order.has_value(), "--date-order", known);
  refuse(args.options.names, "--keep-names", absent);
  refuse(args.options.texts, "--keep-text", absent);
  Opened opened = open_store(args.path, common);
  etherpeil::Panel panel = opened.store.panel();
  std::string group = args.group;
  if (group.empty() && panel.study.groups.size() == 1)
    group = panel.study.groups.front().key;
  if (group.empty()) {
    std::string keys;
    for (const etherpeil::Group& one : panel.study.groups)
      keys += (keys.empty() ? "" : ", ") + one.key;
    throw Error{Errc::argument, args.path.string() +
                                    ": holds several groups; choose one with "
                                    "--group: " +
                                    keys};
  }
  Subject subject{.analysis = etherpeil::recall(panel, group)};
  subject.regime = regime_of(panel.study, group, args.path.string());
  subject.warned = opened.warned;
  if (subject.analysis.chat.messages.empty()) {
    throw Error{Errc::argument, args.path.string() + ": group " + group +
                                    ": has no messages; import its export "
                                    "first"};
  }
  subject.opened = std::move(opened);
  subject.panel = std::move(panel);
  subject.group = std::move(group);
  return subject;
}

/// The group of an export: as asked for, else the folder that it lies in.
std::string group_of(const Audit& args, const std::filesystem::path& file) {
  if (!args.group.empty()) return args.group;
  return std::filesystem::absolute(file).parent_path().filename().string();
}

Subject exported(const Audit& args, const Common& common) {
  if (args.store) {
    throw Error{Errc::argument,
                "audit: --store: " + args.path.string() +
                    " is an export; import it and audit the database"};
  }
  const std::filesystem::path file = one_export(args.path);
  Subject subject;
  if (!args.study.empty()) {
    subject.regime = regime_of(etherpeil::load_study(args.study),
                               group_of(args, file), args.study.string());
  }
  etherpeil::Roles roles;
  if (!args.roles.empty()) roles = etherpeil::load_roles(args.roles);
  const auto [entries, no_roles] = entries_of(roles, args, file, common);
  const etherpeil::Analyser analyser{{.parse = {.date_order = args.date_order}},
                                     classifier_for(args.model)};
  etherpeil::Chat chat =
      etherpeil::parse_file(file, {.date_order = args.date_order});
  subject.codebook = analyser.classifier().codebook();
  if (args.labels.empty()) {
    subject.analysis = analyser.run(std::move(chat), entries);
  } else {
    auto coding =
        etherpeil::read_coding(args.labels, chat, subject.codebook.codes());
    subject.analysis = analyser.run(std::move(chat), std::move(coding.labels),
                                    args.labels.filename().string(), entries);
  }
  const bool odd = show(file.string(), subject.analysis.diagnostics, common);
  subject.warned = no_roles || odd;
  return subject;
}

}  // namespace

int run(const Audit& args, const Common& common) {
  Subject subject =
      is_database(args.path) ? stored(args, common) : exported(args, common);
  const etherpeil::Ruleset ruleset = ruleset_of(args.rules, subject.regime);
  const etherpeil::AuditOptions wishes{.regime = subject.regime};
  const etherpeil::Audit audit =
      etherpeil::audit(subject.analysis, ruleset, subject.codebook, wishes);
  if (args.store) {
    const std::string run =
        etherpeil::keep_audit(subject.opened->store, subject.panel,
                              subject.group, audit, ruleset, wishes);
    if (!common.quiet) tell(args.path.string() + ": findings kept, run " + run);
  }
  etherpeil::AuditReportOptions options = args.options;
  options.language = common.language;
  options.coded_by_people = !args.labels.empty();
  std::string document;
  etherpeil::write_audit(
      audit, ruleset, subject.analysis.chat,
      [&](std::string_view part) { document += part; }, options);
  if (args.output == "-") {
    write_out(document);
    finish_out();
  } else {
    etherpeil::write_document(args.output, document);
    if (!common.quiet) tell(args.output.string() + ": written");
  }
  return has_findings(audit) || subject.warned ? with_warnings : done;
}

}  // namespace command
