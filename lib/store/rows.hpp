#pragma once
/// Values as the tables write them, and the reading of tables.
#include <optional>
#include <string>
#include <string_view>

#include "etherpeil/store.hpp"
#include "store/sqlite.hpp"

namespace etherpeil::tables {

/// A database holds what the schema allows; anything else is damage.
/// @throws Error store
[[nodiscard]] LocalDay read_day(const sqlite::Database& database,
                                std::string_view text);
[[nodiscard]] LocalTime read_time(const sqlite::Database& database,
                                  std::string_view text);

[[nodiscard]] Study read_study(const sqlite::Database& database);
[[nodiscard]] Codes read_codes(const sqlite::Database& database);
/// Everything but the study, which has so many groups. Call it inside a
/// transaction, so that all of it is of one moment. Without `messages` it is
/// what is counted per day, and the events.
[[nodiscard]] Panel read_panel(const sqlite::Database& database,
                               std::size_t groups, bool messages);

/// What the key of the study makes of a fixed text; it tells a wrong key.
[[nodiscard]] std::string key_check(const Pseudonymiser& pseudonyms);

/// Writes the study and its roles into an empty schema.
void write_study(const sqlite::Database& database, const Study& study,
                 const Roles& roles, const Pseudonymiser& pseudonyms);

}  // namespace etherpeil::tables
