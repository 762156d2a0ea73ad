#include "etherpeil/store.hpp"

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>

#include "etherpeil/error.hpp"
#include "hash/hash.hpp"
#include "messages_reference.hpp"

using namespace etherpeil;
using namespace std::chrono_literals;

namespace {

// --- the world

LocalDay day(int year, int month, int number) {
  return LocalDay{std::chrono::year{year} / month / number};
}

/// A folder that goes with the test.
struct Folder {
  Folder()
      : path(std::filesystem::temp_directory_path() /
             "etherpeil-store-XXXXXX") {
    std::string name = path.string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error{"no temporary folder"};
    path = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all,
                                 ignored);
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

Study small_study() {
  return {.key = "vier",
          .title = "Vier buurten",
          .roles = "roles.json",
          .groups = {{.key = "noord",
                      .name = "Noord",
                      .arm = "interventie",
                      .governance = "gemeente",
                      .regime = "alarm",
                      .area_code = "BU1",
                      .households = 600,
                      .members = 80,
                      .interventions = {{.key = "bord",
                                         .title = "Bord",
                                         .start = day(2021, 3, 1)},
                                        {.key = "app",
                                         .title = "Afspraken",
                                         .start = day(2021, 6, 1),
                                         .end = day(2021, 6, 30)}}},
                     {.key = "zuid", .name = "Zuid"},
                     {.key = "oost", .name = "Oost"}}};
}

Pseudonymiser small_key() { return {Key{{1, 2, 3}}, "vier"}; }

Codes small_codes() {
  return {.id = "proef",
          .version = 3,
          .labels = {{.key = "VERD",
                      .name_nl = "Verdacht",
                      .name_en = "Suspicious",
                      .function = Function::report,
                      .safety = true},
                     {.key = "TERUG",
                      .name_nl = "Afloop",
                      .name_en = "Outcome",
                      .function = Function::outcome},
                     {.key = "OFF",
                      .name_nl = "Overig",
                      .name_en = "Off topic",
                      .function = Function::offtopic}},
          .attributes = {
              {.key = "loc", .slot = Slot::where},
              {.key = "police_112", .group = "police", .slot = Slot::police}}};
}

/// An analysis that is built by hand, message by message.
class Builder {
 public:
  Builder() {
    analysis_.codes = small_codes();
    analysis_.provenance = {.library = "0.1.0",
                            .codebook = "proef/3",
                            .codebook_sha256 = "c0de",
                            .model = "rules",
                            .unicode = "14.0"};
    analysis_.chat.format = {.platform = Platform::ios,
                             .terminator = Terminator::crlf,
                             .resolution = Resolution::second,
                             .header = "[dd-MM-yyyy HH:mm:ss] ",
                             .date_order = DateOrder::dmy,
                             .date_order_certain = true,
                             .date_order_line = 7,
                             .preamble_lines = 0};
  }

  Index person(const std::string& name, bool unsaved = false,
               bool phone = false) {
    auto& authors = analysis_.chat.authors;
    authors.push_back({.name = name, .unsaved = unsaved, .phone = phone});
    return static_cast<Index>(authors.size() - 1);
  }

  /// A message with a label; its index.
  Index say(LocalTime time, Index author, std::uint8_t label,
            Attributes attributes = 0, Role role = Role::unknown) {
    const Index index =
        record(time, "geheime tekst " + std::to_string(bytes_.size()));
    analysis_.chat.messages.back().author = static_cast<std::uint16_t>(author);
    analysis_.labels.back() = {
        .code = label, .probability = 0.9F, .attributes = attributes};
    analysis_.roles.back() = role;
    return index;
  }

  Index notice(LocalTime time, SystemEvent event, int targets = 0) {
    const Index index = record(time, "systeemregel over Pietje Onbekend");
    analysis_.chat.messages.back().kind = Kind::system;
    analysis_.chat.messages.back().event = event;
    for (int i = 0; i < targets; ++i) {
      analysis_.chat.mentions.push_back(
          {.message = index, .length = 4, .role = Mention::Role::target});
    }
    analysis_.chat.mentions.push_back(
        {.message = index, .length = 4, .role = Mention::Role::actor});
    return index;
  }

  /// A system line about somebody with a name.
  void move(LocalTime time, SystemEvent event, const std::string& name,
            Mention::Role role) {
    const Index index = record(time, name);
    Message& message = analysis_.chat.messages.back();
    message.kind = Kind::system;
    message.event = event;
    const auto length = static_cast<std::uint32_t>(name.size());
    analysis_.chat.mentions.push_back(
        {.message = index,
         .offset = message.offset + message.text_length - length - 1,
         .length = static_cast<std::uint16_t>(length),
         .role = role});
  }

  void incident(Incident incident) {
    const auto number = static_cast<Index>(analysis_.incidents.list.size());
    for (const Index message : incident.messages) {
      analysis_.incidents.of_message[message] = number;
    }
    analysis_.incidents.list.push_back(std::move(incident));
  }

  Analysis& edit() { return analysis_; }

  Analysis done() {
    analysis_.chat.bytes = Bytes::from(bytes_);
    analysis_.text_bytes = bytes_.size();
    analysis_.sha256 = hash::hex(hash::sha256(bytes_));
    return analysis_;
  }

 private:
  Index record(LocalTime time, const std::string& text) {
    const auto index = static_cast<Index>(analysis_.chat.messages.size());
    const auto seconds =
        static_cast<std::uint32_t>(time.time_since_epoch().count());
    if (index % 64 == 0) analysis_.chat.line_marks.push_back(index + 1);
    const std::string line = std::to_string(seconds) + " " + text + "\n";
    analysis_.chat.messages.push_back(
        {.seconds = seconds,
         .offset = static_cast<std::uint32_t>(bytes_.size()),
         .text_length = static_cast<std::uint32_t>(line.size())});
    bytes_ += line;
    analysis_.labels.emplace_back();
    analysis_.roles.emplace_back(Role::unknown);
    analysis_.incidents.of_message.emplace_back();
    return index;
  }

  Analysis analysis_;
  std::string bytes_;
};

/// Many messages, decided by `seed`; whole days from `first` are covered.
Analysis crowd(std::uint64_t seed, LocalDay first, int days, int per_day,
               int people = 20) {
  Builder builder;
  std::uint64_t state = seed * 2654435761U + 12345U;
  const auto below = [&state](std::uint64_t n) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33U) % n;
  };
  for (int i = 0; i < people; ++i) {
    builder.person("Buurvrouw Nummer" + std::to_string(i));
  }
  builder.notice(first + 1h, SystemEvent::encryption);
  for (int d = 0; d <= days; ++d) {  // the last day is cut off
    for (int m = 0; m < per_day; ++m) {
      const LocalTime time = first + std::chrono::days{d} +
                             std::chrono::seconds{m * 86400 / per_day};
      const auto who =
          static_cast<Index>(below(static_cast<std::uint64_t>(people)));
      const auto label = static_cast<std::uint8_t>(below(3));
      const Index at = builder.say(time, who, label, below(4),
                                   who == 0 ? Role::moderator : Role::unknown);
      if (label == 0 && below(4) == 0) {
        builder.incident(
            {.root = at,
             .messages = {at},
             .slots = 2,
             .root_attributes = builder.edit().labels[at].attributes,
             .participants = 1,
             .followed_until = time + 1h});
      }
      if (below(50) == 0) builder.notice(time, SystemEvent::member_added, 2);
    }
  }
  return builder.done();
}

// --- looking at files

/// A connection of somebody else, with no manners of ours.
class Raw {
 public:
  explicit Raw(const std::filesystem::path& path) {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK)
      throw std::runtime_error{"open"};
  }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  Raw(Raw&&) = delete;
  Raw& operator=(Raw&&) = delete;
  ~Raw() { sqlite3_close_v2(handle_); }

  int run(const std::string& sql) {
    return sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) & 0xFF;
  }
  /// All rows, "|" between columns.
  std::vector<std::string> rows(const std::string& sql) {
    std::vector<std::string> found;
    const auto row = [](void* out, int columns, char** values,
                        char** /*names*/) {
      std::string line;
      for (int i = 0; i < columns; ++i) {
        if (i > 0) line += '|';
        line += values[i] == nullptr ? "NULL" : values[i];
      }
      static_cast<std::vector<std::string>*>(out)->push_back(line);
      return 0;
    };
    if (sqlite3_exec(handle_, sql.c_str(), row, &found, nullptr) != SQLITE_OK) {
      throw std::runtime_error{sqlite3_errmsg(handle_)};
    }
    return found;
  }
  std::string value(const std::string& sql) {
    const auto found = rows(sql);
    return found.empty() ? "" : found[0];
  }
  /// Everything in the file, in the order in which it is stored.
  std::string dump() {
    std::string all;
    for (const auto& sql : rows("SELECT sql FROM sqlite_schema"))
      all += sql + '\n';
    for (const auto& table :
         rows("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
      all += "== " + table + '\n';
      for (const auto& row : rows("SELECT * FROM " + table)) all += row + '\n';
    }
    return all;
  }

 private:
  sqlite3* handle_{};
};

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

template <class Value>
std::string shown(const std::optional<Value>& value) {
  return value ? std::to_string(*value) : "-";
}

std::string describe(const Panel& panel) {
  std::ostringstream out;
  out << panel.study.key << panel.study.groups.size()
      << panel.codes.labels.size() << panel.codes.attributes.size() << '\n';
  const auto count = [](auto time) { return time.time_since_epoch().count(); };
  for (const auto& f : panel.files) {
    out << "F " << f.group << ' ' << f.sha256 << ' ' << f.bytes << ' '
        << f.records << ' ' << f.human << ' ' << count(f.first) << ' '
        << count(f.last) << ' ' << f.warnings << '\n';
  }
  for (const auto& c : panel.coverage) {
    out << "C " << c.group << ' ' << count(c.first) << ' ' << count(c.last)
        << '\n';
  }
  for (const auto& m : panel.members) {
    out << "M " << m.group << ' ' << m.pseudonym << ' ' << to_string(m.role)
        << '\n';
  }
  for (const auto& m : panel.memberships) {
    out << "J " << m.group << ' ' << count(m.time) << ' ' << to_string(m.event)
        << ' ' << m.people << '\n';
  }
  for (const auto& d : panel.days) {
    out << "D " << d.group << ' ' << count(d.day) << ' ' << d.label << ' '
        << d.messages << ' ' << d.night << ' ' << d.in_incident << ' '
        << d.night_in_incident << ' ' << d.abstained << '\n';
  }
  for (const auto& a : panel.attributes) {
    out << "A " << a.group << ' ' << count(a.day) << ' ' << a.attribute << ' '
        << a.messages << '\n';
  }
  for (const auto& m : panel.member_days) {
    out << "P " << m.group << ' ' << count(m.day) << ' ' << m.member << ' '
        << m.messages << '\n';
  }
  for (const auto& i : panel.incidents) {
    out << "I " << i.group << ' ' << i.file << ' ' << i.line << ' '
        << count(i.time) << ' ' << i.label << ' ' << i.reporter << ' '
        << i.messages << ' ' << i.participants << ' ' << int{i.slots} << ' '
        << i.root_attributes << ' ' << i.attributes << ' ' << shown(i.reply)
        << ' ' << shown(i.substantive) << ' ' << shown(i.professional) << ' '
        << shown(i.outcome) << ' ' << i.followed << ' ' << i.until_end << ' '
        << i.uncertain << '\n';
  }
  const Messages& all = panel.messages;
  for (std::size_t i = 0; i < all.size(); ++i) {
    out << "T " << all.group[i] << ' ' << all.line[i] << ' '
        << count(all.time[i]) << ' ' << all.member[i] << ' '
        << to_string(all.role[i]) << ' ' << to_string(all.kind[i]) << ' '
        << to_string(all.media[i]) << ' ' << int{all.label[i]} << ' '
        << all.attributes[i] << ' ' << all.incident[i] << ' ' << all.flags[i]
        << '\n';
  }
  return out.str();
}

// --- refusals

/// Checks that `act` is refused with one line that names `path`.
std::string refused(Errc code, const std::filesystem::path& path,
                    const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    std::string message = error.what();
    CHECK(to_string(error.code()) == to_string(code));
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.compare(0, path.string().size(), path.string()) == 0);
    return message;
  }
  FAIL("nothing was refused");
  return {};
}

bool says(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

std::string refused_to_open(Errc code, const std::filesystem::path& path) {
  return refused(code, path, [&path] { const Store store{path}; });
}

Store fresh(const std::filesystem::path& path) {
  return Store::create(path, small_study(), {}, small_key());
}

std::vector<std::string> files_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Runs `act` in a process of its own; its exit status as waitpid gives it.
int in_child(const std::function<int()>& act) {
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 99;
    try {
      code = act();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "in a process of its own: %s\n", error.what());
      code = 98;
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

/// 0 when `act` throws Error{store} holding `part`, else what went wrong.
int expects(const std::string& part, const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code() == Errc::store && says(error.what(), part) ? 0 : 2;
  }
  return 1;
}

/// Gives up the rights of root, which no permission binds.
void become_nobody() {
  if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
    ::_exit(97);
}

}  // namespace

// --- making a file

TEST_CASE("store: a new database gives its study back", "[store]") {
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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

TEST_CASE("store: damage is refused, never read", "[store]") {
  const Folder folder;
  const auto good = folder.path / "good.db";
  {
    Store store = fresh(good);
    store.add("noord", crowd(1, day(2021, 1, 1), 40, 10), small_key());
  }
  const std::string bytes = bytes_of(good);
  const auto path = folder.path / "bad.db";
  SECTION("cut off") {
    for (const std::size_t kept : {std::size_t{50}, std::size_t{100},
                                   bytes.size() / 2, bytes.size() - 4096}) {
      std::ofstream{path, std::ios::binary} << bytes.substr(0, kept);
      refused_to_open(Errc::store, path);
    }
  }
  SECTION("overwritten") {
    for (std::size_t page = 1; page * 4096 < bytes.size(); page += 3) {
      std::string broken = bytes;
      std::fill_n(broken.begin() + static_cast<std::ptrdiff_t>(page * 4096), 64,
                  '\x5A');
      std::ofstream{path, std::ios::binary} << broken;
      CAPTURE(page);
      refused_to_open(Errc::store, path);
    }
  }
}

TEST_CASE("store: rows that were deleted or renumbered by hand are damage",
          "[store]") {
  const Folder folder;
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

// --- adding

TEST_CASE("store: counts per day, label, attribute and member", "[store]") {
  const Folder folder;
  const auto path = folder.path / "buurt.db";
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("+31 6 12345678", true, true);
  const LocalDay first = day(2021, 5, 1);
  chat.notice(first + 8h, SystemEvent::encryption);
  const Index root = chat.say(first + 21h + 59min, an, 0, 1);
  const Index reply = chat.say(first + 22h, bo, 2, 3, Role::police);
  chat.say(first + 23h, bo, 2);
  chat.say(first + 24h + 7h + 59min, an, 2);
  chat.say(first + 24h + 8h, an, 2);
  chat.edit().labels.back().abstain = true;
  chat.say(first + 49h, an, not_coded);
  chat.say(first + 72h, bo, 2);  // the day that is cut off
  chat.incident(
      {.root = root, .messages = {root, reply}, .followed_until = first + 23h});
  Store store = fresh(path);
  CHECK(store.add("zuid", chat.done(), small_key()) == Added::added);
  const Panel panel = store.panel();

  REQUIRE(panel.days.size() == 3);
  CHECK(panel.days[0].group == 1);
  CHECK(panel.days[0].day == first);
  CHECK(panel.days[0].label == 0);
  CHECK(panel.days[0].messages == 1);
  CHECK(panel.days[0].night == 0);
  CHECK(panel.days[0].in_incident == 1);
  CHECK(panel.days[1].label == 2);
  CHECK(panel.days[1].messages == 2);
  CHECK(panel.days[1].night == 2);
  CHECK(panel.days[1].in_incident == 1);
  CHECK(panel.days[1].night_in_incident == 1);
  CHECK(panel.days[2].day == first + std::chrono::days{1});
  CHECK(panel.days[2].messages == 2);
  CHECK(panel.days[2].night == 1);
  CHECK(panel.days[2].night_in_incident == 0);
  CHECK(panel.days[2].abstained == 1);

  REQUIRE(panel.attributes.size() == 2);
  CHECK(panel.attributes[0].attribute == 0);
  CHECK(panel.attributes[0].messages == 2);
  CHECK(panel.attributes[1].attribute == 1);
  CHECK(panel.attributes[1].messages == 1);

  REQUIRE(panel.members.size() == 2);
  const std::string an_pseudonym = small_key().person("An");
  const Index an_member = panel.members[0].pseudonym == an_pseudonym ? 0 : 1;
  CHECK(panel.members[an_member].pseudonym == an_pseudonym);
  CHECK(panel.members[1 - an_member].pseudonym ==
        small_key().person("06-12345678"));
  CHECK(panel.members[1 - an_member].role == Role::police);
  CHECK(panel.members[an_member].role == Role::unknown);
  REQUIRE(panel.member_days.size() == 4);
  std::uint32_t an_messages = 0;
  for (const MemberDay& one : panel.member_days) {
    if (one.member == an_member) an_messages += one.messages;
  }
  CHECK(an_messages == 4);  // one of them has no label

  REQUIRE(panel.codes.labels.size() == 3);
  CHECK(panel.codes.id == "proef");
  CHECK(panel.codes.version == 3);
  CHECK(panel.codes.labels[0].safety);
  CHECK(panel.codes.labels[1].function == Function::outcome);
  CHECK(panel.codes.attributes[1].group == "police");
  CHECK(panel.codes.attributes[1].slot == Slot::police);

  REQUIRE(panel.files.size() == 1);
  const FileRow& file = panel.files[0];
  CHECK(file.group == 1);
  CHECK(file.records == 8);
  CHECK(file.human == 7);
  CHECK(file.first == LocalTime{first + 8h});
  CHECK(file.last == LocalTime{first + 72h});
  CHECK(file.format.platform == Platform::ios);
  CHECK(file.format.terminator == Terminator::crlf);
  CHECK(file.format.resolution == Resolution::second);
  CHECK(file.format.header == "[dd-MM-yyyy HH:mm:ss] ");
  CHECK(file.format.date_order_certain);
  CHECK(file.format.date_order_line == 7);
  CHECK(file.provenance.library == "0.1.0");
  CHECK(file.provenance.codebook == "proef/3");
  CHECK(file.provenance.codebook_sha256 == "c0de");
  CHECK(file.provenance.model == "rules");
  CHECK(file.provenance.unicode == "14.0");
  CHECK(store.contains("zuid", file.sha256));
}

TEST_CASE("store: messages keep everything but their words", "[store]") {
  const Folder folder;
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("Bo");
  const LocalDay first = day(2021, 5, 30);
  chat.say(first + 23h, an, 0);  // on the day that is cut off
  const Index root = chat.say(first + 25h, an, 0, 3, Role::moderator);
  const Index again = chat.say(first + 25h + 10s, bo, 0, 1, Role::police);
  const Index early = chat.say(first + 48h, bo, 2);
  chat.edit().chat.messages.back().kind = Kind::media;
  chat.edit().chat.messages.back().media = MediaType::contact;
  chat.edit().chat.messages.back().flags = 0xFF;
  chat.edit().labels.back().abstain = true;
  const Index none =
      chat.say(first + 26h, an, not_coded);  // the clock went back
  chat.edit().chat.messages.back().kind = Kind::deleted;
  chat.say(first + 90h, bo, 2);  // on the day that is cut off
  chat.incident(
      {.root = 0, .messages = {0, early}, .followed_until = first + 99h});
  chat.incident(
      {.root = root, .messages = {root, again}, .followed_until = first + 99h});
  Store store = fresh(folder.path / "buurt.db");
  store.add("oost", chat.done(), small_key());
  const Panel panel = store.panel();
  const Messages& all = panel.messages;
  REQUIRE(all.size() == 4);
  const auto person = [&](std::size_t i) {
    return panel.members[all.member[i]].pseudonym;
  };
  // Two of May come before one of June, whatever their place in the file.
  CHECK(all.group == std::vector<Index>(4, 2));
  CHECK(all.line == std::vector<std::uint64_t>{2, 3, none + 1, early + 1});
  CHECK(all.time[0] == LocalTime{first + 25h});
  CHECK(all.time[1] == LocalTime{first + 25h + 10s});
  CHECK(all.time[2] == LocalTime{first + 26h});
  CHECK(all.time[3] == LocalTime{first + 48h});
  CHECK(person(0) == small_key().person("An"));
  CHECK(person(1) == small_key().person("Bo"));
  CHECK(person(2) == small_key().person("An"));
  CHECK(person(3) == small_key().person("Bo"));
  CHECK(all.role == std::vector<Role>{Role::moderator, Role::police,
                                      Role::unknown, Role::unknown});
  CHECK(all.kind ==
        std::vector<Kind>{Kind::text, Kind::text, Kind::deleted, Kind::media});
  CHECK(all.media[0] == MediaType::none);
  CHECK(all.media[3] == MediaType::contact);
  CHECK(all.label == std::vector<std::uint8_t>{0, 0, not_coded, 2});
  CHECK(all.attributes == std::vector<Attributes>{3, 1, 0, 0});
  CHECK(all.incident ==
        std::vector<Index>{0, 0, Messages::no_incident, Messages::no_incident});
  CHECK(all.flags[0] == (Messages::root | Messages::in_incident));
  CHECK(all.flags[1] == (Messages::repeats | Messages::in_incident));
  CHECK(all.flags[2] == 0);
  CHECK(all.flags[3] ==
        (Messages::abstained | Messages::in_incident | Messages::edited |
         Messages::multiline | Messages::minute | Messages::omitted |
         Messages::guessed));
}

TEST_CASE("store: the counts of a day are those of its messages", "[store]") {
  const Folder folder;
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", crowd(1, day(2021, 1, 20), 60, 30), small_key());
  store.add("noord", crowd(5, day(2021, 6, 1), 40, 9), small_key());
  store.add("oost", crowd(2, day(2020, 12, 1), 90, 12), small_key());
  const Panel panel = store.panel();
  CHECK(panel.messages.size() == 60 * 30 + 40 * 9 + 90 * 12);
  test::check_counts_follow_from_messages(panel);
}

TEST_CASE("store: an incident keeps its seconds, and absence stays absence",
          "[store]") {
  const Folder folder;
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("Bo");
  const LocalDay first = day(2021, 5, 1);
  chat.notice(first, SystemEvent::group_created);
  const Index root = chat.say(first + 12h, an, 0, 3);
  const Index reply = chat.say(first + 12h + 40s, bo, 2);
  const Index closing = chat.say(first + 30h, bo, 1);
  const Index second = chat.say(first + 31h, bo, 0);
  const Index odd =
      chat.say(first + 30h + 30min, an, 2);  // the clock was put back
  chat.say(first + 100h, an, 2);
  const Attributes all = ~Attributes{0};
  chat.incident({.root = root,
                 .messages = {root, reply, closing},
                 .reply = reply,
                 .professional = reply,
                 .outcome = closing,
                 .slots = 0x7E,
                 .root_attributes = 3,
                 .attributes = all,
                 .participants = 2,
                 .followed_until = first + 13h,
                 .uncertain = true});
  chat.incident({.root = second,
                 .messages = {second, odd},
                 .reply = odd,
                 .participants = 2,
                 .followed_until = first + 30h});
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  const Panel panel = store.panel();
  REQUIRE(panel.incidents.size() == 2);
  const IncidentRow& one = panel.incidents[0];
  CHECK(one.line == 2);
  CHECK(one.file == 0);
  CHECK(one.time == LocalTime{first + 12h});
  CHECK(one.label == 0);
  CHECK(panel.members[one.reporter].pseudonym == small_key().person("An"));
  CHECK(one.messages == 3);
  CHECK(one.participants == 2);
  CHECK(one.slots == 0x7E);
  CHECK(one.root_attributes == 3);
  CHECK(one.attributes == all);
  CHECK(one.reply == 40);
  CHECK_FALSE(one.substantive);
  CHECK(one.professional == 40);
  CHECK(one.outcome == 64800);  // 18 hours
  CHECK(one.followed == 3600);
  CHECK(one.until_end == 316800);  // 88 hours
  CHECK(one.uncertain);
  const IncidentRow& two = panel.incidents[1];
  CHECK(two.reply == 0);
  CHECK(two.followed == 0);
  CHECK_FALSE(two.uncertain);
}

TEST_CASE(
    "store: joins and leaves count the people that are named, at least one",
    "[store]") {
  const Folder folder;
  Builder chat;
  const Index an = chat.person("An");
  const LocalDay first = day(2021, 5, 1);
  chat.notice(first + 1h, SystemEvent::group_created, 1);
  chat.notice(first + 2h, SystemEvent::member_added, 3);
  chat.notice(first + 2h, SystemEvent::member_added);
  chat.notice(first + 3h, SystemEvent::member_joined);
  chat.notice(first + 3h, SystemEvent::subject_changed);
  chat.say(first + 4h, an, 2);
  chat.notice(first + 5h, SystemEvent::member_left);
  chat.notice(first + 6h, SystemEvent::member_removed, 1);
  chat.notice(first + 30h, SystemEvent::member_added,
              9);  // on the day that is cut off
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  std::string seen;
  for (const MembershipRow& row : store.panel().memberships) {
    seen += std::string{to_string(row.event)} + ' ' +
            std::to_string(row.people) + ' ';
  }
  CHECK(seen ==
        "member_added 3 member_added 1 member_joined 1 member_left 1 "
        "member_removed 1 ");
}

TEST_CASE("store: of those who join it is kept how many wrote in 90 days",
          "[store]") {
  const Folder folder;
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("+31 6 12345678", true, true);
  const Index cas = chat.person("Cas", true);
  const LocalDay first = day(2021, 5, 1);
  const auto target = Mention::Role::target;
  chat.notice(first, SystemEvent::group_created);
  chat.move(first + 1h, SystemEvent::member_added, "06-12345678", target);
  chat.move(first + 2h, SystemEvent::member_joined, "cas",
            Mention::Role::actor);
  chat.move(first + 3h, SystemEvent::member_added, "Dirk", target);
  chat.say(first + 4h, bo, 2);
  chat.move(first + 5h, SystemEvent::member_added, "+31612345678", target);
  chat.move(first + 6h, SystemEvent::member_left, "An", Mention::Role::actor);
  chat.say(first + 6h + 24h * 90, cas, 2);
  chat.say(first + 24h * 95, an, 2);
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  std::string wrote;
  for (const MembershipRow& row : store.panel().memberships)
    wrote += shown(row.wrote) + ' ';
  CHECK(wrote == "1 0 0 0 - ");
  CHECK(store.panel().memberships[0].until_end == 95 * 86400 - 3600);
}

TEST_CASE("store: covered are the days that the export shows in full",
          "[store]") {
  const Folder folder;
  const LocalDay d1 = day(2021, 5, 1);
  const auto at = [d1](int days, int hours) {
    return d1 + std::chrono::days{days} + std::chrono::hours{hours};
  };
  const auto covered = [&folder](Builder& chat) {
    static int number = 0;
    Store store = fresh(folder.path / (std::to_string(number++) + ".db"));
    store.add("noord", chat.done(), small_key());
    const Coverage coverage = store.panel().coverage.at(0);
    const auto days = [](LocalDay day_of) {
      return (day_of - day(2021, 5, 1)).count();
    };
    return std::to_string(days(coverage.first)) + ".." +
           std::to_string(days(coverage.last));
  };
  Builder chat;
  const Index an = chat.person("An");
  SECTION(
      "a group from its start: the first day is whole, the last is cut off") {
    chat.notice(at(0, 9), SystemEvent::encryption);
    chat.say(at(0, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    CHECK(covered(chat) == "0..8");
  }
  SECTION("an export that starts in the middle: the first day is cut off too") {
    chat.say(at(0, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    CHECK(covered(chat) == "1..8");
  }
  SECTION("a system line that starts nothing proves nothing") {
    chat.notice(at(0, 9), SystemEvent::subject_changed);
    chat.say(at(0, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    CHECK(covered(chat) == "1..8");
  }
  SECTION("a group that was created long before the exporter came") {
    chat.notice(at(-4000, 9), SystemEvent::group_created);
    chat.notice(at(0, 9), SystemEvent::encryption);
    chat.notice(at(0, 10), SystemEvent::member_added, 1);
    chat.say(at(3, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    CHECK(covered(chat) == "1..8");
  }
  SECTION(
      "days without messages are covered, also at the end by a system line") {
    chat.notice(at(0, 9), SystemEvent::group_created);
    chat.say(at(0, 10), an, 2);
    chat.notice(at(30, 1), SystemEvent::member_left);
    CHECK(covered(chat) == "0..29");
  }
  SECTION("one day stays one day, two days leave one") {
    chat.say(at(0, 10), an, 2);
    CHECK(covered(chat) == "0..0");
    chat.say(at(1, 10), an, 2);
    CHECK(covered(chat) == "1..1");
  }
  SECTION("two days from the start leave the first") {
    chat.notice(at(0, 9), SystemEvent::encryption);
    chat.say(at(0, 10), an, 2);
    chat.say(at(1, 10), an, 2);
    CHECK(covered(chat) == "0..0");
  }
  SECTION("nothing but opening lines") {
    chat.notice(at(0, 9), SystemEvent::encryption);
    CHECK(covered(chat) == "0..0");
  }
  SECTION("messages that came late do not move the ends") {
    chat.say(at(0, 10), an, 2);
    chat.say(at(5, 10), an, 2);
    chat.say(at(3, 10), an, 2);
    chat.say(at(8, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    chat.say(at(7, 10), an, 2);
    chat.say(at(9, 11), an, 2);
    CHECK(covered(chat) == "1..8");
  }
  SECTION("a group that was silent for two years between two lively ones") {
    for (const int d : {0, 1, 5, 800, 801, 803}) chat.say(at(d, 10), an, 2);
    CHECK(covered(chat) == "1..802");
  }
  SECTION("of two records none is alone") {
    chat.say(at(0, 10), an, 2);
    chat.say(at(500, 10), an, 2);
    CHECK(covered(chat) == "1..499");
  }
}

TEST_CASE("store: a wild date does not stretch the days that are covered",
          "[store]") {
  const Folder folder;
  const int wild = GENERATE(-7000, -400, -3, 12, 400, 27000);
  const int place = GENERATE(0, 1, 2, 5, 9, 10);
  CAPTURE(wild, place);
  Builder chat;
  const Index an = chat.person("An");
  const auto at = [](int days) {
    return day(2021, 5, 1) + std::chrono::days{days} + 12h;
  };
  Index root = 0;
  for (int d = 0; d < 10; ++d) {
    if (d == place) chat.say(at(wild), an, 2);
    const Index said = chat.say(at(d), an, 0);
    if (d == 5) root = said;
  }
  if (place == 10) chat.say(at(wild), an, 2);
  chat.incident({.root = root, .messages = {root}, .followed_until = at(6)});
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  const Panel panel = store.panel();
  const bool first_believed = place == 0 && wild == -3;
  const bool last_believed = place == 10 && wild == 12;
  CHECK(panel.coverage[0].first ==
        day(2021, 5, 1) + std::chrono::days{first_believed ? -2 : 1});
  CHECK(panel.coverage[0].last ==
        day(2021, 5, 1) + std::chrono::days{last_believed ? 11 : 8});
  CHECK(panel.files[0].records == 11);
  CHECK(panel.files[0].first == at(first_believed ? -3 : 0));
  CHECK(panel.files[0].last == at(last_believed ? 12 : 9));
  REQUIRE(panel.incidents.size() == 1);
  CHECK(panel.incidents[0].until_end ==
        (last_believed ? 7 : 4) * std::int64_t{86400});
  std::uint32_t messages = 0;
  for (const DayCount& count : panel.days) messages += count.messages;
  CHECK(messages == 8U + (first_believed || last_believed ? 1U : 0U));
}

TEST_CASE("store: nothing is kept of days that are not covered", "[store]") {
  const Folder folder;
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("Bo");
  for (int d = 0; d < 3; ++d) {
    const LocalTime time = day(2021, 5, 1 + d) + 12h;
    chat.notice(time, SystemEvent::member_added, 1);
    const Index root = chat.say(time, d == 1 ? an : bo, 0, 1);
    chat.incident({.root = root, .messages = {root}, .followed_until = time});
  }
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  const Panel panel = store.panel();
  CHECK(panel.days.size() == 1);
  CHECK(panel.attributes.size() == 1);
  CHECK(panel.member_days.size() == 1);
  CHECK(panel.incidents.size() == 1);
  CHECK(panel.memberships.size() == 1);
  REQUIRE(panel.members.size() == 1);
  CHECK(panel.members[0].pseudonym == small_key().person("An"));
  CHECK(panel.files[0].human == 3);
}

TEST_CASE("store: one person in two spellings is one member", "[store]") {
  const Folder folder;
  Builder chat;
  chat.say(day(2021, 5, 1) + 1h, chat.person("An de Boer"), 2);
  chat.say(day(2021, 5, 1) + 2h, chat.person("AN DE BOER"), 2);
  chat.say(day(2021, 5, 1) + 3h, chat.person("an de boer", true), 2);
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  const Panel panel = store.panel();
  REQUIRE(panel.members.size() == 2);
  REQUIRE(panel.member_days.size() == 2);
  const Index saved =
      panel.members[0].pseudonym == small_key().person("An de Boer") ? 0 : 1;
  CHECK(panel.member_days[saved].messages == 2);
  CHECK(panel.members[1 - saved].pseudonym ==
        small_key().person("~An de Boer"));
}

TEST_CASE("store: the role of a member is the latest known one", "[store]") {
  const Folder folder;
  Builder chat;
  const Index an = chat.person("An");
  const Role roles[] = {Role::resident, Role::care, Role::moderator,
                        Role::unknown, Role::unknown};
  chat.notice(day(2021, 5, 1), SystemEvent::encryption);
  chat.say(day(2021, 5, 1) + 1h, an, 2, 0, roles[0]);
  chat.say(day(2021, 5, 2) + 1h, an, 2, 0, roles[1]);
  chat.say(day(2021, 5, 2) + 2h, an, 2, 0, roles[2]);
  chat.say(day(2021, 5, 2) + 3h, an, 2, 0, roles[3]);
  chat.say(day(2021, 5, 3) + 1h, an, 2, 0, roles[4]);
  chat.say(day(2021, 5, 4) + 1h, an, 2, 0,
           Role::police);  // the day that is cut off
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  CHECK(store.panel().members.at(0).role == Role::moderator);
}

TEST_CASE("store: warnings are counted, and their sentences left out",
          "[store]") {
  const Folder folder;
  const auto path = folder.path / "buurt.db";
  Builder chat;
  chat.say(day(2021, 5, 1) + 1h, chat.person("An"), 2);
  chat.edit().diagnostics = {
      {.code = "parse.b", .line = 9, .message = "zin een"},
      {.code = "parse.b", .line = 4, .message = "zin twee"},
      {.code = "parse.a",
       .severity = Severity::info,
       .line = 2,
       .message = "zin drie"}};
  Store store = fresh(path);
  store.add("noord", chat.done(), small_key());
  CHECK(store.panel().files.at(0).warnings == 2);
  CHECK(Raw{path}.rows(
            "SELECT code, severity, times, first_line FROM diagnostic") ==
        std::vector<std::string>{"parse.a|info|1|2", "parse.b|warning|2|4"});
}

// --- refusals

TEST_CASE("store: adding the same export again changes nothing", "[store]") {
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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

TEST_CASE("store: a panel is in the order of its keys, and its indices fit",
          "[store]") {
  const Folder folder;
  Store store = fresh(folder.path / "buurt.db");
  store.add("zuid", crowd(4, day(2021, 2, 1), 30, 20), small_key());
  store.add("noord", crowd(2, day(2021, 3, 1), 30, 20), small_key());
  store.add("noord", crowd(3, day(2021, 1, 1), 30, 20), small_key());
  const Panel panel = store.panel();
  CHECK(std::is_sorted(panel.days.begin(), panel.days.end(),
                       [](const DayCount& a, const DayCount& b) {
                         return std::tie(a.group, a.day, a.label) <
                                std::tie(b.group, b.day, b.label);
                       }));
  CHECK(std::is_sorted(panel.members.begin(), panel.members.end(),
                       [](const Member& a, const Member& b) {
                         return std::tie(a.group, a.pseudonym) <
                                std::tie(b.group, b.pseudonym);
                       }));
  CHECK(std::is_sorted(panel.member_days.begin(), panel.member_days.end(),
                       [](const MemberDay& a, const MemberDay& b) {
                         return std::tie(a.group, a.day, a.member) <
                                std::tie(b.group, b.day, b.member);
                       }));
  CHECK(panel.files.size() == 3);
  CHECK(panel.coverage.size() == 3);
  REQUIRE_FALSE(panel.incidents.empty());
  for (const IncidentRow& row : panel.incidents) {
    REQUIRE(row.file < panel.files.size());
    REQUIRE(panel.files[row.file].group == row.group);
    const LocalDay at = std::chrono::floor<std::chrono::days>(row.time);
    REQUIRE(panel.coverage[row.file].first <= at);
    REQUIRE(at <= panel.coverage[row.file].last);
    REQUIRE(panel.members[row.reporter].group == row.group);
  }
  for (const MemberDay& row : panel.member_days) {
    REQUIRE(panel.members[row.member].group == row.group);
  }
}

// --- privacy

TEST_CASE(
    "store: no name, no phone number and no text is anywhere in the files",
    "[store]") {
  const Folder folder;
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

TEST_CASE("store: roles come back for the authors of a chat, by pseudonym",
          "[store]") {
  const Folder folder;
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

// --- for the analysts

TEST_CASE(
    "store: every column of every table and view is explained in two languages",
    "[store]") {
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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
        "INSERT INTO observed_day VALUES (0, '2021-02-01', '2021-02-01', 1)",
        "INSERT INTO observed_day VALUES (0, '2021-05-01', '2021-05-01', 1)",
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
  const Folder folder;
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
  const Folder folder;
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

// --- safety

TEST_CASE(
    "store: a writer that stays busy is reported after some patience, readers "
    "go on",
    "[store]") {
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        add(file);
      } catch (...) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    // From the first moment to well past the end, unevenly.
    ::usleep(
        static_cast<useconds_t>(needed * (run * 37 % runs) * 13 / runs / 10));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) ++killed;
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
  const Folder folder;
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
  const Folder folder;
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
  const Folder folder;
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

TEST_CASE("store: a database can be moved from one object to another",
          "[store]") {
  const Folder folder;
  Store a = fresh(folder.path / "a.db");
  Store b = fresh(folder.path / "b.db");
  a.add("noord", crowd(1, day(2021, 1, 1), 5, 5), small_key());
  b = std::move(a);
  CHECK(b.panel().files.size() == 1);
  const Store c{std::move(b)};
  CHECK(c.study().groups.size() == 3);
}
