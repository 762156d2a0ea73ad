#pragma once
/// From an export to a `Chat`: which bytes are a record, who wrote it, when.
///
///   const etherpeil::Chat chat = etherpeil::parse_file("WhatsApp Chat -
///   Noord.zip"); for (etherpeil::Index i = 0; i < chat.messages.size(); ++i)
///     use(chat.messages[i].time(), chat.text(i));
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil {

struct ParseOptions {
  /// Settles the order of day and month when the file cannot prove it.
  std::optional<DateOrder> date_order{};
  /// Largest chat text that is accepted, after unpacking. At most 4 GiB - 1.
  std::uint64_t max_bytes{std::uint64_t{4} * 1024 * 1024 * 1024 - 1};
  /// About how many bytes are worked on at a time, and make a batch.
  std::size_t batch_bytes{std::size_t{1} << 18U};
  /// Which of the chats in a zip, the likeliest first; texts that a chat shows
  /// as attachments are none. Error not_export when there are fewer.
  std::size_t nth{};
  /// Zone of the phone that made the export, an IANA name; empty for
  /// "Europe/Amsterdam". It tells which hours the clock shows never or twice
  /// (parse.missing-hour, parse.clock-change, `Message::repeated_hour`) and
  /// changes no time. Error argument for a name that ICU does not know.
  std::string time_zone{};
};

/// Reads the text of an export. The evidence is not changed; text in UTF-16 or
/// Windows-1252 is decoded first and lone carriage returns are made line feeds,
/// which a diagnostic reports.
/// `source` names the input in errors and diagnostics.
/// @throws Error not_export, limit, argument
/// Diagnostics: parse.clock-change, parse.clock-contradicted,
/// parse.date-order-contradicted, parse.date-order-guessed,
/// parse.encoding-guessed, parse.export-limit, parse.invalid-utf8,
/// parse.kind-guessed, parse.line-ends, parse.missing-hour,
/// parse.name-overrides, parse.name-with-colon, parse.other-texts (a zip),
/// parse.out-of-time, parse.preamble, parse.segments, parse.silence,
/// parse.suspect-header, parse.time-backwards, parse.truncated-end,
/// parse.truncated-start, parse.unknown-notice, parse.year-guessed
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
/// The SHA-256 by which a database knows the text of an export, in hexadecimal,
/// without reading its messages. Of a zip with several texts it is that of the
/// likeliest.
/// @throws Error io, archive, limit
[[nodiscard]] std::string text_sha256(const std::filesystem::path& path,
                                      const ParseOptions& options = {});

/// What WhatsApp lays out in a message beside a person's words. Nothing of it
/// is stored: `details` reads it from the evidence. Views point into
/// `Chat::bytes`.
struct Details {
  /// Bytes of the message's text.
  struct Span {
    std::uint32_t start{};
    std::uint32_t length{};
  };
  struct Option {
    std::string_view text{};
    std::optional<std::uint32_t> votes{};
  };
  struct Poll {
    std::string_view question{};
    std::vector<Option> options{};
  };
  /// An event that members can answer.
  struct Occasion {
    std::string_view title{};
    std::vector<std::string_view> lines{};  ///< time, place, description
  };
  struct Place {
    std::optional<double> latitude{};   ///< degrees north, in [-90, 90]
    std::optional<double> longitude{};  ///< degrees east, in [-180, 180]
    std::string_view name{};            ///< of the place; empty when none
    bool live{};  ///< was followed for a while; its course is not exported
  };
  struct Call {
    bool video{};
    bool group{};
    bool missed{};
    std::optional<std::chrono::seconds> duration{};  ///< as shown, rounded
  };

  std::optional<Poll> poll{};
  std::optional<Occasion> occasion{};
  std::optional<Place> place{};
  std::optional<Call> call{};
  /// Of a `disappearing_changed` line; 0 when it was turned off.
  std::optional<std::chrono::seconds> timer{};
  bool deleted_by_admin{};
  /// "@⁨Jan⁩" and "@31612345678", the sign and the isolates included.
  std::vector<Span> mentions{};
};

/// What stands in a message beside words: poll, place, call, mentions, ….
/// Read from the bytes each time; a message with none costs one look.
[[nodiscard]] Details details(const Chat& chat, Index message);
Details details(Chat&& chat, Index message) = delete;

/// The exports in a file or, recursively, in a folder: every .txt and .zip, in
/// order of path; beside a "_chat.txt" other texts are its attachments. A file
/// is returned as it is, whatever its name.
/// @throws Error io when the path does not exist; not_export when a folder
/// holds neither .txt nor .zip
[[nodiscard]] std::vector<std::filesystem::path> find_exports(
    const std::filesystem::path& path);

}  // namespace etherpeil
