#pragma once
/// From candidates to messages: which of them start a record, and where it
/// ends.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"
#include "parse/learned.hpp"
#include "parse/reading.hpp"
#include "parse/records.hpp"

namespace etherpeil::parsing {

/// Assembles the records of one text, a stretch at a time. A record is added
/// to the chat when the next one begins, or the text ends.
class Assembly {
 public:
  /// What is known of the text.
  struct Known {
    Reading reading{};
    const std::vector<Accepted>&
        segments;  ///< records of other shapes, by line
    const Learned& learned;
    const text::Zone& zone;
    bool marks{};  ///< the text holds U+200E or U+200F
  };
  /// `chat`, whose format is set, `bytes` (the whole text) and what `known`
  /// refers to must outlive it.
  Assembly(const Known& known, Chat& chat, std::string_view bytes);

  /// A stretch of the text.
  struct Stretch {
    std::size_t from{};
    std::size_t to{};
    std::span<const Candidate> candidates{};
    std::span<const std::uint32_t> marks{};  ///< places of U+200E and U+200F
    bool valid_utf8{};  ///< for sure, which spares looking at each message
  };
  void add(const Stretch& stretch);
  /// From here on `Chat::bytes` starts at byte `base` of the text.
  void start_at(std::size_t base) { builder_.start_at(base); }

  /// Whether a record was begun.
  [[nodiscard]] bool any() const { return any_; }
  /// Where the records that were added end.
  [[nodiscard]] std::size_t end() const { return end_; }
  /// What the last call added.
  [[nodiscard]] std::span<const Record> records() const {
    return {records_.data(), count_};
  }

  // What was met on the way, for diagnostics; lines are 0 for none.
  [[nodiscard]] std::uint64_t rejected() const { return rejected_; }
  [[nodiscard]] std::uint64_t rejected_line() const { return rejected_line_; }
  [[nodiscard]] std::uint64_t contradicted_line() const {
    return contradicted_line_;
  }
  [[nodiscard]] std::uint64_t overridden_line() const {
    return builder_.overridden_line();
  }

 private:
  [[nodiscard]] std::optional<std::uint32_t> time_of(
      const Candidate& candidate);
  [[nodiscard]] const Accepted* find_segment(std::uint32_t line) const;

  Known known_;
  Chat& chat_;
  std::size_t size_;  ///< of the text
  MessageBuilder builder_;
  TimeReader time_;
  YearGuess years_;
  std::size_t end_{};  ///< of the records that were added
  bool any_{};
  std::vector<Record> records_{};  ///< behind those that end, the one at hand
  std::size_t count_{};            ///< that end
  std::uint64_t rejected_{};
  std::uint64_t rejected_line_{};
  std::uint64_t contradicted_line_{};
};

}  // namespace etherpeil::parsing
