#pragma once
/// What the public intervals are made of, for rooms that combine groups or
/// sides before they form one.
#include <span>

namespace etherpeil::stats {

/// Quantiles of the standard normal and of Student's t distribution.
[[nodiscard]] double normal_quantile(double p);
[[nodiscard]] double student_quantile(double p, double degrees);

/// Variance of the sum of counts in clusters around their common rate (or
/// share): as found between the clusters, and as Poisson (binomial) says. Their
/// ratio is the design effect; the sums of both over several sides give that of
/// all together. Zeros for fewer than two clusters with a denominator.
/// Source: Rao & Scott (1992).
struct ClusterVariance {
  double found{};
  double expected{};
};
[[nodiscard]] ClusterVariance cluster_variance(
    std::span<const double> counts, std::span<const double> denominators,
    bool binomial);

/// Limits of a count (of a share) of which the variance is `dispersion` (>= 1)
/// times that of Poisson (binomial): those of the count that carries as much
/// information, `count / dispersion` (of `total / dispersion`). In units of the
/// count (of the share). With 1: `poisson_exact` and `wilson`.
/// Source: Rao & Scott (1992, shares; 1999, counts).
[[nodiscard]] Interval count_limits(double count, double dispersion,
                                    double confidence);
[[nodiscard]] Interval share_limits(double count, double total,
                                    double dispersion, double confidence);

/// Variance of a statistic from its values with one observation left out.
/// Source: Tukey (1958). NaN for fewer than 3 values or when one is not finite.
[[nodiscard]] double jackknife_variance(std::span<const double> left_out);

}  // namespace etherpeil::stats
