#include "metrics/course.hpp"

#include <algorithm>

namespace etherpeil::metric {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;

constexpr hours run_gap{1};
constexpr hours prompt_window{1};
constexpr hours reminder_window{24};
constexpr days around{14};
constexpr days again{30};
constexpr double noisy_quantile = 0.9;

/// True when every day from `first` to `last` is observed.
bool all_observed(const Timeline& timeline, LocalDay first, LocalDay last) {
  for (LocalDay day = first; day <= last; day += days{1}) {
    if (!timeline.offset(day)) return false;
  }
  return true;
}

/// Share of off-purpose messages among those with a label, within times.
std::optional<double> off_share(const PanelIndex& index, Index group,
                                LocalTime first, LocalTime last) {
  double off = 0;
  double all = 0;
  for (const Index i : index.messages.between(group, first, last)) {
    if (index.panel.messages.label[i] == not_coded) continue;
    all += 1;
    off += index.messages.off_purpose(i) ? 1 : 0;
  }
  if (all == 0) return std::nullopt;
  return off / all;
}

}  // namespace

std::uint32_t longest_gap(const PanelIndex& index, const Timeline& timeline,
                          const Tally& tally, const Counter& messages) {
  std::vector<bool> heard(timeline.observed.size());
  for (const Index i : tally.messages) {
    const auto at = timeline.offset(floor<days>(index.panel.messages.time[i]));
    if (at && messages.keeps(index, i)) heard[*at] = true;
  }
  std::uint32_t longest = 0;
  std::uint32_t run = 0;
  for (LocalDay day = tally.first; day <= tally.last; day += days{1}) {
    const auto at = timeline.offset(day);
    run = at && !heard[*at] ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::optional<std::uint32_t> since_last(const PanelIndex& index,
                                        const Timeline& timeline,
                                        const Tally& tally,
                                        const Counter& messages) {
  const auto all = index.messages.of(timeline.group);
  for (std::size_t k = all.size(); k-- > 0;) {
    const LocalDay day = floor<days>(index.panel.messages.time[all[k]]);
    if (day <= tally.last && messages.keeps(index, all[k]))
      return static_cast<std::uint32_t>((tally.last - day).count());
  }
  return std::nullopt;
}

std::vector<Duration> reminder_times(const PanelIndex& index,
                                     const Timeline& timeline,
                                     const Tally& tally) {
  const Messages& rows = index.panel.messages;
  const auto all = index.messages.of(timeline.group);
  std::vector<Duration> times;
  const auto seconds = [&](std::size_t from, std::size_t to) {
    return static_cast<double>(
        (rows.time[all[to]] - rows.time[all[from]]).count());
  };
  constexpr double limit = std::chrono::seconds{reminder_window}.count();
  std::optional<LocalTime> last_off;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (!index.messages.off_purpose(all[k])) continue;
    const bool starts = !last_off || rows.time[all[k]] - *last_off > run_gap;
    last_off = rows.time[all[k]];
    const LocalDay day = floor<days>(rows.time[all[k]]);
    if (!starts || day < tally.first || day > tally.last) continue;
    Duration found{std::min(limit, seconds(k, all.size() - 1)), false};
    LocalTime off = *last_off;
    for (std::size_t j = k + 1; j < all.size() && seconds(k, j) <= limit; ++j) {
      if (index.messages.off_purpose(all[j])) {
        if (rows.time[all[j]] - off > run_gap) {
          found.value = seconds(k, j);
          break;
        }
        off = rows.time[all[j]];
      } else if (index.messages.function(all[j]) == Function::moderation &&
                 rows.member[all[j]] != rows.member[all[k]]) {
        found = {seconds(k, j), true};
        break;
      }
    }
    times.push_back(found);
  }
  return times;
}

std::vector<Around> around_reminders(const PanelIndex& index,
                                     const Timeline& timeline,
                                     const Tally& tally) {
  constexpr std::chrono::seconds moment{1};
  std::vector<Around> found;
  for (const Index i : tally.messages) {
    if (!index.messages.prompted(i)) continue;
    const LocalTime time = index.panel.messages.time[i];
    const LocalDay day = floor<days>(time);
    if (!all_observed(timeline, day - around, day + around)) continue;
    const auto before =
        off_share(index, timeline.group, time - around, time - moment);
    const auto after =
        off_share(index, timeline.group, time + moment, time + around);
    if (before && after) found.push_back({*before, *after});
  }
  return found;
}

Reminded reminded(const PanelIndex& index, const Timeline& timeline,
                  const Tally& tally) {
  const Messages& rows = index.panel.messages;
  constexpr std::chrono::seconds moment{1};
  Reminded sum;
  for (const Index i : tally.messages) {
    if (!index.messages.prompted(i)) continue;
    std::vector<Index> senders;
    for (const Index j : index.messages.between(
             timeline.group, rows.time[i] - prompt_window, rows.time[i])) {
      if (index.messages.off_purpose(j) && rows.member[j] != rows.member[i])
        senders.push_back(rows.member[j]);
    }
    std::sort(senders.begin(), senders.end());
    senders.erase(std::unique(senders.begin(), senders.end()), senders.end());
    const auto later = index.messages.between(
        timeline.group, rows.time[i] + moment, rows.time[i] + again);
    const LocalDay day = floor<days>(rows.time[i]);
    const bool seen = all_observed(timeline, day, day + again);
    for (const Index sender : senders) {
      const bool repeats =
          std::any_of(later.begin(), later.end(), [&](Index j) {
            return rows.member[j] == sender && index.messages.off_purpose(j);
          });
      sum.reminded += seen || repeats ? 1 : 0;
      sum.repeated += repeats ? 1 : 0;
    }
  }
  return sum;
}

AfterNoise leaves_after_noise(const PanelIndex& index, const Timeline& timeline,
                              const Tally& tally) {
  const Panel& panel = index.panel;
  std::vector<double> noise(timeline.observed.size());
  for (const Index i : index.days.of(timeline.group)) {
    const DayCount& row = panel.days[i];
    const Function what = panel.codes.labels[row.label].function;
    const bool noisy = what == Function::reaction || what == Function::social ||
                       what == Function::offtopic || what == Function::lost;
    const auto at = timeline.offset(row.day);
    if (noisy && at) noise[*at] += row.messages;
  }
  std::vector<std::uint64_t> leaves(timeline.observed.size());
  for (const Index i : index.memberships.of(timeline.group)) {
    const MembershipRow& row = panel.memberships[i];
    const auto at = timeline.offset(floor<days>(row.time));
    if (at && row.event == SystemEvent::member_left) leaves[*at] += row.people;
  }
  std::vector<double> here;
  for (LocalDay day = tally.first; day <= tally.last; day += days{1}) {
    if (const auto at = timeline.offset(day)) here.push_back(noise[*at]);
  }
  const double threshold = quantile(here, noisy_quantile);
  AfterNoise sum;
  for (LocalDay day = tally.first; day <= tally.last; day += days{1}) {
    const auto at = timeline.offset(day);
    const auto next = timeline.offset(day + days{1});
    if (!at || !next) continue;
    const bool noisy = noise[*at] > threshold;
    (noisy ? sum.noisy_days : sum.other_days) += 1;
    (noisy ? sum.noisy_leaves : sum.other_leaves) += leaves[*next];
  }
  return sum;
}

}  // namespace etherpeil::metric
