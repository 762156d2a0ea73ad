#pragma once
/// Which days an export shows. A date that does not fit (out of the order of
/// the file, or one record more than a year from all others) takes no part: a
/// clock was wrong, or a line was pasted.
#include <cstdint>
#include <optional>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::parsing {

/// Records in a row of one day.
struct DayRun {
  LocalDay day{};
  std::uint64_t records{};   ///< all but the openings
  std::uint64_t openings{};  ///< lines that stand on top of a group
  bool created{};            ///< one of them says that the group was created
  bool encrypted{};          ///< one of them is the line on encryption

  void count(const Message& message);
};
/// In file order.
[[nodiscard]] std::vector<DayRun> day_runs(
    const std::vector<Message>& messages);

/// Both included.
struct DaySpan {
  LocalDay first{};
  LocalDay last{};

  [[nodiscard]] bool holds(LocalDay day) const {
    return first <= day && day <= last;
  }
};

/// The first and the last day that are believed. The first one is that of the
/// line on encryption at the top, which dates from when the exporter came, also
/// when nobody wrote for a while; else that of the first record. Precondition:
/// `runs` is not empty. Linear in the runs while they are in order.
[[nodiscard]] DaySpan believed_days(const std::vector<DayRun>& runs);

/// Of these, the days that the export shows in full; nothing when there is
/// none. The first one is cut off unless the group started on it; the last one
/// is cut off by the export itself, and ending at a message would favour busy
/// days.
[[nodiscard]] std::optional<DaySpan> whole_days(
    const std::vector<DayRun>& runs);

}  // namespace etherpeil::parsing
