#include "classify/reader.hpp"

#include <algorithm>

#include "classify/sums.hpp"

namespace etherpeil::classify {
namespace {

constexpr std::uint32_t window_seconds = 3600;
bool blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  });
}

}  // namespace

Reader::Reader(const Codebook::Impl& book, const Model::Impl* model,
               const Chat& chat, std::span<const Role> roles)
    : book_(book), model_(model), chat_(chat), roles_(roles) {
  find_sensitive();
  rule_addend_ = model_ != nullptr ? Addend::Of::model : Addend::Of::rule;
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
    Situation situation = situation_of(message);
    features_.clear();
    const TextRead& text = read_text(message, situation);
    out.message = message;
    out.alone = text.alone;
    out.score = text.score;
    out.attributes = text.attributes;
    out.words = text.words;
    out.too_costly = text.too_costly;
    out.addends.assign(text.addends.begin(), text.addends.end());
    out.reasons.clear();
    out.gap = UINT32_MAX;
    out.own = false;
    if (past_count_ > 0) {
      // Clocks of phones step back now and then; that is no gap.
      out.gap = m.seconds > last().seconds ? m.seconds - last().seconds : 0;
      out.own = last().author == m.author;
    }
    add_context(text, situation, out);
    remember(m, text, message < given_.size() ? given_[message] : text.best);
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

// ---------------------------------------------------------- what stands around

void Reader::add_context(const TextRead& text, Situation& situation,
                         Read& out) {
  note_context(chat_.messages[out.message], situation);
  if (model_ != nullptr || features_wanted_) {
    const Surroundings around = surroundings(out.message, text, situation.role);
    if (features_wanted_) {
      context_names(around, book_.codes.labels, contexts_);
      for (const std::string& name : contexts_)
        features_.push_back({Block::context, named(Block::context, name), 1});
    }
    if (model_ != nullptr) {
      const ContextSet& set = context_set(around);
      for (std::size_t i = 0; i < max_labels; ++i) out.score[i] += set.sum[i];
      for (std::uint32_t i = set.begin; reasons_wanted_ && i < set.end; ++i)
        out.addends.push_back(
            {.of = Addend::Of::model, .row = context_rows_[i]});
    }
  }
  for (const OpenRule& open : text.open) {
    if (!book_.rule_index.context_holds(open.rule, situation)) continue;
    const Rule& rule = book_.rules[open.rule];
    out.attributes |= rule.attributes;
    if (features_wanted_) collect_rule(rule);
    const Weights* const row = rule_weights_[open.rule];
    if (row == nullptr) continue;
    for (std::size_t i = 0; i < max_labels; ++i)
      out.score[i] += double{row->full[i]};
    if (reasons_wanted_)
      out.addends.push_back({rule_addend_, open.rule, open.evidence, row});
  }
}

const Reader::ContextSet& Reader::context_set(const Surroundings& around) {
  // There are thousands of sets at most, but a reader of many chats may meet
  // more.
  constexpr std::size_t most = 1U << 16U;
  if (context_sets_.size() > most) {
    context_table_ = {};
    context_sets_.clear();
    context_rows_.clear();
  }
  // Mixed without loss: no two keys become one.
  std::uint64_t key = context_key(around) * 0x9E3779B97F4A7C15U;
  key ^= key >> 32U;
  std::uint32_t number = context_table_.find(key);
  if (number == IdTable::absent) {
    number = static_cast<std::uint32_t>(context_sets_.size());
    (void)context_table_.add(key, number);
    ContextSet set{.begin = static_cast<std::uint32_t>(context_rows_.size())};
    context_names(around, book_.codes.labels, contexts_);
    for (const std::string& name : contexts_) {
      const Weights* const row =
          model_->find(FeatureHash{Block::context}.add(name).id());
      if (row != nullptr) context_rows_.push_back(row);
    }
    set.end = static_cast<std::uint32_t>(context_rows_.size());
    add_context_rows(std::span{context_rows_}.subspan(set.begin), set.sum,
                     isa_);
    context_sets_.push_back(set);
  }
  return context_sets_[number];
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

Surroundings Reader::surroundings(Index message, const TextRead& text,
                                  Role role) const {
  const Message& m = chat_.messages[message];
  const auto since = [&](std::uint32_t then) {
    return m.seconds > then ? m.seconds - then : 0;
  };
  Surroundings around;
  around.role = role;
  around.few_words = text.words <= 3;
  around.question = text.question;
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
  if (reported_ && since(report_.seconds) <= conversation_gap) {
    around.report = report_.label;
    around.report_mine = report_.author == m.author;
    around.report_closed = report_.closed;
    around.since_report = report_.messages + 1;
    around.report_age = since(report_.seconds);
    around.shares_words = shares_words(text);
    around.named_before =
        std::find(report_.takers.begin(), report_.takers.end(), m.author) !=
        report_.takers.end();
  }
  return around;
}

bool Reader::shares_words(const TextRead& text) const {
  return std::any_of(
      text.telling.begin(), text.telling.end(), [&](std::uint64_t word) {
        return std::find(report_.words.begin(), report_.words.end(), word) !=
               report_.words.end();
      });
}

void Reader::remember(const Message& message, const TextRead& text,
                      std::uint8_t alone) {
  if (past_count_ == past_.size()) {
    std::copy(past_.begin() + 1, past_.end(), past_.begin());
    --past_count_;
  }
  past_[past_count_++] = {message.seconds, message.author, alone};
  const Function what = function_of(alone);
  if (what == Function::report) {
    reported_ = true;
    report_.seconds = message.seconds;
    report_.author = message.author;
    report_.label = alone;
    report_.closed = false;
    report_.messages = 0;
    report_.words.assign(text.telling.begin(), text.telling.end());
    report_.takers.clear();
    return;
  }
  if (!reported_) return;
  ++report_.messages;
  report_.closed = report_.closed || what == Function::outcome;
  constexpr std::size_t most_takers = 32;
  if (report_.takers.size() < most_takers)
    report_.takers.push_back(message.author);
}

// -------------------------------------------------------------------- reasons

std::string_view Reader::name_of(const Addend& addend,
                                 const Weights& row) const {
  switch (addend.of) {
    case Addend::Of::bias:
      return "bias";
    case Addend::Of::rule:
      return book_.rules[addend.number].id;
    case Addend::Of::model:
      return model_->name_of(row);
    case Addend::Of::word:
    case Addend::Of::phrase:
      return "word";
  }
  return {};
}

void Reader::give_reasons(Read& read) const {
  if (read.too_costly)
    read.reasons.add({.rule = "classify.pattern-too-costly"});
  read.too_costly = false;
  const auto row_of = [&](const Addend& addend) {
    return addend.row != nullptr ? addend.row : &word_weights_[addend.number];
  };
  // Rows and names lie far apart: all are sent for before the first is used.
  for (const Addend& addend : read.addends) {
    const Weights* const row = row_of(addend);
    __builtin_prefetch(&row->full);
    if (addend.pair != nullptr) __builtin_prefetch(&addend.pair->full);
    if (addend.of == Addend::Of::model) model_->fetch_name(*row);
  }
  const std::size_t labels = book_.bias.size();
  Reason* const start = read.reasons.room(read.addends.size() * labels);
  Reason* at = start;
  for (const Addend& addend : read.addends) {
    const Weights& row = *row_of(addend);
    const std::string_view name = name_of(addend, row);
    const double factor =
        addend.of >= Addend::Of::word ? length_factor(read.words) : 1.0;
    std::array<float, max_labels> weights = row.full;
    for (std::size_t i = 0; addend.pair != nullptr && i < max_labels; ++i)
      weights[i] += addend.pair->full[i];
    for (std::size_t i = 0; i < labels; ++i) {
      *at = {.rule = name,
             .start = addend.span.start,
             .end = addend.span.end,
             .label = static_cast<Index>(i),
             .weight = double{weights[i]} * factor};
      at += weights[i] != 0 ? 1 : 0;
    }
  }
  read.reasons.take(static_cast<std::size_t>(at - start));
  read.addends.clear();
}

}  // namespace etherpeil::classify
