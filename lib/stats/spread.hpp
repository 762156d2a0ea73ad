#pragma once
/// What the public intervals are made of, for rooms that combine groups or
/// sides before they form one.
#include <span>

namespace etherpeil::stats {

/// Quantiles of the standard normal and of Student's t distribution.
[[nodiscard]] double normal_quantile(double p);
[[nodiscard]] double student_quantile(double p, double degrees);

/// Pearson's X2 of counts around their common rate (or share), and its degrees
/// of freedom. Sums of both over several sides give one dispersion.
struct Pearson {
  double chi_square{};
  double degrees{};
};
[[nodiscard]] Pearson pearson(std::span<const double> counts,
                              std::span<const double> denominators,
                              bool binomial);

/// Variance of a statistic from its values with one observation left out.
/// Source: Tukey (1958). NaN for fewer than 3 values or when one is not finite.
[[nodiscard]] double jackknife_variance(std::span<const double> left_out);

}  // namespace etherpeil::stats
