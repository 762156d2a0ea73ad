#include "store/runs.hpp"

#include <array>

#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "hash/hash.hpp"
#include "text/times.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Database;
using sqlite::Statement;

/// The library's version and a mark of the data by which it reads exports.
const std::string& parser_data() {
  static const std::string mark = [] {
    hash::Sha256 sha256;
    sha256.add(data::notices_json());
    sha256.add(data::clock_words_json());
    return hash::hex(sha256.finish()).substr(0, 16);
  }();
  return mark;
}

std::string parser_of(const Provenance& provenance) {
  return provenance.library + "/" + parser_data();
}

void add_part(hash::Sha256& sha256, std::string_view part) {
  sha256.add(part);
  sha256.add(std::string_view{"\0", 1});
}

std::string mark_of_rows(Statement& row) {
  hash::Sha256 sha256;
  while (row.next()) add_part(sha256, row.text(0));
  return hash::hex(sha256.finish());
}

std::optional<std::string> day_of(const ComparisonRow::Side& side,
                                  LocalDay day) {
  if (side.days == 0) return std::nullopt;
  return text::iso(day);
}

std::string run_key(const Run& run, std::string_view study) {
  const Provenance& made = run.provenance;
  const std::string parser = parser_of(made);
  const std::string seed = run.seed ? std::to_string(*run.seed) : "";
  hash::Sha256 sha256;
  for (const std::string_view part : std::array<std::string_view, 12>{
           run.kind, made.library, parser, made.unicode, made.codebook,
           made.codebook_sha256, made.model, run.rules, run.configuration, seed,
           study, run.inputs}) {
    add_part(sha256, part);
  }
  return hash::hex(sha256.finish()).substr(0, 32);
}

}  // namespace

std::string study_mark(const Database& database) {
  Statement row{
      database,
      "SELECT row FROM (SELECT 0 AS part, json_array(key, time_zone) AS row "
      "FROM study UNION ALL "
      "SELECT 1, json_array(group_id, key, arm, governance, regime, area_code, "
      "households, members) FROM study_group UNION ALL "
      "SELECT 2, json_array(group_id, start_day, key, end_day) FROM "
      "intervention UNION ALL "
      "SELECT 3, json_array(group_id, position, role, from_day, to_day) FROM "
      "role_assignment) ORDER BY part, row"};
  return mark_of_rows(row);
}

std::string inputs_mark(const Database& database, std::optional<Index> group) {
  Statement row{database,
                "SELECT json_array(group_id, first_day, last_day, sha256, run) "
                "FROM export_file WHERE ?1 IS NULL OR group_id = ?1 "
                "ORDER BY group_id, first_day"};
  row.bind(group);
  return mark_of_rows(row);
}

std::string runs_like(const Database& database, const Run& run) {
  const Provenance& made = run.provenance;
  Statement row{database,
                "SELECT json_group_array(run) FROM run WHERE kind = ? AND "
                "library = ? AND parser = ? AND unicode = ? AND codebook = ? "
                "AND codebook_sha256 = ? AND model = ? AND rules = ? AND "
                "configuration = ? AND seed IS ?"};
  row.bind(run.kind, made.library, parser_of(made), made.unicode, made.codebook,
           made.codebook_sha256, made.model, run.rules, run.configuration,
           run.seed);
  return row.next() ? std::string{row.text(0)} : "[]";
}

std::string write_run(const Database& database, const Run& run) {
  {
    Statement valid{database, "SELECT json_valid(?)"};
    valid.bind(run.configuration);
    if (!valid.next() || valid.integer(0) == 0) {
      throw Error{Errc::argument, database.path() +
                                      ": the configuration of a run is no "
                                      "JSON"};
    }
  }
  const std::string study = study_mark(database);
  std::string key = run_key(run, study);
  const Provenance& made = run.provenance;
  Statement{database,
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING"}
      .run(key, run.kind, made.library, parser_of(made), made.unicode,
           made.codebook, made.codebook_sha256, made.model, run.rules,
           run.configuration, study, run.seed);
  return key;
}

void write_inputs(const Database& database, std::string_view run,
                  std::optional<Index> group) {
  Statement{database,
            "INSERT INTO run_export SELECT ?1, group_id, first_day, last_day, "
            "sha256, run FROM export_file WHERE ?2 IS NULL OR group_id = ?2 "
            "ON CONFLICT DO NOTHING"}
      .run(run, group);
}

void drop_idle_runs(const Database& database) {
  database.execute(
      "DELETE FROM run WHERE run NOT IN (SELECT run FROM export_file UNION "
      "SELECT run FROM finding UNION SELECT run FROM sample UNION SELECT run "
      "FROM comparison UNION SELECT run FROM run_export UNION SELECT "
      "import_run FROM run_export)");
}

void drop_audits(const Database& database, Index group) {
  Statement{database,
            "DELETE FROM run_export WHERE group_id = ? AND run IN (SELECT run "
            "FROM run WHERE kind = 'audit')"}
      .run(group);
}

void drop_results_of(const Database& database, std::string_view pseudonym) {
  // A second erasure of the same person finds nothing of him, and takes
  // nothing.
  const std::string groups =
      "(SELECT group_id FROM member_day WHERE pseudonym = ?1 UNION SELECT "
      "group_id FROM role_assignment WHERE pseudonym = ?1)";
  Statement{database, "DELETE FROM finding WHERE group_id IN " + groups}.run(
      pseudonym);
  Statement{database, "DELETE FROM run_export WHERE group_id IN " + groups +
                          " AND run IN (SELECT run FROM run WHERE kind = "
                          "'audit')"}
      .run(pseudonym);
  Statement known{database, "SELECT EXISTS " + groups};
  known.bind(pseudonym);
  const bool there = known.next() && known.integer(0) != 0;
  if (there) drop_comparisons(database);
}

void drop_comparisons(const Database& database) {
  database.execute(
      "DELETE FROM comparison; DELETE FROM run_export WHERE run IN (SELECT run "
      "FROM run WHERE kind = 'compare')");
}

void write_comparison(const Database& database, std::string_view run,
                      const ComparisonRow& comparison) {
  Statement{database, "DELETE FROM comparison WHERE run = ?"}.run(run);
  Statement{database, "INSERT INTO comparison VALUES (?, ?, ?, ?, ?, ?, ?, ?)"}
      .run(run, comparison.outcome, comparison.effect, comparison.rising,
           comparison.falling, comparison.clear, comparison.min_attainable_p,
           comparison.cautions);
  Statement insert{database,
                   "INSERT INTO comparison_group VALUES (?, ?, ?, ?, ?, ?, ?, "
                   "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  for (const ComparisonRow::Change& one : comparison.groups) {
    const auto& [before, after] = one.sides;
    insert.run(run, one.group,
               one.start ? std::optional{text::iso(*one.start)} : std::nullopt,
               day_of(before, before.first), day_of(before, before.last),
               before.days, before.numerator, before.denominator, before.value,
               day_of(after, after.first), day_of(after, after.last),
               after.days, after.numerator, after.denominator, after.value,
               one.estimate, one.low, one.high, one.dispersion, one.method,
               one.notes);
  }
}

}  // namespace etherpeil::tables
