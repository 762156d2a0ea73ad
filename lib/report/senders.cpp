#include "report/senders.hpp"

#include <algorithm>
#include <iterator>

namespace etherpeil::report {
namespace {

void sort_unique(std::vector<Index>& members) {
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
}

bool few(std::size_t senders) {
  return senders > 0 && senders < fewest_senders;
}

}  // namespace

std::int32_t Senders::month_number(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return static_cast<int>(date.year()) * 12 +
         static_cast<std::int32_t>(static_cast<unsigned>(date.month())) - 1;
}

/// Distinct members per period of so many months, in order of time.
std::vector<Senders::Part> Senders::parts_of(const std::vector<Entry>& entries,
                                             std::int32_t months) {
  std::vector<Part> parts;
  for (const Entry& entry : entries) {
    const std::int32_t number = month_number(entry.day) / months;
    if (parts.empty() || parts.back().number != number) {
      parts.push_back({.number = number, .members = {}, .hidden = false});
    }
    parts.back().members.push_back(entry.member);
  }
  for (Part& part : parts) {
    sort_unique(part.members);
    part.hidden = few(part.members.size());
  }
  return parts;
}

/// Hides the smallest parts until the hidden ones together come from enough
/// people (or none is hidden). False when even all of them do not.
bool Senders::hide_until_safe(std::vector<Part*>& parts) {
  while (true) {
    std::vector<Index> together;
    Part* smallest = nullptr;
    for (Part* part : parts) {
      if (part->hidden) {
        together.insert(together.end(), part->members.begin(),
                        part->members.end());
      } else if (smallest == nullptr ||
                 part->members.size() < smallest->members.size()) {
        smallest = part;
      }
    }
    sort_unique(together);
    if (!few(together.size())) return true;
    if (smallest == nullptr) return false;
    smallest->hidden = true;
  }
}

void Senders::decide(One& one) {
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
    std::vector<Part*> months = months_of(quarter);
    if (!hide_until_safe(months)) quarter.hidden = true;
    quarters.push_back(&quarter);
  }
  one.hidden = !hide_until_safe(quarters);
  for (const Part& quarter : one.quarters) {
    if (!quarter.hidden) continue;
    for (Part* month : months_of(quarter)) month->hidden = true;
  }
}

Senders::Senders(const Panel& panel) : groups_(panel.study.groups.size()) {
  for (const MemberDay& row : panel.member_days) {
    if (row.group >= groups_.size() || row.messages == 0) continue;
    groups_[row.group].entries.push_back(
        {.day = row.day, .member = row.member});
  }
  for (One& one : groups_) {
    std::stable_sort(
        one.entries.begin(), one.entries.end(),
        [](const Entry& a, const Entry& b) { return a.day < b.day; });
    decide(one);
  }
}

std::uint32_t Senders::count(Index group, LocalDay first, LocalDay last) const {
  const auto& entries = groups_[group].entries;
  const auto from = std::lower_bound(
      entries.begin(), entries.end(), first,
      [](const Entry& e, LocalDay day) { return e.day < day; });
  std::vector<Index> members;
  for (auto at = from; at != entries.end() && at->day <= last; ++at) {
    members.push_back(at->member);
  }
  sort_unique(members);
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

bool Senders::range_hidden(Index group, LocalDay first, LocalDay last) const {
  return groups_[group].hidden || few(count(group, first, last));
}

std::uint32_t Senders::hidden_months(Index group) const {
  const auto& months = groups_[group].months;
  return static_cast<std::uint32_t>(std::count_if(
      months.begin(), months.end(), [](const Part& p) { return p.hidden; }));
}

}  // namespace etherpeil::report
