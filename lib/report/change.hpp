#pragma once
/// A comparison in one or two sentences, without a word about causes.
#include <cstdint>
#include <string>

#include "etherpeil/compare.hpp"
#include "report/texts.hpp"

namespace etherpeil::report {

/// How the groups that may be shown went.
struct Directions {
  std::uint32_t groups{};  ///< all
  std::uint32_t up{};
  std::uint32_t down{};
  std::uint32_t same{};
  std::uint32_t clear{};  ///< of up and down: the interval excludes no change

  [[nodiscard]] std::uint32_t compared() const { return up + down + same; }
};

[[nodiscard]] bool is_ratio(const Comparison& comparison);
/// The interval excludes no change.
[[nodiscard]] bool is_clear(const GroupChange& change, bool ratio);
void add(Directions& directions, const GroupChange& change, bool ratio,
         const MetricDefinition& definition, const Texts& texts);

[[nodiscard]] std::string change_sentence(const Directions& directions,
                                          const MetricDefinition& definition,
                                          const Texts& texts);

}  // namespace etherpeil::report
