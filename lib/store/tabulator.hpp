#pragma once
/// What `tabulate` works with: an analysis, and the rows that come of it.
#include <vector>

#include "parse/days.hpp"
#include "store/tabulate.hpp"

namespace etherpeil::tables {

/// Writes the rows of one analysis, part by part.
class Tabulator {
 public:
  Tabulator(const Analysis& analysis, const Pseudonymiser& pseudonyms,
            const std::vector<Consent::Wish>& wishes, LocalDay from);
  Rows run() &&;

 private:
  /// In `day_`: of no person, or not on a covered day.
  static constexpr Index outside = 0xFFFFFFFF;

  [[nodiscard]] static LocalDay day_of(LocalTime time) {
    return std::chrono::floor<std::chrono::days>(time);
  }
  [[nodiscard]] bool covers(const Message& message) const {
    const LocalDay day = day_of(message.time());
    return rows_.coverage.first <= day && day <= rows_.coverage.last;
  }
  [[nodiscard]] std::size_t day_total() const {
    return static_cast<std::size_t>(
               (rows_.coverage.last - rows_.coverage.first).count()) +
           1;
  }
  [[nodiscard]] LocalDay day_at(std::size_t number) const {
    return rows_.coverage.first + std::chrono::days{static_cast<int>(number)};
  }

  void number_lines();
  void number_days();
  void name_people(const Pseudonymiser& pseudonyms,
                   const std::vector<Consent::Wish>& wishes);
  void check_dropped(const std::vector<Consent::Wish>& wishes) const;
  [[nodiscard]] Role role_of(std::size_t message) const;
  void mark_days(const Pseudonymiser& pseudonyms);
  void describe_file(const parsing::DaySpan& believed);
  void count_days();
  void count_people();
  void list_incidents();
  void list_moves();
  void list_messages();
  void list_remarks();

  const Analysis& analysis_;
  const Chat& chat_;
  Rows rows_;
  std::vector<std::uint64_t> lines_;  ///< of each message
  /// Of each message by a person on a covered day, counted from the first one.
  std::vector<Index> day_;
  std::vector<Index> person_of_author_;
};

}  // namespace etherpeil::tables
