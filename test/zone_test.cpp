/// Clocks of time zones, and what a chat says by them.
#include "text/zone.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "etherpeil/error.hpp"
#include "etherpeil/parse.hpp"
#include "etherpeil/report.hpp"

using etherpeil::Bytes;
using etherpeil::Chat;
using etherpeil::Error;
using etherpeil::Message;
using etherpeil::text::Zone;

namespace {

/// Local seconds of a time.
std::uint32_t at(int year, unsigned month, unsigned day, int hour, int minute) {
  namespace chrono = std::chrono;
  const chrono::local_days date{chrono::year{year} / chrono::month{month} /
                                chrono::day{day}};
  return static_cast<std::uint32_t>(date.time_since_epoch().count()) * 86400U +
         static_cast<std::uint32_t>(hour * 3600 + minute * 60);
}

/// "31-03-2024 02:30" and the like as messages of Jan.
Chat chat_of(const std::vector<std::string>& times, const std::string& zone) {
  std::string text;
  for (const std::string& time : times) text += time + " - Jan: a\n";
  return parse(Bytes::from(text), "test.txt", {.time_zone = zone});
}

std::vector<std::string> utc_of(const Chat& chat, const std::string& zone) {
  std::string events;
  write_events(chat, [&](std::string_view part) { events += part; },
               {.time_zone = zone});
  const std::string key = "\"utc\":\"";
  std::vector<std::string> found;
  for (std::size_t i = events.find(key); i != std::string::npos;
       i = events.find(key, i + 1))
    found.push_back(events.substr(i + key.size(), 20));
  return found;
}

bool reports(const Chat& chat, std::string_view slug) {
  return std::any_of(chat.diagnostics.begin(), chat.diagnostics.end(),
                     [&](const auto& one) { return one.code == slug; });
}

}  // namespace

TEST_CASE("zone: the rule of the Union is what ICU has of Amsterdam",
          "[zone]") {
  const Zone& by_icu = Zone::named("Europe/Amsterdam");
  CHECK(by_icu.changes().size() == 182);
  CHECK(Zone::amsterdam().changes() == by_icu.changes());
  CHECK(Zone::amsterdam().name() == by_icu.name());
  const auto summer = at(2024, 7, 1, 12, 0);
  CHECK(Zone::amsterdam().utc(summer, false) == std::int64_t{summer} - 7200);
  const auto first = at(2009, 1, 1, 12, 0);
  CHECK(Zone::amsterdam().utc(first, false) == std::int64_t{first} - 3600);
  CHECK(by_icu.utc(first, false) == std::int64_t{first} - 3600);
}

TEST_CASE("zone: a local time may be shown twice, once or never", "[zone]") {
  const Zone& zone = Zone::amsterdam();
  const auto twice = at(2024, 10, 27, 2, 0);
  REQUIRE(zone.at(twice) != nullptr);
  CHECK(zone.at(twice)->twice());
  CHECK(zone.at(twice) == zone.at(twice + 3599));
  CHECK(zone.at(twice - 1) == nullptr);
  CHECK(zone.at(twice + 3600) == nullptr);
  CHECK(zone.utc(twice, true) - zone.utc(twice, false) == 3600);
  CHECK(zone.utc(twice + 3600, true) == zone.utc(twice + 3600, false));
  const auto never = at(2024, 3, 31, 2, 0);
  CHECK(zone.next_gap(never - 86400) == never);
  CHECK(zone.next_gap(never + 3599) == never);
  CHECK(zone.next_gap(never + 3600) == at(2025, 3, 30, 2, 0));
  // As ICU: by the clock before the change.
  CHECK(zone.utc(never + 1800, false) == std::int64_t{never} + 1800 - 3600);
}

TEST_CASE("zone: half an hour, midnight, and clocks that never change",
          "[zone]") {
  const auto lord_howe = at(2024, 4, 7, 1, 30);
  const Zone& island = Zone::named("Australia/Lord_Howe");
  REQUIRE(island.at(lord_howe) != nullptr);
  CHECK(island.at(lord_howe)->twice());
  CHECK(island.at(lord_howe + 1800) == nullptr);
  const Zone& brazil = Zone::named("America/Sao_Paulo");
  CHECK(brazil.next_gap(at(2017, 1, 1, 0, 0)) == at(2017, 10, 15, 0, 0));
  CHECK(brazil.next_gap(at(2024, 1, 1, 0, 0)) == UINT32_MAX);
  CHECK(Zone::named("UTC").changes().empty());
  CHECK(Zone::named("Asia/Kolkata").utc(at(2024, 1, 1, 5, 30), false) ==
        std::int64_t{at(2024, 1, 1, 0, 0)});
}

TEST_CASE("zone: a name that ICU does not know is refused by name", "[zone]") {
  for (const char* name : {"Mars/Olympus", "europe/amsterdam", "GMT+2",
                           "Etc/Unknown", " ", "Europe/Amsterdam "}) {
    INFO(name);
    CHECK_THROWS_AS(Zone::named(name), Error);
    CHECK_THROWS_AS(chat_of({"13-05-2024 10:00"}, name), Error);
  }
  CHECK_THROWS_WITH(Zone::named("Mars/Olympus"),
                    Catch::Contains("\"Mars/Olympus\""));
}

TEST_CASE("zone: a chat is told in UTC, the second time after the clock turned",
          "[zone]") {
  const std::vector<std::string> night{"27-10-2024 01:59", "27-10-2024 02:10",
                                       "27-10-2024 02:50", "27-10-2024 02:05",
                                       "27-10-2024 02:55", "27-10-2024 03:01"};
  const Chat chat = chat_of(night, "Europe/Amsterdam");
  CHECK(utc_of(chat, "Europe/Amsterdam") ==
        std::vector<std::string>{"2024-10-26T23:59:00Z", "2024-10-27T00:10:00Z",
                                 "2024-10-27T00:50:00Z", "2024-10-27T01:05:00Z",
                                 "2024-10-27T01:55:00Z",
                                 "2024-10-27T02:01:00Z"});
  CHECK(reports(chat, "parse.clock-change"));
  CHECK_FALSE(reports(chat, "parse.time-backwards"));
  // In London the clock turns an hour earlier.
  const Chat london = chat_of(night, "Europe/London");
  CHECK_FALSE(reports(london, "parse.clock-change"));
  CHECK(reports(london, "parse.time-backwards"));
  CHECK(utc_of(london, "Europe/London")[3] == "2024-10-27T02:05:00Z");
  CHECK(utc_of(chat_of(night, ""), "").empty());
}

TEST_CASE("zone: an hour that a clock skips is told for the zone of the phone",
          "[zone]") {
  const std::vector<std::string> night{"30-03-2024 23:00", "31-03-2024 00:10",
                                       "31-03-2024 00:11", "31-03-2024 00:12",
                                       "31-03-2024 02:30", "31-03-2024 04:00"};
  const auto message = [&](const std::string& zone) {
    const Chat chat = chat_of(night, zone);
    for (const auto& one : chat.diagnostics)
      if (one.code == "parse.missing-hour")
        return std::to_string(one.line) + ": " + one.message.substr(0, 10);
    return std::string{};
  };
  CHECK(message("") == "5: 1 messages");
  CHECK(message("Europe/Amsterdam") == message(""));
  CHECK(message("Asia/Beirut") == "2: 3 messages");
  CHECK(message("UTC").empty());
  CHECK(utc_of(chat_of(night, ""), "Europe/Amsterdam")[4] ==
        "2024-03-31T01:30:00Z");
}
