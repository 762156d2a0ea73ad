#pragma once
/// Taking people and groups out of a database, for good.
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/store.hpp"
#include "store/sqlite.hpp"

namespace etherpeil::tables {

/// The pseudonyms with messages or roles that somebody is known by who gives
/// this one: itself, and people who have it as the name in another phone; else
/// the names that it had beside it when it was merged.
[[nodiscard]] std::vector<std::string> names_of(
    const sqlite::Database& database, std::string_view pseudonym);

/// Gives all that a person has to `nobody`. Call it inside a transaction.
Erased erase_person(const sqlite::Database& database,
                    std::string_view pseudonym);

/// Deletes a group; those after it move up. Call it inside a transaction.
Erased erase_group(const sqlite::Database& database, Index group);

/// Writes the file anew without what was deleted, empties its log, and removes
/// the backups beside it, of which it gives the number. Outside a transaction.
/// @throws Error store when traces remain
std::uint64_t remove_traces(const sqlite::Database& database);

}  // namespace etherpeil::tables
