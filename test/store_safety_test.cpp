/// Killed, a full disk, other programs, permissions.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "store_world.hpp"

using namespace etherpeil;
using namespace etherpeil::test;

// --- safety

TEST_CASE(
    "store: a writer that stays busy is reported after some patience, readers "
    "go on",
    "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Store store = fresh(path);
  store.add("noord", crowd(1, day(2021, 1, 1), 5, 5), small_key());
  Raw other{path};
  REQUIRE(other.run("BEGIN IMMEDIATE; DELETE FROM incident") == SQLITE_OK);
  const std::string before = describe(store.panel());
  const auto start = std::chrono::steady_clock::now();
  CHECK(says(refused(Errc::store, path,
                     [&] {
                       store.add("zuid", crowd(2, day(2021, 1, 1), 5, 5),
                                 small_key());
                     }),
             "another program"));
  const auto waited = std::chrono::steady_clock::now() - start;
  CHECK(waited > 4s);
  CHECK(waited < 20s);
  CHECK(describe(store.panel()) == before);
  CHECK(describe(Store{path}.panel()) == before);
  REQUIRE(other.run("ROLLBACK") == SQLITE_OK);
  CHECK(store.add("zuid", crowd(2, day(2021, 1, 1), 5, 5), small_key()) ==
        Added::added);
}

TEST_CASE("store: a full disk is reported, and the database is as before",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  {
    Store store = fresh(path);
    store.add("noord", crowd(1, day(2021, 1, 1), 10, 5), small_key());
  }
  const std::string before = Raw{path}.dump();
  const Analysis large = crowd(2, day(2021, 1, 1), 365, 40, 60);
  for (const rlim_t room :
       {rlim_t{0}, rlim_t{8192}, rlim_t{100000}, rlim_t{400000}}) {
    const int status = in_child([&] {
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{room, room};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      // The smallest rooms do not even hold what reading needs beside the file.
      return expects("nothing was changed", [&] {
        Store store{path};
        const std::string old = describe(store.panel());
        try {
          store.add("zuid", large, small_key());
        } catch (...) {
          if (describe(store.panel()) != old)
            throw std::runtime_error{"changed"};
          throw;
        }
      });
    });
    CAPTURE(room);
    CHECK(status == 0);
    Raw raw{path};
    CHECK(raw.dump() == before);
    CHECK(raw.value("PRAGMA integrity_check") == "ok");
  }
  Store store{path};
  CHECK(store.add("zuid", large, small_key()) == Added::added);
}

TEST_CASE("store: a writer that is killed leaves all of its work or none",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  {
    Store store = fresh(path);
    store.add("noord", crowd(1, day(2021, 1, 1), 10, 5), small_key());
  }
  const std::string before = Raw{path}.dump();
  const Analysis large = crowd(2, day(2021, 1, 1), 365, 20, 60);
  const auto add = [&large](const std::filesystem::path& file) {
    Store store{file};
    store.add("zuid", large, small_key());
  };
  const auto whole = folder.path / "whole.db";
  std::filesystem::copy_file(path, whole);
  const auto start = std::chrono::steady_clock::now();
  add(whole);
  const auto needed = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - start)
                          .count();
  const std::string after = Raw{whole}.dump();
  REQUIRE(after != before);

  int nothing = 0;
  int everything = 0;
  int killed = 0;
  const int runs = 30;
  for (int run = 0; run < runs; ++run) {
    const auto file = folder.path / "victim.db";
    std::filesystem::copy_file(path, file);
    // From the first moment to well past the end, unevenly.
    if (killed_after(needed * (run * 37 % runs) * 13 / runs / 10,
                     [&] { add(file); }))
      ++killed;
    {
      const Store store{file};  // recovers what the dead left
      CHECK_NOTHROW(store.panel());
    }
    Raw raw{file};
    const std::string found = raw.dump();
    CHECK(raw.value("PRAGMA integrity_check") == "ok");
    CHECK(raw.rows("PRAGMA foreign_key_check").empty());
    if (found == before) ++nothing;
    if (found == after) ++everything;
    {
      Store store{file};
      store.add("zuid", large, small_key());
    }
    CHECK(Raw{file}.dump() == after);
    std::filesystem::remove(file);
  }
  CHECK(nothing + everything == runs);
  CHECK(nothing > 0);
  CHECK(killed >= 10);
}

TEST_CASE("store: a database that may only be read is read", "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  std::string before;
  {
    Store store = fresh(path);
    store.add("noord", crowd(1, day(2021, 1, 1), 10, 5), small_key());
    before = describe(store.panel());
  }
  using std::filesystem::perms;
  const auto read_only =
      perms::owner_read | perms::group_read | perms::others_read;
  const auto all = perms::all;
  const auto enter =
      read_only | perms::owner_exec | perms::group_exec | perms::others_exec;
  const auto visit = [&] {
    return in_child([&] {
      become_nobody();
      Store store{path};
      if (describe(store.panel()) != before) return 10;
      const int answer = expects("may only be read", [&] {
        store.add("zuid", crowd(2, day(2021, 1, 1), 5, 5), small_key());
      });
      if (answer != 0) return answer;
      return describe(store.panel()) == before ? 0 : 11;
    });
  };
  SECTION("the file") {
    std::filesystem::permissions(path, read_only);
    std::filesystem::permissions(folder.path, all);
    CHECK(visit() == 0);
  }
  SECTION("the file and its folder") {
    std::filesystem::permissions(path, read_only);
    std::filesystem::permissions(folder.path, enter);
    CHECK(visit() == 0);
    std::filesystem::permissions(folder.path, all);
  }
  SECTION("the folder only") {
    std::filesystem::permissions(path, all);
    std::filesystem::permissions(folder.path, enter);
    CHECK(visit() == 0);
    std::filesystem::permissions(folder.path, all);
  }
  SECTION("with work of a killed writer beside it, which cannot be finished") {
    const auto leftover =
        folder.path /
        (GENERATE(0, 1) == 0 ? "buurt.db-wal" : "buurt.db-journal");
    std::ofstream{leftover} << "something";
    std::filesystem::permissions(folder.path, enter);
    const int status = in_child([&] {
      become_nobody();
      return expects("unfinished work", [&] { const Store store{path}; });
    });
    std::filesystem::permissions(folder.path, all);
    CHECK(status == 0);
  }
  SECTION("not even that") {
    std::filesystem::permissions(path, perms::none);
    std::filesystem::permissions(folder.path, enter);
    CHECK(in_child([&] {
            become_nobody();
            return expects("cannot be opened",
                           [&] { const Store store{path}; });
          }) == 0);
    std::filesystem::permissions(folder.path, all);
  }
}

TEST_CASE("store: where the file system refuses a log, another journal does",
          "[store]") {
  // This VFS has no shared memory, as a network share has none.
  const Folder folder{"store"};
  const auto local = folder.path / "local.db";
  {
    Store store = fresh(local);
    store.add("noord", crowd(1, day(2021, 1, 1), 10, 5), small_key());
  }
  CHECK(Raw{local}.value("PRAGMA journal_mode") == "wal");
  const int status = in_child([&] {
    sqlite3_vfs_register(sqlite3_vfs_find("unix-dotfile"), 1);
    const auto path = folder.path / "share.db";
    {
      Store store = fresh(path);
      if (store.add("noord", crowd(1, day(2021, 1, 1), 10, 5), small_key()) !=
          Added::added) {
        return 1;
      }
    }
    if (Raw{path}.value("PRAGMA journal_mode") != "delete") return 2;
    // A database that was made on a local disk and then moved to the share.
    Store moved{local};
    if (moved.add("zuid", crowd(2, day(2021, 1, 1), 10, 5), small_key()) !=
        Added::added)
      return 3;
    if (describe(Store{path}.panel()).empty()) return 4;
    return moved.panel().files.size() == 2 ? 0 : 5;
  });
  CHECK(status == 0);
  CHECK(Store{folder.path / "share.db"}.panel().files.size() == 1);
  CHECK(Store{local}.panel().files.size() == 2);
}

TEST_CASE("store: a path may hold any character", "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "vier buurten? #1 %41 \u00E9\u00E9n.db";
  {
    Store store = fresh(path);
    store.add("noord", crowd(1, day(2021, 1, 1), 10, 5), small_key());
  }
  CHECK(Store{path}.panel().files.size() == 1);
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms{0644});
  const auto enter = perms::owner_read | perms::owner_exec | perms::group_read |
                     perms::group_exec | perms::others_read |
                     perms::others_exec;
  std::filesystem::permissions(folder.path, enter);
  CHECK(in_child([&] {
          become_nobody();
          return Store{path}.panel().files.size() == 1 ? 0 : 1;
        }) == 0);
  std::filesystem::permissions(folder.path, perms::all);
}
