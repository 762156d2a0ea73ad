#pragma once
/// The change of a measure between two parts of a group's days.
#include "etherpeil/compare.hpp"
#include "metrics/measure.hpp"

namespace etherpeil::metric {

/// True when a change is a ratio; else it is a difference.
[[nodiscard]] bool is_ratio(Estimator estimator);

/// A group of which no side was observed.
[[nodiscard]] GroupChange unchanged(const PanelIndex& index, Index group,
                                    const Measure& measure);

/// Fills both sides and the effect between the parts "before" and "after".
void compare_parts(const PanelIndex& index, const Timeline& timeline,
                   const Measure& measure, const Partition& parts,
                   std::uint32_t least_days, double confidence,
                   GroupChange& change);

/// The same for a measure that grows with the days looked at: means over blocks
/// of 28 days before `start` and from it on, because sides of unequal length
/// would differ although nothing changed.
void compare_blocks(const PanelIndex& index, const Timeline& timeline,
                    const Measure& measure, LocalDay start, double confidence,
                    GroupChange& change);

}  // namespace etherpeil::metric
