#include "parse/calendars.hpp"

#include <algorithm>

#include "parse/clock_words.hpp"

namespace etherpeil::parsing {
namespace {

using std::chrono::days;
using std::chrono::local_days;

/// Years that are within 2009 to 2099.
struct Years {
  int first{};
  int last{};
  [[nodiscard]] bool hold(int year) const {
    return first <= year && year <= last;
  }
};
constexpr Years persian{1387, 1429};  // those until 2099 would be Islamic, too
constexpr Years islamic{1430, 1523};
constexpr Years buddhist{2552, 2642};
constexpr int buddhist_ahead = 543;

/// Six months of 31 days, five of 30, one of 29, and 8 leap days in 33 years:
/// the arithmetic of ICU.
std::optional<local_days> persian_day(int year, unsigned month, unsigned day) {
  const auto leap_days = [](int before) { return (8 * before + 21) / 33; };
  const bool leap = leap_days(year + 1) > leap_days(year);
  const unsigned length = month <= 6 ? 31 : month < 12 || leap ? 30 : 29;
  if (month < 1 || month > 12 || day < 1 || day > length) return std::nullopt;
  constexpr int epoch =
      492'269;  // days from the first of that calendar to 1970
  const unsigned before = 30 * (month - 1) + std::min(month - 1, 6U);
  return local_days{days{365 * (year - 1) + leap_days(year) +
                         static_cast<int>(before + day) - epoch}};
}

std::optional<local_days> umm_al_qura_day(int year, unsigned month,
                                          unsigned day) {
  const UmmAlQura& calendar = umm_al_qura();
  const std::size_t years = calendar.long_months.size();
  const auto at = static_cast<std::size_t>(year - calendar.first_year);
  if (at >= years || month < 1 || month > 12 || day < 1) return std::nullopt;
  const auto length = [&](std::size_t of, unsigned month_of_year) {
    return 29U + (calendar.long_months[of] >> (month_of_year - 1) & 1U);
  };
  if (day > length(at, month)) return std::nullopt;
  unsigned before = day - 1;
  for (std::size_t i = 0; i <= at; ++i) {
    const unsigned end = i < at ? 13 : month;
    for (unsigned m = 1; m < end; ++m) before += length(i, m);
  }
  return calendar.first_day + days{before};
}

}  // namespace

Calendar calendar_of(std::uint16_t year) {
  return persian.hold(year)    ? Calendar::persian
         : islamic.hold(year)  ? Calendar::umm_al_qura
         : buddhist.hold(year) ? Calendar::buddhist
                               : Calendar::gregorian;
}

std::optional<std::uint16_t> full_year(Calendar calendar, std::uint16_t year) {
  Years years{2009, 2099};
  int behind = 0;
  switch (calendar) {
    case Calendar::gregorian:
    case Calendar::japanese:
      break;
    case Calendar::buddhist:
      years = buddhist;
      behind = buddhist_ahead;
      break;
    case Calendar::persian:
      years = persian;
      break;
    case Calendar::umm_al_qura:
      years = islamic;
      break;
  }
  int full = year;
  if (year < 100) full += years.first / 100 * 100;
  if (full < years.first && year < 100) full += 100;
  if (!years.hold(full)) return std::nullopt;
  return static_cast<std::uint16_t>(full - behind);
}

std::optional<local_days> day_of(int year, unsigned month, unsigned day) {
  namespace chrono = std::chrono;
  if (persian.hold(year)) return persian_day(year, month, day);
  if (year < 2000) return umm_al_qura_day(year, month, day);
  const chrono::year_month_day date{chrono::year{year}, chrono::month{month},
                                    chrono::day{day}};
  if (!date.ok() || year < 2009 || year > 2099) return std::nullopt;
  return local_days{date};
}

}  // namespace etherpeil::parsing
