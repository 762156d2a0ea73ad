#pragma once
/// The header grammar: what a line that starts a record looks like.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "etherpeil/types.hpp"
#include "parse/calendars.hpp"

namespace etherpeil::parsing {

enum class Family : std::uint8_t {
  bracket,  ///< "[date time] ", iOS
  dash,     ///< "date time - ", Android
  colon     ///< "date time: ", iOS until about 2018
};

enum class Clock : std::uint8_t { hours_24, mark_after, mark_before };

/// What all headers of one file share. Digit counts of day, month and hour are
/// not part of it: the same phone writes 9 and 10.
struct Shape {
  Family family{Family::bracket};
  /// When the month is a word: what stands between day and year, a space or a
  /// comma.
  char date_separator{};
  bool time_first{};  ///< "[16:08:13, 02/05/2022] "
  bool year_first{};
  bool short_year{};
  bool no_year{};  ///< "18 Mar 12:14 - ", 2013
  bool month_word{};
  bool month_first{};  ///< "Dec 31, 2020, 10:00 PM - ": before the day
  Calendar calendar{Calendar::gregorian};
  bool era{};    ///< letters name the calendar ("2565 BE", "1401 AP", "R4")
  bool comma{};  ///< between date and time
  bool word{};   ///< between date and time ("klo")
  char time_separator{};
  bool seconds{};
  Clock clock{Clock::hours_24};

  /// The order of the dates, where the shape itself tells it.
  [[nodiscard]] std::optional<DateOrder> date_order() const {
    if (year_first) return DateOrder::ymd;
    if (month_first) return DateOrder::mdy;
    if (month_word) return DateOrder::dmy;
    return std::nullopt;
  }

  bool operator==(const Shape&) const = default;
};

/// The time in a header, before anybody knows which number is the month.
struct Stamp {
  std::uint16_t first{};   ///< the numbers of the date, in their order; the
  std::uint16_t second{};  ///< year is one of `day_of`, or 0 when there is none
  std::uint16_t third{};
  std::uint32_t second_of_day{};
  bool padded{};              ///< day, month and hour have two digits
  bool clock_contradicted{};  ///< "23:59 PM"

  bool operator==(const Stamp&) const = default;
};

/// A line read as a header.
struct Header {
  Shape shape{};
  std::uint32_t length{};  ///< bytes before the sender
  Stamp stamp{};
};

/// Reads the start of a line. Format marks may stand between any two tokens,
/// no-break spaces count as spaces, digits may be of any script.
[[nodiscard]] std::optional<Header> read_header(std::string_view line);

/// Whether a line may start with a month in letters.
[[nodiscard]] constexpr bool may_start_month(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 0xC3 && byte < 0xD8);
}

/// The shape in the notation of Unicode date patterns, e.g.
/// "[dd-MM-yyyy HH:mm:ss] ". A calendar that the header itself does not name
/// stands behind it as in Unicode locales: "@calendar=persian".
[[nodiscard]] std::string pattern(const Shape& shape, DateOrder order,
                                  bool padded);

}  // namespace etherpeil::parsing
