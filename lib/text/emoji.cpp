#include "text/emoji.hpp"

#include <unicode/uchar.h>

#include "text/fold.hpp"
#include "text/utf8.hpp"

namespace etherpeil::text {
namespace {

constexpr char32_t variation_selector{0xFE0F};
constexpr char32_t text_selector{0xFE0E};
constexpr char32_t joiner{0x200D};
constexpr char32_t keycap{0x20E3};
// Below this, pictographs are text unless a selector follows.
constexpr char32_t first_picture{0x2194};

bool has(char32_t c, UProperty property) {
  return u_hasBinaryProperty(static_cast<UChar32>(c), property) != 0;
}

bool is_tag(char32_t c) { return c >= 0xE0020 && c <= 0xE007F; }

char32_t peek(std::string_view text, std::size_t at) {
  return at < text.size() ? decode(text, at).value : U'\0';
}

std::size_t length_at(std::string_view text, std::size_t at) {
  return decode(text, at).length;
}

/// After a keycap base: the end of the sequence, or `at` when it is none.
std::size_t keycap_end(std::string_view text, std::size_t at) {
  std::size_t next = at + 1;
  if (peek(text, next) == variation_selector) next += length_at(text, next);
  return peek(text, next) == keycap ? next + length_at(text, next) : at;
}

/// The end of one picture with its modifiers, or `at` when there is none.
std::size_t picture_end(std::string_view text, std::size_t at) {
  const char32_t c = peek(text, at);
  if (!has(c, UCHAR_EXTENDED_PICTOGRAPHIC)) return at;
  std::size_t next = at + length_at(text, at);
  const char32_t after = peek(text, next);
  if (after == text_selector) return at;
  if (c < first_picture && after != variation_selector) return at;
  for (char32_t extra = after; extra == variation_selector || is_tag(extra) ||
                               has(extra, UCHAR_EMOJI_MODIFIER);
       extra = peek(text, next)) {
    next += length_at(text, next);
  }
  return next;
}

}  // namespace

std::size_t emoji_length(std::string_view text, std::size_t at) {
  const char32_t first = decode(text, at).value;
  if (first < 0x80) {
    const bool base =
        (first >= U'0' && first <= U'9') || first == U'#' || first == U'*';
    return base ? keycap_end(text, at) - at : 0;
  }
  if (has(first, UCHAR_REGIONAL_INDICATOR)) {
    const std::size_t next = at + length_at(text, at);
    const bool pair = has(peek(text, next), UCHAR_REGIONAL_INDICATOR);
    return (pair ? next + length_at(text, next) : next) - at;
  }
  if (has(first, UCHAR_EMOJI_MODIFIER)) return length_at(text, at);
  std::size_t end = picture_end(text, at);
  while (end > at && peek(text, end) == joiner) {
    const std::size_t part = end + length_at(text, end);
    const std::size_t part_end =
        part < text.size() ? picture_end(text, part) : part;
    if (part_end == part) break;
    end = part_end;
  }
  return end - at;
}

bool is_emoji_only(std::string_view text) {
  bool found = false;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    if (is_white_space(point.value) || is_format_mark(point.value)) {
      at += point.length;
      continue;
    }
    const std::size_t length = emoji_length(text, at);
    if (length == 0) return false;
    found = true;
    at += length;
  }
  return found;
}

}  // namespace etherpeil::text
