/// Days, members and incidents at the edges, and what a value says of itself.
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "etherpeil/error.hpp"
#include "etherpeil/metrics.hpp"
#include "metrics_values.hpp"
#include "panel.hpp"

using namespace etherpeil;
using test::bit;
using test::day;
using test::has;
using test::only;
using test::PanelMaker;

// ------------------------------------------------------------------ days

TEST_CASE("metrics: an observed month without messages is a true zero",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 3, 31));
  maker.messages(g, day(2021, 1, 5), "SOC", 3);
  maker.messages(g, day(2021, 3, 5), "SOC", 3);
  const auto volume = metrics(maker.panel, {.ids = {"M01"}});
  REQUIRE(volume.size() == 3);
  CHECK(volume[1].label == "2021-02");
  CHECK(volume[1].value == 0.0);
  CHECK(volume[1].interval.low == 0.0);
  // What is written comes three at a time: January and March have one week of 3
  // and two (three) of 0, 3/2 * 6 and 4/3 * 6.75 where 3 are expected.
  CHECK(volume[1].interval.high == Approx(3 * -std::log(0.025) / 28 * 30));
  const auto chatter = metrics(maker.panel, {.ids = {"M10"}});
  CHECK(std::isnan(chatter[1].value));
  CHECK(std::isnan(chatter[1].interval.low));
  CHECK(chatter[1].denominator == 0.0);
  CHECK(chatter[1].small);
}

TEST_CASE(
    "metrics: days outside the coverage do not count, nor do their messages",
    "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 10));
  maker.cover(g, day(2021, 1, 21), day(2021, 1, 31));
  maker.messages(g, day(2020, 12, 31), "SOC", 100);
  maker.messages(g, day(2021, 1, 5), "SOC", 1);
  maker.messages(g, day(2021, 1, 15), "SOC", 100);
  maker.messages(g, day(2021, 2, 1), "SOC", 100);
  maker.incident(g, day(2021, 1, 15), "INC");
  maker.incident(g, day(2021, 1, 21), "INC");
  const auto found = metrics(maker.panel, {.ids = {"M01", "M04"}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].numerator == 1.0);
  CHECK(found[0].denominator == 21.0);
  CHECK(found[0].days == 21);
  CHECK(found[1].numerator == 1.0);
  CHECK(has(found[0].notes, "metrics.partial-period"));
}

TEST_CASE("metrics: only a period with days missing is partial", "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 15), day(2021, 2, 28));
  const auto months = metrics(maker.panel, {.ids = {"M01"}});
  REQUIRE(months.size() == 2);
  CHECK(has(months[0].notes, "metrics.partial-period"));
  CHECK(!has(months[1].notes, "metrics.partial-period"));
  CHECK(has(only(maker.panel, "M01", Period::quarter).notes,
            "metrics.partial-period"));
  CHECK(!has(only(maker.panel, "M01", Period::all).notes,
             "metrics.partial-period"));
  maker.cover(g, day(2021, 3, 2), day(2021, 3, 9));
  CHECK(has(only(maker.panel, "M01", Period::all).notes,
            "metrics.partial-period"));
}

TEST_CASE("metrics: the day on which an intervention starts is after",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 20));
  maker.intervene(g, day(2021, 1, 18));  // a later one does not matter
  maker.intervene(g, day(2021, 1, 11));
  maker.messages(g, day(2021, 1, 10), "SOC", 2);
  maker.messages(g, day(2021, 1, 11), "SOC", 5);
  const auto found =
      metrics(maker.panel, {.period = Period::phase, .ids = {"M01"}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].label == "before");
  CHECK(found[0].numerator == 2.0);
  CHECK(found[0].last == day(2021, 1, 10));
  CHECK(found[1].label == "after");
  CHECK(found[1].numerator == 5.0);
  CHECK(found[1].first == day(2021, 1, 11));
}

TEST_CASE("metrics: a start outside the coverage leaves one phase",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 20));
  maker.intervene(g, day(2021, 1, 1));
  CHECK(only(maker.panel, "M01", Period::phase).label == "after");
  maker.panel.study.groups[g].interventions[0].start = day(2021, 1, 21);
  CHECK(only(maker.panel, "M01", Period::phase).label == "before");
  maker.panel.study.groups[g].interventions.clear();
  CHECK(only(maker.panel, "M01", Period::phase).label == "all");
  CHECK(has(only(maker.panel, "M01", Period::phase).notes,
            "metrics.no-intervention"));
}

TEST_CASE("metrics: a message at the turn of the year falls in its own quarter",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2020, 12, 1), day(2021, 1, 31));
  maker.messages(g, day(2020, 12, 31), "SOC", 1);
  maker.messages(g, day(2021, 1, 1), "SOC", 2);
  const auto found =
      metrics(maker.panel, {.period = Period::quarter, .ids = {"M01"}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].label == "2020-Q4");
  CHECK(found[0].numerator == 1.0);
  CHECK(found[1].label == "2021-Q1");
  CHECK(found[1].numerator == 2.0);
}

// ----------------------------------------------------------------- members

TEST_CASE("metrics: stated members need no note, unless fewer than wrote",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 10));
  for (int i = 0; i < 3; ++i)
    maker.sent(g, day(2021, 1, 2), maker.member(g), 1);
  maker.panel.study.groups[g].members = 3;
  CHECK(only(maker.panel, "M03").notes.empty());
  CHECK(only(maker.panel, "M03").value == Approx(100));
  maker.panel.study.groups[g].members = 2;
  CHECK(has(only(maker.panel, "M03").notes, "metrics.members-below-senders"));
  CHECK(only(maker.panel, "M03").denominator == 3.0);
  CHECK(only(maker.panel, "M02").denominator == 20.0);
}

TEST_CASE("metrics: unknown members are all who ever wrote, and it says so",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 2, 28));
  const Index a = maker.member(g);
  maker.sent(g, day(2021, 1, 2), a, 1);
  maker.sent(g, day(2021, 2, 2), maker.member(g), 1);
  const auto found = metrics(maker.panel, {.ids = {"M03"}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].numerator == 1.0);
  CHECK(found[0].denominator == 2.0);
  CHECK(has(found[0].notes, "metrics.members-active"));
  CHECK(!has(metrics(maker.panel, {.ids = {"M01"}})[0].notes,
             "metrics.members-active"));
}

TEST_CASE(
    "metrics: joins and leaves move the members from the lowest possible level",
    "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 4));
  maker.sent(g, day(2021, 1, 1), maker.member(g), 1);
  maker.sent(g, day(2021, 1, 1), maker.member(g), 1);
  const auto event = [&](unsigned d, SystemEvent what, std::uint32_t people) {
    maker.panel.memberships.push_back(
        {g, day(2021, 1, d) + std::chrono::hours{20}, what, people});
  };
  event(2, SystemEvent::member_added, 3);
  event(3, SystemEvent::member_left, 1);
  event(3, SystemEvent::member_removed, 1);
  // 2, then 5, still 5 on the day of leaving, then 3.
  const Metric found = only(maker.panel, "M35");
  CHECK(found.denominator == 15.0);
  CHECK(found.numerator == 1.0);
  CHECK(has(found.notes, "metrics.members-reconstructed"));
  // More leave than can be accounted for: they were there from the start.
  event(4, SystemEvent::member_left, 6);
  CHECK(only(maker.panel, "M35").denominator == 15.0 + 3 * 4);
}

TEST_CASE("metrics: stated members are a mean that joins and leaves move",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 2, 28));
  maker.sent(g, day(2021, 1, 1), maker.member(g), 1);
  maker.panel.study.groups[g].members = 100;
  maker.panel.memberships.push_back({g,
                                     day(2021, 2, 1) + std::chrono::hours{20},
                                     SystemEvent::member_added, 10});
  // 31 days of 95 and 28 of 105: 10 * 28 / 59 above the first level.
  auto found = metrics(maker.panel, {.ids = {"M02"}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].denominator == 31.0 * 95);
  CHECK(found[1].denominator == 28.0 * 105);
  CHECK_FALSE(has(found[0].notes, "metrics.members-moved"));
  CHECK_FALSE(has(found[1].notes, "metrics.members-moved"));
  // 81 and 121: both more than a tenth from what was stated.
  maker.panel.memberships[0].people = 40;
  found = metrics(maker.panel, {.ids = {"M02"}});
  CHECK(found[0].denominator == 31.0 * 81);
  CHECK(found[1].denominator == 28.0 * 121);
  CHECK(has(found[0].notes, "metrics.members-moved"));
  CHECK(has(found[1].notes, "metrics.members-moved"));
  // More leave than were stated: they were there.
  maker.panel.memberships[0] = {g, day(2021, 2, 1) + std::chrono::hours{20},
                                SystemEvent::member_left, 300};
  CHECK(metrics(maker.panel, {.ids = {"M02"}})[0].denominator == 31.0 * 300);
}

// --------------------------------------------------------------- incidents

TEST_CASE(
    "metrics: closure counts reports that were seen for 48 hours, closed or "
    "not",
    "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 10));
  maker.incident(g, day(2021, 1, 1), "INC").outcome =
      172800;  // on the last second
  maker.incident(g, day(2021, 1, 2), "OVER").outcome = 172801;
  maker.incident(g, day(2021, 1, 3), "VERD");
  maker.incident(g, day(2021, 1, 10), "VERD").until_end = 172799;  // unknown
  IncidentRow& late = maker.incident(g, day(2021, 1, 10), "VERD");
  late.until_end = 7200;
  late.outcome = 60;  // to count it, and not the one above, favours outcomes
  CHECK(only(maker.panel, "M43").numerator == 1.0);
  CHECK(only(maker.panel, "M43").denominator == 3.0);
  CHECK(only(maker.panel, "M43.safety").denominator == 2.0);
}

TEST_CASE("metrics: times to a reply are censored where nobody looked on",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 10));
  maker.incident(g, day(2021, 1, 1), "INC").substantive = 120;
  maker.incident(g, day(2021, 1, 2), "INC").followed = 60;
  maker.incident(g, day(2021, 1, 3), "INC").substantive = 600;
  // 3 at risk at 0, one censored at 1 min: S(2) = 1/2.
  const Metric found = only(maker.panel, "M41");
  CHECK(found.value == Approx(2));
  CHECK(found.numerator == 2.0);
  CHECK(found.denominator == 3.0);
  CHECK(found.method == "brookmeyer-crowley");
  CHECK(found.small);
}

TEST_CASE(
    "metrics: a group without incidents has rates of zero and nothing else",
    "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 31));
  const Index a = maker.member(g);
  maker.messages(g, day(2021, 1, 1), "SOC", 1);
  maker.sent(g, day(2021, 1, 1), a, 1);
  CHECK(only(maker.panel, "M04").value == 0.0);
  CHECK(only(maker.panel, "M05").value == 0.0);
  for (const char* id :
       {"M13", "M16", "M18", "M18.who", "M41", "M43", "M62", "M64"}) {
    const Metric found = only(maker.panel, id);
    CHECK(std::isnan(found.value));
    CHECK(std::isnan(found.interval.low));
    CHECK(std::isnan(found.interval.high));
    CHECK(found.denominator == 0.0);
  }
}

TEST_CASE("metrics: a group of one message has a value for all that it carries",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 1));
  const Index a = maker.member(g);
  maker.messages(g, day(2021, 1, 1), "INC", 1);
  maker.sent(g, day(2021, 1, 1), a, 1);
  maker.incident(g, day(2021, 1, 1), "INC", a).slots = test::slot(Slot::where);
  CHECK(only(maker.panel, "M01").value == Approx(30));
  CHECK(only(maker.panel, "M05").value == Approx(100));
  CHECK(only(maker.panel, "M18").value == 1.0);
  CHECK(std::isnan(only(maker.panel, "M18").interval.low));
  CHECK(only(maker.panel, "M60").value == 0.0);
  CHECK(std::isnan(only(maker.panel, "M60").interval.low));
  CHECK(std::isnan(only(maker.panel, "M13").interval.low));
  CHECK(std::isnan(only(maker.panel, "M41").value));
}

// ------------------------------------------------------------------- notes

TEST_CASE("metrics: fewer than five person reports are not shown",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 31));
  const auto report = [&](const char* key) {
    maker.incident(g, day(2021, 1, 2), "VERD").root_attributes =
        bit(maker.panel.codes, key);
  };
  report("descr_origin");
  for (int i = 0; i < 3; ++i) report("descr_appearance");
  report("emoji_only");  // describes nobody
  Metric found = only(maker.panel, "M80");
  CHECK(std::isnan(found.value));
  CHECK(std::isnan(found.numerator));
  CHECK(std::isnan(found.denominator));
  CHECK(std::isnan(found.interval.high));
  CHECK(has(found.notes, "metrics.too-few-reports"));
  report("descr_clothing_build");
  found = only(maker.panel, "M80");
  CHECK(found.value == Approx(20));
  CHECK(!has(found.notes, "metrics.too-few-reports"));
}

TEST_CASE("metrics: since May 2022 what counts messages misses reactions",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2022, 4, 1), day(2022, 5, 1));
  const auto noted = [&](const char* id) {
    std::vector<bool> months;
    for (const Metric& one : metrics(maker.panel, {.ids = {id}})) {
      months.push_back(has(one.notes, "metrics.instrument-change"));
    }
    return months;
  };
  CHECK(noted("M11") == std::vector<bool>{false, true});
  CHECK(noted("M01") == std::vector<bool>{false, true});
  CHECK(noted("M04") == std::vector<bool>{false, false});
  CHECK(noted("M12.strict") == std::vector<bool>{false, true});
}

TEST_CASE("metrics: labels are uncertain when more than a tenth abstains",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 1, 1), day(2021, 1, 31));
  maker.messages(g, day(2021, 1, 2), "SOC", 10).abstained = 2;
  maker.messages(g, day(2021, 1, 3), "REACT", 10);
  CHECK(!has(only(maker.panel, "M10").notes, "metrics.label-uncertain"));
  maker.messages(g, day(2021, 1, 4), "AANV", 1).abstained = 1;
  CHECK(has(only(maker.panel, "M10").notes, "metrics.label-uncertain"));
  CHECK(has(only(maker.panel, "M04").notes, "metrics.label-uncertain"));
  CHECK(!has(only(maker.panel, "M01").notes, "metrics.label-uncertain"));
}

TEST_CASE("metrics: a codebook without the code gives no number", "[metrics]") {
  Panel panel = test::random_panel(2, 1);
  panel.codes.attributes[3].key = "haast";  // was urgency_2
  panel.codes.labels[5].key = "KWIJT";      // was LOST
  for (const char* id : {"M15", "M12", "M13"}) {
    const Metric found = only(panel, id);
    CHECK(std::isnan(found.value));
    CHECK(std::isnan(found.numerator));
    CHECK(has(found.notes, "metrics.not-in-codebook"));
  }
  CHECK(!std::isnan(only(panel, "M10").value));
}

TEST_CASE("metrics: periods have names", "[metrics]") {
  for (const Period one :
       {Period::all, Period::month, Period::quarter, Period::phase}) {
    CHECK(period_from(to_string(one)) == one);
  }
  CHECK(!period_from("week"));
  CHECK(!period_from(""));
}

TEST_CASE("metrics: an unknown group is refused with the groups that there are",
          "[metrics]") {
  PanelMaker maker;
  maker.panel.study.key = "vier";
  maker.group("zuid");
  maker.group("noord");
  MetricOptions options;
  options.group = "west";
  CHECK_THROWS_WITH(metrics(maker.panel, options),
                    "study vier: has no group \"west\"; it has noord, zuid");
}
