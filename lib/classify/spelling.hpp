#pragma once
/// Which Dutch words exist and which are common: what a typing error is
/// corrected to, and what guards real words from it. The list is
/// lib/data/words_nl.txt.
#include <cstdint>
#include <string_view>
#include <vector>

namespace etherpeil::classify {

class Spelling {
 public:
  [[nodiscard]] static const Spelling& dutch();

  /// Whether the folded word is in the list. A Bloom filter: two in a hundred
  /// words that do not exist pass for words that do, and stay as written.
  [[nodiscard]] bool known(std::string_view word) const;

  /// The common words, commonest first.
  [[nodiscard]] const std::vector<std::string_view>& common() const& {
    return common_;
  }
  const std::vector<std::string_view>& common() && = delete;

 private:
  Spelling();

  std::vector<std::string_view> common_{};
  std::string_view filter_{};  ///< lines of `width_` signs of six bits
  std::uint64_t bits_{};
  std::uint64_t hashes_{};
  std::uint64_t width_{};
};

/// Finds the word that was meant: a common word or a term of a lexicon, one
/// slip away from what was written.
class Corrector {
 public:
  /// Without words it corrects nothing.
  Corrector() = default;
  /// The views must outlive the corrector.
  Corrector(const Spelling& spelling,
            const std::vector<std::string_view>& terms);

  /// The word that was meant by a folded one that does not exist: one letter
  /// too many, too few or wrong, or two neighbours swapped. Of several the most
  /// common, where slips of the keyboard count less. Empty when there is none.
  [[nodiscard]] std::string_view correct(std::string_view word) const;

 private:
  struct Target {
    std::string_view text{};
    std::uint32_t rank{};
  };
  /// A target under the hash of itself, or of itself without one letter: two
  /// words that are one slip apart meet in one of these.
  struct Slot {
    std::uint32_t hash{};
    std::uint32_t target{};  ///< 0: free; else one more than its place
  };

  std::vector<Target> targets_{};
  std::vector<Slot> slots_{};
  std::vector<std::uint64_t> filter_{};  ///< most questions end here
};

}  // namespace etherpeil::classify
