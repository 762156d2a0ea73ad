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
    const etherpeil::Chat chat =
        etherpeil::parse_file(file, {.date_order = args.date_order});
    if (args.format == "summary") {
      write_out(etherpeil::summary_json(chat) + "\n");
    } else {
      const auto output = args.format == "csv" ? etherpeil::Output::csv
                                               : etherpeil::Output::ndjson;
      etherpeil::write_events(
          chat, write_out,
          {.output = output, .raw = args.raw, .source = files.size() > 1});
    }
    warned = show(file.string(), chat.diagnostics, common) || warned;
    progress.step(++done_files);
  }
  finish_out();
  return warned ? with_warnings : done;
}

}  // namespace command
