#include <algorithm>
#include <cmath>

#include "classify/reader.hpp"

namespace etherpeil::classify {
namespace {

double log_sum(const Scores& values, std::size_t labels) {
  const double top = *std::max_element(
      values.begin(), values.begin() + static_cast<std::ptrdiff_t>(labels));
  double sum = 0;
  for (std::size_t i = 0; i < labels; ++i) sum += std::exp(values[i] - top);
  return top + std::log(sum);
}

/// Shares that sum to 1.
void scale(Scores& shares, std::size_t labels) {
  double sum = 0;
  for (std::size_t i = 0; i < labels; ++i) sum += shares[i];
  for (std::size_t i = 0; i < labels; ++i) shares[i] /= sum;
}

/// The chain of one conversation, in shares rather than logarithms: each is
/// scaled to sum 1, so nothing underflows.
class Chain {
 public:
  Chain(std::span<const Scores> scores, std::span<const std::uint32_t> gaps,
        std::span<const std::uint8_t> own, const StepTables& steps)
      : gaps_(gaps), own_(own), steps_(steps), labels_(steps.labels()) {
    emissions_.reserve(scores.size());
    for (const Scores& here : scores) emissions_.push_back(emission(here));
  }

  std::vector<Scores> run(std::optional<Index> lag) {
    std::vector<Scores> ahead = forward();
    const std::size_t count = ahead.size();
    if (!lag || *lag >= count) {
      Scores behind = all_ones();
      for (std::size_t i = count; i-- > 0;) {
        const Scores later = behind;
        if (i > 0) behind = backward(i, later);
        finish(ahead[i], later);
      }
      return ahead;
    }
    for (std::size_t i = 0; i < count; ++i) {
      Scores behind = all_ones();
      for (std::size_t j = std::min(count - 1, i + *lag); j > i; --j) {
        behind = backward(j, behind);
      }
      finish(ahead[i], behind);
    }
    return ahead;
  }

 private:
  [[nodiscard]] static Scores all_ones() {
    Scores ones;
    ones.fill(1);
    return ones;
  }

  /// A message speaks for its labels beyond their base rate, which the steps
  /// hold too.
  [[nodiscard]] Scores emission(const Scores& scores) const {
    Scores shares{};
    for (std::size_t i = 0; i < labels_; ++i)
      shares[i] = scores[i] - steps_.prior()[i];
    const double top = *std::max_element(
        shares.begin(), shares.begin() + static_cast<std::ptrdiff_t>(labels_));
    double sum = 0;
    for (std::size_t i = 0; i < labels_; ++i)
      sum += shares[i] = std::exp(shares[i] - top);
    for (std::size_t i = 0; i < labels_; ++i)
      shares[i] = std::max(shares[i] / sum, smallest);
    return shares;
  }

  /// Steps to message `at`.
  [[nodiscard]] const StepTables::Table& table(std::size_t at) const {
    return steps_.at(gaps_[at], own_[at] != 0);
  }

  std::vector<Scores> forward() {
    std::vector<Scores> ahead(emissions_.size());
    for (std::size_t i = 0; i < emissions_.size(); ++i) {
      const StepTables::Table& steps = table(i);
      Scores ways{};
      if (i == 0) {
        ways = steps[labels_];
      } else {
        for (std::size_t from = 0; from < labels_; ++from) {
          for (std::size_t to = 0; to < labels_; ++to)
            ways[to] += ahead[i - 1][from] * steps[from][to];
        }
      }
      for (std::size_t to = 0; to < labels_; ++to)
        ahead[i][to] = ways[to] * emissions_[i][to];
      scale(ahead[i], labels_);
    }
    return ahead;
  }

  /// What message `at` and all after it say of the message before it.
  Scores backward(std::size_t at, const Scores& later) {
    const StepTables::Table& steps = table(at);
    Scores heard{};
    for (std::size_t to = 0; to < labels_; ++to)
      heard[to] = emissions_[at][to] * later[to];
    Scores behind{};
    for (std::size_t from = 0; from < labels_; ++from) {
      for (std::size_t to = 0; to < labels_; ++to)
        behind[from] += steps[from][to] * heard[to];
    }
    scale(behind, labels_);
    return behind;
  }

  /// From shares so far to the logarithms of the shares of all.
  void finish(Scores& here, const Scores& behind) const {
    for (std::size_t i = 0; i < labels_; ++i) here[i] *= behind[i];
    scale(here, labels_);
    for (std::size_t i = 0; i < labels_; ++i)
      here[i] = std::log(std::max(here[i], smallest));
  }

  /// Far below any share that matters, far above what a double cannot hold.
  static constexpr double smallest = 1e-60;

  std::vector<Scores> emissions_{};
  std::span<const std::uint32_t> gaps_;
  std::span<const std::uint8_t> own_;
  const StepTables& steps_;
  std::size_t labels_;
};

}  // namespace

std::vector<Scores> decode(std::span<const Scores> scores,
                           std::span<const std::uint32_t> gaps,
                           std::span<const std::uint8_t> own,
                           const StepTables& steps, std::optional<Index> lag) {
  return Chain{scores, gaps, own, steps}.run(lag);
}

StepTables::StepTables(const Steps& steps, std::size_t labels)
    : labels_(labels) {
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    const auto& logs = steps.log_step[i / 2][i % 2];
    for (std::size_t from = 0; from <= labels; ++from) {
      for (std::size_t to = 0; to < labels; ++to)
        tables_[i][from][to] = std::exp(steps.weight * logs[from][to]);
    }
  }
  for (std::size_t i = 0; i < labels; ++i)
    prior_[i] = steps.prior * steps.log_prior[i];
}

Scores log_softmax(const Scores& scores, std::size_t labels) {
  Scores shares = scores;
  const double sum = log_sum(shares, labels);
  for (std::size_t i = 0; i < labels; ++i) shares[i] -= sum;
  return shares;
}

}  // namespace etherpeil::classify
