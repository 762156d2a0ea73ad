#include <algorithm>
#include <cmath>

#include "classify/lanes.hpp"
#include "classify/reader.hpp"

namespace etherpeil::classify {
namespace {

/// Far below any share that matters, far above what a double cannot hold.
constexpr double smallest = 1e-60;

using Table = StepTables::Table;

// Lanes beyond the labels hold 0 in shares and steps, and stay 0.

double top_of(const Scores& scores, std::size_t labels) {
  double top = scores[0];
  for (std::size_t i = 1; i < labels; ++i)
    top = scores[i] > top ? scores[i] : top;
  return top;
}

/// Shares that sum to 1. Four sums at a time: one would wait for itself.
ETHERPEIL_LANES void scale(Scores& shares) {
  std::array<double, 4> sums{};
  for (std::size_t i = 0; i < max_labels; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += shares[i + k];
  }
  const double part = 1 / ((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (double& share : shares) share *= part;
}

/// Shares that the exponentials of scores have, 0 beyond the labels.
ETHERPEIL_LANES void softmax_lanes(const Scores& scores, double top,
                                   std::size_t labels, Scores& out) {
  Scores shares;
  for (std::size_t i = 0; i < max_labels; ++i) shares[i] = scores[i] - top;
  exp_lanes(shares);
  for (std::size_t i = labels; i < max_labels; ++i) shares[i] = 0;
  scale(shares);
  out = shares;
}

/// What is said of a message by those before it and by itself.
ETHERPEIL_LANES void forward_lanes(const Scores& before, const Table& steps,
                                   std::size_t labels, const Scores& emission,
                                   Scores& out) {
  Scores ways{};
  for (std::size_t from = 0; from < labels; ++from) {
    for (std::size_t to = 0; to < max_labels; ++to)
      ways[to] += before[from] * steps[from][to];
  }
  for (std::size_t to = 0; to < max_labels; ++to) ways[to] *= emission[to];
  scale(ways);
  out = ways;
}

/// What a message and all after it say of the message before it; `back` is the
/// table of steps, turned.
ETHERPEIL_LANES void backward_lanes(const Scores& later, const Table& back,
                                    std::size_t labels, const Scores& emission,
                                    Scores& out) {
  Scores heard;
  for (std::size_t to = 0; to < max_labels; ++to)
    heard[to] = emission[to] * later[to];
  Scores behind{};
  for (std::size_t to = 0; to < labels; ++to) {
    for (std::size_t from = 0; from < max_labels; ++from)
      behind[from] += back[to][from] * heard[to];
  }
  scale(behind);
  out = behind;
}

/// From shares so far to the logarithms of the shares of all.
ETHERPEIL_LANES void finish_lanes(Scores& here, const Scores& behind) {
  Scores shares = here;
  for (std::size_t i = 0; i < max_labels; ++i) shares[i] *= behind[i];
  scale(shares);
  for (double& share : shares) share = share > smallest ? share : smallest;
  log_lanes(shares);
  here = shares;
}

#ifdef ETHERPEIL_AVX2
#define ETHERPEIL_WIDE __attribute__((target("avx2")))
ETHERPEIL_WIDE void softmax_avx2(const Scores& scores, double top,
                                 std::size_t labels, Scores& out) {
  softmax_lanes(scores, top, labels, out);
}
ETHERPEIL_WIDE void forward_avx2(const Scores& before, const Table& steps,
                                 std::size_t labels, const Scores& emission,
                                 Scores& out) {
  forward_lanes(before, steps, labels, emission, out);
}
ETHERPEIL_WIDE void backward_avx2(const Scores& later, const Table& back,
                                  std::size_t labels, const Scores& emission,
                                  Scores& out) {
  backward_lanes(later, back, labels, emission, out);
}
ETHERPEIL_WIDE void finish_avx2(Scores& here, const Scores& behind) {
  finish_lanes(here, behind);
}
#endif

/// The chain of one conversation, in shares rather than logarithms: each is
/// scaled to sum 1, so nothing underflows.
class Chain {
 public:
  Chain(std::span<const Scores> scores, std::span<const std::uint32_t> gaps,
        std::span<const std::uint8_t> own, const StepTables& steps,
        text::Isa isa)
      : gaps_(gaps),
        own_(own),
        steps_(steps),
        labels_(steps.labels()),
        wide_(isa == text::Isa::avx2),
        isa_(isa) {
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
    Scores beyond{};
    for (std::size_t i = 0; i < labels_; ++i)
      beyond[i] = scores[i] - steps_.prior()[i];
    Scores shares = softmax(beyond, labels_, isa_);
    for (std::size_t i = 0; i < labels_; ++i)
      shares[i] = std::max(shares[i], smallest);
    return shares;
  }

  std::vector<Scores> forward() {
    std::vector<Scores> ahead(emissions_.size());
    // One before the first message: the start of a conversation.
    Scores start{};
    for (std::size_t i = 0; i < emissions_.size(); ++i) {
      const Table& steps = steps_.at(gaps_[i], own_[i] != 0);
      if (i == 0) {
        start = steps[labels_];
        for (std::size_t to = 0; to < labels_; ++to)
          start[to] *= emissions_[0][to];
        scale(start);
        ahead[0] = start;
        continue;
      }
#ifdef ETHERPEIL_AVX2
      if (wide_) {
        forward_avx2(ahead[i - 1], steps, labels_, emissions_[i], ahead[i]);
        continue;
      }
#endif
      forward_lanes(ahead[i - 1], steps, labels_, emissions_[i], ahead[i]);
    }
    return ahead;
  }

  [[nodiscard]] Scores backward(std::size_t at, const Scores& later) const {
    const Table& back = steps_.back(gaps_[at], own_[at] != 0);
    Scores behind;
#ifdef ETHERPEIL_AVX2
    if (wide_) {
      backward_avx2(later, back, labels_, emissions_[at], behind);
      return behind;
    }
#endif
    backward_lanes(later, back, labels_, emissions_[at], behind);
    return behind;
  }

  void finish(Scores& here, const Scores& behind) const {
#ifdef ETHERPEIL_AVX2
    if (wide_) return finish_avx2(here, behind);
#endif
    finish_lanes(here, behind);
  }

  std::vector<Scores> emissions_{};
  std::span<const std::uint32_t> gaps_;
  std::span<const std::uint8_t> own_;
  const StepTables& steps_;
  std::size_t labels_;
  bool wide_;
  text::Isa isa_;
};

}  // namespace

std::vector<Scores> decode(std::span<const Scores> scores,
                           std::span<const std::uint32_t> gaps,
                           std::span<const std::uint8_t> own,
                           const StepTables& steps, std::optional<Index> lag,
                           text::Isa isa) {
  return Chain{scores, gaps, own, steps, isa}.run(lag);
}

StepTables::StepTables(const Steps& steps, std::size_t labels)
    : labels_(labels) {
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    const auto& logs = steps.log_step[i / 2][i % 2];
    for (std::size_t from = 0; from <= labels; ++from) {
      for (std::size_t to = 0; to < labels; ++to) {
        tables_[i][from][to] = std::exp(steps.weight * logs[from][to]);
        if (from < labels) turned_[i][to][from] = tables_[i][from][to];
      }
    }
  }
  for (std::size_t i = 0; i < labels; ++i)
    prior_[i] = steps.prior * steps.log_prior[i];
}

Scores log_softmax(const Scores& scores, std::size_t labels) {
  const double top = top_of(scores, labels);
  double sum = 0;
  for (std::size_t i = 0; i < labels; ++i) sum += std::exp(scores[i] - top);
  Scores shares = scores;
  for (std::size_t i = 0; i < labels; ++i) shares[i] -= top + std::log(sum);
  return shares;
}

Scores softmax(const Scores& scores, std::size_t labels, text::Isa isa) {
  const double top = top_of(scores, labels);
  Scores shares;
#ifdef ETHERPEIL_AVX2
  if (isa == text::Isa::avx2) {
    softmax_avx2(scores, top, labels, shares);
    return shares;
  }
#endif
  (void)isa;
  softmax_lanes(scores, top, labels, shares);
  return shares;
}

}  // namespace etherpeil::classify
