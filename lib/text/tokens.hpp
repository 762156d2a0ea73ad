#pragma once
/// Words, numbers, emoji, punctuation and addresses of a text.
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/fold.hpp"

namespace etherpeil::text {

enum class TokenKind : std::uint8_t { word, number, emoji, punctuation, url };

struct Token {
  Span span{};  ///< bytes of the original
  std::uint32_t folded_start{};
  std::uint32_t folded_end{};
  TokenKind kind{TokenKind::word};
  bool ends_sentence{};  ///< the last token of a sentence, or a line ends after
                         ///< it

  [[nodiscard]] std::string_view text(const Folded& folded) const {
    return std::string_view{folded.text}.substr(folded_start,
                                                folded_end - folded_start);
  }
};

/// The tokens of `original`, which `folded` is the fold of. A word is a run of
/// letters and digits (a hyphen splits; "t.h.v." is one word); a number starts
/// with a digit and may hold ".", "," and ":" between digits ("22:15",
/// "14u30"); an emoji sequence is one token; equal punctuation marks in a row
/// are one. A sentence ends at "!", "?", an ellipsis, a line end, and a full
/// stop before white space or the end.
void tokenise(std::string_view original, const Folded& folded,
              std::vector<Token>& out);
[[nodiscard]] std::vector<Token> tokenise(std::string_view original,
                                          const Folded& folded);

}  // namespace etherpeil::text
