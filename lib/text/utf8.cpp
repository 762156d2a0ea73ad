#include "text/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#ifdef ETHERPEIL_AVX2
#include <immintrin.h>
#endif

namespace etherpeil::text {

CodePoint decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[at + i]);
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {static_cast<char32_t>(lead), 1, true};
  std::size_t length = 0;
  // The second byte has a narrower range after some lead bytes (no overlong
  // forms, no surrogates, nothing above U+10FFFF).
  unsigned low = 0x80;
  unsigned high = 0xBF;
  char32_t value = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
    value = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    value = lead & 0x0FU;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    value = lead & 0x07U;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {0xFFFD, 1, false};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i >= text.size() || byte(i) < low || byte(i) > high) {
      return {0xFFFD, static_cast<std::uint8_t>(i), false};
    }
    value = (value << 6) | (byte(i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {value, static_cast<std::uint8_t>(length), true};
}

void append(std::string& out, char32_t value) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0U | (value >> 6));
    put(0x80U | (value & 0x3FU));
  } else if (value < 0x10000) {
    put(0xE0U | (value >> 12));
    put(0x80U | ((value >> 6) & 0x3FU));
    put(0x80U | (value & 0x3FU));
  } else {
    put(0xF0U | (value >> 18));
    put(0x80U | ((value >> 12) & 0x3FU));
    put(0x80U | ((value >> 6) & 0x3FU));
    put(0x80U | (value & 0x3FU));
  }
}

std::size_t ascii_run(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + at, 8);
    if ((block & 0x8080808080808080U) != 0) break;
  }
  return at;
}

namespace {

bool is_valid_portable(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      at += std::max<std::size_t>(1, ascii_run(text.substr(at)));
      continue;
    }
    const CodePoint point = decode(text, at);
    if (!point.valid) return false;
    at += point.length;
  }
  return true;
}

#ifdef ETHERPEIL_AVX2

/// What can be wrong with two neighbouring bytes. Three tables, of the high and
/// the low half of the first byte and the high half of the second, each name
/// what their half allows; what all three name is wrong. Method: Keiser &
/// Lemire (2021), Validating UTF-8 in less than one instruction per byte.
enum Fault : std::uint8_t {
  too_short = 1,            // a lead byte and no continuation
  too_long = 2,             // ASCII and a continuation
  overlong_3 = 4,           // E0 80-9F
  too_large = 8,            // F4 90 and above
  surrogate = 16,           // ED A0 and above
  overlong_2 = 32,          // C0, C1
  overlong_4 = 64,          // F0 80-8F, and F5 and above with 80-8F
  two_continuations = 128,  // good only as the third or fourth byte
  any_low = too_short | too_long | two_continuations
};

#define ETHERPEIL_TARGET __attribute__((target("avx2")))

/// The tables lie in both halves of the register, as the look-up wants it.
ETHERPEIL_TARGET __m256i table(const std::array<std::uint8_t, 16>& values) {
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(values.data())));
}

constexpr std::array<std::uint8_t, 16> first_high = {
    too_long,
    too_long,
    too_long,
    too_long,
    too_long,
    too_long,
    too_long,
    too_long,
    two_continuations,
    two_continuations,
    two_continuations,
    two_continuations,
    too_short | overlong_2,
    too_short,
    too_short | overlong_3 | surrogate,
    too_short | too_large | overlong_4};
constexpr std::array<std::uint8_t, 16> first_low = {
    any_low | overlong_2 | overlong_3 | overlong_4,
    any_low | overlong_2,
    any_low,
    any_low,
    any_low | too_large,
    any_low | too_large | overlong_4,
    any_low | too_large | overlong_4,
    any_low | too_large | overlong_4,
    any_low | too_large | overlong_4,
    any_low | too_large | overlong_4,
    any_low | too_large | overlong_4,
    any_low | too_large | overlong_4,
    any_low | too_large | overlong_4,
    any_low | too_large | overlong_4 | surrogate,
    any_low | too_large | overlong_4,
    any_low | too_large | overlong_4};
constexpr std::uint8_t after_any = too_long | overlong_2 | two_continuations;
constexpr std::array<std::uint8_t, 16> second_high = {
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    after_any | overlong_3 | overlong_4,
    after_any | overlong_3 | too_large,
    after_any | surrogate | too_large,
    after_any | surrogate | too_large,
    too_short,
    too_short,
    too_short,
    too_short};

/// Bit set: an error in these 32 bytes, of which `before` are the previous 32.
ETHERPEIL_TARGET inline __m256i faults(__m256i block, __m256i before) {
  const __m256i joint = _mm256_permute2x128_si256(before, block, 0x21);
  const __m256i back_1 = _mm256_alignr_epi8(block, joint, 15);
  const __m256i back_2 = _mm256_alignr_epi8(block, joint, 14);
  const __m256i back_3 = _mm256_alignr_epi8(block, joint, 13);
  const __m256i low = _mm256_set1_epi8(0x0F);
  const __m256i wrong = _mm256_and_si256(
      _mm256_and_si256(
          _mm256_shuffle_epi8(
              table(first_high),
              _mm256_and_si256(_mm256_srli_epi16(back_1, 4), low)),
          _mm256_shuffle_epi8(table(first_low), _mm256_and_si256(back_1, low))),
      _mm256_shuffle_epi8(table(second_high),
                          _mm256_and_si256(_mm256_srli_epi16(block, 4), low)));
  // A second continuation is wanted two bytes behind E0 and above, and three
  // bytes behind F0 and above; elsewhere it is an error.
  const __m256i wanted =
      _mm256_or_si256(_mm256_subs_epu8(back_2, _mm256_set1_epi8(0xE0 - 0x80)),
                      _mm256_subs_epu8(back_3, _mm256_set1_epi8(0xF0 - 0x80)));
  return _mm256_xor_si256(
      wrong,
      _mm256_and_si256(wanted, _mm256_set1_epi8(static_cast<char>(0x80))));
}

ETHERPEIL_TARGET __m256i load(const char* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

ETHERPEIL_TARGET bool is_valid_avx2(std::string_view text) {
  __m256i wrong = _mm256_setzero_si256();
  __m256i before = _mm256_setzero_si256();
  bool ascii_before = true;
  std::size_t at = 0;
  for (; at + 64 <= text.size(); at += 64) {
    const __m256i first = load(text.data() + at);
    const __m256i second = load(text.data() + at + 32);
    const bool ascii =
        _mm256_movemask_epi8(_mm256_or_si256(first, second)) == 0;
    if (!ascii || !ascii_before) {
      wrong = _mm256_or_si256(wrong, faults(first, before));
      wrong = _mm256_or_si256(wrong, faults(second, first));
    }
    before = second;
    ascii_before = ascii;
  }
  for (; at + 32 <= text.size(); at += 32) {
    const __m256i block = load(text.data() + at);
    wrong = _mm256_or_si256(wrong, faults(block, before));
    before = block;
  }
  // Zeros behind the end make a sequence that the end cuts off an error.
  std::array<char, 32> rest{};
  std::copy(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
            rest.begin());
  wrong = _mm256_or_si256(wrong, faults(load(rest.data()), before));
  return _mm256_testz_si256(wrong, wrong) != 0;
}

#undef ETHERPEIL_TARGET
#endif

}  // namespace

bool is_valid(std::string_view text, Isa isa) {
#ifdef ETHERPEIL_AVX2
  if (isa == Isa::avx2) return is_valid_avx2(text);
#endif
  static_cast<void>(isa);
  return is_valid_portable(text);
}

std::string repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    append(out, point.value);
    at += point.length;
  }
  return out;
}

bool is_hidden_control(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value <= 0x9F) || value == 0x2028 ||
         value == 0x2029 || is_format_mark(value);
}

bool is_format_mark(char32_t value) {
  return value == 0x200E || value == 0x200F ||
         (value >= 0x202A && value <= 0x202E) ||
         (value >= 0x2066 && value <= 0x2069) || value == 0xFEFF ||
         value == 0x061C;
}

}  // namespace etherpeil::text
