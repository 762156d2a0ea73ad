#pragma once
/// WhatsApp's own texts, from lib/data/notices.json.
#include <array>
#include <bitset>
#include <chrono>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "etherpeil/parse.hpp"
#include "json/walk.hpp"
#include "text/scan.hpp"

namespace etherpeil::parsing {

/// A part of a text that a notice names. Positions count from the text's start.
struct Span {
  std::size_t start{};
  std::size_t length{};
};

/// A system line, recognised.
struct Notice {
  SystemEvent event{SystemEvent::other};
  std::optional<Span> actor{};
  std::optional<Span> target{};
  std::optional<Span> subject{};  ///< the group's name
  bool off{};                     ///< turned off: "disappearing messages"
};

/// What WhatsApp put in the place of a person's words.
struct Stand {
  Kind kind{Kind::text};
  MediaType media{MediaType::none};
  bool omitted{};
  Span text{};  ///< what remains of the person's words
  std::optional<Span> file{};
  std::optional<Span> actor{};  ///< the moderator who deleted it
  bool guessed{};               ///< a person may have typed it
};

// Four bytes tell most texts apart; phrases are not shorter.
constexpr std::size_t least_start = 4;
constexpr std::size_t hash_values = std::size_t{1} << 16U;

/// A bit per hash.
using Hashes = std::bitset<hash_values>;

[[nodiscard]] inline std::uint32_t four_bytes(const char* at) {
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}
[[nodiscard]] inline std::size_t hash_of(std::uint32_t bytes) {
  return bytes * 0x9E3779B1U >> 16U;
}

/// The texts of all languages, compiled: a thousand of them at every start, so
/// they are views. Immutable after construction.
class Notices {
 public:
  /// `json` must outlive it and hold no escapes. @throws Error config
  explicit Notices(std::string_view json);

  /// A whole system text, marks off its start. A name at its start is never
  /// taken over a ": " (that would be a person quoting WhatsApp) unless it is
  /// `sure` that WhatsApp wrote it.
  [[nodiscard]] std::optional<Notice> system(std::string_view text,
                                             bool sure = false) const;

  /// A body that WhatsApp wrote in a person's name: media, deletion, call, ….
  /// `marked`: only texts behind a U+200E/U+200F count where the mark belongs
  /// before a file name (iPhone).
  [[nodiscard]] std::optional<Stand> stand(std::string_view body,
                                           bool marked) const;

  /// False for most of what people write: then neither `stand` nor
  /// `edited_tag` finds anything in this line without marks. One byte behind it
  /// and 16 from its start on are read.
  [[nodiscard]] bool may_be_own(std::string_view line) const {
    return line.empty() || ends_[static_cast<unsigned char>(line.back())] ||
           may_stand(line) || !text::begins_with_word(line.data());
  }

  /// The same of several lines.
  [[nodiscard]] bool lines_may_be_own(std::string_view lines) const {
    const std::size_t feed = text::find_byte(lines, '\n');
    if (feed == 0 || feed >= lines.size()) return true;
    const char last = lines[feed - 1];  // a poll's first line ends in a colon
    return last == ':' || last == ' ' || last == '\r' ||
           ends_[static_cast<unsigned char>(last)] ||
           ends_[static_cast<unsigned char>(lines.back())] ||
           may_stand(lines) || !text::begins_with_space_word(lines.data());
  }

  /// A body that reports a call. `marked`: behind a mark also calls that were
  /// answered count; a person may type "video call".
  [[nodiscard]] std::optional<Details::Call> call(std::string_view body,
                                                  bool marked) const;

  /// Until messages disappear, in a system text; 0 when that was turned off.
  [[nodiscard]] std::optional<std::chrono::seconds> timer(
      std::string_view text) const;

  [[nodiscard]] bool deleted_by_admin(std::string_view body) const;

  /// Bytes of the edited tag at the end of a body with what stands before it;
  /// 0 without. `marked` asks for the mark that iPhones put before it.
  [[nodiscard]] std::size_t edited_tag(std::string_view body,
                                       bool marked) const;

 private:
  struct Pattern {
    static constexpr std::size_t max_captures = 3;
    SystemEvent event{};
    bool off{};
    bool marked{};            ///< of a file: phones put a mark before its name
    std::uint8_t captured{};  ///< parts of a text
    /// 'a'ctor 't'arget 's'ubject 'o'ld '*'
    std::array<char, max_captures> captures{};
    /// One more than captures, around them.
    std::array<std::string_view, max_captures + 1> around{};

    [[nodiscard]] std::string_view front() const { return around.front(); }
    [[nodiscard]] std::string_view back() const { return around[captured]; }
  };
  /// Texts made out of those of the file; they stay where they are.
  class Made {
   public:
    [[nodiscard]] std::string_view keep(std::string_view text);

   private:
    std::vector<std::vector<char>> blocks_{};
  };
  [[nodiscard]] static std::optional<Notice> match(const Pattern& pattern,
                                                   std::string_view text,
                                                   bool sure);
  /// The patterns of `system_` that may fit a text, in order.
  [[nodiscard]] std::vector<std::uint16_t> possible(
      std::string_view text) const;
  [[nodiscard]] std::optional<Notice> match_any(std::string_view text,
                                                bool sure) const;
  /// False when no pattern can fit a text, which has a ": " or not, unless it
  /// is sure that WhatsApp wrote it.
  [[nodiscard]] bool may_be_system(std::string_view text) const;
  void read_language(json::Walk& walk);
  void read_system(json::Walk& walk);
  void read_media(json::Walk& walk);
  void read_calls(json::Walk& walk);
  void read_units(json::Walk& walk);
  /// Calls `use` with each text of an array, which may stand for several.
  template <class Use>
  void phrases(json::Walk& walk, const Use& use);
  [[nodiscard]] static Pattern compile(std::string_view phrase,
                                       SystemEvent event);
  /// "1 hr 2 min" or "1:02:03", the first in the text.
  [[nodiscard]] std::optional<std::chrono::seconds> duration(
      std::string_view text) const;
  [[nodiscard]] static bool is_poll(std::string_view bare, bool marked);
  [[nodiscard]] static std::size_t edited_by_shape(std::string_view body);
  /// False when `bare` starts as no text of the tables does.
  [[nodiscard]] bool may_stand(std::string_view bare) const {
    return bare.size() >= least_start &&
           starts_[hash_of(four_bytes(bare.data()))];
  }
  /// The same for texts that end as no name of a file does.
  [[nodiscard]] bool may_be_attached(std::string_view first,
                                     std::string_view body) const;
  void index();
  [[nodiscard]] std::optional<Stand> captioned(std::string_view body) const;
  [[nodiscard]] std::optional<Stand> attached(std::string_view body,
                                              bool marked) const;
  [[nodiscard]] std::optional<Stand> attached_by_shape(std::string_view body,
                                                       bool marked) const;

  Made made_;
  std::vector<Pattern> system_;
  std::unordered_map<std::string_view, Stand> whole_;  ///< exact bodies
  std::map<std::string_view, Details::Call> calls_;
  std::size_t longest_call_{};                                 ///< bytes
  std::unordered_map<std::string_view, std::uint32_t> units_;  ///< in seconds
  std::vector<Pattern> attached_;
  std::vector<std::pair<std::string_view, Kind>> prefixes_;
  std::vector<std::string_view> edited_;
  /// Most bodies of people are told apart by their first bytes (a bit per hash
  /// of them), and by the last one of a line that names a file.
  Hashes starts_;
  std::array<bool, 256> ends_{};
  /// Four bytes that are in each text of a pattern of `system_`.
  struct Probe {
    std::uint32_t bytes{};
    std::uint16_t pattern{};
  };
  [[nodiscard]] std::span<const Probe> probes(std::size_t row) const;
  static constexpr std::size_t probe_rows = 1024;
  /// In rows by a hash of the bytes; behind them those of patterns without.
  std::vector<Probe> probes_;
  /// Where the rows start in it, and where the last ends.
  std::array<std::uint16_t, probe_rows + 2> rows_{};
  Hashes probed_;
  /// The same of how the first literals of those patterns start.
  Hashes first_;
};

/// The texts of lib/data/notices.json.
[[nodiscard]] const Notices& notices();

/// Bytes of U+200E/U+200F marks at the start.
[[nodiscard]] std::size_t leading_marks(std::string_view text);

/// A copy for comparing: without format marks, no-break spaces as spaces,
/// U+2019 as an apostrophe. The same as `text` when it is plain.
[[nodiscard]] std::string plain_text(std::string_view text);
[[nodiscard]] bool is_plain(std::string_view text);

}  // namespace etherpeil::parsing
