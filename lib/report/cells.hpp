#pragma once
/// A value as people read it, the same in table, page and picture.
#include <string>

#include "etherpeil/compare.hpp"
#include "etherpeil/metrics.hpp"
#include "report/texts.hpp"

namespace etherpeil::report {

/// "3,3", "27 %", or "3 van 7" for a share of few; a dash when not
/// defined. Without the unit.
[[nodiscard]] std::string value_text(const Metric& metric,
                                     const MetricDefinition& definition,
                                     const Texts& texts);
/// "3 tot 7", "3 of meer"; empty when both ends are open.
[[nodiscard]] std::string interval_text(const Interval& interval,
                                        const MetricDefinition& definition,
                                        const Texts& texts);
/// What the value was computed from: "10 in 90 dagen", "3 van 7".
[[nodiscard]] std::string basis_text(const Metric& metric,
                                     const MetricDefinition& definition,
                                     const Texts& texts);

/// The change as a person reads it: "x 1,4" or "+12 %-punt"; a dash for none.
[[nodiscard]] std::string effect_text(double effect, bool ratio,
                                      const MetricDefinition& definition,
                                      const Texts& texts);
/// Whether `effect_text` shows no change.
[[nodiscard]] bool rounds_to_none(double effect, bool ratio,
                                  const MetricDefinition& definition,
                                  const Texts& texts);
/// What a difference is counted in; empty for a ratio.
[[nodiscard]] std::string effect_unit(bool ratio,
                                      const MetricDefinition& definition,
                                      const Texts& texts);
/// "0,9 tot 2,1", "hoogstens 8 min meer"; empty when both ends are open.
[[nodiscard]] std::string effect_interval_text(
    const Interval& interval, bool ratio, const MetricDefinition& definition,
    const Texts& texts);

/// "per 30 dagen"; empty when the value says its unit itself.
[[nodiscard]] std::string unit_text(const MetricDefinition& definition,
                                    const Texts& texts);
/// The same, but "%" for a percentage too: for a reader who sees no value.
[[nodiscard]] std::string full_unit_text(const MetricDefinition& definition,
                                         const Texts& texts);
[[nodiscard]] std::string name_of(const MetricDefinition& definition,
                                  const Texts& texts);

}  // namespace etherpeil::report
