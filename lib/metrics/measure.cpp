#include "metrics/measure.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/spread.hpp"

namespace etherpeil::metric {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr Interval undefined{nan, nan};
constexpr double upper_tail = 0.975;
constexpr Slots all_slots = 0x7E;  // where .. request, without Slot::none
constexpr double slot_count = 6;

double real(std::uint64_t count) { return static_cast<double>(count); }

std::uint32_t label_bits(const std::vector<std::string>& keys,
                         const Codes& codes, bool& known) {
  std::uint32_t bits = 0;
  for (const std::string& key : keys) {
    const auto label = codes.label(key);
    if (!label) known = false;
    bits |= label ? std::uint32_t{1} << *label : 0;
  }
  return bits;
}

Attributes attribute_bits(const std::vector<std::string>& keys,
                          const Codes& codes, bool& known) {
  Attributes bits = 0;
  for (const std::string& key : keys) {
    const auto attribute = codes.attribute(key);
    if (!attribute) known = false;
    bits |= attribute ? Attributes{1} << *attribute : 0;
  }
  return bits;
}

const std::optional<std::int64_t>& time_of(const IncidentRow& row,
                                           Event event) {
  switch (event) {
    case Event::reply:
      return row.reply;
    case Event::substantive:
      return row.substantive;
    case Event::professional:
      return row.professional;
    case Event::outcome:
      return row.outcome;
  }
  return row.reply;
}

bool in_time(const IncidentRow& row, const Window& window) {
  const auto& time = time_of(row, window.event);
  return time && *time <= window.seconds;
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

/// Reports per reporter, or messages per sender; zeros for silent members.
std::vector<double> amounts_of(const Panel& panel, const Tally& tally,
                               const Inequality& what) {
  std::vector<double> amounts;
  if (what.reports) {
    std::vector<Index> reporters;
    for (const Index i : tally.incidents)
      reporters.push_back(panel.incidents[i].reporter);
    std::sort(reporters.begin(), reporters.end());
    for (std::size_t i = 0; i < reporters.size(); ++i) {
      if (i == 0 || reporters[i - 1] != reporters[i]) amounts.push_back(0);
      amounts.back() += 1;
    }
  } else {
    for (const SenderSum& sender : tally.senders)
      amounts.push_back(real(sender.messages));
  }
  if (what.members)
    amounts.resize(std::max(amounts.size(), members_of(tally)), 0);
  return amounts;
}

/// The estimate plus and minus t standard errors.
void set_jackknife(Estimate& estimate, const std::vector<double>& left_out,
                   double low, double high) {
  estimate.method = "jackknife";
  estimate.interval = undefined;
  estimate.variance = stats::jackknife_variance(left_out);
  estimate.degrees = static_cast<double>(left_out.size()) - 1;
  if (!std::isfinite(estimate.variance)) return;
  const double reach = stats::student_quantile(upper_tail, estimate.degrees) *
                       std::sqrt(estimate.variance);
  estimate.interval = {std::max(low, estimate.value - reach),
                       std::min(high, estimate.value + reach)};
}

}  // namespace

// ------------------------------------------------------------------ incidents

Test::Test(const Filter& filter, const Codes& codes, bool& known)
    : labels_(filter.labels.empty() ? ~std::uint32_t{0}
                                    : label_bits(filter.labels, codes, known)),
      slots_(
          filter.slot == Slot::none
              ? Slots{0}
              : static_cast<Slots>(1U << static_cast<unsigned>(filter.slot))),
      root_attributes_(attribute_bits(filter.root_attributes, codes, known)),
      attributes_(attribute_bits(filter.attributes, codes, known)),
      participants_(filter.participants),
      within_(filter.within),
      without_(filter.without),
      observed_(filter.observed) {
  if (!filter.attribute_group.empty()) {
    group_ = codes.group(filter.attribute_group);
    if (group_ == 0) known = false;
  }
  if (!filter.safety) return;
  std::uint32_t safety = 0;
  for (std::size_t i = 0; i < codes.labels.size(); ++i) {
    if (codes.labels[i].safety) safety |= std::uint32_t{1} << i;
  }
  labels_ &= safety;
}

bool Test::passes(const IncidentRow& row) const {
  const auto misses = [](Attributes wanted, Attributes has) {
    return wanted != 0 && (wanted & has) == 0;
  };
  if ((labels_ >> row.label & 1) == 0) return false;
  if (slots_ != 0 && (row.slots & slots_) == 0) return false;
  if (misses(root_attributes_, row.root_attributes)) return false;
  if (misses(attributes_, row.attributes) || misses(group_, row.attributes))
    return false;
  if (row.participants < participants_) return false;
  if (within_ && !in_time(row, *within_)) return false;
  if (without_ &&
      (in_time(row, *without_) || row.until_end < without_->seconds)) {
    return false;
  }
  return !observed_ || in_time(row, *observed_) ||
         row.until_end >= observed_->seconds;
}

// --------------------------------------------------------------------- counts

Counter::Counter(const Count& count, const Codes& codes)
    : count_(count),
      labels_(count.labels.empty() ? ~std::uint32_t{0}
                                   : label_bits(count.labels, codes, known_)),
      test_(count.reports, codes, known_) {
  if (count.kind != Count::Kind::attribute) return;
  const auto attribute = codes.attribute(count.attribute);
  known_ = known_ && attribute.has_value();
  attribute_ = attribute.value_or(0);
}

std::uint64_t Counter::messages(const Tally& tally) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < max_labels; ++i) {
    if ((labels_ >> i & 1) == 0) continue;
    const LabelSum& label = tally.labels[i];
    const std::uint64_t inside =
        count_.night ? label.night_in_incident : label.in_incident;
    sum += (count_.night ? label.night : label.messages) -
           (count_.outside ? inside : 0);
  }
  return sum;
}

std::uint64_t Counter::people(const Panel& panel, const Tally& tally) const {
  switch (count_.people) {
    case People::members:
      return members_of(tally);
    case People::senders:
      return tally.senders.size();
    case People::reporters:
      return amounts_of(panel, tally, {.reports = true}).size();
  }
  return 0;
}

std::uint64_t Counter::of(const Panel& panel, const Tally& tally) const {
  std::uint64_t sum = 0;
  switch (count_.kind) {
    case Count::Kind::none:
      break;
    case Count::Kind::messages:
      return messages(tally);
    case Count::Kind::attribute:
      return tally.attributes[attribute_];
    case Count::Kind::roles:
      for (const Role role : count_.roles)
        sum += tally.roles[static_cast<std::size_t>(role)];
      break;
    case Count::Kind::reports:
      for (const Index i : tally.incidents)
        sum += passes(panel.incidents[i]) ? 1U : 0U;
      break;
    case Count::Kind::events:
      for (const SystemEvent e : count_.events)
        sum += tally.events[static_cast<std::size_t>(e)];
      break;
    case Count::Kind::days:
      return tally.days;
    case Count::Kind::silent_days:
      return tally.silent_days;
    case Count::Kind::member_days:
      return tally.member_days;
    case Count::Kind::people:
      return people(panel, tally);
  }
  return sum;
}

std::uint64_t members_of(const Tally& tally) {
  const std::uint64_t mean =
      tally.days == 0 ? 0 : (tally.member_days + tally.days / 2) / tally.days;
  return std::max<std::uint64_t>(mean, tally.senders.size());
}

// ----------------------------------------------------------------- estimators

Measure::Measure(const Definition& definition, const Codes& codes)
    : definition_(definition),
      numerator_(definition.numerator, codes),
      denominator_(definition.denominator, codes) {}

Estimate Measure::estimate(const Panel& panel, const Tally& tally,
                           const std::vector<Tally>& weeks) const {
  switch (definition_.face.estimator) {
    case Estimator::rate:
    case Estimator::share:
      return fraction(panel, tally);
    case Estimator::ratio:
      return ratio(panel, tally, weeks);
    case Estimator::mean:
      return mean(panel, tally);
    case Estimator::median:
      return median(panel, tally);
    case Estimator::gini:
      return inequality(panel, tally);
  }
  return {};
}

std::uint64_t Measure::above(const Panel& panel, const Tally& tally) const {
  const bool nested = definition_.face.estimator == Estimator::share &&
                      definition_.numerator.kind == Count::Kind::reports &&
                      definition_.denominator.kind == Count::Kind::reports;
  if (!nested) return numerator_.of(panel, tally);
  std::uint64_t sum = 0;
  for (const Index i : tally.incidents) {
    const IncidentRow& row = panel.incidents[i];
    sum += numerator_.passes(row) && denominator_.passes(row) ? 1U : 0U;
  }
  return sum;
}

std::uint64_t Measure::below(const Panel& panel, const Tally& tally) const {
  return denominator_.of(panel, tally);
}

Estimate Measure::fraction(const Panel& panel, const Tally& tally) const {
  const std::uint64_t count = above(panel, tally);
  const std::uint64_t total = below(panel, tally);
  const bool rate = definition_.face.estimator == Estimator::rate;
  Estimate result{
      real(count), real(total), nan, undefined, rate ? "garwood" : "wilson",
      nan,         nan};
  if (total == 0) return result;
  const Interval limits = rate ? poisson_exact(count) : wilson(count, total);
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
Estimate Measure::ratio(const Panel& panel, const Tally& tally,
                        const std::vector<Tally>& weeks) const {
  const double count = real(above(panel, tally));
  const double total = real(below(panel, tally));
  Estimate result{count, total, nan, undefined, "jackknife-weeks-log",
                  nan,   nan};
  if (total == 0) return result;
  result.value = definition_.scale * count / total;
  std::vector<double> left_out;
  left_out.reserve(weeks.size());
  for (const Tally& week : weeks) {
    left_out.push_back(std::log(count - real(above(panel, week))) -
                       std::log(total - real(below(panel, week))));
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

Estimate Measure::mean(const Panel& panel, const Tally& tally) const {
  std::vector<double> scores;
  double sum = 0;
  for (const Index i : tally.incidents) {
    const IncidentRow& row = panel.incidents[i];
    if (!numerator_.passes(row)) continue;
    double score = 0;
    for (unsigned bits = row.slots & all_slots; bits != 0; bits &= bits - 1)
      score += 1;
    scores.push_back(score);
    sum += score;
  }
  const double n = static_cast<double>(scores.size());
  Estimate result{sum, n, nan, undefined, "jackknife", nan, nan};
  if (scores.empty()) return result;
  result.value = sum / n;
  for (double& score : scores) score = (sum - score) / (n - 1);
  set_jackknife(result, scores, 0, slot_count);
  return result;
}

Duration Measure::duration(const IncidentRow& row) const {
  const auto& time = time_of(row, definition_.event);
  const std::int64_t limit = definition_.follow_seconds;
  if (time && (limit == 0 || *time <= limit))
    return {static_cast<double>(*time), true};
  return {static_cast<double>(limit == 0 ? row.followed
                                         : std::min(limit, row.until_end)),
          false};
}

Estimate Measure::median(const Panel& panel, const Tally& tally) const {
  std::vector<Duration> times;
  for (const Index i : tally.incidents) {
    const IncidentRow& row = panel.incidents[i];
    if (numerator_.passes(row)) times.push_back(duration(row));
  }
  const SurvivalMedian found = kaplan_meier_median(times);
  const double scale = definition_.scale;
  return {real(found.observed),
          real(found.n),
          scale * found.median,
          {scale * found.interval.low, scale * found.interval.high},
          "brookmeyer-crowley",
          nan,
          nan};
}

Estimate Measure::inequality(const Panel& panel, const Tally& tally) const {
  std::vector<double> amounts =
      amounts_of(panel, tally, definition_.inequality);
  double sum = 0;
  for (const double amount : amounts) sum += amount;
  Estimate result{sum,         static_cast<double>(amounts.size()),
                  nan,         undefined,
                  "jackknife", nan,
                  nan};
  if (!(sum > 0)) return result;
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

}  // namespace etherpeil::metric
