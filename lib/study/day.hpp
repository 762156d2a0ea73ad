#pragma once
/// Days as files write them.
#include <optional>
#include <string>
#include <string_view>

#include "etherpeil/types.hpp"

namespace etherpeil::study {

/// A day of the calendar, "YYYY-MM-DD" and nothing else.
[[nodiscard]] std::optional<LocalDay> day_from(std::string_view text);
/// "YYYY-MM-DD", for years 0 to 9999.
[[nodiscard]] std::string day_text(LocalDay day);

}  // namespace etherpeil::study
