#pragma once
/// Exponential and logarithm of all labels at once, in plain arithmetic that
/// compilers turn into instructions for four or eight labels. The result is the
/// same on every machine, which that of the C library is not.
#include <cstdint>

#include "classify/model.hpp"

namespace etherpeil::classify {

#define ETHERPEIL_LANES [[gnu::always_inline]] inline

/// std::bit_cast, which libc++ 13 lacks.
template <class To, class From>
ETHERPEIL_LANES constexpr To bits_as(const From& value) {
  return __builtin_bit_cast(To, value);
}

/// e to the power of x, for x from -708 (and lower, as if -708) to 700. Error
/// below 2 units in the last place.
ETHERPEIL_LANES void exp_lanes(Scores& x) {
  constexpr double log2_e = 1.4426950408889634;
  constexpr double ln2_high = 6.93147180369123816490e-01;
  constexpr double ln2_low = 1.90821492927058770002e-10;
  // Adding it leaves the nearest whole number in the low bits.
  constexpr double whole = 6755399441055744.0;  // 1.5 * 2^52
  for (double& value : x) value = value > -708.0 ? value : -708.0;
  for (double& value : x) {
    const double shifted = value * log2_e + whole;
    const double n = shifted - whole;
    const double r = (value - n * ln2_high) - n * ln2_low;
    // Taylor: |r| < 0.35, the first term left out is below 2^-57.
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r * r + r;
    const auto power = bits_as<std::uint64_t>(shifted) << 52U;
    value = bits_as<double>(bits_as<std::uint64_t>(1.0 + p) + power);
  }
}

/// Natural logarithm of positive, normal x. Source of the coefficients:
/// FreeBSD's e_log.c. Error below 2 units in the last place.
ETHERPEIL_LANES void log_lanes(Scores& x) {
  constexpr double ln2_high = 6.93147180369123816490e-01;
  constexpr double ln2_low = 1.90821492927058770002e-10;
  constexpr std::uint64_t mantissa = 0xFFFFFFFFFFFFFU;
  constexpr std::uint64_t one = 0x3FF0000000000000U;
  constexpr std::uint64_t root_half = 0x3FE6A09E667F3BCDU;
  constexpr double whole = 6755399441055744.0;
  for (double& value : x) {
    const auto bits = bits_as<std::uint64_t>(value) + (one - root_half);
    // The exponent of x / sqrt(1/2), as a double.
    const double n =
        bits_as<double>((bits >> 52U) + bits_as<std::uint64_t>(whole)) - whole -
        1023.0;
    const double f = bits_as<double>((bits & mantissa) + root_half) - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    double p = 1.479819860511658591e-01;
    p = p * z + 1.531383769920937332e-01;
    p = p * z + 1.818357216161805012e-01;
    p = p * z + 2.222219843214978396e-01;
    p = p * z + 2.857142874366239149e-01;
    p = p * z + 3.999999999940941908e-01;
    p = p * z + 6.666666666666735130e-01;
    p = p * z;
    const double half = 0.5 * f * f;
    value = n * ln2_high - ((half - (s * (half + p) + n * ln2_low)) - f);
  }
}

}  // namespace etherpeil::classify
