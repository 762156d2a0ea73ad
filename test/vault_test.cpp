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
#include "etherpeil/analysis.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/store.hpp"
#include "folder.hpp"
#include "sql.hpp"

using namespace etherpeil;
using test::ask;
using test::bytes_of;
using test::killed_after;

namespace {

/// A folder that goes with the test.
struct Folder : test::Folder {
  Folder() : test::Folder{"vault"} {}
  std::filesystem::path study{path / "buurt.db"};
  std::filesystem::path vault{path / "buurt.db.vault"};
};

Pseudonymiser the_key() { return {Key{{7, 8, 9}}, "kluis"}; }

Store fresh(const std::filesystem::path& path) {
  return Store::create(path,
                       {.key = "kluis",
                        .title = "Kluis",
                        .groups = {{.key = "molen", .name = "Molenwijk"},
                                   {.key = "ster", .name = "Sterwijk"}}},
                       {}, the_key());
}

/// `days` days of May 2021: a report, an answer by each of two, and thanks.
Chat chat_of(int days, const std::string& tail = {}) {
  std::string text;
  for (int day = 1; day <= days; ++day) {
    const std::string date =
        (day < 10 ? "0" : "") + std::to_string(day) + "-05-2021 ";
    text += date +
            "10:00 - Anna Jansen: Er loopt een verdachte man in de "
            "Lijsterlaan, 112 gebeld\n";
    text += date + "10:02 - Bert Smit: Ik ga kijken, Anna Jansen " +
            std::to_string(day) + "\n";
    text += date + "10:09 - Carla Bos: Niets te zien bij de kerk " +
            std::to_string(day) + "\n";
    text += date + "23:05 - Bert Smit: Aangehouden, dank januari\n";
  }
  return parse(Bytes::from(text + tail), "x.txt");
}

const Analyser& by_rules() {
  static const Analyser analyser{{}, Classifier{}};
  return analyser;
}

Analysis analysed(Chat chat) { return by_rules().run(std::move(chat)); }

std::string all_bytes(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    std::ifstream file{entry.path(), std::ios::binary};
    all.append(std::istreambuf_iterator<char>{file}, {});
  }
  return all;
}

Consent listed(const std::string& list) { return {list, the_key()}; }

/// Refused with these words, and with `code`.
bool refuses(Errc code, const std::string& part,
             const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    INFO(error.what());
    return error.code() == code &&
           std::string{error.what()}.find(part) != std::string::npos;
  }
  return false;
}

}  // namespace

// ------------------------------------------------------------------------ rows

TEST_CASE("rows: every message has one, and they say what the segments say",
          "[rows]") {
  const Folder folder;
  Store store = fresh(folder.study);
  SECTION("asked for before") { store.keep_rows(); }
  store.add("ster", analysed(chat_of(20)), the_key());
  SECTION("asked for afterwards") { store.keep_rows(); }
  const Panel panel = store.panel();
  CHECK(ask(folder.study, "SELECT count(*) FROM v_message") ==
        std::to_string(panel.messages.size()) + "\n");
  REQUIRE(panel.messages.size() == 72);
  std::string expected;
  for (std::size_t i = 0; i < panel.messages.size(); ++i) {
    const Index incident = panel.messages.incident[i];
    expected += panel.members[panel.messages.member[i]].pseudonym + "|" +
                std::to_string(panel.messages.line[i]) + "|" +
                std::string{to_string(panel.messages.kind[i])} + "|" +
                panel.codes.labels[panel.messages.label[i]].key + "|" +
                (incident == Messages::no_incident
                     ? "NULL"
                     : std::to_string(panel.incidents[incident].line)) +
                "\n";
  }
  CHECK(ask(folder.study,
            "SELECT m.pseudonym, m.line, m.kind, m.label, r.line FROM "
            "v_message m LEFT JOIN message r ON r.message_id = m.incident_id "
            "ORDER BY m.message_id") == expected);
  CHECK(ask(folder.study,
            "SELECT group_key, day, place, time, is_root FROM v_message "
            "LIMIT 2") ==
        "ster|2021-05-02|1|2021-05-02T10:00:00|1\n"
        "ster|2021-05-02|2|2021-05-02T10:02:00|0\n");
  // The counts per day are those of the rows.
  CHECK(ask(folder.study, "SELECT day, count(*) FROM v_message GROUP BY 1") ==
        ask(folder.study, "SELECT day, messages FROM v_day"));
}

TEST_CASE("rows: they go with their export and with their group", "[rows]") {
  const Folder folder;
  Store store = fresh(folder.study);
  store.keep_rows();
  store.add("molen", analysed(chat_of(10)), the_key());
  store.add("ster", analysed(chat_of(12, "13-05-2021 10:00 - Dirk: Ja\n")),
            the_key());
  const std::string ster = ask(folder.study,
                               "SELECT time, line, pseudonym, (SELECT line "
                               "FROM message r WHERE r.message_id = "
                               "m.incident_id) FROM message m WHERE "
                               "message_id >> 40 = 1");
  CHECK(store.add("molen", analysed(chat_of(20)), the_key()) ==
        Added::replaced);
  CHECK(ask(folder.study,
            "SELECT count(*) FROM message WHERE message_id >> 40 = 0") ==
        "72\n");
  store.erase_group("molen");
  CHECK(ask(folder.study,
            "SELECT time, line, pseudonym, (SELECT line FROM message r WHERE "
            "r.message_id = m.incident_id) FROM message m") == ster);
  CHECK(ask(folder.study, "SELECT DISTINCT group_key FROM v_message") ==
        "ster\n");
  const std::string anna = the_key().person("Anna Jansen");
  store.erase_person(anna);
  CHECK(all_bytes(folder.path).find(anna) == std::string::npos);
  CHECK(ask(folder.study,
            "SELECT count(*) FROM message WHERE pseudonym = "
            "'P-0000000000000000'") == "11\n");
}

// ----------------------------------------------------------------------- vault

TEST_CASE("vault: words are in it alone, for its owner alone", "[vault]") {
  const Folder folder;
  Store store = fresh(folder.study);
  const Analysis analysis = analysed(chat_of(20));
  store.add("molen", analysis, the_key());
  CHECK_FALSE(std::filesystem::exists(folder.vault));
  CHECK_FALSE(store.has_texts("molen", analysis.sha256));
  // Asked for later, of an export that is there.
  CHECK(store.add("molen", analysis, the_key(), {.keep_text = true}) ==
        Added::unchanged);
  CHECK(store.has_texts("molen", analysis.sha256));
  CHECK((std::filesystem::status(folder.vault).permissions() &
         std::filesystem::perms::mask) == std::filesystem::perms{0600});
  CHECK(bytes_of(folder.vault).find("verdachte man") != std::string::npos);
  CHECK(bytes_of(folder.study).find("verdachte man") == std::string::npos);
  CHECK(ask(folder.vault, "PRAGMA application_id") == "1162892849\n");
  const auto ids = store.message_ids("molen", analysis);
  std::size_t kept = 0;
  for (Index i = 0; i < ids.size(); ++i) {
    if (!ids[i]) continue;
    ++kept;
    CHECK(store.text(*ids[i]) == std::string{analysis.chat.text(i)});
  }
  CHECK(kept == 72);
  CHECK(
      ask(folder.vault,
          "SELECT group_key, day, place, text FROM v_text LIMIT 1 OFFSET 1") ==
      "molen|2021-05-02|2|Ik ga kijken, Anna Jansen 2\n");
  CHECK(ask(folder.vault,
            "SELECT s.name, c.name FROM sqlite_schema s JOIN "
            "pragma_table_info(s.name) c WHERE s.type IN ('table', 'view') AND "
            "NOT EXISTS (SELECT 1 FROM codebook_column k WHERE k.table_name = "
            "s.name AND k.column_name = c.name)")
            .empty());
}

TEST_CASE("vault: it keeps the texts of the exports that the study holds",
          "[vault]") {
  const Folder folder;
  Store store = fresh(folder.study);
  store.add("molen", analysed(chat_of(10)), the_key(), {.keep_text = true});
  store.add("ster", analysed(chat_of(12, "13-05-2021 10:00 - Dirk: Ja\n")),
            the_key(), {.keep_text = true});
  const Analysis later = analysed(chat_of(20));
  SECTION("a later export brings its own") {
    CHECK(store.add("molen", later, the_key(), {.keep_text = true}) ==
          Added::replaced);
    CHECK(ask(folder.vault,
              "SELECT group_key, count(*) FROM v_text GROUP BY 1") ==
          "molen|72\nster|44\n");
  }
  SECTION("or none, when they are not asked for") {
    CHECK(store.add("molen", later, the_key()) == Added::replaced);
    CHECK(ask(folder.vault,
              "SELECT group_key, count(*) FROM v_text GROUP BY 1") ==
          "ster|44\n");
  }
  SECTION("texts without an export go: an import that was cut off") {
    ask(folder.vault,
        "INSERT INTO export VALUES (9, 'feed', 'molen'); INSERT INTO text "
        "VALUES (9 << 40, 'wees')");
    store.add("molen", later, the_key(), {.keep_text = true});
    CHECK(ask(folder.vault, "SELECT count(*) FROM text WHERE text = 'wees'") ==
          "0\n");
  }
  SECTION("a group that is erased takes its own") {
    CHECK(store.erase_group("molen").texts == 32);
    CHECK(ask(folder.vault,
              "SELECT group_key, count(*) FROM v_text GROUP BY 1") ==
          "ster|44\n");
  }
  CHECK(store.text(message_id(store.study().groups.size() == 1 ? 0 : 1,
                              LocalDay{std::chrono::year{2021} / 5 / 3}, 2)) ==
        "Ik ga kijken, Anna Jansen 3");
}

TEST_CASE("vault: no word of an erased person stays, nor his name", "[vault]") {
  const Folder folder;
  Store store = fresh(folder.study);
  store.add("molen", analysed(chat_of(20)), the_key(), {.keep_text = true});
  REQUIRE(all_bytes(folder.path).find("bij de kerk") != std::string::npos);
  const Erased carla =
      store.erase_person(the_key().person("Carla Bos"), "Carla Bos");
  CHECK(carla.texts == 18);
  CHECK(all_bytes(folder.path).find("bij de kerk") == std::string::npos);
  // Those in which others name her go too; "jan" in "januari" is no name.
  const Erased anna =
      store.erase_person(the_key().person("Anna Jansen"), "anna jansen");
  CHECK(anna.texts == 36);
  CHECK(all_bytes(folder.path).find("Jansen") == std::string::npos);
  CHECK(store.erase_person(the_key().person("Jan"), "Jan").texts == 0);
  CHECK(ask(folder.vault, "SELECT count(*) FROM text") == "18\n");
  // A later export does not bring them back.
  CHECK(store.add("molen", analysed(chat_of(25)), the_key(),
                  {.keep_text = true}) == Added::replaced);
  CHECK(ask(folder.vault,
            "SELECT count(*) FROM text WHERE text LIKE '%kerk%'") == "0\n");
}

TEST_CASE("vault: that of another study or in the open is refused", "[vault]") {
  const Folder folder;
  Store store = fresh(folder.study);
  store.add("molen", analysed(chat_of(10)), the_key(), {.keep_text = true});
  const Analysis more = analysed(chat_of(20));
  const auto add = [&] {
    store.add("molen", more, the_key(), {.keep_text = true});
  };
  SECTION("others may read it") {
    std::filesystem::permissions(folder.vault, std::filesystem::perms{0640});
    CHECK(refuses(Errc::config, "chmod 600", add));
  }
  SECTION("it is of another study") {
    ask(folder.vault, "UPDATE vault SET study = 'anders'");
    CHECK(refuses(Errc::store, "another study", add));
  }
  SECTION("it is something else") {
    ask(folder.vault, "PRAGMA application_id = 5");
    CHECK(refuses(Errc::store, "no vault", add));
  }
  SECTION("it cannot hold the texts") {
    ask(folder.vault,
        "CREATE TRIGGER full BEFORE INSERT ON text BEGIN SELECT "
        "RAISE(ABORT, 'full'); END");
    CHECK_THROWS_AS(add(), Error);
  }
  // Nothing of the import stays.
  CHECK(ask(folder.study, "SELECT count(*) FROM observed_day") == "8\n");
}

TEST_CASE("vault: killed at any moment, study and vault agree", "[vault]") {
  const Folder folder;
  const Analysis first = analysed(chat_of(12));
  const Analysis second = analysed(chat_of(28));
  {
    Store store = fresh(folder.study);
    store.keep_rows();
    store.add("molen", first, the_key(), {.keep_text = true});
  }
  int killed = 0;
  int old = 0;
  for (int run = 0; run < 40; ++run) {
    const auto victim = folder.path / "victim";
    std::filesystem::remove_all(victim);
    std::filesystem::create_directories(victim);
    const auto file = victim / "buurt.db";
    std::filesystem::copy_file(folder.study, file);
    std::filesystem::copy_file(folder.vault, victim / "buurt.db.vault");
    const auto add = [&](Store store) {
      store.add("molen", second, the_key(), {.keep_text = true});
    };
    if (killed_after(run * 1300, [&] { add(Store{file}); })) ++killed;
    Store store{file};
    const bool done = store.contains("molen", second.sha256);
    if (!done) ++old;
    const Analysis& held = done ? second : first;
    // Whatever it is, it is whole: days, rows and texts of one export.
    CHECK(store.has_texts("molen", held.sha256));
    CHECK(ask(file, "SELECT sum(messages) FROM member_day") ==
          ask(file, "SELECT count(*) FROM message"));
    CHECK(ask(file, "PRAGMA integrity_check") == "ok\n");
    const auto ids = store.message_ids("molen", held);
    for (Index i = 0; i < ids.size(); ++i) {
      if (ids[i]) CHECK(store.text(*ids[i]) == std::string{held.chat.text(i)});
    }
    // Asked again it is done, and nothing of the first stays in the vault.
    store.add("molen", second, the_key(), {.keep_text = true});
    CHECK(ask(victim / "buurt.db.vault",
              "SELECT count(*) FROM export; SELECT count(*) FROM text") ==
          "1\n104\n");
  }
  CHECK(killed > 0);
  CHECK(old > 0);
}

TEST_CASE("vault: an export that goes on takes the texts of its days over",
          "[vault]") {
  const Folder folder;
  Store store = fresh(folder.study);
  const AddOptions options{.keep_text = true};
  store.add("molen", analysed(chat_of(12)), the_key(), options);
  const Chat whole = chat_of(24);
  const std::string_view text = whole.bytes.view;
  CHECK(store.add("molen",
                  analysed(parse(Bytes::from(std::string{
                                     text.substr(text.find("05-05-2021"))}),
                                 "later.txt")),
                  the_key(), options) == Added::extended);
  // One text for each message of the study, and no other.
  const std::string days = "2021-05-02|2021-05-23|22|88\n";
  CHECK(ask(folder.vault,
            "SELECT min(day), max(day), count(DISTINCT day), count(*) FROM "
            "v_text") == days);
  CHECK(ask(folder.vault,
            "SELECT count(*) FROM (SELECT DISTINCT day, place FROM v_text)") ==
        "88\n");
  CHECK(ask(folder.study, "SELECT sum(messages) FROM member_day") == "88\n");
}

// --------------------------------------------------------------------- consent

TEST_CASE("consent: who is on the list never enters database or vault",
          "[consent]") {
  const Folder folder;
  Store store = fresh(folder.study);
  const Consent consent = listed("Anna Jansen\nCarla Bos\tdrop\n");
  Chat chat = chat_of(20);
  const AddOptions options{.keep_text = true, .consent = &consent};
  // The library itself refuses words of who is not to be read.
  CHECK(refuses(Errc::argument, "Consent::apply", [&] {
    store.add("molen", analysed(chat), the_key(), options);
  }));
  CHECK(consent.apply(chat) == 2);
  store.add("molen", analysed(std::move(chat)), the_key(), options);
  const std::string bytes = all_bytes(folder.path);
  for (const std::string name : {"Anna Jansen", "Carla Bos"})
    CHECK(bytes.find(the_key().person(name)) == std::string::npos);
  CHECK(bytes.find("bij de kerk") == std::string::npos);
  CHECK(bytes.find("verdachte man") == std::string::npos);
  CHECK(ask(folder.study,
            "SELECT sum(messages) FROM member_day; SELECT sum(messages) FROM "
            "member_day WHERE pseudonym = 'P-0000000000000000'") == "72\n36\n");
}

TEST_CASE("consent: a list that changed does not block the next export",
          "[consent]") {
  const Folder folder;
  Store store = fresh(folder.study);
  const auto add = [&store](int days, const Consent& consent) {
    Chat chat = chat_of(days);
    static_cast<void>(consent.apply(chat));
    return store.add("molen", analysed(std::move(chat)), the_key(),
                     {.keep_text = true, .consent = &consent});
  };
  const Consent none;
  const Consent drops = listed("Carla Bos\tdrop\n");
  SECTION("who wrote every day is not to be read from now on") {
    CHECK(add(12, none) == Added::added);
    CHECK(add(24, drops) == Added::replaced);
    CHECK(all_bytes(folder.path).find("bij de kerk") == std::string::npos);
    CHECK(all_bytes(folder.path).find(the_key().person("Carla Bos")) ==
          std::string::npos);
  }
  SECTION("or may be read again") {
    CHECK(add(12, drops) == Added::added);
    CHECK(add(24, none) == Added::replaced);
  }
  SECTION("another group is still refused") {
    CHECK(add(12, drops) == Added::added);
    std::string text;
    for (int day = 1; day < 25; ++day) {
      text += (day < 10 ? "0" : "") + std::to_string(day) +
              "-05-2021 10:00 - Carla Bos: Heel iets anders " +
              std::to_string(day) + "\n";
    }
    Chat other = parse(Bytes::from(text), "x.txt");
    static_cast<void>(drops.apply(other));
    CHECK(refuses(Errc::store, "other messages", [&] {
      store.add("molen", analysed(std::move(other)), the_key(),
                {.consent = &drops});
    }));
  }
}

TEST_CASE("consent: one of the names of a merged author suffices",
          "[consent]") {
  const Consent consent = listed("~Buurman Bert\tdrop\n");
  Chat chat = chat_of(3);
  const std::vector<std::vector<Author>> known_as{
      {{.name = "Anna Jansen"}},
      {{.name = "Bert Smit"}, {.name = "Buurman Bert", .unsaved = true}},
      {{.name = "Carla Bos"}}};
  CHECK(consent.apply(chat) == 0);
  CHECK(consent.apply(chat, known_as) == 1);
  for (const Message& message : chat.messages)
    CHECK((message.kind == Kind::empty) == (message.author == 1));
}

// ------------------------------------------------------------ two at once,
// full

TEST_CASE("store: importing and erasing at once, each is whole", "[vault]") {
  const Folder folder;
  const Analysis second = analysed(chat_of(28));
  const std::string anna = the_key().person("Anna Jansen");
  for (int run = 0; run < 12; ++run) {
    for (const auto& entry : std::filesystem::directory_iterator{folder.path})
      std::filesystem::remove_all(entry.path());
    {
      Store store = fresh(folder.study);
      store.keep_rows();
      store.add("molen", analysed(chat_of(12)), the_key(), {.keep_text = true});
    }
    const auto in_child = [](const std::function<void()>& act) {
      return test::begin_child([&act] {
        try {
          act();
        } catch (const Error&) {
          return 1;  // another program was first: said, and nothing done
        }
        return 0;
      });
    };
    const pid_t importer = in_child([&] {
      ::usleep(static_cast<useconds_t>(run * 900));
      Store{folder.study}.add("molen", second, the_key(), {.keep_text = true});
    });
    const pid_t eraser = in_child(
        [&] { Store{folder.study}.erase_person(anna, "Anna Jansen"); });
    for (const pid_t child : {importer, eraser}) {
      const int status = test::wait_for(child);
      CHECK(WIFEXITED(status));
      CHECK(WEXITSTATUS(status) <= 1);
    }
    Store store{folder.study};
    CHECK(ask(folder.study, "PRAGMA integrity_check") == "ok\n");
    CHECK(ask(folder.study, "PRAGMA foreign_key_check").empty());
    CHECK(ask(folder.study, "SELECT sum(messages) FROM member_day") ==
          ask(folder.study, "SELECT count(*) FROM message"));
    // Asking both again completes them.
    store.add("molen", second, the_key(), {.keep_text = true});
    store.erase_person(anna, "Anna Jansen");
    CHECK(store.contains("molen", second.sha256));
    CHECK(all_bytes(folder.path).find(anna) == std::string::npos);
    CHECK(all_bytes(folder.path).find("verdachte man") == std::string::npos);
  }
}

TEST_CASE(
    "store: an erasure on a full disk is said, and done when there is room",
    "[vault]") {
  const Folder folder;
  const std::string anna = the_key().person("Anna Jansen");
  Store store = fresh(folder.study);
  store.keep_rows();
  store.add("molen", analysed(chat_of(28)), the_key(), {.keep_text = true});
  // A file system of its own that holds the files and little more would need
  // privileges; a limit on the size of a file is the same to SQLite.
  const int status = test::in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &small);
    try {
      Store{folder.study}.erase_person(anna);
    } catch (const Error& error) {
      return std::string{error.what()}.find("again") != std::string::npos ? 0
                                                                          : 3;
    }
    return 4;
  });
  CHECK(status == 0);
  CHECK(ask(folder.study, "PRAGMA integrity_check") == "ok\n");
  CHECK(ask(folder.study, "SELECT sum(messages) FROM member_day") == "104\n");
  store.erase_person(anna);
  CHECK(all_bytes(folder.path).find(anna) == std::string::npos);
}
