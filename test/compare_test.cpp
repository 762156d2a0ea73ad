#include "etherpeil/compare.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "etherpeil/error.hpp"
#include "panel.hpp"
#include "stats/spread.hpp"

using namespace etherpeil;
using test::day;
using test::PanelMaker;

namespace {

bool has(const std::vector<std::string>& notes, const std::string& note) {
  return std::find(notes.begin(), notes.end(), note) != notes.end();
}

bool same(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
}

/// Monday 4 January 2021: the first day of most panels here.
const LocalDay monday = day(2021, 1, 4);
LocalDay after(int days) { return monday + std::chrono::days{days}; }

/// A group observed for `before` days, then an intervention, then `later` days.
Index add_group(PanelMaker& maker, const std::string& key, int before,
                int later) {
  const Index g = maker.group(key);
  maker.cover(g, monday, after(before + later - 1));
  maker.intervene(g, after(before));
  return g;
}

/// Reports in each week, from the first on; on its Wednesday.
void report_weekly(PanelMaker& maker, Index g,
                   const std::vector<int>& numbers) {
  for (std::size_t w = 0; w < numbers.size(); ++w) {
    for (int i = 0; i < numbers[w]; ++i) {
      maker.incident(g, after(static_cast<int>(w) * 7 + 2), "OVER");
    }
  }
}

GroupChange only(const Panel& panel, const std::string& outcome) {
  const Comparison found = compare(panel, {.outcome = outcome});
  REQUIRE(found.groups.size() == 1);
  return found.groups.front();
}

}  // namespace

TEST_CASE("compare: an even rate changes by the mid-P ratio", "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 28, 42);
  report_weekly(maker, g, {2, 2, 2, 2, 3, 3, 3, 3, 3, 3});
  const Comparison found = compare(maker.panel);
  CHECK(found.outcome == "M04");
  CHECK(found.effect == "ratio");
  REQUIRE(found.groups.size() == 1);
  const GroupChange& change = found.groups[0];
  CHECK(change.group == "noord");
  CHECK(change.name == "Groep noord");
  CHECK(change.start == after(28));
  CHECK(change.before.numerator == 8.0);
  CHECK(change.before.denominator == 28.0);
  CHECK(change.after.numerator == 18.0);
  CHECK(change.after.denominator == 42.0);
  CHECK(change.effect == Approx(1.5));
  CHECK(change.dispersion == 1.0);
  CHECK(change.method == "rate-ratio-midp");
  const Interval limits = rate_ratio_midp(18, 42, 8, 28);
  CHECK(same(change.interval.low, limits.low));
  CHECK(same(change.interval.high, limits.high));
  CHECK(change.notes.empty());
  CHECK(found.rising == 1);
  CHECK(found.falling == 0);
  CHECK(found.clear == 0);
}

TEST_CASE("compare: weeks that vary more than chance stretch the interval",
          "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 28, 28);
  report_weekly(maker, g, {0, 8, 0, 8, 0, 16, 0, 16});
  const GroupChange change = only(maker.panel, "M04");
  // Before: 4 weeks 4 from their mean, 4/3 * 64 where 16 is expected; after:
  // 8 from it, 4/3 * 256 where 32 is. Together 4/3 * 320 / 48.
  const double dispersion = 4.0 / 3 * 320 / 48;
  CHECK(change.dispersion == Approx(dispersion));
  const Interval limits = rate_ratio_midp(32, 28, 16, 28);
  CHECK(change.effect == Approx(2));
  CHECK(
      change.interval.low ==
      Approx(std::exp(std::log(2) + std::sqrt(dispersion) *
                                        (std::log(limits.low) - std::log(2)))));
  CHECK(change.interval.high ==
        Approx(
            std::exp(std::log(2) + std::sqrt(dispersion) *
                                       (std::log(limits.high) - std::log(2)))));
}

TEST_CASE(
    "compare: a week with the start in it does not measure the dispersion",
    "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 31, 32);  // starts on a Thursday
  report_weekly(maker, g, {2, 2, 2, 2, 40, 2, 2, 2, 2});
  const GroupChange change = only(maker.panel, "M04");
  CHECK(change.before.numerator == 48.0);  // the Wednesday is before
  CHECK(change.dispersion == 1.0);
}

TEST_CASE(
    "compare: a week that was not observed whole does not measure the "
    "dispersion",
    "[compare]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.intervene(g, after(42));
  maker.cover(g, monday, after(15));
  maker.cover(g, after(17),
              after(83));  // the Wednesday of week three is missing
  report_weekly(maker, g, {2, 2, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2});
  maker.incident(g, after(17), "OVER");
  for (int i = 0; i < 30; ++i) maker.incident(g, after(18), "OVER");
  CHECK(only(maker.panel, "M04").dispersion == 1.0);
  CHECK(has(only(maker.panel, "M04").before.notes, "metrics.partial-period"));
}

TEST_CASE(
    "compare: a side without events has an open interval around half an event",
    "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 28, 28);
  report_weekly(maker, g, {0, 6, 0, 0});
  GroupChange change = only(maker.panel, "M04");
  CHECK(change.effect == 0.0);
  CHECK(change.interval.low == 0.0);
  const double plain = rate_ratio_midp(0, 28, 6, 28).high;
  const double centre = 0.5 / 6.5;
  // Week counts 0 6 0 0: mean 1.5, 4/3 * (3 * 2.25 + 20.25) where 6 is
  // expected. A side without events says nothing.
  CHECK(change.dispersion == Approx(6));
  CHECK(change.interval.high ==
        Approx(centre * std::pow(plain / centre, std::sqrt(6))));
  CHECK(compare(maker.panel).falling == 1);

  PanelMaker risen;
  const Index h = add_group(risen, "zuid", 28, 28);
  report_weekly(risen, h, {0, 0, 0, 0, 1, 2, 1, 2});
  change = only(risen.panel, "M04");
  CHECK(std::isinf(change.effect));
  CHECK(std::isinf(change.interval.high));
  CHECK(same(change.interval.low, rate_ratio_midp(6, 28, 0, 28).low));
  CHECK(compare(risen.panel).clear == 1);
}

TEST_CASE("compare: no events at all give no effect", "[compare]") {
  PanelMaker maker;
  add_group(maker, "noord", 28, 28);
  const GroupChange change = only(maker.panel, "M04");
  CHECK(std::isnan(change.effect));
  CHECK(std::isnan(change.interval.low));
  CHECK(has(change.notes, "compare.not-defined"));
  CHECK(change.before.value == 0.0);
  const Comparison found = compare(maker.panel);
  CHECK(found.rising + found.falling + found.clear == 0);
  CHECK(found.min_attainable_p == 1.0);
}

TEST_CASE("compare: a share changes by the Newcombe difference, in its unit",
          "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 28, 28);
  for (int w = 0; w < 8; ++w) {
    maker.messages(g, after(7 * w), "REACT", w < 4 ? 12 : 4);
    maker.messages(g, after(7 * w + 1), "AANV", w < 4 ? 8 : 16);
  }
  const Comparison found = compare(maker.panel, {.outcome = "M11"});
  CHECK(found.effect == "difference");
  const GroupChange& change = found.groups[0];
  CHECK(change.effect == Approx(-40));
  CHECK(change.dispersion == 1.0);
  CHECK(change.method == "newcombe");
  const Interval limits = share_difference(16, 80, 48, 80);
  CHECK(same(change.interval.low, 100 * limits.low));
  CHECK(same(change.interval.high, 100 * limits.high));
  CHECK(found.falling == 1);
  CHECK(found.clear == 1);
}

TEST_CASE("compare: the interval of a share stays within its bounds",
          "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 28, 28);
  for (int w = 0; w < 8; ++w) {
    const bool all = w < 4 ? w == 0 : w != 4;
    maker.messages(g, after(7 * w), all ? "REACT" : "AANV", 3);
  }
  const GroupChange change = only(maker.panel, "M11");
  // Each week is all or nothing: 12 trials in 4 weeks, p = 1/4 and 3/4.
  CHECK(
      change.dispersion ==
      Approx((3 * 3 * 3 * (1.0 / 16 * 3 + 9.0 / 16) / (9.0 / 16) / 3) * 2 / 6));
  CHECK(change.effect == Approx(50));
  CHECK(change.interval.low < 0);
  CHECK(change.interval.high <= 100.0);
}

TEST_CASE("compare: noise per report changes by the jackknife over weeks",
          "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 28, 28);
  const std::vector<int> noise{4, 6, 5, 5, 9, 12, 10, 9};
  report_weekly(maker, g, {1, 2, 1, 1, 1, 1, 2, 1});
  for (int w = 0; w < 8; ++w) {
    maker.messages(
        g, after(7 * w), "SOC",
        static_cast<std::uint32_t>(noise[static_cast<std::size_t>(w)]));
  }
  const Comparison found = compare(maker.panel, {.outcome = "M13"});
  CHECK(found.effect == "ratio");
  const GroupChange& change = found.groups[0];
  CHECK(change.before.value == Approx(4));
  CHECK(change.after.value == Approx(8));
  CHECK(change.effect == Approx(2));
  CHECK(change.method == "jackknife-weeks-log");
  CHECK(change.dispersion == 1.0);
  const auto variance = [&](std::size_t from) {
    const std::vector<double> reports{1, 2, 1, 1, 1, 1, 2, 1};
    double n = 0;
    double r = 0;
    for (std::size_t w = from; w < from + 4; ++w) {
      n += noise[w];
      r += reports[w];
    }
    std::vector<double> left;
    for (std::size_t w = from; w < from + 4; ++w) {
      left.push_back(std::log((n - noise[w]) / (r - reports[w])));
    }
    return stats::jackknife_variance(left);
  };
  const double v0 = variance(0);
  const double v1 = variance(4);
  const double degrees = (v0 + v1) * (v0 + v1) / (v0 * v0 / 3 + v1 * v1 / 3);
  const double reach =
      stats::student_quantile(0.975, degrees) * std::sqrt(v0 + v1);
  CHECK(change.interval.low == Approx(2 * std::exp(-reach)));
  CHECK(change.interval.high == Approx(2 * std::exp(reach)));
}

TEST_CASE("compare: completeness changes by the difference of means",
          "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 28, 28);
  const std::vector<Slots> slots{0, 2, 6, 6, 14, 30, 62, 126};
  for (int w = 0; w < 8; ++w) {
    maker.incident(g, after(7 * w), "INC").slots =
        slots[static_cast<std::size_t>(w)];
  }
  const GroupChange change = only(maker.panel, "M18");
  CHECK(change.effect == Approx(4.5 - 1.25));
  CHECK(change.method == "jackknife-welch");
  // Welch (1947): variances 0.9167 / 4 and 1.6667 / 4
  const double v0 = (1.5625 + 0.0625 + 2 * 0.5625) / 3 / 4;
  const double v1 = (2.25 + 0.25 + 0.25 + 2.25) / 3 / 4;
  const double degrees = (v0 + v1) * (v0 + v1) / (v0 * v0 / 3 + v1 * v1 / 3);
  const double reach =
      stats::student_quantile(0.975, degrees) * std::sqrt(v0 + v1);
  CHECK(change.interval.low == Approx(3.25 - reach));
  CHECK(change.interval.high == Approx(3.25 + reach));
}

TEST_CASE("compare: a median changes by the limits of both medians",
          "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 28, 28);
  for (int i = 0; i < 20; ++i) {
    maker.incident(g, after(i), "INC").substantive = 60 * (10 + i);
    maker.incident(g, after(28 + i), "INC").substantive = 60 * (2 + i);
  }
  GroupChange change = only(maker.panel, "M41");
  CHECK(change.method == "mover");
  CHECK(change.effect == Approx(-8));
  const Metric& b = change.before;
  const Metric& a = change.after;
  CHECK(change.interval.low ==
        Approx(-8 - std::hypot(a.value - a.interval.low,
                               b.interval.high - b.value)));
  CHECK(change.interval.high ==
        Approx(-8 + std::hypot(a.interval.high - a.value,
                               b.value - b.interval.low)));
  // Nobody answers any more: no median, no effect.
  for (IncidentRow& row : maker.panel.incidents) {
    if (row.time >= after(28)) row.substantive.reset();
  }
  change = only(maker.panel, "M41");
  CHECK(std::isnan(change.effect));
  CHECK(has(change.notes, "compare.not-defined"));
}

TEST_CASE("compare: people are counted in blocks of 28 days on both sides",
          "[compare]") {
  PanelMaker maker;
  const Index g = add_group(maker, "noord", 87, 112);  // 3 and 4 blocks
  maker.panel.study.groups[g].members = 20;
  // In block b, counted from the start, so many people write.
  const std::vector<int> senders{4, 5, 6, 8, 10, 10, 8};
  std::vector<Index> people;
  for (int i = 0; i < 10; ++i) people.push_back(maker.member(g));
  maker.sent(g, after(1), maker.member(g), 1);  // before the first block
  for (std::size_t b = 0; b < senders.size(); ++b) {
    for (int i = 0; i < senders[b]; ++i) {
      maker.sent(g, after(3 + 28 * static_cast<int>(b) + i),
                 people[static_cast<std::size_t>(i)], 1);
    }
  }
  const GroupChange change = only(maker.panel, "M03");
  CHECK(change.before.value == Approx(25));  // 5 of 20
  CHECK(change.after.value == Approx(45));   // 9 of 20
  CHECK(change.before.numerator == Approx(5));
  CHECK(change.after.denominator == Approx(20));
  CHECK(change.before.days == 84);
  CHECK(change.before.first == after(3));
  CHECK(change.after.last == after(198));
  CHECK(change.effect == Approx(20));
  // Welch (1947): 20, 25, 30 and 40, 50, 50, 40.
  const double v0 = 25.0 / 3;
  const double v1 = 100.0 / 3 / 4;
  const double degrees = (v0 + v1) * (v0 + v1) / (v0 * v0 / 2 + v1 * v1 / 3);
  const double reach =
      stats::student_quantile(0.975, degrees) * std::sqrt(v0 + v1);
  CHECK(change.interval.low == Approx(20 - reach));
  CHECK(change.interval.high == Approx(20 + reach));
  CHECK(change.method == "blocks-28d-welch");
  CHECK(change.notes == std::vector<std::string>{"compare.blocks"});
}

TEST_CASE("compare: where the start lies does not make people more active",
          "[compare]") {
  // Of 40 people another 6 write each week, for a year: nothing changes.
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.panel.study.groups[g].members = 40;
  maker.cover(g, monday, after(363));
  for (int i = 0; i < 40; ++i) maker.member(g);
  std::mt19937_64 random{7};
  for (int w = 0; w < 52; ++w) {
    for (int i = 0; i < 6; ++i)
      maker.sent(g, after(7 * w), test::below(random, 40), 1);
  }
  maker.intervene(g, after(0));
  for (const char* id : {"M03", "M60", "M60.senders", "M61"}) {
    for (const int start : {84, 182, 280}) {
      INFO(id << ' ' << start);
      maker.panel.study.groups[g].interventions[0].start = after(start);
      const Comparison found = compare(maker.panel, {.outcome = id});
      CHECK(!std::isnan(found.groups[0].effect));
      CHECK(found.clear == 0);
    }
    for (const int start : {83, 281}) {
      INFO(id << ' ' << start);
      maker.panel.study.groups[g].interventions[0].start = after(start);
      const GroupChange change = only(maker.panel, id);
      CHECK(std::isnan(change.effect));
      CHECK(has(change.notes, "compare.few-blocks"));
      CHECK(!std::isnan(change.before.value));
    }
  }
}

TEST_CASE("compare: a block with a day that no export shows does not count",
          "[compare]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, monday, after(40));
  maker.cover(g, after(42), after(195));
  maker.intervene(g, after(84));
  const Index one = maker.member(g);
  for (int d = 0; d < 196; d += 7) maker.sent(g, after(d), one, 1);
  const GroupChange change = only(maker.panel, "M03");
  CHECK(change.before.days == 56);
  CHECK(has(change.notes, "compare.few-blocks"));
}

TEST_CASE("compare: a group without an intervention has no effect",
          "[compare]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, monday, after(100));
  report_weekly(maker, g, {1, 1, 1, 1, 1, 1, 1, 1, 1});
  const GroupChange change = only(maker.panel, "M04");
  CHECK(change.notes == std::vector<std::string>{"compare.no-intervention"});
  CHECK(std::isnan(change.effect));
  CHECK(std::isnan(change.before.value));
  CHECK(std::isnan(change.after.numerator));
  CHECK(change.before.label == "before");
  CHECK(change.after.label == "after");
}

TEST_CASE("compare: 28 days on each side are enough, 27 are not", "[compare]") {
  const auto change = [](int before, int later) {
    PanelMaker maker;
    const Index g = add_group(maker, "noord", before, later);
    report_weekly(maker, g, {1, 1, 1, 1, 1, 1, 1});
    return only(maker.panel, "M04");
  };
  CHECK(!std::isnan(change(28, 28).effect));
  for (const GroupChange& one : {change(27, 28), change(28, 27)}) {
    CHECK(std::isnan(one.effect));
    CHECK(has(one.notes, "compare.too-short"));
    CHECK(one.before.days > 26);
    CHECK(!std::isnan(one.before.value));  // it is shown, not compared
  }
}

TEST_CASE("compare: a start outside the observed days is too short",
          "[compare]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, monday, after(99));
  maker.intervene(g, after(-1));
  CHECK(has(only(maker.panel, "M04").notes, "compare.too-short"));
  CHECK(std::isnan(only(maker.panel, "M04").before.value));
  CHECK(only(maker.panel, "M04").after.days == 100);
  maker.panel.study.groups[g].interventions[0].start = after(100);
  CHECK(has(only(maker.panel, "M04").notes, "compare.too-short"));
  CHECK(only(maker.panel, "M04").before.days == 100);
}

TEST_CASE("compare: a group of which nothing was imported says so",
          "[compare]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  const std::vector<std::string> expected{"compare.no-export"};
  CHECK(only(maker.panel, "M04").notes == expected);
  maker.intervene(g, after(50));
  const GroupChange change = only(maker.panel, "M04");
  CHECK(change.notes == expected);
  CHECK(change.start == after(50));
  CHECK(std::isnan(change.effect));
  CHECK(std::isnan(change.after.value));
}

TEST_CASE("compare: the sides are the phases of the metrics", "[compare]") {
  const Panel panel = test::random_panel(21, 4);
  for (const MetricDefinition& one : catalogue()) {
    INFO(one.id);
    // Of people and inequality the sides are means of blocks.
    if (one.id == "M03" || one.id == "M63" || one.estimator == Estimator::gini)
      continue;
    const Comparison found = compare(panel, {.outcome = one.id});
    const auto phases =
        metrics(panel, {.period = Period::phase, .ids = {one.id}});
    for (const GroupChange& change : found.groups) {
      for (const Metric* side : {&change.before, &change.after}) {
        for (const Metric& phase : phases) {
          if (phase.group != change.group || phase.label != side->label)
            continue;
          CHECK(same(phase.value, side->value));
          CHECK(same(phase.numerator, side->numerator));
          CHECK(same(phase.interval.low, side->interval.low));
          CHECK(phase.first == side->first);
          CHECK(phase.notes == side->notes);
          CHECK(phase.period == side->period);
        }
      }
      const bool ratio = found.effect == "ratio";
      const double expected = ratio ? change.after.value / change.before.value
                                    : change.after.value - change.before.value;
      CHECK(same(change.effect, expected));
      CHECK(!(change.interval.low > change.effect));
      CHECK(!(change.interval.high < change.effect));
      CHECK(change.dispersion >= 1.0);
    }
  }
}

TEST_CASE("compare: each direction is counted, and what is clear",
          "[compare]") {
  PanelMaker maker;
  report_weekly(maker, add_group(maker, "a", 28, 28), {1, 1, 1, 1, 9, 9, 9, 9});
  report_weekly(maker, add_group(maker, "b", 28, 28), {1, 1, 1, 1, 1, 2, 1, 1});
  report_weekly(maker, add_group(maker, "c", 28, 28), {9, 9, 9, 9, 1, 1, 1, 1});
  report_weekly(maker, add_group(maker, "d", 28, 28), {2, 2, 2, 2, 2, 2, 2, 2});
  const Comparison found = compare(maker.panel);
  CHECK(found.rising == 2);
  CHECK(found.falling == 1);
  CHECK(found.clear == 2);
}

TEST_CASE(
    "compare: the least p of a permutation is that of the published designs",
    "[compare]") {
  const auto p = [](int treated, int controls) {
    PanelMaker maker;
    for (int i = 0; i < treated; ++i) {
      report_weekly(maker, add_group(maker, "t" + std::to_string(i), 28, 28),
                    {1, 1, 1, 1, 2, 2, 2, 2});
    }
    for (int i = 0; i < controls; ++i) {
      maker.cover(maker.group("c" + std::to_string(i)), monday, after(60));
    }
    return compare(maker.panel).min_attainable_p;
  };
  CHECK(p(0, 3) == 1.0);
  CHECK(p(1, 0) == 1.0);
  CHECK(p(4, 0) == Approx(0.125));    // signs: 2 of 16
  CHECK(p(1, 3) == Approx(0.25));     // 1 of 4
  CHECK(p(2, 2) == Approx(1.0 / 3));  // 2 of 6
  CHECK(p(4, 1) == Approx(0.2));
  CHECK(p(4, 2) == Approx(1.0 / 15));
  CHECK(p(4, 3) == Approx(1.0 / 35));
  CHECK(p(4, 4) == Approx(2.0 / 70));
}

TEST_CASE("compare: cautions say what the numbers cannot", "[compare]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2022, 3, 1), day(2022, 6, 30));
  maker.intervene(g, day(2022, 4, 15));
  const auto cautions = [&](const char* id) {
    return compare(maker.panel, {.outcome = id}).cautions;
  };
  for (const char* id : {"M01", "M04", "M60"}) {
    CHECK(has(cautions(id), "compare.no-causal-claim"));
    CHECK(has(cautions(id), "compare.safety-not-measured"));
    CHECK(has(cautions(id), "compare.four-groups-no-test"));
  }
  CHECK(has(cautions("M01"), "compare.instrument-change"));
  CHECK(!has(cautions("M04"), "compare.instrument-change"));
  CHECK(has(cautions("M04"), "compare.classifier-uncorrected"));
  CHECK(!has(cautions("M01"), "compare.classifier-uncorrected"));
  maker.panel.coverage[0].last = day(2022, 4, 30);
  CHECK(!has(cautions("M01"), "compare.instrument-change"));
  maker.panel.coverage[0] = {g, day(2022, 5, 1), day(2022, 6, 30)};
  CHECK(!has(cautions("M01"), "compare.instrument-change"));
  for (int i = 0; i < 9; ++i) maker.group("g" + std::to_string(i));
  CHECK(!has(cautions("M04"), "compare.four-groups-no-test"));
}

TEST_CASE("compare: an unknown outcome is refused", "[compare]") {
  CHECK_THROWS_AS(compare(Panel{}, {.outcome = "M4"}), Error);
  CHECK(compare(Panel{}).groups.empty());
}
