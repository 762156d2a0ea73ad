#pragma once
/// Emoji, by the properties of the Unicode data.
#include <cstddef>
#include <string_view>

namespace etherpeil::text {

/// Bytes of the emoji that starts at `at` (< text.size()), with its skin tones,
/// variation selectors, joined parts and tags; 0 when none starts there.
/// Source: UTS #51, definition ED-17, without the restriction to the listed
/// sequences. A character that is text by default (copyright, arrows below
/// U+2194, ...) counts only before U+FE0F.
[[nodiscard]] std::size_t emoji_length(std::string_view text, std::size_t at);

/// Nothing but emoji, white space and format marks, and at least one emoji.
[[nodiscard]] bool is_emoji_only(std::string_view text);

}  // namespace etherpeil::text
