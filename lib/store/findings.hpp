#pragma once
/// What audits saw and people coded, in tables.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/store.hpp"
#include "store/sqlite.hpp"

namespace etherpeil::tables {

/// The key of what rows are made with.
[[nodiscard]] std::string run_key(std::string_view kind,
                                  const Provenance& provenance,
                                  std::string_view rules,
                                  std::string_view configuration,
                                  std::optional<std::int64_t> seed = {});

/// Notes what rows were made with; gives the key of the run.
/// `configuration` is JSON. @throws Error argument when it is not
std::string write_run(const sqlite::Database& database, std::string_view kind,
                      const Provenance& provenance, std::string_view rules,
                      std::string_view configuration,
                      std::optional<std::int64_t> seed = {});

/// Takes out runs that nothing was made with any more.
void drop_idle_runs(const sqlite::Database& database);

/// `first_day` names the export of the group that the findings are in.
void write_findings(const sqlite::Database& database, Index group,
                    std::string_view first_day, std::string_view run,
                    std::span<const FindingRow> findings);
[[nodiscard]] std::vector<FindingRow> read_findings(
    const sqlite::Database& database, Index group);

/// @throws Error argument for a message that the database lacks, or a key that
/// it has
void write_sample(const sqlite::Database& database, const Sample& sample,
                  std::string_view run);
void write_codings(const sqlite::Database& database, std::string_view sample,
                   std::span<const CodingRow> codings);
[[nodiscard]] std::vector<CodingRow> read_codings(
    const sqlite::Database& database, std::string_view sample);

/// Days of which an export went. Codings stay with days whose words and number
/// of messages are what they were.
class CodedDays {
 public:
  CodedDays(const sqlite::Database& database, Index group);
  /// After the new rows are written: takes out what is of other days.
  void drop_others(const sqlite::Database& database) const;

 private:
  struct Day {
    LocalDay day{};
    std::optional<std::int64_t> fingerprint{};
    std::int64_t messages{};
  };
  [[nodiscard]] static std::vector<Day> read(const sqlite::Database& database,
                                             Index group);
  Index group_;
  std::vector<Day> days_;
};

}  // namespace etherpeil::tables
