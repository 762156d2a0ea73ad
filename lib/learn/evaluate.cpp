#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "etherpeil/error.hpp"
#include "etherpeil/incidents.hpp"
#include "etherpeil/learn.hpp"
#include "learn/fit.hpp"
#include "learn/typos.hpp"

namespace etherpeil {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// [gold][predicted]
using Confusion = std::vector<std::vector<std::uint64_t>>;

struct Decision {
  std::uint8_t gold{};
  Label predicted{};
};

/// The decisions of one group, or of one stretch of a single group: the unit
/// that is drawn again in a bootstrap.
struct Cluster {
  std::vector<Decision> decisions{};
  Confusion confusion{};
};

Confusion empty_table(std::size_t labels) {
  return Confusion(labels, std::vector<std::uint64_t>(labels));
}

void count(Cluster& cluster, std::size_t labels) {
  cluster.confusion = empty_table(labels);
  for (const Decision& decision : cluster.decisions)
    ++cluster.confusion[decision.gold][decision.predicted.code];
}

double share(double part, double whole) {
  return whole > 0 ? part / whole : nothing;
}

/// `in` says which labels count as the one that is looked for.
template <class In>
LabelScore score(const Confusion& table, const In& in) {
  LabelScore result;
  for (std::size_t gold = 0; gold < table.size(); ++gold) {
    for (std::size_t predicted = 0; predicted < table.size(); ++predicted) {
      const std::uint64_t units = table[gold][predicted];
      if (in(gold)) result.gold += units;
      if (in(predicted)) result.predicted += units;
      if (in(gold) && in(predicted)) result.correct += units;
    }
  }
  const auto correct = static_cast<double>(result.correct);
  result.precision = share(correct, static_cast<double>(result.predicted));
  result.recall = share(correct, static_cast<double>(result.gold));
  result.f1 =
      share(2 * correct, static_cast<double>(result.predicted + result.gold));
  return result;
}

double macro_f1(const Confusion& table) {
  double sum = 0;
  double labels = 0;
  for (std::size_t k = 0; k < table.size(); ++k) {
    const LabelScore one = score(table, [&](std::size_t i) { return i == k; });
    if (one.gold == 0) continue;
    sum += one.f1;
    labels += 1;
  }
  return share(sum, labels);
}

void add(Confusion& sum, const Confusion& more) {
  for (std::size_t a = 0; a < sum.size(); ++a) {
    for (std::size_t b = 0; b < sum.size(); ++b) sum[a][b] += more[a][b];
  }
}

/// Whether a group helped to make a model: the same bytes and codes, or a group
/// of that name and size, whose codes were corrected since.
bool helped(const LabelledChat& labelled, const Model::Impl& model) {
  const auto here = learn::source_of(labelled);
  return std::any_of(
      model.sources.begin(), model.sources.end(),
      [&](const Model::Impl::Source& source) {
        return source.sha256 == here.sha256 ||
               (source.group == here.group && source.messages == here.messages);
      });
}

class Evaluator {
 public:
  Evaluator(std::span<const LabelledChat> chats, const Classifier& classifier,
            const EvaluateOptions& options)
      : codes_(classifier.codebook().codes()), options_(options) {
    result_.model = classifier.model_id();
    result_.codebook = codes_.id + "/" + std::to_string(codes_.version);
    for (const LabelledChat& labelled : chats) {
      if (classifier.model() && helped(labelled, classifier.model()->impl()))
        result_.seen.push_back(labelled.group);
      if (options_.typos > 0) {
        decide(learn::with_typos(labelled, options_.typos, options_.seed),
               classifier);
      } else {
        decide(labelled, classifier);
      }
    }
    result_.incidents_by_people = score_incidents(chats, by_people_);
    result_.incidents_by_model = score_incidents(chats, by_model_);
    if (clusters_.size() == 1) cut();
    total_ = empty_table(codes_.labels.size());
    for (Cluster& cluster : clusters_) {
      count(cluster, codes_.labels.size());
      add(total_, cluster.confusion);
    }
  }

  Evaluation run() {
    result_.confusion = total_;
    for (std::size_t k = 0; k < codes_.labels.size(); ++k) {
      result_.labels.push_back(
          score(total_, [&](std::size_t i) { return i == k; }));
      result_.labels.back().key = codes_.labels[k].key;
      result_.messages += result_.labels.back().gold;
    }
    result_.report = score(total_, [&](std::size_t i) { return is_report(i); });
    result_.report.key = "INC+VERD+OVER";
    result_.macro_f1 = macro_f1(total_);
    result_.alpha = nominal_alpha(total_);
    std::uint64_t right = 0;
    for (const LabelScore& label : result_.labels) right += label.correct;
    result_.accuracy = share(static_cast<double>(right),
                             static_cast<double>(result_.messages));
    probabilities();
    intervals();
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool is_report(std::size_t label) const {
    return codes_.labels[label].function == Function::report;
  }

  void decide(const LabelledChat& labelled, const Classifier& classifier) {
    const auto predicted = classifier.classify(
        labelled.chat, options_.roles ? std::span<const Role>{labelled.roles}
                                      : std::span<const Role>{});
    by_people_.push_back(find_incidents(labelled.chat, labelled.coding.labels,
                                        codes_, labelled.roles));
    by_model_.push_back(
        find_incidents(labelled.chat, predicted, codes_, labelled.roles));
    Cluster cluster;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      const std::uint8_t gold = labelled.coding.labels[i].code;
      if (gold != not_coded) cluster.decisions.push_back({gold, predicted[i]});
    }
    count(cluster, codes_.labels.size());
    result_.groups.push_back(labelled.group);
    result_.group_f1.push_back(macro_f1(cluster.confusion));
    clusters_.push_back(std::move(cluster));
  }

  /// Cuts a single group into stretches of 50 messages.
  void cut() {
    constexpr std::size_t stretch = 50;
    const auto all = std::move(clusters_.front().decisions);
    clusters_.clear();
    for (std::size_t i = 0; i < all.size(); i += stretch) {
      Cluster part;
      part.decisions.assign(all.begin() + static_cast<std::ptrdiff_t>(i),
                            all.begin() + static_cast<std::ptrdiff_t>(std::min(
                                              all.size(), i + stretch)));
      clusters_.push_back(std::move(part));
    }
  }

  template <class Visit>
  void each_decision(const Visit& visit) const {
    for (const Cluster& cluster : clusters_) {
      for (const Decision& decision : cluster.decisions) visit(decision);
    }
  }

  void probabilities() {
    constexpr std::size_t bins = 10;
    result_.reliability.resize(bins);
    for (std::size_t b = 0; b < bins; ++b) {
      result_.reliability[b].low = static_cast<double>(b) / bins;
      result_.reliability[b].high = static_cast<double>(b + 1) / bins;
    }
    each_decision([&](const Decision& decision) {
      const double p = double{decision.predicted.probability};
      const bool right = decision.predicted.code == decision.gold;
      auto& bin = result_.reliability[std::min(
          bins - 1, static_cast<std::size_t>(p * bins))];
      ++bin.count;
      bin.mean_probability += p;
      bin.accuracy += right ? 1 : 0;
      for (std::size_t k = 0; k < codes_.labels.size(); ++k) {
        const double error = double{decision.predicted.probabilities[k]} -
                             (k == decision.gold ? 1 : 0);
        result_.brier += error * error;
      }
    });
    const auto all = static_cast<double>(result_.messages);
    for (ReliabilityBin& bin : result_.reliability) {
      const auto here = static_cast<double>(bin.count);
      if (bin.count > 0)
        result_.ece += std::abs(bin.mean_probability - bin.accuracy) / all;
      bin.mean_probability = share(bin.mean_probability, here);
      bin.accuracy = share(bin.accuracy, here);
    }
    result_.brier = share(result_.brier, all);
    for (const double threshold : {0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9})
      result_.risk.push_back(risk_at(threshold));
  }

  [[nodiscard]] RiskPoint risk_at(double threshold) const {
    double kept = 0;
    double right = 0;
    each_decision([&](const Decision& decision) {
      if (double{decision.predicted.probability} < threshold) return;
      kept += 1;
      if (decision.predicted.code == decision.gold) right += 1;
    });
    return {.threshold = threshold,
            .coverage = share(kept, static_cast<double>(result_.messages)),
            .accuracy = share(right, kept)};
  }

  void intervals() {
    std::vector<double> macro;
    std::vector<double> alpha;
    std::vector<double> report;
    std::vector<std::vector<double>> labels(codes_.labels.size());
    std::mt19937_64 random{options_.seed};
    for (std::uint32_t draw = 0; draw < options_.resamples; ++draw) {
      Confusion table = empty_table(codes_.labels.size());
      for (std::size_t i = 0; i < clusters_.size(); ++i)
        add(table, clusters_[random() % clusters_.size()].confusion);
      macro.push_back(macro_f1(table));
      alpha.push_back(nominal_alpha(table));
      report.push_back(
          score(table, [&](std::size_t i) { return is_report(i); }).f1);
      for (std::size_t k = 0; k < labels.size(); ++k) {
        labels[k].push_back(
            score(table, [&](std::size_t i) { return i == k; }).f1);
      }
    }
    result_.macro_f1_interval = middle(macro);
    result_.alpha_interval = middle(alpha);
    result_.report.f1_interval = middle(report);
    for (std::size_t k = 0; k < labels.size(); ++k)
      result_.labels[k].f1_interval = middle(labels[k]);
  }

  /// The middle 95 % of what was drawn.
  static Interval middle(std::vector<double>& values) {
    values.erase(std::remove_if(values.begin(), values.end(),
                                [](double v) { return std::isnan(v); }),
                 values.end());
    if (values.empty()) return {nothing, nothing};
    return {quantile(values, 0.025), quantile(values, 0.975)};
  }

  const Codes& codes_;
  const EvaluateOptions& options_;
  std::vector<Cluster> clusters_{};
  std::vector<Incidents> by_people_{};
  std::vector<Incidents> by_model_{};
  Confusion total_{};
  Evaluation result_{};
};

}  // namespace

Evaluation evaluate(std::span<const LabelledChat> chats,
                    const Classifier& classifier,
                    const EvaluateOptions& options) {
  if (chats.empty()) {
    throw Error{Errc::argument,
                "evaluate: no labelled chats; give a folder that holds some"};
  }
  return Evaluator{chats, classifier, options}.run();
}

}  // namespace etherpeil
