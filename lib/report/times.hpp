#pragma once
/// Local times as text.
#include <string>

#include "etherpeil/types.hpp"

namespace etherpeil::report {

/// "2024-03-05T10:00:00"
[[nodiscard]] std::string iso(LocalTime time);
/// "2024-03-05"
[[nodiscard]] std::string iso(LocalDay day);

}  // namespace etherpeil::report
