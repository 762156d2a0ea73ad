#include <algorithm>
#include <cmath>

#include "classify/rules.hpp"
#include "etherpeil/classify.hpp"
#include "etherpeil/error.hpp"

namespace etherpeil {
namespace {

using classify::Scratch;
using classify::Situation;
using Scores = std::array<double, max_labels>;

constexpr std::uint32_t window_seconds = 3600;
constexpr std::size_t window_messages = 5;

/// Classifies one message at a time. The context of a message is what the
/// messages before it say on their own, without their context: so a label
/// depends on six messages and on nothing else, and can be explained alone.
class Reader {
 public:
  Reader(const Codebook::Impl& book, const Chat& chat,
         std::span<const Role> roles)
      : book_(book), chat_(chat), roles_(roles) {}

  /// The label of a message; the messages before it must have been read.
  Label read(Index message, float threshold) {
    const Message& m = chat_.messages[message];
    if (!m.human() || m.kind == Kind::system) return {};
    Situation situation = own_situation(message);
    Scores scores = own_scores(message, situation);
    const Function alone = function_of(best(scores));
    add_context(m, situation);
    add(true, situation, scores);
    remember(m, alone);
    return label_of(scores, threshold);
  }

  std::vector<Reason> explain(Index message) {
    const Message& m = chat_.messages[message];
    if (!m.human() || m.kind == Kind::system) return {};
    Situation situation = own_situation(message);
    reasons_.clear();
    for (Index i = 0; i < book_.bias.size(); ++i) {
      if (book_.bias[i] != 0)
        reasons_.push_back({"bias", 0, 0, i, book_.bias[i]});
    }
    Scores scores{};
    explaining_ = true;
    book_.observe(chat_.text(message), situation, scratch_);
    if (scratch_.facts.too_costly) {
      reasons_.push_back({.rule = "classify.pattern-too-costly"});
    }
    add(false, situation, scores);
    add_context(m, situation);
    add(true, situation, scores);
    explaining_ = false;
    return std::move(reasons_);
  }

 private:
  struct Past {
    std::uint32_t seconds{};
    std::uint16_t author{};
    Function function{};
  };

  [[nodiscard]] Function function_of(Index label) const {
    return book_.codes.labels[label].function;
  }

  [[nodiscard]] Situation own_situation(Index message) const {
    const Message& m = chat_.messages[message];
    const bool written = m.kind == Kind::text || m.kind == Kind::media ||
                         m.kind == Kind::view_once || m.kind == Kind::unknown;
    Situation s{
        .role = message < roles_.size() ? roles_[message] : Role::unknown,
        .media = m.media};
    const std::string_view text = chat_.text(message);
    s.bare = !written || std::all_of(text.begin(), text.end(), [](char c) {
      return c == ' ' || (c >= '\t' && c <= '\r');
    });
    return s;
  }

  Scores own_scores(Index message, const Situation& situation) {
    book_.observe(chat_.text(message), situation, scratch_);
    attributes_ = 0;
    Scores scores{};
    for (std::size_t i = 0; i < book_.bias.size(); ++i)
      scores[i] = book_.bias[i];
    add(false, situation, scores);
    return scores;
  }

  void add(bool context, const Situation& situation, Scores& scores) {
    book_.fire(situation, context, scratch_);
    for (const Index index : scratch_.fired) {
      const classify::Rule& rule = book_.rules[index];
      attributes_ |= rule.attributes;
      const text::Span span = explaining_ ? evidence(rule) : text::Span{};
      for (const auto& weight : rule.weights) {
        scores[weight.label] += weight.value;
        if (explaining_) {
          reasons_.push_back(
              {rule.id, span.start, span.end, weight.label, weight.value});
        }
      }
    }
  }

  [[nodiscard]] text::Span evidence(const classify::Rule& rule) const {
    for (const Index feature : rule.evidence) {
      if (scratch_.facts.present[feature]) return scratch_.facts.spans[feature];
    }
    return {};
  }

  void add_context(const Message& m, Situation& situation) const {
    bool first = true;
    bool closed = false;
    for (std::size_t i = past_.size(); i > 0; --i) {
      const Past& past = past_[i - 1];
      // Clocks of phones step back now and then; that is no gap.
      const std::uint32_t gap =
          m.seconds > past.seconds ? m.seconds - past.seconds : 0;
      if (gap > window_seconds) break;
      if (first) {
        situation.previous = past.function;
        situation.gap_minutes = gap / 60;
        situation.same_sender = past.author == m.author;
        first = false;
      }
      if (past.function == Function::outcome) closed = true;
      if (past.function == Function::report && !closed &&
          !situation.in_incident) {
        situation.in_incident = true;
        situation.own_incident = past.author == m.author;
      }
    }
  }

  void remember(const Message& m, Function alone) {
    if (past_.size() == window_messages) past_.erase(past_.begin());
    past_.push_back({m.seconds, m.author, alone});
  }

  [[nodiscard]] Index best(const Scores& scores) const {
    const auto end =
        scores.begin() + static_cast<std::ptrdiff_t>(book_.bias.size());
    return static_cast<Index>(std::max_element(scores.begin(), end) -
                              scores.begin());
  }

  [[nodiscard]] Label label_of(const Scores& scores, float threshold) const {
    const Index code = best(scores);
    Label label{.code = static_cast<std::uint8_t>(code),
                .attributes = attributes_};
    Scores shares{};
    double sum = 0;
    for (std::size_t i = 0; i < book_.bias.size(); ++i) {
      shares[i] = std::exp(scores[i] - scores[code]);
      sum += shares[i];
    }
    for (std::size_t i = 0; i < book_.bias.size(); ++i) {
      label.probabilities[i] = static_cast<float>(shares[i] / sum);
    }
    label.probability = label.probabilities[code];
    label.abstain = label.probability < threshold;
    return label;
  }

  const Codebook::Impl& book_;
  const Chat& chat_;
  std::span<const Role> roles_;
  Scratch scratch_{};
  Attributes attributes_{};
  std::vector<Past> past_{};
  bool explaining_{};
  std::vector<Reason> reasons_{};
};

void check_roles(const Chat& chat, std::span<const Role> roles) {
  if (!roles.empty() && roles.size() != chat.messages.size()) {
    throw Error{Errc::argument,
                "classify: roles: give one role per message, or none"};
  }
}

}  // namespace

Classifier::Classifier(Codebook codebook, const ClassifyOptions& options)
    : codebook_(std::move(codebook)), options_(options) {
  if (!(options_.threshold >= 0 && options_.threshold <= 1)) {
    throw Error{Errc::argument, "classify: threshold: must be from 0 to 1"};
  }
}

std::vector<Label> Classifier::classify(const Chat& chat,
                                        std::span<const Role> roles) const {
  check_roles(chat, roles);
  Reader reader{codebook_.impl(), chat, roles};
  std::vector<Label> labels(chat.messages.size());
  for (Index i = 0; i < labels.size(); ++i)
    labels[i] = reader.read(i, options_.threshold);
  return labels;
}

std::vector<Reason> Classifier::explain(const Chat& chat, Index message,
                                        std::span<const Role> roles) const {
  check_roles(chat, roles);
  if (message >= chat.messages.size()) {
    throw Error{Errc::argument,
                "classify: message: no such message in this chat"};
  }
  // The five coded messages before it are its context.
  Index from = message;
  for (std::size_t coded = 0; from > 0 && coded < window_messages;) {
    --from;
    const Message& m = chat.messages[from];
    if (m.human() && m.kind != Kind::system) ++coded;
  }
  Reader reader{codebook_.impl(), chat, roles};
  for (Index i = from; i < message; ++i)
    (void)reader.read(i, options_.threshold);
  return reader.explain(message);
}

}  // namespace etherpeil
