#pragma once
/// UTF-8 at the doors: decoding, checking, repairing.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "text/isa.hpp"

namespace etherpeil::text {

struct CodePoint {
  char32_t value{};       ///< U+FFFD when not valid
  std::uint8_t length{};  ///< bytes taken, at least 1
  bool valid{};
};

/// The code point at `at` (< text.size()). Overlong forms, surrogates, values
/// above U+10FFFF and cut sequences are not valid; their maximal subpart is
/// taken, as the Unicode Standard (section 3.9) recommends.
[[nodiscard]] CodePoint decode(std::string_view text, std::size_t at);

void append(std::string& out, char32_t value);

[[nodiscard]] bool is_valid(std::string_view text, Isa isa = best_isa());

/// Bytes of ASCII at the start of `text`, eight at a time: at least all but
/// seven of them.
[[nodiscard]] std::size_t ascii_run(std::string_view text);

/// A copy in which each invalid sequence is U+FFFD.
[[nodiscard]] std::string repaired(std::string_view text);

/// C0 (line feed included), DEL, C1, line separators and bidirectional
/// controls: what may not reach a terminal or a page as it is.
[[nodiscard]] bool is_hidden_control(char32_t value);

/// The format marks of exports: U+200E/F, U+202A-E, U+2066-9, U+FEFF, U+061C.
[[nodiscard]] bool is_format_mark(char32_t value);

}  // namespace etherpeil::text
