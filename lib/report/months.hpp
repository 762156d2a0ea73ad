#pragma once
/// A group's course as plain numbers: what picture, table and tooltip all show.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "etherpeil/store.hpp"
#include "report/senders.hpp"

namespace etherpeil::report {

/// What messages are for, from on purpose to other.
inline constexpr std::size_t purposes = 4;
/// Their keys in the texts.
inline constexpr std::array<std::string_view, purposes> purpose_keys{
    "purpose", "reactions", "chatter", "other"};

/// A stretch of the axis. Counts of a hidden one are zero, so that nothing
/// further on can show them.
struct Stretch {
  LocalDay first{};
  LocalDay end{};           ///< first day after it
  std::uint32_t covered{};  ///< days that an export covers
  bool hidden{};
};

/// The messages of one calendar month of one group.
struct Month : Stretch {
  std::array<std::uint64_t, purposes> messages{};
  [[nodiscard]] std::uint64_t sum() const;
};

/// The reports of one quarter of one group, as far as it lies on the axis: in a
/// month few groups have five people who report.
struct Quarter : Stretch {
  std::vector<std::uint64_t>
      reports{};  ///< per label in `Courses::report_labels`
  [[nodiscard]] std::uint64_t sum() const;
};

/// Something that starts on a day, drawn as a dashed line.
struct Mark {
  LocalDay day{};
  std::string symbol{};  ///< "1", "2" ...; "E" for the instrument change
  std::string title{};
  bool instrument{};  ///< WhatsApp changed, not the group
};

struct Gap {
  LocalDay first{};
  LocalDay end{};  ///< first day after it
};

struct Course {
  Index group{};
  std::vector<Month> months{};
  std::vector<Quarter> quarters{};
  std::vector<Gap> gaps{};    ///< days of the axis that no export covers
  std::vector<Mark> marks{};  ///< by day, inside the axis or not
};

/// All groups on one axis of whole months.
struct Courses {
  LocalDay first{};
  LocalDay end{};
  std::vector<Index> report_labels{};  ///< in `Codes::labels`
  std::vector<Course> groups{};

  [[nodiscard]] bool empty() const { return first == end; }
  [[nodiscard]] bool inside(LocalDay day) const {
    return day >= first && day < end;
  }
};

[[nodiscard]] LocalDay month_start(LocalDay day);
[[nodiscard]] LocalDay next_month(LocalDay day);

/// `instrument` marks the day on which WhatsApp changed what an export holds.
[[nodiscard]] Courses courses(const Panel& panel, const Disclosure& disclosure,
                              const Mark& instrument);

}  // namespace etherpeil::report
