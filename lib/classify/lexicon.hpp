#pragma once
/// Word lists, and the reading of a message through them.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "classify/arena.hpp"
#include "classify/spelling.hpp"
#include "classify/word_index.hpp"
#include "json/json.hpp"
#include "text/fold.hpp"
#include "text/tokens.hpp"

namespace etherpeil::classify {

/// The parts that every word, and every word with a capital, fits.
inline constexpr Atom any_word = 0;
inline constexpr Atom capital_word = 1;

/// One of 64 bits for an atom: where the bit is not set, the atom is not there.
[[nodiscard]] constexpr std::uint64_t atom_bit(Atom atom) {
  return std::uint64_t{1} << (atom & 63U);
}

/// A term that a word, or two in a row, can begin. Terms are tried in order of
/// the place of their atom in the word, then of their number.
struct TermStart {
  std::uint32_t place{};  ///< of the atom, in the word
  std::uint32_t term{};   ///< in `Lexicon::Starts`
  std::uint64_t next{};   ///< bit of the next atom; 0: none, or any word fits
  std::uint16_t list{};
  std::uint8_t words{1};  ///< found
  std::uint8_t skip{};    ///< words of any kind before the next atom
  bool after_gap{};       ///< or anywhere behind them
  bool exception{};
  bool complete{};

  [[nodiscard]] std::uint64_t order() const {
    return std::uint64_t{place} << 32U | term;
  }
};

/// An atom of a word with which terms begin whose second word is the next one.
struct PairStart {
  std::uint32_t place{};
  Atom atom{};
};

/// A word as it is read: what an abbreviation stands for, and without the
/// typing error. What it points to lives in the WordMemo. One line of the
/// cache: a message looks at each of its words many times.
struct alignas(64) Word {
  std::string_view text{};
  std::uint64_t signature{};  ///< of its atoms, see `atom_bit`
  const Atom* first_atom{};
  const TermStart* first_start{};
  const PairStart* first_pair{};
  std::uint32_t id{};  ///< within its Reading, until that forgets its words
  std::uint32_t start_count{};
  std::uint16_t atom_count{};
  std::uint16_t pair_count{};
  /// Of the first of the words that a written word stands for: how many they
  /// are, and whether the word as written stands behind them.
  std::uint8_t words{1};
  bool corrected{};
  bool starts_sensitive{};  ///< a term of a sensitive list may begin with it

  [[nodiscard]] std::span<const Atom> atoms() const {
    return {first_atom, atom_count};
  }
  /// The terms that it may begin, but for those behind `pairs`.
  [[nodiscard]] std::span<const TermStart> starts() const {
    return {first_start, start_count};
  }
  [[nodiscard]] std::span<const PairStart> pairs() const {
    return {first_pair, pair_count};
  }
};

/// The written words that a Reading has met, and what they are read as. These
/// lie one behind the other in blocks that are kept when words are forgotten.
class WordMemo {
 public:
  /// The first word of what a written word is read as; nullptr when it is new.
  /// `before`: so many bytes in front of the text may be read.
  [[nodiscard]] const Word* find(std::string_view text,
                                 std::size_t before) const;
  /// Adds a new written word, and what it is read as.
  const Word& add(std::string_view text, std::span<const Word> words);
  /// A copy that lives until `clear`.
  template <class T>
  const T* keep(std::span<const T> items) {
    return arena_.keep(items);
  }
  [[nodiscard]] std::string_view keep(std::string_view text) {
    return arena_.keep(text);
  }
  /// A number for a word, and how many were given.
  [[nodiscard]] std::uint32_t next_id() { return ids_++; }
  [[nodiscard]] std::uint32_t ids() const { return ids_; }
  /// It has grown so large that the next message begins it anew: a chat of
  /// random words must not take memory without end.
  [[nodiscard]] bool full() const { return size_ > most_words; }
  void clear();
  /// How often it was cleared: then ids begin anew.
  [[nodiscard]] std::uint32_t generation() const { return generation_; }

 private:
  /// A text of up to sixteen bytes in two numbers, the last eight in `tail`; of
  /// a longer one its ends.
  struct Key {
    std::uint64_t head{};
    std::uint64_t tail{};
    std::uint32_t hash{};
    std::uint32_t length{};
  };
  struct Slot {
    Key key{};
    const Word* word{};  ///< nullptr: free
  };
  [[nodiscard]] static Key key_of(std::string_view text, std::size_t before);
  [[nodiscard]] static bool same(const Slot& slot, const Key& key,
                                 std::string_view text);
  void place(const Slot& slot);

  static constexpr std::size_t most_words = 1U << 15U;
  std::vector<Slot> slots_{std::vector<Slot>(1024)};
  Arena arena_{};
  std::size_t size_{};
  std::uint32_t ids_{};
  std::uint32_t generation_{};
};

/// A word, number, emoji or address as the lexicons see it; punctuation is only
/// kept as a border.
struct Unit {
  text::Span span{};             ///< bytes of the original
  const Word* word{};            ///< nullptr: a sensitive word, masked
  std::uint32_t folded_start{};  ///< bytes of the folded text
  std::uint32_t folded_end{};
  std::uint32_t sentence{};
  bool capital{};       ///< begins with one
  bool clause_start{};  ///< punctuation or a line end stands before it

  [[nodiscard]] bool masked() const { return word == nullptr; }
  [[nodiscard]] std::uint64_t signature() const {
    return masked() ? 0
                    : word->signature | (capital ? atom_bit(capital_word) : 0);
  }
};

/// A term found in units [begin, end).
struct Match {
  std::uint16_t lexicon{};
  bool negated{};
  bool hedged{};
  std::uint32_t begin{};
  std::uint32_t end{};
};

/// A sensitive term, measured before it is masked.
struct SensitiveMatch {
  std::uint16_t lexicon{};
  text::Span span{};  ///< bytes of the original
};

/// One message as the lexicons read it; buffers are reused from message to
/// message. In `folded.text` sensitive words are overwritten with "_".
struct Reading {
  text::Folded folded{};
  std::vector<text::Token> tokens{};
  std::vector<Unit> units{};
  std::vector<Match> matches{};
  std::vector<SensitiveMatch> sensitive{};
  std::uint64_t signature{};  ///< of all units
  bool digits{};              ///< a number stands in the text
  bool question{};            ///< a question mark stands in the text
  std::uint8_t scopes{};      ///< that may be open: see Lexicon
  /// Of one lexicon; words of `units` live here.
  WordMemo memo{};

  [[nodiscard]] text::Span span(const Match& match) const {
    return {units[match.begin].span.start, units[match.end - 1].span.end};
  }

  /// Work space of Lexicon.
  std::vector<char> marks{};
  std::vector<std::pair<std::uint16_t, std::uint32_t>> exceptions{};
  std::vector<Atom> atoms{};
  std::vector<TermStart> starts{};
  std::vector<PairStart> pairs{};
  std::vector<Word> words{};
};

/// The compiled word lists. Immutable; const members may be used from many
/// threads, each with its own Reading.
class Lexicon {
 public:
  struct List {
    std::string key{};
    std::string name_nl{};
    bool sensitive{};  ///< measured, then masked
    bool negatable{};  ///< a negation before a hit turns it around
  };

  /// Words between the parts of a term with "...".
  static constexpr std::uint32_t max_gap = 6;

  /// @throws Error config, with source and JSON pointer
  explicit Lexicon(const json::Node& root);

  [[nodiscard]] const std::vector<List>& lists() const& { return lists_; }
  const std::vector<List>& lists() && = delete;
  [[nodiscard]] const std::string& id() const& { return id_; }
  const std::string& id() && = delete;

  /// Reads a text: folds, splits, measures and masks the sensitive words, finds
  /// all terms, with their negations and hedges.
  void read(std::string_view original, Reading& out) const;

 private:
  struct Element {
    Atom atom{};
    bool gap{};      ///< up to `max_gap` words may stand before it
    bool context{};  ///< must be there, is not masked
  };
  struct Term {
    std::uint16_t list{};
    bool exception{};
    std::uint32_t begin{};  ///< in `elements_`
    std::uint32_t end{};
  };
  /// Terms of which the second word stands right behind the first, by the
  /// atoms of both: of the hundreds of terms that begin with a common word
  /// few go on.
  class PairTerms {
   public:
    void add(Atom first, Atom second, const TermStart& start);
    void compile();
    /// In order of their numbers, without the place of the atom.
    [[nodiscard]] std::span<const TermStart> find(Atom first,
                                                  Atom second) const {
      const std::uint32_t key = std::uint32_t{first} << 16U | second;
      const std::uint32_t hash = hash_of(key);
      if ((filter_[hash >> 22U] >> (hash >> 16U & 63U) & 1U) == 0) return {};
      const std::size_t mask = slots_.size() - 1;
      for (std::size_t i = hash & mask; slots_[i].count != 0;
           i = (i + 1) & mask) {
        if (slots_[i].key == key)
          return std::span{terms_}.subspan(slots_[i].begin, slots_[i].count);
      }
      return {};
    }

   private:
    struct Slot {
      std::uint32_t key{};
      std::uint32_t begin{};  ///< in `terms_`
      std::uint32_t count{};  ///< 0: free
    };
    static constexpr std::size_t filter_bits = 1U << 16U;
    [[nodiscard]] static std::uint32_t hash_of(std::uint32_t key) {
      return key * 0x9E3779B1U;
    }
    std::vector<std::pair<std::uint32_t, TermStart>> added_{};
    std::vector<TermStart> terms_{};
    std::vector<Slot> slots_{};
    std::vector<std::uint64_t> filter_{};  ///< most questions end here
  };
  /// Terms by the atom that they start with.
  struct Starts {
    std::vector<std::uint32_t>
        first{};  ///< per atom, in `terms`; one more at the end
    std::vector<Term> terms{};
  };
  /// Words in whose neighbourhood a hit changes its meaning.
  struct Scope {
    std::uint16_t list{};  ///< opens it, to the right
    std::uint16_t stop{};
    std::uint32_t words{};
    /// At the end of a clause it reaches to the left.
    std::optional<std::uint16_t> closing{};
  };

  void load_words(const json::Node& table);
  void load_list(const json::Node& node, std::uint16_t index);
  void add_term(const json::Node& node, std::uint16_t list, bool exception);
  [[nodiscard]] std::vector<std::string_view> terms_to_correct() const;
  void check_sensitive(const json::Node& node, std::uint32_t begin,
                       std::size_t gaps) const;
  void add_piece(const json::Node& node, std::string_view piece, bool& gap);
  [[nodiscard]] Starts starts_of(bool sensitive) const;
  [[nodiscard]] TermStart start_of(std::uint32_t term,
                                   std::uint32_t words) const;
  void note_scope(const Scope& scope, std::uint8_t bit);
  std::vector<Atom> atoms_of(const json::Node& node, std::string_view piece);
  Atom choice_of(const json::Node& node, std::string_view piece);
  [[nodiscard]] Scope scope(const json::Node& node) const;
  [[nodiscard]] std::uint16_t list_index(const json::Node& name) const;

  void split(std::string_view original, Reading& out) const;
  const Word& written(const text::Token& token, Reading& out) const;
  const Word& look_up(std::string_view text, text::TokenKind kind,
                      Reading& out) const;
  [[nodiscard]] Word word_of(std::string_view text, Reading& out) const;
  void link(Word& word, Reading& out) const;
  [[nodiscard]] bool pairs_up(const Term& term) const;
  void mask(Reading& out) const;
  template <class Visit>
  void each_sensitive(const Reading& out, const Visit& visit) const;
  void find_terms(Reading& out) const;
  void find_pairs(std::uint32_t at, Reading& out) const;
  void take_start(const TermStart& start, std::uint32_t at, Reading& out) const;
  [[nodiscard]] std::uint32_t match_end(const Term& term, std::uint32_t element,
                                        const Reading& out, std::uint32_t at,
                                        std::uint32_t sentence) const;
  void drop_exceptions(Reading& out) const;
  static void mark_left(const Match& closing, std::uint32_t words,
                        Reading& out);
  enum class Change : std::uint8_t { negate, hedge };
  /// Bits of `scopes_`.
  static constexpr std::uint8_t negation_bit = 1;
  static constexpr std::uint8_t hedge_bit = 2;
  void apply(const Scope& scope, Change change, Reading& out) const;

  std::string id_{};
  bool dutch_{};  ///< typing errors are corrected
  Corrector corrector_{};
  std::vector<List> lists_{};
  WordIndex index_{};
  /// Per atom the alternatives ("a|b") that it is one of, which are atoms too.
  std::vector<std::vector<Atom>> choices_{};
  WordIndex rewritten_{};
  std::vector<std::vector<std::string>> rewritings_{};
  std::vector<Element> elements_{};
  std::vector<Term> terms_{};
  Starts starts_{};
  Starts sensitive_starts_{};
  PairTerms pair_terms_{};
  Scope negation_{};
  Scope hedge_{};
  /// Per list, a bit for each of them that it opens or closes.
  std::vector<std::uint8_t> scopes_{};
};

}  // namespace etherpeil::classify
