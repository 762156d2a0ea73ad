/// What comes after reminders (M32, M33, M34), and how sure that may be called.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "etherpeil/metrics.hpp"
#include "panel.hpp"

using namespace etherpeil;
using namespace etherpeil::test;

namespace {

constexpr int year = 364;

Codes moderated_codes() {
  Codes codes = panel_codes();
  codes.labels.push_back({"MOD", "MOD", "MOD", Function::moderation, false});
  for (const char* key : {"mod_reminder", "mod_referral"})
    codes.attributes.push_back({key, key, key, "moderation", Slot::none});
  return codes;
}

/// A group of one year in which messages come one by one.
struct Year {
  PanelMaker maker{};
  Index group{};
  LocalDay first{day(2021, 3, 1)};
  Index moderator{};

  Year() {
    maker.panel.codes = moderated_codes();
    group = maker.group("noord");
    maker.cover(group, first, first + std::chrono::days{year - 1});
    moderator = maker.member(group, Role::moderator);
  }
  void say(int offset, std::chrono::minutes time, Index member,
           const char* label, Attributes attributes = 0) {
    maker.sent(group, first + std::chrono::days{offset}, member, 1);
    Messages& all = maker.panel.messages;
    all.group.push_back(group);
    all.line.push_back(all.line.size() + 1);
    all.time.push_back(first + std::chrono::days{offset} + time);
    all.member.push_back(member);
    all.role.push_back(maker.panel.members[member].role);
    all.kind.push_back(Kind::text);
    all.media.push_back(MediaType::none);
    all.label.push_back(
        static_cast<std::uint8_t>(maker.panel.codes.label(label).value()));
    all.attributes.push_back(attributes);
    all.incident.push_back(Messages::no_incident);
    all.flags.push_back(0);
  }
  void remind(int offset, std::chrono::minutes time, bool elsewhere = false) {
    Attributes set = bit(maker.panel.codes, "mod_reminder");
    if (elsewhere) set |= bit(maker.panel.codes, "mod_referral");
    say(offset, time, moderator, "MOD", set);
  }
  [[nodiscard]] Metric metric(const std::string& id) const {
    const auto found =
        metrics(maker.panel, {.period = Period::all, .ids = {id}});
    REQUIRE(found.size() == 1);
    return found.front();
  }
};

double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11U) * 0x1p-53;
}

double normal(std::mt19937_64& random) {
  constexpr double pi = 3.14159265358979323846;
  return std::sqrt(-2 * std::log(1 - uniform(random))) *
         std::cos(2 * pi * uniform(random));
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/// How a simulated year goes.
struct World {
  int reminders{};
  double memory{};  ///< correlation of the mood of days that follow
  double effect{};  ///< on the share, for 14 days after a reminder
};

std::vector<int> draw_days(const World& world, std::mt19937_64& random) {
  std::vector<int> days;
  while (static_cast<int>(days.size()) < world.reminders) {
    const int at = 15 + static_cast<int>(below(random, year - 30));
    if (std::find(days.begin(), days.end(), at) == days.end())
      days.push_back(at);
  }
  std::sort(days.begin(), days.end());
  return days;
}

struct Simulated {
  Metric metric{};
  double truth{};  ///< what is expected of these reminders, in percent
};

/// Days are quiet or busy, and have a mood that lasts; a reminder lowers the
/// share off purpose for 14 days. The truth is the mean share over the moods.
Simulated simulate(const World& world, std::mt19937_64& random) {
  constexpr double level = 0.4;   // logit of 0.6
  constexpr double spread = 0.8;  // of the mood
  constexpr double mean_share = 0.582;
  Year study;
  const Index resident = study.maker.member(study.group);
  const std::vector<int> days = draw_days(world, random);
  std::array<double, year> lower{};
  for (const int at : days) {
    for (int d = at + 1; d <= at + 14; ++d)
      lower[static_cast<std::size_t>(d)] = world.effect;
  }
  std::array<double, year> all{};
  double mood = normal(random);
  for (int d = 0; d < year; ++d) {
    mood = world.memory * mood +
           std::sqrt(1 - world.memory * world.memory) * normal(random);
    const auto at = static_cast<std::size_t>(d);
    const double share =
        std::clamp(logistic(level + spread * mood) + lower[at], 0.0, 1.0);
    const std::uint32_t number =
        below(random, 4) == 0 ? 5 + below(random, 15) : below(random, 5);
    all[at] = number;
    for (std::uint32_t i = 0; i < number; ++i) {
      study.say(d, std::chrono::minutes{600 + i}, resident,
                uniform(random) < share ? "SOC" : "AANV");
    }
    if (std::find(days.begin(), days.end(), d) != days.end())
      study.remind(d, std::chrono::minutes{700});
  }
  const auto expected = [&](int from) {
    double off = 0;
    double sum = 0;
    for (int d = from; d < from + 14; ++d) {
      const auto at = static_cast<std::size_t>(d);
      off += all[at] * (mean_share + lower[at]);
      sum += all[at];
    }
    return off / sum;
  };
  Simulated result{.metric = study.metric("M33")};
  for (const int at : days)
    result.truth += expected(at + 1) - expected(at - 14);
  result.truth *= 100.0 / world.reminders;
  return result;
}

}  // namespace

TEST_CASE("reminders: intervals of the change hold the truth 95 times in 100",
          "[metrics]") {
  constexpr int draws = 400;
  std::mt19937_64 random{20211206};
  for (const World& world :
       {World{1, 0, 0}, World{3, 0, -0.1}, World{3, 0.6, -0.1},
        World{8, 0.6, -0.1}, World{20, 0, -0.1}, World{20, 0.6, 0},
        World{40, 0.6, -0.1}}) {
    int held = 0;
    double bias = 0;
    for (int i = 0; i < draws; ++i) {
      const Simulated one = simulate(world, random);
      REQUIRE(one.metric.denominator == world.reminders);
      bias += (one.metric.value - one.truth) / draws;
      if (one.metric.interval.low <= one.truth &&
          one.truth <= one.metric.interval.high)
        ++held;
    }
    INFO(world.reminders << " reminders, memory " << world.memory << ": "
                         << held << " of " << draws << ", bias " << bias);
    CHECK(held >= 0.93 * draws);
    CHECK(std::abs(bias) < 1.5);
  }
}

TEST_CASE("reminders: the day itself is neither before nor after",
          "[metrics]") {
  Year study;
  const Index resident = study.maker.member(study.group);
  for (int d = 0; d < 60; ++d) {
    study.say(d, std::chrono::minutes{600}, resident, d < 30 ? "SOC" : "AANV");
    study.say(d, std::chrono::minutes{601}, resident, "AANV");
  }
  // A bad day, and two reminders on it: one.
  for (unsigned i = 0; i < 50; ++i)
    study.say(29, std::chrono::minutes{700 + i}, resident, "SOC");
  study.remind(29, std::chrono::minutes{760});
  study.remind(29, std::chrono::minutes{770}, true);
  const Metric change = study.metric("M33");
  CHECK(change.denominator == 1);
  CHECK(change.value == Approx(-50));
  CHECK(change.interval.low == Approx(-50));
  const Metric elsewhere = study.metric("M34");
  CHECK(elsewhere.numerator == 1);
  CHECK(elsewhere.denominator == 2);
  const Metric wait = study.metric("M32");
  CHECK(wait.denominator == 31);
  CHECK(wait.numerator == 1);
}

TEST_CASE("reminders: a person who is reminded again and again counts once",
          "[metrics]") {
  Year study;
  std::vector<Index> people;
  for (int i = 0; i < 6; ++i) people.push_back(study.maker.member(study.group));
  for (int d = 20; d < 300; d += 20) {
    study.say(d, std::chrono::minutes{600}, people[0], "SOC");
    study.remind(d, std::chrono::minutes{610});
  }
  for (std::size_t i = 1; i < people.size(); ++i)
    study.say(100, std::chrono::minutes{600}, people[i], "OFF");
  study.say(110, std::chrono::minutes{600}, people[1], "LOST");
  const Metric again = study.metric("M33.repeat");
  CHECK(again.denominator == 6);
  CHECK(again.numerator == 2);
}
