#include "etherpeil/fidelity.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "etherpeil/error.hpp"
#include "etherpeil/report.hpp"
#include "panel.hpp"

using namespace etherpeil;
using test::day;
using test::PanelMaker;

namespace {

/// A group with a start on 1 May 2021, in which moderators write `before` and
/// `after` moderating messages a week and residents ten others.
struct World {
  PanelMaker maker{};
  Index group{};
  Index moderator{};
  Index resident{};

  World(int before, int after) {
    maker.panel.codes.labels.push_back(
        {"MOD", "MOD", "MOD", Function::moderation, false});
    group = maker.group("noord");
    moderator = maker.member(group, Role::moderator);
    resident = maker.member(group);
    maker.cover(group, day(2021, 1, 1), day(2021, 12, 31));
    maker.intervene(group, day(2021, 5, 1));
    for (LocalDay d = day(2021, 1, 1); d <= day(2021, 12, 31);
         d += std::chrono::days{7}) {
      write(d, "MOD", moderator, d < day(2021, 5, 1) ? before : after);
      write(d, "SOC", resident, 10);
    }
  }
  void write(LocalDay when, const char* label, Index member, int number) {
    if (number == 0) return;
    maker.messages(group, when, label, static_cast<std::uint32_t>(number));
    maker.sent(group, when, member, static_cast<std::uint32_t>(number));
    Messages& all = maker.panel.messages;
    for (int i = 0; i < number; ++i) {
      all.group.push_back(group);
      all.line.push_back(all.line.size() + 1);
      all.time.push_back(when + std::chrono::hours{9 + (number == 10 ? 8 : 0)});
      all.member.push_back(member);
      all.role.push_back(maker.panel.members[member].role);
      all.kind.push_back(Kind::text);
      all.media.push_back(MediaType::none);
      all.label.push_back(
          static_cast<std::uint8_t>(maker.panel.codes.label(label).value()));
      all.attributes.push_back(0);
      all.incident.push_back(Messages::no_incident);
      all.flags.push_back(0);
    }
  }
  [[nodiscard]] Fidelity only(const FidelityOptions& options = {}) const {
    const auto found = fidelity(maker.panel, options);
    REQUIRE(found.size() == 1);
    return found.front();
  }
};

const GroupChange& change(const Fidelity& fidelity, const std::string& id) {
  for (const FidelityChange& one : fidelity.changes) {
    if (one.change.before.id == id) return one.change;
  }
  throw std::runtime_error{id};
}

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

TEST_CASE("fidelity: moderation that starts is seen", "[fidelity]") {
  const World world{1, 9};
  const Fidelity found = world.only();
  CHECK(found.group == "noord");
  CHECK(found.start == day(2021, 5, 1));
  CHECK(found.visibility == Visibility::visible);
  CHECK(found.changes.size() == 16);
  const GroupChange& moderation = change(found, "M27");
  CHECK(moderation.before.days == 28);
  CHECK(moderation.before.numerator == 4);
  CHECK(moderation.after.numerator == 36);
  CHECK(moderation.effect == Approx(9));
  CHECK(change(found, "M30").before.numerator == 4);
  CHECK(change(found, "M30").after.denominator == 76);
  CHECK(change(found, "M30.mod").after.numerator == 36);
  CHECK(has(found.notes, "fidelity.no-claim"));
  CHECK_FALSE(has(found.notes, "fidelity.overlap"));
}

TEST_CASE("fidelity: moderation that goes on as before is not seen",
          "[fidelity]") {
  const World world{400, 400};
  const Fidelity found = world.only();
  CHECK(found.visibility == Visibility::not_visible);
  CHECK(change(found, "M27").effect == Approx(1));
  for (const FidelityChange& one : found.changes) CHECK_FALSE(one.clear);
}

TEST_CASE("fidelity: a few messages show nothing either way", "[fidelity]") {
  // 12 messages against 12: anything from half to double, for all that is known
  const World world{3, 3};
  const Fidelity found = world.only();
  CHECK(change(found, "M27").effect == Approx(1));
  CHECK(found.visibility == Visibility::too_few);
  CHECK(to_string(found.visibility) == "too-few");
}

TEST_CASE("fidelity: a change that one look would call clear may not be",
          "[fidelity]") {
  // 20 messages against 36: clear when nothing else is looked at.
  const World world{5, 9};
  const Fidelity found = world.only();
  CHECK(change(found, "M27").effect == Approx(1.8));
  CHECK(change(found, "M27").interval.low > 1);
  CHECK(found.visibility == Visibility::too_few);
}

TEST_CASE("fidelity: days that are not observed show nothing", "[fidelity]") {
  World world{1, 9};
  world.maker.panel.coverage = {
      {world.group, day(2021, 4, 25), day(2021, 12, 31)}};
  const Fidelity found = world.only();
  CHECK(found.visibility == Visibility::unknown);
  CHECK(has(found.notes, "fidelity.few-days"));
}

TEST_CASE("fidelity: interventions in the same days are named", "[fidelity]") {
  World world{1, 9};
  auto& list = world.maker.panel.study.groups[0].interventions;
  list.push_back({"bord", "Bord", day(2021, 5, 20), std::nullopt});
  list.push_back({"lang", "Lang", day(2021, 1, 5), day(2021, 4, 10)});
  list.push_back({"ver", "Ver", day(2021, 9, 1), std::nullopt});
  const auto found = fidelity(world.maker.panel);
  REQUIRE(found.size() == 4);
  CHECK(found[0].overlaps == std::vector<std::string>{"bord", "lang"});
  CHECK(has(found[0].notes, "fidelity.overlap"));
  CHECK(found[3].overlaps.empty());
}

TEST_CASE("fidelity: without roles it says that professionals cannot be seen",
          "[fidelity]") {
  World world{1, 9};
  for (Member& member : world.maker.panel.members) member.role = Role::unknown;
  CHECK(has(world.only().notes, "fidelity.no-roles"));
}

TEST_CASE("fidelity: a closing note names whom it is about", "[fidelity]") {
  Fidelity noord{.group = "noord", .intervention = "bord", .title = "Bord"};
  noord.notes = {"fidelity.few-days", "fidelity.no-claim"};
  Fidelity zuid{.group = "zuid", .intervention = "app", .title = "App"};
  zuid.notes = {"fidelity.no-claim"};
  std::string text;
  const auto sink = [&text](std::string_view part) { text += part; };
  const std::vector<Fidelity> both{noord, zuid};
  write_fidelity(both, sink, Output::table, Language::dutch);
  CHECK(text.find("Groep noord (bord): Aan een kant") != std::string::npos);
  CHECK(text.find("zuid (app):") == std::string::npos);
  CHECK(text.find("\nDit zegt of") != std::string::npos);
}

TEST_CASE("fidelity: an unknown group and no days are refused", "[fidelity]") {
  const World world{1, 9};
  CHECK_THROWS_AS(fidelity(world.maker.panel, {.group = "zuid"}), Error);
  CHECK_THROWS_AS(fidelity(world.maker.panel, {.days = 0}), Error);
  CHECK(fidelity(world.maker.panel, {.group = "noord"}).size() == 1);
}
