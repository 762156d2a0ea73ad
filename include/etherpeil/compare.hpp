#pragma once
/// The groups beside each other: each one's own change. Four groups carry no
/// test between groups, so there is none; the direction of each is shown.
#include <string>
#include <vector>

#include "etherpeil/metrics.hpp"

namespace etherpeil {

struct CompareOptions {
  std::string outcome{"M04"};  ///< id in the catalogue
};

/// The change in one group around its first intervention.
struct GroupChange {
  std::string group{};
  std::string name{};
  std::string governance{};
  std::string regime{};
  LocalDay start{};  ///< of the first intervention
  Metric before{};
  Metric after{};
  double effect{};       ///< ratio after/before, or difference
  Interval interval{};   ///< 95 %, widened by the dispersion
  double dispersion{1};  ///< week-to-week variation over chance; >= 1
  std::string method{};
  std::vector<std::string> notes{};  ///< why there is no effect, cautions
};

struct Comparison {
  std::string outcome{};
  std::string effect{};  ///< "ratio" or "difference"
  std::vector<GroupChange> groups{};
  std::uint32_t rising{};  ///< groups whose estimate goes up
  std::uint32_t falling{};
  std::uint32_t clear{};  ///< groups whose interval excludes no change
  /// Smallest two-sided p that exchanging groups could reach: groups with an
  /// effect against groups without an intervention; signs, when there are no
  /// such groups. Why no p is printed.
  double min_attainable_p{};
  std::vector<std::string> cautions{};  ///< slugs that every reader must see
};

/// Each group's own change of `outcome` from before to after the start of its
/// first intervention, whose first day is "after". Rates: mid-P ratio; shares:
/// Newcombe difference; both stretched by the root of the dispersion over the
/// calendar weeks that lie fully on one side, for ratios on the log scale.
/// Ratios: on the log scale from a jackknife over weeks. Means: difference with
/// a jackknife over incidents. Medians: difference from the limits of both
/// (Zou & Donner 2008), because a delete-one jackknife is not consistent for a
/// median. Numbers of different people and inequality between them grow with
/// the days looked at, so sides of unequal length differ although nothing
/// changed: the sides are then means over whole observed blocks of 28 days that
/// adjoin the start, and the blocks are the observations (Welch 1947).
/// A group without an intervention, or observed less than 28 days on one side,
/// has no effect and says so in its notes: compare.no-export (nothing of the
/// group was imported), compare.no-intervention,
/// compare.too-short, compare.not-defined (no value on a side, or no events at
/// all), compare.dispersion-unknown (1 was used; of blocks: they are all
/// equal), compare.blocks (means over blocks), compare.few-blocks (fewer than
/// three of them on a side, so there is no effect),
/// compare.other-intervention (another one starts in the time after),
/// compare.ended (the first one ends in it); both are counted as after.
/// Cautions:
/// compare.no-causal-claim, compare.safety-not-measured (nothing in a chat
/// measures experienced safety or reports to the police),
/// compare.four-groups-no-test (fewer than ten groups),
/// compare.instrument-change, compare.classifier-uncorrected
/// @throws Error argument for an unknown outcome
[[nodiscard]] Comparison compare(const Panel& panel,
                                 const CompareOptions& options = {});

}  // namespace etherpeil
