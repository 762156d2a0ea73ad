#pragma once
/// What may be shown: a cell that comes from fewer than five people may tell
/// about one of them.
#include <cstdint>
#include <vector>

#include "etherpeil/store.hpp"

namespace etherpeil::report {

inline constexpr std::uint32_t fewest_senders = 5;

/// Which months, quarters and totals of each group are hidden. A period is
/// hidden when fewer than `fewest_senders` people wrote in it; one in which
/// nobody wrote is a plain zero and is shown. Of a quarter (or the whole) that
/// is shown, so much is hidden that what it leaves after subtracting the shown
/// parts also comes from that many people: the busiest parts stay.
class Senders {
 public:
  explicit Senders(const Panel& panel);

  /// Distinct senders of a group from `first` to `last`, both included.
  [[nodiscard]] std::uint32_t count(Index group, LocalDay first,
                                    LocalDay last) const;
  /// `day`: any day of the period.
  [[nodiscard]] bool month_hidden(Index group, LocalDay day) const;
  [[nodiscard]] bool quarter_hidden(Index group, LocalDay day) const;
  [[nodiscard]] bool total_hidden(Index group) const;
  /// For periods that are neither: 1 to 4 senders.
  [[nodiscard]] bool range_hidden(Index group, LocalDay first,
                                  LocalDay last) const;
  [[nodiscard]] std::uint32_t hidden_months(Index group) const;

 private:
  struct Part {
    std::int32_t number{};         ///< months (or quarters) since year 0
    std::vector<Index> members{};  ///< distinct, sorted
    bool hidden{};
  };
  struct Entry {
    LocalDay day{};
    Index member{};
  };
  struct One {
    std::vector<Entry> entries{};  ///< by day
    std::vector<Part> months{};
    std::vector<Part> quarters{};
    bool hidden{};
  };
  static std::vector<Part> parts_of(const std::vector<Entry>& entries,
                                    std::int32_t months);
  static bool hide_until_safe(std::vector<Part*>& parts);
  static void decide(One& one);
  static bool is_hidden(const std::vector<Part>& parts, std::int32_t number);
  static std::int32_t month_number(LocalDay day);

  std::vector<One> groups_;
};

}  // namespace etherpeil::report
