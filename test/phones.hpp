#pragma once
/// One chat as several phones would export it, with the truth about which
/// record is which.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "etherpeil/demo.hpp"
#include "etherpeil/merge.hpp"
#include "etherpeil/parse.hpp"
#include "etherpeil/study.hpp"

namespace phones {

using namespace etherpeil;
using namespace std::chrono_literals;

/// What happened: records, and a number for each that all phones share.
struct Story {
  std::vector<DemoRecord> records{};
  std::vector<int> numbers{};
  std::string group{};
};

inline std::uint64_t below(std::mt19937_64& random, std::uint64_t n) {
  return random() % n;
}

inline DemoRecord record_of(const Chat& chat, Index i) {
  const Message& m = chat.messages[i];
  DemoRecord record{.time = m.time(),
                    .kind = m.kind,
                    .event = m.event,
                    .media = m.media,
                    .text = std::string{chat.text(i)},
                    .edited = m.has(Message::edited)};
  if (m.human()) {
    const Author& author = chat.authors[m.author];
    record.author = (author.unsaved && !author.phone ? "~" : "") + author.name;
  }
  for (const auto& name : chat.names(i, Mention::Role::actor))
    record.actor = name;
  for (const auto& name : chat.names(i, Mention::Role::target))
    record.target = name;
  // The generator tells whose code changed as the one who acted.
  if (m.event == SystemEvent::security_code_changed)
    std::swap(record.actor, record.target);
  if (m.kind == Kind::poll || m.kind == Kind::location || m.kind == Kind::event)
    record.text.clear();
  return record;
}

/// A group of the demo study, as it happened: to the second, and with "ok" and
/// thumbs that are said more than once in a minute.
inline Story story(std::uint64_t seed, std::size_t group = 0) {
  namespace fs = std::filesystem;
  const fs::path dir =
      fs::temp_directory_path() /
      ("etherpeil-phones-" + std::to_string(std::random_device{}()));
  write_demo(dir, {.seed = seed});
  const Study study = load_study(dir / "study.json");
  const Chat chat =
      parse_file(find_exports(dir / study.groups.at(group).key).front());
  fs::remove_all(dir);
  std::mt19937_64 random{seed};
  Story told;
  told.group = chat.group_name;
  LocalTime last{};
  for (Index i = 0; i < chat.messages.size(); ++i) {
    DemoRecord record = record_of(chat, i);
    if (chat.messages[i].has(Message::minute))
      record.time += std::chrono::seconds{below(random, 60)};
    record.time = last = std::max(last, record.time);
    told.records.push_back(record);
    if (record.author.empty() || below(random, 15) != 0) continue;
    for (auto n = 1 + below(random, 3); n > 0; --n) {
      static constexpr const char* words[] = {"ok", "👍", "Ja", "👍👍"};
      DemoRecord short_one{
          .time = last += std::chrono::seconds{below(random, 9)},
          .author = record.author,
          .text = words[below(random, 4)]};
      if (below(random, 2) == 0 && chat.authors.size() > 3)
        short_one.author = chat.authors[below(random, 3)].name;
      told.records.push_back(short_one);
    }
  }
  std::stable_sort(
      told.records.begin(), told.records.end(),
      [](const DemoRecord& a, const DemoRecord& b) { return a.time < b.time; });
  for (std::size_t i = 0; i < told.records.size(); ++i)
    told.numbers.push_back(static_cast<int>(i));
  return told;
}

/// The same story with names of another address book. Every name stays one
/// person; "Jij" is the owner's.
inline Story renamed(Story told, const std::string& owner = {}) {
  std::vector<std::string> people;
  const auto known = [&](const std::string& name) {
    const auto k = static_cast<std::size_t>(
        std::find(people.begin(), people.end(), name) - people.begin());
    if (k == people.size()) people.push_back(name);
    return k;
  };
  const auto name = [&](std::string& one, bool person) {
    if (one.empty() || !person) return;
    const std::size_t k = known(one);
    if (k == 0 && !owner.empty()) {
      one = owner;
    } else if (k % 4 == 1) {
      one = "+31 6 " + std::to_string(10000000 + k);
    } else if (k % 4 == 2) {
      one = "~Bij" + std::to_string(k);
    } else if (k % 4 == 3) {
      one = "Buur " + std::to_string(k) + " (" + one + ")";
    }
  };
  for (DemoRecord& record : told.records) {
    const bool names_group = record.event == SystemEvent::group_created ||
                             record.event == SystemEvent::subject_changed;
    name(record.author, true);
    name(record.actor, true);
    name(record.target, !names_group);
  }
  return told;
}

inline Story keep(const Story& told,
                  const std::function<bool(const DemoRecord&)>& shown) {
  Story left{.group = told.group};
  for (std::size_t i = 0; i < told.records.size(); ++i) {
    if (!shown(told.records[i])) continue;
    left.records.push_back(told.records[i]);
    left.numbers.push_back(told.numbers[i]);
  }
  return left;
}

inline Story moved(Story told,
                   const std::function<std::chrono::seconds(LocalTime)>& by) {
  for (DemoRecord& record : told.records) record.time += by(record.time);
  return told;
}

/// Every record a second earlier, in time, or later.
inline Story jittered(Story told, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  for (DemoRecord& record : told.records)
    record.time += std::chrono::seconds{static_cast<int>(below(random, 3)) - 1};
  return told;
}

/// `n` texts were edited, and `n` others deleted, after the first phone's
/// export.
inline Story revised(Story told, std::uint64_t seed, int n) {
  std::mt19937_64 random{seed};
  for (int edits = 0, deletions = 0; edits < n || deletions < n;) {
    DemoRecord& one = told.records[below(random, told.records.size())];
    if (one.kind != Kind::text || one.edited || one.text.size() < 2) continue;
    if (edits < n) {
      one.text.insert(below(random, 2) == 0 ? one.text.size() : 0, " toch ");
      one.edited = true;
      ++edits;
    } else {
      one.kind = Kind::deleted;
      one.text.clear();
      ++deletions;
    }
  }
  return told;
}

/// The export of a phone, read again.
inline Chat exported(const Story& told, ExportForm form,
                     const std::string& source = "export.txt") {
  Chat chat =
      parse(Bytes::from(render_export(told.records, form, told.group)), source);
  REQUIRE(chat.messages.size() == told.records.size());
  return chat;
}

/// How a merge compares with the truth.
struct Score {
  std::size_t truth{};   ///< records that happened and that an export shows
  std::size_t merged{};  ///< records of the merged chat
  std::size_t wrong{};   ///< merged records of which two are not one
  std::size_t missed{};  ///< records that are there more than once
};

/// `stories` in the order in which their chats were given.
inline Score score(const Merged& merged, const std::vector<Story>& stories) {
  std::vector<std::set<int>> of(merged.chat.messages.size());
  std::size_t lines = 0;
  for (const Origin& origin : merged.origins) {
    const Story& told = stories[merged.sources[origin.source].input];
    of[origin.message].insert(told.numbers[origin.record]);
    ++lines;
  }
  Score found{.merged = of.size()};
  std::size_t expected = 0;
  for (const Story& told : stories) expected += told.numbers.size();
  CHECK(lines == expected);  // every line of every export went somewhere
  std::set<int> seen;
  for (const std::set<int>& numbers : of) {
    REQUIRE_FALSE(numbers.empty());
    if (numbers.size() > 1) ++found.wrong;
    for (const int number : numbers) {
      if (!seen.insert(number).second) ++found.missed;
    }
  }
  found.truth = seen.size();
  return found;
}

}  // namespace phones
