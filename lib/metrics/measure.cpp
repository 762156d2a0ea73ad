#include "metrics/measure.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "metrics/course.hpp"
#include "stats/spread.hpp"

namespace etherpeil::metric {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr Interval undefined{nan, nan};
constexpr double confidence = 0.95;
constexpr double upper_tail = 0.975;
constexpr Slots all_slots = 0x7E;  // where .. request, without Slot::none
constexpr double slot_count = 6;

constexpr double unbounded = std::numeric_limits<double>::infinity();
constexpr std::uint64_t bootstrap_seed = 20210901;

template <class Count>
double real(Count count) {
  return static_cast<double>(count);
}

/// A value that is not defined, with nothing counted.
Estimate nothing(const char* method) {
  return {0, 0, nan, undefined, method, nan, nan, nan};
}

/// Sum of the larger tenth (rounded up) over the sum of all, and the same with
/// each amount left out. `sorted` descends.
double top_tenth(const std::vector<double>& sorted,
                 std::vector<double>& left_out) {
  const auto tenth = [](std::size_t n) { return (n + 9) / 10; };
  const std::size_t n = sorted.size();
  double all = 0;
  double top = 0;
  double top_of_rest = 0;  // of the first `tenth(n - 1)`
  for (std::size_t i = 0; i < n; ++i) {
    all += sorted[i];
    if (i < tenth(n)) top += sorted[i];
    if (i < tenth(n - 1)) top_of_rest += sorted[i];
  }
  for (std::size_t i = 0; i < n; ++i) {
    // Who leaves the top makes room for the next.
    const std::size_t next = tenth(n - 1);
    const double moved = i < next && next < n ? sorted[next] - sorted[i] : 0;
    left_out.push_back((top_of_rest + moved) / (all - sorted[i]));
  }
  return top / all;
}

/// Gini of all but one, for each: the ranks above the one fall by one, so that
/// prefix sums give each in constant time.
std::vector<double> gini_left_out(std::vector<double> amounts) {
  std::sort(amounts.begin(), amounts.end());
  double sum = 0;
  double ranked = 0;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    sum += amounts[i];
    ranked += static_cast<double>(i + 1) * amounts[i];
  }
  const double rest = static_cast<double>(amounts.size()) - 1;
  double above = sum;
  std::vector<double> left_out;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    above -= amounts[i];
    const double rank_sum =
        ranked - static_cast<double>(i + 1) * amounts[i] - above;
    left_out.push_back(2 * rank_sum / (rest * (sum - amounts[i])) -
                       (rest + 1) / rest);
  }
  return left_out;
}

/// The estimate plus and minus t standard errors, from variance and degrees.
void set_limits(Estimate& estimate, double low, double high) {
  if (!std::isfinite(estimate.variance)) return;
  const double reach = stats::student_quantile(upper_tail, estimate.degrees) *
                       std::sqrt(estimate.variance);
  estimate.interval = {std::max(low, estimate.value - reach),
                       std::min(high, estimate.value + reach)};
}

/// The same from a jackknife.
void set_jackknife(Estimate& estimate, const std::vector<double>& left_out,
                   double low, double high) {
  estimate.method = "jackknife";
  estimate.interval = undefined;
  estimate.variance = stats::jackknife_variance(left_out);
  estimate.degrees = static_cast<double>(left_out.size()) - 1;
  set_limits(estimate, low, high);
}

}  // namespace

// ----------------------------------------------------------------- estimators

Measure::Measure(const Definition& definition, const Codes& codes)
    : definition_(definition),
      numerator_(definition.numerator, codes),
      denominator_(definition.denominator, codes),
      scored_(attribute_bits(definition.scored, codes, known_)) {
  known_ = known_ && numerator_.known() && denominator_.known();
}

bool Measure::needs_messages() const {
  const Estimator estimator = definition_.face.estimator;
  return numerator_.needs_messages() || denominator_.needs_messages() ||
         definition_.reminder || definition_.score == Score::burst ||
         estimator == Estimator::gap || estimator == Estimator::change;
}

Estimate Measure::estimate(const PanelIndex& index, const Timeline& timeline,
                           const Piece& piece) const {
  const Part part{index, timeline, piece.tally};
  switch (definition_.face.estimator) {
    case Estimator::rate:
    case Estimator::share:
      return fraction(part, piece.dispersion);
    case Estimator::ratio:
      return ratio(part, piece.weeks);
    case Estimator::mean:
      return mean(part);
    case Estimator::median:
      return median(part);
    case Estimator::gini:
      return inequality(part);
    case Estimator::quantile:
      return quantile_of_scores(part);
    case Estimator::gap:
      return gap(part);
    case Estimator::change:
      return change(part);
    case Estimator::relative:
      return relative(part);
  }
  return {};
}

std::uint64_t Measure::above(const PanelIndex& index, const Timeline& timeline,
                             const Tally& tally) const {
  const bool nested = definition_.face.estimator == Estimator::share &&
                      definition_.numerator.kind == Count::Kind::reports &&
                      definition_.denominator.kind == Count::Kind::reports;
  if (!nested) return numerator_.of(index, timeline, tally);
  std::uint64_t sum = 0;
  for (const Index i : tally.incidents) {
    sum +=
        numerator_.passes(index, i) && denominator_.passes(index, i) ? 1U : 0U;
  }
  return sum;
}

std::uint64_t Measure::below(const PanelIndex& index, const Timeline& timeline,
                             const Tally& tally) const {
  return denominator_.of(index, timeline, tally);
}

std::optional<double> Measure::dispersion(
    const PanelIndex& index, const Timeline& timeline,
    const std::vector<std::vector<Tally>>& parts) const {
  constexpr std::uint32_t week_days = 7;
  const bool binomial = definition_.face.estimator == Estimator::share;
  const bool people = definition_.numerator.kind == Count::Kind::people;
  if (people || (!binomial && definition_.face.estimator != Estimator::rate))
    return std::nullopt;
  stats::ClusterVariance sum;
  for (const std::vector<Tally>& weeks : parts) {
    std::vector<double> counts;
    std::vector<double> totals;
    for (const Tally& week : weeks) {
      if (week.days != week_days) continue;
      counts.push_back(real(above(index, timeline, week)));
      totals.push_back(real(below(index, timeline, week)));
    }
    const auto one = stats::cluster_variance(counts, totals, binomial);
    sum.found += one.found;
    sum.expected += one.expected;
  }
  if (!(sum.expected > 0)) return std::nullopt;
  return std::max(1.0, sum.found / sum.expected);
}

Estimate Measure::fraction(const Part& part, double dispersion) const {
  const std::uint64_t count = above(part.index, part.timeline, part.tally);
  const std::uint64_t total = below(part.index, part.timeline, part.tally);
  const bool rate = definition_.face.estimator == Estimator::rate;
  const bool stretched = dispersion > 1;
  Estimate result = rate ? nothing(stretched ? "garwood-weeks" : "garwood")
                         : nothing(stretched ? "wilson-weeks" : "wilson");
  result.numerator = real(count);
  result.denominator = real(total);
  if (total == 0) return result;
  const Interval limits =
      rate ? stats::count_limits(real(count), dispersion, confidence)
           : stats::share_limits(real(count), real(total), dispersion,
                                 confidence);
  const double unit =
      rate ? definition_.scale / real(total) : definition_.scale;
  result.value = definition_.scale * real(count) / real(total);
  result.interval = {unit * limits.low, unit * limits.high};
  return result;
}

/// Noise comes in clumps around reports: numerator and denominator are neither
/// Poisson nor independent, so two Poisson counts would be too sure. Weeks are
/// the blocks; the logarithm keeps the limits positive.
/// Source: Miller (1974), The jackknife - a review.
Estimate Measure::ratio(const Part& part,
                        const std::vector<Tally>& weeks) const {
  const double count = real(above(part.index, part.timeline, part.tally));
  const double total = real(below(part.index, part.timeline, part.tally));
  Estimate result = nothing("jackknife-weeks-log");
  result.numerator = count;
  result.denominator = total;
  if (total == 0) return result;
  result.value = definition_.scale * count / total;
  std::vector<double> left_out;
  left_out.reserve(weeks.size());
  for (const Tally& week : weeks) {
    left_out.push_back(
        std::log(count - real(above(part.index, part.timeline, week))) -
        std::log(total - real(below(part.index, part.timeline, week))));
  }
  result.variance = stats::jackknife_variance(left_out);
  result.degrees = static_cast<double>(left_out.size()) - 1;
  if (!std::isfinite(result.variance)) return result;
  const double factor =
      std::exp(stats::student_quantile(upper_tail, result.degrees) *
               std::sqrt(result.variance));
  result.interval = {result.value / factor, result.value * factor};
  return result;
}

// --------------------------------------------------------- scores of incidents

double Measure::score(const PanelIndex& index, Index incident) const {
  constexpr std::chrono::minutes first_minutes{3};
  const Messages& messages = index.panel.messages;
  const IncidentRow& row = index.panel.incidents[incident];
  switch (definition_.score) {
    case Score::slots:
      return std::popcount(static_cast<unsigned>(row.slots & all_slots));
    case Score::messages:
      return row.messages;
    case Score::burst: {
      const auto all = index.messages.of_incident(incident);
      return static_cast<double>(
          std::count_if(all.begin(), all.end(), [&](Index i) {
            return messages.member[i] == row.reporter &&
                   messages.time[i] <= row.time + first_minutes;
          }));
    }
    case Score::attributes:
      return std::popcount(row.root_attributes & scored_);
  }
  return 0;
}

std::vector<double> Measure::scores(const Part& part) const {
  std::vector<double> list;
  for (const Index i : part.tally.incidents) {
    if (numerator_.passes(part.index, i)) list.push_back(score(part.index, i));
  }
  return list;
}

Estimate Measure::mean(const Part& part) const {
  std::vector<double> list = scores(part);
  double sum = 0;
  for (const double one : list) sum += one;
  const double n = static_cast<double>(list.size());
  Estimate result = nothing("jackknife");
  result.numerator = sum;
  result.denominator = n;
  if (list.empty()) return result;
  result.value = sum / n;
  for (double& one : list) one = (sum - one) / (n - 1);
  const bool bounded = definition_.score == Score::slots;
  set_jackknife(result, list, 0, bounded ? slot_count : double{unbounded});
  return result;
}

/// Incidents are the blocks: each is drawn whole.
Estimate Measure::quantile_of_scores(const Part& part) const {
  constexpr std::size_t draws = 1000;
  const std::vector<double> list = scores(part);
  Estimate result = nothing("bootstrap-incidents");
  for (const double one : list) result.numerator += one;
  result.denominator = static_cast<double>(list.size());
  if (list.empty()) return result;
  result.value = quantile(list, definition_.quantile);
  if (list.size() < 3) return result;
  std::mt19937_64 random{bootstrap_seed};
  std::vector<double> drawn(list.size());
  std::vector<double> values;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    for (double& one : drawn) one = list[random() % list.size()];
    values.push_back(quantile(drawn, definition_.quantile));
  }
  result.interval = {quantile(values, 1 - upper_tail),
                     quantile(values, upper_tail)};
  return result;
}

// ------------------------------------------------------------------- durations

std::vector<Duration> Measure::durations(const Part& part) const {
  if (definition_.reminder)
    return reminder_times(part.index, part.timeline, part.tally, numerator_);
  const std::int64_t limit = definition_.follow_seconds;
  std::vector<Duration> times;
  for (const Index i : part.tally.incidents) {
    if (!numerator_.passes(part.index, i)) continue;
    const IncidentRow& row = part.index.panel.incidents[i];
    const auto& time = time_of(row, definition_.event);
    if (time && (limit == 0 || *time <= limit)) {
      times.push_back({real(*time), true});
    } else {
      times.push_back(
          {real(limit == 0 ? row.followed : std::min(limit, row.until_end)),
           false});
    }
  }
  return times;
}

Estimate Measure::median(const Part& part) const {
  const SurvivalMedian found =
      kaplan_meier_quantile(durations(part), definition_.quantile);
  const double scale = definition_.scale;
  Estimate result = nothing("brookmeyer-crowley");
  result.numerator = real(found.observed);
  result.denominator = real(found.n);
  result.value = scale * found.median;
  result.midpoint = scale * found.midpoint;
  result.interval = {scale * found.interval.low, scale * found.interval.high};
  return result;
}

// ------------------------------------------------------------------ inequality

Estimate Measure::inequality(const Part& part) const {
  std::vector<double> amounts =
      amounts_of(part.index.panel, part.tally, definition_.inequality);
  Estimate result = nothing("jackknife");
  for (const double amount : amounts) result.numerator += amount;
  result.denominator = static_cast<double>(amounts.size());
  if (!(result.numerator > 0)) return result;
  std::vector<double> left_out;
  if (definition_.inequality.top_tenth) {
    std::sort(amounts.rbegin(), amounts.rend());
    result.value = top_tenth(amounts, left_out);
  } else {
    result.value = gini(amounts);
    left_out = gini_left_out(std::move(amounts));
  }
  result.value *= definition_.scale;
  for (double& value : left_out) value *= definition_.scale;
  set_jackknife(result, left_out, 0, definition_.scale);
  return result;
}

// --------------------------------------------------------------------- courses

Estimate Measure::gap(const Part& part) const {
  Estimate result = nothing("none");
  result.denominator = part.tally.days;
  if (definition_.course == Course::longest_gap) {
    result.value =
        longest_gap(part.index, part.timeline, part.tally, numerator_);
  } else if (const auto days = since_last(part.index, part.timeline, part.tally,
                                          numerator_)) {
    result.value = *days;
  }
  result.numerator = result.value;
  return result;
}

Estimate Measure::change(const Part& part) const {
  const AfterReminders found =
      after_reminders(part.index, part.timeline, part.tally, numerator_);
  Estimate result = nothing("linearised-weeks");
  result.numerator = result.denominator = real(found.reminders);
  if (found.reminders == 0) return result;
  const double scale = definition_.scale;
  result.value = scale * found.change;
  result.variance = scale * scale * found.variance;
  result.degrees = found.degrees;
  set_limits(result, -scale, scale);
  return result;
}

Estimate Measure::relative(const Part& part) const {
  const AfterNoise found =
      leaves_after_noise(part.index, part.timeline, part.tally);
  Estimate result = nothing("rate-ratio-midp");
  result.numerator = real(found.noisy_leaves);
  result.denominator = real(found.noisy_leaves + found.other_leaves);
  if (found.noisy_days == 0 || found.other_days == 0) return result;
  const double noisy = real(found.noisy_days);
  const double other = real(found.other_days);
  result.value =
      real(found.noisy_leaves) / noisy * other / real(found.other_leaves);
  if (!std::isfinite(result.value)) result.value = nan;
  result.interval =
      rate_ratio_midp(found.noisy_leaves, noisy, found.other_leaves, other);
  if (!std::isfinite(result.interval.high)) result.interval.high = nan;
  return result;
}

}  // namespace etherpeil::metric
