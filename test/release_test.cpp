#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <sstream>

#include "etherpeil/error.hpp"
#include "etherpeil/report.hpp"
#include "folder.hpp"
#include "panel.hpp"

using namespace etherpeil;
using etherpeil::test::PanelMaker;
using test::bytes_of;

namespace {

/// A folder that goes with the test.
struct Folder : test::Folder {
  Folder() : test::Folder{"release"} {}
};

/// Rows of a simple csv, by column.
std::vector<std::map<std::string, std::string>> rows_of(
    const std::filesystem::path& path) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream in{bytes_of(path)};
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> cells{""};
    for (const char c : line) {
      if (c == ',') {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    lines.push_back(cells);
  }
  std::vector<std::map<std::string, std::string>> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::map<std::string, std::string> row;
    for (std::size_t c = 0; c < lines[0].size(); ++c)
      row[lines[0][c]] = lines[i].at(c);
    rows.push_back(row);
  }
  return rows;
}

using Amounts = std::map<Index, std::uint64_t>;

bool tells(const Amounts& shares) {
  if (shares.empty()) return false;
  std::uint64_t sum = 0;
  std::uint64_t most = 0;
  for (const auto& one : shares) {
    sum += one.second;
    most = std::max(most, one.second);
  }
  return shares.size() < 5 || 2 * most > sum;
}

void merge(Amounts& into, const Amounts& from) {
  for (const auto& one : from) into[one.first] += one.second;
}

std::string month_of(LocalDay day) {
  const std::chrono::year_month_day date{day};
  const auto month = static_cast<unsigned>(date.month());
  return std::to_string(static_cast<int>(date.year())) + "-" +
         (month < 10 ? "0" : "") + std::to_string(month);
}

std::string quarter_of(const std::string& month) {
  return month.substr(0, 4) + "-Q" +
         std::to_string((std::stoi(month.substr(5)) + 2) / 3);
}

/// A year of a group in which few or many write, evenly or not.
PanelMaker random_year(std::uint64_t seed) {
  PanelMaker maker;
  std::mt19937_64 random{seed};
  const auto below = [&random](std::uint64_t n) { return random() % n; };
  const Index group = maker.group("noord");
  std::vector<Index> members;
  for (int i = 0; i < 14; ++i) members.push_back(maker.member(group));
  maker.cover(group, etherpeil::test::day(2022, 1, 1),
              etherpeil::test::day(2022, 12, 31));
  Messages& all = maker.panel.messages;
  for (unsigned month = 1; month <= 12; ++month) {
    const std::uint64_t writers = below(14);
    for (std::uint64_t w = 0; w < writers; ++w) {
      const LocalDay when =
          etherpeil::test::day(2022, month, 1 + static_cast<unsigned>(w));
      const Index member = members[below(members.size())];
      const auto number =
          static_cast<std::uint32_t>(1 + below(below(5) == 0 ? 60 : 6));
      maker.sent(group, when, member, number);
      for (std::uint32_t i = 0; i < number; ++i) {
        all.group.push_back(group);
        all.line.push_back(all.line.size() + 1);
        all.time.push_back(when + std::chrono::seconds{i});
        all.member.push_back(member);
        all.role.push_back(Role::unknown);
        all.kind.push_back(Kind::text);
        all.media.push_back(MediaType::none);
        all.label.push_back(
            static_cast<std::uint8_t>(below(maker.panel.codes.labels.size())));
        all.attributes.push_back(0);
        all.incident.push_back(Messages::no_incident);
        all.flags.push_back(0);
      }
      if (below(3) == 0)
        maker.incident(group, when, maker.panel.codes.labels[0].key.c_str(),
                       member);
    }
  }
  return maker;
}

/// Checks months against quarters and quarters against the whole: what is shown
/// tells about nobody, nor does what subtraction leaves.
void attack(const std::vector<std::map<std::string, std::string>>& rows,
            const std::map<std::string, Amounts>& months,
            const std::string& flag) {
  std::map<std::string, bool> hidden;
  for (const auto& row : rows) hidden[row.at("period")] = row.at(flag) == "1";
  std::map<std::string, Amounts> quarters;
  Amounts whole;
  for (const auto& month : months) {
    merge(quarters[quarter_of(month.first)], month.second);
    merge(whole, month.second);
    CAPTURE(month.first);
    if (!hidden.at(month.first)) CHECK_FALSE(tells(month.second));
  }
  Amounts hidden_quarters;
  for (const auto& quarter : quarters) {
    CAPTURE(quarter.first);
    if (hidden.at(quarter.first)) {
      merge(hidden_quarters, quarter.second);
      // Its months would give it back.
      for (const auto& month : months) {
        if (quarter_of(month.first) == quarter.first && !month.second.empty())
          CHECK(hidden.at(month.first));
      }
      continue;
    }
    CHECK_FALSE(tells(quarter.second));
    Amounts rest;
    for (const auto& month : months) {
      if (quarter_of(month.first) == quarter.first && hidden.at(month.first))
        merge(rest, month.second);
    }
    CHECK_FALSE(tells(rest));
  }
  if (hidden.at("all")) return;
  CHECK_FALSE(tells(whole));
  CHECK_FALSE(tells(hidden_quarters));
}

}  // namespace

TEST_CASE("release: no cell tells about a person, nor does subtraction",
          "[release]") {
  const Folder folder;
  int shown = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const Panel panel = random_year(seed).panel;
    const auto place = folder.path / std::to_string(seed);
    write_release(panel, place);
    const auto rows = rows_of(place / "periods.csv");
    std::map<std::string, Amounts> messages;
    std::map<std::string, Amounts> incidents;
    for (const MemberDay& row : panel.member_days)
      messages[month_of(row.day)][row.member] += row.messages;
    for (const IncidentRow& row : panel.incidents) {
      const auto day = std::chrono::floor<std::chrono::days>(row.time);
      ++incidents[month_of(day)][row.reporter];
    }
    attack(rows, messages, "messages_hidden");
    attack(rows, incidents, "incidents_hidden");
    std::map<std::string, std::map<std::string, Amounts>> labels;
    for (std::size_t i = 0; i < panel.messages.size(); ++i) {
      const auto day =
          std::chrono::floor<std::chrono::days>(panel.messages.time[i]);
      ++labels[quarter_of(month_of(day))]
              [panel.codes.labels[panel.messages.label[i]].key]
              [panel.messages.member[i]];
    }
    std::map<std::string, Amounts> rest;
    for (const auto& row : rows_of(place / "labels.csv")) {
      const Amounts& shares = labels[row.at("quarter")][row.at("label")];
      if (row.at("hidden") == "1") {
        CHECK(row.at("messages").empty());
        merge(rest[row.at("quarter")], shares);
        continue;
      }
      ++shown;
      CHECK_FALSE(tells(shares));
    }
    for (const auto& row : rows) {
      const auto it = rest.find(row.at("period"));
      if (it != rest.end() && row.at("messages_hidden") == "0")
        CHECK_FALSE(tells(it->second));
    }
  }
  CHECK(shown > 100);
}

TEST_CASE("release: what is shown is right, and a zero is no gap",
          "[release]") {
  const Folder folder;
  PanelMaker maker;
  const Index group = maker.group("=noord");
  maker.cover(group, etherpeil::test::day(2022, 1, 10),
              etherpeil::test::day(2022, 2, 28));
  for (int i = 0; i < 6; ++i)
    maker.sent(group, etherpeil::test::day(2022, 1, 12), maker.member(group),
               3);
  write_release(maker.panel, folder.path / "uit");
  const auto rows = rows_of(folder.path / "uit" / "periods.csv");
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].at("group") == "\"'=noord\"");
  CHECK(rows[0].at("period") == "2022-01");
  CHECK(rows[0].at("days") == "22");
  CHECK(rows[0].at("messages") == "18");
  CHECK(rows[0].at("senders") == "6");
  CHECK(rows[1].at("messages") == "0");
  CHECK(rows[1].at("messages_hidden") == "0");
  CHECK(rows[3].at("period") == "all");
  CHECK(rows[3].at("messages") == "18");
}

TEST_CASE("release: a folder is written whole or not at all", "[release]") {
  const Folder folder;
  const Panel panel = random_year(1).panel;
  CHECK_THROWS_AS(write_release(panel, folder.path / "no" / "such"), Error);
  std::ofstream{folder.path / "theirs"} << "x";
  CHECK_THROWS_AS(write_release(panel, folder.path), Error);
  CHECK_THROWS_AS(write_release(panel, folder.path / "x", Output::json), Error);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder.path}) {
    static_cast<void>(entry);
    ++files;
  }
  CHECK(files == 1);
}

TEST_CASE("release: its files are for their owner alone", "[release]") {
  const Folder folder;
  const auto place = folder.path / "uit";
  write_release(random_year(1).panel, place);
  const auto others =
      std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  const auto closed = [&](const std::filesystem::path& path) {
    return (std::filesystem::status(path).permissions() & others) ==
           std::filesystem::perms::none;
  };
  CHECK(closed(place));
  for (const auto& entry : std::filesystem::directory_iterator{place})
    CHECK(closed(entry.path()));
}
