#pragma once
/// Local times as files write them (ISO 8601, without a zone).
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace etherpeil::text {

/// "2024-03-05", for years 0 to 9999.
[[nodiscard]] std::string iso(std::chrono::local_days day);
/// "2024-03-05T10:00:00"
[[nodiscard]] std::string iso(std::chrono::local_seconds time);

/// A day of the calendar, "YYYY-MM-DD" and nothing else.
[[nodiscard]] std::optional<std::chrono::local_days> day_from(
    std::string_view text);

}  // namespace etherpeil::text
