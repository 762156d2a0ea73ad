#include "classify/reader.hpp"

#include <algorithm>

namespace etherpeil::classify {
namespace {

constexpr std::uint32_t window_seconds = 3600;
constexpr std::size_t window_messages = 5;
/// Pairs of words that are remembered; a power of two.
constexpr std::size_t remembered_pairs = 1U << 14U;
/// Numbers for the edges of a message beside those of words.
constexpr std::uint32_t message_start = UINT32_MAX - 1;
constexpr std::uint32_t message_end = UINT32_MAX;

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

void add_to(Weights& sum, const Weights& more, double factor) {
  const auto f = static_cast<float>(factor);
  for (std::size_t i = 0; i < max_labels; ++i) {
    sum.alone[i] += more.alone[i] * f;
    sum.full[i] += more.full[i] * f;
  }
}

}  // namespace

Reader::Reader(const Codebook::Impl& book, const Model::Impl* model,
               const Chat& chat, std::span<const Role> roles)
    : book_(book), model_(model), chat_(chat), roles_(roles) {
  find_sensitive();
  if (model_ == nullptr) return;
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
  pairs_.resize(remembered_pairs);
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
    if (!past_.empty()) {
      const Past& last = past_.back();
      // Clocks of phones step back now and then; that is no gap.
      out.gap = m.seconds > last.seconds ? m.seconds - last.seconds : 0;
      out.own = last.author == m.author;
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
  if (model_ == nullptr) {
    Weights bias;
    std::copy(book_.bias.begin(), book_.bias.end(), bias.full.begin());
    bias.alone = bias.full;
    add_weights(bias, 1, false, out);
    explain("bias", {}, bias, 1, out);
  } else {
    add_weights(model_->bias, 1, false, out);
    explain("bias", {}, model_->bias, 1, out);
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
    if (model_ != nullptr) {
      if (rule_weights_[index] == nullptr) continue;
      add_weights(*rule_weights_[index], 1, context, out);
      if (reasons_wanted_) {
        explain(model_->name_of(*rule_weights_[index]), evidence(rule),
                *rule_weights_[index], 1, out);
      }
      continue;
    }
    Weights weights;
    for (const Weight& weight : rule.weights) {
      weights.alone[weight.label] = weights.full[weight.label] = weight.value;
    }
    add_weights(weights, 1, context, out);
    explain(rule.id, evidence(rule), weights, 1, out);
  }
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
    add_weights(*lexicon_weights_[bit], 1, false, out);
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
    add_weights(*weights, 1, false, out);
    if (reasons_wanted_)
      explain(model_->name_of(*weights), {}, *weights, 1, out);
  }
}

void Reader::forget_words() {
  generation_ = scratch_.reading.memo.generation();
  words_.clear();
  std::fill(pairs_.begin(), pairs_.end(), PairScore{});
}

const Reader::WordScore& Reader::word_score(const Unit& unit) {
  const std::uint32_t id = unit.word->id;
  if (id >= words_.size()) words_.resize(std::size_t{id} + 1);
  WordScore& score = words_[id];
  if (score.made) return score;
  score.made = true;
  score.name = word_name(unit);
  if (score.name.empty()) return score;
  const auto word = FeatureHash{Block::word}.add(score.name).id();
  if (const auto* own = model_->find(word)) add_to(score.weights, *own, 1);
  each_letters(score.name, [&](std::string_view letters) {
    const auto id_of = FeatureHash{Block::letters}.add(letters).id();
    if (const auto* part = model_->find(id_of)) {
      add_to(score.weights, *part, letters_value);
    }
  });
  return score;
}

std::string_view Reader::pair_name(std::uint32_t word) const {
  if (word == message_start) return "^";
  if (word == message_end) return "$";
  return words_[word].name;
}

const Weights* Reader::pair_score(std::uint32_t before, std::uint32_t word) {
  const std::uint64_t key = std::uint64_t{before} << 32U | word;
  PairScore& known =
      pairs_[key * 0x9E3779B97F4A7C15U >> 40U & (remembered_pairs - 1)];
  if (known.key != key) {
    known.key = key;
    known.weights = model_->find(FeatureHash{Block::pair}
                                     .add(pair_name(before))
                                     .add(" ")
                                     .add(pair_name(word))
                                     .id());
  }
  return known.weights;
}

void Reader::add_words(Read& out) {
  const Reading& reading = scratch_.reading;
  if (generation_ != reading.memo.generation()) forget_words();
  const double factor = length_factor(scratch_.facts.words);
  Weights sum;
  std::uint32_t before = message_start;
  for (const Unit& unit : reading.units) {
    if (unit.masked()) continue;
    const WordScore& word = word_score(unit);
    if (word.name.empty()) continue;
    const Weights* pair = pair_score(before, unit.word->id);
    before = unit.word->id;
    if (reasons_wanted_) {
      Weights here = word.weights;
      if (pair != nullptr) add_to(here, *pair, 1);
      add_to(sum, here, 1);
      explain("word", unit.span, here, factor, out);
      continue;
    }
    add_to(sum, word.weights, 1);
    if (pair != nullptr) add_to(sum, *pair, 1);
  }
  if (const Weights* end = pair_score(before, message_end)) {
    add_to(sum, *end, 1);
    explain("word", {}, *end, factor, out);
  }
  add_weights(sum, factor, false, out);
}

void Reader::collect_word_features(double factor) {
  const Reading& reading = scratch_.reading;
  std::string before = "^";
  const auto add_pair = [&](const std::string& word) {
    features_.push_back(
        {Block::pair, named(Block::pair, before + ' ' + word), factor});
    before = word;
  };
  for (const Unit& unit : reading.units) {
    const std::string name = word_name(unit);
    if (name.empty()) continue;
    features_.push_back({Block::word, named(Block::word, name), factor});
    each_letters(name, [&](std::string_view letters) {
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
      for (const Weights* weights : context_weights(around, situation.role)) {
        add_weights(*weights, 1, true, out);
        if (reasons_wanted_)
          explain(model_->name_of(*weights), {}, *weights, 1, out);
      }
    }
  }
  add_rules(true, situation, out);
}

const std::vector<const Weights*>& Reader::context_weights(
    const Surroundings& around, Role role) {
  // There are thousands of them at most, but a reader of many chats may meet
  // more.
  constexpr std::size_t most = 1U << 16U;
  if (context_weights_.size() > most) context_weights_.clear();
  const auto [place, fresh] =
      context_weights_.try_emplace(context_key(around, role, scratch_.facts));
  if (!fresh) return place->second;
  context_names(around, role, scratch_.facts, book_.codes.labels, contexts_);
  for (const std::string& name : contexts_) {
    const auto* weights =
        model_->find(FeatureHash{Block::context}.add(name).id());
    if (weights != nullptr) place->second.push_back(weights);
  }
  return place->second;
}

void Reader::note_context(const Message& message, Situation& situation) const {
  bool first = true;
  bool closed = false;
  for (std::size_t i = past_.size(); i > 0; --i) {
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
  if (!past_.empty()) {
    const Past& last = past_.back();
    around.gap = since(last.seconds);
    around.previous = last.label;
    around.previous_mine = last.author == m.author;
  }
  if (past_.size() > 1) {
    const Past& second = past_[past_.size() - 2];
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
  constexpr std::size_t telling = 5;
  for (const Unit& unit : scratch_.reading.units) {
    if (unit.masked() || unit.word->text.size() < telling) continue;
    words.push_back(FeatureHash{Block::word}.add(unit.word->text).id());
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
  if (past_.size() == window_messages) past_.pop_front();
  past_.push_back({m.seconds, m.author, alone});
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

void Reader::add_weights(const Weights& weights, double factor, bool context,
                         Read& out) const {
  for (std::size_t i = 0; i < book_.bias.size(); ++i) {
    if (!context) out.alone[i] += double{weights.alone[i]} * factor;
    out.score[i] += double{weights.full[i]} * factor;
  }
}

void Reader::explain(std::string_view name, const text::Span& span,
                     const Weights& weights, double factor, Read& out) const {
  if (!reasons_wanted_) return;
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
