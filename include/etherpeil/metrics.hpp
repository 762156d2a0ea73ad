#pragma once
/// The metric catalogue: what is counted, per group and period, with numerator,
/// denominator and interval. Definitions live in lib/data/metrics.json.
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/stats.hpp"
#include "etherpeil/store.hpp"

namespace etherpeil {

enum class Period : std::uint8_t { all, month, quarter, phase };
[[nodiscard]] std::string_view to_string(Period);
[[nodiscard]] std::optional<Period> period_from(std::string_view slug);

/// How a value follows from its counts.
enum class Estimator : std::uint8_t {
  rate,      ///< numerator per exposure, Poisson
  share,     ///< numerator / denominator, binomial
  ratio,     ///< numerator per denominator of another kind
  mean,      ///< mean of a score per incident
  median,    ///< Kaplan-Meier median, or other quantile, of a duration
  gini,      ///< inequality over members
  quantile,  ///< of a score per incident
  gap,       ///< days without something
  change,    ///< difference of a share before and after messages
  relative   ///< ratio of the rates on two kinds of days
};
[[nodiscard]] std::string_view to_string(Estimator);

/// A definition of the catalogue.
struct MetricDefinition {
  std::string id{};  ///< "M11" or, for a variant, "M11.emoji"
  std::string name_nl{};
  std::string name_en{};
  std::string formula{};
  std::string unit{};
  std::string source{};  ///< the claim or source that it tests
  Estimator estimator{Estimator::share};
  bool minimum{};  ///< one of the twelve that come first
};
/// The catalogue, in order of id.
[[nodiscard]] std::span<const MetricDefinition> catalogue();
/// @throws Error argument when there is no such metric
[[nodiscard]] const MetricDefinition& definition(std::string_view id);

/// One value, in the unit of its definition ("%" is 0-100). Numerator and
/// denominator are kept so that any later pooling is exact: a rate has an
/// exposure in days (or member-days) as denominator, a mean the sum of scores
/// over the incidents, a median the observed times over all, a Gini the sum of
/// amounts over the people. All are NaN when the value is not shown.
struct Metric {
  std::string id{};
  std::string group{};
  Period period{Period::all};
  std::string label{};  ///< "2021-03", "2021-Q1", "before", "after", "all"
  LocalDay first{};     ///< first day of the period that was observed
  LocalDay last{};
  std::uint32_t days{};  ///< observed days
  double numerator{};
  double denominator{};
  double value{};  ///< NaN when not defined (0/0)
  /// Of a median, by R's convention: the middle of the times at which survival
  /// is exactly 0.5, where `value` is their start. NaN for anything else.
  double midpoint{std::numeric_limits<double>::quiet_NaN()};
  Interval interval{};   ///< 95 %; NaN where it is open or not defined
  std::string method{};  ///< of the interval: "garwood", "wilson", these with
                         ///< "-weeks" when weeks vary more than chance,
                         ///< "jackknife", "jackknife-weeks-log",
                         ///< "brookmeyer-crowley"
  bool small{};          ///< denominator < 10: show as "x of y"
  std::vector<std::string> notes{};  ///< slugs, e.g. "metrics.members-active"
};

/// True when one of these metrics (none: the minimum set) looks at the messages
/// themselves; else a `Store::day_panel`, which is read faster, is enough.
/// @throws Error argument for an unknown metric
[[nodiscard]] bool need_messages(std::span<const std::string> ids);

struct MetricOptions {
  Period period{Period::month};
  std::vector<std::string> ids{};  ///< empty: the minimum set with variants
  std::string group{};             ///< empty: all
};

/// Values in order of group, metric and period; a period without an observed
/// day has none. Only observed days count; an incident belongs to the day of
/// its root. Members: as the study states; else from joins and leaves, at the
/// lowest level at which nobody writes who is not there; else all who ever
/// wrote. Notes: metrics.members-active (members unknown, senders used),
/// metrics.members-reconstructed (a lower bound),
/// metrics.members-below-senders (more people wrote than there are members),
/// metrics.partial-period (days of the period were not observed),
/// metrics.no-intervention (so the phase is all days), metrics.grows-with-days
/// (of a phase: longer ones give other values, see `compare`),
/// metrics.instrument-change (long-press reactions, since 2022-05, are in no
/// export), metrics.label-uncertain (more than a tenth of the messages
/// abstain), metrics.too-few-reports (not shown: too few person reports),
/// metrics.not-in-codebook (it has no code that the metric needs),
/// metrics.no-messages (the database keeps counts but not the messages that the
/// metric needs), metrics.exporter-change and metrics.reader-change (the days
/// come from exports of several phones, or read by several versions),
/// metrics.clock-change (summer time starts or ends in the period, and the
/// metric looks at the time of day or at durations). All labels of a database
/// come from one model, so that it cannot change within one
/// @throws Error argument for an unknown metric or group
[[nodiscard]] std::vector<Metric> metrics(const Panel& panel,
                                          const MetricOptions& options = {});

}  // namespace etherpeil
