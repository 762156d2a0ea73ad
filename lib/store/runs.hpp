#pragma once
/// What rows were made with and from, and comparisons, in tables.
#include <optional>
#include <string>
#include <string_view>

#include "etherpeil/store.hpp"
#include "store/sqlite.hpp"

namespace etherpeil::tables {

/// What rows are made with.
struct Run {
  std::string_view kind{};
  const Provenance& provenance;
  std::string_view rules{};
  std::string_view configuration{"{}"};  ///< JSON
  std::optional<std::int64_t> seed{};
  /// Of an audit or a comparison: `inputs_mark`.
  std::string_view inputs{};
};

/// A mark of groups, interventions and roles as the study has them; of a role
/// without who has it, so that nothing of an erased person stays in it.
[[nodiscard]] std::string study_mark(const sqlite::Database& database);

/// A mark of all exports of a group, or of all groups, and their runs.
[[nodiscard]] std::string inputs_mark(const sqlite::Database& database,
                                      std::optional<Index> group);

/// The keys of all runs that differ at most in the study, as a JSON array: a
/// label depends on the roles of its time, which the mark of a day tells.
[[nodiscard]] std::string runs_like(const sqlite::Database& database,
                                    const Run& run);

/// Notes a run; gives its key. @throws Error argument for a configuration that
/// is no JSON
std::string write_run(const sqlite::Database& database, const Run& run);

/// Notes that a run read all exports of a group, or of all groups.
void write_inputs(const sqlite::Database& database, std::string_view run,
                  std::optional<Index> group);

/// Takes out runs that nothing was made with any more.
void drop_idle_runs(const sqlite::Database& database);

/// Takes out what audits of a group noted that they read.
void drop_audits(const sqlite::Database& database, Index group);

/// Takes out what was computed from the messages of a person, and with him.
void drop_results_of(const sqlite::Database& database,
                     std::string_view pseudonym);
void drop_comparisons(const sqlite::Database& database);

/// In place of one by the same run.
void write_comparison(const sqlite::Database& database, std::string_view run,
                      const ComparisonRow& comparison);

}  // namespace etherpeil::tables
