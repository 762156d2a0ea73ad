#include "parse/clock_words.hpp"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "data/data.hpp"
#include "json/walk.hpp"
#include "text/fold.hpp"

namespace etherpeil::parsing {
namespace {

/// Keys, in order, with a bit for each hour or month. Views of the file.
using Table = std::vector<std::pair<std::string_view, std::uint32_t>>;

/// The bits of a word; 0 for none.
std::uint32_t find(const Table& table, std::string_view key) {
  const auto at =
      std::lower_bound(table.begin(), table.end(), key,
                       [](const auto& entry, std::string_view wanted) {
                         return entry.first < wanted;
                       });
  return at != table.end() && at->first == key ? at->second : 0;
}

struct Words {
  Table hours{};
  Table months{};
  Table eras{};
  UmmAlQura umm_al_qura{};
};

void read_calendar(json::Walk& walk, UmmAlQura& calendar) {
  walk.members([&](std::string_view key) {
    if (key == "year") {
      calendar.first_year = static_cast<int>(walk.natural());
    } else if (key == "day") {
      calendar.first_day =
          std::chrono::local_days{std::chrono::days{walk.natural()}};
    } else if (key == "long_months") {
      walk.items([&] { calendar.long_months.push_back(walk.natural()); });
    } else {
      walk.skip();
    }
  });
}

const Words& words() {
  static const Words loaded = [] {
    Words read;
    json::Walk walk{data::clock_words_json(), "clock_words.json"};
    walk.members([&](std::string_view part) {
      if (part == "umm_al_qura") return read_calendar(walk, read.umm_al_qura);
      if (part != "day_parts" && part != "months" && part != "eras")
        return walk.skip();
      Table& table = part == "months" ? read.months
                     : part == "eras" ? read.eras
                                      : read.hours;
      walk.members([&](std::string_view key) {
        if (!table.empty() && key <= table.back().first)
          walk.fail("words out of order");
        std::uint32_t numbers = 0;
        walk.items([&] {
          const unsigned number = walk.natural();
          if (number > 23) walk.fail("no hour, month or calendar");
          numbers |= 1U << number;
        });
        table.emplace_back(key, numbers);
      });
    });
    return read;
  }();
  return loaded;
}

}  // namespace

std::string clock_key(std::string_view word) {
  std::string key;
  for (const char c : text::fold(word).text) {
    if (c != ' ' && c != '.') key += c;
  }
  return key;
}

std::optional<unsigned> hour_of_day(unsigned shown, std::string_view word) {
  const std::string key = clock_key(word);
  // One Latin letter is no word for it: French has "à" before the hour.
  if (key.size() == 1) return std::nullopt;
  const std::uint32_t hours = find(words().hours, key);
  if (hours == 0) return std::nullopt;
  if (shown > 12) return shown;
  const unsigned morning = shown % 12;
  if ((hours >> morning & 1U) != 0) return morning;
  if ((hours >> (morning + 12) & 1U) != 0) return morning + 12;
  // Languages disagree on where the evening begins; the half of the day stands.
  constexpr std::uint32_t mornings = 0xFFFU;
  return (hours & mornings) != 0 ? morning : morning + 12;
}

std::optional<unsigned> month_of(std::string_view word) {
  const std::uint32_t months = find(words().months, clock_key(word));
  if (months == 0) return std::nullopt;
  return static_cast<unsigned>(std::countr_zero(months));
}

std::optional<Calendar> calendar_named(std::string_view word) {
  switch (std::countr_zero(find(words().eras, clock_key(word)))) {
    case 0:
      return Calendar::buddhist;
    case 1:
      return Calendar::persian;
    case 2:
      return Calendar::umm_al_qura;
    default:
      return std::nullopt;
  }
}

const UmmAlQura& umm_al_qura() { return words().umm_al_qura; }

}  // namespace etherpeil::parsing
