#include "classify/reader.hpp"

#include <algorithm>

#include "classify/sums.hpp"

namespace etherpeil::classify {
namespace {

constexpr std::uint32_t window_seconds = 3600;
/// Bytes from which on a word may tell what a message is about.
constexpr std::size_t telling = 5;

bool blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  });
}

std::string named(Block block, std::string_view name) {
  std::string full{to_string(block)};
  full += ':';
  full += name;
  return full;
}

}  // namespace

Reader::Reader(const Codebook::Impl& book, const Model::Impl* model,
               const Chat& chat, std::span<const Role> roles)
    : book_(book), model_(model), chat_(chat), roles_(roles) {
  find_sensitive();
  if (model_ == nullptr) {
    std::copy(book_.bias.begin(), book_.bias.end(), bias_.full.begin());
    bias_.alone = bias_.full;
    own_rows_.resize(book_.rules.size());
    for (std::size_t i = 0; i < own_rows_.size(); ++i) {
      Weights& row = own_rows_[i];
      for (const Weight& weight : book_.rules[i].weights)
        row.alone[weight.label] = row.full[weight.label] = weight.value;
      rule_weights_.push_back(&row);
    }
    return;
  }
  bias_ = model_->bias;
  for (const Rule& rule : book_.rules) {
    FeatureHash hash{rule.context ? Block::context : Block::rule};
    if (rule.context) hash.add("rule=");
    rule_weights_.push_back(model_->find(hash.add(rule.id).id()));
  }
  for (const std::string& feature : book_.features) {
    lexicon_weights_.push_back(
        model_->find(FeatureHash{Block::lexicon}.add(feature).id()));
  }
  for (std::size_t bit = 0; bit < shape_count; ++bit) {
    shape_weights_[bit] =
        model_->find(FeatureHash{Block::shape}.add(shape_name(bit)).id());
  }
}

void Reader::find_sensitive() {
  for (std::size_t i = 0; i < book_.bits.size(); ++i) {
    if (!book_.lexicon.lists()[i].sensitive) continue;
    const LexiconBits& use = book_.bits[i];
    for (const std::uint16_t bit :
         {use.plain, use.negated, use.hedged, use.first, use.last}) {
      if (bit != LexiconBits::unused) sensitive_.set(bit);
    }
  }
}

bool Reader::is_sensitive(const Rule& rule) const {
  return ((rule.all | rule.any | rule.with_any | rule.none) & sensitive_).any();
}

bool Reader::next(Read& out) {
  while (message_ < chat_.messages.size()) {
    const Index message = message_++;
    const Message& m = chat_.messages[message];
    if (!m.human() || m.kind == Kind::system) continue;
    out.message = message;
    out.alone = out.score = {};
    out.attributes = 0;
    out.reasons.clear();
    features_.clear();
    out.gap = UINT32_MAX;
    out.own = false;
    if (past_count_ > 0) {
      // Clocks of phones step back now and then; that is no gap.
      out.gap = m.seconds > last().seconds ? m.seconds - last().seconds : 0;
      out.own = last().author == m.author;
    }
    Situation situation = situation_of(message);
    read_text(message, situation, out);
    const std::uint8_t alone =
        message < given_.size() ? given_[message] : best(out.alone);
    add_context(message, situation, out);
    remember(message, alone);
    return true;
  }
  return false;
}

Situation Reader::situation_of(Index message) const {
  const Message& m = chat_.messages[message];
  const bool written = m.kind == Kind::text || m.kind == Kind::media ||
                       m.kind == Kind::view_once || m.kind == Kind::unknown;
  Situation s{.role = message < roles_.size() ? roles_[message] : Role::unknown,
              .media = m.media};
  s.bare = !written || blank(chat_.text(message));
  return s;
}

Function Reader::function_of(std::size_t label) const {
  return book_.codes.labels[label].function;
}

std::uint8_t Reader::best(const Scores& scores) const {
  const auto end =
      scores.begin() + static_cast<std::ptrdiff_t>(book_.bias.size());
  return static_cast<std::uint8_t>(std::max_element(scores.begin(), end) -
                                   scores.begin());
}

// ------------------------------------------------------------ the text itself

void Reader::read_text(Index message, const Situation& situation, Read& out) {
  book_.observe(chat_.text(message), situation, scratch_);
  if (reasons_wanted_ && scratch_.facts.too_costly) {
    out.reasons.push_back({.rule = "classify.pattern-too-costly"});
  }
  rows_.push_back(&bias_);
  explain("bias", {}, bias_, 1, out);
  if (model_ != nullptr || features_wanted_) know_words();
  if (model_ != nullptr) {
    add_model_text(message, out);
    if (!situation.bare) add_words(out);
  }
  add_rules(false, situation, out);
  if (features_wanted_) {
    if (model_ == nullptr) add_model_text(message, out);
    if (!situation.bare) {
      collect_word_features(length_factor(scratch_.facts.words));
    }
  }
}

void Reader::add_rules(bool context, const Situation& situation, Read& out) {
  book_.fire(situation, context, scratch_);
  for (const Index index : scratch_.fired) {
    const Rule& rule = book_.rules[index];
    out.attributes |= rule.attributes;
    if (features_wanted_ && !is_sensitive(rule)) {
      const Block block = context ? Block::context : Block::rule;
      features_.push_back(
          {block, named(block, (context ? "rule=" : "") + rule.id), 1});
    }
    const Weights* const row = rule_weights_[index];
    if (row == nullptr) continue;
    rows_.push_back(row);
    if (!reasons_wanted_) continue;
    explain(model_ != nullptr ? model_->name_of(*row) : rule.id, evidence(rule),
            *row, 1, out);
  }
  add_collected(context, out);
}

text::Span Reader::evidence(const Rule& rule) const {
  for (const Index feature : rule.evidence) {
    if (scratch_.facts.present[feature]) return scratch_.facts.spans[feature];
  }
  return {};
}

void Reader::add_model_text(Index message, Read& out) {
  const Facts& facts = scratch_.facts;
  for (const std::uint16_t bit : facts.met) {
    if (sensitive_[bit]) continue;
    if (features_wanted_) {
      features_.push_back(
          {Block::lexicon, named(Block::lexicon, book_.features[bit]), 1});
    }
    if (model_ == nullptr || lexicon_weights_[bit] == nullptr) continue;
    rows_.push_back(lexicon_weights_[bit]);
    if (!reasons_wanted_) continue;
    explain(model_->name_of(*lexicon_weights_[bit]), facts.spans[bit],
            *lexicon_weights_[bit], 1, out);
  }
  add_shapes(message, out);
}

void Reader::add_shapes(Index message, Read& out) {
  const std::uint32_t shapes =
      shapes_of(chat_.text(message), chat_.messages[message], scratch_.facts);
  for (std::size_t bit = 0; bit < shape_count; ++bit) {
    if ((shapes >> bit & 1U) == 0) continue;
    if (features_wanted_) {
      features_.push_back(
          {Block::shape, named(Block::shape, shape_name(bit)), 1});
    }
    const Weights* weights = shape_weights_[bit];
    if (weights == nullptr) continue;
    rows_.push_back(weights);
    if (reasons_wanted_)
      explain(model_->name_of(*weights), {}, *weights, 1, out);
  }
}

/// Works out the words of the message that are new.
void Reader::know_words() {
  const WordMemo& memo = scratch_.reading.memo;
  if (generation_ != memo.generation()) {
    generation_ = memo.generation();
    words_.clear();
    word_weights_.clear();
  }
  if (words_.size() < memo.ids()) words_.resize(memo.ids());
  if (model_ != nullptr && word_weights_.size() < memo.ids())
    word_weights_.resize(memo.ids());
  if (scratch_.facts.words == 0) return;
  for (const Unit& unit : scratch_.reading.units) {
    if (!unit.masked() && !words_[unit.word->id].made) know_word(unit);
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
  constexpr auto factor = static_cast<float>(letters_value);
  FramedWord{name}.each_id([&](FeatureId id) {
    if (const auto* part = model_->find(id)) add_to(sum, *part, factor);
  });
}

void Reader::add_words(Read& out) {
  static const std::uint64_t start = word_key("^");
  static const std::uint64_t end = word_key("$");
  add_collected(false, out);
  const double factor = length_factor(scratch_.facts.words);
  Weights sum;
  std::uint64_t before = start;
  for (const Unit& unit : scratch_.reading.units) {
    if (unit.masked()) continue;
    const WordFacts& word = words_[unit.word->id];
    if (!word.named) continue;
    rows_.push_back(&word_weights_[unit.word->id]);
    const Weights* const pair = model_->find_pair(before, word.key);
    before = word.key;
    if (pair != nullptr) rows_.push_back(pair);
    if (!reasons_wanted_) continue;
    // A word and its pair are one reason, and added as one.
    Weights here = *rows_[0];
    if (pair != nullptr) add_to(here, *pair, 1);
    rows_.clear();
    add_to(sum, here, 1);
    explain("word", unit.span, here, factor, out);
  }
  if (const Weights* const pair = model_->find_pair(before, end)) {
    rows_.push_back(pair);
    explain("word", {}, *pair, factor, out);
  }
  classify::add_words(rows_, sum, isa_);
  rows_.clear();
  for (std::size_t i = 0; i < max_labels; ++i) {
    out.alone[i] += double{sum.alone[i]} * factor;
    out.score[i] += double{sum.full[i]} * factor;
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

// ---------------------------------------------------------- what stands around

void Reader::add_context(Index message, Situation& situation, Read& out) {
  note_context(chat_.messages[message], situation);
  if (model_ != nullptr || features_wanted_) {
    const Surroundings around = surroundings(message);
    if (features_wanted_) {
      context_names(around, situation.role, scratch_.facts, book_.codes.labels,
                    contexts_);
      for (const std::string& name : contexts_)
        features_.push_back({Block::context, named(Block::context, name), 1});
    }
    if (model_ != nullptr) {
      for (const Weights* const row : context_rows(around, situation.role)) {
        rows_.push_back(row);
        if (reasons_wanted_) explain(model_->name_of(*row), {}, *row, 1, out);
      }
    }
  }
  add_rules(true, situation, out);
}

std::span<const Weights* const> Reader::context_rows(const Surroundings& around,
                                                     Role role) {
  // There are thousands of sets at most, but a reader of many chats may meet
  // more.
  constexpr std::size_t most = 1U << 16U;
  if (context_sets_.size() > most) {
    context_table_ = {};
    context_sets_.clear();
    context_rows_.clear();
  }
  // Mixed without loss: no two keys become one.
  std::uint64_t key =
      context_key(around, role, scratch_.facts) * 0x9E3779B97F4A7C15U;
  key ^= key >> 32U;
  std::uint32_t set = context_table_.find(key);
  if (set == IdTable::absent) {
    set = static_cast<std::uint32_t>(context_sets_.size());
    (void)context_table_.add(key, set);
    const auto begin = static_cast<std::uint32_t>(context_rows_.size());
    context_names(around, role, scratch_.facts, book_.codes.labels, contexts_);
    for (const std::string& name : contexts_) {
      const Weights* const row =
          model_->find(FeatureHash{Block::context}.add(name).id());
      if (row != nullptr) context_rows_.push_back(row);
    }
    context_sets_.push_back(
        {begin, static_cast<std::uint32_t>(context_rows_.size()) - begin});
  }
  const Rows& rows = context_sets_[set];
  return std::span<const Weights* const>{context_rows_}.subspan(rows.begin,
                                                                rows.count);
}

void Reader::note_context(const Message& message, Situation& situation) const {
  bool first = true;
  bool closed = false;
  for (std::size_t i = past_count_; i > 0; --i) {
    const Past& past = past_[i - 1];
    const std::uint32_t gap =
        message.seconds > past.seconds ? message.seconds - past.seconds : 0;
    if (gap > window_seconds) break;
    const Function what = function_of(past.label);
    if (first) {
      situation.previous = what;
      situation.gap_minutes = gap / 60;
      situation.same_sender = past.author == message.author;
      first = false;
    }
    if (what == Function::outcome) closed = true;
    if (what == Function::report && !closed && !situation.in_incident) {
      situation.in_incident = true;
      situation.own_incident = past.author == message.author;
    }
  }
}

Surroundings Reader::surroundings(Index message) {
  const Message& m = chat_.messages[message];
  const auto since = [&](std::uint32_t then) {
    return m.seconds > then ? m.seconds - then : 0;
  };
  Surroundings around;
  around.hour = static_cast<std::uint8_t>(m.seconds / 3600 % 24);
  if (past_count_ > 0) {
    around.gap = since(last().seconds);
    around.previous = last().label;
    around.previous_mine = last().author == m.author;
  }
  if (past_count_ > 1) {
    const Past& second = past_[past_count_ - 2];
    if (since(second.seconds) <= window_seconds) {
      around.before_previous = second.label;
      around.before_mine = second.author == m.author;
    }
  }
  if (report_ && since(report_->seconds) <= conversation_gap) {
    around.report = report_->label;
    around.report_mine = report_->author == m.author;
    around.report_closed = report_->closed;
    around.since_report = report_->messages + 1;
    around.report_age = since(report_->seconds);
    around.shares_words = shares_words();
    around.named_before =
        std::find(report_->takers.begin(), report_->takers.end(), m.author) !=
        report_->takers.end();
  }
  return around;
}

void Reader::collect_words(std::vector<std::uint64_t>& words) const {
  for (const Unit& unit : scratch_.reading.units) {
    if (unit.masked() || words_.empty()) continue;
    const std::uint64_t word = words_[unit.word->id].telling;
    if (word != 0) words.push_back(word);
  }
}

bool Reader::shares_words() {
  if (scratch_.facts.words == 0) return false;
  own_words_.clear();
  collect_words(own_words_);
  return std::any_of(
      own_words_.begin(), own_words_.end(), [&](std::uint64_t word) {
        return std::find(report_->words.begin(), report_->words.end(), word) !=
               report_->words.end();
      });
}

void Reader::remember(Index message, std::uint8_t alone) {
  const Message& m = chat_.messages[message];
  if (past_count_ == past_.size()) {
    std::copy(past_.begin() + 1, past_.end(), past_.begin());
    --past_count_;
  }
  past_[past_count_++] = {m.seconds, m.author, alone};
  const Function what = function_of(alone);
  if (what == Function::report) {
    report_ = Report{.seconds = m.seconds, .author = m.author, .label = alone};
    if (scratch_.facts.words > 0) collect_words(report_->words);
    return;
  }
  if (!report_) return;
  ++report_->messages;
  report_->closed = report_->closed || what == Function::outcome;
  constexpr std::size_t most_takers = 32;
  if (report_->takers.size() < most_takers) report_->takers.push_back(m.author);
}

// -------------------------------------------------------------------- weights

void Reader::add_collected(bool context, Read& out) {
  if (context) {
    add_context_rows(rows_, out.score, isa_);
  } else {
    add_rows(rows_, out.alone, out.score, isa_);
  }
  rows_.clear();
}

void Reader::explain(std::string_view name, const text::Span& span,
                     const Weights& weights, double factor, Read& out) const {
  if (!reasons_wanted_) return;
  const std::size_t before = out.reasons.size();
  if (out.reasons.capacity() < before + max_labels)
    out.reasons.reserve(2 * before + 16 * max_labels);
  for (std::size_t i = 0; i < book_.bias.size(); ++i) {
    if (weights.full[i] == 0) continue;
    out.reasons.push_back({.rule = name,
                           .start = span.start,
                           .end = span.end,
                           .label = static_cast<Index>(i),
                           .weight = double{weights.full[i]} * factor});
  }
}

}  // namespace etherpeil::classify
