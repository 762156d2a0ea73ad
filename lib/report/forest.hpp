#pragma once
/// A dot with its interval for each group: how an outcome changed.
#include <string>
#include <vector>

#include "etherpeil/compare.hpp"
#include "report/texts.hpp"

namespace etherpeil::report {

struct ForestRow {
  std::string name{};
  double effect{};  ///< NaN: no comparison, `text` says why
  Interval interval{};
  bool clear{};        ///< the interval excludes no change
  std::string text{};  ///< the effect and its interval in words
};

struct Forest {
  std::string id{};  ///< unique in the page
  std::string title{};
  std::string description{};
  bool ratio{};  ///< on a logarithmic axis around 1; else around 0
  MetricDefinition definition{};
  std::vector<ForestRow> rows{};
};

[[nodiscard]] std::string forest_svg(const Forest& forest, const Texts& texts);

}  // namespace etherpeil::report
