#pragma once
/// Intervals and distributions: pure numbers in, pure numbers out.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace etherpeil {

/// A closed interval. NaN when it is not defined.
struct Interval {
  double low{};
  double high{};
};

/// Wilson score interval of a share x/n. Source: Wilson (1927).
[[nodiscard]] Interval wilson(std::uint64_t x, std::uint64_t n,
                              double confidence = 0.95);

/// Exact interval of the mean of a Poisson count. Source: Garwood (1936).
[[nodiscard]] Interval poisson_exact(std::uint64_t count,
                                     double confidence = 0.95);

/// Difference of two shares, x1/n1 - x0/n0, in [-1, 1].
/// Source: Newcombe (1998), method 10 (hybrid score).
[[nodiscard]] Interval share_difference(std::uint64_t x1, std::uint64_t n1,
                                        std::uint64_t x0, std::uint64_t n0,
                                        double confidence = 0.95);

/// Ratio of two Poisson rates, (y1/m1) / (y0/m0), conditional on y1 + y0,
/// mid-P. `high` is infinite when y0 = 0; both NaN when y1 = y0 = 0.
/// Source: Przyborowski & Wilenski (1940); mid-P: two times the smaller tail.
[[nodiscard]] Interval rate_ratio_midp(std::uint64_t y1, double m1,
                                       std::uint64_t y0, double m0,
                                       double confidence = 0.95);

/// A time that was observed, or only known to exceed `value`.
struct Duration {
  double value{};
  bool observed{};
};

/// A quantile of times of which some are censored: the first time at which
/// survival is <= 1 - q (the left end), and R's convention, the middle of the
/// interval on which survival is exactly that. NaN when it was never reached.
/// Interval: Brookmeyer & Crowley (1982) with log-log limits; NaN where open.
struct SurvivalMedian {
  double median{};    ///< left end
  double midpoint{};  ///< R's convention; the left end when nothing is exact
  Interval interval{};
  std::uint64_t n{};
  std::uint64_t observed{};
};
/// Source: Kaplan & Meier (1958).
[[nodiscard]] SurvivalMedian kaplan_meier_quantile(
    std::span<const Duration> times, double q, double confidence = 0.95);
/// The same for q = 0.5.
[[nodiscard]] SurvivalMedian kaplan_meier_median(
    std::span<const Duration> times, double confidence = 0.95);

/// Gini coefficient of non-negative amounts, zeros included, in [0, 1);
/// NaN when empty or all zero. Source: Gini (1912), without small-sample
/// factor.
[[nodiscard]] double gini(std::span<const double> amounts);

/// How uneven the times between events are. `burstiness` is (r - 1)/(r + 1)
/// with r = standard deviation / mean (of all, not of a sample): -1 regular, 0
/// as by chance, towards 1 in bursts. `corrected` takes out what a small number
/// of intervals does; `memory` is the correlation of each interval with the
/// next. NaN when not defined.
/// Source: Goh & Barabasi (2008); Kim & Jo (2016), n = number of intervals.
struct Burstiness {
  double burstiness{};
  double corrected{};
  double memory{};
};
[[nodiscard]] Burstiness burstiness(std::span<const double> intervals);

/// A weighted arrow between two people.
struct Arrow {
  std::uint32_t from{};
  std::uint32_t to{};
  double weight{1};
};
/// How far arrows are answered, without loops; two of the same direction count
/// once (their weights are added). NaN without arrows.
/// Source: igraph's two modes; Squartini et al. (2013) for the weighted one.
struct Reciprocity {
  double arrows{};    ///< share of the arrows that have one back
  double pairs{};     ///< share of the linked pairs that are linked both ways
  double weighted{};  ///< sum of the smaller weights of a pair over all weights
};
[[nodiscard]] Reciprocity reciprocity(std::span<const Arrow> arrows);

/// Where on the clock of 24 hours times lie. `resultant` is 0 for times all
/// around and 1 for one time. NaN without times.
/// Source: Fisher (1993); p of Rayleigh's test: Greenwood & Durand (1955), Zar.
struct ClockTimes {
  double mean_hour{};  ///< 0-24
  double resultant{};
  double deviation_hours{};  ///< circular standard deviation
  double rayleigh_p{};
};
[[nodiscard]] ClockTimes clock_times(std::span<const double> hours);

/// Delete-one jackknife interval of a statistic, with t quantile.
/// Source: Tukey (1958). NaN for fewer than 3 values.
[[nodiscard]] Interval jackknife(
    std::span<const double> values,
    const std::function<double(std::span<const double>)>& statistic,
    double confidence = 0.95);

/// Design effect, at least 1: how much more the sum of counts varies, by what
/// is seen between periods, than Poisson (or binomial, when `denominators` are
/// trials and `binomial` is set) says. Large periods weigh most.
/// Source: Rao & Scott (1992).
[[nodiscard]] double dispersion(std::span<const double> counts,
                                std::span<const double> denominators,
                                bool binomial);

/// p-quantile of the sorted copy, type 7 (R's default). NaN when empty.
[[nodiscard]] double quantile(std::span<const double> values, double p);

/// Krippendorff's alpha for two coders and nominal values, without missing
/// ones; `table[a][b]` counts the units that the first coded a and the second
/// b. NaN when there are no units or all values are equal.
/// Source: Krippendorff (2018), Content Analysis, 4th ed., section 12.3.
[[nodiscard]] double nominal_alpha(
    std::span<const std::vector<std::uint64_t>> table);

}  // namespace etherpeil
