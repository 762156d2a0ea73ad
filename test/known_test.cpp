/// A later export, of which the days that were read before keep their labels:
/// what the database holds then is what it holds when all is read again.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <random>

#include "child.hpp"
#include "etherpeil/etherpeil.hpp"
#include "folder.hpp"
#include "sql.hpp"

using namespace etherpeil;
using etherpeil::test::ask;
using etherpeil::test::Folder;

namespace {

struct World {
  Study study{};
  Roles roles{};
  std::string text{};
};

/// A year of a group, with roles.
const World& world() {
  static const World made = [] {
    const Folder folder{"known-demo"};
    write_demo(folder.path / "d",
               {.seed = 5, .groups = 1, .messages_per_day = 12});
    World one{.study = load_study(folder.path / "d" / "study.json"),
              .roles = load_roles(folder.path / "d" / "roles.json")};
    const auto file =
        find_exports(folder.path / "d" / one.study.groups.front().key).front();
    one.text = std::string{parse_file(file).bytes.view};
    return one;
  }();
  return made;
}

/// The start of an export, up to the end of a line.
std::string start_of(const std::string& text, double share) {
  const auto at =
      static_cast<std::size_t>(share * static_cast<double>(text.size()));
  return text.substr(0, text.find('\n', at) + 1);
}

Pseudonymiser the_key() { return {Key{{4, 5}}, world().study.key}; }
const std::string& group() { return world().study.groups.front().key; }

const Analyser& usual() {
  static const Analyser analyser;
  return analyser;
}

/// One way of importing, and what it leaves.
class Database {
 public:
  Database(const std::filesystem::path& place, bool reuse)
      : path(place), reuse_(reuse) {
    static_cast<void>(
        Store::create(path, world().study, world().roles, the_key()));
  }

  Added add(const std::string& text, const Analyser& analyser = usual(),
            bool keep_text = false, const Consent& consent = {}) {
    Store store{path};
    return add(store, read(store, text, analyser, consent), analyser, keep_text,
               consent);
  }
  Added add(Store& store, const Analysis& analysis,
            const Analyser& analyser = usual(), bool keep_text = false,
            const Consent& consent = {}) const {
    return store.add(group(), analysis, the_key(),
                     {.configuration = analyser.configuration(),
                      .keep_text = keep_text,
                      .consent = &consent});
  }
  Analysis read(Store& store, const std::string& text,
                const Analyser& analyser = usual(),
                const Consent& consent = {}) {
    static_cast<void>(store.enforce(consent));
    Chat chat = parse(Bytes::from(text));
    static_cast<void>(consent.apply(chat));
    std::vector<Diagnostic> told;
    const auto roles = store.roles(group(), chat, the_key(), told);
    known = 0;
    const auto labels = [&](const Chat& read, std::span<const Role> of) {
      auto found =
          store.labels(group(), read, of, the_key(), analyser.provenance(),
                       analyser.configuration());
      known = std::count_if(found.begin(), found.end(), [](const Label& one) {
        return one.code != not_coded;
      });
      return found;
    };
    return reuse_ ? analyser.run(std::move(chat), roles, labels)
                  : analyser.run(std::move(chat), roles);
  }

  /// Every row of every table; the texts too, when there are some.
  [[nodiscard]] std::string dump(bool texts = true) const {
    std::string all;
    std::string tables = ask(
        path, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1");
    for (std::size_t at = 0; at < tables.size();) {
      const std::size_t end = tables.find('\n', at);
      const std::string table = tables.substr(at, end - at);
      const std::string columns =
          table == "segment"
              ? "group_id, file_first_day, month, messages, people, "
                "hex(columns)"
              : "*";
      all += table + "\n" + ask(path, "SELECT " + columns + " FROM " + table);
      at = end + 1;
    }
    if (!texts) return all;
    const Store store{path};
    std::string ids = ask(path, "SELECT message_id FROM message ORDER BY 1");
    for (std::size_t at = 0; at < ids.size(); at = ids.find('\n', at) + 1)
      all += store.text(std::stoll(ids.substr(at))).value_or("-") + "\n";
    return all;
  }

  std::filesystem::path path;
  std::ptrdiff_t known{};  ///< labels that the last import did not look for

 private:
  bool reuse_;
};

/// Both ways side by side.
struct Pair {
  Folder folder{"known"};
  Database quick{folder.path / "quick.db", true};
  Database whole{folder.path / "whole.db", false};

  template <class Act>
  void both(const Act& act) {
    act(quick);
    act(whole);
  }
  void check() const {
    const std::string expected = whole.dump();
    CHECK(expected.size() > 10000);
    CHECK(quick.dump() == expected);  // NOLINT: both whole
    const Store one{quick.path};
    const Store other{whole.path};
    const auto values = [](const Store& store) {
      std::string all;
      write_metrics(
          metrics(store.panel(), {.period = Period::month}),
          [&all](std::string_view part) { all += part; }, Output::csv,
          Language::english);
      return all;
    };
    CHECK(values(one) == values(other));
  }
};

std::ptrdiff_t people_in(const std::string& text) {
  const Chat chat = parse(Bytes::from(text));
  return std::count_if(chat.messages.begin(), chat.messages.end(),
                       [](const Message& one) { return one.human(); });
}

}  // namespace

TEST_CASE("known: a longer export is read where it is new, with one result",
          "[known]") {
  const std::string& text = world().text;
  Pair pair;
  pair.both([&](Database& one) { one.add(start_of(text, 0.6)); });
  CHECK(pair.quick.known == 0);
  pair.both([&](Database& one) {
    CHECK(one.add(start_of(text, 0.9)) == Added::replaced);
  });
  CHECK(pair.quick.known * 10 > people_in(start_of(text, 0.9)) * 6);
  pair.both([&](Database& one) { CHECK(one.add(text) == Added::replaced); });
  CHECK(pair.quick.known * 10 > people_in(text) * 8);
  pair.check();
}

TEST_CASE("known: an export that starts later goes on with one result",
          "[known]") {
  const std::string& text = world().text;
  const std::size_t later = start_of(text, 0.3).size();
  Pair pair;
  pair.both([&](Database& one) { one.add(start_of(text, 0.8)); });
  pair.both([&](Database& one) {
    CHECK(one.add(text.substr(later)) == Added::extended);
  });
  CHECK(pair.quick.known * 10 > people_in(text.substr(later)) * 6);
  pair.check();
}

TEST_CASE("known: rows and texts are those of reading it all", "[known]") {
  const std::string& text = world().text;
  Pair pair;
  pair.both([&](Database& one) {
    Store{one.path}.keep_rows();
    one.add(start_of(text, 0.9), usual(), true);
  });
  pair.both([&](Database& one) { one.add(text, usual(), true); });
  CHECK(pair.quick.known > 0);
  pair.check();
}

TEST_CASE("known: a line in the middle is seen", "[known]") {
  const std::string& text = world().text;
  const std::size_t at = start_of(text, 0.4).size();
  const std::size_t end = text.find('\n', at) + 1;
  const std::string line = text.substr(at, end - at);
  // Somebody else says it with other words, at the same time.
  std::string other = line;
  other.insert(other.size() - 2, " ik zie nu een verdachte man bij de deur");
  Pair pair;
  pair.both([&](Database& one) { one.add(start_of(text, 0.9)); });
  pair.both([&](Database& one) {
    one.add(text.substr(0, at) + other + text.substr(at));
  });
  CHECK(pair.quick.known > 0);
  pair.check();
  pair.both([&](Database& one) {
    one.add(text.substr(0, at) + other + text.substr(end));
  });
  pair.check();
}

TEST_CASE("known: who was erased, and who does not take part, is read again",
          "[known]") {
  const std::string& text = world().text;
  const auto& roles = world().roles.of(group());
  REQUIRE(!roles.empty());
  const std::string name = roles.front().name;  // with a role, which goes
  Pair pair;
  pair.both([&](Database& one) { one.add(start_of(text, 0.9)); });
  SECTION("erased") {
    pair.both([&](Database& one) {
      CHECK(Store{one.path}.erase_person(the_key().person(name)).messages > 0);
      one.add(text);
    });
  }
  SECTION("masked") {
    const Consent consent{name + "\n", the_key()};
    pair.both([&](Database& one) { one.add(text, usual(), false, consent); });
  }
  SECTION("dropped, and back again") {
    const Consent consent{name + "\tdrop\n", the_key()};
    pair.both([&](Database& one) {
      one.add(start_of(text, 0.95), usual(), false, consent);
      one.add(text);
    });
  }
  CHECK(pair.quick.known > 0);
  pair.check();
}

TEST_CASE("known: killed at any moment, the export before it or all of it",
          "[known]") {
  const std::string& text = world().text;
  const Folder folder{"known"};
  std::filesystem::create_directories(folder.path / "first");
  Database first{folder.path / "first" / "buurt.db", true};
  Store{first.path}.keep_rows();
  first.add(start_of(text, 0.9), usual(), true);
  const std::string before = first.dump(false);
  const auto copied = [&](const std::string& name) {
    const auto place = folder.path / name;
    std::filesystem::remove_all(place);
    std::filesystem::copy(folder.path / "first", place);
    Database copy = first;
    copy.path = place / "buurt.db";
    return copy;
  };
  Database whole = copied("whole");
  // What is read, and what is known, is the same each time: the writing is not.
  const Analysis analysis = [&] {
    Store store{whole.path};
    return whole.read(store, text);
  }();
  CHECK(whole.known > 0);
  const auto write = [&analysis](const Database& into) {
    Store store{into.path};
    into.add(store, analysis, usual(), true);
  };
  const auto start = std::chrono::steady_clock::now();
  write(whole);
  const long needed = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - start)
                          .count();
  const std::string after = whole.dump(false);
  const std::string words = whole.dump();
  REQUIRE(after != before);
  std::mt19937_64 random{5};
  int killed = 0;
  int nothing = 0;
  constexpr int runs = 30;
  for (int run = 0; run < runs; ++run) {
    const Database victim = copied("victim");
    const auto delay = static_cast<long>(
        random() % static_cast<std::uint64_t>(needed + needed / 5));
    CAPTURE(delay);
    if (test::killed_after(delay, [&] { write(victim); })) ++killed;
    const std::string found = victim.dump(false);
    const bool none = found == before;
    const bool all = found == after;
    CHECK((none || all));
    if (none) ++nothing;
    CHECK(ask(victim.path,
              "PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok\n");
    write(victim);
    // The words, which a database opens one by one, now and then.
    const bool completed =
        run % 15 == 0 ? victim.dump() == words : victim.dump(false) == after;
    CHECK(completed);
  }
  CHECK(killed > runs / 4);
  CHECK(nothing > 0);
}

TEST_CASE("known: nothing is known of what was made in another way",
          "[known]") {
  const std::string& text = world().text;
  const Folder folder{"known"};
  Database one{folder.path / "een.db", true};
  one.add(start_of(text, 0.9));
  const Analyser longer{{.incidents = {.max_gap = std::chrono::minutes{90}}}};
  const Analyser surer{{}, Classifier::dutch({.threshold = 0.6F})};
  const Analyser rules{{}, Classifier{}};
  const Store store{one.path};
  const Chat chat = parse(Bytes::from(text));
  std::vector<Diagnostic> told;
  const auto roles =
      assign_roles(chat, store.roles(group(), chat, the_key(), told), told);
  const auto known = [&](const Analyser& analyser,
                         std::span<const Role> of_messages) {
    const auto labels =
        store.labels(group(), chat, of_messages, the_key(),
                     analyser.provenance(), analyser.configuration());
    return std::count_if(labels.begin(), labels.end(), [](const Label& label) {
      return label.code != not_coded;
    });
  };
  CHECK(known(usual(), roles) > 0);
  CHECK(known(longer, roles) == 0);
  CHECK(known(surer, roles) == 0);
  CHECK(known(rules, roles) == 0);
  // Days on which nobody has a role are as they were.
  CHECK(known(usual(), {}) < known(usual(), roles));
  Provenance newer = usual().provenance();
  newer.library += "+1";
  CHECK(store
            .labels(group(), chat, roles, the_key(), newer,
                    usual().configuration())
            .empty());
  CHECK_THROWS_AS(store.labels(group(), chat, roles, {Key{{9}}, "x"},
                               usual().provenance(), usual().configuration()),
                  Error);
  CHECK_THROWS_AS(store.labels("nergens", chat, roles, the_key(),
                               usual().provenance(), usual().configuration()),
                  Error);
}
