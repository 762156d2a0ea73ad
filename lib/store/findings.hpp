#pragma once
/// What audits saw and people coded, in tables.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/store.hpp"
#include "store/sqlite.hpp"

namespace etherpeil::tables {

/// `first_day` names the export of the group that the findings are in.
void write_findings(const sqlite::Database& database, Index group,
                    std::string_view first_day, std::string_view run,
                    std::span<const FindingRow> findings);
/// The same of all exports of the group: each finding goes with that of its
/// day. @throws Error argument when no export has it
void write_findings(const sqlite::Database& database, Index group,
                    std::string_view run, std::span<const FindingRow> findings);
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
