#include "command.hpp"
#include "terminal.hpp"

namespace command {

int run(const Classify& args, const Common& common) {
  etherpeil::Roles roles;
  if (!args.roles.empty()) roles = etherpeil::load_roles(args.roles);
  const etherpeil::Analyser analyser{
      {.parse = {.date_order = args.date_order}}};
  const etherpeil::Classifier classifier;
  bool warned = false;
  for (const auto& path : args.paths) {
    for (const auto& file : etherpeil::find_exports(path)) {
      const etherpeil::Analysis analysis =
          analyser.run(file, roles.of(file.parent_path().filename().string()));
      etherpeil::LabelOptions options;
      options.output = args.format == "csv" ? etherpeil::Output::csv
                                            : etherpeil::Output::ndjson;
      if (args.explain) {
        options.reasons = [&](etherpeil::Index message) {
          return classifier.explain(analysis.chat, message, analysis.roles);
        };
      }
      etherpeil::write_labels(analysis, write_out, options);
      warned = show(file.string(), analysis.diagnostics, common) || warned;
    }
  }
  finish_out();
  return warned ? with_warnings : done;
}

}  // namespace command
