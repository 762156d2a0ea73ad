#include "hash/sha_instructions.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>
#define ETHERPEIL_SHA
#endif

namespace etherpeil::hash {

#ifdef ETHERPEIL_SHA
namespace {

/// Source: FIPS 180-4, section 4.2.2.
alignas(16) constexpr std::array<std::uint32_t, 64> constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#define ETHERPEIL_USES_SHA __attribute__((target("sha,sse4.1,ssse3")))

ETHERPEIL_USES_SHA __m128i constants_at(int round) {
  return _mm_load_si128(
      reinterpret_cast<const __m128i*>(constants.data() + round));
}

/// Four rounds with four words of the message.
ETHERPEIL_USES_SHA void rounds(__m128i& abef, __m128i& cdgh, __m128i message,
                               int round) {
  __m128i sum = _mm_add_epi32(message, constants_at(round));
  cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
  sum = _mm_shuffle_epi32(sum, 0x0E);
  abef = _mm_sha256rnds2_epu32(abef, cdgh, sum);
}

/// The four words that follow sixteen.
ETHERPEIL_USES_SHA __m128i following(__m128i a, __m128i b, __m128i c,
                                     __m128i d) {
  return _mm_sha256msg2_epu32(
      _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4)), d);
}

ETHERPEIL_USES_SHA __m128i words_at(const unsigned char* data) {
  const __m128i swap =
      _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  return _mm_shuffle_epi8(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(data)), swap);
}

}  // namespace

bool has_sha_instructions() {
  static const bool has = [] {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_SHA) != 0 &&
           __builtin_cpu_supports("sse4.1") != 0;
  }();
  return has;
}

ETHERPEIL_USES_SHA void compress(Words& words, const unsigned char* data,
                                 std::size_t blocks) {
  auto* const place = reinterpret_cast<__m128i*>(words.data());
  // The instructions want the words as ABEF and CDGH.
  __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(place), 0xB1);
  __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(place + 1), 0x1B);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);
  for (; blocks > 0; --blocks, data += block) {
    const __m128i abef_before = abef;
    const __m128i cdgh_before = cdgh;
    __m128i a = words_at(data);
    __m128i b = words_at(data + 16);
    __m128i c = words_at(data + 32);
    __m128i d = words_at(data + 48);
    for (int round = 0; round < 48; round += 16) {
      rounds(abef, cdgh, a, round);
      a = following(a, b, c, d);
      rounds(abef, cdgh, b, round + 4);
      b = following(b, c, d, a);
      rounds(abef, cdgh, c, round + 8);
      c = following(c, d, a, b);
      rounds(abef, cdgh, d, round + 12);
      d = following(d, a, b, c);
    }
    rounds(abef, cdgh, a, 48);
    rounds(abef, cdgh, b, 52);
    rounds(abef, cdgh, c, 56);
    rounds(abef, cdgh, d, 60);
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128(place, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128(place + 1, _mm_alignr_epi8(dchg, feba, 8));
}

#else

bool has_sha_instructions() { return false; }
void compress(Words&, const unsigned char*, std::size_t) {}

#endif

}  // namespace etherpeil::hash
