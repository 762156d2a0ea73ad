#include "report/senders.hpp"

#include <algorithm>

namespace etherpeil::report {
namespace {

/// Hides the smallest parts until the hidden ones together tell about nobody
/// (or none is hidden). False when even all of them do.
bool hide_until_safe(const std::vector<Part*>& parts, const Limits& limits) {
  while (true) {
    Part together;
    Part* smallest = nullptr;
    for (Part* part : parts) {
      if (part->hidden) {
        for (const auto& share : part->shares)
          together.add(share.member, share.number);
      } else if (smallest == nullptr ||
                 part->shares.size() < smallest->shares.size()) {
        smallest = part;
      }
    }
    if (!together.tells(limits)) return true;
    if (smallest == nullptr) return false;
    smallest->hidden = true;
  }
}

}  // namespace

std::vector<Contribution> messages_of(const Panel& panel) {
  std::vector<Contribution> rows;
  for (const MemberDay& row : panel.member_days) {
    if (row.messages > 0)
      rows.push_back({row.group, row.day, row.member, row.messages});
  }
  return rows;
}

std::vector<Contribution> reports_of(const Panel& panel) {
  std::vector<Contribution> rows;
  for (const IncidentRow& row : panel.incidents) {
    rows.push_back({row.group, std::chrono::floor<std::chrono::days>(row.time),
                    row.reporter, 1});
  }
  return rows;
}

void Part::add(Index member, std::uint64_t amount) {
  const auto it = std::lower_bound(
      shares.begin(), shares.end(), member,
      [](const Share& share, Index wanted) { return share.member < wanted; });
  if (it != shares.end() && it->member == member) {
    it->number += amount;
  } else {
    shares.insert(it, {.member = member, .number = amount});
  }
}

std::uint64_t Part::sum() const {
  std::uint64_t total = 0;
  for (const Share& share : shares) total += share.number;
  return total;
}

bool Part::tells(const Limits& limits) const {
  if (shares.empty()) return false;
  if (shares.size() < limits.fewest) return true;
  const auto most = std::max_element(
      shares.begin(), shares.end(),
      [](const Share& a, const Share& b) { return a.number < b.number; });
  return static_cast<double>(most->number) >
         limits.largest_share * static_cast<double>(sum());
}

bool hide(std::vector<Part>& parts, const Limits& limits) {
  std::vector<Part*> all;
  for (Part& part : parts) {
    part.hidden = part.tells(limits);
    // One that nobody is behind is a plain zero and hides nothing.
    if (!part.shares.empty()) all.push_back(&part);
  }
  return hide_until_safe(all, limits);
}

std::int32_t Senders::month_number(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return static_cast<int>(date.year()) * 12 +
         static_cast<std::int32_t>(static_cast<unsigned>(date.month())) - 1;
}

/// Distinct members per period of so many months, in order of time.
std::vector<Part> Senders::parts_of(const std::vector<Contribution>& entries,
                                    std::int32_t months) const {
  std::vector<Part> parts;
  for (const Contribution& entry : entries) {
    const std::int32_t number = month_number(entry.day) / months;
    if (parts.empty() || parts.back().number != number) {
      parts.push_back({.number = number, .shares = {}, .hidden = false});
    }
    parts.back().add(entry.member, entry.number);
  }
  for (Part& part : parts) part.hidden = part.tells(limits_);
  return parts;
}

void Senders::decide(One& one) const {
  one.months = parts_of(one.entries, 1);
  one.quarters = parts_of(one.entries, 3);
  const auto months_of = [&](const Part& quarter) {
    std::vector<Part*> months;
    for (Part& month : one.months) {
      if (month.number / 3 == quarter.number) months.push_back(&month);
    }
    return months;
  };
  std::vector<Part*> quarters;
  for (Part& quarter : one.quarters) {
    if (!hide_until_safe(months_of(quarter), limits_)) quarter.hidden = true;
    quarters.push_back(&quarter);
  }
  one.hidden = !hide_until_safe(quarters, limits_);
  Part whole;
  for (const Contribution& entry : one.entries)
    whole.add(entry.member, entry.number);
  one.hidden = one.hidden || whole.tells(limits_);
  for (const Part& quarter : one.quarters) {
    if (!quarter.hidden) continue;
    for (Part* month : months_of(quarter)) month->hidden = true;
  }
}

Senders::Senders(const std::vector<Contribution>& rows,
                 const std::vector<std::optional<LocalDay>>& starts,
                 const Limits& limits)
    : limits_(limits), groups_(starts.size()) {
  for (const Contribution& row : rows) {
    if (row.group < groups_.size()) groups_[row.group].entries.push_back(row);
  }
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    One& one = groups_[i];
    std::stable_sort(one.entries.begin(), one.entries.end(),
                     [](const Contribution& a, const Contribution& b) {
                       return a.day < b.day;
                     });
    decide(one);
    const auto& start = starts[i];
    if (start && needs_room(one, *start)) make_room(one, *start);
  }
}

std::uint32_t Senders::count(Index group, LocalDay first, LocalDay last) const {
  const auto& entries = groups_[group].entries;
  const auto from = std::lower_bound(
      entries.begin(), entries.end(), first,
      [](const Contribution& e, LocalDay day) { return e.day < day; });
  std::vector<Index> members;
  for (auto at = from; at != entries.end() && at->day <= last; ++at) {
    members.push_back(at->member);
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return static_cast<std::uint32_t>(members.size());
}

bool Senders::is_hidden(const std::vector<Part>& parts, std::int32_t number) {
  return std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
    return part.number == number && part.hidden;
  });
}

bool Senders::month_hidden(Index group, LocalDay day) const {
  return is_hidden(groups_[group].months, month_number(day));
}

bool Senders::quarter_hidden(Index group, LocalDay day) const {
  return is_hidden(groups_[group].quarters, month_number(day) / 3);
}

bool Senders::total_hidden(Index group) const { return groups_[group].hidden; }

bool Senders::divides_quarter(LocalDay start) {
  const std::chrono::year_month_day date{start};
  return static_cast<unsigned>(date.day()) != 1 || month_number(start) % 3 != 0;
}

bool Senders::side_tells(const One& one, LocalDay start, bool before) const {
  if (one.hidden) return true;
  const std::int32_t split = month_number(start);
  const bool divides_month =
      static_cast<unsigned>(std::chrono::year_month_day{start}.day()) != 1;
  Part side;
  Part rest;   // what the sums of shown months and quarters leave
  Part other;  // what a shown month that the start divides leaves then
  bool hides = false;
  for (const Contribution& entry : one.entries) {
    const std::int32_t month = month_number(entry.day);
    if ((entry.day < start) != before) {
      if (month == split && divides_month && !is_hidden(one.months, month))
        other.add(entry.member, entry.number);
      continue;
    }
    side.add(entry.member, entry.number);
    const bool divided = month / 3 == split / 3 && divides_quarter(start);
    if (!divided && !is_hidden(one.quarters, month / 3)) continue;
    const bool hidden = is_hidden(one.months, month);
    if (!hidden && (month != split || !divides_month)) continue;
    hides = hides || hidden;
    rest.add(entry.member, entry.number);
  }
  return side.tells(limits_) || rest.tells(limits_) ||
         (!hides && other.tells(limits_));
}

void Senders::make_room(One& one, LocalDay start) const {
  const std::int32_t split = month_number(start) / 3;
  One tried = one;
  const auto hide_quarter = [&tried](Part& quarter) {
    quarter.hidden = true;
    for (Part& month : tried.months) {
      if (month.number / 3 == quarter.number) month.hidden = true;
    }
  };
  // A quarter that is divided would tell one half of it by the other.
  for (Part& quarter : tried.quarters) {
    if (quarter.number == split && divides_quarter(start))
      hide_quarter(quarter);
  }
  for (const bool before : {true, false}) {
    while (side_tells(tried, start, before)) {
      Part* smallest = nullptr;
      for (Part& quarter : tried.quarters) {
        if (quarter.hidden || (quarter.number < split) != before) continue;
        if (smallest == nullptr ||
            quarter.shares.size() < smallest->shares.size())
          smallest = &quarter;
      }
      if (smallest == nullptr) {
        one.sides_hidden = true;
        return;
      }
      hide_quarter(*smallest);
    }
  }
  one = std::move(tried);
}

bool Senders::needs_room(const One& one, LocalDay start) const {
  if (one.hidden) return false;
  if (side_tells(one, start, true) || side_tells(one, start, false))
    return true;
  const std::int32_t split = month_number(start) / 3;
  return divides_quarter(start) &&
         std::any_of(one.months.begin(), one.months.end(),
                     [split](const Part& month) {
                       return month.number / 3 == split && month.hidden;
                     });
}

std::uint32_t Senders::hidden_months(Index group) const {
  const auto& months = groups_[group].months;
  return static_cast<std::uint32_t>(std::count_if(
      months.begin(), months.end(), [](const Part& p) { return p.hidden; }));
}

std::uint32_t Senders::hidden_quarters(Index group) const {
  const auto& quarters = groups_[group].quarters;
  return static_cast<std::uint32_t>(
      std::count_if(quarters.begin(), quarters.end(),
                    [](const Part& p) { return p.hidden; }));
}

std::vector<std::optional<LocalDay>> starts_of(const Study& study) {
  std::vector<std::optional<LocalDay>> starts;
  for (const Group& group : study.groups) {
    std::optional<LocalDay>& first = starts.emplace_back();
    for (const Intervention& one : group.interventions)
      first = std::min(one.start, first.value_or(one.start));
  }
  return starts;
}

Disclosure::Disclosure(const Panel& panel)
    : writers_(messages_of(panel), starts_of(panel.study)),
      reporters_(reports_of(panel), starts_of(panel.study)) {}

bool Disclosure::month_hidden(Counted what, Index group, LocalDay day) const {
  return writers_.month_hidden(group, day) ||
         (what == Counted::reports && reporters_.month_hidden(group, day));
}

bool Disclosure::quarter_hidden(Counted what, Index group, LocalDay day) const {
  return writers_.quarter_hidden(group, day) ||
         (what == Counted::reports && reporters_.quarter_hidden(group, day));
}

bool Disclosure::total_hidden(Counted what, Index group) const {
  return writers_.total_hidden(group) ||
         (what == Counted::reports && reporters_.total_hidden(group));
}

bool Disclosure::sides_hidden(Counted what, Index group, LocalDay start) const {
  return writers_.sides_hidden(group, start) ||
         (what == Counted::reports && reporters_.sides_hidden(group, start));
}

}  // namespace etherpeil::report
