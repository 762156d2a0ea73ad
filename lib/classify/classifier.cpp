#include <algorithm>
#include <cmath>

#include "classify/reader.hpp"
#include "etherpeil/classify.hpp"
#include "etherpeil/error.hpp"

namespace etherpeil {
namespace {

using classify::Read;
using classify::Scores;

/// A conversation longer than this is decoded in parts: a message every minute
/// for years must not take memory without end.
constexpr std::size_t longest_conversation = 4096;

/// `lead`: what a label is given when one is chosen.
Label label_of(const Scores& scores, const Scores& lead, std::size_t labels,
               float threshold, Attributes attributes) {
  const Scores shares = classify::softmax(scores, labels);
  Label label{.attributes = attributes};
  std::size_t code = 0;
  for (std::size_t i = 0; i < labels; ++i) {
    label.probabilities[i] = static_cast<float>(shares[i]);
    if (scores[i] + lead[i] > scores[code] + lead[code]) code = i;
  }
  label.code = static_cast<std::uint8_t>(code);
  label.probability = label.probabilities[code];
  label.abstain = label.probability < threshold;
  return label;
}

void add_reasons(std::string_view rule, const Scores& weights,
                 std::size_t labels, classify::ReasonList& out) {
  for (std::size_t i = 0; i < labels; ++i) {
    if (weights[i] == 0) continue;
    out.add(
        {.rule = rule, .label = static_cast<Index>(i), .weight = weights[i]});
  }
}

bool is_coded(const Message& message) {
  return message.human() && message.kind != Kind::system;
}

/// Messages from `first` on that are labelled without looking at others, but
/// for what `warm` is on its own: the coded message before.
struct Stretch {
  Index warm{};
  Index first{};
  Index end{};
};

/// The conversations in which a message lacks its label. Only a silence that no
/// clock disturbs is taken for the end of one: all that follows is later than
/// all before by more than the time for which anything is remembered.
std::vector<Stretch> unlabelled(const Chat& chat,
                                const std::vector<Label>& labels) {
  const auto& messages = chat.messages;
  std::vector<std::uint32_t> earliest(messages.size() + 1, UINT32_MAX);
  for (std::size_t i = messages.size(); i-- > 0;) {
    earliest[i] = is_coded(messages[i])
                      ? std::min(earliest[i + 1], messages[i].seconds)
                      : earliest[i + 1];
  }
  std::vector<Stretch> found;
  Stretch here;
  bool lacks = false;
  bool any = false;
  Index last = 0;
  std::uint32_t latest = 0;
  for (Index i = 0; i < messages.size(); ++i) {
    if (!is_coded(messages[i])) continue;
    if (any && earliest[i] > latest &&
        earliest[i] - latest > classify::conversation_gap) {
      here.end = i;
      if (lacks) found.push_back(here);
      lacks = false;
      here = {.warm = last, .first = i};
    }
    any = true;
    lacks = lacks || labels[i].code == not_coded;
    last = i;
    latest = std::max(latest, messages[i].seconds);
  }
  here.end = static_cast<Index>(messages.size());
  if (lacks) found.push_back(here);
  return found;
}

/// Reads conversations one after another and labels each as a whole.
class Labeller {
 public:
  Labeller(const Codebook::Impl& book, const Model::Impl* model,
           const ClassifyOptions& options, const Chat& chat,
           std::span<const Role> roles)
      : reader_(book, model, chat, roles),
        model_(model),
        options_(options),
        count_(book.bias.size()),
        labels_(chat.messages.size()) {}

  std::vector<Label> run(const Classifier::Explain& tell) {
    tell_ = &tell;
    if (tell) reader_.keep_reasons();
    read({.end = static_cast<Index>(labels_.size())});
    return std::move(labels_);
  }

  /// Labels what lacks a label, and what was said with it.
  std::vector<Label> complete(std::vector<Label> known, const Chat& chat) {
    const Classifier::Explain silent;
    tell_ = &silent;
    labels_ = std::move(known);
    for (const Stretch& stretch : unlabelled(chat, labels_)) {
      reader_.restart(stretch.warm);
      read(stretch);
    }
    return std::move(labels_);
  }

 private:
  void read(const Stretch& stretch) {
    if (model_ != nullptr && !steps_) steps_.emplace(model_->steps, count_);
    for (;;) {
      if (*tell_ && reader_.forgets()) {
        for (std::size_t i = 0; i < talked_; ++i)
          reader_.give_reasons(conversation_[i]);
      }
      if (talked_ == conversation_.size()) conversation_.emplace_back();
      Read& read = conversation_[talked_];
      if (!reader_.next(read) || read.message >= stretch.end) break;
      if (read.message < stretch.first) continue;
      if (model_ == nullptr) {
        by_rules(read);
        continue;
      }
      const bool over = read.gap > classify::conversation_gap ||
                        talked_ == longest_conversation;
      if (over && talked_ > 0) {
        by_model();
        // Swapped, so that both keep the memory that they have.
        std::swap(conversation_.front(), read);
      }
      ++talked_;
    }
    if (talked_ > 0) by_model();
  }

  void by_rules(Read& read) {
    labels_[read.message] =
        label_of(read.score, {}, count_, options_.threshold, read.attributes);
    if (!*tell_) return;
    reader_.give_reasons(read);
    (*tell_)(read.message, read.reasons.all());
  }

  [[nodiscard]] Scores calibrated(const Scores& scores) const {
    Scores result{};
    for (std::size_t i = 0; i < count_; ++i) {
      result[i] =
          scores[i] * model_->calibration.slope + model_->calibration.shift[i];
    }
    return result;
  }

  /// Labels the conversation that was collected, and forgets it.
  void by_model() {
    scores_.clear();
    gaps_.clear();
    own_.clear();
    for (std::size_t i = 0; i < talked_; ++i) {
      const Read& read = conversation_[i];
      scores_.push_back(calibrated(read.score));
      gaps_.push_back(read.gap);
      own_.push_back(read.own ? 1 : 0);
    }
    const auto decoded =
        classify::decode(scores_, gaps_, own_, *steps_, options_.lag);
    for (std::size_t i = 0; i < decoded.size(); ++i) {
      finish(conversation_[i], scores_[i], decoded[i]);
    }
    talked_ = 0;
  }

  void finish(Read& read, const Scores& calibrated, const Scores& decoded) {
    Scores final_scores{};
    for (std::size_t i = 0; i < count_; ++i)
      final_scores[i] = decoded[i] * model_->calibration.final_slope;
    labels_[read.message] =
        label_of(final_scores, model_->calibration.lead, count_,
                 options_.threshold, read.attributes);
    if (!*tell_) return;
    Scores by_calibration{};
    Scores by_decoder{};
    for (std::size_t i = 0; i < count_; ++i) {
      by_calibration[i] =
          calibrated[i] - read.score[i] + (final_scores[i] - decoded[i]);
      by_decoder[i] = decoded[i] - calibrated[i];
    }
    // The same memory for all but those that were settled before.
    const bool settled = !read.reasons.all().empty();
    if (!settled) std::swap(read.reasons, reasons_);
    reader_.give_reasons(read);
    add_reasons("calibration", by_calibration, count_, read.reasons);
    add_reasons("decoder", by_decoder, count_, read.reasons);
    (*tell_)(read.message, read.reasons.all());
    read.reasons.clear();
    if (!settled) std::swap(read.reasons, reasons_);
  }

  classify::Reader reader_;
  const Model::Impl* model_;
  const ClassifyOptions& options_;
  std::size_t count_;
  std::vector<Label> labels_;
  std::optional<classify::StepTables> steps_{};
  std::vector<Read> conversation_{};  ///< the first `talked_` are in use
  std::size_t talked_{};
  std::vector<Scores> scores_{};
  std::vector<std::uint32_t> gaps_{};
  std::vector<std::uint8_t> own_{};
  classify::ReasonList reasons_{};
  const Classifier::Explain* tell_{};
};

/// Labels by a model from outside, with the attributes of the codebook.
std::vector<Label> by_scorer(const Codebook::Impl& book, const Scorer& scorer,
                             const ClassifyOptions& options, const Chat& chat,
                             std::span<const Role> roles,
                             const Classifier::Explain& tell) {
  const std::vector<Shares> rows = scorer.score(chat, roles);
  if (rows.size() != chat.messages.size()) {
    throw Error{Errc::argument, "classify: " + scorer.id() + ": gave " +
                                    std::to_string(rows.size()) + " rows for " +
                                    std::to_string(chat.messages.size()) +
                                    " messages; give one for each"};
  }
  const std::size_t labels = book.bias.size();
  std::vector<Label> result(rows.size());
  classify::Reader reader{book, nullptr, chat, roles};
  Read read;
  while (reader.next(read)) {
    const Shares& row = rows[read.message];
    double sum = 0;
    Scores logs{};
    for (std::size_t i = 0; i < labels; ++i) {
      const bool share = row[i] >= 0 && row[i] <= 1;
      sum += share ? double{row[i]} : 2;
      logs[i] = std::log(std::max(double{row[i]}, 1e-9));
    }
    if (std::abs(sum - 1) > 0.01) {
      throw Error{Errc::argument,
                  "classify: " + scorer.id() + ": message " +
                      std::to_string(read.message + 1) +
                      ": the shares must lie in [0, 1] and sum to 1"};
    }
    result[read.message] =
        label_of(logs, {}, labels, options.threshold, read.attributes);
    if (!tell) continue;
    classify::ReasonList reasons;
    add_reasons("scorer", logs, labels, reasons);
    tell(read.message, reasons.all());
  }
  return result;
}

void check_roles(const Chat& chat, std::span<const Role> roles) {
  if (!roles.empty() && roles.size() != chat.messages.size()) {
    throw Error{Errc::argument,
                "classify: roles: give one role per message, or none"};
  }
}

void check(const ClassifyOptions& options) {
  if (!(options.threshold >= 0 && options.threshold <= 1)) {
    throw Error{Errc::argument, "classify: threshold: must be from 0 to 1"};
  }
}

}  // namespace

Classifier::Classifier(Codebook codebook, const ClassifyOptions& options)
    : codebook_(std::move(codebook)), options_(options) {
  check(options_);
}

Classifier::Classifier(Codebook codebook, Model model,
                       const ClassifyOptions& options)
    : codebook_(std::move(codebook)),
      model_(std::move(model)),
      options_(options) {
  check(options_);
}

Classifier::Classifier(Codebook codebook, std::shared_ptr<const Scorer> scorer,
                       const ClassifyOptions& options)
    : codebook_(std::move(codebook)),
      scorer_(std::move(scorer)),
      options_(options) {
  check(options_);
}

Classifier Classifier::dutch(const ClassifyOptions& options) {
  return Classifier{Codebook::dutch(), Model::dutch(), options};
}

std::vector<Label> Classifier::classify(const Chat& chat,
                                        std::span<const Role> roles) const {
  return explain(chat, roles, Explain{});
}

std::vector<Label> Classifier::complete(const Chat& chat,
                                        std::span<const Role> roles,
                                        std::vector<Label> known) const {
  check_roles(chat, roles);
  if (scorer_ || known.size() != chat.messages.size())
    return classify(chat, roles);
  return Labeller{codebook_.impl(), model_ ? &model_->impl() : nullptr,
                  options_, chat, roles}
      .complete(std::move(known), chat);
}

std::vector<Label> Classifier::explain(const Chat& chat,
                                       std::span<const Role> roles,
                                       const Explain& tell) const {
  check_roles(chat, roles);
  const Codebook::Impl& book = codebook_.impl();
  if (scorer_) return by_scorer(book, *scorer_, options_, chat, roles, tell);
  return Labeller{book, model_ ? &model_->impl() : nullptr, options_, chat,
                  roles}
      .run(tell);
}

std::vector<Reason> Classifier::explain(const Chat& chat, Index message,
                                        std::span<const Role> roles) const {
  if (message >= chat.messages.size()) {
    throw Error{Errc::argument,
                "classify: message: no such message in this chat"};
  }
  std::vector<Reason> found;
  (void)explain(chat, roles, [&](Index told, std::span<const Reason> reasons) {
    if (told == message) found.assign(reasons.begin(), reasons.end());
  });
  return found;
}

std::string Classifier::model_id() const {
  if (scorer_) return scorer_->id();
  return model_ ? model_->id() : "rules";
}

}  // namespace etherpeil
