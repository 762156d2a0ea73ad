#pragma once
/// Which instructions the machine has. Every loop that uses AVX2 has a plain
/// twin with the same result, which tests ask for by name.
#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__)
#define ETHERPEIL_AVX2
#endif

namespace etherpeil::text {

enum class Isa : std::uint8_t { portable, avx2 };

[[nodiscard]] inline Isa best_isa() {
#ifdef ETHERPEIL_AVX2
  if (__builtin_cpu_supports("avx2") != 0) return Isa::avx2;
#endif
  return Isa::portable;
}

}  // namespace etherpeil::text
