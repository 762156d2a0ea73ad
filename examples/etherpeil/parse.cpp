#include <algorithm>
#include <optional>

#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {
namespace {

/// A zip may hold several chats.
bool holds_more(const etherpeil::Chat& chat) {
  return std::any_of(
      chat.diagnostics.begin(), chat.diagnostics.end(),
      [](const auto& one) { return one.code == "parse.other-texts"; });
}

/// Writes the nth chat of a file; nothing when it holds fewer.
std::optional<etherpeil::Chat> parse_one(const std::filesystem::path& file,
                                         std::size_t nth, const Parse& args,
                                         bool several) {
  etherpeil::Summary summary;
  const etherpeil::EventOptions options{
      .output = args.format == "csv" ? etherpeil::Output::csv
                                     : etherpeil::Output::ndjson,
      .raw = args.raw,
      .source = several || nth > 0,
      .time_zone = args.time_zone};
  const auto write = [&](const etherpeil::Chat& batch) {
    if (args.format == "summary") {
      summary.add(batch);
    } else {
      etherpeil::write_events(batch, write_out, options);
    }
  };
  try {
    etherpeil::Chat chat =
        etherpeil::parse_file_batches(file, write,
                                      {.date_order = args.date_order,
                                       .nth = nth,
                                       .time_zone = args.time_zone});
    if (args.format == "summary") write_out(summary.json(chat) + "\n");
    return chat;
  } catch (const etherpeil::Error& error) {
    if (nth == 0 || error.code() != etherpeil::Errc::not_export) throw;
    return std::nullopt;
  }
}

}  // namespace

int run(const Parse& args, const Common& common) {
  const auto files = exports_of(args.paths);
  bool warned = false;
  Progress progress{"parse", files.size(), common};
  std::size_t done_files = 0;
  for (const auto& file : files) {
    for (std::size_t nth = 0;; ++nth) {
      const auto chat = parse_one(file, nth, args, files.size() > 1);
      if (!chat) break;
      warned = show(file.string(), chat->diagnostics, common) || warned;
      if (!holds_more(*chat)) break;
    }
    progress.step(++done_files);
  }
  finish_out();
  return warned ? with_warnings : done;
}

}  // namespace command
