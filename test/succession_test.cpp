/// A later export of a group: what it does to what the database holds.
#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>

#include "etherpeil/analysis.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/metrics.hpp"
#include "etherpeil/store.hpp"
#include "phones.hpp"

using namespace phones;

namespace {

struct Folder {
  Folder()
      : path(std::filesystem::temp_directory_path() /
             ("etherpeil-later-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

Pseudonymiser the_key() { return {Key{{7, 8, 9}}, "s"}; }

Store fresh(const std::filesystem::path& path) {
  const Study study{
      .key = "s",
      .groups = {{.key = "g", .name = "G"}, {.key = "h", .name = "H"}}};
  return Store::create(path, study, {}, the_key());
}

const Story& year() {
  static const Story told = story(1);
  return told;
}

Story until(const Story& told, double share) {
  const LocalTime end =
      told.records[static_cast<std::size_t>(
                       share * static_cast<double>(told.records.size() - 1))]
          .time;
  return keep(told, [end](const DemoRecord& r) { return r.time < end; });
}

Story since(const Story& told, double share) {
  const LocalTime start =
      told.records[static_cast<std::size_t>(
                       share * static_cast<double>(told.records.size() - 1))]
          .time;
  return keep(told, [start](const DemoRecord& r) { return r.time >= start; });
}

Analysis analysed(Chat chat) {
  static const Analyser by_rules{{}, Classifier{Codebook::dutch()}};
  return by_rules.run(std::move(chat));
}

Analysis analysed(const Story& told, ExportForm form = ExportForm::ios_2022) {
  return analysed(exported(told, form));
}

/// All rows of all tables, as text.
std::string dump(const std::filesystem::path& path) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  std::string all;
  const auto rows = [&](const std::string& sql, std::string& out) {
    const auto row = [](void* to, int columns, char** values, char**) {
      for (int i = 0; i < columns; ++i)
        static_cast<std::string*>(to)
            ->append(values[i] ? values[i] : "NULL")
            .append("|");
      static_cast<std::string*>(to)->append("\n");
      return 0;
    };
    REQUIRE(sqlite3_exec(handle, sql.c_str(), row, &out, nullptr) == SQLITE_OK);
  };
  std::string tables;
  rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
       tables);
  for (std::size_t at = 0; at < tables.size();) {
    const std::size_t end = tables.find('|', at);
    const std::string table = tables.substr(at, end - at);
    all += "== " + table + "\n";
    rows("SELECT * FROM \"" + table + "\"", all);
    at = end + 2;
  }
  sqlite3_close(handle);
  return all;
}

std::string refusal(Store& store, const Analysis& analysis) {
  try {
    store.add("g", analysis, the_key());
  } catch (const Error& error) {
    CHECK(error.code() == Errc::store);
    return error.what();
  }
  FAIL("nothing was refused");
  return {};
}

}  // namespace

TEST_CASE("succession: a later export takes the place of the earlier ones",
          "[succession]") {
  const Folder folder;
  const Analysis first = analysed(until(year(), 0.3));
  const Analysis second = analysed(until(year(), 0.6));
  const Analysis last = analysed(year());
  {
    Store whole = fresh(folder.path / "whole.db");
    whole.add("g", last, the_key());
    CHECK(whole.add("g", first, the_key()) == Added::contained);
    CHECK(whole.add("g", second, the_key()) == Added::contained);
    CHECK(whole.add("g", first, the_key()) == Added::unchanged);
  }
  {
    Store monthly = fresh(folder.path / "monthly.db");
    CHECK(monthly.add("g", first, the_key()) == Added::added);
    CHECK(monthly.add("g", second, the_key()) == Added::replaced);
    CHECK(monthly.add("g", first, the_key()) == Added::unchanged);
    CHECK(monthly.add("g", last, the_key()) == Added::replaced);
    for (const Analysis* one : {&first, &second, &last}) {
      CHECK(monthly.add("g", *one, the_key()) == Added::unchanged);
      CHECK(monthly.contains("g", one->sha256));
      CHECK_FALSE(monthly.contains("h", one->sha256));
    }
    CHECK(monthly.panel().files.size() == 1);
  }
  CHECK(dump(folder.path / "monthly.db") == dump(folder.path / "whole.db"));
}

TEST_CASE("succession: a few edits and deletions do not make another group",
          "[succession]") {
  const Folder folder;
  Store store = fresh(folder.path / "buurt.db");
  store.add("g", analysed(until(year(), 0.5)), the_key());
  CHECK(store.add("g", analysed(revised(year(), 5, 25)), the_key()) ==
        Added::replaced);
}

TEST_CASE("succession: an export that starts later adds its new days only",
          "[succession]") {
  const Folder folder;
  const Analysis first = analysed(until(year(), 0.6));
  const Analysis second = analysed(since(year(), 0.4));
  Store store = fresh(folder.path / "buurt.db");
  store.add("g", first, the_key());
  const Panel before = store.panel();
  CHECK(store.add("g", second, the_key()) == Added::extended);
  const Panel after = store.panel();
  REQUIRE(after.coverage.size() == 2);
  CHECK(after.coverage[1].first ==
        after.coverage[0].last + std::chrono::days{1});
  Store whole = fresh(folder.path / "whole.db");
  whole.add("g", analysed(year()), the_key());
  const auto messages = [](const Panel& panel) {
    std::uint64_t sum = 0;
    for (const MemberDay& row : panel.member_days) sum += row.messages;
    return sum;
  };
  CHECK(messages(after) > messages(before));
  CHECK(messages(after) == messages(whole.panel()));
  CHECK(after.members.size() == whole.panel().members.size());
  // The other way round nobody can tell what the older one adds.
  Store backwards = fresh(folder.path / "backwards.db");
  backwards.add("g", second, the_key());
  const std::string untouched = dump(folder.path / "backwards.db");
  CHECK(refusal(backwards, first).find("at once") != std::string::npos);
  CHECK(dump(folder.path / "backwards.db") == untouched);
}

TEST_CASE("succession: another address book cannot go on where one ended",
          "[succession]") {
  const Folder folder;
  Store store = fresh(folder.path / "buurt.db");
  const Story other = renamed(year());
  store.add("g", analysed(until(year(), 0.6)), the_key());
  const std::string before = dump(folder.path / "buurt.db");
  CHECK(refusal(store, analysed(since(other, 0.4))).find("other names") !=
        std::string::npos);
  CHECK(dump(folder.path / "buurt.db") == before);
  // Given at once they are one chat, which shows all that the group has.
  Merges merges = merge({exported(until(year(), 0.6), ExportForm::ios_2022),
                         exported(since(other, 0.4), ExportForm::android)});
  REQUIRE(merges.chats.size() == 1);
  std::vector<std::string> texts;
  const Analysis both = analysed(std::move(merges.chats[0].chat));
  for (const MergeSource& source : merges.chats[0].sources)
    texts.push_back(source.sha256);
  CHECK(store.add("g", both, the_key(), {.texts = texts}) == Added::replaced);
  for (const std::string& text : texts) CHECK(store.contains("g", text));
}

TEST_CASE("succession: another group or an export with holes is refused",
          "[succession]") {
  const Folder folder;
  Store store = fresh(folder.path / "buurt.db");
  store.add("g", analysed(until(year(), 0.6)), the_key());
  const std::string before = dump(folder.path / "buurt.db");
  CHECK(refusal(store, analysed(story(2, 1))).find("other messages") !=
        std::string::npos);
  std::size_t n = 0;
  const Story holes = keep(year(), [&n](const DemoRecord& r) {
    return r.author.empty() || ++n > 300;
  });
  CHECK(refusal(store, analysed(holes)).find("at once") != std::string::npos);
  CHECK(dump(folder.path / "buurt.db") == before);
}

TEST_CASE("succession: who was erased does not come back with a later export",
          "[succession]") {
  const Folder folder;
  const auto path = folder.path / "buurt.db";
  Store store = fresh(path);
  store.add("g", analysed(until(year(), 0.6)), the_key());
  std::map<std::string, int> talk;
  const Story earlier = until(year(), 0.6);
  for (const DemoRecord& record : earlier.records) {
    if (!record.author.empty()) ++talk[record.author];
  }
  const auto most = std::max_element(
      talk.begin(), talk.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::string pseudonym = the_key().person(most->first);
  store.erase_person(pseudonym);
  CHECK(dump(path).find(pseudonym) == std::string::npos);
  CHECK(store.add("g", analysed(year()), the_key()) == Added::replaced);
  CHECK(dump(path).find(pseudonym) == std::string::npos);
  CHECK(dump(path).find(std::string{nobody}) != std::string::npos);
}

namespace {

/// Messages of each author, who wrote most first.
std::vector<std::string> by_talk(const Story& told) {
  std::map<std::string, int> talk;
  for (const DemoRecord& record : told.records) {
    if (!record.author.empty()) ++talk[record.author];
  }
  std::vector<std::string> names;
  for (const auto& one : talk) names.push_back(one.first);
  std::stable_sort(names.begin(), names.end(),
                   [&talk](const std::string& a, const std::string& b) {
                     return talk.at(a) > talk.at(b);
                   });
  return names;
}

/// In another address book these are called otherwise.
Story called(Story told, const std::map<std::string, std::string>& names) {
  for (DemoRecord& record : told.records) {
    const auto other = names.find(record.author);
    if (other != names.end()) record.author = other->second;
  }
  return told;
}

}  // namespace

TEST_CASE("succession: a new name beside an erased person stays a person",
          "[succession]") {
  const Folder folder;
  const std::vector<std::string> names = by_talk(until(year(), 0.6));
  REQUIRE(names.size() > 6);
  for (const std::size_t gone : {std::size_t{0}, std::size_t{4}}) {
    CAPTURE(gone);
    const auto path = folder.path / (std::to_string(gone) + ".db");
    Store store = fresh(path);
    store.add("g", analysed(until(year(), 0.6)), the_key());
    store.erase_person(the_key().person(names[gone]));
    std::map<std::string, std::string> other;
    for (std::size_t i = 1; i < 4; ++i) other[names[i]] = names[i] + " nieuw";
    std::vector<Diagnostic> told;
    CHECK(store.add("g", analysed(called(year(), other)), the_key(),
                    {.diagnostics = &told}) == Added::replaced);
    for (const auto& [before, now] : other) {
      CHECK_FALSE(store.knows(the_key().person(before)));
      CHECK(store.knows(the_key().person(now)));
    }
    CHECK_FALSE(store.knows(the_key().person(names[gone])));
    CHECK(told.empty());
  }
}

TEST_CASE("succession: an erased person who is not found again is said",
          "[succession]") {
  const Folder folder;
  const std::vector<std::string> names = by_talk(until(year(), 0.6));
  Store store = fresh(folder.path / "buurt.db");
  store.add("g", analysed(until(year(), 0.6)), the_key());
  store.erase_person(the_key().person(names[0]));
  // Two of them write with one phone from now on.
  std::vector<Diagnostic> told;
  store.add(
      "g", analysed(called(year(), {{names[0], "Samen"}, {names[1], "Samen"}})),
      the_key(), {.diagnostics = &told});
  CHECK(store.knows(the_key().person("Samen")));
  REQUIRE(told.size() == 1);
  CHECK(told[0].code == "store.erased-not-found");
  CHECK(told[0].severity == Severity::warning);
  CHECK(told[0].message.find("Samen") == std::string::npos);
}

TEST_CASE("succession: steps that overlap give the reports of the whole",
          "[succession]") {
  const Folder folder;
  for (const std::uint64_t seed : {1U, 2U}) {
    CAPTURE(seed);
    const Story told = story(seed);
    Store whole = fresh(folder.path / (std::to_string(seed) + "-whole.db"));
    whole.add("g", analysed(told), the_key());
    Store steps = fresh(folder.path / (std::to_string(seed) + "-steps.db"));
    const std::chrono::hours step{24 * 14};
    const std::chrono::hours overlap{24 * 7};
    const LocalTime end = told.records.back().time;
    for (LocalTime start = told.records.front().time;; start += step) {
      const LocalTime stop = start + step + overlap;
      const Story window =
          keep(told, [start, stop, end](const DemoRecord& record) {
            return record.time >= start && (record.time < stop || stop >= end);
          });
      static_cast<void>(steps.add("g", analysed(window), the_key()));
      if (stop >= end) break;
    }
    const auto reports = [](const Panel& panel, const std::string& id) {
      std::string said;
      for (const Metric& value :
           metrics(panel, {.period = Period::all, .ids = {id}, .group = {}})) {
        if (value.group == "g")
          said += std::to_string(value.numerator) + "/" +
                  std::to_string(value.denominator);
      }
      return said;
    };
    const Panel once = whole.panel();
    const Panel pieces = steps.panel();
    REQUIRE(pieces.files.size() > 5);
    for (const std::string id : {"M01", "M04", "M43", "M47", "M51"}) {
      CAPTURE(id);
      CHECK(reports(pieces, id) == reports(once, id));
    }
    CHECK(pieces.messages.size() == once.messages.size());
  }
}

TEST_CASE("succession: no word can be found from the mark of a day",
          "[succession]") {
  const Pseudonymiser other{Key{{7, 8, 10}}, "s"};
  const Pseudonymiser elsewhere{Key{{7, 8, 9}}, "t"};
  CHECK(the_key().fingerprint("ok\n") == the_key().fingerprint("ok\n"));
  CHECK(the_key().fingerprint("ok\n") != the_key().fingerprint("nee\n"));
  CHECK(the_key().fingerprint("ok\n") != other.fingerprint("ok\n"));
  CHECK(the_key().fingerprint("ok\n") != elsewhere.fingerprint("ok\n"));
}
