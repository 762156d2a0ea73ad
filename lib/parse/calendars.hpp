#pragma once
/// Dates of the calendars that phones write. A year shows its calendar: those
/// of 2009 to 2099 do not meet.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace etherpeil::parsing {

enum class Calendar : std::uint8_t {
  gregorian,
  buddhist,
  japanese,
  persian,
  umm_al_qura  ///< of Saudi Arabia, by the moon
};

/// The calendar of a year of four digits without letters.
[[nodiscard]] Calendar calendar_of(std::uint16_t year);

/// The year of four digits that a year of two or four means in a calendar; of
/// the Buddhist one, which only counts otherwise, the Gregorian year. Nothing
/// for a year outside 2009 to 2099.
[[nodiscard]] std::optional<std::uint16_t> full_year(Calendar calendar,
                                                     std::uint16_t year);

/// The day of a date whose year is from 2009 to 2099, or one of Iran or Saudi
/// Arabia that is then; nothing when there is no such day.
[[nodiscard]] std::optional<std::chrono::local_days> day_of(int year,
                                                            unsigned month,
                                                            unsigned day);

}  // namespace etherpeil::parsing
