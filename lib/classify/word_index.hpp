#pragma once
/// From a word to the lexicon parts that it fits: whole words, beginnings and
/// endings, in time linear in the length of the word.
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace etherpeil::classify {

/// A part of a lexicon term that one token can fit.
using Atom = std::uint16_t;

class WordIndex {
 public:
  enum class Fit : std::uint8_t { whole, beginning, ending };

  /// The atom for this text and fit; a new one when it is not there yet.
  Atom add(std::string_view text, Fit fit);
  /// Appends the atoms that `word` fits, shortest first.
  void find(std::string_view word, std::vector<Atom>& out) const;
  /// The atom of exactly this word; 0 when there is none.
  [[nodiscard]] Atom whole(std::string_view word) const;
  /// Bytes of the text behind an atom.
  [[nodiscard]] std::size_t length(Atom atom) const {
    return entries_[atom - first_atom].text.size();
  }
  /// The whole words; the views live as long as this does.
  [[nodiscard]] std::vector<std::string_view> wholes() const;
  /// Atoms given so far; 0 and 1 are never given (free for the caller's use).
  [[nodiscard]] std::size_t size() const {
    return entries_.size() + first_atom;
  }

  static constexpr Atom first_atom = 2;

 private:
  struct Entry {
    std::string text{};
    Fit fit{};
  };
  struct Slot {
    std::uint64_t hash{};
    Atom atom{};  ///< 0: free
  };
  [[nodiscard]] bool may_hold(std::uint64_t hash) const {
    return (filter_[hash >> 6U & 1023U] >> (hash & 63U) & 1U) != 0;
  }
  [[nodiscard]] Atom at(std::uint64_t hash, std::string_view text,
                        Fit fit) const;
  void grow();
  void place(std::uint64_t hash, Atom atom);

  std::deque<Entry> entries_{};  ///< addresses stay
  std::vector<Slot> slots_{std::vector<Slot>(64)};
  /// A bit per low part of a hash that is in use: most questions end here.
  std::vector<std::uint64_t> filter_{std::vector<std::uint64_t>(1024)};
  /// Bit i: there is a beginning (ending) of i bytes; bit 63: of 63 or more.
  std::uint64_t beginnings_{};
  std::uint64_t endings_{};
};

}  // namespace etherpeil::classify
