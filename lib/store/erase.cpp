#include "store/erase.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "etherpeil/error.hpp"
#include "store/message_rows.hpp"
#include "store/migrate.hpp"
#include "store/runs.hpp"
#include "text/times.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Database;
using sqlite::Statement;

template <class... Values>
std::uint64_t count(const Database& database, std::string_view sql,
                    const Values&... values) {
  Statement row{database, sql};
  row.bind(values...);
  return row.next() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

/// All tables with rows of a group, as SQL names them: those to come as well.
std::vector<std::string> tables_of_groups(const Database& database) {
  std::vector<std::string> names;
  Statement row{database,
                "SELECT printf('\"%w\"', s.name) FROM sqlite_schema s "
                "JOIN pragma_table_info(s.name) c WHERE s.type = 'table' AND "
                "c.name = 'group_id' ORDER BY 1"};
  while (row.next()) names.emplace_back(row.text(0));
  return names;
}

/// A month of messages in which one of the writers becomes `nobody`, who has no
/// role. The list of writers stays sorted and distinct.
void forget(Segment& segment, std::string_view pseudonym) {
  std::vector<std::string> people = segment.people;
  for (std::string& one : people) {
    if (one == pseudonym) one = nobody;
  }
  std::vector<std::string> left = people;
  std::sort(left.begin(), left.end());
  left.erase(std::unique(left.begin(), left.end()), left.end());
  for (SegmentMessage& message : segment.messages) {
    const std::string& now = people[message.person];
    if (now == nobody) message.role = Role::unknown;
    message.person = static_cast<Index>(
        std::lower_bound(left.begin(), left.end(), now) - left.begin());
  }
  segment.people = std::move(left);
}

std::string joined(const std::vector<std::string>& people) {
  std::string list;
  for (const std::string& one : people) list += (list.empty() ? "" : " ") + one;
  return list;
}

bool is_professional(const SegmentMessage& message) {
  return message.role == Role::police || message.role == Role::municipality;
}

/// Roots of incidents that a person with a professional role wrote in, and when
/// the first of the others with such a role did.
using Professionals = std::map<std::uint64_t, std::optional<LocalTime>>;

void note_professional(const Segment& segment, std::string_view pseudonym,
                       Professionals& roots) {
  for (const SegmentMessage& message : segment.messages) {
    if (message.root_line != 0 && is_professional(message) &&
        segment.people[message.person] == pseudonym) {
      roots.emplace(message.root_line, std::nullopt);
    }
  }
}

void find_others(const Segment& segment, std::string_view pseudonym,
                 Professionals& roots) {
  for (const SegmentMessage& message : segment.messages) {
    const auto root = roots.find(message.root_line);
    if (root == roots.end() || !is_professional(message) ||
        message.line == message.root_line ||
        segment.people[message.person] == pseudonym) {
      continue;
    }
    root->second = std::min(message.time, root->second.value_or(message.time));
  }
}

/// An incident does not say any more that this person was the professional who
/// replied: the next one is, or nobody.
void forget_replies(const Database& database, const FilePlace& file,
                    std::string_view pseudonym,
                    const std::vector<StoredSegment>& segments) {
  Professionals roots;
  for (const StoredSegment& one : segments)
    note_professional(one.segment, pseudonym, roots);
  for (const StoredSegment& one : segments)
    find_others(one.segment, pseudonym, roots);
  Statement update{
      database,
      "UPDATE incident SET professional = strftime('%s', ?) - strftime('%s', "
      "time) WHERE group_id = ? AND line = ? AND professional IS NOT NULL AND "
      "day IN (SELECT day FROM observed_day WHERE group_id = ? AND "
      "file_first_day = ?)"};
  for (const auto& [line, time] : roots) {
    // An empty text has no time: NULL.
    const std::string next = time ? text::iso(*time) : std::string{};
    update.run(next, file.group, static_cast<std::int64_t>(line), file.group,
               file.first_day);
  }
}

void erase_from_messages(const Database& database, std::string_view pseudonym) {
  Statement update{database,
                   "UPDATE segment SET people = ?, columns = ? WHERE "
                   "group_id = ? AND file_first_day = ? AND month = ?"};
  for (const FilePlace& file : files_of(database, pseudonym)) {
    std::vector<StoredSegment> segments =
        read_segments(database, file.group, file.first_day);
    forget_replies(database, file, pseudonym, segments);
    for (StoredSegment& one : segments) {
      const auto& people = one.segment.people;
      if (std::find(people.begin(), people.end(), pseudonym) == people.end())
        continue;
      forget(one.segment, pseudonym);
      const std::string columns = encode(one.segment.messages);
      update.run(joined(one.segment.people), sqlite::Blob{columns}, one.group,
                 one.file_first_day, one.segment.month);
    }
  }
  Statement{database,
            "UPDATE message SET pseudonym = ?, role = 0 WHERE pseudonym = ?"}
      .run(nobody, pseudonym);
}

/// Messages are known by numbers in which their group stands.
void move_messages(const Database& database, std::int64_t group, bool keep) {
  constexpr std::array<std::string_view, 4> tables{"message", "sample_message",
                                                   "coding", "finding_message"};
  const std::int64_t first = group << 40;
  const std::int64_t last = first + (std::int64_t{1} << 40) - 1;
  for (const std::string_view table : tables) {
    const std::string name{table};
    Statement{database, (keep ? "UPDATE " + name +
                                    " SET message_id = message_id - (1 << 40)"
                              : "DELETE FROM " + name) +
                            " WHERE message_id BETWEEN ? AND ?"}
        .run(first, last);
  }
  if (!keep) return;
  for (const std::string_view table : {"message", "finding"}) {
    Statement{database, "UPDATE " + std::string{table} +
                            " SET incident_id = incident_id - (1 << 40) WHERE "
                            "incident_id BETWEEN ? AND ?"}
        .run(first, last);
  }
}

void empty_log(const Database& database) {
  Statement checkpoint{database, "PRAGMA wal_checkpoint(TRUNCATE)"};
  if (checkpoint.next() && checkpoint.integer(0) != 0) {
    throw Error{Errc::store,
                database.path() + ": another program holds the file open"};
  }
}

}  // namespace

std::vector<std::string> names_of(const Database& database,
                                  std::string_view pseudonym) {
  const std::string there =
      "(EXISTS (SELECT 1 FROM member_day m WHERE m.pseudonym = name) OR "
      "EXISTS (SELECT 1 FROM role_assignment r WHERE r.pseudonym = name))";
  for (const std::string_view names :
       {"SELECT ?1 AS name UNION SELECT pseudonym FROM other_name WHERE other "
        "= ?1",
        "SELECT other AS name FROM other_name WHERE pseudonym = ?1"}) {
    Statement row{database, "SELECT DISTINCT name FROM (" + std::string{names} +
                                ") WHERE " + there + " ORDER BY 1"};
    row.bind(pseudonym);
    std::vector<std::string> found;
    while (row.next()) found.emplace_back(row.text(0));
    if (!found.empty()) return found;
  }
  return {};
}

Erased erase_person(const Database& database, std::string_view pseudonym) {
  Erased erased{
      .messages = count(database,
                        "SELECT coalesce(sum(messages), 0) FROM member_day "
                        "WHERE pseudonym = ?",
                        pseudonym),
      .days =
          count(database, "SELECT count(*) FROM member_day WHERE pseudonym = ?",
                pseudonym),
      .incidents =
          count(database, "SELECT count(*) FROM incident WHERE reporter = ?",
                pseudonym),
      .roles = count(database,
                     "SELECT count(*) FROM role_assignment WHERE pseudonym = "
                     "?1 OR (group_id, pseudonym) IN (SELECT group_id, other "
                     "FROM other_name WHERE pseudonym = ?1)",
                     pseudonym)};
  drop_results_of(database, pseudonym);
  Statement{database,
            "INSERT INTO member_day SELECT group_id, day, ?1, 'onbekend', "
            "messages FROM member_day WHERE pseudonym = ?2 "
            "ON CONFLICT DO UPDATE SET messages = messages + excluded.messages"}
      .run(nobody, pseudonym);
  Statement{database, "UPDATE incident SET reporter = ? WHERE reporter = ?"}
      .run(nobody, pseudonym);
  erase_from_messages(database, pseudonym);
  Statement{database, "DELETE FROM member_day WHERE pseudonym = ?"}.run(
      pseudonym);
  Statement{database,
            "DELETE FROM role_assignment WHERE pseudonym = ?1 OR (group_id, "
            "pseudonym) IN (SELECT group_id, other FROM other_name WHERE "
            "pseudonym = ?1)"}
      .run(pseudonym);
  Statement{database,
            "DELETE FROM other_name WHERE pseudonym = ?1 OR other = ?1"}
      .run(pseudonym);
  return erased;
}

Erased erase_group(const Database& database, Index group) {
  Erased erased{
      .messages = count(database,
                        "SELECT coalesce(sum(messages), 0) FROM member_day "
                        "WHERE group_id = ?",
                        group),
      .days = count(database,
                    "SELECT count(DISTINCT day) FROM member_day "
                    "WHERE group_id = ?",
                    group),
      .incidents = count(
          database, "SELECT count(*) FROM incident WHERE group_id = ?", group),
      .roles = count(database,
                     "SELECT count(*) FROM role_assignment WHERE group_id = ?",
                     group),
      .exports =
          count(database, "SELECT count(*) FROM export_file WHERE group_id = ?",
                group)};
  const std::int64_t groups =
      database.integer("SELECT count(*) FROM study_group");
  const std::vector<std::string> tables = tables_of_groups(database);
  drop_comparisons(database);
  // A group and what hangs on it move table by table.
  database.execute("PRAGMA defer_foreign_keys = ON");
  for (const std::string& table : tables) {
    Statement{database, "DELETE FROM " + table + " WHERE group_id = ?"}.run(
        group);
  }
  move_messages(database, group, false);
  for (std::int64_t next = std::int64_t{group} + 1; next < groups; ++next) {
    move_messages(database, next, true);
    for (const std::string& table : tables) {
      Statement{database, "UPDATE " + table +
                              " SET group_id = group_id - 1 WHERE group_id = ?"}
          .run(next);
    }
  }
  return erased;
}

std::uint64_t remove_traces(const Database& database) {
  try {
    database.execute("VACUUM");
    empty_log(database);
    return remove_backups(database.path());
  } catch (const std::exception& error) {
    throw Error{Errc::store, std::string{error.what()} +
                                 "; what was erased is out of the tables, but "
                                 "traces remain in the file: put that right "
                                 "and erase again"};
  }
}

}  // namespace etherpeil::tables
