#pragma once
/// Panels by hand and by chance, for the tests of metrics and comparison.
#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "etherpeil/store.hpp"

namespace etherpeil::test {

inline LocalDay day(int year, unsigned month, unsigned number) {
  return LocalDay{std::chrono::year{year} / std::chrono::month{month} /
                  std::chrono::day{number}};
}

inline Codes panel_codes() {
  Codes codes;
  const auto label = [&](const char* key, Function function,
                         bool safety = false) {
    codes.labels.push_back({key, key, key, function, safety});
  };
  label("TERUG", Function::outcome);
  label("INC", Function::report, true);
  label("VERD", Function::report, true);
  label("AANV", Function::addition);
  label("OVER", Function::report);
  label("LOST", Function::lost);
  label("OFF", Function::offtopic);
  label("SOC", Function::social);
  label("REACT", Function::reaction);
  label("ONB", Function::undetermined);
  for (const char* key : {"police_112", "police_0900", "police_generic"}) {
    codes.attributes.push_back({key, key, key, "police", Slot::police});
  }
  for (const char* key :
       {"urgency_2", "emoji_only", "descr_appearance", "descr_clothing_build",
        "descr_origin", "appearance_only", "person"}) {
    codes.attributes.push_back({key, key, key, "", Slot::none});
  }
  return codes;
}

inline Attributes bit(const Codes& codes, const char* key) {
  return Attributes{1} << codes.attribute(key).value();
}

inline Slots slot(Slot one) {
  return static_cast<Slots>(1U << static_cast<unsigned>(one));
}

/// A panel that grows by what is added to it.
struct PanelMaker {
  Panel panel{};

  PanelMaker() { panel.codes = panel_codes(); }

  Index group(const std::string& key) {
    Group one;
    one.key = key;
    one.name = "Groep " + key;
    panel.study.groups.push_back(one);
    return static_cast<Index>(panel.study.groups.size() - 1);
  }
  void cover(Index group, LocalDay first, LocalDay last) {
    panel.coverage.push_back({group, first, last});
  }
  void intervene(Index group, LocalDay start) {
    panel.study.groups[group].interventions.push_back(
        {"i", "I", start, std::nullopt});
  }
  Index member(Index group, Role role = Role::resident) {
    panel.members.push_back(
        {group, "P-" + std::to_string(panel.members.size()), role});
    return static_cast<Index>(panel.members.size() - 1);
  }
  DayCount& messages(Index group, LocalDay when, const char* label,
                     std::uint32_t number) {
    DayCount row;
    row.group = group;
    row.day = when;
    row.label = panel.codes.label(label).value();
    row.messages = number;
    panel.days.push_back(row);
    return panel.days.back();
  }
  void sent(Index group, LocalDay when, Index member, std::uint32_t number) {
    panel.member_days.push_back({group, when, member, number});
  }
  /// An incident at noon; nothing happens in it, and two days are followed.
  IncidentRow& incident(Index group, LocalDay when, const char* label,
                        Index reporter = 0) {
    IncidentRow row;
    row.group = group;
    row.time = when + std::chrono::hours{12};
    row.label = panel.codes.label(label).value();
    row.reporter = reporter;
    row.messages = 1;
    row.participants = 1;
    row.followed = 3600;
    row.until_end = 172800;
    panel.incidents.push_back(row);
    return panel.incidents.back();
  }
};

/// A number below n, the same on every machine.
inline std::uint32_t below(std::mt19937_64& random, std::uint32_t n) {
  return static_cast<std::uint32_t>(random() % n);
}

inline std::optional<std::int64_t> perhaps(std::mt19937_64& random,
                                           std::uint32_t most) {
  if (below(random, 3) == 0) return std::nullopt;
  return below(random, most);
}

/// A group of which everything is by chance but consistent, in a year from
/// November 2021, with a gap in its coverage and rows inside the gap.
inline void add_random_group(PanelMaker& maker, Index g,
                             std::mt19937_64& random) {
  const LocalDay first = day(2021, 11, 9);
  std::vector<Index> members;
  members.reserve(25);
  for (int i = 0; i < 25; ++i) {
    members.push_back(maker.member(g, static_cast<Role>(below(random, 7))));
  }
  maker.cover(g, first, first + std::chrono::days{170});
  maker.cover(g, first + std::chrono::days{190},
              first + std::chrono::days{360});
  for (int d = 0; d <= 365; ++d) {
    const LocalDay when = first + std::chrono::days{d};
    if (below(random, 3) == 0) continue;
    std::uint32_t total = 0;
    for (const LabelCode& code : maker.panel.codes.labels) {
      const std::uint32_t number = below(random, 6);
      if (number == 0) continue;
      DayCount& row = maker.messages(g, when, code.key.c_str(), number);
      row.night = below(random, number + 1);
      row.in_incident = below(random, number + 1);
      row.night_in_incident =
          std::max(row.night + row.in_incident, number) - number;
      row.abstained = below(random, number + 1) / 4;
      total += number;
    }
    std::vector<Index> senders;
    for (std::uint32_t left = total; left > 0;) {
      const std::uint32_t part = 1 + below(random, left);
      senders.push_back(members[below(random, 25) * below(random, 25) / 25]);
      maker.sent(g, when, senders.back(), part);
      left -= part;
    }
    for (Index a = 0; a < maker.panel.codes.attributes.size(); ++a) {
      const std::uint32_t number = below(random, total + 1) / 3;
      if (number > 0) maker.panel.attributes.push_back({g, when, a, number});
    }
    if (below(random, 20) == 0) {
      const auto event = static_cast<SystemEvent>(3 + below(random, 4));
      maker.panel.memberships.push_back(
          {g, when + std::chrono::hours{8}, event, 1 + below(random, 2)});
    }
    for (std::uint32_t i = senders.empty() ? 0 : below(random, 3); i > 0; --i) {
      static constexpr const char* roots[] = {"INC", "VERD", "OVER"};
      const Index reporter =
          senders[below(random, static_cast<std::uint32_t>(senders.size()))];
      IncidentRow& row =
          maker.incident(g, when, roots[below(random, 3)], reporter);
      row.participants = 1 + below(random, 5);
      row.slots = static_cast<Slots>(below(random, 64) << 1);
      row.root_attributes = random() & random() & 0x3FF;
      row.attributes = row.root_attributes | (random() & random() & 0x3FF);
      row.reply = perhaps(random, 200'000);
      row.substantive = perhaps(random, 8'000);
      row.professional = perhaps(random, 200'000);
      row.outcome = perhaps(random, 220'000);
      row.followed = 3600 + below(random, 5'000);
      row.until_end = below(random, 400'000);
    }
  }
}

inline Panel random_panel(std::uint64_t seed, int groups) {
  std::mt19937_64 random{seed};
  PanelMaker maker;
  for (int g = 0; g < groups; ++g) {
    const Index one = maker.group("g" + std::to_string(g));
    if (g % 3 == 0) maker.panel.study.groups[one].members = 60;
    if (g % 2 == 0) maker.intervene(one, day(2022, 5, 18));
    add_random_group(maker, one, random);
    if (g % 3 == 2) {
      // Members are known by their messages only.
      auto& rows = maker.panel.memberships;
      rows.erase(std::remove_if(rows.begin(), rows.end(),
                                [&](const MembershipRow& row) {
                                  return row.group == one;
                                }),
                 rows.end());
    }
  }
  return maker.panel;
}

}  // namespace etherpeil::test
