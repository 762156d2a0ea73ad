#include "etherpeil/report.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#if __has_include(<sys/resource.h>)
#include <sys/resource.h>
#endif

#include "data/data.hpp"
#include "etherpeil/analysis.hpp"
#include "etherpeil/error.hpp"
#include "folder.hpp"
#include "json/json.hpp"
#include "panel.hpp"
#include "report/cells.hpp"
#include "report/columns.hpp"
#include "report/escape.hpp"
#include "report_text.hpp"
#include "text/utf8.hpp"

using namespace etherpeil;
using report::Texts;
using test::bytes_of;
using test::count_of;
using test::day;
using test::evil;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Write>
std::string text_of(const Write& write) {
  std::string out;
  write([&](std::string_view piece) { out += piece; });
  return out;
}

Chat chat_of(const std::string& text) {
  return parse(Bytes::from(text), "chat.txt");
}

Metric metric_of(const char* id, double numerator, double denominator,
                 double value, Interval interval) {
  Metric metric;
  metric.id = id;
  metric.group = "noord";
  metric.period = Period::quarter;
  metric.label = "2022-Q1";
  metric.first = day(2022, 1, 1);
  metric.last = day(2022, 3, 31);
  metric.days = 90;
  metric.numerator = numerator;
  metric.denominator = denominator;
  metric.value = value;
  metric.interval = interval;
  metric.method = "wilson";
  metric.small = denominator < 10;
  return metric;
}

std::filesystem::path fresh_folder(const std::string& name) {
  auto path = std::filesystem::temp_directory_path() / name;
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

}  // namespace

// ------------------------------------------------------------------ escape

TEST_CASE("report: a page never holds markup, controls or bad bytes of a name",
          "[report]") {
  CHECK(
      report::html(evil) ==
      "&lt;/text&gt;&lt;/svg&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"
      "&quot;&amp;U+001B[31mU+202E&lt;b&gt;\uFFFD");
}

TEST_CASE("report: a terminal shows controls as words", "[report]") {
  CHECK(terminal_safe("a\x1B]0;x\x07\n\u202E\u0085\xC3") ==
        "a\\u{001B}]0;x\\u{0007}\\u{000A}\\u{202E}\\u{0085}\uFFFD");
  CHECK(terminal_safe("\u00E9\u00E9n \U0001F44D") ==
        "\u00E9\u00E9n \U0001F44D");
}

TEST_CASE("report: a spreadsheet takes no cell for a formula", "[report]") {
  const auto cell = [](std::string_view text) {
    std::string out;
    report::append_csv(out, text, ';');
    return out;
  };
  CHECK(cell("+31 6 12345678") == "\"'+31 6 12345678\"");
  CHECK(cell("=1+1") == "\"'=1+1\"");
  CHECK(cell("@SUM(A1)") == "\"'@SUM(A1)\"");
  CHECK(cell(std::string_view{"\0=1+1", 5}) == "\\u{0000}=1+1");
  CHECK(cell("a;\"b\"\nc") == "\"a;\"\"b\"\"\nc\"");
  CHECK(cell("a,b") == "a,b");
  CHECK(cell("").empty());
}

// ------------------------------------------------------------------ records

TEST_CASE("report: an event keeps the words and tells where they stand",
          "[report]") {
  const std::string export_text =
      "13-05-2024 10:00 - Jan: een <regel>\ntwee\n"
      "13-05-2024 10:01 - Piet heeft de groep verlaten\n"
      "13-05-2024 10:02 - =Jan: \"ja\", hoor\n";
  const Chat chat = chat_of(export_text);
  REQUIRE(chat.messages.size() == 3);
  const std::string lines = text_of(
      [&](const Sink& sink) { write_events(chat, sink, {.raw = true}); });
  CHECK(count_of(lines, "\n") == 3);
  CHECK(lines.find('<') == std::string::npos);
  std::string whole;
  std::size_t at = 0;
  for (int i = 1; i <= 3; ++i) {
    const std::size_t end = lines.find('\n', at);
    const auto event = json::parse(lines.substr(at, end - at), "event");
    CHECK(event["n"].integer(0, 9) == i);
    const auto offset = event["offset"].integer(0, 1000);
    const auto length = event["length"].integer(0, 1000);
    whole += export_text.substr(static_cast<std::size_t>(offset),
                                static_cast<std::size_t>(length));
    at = end + 1;
  }
  CHECK(whole == export_text);
  const auto first = json::parse(lines.substr(0, lines.find('\n')), "event");
  CHECK(first["text"].string() == "een <regel>\ntwee");
  CHECK(first["author"].string() == "Jan");
  CHECK(first["event"].is_null());

  const std::string csv = text_of([&](const Sink& sink) {
    write_events(chat, sink, {.output = Output::csv});
  });
  CHECK(csv.find("\"'=Jan\",\"\"\"ja\"\", hoor\"") != std::string::npos);
  CHECK(csv.find("member_left") != std::string::npos);
}

TEST_CASE("report: a summary counts every record once", "[report]") {
  const Chat chat = chat_of(
      "13-05-2024 10:00 - Jan: a\n13-05-2024 10:01 - Piet heeft de groep "
      "verlaten\n13-05-2024 10:02 - Kim: <Media weggelaten>\n");
  const auto summary = json::parse(summary_json(chat), "summary");
  CHECK(summary["records"].integer(0, 9) == 3);
  CHECK(summary["user"].integer(0, 9) + summary["system"].integer(0, 9) == 3);
  CHECK(summary["media"].integer(0, 9) == 1);
  CHECK(summary["first"].string() == "2024-05-13T10:00:00");
  CHECK(summary["date_order"]["certain"].boolean());
}

TEST_CASE("report: a label is written for each human record, with its reasons",
          "[report]") {
  const Analyser analyser;
  const Analysis analysis = analyser.run(
      chat_of("13-05-2024 10:00 - Jan: Verdachte man bij de "
              "voordeur, 112 gebeld\n13-05-2024 10:01 - Piet heeft "
              "de groep verlaten\n13-05-2024 10:02 - Kim: Top!\n"));
  const Classifier& classifier = analyser.classifier();
  const std::string lines = text_of([&](const Sink& sink) {
    write_labels(analysis, sink,
                 {.output = Output::ndjson, .explain = &classifier});
  });
  CHECK(count_of(lines, "\n") == 2);
  const auto one = json::parse(lines.substr(0, lines.find('\n')), "label");
  CHECK(one["answers"].is_null());
  const auto last = json::parse(lines.substr(lines.find('\n') + 1), "label");
  CHECK(last["label"].string() == "REACT");
  CHECK(last["answers"]["n"].integer(1, 3) == 1);
  CHECK(last["answers"]["probability"].number() == 1);
  double sum = 0;
  for (const std::string& key : one["labels"].keys()) {
    sum += one["labels"][key].number();
  }
  CHECK(sum == Approx(1).margin(1e-5));
  std::map<std::string, double> scores;
  for (const auto& reason : one["why"].items()) {
    scores[reason["label"].string()] += reason["weight"].number();
  }
  for (const auto& [key, score] : scores) {
    INFO(key);
    CHECK(score == Approx(one["scores"][key].number()).margin(1e-3));
  }
  const std::string csv = text_of([&](const Sink& sink) {
    write_labels(analysis, sink, {.output = Output::csv});
  });
  CHECK(count_of(csv, "\r\n") == 3);
}

// ------------------------------------------------------------------ texts

TEST_CASE("report: both languages have the same texts with the same places",
          "[report]") {
  const auto dutch = json::parse(data::report_nl_json(), "nl");
  const auto english = json::parse(data::report_en_json(), "en");
  CHECK(dutch.keys() == english.keys());
  const auto places = [](const std::string& text) {
    std::multiset<std::string> found;
    for (std::size_t at = text.find('{'); at != std::string::npos;
         at = text.find('{', at + 1)) {
      // The words of "{share:the only report|reports}" differ.
      found.insert(text.substr(at, text.find_first_of("}:", at) - at));
    }
    return found;
  };
  for (const std::string& key : dutch.keys()) {
    INFO(key);
    CHECK(places(dutch[key].string()) == places(english[key].string()));
    CHECK(text::is_valid(dutch[key].string()));
  }
}

TEST_CASE("report: numbers are written as the language does", "[report]") {
  const Texts nl{Language::dutch};
  const Texts en{Language::english};
  CHECK(nl.number(3.26) == "3,3");
  CHECK(en.number(3.26) == "3.3");
  CHECK(nl.number(0.351) == "0,35");
  CHECK(nl.number(0.999) == "1,0");
  CHECK(nl.number(9.97) == "10");
  CHECK(nl.number(-3.26) == "\u22123,3");
  CHECK(nl.number(-0.001) == "0,00");
  CHECK(nl.number(0) == "0");
  CHECK(nl.number(undefined) == "\u2013");
  CHECK(nl.number(infinity) == "\u221E");
  CHECK(nl.count(1234) == "1234");
  CHECK(nl.count(1234567) == "1.234.567");
  CHECK(en.count(12345) == "12,345");
  CHECK(nl.exact(0.0625) == "0,0625");
  CHECK(nl.exact(-50) == "\u221250");
  CHECK(report::fixed(-0.04, 1) == "0");
  CHECK(report::fixed(12.25, 1) == "12.3");
  CHECK(report::fixed(undefined, 1) == "0");
}

TEST_CASE("report: periods and days read as words; what is none stays as it is",
          "[report]") {
  const Texts nl{Language::dutch};
  CHECK(nl.day(day(2024, 3, 4)) == "4 maart 2024");
  CHECK(nl.period("2024-03") == "mrt 2024");
  CHECK(nl.period("2024-Q1") == "1e kwartaal 2024");
  CHECK(nl.period("before") == "ervoor");
  CHECK(nl.period("2024-99") == "2024-99");
  CHECK(nl.period("<b>") == "<b>");
}

TEST_CASE(
    "report: small denominators are counts, large ones a value with its "
    "range",
    "[report]") {
  const Texts nl{Language::dutch};
  const MetricDefinition& share = definition("M43");
  CHECK(report::value_text(metric_of("M43", 2, 5, 40, {12, 77}), share, nl) ==
        "2 van 5");
  CHECK(report::value_text(metric_of("M43", 20, 50, 40, {28, 54}), share, nl) ==
        "40 %");
  CHECK(report::interval_text({28.1, 54.2}, share, nl) == "28 tot 54 %");
  CHECK(report::interval_text({3, undefined}, definition("M04"), nl) ==
        "3,0 of meer");
  CHECK(report::interval_text({undefined, undefined}, share, nl).empty());
  CHECK(report::value_text(metric_of("M41", 20, 50, 42, {}), definition("M41"),
                           nl) == "42 min");
  CHECK(report::value_text(
            metric_of("M43", 0, 0, undefined, {undefined, undefined}), share,
            nl) == "0 van 0");
  CHECK(report::value_text(metric_of("M13", 258, 2, 129, {15, 1074}),
                           definition("M13"), nl) == "129");
  CHECK(report::basis_text(metric_of("M04.members", 2, 3224, 1.9, {}),
                           definition("M04.members"),
                           nl) == "2 op 3224 ledendagen");
  CHECK(report::effect_text(-3.4, false, share, nl) == "\u22123,4 %-punt");
  CHECK(report::effect_text(1.44, true, definition("M04"), nl) == "\u00D7 1,4");
  CHECK(report::effect_interval_text({-6.8, -0.01}, false, share, nl) ==
        "\u22126,8 tot \u22120,01");
}

TEST_CASE("report: a difference with one open end says most or least",
          "[report]") {
  const Texts nl{Language::dutch};
  const auto text = [&](Interval interval, const char* id, bool ratio) {
    return report::effect_interval_text(interval, ratio, definition(id), nl);
  };
  CHECK(text({undefined, 819}, "M41", false) == "hoogstens 819 min meer");
  CHECK(text({undefined, -12}, "M41", false) == "minstens 12 min minder");
  CHECK(text({12, infinity}, "M41", false) == "minstens 12 min meer");
  CHECK(text({-28, undefined}, "M41", false) == "hoogstens 28 min minder");
  CHECK(text({undefined, 0}, "M41", false) == "gelijk of minder");
  CHECK(text({0, undefined}, "M41", false) == "gelijk of meer");
  CHECK(text({-3, undefined}, "M43", false) == "hoogstens 3 %-punt minder");
  CHECK(text({0.9, undefined}, "M04", true) == "0,90 of meer");
  CHECK(text({undefined, undefined}, "M41", false).empty());
  CHECK(text({undefined, 819}, "M41", false).find('+') == std::string::npos);
}

// ------------------------------------------------------------------ tables

TEST_CASE("report: a table fits a terminal of a hundred columns", "[report]") {
  const Panel panel = test::random_panel(6, 3);
  for (const Period period :
       {Period::all, Period::month, Period::quarter, Period::phase}) {
    for (const Language language : {Language::dutch, Language::english}) {
      const auto list =
          metrics(panel, {.period = period, .ids = {}, .group = {}});
      const std::string table = text_of([&](const Sink& sink) {
        write_metrics(list, sink, Output::table, language);
      });
      for (std::size_t at = 0; at < table.size();) {
        const std::size_t end = table.find('\n', at);
        const std::string line = table.substr(at, end - at);
        INFO(line);
        CHECK(report::display_width(line) <= report::terminal_width);
        at = end + 1;
      }
    }
  }
  CHECK(text_of([](const Sink& sink) { write_metrics({}, sink); }) ==
        "Geen cijfers.\n");
}

TEST_CASE("report: widths in a terminal are those of its cells", "[report]") {
  CHECK(report::display_width("caf\u00E9") == 4);
  CHECK(report::display_width("cafe\u0301") == 4);
  CHECK(report::display_width("\u4E2D\U0001F44D") == 4);
  CHECK(report::aligned({{"a", false, false}, {"n", true, false}},
                        {{"\u4E2D", "1"}, {"x", "23"}}) ==
        "a    n\n--  --\n\u4E2D   1\nx   23\n");
}

TEST_CASE("report: a cell that is too wide goes on below and loses nothing",
          "[report]") {
  const std::string name(30, 'x');
  const std::string table = report::aligned(
      {{"naam", false, true}, {"n", true, false}},
      {{"een twee " + name + "\u4E2D drie", std::string(90, '1')}});
  std::string left;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < table.size(); ++lines) {
    const std::size_t end = table.find('\n', at);
    const std::string line = table.substr(at, end - at);
    CHECK(report::display_width(line) <= report::terminal_width);
    if (lines >= 2) left += line.substr(0, line.find(' '));
    at = end + 1;
  }
  CHECK(table.find("een twee") != std::string::npos);
  CHECK(count_of(table, "x") == 30);
  CHECK(count_of(table, "1") == 90);
  CHECK(left == "een" + name + "\u4E2D" + "drie");
}

TEST_CASE("report: a table names its groups and the unit of every metric",
          "[report]") {
  const std::vector<Metric> list{metric_of("M04", 10, 90, 3.3, {1.6, 6.1}),
                                 metric_of("M43", 2, 5, 40, {12, 77}),
                                 metric_of("M41", 20, 50, 42, {30, 60})};
  const std::string table =
      text_of([&](const Sink& sink) { write_metrics(list, sink); });
  for (const char* part :
       {"\nGroep noord\n", "Meldingen, per 30 dagen", "Teruggekoppeld, %",
        "Tijd tot inhoudelijk antwoord, minuten", "Berekend uit"}) {
    INFO(part);
    CHECK(table.find(part) != std::string::npos);
  }
}

TEST_CASE("report: metrics as JSON keep their fields and say null for none",
          "[report]") {
  Metric metric = metric_of("M04", 0, 0, undefined, {undefined, infinity});
  metric.group = evil;
  metric.notes = {"metrics.partial-period"};
  const std::vector<Metric> list{metric, metric_of("M43", 2, 5, 40, {12, 77})};
  const std::string text = text_of(
      [&](const Sink& sink) { write_metrics(list, sink, Output::json); });
  const auto items = json::parse(text, "json").items();
  REQUIRE(items.size() == 2);
  CHECK(items[0].keys() ==
        std::vector<std::string>{"days", "denominator", "first", "group",
                                 "high", "id", "label", "last", "low", "method",
                                 "midpoint", "notes", "numerator", "period",
                                 "small", "value"});
  CHECK(items[0]["value"].is_null());
  CHECK(items[0]["high"].is_null());
  CHECK(items[1]["first"].string() == "2022-01-01");
  CHECK(items[1]["value"].number() == 40);
  const std::string lines = text_of(
      [&](const Sink& sink) { write_metrics(list, sink, Output::ndjson); });
  CHECK(count_of(lines, "\n") == 2);
  CHECK(json::parse(text_of([](const Sink& sink) {
                      write_metrics({}, sink, Output::json);
                    }),
                    "json")
            .items()
            .empty());
}

TEST_CASE("report: metrics as CSV are numbers in the language of the sheet",
          "[report]") {
  Metric metric = metric_of("M04", 1, 90, -0.25, {undefined, 1e-7});
  metric.group = "=oost;west";
  const std::vector<Metric> list{metric};
  const std::string head =
      "id,group,period,label,first,last,days,numerator,"
      "denominator,value,low,high,method,small,notes,name,unit,midpoint\r\n";
  CHECK(text_of([&](const Sink& sink) {
          write_metrics(list, sink, Output::csv);
        }) ==
        head +
            "M04,\"'=oost;west\",quarter,2022-Q1,2022-01-01,2022-03-31,"
            "90,1.0,90.0,-0.25,,1e-07,wilson,0,,Meldingen,per 30 dagen,\r\n");
  const std::string dutch = text_of(
      [&](const Sink& sink) { write_metrics(list, sink, Output::csv_nl); });
  CHECK(dutch.substr(0, 12) == "\xEF\xBB\xBFid;group;");
  CHECK(dutch.find("\r\nM04;\"'=oost;west\";quarter;") != std::string::npos);
  CHECK(dutch.find(";90;1,0;90,0;-0,25;;1e-07;wilson;0;;Meldingen;per 30 "
                   "dagen;\r\n") != std::string::npos);
  const std::vector<Metric> shares{metric_of("M43", 2, 5, 40, {12, 77})};
  CHECK(text_of([&](const Sink& sink) {
          write_metrics(shares, sink, Output::csv_nl, Language::english);
        }).ends_with(";wilson;1;;Closed;%;\r\n"));
  CHECK(text_of([](const Sink& sink) {
          write_metrics({}, sink, Output::csv);
        }) == head);
}

TEST_CASE("report: a comparison is a table with its reasons, or JSON",
          "[report]") {
  const Panel panel = test::random_panel(7, 4);
  for (const char* outcome : {"M04", "M13", "M12", "M41", "M43", "M60"}) {
    const Comparison comparison = compare(panel, {.outcome = outcome});
    const std::string table =
        text_of([&](const Sink& sink) { write_comparison(comparison, sink); });
    CHECK(table.find("Geen interventie opgegeven") != std::string::npos);
    CHECK(table.find("p = ") != std::string::npos);
    CHECK(text_of([&](const Sink& sink) {
            write_comparison(comparison, sink, Output::table,
                             Language::english);
          }).find("zelfstandig") == std::string::npos);
    const auto tree =
        json::parse(text_of([&](const Sink& sink) {
                      write_comparison(comparison, sink, Output::json);
                    }),
                    "json");
    REQUIRE(tree["groups"].items().size() == 4);
    CHECK(tree["outcome"].string() == outcome);
    CHECK(tree["groups"].items()[1]["start"].is_null());
    CHECK(tree["groups"].items()[1]["effect"].is_null());
    CHECK(tree["groups"].items()[0]["start"].string() == "2022-05-18");
  }
  CHECK_THROWS_AS(write_comparison(
                      {}, [](std::string_view) {}, Output::csv),
                  Error);
}

TEST_CASE("report: every note that a metric or comparison gives is explained",
          "[report]") {
  const Texts nl{Language::dutch};
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Panel panel = test::random_panel(seed, 3);
    std::set<std::string> slugs;
    for (const MetricDefinition& one : catalogue()) {
      for (const Metric& metric :
           metrics(panel,
                   {.period = Period::quarter, .ids = {one.id}, .group = {}})) {
        slugs.insert(metric.notes.begin(), metric.notes.end());
      }
      const Comparison comparison = compare(panel, {.outcome = one.id});
      slugs.insert(comparison.cautions.begin(), comparison.cautions.end());
      for (const GroupChange& change : comparison.groups) {
        slugs.insert(change.notes.begin(), change.notes.end());
      }
      // A unit that no text explains would be read in English.
      CHECK(nl.find("unit." + one.unit, "?") != "?");
    }
    for (const std::string& slug : slugs) {
      INFO(slug);
      CHECK_FALSE(nl.find("note." + slug, "").empty());
    }
  }
}

// ------------------------------------------------------------------ files

TEST_CASE("report: a file is written whole or not at all", "[report]") {
  const auto folder = fresh_folder("etherpeil-report-test");
  const Panel panel;
  const auto path = folder / "rapport.html";
  write_report(panel, path);
  CHECK(bytes_of(path) == report_html(panel));
  write_report(panel, path, Language::english);
  CHECK(bytes_of(path) == report_html(panel, Language::english));
  std::filesystem::create_symlink(path, folder / "link.html");
  write_report(panel, folder / "link.html");
  CHECK(std::filesystem::is_symlink(folder / "link.html"));
  CHECK(bytes_of(path) == report_html(panel));
  CHECK_THROWS_AS(write_report(panel, folder), Error);
  CHECK_THROWS_AS(write_report(panel, folder / "nowhere" / "r.html"), Error);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    static_cast<void>(entry);
    ++files;
  }
  CHECK(files == 2);
  std::filesystem::remove_all(folder);
}

TEST_CASE("report: only an earlier page or an empty file is written over",
          "[report]") {
  const auto folder = fresh_folder("etherpeil-report-over");
  const auto path = folder / "doel";
  const std::string page = report_html(Panel{});
  const auto message_over = [&](const std::string& old) -> std::string {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << old;
    try {
      write_report(Panel{}, path);
    } catch (const Error& error) {
      CHECK(error.code() == Errc::argument);
      CHECK(bytes_of(path) == old);
      return error.what();
    }
    CHECK(bytes_of(path) == page);
    return {};
  };
  for (const std::string old :
       {"", "<!DOCTYPE html>", "<!doctype HTML><p>", "<!DocType hTml lang"}) {
    INFO(old);
    CHECK(message_over(old).empty());
  }
  for (const std::string& old :
       {std::string{"SQLite format 3\0 and more", 24}, std::string{"<!DOCTYPE"},
        std::string{"<!DOCTYPE htm"}, std::string{" <!DOCTYPE html>"},
        std::string{"0123456789abcdef"}, std::string{"\0", 1},
        std::string{"13-05-2024 10:00 - Jan: hoi\n"}}) {
    INFO(old);
    CHECK(message_over(old) ==
          path.string() +
              ": exists and is no document of this kind; name another file");
  }
  // A link does not hide what it leads to.
  std::filesystem::create_symlink(path, folder / "link.html");
  CHECK_THROWS_AS(write_report(Panel{}, folder / "link.html"), Error);
  CHECK_FALSE(std::filesystem::exists(folder / "doel.part"));
  std::filesystem::remove_all(folder);
}

#if __has_include(<sys/resource.h>)
TEST_CASE("report: a full disk leaves the old file and nothing else",
          "[report]") {
  const auto folder = fresh_folder("etherpeil-report-full");
  const auto path = folder / "rapport.html";
  const std::string old = "<!DOCTYPE html>old";
  std::ofstream{path} << old;
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit little = before;
  little.rlim_cur = 4096;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &little) == 0);
  std::string message;
  try {
    write_report(Panel{}, path);
  } catch (const Error& error) {
    message = error.what();
    CHECK(error.code() == Errc::io);
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(message.find("disk full") != std::string::npos);
  CHECK(bytes_of(path) == old);
  CHECK_FALSE(std::filesystem::exists(folder / "rapport.html.part"));
  std::filesystem::remove_all(folder);
}
#endif
