#pragma once
/// The counts per day again, added up from the messages of a panel.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <tuple>

#include "etherpeil/store.hpp"

namespace etherpeil::test {

inline void check_counts_follow_from_messages(const Panel& panel) {
  const Messages& all = panel.messages;
  using Key = std::tuple<Index, LocalDay, Index>;
  using Counts = std::array<std::uint32_t, 5>;
  std::map<Key, Counts> labels;
  std::map<Key, std::uint32_t> attributes;
  std::map<Key, std::uint32_t> members;
  std::map<Index, std::uint32_t> incidents;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const LocalDay day = std::chrono::floor<std::chrono::days>(all.time[i]);
    const auto hour = (all.time[i] - LocalTime{day}) / std::chrono::hours{1};
    ++members[{all.group[i], day, all.member[i]}];
    if (all.incident[i] != Messages::no_incident) ++incidents[all.incident[i]];
    if (all.label[i] == not_coded) continue;
    Counts& count = labels[{all.group[i], day, all.label[i]}];
    const bool night = hour >= 22 || hour < 8;
    const bool inside = (all.flags[i] & Messages::in_incident) != 0;
    const bool doubtful = (all.flags[i] & Messages::abstained) != 0;
    const std::array<bool, 5> holds{true, night, inside, night && inside,
                                    doubtful};
    for (std::size_t k = 0; k < holds.size(); ++k) count[k] += holds[k];
    for (Index a = 0; a < panel.codes.attributes.size(); ++a) {
      if ((all.attributes[i] >> a & 1U) != 0)
        ++attributes[{all.group[i], day, a}];
    }
  }
  CHECK(labels.size() == panel.days.size());
  for (const DayCount& row : panel.days) {
    const Counts expected{row.messages, row.night, row.in_incident,
                          row.night_in_incident, row.abstained};
    CHECK(labels[{row.group, row.day, row.label}] == expected);
  }
  CHECK(attributes.size() == panel.attributes.size());
  for (const DayAttribute& row : panel.attributes) {
    CHECK(attributes[{row.group, row.day, row.attribute}] == row.messages);
  }
  CHECK(members.size() == panel.member_days.size());
  for (const MemberDay& row : panel.member_days) {
    CHECK(members[{row.group, row.day, row.member}] == row.messages);
  }
  // An incident may go on after the covered days.
  for (Index k = 0; k < panel.incidents.size(); ++k) {
    CHECK(incidents[k] >= 1);
    CHECK(incidents[k] <= panel.incidents[k].messages);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((all.flags[i] & Messages::root) == 0) continue;
    REQUIRE(all.incident[i] < panel.incidents.size());
    const IncidentRow& row = panel.incidents[all.incident[i]];
    CHECK(row.time == all.time[i]);
    CHECK(row.line == all.line[i]);
    CHECK(row.reporter == all.member[i]);
    CHECK(row.label == all.label[i]);
    CHECK(row.root_attributes == all.attributes[i]);
  }
}

}  // namespace etherpeil::test
