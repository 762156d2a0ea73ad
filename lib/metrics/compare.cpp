#include "etherpeil/compare.hpp"

#include <algorithm>
#include <cmath>

#include "metrics/change.hpp"

namespace etherpeil {
namespace {

using metric::Measure;

constexpr std::uint32_t least_days = 28;
constexpr std::size_t few_groups = 10;

/// The effect of no change.
double no_change(bool ratio) { return ratio ? 1 : 0; }

/// What else happened to the group while it was compared.
void note_others(const Group& group, GroupChange& change) {
  for (const Intervention& one : group.interventions) {
    if (one.start > change.start && one.start <= change.after.last)
      change.notes.emplace_back("compare.other-intervention");
    if (one.start == change.start && one.end && *one.end < change.after.last)
      change.notes.emplace_back("compare.ended");
  }
  const auto end = std::unique(change.notes.begin(), change.notes.end());
  change.notes.erase(end, change.notes.end());
}

GroupChange change_of(const metric::PanelIndex& index, Index g,
                      const Measure& measure) {
  GroupChange change = metric::unchanged(index, g, measure);
  const metric::Timeline days = metric::timeline(index, g);
  if (days.intervention) change.start = *days.intervention;
  if (index.coverage.of(g).empty()) {
    change.notes.emplace_back("compare.no-export");
  } else if (!days.intervention) {
    change.notes.emplace_back("compare.no-intervention");
  } else if (metric::grows_with_days(measure.definition())) {
    metric::compare_blocks(index, days, measure, *days.intervention, 0.95,
                           change);
  } else {
    metric::compare_parts(index, days, measure, metric::by_phase(days),
                          least_days, 0.95, change);
  }
  if (change.after.days > 0) note_others(index.panel.study.groups[g], change);
  return change;
}

/// All ways to choose the treated groups are equally likely; without controls
/// all ways to give each change its sign. Two-sided: where the mirror image of
/// the most extreme choice is a choice too, it counts as well.
double least_p(std::size_t treated, std::size_t controls) {
  if (treated == 0) return 1;
  if (controls == 0) return std::ldexp(2.0, -static_cast<int>(treated));
  double choices = 1;
  for (std::size_t i = 1; i <= controls; ++i) {
    choices *= static_cast<double>(treated + i) / static_cast<double>(i);
  }
  return (treated == controls ? 2 : 1) / choices;
}

void set_cautions(const Measure& measure, Comparison& comparison) {
  const LocalDay start = metric::catalogue().reactions_change;
  const bool instrument = std::any_of(
      comparison.groups.begin(), comparison.groups.end(),
      [&](const GroupChange& change) {
        return change.before.days > 0 && change.after.days > 0 &&
               change.before.first < start && start <= change.after.last;
      });
  comparison.cautions = {"compare.no-causal-claim",
                         "compare.safety-not-measured"};
  if (comparison.groups.size() < few_groups) {
    comparison.cautions.emplace_back("compare.four-groups-no-test");
  }
  if (measure.definition().reactions && instrument) {
    comparison.cautions.emplace_back("compare.instrument-change");
  }
  if (uses_labels(measure.definition())) {
    comparison.cautions.emplace_back("compare.classifier-uncorrected");
  }
}

}  // namespace

Comparison compare(const Panel& panel, const CompareOptions& options) {
  const Measure measure{metric::find_definition(options.outcome), panel.codes};
  const metric::PanelIndex index{panel};
  const bool ratio = metric::is_ratio(measure.definition().face.estimator);
  const double none = no_change(ratio);
  Comparison comparison;
  comparison.outcome = options.outcome;
  comparison.effect = ratio ? "ratio" : "difference";
  std::size_t treated = 0;
  std::size_t controls = 0;
  for (Index g = 0; g < panel.study.groups.size(); ++g) {
    GroupChange change = change_of(index, g, measure);
    const Group& group = panel.study.groups[g];
    treated += std::isnan(change.effect) ? 0 : 1;
    controls +=
        group.interventions.empty() && !index.coverage.of(g).empty() ? 1 : 0;
    comparison.rising += change.effect > none ? 1 : 0;
    comparison.falling += change.effect < none ? 1 : 0;
    comparison.clear +=
        change.interval.low > none || change.interval.high < none ? 1 : 0;
    comparison.groups.push_back(std::move(change));
  }
  comparison.min_attainable_p = least_p(treated, controls);
  set_cautions(measure, comparison);
  return comparison;
}

}  // namespace etherpeil
