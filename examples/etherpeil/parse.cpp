#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {

int run(const Parse& args, const Common& common) {
  const auto files = exports_of(args.paths);
  bool warned = false;
  Progress progress{"parse", files.size(), common};
  std::size_t done_files = 0;
  for (const auto& file : files) {
    etherpeil::Summary summary;
    const etherpeil::EventOptions options{
        .output = args.format == "csv" ? etherpeil::Output::csv
                                       : etherpeil::Output::ndjson,
        .raw = args.raw,
        .source = files.size() > 1};
    const etherpeil::Chat chat = etherpeil::parse_file_batches(
        file,
        [&](const etherpeil::Chat& batch) {
          if (args.format == "summary") {
            summary.add(batch);
          } else {
            etherpeil::write_events(batch, write_out, options);
          }
        },
        {.date_order = args.date_order});
    if (args.format == "summary") write_out(summary.json(chat) + "\n");
    warned = show(file.string(), chat.diagnostics, common) || warned;
    progress.step(++done_files);
  }
  finish_out();
  return warned ? with_warnings : done;
}

}  // namespace command
