#include <algorithm>
#include <array>

#include "classify/reader.hpp"
#include "classify/sums.hpp"

namespace etherpeil::classify {
namespace {

/// Bytes from which on a word may tell what a message is about.
constexpr std::size_t telling = 5;

}  // namespace

const TextRead& Reader::read_text(Index message, const Situation& situation) {
  const std::string_view text = chat_.text(message);
  // Features are named one by one, so they are not kept.
  if (features_wanted_ || text.size() > TextMemo::longest) {
    read_new_text(message, situation);
    return text_;
  }
  const TextMemo::Key key = key_of(message);
  look_ahead(message);
  if (const TextRead* const known = memo_.find(key)) return *known;
  read_new_text(message, situation);
  memo_.add(key, text_);
  return text_;
}

TextMemo::Key Reader::key_of(Index message) {
  const Ahead& here = ahead_[message % ahead_.size()];
  if (here.message == message) return here.key;
  const Message& m = chat_.messages[message];
  const Role role = message < roles_.size() ? roles_[message] : Role::unknown;
  return TextMemo::key_of(chat_.text(message), role, m.kind, m.media);
}

/// What messages to come find in the memory lies far apart: it is sent for
/// while this one is read.
void Reader::look_ahead(Index message) {
  constexpr Index far = 2;
  const std::size_t count = chat_.messages.size();
  if (message + far < count) {
    const TextMemo::Key key = key_of(message + far);
    ahead_[(message + far) % ahead_.size()] = {message + far, key};
    memo_.fetch_place(key);
  }
  if (message + 1 < count) {
    const Ahead& next = ahead_[(message + 1) % ahead_.size()];
    if (next.message == message + 1) memo_.fetch(next.key);
  }
}

/// Fills `text_`.
void Reader::read_new_text(Index message, const Situation& situation) {
  text_ = {};
  open_.clear();
  telling_.clear();
  addends_.clear();
  book_.observe(chat_.text(message), situation, scratch_);
  const Facts& facts = scratch_.facts;
  text_.words = facts.words;
  text_.question = facts.question;
  text_.too_costly = facts.too_costly;
  add_row(Addend::Of::bias, bias_);
  if (model_ != nullptr || features_wanted_) know_words();
  if (model_ != nullptr) {
    add_text_features(message);
    if (!situation.bare) add_words();
  }
  add_text_rules(situation);
  if (features_wanted_) {
    if (model_ == nullptr) add_text_features(message);
    if (!situation.bare) collect_word_features(length_factor(facts.words));
  }
  find_open_rules();
  text_.best = best(text_.alone);
  text_.open = open_;
  text_.telling = telling_;
  text_.addends = addends_;
}

void Reader::add_row(Addend::Of of, const Weights& row, const text::Span& span,
                     Index number) {
  rows_.push_back(&row);
  if (reasons_wanted_) addends_.push_back({of, number, span, &row});
}

void Reader::add_collected() {
  add_rows(rows_, text_.alone, text_.score, isa_);
  rows_.clear();
}

// ---------------------------------------------------------------------- rules

void Reader::add_text_rules(const Situation& situation) {
  book_.fire(situation, false, scratch_);
  for (const Index index : scratch_.fired) {
    const Rule& rule = book_.rules[index];
    text_.attributes |= rule.attributes;
    if (features_wanted_) collect_rule(rule);
    if (const Weights* const row = rule_weights_[index])
      add_row(rule_addend_, *row, evidence(rule), index);
  }
  add_collected();
}

void Reader::find_open_rules() {
  book_.rule_index.take(scratch_.held, true, scratch_.fired);
  for (const Index index : scratch_.fired)
    open_.push_back({index, evidence(book_.rules[index])});
}

void Reader::collect_rule(const Rule& rule) {
  if (is_sensitive(rule)) return;
  const Block block = rule.context ? Block::context : Block::rule;
  features_.push_back(
      {block, named(block, (rule.context ? "rule=" : "") + rule.id), 1});
}

text::Span Reader::evidence(const Rule& rule) const {
  for (const Index feature : rule.evidence) {
    if (scratch_.facts.present[feature]) return scratch_.facts.spans[feature];
  }
  return {};
}

// ------------------------------------------------- word lists, shapes, words

void Reader::add_text_features(Index message) {
  const Facts& facts = scratch_.facts;
  for (const std::uint16_t bit : facts.met) {
    if (sensitive_[bit]) continue;
    if (features_wanted_) {
      features_.push_back(
          {Block::lexicon, named(Block::lexicon, book_.features[bit]), 1});
    }
    if (model_ != nullptr && lexicon_weights_[bit] != nullptr)
      add_row(Addend::Of::model, *lexicon_weights_[bit], facts.spans[bit]);
  }
  add_shapes(message);
}

void Reader::add_shapes(Index message) {
  const std::uint32_t shapes =
      shapes_of(chat_.text(message), chat_.messages[message], scratch_.facts);
  for (std::size_t bit = 0; bit < shape_count; ++bit) {
    if ((shapes >> bit & 1U) == 0) continue;
    if (features_wanted_) {
      features_.push_back(
          {Block::shape, named(Block::shape, shape_name(bit)), 1});
    }
    if (shape_weights_[bit] != nullptr)
      add_row(Addend::Of::model, *shape_weights_[bit]);
  }
}

/// Works out the words of the message that are new.
void Reader::know_words() {
  const WordMemo& memo = scratch_.reading.memo;
  if (generation_ != memo.generation()) {
    generation_ = memo.generation();
    words_.clear();
    word_weights_.clear();
    memo_.clear();  // it holds their numbers
  }
  if (words_.size() < memo.ids()) words_.resize(memo.ids());
  if (model_ != nullptr && word_weights_.size() < memo.ids())
    word_weights_.resize(memo.ids());
  if (scratch_.facts.words == 0) return;
  for (const Unit& unit : scratch_.reading.units) {
    if (unit.masked()) continue;
    const WordFacts& word = words_[unit.word->id];
    if (!word.made) know_word(unit);
    if (word.telling != 0) telling_.push_back(word.telling);
  }
}

void Reader::know_word(const Unit& unit) {
  WordFacts& facts = words_[unit.word->id];
  facts.made = true;
  const std::string_view text = unit.word->text;
  if (text.size() >= telling)
    facts.telling = FeatureHash{Block::word}.add(text).id();
  const std::string_view name = word_name(unit, name_);
  if (name.empty() || model_ == nullptr) return;
  facts.named = true;
  facts.key = word_key(name);
  Weights& sum = word_weights_[unit.word->id];
  const auto word = FeatureHash{Block::word}.add(name).id();
  if (const auto* own = model_->find(word)) add_to(sum, *own, 1);
  // The rows lie far apart: all are sent for before the first is added.
  std::array<FeatureId, FramedWord::most_runs + 1> ids;
  std::size_t count = 0;
  FramedWord{name}.each_id([&](FeatureId id) {
    ids[count] = id;
    count += model_->may_know_letters(id) ? 1 : 0;
  });
  for (std::size_t i = 0; i < count; ++i) model_->rows.fetch(ids[i]);
  std::array<const Weights*, FramedWord::most_runs> rows;
  std::size_t known = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Weights* const found = model_->at(model_->rows.look_up(ids[i]));
    // Of a row that is not there no branch knows beforehand.
    const Weights* const row = found != nullptr ? found : &model_->bias;
    __builtin_prefetch(&row->alone);
    __builtin_prefetch(&row->full);
    rows[known] = row;
    known += found != nullptr ? 1 : 0;
  }
  Weights letters;
  classify::add_words(std::span{rows}.first(known), letters, isa_);
  add_to(sum, letters, static_cast<float>(letters_value));
}

void Reader::add_words() {
  static const std::uint64_t start = word_key("^");
  static const std::uint64_t end = word_key("$");
  add_collected();
  const double factor = length_factor(scratch_.facts.words);
  std::uint64_t before = start;
  for (const Unit& unit : scratch_.reading.units) {
    if (unit.masked()) continue;
    const std::uint32_t id = unit.word->id;
    const WordFacts& word = words_[id];
    if (!word.named) continue;
    rows_.push_back(&word_weights_[id]);
    const Weights* const pair = model_->find_pair(before, word.key);
    before = word.key;
    if (pair != nullptr) rows_.push_back(pair);
    // A word and its pair are one reason.
    if (reasons_wanted_)
      addends_.push_back({Addend::Of::word, id, unit.span, nullptr, pair});
  }
  if (const Weights* const pair = model_->find_pair(before, end)) {
    rows_.push_back(pair);
    if (reasons_wanted_)
      addends_.push_back({.of = Addend::Of::phrase, .row = pair});
  }
  Weights sum;
  classify::add_words(rows_, sum, isa_);
  rows_.clear();
  for (std::size_t i = 0; i < max_labels; ++i) {
    text_.alone[i] += double{sum.alone[i]} * factor;
    text_.score[i] += double{sum.full[i]} * factor;
  }
}

void Reader::collect_word_features(double factor) {
  const Reading& reading = scratch_.reading;
  std::string before = "^";
  const auto add_pair = [&](std::string_view word) {
    before += ' ';
    before += word;
    features_.push_back({Block::pair, named(Block::pair, before), factor});
    before = word;
  };
  for (const Unit& unit : reading.units) {
    const std::string_view name = word_name(unit, name_);
    if (name.empty()) continue;
    features_.push_back({Block::word, named(Block::word, name), factor});
    FramedWord{name}.each_run([&](std::string_view letters) {
      features_.push_back({Block::letters, named(Block::letters, letters),
                           factor * letters_value});
    });
    add_pair(name);
  }
  add_pair("$");
}

}  // namespace etherpeil::classify
