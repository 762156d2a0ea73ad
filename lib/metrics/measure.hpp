#pragma once
/// A definition bound to a codebook, and the numbers that it gives.
#include <optional>
#include <string>
#include <vector>

#include "metrics/count.hpp"
#include "metrics/definition.hpp"
#include "metrics/tally.hpp"

namespace etherpeil::metric {

/// A value with what a comparison needs to know of its spread.
struct Estimate {
  double numerator{};
  double denominator{};
  double value{};
  Interval interval{};
  std::string method{};
  double variance{};  ///< by jackknife; of the logarithm for a ratio
  double degrees{};   ///< of its t distribution
  double midpoint{};  ///< of a median, by R's convention
};

/// A part of the days of a group, added up.
struct Piece {
  const Tally& tally;
  const std::vector<Tally>& weeks;  ///< the same days, cut at Mondays
  bool whole{};                     ///< as in `Partition`
  double dispersion{1};             ///< of counts over weeks, see below
};

/// A metric, ready to be computed for any part of a panel with these codes.
/// `definition` must outlive it.
class Measure {
 public:
  Measure(const Definition& definition, const Codes& codes);
  /// False when the codebook lacks a code that the definition names.
  [[nodiscard]] bool known() const { return known_; }
  /// True when the counts per day do not suffice.
  [[nodiscard]] bool needs_messages() const;
  [[nodiscard]] const Definition& definition() const& { return definition_; }
  const Definition& definition() && = delete;
  [[nodiscard]] Estimate estimate(const PanelIndex& index,
                                  const Timeline& timeline,
                                  const Piece& piece) const;
  /// Numerator and denominator of a rate, share or ratio. Reports that count
  /// in a share are among those that it is a share of.
  [[nodiscard]] std::uint64_t above(const PanelIndex& index,
                                    const Timeline& timeline,
                                    const Tally& tally) const;
  [[nodiscard]] std::uint64_t below(const PanelIndex& index,
                                    const Timeline& timeline,
                                    const Tally& tally) const;

  /// Design effect of whole calendar weeks, each part around its own level, at
  /// least 1: messages come in bursts, so counts vary more than chance alone
  /// makes them. Nothing for what is no rate or share, for people (those of a
  /// week are not a part of those of a year), and when there are too few weeks
  /// or events. One figure for all parts, because that of a single month rests
  /// on three weeks. `parts`: the weeks of each. Source: Rao & Scott (1992).
  [[nodiscard]] std::optional<double> dispersion(
      const PanelIndex& index, const Timeline& timeline,
      const std::vector<std::vector<Tally>>& parts) const;

 private:
  /// What every estimator looks at.
  struct Part {
    const PanelIndex& index;
    const Timeline& timeline;
    const Tally& tally;
  };
  [[nodiscard]] Estimate fraction(const Part& part, double dispersion) const;
  [[nodiscard]] Estimate ratio(const Part& part,
                               const std::vector<Tally>& weeks) const;
  [[nodiscard]] Estimate mean(const Part& part) const;
  [[nodiscard]] Estimate median(const Part& part) const;
  [[nodiscard]] Estimate inequality(const Part& part) const;
  [[nodiscard]] Estimate quantile_of_scores(const Part& part) const;
  [[nodiscard]] Estimate gap(const Part& part) const;
  [[nodiscard]] Estimate change(const Part& part) const;
  [[nodiscard]] Estimate relative(const Part& part) const;
  [[nodiscard]] std::vector<Duration> durations(const Part& part) const;
  [[nodiscard]] double score(const PanelIndex& index, Index incident) const;
  [[nodiscard]] std::vector<double> scores(const Part& part) const;

  const Definition& definition_;
  bool known_{true};
  Counter numerator_;
  Counter denominator_;
  Attributes scored_{};
};

/// One value with its notes, for the public.
[[nodiscard]] Metric describe(const Measure& measure, const PanelIndex& index,
                              const Timeline& timeline, const Piece& piece);

}  // namespace etherpeil::metric
