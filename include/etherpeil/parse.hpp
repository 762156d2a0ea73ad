#pragma once
/// From an export to a `Chat`: which bytes are a record, who wrote it, when.
///
///   const etherpeil::Chat chat = etherpeil::parse_file("WhatsApp Chat -
///   Noord.zip"); for (etherpeil::Index i = 0; i < chat.messages.size(); ++i)
///     use(chat.messages[i].time(), chat.text(i));
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil {

struct ParseOptions {
  /// Settles the order of day and month when the file cannot prove it.
  std::optional<DateOrder> date_order{};
  /// Largest chat text that is accepted, after unpacking. At most 4 GiB - 1.
  std::uint64_t max_bytes{std::uint64_t{4} * 1024 * 1024 * 1024 - 1};
  /// About how many bytes are worked on at a time, and make a batch.
  std::size_t batch_bytes{std::size_t{1} << 20U};
};

/// Reads the text of an export. The evidence is not changed; text in UTF-16 or
/// Windows-1252 is decoded first, which a diagnostic reports.
/// `source` names the input in errors and diagnostics.
/// @throws Error not_export, limit
/// Diagnostics: parse.date-order-guessed, parse.date-order-contradicted,
/// parse.time-backwards, parse.preamble, parse.encoding-guessed,
/// parse.invalid-utf8, parse.terminator-mixed, parse.suspect-header,
/// parse.truncated-start, parse.export-limit, parse.unknown-notice,
/// parse.year-guessed, parse.segments, parse.clock-contradicted,
/// parse.other-texts (a zip)
[[nodiscard]] Chat parse(Bytes text, const std::string& source = {},
                         const ParseOptions& options = {});

/// The same from a .txt or .zip file, or from standard input for "-".
/// A zip is read in memory, bounded; nothing is written to disk.
/// @throws Error io, not_export, archive, limit
[[nodiscard]] Chat parse_file(const std::filesystem::path& path,
                              const ParseOptions& options = {});

/// Receives an export a stretch at a time, in file order. A batch is only valid
/// during the call; a copy of it may be kept.
using BatchSink = std::function<void(const Chat& batch)>;

/// The same with memory that does not grow with the export. Returns what holds
/// for the whole: authors, format, diagnostics, the name of the group, and as
/// `records_before` the number of records; its messages went to `sink`. Texts
/// of more than 4 GiB are read, too; a single record of that size is not.
/// Text in UTF-16 or Windows-1252 is decoded in memory.
/// @throws Error not_export, limit; and what `sink` throws
Chat parse_batches(Bytes text, const BatchSink& sink,
                   const std::string& source = {},
                   const ParseOptions& options = {});

/// The same from a file. A .txt is not held in memory; a chat in a .zip and
/// standard input are. @throws Error io, not_export, archive, limit
Chat parse_file_batches(const std::filesystem::path& path,
                        const BatchSink& sink,
                        const ParseOptions& options = {});

/// The exports in a file or, recursively, in a folder: every .txt and .zip, in
/// order of path; beside a "_chat.txt" other texts are its attachments. A file
/// is returned as it is, whatever its name.
/// @throws Error io when the path does not exist; not_export when a folder
/// holds neither .txt nor .zip
[[nodiscard]] std::vector<std::filesystem::path> find_exports(
    const std::filesystem::path& path);

}  // namespace etherpeil
