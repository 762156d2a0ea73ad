/// Which message a reaction answers.
#include <algorithm>

#include "etherpeil/classify.hpp"
#include "text/fold.hpp"
#include "text/tokens.hpp"

namespace etherpeil {
namespace {

constexpr std::uint32_t window_seconds = 3600;
constexpr std::size_t most_candidates = 8;
/// How much less likely each message further back is. In the coded training
/// groups 47 reactions name whom they answer while several people had written
/// within the hour: 39 the last other writer, 6 the one before, 2 a third.
constexpr double step_back = 0.16;
/// How much a name weighs: in all but one of these 47 it was meant.
constexpr double named = 50;

std::vector<std::string> words_of(std::string_view original) {
  const text::Folded folded = text::fold(original);
  std::vector<std::string> words;
  for (const text::Token& token : text::tokenise(original, folded)) {
    if (token.kind == text::TokenKind::word)
      words.emplace_back(token.text(folded));
  }
  return words;
}

/// Whether the words hold the first name of an author.
bool names(const std::vector<std::string>& words, const Author& author) {
  constexpr std::size_t shortest = 3;
  if (author.phone) return false;
  const auto parts = words_of(author.name);
  return !parts.empty() && parts.front().size() >= shortest &&
         std::find(words.begin(), words.end(), parts.front()) != words.end();
}

}  // namespace

std::vector<std::optional<Answer>> find_answers(const Chat& chat,
                                                std::span<const Label> labels,
                                                const Codes& codes) {
  std::vector<std::optional<Answer>> found(chat.messages.size());
  const auto function = [&](Index i) {
    return codes.labels[labels[i].code].function;
  };
  for (Index i = 0; i < chat.messages.size(); ++i) {
    if (labels[i].code == not_coded || function(i) != Function::reaction)
      continue;
    const Message& reaction = chat.messages[i];
    const auto words = words_of(chat.text(i));
    double weight = 1;
    double sum = 0;
    double best = 0;
    std::size_t candidates = 0;
    for (Index j = i; j > 0 && candidates < most_candidates; --j) {
      const Message& before = chat.messages[j - 1];
      if (reaction.seconds > before.seconds + window_seconds) break;
      if (labels[j - 1].code == not_coded || before.author == reaction.author ||
          function(j - 1) == Function::reaction)
        continue;
      const double here =
          weight * (names(words, chat.authors[before.author]) ? named : 1);
      if (here > best) {
        best = here;
        found[i] = Answer{.message = j - 1};
      }
      sum += here;
      weight *= step_back;
      ++candidates;
    }
    if (found[i]) found[i]->probability = static_cast<float>(best / sum);
  }
  return found;
}

}  // namespace etherpeil
