#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "child.hpp"
#include "etherpeil/analysis.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/store.hpp"
#include "folder.hpp"
#include "messages_reference.hpp"

using namespace etherpeil;
using test::killed_after;

namespace {

/// A folder that goes with the test.
struct Folder : test::Folder {
  Folder() : test::Folder{"erase"} {}
};

Study study_of_two() {
  return {
      .key = "twee",
      .title = "Twee buurten",
      .groups = {{.key = "molenwijk", .name = "Buurtgroep Noordermolen"},
                 {.key = "zuid",
                  .name = "Buurtgroep Zuiderster",
                  .interventions = {{.key = "bord",
                                     .title = "Bord",
                                     .start = LocalDay{std::chrono::year{2021} /
                                                       2 / 1}}}},
                 {.key = "oost", .name = "Buurtgroep Oosterpark"}}};
}

Pseudonymiser the_key() { return {Key{{4, 5, 6}}, "twee"}; }

/// `days` days of May 2021 with a report and two replies a day.
Analysis export_of(const std::string& first, const std::string& second,
                   int days = 25) {
  std::string text;
  for (int day = 1; day <= days; ++day) {
    const std::string date =
        (day < 10 ? "0" : "") + std::to_string(day) + "-05-2021 ";
    text += date + "10:00 - " + first +
            ": Er loopt een verdachte man aan autodeuren te voelen in de "
            "Merelhof, 112 gebeld\n";
    text += date + "10:02 - " + second + ": Ik ga kijken " +
            std::to_string(day) + "\n";
    text += date + "23:05 - Wijkagent Rob: Aangehouden, dank\n";
  }
  static const Analyser by_rules{{}, Classifier{}};
  return by_rules.run(parse(Bytes::from(text), "x.txt"));
}

Store filled(const std::filesystem::path& path) {
  const Roles roles{
      .groups = {
          {.group = "molenwijk",
           .entries = {{.name = "Anna Jansen", .role = Role::moderator},
                       {.name = "Wijkagent Rob", .role = Role::police}}}}};
  Store store = Store::create(path, study_of_two(), roles, the_key());
  store.add("molenwijk", export_of("Anna Jansen", "Bert Smit"), the_key());
  store.add("zuid", export_of("Carla Bos", "Anna Jansen"), the_key());
  store.add("oost", export_of("Dirk Mol", "Els Vos"), the_key());
  return store;
}

/// The bytes of every file in a folder.
std::string all_bytes(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    std::ifstream file{entry.path(), std::ios::binary};
    all.append(std::istreambuf_iterator<char>{file}, {});
  }
  return all;
}

bool holds(const std::filesystem::path& folder, const std::string& bytes) {
  return all_bytes(folder).find(bytes) != std::string::npos;
}

std::set<std::string> pseudonyms_of(const Panel& panel, Index group) {
  std::set<std::string> found;
  for (const Member& member : panel.members) {
    if (member.group == group) found.insert(member.pseudonym);
  }
  return found;
}

std::uint64_t messages_of(const Panel& panel, Index group) {
  std::uint64_t sum = 0;
  for (const MemberDay& row : panel.member_days) {
    if (row.group == group) sum += row.messages;
  }
  return sum;
}

std::size_t incidents_of(const Panel& panel, Index group) {
  return static_cast<std::size_t>(std::count_if(
      panel.incidents.begin(), panel.incidents.end(),
      [group](const IncidentRow& i) { return i.group == group; }));
}

std::string integrity(const std::filesystem::path& path) {
  sqlite3* handle = nullptr;
  sqlite3_open(path.c_str(), &handle);
  std::string answer;
  sqlite3_exec(
      handle, "PRAGMA integrity_check; PRAGMA foreign_key_check",
      [](void* out, int, char** values, char**) {
        *static_cast<std::string*>(out) += values[0];
        return 0;
      },
      &answer, nullptr);
  sqlite3_close_v2(handle);
  return answer;
}

}  // namespace

TEST_CASE("erase: no byte of a person stays in any file beside the database",
          "[erase]") {
  const Folder folder;
  const auto path = folder.path / "buurt.db";
  Store store = filled(path);
  const std::string anna = the_key().person("Anna Jansen");
  REQUIRE(store.knows(anna));
  REQUIRE(holds(folder.path, anna));
  const Erased erased = store.erase_person(anna);
  // While the database is still open: the log is beside it.
  CHECK_FALSE(holds(folder.path, anna));
  CHECK_FALSE(holds(folder.path, anna.substr(2)));
  CHECK_FALSE(store.knows(anna));
  CHECK(erased.messages > 40);
  CHECK(erased.days > 40);
  CHECK(erased.incidents > 20);
  CHECK(erased.roles == 1);
  CHECK(integrity(path) == "ok");
}

TEST_CASE("erase: the counts of the group stay, and nobody has them",
          "[erase]") {
  const Folder folder;
  Store store = filled(folder.path / "buurt.db");
  const Panel before = store.panel();
  store.erase_person(the_key().person("Anna Jansen"));
  store.erase_person(the_key().person("Bert Smit"));
  const Panel after = store.panel();
  for (Index group = 0; group < 3; ++group) {
    CHECK(messages_of(after, group) == messages_of(before, group));
    CHECK(incidents_of(after, group) == incidents_of(before, group));
  }
  CHECK(after.days.size() == before.days.size());
  CHECK(pseudonyms_of(after, 0) ==
        std::set<std::string>{std::string{nobody},
                              the_key().person("Wijkagent Rob")});
  CHECK(pseudonyms_of(after, 2) == pseudonyms_of(before, 2));
  for (const Member& member : after.members) {
    if (member.pseudonym == nobody) CHECK(member.role == Role::unknown);
  }
  test::check_counts_follow_from_messages(after);
  REQUIRE(after.messages.size() == before.messages.size());
  for (std::size_t i = 0; i < after.messages.size(); ++i) {
    CHECK(after.messages.time[i] == before.messages.time[i]);
    CHECK(after.messages.label[i] == before.messages.label[i]);
    const std::string& was =
        before.members[before.messages.member[i]].pseudonym;
    const std::string& now = after.members[after.messages.member[i]].pseudonym;
    const bool gone = was == the_key().person("Anna Jansen") ||
                      was == the_key().person("Bert Smit");
    CHECK(now == (gone ? std::string{nobody} : was));
    CHECK(after.messages.role[i] ==
          (gone ? Role::unknown : before.messages.role[i]));
  }
  // Two who wrote on one day are one on that day.
  for (const MemberDay& row : after.member_days) {
    if (row.group == 0 && after.members[row.member].pseudonym == nobody)
      CHECK(row.messages == 2);
  }
}

TEST_CASE("erase: who is only written about gets no pseudonym", "[erase]") {
  const Folder folder;
  const auto path = folder.path / "buurt.db";
  Store store = Store::create(path, study_of_two(), {}, the_key());
  std::string text = "01-05-2021 09:00 - Anna heeft Nieuwe Buur toegevoegd\n";
  for (int day = 1; day < 9; ++day) {
    text += "0" + std::to_string(day) +
            "-05-2021 10:00 - Anna: Kees Crimineel liep weer rond, bel Jos\n";
  }
  static_cast<void>(store.add(
      "molenwijk", Analyser{{}, Classifier{}}.run(parse(Bytes::from(text))),
      the_key()));
  CHECK(holds(folder.path, the_key().person("Anna")));
  for (const char* name : {"Kees Crimineel", "Kees", "Jos", "Nieuwe Buur"}) {
    CAPTURE(name);
    CHECK_FALSE(store.knows(the_key().person(name)));
    CHECK_FALSE(holds(folder.path, the_key().person(name)));
    CHECK_FALSE(holds(folder.path, name));
  }
}

TEST_CASE("erase: an incident forgets which professional replied", "[erase]") {
  const Folder folder;
  const std::vector<RoleEntry> roles{
      {.name = "Wijkagent Rob", .role = Role::police},
      {.name = "Gemeente Mia", .role = Role::municipality}};
  // To the first report both reply, to the second only he.
  std::string text;
  for (const char* day : {"10", "12"}) {
    const std::string date = std::string{day} + "-05-2021 ";
    text += date +
            "10:00 - Anna Jansen: Er loopt een verdachte man aan "
            "autodeuren te voelen in de Merelhof, 112 gebeld\n" +
            date + "10:04 - Wijkagent Rob: Aangehouden in de Merelhof\n";
    if (day == std::string_view{"10"})
      text +=
          date + "10:09 - Gemeente Mia: Verdachte aangehouden in de Merelhof\n";
  }
  text = "09-05-2021 09:00 - Bert Smit: hoi\n" + text +
         "14-05-2021 09:00 - Bert Smit: hoi\n";
  const Analyser analyser{{}, Classifier{}};
  Store store =
      Store::create(folder.path / "b.db", study_of_two(), {}, the_key());
  static_cast<void>(store.add(
      "molenwijk", analyser.run(parse(Bytes::from(text), "x.txt"), roles),
      the_key()));
  const auto replies = [&] {
    std::vector<std::optional<std::int64_t>> found;
    const Panel panel = store.panel();
    for (const IncidentRow& one : panel.incidents)
      found.push_back(one.professional);
    return found;
  };
  using Replies = std::vector<std::optional<std::int64_t>>;
  REQUIRE(replies() == Replies{240, 240});
  store.erase_person(the_key().person("Wijkagent Rob"));
  CHECK(replies() == Replies{540, std::nullopt});
}

TEST_CASE("erase: a person goes by the name of another phone too", "[erase]") {
  const Folder folder;
  const auto path = folder.path / "buurt.db";
  Store store = Store::create(
      path, study_of_two(),
      {.groups = {{.group = "molenwijk",
                   .entries = {{.name = "Mam", .role = Role::moderator}}}}},
      the_key());
  std::string text = "01-05-2021 09:00 - Anna heeft Jos toegevoegd\n";
  for (int day = 1; day < 9; ++day) {
    const std::string date = "0" + std::to_string(day) + "-05-2021 ";
    text += date + "10:00 - Anna: er liep iemand bij de school\n" + date +
            "10:05 - Jos: dank\n" + date + "10:06 - Kim: ok\n";
  }
  const Analysis analysis =
      Analyser{{}, Classifier{}}.run(parse(Bytes::from(text)));
  REQUIRE(analysis.chat.authors.size() == 3);
  // "Jos" is what another phone calls Kim: it tells nobody apart.
  const std::vector<std::vector<Author>> known_as{
      {{.name = "Anna"}, {.name = "Mam"}},
      {{.name = "Jos"}},
      {{.name = "Kim"}, {.name = "Jos"}}};
  static_cast<void>(
      store.add("molenwijk", analysis, the_key(), {.known_as = known_as}));
  const std::string anna = the_key().person("Anna");
  const std::string mam = the_key().person("Mam");
  CHECK(store.knows(mam));
  CHECK(holds(folder.path, mam));
  const bool by_other = GENERATE(true, false);
  const Erased erased = store.erase_person(by_other ? mam : anna);
  CHECK(erased.messages > 0);
  CHECK(erased.roles == 1);
  for (const std::string& one : {anna, mam}) {
    CHECK_FALSE(store.knows(one));
    CHECK_FALSE(holds(folder.path, one));
  }
  CHECK(store.knows(the_key().person("Kim")));
  CHECK(store.erase_person(the_key().person("Jos")).messages > 0);
  CHECK(store.knows(the_key().person("Kim")));
}

TEST_CASE("erase: an unknown person changes nothing, and nobody is nobody",
          "[erase]") {
  const Folder folder;
  Store store = filled(folder.path / "buurt.db");
  const Erased erased = store.erase_person(the_key().person("Frits Kok"));
  CHECK(erased.messages + erased.incidents + erased.roles == 0);
  CHECK(store.panel().members.size() == 9);
  CHECK_THROWS_AS(store.erase_person(nobody), Error);
}

TEST_CASE("erase: a group goes with its name, and the others keep theirs",
          "[erase]") {
  const Folder folder;
  const auto path = folder.path / "buurt.db";
  Store store = filled(path);
  const Panel before = store.panel();
  const std::string bert = the_key().person("Bert Smit");
  const Erased erased = store.erase_group("molenwijk");
  CHECK(erased.exports == 1);
  CHECK(erased.roles == 2);
  CHECK(erased.messages == messages_of(before, 0));
  CHECK(erased.incidents == incidents_of(before, 0));
  for (const std::string& trace :
       {bert, std::string{"Noordermolen"}, std::string{"molenwijk"},
        before.files[0].sha256}) {
    CAPTURE(trace);
    CHECK_FALSE(holds(folder.path, trace));
  }
  const Panel after = store.panel();
  REQUIRE(after.study.groups.size() == 2);
  CHECK(after.study.groups[0].key == "zuid");
  CHECK(after.study.groups[0].interventions.size() == 1);
  CHECK(after.study.groups[1].key == "oost");
  CHECK(pseudonyms_of(after, 0) == pseudonyms_of(before, 1));
  CHECK(pseudonyms_of(after, 1) == pseudonyms_of(before, 2));
  CHECK(incidents_of(after, 1) == incidents_of(before, 2));
  CHECK(integrity(path) == "ok");
  // The same as a study that never had the group.
  CHECK(Store{path}.add("oost", export_of("Dirk Mol", "Els Vos"), the_key()) ==
        Added::unchanged);
  store.erase_group("oost");
  CHECK_THROWS_AS(store.erase_group("zuid"), Error);
  CHECK_THROWS_AS(store.erase_group("molenwijk"), Error);
}

TEST_CASE("erase: what another program keeps open is said, and done later",
          "[erase]") {
  const Folder folder;
  const auto path = folder.path / "buurt.db";
  Store store = filled(path);
  const std::string anna = the_key().person("Anna Jansen");
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN; SELECT count(*) FROM member_day", nullptr,
                       nullptr, nullptr) == SQLITE_OK);
  try {
    store.erase_person(anna);
    FAIL("traces remain and nobody says so");
  } catch (const Error& error) {
    CHECK(std::string{error.what()}.find("traces remain") != std::string::npos);
  }
  sqlite3_close_v2(other);
  store.erase_person(anna);
  CHECK_FALSE(holds(folder.path, anna));
}

TEST_CASE("erase: killed at any moment, it is completed by asking again",
          "[erase]") {
  const Folder folder;
  const auto path = folder.path / "buurt.db";
  { const Store store = filled(path); }
  const std::string anna = the_key().person("Anna Jansen");
  const auto victim = folder.path / "victim";
  int killed = 0;
  for (int run = 0; run < 20; ++run) {
    std::filesystem::remove_all(victim);
    std::filesystem::create_directories(victim);
    const auto file = victim / "buurt.db";
    std::filesystem::copy_file(path, file);
    if (killed_after(run * 700, [&] { Store{file}.erase_person(anna); }))
      ++killed;
    {
      Store store{file};
      const Panel panel = store.panel();
      CHECK(messages_of(panel, 0) == 69);
      CHECK(incidents_of(panel, 0) > 20);
      store.erase_person(anna);
      CHECK_FALSE(holds(victim, anna));
    }
    CHECK(integrity(file) == "ok");
  }
  CHECK(killed > 0);
}
