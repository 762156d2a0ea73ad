#pragma once
/// A definition bound to a codebook, and the numbers that it gives.
#include <string>
#include <vector>

#include "metrics/definition.hpp"
#include "metrics/tally.hpp"

namespace etherpeil::metric {

/// A `Filter` whose names have become bits.
class Test {
 public:
  /// Clears `known` when the codebook lacks a name.
  Test(const Filter& filter, const Codes& codes, bool& known);
  [[nodiscard]] bool passes(const IncidentRow& row) const;

 private:
  std::uint32_t labels_{};        ///< bit i: label i
  Slots slots_{};                 ///< 0: any
  Attributes root_attributes_{};  ///< 0: any
  Attributes attributes_{};
  Attributes group_{};
  std::uint32_t participants_{};
  std::optional<Window> within_{};
  std::optional<Window> without_{};
  std::optional<Window> observed_{};
};

/// A `Count` whose names have become bits.
class Counter {
 public:
  Counter(const Count& count, const Codes& codes);
  [[nodiscard]] bool known() const { return known_; }
  [[nodiscard]] std::uint64_t of(const Panel& panel, const Tally& tally) const;
  [[nodiscard]] bool passes(const IncidentRow& row) const {
    return test_.passes(row);
  }

 private:
  [[nodiscard]] std::uint64_t messages(const Tally& tally) const;
  [[nodiscard]] std::uint64_t people(const Panel& panel,
                                     const Tally& tally) const;

  const Count& count_;
  bool known_{true};
  std::uint32_t labels_{};
  Index attribute_{};
  Test test_;
};

/// A value with what a comparison needs to know of its spread.
struct Estimate {
  double numerator{};
  double denominator{};
  double value{};
  Interval interval{};
  std::string method{};
  double variance{};  ///< by jackknife; of the logarithm for a ratio
  double degrees{};   ///< of its t distribution
};

/// A metric, ready to be computed for any part of a panel with these codes.
/// `definition` must outlive it.
class Measure {
 public:
  Measure(const Definition& definition, const Codes& codes);
  /// False when the codebook lacks a code that the definition names.
  [[nodiscard]] bool known() const {
    return numerator_.known() && denominator_.known();
  }
  [[nodiscard]] const Definition& definition() const& { return definition_; }
  const Definition& definition() && = delete;
  /// `weeks`: the same days as `tally`, cut at Mondays.
  [[nodiscard]] Estimate estimate(const Panel& panel, const Tally& tally,
                                  const std::vector<Tally>& weeks) const;
  /// Numerator and denominator of a rate, share or ratio. Reports that count
  /// in a share are among those that it is a share of.
  [[nodiscard]] std::uint64_t above(const Panel& panel,
                                    const Tally& tally) const;
  [[nodiscard]] std::uint64_t below(const Panel& panel,
                                    const Tally& tally) const;

 private:
  [[nodiscard]] Estimate fraction(const Panel& panel, const Tally& tally) const;
  [[nodiscard]] Estimate ratio(const Panel& panel, const Tally& tally,
                               const std::vector<Tally>& weeks) const;
  [[nodiscard]] Estimate mean(const Panel& panel, const Tally& tally) const;
  [[nodiscard]] Estimate median(const Panel& panel, const Tally& tally) const;
  [[nodiscard]] Estimate inequality(const Panel& panel,
                                    const Tally& tally) const;
  [[nodiscard]] Duration duration(const IncidentRow& row) const;

  const Definition& definition_;
  Counter numerator_;
  Counter denominator_;
};

/// People of a part: the mean number of members, but never fewer than wrote.
[[nodiscard]] std::uint64_t members_of(const Tally& tally);

/// One value with its notes, for the public. `whole` as in `Partition`.
[[nodiscard]] Metric describe(const Measure& measure, const Panel& panel,
                              const Timeline& timeline, const Tally& tally,
                              const std::vector<Tally>& weeks, bool whole);

}  // namespace etherpeil::metric
