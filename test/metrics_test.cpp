#include "etherpeil/metrics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "data/data.hpp"
#include "etherpeil/analysis.hpp"
#include "etherpeil/error.hpp"
#include "json/json.hpp"
#include "metrics/measure.hpp"
#include "metrics_reference.hpp"
#include "panel.hpp"

using namespace etherpeil;
using test::bit;
using test::day;
using test::Expected;
using test::observed;
using test::PanelMaker;
using test::Reference;

namespace {

bool same(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
}

bool has(const std::vector<std::string>& notes, const std::string& note) {
  return std::find(notes.begin(), notes.end(), note) != notes.end();
}

/// The values of one metric over all days, by group.
Metric only(const Panel& panel, const std::string& id,
            Period period = Period::all) {
  const std::vector<Metric> found =
      metrics(panel, {.period = period, .ids = {id}});
  REQUIRE(found.size() == 1);
  return found.front();
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

// ------------------------------------------------------------------ catalogue

TEST_CASE(
    "metrics: the catalogue is sorted, named in two languages and complete",
    "[metrics]") {
  std::string previous;
  std::set<std::string> minimum;
  for (const MetricDefinition& one : catalogue()) {
    CHECK(previous < one.id);
    previous = one.id;
    CHECK(!one.name_nl.empty());
    CHECK(!one.name_en.empty());
    CHECK(!one.formula.empty());
    CHECK(!one.unit.empty());
    CHECK(!one.source.empty());
    if (one.minimum) minimum.insert(one.id.substr(0, 3));
  }
  const std::set<std::string> twelve{"M01", "M04", "M05", "M11", "M12", "M13",
                                     "M16", "M18", "M19", "M41", "M43", "M60"};
  CHECK(minimum == twelve);
}

TEST_CASE("metrics: a definition is found by its id, and nothing else is",
          "[metrics]") {
  CHECK(definition("M11.emoji").name_en == "Emoji only");
  CHECK(definition("M01").estimator == Estimator::rate);
  for (const char* wrong : {"", "M", "M11.", "m01", "M99", "M11.emojis"}) {
    CHECK_THROWS_AS(definition(wrong), Error);
  }
  CHECK(to_string(Estimator::gini) == "gini");
}

TEST_CASE("metrics: every code of the catalogue is one that an analysis gives",
          "[metrics]") {
  const Codes codes =
      Analyser{{}, Classifier{Codebook::dutch()}}.run(Chat{}).codes;
  for (const auto& one : metric::catalogue().definitions) {
    INFO(one.face.id);
    CHECK(metric::Measure(one, codes).known());
  }
}

TEST_CASE("metrics: what counts messages counts reactions, and says so",
          "[metrics]") {
  for (const auto& one : metric::catalogue().definitions) {
    const auto counts = [](const metric::Count& count) {
      return std::any_of(
          count.messages.begin(), count.messages.end(),
          [](const metric::MessageFilter& filter) {
            const bool reaction =
                std::find(filter.labels.begin(), filter.labels.end(),
                          "REACT") != filter.labels.end();
            return reaction ||
                   (filter.labels.empty() && filter.roles.empty() &&
                    filter.attributes.empty() && filter.kinds.empty());
          });
    };
    if (counts(one.numerator) || counts(one.denominator)) CHECK(one.reactions);
  }
}

namespace {

std::string catalogue_with(const std::string& metric) {
  return R"({"format":"etherpeil-metrics/1","version":1,)"
         R"("reactions_change":"2022-05-01","metrics":[)" +
         metric + "]}";
}

std::string fault_of(const std::string& json) {
  try {
    static_cast<void>(metric::read_catalogue(json, "m.json"));
  } catch (const Error& error) {
    CHECK(error.code() == Errc::config);
    return error.what();
  }
  return "no fault";
}

std::string rate_with(const std::string& rest) {
  return catalogue_with(
      R"({"id":"A","name":{"nl":"a","en":"a"},"formula":"f","unit":"u","source":"s",)" +
      rest + "}");
}

}  // namespace

TEST_CASE("metrics: a wrong catalogue is refused with the place of the fault",
          "[metrics]") {
  const std::string good =
      R"("estimator":"rate","numerator":{"messages":{}},"denominator":{"time":"days"})";
  CHECK(fault_of(rate_with(good)) == "no fault");
  const auto starts = [](const std::string& text, const std::string& start) {
    INFO(text);
    CHECK(text.rfind(start, 0) == 0);
  };
  starts(fault_of("{"), "m.json:1");
  starts(fault_of("{}"), "m.json: /: member \"format\" is missing");
  starts(
      fault_of(
          R"({"format":"etherpeil-metrics/2","version":1,"reactions_change":)"
          R"("2022-05-01","metrics":[]})"),
      "m.json: /format: ");
  starts(fault_of(rate_with(good + R"(,"scales":2)")),
         "m.json: /metrics/0/scales: unknown");
  starts(fault_of(rate_with(good + R"(,"scale":0)")),
         "m.json: /metrics/0/scale: ");
  starts(fault_of(rate_with(good + R"(,"minimum":false)")),
         "m.json: /metrics/0/minimum: ");
  starts(fault_of(rate_with(R"("estimator":"sum")")),
         "m.json: /metrics/0/estimator: is none of");
  starts(
      fault_of(rate_with(
          R"("estimator":"rate","numerator":{"messages":{}},"denominator":{"messages":{}})")),
      "m.json: /metrics/0/denominator: of a rate must be time");
  starts(
      fault_of(rate_with(
          R"("estimator":"share","numerator":{},"denominator":{"time":"days"})")),
      "m.json: /metrics/0/numerator: must have one member");
  starts(
      fault_of(rate_with(
          R"("estimator":"share","numerator":{"reports":{"slot":"none"}},"denominator":{})")),
      "m.json: /metrics/0/numerator/reports/slot: ");
  starts(fault_of(rate_with(
             R"("estimator":"share","numerator":{"reports":{"within":)"
             R"({"event":"outcome","minutes":0}}},"denominator":{})")),
         "m.json: /metrics/0/numerator/reports/within/minutes: ");
  starts(fault_of(rate_with(
             R"("estimator":"gini","amounts":"words","over":"members",)"
             R"("statistic":"gini")")),
         "m.json: /metrics/0/amounts: is none of messages, reports");
  starts(fault_of(
             rate_with(R"("estimator":"share","numerator":{"roles":["baas"]},)"
                       R"("denominator":{})")),
         "m.json: /metrics/0/numerator/roles/0: ");
  const std::string one = rate_with(good);
  const std::string object =
      one.substr(one.find('[') + 1, one.rfind(']') - one.find('[') - 1);
  starts(fault_of(catalogue_with(object + "," + object)),
         "m.json: /metrics/1/id: must come after");
  starts(
      fault_of(
          R"({"format":"etherpeil-metrics/1","version":1,"reactions_change":)"
          R"("2022-02-30","metrics":[]})"),
      "m.json: /reactions_change: is no day");
}

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
  for (unsigned d = 1; d <= 7; ++d) maker.incident(g, day(2021, 3, d), "OVER");
  const Metric share = only(maker.panel, "M11");
  CHECK(share.method == "wilson");
  CHECK(same(share.interval.low, 100 * wilson(12, 20).low));
  CHECK(same(share.interval.high, 100 * wilson(12, 20).high));
  const Metric rate = only(maker.panel, "M04");
  CHECK(rate.method == "garwood");
  CHECK(same(rate.interval.low, poisson_exact(7).low / 31 * 30));
  CHECK(same(rate.interval.high, poisson_exact(7).high / 31 * 30));
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
  CHECK(volume[1].interval.high == Approx(-std::log(0.025) / 28 * 30));
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

// --------------------------------------------------------------- incidents

TEST_CASE(
    "metrics: closure counts reports that were seen for 48 hours or closed",
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
  late.outcome = 60;
  CHECK(only(maker.panel, "M43").numerator == 2.0);
  CHECK(only(maker.panel, "M43").denominator == 4.0);
  CHECK(only(maker.panel, "M43.safety").denominator == 3.0);
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
