#include "report/months.hpp"

#include <algorithm>
#include <numeric>

namespace etherpeil::report {
namespace {

using std::chrono::days;

std::size_t purpose_of(Function function) {
  switch (function) {
    case Function::report:
    case Function::outcome:
    case Function::addition:
    case Function::question:
    case Function::moderation:
    case Function::advice:
      return 0;
    case Function::reaction:
      return 1;
    case Function::social:
      return 2;
    case Function::lost:
    case Function::offtopic:
    case Function::undetermined:
      return 3;
  }
  return 3;
}

/// From the first covered month to the last; empty when nothing is covered.
void set_axis(const Panel& panel, Courses& all) {
  bool any = false;
  for (const Coverage& c : panel.coverage) {
    if (c.last < c.first) continue;
    if (!any || c.first < all.first) all.first = c.first;
    if (!any || c.last > all.end) all.end = c.last;
    any = true;
  }
  if (!any) return;
  all.first = month_start(all.first);
  all.end = next_month(all.end);
}

bool starts_quarter(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return static_cast<unsigned>(date.month()) % 3 == 1;
}

/// The months and quarters of the axis, without counts yet.
void divide(const Courses& all, const Disclosure& disclosure, Course& course) {
  for (LocalDay day = all.first; day < all.end; day = next_month(day)) {
    Month month;
    month.first = day;
    month.end = next_month(day);
    month.hidden =
        disclosure.month_hidden(Counted::messages, course.group, day);
    course.months.push_back(month);
    if (course.quarters.empty() || starts_quarter(day)) {
      Quarter quarter;
      quarter.first = day;
      quarter.hidden =
          disclosure.quarter_hidden(Counted::reports, course.group, day);
      quarter.reports.resize(all.report_labels.size());
      course.quarters.push_back(quarter);
    }
    course.quarters.back().end = month.end;
  }
}

/// Adds the days from `from` to `end` (not included) that lie in each.
template <class Part>
void cover(std::vector<Part>& parts, LocalDay from, LocalDay end) {
  for (Stretch& part : parts) {
    const auto shared = std::min(end, part.end) - std::max(from, part.first);
    if (shared > days{0})
      part.covered += static_cast<std::uint32_t>(shared.count());
  }
}

std::vector<Mark> marks_of(const Group& group, const Courses& all,
                           const Mark& instrument) {
  std::vector<Mark> marks;
  for (const Intervention& intervention : group.interventions) {
    marks.push_back({.day = intervention.start,
                     .symbol = std::to_string(marks.size() + 1),
                     .title = intervention.title,
                     .instrument = false});
  }
  if (all.inside(instrument.day)) marks.push_back(instrument);
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Mark& a, const Mark& b) { return a.day < b.day; });
  return marks;
}

/// Covered days, and what lies between them.
void cover(Course& course, std::vector<Coverage> parts, const Courses& all) {
  std::sort(
      parts.begin(), parts.end(),
      [](const Coverage& a, const Coverage& b) { return a.first < b.first; });
  LocalDay known = all.first;
  for (const Coverage& part : parts) {
    if (part.first > known)
      course.gaps.push_back({.first = known, .end = part.first});
    const LocalDay from = std::max(part.first, known);
    known = std::max(known, part.last + days{1});
    cover(course.months, from, known);
    cover(course.quarters, from, known);
  }
  if (known < all.end) course.gaps.push_back({.first = known, .end = all.end});
}

/// The one with this day, when it is shown.
template <class Part>
Part* part_at(std::vector<Part>& parts, LocalDay day) {
  const auto after = std::upper_bound(
      parts.begin(), parts.end(), day,
      [](LocalDay wanted, const Part& part) { return wanted < part.first; });
  Part& part = *(after - 1);
  return part.hidden ? nullptr : &part;
}

void count_rows(const Panel& panel, Courses& all) {
  for (const DayCount& row : panel.days) {
    if (row.group >= all.groups.size() || !all.inside(row.day) ||
        row.label >= panel.codes.labels.size())
      continue;
    Month* month = part_at(all.groups[row.group].months, row.day);
    if (month == nullptr) continue;
    month->messages[purpose_of(panel.codes.labels[row.label].function)] +=
        row.messages;
  }
  for (const IncidentRow& row : panel.incidents) {
    const LocalDay day = std::chrono::floor<days>(row.time);
    if (row.group >= all.groups.size() || !all.inside(day)) continue;
    Quarter* quarter = part_at(all.groups[row.group].quarters, day);
    if (quarter == nullptr) continue;
    const auto& labels = all.report_labels;
    const auto at = std::find(labels.begin(), labels.end(), row.label);
    if (at != labels.end())
      ++quarter->reports[static_cast<std::size_t>(at - labels.begin())];
  }
}

}  // namespace

LocalDay month_start(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return LocalDay{date.year() / date.month() / 1};
}

LocalDay next_month(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return LocalDay{(date.year() / date.month() + std::chrono::months{1}) / 1};
}

std::uint64_t Quarter::sum() const {
  return std::accumulate(reports.begin(), reports.end(), std::uint64_t{0});
}

std::uint64_t Month::sum() const {
  return std::accumulate(messages.begin(), messages.end(), std::uint64_t{0});
}

Courses courses(const Panel& panel, const Disclosure& disclosure,
                const Mark& instrument) {
  Courses all;
  for (Index i = 0; i < panel.codes.labels.size(); ++i) {
    if (panel.codes.labels[i].function == Function::report)
      all.report_labels.push_back(i);
  }
  set_axis(panel, all);
  std::vector<std::vector<Coverage>> parts(panel.study.groups.size());
  for (const Coverage& c : panel.coverage) {
    if (c.group < parts.size() && c.first <= c.last)
      parts[c.group].push_back(c);
  }
  for (Index i = 0; i < panel.study.groups.size(); ++i) {
    Course course;
    course.group = i;
    divide(all, disclosure, course);
    cover(course, std::move(parts[i]), all);
    course.marks = marks_of(panel.study.groups[i], all, instrument);
    all.groups.push_back(std::move(course));
  }
  count_rows(panel, all);
  return all;
}

}  // namespace etherpeil::report
