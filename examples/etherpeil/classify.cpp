#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {

using etherpeil::Errc;
using etherpeil::Error;

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
    const FoundRoles known = roles_for(roles, file, common);
    const etherpeil::Analysis analysis = analyser.run(file, known.entries);
    etherpeil::LabelOptions options;
    options.output = args.format == "csv" ? etherpeil::Output::csv
                                          : etherpeil::Output::ndjson;
    options.source = files.size() > 1;
    const etherpeil::Redactor redactor{analysis.chat};
    if (args.redact) options.redact = &redactor;
    if (args.explain) options.explain = &analyser.classifier();
    etherpeil::write_labels(analysis, write_out, options);
    const bool odd = show(file.string(), analysis.diagnostics, common);
    warned = warned || odd || known.warned;
    progress.step(++done_files);
  }
  finish_out();
  return warned ? with_warnings : done;
}

}  // namespace command
