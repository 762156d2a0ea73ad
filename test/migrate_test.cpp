#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "child.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/store.hpp"
#include "folder.hpp"
#include "sql.hpp"
#include "store/segment.hpp"

using namespace etherpeil;
using test::ask;
using test::bytes_of;
using test::in_child;

namespace {

/// A folder that goes with the test.
struct Folder : test::Folder {
  Folder() : test::Folder{"migrate"} {}
};

/// What etherpeil of schema 1 wrote: its schema, and a study with an export.
void write_version_1(const std::filesystem::path& path) {
  const std::string said =
      ask(path, "PRAGMA journal_mode = WAL;" +
                    bytes_of(ETHERPEIL_SOURCE_DIR "/test/schema/1.sql") +
                    R"(
INSERT INTO study VALUES (1, 'oud', 'Een oude studie', 'Europe/Amsterdam', 'P-AAAAAAAAAAAAAAAA');
INSERT INTO study_group VALUES (0, 'noord', 'Noord', '', '', 'alarm', '', NULL, 80);
INSERT INTO codebook VALUES (1, 'proef', 1, 'c0de', 'rules');
INSERT INTO label VALUES (0, 'VERD', 'Verdacht', 'Suspicious', 'report', 1);
INSERT INTO role_assignment VALUES (0, 0, 'P-BBBBBBBBBBBBBBBB', 'beheerder', NULL, NULL);
INSERT INTO export_file VALUES (0, '2021-03-01', '2021-03-02', 'feed', 100, 3, 3,
  '2021-02-28T10:00:00', '2021-03-03T10:00:00', 'ios', 'crlf', 'second', '[dd-MM-yyyy HH:mm:ss] ',
  'dmy', 1, 1, 0, '0.1.0', '14.0');
INSERT INTO observed_day VALUES (0, '2021-03-01', '2021-03-01'), (0, '2021-03-02', '2021-03-01');
INSERT INTO day_label VALUES (0, '2021-03-01', 0, 2, 0, 1, 0, 0);
INSERT INTO member_day VALUES (0, '2021-03-01', 'P-BBBBBBBBBBBBBBBB', 'beheerder', 2);
INSERT INTO membership VALUES (0, '2021-03-02', 2, '2021-03-02T10:00:00', 'member_added', 3);
INSERT INTO incident VALUES (0, '2021-03-01', 1, '2021-03-01T12:00:00', 0, 'P-BBBBBBBBBBBBBBBB',
  1, 1, 2, 0, 0, NULL, NULL, NULL, NULL, 3600, 7200, 0);
)");
  REQUIRE(said == "wal\n");
}

/// Columns, keys and checks of everything, whatever spaces the SQL has.
std::string shape_of(const std::filesystem::path& path) {
  std::string shape = ask(path,
                          "SELECT type, name, tbl_name, sql FROM sqlite_schema "
                          "ORDER BY type, name");
  std::string plain;
  for (const char c : shape) {
    if (c != ' ' && c != '\n' && c != '"') plain += c;
  }
  return plain + ask(path, "SELECT * FROM codebook_column ORDER BY 1, 2");
}

/// 0 when `act` throws Error{store} holding `part`.
bool refuses(const std::string& part, const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    INFO(error.what());
    return error.code() == Errc::store &&
           std::string{error.what()}.find(part) != std::string::npos;
  }
  return false;
}

}  // namespace

TEST_CASE("migrate: a database of version 1 gets the schema of today",
          "[migrate]") {
  const Folder folder;
  const auto path = folder.path / "oud.db";
  const auto today = folder.path / "nieuw.db";
  write_version_1(path);
  static_cast<void>(Store::create(
      today,
      {.key = "oud", .title = "x", .groups = {{.key = "noord", .name = "N"}}},
      {}, {Key{}, "oud"}));
  const Store store{path};
  CHECK(shape_of(path) == shape_of(today));
  CHECK(ask(path, "PRAGMA user_version") == ask(today, "PRAGMA user_version"));
  CHECK(ask(path, "PRAGMA application_id") ==
        ask(today, "PRAGMA application_id"));
  CHECK(ask(path, "PRAGMA integrity_check; PRAGMA foreign_key_check") ==
        "ok\n");
  CHECK(ask(path, "PRAGMA journal_mode") == "wal\n");
}

TEST_CASE("migrate: all that was in it stays, and the backup is as it was",
          "[migrate]") {
  const Folder folder;
  const auto path = folder.path / "oud.db";
  write_version_1(path);
  std::filesystem::permissions(path, std::filesystem::perms{0600});
  const std::string tables =
      "SELECT * FROM role_assignment; SELECT group_id, first_day, last_day, "
      "sha256, bytes, human_records, header, preamble_lines FROM export_file; "
      "SELECT library FROM v_file; SELECT * FROM "
      "day_label; SELECT * FROM member_day; SELECT * FROM incident; SELECT "
      "group_key, day, phase, messages, report_messages, incidents, "
      "joined_members FROM v_day";
  const std::string before = ask(path, tables);
  const Store store{path};
  CHECK(ask(path, tables) == before);
  const Panel panel = store.panel();
  CHECK(panel.study.title == "Een oude studie");
  CHECK(panel.incidents.size() == 1);
  CHECK(panel.members.size() == 1);
  REQUIRE(panel.memberships.size() == 1);
  CHECK(panel.memberships[0].people == 3);
  CHECK(panel.memberships[0].until_end == 86400);
  CHECK_FALSE(panel.memberships[0].wrote.has_value());
  REQUIRE(store.backup() == path.string() + ".schema-1.backup");
  CHECK(ask(store.backup(), "PRAGMA user_version") == "1\n");
  CHECK(ask(store.backup(), tables) == before);
  CHECK((std::filesystem::status(store.backup()).permissions() &
         std::filesystem::perms::mask) == std::filesystem::perms{0600});
  const Store again{path};
  CHECK(again.backup().empty());
}

TEST_CASE("migrate: a database of version 2 keeps its messages and can go on",
          "[migrate]") {
  const Folder folder;
  const auto path = folder.path / "oud.db";
  const auto today = folder.path / "nieuw.db";
  const LocalTime noon =
      LocalDay{std::chrono::year{2021} / 3 / 1} + std::chrono::hours{12};
  std::string blob;
  for (const char c : tables::encode(
           {{.line = 1, .time = noon, .label = 0, .root_line = 1, .flags = 6},
            {.line = 3,
            .time = noon + std::chrono::minutes{2},
            .root_line = 1,
            .flags = 4}})) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    blob += digits[static_cast<unsigned char>(c) >> 4U];
    blob += digits[static_cast<unsigned char>(c) & 15U];
  }
  REQUIRE(ask(path, "PRAGMA journal_mode = WAL;" +
                        bytes_of(ETHERPEIL_SOURCE_DIR "/test/schema/2.sql") +
                        R"(
INSERT INTO study VALUES (1, 'oud', 'Een oude studie', 'Europe/Amsterdam', 'P-AAAAAAAAAAAAAAAA', NULL);
INSERT INTO study_group VALUES (0, 'noord', 'Noord', '', '', 'alarm', '', NULL, 80);
INSERT INTO codebook VALUES (1, 'proef', 1, 'c0de', 'rules');
INSERT INTO label VALUES (0, 'VERD', 'Verdacht', 'Suspicious', 'report', 1);
INSERT INTO export_file VALUES (0, '2021-03-01', '2021-03-02', 'feed', 100, 3, 3,
  '2021-02-28T10:00:00', '2021-03-03T10:00:00', 'ios', 'crlf', 'second', '[dd-MM-yyyy HH:mm:ss] ',
  'dmy', 1, 1, 0, '0.1.0', '14.0');
INSERT INTO export_text VALUES ('feed', 0, '2021-03-01');
INSERT INTO observed_day VALUES (0, '2021-03-01', '2021-03-01', 5), (0, '2021-03-02', '2021-03-01', NULL);
INSERT INTO day_label VALUES (0, '2021-03-01', 0, 1, 0, 1, 0, 0);
INSERT INTO member_day VALUES (0, '2021-03-01', 'P-BBBBBBBBBBBBBBBB', 'beheerder', 2);
INSERT INTO membership VALUES (0, '2021-03-02', 2, '2021-03-02T10:00:00', 'member_added', 3, 1, 86400);
INSERT INTO incident VALUES (0, '2021-03-01', 1, '2021-03-01T12:00:00', 0, 'P-BBBBBBBBBBBBBBBB',
  2, 1, 2, 0, 0, NULL, NULL, NULL, NULL, 3600, 7200, 0);
INSERT INTO segment VALUES (0, '2021-03-01', '2021-03', 2, 'P-BBBBBBBBBBBBBBBB', x')" +
                        blob + "');") == "wal\n");
  static_cast<void>(Store::create(
      today,
      {.key = "oud", .title = "x", .groups = {{.key = "noord", .name = "N"}}},
      {}, {Key{}, "oud"}));
  const std::string kept =
      "SELECT * FROM export_text; SELECT group_id, day, file_first_day, "
      "fingerprint FROM observed_day; SELECT * FROM "
      "day_label; SELECT * FROM member_day; SELECT * FROM membership; SELECT * "
      "FROM incident; SELECT month, people, hex(columns) FROM segment; SELECT "
      "key, title, keep_until FROM study; SELECT library FROM v_file";
  const std::string before = ask(path, kept);
  Store store{path};
  CHECK(store.backup() == path.string() + ".schema-2.backup");
  CHECK(ask(store.backup(), kept) == before);
  CHECK(ask(path, kept) == before);
  CHECK(shape_of(path) == shape_of(today));
  CHECK(ask(path,
            "PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA "
            "user_version") == "ok\n5\n");
  CHECK(ask(path,
            "SELECT kind, library, unicode, codebook, codebook_sha256, "
            "model FROM run JOIN export_file USING (run)") ==
        "import|0.1.0|14.0|proef/1|c0de|rules\n");
  CHECK(ask(path, "SELECT state, days FROM v_coverage") ==
        "partial|1\nobserved|2\npartial|1\n");
  const Panel panel = store.panel();
  REQUIRE(panel.messages.size() == 2);
  CHECK(panel.messages.incident[1] == 0);
  // Rows are made of what it kept; foreign keys watch again.
  store.keep_rows();
  CHECK(ask(path,
            "SELECT time, label, is_root, incident_id IS NOT NULL FROM "
            "v_message") ==
        "2021-03-01T12:00:00|VERD|1|1\n2021-03-01T12:02:00|NULL|0|1\n");
  CHECK(store.erase_person("P-BBBBBBBBBBBBBBBB").messages == 2);
  CHECK_FALSE(std::filesystem::exists(path.string() + ".schema-2.backup"));
  CHECK(bytes_of(path).find("P-BBBB") == std::string::npos);
}

TEST_CASE("migrate: a database of version 3 or 4 keeps all, and can keep more",
          "[migrate]") {
  const std::string version = GENERATE("3", "4");
  const Folder folder;
  const auto path = folder.path / "oud.db";
  const auto today = folder.path / "nieuw.db";
  static_cast<void>(Store::create(
      today,
      {.key = "oud", .title = "x", .groups = {{.key = "noord", .name = "N"}}},
      {}, {Key{}, "oud"}));
  REQUIRE(ask(path, "PRAGMA journal_mode = WAL;" +
                        bytes_of(std::string{ETHERPEIL_SOURCE_DIR} +
                                 "/test/schema/" + version + ".sql") +
                        R"(
INSERT INTO study VALUES (1, 'oud', 'Een oude studie', 'Europe/Amsterdam', 'P-AAAAAAAAAAAAAAAA', NULL, 0);
INSERT INTO study_group VALUES (0, 'noord', 'Noord', '', '', 'alarm', '', NULL, 80);
INSERT INTO codebook VALUES (1, 'proef', 1, 'c0de', 'rules');
INSERT INTO label VALUES (0, 'VERD', 'Verdacht', 'Suspicious', 'report', 1);
INSERT INTO run VALUES ('een', 'import', '0.1.0', 'p', '14.0', 'proef/1', 'c0de', 'rules', '', '{}', NULL);
INSERT INTO export_file VALUES (0, '2021-03-01', '2021-03-02', 'feed', 100, 3, 3,
  '2021-02-28T10:00:00', '2021-03-03T10:00:00', 'ios', 'crlf', 'second', '[dd-MM-yyyy HH:mm:ss] ',
  'dmy', 1, 1, 0, NULL, 'een');
INSERT INTO export_text VALUES ('feed', 0, '2021-03-01');
INSERT INTO observed_day (group_id, day, file_first_day, fingerprint)
VALUES (0, '2021-03-01', '2021-03-01', 5), (0, '2021-03-02', '2021-03-01', NULL);
INSERT INTO day_label VALUES (0, '2021-03-01', 0, 1, 0, 0, 0, 0);
INSERT INTO member_day VALUES (0, '2021-03-01', 'P-BBBBBBBBBBBBBBBB', 'beheerder', 1);
INSERT INTO finding VALUES (0, '2021-03-01', 0, 'R01', '', '2021-03-01T12:00:00', 1, NULL, 0.5, 'een');
)") == "wal\n");
  const std::string kept =
      "SELECT group_id, day, file_first_day, fingerprint FROM observed_day; "
      "SELECT * FROM export_file; SELECT * FROM export_text; SELECT * FROM "
      "day_label; SELECT * FROM member_day; SELECT * FROM finding; SELECT run, "
      "kind, library, parser, unicode, codebook, codebook_sha256, model, "
      "rules, "
      "configuration, seed FROM run";
  const std::string before = ask(path, kept);
  Store store{path};
  CHECK(store.backup() == path.string() + ".schema-" + version + ".backup");
  CHECK(ask(store.backup(), kept) == before);
  CHECK(ask(path, kept) == before);
  CHECK(shape_of(path) == shape_of(today));
  CHECK(ask(path,
            "PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA "
            "user_version") == "ok\n5\n");
  CHECK(ask(path, "SELECT count(mark) FROM observed_day") == "0\n");
  CHECK(ask(path, "SELECT kind, study_sha256, stale FROM v_run") ==
        "import||NULL\n");
  static_cast<void>(store.write_comparison(
      {}, {.outcome = "M04", .effect = "ratio", .groups = {{.group = 0}}}));
  CHECK(ask(path, "SELECT group_key, stale FROM v_comparison") == "noord|0\n");
  CHECK(ask(path, "PRAGMA foreign_key_check").empty());
  CHECK(store.erase_person("P-BBBBBBBBBBBBBBBB").messages == 1);
}

TEST_CASE(
    "migrate: a database of version 4 keeps all, and learns consent lines",
    "[migrate]") {
  const Folder folder;
  const auto path = folder.path / "oud.db";
  const auto today = folder.path / "nieuw.db";
  static_cast<void>(Store::create(
      today,
      {.key = "oud", .title = "x", .groups = {{.key = "noord", .name = "N"}}},
      {}, {Key{}, "oud"}));
  REQUIRE(ask(path, "PRAGMA journal_mode = WAL;" +
                        bytes_of(ETHERPEIL_SOURCE_DIR "/test/schema/4.sql") +
                        R"(
INSERT INTO study VALUES (1, 'oud', 'Een oude studie', 'Europe/Amsterdam', 'P-AAAAAAAAAAAAAAAA', NULL, 0);
INSERT INTO study_group VALUES (0, 'noord', 'Noord', '', '', 'alarm', '', NULL, 80);
INSERT INTO other_name VALUES (0, 'P-BBBBBBBBBBBBBBBB', 'P-CCCCCCCCCCCCCCCC');
)") == "wal\n");
  const std::string kept =
      "SELECT * FROM study; SELECT * FROM study_group; SELECT * FROM "
      "other_name";
  const std::string before = ask(path, kept);
  const Store store{path};
  CHECK(ask(path, kept) == before);
  CHECK(shape_of(path) == shape_of(today));
  CHECK(ask(path,
            "PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA "
            "user_version") == "ok\n5\n");
  const Consent consent{"Anna\n", {Key{}, "oud"}};
  CHECK(store.unmatched(consent).size() == 1);
}

TEST_CASE("migrate: an erased person is in no backup either", "[migrate]") {
  const Folder folder;
  const auto path = folder.path / "oud.db";
  write_version_1(path);
  Store store{path};
  const auto backup = store.backup();
  REQUIRE(bytes_of(backup).find("P-BBBB") != std::string::npos);
  CHECK(store.erase_person("P-BBBBBBBBBBBBBBBB").backups == 1);
  CHECK_FALSE(std::filesystem::exists(backup));
  for (const auto& entry : std::filesystem::directory_iterator{folder.path}) {
    CHECK(bytes_of(entry.path()).find("BBBBBBBB") == std::string::npos);
  }
}

TEST_CASE("migrate: without room nothing changes, and nothing is left",
          "[migrate]") {
  const Folder folder;
  const auto path = folder.path / "oud.db";
  write_version_1(path);
  const std::string before = ask(path, "SELECT sql FROM sqlite_schema");
  for (const rlim_t room : {rlim_t{4096}, rlim_t{40000}, rlim_t{130000}}) {
    CAPTURE(room);
    CHECK(in_child([&] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{room, room};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            return refuses("nothing was changed", [&] { const Store s{path}; })
                       ? 0
                       : 1;
          }) == 0);
    CHECK(ask(path, "PRAGMA user_version") == "1\n");
    CHECK(ask(path, "SELECT sql FROM sqlite_schema") == before);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path}) {
      CAPTURE(entry.path().string());
      CHECK(entry.path().string().find(".part-") == std::string::npos);
      ++files;
    }
    CHECK(files <= 4);
  }
}

TEST_CASE("migrate: killed at any moment, it is of the old or the new version",
          "[migrate]") {
  const Folder folder;
  const auto fixture = folder.path / "oud.db";
  write_version_1(fixture);
  int old = 0;
  for (int run = 0; run < 20; ++run) {
    const auto place = folder.path / std::to_string(run);
    std::filesystem::create_directories(place);
    const auto path = place / "oud.db";
    std::filesystem::copy_file(fixture, path);
    test::killed_after(run * 500, [&path] { const Store store{path}; });
    const std::string version = ask(path, "PRAGMA user_version");
    if (version == "1\n") ++old;
    CHECK(ask(path, "SELECT count(*) FROM incident") == "1\n");
    CHECK(Store{path}.panel().incidents.size() == 1);
    CHECK(ask(path, "PRAGMA integrity_check") == "ok\n");
  }
  CHECK(old > 0);
}

TEST_CASE("migrate: what may only be read is not migrated, and that is said",
          "[migrate]") {
  const Folder folder;
  const auto path = folder.path / "oud.db";
  write_version_1(path);
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms{0444});
  std::filesystem::permissions(folder.path, perms{0555});
  CHECK(
      in_child([&] {
        if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
          return 97;
        return refuses("may not be written", [&] { const Store s{path}; }) ? 0
                                                                           : 1;
      }) == 0);
  std::filesystem::permissions(folder.path, perms::all);
  CHECK(ask(path, "PRAGMA user_version") == "1\n");
}

TEST_CASE("migrate: two at once make one migration", "[migrate]") {
  const Folder folder;
  const auto path = folder.path / "oud.db";
  write_version_1(path);
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(test::begin_child(
        [&path] { return Store{path}.panel().incidents.size() == 1 ? 0 : 1; }));
  }
  for (const pid_t child : children) CHECK(test::wait_for(child) == 0);
  CHECK(ask(path.string() + ".schema-1.backup", "PRAGMA user_version") ==
        "1\n");
  CHECK(Store{path}.panel().incidents.size() == 1);
}
