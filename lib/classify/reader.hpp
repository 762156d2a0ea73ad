#pragma once
/// Reads a chat message by message: what each says on its own, what stands
/// around it, and what a codebook or a model makes of both. Training collects
/// features from the same reader that classification uses.
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "classify/features.hpp"
#include "classify/model.hpp"
#include "classify/rules.hpp"
#include "classify/text_memo.hpp"
#include "etherpeil/classify.hpp"
#include "text/isa.hpp"

namespace etherpeil::classify {

/// A feature of a message with its value, for training.
struct NamedFeature {
  Block block{};
  std::string name{};  ///< with its block
  double value{};
};

/// The reasons of one message. There are hundreds, so that they are written in
/// place, and the memory is used again.
class ReasonList {
 public:
  /// Room for so many more, of which `take` takes the first.
  [[nodiscard]] Reason* room(std::size_t count) {
    if (size_ + count > items_.size()) items_.resize(2 * (size_ + count));
    return items_.data() + size_;
  }
  void take(std::size_t count) { size_ += count; }
  void add(const Reason& reason) {
    *room(1) = reason;
    take(1);
  }
  [[nodiscard]] std::span<const Reason> all() const {
    return std::span{items_}.first(size_);
  }
  void clear() { size_ = 0; }

 private:
  std::vector<Reason> items_{};
  std::size_t size_{};
};

/// What a message came to before the conversation is decoded.
struct Read {
  Index message{};
  Scores alone{};
  Scores score{};  ///< with context
  Attributes attributes{};
  std::uint32_t gap{UINT32_MAX};  ///< seconds since the coded message before
  bool own{};                     ///< by the sender of that message
  std::uint32_t words{};
  bool too_costly{};              ///< a pattern gave up
  std::vector<Addend> addends{};  ///< filled when reasons are wanted
  ReasonList reasons{};           ///< filled by `Reader::give_reasons`
};

class Reader {
 public:
  /// `model` may be absent: then the rules of the codebook decide.
  Reader(const Codebook::Impl& book, const Model::Impl* model, const Chat& chat,
         std::span<const Role> roles);

  /// Keeps reasons, or features, of the messages that are read from now on.
  void keep_reasons() { reasons_wanted_ = true; }
  void keep_features() { features_wanted_ = true; }
  /// Says from outside which label a message gets on its own; for training,
  /// where that label must come from a model that has not seen the message.
  void set_alone(std::span<const std::uint8_t> labels) { given_ = labels; }

  /// Reads the next coded message from `message` on, in file order; false at
  /// the end. `out` is reused.
  bool next(Read& out);
  /// Makes reasons of the addends of a message.
  void give_reasons(Read& read) const;
  /// `next` may forget the words that addends of earlier messages point to.
  [[nodiscard]] bool forgets() const { return scratch_.reading.memo.full(); }

  /// Goes on at this message, as if none had been read before it.
  void restart(Index message) {
    message_ = message;
    past_count_ = 0;
    reported_ = false;
  }

  /// Features of the message read last, when kept.
  [[nodiscard]] const std::vector<NamedFeature>& features() const {
    return features_;
  }

 private:
  struct Past {
    std::uint32_t seconds{};
    std::uint16_t author{};
    std::uint8_t label{};
  };
  struct Report {
    std::uint32_t seconds{};
    std::uint16_t author{};
    std::uint8_t label{};
    bool closed{};
    std::uint32_t messages{};  ///< since it
    std::vector<std::uint64_t> words{};
    std::vector<std::uint16_t> takers{};
  };
  /// What is known of a word by its number, once it is worked out.
  struct WordFacts {
    bool made{};
    bool named{};             ///< the features name it
    std::uint64_t key{};      ///< of its name, for pairs
    std::uint64_t telling{};  ///< hash of a word of some length, else 0
  };
  /// The key of a message that is still to come.
  struct Ahead {
    Index message{UINT32_MAX};
    TextMemo::Key key{};
  };
  /// What a model knows of a set of context features.
  struct ContextSet {
    Scores sum{};
    std::uint32_t begin{};  ///< its rows, in `context_rows_`
    std::uint32_t end{};
  };

  void find_sensitive();
  /// A rule that asks for a sensitive word only sets attributes.
  [[nodiscard]] bool is_sensitive(const Rule& rule) const;
  [[nodiscard]] Situation situation_of(Index message) const;
  [[nodiscard]] Function function_of(std::size_t label) const;

  // The text by itself: reader_text.cpp.
  const TextRead& read_text(Index message, const Situation& situation);
  [[nodiscard]] TextMemo::Key key_of(Index message);
  void look_ahead(Index message);
  void read_new_text(Index message, const Situation& situation);
  void add_text_rules(const Situation& situation);
  void find_open_rules();  ///< after `add_text_rules`
  void add_text_features(Index message);
  void add_words();
  void know_words();
  void know_word(const Unit& unit);
  void collect_word_features(double factor);
  void collect_rule(const Rule& rule);
  void add_shapes(Index message);
  void add_row(Addend::Of of, const Weights& row, const text::Span& span = {},
               Index number = 0);
  void add_collected();
  [[nodiscard]] std::string_view name_of(const Addend& addend,
                                         const Weights& row) const;
  [[nodiscard]] text::Span evidence(const Rule& rule) const;

  void add_context(const TextRead& text, Situation& situation, Read& out);
  [[nodiscard]] Surroundings surroundings(Index message, const TextRead& text,
                                          Role role) const;
  void note_context(const Message& message, Situation& situation) const;
  void remember(const Message& message, const TextRead& text,
                std::uint8_t alone);
  [[nodiscard]] bool shares_words(const TextRead& text) const;
  [[nodiscard]] const ContextSet& context_set(const Surroundings& around);
  [[nodiscard]] std::uint8_t best(const Scores& scores) const;
  [[nodiscard]] const Past& last() const { return past_[past_count_ - 1]; }

  const Codebook::Impl& book_;
  const Model::Impl* model_;
  const Chat& chat_;
  std::span<const Role> roles_;
  std::span<const std::uint8_t> given_{};
  bool reasons_wanted_{};
  bool features_wanted_{};
  Index message_{};
  Scratch scratch_{};
  std::array<Past, 5> past_{};  ///< the last messages of the window
  std::size_t past_count_{};
  bool reported_{};  ///< `report_` holds one
  Report report_{};
  /// The text that is read when the memory does not know it, with its parts.
  TextRead text_{};
  std::vector<OpenRule> open_{};
  std::vector<std::uint64_t> telling_{};
  std::vector<Addend> addends_{};
  Addend::Of rule_addend_{};  ///< what the row of a rule is
  TextMemo memo_{};
  std::array<Ahead, 4> ahead_{};  ///< by number of message
  std::vector<NamedFeature> features_{};
  std::vector<std::string> contexts_{};
  Features sensitive_{};  ///< bits of lexicons that no model may use
  Weights bias_{};
  std::vector<Weights> own_rows_{};             ///< of the rules, without model
  std::vector<const Weights*> rule_weights_{};  ///< per rule of the codebook
  std::vector<const Weights*> lexicon_weights_{};  ///< per bit of the facts
  std::array<const Weights*, shape_count> shape_weights_{};
  text::Isa isa_{text::best_isa()};
  std::vector<const Weights*> rows_{};  ///< collected, not yet added
  /// By the number of a word; weights with those of its letters.
  std::vector<WordFacts> words_{};
  std::vector<Weights> word_weights_{};
  std::uint32_t generation_{};  ///< of the numbers
  std::string name_{};
  /// By `context_key`, mixed, the rows of a set of context features.
  IdTable context_table_{};
  std::vector<ContextSet> context_sets_{};
  std::vector<const Weights*> context_rows_{};
};

/// `Steps` as the decoder multiplies them: made once for many conversations.
class StepTables {
 public:
  StepTables(const Steps& steps, std::size_t labels);
  using Table = std::array<Scores, max_labels + 1>;
  [[nodiscard]] const Table& at(std::uint32_t gap, bool own) const {
    return tables_[gap_step(gap) * 2 + (own ? 1 : 0)];
  }
  /// The same, turned: by the label that follows.
  [[nodiscard]] const Table& back(std::uint32_t gap, bool own) const {
    return turned_[gap_step(gap) * 2 + (own ? 1 : 0)];
  }
  /// What a label's base rate takes from its score.
  [[nodiscard]] const Scores& prior() const { return prior_; }
  [[nodiscard]] std::size_t labels() const { return labels_; }

 private:
  std::vector<Table> tables_{gap_steps * 2};
  std::vector<Table> turned_{gap_steps * 2};
  Scores prior_{};
  std::size_t labels_;
};

/// The most likely labels of a run of messages, given that labels follow each
/// other as `steps` says: posterior shares per message (forward-backward).
/// `lag`: how many later messages count. `scores` holds calibrated scores; the
/// result is the logarithm of the shares.
[[nodiscard]] std::vector<Scores> decode(std::span<const Scores> scores,
                                         std::span<const std::uint32_t> gaps,
                                         std::span<const std::uint8_t> own,
                                         const StepTables& steps,
                                         std::optional<Index> lag,
                                         text::Isa isa = text::best_isa());

/// Logarithm of the softmax, for training.
[[nodiscard]] Scores log_softmax(const Scores& scores, std::size_t labels);

/// Shares of the first `labels` scores; 0 behind them.
[[nodiscard]] Scores softmax(const Scores& scores, std::size_t labels,
                             text::Isa isa = text::best_isa());

/// Seconds after which a conversation is over and the next begins afresh.
inline constexpr std::uint32_t conversation_gap = 21600;

}  // namespace etherpeil::classify
