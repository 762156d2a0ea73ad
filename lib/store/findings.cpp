#include "store/findings.hpp"

#include <algorithm>
#include <map>

#include "etherpeil/error.hpp"
#include "store/rows.hpp"
#include "text/times.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Database;
using sqlite::Statement;
using text::iso;

[[noreturn]] void refuse(const Database& database, const std::string& why) {
  throw Error{Errc::argument, database.path() + ": " + why};
}

/// Messages by people on a day of a group.
std::int64_t messages_on(const Database& database, MessageId id) {
  Statement row{database,
                "SELECT coalesce(sum(messages), 0) FROM member_day WHERE "
                "group_id = ? AND day = ?"};
  row.bind(group_of(id), iso(day_of(id)));
  return row.next() ? row.integer(0) : 0;
}

}  // namespace

void write_findings(const Database& database, Index group,
                    std::string_view first_day, std::string_view run,
                    std::span<const FindingRow> findings) {
  Statement{database,
            "DELETE FROM finding WHERE group_id = ? AND file_first_day = ?"}
      .run(group, first_day);
  Statement insert{database,
                   "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement message{database,
                    "INSERT INTO finding_message VALUES (?, ?, ?, ?) "
                    "ON CONFLICT DO NOTHING"};
  std::int64_t position = 0;
  for (const FindingRow& one : findings) {
    if (one.rule.empty() || one.line == 0 ||
        (one.confidence && !(*one.confidence >= 0 && *one.confidence <= 1))) {
      refuse(database,
             "a finding needs a rule, a line and a confidence in [0, 1]");
    }
    insert.run(group, first_day, position, one.rule, one.detail, iso(one.time),
               one.line, one.incident, one.confidence, run);
    for (const MessageId id : one.messages)
      message.run(group, first_day, position, id);
    ++position;
  }
}

void write_findings(const Database& database, Index group, std::string_view run,
                    std::span<const FindingRow> findings) {
  std::map<std::string, std::vector<FindingRow>> of_file;
  {
    Statement row{database,
                  "SELECT first_day FROM export_file WHERE group_id = ?"};
    row.bind(group);
    while (row.next()) of_file.try_emplace(std::string{row.text(0)});
  }
  Statement file{database,
                 "SELECT file_first_day FROM observed_day WHERE group_id = ? "
                 "AND day = ?"};
  for (const FindingRow& one : findings) {
    file.bind(group, iso(one.time).substr(0, 10));
    if (!file.next()) refuse(database, "has no export of the day of a finding");
    of_file[std::string{file.text(0)}].push_back(one);
    while (file.next()) {
    }
  }
  for (const auto& [first_day, list] : of_file)
    write_findings(database, group, first_day, run, list);
}

std::vector<FindingRow> read_findings(const Database& database, Index group) {
  std::vector<FindingRow> findings;
  Statement row{database,
                "SELECT rule, detail, time, line, incident_id, confidence, "
                "file_first_day, position FROM finding WHERE group_id = ? "
                "ORDER BY file_first_day, position"};
  Statement message{database,
                    "SELECT message_id FROM finding_message WHERE group_id = ? "
                    "AND file_first_day = ? AND position = ? ORDER BY 1"};
  row.bind(group);
  while (row.next()) {
    FindingRow one{.rule = std::string{row.text(0)},
                   .detail = std::string{row.text(1)},
                   .time = read_time(database, row.text(2)),
                   .line = static_cast<std::uint64_t>(row.integer(3)),
                   .incident = row.maybe_integer(4),
                   .confidence = row.maybe_real(5)};
    message.bind(group, row.text(6), row.integer(7));
    while (message.next()) one.messages.push_back(message.integer(0));
    findings.push_back(std::move(one));
  }
  return findings;
}

void write_sample(const Database& database, const Sample& sample,
                  std::string_view run) {
  if (sample.key.empty() ||
      (sample.purpose != "training" && sample.purpose != "reliability" &&
       sample.purpose != "gold")) {
    refuse(database,
           "a sample needs a key, and as purpose training, reliability or "
           "gold");
  }
  {
    Statement row{database, "SELECT 1 FROM sample WHERE sample = ?"};
    row.bind(sample.key);
    if (row.next())
      refuse(database, "has a sample of that name already; choose another");
  }
  Statement{database, "INSERT INTO sample VALUES (?, ?, ?)"}.run(
      sample.key, sample.purpose, run);
  Statement insert{database,
                   "INSERT INTO sample_message VALUES (?, ?, ?, ?, ?)"};
  std::int64_t position = 0;
  for (const Sample::Unit& one : sample.units) {
    const std::int64_t place = one.message & 0xFFFFF;
    if (place == 0 || place > messages_on(database, one.message))
      refuse(database, "lacks a message of the sample; draw it again");
    if (!(one.probability > 0 && one.probability <= 1))
      refuse(database, "a probability of being drawn must be in (0, 1]");
    insert.run(sample.key, one.message, position++, one.stratum,
               one.probability);
  }
}

void write_codings(const Database& database, std::string_view sample,
                   std::span<const CodingRow> codings) {
  Statement known{database,
                  "SELECT EXISTS (SELECT 1 FROM sample_message WHERE sample = "
                  "? AND message_id = ?)"};
  Statement insert{database,
                   "INSERT INTO coding VALUES (?, ?, ?, ?, ?) ON CONFLICT DO "
                   "UPDATE SET label_id = excluded.label_id, coded_at = "
                   "excluded.coded_at"};
  const std::int64_t labels = database.integer("SELECT count(*) FROM label");
  for (const CodingRow& one : codings) {
    bool there = false;
    known.bind(sample, one.message);
    while (known.next()) there = known.integer(0) != 0;
    if (!there) refuse(database, "a coding is of a message outside its sample");
    if (one.label >= labels || one.coder.size() != nobody.size() ||
        one.coder.compare(0, 2, "P-") != 0) {
      refuse(database,
             "a coding needs a label of the codebook and the pseudonym of its "
             "coder");
    }
    insert.run(sample, one.message, one.coder, one.label, iso(one.time));
  }
}

std::vector<CodingRow> read_codings(const Database& database,
                                    std::string_view sample) {
  {
    Statement row{database, "SELECT 1 FROM sample WHERE sample = ?"};
    row.bind(sample);
    if (!row.next()) refuse(database, "has no sample of that name");
  }
  std::vector<CodingRow> codings;
  Statement row{database,
                "SELECT message_id, coder, label_id, coded_at FROM coding "
                "WHERE sample = ? ORDER BY message_id, coder"};
  row.bind(sample);
  while (row.next()) {
    codings.push_back({.message = row.integer(0),
                       .coder = std::string{row.text(1)},
                       .label = static_cast<Index>(row.integer(2)),
                       .time = read_time(database, row.text(3))});
  }
  return codings;
}

CodedDays::CodedDays(const Database& database, Index group) : group_(group) {
  if (database.integer("SELECT EXISTS (SELECT 1 FROM sample_message)") != 0)
    days_ = read(database, group);
}

std::vector<CodedDays::Day> CodedDays::read(const Database& database,
                                            Index group) {
  std::vector<Day> days;
  Statement row{database,
                "SELECT o.day, o.fingerprint, (SELECT coalesce(sum(messages), "
                "0) FROM member_day m WHERE m.group_id = o.group_id AND m.day "
                "= o.day) FROM observed_day o WHERE o.group_id = ? ORDER BY 1"};
  row.bind(group);
  while (row.next()) {
    days.push_back({.day = read_day(database, row.text(0)),
                    .fingerprint = row.maybe_integer(1),
                    .messages = row.integer(2)});
  }
  return days;
}

void CodedDays::drop_others(const Database& database) const {
  if (days_.empty()) return;
  const std::vector<Day> now = read(database, group_);
  Statement drop{database,
                 "DELETE FROM sample_message WHERE message_id BETWEEN ? AND ?"};
  for (const Day& old : days_) {
    const bool same = std::any_of(now.begin(), now.end(), [&](const Day& one) {
      return one.day == old.day && one.fingerprint == old.fingerprint &&
             one.messages == old.messages;
    });
    const MessageId first = message_id(group_, old.day, 0);
    if (!same) drop.run(first, first + 0xFFFFF);
  }
}

}  // namespace etherpeil::tables
