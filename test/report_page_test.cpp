#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "etherpeil/report.hpp"
#include "panel.hpp"
#include "report/cells.hpp"
#include "report/change.hpp"
#include "report/forest.hpp"
#include "report/page.hpp"
#include "report/timeline.hpp"
#include "report_text.hpp"
#include "text/utf8.hpp"

using namespace etherpeil;
using report::Texts;
using test::count_of;
using test::day;
using test::evil;
using test::PanelMaker;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Names of the tags in order; fails when they do not nest.
std::vector<std::string> tags_of(const std::string& page) {
  const std::set<std::string> alone{"meta", "!DOCTYPE"};
  std::vector<std::string> tags;
  std::vector<std::string> open;
  const std::size_t style = page.find("<style>");
  const std::size_t body = page.find("</style>");
  bool nested = true;
  for (std::size_t at = page.find('<'); nested && at != std::string::npos;
       at = page.find('<', at)) {
    if (style != std::string::npos && at > style && at < body) at = body;
    const std::size_t end = page.find('>', at);
    const std::string tag = page.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    at = end;
    tags.push_back(name);
    if (name.front() == '/') {
      nested = !open.empty() && '/' + open.back() == name;
      if (nested) open.pop_back();
    } else if (alone.count(name) == 0 && tag.back() != '/') {
      open.push_back(name);
    }
  }
  REQUIRE(nested);
  REQUIRE(open.empty());
  return tags;
}

/// A group of which each month has so many senders, from January 2022.
void add_months(PanelMaker& maker, Index group,
                const std::vector<std::uint32_t>& senders,
                const char* label = "SOC", std::uint32_t messages = 1) {
  std::vector<Index> members;
  members.reserve(20);
  for (int i = 0; i < 20; ++i) members.push_back(maker.member(group));
  for (unsigned m = 0; m < senders.size(); ++m) {
    for (std::uint32_t i = 0; i < senders[m]; ++i) {
      const LocalDay when = day(2022, m + 1, 3 + i);
      maker.messages(group, when, label, messages);
      maker.sent(group, when, members[i], messages);
    }
  }
  maker.cover(
      group, day(2022, 1, 1),
      report::next_month(day(2022, static_cast<unsigned>(senders.size()), 1)) -
          std::chrono::days{1});
}

report::Senders writers(const Panel& panel) {
  return report::Senders{report::messages_of(panel),
                         report::starts_of(panel.study)};
}

std::vector<bool> hidden_months(const std::vector<std::uint32_t>& senders) {
  PanelMaker maker;
  const Index group = maker.group("a");
  add_months(maker, group, senders);
  const report::Senders counted = writers(maker.panel);
  std::vector<bool> hidden;
  for (unsigned m = 1; m <= senders.size(); ++m) {
    hidden.push_back(counted.month_hidden(group, day(2022, m, 15)));
  }
  return hidden;
}

report::Courses courses_of(const Panel& panel) {
  return report::courses(panel, report::Disclosure{panel},
                         {.day = day(2022, 5, 1),
                          .symbol = "E",
                          .title = "reacties",
                          .instrument = true});
}

GroupChange change_with(double effect, Interval interval) {
  GroupChange change;
  change.effect = effect;
  change.interval = interval;
  return change;
}

}  // namespace

// ------------------------------------------------------------------ suppress

TEST_CASE(
    "report: a month of fewer than five senders is hidden, an empty one "
    "is a zero",
    "[report]") {
  using List = std::vector<bool>;
  CHECK(hidden_months({9, 9, 9}) == List{false, false, false});
  CHECK(hidden_months({0, 9, 0}) == List{false, false, false});
  CHECK(hidden_months({5, 9, 9}) == List{false, false, false});
}

TEST_CASE(
    "report: what the quarter leaves after subtraction is five senders too",
    "[report]") {
  using List = std::vector<bool>;
  // The smallest other month goes as well: 9 - 7 would tell about four.
  CHECK(hidden_months({4, 9, 7}) == List{true, false, true});
  // The same four twice are four people still.
  CHECK(hidden_months({4, 4, 9}) == List{true, true, true});
  // A quarter with nothing else is hidden, and with it the smallest other one.
  CHECK(hidden_months({4, 0, 0, 9, 9, 9, 7, 9, 9}) ==
        List{true, false, false, true, true, true, false, false, false});

  PanelMaker maker;
  const Index group = maker.group("a");
  add_months(maker, group, {4, 0, 0, 9, 9, 9, 12, 9, 9});
  const report::Senders senders = writers(maker.panel);
  CHECK(senders.quarter_hidden(group, day(2022, 2, 1)));
  CHECK(senders.quarter_hidden(group, day(2022, 5, 1)));
  CHECK_FALSE(senders.quarter_hidden(group, day(2022, 8, 1)));
  CHECK_FALSE(senders.total_hidden(group));
  CHECK(senders.count(group, day(2022, 1, 1), day(2022, 1, 5)) == 3);
}

TEST_CASE("report: before and after do not give a hidden month away",
          "[report]") {
  PanelMaker maker;
  const Index group = maker.group("a");
  add_months(maker, group, {9, 9, 9, 4, 9, 9, 9, 9, 9});
  const report::Senders senders = writers(maker.panel);
  CHECK(senders.month_hidden(group, day(2022, 4, 1)));
  CHECK_FALSE(senders.quarter_hidden(group, day(2022, 4, 1)));
  // All until May less the first quarter, which is shown, is April.
  CHECK(senders.sides_hidden(group, day(2022, 5, 1)));
  CHECK_FALSE(senders.sides_hidden(group, day(2022, 4, 1)));
  CHECK_FALSE(senders.sides_hidden(group, day(2022, 7, 1)));
}

TEST_CASE("report: quarters make room for what stands before and after",
          "[report]") {
  PanelMaker maker;
  const Index group = maker.group("a");
  // April is hidden; May, from which it is another time, would give it away.
  add_months(maker, group, {9, 9, 9, 4, 9, 9, 9, 9, 9});
  const LocalDay start = day(2022, 5, 1);
  maker.intervene(group, start);
  const report::Senders senders = writers(maker.panel);
  CHECK_FALSE(senders.sides_hidden(group, start));
  CHECK(senders.quarter_hidden(group, day(2022, 1, 1)));
  CHECK(senders.quarter_hidden(group, start));
  CHECK(senders.month_hidden(group, day(2022, 2, 1)));
  CHECK_FALSE(senders.quarter_hidden(group, day(2022, 7, 1)));
}

/// Whether a sum of cells is a combination of sums that are known: both as
/// rows of zeros and ones.
bool follows(std::vector<std::vector<double>> known,
             std::vector<double> wanted) {
  const auto reduce = [](std::vector<double>& row,
                         const std::vector<double>& by, std::size_t column) {
    const double factor = row[column] / by[column];
    for (std::size_t i = 0; i < row.size(); ++i) row[i] -= factor * by[i];
  };
  for (std::size_t column = 0; column < wanted.size(); ++column) {
    const auto pivot = std::find_if(
        known.begin(), known.end(),
        [&](const auto& row) { return std::abs(row[column]) > 1e-9; });
    if (pivot == known.end()) continue;
    const std::vector<double> by = *pivot;
    known.erase(pivot);
    for (auto& row : known) reduce(row, by, column);
    reduce(wanted, by, column);
  }
  return std::all_of(wanted.begin(), wanted.end(),
                     [](double x) { return std::abs(x) < 1e-9; });
}

TEST_CASE("report: no combination of what is shown gives a few people away",
          "[report]") {
  std::mt19937_64 random{11};
  int shown_sides = 0;
  for (int round = 0; round < 3000; ++round) {
    // A year; each month has few or many people behind it.
    std::vector<report::Contribution> rows;
    for (unsigned month = 1; month <= 12; ++month) {
      const auto people = static_cast<Index>(random() % 9);
      for (Index i = 0; i < people; ++i) {
        rows.push_back(
            {0, day(2022, month, 1 + static_cast<unsigned>(random() % 28)),
             static_cast<Index>(random() % 12), 1 + random() % 3});
      }
    }
    const LocalDay start =
        day(2022, 1 + static_cast<unsigned>(random() % 12),
            round % 2 == 0 ? 1 : 1 + static_cast<unsigned>(random() % 28));
    const report::Senders senders{rows, {start}};
    // Atoms are the two halves of each month.
    using Row = std::vector<double>;
    const auto cells = [&](unsigned first, unsigned months, int side) {
      Row row(24);
      for (unsigned m = first; m < first + months; ++m) {
        if (side != 1) row[2 * m] = 1;
        if (side != 0) row[2 * m + 1] = 1;
      }
      return row;
    };
    const auto behind = [&](unsigned first, unsigned months) {
      report::Part part;
      for (const auto& row : rows) {
        const std::chrono::year_month_day date{row.day};
        const unsigned m = static_cast<unsigned>(date.month()) - 1;
        if (m >= first && m < first + months) part.add(row.member, row.number);
      }
      return part;
    };
    std::vector<Row> known;
    for (unsigned m = 0; m < 12; ++m) {
      if (!senders.month_hidden(0, day(2022, m + 1, 1)))
        known.push_back(cells(m, 1, 2));
      // The half of a month on the other side is a plain nothing.
      const LocalDay first = day(2022, m + 1, 1);
      if (first >= start) known.push_back(cells(m, 1, 0));
      if (report::next_month(first) <= start) known.push_back(cells(m, 1, 1));
    }
    for (unsigned q = 0; q < 4; ++q) {
      if (!senders.quarter_hidden(0, day(2022, 3 * q + 1, 1)))
        known.push_back(cells(3 * q, 3, 2));
    }
    if (!senders.total_hidden(0)) known.push_back(cells(0, 12, 2));
    if (!senders.sides_hidden(0, start)) {
      ++shown_sides;
      known.push_back(cells(0, 12, 0));
      known.push_back(cells(0, 12, 1));
    }
    INFO(round);
    for (unsigned m = 0; m < 12; ++m) {
      if (behind(m, 1).tells({})) CHECK_FALSE(follows(known, cells(m, 1, 2)));
    }
    // The days of the month of the start that are before it, and the others.
    const unsigned split =
        static_cast<unsigned>(std::chrono::year_month_day{start}.month()) - 1;
    for (const bool before : {true, false}) {
      report::Part half;
      for (const auto& row : rows) {
        const std::chrono::year_month_day date{row.day};
        if (static_cast<unsigned>(date.month()) - 1 == split &&
            (row.day < start) == before)
          half.add(row.member, row.number);
      }
      if (half.tells({}))
        CHECK_FALSE(follows(known, cells(split, 1, before ? 0 : 1)));
    }
    for (unsigned q = 0; q < 4; ++q) {
      if (behind(3 * q, 3).tells({}))
        CHECK_FALSE(follows(known, cells(3 * q, 3, 2)));
    }
  }
  CHECK(shown_sides > 300);
}

TEST_CASE("report: a group of four people is hidden whole", "[report]") {
  PanelMaker maker;
  const Index group = maker.group("a");
  add_months(maker, group, {4, 3, 4, 2, 4});
  const report::Senders senders = writers(maker.panel);
  CHECK(senders.total_hidden(group));
  CHECK(senders.hidden_months(group) == 5);
}

// ------------------------------------------------------------------ course

TEST_CASE("report: months count what is covered, gaps are what is not",
          "[report]") {
  PanelMaker maker;
  const Index group = maker.group("a");
  const Index other = maker.group("b");
  add_months(maker, group, {6, 6, 6});
  maker.panel.coverage = {{group, day(2022, 1, 10), day(2022, 1, 20)},
                          {group, day(2022, 1, 15), day(2022, 2, 10)},
                          {group, day(2022, 3, 1), day(2022, 3, 15)},
                          {other, day(2021, 12, 24), day(2022, 4, 2)}};
  maker.incident(group, day(2022, 2, 5), "VERD");
  maker.incident(group, day(2022, 2, 28), "OVER");
  const auto all = courses_of(maker.panel);
  CHECK(all.first == day(2021, 12, 1));
  CHECK(all.end == day(2022, 5, 1));
  REQUIRE(all.groups.size() == 2);
  const auto& course = all.groups[0];
  REQUIRE(course.months.size() == 5);
  CHECK(course.months[0].covered == 0);
  CHECK(course.months[1].covered == 22);
  CHECK(course.months[2].covered == 10);
  CHECK(course.months[3].covered == 15);
  REQUIRE(course.gaps.size() == 3);
  CHECK(course.gaps[0].first == day(2021, 12, 1));
  CHECK(course.gaps[0].end == day(2022, 1, 10));
  CHECK(course.gaps[1].first == day(2022, 2, 11));
  CHECK(course.gaps[2].end == day(2022, 5, 1));
  // Two reports by one person are nobody's business; by five they are shown.
  REQUIRE(course.quarters.size() == 3);
  CHECK(course.quarters[1].first == day(2022, 1, 1));
  CHECK(course.quarters[1].covered == 47);
  CHECK(course.quarters[1].hidden);
  CHECK(course.quarters[1].sum() == 0);
  for (Index reporter = 1; reporter < 6; ++reporter)
    maker.incident(group, day(2022, 3, 1), "INC", reporter);
  CHECK(courses_of(maker.panel).groups[0].quarters[1].sum() == 7);
  CHECK(course.months[2].messages[2] == 6);
  CHECK(course.marks.empty());  // May 2022 lies outside
}

TEST_CASE("report: nothing of a hidden month reaches picture, table or tooltip",
          "[report]") {
  const auto section = [](std::uint32_t messages, const char* root) {
    PanelMaker maker;
    const Index group = maker.group("a");
    add_months(maker, group, {9, 9, 9});
    // April: three people, as much as they like.
    for (Index i = 0; i < 3; ++i) {
      maker.messages(group, day(2022, 4, 3 + i), "SOC", messages);
      maker.sent(group, day(2022, 4, 3 + i), i, messages);
      maker.incident(group, day(2022, 4, 3), root, i);
    }
    maker.cover(group, day(2022, 4, 1), day(2022, 4, 30));
    const Panel panel = maker.panel;
    const report::Findings findings;
    const Texts texts{Language::dutch};
    const auto view = report::view_of(panel, findings, texts);
    std::string out;
    report::write_timelines(out, view);
    return out;
  };
  const std::string quiet = section(1, "INC");
  // Where all is hidden there is no scale to read off.
  CHECK(count_of(quiet, "class=\"grid\"") == 0);
  CHECK(count_of(section(0, "INC"), "class=\"grid\"") > 0);
  CHECK(quiet == section(7777, "OVER"));
  CHECK(quiet.find("verborgen") != std::string::npos);
  CHECK(quiet.find("verborgen, omdat het te herleiden is tot enkele mensen") !=
        std::string::npos);
  CHECK(quiet.find("class=\"hidden-box\"") != std::string::npos);
}

TEST_CASE("report: marks stand at their day, and titles do not overlap",
          "[report]") {
  PanelMaker maker;
  const Index group = maker.group("a");
  add_months(maker, group, {9, 9, 9, 9, 9, 9});
  maker.panel.study.groups[group].interventions = {
      {"x", "Nieuwe huisregels", day(2022, 2, 1), std::nullopt},
      {"y", "Training voor beheerders", day(2022, 2, 5), std::nullopt},
      {"z", "Te laat", day(2023, 1, 1), std::nullopt}};
  const auto all = courses_of(maker.panel);
  REQUIRE(all.groups[0].marks.size() == 4);
  const Texts texts{Language::dutch};
  const std::string svg =
      report::timeline_svg(all, all.groups[0],
                           {.width = report::Width::wide,
                            .id = "g",
                            .title = "t",
                            .report_names = {"i", "v", "o"}},
                           texts);
  CHECK(count_of(svg, "class=\"mark-dot\"") == 2);  // the third lies outside
  CHECK(count_of(svg, "class=\"mark-dot instrument\"") == 1);
  CHECK(svg.find("5 februari 2022: Training voor beheerders") !=
        std::string::npos);
  // The second title lies one row lower than the first.
  CHECK(count_of(svg, "cy=\"10\"") + count_of(svg, "cy=\"32\"") == 3);
  CHECK(count_of(svg, "cy=\"32\"") == 1);
}

// ------------------------------------------------------------------ change

TEST_CASE("report: a comparison is told by counts and without causes",
          "[report]") {
  const Texts nl{Language::dutch};
  report::Directions directions{.groups = 4};
  CHECK(change_sentence(directions, definition("M04"), nl) ==
        "In geen van de groepen zijn ervoor en erna te vergelijken.");
  add(directions, change_with(1.4, {1.1, 1.9}), true, definition("M04"), nl);
  CHECK(change_sentence(directions, definition("M04"), nl)
            .find("E\u00E9n groep is te vergelijken; daar is het aantal "
                  "meldingen per "
                  "30 dagen erna hoger. Bij 1 groep is het verschil groter") ==
        0);
  add(directions, change_with(0.8, {0.5, 1.2}), true, definition("M04"), nl);
  add(directions, change_with(1.2, {0.5, undefined}), true, definition("M04"),
      nl);
  add(directions, change_with(undefined, {undefined, undefined}), true,
      definition("M04"), nl);
  CHECK(directions.compared() == 3);
  CHECK(directions.clear == 1);
  CHECK(
      change_sentence(directions, definition("M04"), nl)
          .find("In 2 van de 3 groepen die te vergelijken zijn, is het aantal "
                "meldingen per 30 dagen erna hoger, in 1 lager.") == 0);
  add(directions, change_with(infinity, {2, infinity}), true, definition("M04"),
      nl);
  CHECK(directions.up == 3);
  CHECK(directions.clear == 2);

  // Who reads "0,00" must not read "lower" beside it.
  report::Directions rounded{.groups = 2};
  add(rounded, change_with(-0.004, {-0.1, 0.1}), false, definition("M60"), nl);
  add(rounded, change_with(1.04, {0.5, 2}), true, definition("M04"), nl);
  CHECK(rounded.same == 2);
  add(rounded, change_with(-0.006, {-0.1, 0.1}), false, definition("M60"), nl);
  CHECK(rounded.down == 1);
  CHECK(report::effect_text(0.004, false, definition("M60"), nl) == "0,00");
}

TEST_CASE("report: a forest shows what is off its axis as an arrow",
          "[report]") {
  report::Forest forest{.id = "f",
                        .title = "t",
                        .description = "d",
                        .ratio = true,
                        .definition = definition("M04"),
                        .rows = {}};
  forest.rows = {{"a", 1.5, {1.2, 1.9}, true, "x"},
                 {"b", infinity, {2, infinity}, true, "x"},
                 {"c", 0, {0, 0.5}, true, "x"},
                 {"d", undefined, {undefined, undefined}, false, "geen"},
                 {"e", 1000, {undefined, undefined}, false, "x"},
                 {"f", 1, {0.001, 1000}, false, "x"}};
  const std::string svg = report::forest_svg(forest, Texts{Language::dutch});
  CHECK(count_of(svg, "<circle") == 5);
  CHECK(count_of(svg, "class=\"arrow\"") == 6);
  CHECK(svg.find("nan") == std::string::npos);
  CHECK(svg.find("inf") == std::string::npos);
  CHECK(count_of(svg, "class=\"row-none\"") == 1);
  tags_of(svg);

  // Nine ticks have no room for nine names; that of no change stays.
  CHECK(svg.find(">\u00D7 0,0625<") != std::string::npos);
  CHECK(svg.find(">\u00D7 0,125<") == std::string::npos);
  CHECK(svg.find(">\u00D7 1<") != std::string::npos);

  forest.ratio = false;
  forest.rows.resize(1);
  forest.rows[0].effect = 0;
  forest.rows[0].interval = {0, 0};
  CHECK(report::forest_svg(forest, Texts{Language::dutch}).find("\u22121<") !=
        std::string::npos);
}

TEST_CASE("report: the axis of differences follows the estimates", "[report]") {
  report::Forest forest{.id = "f",
                        .title = "t",
                        .description = "d",
                        .ratio = false,
                        .definition = definition("M41"),
                        .rows = {}};
  const auto axis_ends_at = [&](const char* end) {
    const std::string svg = report::forest_svg(forest, Texts{Language::dutch});
    return svg.find(">\u2212" + std::string{end} + "<") != std::string::npos &&
           svg.find(">+" + std::string{end} + "<") != std::string::npos;
  };
  forest.rows = {{"a", 7, {-20, 819}, false, "x"},
                 {"b", -2.5, {undefined, 40}, false, "x"},
                 {"c", -28, {undefined, undefined}, false, "x"}};
  CHECK(axis_ends_at("100"));
  // Four open ends and one that is too long; the rest end on the axis.
  CHECK(count_of(report::forest_svg(forest, Texts{Language::dutch}),
                 "class=\"arrow\"") == 4);
  forest.rows = {{"a", 0.5, {-300, 8}, false, "x"}};
  CHECK(axis_ends_at("10"));
  forest.rows = {{"a", 20, {-11, 47}, false, "x"}};
  CHECK(axis_ends_at("50"));
  forest.rows = {{"a", 5.8, {-31, 30}, false, "x"}};
  CHECK(axis_ends_at("40"));
  forest.rows = {{"a", 0.1, {-0.3, 0.25}, false, "x"}};
  CHECK(axis_ends_at("0,4"));
}

// ------------------------------------------------------------------ pages

TEST_CASE("report: the page is one file without script or anything remote",
          "[report]") {
  const Panel panel = test::random_panel(3, 4);
  for (const Language language : {Language::dutch, Language::english}) {
    const std::string page = report_html(panel, language);
    CHECK(page == report_html(panel, language));
    CHECK(page.find("default-src 'none'; style-src 'unsafe-inline'") !=
          std::string::npos);
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find("http:") == std::string::npos);
    CHECK(page.find("https:") == std::string::npos);
    CHECK(page.find("@import") == std::string::npos);
    CHECK(count_of(page, "url(") == count_of(page, "url(#"));
    CHECK(text::is_valid(page));
    // Pseudonyms of members stay in the database.
    CHECK(page.find("P-") == std::string::npos);
  }
}

TEST_CASE("report: a screen reader finds headings in order, names and tables",
          "[report]") {
  const std::string page = report_html(test::random_panel(4, 4));
  const auto tags = tags_of(page);
  int level = 0;
  std::map<std::string, int> numbers;
  for (const std::string& tag : tags) {
    ++numbers[tag];
    if (tag.size() != 2 || tag[0] != 'h' || tag[1] < '1' || tag[1] > '6')
      continue;
    CHECK(tag[1] - '0' <= level + 1);
    level = tag[1] - '0';
  }
  CHECK(numbers["h1"] == 1);
  CHECK(numbers["main"] == 1);
  // Four groups in two widths and six outcomes, each with title and desc.
  CHECK(count_of(page, "role=\"img\"") == 14);
  CHECK(numbers["desc"] == 14);
  CHECK(numbers["table"] == numbers["caption"]);
  CHECK(numbers["table"] == 2 * 4 + 6 + 4 + 3);
  std::set<std::string> ids;
  for (std::size_t at = page.find(" id=\""); at != std::string::npos;
       at = page.find(" id=\"", at + 1)) {
    const std::string id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
    INFO(id);
    CHECK(ids.insert(id).second);
  }
}

TEST_CASE("report: names, titles and formats cannot add to the page",
          "[report]") {
  Panel harmless = test::random_panel(5, 3);
  harmless.files = {
      {.group = 0, .sha256 = "abc", .format = {.header = "[d] "}}};
  harmless.files[0].provenance = {"x", "x", "x", "x", "x"};
  for (auto& group : harmless.study.groups) {
    group.governance = group.regime = "x";
    group.interventions = {{"k", "x", day(2022, 3, 1), std::nullopt}};
  }
  Panel hostile = harmless;
  hostile.study.title = evil;
  hostile.files[0].sha256 = "\"><b>";
  hostile.files[0].format.header = evil;
  hostile.files[0].provenance = {evil, evil, evil, evil, evil};
  for (auto& group : hostile.study.groups) {
    group.name = group.governance = group.regime = evil;
    group.interventions[0].title = evil;
  }
  for (auto& label : hostile.codes.labels) label.name_nl = label.name_en = evil;
  const std::string page = report_html(hostile);
  const bool same = tags_of(page) == tags_of(report_html(harmless));
  CHECK(same);
  CHECK(page.find('\x1B') == std::string::npos);
  CHECK(page.find("\u202E") == std::string::npos);
  CHECK(text::is_valid(page));
}

TEST_CASE("report: the page says for how many messages the computer doubts",
          "[report]") {
  PanelMaker maker;
  for (const char* key : {"a", "b", "c"}) {
    const Index group = maker.group(key);
    add_months(maker, group,
               group == 2 ? std::vector<std::uint32_t>{4, 4, 4}
                          : std::vector<std::uint32_t>{10, 10, 10});
  }
  std::uint32_t number = 0;
  for (DayCount& row : maker.panel.days) {
    // Group a: 18 of 30; group b: 6 of 30; the hidden group: all.
    const std::uint32_t wanted = row.group == 0 ? 3 : row.group == 1 ? 1 : 5;
    row.abstained = number++ % 5 < wanted ? row.messages : 0;
  }
  const std::string page = report_html(maker.panel);
  CHECK(count_of(page,
                 "Bij 40 % van de berichten twijfelt de computer over de "
                 "indeling.") == 1);
  const std::string table = page.substr(page.find("Hoe vaak de computer"));
  CHECK(table.find("60 %") < table.find("20 %"));
  CHECK(table.find("20 %") < table.find("verborgen"));
  CHECK(table.find("verborgen") < table.find("40 %"));
  CHECK(table.find("100 %") == std::string::npos);
}

TEST_CASE("report: what few people reported is hidden as the export hides it",
          "[report]") {
  const auto page_from = [](LocalDay start) {
    PanelMaker maker;
    const Index group = maker.group("a");
    add_months(maker, group, {9, 9, 9, 9, 9, 9, 9, 9, 9});
    maker.intervene(group, start);
    // Three people report in the first quarter, seven in each other one.
    for (Index i = 0; i < 3; ++i)
      maker.incident(group, day(2022, 1, 5 + i), "INC", i);
    for (unsigned month = 4; month < 10; ++month) {
      for (Index i = 0; i < 7; ++i)
        maker.incident(group, day(2022, month, 3 + i), "VERD", i);
    }
    return report_html(maker.panel);
  };
  const auto row = [](const std::string& page, const std::string& start) {
    const std::size_t at = page.find(start);
    REQUIRE(at != std::string::npos);
    return page.substr(at, page.find("</tr>", at) - at);
  };
  const std::string page = page_from(day(2022, 4, 1));
  // The quarter, and one more that the total would give it away with.
  for (const char* id : {">M04 ", ">M43 ", ">M05 ", ">M13 ", ">M18 "})
    CHECK(count_of(row(page, id), "verborgen") == 2);
  CHECK(count_of(row(page, ">M01 "), "verborgen") == 0);
  // Before April lies the hidden quarter, and nothing else.
  const std::string reports = "Tabel: Meldingen";
  const std::string before_and_after = page.substr(page.rfind(reports));
  CHECK(count_of(row(before_and_after, "Groep a"), "verborgen") == 3);
  const std::string later = page_from(day(2022, 6, 1));
  CHECK(count_of(row(later.substr(later.rfind(reports)), "Groep a"),
                 "verborgen") == 0);
}

TEST_CASE("report: a group of four people shows nothing but its frame",
          "[report]") {
  const auto page = [](std::uint32_t messages, const char* label) {
    PanelMaker maker;
    const Index big = maker.group("a");
    add_months(maker, big, {9, 9, 9, 9, 9, 9});
    const Index tiny = maker.group("b");
    maker.intervene(tiny, day(2022, 4, 1));
    add_months(maker, tiny, {4, 4, 3, 4, 4, 4}, label, messages);
    for (unsigned m = 1; m < 6; ++m) {
      maker.incident(tiny, day(2022, m, 3), "INC").outcome = messages;
    }
    FileRow file;
    file.group = tiny;
    file.human = messages;
    maker.panel.files.push_back(file);
    return report_html(maker.panel);
  };
  CHECK(page(1, "SOC") == page(5, "REACT"));
}

TEST_CASE("report: an empty database gives a page that says so", "[report]") {
  const Panel nothing;
  const std::string page = report_html(nothing);
  tags_of(page);
  CHECK(page.find("nog geen exports") != std::string::npos);
  PanelMaker maker;
  maker.group("a");
  maker.intervene(0, day(2022, 4, 1));
  tags_of(report_html(maker.panel));
}
