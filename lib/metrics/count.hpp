#pragma once
/// Definitions of what is counted, bound to a codebook.
#include <vector>

#include "metrics/messages.hpp"
#include "metrics/tally.hpp"

namespace etherpeil::metric {

/// A `Filter` whose names have become bits.
class Test {
 public:
  /// Clears `known` when the codebook lacks a name.
  Test(const Filter& filter, const Codes& codes, bool& known);
  [[nodiscard]] bool passes(const PanelIndex& index, Index incident) const;

 private:
  [[nodiscard]] bool row_passes(const IncidentRow& row) const;
  [[nodiscard]] bool was_told(const PanelIndex& index, Index incident) const;

  std::uint32_t labels_{};        ///< bit i: label i
  Slots slots_{};                 ///< 0: any
  Attributes root_attributes_{};  ///< 0: any
  Attributes attributes_{};
  Attributes group_{};
  std::uint32_t participants_{};
  std::optional<Window> within_{};
  std::optional<Window> without_{};
  std::int64_t observed_{};
  std::optional<Told> told_{};
  std::vector<MessageTest> told_tests_{};
};

/// A `Count` whose names have become bits. `count` must outlive it.
class Counter {
 public:
  Counter(const Count& count, const Codes& codes);
  [[nodiscard]] bool known() const { return known_; }
  /// True when the counts per day do not suffice.
  [[nodiscard]] bool needs_messages() const;
  [[nodiscard]] std::uint64_t of(const PanelIndex& index,
                                 const Timeline& timeline,
                                 const Tally& tally) const;
  [[nodiscard]] bool passes(const PanelIndex& index, Index incident) const {
    return test_.passes(index, incident);
  }
  [[nodiscard]] bool keeps(const PanelIndex& index, Index message) const;

 private:
  [[nodiscard]] std::uint64_t by_day(const Tally& tally) const;
  [[nodiscard]] std::uint64_t days_with(const PanelIndex& index,
                                        const Tally& tally) const;
  [[nodiscard]] std::uint64_t people(const PanelIndex& index,
                                     const Tally& tally) const;

  const Count& count_;
  bool known_{true};
  bool per_day_{};  ///< one filter that the counts per day answer
  Index attribute_{};
  Test test_;
  std::vector<MessageTest> tests_{};
};

/// Time from the root to an event.
[[nodiscard]] const std::optional<std::int64_t>& time_of(const IncidentRow& row,
                                                         Event event);

/// Reports per reporter, or messages per sender; zeros for silent members.
[[nodiscard]] std::vector<double> amounts_of(const Panel& panel,
                                             const Tally& tally,
                                             const Inequality& what);

/// People of a part: the mean number of members, but never fewer than wrote.
[[nodiscard]] std::uint64_t members_of(const Tally& tally);

}  // namespace etherpeil::metric
