#pragma once
/// What may be shown: a cell that comes from fewer than five people may tell
/// about one of them.
#include <cstdint>
#include <vector>

#include "etherpeil/store.hpp"

namespace etherpeil::report {

inline constexpr std::uint32_t fewest_senders = 5;

/// When a cell tells about a person.
struct Limits {
  std::uint32_t fewest{fewest_senders};
  /// Of the cell, by one person; 1: there is no such rule.
  double largest_share{1};
};

/// What one person adds to a cell.
struct Contribution {
  Index group{};
  LocalDay day{};
  Index member{};
  std::uint64_t number{};
};

/// A cell: who is behind it, and for how much.
struct Part {
  struct Share {
    Index member{};
    std::uint64_t number{};
  };
  std::int32_t number{};        ///< months (or quarters) since year 0
  std::vector<Share> shares{};  ///< of distinct members, sorted
  bool hidden{};

  void add(Index member, std::uint64_t amount);
  [[nodiscard]] std::uint64_t sum() const;
  /// Somebody is behind it, and the limits do not let it be shown.
  [[nodiscard]] bool tells(const Limits& limits) const;
};

/// Hides the parts of a total that tell about a person, and of the others the
/// smallest until what is hidden together does not. False when even all of them
/// do.
bool hide(std::vector<Part>& parts, const Limits& limits);

/// Which months, quarters and totals of each group are hidden. A period is
/// hidden when fewer than `fewest_senders` people wrote in it; one in which
/// nobody wrote is a plain zero and is shown. Of a quarter (or the whole) that
/// is shown, so much is hidden that what it leaves after subtracting the shown
/// parts also comes from that many people: the busiest parts stay.
class Senders {
 public:
  explicit Senders(const Panel& panel);
  /// The same for any other count.
  Senders(const std::vector<Contribution>& rows, std::size_t groups,
          const Limits& limits);

  /// Distinct senders of a group from `first` to `last`, both included.
  [[nodiscard]] std::uint32_t count(Index group, LocalDay first,
                                    LocalDay last) const;
  /// `day`: any day of the period.
  [[nodiscard]] bool month_hidden(Index group, LocalDay day) const;
  [[nodiscard]] bool quarter_hidden(Index group, LocalDay day) const;
  [[nodiscard]] bool total_hidden(Index group) const;
  /// Whether what stands before and from a day on, as two sums, must stay
  /// hidden: 1 to 4 people wrote on a side, or a side less the months and
  /// quarters that are shown would leave 1 to 4 people of a hidden one.
  [[nodiscard]] bool sides_hidden(Index group, LocalDay start) const;
  [[nodiscard]] std::uint32_t hidden_months(Index group) const;

 private:
  struct One {
    std::vector<Contribution> entries{};  ///< by day
    std::vector<Part> months{};
    std::vector<Part> quarters{};
    bool hidden{};
  };
  [[nodiscard]] std::vector<Part> parts_of(
      const std::vector<Contribution>& entries, std::int32_t months) const;
  void decide(One& one) const;
  static bool is_hidden(const std::vector<Part>& parts, std::int32_t number);
  static std::int32_t month_number(LocalDay day);

  Limits limits_;
  std::vector<One> groups_;
};

}  // namespace etherpeil::report
