#include "parse/days.hpp"

#include <algorithm>

namespace etherpeil::parsing {
namespace {

using std::chrono::days;

constexpr days too_far{366};

struct DayCount {
  LocalDay day{};
  std::uint64_t records{};
};

/// The day on which an export ends. It is in order of time, so this is the end
/// of the longest choice of its records that never goes back (the earliest end
/// when there are more). One record more than a year after all others is not
/// believed either; of two records nobody can tell which one is wrong.
/// Source: Fredman (1975), longest increasing subsequences; ends of one day are
/// counted together.
LocalDay believed_end(const std::vector<DayCount>& list) {
  std::vector<DayCount> ends;  // the earliest end of a choice of each length
  std::uint64_t longest = 0;
  for (const DayCount& next : list) {
    const auto later = std::upper_bound(
        ends.begin(), ends.end(), next.day,
        [](LocalDay a, const DayCount& b) { return a < b.day; });
    auto kept = later;
    std::uint64_t left = next.records;  // take the places of later ends
    for (; kept != ends.end() && left >= kept->records; ++kept)
      left -= kept->records;
    if (kept != ends.end()) {
      kept->records -= left;
      left = 0;
    }
    longest += left;
    const auto at = ends.erase(later, kept);
    if (at != ends.begin() && std::prev(at)->day == next.day) {
      std::prev(at)->records += next.records;
    } else {
      ends.insert(at, next);
    }
  }
  const std::size_t n = ends.size();
  const bool alone = longest > 2 && ends[n - 1].records == 1 &&
                     ends[n - 1].day - ends[n - 2].day > too_far;
  return ends[alone ? n - 2 : n - 1].day;
}

/// WhatsApp writes these when a group starts, and at the top of an export. The
/// second may carry a date of long before the exporter joined.
bool is_opening(const Message& message) {
  return message.event == SystemEvent::encryption ||
         message.event == SystemEvent::group_created;
}

/// The records that say when an export starts and ends: all but the opening
/// lines, when there are others.
std::vector<DayCount> telling_records(const std::vector<DayRun>& runs) {
  const bool others =
      std::any_of(runs.begin(), runs.end(),
                  [](const DayRun& run) { return run.records > 0; });
  std::vector<DayCount> list;
  list.reserve(runs.size());
  for (const DayRun& run : runs) {
    const std::uint64_t records = others ? run.records : run.openings;
    if (records > 0) list.push_back({run.day, records});
  }
  return list;
}

/// The day of the line on encryption, when it stands above all that tells.
std::optional<LocalDay> opening_day(const std::vector<DayRun>& runs,
                                    LocalDay first) {
  for (const DayRun& run : runs) {
    if (run.encrypted && run.day <= first && first - run.day <= too_far)
      return run.day;
    if (run.records > 0) break;
  }
  return std::nullopt;
}

}  // namespace

void DayRun::count(const Message& message) {
  const bool opening = is_opening(message);
  ++(opening ? openings : records);
  created = created || message.event == SystemEvent::group_created;
  encrypted = encrypted || message.event == SystemEvent::encryption;
}

std::vector<DayRun> day_runs(const std::vector<Message>& messages) {
  std::vector<DayRun> runs;
  for (const Message& message : messages) {
    const auto day = std::chrono::floor<days>(message.time());
    if (runs.empty() || runs.back().day != day) runs.push_back({.day = day});
    runs.back().count(message);
  }
  return runs;
}

DaySpan believed_days(const std::vector<DayRun>& runs) {
  const auto mirrored = [](LocalDay day) {
    return LocalDay{-day.time_since_epoch()};
  };
  std::vector<DayCount> list = telling_records(runs);
  const LocalDay last = believed_end(list);
  // The first day is the last one of the mirror image.
  std::reverse(list.begin(), list.end());
  for (DayCount& day : list) day.day = mirrored(day.day);
  const LocalDay first = mirrored(believed_end(list));
  const LocalDay start = opening_day(runs, first).value_or(first);
  return {.first = std::min(start, last), .last = std::max(first, last)};
}

std::optional<DaySpan> whole_days(const std::vector<DayRun>& runs) {
  DaySpan span = believed_days(runs);
  bool opens = false;
  bool created_before = false;
  for (const DayRun& run : runs) {
    opens = opens || (run.day == span.first && run.openings > 0);
    created_before = created_before || (run.created && run.day < span.first);
  }
  if (!opens || created_before) span.first += days{1};
  span.last -= days{1};
  if (span.first > span.last) return std::nullopt;
  return span;
}

}  // namespace etherpeil::parsing
