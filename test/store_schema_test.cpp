/// What analysts see, and what the schema refuses.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "store_world.hpp"

using namespace etherpeil;
using namespace etherpeil::test;

// --- privacy

TEST_CASE(
    "store: no name, no phone number and no text is anywhere in the files",
    "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Builder chat;
  const std::vector<std::string> names{"Willemijn Vogelzang", "+31 6 87654321",
                                       "Ahmed Kaya"};
  for (const auto& name : names)
    chat.person(name, name[0] == '+', name[0] == '+');
  chat.edit().chat.source = "WhatsApp-chat met Ahmed Kaya.txt";
  chat.edit().chat.group_name = "Onderonsje";
  chat.edit().diagnostics = {
      {.code = "x", .message = "geheime tekst in een zin"}};
  for (int i = 0; i < 200; ++i) {
    chat.say(day(2021, 5, 1 + i / 10) + 1h, static_cast<Index>(i % 3), 0);
    chat.notice(day(2021, 5, 1 + i / 10) + 2h, SystemEvent::member_added, 1);
  }
  const Analysis analysis = chat.done();
  const Roles roles{
      {{.group = "noord",
        .entries = {{.name = "Ahmed Kaya", .role = Role::police},
                    {.name = "06-87654321", .role = Role::moderator}}}}};
  auto store = std::make_unique<Store>(
      Store::create(path, small_study(), roles, small_key()));
  store->add("noord", analysis, small_key());
  std::vector<std::string> secrets{"Willemijn",     "Vogelzang", "87654321",
                                   "Ahmed",         "Kaya",      "willemijn",
                                   "ahmed",         "Pietje",    "Onderonsje",
                                   "WhatsApp-chat", "roles.json"};
  for (Index i = 0; i < analysis.chat.messages.size(); ++i) {
    secrets.emplace_back(analysis.chat.text(i).substr(11, 24));
  }
  const auto search = [&] {
    for (const auto& name : files_in(folder.path)) {
      const std::string bytes = bytes_of(folder.path / name);
      for (const auto& secret : secrets) {
        CAPTURE(name, secret);
        REQUIRE(bytes.find(secret) == std::string::npos);
      }
    }
  };
  CHECK(files_in(folder.path).size() == 3);  // with the log and its index
  search();
  store.reset();
  CHECK(files_in(folder.path).size() == 1);
  CHECK(bytes_of(path).find(small_key().person("Ahmed Kaya")) !=
        std::string::npos);
  search();
}

// --- for the analysts

TEST_CASE(
    "store: every column of every table and view is explained in two languages",
    "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  { const Store made = fresh(path); }
  Raw raw{path};
  const auto explained = raw.rows(
      "SELECT table_name, column_name FROM codebook_column ORDER BY 1, 2");
  const auto real = raw.rows(
      "SELECT s.name, c.name FROM sqlite_schema s, pragma_table_info(s.name) c "
      "WHERE s.type IN ('table', 'view') ORDER BY 1, 2");
  CHECK(explained == real);
  CHECK(explained.size() > 150);
  CHECK(raw.value("SELECT count(*) FROM codebook_column WHERE meaning_nl = "
                  "meaning_en") == "0");
  CHECK(raw.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                 "sql NOT LIKE '%STRICT%'")
            .empty());
}

TEST_CASE("store: v_day has a row for every observed day, zero days included",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("Bo");
  chat.notice(day(2021, 2, 27), SystemEvent::group_created);
  chat.notice(day(2021, 2, 27) + 1h, SystemEvent::member_added, 4);
  const Index root = chat.say(day(2021, 2, 27) + 12h, an, 0, 3);
  const Index reply =
      chat.say(day(2021, 2, 27) + 12h + 9min, bo, 1, 0, Role::police);
  chat.say(day(2021, 3, 2) + 23h, an, 2);
  chat.say(day(2021, 3, 4) + 1h, an, 2);
  chat.incident({.root = root,
                 .messages = {root, reply},
                 .reply = reply,
                 .outcome = reply,
                 .slots = 2 + 32,
                 .root_attributes = 3,
                 .attributes = 3,
                 .participants = 2,
                 .followed_until = day(2021, 2, 27) + 13h});
  Store store = fresh(path);
  store.add("noord", chat.done(), small_key());
  store.add("zuid", crowd(1, day(2020, 12, 1), 60, 5), small_key());
  Raw raw{path};
  CHECK(raw.rows(
            "SELECT day, phase, messages, active_members, night_messages, "
            "safety_messages, outcome_messages, offtopic_messages, "
            "incident_messages, "
            "incidents, joined_members FROM v_day WHERE group_key = 'noord'") ==
        std::vector<std::string>{"2021-02-27|before|2|2|0|1|1|0|2|1|4",
                                 "2021-02-28|before|0|0|0|0|0|0|0|0|0",
                                 "2021-03-01|after|0|0|0|0|0|0|0|0|0",
                                 "2021-03-02|after|1|1|1|0|0|1|0|0|0",
                                 "2021-03-03|after|0|0|0|0|0|0|0|0|0"});
  CHECK(raw.rows(
            "SELECT month, days_observed, messages, active_members, incidents "
            "FROM v_month WHERE group_key = 'noord'") ==
        std::vector<std::string>{"2021-02|2|2|2|1", "2021-03|3|1|1|0"});
  CHECK(raw.value(
            "SELECT count(*), sum(days_observed), sum(messages) FROM v_month "
            "WHERE group_key = 'zuid'") == "2|60|300");
  CHECK(raw.value("SELECT count(*) FROM v_day WHERE phase IS NULL") == "60");
  CHECK(
      raw.rows(
          "SELECT time, label, label_nl, reporter_role, slot_where, slot_what, "
          "slot_police, attributes, reply_seconds, substantive_seconds, "
          "outcome_seconds "
          "FROM v_incident WHERE group_key = 'noord'") ==
      std::vector<std::string>{"2021-02-27T12:00:00|VERD|Verdacht|onbekend|1|0|"
                               "1|loc police_112|540|NULL|540"});
  CHECK(raw.rows("SELECT group_key, first_day, last_day, records, model FROM "
                 "v_file") ==
        std::vector<std::string>{
            "noord|2021-02-27|2021-03-03|6|rules",
            "zuid|2020-12-01|2021-01-29|" +
                std::to_string(store.panel().files[1].records) + "|rules"});
}

TEST_CASE("store: the schema itself refuses what cannot be", "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  {
    Store store = fresh(path);
    store.add("noord", crowd(1, day(2021, 2, 1), 10, 5), small_key());
  }
  Raw raw{path};
  raw.run("PRAGMA foreign_keys = ON");
  const std::string file =
      "INSERT INTO export_file SELECT 1, ?1, ?2, 's' || ?1, bytes, records, "
      "human_records, "
      "first_time, last_time, platform, terminator, resolution, header, "
      "date_order, "
      "date_order_certain, date_order_line, preamble_lines, from_start, run "
      "FROM export_file";
  const auto with = [&file](const std::string& first, const std::string& last) {
    std::string sql = file;
    for (std::size_t at = 0; (at = sql.find("?1")) != std::string::npos;) {
      sql.replace(at, 2, "'" + first + "'");
    }
    return sql.replace(sql.find("?2"), 2, "'" + last + "'");
  };
  CHECK(raw.run(with("2021-02-30", "2021-03-05")) == SQLITE_CONSTRAINT);
  CHECK(raw.run(with("2021-03-05", "2021-03-04")) == SQLITE_CONSTRAINT);
  CHECK(raw.run(with("2021-3-5", "2021-03-06")) == SQLITE_CONSTRAINT);
  CHECK(raw.run(with("2021-03-05", "2021-03-06")) == SQLITE_OK);
  for (const std::string sql :
       {"INSERT INTO intervention VALUES (0, '2021-02-29', 'x', 't', NULL)",
        "UPDATE intervention SET end_day = '2021-02-28'",
        "INSERT INTO intervention VALUES (9, '2021-03-02', 'x', 't', NULL)",
        "INSERT INTO observed_day VALUES (0, '2021-02-01', '2021-02-01', 1, 1)",
        "INSERT INTO observed_day VALUES (0, '2021-05-01', '2021-05-01', 1, 1)",
        "INSERT INTO day_label VALUES (0, '2021-06-01', 0, 1, 0, 0, 0, 0)",
        "UPDATE day_label SET night = messages + 1",
        "UPDATE day_label SET messages = 0",
        "UPDATE day_label SET label_id = 12",
        "UPDATE day_label SET messages = 'veel'",
        "UPDATE incident SET reply = -1",
        "UPDATE incident SET time = '2021-02-01T25:00:00'",
        "UPDATE incident SET time = '2020-01-01T10:00:00'",
        "UPDATE incident SET reporter = 'P-AAAAAAAAAAAAAAAA'",
        "UPDATE member_day SET pseudonym = 'Jan'",
        "UPDATE member_day SET role = 'buurman'",
        "UPDATE membership SET people = 0",
        "INSERT INTO role_assignment VALUES (0, 0, 'x', 'zorg', NULL, NULL)",
        "INSERT INTO study VALUES (2, 'x', 'x', 'x', 'P-AAAAAAAAAAAAAAAA', "
        "NULL, 0)",
        "UPDATE study SET keep_rows = 2",
        "UPDATE export_file SET run = 'x'",
        "UPDATE run SET configuration = 'x'",
        "UPDATE run SET kind = 'x'",
        "INSERT INTO silence VALUES (0, '2021-02-02', 'x', 20)",
        "INSERT INTO finding VALUES (9, 'x', 0, 'R01', '', "
        "'2021-02-03T10:00:00', 1, NULL, NULL, (SELECT run FROM run))",
        "INSERT INTO coding VALUES ('x', 1, 'P-AAAAAAAAAAAAAAAA', 0, "
        "'2021-02-03T10:00:00')",
        "UPDATE calendar SET hours = 22",
        "UPDATE calendar SET iso_week = 54",
        "INSERT INTO codebook VALUES (2, 'x', 1, 'x', 'x')",
        "UPDATE study_group SET regime = 'streng'"}) {
    CAPTURE(sql);
    CHECK(raw.run(sql) == SQLITE_CONSTRAINT);
  }
}

TEST_CASE("store: all that hangs below a file goes when it goes", "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Store store = fresh(path);
  store.add("noord", crowd(1, day(2021, 1, 1), 20, 8), small_key());
  const std::string before = Raw{path}.dump();
  store.add("noord", crowd(2, day(2021, 3, 1), 20, 8), small_key());
  CHECK(Raw{path}.run("PRAGMA foreign_keys = ON; DELETE FROM export_file "
                      "WHERE group_id = 0 AND first_day = '2021-03-01'") ==
        SQLITE_OK);
  CHECK(Raw{path}.dump() == before);
}

TEST_CASE("store: every word of the vocabulary fits the schema", "[store]") {
  const Folder folder{"store"};
  Builder chat;
  auto& codes = chat.edit().codes;
  codes.labels.clear();
  for (int i = 0; i <= static_cast<int>(Function::undetermined); ++i) {
    codes.labels.push_back(
        {.key = "L" + std::to_string(i), .function = Function(i)});
  }
  codes.attributes.clear();
  for (int i = 0; i < 64; ++i) {
    codes.attributes.push_back(
        {.key = "a" + std::to_string(i), .slot = Slot(i % 7)});
  }
  for (int i = 0; i <= static_cast<int>(Role::care); ++i) {
    chat.say(day(2021, 1, 1) + 1h, chat.person("p" + std::to_string(i)), 0,
             Attributes{1} << 63U, Role(i));
  }
  Store store = fresh(folder.path / "buurt.db");
  const int files =
      3;  // each enumeration of the format has at most three values
  for (int i = 0; i < files; ++i) {
    chat.edit().chat.format = {.platform = Platform(i),
                               .terminator = Terminator(i),
                               .resolution = Resolution(i % 2),
                               .date_order = DateOrder(i)};
    Analysis analysis = chat.done();
    analysis.sha256 += std::to_string(i);
    store.add(small_study().groups[static_cast<std::size_t>(i)].key, analysis,
              small_key());
  }
  const Panel panel = store.panel();
  REQUIRE(panel.files.size() == 3);
  for (int i = 0; i < files; ++i) {
    const Format& format = panel.files[static_cast<std::size_t>(i)].format;
    CHECK(format.platform == Platform(i));
    CHECK(format.terminator == Terminator(i));
    CHECK(format.resolution == Resolution(i % 2));
    CHECK(format.date_order == DateOrder(i));
  }
  REQUIRE(panel.codes.labels.size() == codes.labels.size());
  for (std::size_t i = 0; i < codes.labels.size(); ++i) {
    CHECK(panel.codes.labels[i].function == codes.labels[i].function);
  }
  std::set<Role> roles;
  for (const Member& member : panel.members) roles.insert(member.role);
  CHECK(roles.size() == 7);
  CHECK(panel.attributes.at(0).attribute == 63);
}
