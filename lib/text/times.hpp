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

/// 22:00-07:59, the night of the house rules.
[[nodiscard]] constexpr bool is_night(std::chrono::local_seconds time) {
  const auto hour = (time.time_since_epoch() / std::chrono::hours{1}) % 24;
  return hour >= 22 || hour < 8;
}

/// A day of the calendar, "YYYY-MM-DD" and nothing else.
[[nodiscard]] std::optional<std::chrono::local_days> day_from(
    std::string_view text);

}  // namespace etherpeil::text
