#pragma once
/// The catalogue of house rules as it was loaded.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/audit.hpp"

namespace etherpeil::rules {

/// Word lists by which a rule is seen.
struct RuleWords {
  std::vector<std::string> own{};       ///< of lib/data/audit/words_nl.json
  std::vector<std::string> codebook{};  ///< of the codebook's lexicon
};

struct Catalogue {
  std::vector<RuleTheme> themes{};
  std::vector<UnseenRule> unseen{};
  std::vector<HouseRule> rules{};
  std::vector<RuleWords> words{};  ///< one per rule
};
[[nodiscard]] const Catalogue& catalogue();
/// Position of a rule in the catalogue.
[[nodiscard]] std::optional<std::size_t> find(std::string_view id);

}  // namespace etherpeil::rules
