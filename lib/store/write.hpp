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

/// Notes that the export which begins on that day shows these texts.
void write_texts(const sqlite::Database& database, Index group, LocalDay file,
                 const std::vector<std::string>& texts);

/// Notes what else a person is called.
struct OtherName {
  std::string pseudonym{};
  std::string other{};
};
void write_other_names(const sqlite::Database& database, Index group,
                       const std::vector<OtherName>& names);

/// Takes exports out, with all that hangs below them. Gives the texts that they
/// showed.
std::vector<std::string> remove_files(
    const sqlite::Database& database, Index group,
    const std::vector<std::string>& first_days);

/// Takes the days from `from` on out of exports that begin before it; whether
/// there were any.
bool cut_files(const sqlite::Database& database, Index group, LocalDay from);

/// No day of the rows may be covered. `run` is the key of what made them.
void write_rows(const sqlite::Database& database, Index group, const Rows& rows,
                std::string_view run);

}  // namespace etherpeil::tables
