#pragma once
/// A study, analyses that are built by hand, and looks at files, for the tests
/// of the store.
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>

#include "child.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/store.hpp"
#include "folder.hpp"
#include "hash/hash.hpp"

namespace etherpeil::test {

using namespace std::chrono_literals;

// --- the world

inline LocalDay day(int year, int month, int number) {
  return LocalDay{std::chrono::year{year} / month / number};
}

inline Study small_study() {
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

inline Pseudonymiser small_key() { return {Key{{1, 2, 3}}, "vier"}; }

inline Codes small_codes() {
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
inline Analysis crowd(std::uint64_t seed, LocalDay first, int days, int per_day,
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

template <class Value>
std::string shown(const std::optional<Value>& value) {
  return value ? std::to_string(*value) : "-";
}

inline std::string describe(const Panel& panel) {
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
inline std::string refused(Errc code, const std::filesystem::path& path,
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

inline bool says(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

inline std::string refused_to_open(Errc code,
                                   const std::filesystem::path& path) {
  return refused(code, path, [&path] { const Store store{path}; });
}

inline Store fresh(const std::filesystem::path& path) {
  return Store::create(path, small_study(), {}, small_key());
}

inline std::vector<std::string> files_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// 0 when `act` throws Error{store} holding `part`, else what went wrong.
inline int expects(const std::string& part, const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code() == Errc::store && says(error.what(), part) ? 0 : 2;
  }
  return 1;
}

/// Gives up the rights of root, which no permission binds.
inline void become_nobody() {
  if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
    ::_exit(97);
}

}  // namespace etherpeil::test
