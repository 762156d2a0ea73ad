#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>

#include "etherpeil/analysis.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/store.hpp"
#include "folder.hpp"
#include "sql.hpp"

using namespace etherpeil;
using test::ask;

namespace {

/// A folder that goes with the test.
struct Folder : test::Folder {
  Folder() : test::Folder{"tables"} {}
  std::filesystem::path study{path / "buurt.db"};
};

Pseudonymiser the_key() { return {Key{{3}}, "tabel"}; }

Store fresh(const std::filesystem::path& path) {
  return Store::create(path,
                       {.key = "tabel",
                        .title = "Tabellen",
                        .groups = {{.key = "molen", .name = "Molenwijk"},
                                   {.key = "ster", .name = "Sterwijk"}}},
                       {}, the_key());
}

std::string two(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

/// Three messages a day from `first` to `last` of a month of 2021.
std::string talk(int month, int first, int last, const std::string& word = "") {
  std::string text;
  for (int day = first; day <= last; ++day) {
    const std::string date = two(day) + "-" + two(month) + "-2021 ";
    const std::string number = std::to_string(100 * month + day) + word;
    text += date + "10:00 - Anna: Er loopt een verdachte man, 112 gebeld " +
            number + "\n";
    text += date + "10:02 - Bert: Ik ga kijken " + number + "\n";
    text += date + "12:00 - Carla: Dank daarvoor " + number + "\n";
  }
  return text;
}

const Analyser& by_rules() {
  static const Analyser analyser{{}, Classifier{}};
  return analyser;
}

Analysis analysed(const std::string& text) {
  return by_rules().run(parse(Bytes::from(text), "x.txt"));
}

bool refuses(const std::function<void()>& act, Errc code = Errc::argument) {
  try {
    act();
  } catch (const Error& error) {
    return error.code() == code;
  }
  return false;
}

/// Easter Sunday. Source: the anonymous Gregorian algorithm (Meeus, 1991).
LocalDay easter(int year) {
  const int a = year % 19;
  const int b = year / 100;
  const int c = year % 100;
  const int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
  const int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;
  return LocalDay{std::chrono::year{year} / (f / 31) / (f % 31 + 1)};
}

std::string iso(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<int>(static_cast<unsigned>(date.month()))) + "-" +
         two(static_cast<int>(static_cast<unsigned>(date.day())));
}

}  // namespace

// -------------------------------------------------------------------- calendar

TEST_CASE("calendar: weeks, weekdays and hours are those of the calendar",
          "[calendar]") {
  using std::chrono::days;
  const Folder folder;
  static_cast<void>(fresh(folder.study));
  std::string expected;
  const LocalDay last{std::chrono::year{2026} / 12 / 31};
  for (LocalDay day{std::chrono::year{2019} / 1 / 1}; day <= last;
       day += days{1}) {
    const unsigned weekday = std::chrono::weekday{day}.iso_encoding();
    // The week of a day is that of its Thursday.
    const LocalDay thursday = day + days{4 - static_cast<int>(weekday)};
    const std::chrono::year_month_day date{thursday};
    const auto week =
        (thursday - LocalDay{date.year() / 1 / 1}).count() / 7 + 1;
    const std::chrono::year_month_day own{day};
    const bool last_sunday =
        day == LocalDay{own.year() / own.month() /
                        std::chrono::Sunday[std::chrono::last]};
    const unsigned month = static_cast<unsigned>(own.month());
    expected += iso(day) + "|" + std::to_string(static_cast<int>(date.year())) +
                "|" + std::to_string(week) + "|" + std::to_string(weekday) +
                "|" +
                (last_sunday && month == 3    ? "23"
                 : last_sunday && month == 10 ? "25"
                                              : "24") +
                "\n";
  }
  CHECK(ask(folder.study,
            "SELECT day, iso_year, iso_week, weekday, hours FROM calendar "
            "ORDER BY day") == expected);
}

TEST_CASE(
    "calendar: the feasts follow Easter, the school holidays the Saturdays",
    "[calendar]") {
  const Folder folder;
  static_cast<void>(fresh(folder.study));
  const auto feast = [&folder](LocalDay day) {
    return ask(folder.study,
               "SELECT holiday FROM calendar WHERE day = '" + iso(day) + "'");
  };
  using std::chrono::days;
  for (int year = 2019; year <= 2026; ++year) {
    CAPTURE(year);
    const LocalDay sunday = easter(year);
    CHECK(feast(sunday) == "Eerste Paasdag\n");
    CHECK(feast(sunday - days{2}) == "Goede Vrijdag\n");
    CHECK(feast(sunday + days{1}) == "Tweede Paasdag\n");
    CHECK(feast(sunday + days{39}) == "Hemelvaartsdag\n");
    CHECK(feast(sunday + days{50}) == "Tweede Pinksterdag\n");
    const bool early = year == 2025;  // the only 27 April on a Sunday
    CHECK(feast(LocalDay{std::chrono::year{year} / 4 / (early ? 26 : 27)}) ==
          "Koningsdag\n");
    CHECK(ask(folder.study,
              "SELECT count(holiday), sum(new_year) FROM calendar WHERE day "
              "LIKE '" +
                  std::to_string(year) + "%'") == "11|2\n");
  }
  // Every region has five holidays a year, from a Saturday to a Sunday, of 9,
  // 16 or 44 days; those of a kind begin at most two weeks apart.
  CHECK(ask(folder.study,
            "SELECT count(*) FROM calendar_period WHERE kind = 'school' AND "
            "(strftime('%w', first_day) <> '6' OR strftime('%w', last_day) <> "
            "'0' OR julianday(last_day) - julianday(first_day) + 1 NOT IN (9, "
            "16, 44))") == "0\n");
  CHECK(ask(folder.study,
            "SELECT DISTINCT count(*) FROM calendar_period WHERE kind = "
            "'school' AND first_day > '2019' GROUP BY region, "
            "substr(first_day, 1, 4)") == "5\n");
  CHECK(ask(folder.study,
            "SELECT max(apart) FROM (SELECT julianday(max(first_day)) - "
            "julianday(min(first_day)) AS apart FROM calendar_period WHERE "
            "kind = 'school' GROUP BY name_nl, substr(first_day, 1, 4))") ==
        "14.0\n");
  // Summer begins in turn: each region first, second and third.
  CHECK(ask(folder.study,
            "SELECT count(DISTINCT first_day) FROM calendar_period WHERE "
            "name_nl = 'Zomervakantie' GROUP BY substr(first_day, 1, 4)") ==
        "3\n3\n3\n3\n3\n3\n3\n3\n");
  // Measures follow one another without a hole, from March 2020 to February
  // 2022; the curfew lies within the lockdown.
  CHECK(ask(folder.study,
            "SELECT min(day), max(day), count(*) = julianday(max(day)) - "
            "julianday(min(day)) + 1 FROM calendar WHERE corona IS NOT NULL") ==
        "2020-03-12|2022-02-24|1\n");
  CHECK(ask(folder.study,
            "SELECT DISTINCT corona FROM calendar WHERE curfew = 1") ==
        "lockdown\n");
}

// -------------------------------------------------------------------- coverage

TEST_CASE("coverage: seen in full, in part, not at all, and before the first",
          "[coverage]") {
  const Folder folder;
  Store store = fresh(folder.study);
  store.add("molen", analysed(talk(3, 5, 20)), the_key());
  store.add("molen", analysed(talk(5, 1, 10) + talk(5, 31, 31) + talk(6, 1, 3)),
            the_key());
  const std::string states =
      ask(folder.study,
          "SELECT state, first_day, last_day, days FROM v_coverage WHERE "
          "group_key = 'molen' ORDER BY last_day, state");
  CHECK(states ==
        "truncated|NULL|2021-03-04|NULL\n"
        "partial|2021-03-05|2021-03-05|1\n"
        "observed|2021-03-06|2021-03-19|14\n"
        "partial|2021-03-20|2021-03-20|1\n"
        "gap|2021-03-21|2021-04-30|41\n"
        "partial|2021-05-01|2021-05-01|1\n"
        "silence|2021-05-11|2021-05-30|20\n"
        "observed|2021-05-02|2021-06-02|32\n"
        "partial|2021-06-03|2021-06-03|1\n");
  CHECK(ask(folder.study,
            "SELECT sum(days_observed), sum(messages) FROM v_week") ==
        ask(folder.study, "SELECT count(*), sum(messages) FROM v_day"));
}

// ------------------------------------------------------------------------ runs

TEST_CASE("runs: equal means are one run, and what is unused goes", "[runs]") {
  const Folder folder;
  Store store = fresh(folder.study);
  store.add("molen", analysed(talk(3, 1, 10)), the_key(),
            {.configuration = by_rules().configuration()});
  store.add("ster", analysed(talk(4, 1, 10)), the_key(),
            {.configuration = by_rules().configuration()});
  CHECK(ask(folder.study,
            "SELECT kind, library, model, rules, seed, configuration FROM "
            "run") == "import|" + std::string{"0.1.0"} + "|rules||NULL|" +
                          by_rules().configuration() + "\n");
  CHECK(ask(folder.study,
            "SELECT count(*) FROM run WHERE parser GLOB library || "
            "'/[0-9a-f]*' AND unicode <> '' AND length(codebook_sha256) = "
            "64") == "1\n");
  store.add("molen", analysed(talk(3, 1, 20)), the_key(),
            {.configuration = "{\"other\":1}"});
  CHECK(ask(folder.study, "SELECT count(*) FROM run") == "2\n");
  store.add("ster", analysed(talk(4, 1, 20)), the_key(),
            {.configuration = "{\"other\":1}"});
  CHECK(ask(folder.study, "SELECT configuration FROM run") ==
        "{\"other\":1}\n");
  CHECK(refuses([&] {
    store.add("ster", analysed(talk(4, 1, 25)), the_key(),
              {.configuration = "geen json"});
  }));
}

// -------------------------------------------------------------------- findings

TEST_CASE("findings: they come back, and go with their export", "[findings]") {
  const Folder folder;
  Store store = fresh(folder.study);
  const Analysis analysis = analysed(talk(3, 1, 10));
  CHECK(
      refuses([&] { store.write_findings("molen", analysis, "wabp/1", {}); }));
  store.add("molen", analysis, the_key());
  const auto ids = store.message_ids("molen", analysis);
  CHECK_FALSE(ids[0].has_value());  // the first day is not whole
  REQUIRE(ids[3].has_value());
  CHECK(*ids[3] == message_id(0, LocalDay{std::chrono::year{2021} / 3 / 2}, 1));
  const std::vector<FindingRow> seen{{.rule = "R01",
                                      .time = analysis.chat.messages[3].time(),
                                      .line = 4,
                                      .messages = {*ids[3], *ids[4]},
                                      .incident = ids[3],
                                      .confidence = 0.75},
                                     {.rule = "R12",
                                      .detail = "nacht",
                                      .time = analysis.chat.messages[5].time(),
                                      .line = 6,
                                      .messages = {*ids[5]}}};
  store.write_findings("molen", analysis, "wabp-standaard/1", seen);
  store.write_findings("molen", analysis, "wabp-standaard/1", seen);
  const auto back = store.read_findings("molen");
  REQUIRE(back.size() == 2);
  CHECK(back[0].rule == "R01");
  CHECK(back[0].messages == seen[0].messages);
  CHECK(back[0].incident == ids[3]);
  CHECK(back[0].confidence == 0.75);
  CHECK(back[0].time == seen[0].time);
  CHECK(back[1].detail == "nacht");
  CHECK_FALSE(back[1].confidence.has_value());
  CHECK(store.read_findings("ster").empty());
  CHECK(ask(folder.study,
            "SELECT group_key, rule, messages, rules FROM v_finding") ==
        "molen|R01|2|wabp-standaard/1\nmolen|R12|1|wabp-standaard/1\n");
  CHECK(refuses([&] {
    store.write_findings("molen", analysis, "x",
                         std::vector<FindingRow>{{.rule = "R01", .line = 0}});
  }));
  CHECK(store.read_findings("molen").size() == 2);
  store.add("molen", analysed(talk(3, 1, 20)), the_key());
  CHECK(store.read_findings("molen").empty());
  CHECK(
      ask(folder.study, "SELECT kind, exports, stale FROM v_run ORDER BY 1") ==
      "audit|1|1\nimport|0|NULL\n");
}

TEST_CASE("findings: an audit of what is stored points at its messages",
          "[findings]") {
  const Folder folder;
  Store store = fresh(folder.study);
  // Two exports, so that lines alone would not say which message it is.
  store.add("ster", analysed(talk(3, 1, 10)), the_key());
  store.add("ster", analysed(talk(5, 1, 10)), the_key());
  store.keep_rows();
  const Ruleset ruleset = Ruleset::preset("wabp-standaard");
  const auto keep = [&] {
    const Panel panel = store.panel();
    const Audit seen = audit(recall(panel, "ster"), ruleset);
    std::size_t findings = 0;
    for (const RuleResult& rule : seen.rules) findings += rule.findings.size();
    const std::string run = keep_audit(store, panel, "ster", seen, ruleset);
    CHECK(store.read_findings("ster").size() == findings);
    CHECK(findings > 5);
    return run;
  };
  const std::string run = keep();
  CHECK(keep() == run);
  CHECK(ask(folder.study,
            "SELECT rules, exports, stale, json_valid(configuration) FROM "
            "v_run WHERE kind = 'audit'") == "wabp-standaard/1|2|0|1\n");
  // Every finding stands on a message of its time and line.
  CHECK(ask(folder.study,
            "SELECT count(*) FROM v_finding WHERE confidence IS NULL") ==
        ask(folder.study, "SELECT count(*) FROM finding"));
  CHECK(ask(folder.study,
            "SELECT count(*) FROM finding f WHERE NOT EXISTS (SELECT 1 FROM "
            "finding_message m JOIN message s USING (message_id) WHERE "
            "m.group_id = f.group_id AND m.file_first_day = f.file_first_day "
            "AND m.position = f.position AND s.line = f.line AND s.time = "
            "strftime('%s', f.time) + 0)") == "0\n");
  CHECK(ask(folder.study,
            "SELECT count(DISTINCT file_first_day) FROM finding") == "2\n");
  // A third export: what was seen stands, and does not say it is all.
  store.add("ster", analysed(talk(7, 1, 10)), the_key());
  CHECK(ask(folder.study, "SELECT DISTINCT stale FROM v_finding") == "1\n");
  CHECK(keep() != run);
  CHECK(ask(folder.study, "SELECT DISTINCT stale FROM v_finding") == "0\n");
  CHECK(ask(folder.study, "SELECT count(*) FROM run WHERE kind = 'audit'") ==
        "1\n");
  // Another writer between reading and keeping.
  const Panel old = store.panel();
  Store{folder.study}.add("molen", analysed(talk(4, 1, 5)), the_key());
  CHECK(refuses(
      [&] {
        keep_audit(store, old, "ster", audit(recall(old, "ster"), ruleset),
                   ruleset);
      },
      Errc::store));
  store.erase_person(the_key().person("Anna"));
  CHECK(store.read_findings("ster").empty());
  CHECK(ask(folder.study, "SELECT DISTINCT kind FROM run") == "import\n");
}

// ----------------------------------------------------------------- comparisons

TEST_CASE("comparisons: a number leads to its run and its exports",
          "[comparisons]") {
  const Folder folder;
  Store store = Store::create(
      folder.study,
      {.key = "tabel",
       .title = "Tabellen",
       .groups = {{.key = "molen",
                   .name = "Molenwijk",
                   .interventions =
                       {{.key = "regels",
                         .title = "Regels",
                         .start = LocalDay{std::chrono::year{2021} / 5 / 1}}}},
                  {.key = "ster", .name = "Sterwijk"}}},
      {}, the_key());
  std::string text;
  for (const int month : {3, 4, 5, 6}) text += talk(month, 1, 30);
  store.add("molen", analysed(text), the_key());
  const auto keep = [&](const std::string& outcome) {
    const Panel panel = store.panel();
    const Comparison one = compare(panel, {.outcome = outcome});
    const std::string run = keep_comparison(store, panel, one);
    CHECK(ask(folder.study,
              "SELECT group_key, printf('%.12g %.12g %.12g %.12g %.12g', "
              "before_value, after_value, estimate, low, high), method, "
              "start_day, before_last, after_first FROM v_comparison WHERE run "
              "= '" +
                  run + "' AND group_key = 'molen'") == [&] {
      const GroupChange& g = one.groups[0];
      std::array<char, 200> out{};
      std::snprintf(out.data(), out.size(), "%.12g %.12g %.12g %.12g %.12g",
                    g.before.value, g.after.value, g.effect, g.interval.low,
                    g.interval.high);
      return "molen|" + std::string{out.data()} + "|" + g.method +
             "|2021-05-01|2021-04-30|2021-05-01\n";
    }());
    return run;
  };
  const std::string first = keep("M04");
  CHECK(keep("M04") == first);
  CHECK(keep("M01") != first);
  CHECK(ask(folder.study,
            "SELECT outcome, group_key, start_day, estimate IS NULL, notes, "
            "stale FROM v_comparison WHERE group_key = 'ster' ORDER BY 1") ==
        "M01|ster|NULL|1|compare.no-export|0\n"
        "M04|ster|NULL|1|compare.no-export|0\n");
  CHECK(ask(folder.study,
            "SELECT group_id, x.sha256 = e.sha256, import_run = e.run FROM "
            "run_export x JOIN export_file e USING (group_id) WHERE x.run = '" +
                first + "'") == "0|1|1\n");
  // A group that had no export then makes it stale, and so does another export.
  store.add("ster", analysed(talk(3, 1, 10)), the_key());
  CHECK(ask(folder.study, "SELECT DISTINCT stale FROM v_comparison") == "1\n");
  const std::string second = keep("M04");
  CHECK(second != first);
  CHECK(ask(folder.study,
            "SELECT run = '" + second +
                "', stale FROM v_run WHERE kind = 'compare' AND rules = '' AND "
                "configuration GLOB '*M04*' ORDER BY 1") == "0|1\n1|0\n");
  store.add("molen", analysed(text + talk(7, 1, 10)), the_key());
  CHECK(ask(folder.study, "SELECT min(stale) FROM v_comparison") == "1\n");
  // Who is erased is in no sum any more from which he could be reckoned.
  static_cast<void>(keep("M04"));
  store.erase_person(the_key().person("Nobody here"));
  CHECK(ask(folder.study, "SELECT count(*) > 0 FROM comparison") == "1\n");
  store.erase_person(the_key().person("Bert"));
  CHECK(ask(folder.study,
            "SELECT count(*) FROM comparison UNION ALL SELECT count(*) FROM "
            "comparison_group UNION ALL SELECT count(*) FROM run_export UNION "
            "ALL SELECT count(*) FROM run WHERE kind = 'compare'") ==
        "0\n0\n0\n0\n");
  static_cast<void>(keep("M04"));
  store.erase_group("ster");
  CHECK(ask(folder.study, "SELECT count(*) FROM comparison") == "0\n");
  CHECK(ask(folder.study, "PRAGMA foreign_key_check").empty());
}

// --------------------------------------------------------------------- codings

TEST_CASE("codings: they stay with days that keep their words", "[codings]") {
  const Folder folder;
  Store store = fresh(folder.study);
  store.add("ster", analysed(talk(3, 1, 9)), the_key());
  const auto on = [](int day, Index place) {
    return message_id(1, LocalDay{std::chrono::year{2021} / 3 / day}, place);
  };
  const Sample sample{.key = "ronde-1",
                      .purpose = "reliability",
                      .seed = 42,
                      .units = {{.message = on(3, 1), .probability = 0.5},
                                {.message = on(5, 2), .stratum = "nacht"}}};
  store.write_sample(sample);
  CHECK(refuses([&] { store.write_sample(sample); }));
  const std::string one = the_key().person("codeur 1");
  const std::string two_ = the_key().person("codeur 2");
  const LocalTime when{std::chrono::seconds{1700000000}};
  const std::vector<CodingRow> codings{
      {.message = on(3, 1), .coder = one, .label = 1, .time = when},
      {.message = on(3, 1), .coder = two_, .label = 2, .time = when},
      {.message = on(5, 2), .coder = one, .label = 0, .time = when}};
  store.write_codings("ronde-1", codings);
  store.write_codings(
      "ronde-1",
      std::vector<CodingRow>{
          {.message = on(3, 1), .coder = one, .label = 3, .time = when}});
  auto back = store.read_codings("ronde-1");
  REQUIRE(back.size() == 3);
  CHECK(ask(folder.study,
            "SELECT count(*), sum(probability) FROM v_coding WHERE group_key = "
            "'ster' AND purpose = 'reliability'") == "3|2.0\n");
  CHECK(refuses([&] { static_cast<void>(store.read_codings("geen")); }));
  CHECK(refuses([&] {
    store.write_codings("ronde-1",
                        std::vector<CodingRow>{
                            {.message = on(4, 1), .coder = one, .time = when}});
  }));
  CHECK(refuses([&] {
    store.write_sample(
        {.key = "x", .purpose = "gold", .units = {{.message = on(3, 4)}}});
  }));
  // A later export in which one message of the fifth is edited.
  std::string later = talk(3, 1, 20);
  const std::string words = "Ik ga kijken 305";
  later.replace(later.find(words), words.size(), "Ik ga NU kijken 305");
  CHECK(store.add("ster", analysed(later), the_key()) == Added::replaced);
  back = store.read_codings("ronde-1");
  REQUIRE(back.size() == 2);
  CHECK(back[0].message == on(3, 1));
  // The group before goes; this one is the first from now on.
  store.erase_group("molen");
  back = store.read_codings("ronde-1");
  REQUIRE(back.size() == 2);
  CHECK(back[0].message ==
        message_id(0, LocalDay{std::chrono::year{2021} / 3 / 3}, 1));
}

// -------------------------------------------------------------------- codebook

TEST_CASE("codebook: every column of every table and view is explained",
          "[codebook]") {
  const Folder folder;
  static_cast<void>(fresh(folder.study));
  const std::string all =
      "SELECT s.name, c.name FROM sqlite_schema s JOIN "
      "pragma_table_info(s.name) c WHERE s.type IN ('table', 'view') AND "
      "s.name NOT LIKE 'sqlite_%'";
  CHECK(ask(folder.study, all + " EXCEPT SELECT table_name, column_name FROM "
                                "codebook_column")
            .empty());
  CHECK(ask(folder.study,
            "SELECT table_name, column_name FROM codebook_column EXCEPT " + all)
            .empty());
  CHECK(ask(folder.study,
            "SELECT betekenis FROM codeboek WHERE tabel = "
            "'v_coverage' AND kolom = 'days'") ==
        "aantal dagen; leeg als het begin onbekend is\n");
}
