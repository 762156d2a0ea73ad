#pragma once
/// A copy of a text for matching: case, accents, compatibility forms and
/// apostrophes no longer make a difference, and every byte knows where it came
/// from.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace etherpeil::text {

/// Bytes [start, end) of an original text.
struct Span {
  std::uint32_t start{};
  std::uint32_t end{};
};

struct Folded {
  std::string text{};  ///< valid UTF-8
  /// Per byte of `text` the first byte of the original code point that it came
  /// from, and at the end the length of the original.
  std::vector<std::uint32_t> offsets{};
  bool in_place{};  ///< ASCII, every byte where it was

  /// The bytes of the original behind bytes [begin, end) of `text`, never empty
  /// when begin < end. Marks that were stripped belong to what stands before.
  [[nodiscard]] Span original(std::size_t begin, std::size_t end) const {
    if (in_place)
      return {static_cast<std::uint32_t>(begin),
              static_cast<std::uint32_t>(end)};
    // A code point that became several characters belongs to the span as a
    // whole.
    std::size_t after = end;
    while (after + 1 < offsets.size() && after > begin &&
           offsets[after] == offsets[after - 1]) {
      ++after;
    }
    return {offsets[begin], offsets[after]};
  }
};

/// NFKC_Casefold, then without combining marks (general category M) and emoji
/// skin tones, and without apostrophes inside words. All apostrophes (also
/// U+2018, U+2019, U+02BC, U+00B4, U+0060) become U+0027; invalid UTF-8 becomes
/// U+FFFD. The result stays decomposed (NFD).
/// Source: Unicode Standard, section 3.13; UAX #15.
[[nodiscard]] Folded fold(std::string_view original);
/// The same into buffers that are reused.
void fold(std::string_view original, Folded& out);

/// The text of `fold` by ICU over the whole string: slower, and the measure of
/// `fold`, which works code point by code point.
[[nodiscard]] std::string fold_by_icu(std::string_view original);

/// Letter or digit (general categories L and Nd).
[[nodiscard]] bool is_word_character(char32_t value);
[[nodiscard]] bool is_upper_case(char32_t value);
[[nodiscard]] bool is_white_space(char32_t value);

/// 0-9 for a decimal digit of any script; -1 otherwise.
[[nodiscard]] int digit_value(char32_t value);

/// The version of the Unicode data, e.g. "14.0". Folding depends on it.
[[nodiscard]] std::string unicode_version();

}  // namespace etherpeil::text
