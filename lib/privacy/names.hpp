#pragma once
/// Names of people in a text.
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/privacy.hpp"
#include "text/fold.hpp"

namespace etherpeil::privacy {

/// The names that a chat shows, word by word, beside lists of Dutch first names
/// and surnames (names_nl.json).
class NameFinder {
 public:
  explicit NameFinder(std::span<const std::string> names);
  /// Appends the names in a text, in bytes of `original`.
  void find(std::string_view original, const text::Folded& folded,
            std::vector<Redaction>& out) const;

 private:
  std::set<std::string, std::less<>> own_;  ///< words of the chat's names
};

}  // namespace etherpeil::privacy
