#include "etherpeil/fidelity.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "etherpeil/error.hpp"
#include "metrics/change.hpp"

namespace etherpeil {
namespace {

using metric::Measure;
using std::chrono::days;

constexpr double confidence = 0.95;

/// What an intervention in a group app would move, in order of id.
constexpr std::array<const char*, 16> looked_at{
    "M12",      "M27",          "M27.closing", "M27.referral",
    "M27.test", "M27.reminder", "M27.welcome", "M30",
    "M30.mod",  "M31",          "M34",         "M43",
    "M51",      "M54",          "M50.police",  "M50.municipality"};

days window_of(const FidelityOptions& options) {
  return days{static_cast<int>(options.days)};
}

/// Keys of the other interventions that have days among those compared. One
/// without an end counts with its first day.
std::vector<std::string> overlapping(const Group& group,
                                     const Intervention& one, days window) {
  std::vector<std::string> keys;
  for (const Intervention& other : group.interventions) {
    if (other.key == one.key) continue;
    const LocalDay end = other.end.value_or(other.start);
    if (other.start < one.start + window && end >= one.start - window)
      keys.push_back(other.key);
  }
  return keys;
}

bool has_roles(const Panel& panel, Index g) {
  return std::any_of(panel.members.begin(), panel.members.end(),
                     [g](const Member& member) {
                       return member.group == g && member.role != Role::unknown;
                     });
}

bool excludes_no_change(const GroupChange& change, Estimator estimator) {
  const double none = metric::is_ratio(estimator) ? 1 : 0;
  return change.interval.low > none || change.interval.high < none;
}

/// The interval holds a change that nobody would call small.
bool may_be_large(const GroupChange& change, const MetricDefinition& what) {
  if (metric::is_ratio(what.estimator))
    return !(change.interval.low > 0.5 && change.interval.high < 2);
  // 10 points of a percentage, a tenth of any other scale of shares.
  const double large = metric::find_definition(what.id).scale / 10;
  return !(change.interval.low > -large && change.interval.high < large);
}

/// Around one start, for all metrics.
class Looker {
 public:
  Looker(const metric::PanelIndex& index, const std::vector<Measure>& measures,
         const FidelityOptions& options)
      : index_(index), measures_(measures), options_(options) {}

  [[nodiscard]] Fidelity look(const metric::Timeline& timeline,
                              const Intervention& one) const {
    const Group& group = index_.panel.study.groups[timeline.group];
    Fidelity found{.group = group.key,
                   .intervention = one.key,
                   .title = one.title,
                   .start = one.start};
    const metric::Partition parts =
        metric::around_start(timeline, one.start, window_of(options_));
    for (const Measure& measure : measures_)
      found.changes.push_back(
          {changed(timeline, measure, parts, one, confidence)});
    judge(timeline, one, parts, found);
    found.overlaps = overlapping(group, one, window_of(options_));
    if (!found.overlaps.empty()) found.notes.emplace_back("fidelity.overlap");
    if (!has_roles(index_.panel, timeline.group))
      found.notes.emplace_back("fidelity.no-roles");
    found.notes.emplace_back("fidelity.no-claim");
    return found;
  }

 private:
  [[nodiscard]] GroupChange changed(const metric::Timeline& timeline,
                                    const Measure& measure,
                                    const metric::Partition& parts,
                                    const Intervention& one,
                                    double level) const {
    GroupChange change = metric::unchanged(index_, timeline.group, measure);
    change.start = one.start;
    metric::compare_parts(index_, timeline, measure, parts,
                          (options_.days + 1) / 2, level, change);
    return change;
  }

  void judge(const metric::Timeline& timeline, const Intervention& one,
             const metric::Partition& parts, Fidelity& found) const {
    const auto compared = static_cast<double>(
        std::count_if(found.changes.begin(), found.changes.end(),
                      [](const FidelityChange& each) {
                        return !std::isnan(each.change.effect);
                      }));
    if (std::any_of(found.changes.begin(), found.changes.end(),
                    [](const FidelityChange& each) {
                      const auto& notes = each.change.notes;
                      return std::find(notes.begin(), notes.end(),
                                       "compare.too-short") != notes.end();
                    })) {
      found.notes.emplace_back("fidelity.few-days");
    }
    if (compared == 0) return;
    found.visibility = Visibility::not_visible;
    const double level = 1 - (1 - confidence) / compared;
    for (std::size_t k = 0; k < measures_.size(); ++k) {
      const GroupChange strict =
          changed(timeline, measures_[k], parts, one, level);
      const MetricDefinition& what = measures_[k].definition().face;
      found.changes[k].clear = excludes_no_change(strict, what.estimator);
      if (found.changes[k].clear) found.visibility = Visibility::visible;
      if (found.visibility == Visibility::not_visible &&
          !std::isnan(strict.effect) && may_be_large(strict, what)) {
        found.visibility = Visibility::too_few;
      }
    }
  }

  const metric::PanelIndex& index_;
  const std::vector<Measure>& measures_;
  const FidelityOptions& options_;
};

}  // namespace

std::string_view to_string(Visibility visibility) {
  switch (visibility) {
    case Visibility::visible:
      return "visible";
    case Visibility::too_few:
      return "too-few";
    case Visibility::not_visible:
      return "not-visible";
    case Visibility::unknown:
      return "unknown";
  }
  return {};
}

std::vector<Fidelity> fidelity(const Panel& panel,
                               const FidelityOptions& options) {
  if (options.days == 0 || options.days > 366) {
    throw Error{Errc::argument,
                "fidelity: " + std::to_string(options.days) +
                    " days cannot be compared; choose 1 to 366"};
  }
  if (!options.group.empty()) {
    static_cast<void>(
        panel.study.require_group(options.group, "study " + panel.study.key));
  }
  std::vector<Measure> measures;
  measures.reserve(looked_at.size());
  for (const char* id : looked_at)
    measures.emplace_back(metric::find_definition(id), panel.codes);
  const metric::PanelIndex index{panel};
  const Looker looker{index, measures, options};
  std::vector<Fidelity> found;
  for (Index g = 0; g < panel.study.groups.size(); ++g) {
    const Group& group = panel.study.groups[g];
    if (!options.group.empty() && group.key != options.group) continue;
    const metric::Timeline timeline = metric::timeline(index, g);
    for (const Intervention& one : group.interventions)
      found.push_back(looker.look(timeline, one));
  }
  return found;
}

}  // namespace etherpeil
