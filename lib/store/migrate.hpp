#pragma once
/// Older databases become databases of this schema.
#include <cstdint>
#include <filesystem>

#include "store/sqlite.hpp"

namespace etherpeil::tables {

// As in schema.sql; `create` opens what it made, so a difference cannot last.
inline constexpr std::int64_t schema_version = 5;

/// Copies a database of an older schema to a backup beside it, then changes it
/// in one transaction: the steps of lib/data/migrations, and all that
/// schema.sql derives from the tables (views, codebook_column) made anew. Gives
/// the path of the backup; empty when another program was first.
/// @throws Error store when the file may not be written or lacks room; then it
/// is as it was
std::filesystem::path migrate(const sqlite::Database& database,
                              std::int64_t from);

/// Removes the backups beside a database; their number.
std::uint64_t remove_backups(const std::filesystem::path& database);

}  // namespace etherpeil::tables
