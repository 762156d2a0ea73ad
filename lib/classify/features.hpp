#pragma once
/// What a model sees of a message: named features in blocks. Training and use
/// read a message through the same functions, so they cannot drift apart.
/// Specified in lib/data/README.md ("The model"); a change there or here is a
/// change of `features_version`.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "classify/rules.hpp"

namespace etherpeil::classify {

inline constexpr std::uint32_t features_version = 2;

/// Families of features; each can be left out, to measure what it is worth.
enum class Block : std::uint8_t {
  rule,     ///< a rule of the codebook fired, without context
  lexicon,  ///< a word list or pattern was met
  word,
  pair,     ///< two words in a row
  letters,  ///< three to five letters in a row within a word
  shape,    ///< length, marks, capitals, emoji, kind of record
  context   ///< what stands around the message, rules about it included
};
inline constexpr std::size_t block_count = 7;
[[nodiscard]] std::string_view to_string(Block block);
/// "block:name", as a feature is called.
[[nodiscard]] std::string named(Block block, std::string_view name);

/// What one run of letters counts for beside a word: there are many more.
inline constexpr double letters_value = 0.4;

/// A feature is known by a hash of its name; the loader of a model refuses two
/// names of one hash.
using FeatureId = std::uint64_t;

/// The hash of "block:first" or "block:first second" (FNV-1a, 64 bits).
class FeatureHash {
 public:
  FeatureHash() = default;
  explicit FeatureHash(Block block) : FeatureHash(to_string(block)) {
    add(":");
  }
  /// A name as it stands in a model file.
  explicit FeatureHash(std::string_view name) { add(name); }
  FeatureHash& add(std::string_view bytes) {
    for (const char c : bytes) add(c);
    return *this;
  }
  FeatureHash& add(char c) {
    value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return *this;
  }
  [[nodiscard]] FeatureId id() const { return value_; }

 private:
  FeatureId value_{0xCBF29CE484222325U};
};

/// A word as the word features name it: digits as "0", addresses as "<url>";
/// nothing for what no feature may hold: a masked word, and numbers of more
/// than four digits, which point at people. The view is into the word or into
/// `buffer`.
[[nodiscard]] std::string_view word_name(const Unit& unit, std::string& buffer);

/// "^word$", of which the runs of three to five code points are features. Words
/// of more than 32 bytes and "<url>" have none.
class FramedWord {
  static constexpr std::size_t longest_word = 32;

 public:
  /// Of three, four and five code points.
  static constexpr std::size_t most_runs = 3 * longest_word;
  explicit FramedWord(std::string_view word) {
    if (word.empty() || word.size() > longest_word || word.front() == '<')
      return;
    text_[size_++] = '^';
    for (const char c : word) text_[size_++] = c;
    text_[size_++] = '$';
    for (std::size_t i = 0; i < size_; ++i) {
      const bool continues =
          (static_cast<unsigned char>(text_[i]) & 0xC0U) == 0x80;
      if (!continues) starts_[count_++] = static_cast<std::uint8_t>(i);
    }
    starts_[count_] = static_cast<std::uint8_t>(size_);
  }

  /// Calls `visit(std::string_view)` for each run but the whole: all of three,
  /// then all of four, then all of five.
  template <class Visit>
  void each_run(const Visit& visit) const {
    for (std::size_t length = shortest_run; length <= longest_run; ++length) {
      for (std::size_t i = 0; i + length <= count_; ++i) {
        if (length == count_) continue;
        visit(std::string_view{text_.data(), size_}.substr(
            starts_[i], std::size_t{starts_[i + length]} - starts_[i]));
      }
    }
  }

  /// The same with the ids of the features: the hashes of runs go on from those
  /// of shorter ones, side by side.
  template <class Visit>
  void each_id(const Visit& visit) const {
    static const FeatureHash block{Block::letters};
    std::array<FeatureHash, longest_word + 2> hashes;
    for (std::size_t i = 0; i < count_; ++i) hashes[i] = block;
    for (std::size_t length = 1; length <= longest_run; ++length) {
      for (std::size_t i = 0; i + length <= count_; ++i) {
        std::size_t at = starts_[i + length - 1];
        hashes[i].add(text_[at]);
        while (++at < starts_[i + length]) hashes[i].add(text_[at]);
      }
      if (length < shortest_run || length == count_) continue;
      for (std::size_t i = 0; i + length <= count_; ++i) visit(hashes[i].id());
    }
  }

 private:
  static constexpr std::size_t shortest_run = 3;
  static constexpr std::size_t longest_run = 5;
  std::array<char, longest_word + 2> text_{};
  std::array<std::uint8_t, longest_word + 3> starts_{};
  std::size_t size_{};
  std::size_t count_{};
};

/// The shape features, by the bits of `shapes_of`, without their block.
inline constexpr std::size_t shape_count = 32;
[[nodiscard]] std::string_view shape_name(std::size_t bit);

/// The shape features of a message, a bit each.
[[nodiscard]] std::uint32_t shapes_of(std::string_view text,
                                      const Message& message,
                                      const Facts& facts);

/// What a reader of the chat remembers when it comes to a message. The labels
/// before it are those that the messages get on their own.
struct Surroundings {
  static constexpr std::uint8_t none = 0xFF;
  std::uint8_t previous{none};         ///< label of the message before it
  std::uint8_t before_previous{none};  ///< of the one before that
  bool previous_mine{};                ///< the message before is the sender's
  bool before_mine{};
  std::uint32_t gap{UINT32_MAX};  ///< seconds since the message before
  std::uint8_t report{none};      ///< label of the last report of the hour
  bool report_mine{};
  bool report_closed{};          ///< an outcome came after it
  std::uint32_t since_report{};  ///< messages since it
  std::uint32_t report_age{};    ///< seconds since it
  bool shares_words{};           ///< a telling word with that report
  bool named_before{};           ///< the sender took part since that report
  std::uint8_t hour{};
  Role role{Role::unknown};
  bool few_words{};  ///< of the message itself: three at most
  bool question{};
};

/// All that `context_names` looks at, in one number: equal keys have equal
/// names.
[[nodiscard]] std::uint64_t context_key(const Surroundings& around);

/// Names of the context features, without their block. `labels` are the keys
/// of the codebook.
void context_names(const Surroundings& around,
                   const std::vector<LabelCode>& labels,
                   std::vector<std::string>& names);

/// Step of the clock between two messages, as the decoder and the context know
/// it: up to half a minute, two minutes, ten, an hour, six hours, longer.
inline constexpr std::size_t gap_steps = 6;
[[nodiscard]] std::size_t gap_step(std::uint32_t seconds);

}  // namespace etherpeil::classify
