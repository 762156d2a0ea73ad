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

void normalise(Scores& values, std::size_t labels) {
  const double sum = log_sum(values, labels);
  for (std::size_t i = 0; i < labels; ++i) values[i] -= sum;
}

/// The chain of one conversation.
class Chain {
 public:
  Chain(std::span<const Scores> scores, std::span<const std::uint32_t> gaps,
        std::span<const std::uint8_t> own, const Steps& steps,
        std::size_t labels)
      : gaps_(gaps), own_(own), steps_(steps), labels_(labels) {
    // A message speaks for its labels beyond their base rate, which the steps
    // hold too.
    emissions_.assign(scores.begin(), scores.end());
    for (Scores& scores_here : emissions_) {
      for (std::size_t i = 0; i < labels_; ++i) {
        scores_here[i] -= steps_.prior * steps_.log_prior[i];
      }
    }
  }

  std::vector<Scores> run(std::optional<Index> lag) const {
    std::vector<Scores> ahead = forward();
    const std::size_t count = ahead.size();
    if (!lag || *lag >= count) {
      Scores behind{};
      for (std::size_t i = count; i-- > 0;) {
        const Scores later = behind;
        if (i > 0) behind = backward(i, later);
        add(ahead[i], later);
      }
      return ahead;
    }
    for (std::size_t i = 0; i < count; ++i) {
      Scores behind{};
      for (std::size_t j = std::min(count - 1, i + *lag); j > i; --j) {
        behind = backward(j, behind);
      }
      add(ahead[i], behind);
    }
    return ahead;
  }

 private:
  [[nodiscard]] double step(std::size_t at, std::size_t from,
                            std::size_t to) const {
    const std::size_t gap = gap_step(gaps_[at]);
    return steps_.weight * steps_.log_step[gap][own_[at]][from][to];
  }

  [[nodiscard]] std::vector<Scores> forward() const {
    std::vector<Scores> ahead(emissions_.size());
    for (std::size_t i = 0; i < emissions_.size(); ++i) {
      for (std::size_t to = 0; to < labels_; ++to) {
        ahead[i][to] = emissions_[i][to];
        if (i == 0) {
          ahead[i][to] += step(0, labels_, to);
          continue;
        }
        Scores ways{};
        for (std::size_t from = 0; from < labels_; ++from) {
          ways[from] = ahead[i - 1][from] + step(i, from, to);
        }
        ahead[i][to] += log_sum(ways, labels_);
      }
      normalise(ahead[i], labels_);
    }
    return ahead;
  }

  /// What message `at` and all after it say of the message before it.
  [[nodiscard]] Scores backward(std::size_t at, const Scores& later) const {
    Scores behind{};
    for (std::size_t from = 0; from < labels_; ++from) {
      Scores ways{};
      for (std::size_t to = 0; to < labels_; ++to) {
        ways[to] = step(at, from, to) + emissions_[at][to] + later[to];
      }
      behind[from] = log_sum(ways, labels_);
    }
    normalise(behind, labels_);
    return behind;
  }

  void add(Scores& here, const Scores& behind) const {
    for (std::size_t i = 0; i < labels_; ++i) here[i] += behind[i];
    normalise(here, labels_);
  }

  std::vector<Scores> emissions_;
  std::span<const std::uint32_t> gaps_;
  std::span<const std::uint8_t> own_;
  const Steps& steps_;
  std::size_t labels_;
};

}  // namespace

std::vector<Scores> decode(std::span<const Scores> scores,
                           std::span<const std::uint32_t> gaps,
                           std::span<const std::uint8_t> own,
                           const Steps& steps, std::size_t labels,
                           std::optional<Index> lag) {
  return Chain{scores, gaps, own, steps, labels}.run(lag);
}

Scores log_softmax(const Scores& scores, std::size_t labels) {
  Scores shares = scores;
  normalise(shares, labels);
  return shares;
}

}  // namespace etherpeil::classify
