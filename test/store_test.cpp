#include "etherpeil/store.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <set>

#include "store_world.hpp"

using namespace etherpeil;
using namespace etherpeil::test;

// --- making a file

TEST_CASE("store: a new database gives its study back", "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  { const Store made = fresh(path); }
  const Store store{path};
  const Study& study = store.study();
  CHECK(study.key == "vier");
  CHECK(study.title == "Vier buurten");
  CHECK(study.time_zone == "Europe/Amsterdam");
  CHECK(study.roles.empty());  // a path of another machine
  REQUIRE(study.groups.size() == 3);
  const Group& north = study.groups[0];
  CHECK(north.key == "noord");
  CHECK(north.arm == "interventie");
  CHECK(north.governance == "gemeente");
  CHECK(north.regime == "alarm");
  CHECK(north.area_code == "BU1");
  CHECK(north.households == 600U);
  CHECK(north.members == 80U);
  REQUIRE(north.interventions.size() == 2);
  CHECK(north.interventions[0].key == "bord");
  CHECK(north.interventions[0].start == day(2021, 3, 1));
  CHECK_FALSE(north.interventions[0].end);
  CHECK(north.interventions[1].end == day(2021, 6, 30));
  CHECK_FALSE(study.groups[1].members);
  const Panel panel = store.panel();
  CHECK(panel.files.empty());
  CHECK(panel.members.empty());
  CHECK(panel.codes.labels.empty());
  CHECK(panel.study.groups.size() == 3);
  CHECK_FALSE(store.contains("noord", "abc"));
}

TEST_CASE("store: a database is never made over a file that exists",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  std::ofstream{path} << "mine";
  CHECK(
      says(refused(Errc::store, path, [&] { static_cast<void>(fresh(path)); }),
           "exists"));
  CHECK(bytes_of(path) == "mine");
  CHECK(files_in(folder.path) == std::vector<std::string>{"buurt.db"});
}

TEST_CASE("store: a database that cannot be made leaves nothing behind",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Study twice = small_study();
  twice.groups[1].key = "noord";
  CHECK_THROWS_AS(Store::create(path, twice, {}, small_key()), Error);
  CHECK(files_in(folder.path).empty());
  Roles stray{{{.group = "west", .entries = {}}}};
  stray.source = "onze rollen.json";
  CHECK(says(refused(Errc::config, stray.source,
                     [&] {
                       static_cast<void>(Store::create(path, small_study(),
                                                       stray, small_key()));
                     }),
             ": /groups/west: is no group"));
  CHECK_THROWS_AS(Store::create(path, small_study(), stray, small_key()),
                  Error);
  CHECK(files_in(folder.path).empty());
  const auto nowhere = folder.path / "none" / "buurt.db";
  refused(Errc::io, nowhere, [&] { static_cast<void>(fresh(nowhere)); });
  const int status = in_child([&path] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{20000, 20000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return expects("nothing was changed",
                   [&path] { static_cast<void>(fresh(path)); });
  });
  CHECK(status == 0);
  CHECK(files_in(folder.path).empty());
  CHECK_NOTHROW(fresh(path));
}

// --- opening

TEST_CASE("store: what is no study database is refused with its reason",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "x.db";
  CHECK(says(refused_to_open(Errc::io, path), "no such file"));
  CHECK(files_in(folder.path).empty());
  CHECK(says(refused_to_open(Errc::io, folder.path), "folder"));
  std::ofstream{path} << "";
  CHECK(says(refused_to_open(Errc::store, path), "another program"));
  std::ofstream{path} << std::string(5000, 'x');
  CHECK(says(refused_to_open(Errc::store, path), "no database"));
  std::filesystem::remove(path);
  Raw{path}.run("CREATE TABLE study (key TEXT)");
  CHECK(says(refused_to_open(Errc::store, path), "another program"));
}

TEST_CASE("store: another schema version is refused and left alone",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  { const Store made = fresh(path); }
  const std::string version = Raw{path}.value("PRAGMA user_version");
  Raw{path}.run("PRAGMA user_version = 99");
  CHECK(says(refused_to_open(Errc::store, path), "newer"));
  Raw{path}.run("PRAGMA user_version = 0");
  CHECK(says(refused_to_open(Errc::store, path), "schema 0"));
  Raw{path}.run("PRAGMA user_version = " + version);
  CHECK_NOTHROW(Store{path});
}

TEST_CASE(
    "store: a damaged file is never written to, and reading it does no harm",
    "[store]") {
  const Folder folder{"store"};
  const auto good = folder.path / "good.db";
  {
    Store store = fresh(good);
    store.add("noord", crowd(1, day(2021, 1, 1), 40, 10), small_key());
  }
  const std::string bytes = bytes_of(good);
  const auto path = folder.path / "bad.db";
  const auto check = [&](const std::string& broken) {
    std::ofstream{path, std::ios::binary} << broken;
    const std::string why = refused(Errc::store, path, [&path] {
      Store{path}.add("zuid", crowd(2, day(2021, 1, 1), 40, 10), small_key());
    });
    CHECK((says(why, "is damaged") || says(why, "is no database")));
    CHECK(bytes_of(path) == broken);
    // Reading looks at the pages that it needs.
    try {
      static_cast<void>(Store{path}.panel());
    } catch (const Error& error) {
      CHECK(error.code() == Errc::store);
    }
  };
  SECTION("cut off") {
    for (const std::size_t kept : {std::size_t{50}, std::size_t{100},
                                   bytes.size() / 2, bytes.size() - 4096}) {
      check(bytes.substr(0, kept));
      refused_to_open(Errc::store, path);
    }
  }
  SECTION("overwritten") {
    for (std::size_t page = 1; page * 4096 < bytes.size(); page += 3) {
      std::string broken = bytes;
      std::fill_n(broken.begin() + static_cast<std::ptrdiff_t>(page * 4096), 64,
                  '\x5A');
      CAPTURE(page);
      check(broken);
    }
  }
}

TEST_CASE("store: rows that were deleted or renumbered by hand are damage",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  {
    Store store = fresh(path);
    store.add("zuid", crowd(1, day(2021, 1, 1), 40, 10), small_key());
  }
  const auto tampered = GENERATE(
      as<std::string>{},  //
      "DELETE FROM study_group WHERE group_id = 0",
      "DELETE FROM study_group WHERE group_id > 0",
      "UPDATE study_group SET group_id = 9 "
      "WHERE group_id = 2",
      "DELETE FROM label WHERE label_id = 0",
      "DELETE FROM label WHERE label_id = 2", "DELETE FROM attribute",
      "DELETE FROM attribute WHERE attribute_id = 0", "DELETE FROM codebook",
      "DELETE FROM export_file", "DELETE FROM member_day",
      "UPDATE day_label SET group_id = 7",
      "UPDATE day_attribute SET group_id = 4000000000",
      "UPDATE member_day SET group_id = -1",
      "UPDATE membership SET group_id = 3", "UPDATE incident SET group_id = 0",
      "UPDATE incident SET label_id = 3",
      "UPDATE segment SET columns = zeroblob(length(columns))",
      "UPDATE segment SET columns = CAST(columns || x'01' AS BLOB)",
      "UPDATE segment SET columns = substr(columns, 1, length(columns) - 1)",
      "UPDATE segment SET messages = messages - 1",
      "UPDATE segment SET messages = messages + 1",
      "UPDATE segment SET people = substr(people, 1, length(people) - 19)",
      "UPDATE segment SET people = 'P-AAAAAAAAAAAAAAAA'",
      "UPDATE segment SET month = '2020-12' WHERE month = '2021-01'");
  CAPTURE(tampered);
  REQUIRE(Raw{path}.run(tampered) == SQLITE_OK);
  CHECK(says(refused(Errc::store, path,
                     [&path] {
                       const Store store{path};
                       static_cast<void>(store.panel());
                     }),
             "holds a value that no etherpeil writes"));
}

// --- refusals

TEST_CASE("store: adding the same export again changes nothing", "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Store store = fresh(path);
  const Analysis analysis = crowd(1, day(2021, 1, 1), 30, 12);
  CHECK(store.add("noord", analysis, small_key()) == Added::added);
  const std::string before = Raw{path}.dump();
  CHECK(store.add("noord", analysis, small_key()) == Added::unchanged);
  CHECK(Raw{path}.dump() == before);
  const std::string message = refused(
      Errc::store, path, [&] { store.add("zuid", analysis, small_key()); });
  CHECK(says(message, "noord"));
  CHECK(Raw{path}.dump() == before);
}

TEST_CASE("store: exports that overlap are refused, exports that touch are not",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Store store = fresh(path);
  store.add("noord", crowd(1, day(2021, 2, 1), 28, 6), small_key());
  const std::string before = Raw{path}.dump();
  for (const auto& [first, days] :
       std::vector<std::pair<LocalDay, int>>{{day(2021, 2, 1), 28},
                                             {day(2021, 1, 1), 32},
                                             {day(2021, 2, 28), 5},
                                             {day(2021, 1, 1), 90},
                                             {day(2021, 2, 10), 2}}) {
    const Analysis other = crowd(2, first, days, 6);
    const std::string message = refused(
        Errc::store, path, [&] { store.add("noord", other, small_key()); });
    CHECK(says(message, "other messages"));
    CHECK(says(message, "2021-02-01 to 2021-02-28"));
    CHECK(Raw{path}.dump() == before);
  }
  CHECK(store.add("noord", crowd(3, day(2021, 3, 1), 5, 6), small_key()) ==
        Added::added);
  CHECK(store.add("noord", crowd(4, day(2021, 1, 1), 31, 6), small_key()) ==
        Added::added);
  CHECK(store.add("zuid", crowd(5, day(2021, 2, 1), 28, 6), small_key()) ==
        Added::added);
  CHECK(store.panel().coverage.size() == 4);
}

TEST_CASE("store: an error about an export begins with its path", "[store]") {
  const Folder folder{"store"};
  Store store = fresh(folder.path / "buurt.db");
  const std::string path = "/usb/Chat met Noord.zip";
  Analysis analysis = crowd(1, day(2021, 2, 1), 28, 6);
  analysis.chat.source = path;
  store.add("noord", analysis, small_key());
  const auto refusal = [&](const std::string& group, const Analysis& one) {
    return refused(Errc::store, path,
                   [&] { store.add(group, one, small_key()); })
        .substr(path.size());
  };
  Analysis overlapping = crowd(2, day(2021, 2, 10), 5, 6);
  overlapping.chat.source = path;
  CHECK(refusal("noord", overlapping) ==
        ": covers 2021-02-10 to 2021-02-14, and group noord holds an export "
        "of 2021-02-01 to 2021-02-28 with other messages on the same days; "
        "give import both exports at once, so that they are merged, or this "
        "one to its own group");
  CHECK(refusal("zuid", analysis) ==
        ": is in group noord already; when it belongs to group zuid, make the "
        "database again with init (the key file is kept) and import it there");
  Analysis other = crowd(3, day(2021, 5, 1), 5, 6);
  other.chat.source = path;
  other.provenance.model = "human";
  CHECK(says(refusal("noord", other), "another codebook or model"));
}

TEST_CASE("store: the same text read in another way is not the same export",
          "[store]") {
  const Folder folder{"store"};
  Store store = fresh(folder.path / "buurt.db");
  Analysis analysis = crowd(1, day(2021, 2, 1), 28, 6);
  analysis.chat.source = "chat.txt";
  store.add("noord", analysis, small_key());
  Analysis turned = analysis;
  turned.chat.format.date_order = DateOrder::mdy;
  CHECK(refused(Errc::store, "chat.txt",
                [&] { store.add("noord", turned, small_key()); }) ==
        "chat.txt: is there already, read as dmy; make the database again "
        "with init to read it as mdy");
  Analysis shaped = analysis;
  shaped.chat.format.header = "dd-MM-yy HH:mm - ";
  CHECK(refused(Errc::store, "chat.txt",
                [&] { store.add("noord", shaped, small_key()); }) ==
        "chat.txt: is there already, read as \"[dd-MM-yyyy HH:mm:ss] \"; make "
        "the database again with init to read it as \"dd-MM-yy HH:mm - \"");
  CHECK(store.add("noord", analysis, small_key()) == Added::unchanged);
}

TEST_CASE("store: a group, codebook or model that does not fit is refused",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Store store = fresh(path);
  CHECK(refused(Errc::argument, path,
                [&] {
                  store.add("west", crowd(1, day(2021, 1, 1), 3, 3),
                            small_key());
                }) ==
        path.string() + ": has no group \"west\"; it has noord, oost, zuid");
  store.add("noord", crowd(1, day(2021, 1, 1), 3, 3), small_key());
  const std::string before = Raw{path}.dump();
  const std::vector<std::function<void(Analysis&)>> changes{
      [](Analysis& a) { a.provenance.codebook_sha256 = "other"; },
      [](Analysis& a) { a.provenance.model = "human"; },
      [](Analysis& a) { a.codes.version = 4; },
      [](Analysis& a) {
        a.codes.labels.pop_back();
        a.labels[1].code = 0;
      },
      [](Analysis& a) {
        std::swap(a.codes.attributes[0], a.codes.attributes[1]);
      }};
  for (const auto& change : changes) {
    Builder chat;
    chat.say(day(2022, 1, 1) + 1h, chat.person("An"), 0);
    chat.say(day(2022, 1, 1) + 2h, 0, 0);
    Analysis other = chat.done();
    change(other);
    CHECK(says(refused(Errc::store, path,
                       [&] { store.add("noord", other, small_key()); }),
               "codebook"));
    CHECK(Raw{path}.dump() == before);
  }
}

TEST_CASE("store: another key than that of the study is refused", "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Store store = fresh(path);
  const std::string before = Raw{path}.dump();
  const Pseudonymiser other_key{Key{{9}}, "vier"};
  const Pseudonymiser other_study{Key{{1, 2, 3}}, "vijf"};
  for (const Pseudonymiser& wrong : {other_key, other_study}) {
    CHECK(says(refused(Errc::argument, path,
                       [&] {
                         store.add("noord", crowd(1, day(2021, 1, 1), 3, 3),
                                   wrong);
                       }),
               "key"));
    std::vector<Diagnostic> diagnostics;
    CHECK_THROWS_AS(store.roles("noord", Chat{}, wrong, diagnostics), Error);
  }
  CHECK(Raw{path}.dump() == before);
}

TEST_CASE("store: an analysis whose parts do not fit each other is refused",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Store store = fresh(path);
  const std::string before = Raw{path}.dump();
  const std::vector<std::function<void(Analysis&)>> faults{
      [](Analysis& a) { a.chat.messages.clear(); },
      [](Analysis& a) { a.labels.pop_back(); },
      [](Analysis& a) { a.roles.pop_back(); },
      [](Analysis& a) { a.incidents.of_message.clear(); },
      [](Analysis& a) { a.sha256.clear(); },
      [](Analysis& a) { a.labels[1].code = 3; },
      [](Analysis& a) { a.incidents.list[0].root = 0; },
      [](Analysis& a) { a.incidents.list[0].root = 1000000; }};
  for (const auto& fault : faults) {
    Analysis analysis = crowd(1, day(2021, 1, 1), 20, 10);
    REQUIRE_FALSE(analysis.incidents.list.empty());
    fault(analysis);
    try {
      store.add("noord", analysis, small_key());
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == Errc::argument);
    }
  }
  CHECK(Raw{path}.dump() == before);
  Analysis without_roles = crowd(1, day(2021, 1, 1), 20, 10);
  without_roles.roles.clear();
  CHECK(store.add("noord", without_roles, small_key()) == Added::added);
}

// --- determinism

TEST_CASE("store: the order of adding leaves no trace", "[store]") {
  const Folder folder{"store"};
  struct Export {
    std::string group{};
    Analysis analysis{};
  };
  std::vector<Export> exports{{"oost", crowd(1, day(2021, 1, 1), 20, 8, 5)},
                              {"noord", crowd(2, day(2021, 3, 1), 20, 8, 9)},
                              {"noord", crowd(3, day(2021, 1, 1), 20, 8, 7)},
                              {"zuid", crowd(4, day(2021, 2, 1), 20, 8, 6)}};
  exports[1].analysis.provenance.library = "0.2.0";
  std::vector<std::size_t> order{0, 1, 2, 3};
  std::set<std::string> dumps;
  std::set<std::string> panels;
  do {
    const auto path = folder.path / "buurt.db";
    {
      Store store = fresh(path);
      for (const std::size_t i : order) {
        store.add(exports[i].group, exports[i].analysis, small_key());
      }
      panels.insert(describe(store.panel()));
    }
    dumps.insert(Raw{path}.dump());
    std::filesystem::remove(path);
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(dumps.size() == 1);
  CHECK(panels.size() == 1);
}

TEST_CASE("store: roles come back for the authors of a chat, by pseudonym",
          "[store]") {
  const Folder folder{"store"};
  const Roles roles{
      {{.group = "noord",
        .entries =
            {{.name = "els", .role = Role::police, .from = day(2021, 2, 1)},
             {.name = "els", .role = Role::care, .to = day(2021, 1, 31)},
             {.name = "06-12345678", .role = Role::moderator},
             {.name = "Jan", .role = Role::business},
             {.name = "~Kim", .role = Role::care},
             {.name = "Verdwenen", .role = Role::care}}},
       {.group = "", .entries = {{.name = "Piet", .role = Role::moderator}}}}};
  Store store = Store::create(folder.path / "buurt.db", small_study(), roles,
                              small_key());
  Chat chat;
  chat.authors = {{.name = "Els"},
                  {.name = "+31 6 12345678", .unsaved = true, .phone = true},
                  {.name = "Jan", .unsaved = true},
                  {.name = "Kim"},
                  {.name = "Kim", .unsaved = true}};
  std::vector<Diagnostic> diagnostics;
  const auto entries = store.roles("noord", chat, small_key(), diagnostics);
  REQUIRE(entries.size() == 5);
  CHECK(entries[0].name == "Els");
  CHECK(entries[0].from == day(2021, 2, 1));
  CHECK(entries[1].to == day(2021, 1, 31));
  CHECK(entries[1].role == Role::care);
  CHECK(entries[2].name == "+31 6 12345678");
  CHECK(entries[3].name == "~Jan");
  CHECK(entries[4].name == "~Kim");
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].code == "study.role-names-nobody");
  CHECK(says(diagnostics[0].message, "1 role of the group names nobody"));

  // What comes out fits what assign_roles takes in.
  for (Index i = 0; i < chat.authors.size(); ++i) {
    chat.messages.push_back(
        {.seconds = 1612180800, .author = static_cast<std::uint16_t>(i)});
  }
  CHECK(assign_roles(chat, entries, diagnostics) ==
        std::vector<Role>{Role::police, Role::moderator, Role::business,
                          Role::unknown, Role::care});
  CHECK(diagnostics.size() == 1);

  diagnostics.clear();
  CHECK(store.roles("zuid", chat, small_key(), diagnostics)
            .empty());  // Piet writes here not
  CHECK(diagnostics.size() == 1);
  diagnostics.clear();
  CHECK(store.roles("noord", Chat{}, small_key(), diagnostics).empty());
  REQUIRE(diagnostics.size() == 1);
  CHECK(says(diagnostics[0].message, "6 roles of the group name nobody"));
  CHECK_THROWS_AS(store.roles("west", chat, small_key(), diagnostics), Error);
}

TEST_CASE("store: a database can be moved from one object to another",
          "[store]") {
  const Folder folder{"store"};
  Store a = fresh(folder.path / "a.db");
  Store b = fresh(folder.path / "b.db");
  a.add("noord", crowd(1, day(2021, 1, 1), 5, 5), small_key());
  b = std::move(a);
  CHECK(b.panel().files.size() == 1);
  const Store c{std::move(b)};
  CHECK(c.study().groups.size() == 3);
}
