#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {
namespace {

using etherpeil::Errc;
using etherpeil::Error;

/// The roles for an export: those of the group that its folder is named after,
/// or those of a file for one chat.
std::span<const etherpeil::RoleEntry> roles_for(
    const etherpeil::Roles& roles, const std::filesystem::path& file,
    const Common& common) {
  if (roles.groups.empty()) return {};
  const std::filesystem::path folder =
      std::filesystem::absolute(file).parent_path().filename();
  const auto found = roles.of(folder.string());
  if (found.empty() && !common.quiet) {
    tell(file.string() + ": warning: the roles file has no group \"" +
         folder.string() +
         "\", the folder of this export; it is read without roles "
         "[command.no-roles]");
  }
  return found;
}

}  // namespace

int run(const Classify& args, const Common& common) {
  if (args.explain && args.format == "csv") {
    throw Error{Errc::argument,
                "classify: --explain needs --format ndjson; a table has no "
                "room for reasons"};
  }
  if (args.explain && args.redact) {
    throw Error{Errc::argument,
                "classify: --explain points into the texts that --redact "
                "changes; give one of the two"};
  }
  etherpeil::Roles roles;
  if (!args.roles.empty()) roles = etherpeil::load_roles(args.roles);
  const etherpeil::Analyser analyser{{.parse = {.date_order = args.date_order}},
                                     classifier_for(args.model, args.files)};
  const auto files = exports_of(args.paths);
  bool warned = false;
  Progress progress{"classify", files.size(), common};
  std::size_t done_files = 0;
  for (const auto& file : files) {
    const etherpeil::Analysis analysis =
        analyser.run(file, roles_for(roles, file, common));
    etherpeil::LabelOptions options;
    options.output = args.format == "csv" ? etherpeil::Output::csv
                                          : etherpeil::Output::ndjson;
    options.source = files.size() > 1;
    const etherpeil::Redactor redactor{analysis.chat};
    if (args.redact) options.redact = &redactor;
    if (args.explain) options.explain = &analyser.classifier();
    etherpeil::write_labels(analysis, write_out, options);
    warned = show(file.string(), analysis.diagnostics, common) || warned;
    progress.step(++done_files);
  }
  finish_out();
  return warned ? with_warnings : done;
}

}  // namespace command
