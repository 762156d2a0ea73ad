#pragma once
/// Rows into tables.
#include "store/rows.hpp"
#include "store/tabulate.hpp"

namespace etherpeil::tables {

/// `name` is that of the export, for errors.
/// Keeps the codebook with the first file, and compares it from then on.
/// @throws Error store when codebook, model or codes differ
void write_codes(const sqlite::Database& database, const Codes& codes,
                 const Provenance& provenance, const std::string& name);

/// @throws Error store when a covered day is covered already
void write_rows(const sqlite::Database& database, Index group,
                const std::string& group_key, const Rows& rows,
                const std::string& name);

}  // namespace etherpeil::tables
