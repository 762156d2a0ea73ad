#include "metrics/change.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/spread.hpp"

namespace etherpeil::metric {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::chrono::days block_length{28};
constexpr double least_blocks = 3;  // on a side, for a variance worth its name

/// One side of the start.
struct Side {
  Metric metric{};
  Estimate estimate{};
};

/// What is compared, in which group.
struct Context {
  const PanelIndex& index;
  const Timeline& days;
  const Measure& measure;
  double confidence{};
};

std::uint64_t whole(double count) { return static_cast<std::uint64_t>(count); }

/// Limits of a ratio, their distances from it on the log scale times
/// `factor`. Without events on a side the ratio is 0 or infinite; then the
/// distance counts from the ratio with half an event more on both sides.
/// Source of the half: Haldane (1956).
Interval stretched_ratio(const Interval& limits, const Side& before,
                         const Side& after, double factor) {
  const double more =
      before.estimate.numerator > 0 && after.estimate.numerator > 0 ? 0 : 0.5;
  const double centre =
      std::log((after.estimate.numerator + more) / after.estimate.denominator) -
      std::log((before.estimate.numerator + more) /
               before.estimate.denominator);
  const auto stretch = [&](double limit) {
    return limit > 0 && std::isfinite(limit)
               ? std::exp(centre + (std::log(limit) - centre) * factor)
               : limit;
  };
  return {stretch(limits.low), stretch(limits.high)};
}

void compare_rates(const Side& before, const Side& after, double confidence,
                   GroupChange& change) {
  change.method = "rate-ratio-midp";
  const Estimate& one = after.estimate;
  const Estimate& zero = before.estimate;
  const Interval limits =
      rate_ratio_midp(whole(one.numerator), one.denominator,
                      whole(zero.numerator), zero.denominator, confidence);
  change.interval =
      stretched_ratio(limits, before, after, std::sqrt(change.dispersion));
}

void compare_shares(const Context& context, const Side& before,
                    const Side& after, GroupChange& change) {
  const double scale = context.measure.definition().scale;
  change.method = "newcombe";
  const Estimate& one = after.estimate;
  const Estimate& zero = before.estimate;
  const Interval limits = share_difference(
      whole(one.numerator), whole(one.denominator), whole(zero.numerator),
      whole(zero.denominator), context.confidence);
  const double factor = std::sqrt(change.dispersion);
  const auto stretch = [&](double limit) {
    return std::clamp(change.effect + (scale * limit - change.effect) * factor,
                      -scale, scale);
  };
  change.interval = {stretch(limits.low), stretch(limits.high)};
}

/// t times the standard error of a difference of two independent estimates.
/// Source of the degrees of freedom: Welch (1947).
double reach(const Estimate& a, const Estimate& b, double confidence) {
  const double variance = a.variance + b.variance;
  if (!(variance > 0)) return variance;
  const double degrees = variance * variance /
                         (a.variance * a.variance / a.degrees +
                          b.variance * b.variance / b.degrees);
  return stats::student_quantile(0.5 + confidence / 2, degrees) *
         std::sqrt(variance);
}

/// The weeks of both sides are the blocks: they carry the dispersion already.
void compare_ratios(const Side& before, const Side& after, double confidence,
                    GroupChange& change) {
  change.method = "jackknife-weeks-log";
  const double factor =
      std::exp(reach(after.estimate, before.estimate, confidence));
  change.interval = {change.effect / factor, change.effect * factor};
}

/// Members who write on both sides make the sides alike; taking them as
/// independent makes the interval too wide rather than too narrow.
void compare_jackknifed(const Side& before, const Side& after,
                        double confidence, GroupChange& change) {
  change.method = "jackknife-welch";
  const double distance = reach(after.estimate, before.estimate, confidence);
  change.interval = {change.effect - distance, change.effect + distance};
}

/// From the limits of both medians (method of variance estimates recovery): a
/// delete-one jackknife is not consistent for a median (Efron 1982).
/// Source: Zou & Donner (2008).
void compare_medians(const Side& before, const Side& after,
                     GroupChange& change) {
  change.method = "mover";
  const Interval& one = after.estimate.interval;
  const Interval& zero = before.estimate.interval;
  const double m1 = after.estimate.value;
  const double m0 = before.estimate.value;
  change.interval = {change.effect - std::hypot(m1 - one.low, zero.high - m0),
                     change.effect + std::hypot(one.high - m1, m0 - zero.low)};
}

/// What is itself a comparison, or has no spread, is not compared again.
bool comparable(Estimator estimator) {
  return estimator != Estimator::gap && estimator != Estimator::change &&
         estimator != Estimator::relative;
}

void set_effect(const Context& context, const Side& before, const Side& after,
                std::optional<double> dispersion, GroupChange& change) {
  const Measure& measure = context.measure;
  const Estimator estimator = measure.definition().face.estimator;
  const double one = after.metric.value;
  const double zero = before.metric.value;
  change.effect = is_ratio(estimator) ? one / zero : one - zero;
  if (!comparable(estimator)) change.effect = nan;
  if (std::isnan(change.effect)) {
    change.notes.emplace_back("compare.not-defined");
    return;
  }
  const bool counts =
      estimator == Estimator::rate || estimator == Estimator::share;
  if (counts && !dispersion)
    change.notes.emplace_back("compare.dispersion-unknown");
  change.dispersion = dispersion.value_or(1);
  switch (estimator) {
    case Estimator::rate:
      compare_rates(before, after, context.confidence, change);
      break;
    case Estimator::share:
      compare_shares(context, before, after, change);
      break;
    case Estimator::ratio:
      compare_ratios(before, after, context.confidence, change);
      break;
    case Estimator::mean:
    case Estimator::gini:
      compare_jackknifed(before, after, context.confidence, change);
      break;
    case Estimator::median:
    case Estimator::quantile:
      compare_medians(before, after, change);
      break;
    case Estimator::gap:
    case Estimator::change:
    case Estimator::relative:
      break;
  }
}

/// A side that was not observed: no value, not zero.
Metric unobserved(const std::string& id, const std::string& group,
                  const char* label) {
  Metric metric;
  metric.id = id;
  metric.group = group;
  metric.period = Period::phase;
  metric.label = label;
  metric.numerator = metric.denominator = metric.value = metric.midpoint = nan;
  metric.interval = {nan, nan};
  return metric;
}

/// Fills the side that each part is. Gives the dispersion of both together.
std::optional<double> observe_sides(const Context& context,
                                    const Partition& parts, Side& before,
                                    Side& after) {
  const auto& [index, days, measure, confidence] = context;
  const std::vector<Tally> sums = tallies(index, days, parts);
  const auto weeks = weekly_tallies(index, days, parts);
  std::optional<double> dispersion;
  if (measure.known()) dispersion = measure.dispersion(index, days, weeks);
  for (std::size_t p = 0; p < sums.size(); ++p) {
    Side& side = parts.labels[p] == before.metric.label ? before : after;
    const Piece piece{sums[p], weeks[p], parts.whole[p],
                      dispersion.value_or(1)};
    if (measure.known()) side.estimate = measure.estimate(index, days, piece);
    side.metric = describe(measure, index, days, piece);
    side.metric.period = Period::phase;
    side.metric.label = parts.labels[p];
  }
  return dispersion;
}

void add_notes(const std::vector<std::string>& from,
               std::vector<std::string>& to) {
  for (const std::string& note : from) {
    if (std::find(to.begin(), to.end(), note) == to.end()) to.push_back(note);
  }
}

/// The means of what was found in each block; blocks are the observations.
Side mean_of(const std::vector<Metric>& blocks, Metric metric, double scale,
             double confidence) {
  std::vector<double> values;
  double above = 0;
  double below = 0;
  for (const Metric& block : blocks) {
    if (metric.days == 0) metric.first = block.first;
    metric.last = block.last;
    metric.days += block.days;
    add_notes(block.notes, metric.notes);
    if (std::isnan(block.value)) continue;
    values.push_back(block.value);
    above += block.numerator;
    below += block.denominator;
  }
  Side side{std::move(metric), {}};
  side.metric.method = side.estimate.method = "blocks-28d";
  const auto n = static_cast<double>(values.size());
  if (values.empty()) return side;
  double sum = 0;
  for (const double value : values) sum += value;
  side.metric.value = side.estimate.value = sum / n;
  side.metric.numerator = above / n;
  side.metric.denominator = below / n;
  double squares = 0;
  for (const double value : values)
    squares += (value - sum / n) * (value - sum / n);
  side.estimate.degrees = n - 1;
  side.estimate.variance = n > 1 ? squares / (n - 1) / n : nan;
  if (n < least_blocks) return side;
  const double reach = stats::student_quantile(0.5 + confidence / 2, n - 1) *
                       std::sqrt(side.estimate.variance);
  side.metric.interval = {std::max(0.0, side.metric.value - reach),
                          std::min(scale, side.metric.value + reach)};
  return side;
}

}  // namespace

bool is_ratio(Estimator estimator) {
  switch (estimator) {
    case Estimator::rate:
    case Estimator::ratio:
      return true;
    case Estimator::share:
    case Estimator::mean:
    case Estimator::median:
    case Estimator::gini:
    case Estimator::quantile:
    case Estimator::gap:
    case Estimator::change:
    case Estimator::relative:
      return false;
  }
  return false;
}

GroupChange unchanged(const PanelIndex& index, Index g,
                      const Measure& measure) {
  const Group& group = index.panel.study.groups[g];
  const std::string& id = measure.definition().face.id;
  GroupChange change;
  change.group = group.key;
  change.name = group.name;
  change.governance = group.governance;
  change.regime = group.regime;
  change.effect = nan;
  change.interval = {nan, nan};
  change.before = unobserved(id, group.key, "before");
  change.after = unobserved(id, group.key, "after");
  return change;
}

void compare_parts(const PanelIndex& index, const Timeline& timeline,
                   const Measure& measure, const Partition& parts,
                   std::uint32_t least_days, double confidence,
                   GroupChange& change) {
  const Context context{index, timeline, measure, confidence};
  Side before{change.before, {}};
  Side after{change.after, {}};
  const auto dispersion = observe_sides(context, parts, before, after);
  if (std::min(before.metric.days, after.metric.days) >= least_days) {
    set_effect(context, before, after, dispersion, change);
  } else {
    change.notes.emplace_back("compare.too-short");
  }
  change.before = std::move(before.metric);
  change.after = std::move(after.metric);
}

void compare_blocks(const PanelIndex& index, const Timeline& timeline,
                    const Measure& measure, LocalDay start, double confidence,
                    GroupChange& change) {
  const Partition blocks = blocks_around(timeline, start, block_length);
  std::vector<Metric> before;
  std::vector<Metric> after;
  const std::vector<Tally> sums = tallies(index, timeline, blocks);
  for (std::size_t b = 0; b < sums.size(); ++b) {
    (blocks.labels[b] == "before" ? before : after)
        .push_back(describe(measure, index, timeline, {sums[b], {}, true, 1}));
  }
  const double scale = measure.definition().scale;
  const Side zero = mean_of(before, change.before, scale, confidence);
  const Side one = mean_of(after, change.after, scale, confidence);
  change.before = zero.metric;
  change.after = one.metric;
  // A side without a value has no degrees at all.
  if (std::min(zero.estimate.degrees, one.estimate.degrees) + 1 <
      least_blocks) {
    change.notes.emplace_back("compare.few-blocks");
    return;
  }
  change.effect = one.metric.value - zero.metric.value;
  change.method = "blocks-28d-welch";
  change.notes.emplace_back("compare.blocks");
  if (zero.estimate.variance + one.estimate.variance > 0) {
    const double distance = reach(one.estimate, zero.estimate, confidence);
    change.interval = {change.effect - distance, change.effect + distance};
  } else {
    change.notes.emplace_back("compare.dispersion-unknown");
  }
}

}  // namespace etherpeil::metric
