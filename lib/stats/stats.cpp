#include "etherpeil/stats.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>

#include "stats/spread.hpp"

namespace etherpeil {
namespace {

namespace bm = boost::math;

// long double differs between machines (80, 64 or 128 bits), so nothing is
// promoted to it; and Boost's exceptions do not leave this room.
using Plain = bm::policies::policy<
    bm::policies::promote_double<false>,
    bm::policies::domain_error<bm::policies::ignore_error>,
    bm::policies::pole_error<bm::policies::ignore_error>,
    bm::policies::overflow_error<bm::policies::ignore_error>,
    bm::policies::evaluation_error<bm::policies::ignore_error>>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr Interval undefined{nan, nan};

double real(std::uint64_t count) { return static_cast<double>(count); }

/// Chance outside the interval, on each side.
double tail(double confidence) {
  assert(confidence > 0 && confidence < 1);
  return (1 - confidence) / 2;
}

/// P(Y >= k) for Y ~ binomial(n, p).
double at_least(double k, double n, double p) {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return bm::ibeta(k, n - k + 1, p, Plain{});
}

/// Lower mid-P limit of (y1/m1) / (y0/m0). Given n = y1 + y0, y1 is binomial
/// with odds ratio * m1/m0.
double lower_ratio(double y1, double m1, double y0, double m0,
                   double confidence) {
  if (y1 == 0) return 0;
  const double n = y1 + y0;
  const double a = tail(confidence);
  const auto excess = [&](double p) {
    return 0.5 * (at_least(y1, n, p) + at_least(y1 + 1, n, p)) - a;
  };
  // The Clopper-Pearson limit has the whole tail where mid-P has half of one
  // term less: the root lies above it, and below 1, where half is left.
  const double exact = bm::ibeta_inv(y1, y0 + 1, a, Plain{});
  std::uintmax_t steps = 200;
  const auto root = bm::tools::toms748_solve(
      excess, exact, 1.0, bm::tools::eps_tolerance<double>(50), steps, Plain{});
  const double p = root.first + (root.second - root.first) / 2;
  return p / (1 - p) * (m0 / m1);
}

/// Mean and standard deviation of all values, not of a sample.
struct Moments {
  double mean{};
  double deviation{};
};
Moments moments(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / n)};
}

/// Survival after each event time, with Greenwood's sum.
struct Step {
  double time{};
  double survival{};
  double greenwood{};
};

std::vector<Step> survival_steps(std::vector<Duration> times) {
  std::sort(
      times.begin(), times.end(),
      [](const Duration& a, const Duration& b) { return a.value < b.value; });
  std::vector<Step> steps;
  double survival = 1;
  double greenwood = 0;
  for (std::size_t i = 0; i < times.size();) {
    std::size_t end = i;
    double events = 0;
    // Who is censored at a time was still at risk at it.
    for (; end < times.size() && times[end].value == times[i].value; ++end) {
      events += times[end].observed ? 1 : 0;
    }
    const double at_risk = static_cast<double>(times.size() - i);
    if (events > 0) {
      survival *= (at_risk - events) / at_risk;
      greenwood += events / (at_risk * (at_risk - events));
      steps.push_back({times[i].value, survival, greenwood});
    }
    i = end;
  }
  return steps;
}

/// Room for the rounding of a product of fractions.
constexpr double rounding = 1e-12;

}  // namespace

namespace stats {

double normal_quantile(double p) {
  return -std::sqrt(2.0) * bm::erfc_inv(2 * p, Plain{});
}

double student_quantile(double p, double degrees) {
  return bm::quantile(bm::students_t_distribution<double, Plain>{degrees}, p);
}

ClusterVariance cluster_variance(std::span<const double> counts,
                                 std::span<const double> denominators,
                                 bool binomial) {
  assert(counts.size() == denominators.size());
  double count = 0;
  double total = 0;
  double clusters = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!(denominators[i] > 0)) continue;
    count += counts[i];
    total += denominators[i];
    clusters += 1;
  }
  if (clusters < 2) return {};
  const double rate = count / total;
  double squares = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double residual = counts[i] - rate * denominators[i];
    squares += residual * residual;
  }
  return {squares * clusters / (clusters - 1),
          count * (binomial ? 1 - rate : 1)};
}

double jackknife_variance(std::span<const double> left_out) {
  const double n = static_cast<double>(left_out.size());
  if (left_out.size() < 3) return nan;
  double mean = 0;
  for (const double value : left_out) mean += value / n;
  double squares = 0;
  for (const double value : left_out)
    squares += (value - mean) * (value - mean);
  const double variance = squares * (n - 1) / n;
  return std::isfinite(variance) ? variance : nan;
}

Interval share_limits(double count, double total, double dispersion,
                      double confidence) {
  assert(count <= total && dispersion >= 1);
  if (!(total > 0)) return undefined;
  const double z = normal_quantile(1 - tail(confidence));
  const double trials = total / dispersion;
  const double p = count / total;
  const double z2 = z * z / trials;
  const double centre = (p + z2 / 2) / (1 + z2);
  const double reach =
      z / (1 + z2) * std::sqrt(p * (1 - p) / trials + z2 / (4 * trials));
  // At the ends the limits are 0 and 1 by algebra, not by rounding.
  return {count == 0 ? 0 : centre - reach, count == total ? 1 : centre + reach};
}

Interval count_limits(double count, double dispersion, double confidence) {
  assert(dispersion >= 1);
  const double a = tail(confidence);
  const double n = count / dispersion;
  return {n == 0 ? 0 : dispersion * bm::gamma_p_inv(n, a, Plain{}),
          dispersion * bm::gamma_q_inv(n + 1, a, Plain{})};
}

}  // namespace stats

Interval wilson(std::uint64_t x, std::uint64_t n, double confidence) {
  return stats::share_limits(real(x), real(n), 1, confidence);
}

Interval poisson_exact(std::uint64_t count, double confidence) {
  return stats::count_limits(real(count), 1, confidence);
}

Interval share_difference(std::uint64_t x1, std::uint64_t n1, std::uint64_t x0,
                          std::uint64_t n0, double confidence) {
  if (n1 == 0 || n0 == 0) return undefined;
  const double p1 = real(x1) / real(n1);
  const double p0 = real(x0) / real(n0);
  const Interval one = wilson(x1, n1, confidence);
  const Interval zero = wilson(x0, n0, confidence);
  const double difference = p1 - p0;
  return {difference - std::hypot(p1 - one.low, zero.high - p0),
          difference + std::hypot(one.high - p1, p0 - zero.low)};
}

Interval rate_ratio_midp(std::uint64_t y1, double m1, std::uint64_t y0,
                         double m0, double confidence) {
  if (y1 + y0 == 0 || !(m1 > 0) || !(m0 > 0)) return undefined;
  return {lower_ratio(real(y1), m1, real(y0), m0, confidence),
          1 / lower_ratio(real(y0), m0, real(y1), m1, confidence)};
}

SurvivalMedian kaplan_meier_quantile(std::span<const Duration> times, double q,
                                     double confidence) {
  assert(q > 0 && q < 1);
  SurvivalMedian result{nan, nan, undefined, times.size(), 0};
  for (const Duration& time : times) result.observed += time.observed ? 1U : 0U;
  const double z = stats::normal_quantile(1 - tail(confidence));
  const double target = 1 - q;
  const auto steps = survival_steps({times.begin(), times.end()});
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].survival > target + rounding) continue;
    result.median = result.midpoint = steps[i].time;
    const bool exact = steps[i].survival > target - rounding;
    if (exact && i + 1 < steps.size())
      result.midpoint = (steps[i].time + steps[i + 1].time) / 2;
    break;
  }
  for (const Step& step : steps) {
    // At survival 0 the log-log transform, and with it the limits, end.
    if (!(step.survival > 0)) break;
    const double error =
        std::sqrt(step.greenwood) / std::abs(std::log(step.survival));
    const double low = std::pow(step.survival, std::exp(z * error));
    const double high = std::pow(step.survival, std::exp(-z * error));
    if (std::isnan(result.interval.low) && low <= target + rounding)
      result.interval.low = step.time;
    if (high <= target + rounding) {
      result.interval.high = step.time;
      break;
    }
  }
  return result;
}

SurvivalMedian kaplan_meier_median(std::span<const Duration> times,
                                   double confidence) {
  return kaplan_meier_quantile(times, 0.5, confidence);
}

Burstiness burstiness(std::span<const double> intervals) {
  const double n = static_cast<double>(intervals.size());
  const auto [mean, deviation] = moments(intervals);
  if (!(mean > 0)) return {nan, nan, nan};
  const double r = deviation / mean;
  const double more = std::sqrt(n + 1);
  const double less = std::sqrt(n - 1);
  Burstiness result{(r - 1) / (r + 1),
                    (more * r - less) / ((more - 2) * r + less), nan};
  if (intervals.size() < 3) return result;
  const auto first = intervals.first(intervals.size() - 1);
  const auto next = intervals.subspan(1);
  const auto [mean_first, deviation_first] = moments(first);
  const auto [mean_next, deviation_next] = moments(next);
  double products = 0;
  for (std::size_t i = 0; i < first.size(); ++i)
    products += (first[i] - mean_first) * (next[i] - mean_next);
  const double spread = (n - 1) * deviation_first * deviation_next;
  if (spread > 0) result.memory = products / spread;
  return result;
}

Reciprocity reciprocity(std::span<const Arrow> arrows) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> weights;
  for (const Arrow& arrow : arrows) {
    if (arrow.from != arrow.to) weights[{arrow.from, arrow.to}] += arrow.weight;
  }
  if (weights.empty()) return {nan, nan, nan};
  double answered = 0;
  double smaller = 0;
  double all = 0;
  for (const auto& [ends, weight] : weights) {
    all += weight;
    const auto back = weights.find({ends.second, ends.first});
    if (back == weights.end()) continue;
    answered += 1;
    smaller += std::min(weight, back->second);
  }
  const double count = static_cast<double>(weights.size());
  const double mutual = answered / 2;
  return {answered / count, mutual / (count - mutual), smaller / all};
}

ClockTimes clock_times(std::span<const double> hours) {
  if (hours.empty()) return {nan, nan, nan, nan};
  constexpr double turn = 2 * bm::constants::pi<double>();
  const double n = static_cast<double>(hours.size());
  double x = 0;
  double y = 0;
  for (const double hour : hours) {
    x += std::cos(turn * hour / 24) / n;
    y += std::sin(turn * hour / 24) / n;
  }
  const double r = std::hypot(x, y);
  const double angle = std::atan2(y, x);
  const double sum = n * r;
  const double p =
      std::exp(std::sqrt(1 + 4 * n + 4 * (n * n - sum * sum)) - (1 + 2 * n));
  return {(angle < 0 ? angle + turn : angle) * 24 / turn, r,
          std::sqrt(-2 * std::log(r)) * 24 / turn, p};
}

double gini(std::span<const double> amounts) {
  std::vector<double> sorted{amounts.begin(), amounts.end()};
  std::sort(sorted.begin(), sorted.end());
  const double n = static_cast<double>(sorted.size());
  double sum = 0;
  double ranked = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    assert(sorted[i] >= 0);
    sum += sorted[i];
    ranked += static_cast<double>(i + 1) * sorted[i];
  }
  if (!(sum > 0)) return nan;
  return std::max(0.0, 2 * ranked / (n * sum) - (n + 1) / n);
}

Interval jackknife(
    std::span<const double> values,
    const std::function<double(std::span<const double>)>& statistic,
    double confidence) {
  if (values.size() < 3) return undefined;
  std::vector<double> left_out;
  std::vector<double> rest{values.begin() + 1, values.end()};
  for (std::size_t i = 0; i < values.size(); ++i) {
    left_out.push_back(statistic(rest));
    if (i < rest.size()) rest[i] = values[i];
  }
  const double error = std::sqrt(stats::jackknife_variance(left_out));
  const double t = stats::student_quantile(
      1 - tail(confidence), static_cast<double>(values.size() - 1));
  const double estimate = statistic(values);
  return {estimate - t * error, estimate + t * error};
}

double dispersion(std::span<const double> counts,
                  std::span<const double> denominators, bool binomial) {
  const auto sum = stats::cluster_variance(counts, denominators, binomial);
  return sum.expected > 0 ? std::max(1.0, sum.found / sum.expected) : 1.0;
}

double quantile(std::span<const double> values, double p) {
  assert(p >= 0 && p <= 1);
  if (values.empty()) return nan;
  std::vector<double> sorted{values.begin(), values.end()};
  std::sort(sorted.begin(), sorted.end());
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double weight = position - static_cast<double>(below);
  return sorted[below] + weight * (sorted[above] - sorted[below]);
}

double nominal_alpha(std::span<const std::vector<std::uint64_t>> table) {
  // Each unit gives two pairs of values, one in each order.
  const std::size_t values = table.size();
  std::vector<double> margins(values);
  double equal = 0;
  double total = 0;
  for (std::size_t a = 0; a < values; ++a) {
    for (std::size_t b = 0; b < values; ++b) {
      const auto units = static_cast<double>(table[a][b]);
      margins[a] += units;
      margins[b] += units;
      total += 2 * units;
      if (a == b) equal += 2 * units;
    }
  }
  double by_chance = 0;
  for (const double margin : margins) by_chance += margin * (margin - 1);
  const double expected = 1 - by_chance / (total * (total - 1));
  if (total == 0 || expected == 0)
    return std::numeric_limits<double>::quiet_NaN();
  return 1 - (1 - equal / total) / expected;
}

}  // namespace etherpeil
