#pragma once
/// The catalogue of house rules as it was loaded.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classify/lexicon.hpp"
#include "etherpeil/audit.hpp"

namespace etherpeil::rules {

/// Word lists by which a rule is seen.
struct RuleWords {
  std::vector<std::string> own{};       ///< of lib/data/audit/words_nl.json
  std::vector<std::string> codebook{};  ///< of the codebook's lexicon
};

/// A kind of moderation and the words by which it is seen.
struct Subtype {
  AttributeCode code{};
  std::vector<std::string> words{};   ///< lists of lib/data/audit/words_nl.json
  std::vector<std::string> unless{};  ///< sub-types that come before it
};

struct Catalogue {
  std::vector<Subtype> subtypes{};
  std::vector<RuleTheme> themes{};
  std::vector<UnseenRule> unseen{};
  std::vector<HouseRule> rules{};
  std::vector<RuleWords> words{};  ///< one per rule
};
[[nodiscard]] const Catalogue& catalogue();
/// Position of a rule in the catalogue.
[[nodiscard]] std::optional<std::size_t> find(std::string_view id);
/// The audit's own word lists (lib/data/audit/words_nl.json).
[[nodiscard]] const classify::Lexicon& own_lexicon();

}  // namespace etherpeil::rules
