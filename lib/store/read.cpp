#include <algorithm>
#include <map>
#include <utility>

#include "etherpeil/error.hpp"
#include "store/rows.hpp"
#include "store/segment.hpp"
#include "text/times.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Database;
using sqlite::Statement;

[[noreturn]] void fail_damaged(const Database& database) {
  throw Error{Errc::store, database.path() +
                               ": holds a value that no etherpeil writes; "
                               "restore a copy or make the study again"};
}

std::uint32_t number(const Statement& row, int column) {
  return static_cast<std::uint32_t>(row.integer(column));
}

/// A number that is a position among `size` things.
Index position(const Database& database, const Statement& row, int column,
               std::size_t size) {
  const std::int64_t value = row.integer(column);
  if (value < 0 || static_cast<std::uint64_t>(value) >= size)
    fail_damaged(database);
  return static_cast<Index>(value);
}

/// Things stand in order of their numbers, and none is missing.
void check_next(const Database& database, const Statement& row, int column,
                std::size_t already) {
  if (row.integer(column) != static_cast<std::int64_t>(already))
    fail_damaged(database);
}

std::optional<std::uint32_t> maybe_number(const Statement& row, int column) {
  const auto value = row.maybe_integer(column);
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

/// A column of days in order: most are that of the row before.
class Days {
 public:
  explicit Days(const Database& database) : database_(database) {}
  LocalDay read(std::string_view text) {
    if (text != text_) {
      day_ = read_day(database_, text);
      text_ = text;
    }
    return day_;
  }

 private:
  const Database& database_;
  std::string text_{};
  LocalDay day_{};
};

template <class Enum>
Enum read_slug(const Database& database, std::string_view slug, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_string(static_cast<Enum>(i)) == slug) return static_cast<Enum>(i);
  }
  fail_damaged(database);
}

/// Position of a group's pseudonym among members that are in order.
Index member_index(const Database& database, const std::vector<Member>& members,
                   Index group, std::string_view pseudonym) {
  const auto it = std::lower_bound(
      members.begin(), members.end(), pseudonym,
      [group](const Member& member, std::string_view wanted) {
        return member.group != group ? member.group < group
                                     : member.pseudonym < wanted;
      });
  if (it == members.end() || it->group != group || it->pseudonym != pseudonym) {
    fail_damaged(database);
  }
  return static_cast<Index>(it - members.begin());
}

void read_files(const Database& database, std::size_t groups, Panel& panel) {
  Statement row{
      database,
      "SELECT group_id, first_day, last_day, f.sha256, bytes, records, "
      "human_records, "
      "first_time, last_time, platform, terminator, resolution, header, "
      "date_order, "
      "date_order_certain, date_order_line, preamble_lines, r.library, "
      "r.unicode, "
      "(SELECT coalesce(sum(times), 0) FROM diagnostic d WHERE "
      "d.group_id = f.group_id AND d.file_first_day = f.first_day "
      "AND d.severity = 'warning'), c.id || '/' || c.version, c.sha256, "
      "c.model "
      "FROM export_file f JOIN run r ON r.run = f.run CROSS JOIN codebook c "
      "ORDER BY group_id, first_day"};
  while (row.next()) {
    const Index group = position(database, row, 0, groups);
    panel.coverage.push_back({.group = group,
                              .first = read_day(database, row.text(1)),
                              .last = read_day(database, row.text(2))});
    FileRow file{.group = group,
                 .sha256 = std::string{row.text(3)},
                 .bytes = static_cast<std::uint64_t>(row.integer(4)),
                 .records = static_cast<std::uint64_t>(row.integer(5)),
                 .human = static_cast<std::uint64_t>(row.integer(6)),
                 .first = read_time(database, row.text(7)),
                 .last = read_time(database, row.text(8)),
                 .warnings = number(row, 19)};
    file.format = {
        .platform = read_slug(database, row.text(9), Platform::ios),
        .terminator = read_slug(database, row.text(10), Terminator::crlf),
        .resolution = read_slug(database, row.text(11), Resolution::minute),
        .header = std::string{row.text(12)},
        .date_order = read_slug(database, row.text(13), DateOrder::ymd),
        .date_order_certain = row.integer(14) != 0,
        .date_order_line = static_cast<std::uint64_t>(row.integer(15)),
        .preamble_lines = number(row, 16)};
    file.provenance = {.library = std::string{row.text(17)},
                       .codebook = std::string{row.text(20)},
                       .codebook_sha256 = std::string{row.text(21)},
                       .model = std::string{row.text(22)},
                       .unicode = std::string{row.text(18)}};
    panel.files.push_back(std::move(file));
  }
}

void read_days(const Database& database, std::size_t groups, Panel& panel) {
  Statement row{database,
                "SELECT group_id, day, label_id, messages, night, in_incident, "
                "night_in_incident, abstained FROM day_label ORDER BY "
                "group_id, day, label_id"};
  Days days{database};
  while (row.next()) {
    panel.days.push_back(
        {.group = position(database, row, 0, groups),
         .day = days.read(row.text(1)),
         .label = position(database, row, 2, panel.codes.labels.size()),
         .messages = number(row, 3),
         .night = number(row, 4),
         .in_incident = number(row, 5),
         .night_in_incident = number(row, 6),
         .abstained = number(row, 7)});
  }
  Statement mark{
      database,
      "SELECT group_id, day, attribute_id, messages FROM day_attribute "
      "ORDER BY group_id, day, attribute_id"};
  while (mark.next()) {
    panel.attributes.push_back(
        {.group = position(database, mark, 0, groups),
         .day = days.read(mark.text(1)),
         .attribute =
             position(database, mark, 2, panel.codes.attributes.size()),
         .messages = number(mark, 3)});
  }
}

/// The members of one group, as they turn up day by day.
struct Seen {
  Index place{};  ///< in order of turning up
  Role role{Role::unknown};
};
using Roster = std::map<std::string, Seen, std::less<>>;

/// Appends the members of a group in order of pseudonym, and gives its days,
/// from row `first_row`, their final places.
void settle(Panel& panel, const Roster& roster, Index group,
            std::size_t first_row) {
  std::vector<Index> final_place(roster.size());
  for (const auto& entry : roster) {
    final_place[entry.second.place] = static_cast<Index>(panel.members.size());
    panel.members.push_back(
        {.group = group, .pseudonym = entry.first, .role = entry.second.role});
  }
  for (std::size_t row = first_row; row < panel.member_days.size(); ++row) {
    Index& member = panel.member_days[row].member;
    member = final_place[member];
  }
}

/// Members are those who wrote on a covered day. Days come in order, so the
/// role that stays is the latest known one.
void read_members(const Database& database, std::size_t groups, Panel& panel) {
  Statement row{
      database,
      "SELECT group_id, day, pseudonym, role, messages FROM member_day "
      "ORDER BY group_id, day, pseudonym"};
  Roster roster;
  Index group = 0;
  std::size_t first_row = 0;
  Days days{database};
  while (row.next()) {
    const Index next = position(database, row, 0, groups);
    if (next != group) {
      settle(panel, roster, group, first_row);
      roster.clear();
      first_row = panel.member_days.size();
      group = next;
    }
    auto it = roster.find(row.text(2));
    if (it == roster.end()) {
      const Seen fresh{.place = static_cast<Index>(roster.size())};
      it = roster.emplace(std::string{row.text(2)}, fresh).first;
    }
    const Role role = read_slug(database, row.text(3), Role::care);
    if (role != Role::unknown) it->second.role = role;
    panel.member_days.push_back({.group = group,
                                 .day = days.read(row.text(1)),
                                 .member = it->second.place,
                                 .messages = number(row, 4)});
  }
  settle(panel, roster, group, first_row);
}

/// The file that covers a day of a group: the last one that starts by then.
Index file_index(const Database& database,
                 const std::vector<Coverage>& coverage, Index group,
                 LocalDay day) {
  const auto after = std::upper_bound(
      coverage.begin(), coverage.end(), day,
      [group](LocalDay wanted, const Coverage& one) {
        return one.group != group ? group < one.group : wanted < one.first;
      });
  if (after == coverage.begin() || std::prev(after)->group != group)
    fail_damaged(database);
  return static_cast<Index>(after - coverage.begin()) - 1;
}

void read_incidents(const Database& database, std::size_t groups,
                    Panel& panel) {
  Statement row{
      database,
      "SELECT group_id, line, time, label_id, reporter, messages, "
      "participants, "
      "slots, root_attributes, attributes, reply, substantive, professional, "
      "outcome, followed, until_end, uncertain FROM incident "
      "ORDER BY group_id, day, line"};
  while (row.next()) {
    const Index group = position(database, row, 0, groups);
    const LocalTime time = read_time(database, row.text(2));
    panel.incidents.push_back(
        {.group = group,
         .file = file_index(database, panel.coverage, group,
                            std::chrono::floor<std::chrono::days>(time)),
         .line = static_cast<std::uint64_t>(row.integer(1)),
         .time = time,
         .label = position(database, row, 3, panel.codes.labels.size()),
         .reporter = member_index(database, panel.members, group, row.text(4)),
         .messages = number(row, 5),
         .participants = number(row, 6),
         .slots = static_cast<Slots>(row.integer(7)),
         .root_attributes = static_cast<Attributes>(row.integer(8)),
         .attributes = static_cast<Attributes>(row.integer(9)),
         .reply = row.maybe_integer(10),
         .substantive = row.maybe_integer(11),
         .professional = row.maybe_integer(12),
         .outcome = row.maybe_integer(13),
         .followed = row.integer(14),
         .until_end = row.integer(15),
         .uncertain = row.integer(16) != 0});
  }
}

void read_memberships(const Database& database, std::size_t groups,
                      Panel& panel) {
  Statement row{database,
                "SELECT group_id, time, event, people, wrote, until_end "
                "FROM membership "
                "ORDER BY group_id, day, line"};
  while (row.next()) {
    panel.memberships.push_back(
        {.group = position(database, row, 0, groups),
         .time = read_time(database, row.text(1)),
         .event = read_slug(database, row.text(2), SystemEvent::other),
         .people = number(row, 3),
         .wrote = maybe_number(row, 4),
         .until_end = row.integer(5)});
  }
}

std::vector<Index> people_of(const Database& database, const Panel& panel,
                             Index group, std::string_view list) {
  std::vector<Index> people;
  for (const std::string& one : split_people(list))
    people.push_back(member_index(database, panel.members, group, one));
  return people;
}

/// Where each incident stands in the panel, by file and line of its root.
using Roots = std::map<std::pair<Index, std::uint64_t>, Index>;

Roots roots_of(const Panel& panel) {
  Roots roots;
  for (std::size_t i = 0; i < panel.incidents.size(); ++i) {
    const IncidentRow& row = panel.incidents[i];
    roots.emplace(std::pair{row.file, row.line}, static_cast<Index>(i));
  }
  return roots;
}

/// No incident of the panel when it started before the covered days.
Index incident_at(const Roots& roots, Index file, std::uint64_t line) {
  const auto found = roots.find({file, line});
  return found == roots.end() ? Messages::no_incident : found->second;
}

void append(Messages& all, const SegmentMessage& one, Index group, Index member,
            Index incident) {
  all.group.push_back(group);
  all.line.push_back(one.line);
  all.time.push_back(one.time);
  all.member.push_back(member);
  all.role.push_back(one.role);
  all.kind.push_back(one.kind);
  all.media.push_back(one.media);
  all.label.push_back(one.label);
  all.attributes.push_back(one.attributes);
  all.incident.push_back(incident);
  all.flags.push_back(one.flags);
}

LocalDay end_of_month(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return LocalDay{date.year() / date.month() / std::chrono::last};
}

void read_messages(const Database& database, std::size_t groups, Panel& panel) {
  const Roots roots = roots_of(panel);
  Statement row{database,
                "SELECT group_id, file_first_day, month, messages, people, "
                "columns FROM segment ORDER BY group_id, file_first_day, "
                "month"};
  while (row.next()) {
    const Index group = position(database, row, 0, groups);
    const Index file = file_index(database, panel.coverage, group,
                                  read_day(database, row.text(1)));
    const std::vector<Index> people =
        people_of(database, panel, group, row.text(4));
    const auto messages = decode(
        row.blob(5), static_cast<std::size_t>(row.integer(3)), people.size(),
        panel.codes.labels.size(), panel.codes.attributes.size());
    if (!messages) fail_damaged(database);
    const LocalDay start = read_day(database, std::string{row.text(2)} + "-01");
    const LocalDay first = std::max(start, panel.coverage[file].first);
    const LocalDay last =
        std::min(end_of_month(start), panel.coverage[file].last);
    for (const SegmentMessage& one : *messages) {
      const LocalDay day = std::chrono::floor<std::chrono::days>(one.time);
      if (day < first || day > last) fail_damaged(database);
      append(panel.messages, one, group, people[one.person],
             incident_at(roots, file, one.root_line));
    }
  }
}

std::vector<Intervention> read_interventions(const Database& database,
                                             std::int64_t group) {
  std::vector<Intervention> interventions;
  Statement row{database,
                "SELECT key, title, start_day, end_day FROM intervention "
                "WHERE group_id = ? ORDER BY start_day, key"};
  row.bind(group);
  while (row.next()) {
    Intervention one{.key = std::string{row.text(0)},
                     .title = std::string{row.text(1)},
                     .start = read_day(database, row.text(2))};
    if (!row.text(3).empty()) one.end = read_day(database, row.text(3));
    interventions.push_back(std::move(one));
  }
  return interventions;
}

}  // namespace

LocalDay read_day(const Database& database, std::string_view text) {
  const auto day = text::day_from(text);
  if (!day) fail_damaged(database);
  return *day;
}

LocalTime read_time(const Database& database, std::string_view text) {
  const auto two = [text](std::size_t at) {
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
  };
  if (text.size() != 19) fail_damaged(database);
  return read_day(database, text.substr(0, 10)) + std::chrono::hours{two(11)} +
         std::chrono::minutes{two(14)} + std::chrono::seconds{two(17)};
}

Study read_study(const Database& database) {
  Study study;
  Statement head{database,
                 "SELECT key, title, time_zone, keep_until FROM study"};
  if (!head.next()) fail_damaged(database);
  study.key = head.text(0);
  study.title = head.text(1);
  study.time_zone = head.text(2);
  if (!head.text(3).empty())
    study.keep_until = read_day(database, head.text(3));
  Statement row{database,
                "SELECT group_id, key, name, arm, governance, regime, "
                "area_code, households, "
                "members FROM study_group ORDER BY group_id"};
  while (row.next()) {
    check_next(database, row, 0, study.groups.size());
    study.groups.push_back(
        {.key = std::string{row.text(1)},
         .name = std::string{row.text(2)},
         .arm = std::string{row.text(3)},
         .governance = std::string{row.text(4)},
         .regime = std::string{row.text(5)},
         .area_code = std::string{row.text(6)},
         .households = maybe_number(row, 7),
         .members = maybe_number(row, 8),
         .interventions = read_interventions(database, row.integer(0))});
  }
  return study;
}

Codes read_codes(const Database& database) {
  Codes codes;
  Statement head{database, "SELECT id, version FROM codebook"};
  while (head.next()) {
    codes.id = head.text(0);
    codes.version = number(head, 1);
  }
  Statement label{
      database,
      "SELECT key, name_nl, name_en, function, safety, label_id FROM label "
      "ORDER BY label_id"};
  while (label.next()) {
    check_next(database, label, 5, codes.labels.size());
    codes.labels.push_back(
        {.key = std::string{label.text(0)},
         .name_nl = std::string{label.text(1)},
         .name_en = std::string{label.text(2)},
         .function = read_slug(database, label.text(3), Function::undetermined),
         .safety = label.integer(4) != 0});
  }
  Statement attribute{database,
                      "SELECT key, name_nl, name_en, attribute_group, slot, "
                      "attribute_id FROM attribute "
                      "ORDER BY attribute_id"};
  while (attribute.next()) {
    check_next(database, attribute, 5, codes.attributes.size());
    codes.attributes.push_back(
        {.key = std::string{attribute.text(0)},
         .name_nl = std::string{attribute.text(1)},
         .name_en = std::string{attribute.text(2)},
         .group = std::string{attribute.text(3)},
         .slot = read_slug(database, attribute.text(4), Slot::request)});
  }
  return codes;
}

Panel read_panel(const Database& database, std::size_t groups, bool messages) {
  Panel panel;
  panel.codes = read_codes(database);
  read_files(database, groups, panel);
  read_days(database, groups, panel);
  read_members(database, groups, panel);
  read_incidents(database, groups, panel);
  read_memberships(database, groups, panel);
  if (messages) read_messages(database, groups, panel);
  return panel;
}

}  // namespace etherpeil::tables
