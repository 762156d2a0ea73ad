#pragma once
/// Which Dutch words exist and which are common: what a typing error is
/// corrected to, and what guards real words from it. The list is
/// lib/data/words_nl.txt.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace etherpeil::classify {

class Spelling {
 public:
  [[nodiscard]] static const Spelling& dutch();

  /// Whether the folded word is in the list. A Bloom filter: two in a hundred
  /// words that do not exist pass for words that do, and stay as written.
  [[nodiscard]] bool known(std::string_view word) const;

  /// What a word list knows of a word: a term of its own, or a beginning or
  /// ending that the word fits.
  enum class Fit : std::uint8_t { none, part, whole };
  /// The word that was meant by a folded one that is not known: one letter too
  /// many, too few or wrong, or two neighbours swapped. It is a common word, a
  /// whole term of the lexicon, or a known word that fits a part of one; of
  /// several the most common, where slips of the keyboard count less. Empty
  /// when there is none.
  [[nodiscard]] std::string correct(
      std::string_view word,
      const std::function<Fit(std::string_view)>& fit) const;

  /// The common words, commonest first.
  [[nodiscard]] const std::vector<std::string_view>& common() const& {
    return common_;
  }
  const std::vector<std::string_view>& common() && = delete;

 private:
  Spelling();

  std::vector<std::string_view> common_{};
  std::unordered_map<std::string_view, std::uint32_t> ranks_{};
  std::string_view filter_{};  ///< lines of `width_` signs of six bits
  std::uint64_t bits_{};
  std::uint64_t hashes_{};
  std::uint64_t width_{};
};

}  // namespace etherpeil::classify
