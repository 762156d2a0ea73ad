#pragma once
/// Rules of a codebook: what must be in a message and around it, and what then
/// speaks for which label.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classify/lexicon.hpp"
#include "etherpeil/classify.hpp"
#include "etherpeil/types.hpp"
#include "text/pattern.hpp"

namespace etherpeil::classify {

/// A lexicon or pattern that a rule can ask for, possibly negated, hedged or at
/// an edge of the message: each use is one bit.
inline constexpr std::size_t max_features = 512;

/// A set of such bits. Not std::bitset: rules look at its words.
class Features {
 public:
  using Words = std::array<std::uint64_t, max_features / 64>;

  [[nodiscard]] bool operator[](std::size_t bit) const {
    return (words_[bit / 64] >> bit % 64 & 1U) != 0;
  }
  void set(std::size_t bit) {
    words_[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
  void reset() { words_ = {}; }
  [[nodiscard]] bool none() const { return words_ == Words{}; }
  [[nodiscard]] bool any() const { return !none(); }
  [[nodiscard]] const Words& words() const { return words_; }

  friend Features operator&(Features a, const Features& b) {
    for (std::size_t i = 0; i < a.words_.size(); ++i)
      a.words_[i] &= b.words_[i];
    return a;
  }
  friend Features operator|(Features a, const Features& b) {
    for (std::size_t i = 0; i < a.words_.size(); ++i)
      a.words_[i] |= b.words_[i];
    return a;
  }
  friend Features operator~(Features a) {
    for (std::uint64_t& word : a.words_) word = ~word;
    return a;
  }

 private:
  Words words_{};
};

/// What stands around a message and is known without reading it.
struct Situation {
  Role role{Role::unknown};
  MediaType media{MediaType::none};
  /// Nothing was written: media without caption, deleted, a place, a poll, ...
  bool bare{};
  /// Of the message before it, when that is at most an hour older.
  std::optional<Function> previous{};
  std::uint32_t gap_minutes{};  ///< since that message
  bool same_sender{};           ///< as that message
  /// A report stands among the last five messages of the hour, without outcome.
  bool in_incident{};
  bool own_incident{};  ///< and it is by the same sender
};

/// What stands in a text, byte by byte.
struct Signs {
  std::uint32_t capitals{};  ///< A to Z
  std::uint32_t letters{};   ///< a to z and A to Z
  std::uint32_t exclamations{};
  bool line_end{};
  bool digit{};
  bool at{};
  bool beyond_ascii{};
  bool four_bytes{};  ///< a code point from U+10000 on
};
[[nodiscard]] Signs signs_of(std::string_view text);

/// Words [begin, end) that fit a list.
struct Hit {
  std::uint16_t bit{};
  std::uint32_t begin{};
  std::uint32_t end{};
};

/// What one message shows.
struct Facts {
  Signs signs{};
  Features present{};
  std::vector<std::uint16_t> met{};              ///< the same, in order
  std::array<text::Span, max_features> spans{};  ///< valid where present
  std::vector<Hit> hits{};                       ///< none of them negated
  std::uint32_t words{};
  bool question{};
  bool emoji_only{};
  bool capitals{};    ///< most letters of a text of ten or more are capitals
  bool latin{};       ///< not mostly in another script
  bool too_costly{};  ///< a pattern gave up
};

struct Weight {
  Index label{};
  float value{};
};

/// A sentence for which a rule must fire (or must not), with its situation.
struct Example {
  std::string text{};
  Situation situation{};
  bool fires{};
};

struct Rule {
  std::string id{};
  std::string why{};  ///< Dutch, for people
  Features all{};
  Features any{};       ///< at least one, if there are any
  Features with_any{};  ///< and at least one of these, if there are any
  Features none{};
  std::uint32_t min_words{};
  std::uint32_t max_words{UINT32_MAX};
  std::uint32_t max_rest{UINT32_MAX};  ///< words outside the hits of `any`
  std::uint32_t max_gap{UINT32_MAX};   ///< minutes
  std::uint16_t roles{};               ///< bit per Role; 0: any
  std::uint16_t media{};               ///< bit per MediaType; 0: any
  std::uint16_t previous{};  ///< bit per Function, bit 15: none; 0: any
  std::optional<bool> question{};
  std::optional<bool> emoji_only{};
  std::optional<bool> capitals{};
  std::optional<bool> latin{};
  std::optional<bool> bare{};
  std::optional<bool> same_sender{};
  std::optional<bool> in_incident{};
  std::optional<bool> own_incident{};
  std::vector<Weight> weights{};
  Attributes attributes{};
  std::vector<Index> evidence{};  ///< features whose span explains the rule
  bool context{};                 ///< asks for something outside the message
  std::vector<Example> examples{};
};

/// A regular expression behind a gate, so that most messages never meet it.
struct Scanner {
  enum class Check : std::uint8_t { none, plate };
  std::string key{};
  text::Pattern pattern;
  std::vector<std::string>
      gate{};  ///< one must be in the folded text; empty: a digit
  Check check{Check::none};
  Index feature{};
};

/// Bits of a lexicon; `unused` where no rule asks.
struct LexiconBits {
  static constexpr std::uint16_t unused = 0xFFFF;
  std::uint16_t plain{unused};
  std::uint16_t negated{unused};
  std::uint16_t hedged{unused};
  std::uint16_t first{unused};
  std::uint16_t last{unused};
};

/// Bit of `Rule::previous` for no message before.
inline constexpr unsigned no_previous_bit = 15;

[[nodiscard]] bool holds(const Rule& rule, const Facts& facts,
                         const Situation& situation);
/// Words that no hit of the features covers.
[[nodiscard]] std::size_t rest_of(const Features& features, const Facts& facts);

/// The rules of a codebook as a message meets them: for all that a message may
/// show, the rules that it allows, a bit each, so that few are looked at one by
/// one. `holds` is the plain form; a test holds one against the other.
class RuleIndex {
 public:
  using Bits = std::vector<std::uint64_t>;

  void compile(std::span<const Rule> rules, std::size_t features);

  /// Sets the bits of the rules of which all but the context holds.
  void read(const Facts& facts, const Situation& situation, Bits& held) const;
  /// The rules of which a bit is set, in order: those that ask for context, or
  /// the others.
  void take(const Bits& held, bool context, std::vector<Index>& rules) const;
  /// Whether the context holds that a rule asks for.
  [[nodiscard]] bool context_holds(Index rule,
                                   const Situation& situation) const;

 private:
  /// Sets of rules, a row each.
  class Rows {
   public:
    void resize(std::size_t rows, std::size_t width) {
      width_ = width;
      bits_.assign(rows * width, 0);
    }
    void set(std::size_t row, std::size_t rule) {
      bits_[row * width_ + rule / 64] |= std::uint64_t{1} << rule % 64;
    }
    [[nodiscard]] const std::uint64_t* at(std::size_t row) const {
      return bits_.data() + row * width_;
    }

   private:
    std::size_t width_{};
    Bits bits_{};
  };
  /// Of a feature: rules that ask for it among others, rules that ask for it as
  /// `with_any`, rules that it rules out.
  enum Part : std::uint8_t { asked, asked_with, ruled_out, parts };
  /// What a rule asks for in the context.
  struct Context {
    std::uint8_t asked{};   ///< flags that matter
    std::uint8_t wanted{};  ///< and what they must be
    std::uint16_t previous{};
    std::uint32_t max_gap{};
  };
  /// What rows cannot say of a rule: all that must be there, how many words
  /// `any` may leave over, and large numbers of words.
  struct Rest {
    Features all{};
    Features any{};
    std::uint32_t most{};
    std::uint32_t min_words{};
    std::uint32_t max_words{};
  };

  void add(const Rule& rule, std::size_t number, std::size_t features);

  std::size_t width_{};  ///< numbers that hold a bit for each rule
  Rows features_{};      ///< the parts of a feature one behind the other
  Rows free_{};          ///< rules that ask for none, by part
  Rows words_{};         ///< by how many there are, and last for more
  std::size_t most_words_{};
  Rows flags_{};  ///< by those of the text
  Rows roles_{};
  Rows media_{};
  Rows in_context_{};  ///< one row: rules that ask for context
  Rows with_rest_{};   ///< one row: rules that need a look at their Rest
  std::vector<Rest> rests_{};
  std::vector<Context> contexts_{};
};

/// Work space of one call; reused from message to message.
struct Scratch {
  Reading reading{};
  Facts facts{};
  std::vector<Index> fired{};
  RuleIndex::Bits held{};  ///< as `fire` left them
};

}  // namespace etherpeil::classify

namespace etherpeil {

/// A codebook, compiled.
struct Codebook::Impl {
  Codes codes{};
  classify::Lexicon lexicon;
  std::vector<classify::LexiconBits> bits{};  ///< per lexicon
  std::vector<classify::Scanner> scanners{};
  std::vector<std::string> features{};  ///< names, in order of their bits
  std::vector<float> bias{};            ///< per label
  std::vector<classify::Rule> rules{};
  classify::RuleIndex rule_index{};
  std::string sha256{};

  /// Fills `scratch.facts` from a text.
  void observe(std::string_view text, const classify::Situation& situation,
               classify::Scratch& scratch) const;
  /// Fills `scratch.fired` with the rules that hold, in order; those that ask
  /// for context, or the others.
  void fire(const classify::Situation& situation, bool context,
            classify::Scratch& scratch) const;
};

}  // namespace etherpeil
