#pragma once
/// Finding bytes in short texts, without a call: most texts here are shorter
/// than what a call to memchr pays for.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// Sixteen bytes at a time where every machine of the kind can. The plain twins
// are for others, and for the test that asks for them.
#if defined(__SSE2__) && !defined(ETHERPEIL_PLAIN)
#define ETHERPEIL_SSE2
#include <emmintrin.h>
#endif

namespace etherpeil::text {

#ifdef ETHERPEIL_SSE2
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
#ifdef ETHERPEIL_SSE2
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

constexpr std::size_t near_bytes = 32;

/// The first ": " that begins within the first 32 bytes and before a line feed;
/// npos without. 33 bytes are read.
[[nodiscard]] inline std::size_t find_near_colon(const char* text) {
#ifdef ETHERPEIL_SSE2
  const auto equal = [text](std::size_t from, char wanted) {
    return equal_16(text + from, wanted) | equal_16(text + from + 16, wanted)
                                               << 16U;
  };
  const unsigned colons = equal(0, ':') & equal(1, ' ');
  const unsigned found = colons | equal(0, '\n');
  // The lowest bit that is set, if it is that of a colon.
  const unsigned first = found & (0U - found) & colons;
  return first == 0 ? std::string_view::npos
                    : static_cast<std::size_t>(__builtin_ctz(first));
#else
  for (std::size_t at = 0; at < near_bytes && text[at] != '\n'; ++at) {
    if (text[at] == ':' && text[at + 1] == ' ') return at;
  }
  return std::string_view::npos;
#endif
}

/// The first ": " before a line feed; npos without.
[[nodiscard]] inline std::size_t find_colon(std::string_view text) {
  for (std::size_t at = 0; at + 1 < text.size() && text[at] != '\n'; ++at) {
    if (text[at] == ':' && text[at + 1] == ' ') return at;
  }
  return std::string_view::npos;
}

/// Whether a space stands before any colon or line feed in the first 16 bytes.
[[nodiscard]] inline bool begins_with_space_word(const char* text) {
#ifdef ETHERPEIL_SSE2
  const unsigned spaces = equal_16(text, ' ');
  const unsigned found = spaces | equal_16(text, ':') | equal_16(text, '\n');
  return (found & (0U - found) & spaces) != 0;
#else
  for (std::size_t at = 0; at < 16; ++at) {
    if (text[at] == ' ') return true;
    if (text[at] == ':' || text[at] == '\n') return false;
  }
  return false;
#endif
}

/// Whether a space or line feed stands before any colon in the first 16 bytes.
[[nodiscard]] inline bool begins_with_word(const char* text) {
#ifdef ETHERPEIL_SSE2
  const unsigned colons = equal_16(text, ':');
  const unsigned ends = equal_16(text, ' ') | equal_16(text, '\n');
  const unsigned found = colons | ends;
  return (found & (0U - found) & ends & ~colons) != 0;
#else
  for (std::size_t at = 0; at < 16; ++at) {
    if (text[at] == ':') return false;
    if (text[at] == ' ' || text[at] == '\n') return true;
  }
  return false;
#endif
}

[[nodiscard]] inline bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
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

/// A text of at most 32 bytes, to be compared with others at once.
class Key {
 public:
  static constexpr std::size_t max_bytes = 32;
  /// Whether `text`, the start of `whole`, can be a key: so many bytes are
  /// read.
  [[nodiscard]] static bool fits(std::string_view text,
                                 std::string_view whole) {
    return text.size() <= max_bytes && whole.size() >= max_bytes;
  }

  Key() = default;
  explicit Key(std::string_view text)
      : size_(static_cast<std::uint32_t>(text.size())) {
#ifdef ETHERPEIL_SSE2
    // Ones, then zeros: the mask of n bytes starts n before the zeros.
    static constexpr std::array<std::uint8_t, 2 * max_bytes> ones_and_zeros =
        [] {
          std::array<std::uint8_t, 2 * max_bytes> made{};
          for (std::size_t i = 0; i < max_bytes; ++i) made[i] = 0xFF;
          return made;
        }();
    const auto load = [](const void* at) {
      return _mm_loadu_si128(static_cast<const __m128i*>(at));
    };
    const std::uint8_t* const mask = ones_and_zeros.data() + max_bytes - size_;
    low_ = _mm_and_si128(load(text.data()), load(mask));
    high_ = _mm_and_si128(load(text.data() + 16), load(mask + 16));
#else
    std::memcpy(words_.data(), text.data(), size_);
#endif
  }

#ifdef ETHERPEIL_SSE2
  [[nodiscard]] bool operator==(const Key& other) const {
    const __m128i equal = _mm_and_si128(_mm_cmpeq_epi8(low_, other.low_),
                                        _mm_cmpeq_epi8(high_, other.high_));
    return _mm_movemask_epi8(equal) == 0xFFFF && size_ == other.size_;
  }
  [[nodiscard]] std::uint64_t hash() const {
    const __m128i mixed =
        _mm_add_epi64(_mm_xor_si128(low_, _mm_slli_epi64(high_, 1)),
                      _mm_unpackhi_epi64(low_, high_));
    return mix(static_cast<std::uint64_t>(_mm_cvtsi128_si64(mixed)));
  }
#else
  bool operator==(const Key&) const = default;
  [[nodiscard]] std::uint64_t hash() const {
    return mix(words_[0] ^ words_[1] ^ words_[2] << 1U);
  }
#endif

 private:
  [[nodiscard]] std::uint64_t mix(std::uint64_t bits) const {
    const std::uint64_t product = (bits ^ size_) * 0x9E3779B97F4A7C15U;
    return product >> 40U;
  }

#ifdef ETHERPEIL_SSE2
  __m128i low_{};
  __m128i high_{};
#else
  std::array<std::uint64_t, max_bytes / 8> words_{};
#endif
  std::uint32_t size_{};
};

}  // namespace etherpeil::text
