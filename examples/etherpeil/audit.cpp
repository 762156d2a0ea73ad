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

/// A database holds counts; findings with their evidence are in the export.
void refuse_database(const std::filesystem::path& path) {
  constexpr std::string_view magic = "SQLite format 3";
  std::array<char, magic.size()> start{};
  std::ifstream file{path, std::ios::binary};
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (!file || !std::equal(magic.begin(), magic.end(), start.begin())) return;
  throw Error{Errc::argument,
              path.string() +
                  ": is a database; it holds counts and no findings. Give "
                  "audit the export of the group"};
}

std::filesystem::path one_export(const std::filesystem::path& path) {
  if (path == "-") return path;
  refuse_database(path);
  const auto files = etherpeil::find_exports(path);
  if (files.size() != 1) {
    throw Error{Errc::argument, path.string() + ": holds " +
                                    std::to_string(files.size()) +
                                    " exports; an audit is of one"};
  }
  return files.front();
}

etherpeil::Ruleset ruleset_of(const std::string& rules) {
  using etherpeil::Ruleset;
  const auto presets = Ruleset::presets();
  if (std::find(presets.begin(), presets.end(), rules) != presets.end())
    return Ruleset::preset(rules);
  // A word without dot or slash is a preset that was mistyped.
  if (rules.find_first_of("./\\") == std::string::npos &&
      !std::filesystem::exists(rules))
    return Ruleset::preset(rules);
  return Ruleset::from_file(rules);
}

std::span<const etherpeil::RoleEntry> entries_of(
    const etherpeil::Roles& roles, const Audit& args,
    const std::filesystem::path& file, const Common& common) {
  if (args.group.empty()) return roles_for(roles, file, common);
  const auto found = roles.of(args.group);
  if (found.empty() && !roles.groups.empty()) {
    throw Error{
        Errc::argument,
        "audit: --group: the roles file has no group \"" + args.group + "\""};
  }
  return found;
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

}  // namespace

int run(const Audit& args, const Common& common) {
  const etherpeil::Ruleset ruleset = ruleset_of(args.rules);
  const std::filesystem::path file = one_export(args.path);
  etherpeil::Roles roles;
  if (!args.roles.empty()) roles = etherpeil::load_roles(args.roles);
  const auto entries = entries_of(roles, args, file, common);
  const etherpeil::Analyser analyser{{.parse = {.date_order = args.date_order}},
                                     classifier_for(args.model)};
  etherpeil::Chat chat =
      etherpeil::parse_file(file, {.date_order = args.date_order});
  const etherpeil::Codebook& codebook = analyser.classifier().codebook();
  etherpeil::Analysis analysis;
  if (args.labels.empty()) {
    analysis = analyser.run(std::move(chat), entries);
  } else {
    auto coding = etherpeil::read_coding(args.labels, chat, codebook.codes());
    analysis = analyser.run(std::move(chat), std::move(coding.labels),
                            args.labels.filename().string(), entries);
  }
  const etherpeil::Audit audit = etherpeil::audit(analysis, ruleset, codebook);
  etherpeil::AuditReportOptions options = args.options;
  options.language = common.language;
  std::string document;
  etherpeil::write_audit(
      audit, ruleset, analysis.chat,
      [&](std::string_view part) { document += part; }, options);
  show(file.string(), analysis.diagnostics, common);
  if (args.output == "-") {
    write_out(document);
    finish_out();
  } else {
    etherpeil::write_document(args.output, document);
    if (!common.quiet) tell(args.output.string() + ": written");
  }
  return has_findings(audit) ? with_warnings : done;
}

}  // namespace command
