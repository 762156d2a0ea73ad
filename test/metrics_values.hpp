#pragma once
/// Looking up values of metrics, for the tests of metrics.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "etherpeil/metrics.hpp"

namespace etherpeil::test {

inline bool has(const std::vector<std::string>& notes,
                const std::string& note) {
  return std::find(notes.begin(), notes.end(), note) != notes.end();
}

/// The value of one metric of the only group in the only period.
inline Metric only(const Panel& panel, const std::string& id,
                   Period period = Period::all) {
  const std::vector<Metric> found =
      metrics(panel, {.period = period, .ids = {id}});
  REQUIRE(found.size() == 1);
  return found.front();
}

}  // namespace etherpeil::test
