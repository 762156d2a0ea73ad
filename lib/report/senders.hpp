#pragma once
/// What may be shown: a cell that comes from fewer than five people may tell
/// about one of them.
#include <cstdint>
#include <optional>
#include <vector>

#include "etherpeil/store.hpp"

namespace etherpeil::report {

inline constexpr std::uint32_t fewest_senders = 5;

/// When a cell tells about a person.
struct Limits {
  std::uint32_t fewest{fewest_senders};
  double largest_share{0.5};  ///< of the cell, by one person
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

/// Messages by who wrote them, and incidents by who reported them.
[[nodiscard]] std::vector<Contribution> messages_of(const Panel& panel);
[[nodiscard]] std::vector<Contribution> reports_of(const Panel& panel);

/// The first start of an intervention in each group.
[[nodiscard]] std::vector<std::optional<LocalDay>> starts_of(
    const Study& study);

/// Which months, quarters and totals of each group are hidden. A period is
/// hidden when it tells about a person (`Part::tells`); one that nobody is
/// behind is a plain zero and is shown. Of a quarter (or the whole) that is
/// shown, so much is hidden that what it leaves after subtracting the shown
/// parts tells about nobody either: the busiest parts stay.
/// What stands before and from a start on is worth more than a quarter: where
/// the two would give a hidden period away, quarters beside it are hidden too.
class Senders {
 public:
  /// `starts`: per group, the day that divides it, if any.
  explicit Senders(const std::vector<Contribution>& rows,
                   const std::vector<std::optional<LocalDay>>& starts,
                   const Limits& limits = {});

  /// Distinct senders of a group from `first` to `last`, both included.
  [[nodiscard]] std::uint32_t count(Index group, LocalDay first,
                                    LocalDay last) const;
  /// `day`: any day of the period.
  [[nodiscard]] bool month_hidden(Index group, LocalDay day) const;
  [[nodiscard]] bool quarter_hidden(Index group, LocalDay day) const;
  [[nodiscard]] bool total_hidden(Index group) const;
  /// Whether what stands before and from a day on, as two sums, must stay
  /// hidden: a side tells about a person, or would leave what does of a hidden
  /// period, less the months and quarters that are shown.
  [[nodiscard]] bool sides_hidden(Index group, LocalDay start) const {
    const One& one = groups_[group];
    return one.sides_hidden || side_tells(one, start, true) ||
           side_tells(one, start, false);
  }
  [[nodiscard]] std::uint32_t hidden_months(Index group) const;
  [[nodiscard]] std::uint32_t hidden_quarters(Index group) const;

 private:
  struct One {
    std::vector<Contribution> entries{};  ///< by day
    std::vector<Part> months{};
    std::vector<Part> quarters{};
    bool hidden{};
    bool sides_hidden{};  ///< whatever quarters are hidden for them
  };
  [[nodiscard]] std::vector<Part> parts_of(
      const std::vector<Contribution>& entries, std::int32_t months) const;
  void decide(One& one) const;
  [[nodiscard]] bool side_tells(const One& one, LocalDay start,
                                bool before) const;
  /// Both sides cannot be shown beside what is.
  [[nodiscard]] bool needs_room(const One& one, LocalDay start) const;
  /// Hides quarters until neither side tells, or the sides when none can help.
  void make_room(One& one, LocalDay start) const;
  /// It lies within a quarter, not at the beginning of one.
  static bool divides_quarter(LocalDay start);
  static bool is_hidden(const std::vector<Part>& parts, std::int32_t number);
  static std::int32_t month_number(LocalDay day);

  Limits limits_;
  std::vector<One> groups_;
};

/// What a number counts, so whose it is.
enum class Counted : std::uint8_t { messages, reports };

/// What of a panel may be shown: the one rule of page and export. A number of
/// reports is hidden where its reporters say so, and where the writers do.
class Disclosure {
 public:
  explicit Disclosure(const Panel& panel);

  [[nodiscard]] bool month_hidden(Counted what, Index group,
                                  LocalDay day) const;
  [[nodiscard]] bool quarter_hidden(Counted what, Index group,
                                    LocalDay day) const;
  [[nodiscard]] bool total_hidden(Counted what, Index group) const;
  [[nodiscard]] bool sides_hidden(Counted what, Index group,
                                  LocalDay start) const;
  [[nodiscard]] const Senders& writers() const& { return writers_; }
  const Senders& writers() && = delete;
  [[nodiscard]] const Senders& reporters() const& { return reporters_; }
  const Senders& reporters() && = delete;

 private:
  Senders writers_;
  Senders reporters_;
};

}  // namespace etherpeil::report
