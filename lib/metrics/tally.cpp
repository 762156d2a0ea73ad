#include "metrics/tally.hpp"

#include <algorithm>
#include <cmath>

namespace etherpeil::metric {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::year_month_day;

std::string two_digits(unsigned number) {
  return {static_cast<char>('0' + number / 10),
          static_cast<char>('0' + number % 10)};
}

std::string month_label(const year_month_day& date) {
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two_digits(static_cast<unsigned>(date.month()));
}

std::string quarter_label(const year_month_day& date) {
  const unsigned quarter = (static_cast<unsigned>(date.month()) + 2) / 3;
  return std::to_string(static_cast<int>(date.year())) + "-Q" +
         std::to_string(quarter);
}

/// Days that the coverage rows name, overlaps once.
void observe(const PanelIndex& index, Timeline& timeline) {
  LocalDay first = LocalDay::max();
  LocalDay last = LocalDay::min();
  const auto rows = index.coverage.of(timeline.group);
  for (const Index i : rows) {
    first = std::min(first, index.panel.coverage[i].first);
    last = std::max(last, index.panel.coverage[i].last);
  }
  if (rows.empty() || last < first) return;
  timeline.first = first;
  timeline.observed.resize(static_cast<std::size_t>((last - first).count()) +
                           1);
  for (const Index i : rows) {
    const Coverage& row = index.panel.coverage[i];
    for (LocalDay day = row.first; day <= row.last; day += days{1}) {
      timeline.observed[static_cast<std::size_t>((day - first).count())] = true;
    }
  }
}

/// Change of a number per day, to be summed from the first day on.
using Steps = std::vector<std::int64_t>;

/// Members of whom messages show that they were there, per day: from their
/// first to their last message. Also how many there were in all.
struct Seen {
  Steps present{};
  std::uint32_t senders{};
};

Seen seen_senders(const PanelIndex& index, const Timeline& timeline) {
  struct Stay {
    Index member{};
    std::size_t day{};
  };
  std::vector<Stay> stays;
  for (const Index i : index.member_days.of(timeline.group)) {
    const MemberDay& row = index.panel.member_days[i];
    const auto at = timeline.offset(row.day);
    if (at && row.messages > 0) stays.push_back({row.member, *at});
  }
  std::sort(stays.begin(), stays.end(), [](const Stay& a, const Stay& b) {
    return a.member != b.member ? a.member < b.member : a.day < b.day;
  });
  Seen seen{Steps(timeline.observed.size() + 1), 0};
  for (std::size_t i = 0; i < stays.size(); ++i) {
    const bool arrives = i == 0 || stays[i - 1].member != stays[i].member;
    const bool leaves =
        i + 1 == stays.size() || stays[i + 1].member != stays[i].member;
    if (arrives) ++seen.present[stays[i].day];
    if (leaves) --seen.present[stays[i].day + 1];
    seen.senders += arrives ? 1 : 0;
  }
  return seen;
}

/// Joins and leaves move the number. Its level is such that the mean over the
/// observed days is what the study states, because nobody says when that was
/// counted. Without a statement it is the lowest at which nobody writes who is
/// not there: a lower bound, because silent members who neither joined nor left
/// in sight are unknown.
void reconstruct(const PanelIndex& index, Timeline& timeline,
                 const Seen& seen) {
  const std::size_t n = timeline.observed.size();
  Steps joins(n);
  Steps leaves(n);
  for (const Index i : index.memberships.of(timeline.group)) {
    const MembershipRow& row = index.panel.memberships[i];
    const auto at = timeline.offset(floor<days>(row.time));
    if (!at) continue;
    const bool out = row.event == SystemEvent::member_left ||
                     row.event == SystemEvent::member_removed;
    (out ? leaves : joins)[*at] += row.people;
  }
  // Who leaves on a day was there on that day.
  Steps net(n);
  std::int64_t level = 0;
  std::int64_t present = 0;
  std::int64_t least = 0;  // level at which all could leave who did
  std::int64_t base = 0;
  std::int64_t moved = 0;
  std::int64_t observed = 0;
  for (std::size_t d = 0; d < n; ++d) {
    net[d] = level + joins[d];
    level = net[d] - leaves[d];
    present += seen.present[d];
    least = std::max(least, -level);
    base = std::max({base, present - net[d], least});
    if (!timeline.observed[d]) continue;
    moved += net[d];
    ++observed;
  }
  if (timeline.stated && observed > 0) {
    const double mean =
        static_cast<double>(moved) / static_cast<double>(observed);
    base = std::max(least, static_cast<std::int64_t>(
                               std::floor(*timeline.stated - mean + 0.5)));
  }
  for (std::size_t d = 0; d < n; ++d) {
    timeline.members[d] = static_cast<std::uint32_t>(base + net[d]);
  }
}

void count_members(const PanelIndex& index, Timeline& timeline) {
  const std::size_t n = timeline.observed.size();
  timeline.stated = index.panel.study.groups[timeline.group].members;
  const Seen seen = seen_senders(index, timeline);
  timeline.members.assign(n, timeline.stated.value_or(seen.senders));
  if (timeline.stated) timeline.roster = Roster::stated;
  if (index.memberships.of(timeline.group).empty()) return;
  if (!timeline.stated) timeline.roster = Roster::reconstructed;
  reconstruct(index, timeline, seen);
}

/// Days of the calendar that a month or quarter has.
unsigned calendar_days(const year_month_day& date, unsigned months) {
  const unsigned month =
      (static_cast<unsigned>(date.month()) - 1) / months * months + 1;
  const auto start = date.year() / std::chrono::month{month};
  const LocalDay first{start / 1};
  const LocalDay next{(start + std::chrono::months{static_cast<int>(months)}) /
                      1};
  return static_cast<unsigned>((next - first).count());
}

Partition by_calendar(const Timeline& timeline, unsigned months) {
  Partition parts;
  parts.part.assign(timeline.observed.size(), Partition::none);
  std::vector<unsigned> missing;
  for (std::size_t d = 0; d < timeline.observed.size(); ++d) {
    if (!timeline.observed[d]) continue;
    const year_month_day date{timeline.day(d)};
    const std::string label =
        months == 1 ? month_label(date) : quarter_label(date);
    if (parts.labels.empty() || parts.labels.back() != label) {
      parts.labels.push_back(label);
      missing.push_back(calendar_days(date, months));
    }
    parts.part[d] = static_cast<std::uint32_t>(parts.labels.size() - 1);
    --missing.back();
  }
  for (const unsigned days_missing : missing)
    parts.whole.push_back(days_missing == 0);
  return parts;
}

/// True when no day between the first and last of the part is missing.
void mark_gaps(Partition& parts) {
  constexpr std::size_t never = static_cast<std::size_t>(-1);
  std::vector<std::size_t> last(parts.labels.size(), never);
  parts.whole.assign(parts.labels.size(), true);
  for (std::size_t d = 0; d < parts.part.size(); ++d) {
    const std::uint32_t p = parts.part[d];
    if (p == Partition::none) continue;
    if (last[p] != never && last[p] + 1 != d) parts.whole[p] = false;
    last[p] = d;
  }
}

void add_days(const Timeline& timeline, const Partition& parts,
              std::vector<Tally>& sums) {
  for (std::size_t d = 0; d < parts.part.size(); ++d) {
    if (parts.part[d] == Partition::none) continue;
    Tally& sum = sums[parts.part[d]];
    if (sum.days == 0) sum.first = timeline.day(d);
    sum.last = timeline.day(d);
    ++sum.days;
    sum.silent_days += timeline.active[d] ? 0 : 1;
    sum.member_days += timeline.members[d];
  }
}

void merge_senders(Tally& sum) {
  std::sort(sum.senders.begin(), sum.senders.end(),
            [](const SenderSum& a, const SenderSum& b) {
              return a.member < b.member;
            });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < sum.senders.size(); ++i) {
    if (kept > 0 && sum.senders[kept - 1].member == sum.senders[i].member) {
      sum.senders[kept - 1].messages += sum.senders[i].messages;
    } else {
      sum.senders[kept++] = sum.senders[i];
    }
  }
  sum.senders.resize(kept);
}

/// The tally of a day, if it is observed and in a part.
class Finder {
 public:
  Finder(const Timeline& timeline, const Partition& parts,
         std::vector<Tally>& sums)
      : timeline_(timeline), parts_(parts), sums_(sums) {}
  [[nodiscard]] Tally* on(LocalDay day) const {
    const auto at = timeline_.offset(day);
    if (!at || parts_.part[*at] == Partition::none) return nullptr;
    return &sums_[parts_.part[*at]];
  }

 private:
  const Timeline& timeline_;
  const Partition& parts_;
  std::vector<Tally>& sums_;
};

void add_messages(const PanelIndex& index, Index group, const Finder& find) {
  for (const Index i : index.days.of(group)) {
    const DayCount& row = index.panel.days[i];
    Tally* sum = find.on(row.day);
    if (sum == nullptr) continue;
    LabelSum& label = sum->labels[row.label];
    label.messages += row.messages;
    label.night += row.night;
    label.in_incident += row.in_incident;
    label.night_in_incident += row.night_in_incident;
    label.abstained += row.abstained;
  }
  for (const Index i : index.attributes.of(group)) {
    const DayAttribute& row = index.panel.attributes[i];
    if (Tally* sum = find.on(row.day))
      sum->attributes[row.attribute] += row.messages;
  }
}

/// Who joined in the last 90 days counts for nothing yet: to count those of
/// them who wrote, and not the others, would favour writing.
void add_joins(const MembershipRow& row, Tally& sum) {
  constexpr std::chrono::seconds window = days{90};
  if (!row.wrote || row.until_end < window.count()) return;
  sum.joined += *row.wrote;
  sum.joins += row.people;
}

void add_people(const PanelIndex& index, Index group, const Finder& find) {
  for (const Index i : index.member_days.of(group)) {
    const MemberDay& row = index.panel.member_days[i];
    Tally* sum = find.on(row.day);
    if (sum == nullptr || row.messages == 0) continue;
    const Role role = index.panel.members[row.member].role;
    sum->roles[static_cast<std::size_t>(role)] += row.messages;
    sum->senders.push_back({row.member, row.messages});
    sum->sent += row.messages;
  }
  for (const Index i : index.memberships.of(group)) {
    const MembershipRow& row = index.panel.memberships[i];
    if (Tally* sum = find.on(floor<days>(row.time))) {
      sum->events[static_cast<std::size_t>(row.event)] += row.people;
      add_joins(row, *sum);
    }
  }
  for (const Index i : index.messages.of(group)) {
    if (Tally* sum = find.on(floor<days>(index.panel.messages.time[i])))
      sum->messages.push_back(i);
  }
}

}  // namespace

PanelIndex::PanelIndex(const Panel& source)
    : panel(source),
      coverage(source.coverage, source.study.groups.size()),
      memberships(source.memberships, source.study.groups.size()),
      days(source.days, source.study.groups.size()),
      attributes(source.attributes, source.study.groups.size()),
      member_days(source.member_days, source.study.groups.size()),
      incidents(source.incidents, source.study.groups.size()),
      messages(source) {}

std::optional<std::size_t> Timeline::offset(LocalDay day) const {
  const auto distance = (day - first).count();
  if (distance < 0 || static_cast<std::size_t>(distance) >= observed.size()) {
    return std::nullopt;
  }
  const auto at = static_cast<std::size_t>(distance);
  return observed[at] ? std::optional{at} : std::nullopt;
}

Timeline timeline(const PanelIndex& index, Index group) {
  Timeline result;
  result.group = group;
  observe(index, result);
  result.active.resize(result.observed.size());
  for (const Index i : index.days.of(group)) {
    const DayCount& row = index.panel.days[i];
    const auto at = result.offset(row.day);
    if (at && row.messages > 0) result.active[*at] = true;
  }
  for (const Intervention& one :
       index.panel.study.groups[group].interventions) {
    result.intervention =
        std::min(one.start, result.intervention.value_or(one.start));
  }
  count_members(index, result);
  return result;
}

Partition by_month(const Timeline& timeline) {
  return by_calendar(timeline, 1);
}
Partition by_quarter(const Timeline& timeline) {
  return by_calendar(timeline, 3);
}

Partition undivided(const Timeline& timeline) {
  Partition parts;
  for (const bool seen : timeline.observed) {
    parts.part.push_back(seen ? 0 : Partition::none);
  }
  if (!timeline.observed.empty()) parts.labels = {"all"};
  mark_gaps(parts);
  return parts;
}

Partition by_phase(const Timeline& timeline) {
  if (!timeline.intervention) return undivided(timeline);
  Partition parts;
  parts.part.assign(timeline.observed.size(), Partition::none);
  for (std::size_t d = 0; d < timeline.observed.size(); ++d) {
    if (!timeline.observed[d]) continue;
    const std::string label =
        timeline.day(d) < *timeline.intervention ? "before" : "after";
    if (parts.labels.empty() || parts.labels.back() != label)
      parts.labels.push_back(label);
    parts.part[d] = static_cast<std::uint32_t>(parts.labels.size() - 1);
  }
  mark_gaps(parts);
  return parts;
}

Partition around_start(const Timeline& timeline, LocalDay start, days window) {
  Partition parts;
  parts.part.assign(timeline.observed.size(), Partition::none);
  for (std::size_t d = 0; d < timeline.observed.size(); ++d) {
    const LocalDay day = timeline.day(d);
    if (!timeline.observed[d] || day < start - window || day >= start + window)
      continue;
    const std::string label = day < start ? "before" : "after";
    if (parts.labels.empty() || parts.labels.back() != label)
      parts.labels.push_back(label);
    parts.part[d] = static_cast<std::uint32_t>(parts.labels.size() - 1);
  }
  mark_gaps(parts);
  return parts;
}

Partition blocks_around(const Timeline& timeline, LocalDay start, days length) {
  Partition blocks;
  const auto n = static_cast<std::ptrdiff_t>(timeline.observed.size());
  const std::ptrdiff_t size = length.count();
  const std::ptrdiff_t shift = (start - timeline.first).count() % size;
  blocks.part.assign(timeline.observed.size(), Partition::none);
  for (std::ptrdiff_t at = (shift + size) % size; at + size <= n; at += size) {
    const auto first = timeline.observed.begin() + at;
    if (!std::all_of(first, first + size, [](bool seen) { return seen; }))
      continue;
    std::fill_n(blocks.part.begin() + at, size,
                static_cast<std::uint32_t>(blocks.labels.size()));
    blocks.labels.emplace_back(
        timeline.day(static_cast<std::size_t>(at)) < start ? "before"
                                                           : "after");
    blocks.whole.push_back(true);
  }
  return blocks;
}

Partition weeks_within(const Timeline& timeline, const Partition& parts) {
  Partition weeks;
  weeks.part.assign(parts.part.size(), Partition::none);
  LocalDay monday{};
  for (std::size_t d = 0; d < parts.part.size(); ++d) {
    if (parts.part[d] == Partition::none) continue;
    const LocalDay day = timeline.day(d);
    const LocalDay start =
        day - (std::chrono::weekday{day} - std::chrono::Monday);
    if (weeks.parent.empty() || start != monday ||
        weeks.parent.back() != parts.part[d]) {
      weeks.parent.push_back(parts.part[d]);
      weeks.labels.emplace_back();
      monday = start;
    }
    weeks.part[d] = static_cast<std::uint32_t>(weeks.parent.size() - 1);
  }
  return weeks;
}

std::vector<Tally> tallies(const PanelIndex& index, const Timeline& timeline,
                           const Partition& parts) {
  std::vector<Tally> sums(parts.labels.size());
  add_days(timeline, parts, sums);
  const Finder find{timeline, parts, sums};
  add_messages(index, timeline.group, find);
  add_people(index, timeline.group, find);
  for (const Index i : index.incidents.of(timeline.group)) {
    if (Tally* sum = find.on(floor<days>(index.panel.incidents[i].time))) {
      sum->incidents.push_back(i);
    }
  }
  for (Tally& sum : sums) merge_senders(sum);
  return sums;
}

std::vector<std::vector<Tally>> weekly_tallies(const PanelIndex& index,
                                               const Timeline& timeline,
                                               const Partition& parts) {
  const Partition weeks = weeks_within(timeline, parts);
  std::vector<Tally> sums = tallies(index, timeline, weeks);
  std::vector<std::vector<Tally>> grouped(parts.labels.size());
  for (std::size_t w = 0; w < sums.size(); ++w) {
    grouped[weeks.parent[w]].push_back(std::move(sums[w]));
  }
  return grouped;
}

}  // namespace etherpeil::metric
