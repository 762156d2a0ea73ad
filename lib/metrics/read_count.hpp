#pragma once
/// Counts and filters as lib/data/metrics.json writes them.
#include <array>
#include <string>
#include <vector>

#include "json/json.hpp"
#include "metrics/definition.hpp"

namespace etherpeil::metric {

/// A name of an enumerator in the data file.
template <class Value>
struct Word {
  std::string_view slug{};
  Value value{};
};

/// The value of the word in the node; fails when there is no such word.
template <class Value, std::size_t n>
Value read_word(const json::Node& node,
                const std::array<Word<Value>, n>& words) {
  const std::string slug = node.string();
  std::string known;
  for (const Word<Value>& word : words) {
    if (word.slug == slug) return word.value;
    known += (known.empty() ? "" : ", ") + std::string{word.slug};
  }
  node.fail("is none of " + known);
}

inline constexpr std::array<Word<Event>, 4> event_words{
    {{"reply", Event::reply},
     {"substantive", Event::substantive},
     {"professional", Event::professional},
     {"outcome", Event::outcome}}};

inline constexpr std::int64_t longest_minutes = 366LL * 24 * 60;

/// True or absent: false would say nothing.
[[nodiscard]] bool read_flag(const json::Node& node, std::string_view key);
/// A list that may be absent but not empty.
[[nodiscard]] std::vector<std::string> read_texts(const json::Node& node,
                                                  std::string_view key);
/// A text that is not empty.
[[nodiscard]] std::string read_text(const json::Node& node);
[[nodiscard]] Filter read_filter(const json::Node& node);
[[nodiscard]] Count read_count(const json::Node& node);

}  // namespace etherpeil::metric
