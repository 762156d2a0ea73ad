#pragma once
/// The panel, sorted once by group, and added up per period. Linear in the
/// rows.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "etherpeil/store.hpp"
#include "metrics/messages.hpp"

namespace etherpeil::metric {

/// Rows of a table by group: positions, in order of the table.
class ByGroup {
 public:
  template <class Row>
  ByGroup(const std::vector<Row>& rows, std::size_t groups)
      : start_(groups + 1) {
    for (const Row& row : rows) ++start_[row.group + 1];
    for (std::size_t g = 0; g < groups; ++g) start_[g + 1] += start_[g];
    order_.resize(rows.size());
    std::vector<std::size_t> next = start_;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      order_[next[rows[i].group]++] = static_cast<Index>(i);
    }
  }
  [[nodiscard]] std::span<const Index> of(Index group) const& {
    return std::span{order_}.subspan(start_[group],
                                     start_[group + 1] - start_[group]);
  }
  std::span<const Index> of(Index group) && = delete;

 private:
  std::vector<std::size_t> start_;
  std::vector<Index> order_;
};

struct PanelIndex {
  explicit PanelIndex(const Panel& source);
  const Panel& panel;
  ByGroup coverage;
  ByGroup memberships;
  ByGroup days;
  ByGroup attributes;
  ByGroup member_days;
  ByGroup incidents;
  MessageIndex messages;
};

/// Where the number of members comes from.
enum class Roster : std::uint8_t { stated, reconstructed, active };

/// What is known about the days of one group. Days are counted from `first`.
struct Timeline {
  Index group{};
  LocalDay first{};                      ///< first observed day
  std::vector<bool> observed{};          ///< one per day
  std::vector<bool> active{};            ///< a message on that day
  std::vector<std::uint32_t> members{};  ///< one per day
  Roster roster{Roster::active};
  std::optional<std::uint32_t> stated{};   ///< members, by the study
  std::optional<LocalDay> intervention{};  ///< start of the first one

  [[nodiscard]] LocalDay day(std::size_t offset) const {
    return first + std::chrono::days{static_cast<int>(offset)};
  }
  /// Offset of an observed day; nothing for any other day.
  [[nodiscard]] std::optional<std::size_t> offset(LocalDay day) const;
};
[[nodiscard]] Timeline timeline(const PanelIndex& index, Index group);

/// A division of days into parts that do not overlap.
struct Partition {
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  std::vector<std::uint32_t> part{};  ///< one per day; `none` when not observed
  std::vector<std::string> labels{};  ///< one per part; in order of time
  std::vector<bool> whole{};          ///< every day of the part is observed
  std::vector<std::uint32_t> parent{};  ///< of weeks: the part they lie in
};
[[nodiscard]] Partition by_month(const Timeline& timeline);
[[nodiscard]] Partition by_quarter(const Timeline& timeline);
[[nodiscard]] Partition undivided(const Timeline& timeline);
/// "before" and "after" the start of the first intervention, whose first day is
/// "after"; without an intervention, "all".
[[nodiscard]] Partition by_phase(const Timeline& timeline);
/// "before" and "after" a day, which is "after": so many days on each side.
[[nodiscard]] Partition around_start(const Timeline& timeline, LocalDay start,
                                     std::chrono::days window);
/// Blocks of so many days that adjoin a day, labelled "before" and "after" (it
/// is the first of "after"); blocks with a day that was not observed are none.
[[nodiscard]] Partition blocks_around(const Timeline& timeline, LocalDay start,
                                      std::chrono::days length);
/// Calendar weeks (Monday to Sunday) cut at the borders of the parts.
[[nodiscard]] Partition weeks_within(const Timeline& timeline,
                                     const Partition& parts);

struct LabelSum {
  std::uint64_t messages{};
  std::uint64_t night{};
  std::uint64_t in_incident{};
  std::uint64_t night_in_incident{};
  std::uint64_t abstained{};
};

struct SenderSum {
  Index member{};
  std::uint64_t messages{};
};

/// Everything that metrics count, for one part.
struct Tally {
  LocalDay first{};  ///< first and last observed day
  LocalDay last{};
  std::uint32_t days{};
  std::uint32_t silent_days{};
  std::uint64_t member_days{};
  std::array<LabelSum, max_labels> labels{};
  std::array<std::uint64_t, max_attributes> attributes{};
  std::array<std::uint64_t, 7> roles{};    ///< messages; index: Role
  std::array<std::uint64_t, 18> events{};  ///< people; index: SystemEvent
  std::vector<Index> incidents{};          ///< in `Panel::incidents`
  std::vector<SenderSum> senders{};        ///< by member
  std::uint64_t joins{};   ///< people of whom it is known whether they wrote
  std::uint64_t joined{};  ///< of these, who wrote within 90 days of joining
  std::uint64_t sent{};    ///< messages by the counts per day
  std::vector<Index> messages{};  ///< in `Panel::messages`, in order of time
};
[[nodiscard]] std::vector<Tally> tallies(const PanelIndex& index,
                                         const Timeline& timeline,
                                         const Partition& parts);
/// For each part the tallies of its weeks.
[[nodiscard]] std::vector<std::vector<Tally>> weekly_tallies(
    const PanelIndex& index, const Timeline& timeline, const Partition& parts);

}  // namespace etherpeil::metric
