#pragma once
/// Words in headers: parts of the day, months and calendars, in every language
/// that lib/data/clock_words.json holds.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/calendars.hpp"

namespace etherpeil::parsing {

/// The hour of the day that a shown hour (0-12) and a word such as "PM", "p.
/// m." or "in the evening" mean together; nothing for a word that is none.
/// Spaces, full stops and case make no difference. An hour above 12 keeps its
/// value: it says more than the word.
[[nodiscard]] std::optional<unsigned> hour_of_day(unsigned shown,
                                                  std::string_view word);

/// Under which a word stands in the file: folded, without spaces and full
/// stops. "p. m." and "PM" are one word.
[[nodiscard]] std::string clock_key(std::string_view word);

/// 1-12; nothing for a word that is no month.
[[nodiscard]] std::optional<unsigned> month_of(std::string_view word);

/// The calendar whose letters stand beside a year: "BE", "AP", "AH"; nothing
/// for a word that is none.
[[nodiscard]] std::optional<Calendar> calendar_named(std::string_view word);

/// The months of a calendar that is announced, not computed.
struct UmmAlQura {
  int first_year{};
  std::chrono::local_days first_day{};  ///< of that year
  /// A number per year; bit i says that month i + 1 has 30 days, else 29.
  std::vector<unsigned> long_months{};
};
[[nodiscard]] const UmmAlQura& umm_al_qura();

}  // namespace etherpeil::parsing
