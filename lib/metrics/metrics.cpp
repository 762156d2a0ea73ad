#include "etherpeil/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "etherpeil/error.hpp"
#include "metrics/measure.hpp"

namespace etherpeil {
namespace metric {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double few = 10;               // below it, "x of y"
constexpr std::uint64_t uncertain = 10;  // one in so many

/// More than a tenth of the messages got their label with too little certainty.
bool labels_uncertain(const Tally& tally) {
  std::uint64_t all = 0;
  std::uint64_t doubtful = 0;
  for (const LabelSum& label : tally.labels) {
    all += label.messages;
    doubtful += label.abstained;
  }
  return doubtful * uncertain > all;
}

/// True when who joined and left makes the members of a part another number
/// than the study states.
bool moved_far(const Timeline& timeline, const Tally& tally) {
  constexpr double far = 0.1;
  if (!timeline.stated || tally.days == 0) return false;
  const double stated = *timeline.stated;
  const double mean =
      static_cast<double>(tally.member_days) / static_cast<double>(tally.days);
  return std::abs(mean - stated) > far * stated;
}

void note_members(Metric& metric, const Timeline& timeline,
                  const Tally& tally) {
  switch (timeline.roster) {
    case Roster::stated:
      if (moved_far(timeline, tally))
        metric.notes.emplace_back("metrics.members-moved");
      break;
    case Roster::reconstructed:
      metric.notes.emplace_back("metrics.members-reconstructed");
      break;
    case Roster::active:
      metric.notes.emplace_back("metrics.members-active");
      break;
  }
  if (tally.senders.size() * tally.days > tally.member_days) {
    metric.notes.emplace_back("metrics.members-below-senders");
  }
}

/// True when summer time starts or ends in the part: the last Sunday of March
/// or October (European Union, since 1996).
bool clock_changes(const Tally& tally) {
  using namespace std::chrono;
  for (year y = year_month_day{tally.first}.year();
       y <= year_month_day{tally.last}.year(); ++y) {
    for (const month m : {March, October}) {
      const LocalDay day{y / m / Sunday[last]};
      if (tally.first <= day && day <= tally.last) return true;
    }
  }
  return false;
}

/// The files that cover days of the part.
std::vector<const FileRow*> files_of(const PanelIndex& index,
                                     const Timeline& timeline,
                                     const Tally& tally) {
  const Panel& panel = index.panel;
  std::vector<const FileRow*> files;
  for (const Index i : index.coverage.of(timeline.group)) {
    const Coverage& row = panel.coverage[i];
    if (i < panel.files.size() && row.first <= tally.last &&
        tally.first <= row.last) {
      files.push_back(&panel.files[i]);
    }
  }
  return files;
}

/// What measured changes within the part: the phone that exported, the version
/// that read, the clock.
void note_instruments(Metric& metric, const Definition& definition,
                      const PanelIndex& index, const Timeline& timeline,
                      const Tally& tally) {
  const auto files = files_of(index, timeline, tally);
  const auto differ = [&](const auto& of) {
    return std::any_of(files.begin(), files.end(), [&](const FileRow* file) {
      return of(*file) != of(*files.front());
    });
  };
  if (differ([](const FileRow& file) {
        return std::tuple{file.format.platform, file.format.resolution,
                          file.format.header};
      })) {
    metric.notes.emplace_back("metrics.exporter-change");
  }
  if (differ([](const FileRow& file) {
        return std::pair{file.provenance.library, file.provenance.unicode};
      })) {
    metric.notes.emplace_back("metrics.reader-change");
  }
  if (uses_clock(definition) && clock_changes(tally))
    metric.notes.emplace_back("metrics.clock-change");
}

/// A cell so small that it points at people is not shown at all.
void suppress(Metric& metric) {
  metric.numerator = metric.denominator = metric.value = metric.midpoint = nan;
  metric.interval = {nan, nan};
  metric.notes.emplace_back("metrics.too-few-reports");
}

std::vector<Measure> measures(const std::vector<std::string>& ids,
                              const Codes& codes) {
  std::vector<Measure> chosen;
  chosen.reserve(ids.size());
  for (const std::string& id : ids)
    chosen.emplace_back(find_definition(id), codes);
  if (!ids.empty()) return chosen;
  for (const Definition& definition : catalogue().definitions) {
    if (definition.face.minimum) chosen.emplace_back(definition, codes);
  }
  return chosen;
}

Partition partition(const Timeline& timeline, Period period) {
  switch (period) {
    case Period::all:
      return undivided(timeline);
    case Period::month:
      return by_month(timeline);
    case Period::quarter:
      return by_quarter(timeline);
    case Period::phase:
      return by_phase(timeline);
  }
  return {};
}

void add_group(const PanelIndex& index, Index group, Period period,
               const std::vector<Measure>& chosen, std::vector<Metric>& out) {
  const Timeline days = timeline(index, group);
  const Partition parts = partition(days, period);
  const std::vector<Tally> sums = tallies(index, days, parts);
  const auto weeks = weekly_tallies(index, days, parts);
  for (const Measure& measure : chosen) {
    const double dispersion =
        measure.known() ? measure.dispersion(index, days, weeks).value_or(1)
                        : 1;
    for (std::size_t p = 0; p < sums.size(); ++p) {
      Metric metric = describe(measure, index, days,
                               {sums[p], weeks[p], parts.whole[p], dispersion});
      metric.period = period;
      metric.label = parts.labels[p];
      if (period == Period::phase && !days.intervention) {
        metric.notes.emplace_back("metrics.no-intervention");
      }
      if (period == Period::phase && grows_with_days(measure.definition()))
        metric.notes.emplace_back("metrics.grows-with-days");
      out.push_back(std::move(metric));
    }
  }
}

}  // namespace

Metric describe(const Measure& measure, const PanelIndex& index,
                const Timeline& timeline, const Piece& piece) {
  const Tally& tally = piece.tally;
  const Panel& panel = index.panel;
  const Definition& definition = measure.definition();
  Metric metric;
  metric.id = definition.face.id;
  metric.group = panel.study.groups[timeline.group].key;
  metric.first = tally.first;
  metric.last = tally.last;
  metric.days = tally.days;
  metric.numerator = metric.denominator = metric.value = metric.midpoint = nan;
  metric.interval = {nan, nan};
  if (!measure.known()) {
    metric.notes.emplace_back("metrics.not-in-codebook");
    return metric;
  }
  if (measure.needs_messages() && tally.messages.size() != tally.sent) {
    metric.notes.emplace_back("metrics.no-messages");
    return metric;
  }
  Estimate estimate = measure.estimate(index, timeline, piece);
  metric.numerator = estimate.numerator;
  metric.denominator = estimate.denominator;
  metric.value = estimate.value;
  metric.midpoint = estimate.midpoint;
  metric.interval = estimate.interval;
  metric.method = std::move(estimate.method);
  metric.small = metric.denominator < few;
  if (metric.denominator < definition.minimum_denominator) suppress(metric);
  if (uses_members(definition)) note_members(metric, timeline, tally);
  if (!piece.whole) metric.notes.emplace_back("metrics.partial-period");
  if (definition.reactions && tally.last >= catalogue().reactions_change) {
    metric.notes.emplace_back("metrics.instrument-change");
  }
  note_instruments(metric, definition, index, timeline, tally);
  if (uses_labels(definition) && labels_uncertain(tally)) {
    metric.notes.emplace_back("metrics.label-uncertain");
  }
  return metric;
}

}  // namespace metric

std::string_view to_string(Period period) {
  switch (period) {
    case Period::all:
      return "all";
    case Period::month:
      return "month";
    case Period::quarter:
      return "quarter";
    case Period::phase:
      return "phase";
  }
  return {};
}

std::optional<Period> period_from(std::string_view slug) {
  for (const Period period :
       {Period::all, Period::month, Period::quarter, Period::phase}) {
    if (to_string(period) == slug) return period;
  }
  return std::nullopt;
}

bool need_messages(std::span<const std::string> ids) {
  const std::vector<metric::Measure> chosen =
      metric::measures({ids.begin(), ids.end()}, Codes{});
  return std::any_of(
      chosen.begin(), chosen.end(),
      [](const metric::Measure& one) { return one.needs_messages(); });
}

std::vector<Metric> metrics(const Panel& panel, const MetricOptions& options) {
  const std::vector<metric::Measure> chosen =
      metric::measures(options.ids, panel.codes);
  if (!options.group.empty()) {
    static_cast<void>(
        panel.study.require_group(options.group, "study " + panel.study.key));
  }
  const metric::PanelIndex index{panel};
  std::vector<Metric> values;
  for (Index g = 0; g < panel.study.groups.size(); ++g) {
    if (!options.group.empty() && panel.study.groups[g].key != options.group)
      continue;
    metric::add_group(index, g, options.period, chosen, values);
  }
  return values;
}

}  // namespace etherpeil
