#include "parse/clock_words.hpp"

#include <string>
#include <unordered_map>

#include "data/data.hpp"
#include "json/json.hpp"
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
    const json::Node root =
        json::parse(data::clock_words_json(), "clock_words.json");
    const json::Node day_parts = root["day_parts"];
    for (const std::string& word : day_parts.keys()) {
      for (const json::Node& hour : day_parts[word].items()) {
        read.hours[key_of(word)] |=
            1U << static_cast<unsigned>(hour.integer(0, 23));
      }
    }
    const json::Node months = root["months"];
    for (const std::string& word : months.keys()) {
      read.months[key_of(word)] =
          static_cast<unsigned>(months[word].items().front().integer(1, 12));
    }
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
