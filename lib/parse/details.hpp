#pragma once
/// The layout of polls, places and mentions, the same in every language.
#include <optional>
#include <string_view>
#include <vector>

#include "etherpeil/parse.hpp"

namespace etherpeil::parsing {

/// A question over at least one line "OPTION: text (3 votes)". All option lines
/// begin with the same word and close the text. Nothing for another text.
[[nodiscard]] std::optional<Details::Poll> read_poll(std::string_view text);

/// Coordinates of the first map link, and the name before it.
[[nodiscard]] Details::Place read_place(std::string_view text);

/// A body that is no more than "word: LINK", where the link opens a map at
/// coordinates. WhatsApp writes that word in its own language.
[[nodiscard]] std::size_t place_label(std::string_view body);

[[nodiscard]] std::vector<Details::Span> find_mentions(std::string_view text);

}  // namespace etherpeil::parsing
