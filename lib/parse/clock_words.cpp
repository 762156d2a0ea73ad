#include "parse/clock_words.hpp"

#include <string>
#include <unordered_map>

#include "data/data.hpp"
#include "json/walk.hpp"
#include "text/fold.hpp"

namespace etherpeil::parsing {
namespace {

/// Folded, without spaces and full stops: "p. m." and "PM" are one word.
std::string key_of(std::string_view word) {
  std::string key;
  for (const char c : text::fold(word).text) {
    if (c != ' ' && c != '.') key += c;
  }
  return key;
}

struct Words {
  std::unordered_map<std::string, std::uint32_t> hours{};  ///< bit h: hour h
  std::unordered_map<std::string, unsigned> months{};
};

const Words& words() {
  static const Words loaded = [] {
    Words read;
    json::Walk walk{data::clock_words_json(), "clock_words.json"};
    walk.members([&](std::string_view part) {
      if (part != "day_parts" && part != "months") return walk.skip();
      walk.members([&](std::string_view word) {
        std::uint32_t numbers = 0;
        unsigned first = 0;
        walk.items([&] {
          const unsigned number = walk.natural();
          if (number > 23) walk.fail("no hour or month");
          if (numbers == 0) first = number;
          numbers |= 1U << number;
        });
        if (part == "months") {
          read.months[key_of(word)] = first;
        } else {
          read.hours[key_of(word)] |= numbers;
        }
      });
    });
    return read;
  }();
  return loaded;
}

}  // namespace

std::optional<unsigned> hour_of_day(unsigned shown, std::string_view word) {
  const std::string key = key_of(word);
  // One Latin letter is no word for it: French has "à" before the hour.
  if (key.size() == 1) return std::nullopt;
  const auto found = words().hours.find(key);
  if (found == words().hours.end()) return std::nullopt;
  if (shown > 12) return shown;
  const std::uint32_t hours = found->second;
  const unsigned morning = shown % 12;
  if ((hours >> morning & 1U) != 0) return morning;
  if ((hours >> (morning + 12) & 1U) != 0) return morning + 12;
  // Languages disagree on where the evening begins; the half of the day stands.
  constexpr std::uint32_t mornings = 0xFFFU;
  return (hours & mornings) != 0 ? morning : morning + 12;
}

std::optional<unsigned> month_of(std::string_view word) {
  const auto found = words().months.find(key_of(word));
  if (found == words().months.end()) return std::nullopt;
  return found->second;
}

}  // namespace etherpeil::parsing
