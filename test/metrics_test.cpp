#include "etherpeil/metrics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "etherpeil/error.hpp"
#include "metrics_reference.hpp"
#include "metrics_values.hpp"
#include "panel.hpp"
#include "stats/spread.hpp"

using namespace etherpeil;
using test::bit;
using test::day;
using test::Expected;
using test::has;
using test::observed;
using test::only;
using test::PanelMaker;
using test::Reference;

namespace {

bool same(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
}

std::string period_label(const Panel& panel, Index g, Period period,
                         LocalDay when) {
  const std::chrono::year_month_day date{when};
  const auto month = static_cast<unsigned>(date.month());
  const std::string year = std::to_string(static_cast<int>(date.year()));
  switch (period) {
    case Period::all:
      return "all";
    case Period::month:
      return year + (month < 10 ? "-0" : "-") + std::to_string(month);
    case Period::quarter:
      return year + "-Q" + std::to_string(1 + (month - 1) / 3);
    case Period::phase:
      break;
  }
  const auto& list = panel.study.groups[g].interventions;
  if (list.empty()) return "all";
  return when < list.front().start ? "before" : "after";
}

}  // namespace

// ---------------------------------------------------------------- whole panel

TEST_CASE("metrics: every metric equals straight loops over the panel",
          "[metrics]") {
  const Period period =
      GENERATE(Period::all, Period::month, Period::quarter, Period::phase);
  const Panel panel = test::random_panel(7, 3);
  // Those that need the messages themselves are in recompute.py.
  std::vector<std::string> ids;
  const Reference first{panel, 0, observed(panel, 0)};
  for (const auto& entry : first.values()) ids.push_back(entry.first);
  CHECK(ids.size() == 52);
  const std::vector<Metric> found =
      metrics(panel, {.period = period, .ids = ids});
  std::map<std::string, Reference> references;
  for (Index g = 0; g < 3; ++g) {
    std::map<std::string, std::set<LocalDay>> parts;
    for (const LocalDay d : observed(panel, g)) {
      parts[period_label(panel, g, period, d)].insert(d);
    }
    for (const auto& part : parts) {
      references.emplace("g" + std::to_string(g) + part.first,
                         Reference{panel, g, part.second});
    }
  }
  CHECK(found.size() == references.size() * ids.size());
  for (const Metric& one : found) {
    const Reference& reference = references.at(one.group + one.label);
    REQUIRE(reference.values().count(one.id) == 1);
    const Expected& expected = reference.values().at(one.id);
    INFO(one.group << " " << one.label << " " << one.id << ": " << one.numerator
                   << "/" << one.denominator << " = " << one.value << ", not "
                   << expected.numerator << "/" << expected.denominator << " = "
                   << expected.value);
    CHECK(same(one.numerator, expected.numerator));
    CHECK(same(one.denominator, expected.denominator));
    CHECK(same(one.value, expected.value));
    CHECK(one.small == !(one.denominator >= 10));
    // A limit may be known where the median is not, never on the wrong side.
    CHECK(!(one.interval.low > one.value + 1e-9));
    CHECK(!(one.interval.high < one.value - 1e-9));
    if (definition(one.id).estimator == Estimator::share &&
        !std::isnan(one.value)) {
      CHECK(one.numerator <= one.denominator);
    }
  }
}

TEST_CASE("metrics: the order of the rows changes nothing", "[metrics]") {
  const Panel panel = test::random_panel(3, 3);
  Panel turned = panel;
  std::reverse(turned.days.begin(), turned.days.end());
  std::reverse(turned.member_days.begin(), turned.member_days.end());
  std::reverse(turned.attributes.begin(), turned.attributes.end());
  std::reverse(turned.memberships.begin(), turned.memberships.end());
  std::reverse(turned.incidents.begin(), turned.incidents.end());
  std::reverse(turned.coverage.begin(), turned.coverage.end());
  const auto a = metrics(panel);
  const auto b = metrics(turned);
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].id == b[i].id);
    CHECK(a[i].label == b[i].label);
    CHECK(same(a[i].value, b[i].value));
    CHECK(same(a[i].interval.low, b[i].interval.low));
    CHECK(a[i].notes == b[i].notes);
  }
}

TEST_CASE("metrics: months add up to the whole", "[metrics]") {
  const Panel panel = test::random_panel(11, 1);
  for (const char* id : {"M01", "M04", "M11", "M13", "M16", "M18", "M43"}) {
    double above = 0;
    double below = 0;
    for (const Metric& one :
         metrics(panel, {.period = Period::month, .ids = {id}})) {
      above += one.numerator;
      below += one.denominator;
    }
    const Metric all = only(panel, id);
    CHECK(same(above, all.numerator));
    CHECK(same(below, all.denominator));
  }
}

// --------------------------------------------------------------------- choice

TEST_CASE(
    "metrics: without ids come the twelve with their variants, by group and id",
    "[metrics]") {
  const Panel panel = test::random_panel(5, 2);
  const auto found = metrics(panel, {.period = Period::all});
  std::vector<std::string> expected;
  for (int g = 0; g < 2; ++g) {
    for (const MetricDefinition& one : catalogue()) {
      if (one.minimum) expected.push_back("g" + std::to_string(g) + one.id);
    }
  }
  std::vector<std::string> order;
  order.reserve(found.size());
  for (const Metric& one : found) order.push_back(one.group + one.id);
  CHECK(order == expected);
}

TEST_CASE("metrics: one group may be asked for; an unknown one is refused",
          "[metrics]") {
  const Panel panel = test::random_panel(5, 3);
  const auto found =
      metrics(panel, {.period = Period::all, .ids = {"M04"}, .group = "g1"});
  REQUIRE(found.size() == 1);
  CHECK(found[0].group == "g1");
  CHECK(same(found[0].value,
             metrics(panel, {.period = Period::all, .ids = {"M04"}})[1].value));
  CHECK_THROWS_AS(metrics(panel, {.ids = {}, .group = "noord"}), Error);
  CHECK_THROWS_AS(metrics(panel, {.ids = {"M04", "M999"}}), Error);
}

TEST_CASE("metrics: an empty panel has no values", "[metrics]") {
  CHECK(metrics(Panel{}).empty());
  PanelMaker maker;
  maker.group("stil");
  CHECK(metrics(maker.panel).empty());  // no observed day
}

// ------------------------------------------------------------------ by hand

TEST_CASE("metrics: a month by hand", "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.panel.study.groups[g].members = 50;
  maker.cover(g, day(2021, 3, 1), day(2021, 3, 31));
  const Index a = maker.member(g);
  const Index b = maker.member(g, Role::police);
  maker.messages(g, day(2021, 3, 2), "VERD", 2);
  maker.messages(g, day(2021, 3, 2), "SOC", 6).night = 3;
  maker.messages(g, day(2021, 3, 20), "REACT", 12).in_incident = 4;
  maker.sent(g, day(2021, 3, 2), a, 8);
  maker.sent(g, day(2021, 3, 20), b, 12);
  maker.incident(g, day(2021, 3, 2), "VERD", a).slots =
      static_cast<Slots>(test::slot(Slot::where) | test::slot(Slot::what));
  maker.incident(g, day(2021, 3, 2), "VERD", a).outcome = 3600;
  const auto value = [&](const char* id) {
    return only(maker.panel, id, Period::month);
  };
  CHECK(value("M01").value == Approx(20 / 31.0 * 30));
  CHECK(value("M04").numerator == 2.0);
  CHECK(value("M04").denominator == 31.0);
  CHECK(value("M04.members").value == Approx(2 / (31.0 * 50) * 30 * 100));
  CHECK(value("M05").value == Approx(10));
  CHECK(value("M11").value == Approx(60));
  CHECK(value("M12").value == Approx(30));
  CHECK(value("M12.strict").value == Approx(90));
  CHECK(value("M13").value == Approx(9));
  CHECK(value("M18").value == Approx(1));
  CHECK(value("M18.where").value == Approx(50));
  CHECK(value("M19").value == Approx(15));
  CHECK(value("M19.noise").value == Approx(100));
  CHECK(value("M43").value == Approx(50));
  CHECK(value("M50.police").value == Approx(60));
  CHECK(value("M07").numerator == 29.0);
  CHECK(value("M60").denominator == 50.0);
  CHECK(value("M60.senders").value == Approx(0.1));
  CHECK(value("M61").value == Approx(100));
  CHECK(value("M01").label == "2021-03");
  CHECK(value("M01").period == Period::month);
  CHECK(value("M01").first == day(2021, 3, 1));
  CHECK(value("M01").last == day(2021, 3, 31));
  CHECK(value("M01").days == 31);
  CHECK(value("M01").notes.empty());
  CHECK(value("M43").small);
  CHECK(!value("M11").small);
}

TEST_CASE("metrics: intervals are those of the named method", "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 3, 1), day(2021, 3, 31));
  maker.messages(g, day(2021, 3, 2), "REACT", 12);
  maker.messages(g, day(2021, 3, 3), "AANV", 8);
  for (unsigned d = 1; d <= 25; d += 4)
    maker.incident(g, day(2021, 3, d), "OVER");
  const Metric share = only(maker.panel, "M11");
  CHECK(share.method == "wilson");
  CHECK(same(share.interval.low, 100 * wilson(12, 20).low));
  CHECK(same(share.interval.high, 100 * wilson(12, 20).high));
  const Metric rate = only(maker.panel, "M04");
  CHECK(rate.method == "garwood");
  CHECK(same(rate.interval.low, poisson_exact(7).low / 31 * 30));
  CHECK(same(rate.interval.high, poisson_exact(7).high / 31 * 30));
}

TEST_CASE("metrics: weeks that differ more than chance widen an interval",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  maker.cover(g, day(2021, 3, 1), day(2021, 3, 28));  // four weeks from Monday
  for (const unsigned first : {1U, 8U, 15U, 22U}) {
    const bool busy = first < 8;
    maker.messages(g, day(2021, 3, first), "SOC", busy ? 30 : 2);
    maker.messages(g, day(2021, 3, first + 1), "AANV", busy ? 10 : 8);
  }
  // Weeks of 40, 10, 10, 10: 4/3 * 675 where 70 is expected.
  const Metric rate = only(maker.panel, "M01");
  CHECK(rate.method == "garwood-weeks");
  const Interval limits = stats::count_limits(70, 900.0 / 70, 0.95);
  CHECK(same(rate.interval.low, limits.low * 30 / 28));
  CHECK(same(rate.interval.high, limits.high * 30 / 28));
  CHECK(rate.interval.high - rate.interval.low >
        3 * (poisson_exact(70).high - poisson_exact(70).low) * 30 / 28);
  // Of 70 messages 36 are social: residuals of 30 - 40 p and three of 2 - 10 p.
  const double p = 36.0 / 70;
  const double found =
      4.0 / 3 * (std::pow(30 - 40 * p, 2) + 3 * std::pow(2 - 10 * p, 2));
  const Interval share =
      stats::share_limits(36, 70, found / (36 * (1 - p)), 0.95);
  CHECK(only(maker.panel, "M12").method == "wilson-weeks");
  CHECK(same(only(maker.panel, "M12").interval.low, 100 * share.low));
  CHECK(same(only(maker.panel, "M12").interval.high, 100 * share.high));
}

TEST_CASE("metrics: 95 in 100 intervals of messages in bursts hold the truth",
          "[metrics]") {
  // On one day in four a conversation of 4 to 20 messages, social or not: the
  // truth is 90 in 30 days, half of them social.
  std::mt19937_64 random{20211};
  const int studies = 400;
  int rates = 0;
  int shares = 0;
  int plain = 0;  // of the intervals that take messages for independent
  for (int study = 0; study < studies; ++study) {
    PanelMaker maker;
    const Index g = maker.group("noord");
    maker.cover(g, day(2021, 4, 1), day(2021, 6, 30));
    for (int d = 0; d < 91; ++d) {
      if (test::below(random, 4) != 0) continue;
      const std::uint32_t messages = 4 + test::below(random, 17);
      maker.messages(g, day(2021, 4, 1) + std::chrono::days{d},
                     test::below(random, 2) == 0 ? "SOC" : "AANV", messages);
    }
    const auto holds = [](const Interval& interval, double truth) {
      return interval.low <= truth && truth <= interval.high ? 1 : 0;
    };
    const Metric rate = only(maker.panel, "M01");
    const Metric share = only(maker.panel, "M12");
    rates += holds(rate.interval, 90);
    shares += holds(share.interval, 50);
    const Interval limits =
        poisson_exact(static_cast<std::uint64_t>(rate.numerator));
    plain += holds({limits.low * 30 / 91, limits.high * 30 / 91}, 90);
  }
  INFO(rates << ' ' << shares << ' ' << plain << " of " << studies);
  CHECK(rates >= studies * 91 / 100);
  CHECK(shares >= studies * 91 / 100);
  CHECK(rates <= studies * 99 / 100);
  CHECK(shares <= studies * 99 / 100);
  CHECK(plain < studies * 70 / 100);
}

TEST_CASE("metrics: the interval of noise per report comes from weeks left out",
          "[metrics]") {
  PanelMaker maker;
  const Index g = maker.group("noord");
  // Monday 1 March to Sunday 21 March: three weeks.
  maker.cover(g, day(2021, 3, 1), day(2021, 3, 21));
  const std::vector<double> noise{4, 9, 2};
  const std::vector<int> reports{1, 2, 2};
  for (unsigned w = 0; w < 3; ++w) {
    maker.messages(g, day(2021, 3, 3 + 7 * w), "SOC",
                   static_cast<std::uint32_t>(noise[w]));
    for (int r = 0; r < reports[w]; ++r)
      maker.incident(g, day(2021, 3, 7 + 7 * w), "OVER");
  }
  const Metric found = only(maker.panel, "M13");
  CHECK(found.method == "jackknife-weeks-log");
  CHECK(found.value == Approx(3));
  std::vector<double> left;
  for (std::size_t w = 0; w < 3; ++w)
    left.push_back(std::log((15 - noise[w]) / (5 - reports[w])));
  const double mean = (left[0] + left[1] + left[2]) / 3;
  double squares = 0;
  for (const double x : left) squares += (x - mean) * (x - mean);
  const double reach = 4.302652729911275 * std::sqrt(squares * 2 / 3);  // t(2)
  CHECK(found.interval.low == Approx(3 * std::exp(-reach)));
  CHECK(found.interval.high == Approx(3 * std::exp(reach)));
}

TEST_CASE("metrics: the fast jackknife of Gini and mean is the slow one",
          "[metrics]") {
  const Panel panel = test::random_panel(9, 1);
  std::map<Index, double> sums;
  std::vector<double> slots;
  const auto days = observed(panel, 0);
  for (const MemberDay& row : panel.member_days) {
    if (days.count(row.day) > 0) sums[row.member] += row.messages;
  }
  std::vector<double> amounts;
  amounts.reserve(sums.size());
  for (const auto& entry : sums) amounts.push_back(entry.second);
  const Interval senders = jackknife(amounts, gini);
  CHECK(same(only(panel, "M60.senders").interval.low, senders.low));
  CHECK(same(only(panel, "M60.senders").interval.high, senders.high));
  amounts.resize(60, 0);  // as the study states
  const Interval all = jackknife(amounts, gini);
  CHECK(same(only(panel, "M60").interval.low, all.low));
  CHECK(same(only(panel, "M60").interval.high, all.high));
  const auto top = [](std::span<const double> some) {
    std::vector<double> sorted{some.begin(), some.end()};
    std::sort(sorted.begin(), sorted.end(), std::greater<>{});
    double sum = 0;
    double largest = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      sum += sorted[i];
      if (i < (sorted.size() + 9) / 10) largest += sorted[i];
    }
    return 100 * largest / sum;
  };
  CHECK(same(only(panel, "M61").interval.low, jackknife(amounts, top).low));
  amounts.push_back(0);  // 61 people: without one of them the tenth is smaller
  Panel more = panel;
  more.study.groups[0].members = 61;
  CHECK(same(only(more, "M61").interval.low, jackknife(amounts, top).low));
  for (const IncidentRow& row : panel.incidents) {
    if (days.count(std::chrono::floor<std::chrono::days>(row.time)) == 0)
      continue;
    double score = 0;
    for (unsigned s = 1; s <= 6; ++s)
      score += (row.slots >> s & 1U) != 0 ? 1 : 0;
    slots.push_back(score);
  }
  const auto mean = [](std::span<const double> some) {
    double sum = 0;
    for (const double x : some) sum += x;
    return sum / static_cast<double>(some.size());
  };
  CHECK(same(only(panel, "M18").interval.low, jackknife(slots, mean).low));
}
