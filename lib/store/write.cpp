#include "store/write.hpp"

#include <algorithm>

#include "etherpeil/error.hpp"
#include "store/message_rows.hpp"
#include "text/times.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Database;
using sqlite::Statement;
using text::iso;

std::optional<std::string> maybe_day(const std::optional<LocalDay>& day) {
  if (!day) return std::nullopt;
  return iso(*day);
}

void write_groups(const Database& database, const Study& study) {
  Statement group{database,
                  "INSERT INTO study_group VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement intervention{database,
                         "INSERT INTO intervention VALUES (?, ?, ?, ?, ?)"};
  for (Index i = 0; i < study.groups.size(); ++i) {
    const Group& one = study.groups[i];
    group.run(i, one.key, one.name, one.arm, one.governance, one.regime,
              one.area_code, one.households, one.members);
    for (const Intervention& each : one.interventions) {
      intervention.run(i, iso(each.start), each.key, each.title,
                       maybe_day(each.end));
    }
  }
}

void write_roles(const Database& database, const Study& study,
                 const Roles& roles, const Pseudonymiser& pseudonyms) {
  Statement insert{database,
                   "INSERT INTO role_assignment VALUES (?, ?, ?, ?, ?, ?)"};
  for (Index i = 0; i < study.groups.size(); ++i) {
    Index position = 0;
    for (const RoleEntry& entry : roles.of(study.groups[i].key)) {
      insert.run(i, position++, pseudonyms.person(entry.name),
                 to_string(entry.role), maybe_day(entry.from),
                 maybe_day(entry.to));
    }
  }
}

bool same_codes(const Codes& a, const Codes& b) {
  return a.id == b.id && a.version == b.version &&
         std::equal(a.labels.begin(), a.labels.end(), b.labels.begin(),
                    b.labels.end(),
                    [](const LabelCode& x, const LabelCode& y) {
                      return x.key == y.key && x.function == y.function &&
                             x.safety == y.safety;
                    }) &&
         std::equal(a.attributes.begin(), a.attributes.end(),
                    b.attributes.begin(), b.attributes.end(),
                    [](const AttributeCode& x, const AttributeCode& y) {
                      return x.key == y.key && x.group == y.group &&
                             x.slot == y.slot;
                    });
}

void insert_codes(const Database& database, const Codes& codes,
                  const Provenance& provenance) {
  Statement{database, "INSERT INTO codebook VALUES (1, ?, ?, ?, ?)"}.run(
      codes.id, codes.version, provenance.codebook_sha256, provenance.model);
  Statement label{database, "INSERT INTO label VALUES (?, ?, ?, ?, ?, ?)"};
  for (Index i = 0; i < codes.labels.size(); ++i) {
    const LabelCode& one = codes.labels[i];
    label.run(i, one.key, one.name_nl, one.name_en, to_string(one.function),
              one.safety);
  }
  Statement attribute{database,
                      "INSERT INTO attribute VALUES (?, ?, ?, ?, ?, ?)"};
  for (Index i = 0; i < codes.attributes.size(); ++i) {
    const AttributeCode& one = codes.attributes[i];
    attribute.run(i, one.key, one.name_nl, one.name_en, one.group,
                  to_string(one.slot));
  }
}

void write_file(const Database& database, Index group, const Rows& rows,
                std::string_view run) {
  const FileRow& file = rows.file;
  const Format& format = file.format;
  const std::string first = iso(rows.coverage.first);
  Statement insert{database,
                   "INSERT INTO export_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
                   "?, ?, ?, ?, ?, "
                   "?, ?, ?, ?, ?)"};
  insert.run(group, first, iso(rows.coverage.last), file.sha256, file.bytes,
             file.records, file.human, iso(file.first), iso(file.last),
             to_string(format.platform), to_string(format.terminator),
             to_string(format.resolution), format.header,
             to_string(format.date_order), format.date_order_certain,
             format.date_order_line, format.preamble_lines, rows.from_start,
             run);
  Statement day{database, "INSERT INTO observed_day VALUES (?, ?, ?, ?, ?)"};
  LocalDay at = rows.coverage.first;
  for (std::size_t i = 0; i < rows.fingerprints.size(); ++i) {
    day.run(group, iso(at), first, rows.fingerprints[i], rows.marks[i]);
    at += std::chrono::days{1};
  }
  Statement silence{database, "INSERT INTO silence VALUES (?, ?, ?, ?)"};
  for (const Silence& one : rows.silences)
    silence.run(group, first, iso(one.after), one.length.count());
  Statement remark{database,
                   "INSERT INTO diagnostic VALUES (?, ?, ?, ?, ?, ?)"};
  for (const Remark& one : rows.remarks) {
    remark.run(group, first, one.code, to_string(one.severity), one.times,
               one.first_line);
  }
}

void write_counts(const Database& database, Index group, const Rows& rows) {
  Statement label{database,
                  "INSERT INTO day_label VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
  for (const DayCount& one : rows.days) {
    label.run(group, iso(one.day), one.label, one.messages, one.night,
              one.in_incident, one.night_in_incident, one.abstained);
  }
  Statement attribute{database,
                      "INSERT INTO day_attribute VALUES (?, ?, ?, ?)"};
  for (const DayAttribute& one : rows.attributes) {
    attribute.run(group, iso(one.day), one.attribute, one.messages);
  }
  std::size_t at = 0;
  std::string day;
  LocalDay day_of{LocalDay::min()};
  database.insert("member_day", 5, [&](std::vector<sqlite::Cell>& row) {
    if (at == rows.person_days.size()) return false;
    const PersonDay& one = rows.person_days[at++];
    if (one.day != day_of) day = iso(day_of = one.day);
    row[0] = std::int64_t{group};
    row[1] = std::string_view{day};
    row[2] = std::string_view{rows.people[one.person]};
    row[3] = to_string(one.role);
    row[4] = std::int64_t{one.messages};
    return true;
  });
}

void write_events(const Database& database, Index group, const Rows& rows) {
  Statement incident{
      database,
      "INSERT INTO incident VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?)"};
  for (const IncidentRow& one : rows.incidents) {
    const std::string time = iso(one.time);
    incident.run(group, time.substr(0, 10), one.line, time, one.label,
                 rows.people[one.reporter], one.messages, one.participants,
                 one.slots, one.root_attributes, one.attributes, one.reply,
                 one.substantive, one.professional, one.outcome, one.followed,
                 one.until_end, one.uncertain);
  }
  Statement move{database,
                 "INSERT INTO membership VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
  for (const Move& one : rows.moves) {
    const std::string time = iso(one.row.time);
    move.run(group, time.substr(0, 10), one.line, time,
             to_string(one.row.event), one.row.people, one.row.wrote,
             one.row.until_end);
  }
}

void write_segments(const Database& database, Index group,
                    const std::string& first,
                    const std::vector<Segment>& segments) {
  Statement insert{database, "INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?)"};
  for (const Segment& one : segments) {
    std::string people;
    for (const std::string& person : one.people) {
      people += people.empty() ? "" : " ";
      people += person;
    }
    insert.run(group, first, one.month, one.messages.size(), people,
               sqlite::Blob{encode(one.messages)});
  }
}

/// Without the messages from a day on; empty when nothing is left.
Segment before(const Segment& segment, LocalDay day) {
  Segment left{.month = segment.month};
  std::vector<Index> number(segment.people.size());
  for (const SegmentMessage& one : segment.messages) {
    if (one.time >= day) continue;
    left.messages.push_back(one);
    number[one.person] = 1;
  }
  for (std::size_t person = 0; person < number.size(); ++person) {
    if (number[person] == 0) continue;
    number[person] = static_cast<Index>(left.people.size());
    left.people.push_back(segment.people[person]);
  }
  for (SegmentMessage& one : left.messages) one.person = number[one.person];
  return left;
}

}  // namespace

std::string key_check(const Pseudonymiser& pseudonyms) {
  return pseudonyms.person("etherpeil key check");
}

void write_study(const Database& database, const Study& study,
                 const Roles& roles, const Pseudonymiser& pseudonyms) {
  Statement{database, "INSERT INTO study VALUES (1, ?, ?, ?, ?, ?, 0)"}.run(
      study.key, study.title, study.time_zone, key_check(pseudonyms),
      maybe_day(study.keep_until));
  write_groups(database, study);
  write_roles(database, study, roles, pseudonyms);
}

void write_codes(const Database& database, const Codes& codes,
                 const Provenance& provenance, const std::string& name) {
  Statement head{database, "SELECT sha256, model FROM codebook"};
  if (!head.next()) {
    insert_codes(database, codes, provenance);
    return;
  }
  const bool same = head.text(0) == provenance.codebook_sha256 &&
                    head.text(1) == provenance.model &&
                    same_codes(read_codes(database), codes);
  if (same) return;
  throw Error{Errc::store,
              name +
                  ": was read with another codebook or model than the exports "
                  "in the database; use those, or make the database again "
                  "with init (the key file is kept) and import every export "
                  "again"};
}

void write_texts(const Database& database, Index group, LocalDay file,
                 const std::vector<std::string>& texts) {
  Statement insert{database,
                   "INSERT INTO export_text VALUES (?, ?, ?) ON CONFLICT DO "
                   "NOTHING"};
  for (const std::string& sha256 : texts) insert.run(sha256, group, iso(file));
}

void write_other_names(const Database& database, Index group,
                       const std::vector<OtherName>& names) {
  Statement insert{database,
                   "INSERT INTO other_name VALUES (?, ?, ?) ON CONFLICT DO "
                   "NOTHING"};
  for (const OtherName& one : names)
    insert.run(group, one.pseudonym, one.other);
}

std::vector<std::string> remove_files(
    const Database& database, Index group,
    const std::vector<std::string>& first_days) {
  std::vector<std::string> texts;
  Statement text{database,
                 "SELECT sha256 FROM export_text WHERE group_id = ? AND "
                 "file_first_day = ?"};
  Statement remove{database,
                   "DELETE FROM export_file WHERE group_id = ? AND first_day = "
                   "?"};
  for (const std::string& first : first_days) {
    text.bind(group, first);
    while (text.next()) texts.emplace_back(text.text(0));
    remove.run(group, first);
  }
  return texts;
}

bool cut_files(const Database& database, Index group, LocalDay from) {
  std::vector<std::string> files;
  {
    Statement row{database,
                  "SELECT first_day FROM export_file WHERE group_id = ? AND "
                  "first_day < ? AND last_day >= ?"};
    row.bind(group, iso(from), iso(from));
    while (row.next()) files.emplace_back(row.text(0));
  }
  for (const std::string& first : files) {
    std::vector<Segment> left;
    for (const StoredSegment& one : read_segments(database, group, first)) {
      Segment part = before(one.segment, from);
      if (!part.messages.empty()) left.push_back(std::move(part));
    }
    // What hangs on a day goes with it.
    for (const std::string_view rest :
         {"observed_day WHERE group_id = ? AND file_first_day = ? AND day >= ?",
          "silence WHERE group_id = ? AND file_first_day = ? AND last_time >= "
          "?",
          "finding WHERE group_id = ? AND file_first_day = ? AND time >= ?"}) {
      Statement{database, "DELETE FROM " + std::string{rest}}.run(group, first,
                                                                  iso(from));
    }
    Statement{database,
              "DELETE FROM segment WHERE group_id = ? AND file_first_day = ?"}
        .run(group, first);
    write_segments(database, group, first, left);
    Statement{database,
              "UPDATE export_file SET last_day = ? WHERE group_id = ? AND "
              "first_day = ?"}
        .run(iso(from - std::chrono::days{1}), group, first);
  }
  return !files.empty();
}

void write_rows(const Database& database, Index group, const Rows& rows,
                std::string_view run) {
  write_file(database, group, rows, run);
  write_counts(database, group, rows);
  write_events(database, group, rows);
  write_segments(database, group, iso(rows.coverage.first), rows.segments);
  if (database.integer("SELECT keep_rows FROM study") != 0)
    write_message_rows(database, group, rows.segments);
}

}  // namespace etherpeil::tables
