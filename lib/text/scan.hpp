#pragma once
/// Finding bytes in short texts, without a call: most texts here are shorter
/// than what a call to memchr pays for.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace etherpeil::text {

#ifdef __SSE2__
/// Bit i: byte i of the sixteen at `at` is `wanted`.
[[nodiscard]] inline unsigned equal_16(const char* at, char wanted) {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(wanted))));
}
#endif

/// The first `wanted` from `at` on; npos without.
[[nodiscard]] inline std::size_t find_byte(std::string_view text, char wanted,
                                           std::size_t at = 0) {
#ifdef __SSE2__
  for (; at + 16 <= text.size(); at += 16) {
    if (const unsigned equal = equal_16(text.data() + at, wanted); equal != 0)
      return at + static_cast<unsigned>(__builtin_ctz(equal));
  }
  if (at < text.size() && text.size() >= 16) {
    // The last sixteen, without those that were looked at.
    const std::size_t last = text.size() - 16;
    const unsigned equal = equal_16(text.data() + last, wanted) >> (at - last);
    return equal == 0 ? std::string_view::npos
                      : at + static_cast<unsigned>(__builtin_ctz(equal));
  }
#endif
  for (; at < text.size(); ++at) {
    if (text[at] == wanted) return at;
  }
  return std::string_view::npos;
}

/// The first ": " before a line feed; npos without.
[[nodiscard]] inline std::size_t find_colon(std::string_view text) {
  std::size_t at = 0;
#ifdef __SSE2__
  for (; at + 17 <= text.size(); at += 16) {
    const char* const block = text.data() + at;
    const unsigned colons = equal_16(block, ':') & equal_16(block + 1, ' ');
    const unsigned found = colons | equal_16(block, '\n');
    if (found == 0) continue;
    const auto first = static_cast<unsigned>(__builtin_ctz(found));
    return (colons >> first & 1U) != 0 ? at + first : std::string_view::npos;
  }
#endif
  for (; at + 1 < text.size() && text[at] != '\n'; ++at) {
    if (text[at] == ':' && text[at + 1] == ' ') return at;
  }
  return std::string_view::npos;
}

/// Whether a text holds U+200E or U+200F, which WhatsApp puts around its own.
[[nodiscard]] inline bool holds_direction_mark(std::string_view text) {
  for (std::size_t at = find_byte(text, '\xE2');
       at != std::string_view::npos && at + 2 < text.size();
       at = find_byte(text, '\xE2', at + 1)) {
    if (text[at + 1] == '\x80' &&
        (text[at + 2] == '\x8E' || text[at + 2] == '\x8F'))
      return true;
  }
  return false;
}

/// A short text, to be compared with others at once: its first and last bytes
/// and its length say all when it has no more than sixteen.
struct Key {
  std::uint64_t head{};
  std::uint64_t tail{};
  std::string_view whole{};

  Key() = default;
  explicit Key(std::string_view text) : whole(text) {
    if (text.size() >= 8) {
      std::memcpy(&head, text.data(), 8);
      std::memcpy(&tail, text.data() + text.size() - 8, 8);
    } else {
      for (const char c : text)
        head = head << 8U | static_cast<std::uint8_t>(c);
    }
  }
  [[nodiscard]] bool operator==(const Key& other) const {
    return head == other.head && tail == other.tail &&
           whole.size() == other.whole.size() &&
           (whole.size() <= 16 || equal_within(other));
  }
  [[nodiscard]] std::uint64_t hash() const {
    std::uint64_t mixed = (head ^ whole.size()) * 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ mixed >> 32U ^ tail) * 0x9E3779B97F4A7C15U;
    return mixed ^ mixed >> 32U;
  }

 private:
  /// Between head and tail.
  [[nodiscard]] bool equal_within(const Key& other) const {
    const char* const a = whole.data() + 8;
    const char* const b = other.whole.data() + 8;
    const std::size_t size = whole.size() - 16;
    if (size > 16) return std::memcmp(a, b, size) == 0;
    const auto word = [](const char* at) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, at, 8);
      return bytes;
    };
    // The last eight bytes may lie before `a`; they are equal there.
    return word(a) == word(b) && word(a + size - 8) == word(b + size - 8);
  }
};

}  // namespace etherpeil::text
