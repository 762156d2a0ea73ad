/// The whole way through on the demo study: with the truth as labels the counts
/// that were planted come out exactly; with the rules, how far off they are is
/// printed.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "etherpeil/etherpeil.hpp"
#include "folder.hpp"
#include "json/json.hpp"
#include "messages_reference.hpp"

using namespace etherpeil;
namespace fs = std::filesystem;

namespace {

/// The demo study of a seed, made once.
class Demo {
 public:
  explicit Demo(std::uint64_t seed)
      : folder_("pipeline-" + std::to_string(seed)) {
    write_demo(dir_, {.seed = seed});
    study = load_study(dir_ / "study.json");
    roles = load_roles(dir_ / "roles.json");
    std::ifstream file{dir_ / "truth" / "effects.json"};
    effects = std::string{std::istreambuf_iterator<char>{file}, {}};
  }

  [[nodiscard]] Chat chat(const Group& group) const {
    return parse_file(find_exports(dir_ / group.key).front());
  }
  [[nodiscard]] Coding coding(const Group& group, const Chat& chat) const {
    return read_coding(dir_ / "truth" / (group.key + ".labels.tsv"), chat,
                       Codebook::dutch().codes());
  }
  [[nodiscard]] std::vector<Label> truth(const Group& group,
                                         const Chat& chat) const {
    return coding(group, chat).labels;
  }
  [[nodiscard]] Analysis with_truth(const Group& group) const {
    Chat read = chat(group);
    std::vector<Label> labels = truth(group, read);
    return Analyser{}.run(std::move(read), std::move(labels), "truth",
                          roles.of(group.key));
  }
  [[nodiscard]] fs::path path(const char* name) const { return dir_ / name; }

  Study study;
  Roles roles;
  std::string effects;

 private:
  test::Folder folder_;
  fs::path dir_{folder_.path / "demo"};
};

struct Counts {
  std::map<std::string, double> labels{};
  double roots{};
  double closed{};
  double messages{};
};

/// Outcomes that the truth puts in an incident, and how many of them the
/// analysis put there too.
struct Outcomes {
  double all{};
  double right{};
};
Outcomes outcomes(const Analysis& analysis, const Coding& coding) {
  std::map<std::uint32_t, Index> roots;
  for (Index i = 0; i < coding.roots.size(); ++i) {
    if (coding.roots[i]) roots[coding.incidents[i]] = i;
  }
  Outcomes sum;
  for (Index i = 0; i < coding.labels.size(); ++i) {
    const std::uint8_t code = coding.labels[i].code;
    if (code == not_coded || coding.incidents[i] == 0 ||
        analysis.codes.labels[code].function != Function::outcome)
      continue;
    ++sum.all;
    const auto& found = analysis.incidents.of_message[i];
    if (found &&
        analysis.incidents.list[*found].root == roots.at(coding.incidents[i]))
      ++sum.right;
  }
  return sum;
}

/// What an analysis holds between two days, both included. Closed are the
/// incidents of the coding that have an outcome.
Counts count(const Analysis& analysis, LocalDay first, LocalDay last,
             const Coding& coding = {}) {
  Counts counts;
  std::set<std::uint32_t> ended;
  for (Index i = 0; i < coding.labels.size(); ++i) {
    const std::uint8_t code = coding.labels[i].code;
    if (code != not_coded &&
        analysis.codes.labels[code].function == Function::outcome)
      ended.insert(coding.incidents[i]);
  }
  const auto inside = [&](Index message) {
    const auto day = std::chrono::floor<std::chrono::days>(
        analysis.chat.messages[message].time());
    return day >= first && day <= last;
  };
  for (const LabelCode& code : analysis.codes.labels)
    counts.labels[code.key] = 0;
  for (Index i = 0; i < analysis.labels.size(); ++i) {
    if (analysis.labels[i].code == not_coded || !inside(i)) continue;
    ++counts.labels[analysis.codes.labels[analysis.labels[i].code].key];
    ++counts.messages;
  }
  for (const Incident& incident : analysis.incidents.list) {
    if (!inside(incident.root)) continue;
    ++counts.roots;
    const bool closed = coding.labels.empty()
                            ? incident.outcome.has_value()
                            : ended.contains(coding.incidents[incident.root]);
    if (closed) ++counts.closed;
  }
  return counts;
}

LocalDay day_of(const std::string& iso) {
  return std::chrono::local_days{
      std::chrono::year{std::stoi(iso.substr(0, 4))} /
      std::stoi(iso.substr(5, 2)) / std::stoi(iso.substr(8, 2))};
}

Store stored(const Demo& demo, const std::vector<Analysis>& analyses,
             const char* name) {
  const Pseudonymiser pseudonyms{Key{}, demo.study.key};
  Store store =
      Store::create(demo.path(name), demo.study, demo.roles, pseudonyms);
  for (std::size_t i = 0; i < analyses.size(); ++i) {
    store.add(demo.study.groups[i].key, analyses[i], pseudonyms);
  }
  return store;
}

std::vector<Analysis> all_with_truth(const Demo& demo) {
  std::vector<Analysis> analyses;
  for (const Group& group : demo.study.groups)
    analyses.push_back(demo.with_truth(group));
  return analyses;
}

}  // namespace

TEST_CASE(
    "pipeline: with the truth as labels every planted count comes out exactly",
    "[pipeline]") {
  const Demo demo{GENERATE(1U, 2U, 3U)};
  const json::Node effects = json::parse(demo.effects, "effects.json");
  for (const json::Node& planted : effects["groups"].items()) {
    const std::string key = planted["key"].string();
    INFO(key);
    const Group& group = demo.study.groups[demo.study.group(key).value()];
    const Analysis analysis = demo.with_truth(group);
    const Coding coding = demo.coding(group, analysis.chat);
    // An outcome of the next day without a word in common with its report may
    // go to another one.
    const Outcomes ends = outcomes(analysis, coding);
    INFO(ends.right << " of " << ends.all << " outcomes");
    CHECK(ends.right >= 0.8 * ends.all);
    for (const json::Node& phase : planted["phases"].items()) {
      INFO(phase["phase"].string());
      const Counts found = count(analysis, day_of(phase["first"].string()),
                                 day_of(phase["last"].string()), coding);
      const json::Node labels = phase["labels"];
      for (const auto& [label, n] : found.labels) {
        INFO(label);
        CHECK(n == labels[label].number());
      }
      CHECK(found.messages == phase["messages"].number());
      CHECK(found.roots == phase["roots"].number());
      CHECK(found.closed == phase["closed_48h"].number());
    }
  }
}

TEST_CASE(
    "pipeline: the store and the metrics keep those counts on the days that "
    "are covered",
    "[pipeline]") {
  const Demo demo{1};
  const auto analyses = all_with_truth(demo);
  const Store store = stored(demo, analyses, "truth.db");
  const Panel panel = store.panel();
  test::check_counts_follow_from_messages(panel);
  CHECK_FALSE(need_messages({}));
  const auto written = [](const Panel& from) {
    std::string text;
    write_metrics(
        metrics(from), [&](std::string_view part) { text += part; },
        Output::json);
    return text;
  };
  CHECK(store.day_panel().messages.size() == 0);
  CHECK(written(store.day_panel()) == written(panel));
  for (const Coverage& coverage : panel.coverage) {
    const Counts truth =
        count(analyses[coverage.group], coverage.first, coverage.last);
    const std::string group = demo.study.groups[coverage.group].key;
    INFO(group);
    const auto value = [&](const char* id) {
      return metrics(panel,
                     {.period = Period::all, .ids = {id}, .group = group})
          .at(0);
    };
    CHECK(value("M01").numerator == truth.messages);
    CHECK(value("M04").numerator == truth.roots);
    CHECK(value("M11").numerator == truth.labels.at("REACT"));
    CHECK(value("M11").denominator == truth.messages);
    CHECK(value("M12").numerator == truth.labels.at("SOC") +
                                        truth.labels.at("OFF") +
                                        truth.labels.at("LOST"));
    CHECK(value("M43").numerator == truth.closed);
    CHECK(coverage.last - coverage.first >= std::chrono::days{355});
  }
}

namespace {

/// What the demo study has too little of: reports of looks alone, half of them
/// met by somebody, and talk that is reminded at once.
Analysis reminded_group() {
  struct Line {
    const char* time{};
    const char* author{};
    const char* label{};
    const char* text{};
  };
  constexpr std::array<Line, 6> week{
      {{"10:00", "Jan", "VERD", "Er loopt een Marokkaanse man in de straat"},
       {"10:20", "Piet", "SOC", "Iedereen mag hier lopen hoor"},
       {"15:00", "Kees", "SOC", "Wat een mooi weer"},
       {"15:04", "Beheer", "MOD",
        "Graag alleen meldingen, kletsen kan in de "
        "buurtapp"},
       {"18:00", "Mia", "OFF", "Te koop: een fiets, 40 euro"},
       {"18:09", "Beheer", "MOD", "Geen reclame hier"}}};
  std::string text;
  std::vector<const char*> codes;
  for (int i = 0; i < 20; ++i) {
    const std::chrono::year_month_day date{day_of("2021-03-02") +
                                           std::chrono::days{7 * i}};
    const auto two = [](unsigned n) {
      return (n < 10 ? "0" : "") + std::to_string(n);
    };
    for (std::size_t k = 0; k < week.size(); ++k) {
      if (k == 1 && i % 2 == 0) continue;
      text += two(static_cast<unsigned>(date.day())) + '-' +
              two(static_cast<unsigned>(date.month())) + "-2021 " +
              week[k].time + " - " + week[k].author + ": " + week[k].text +
              '\n';
      codes.push_back(week[k].label);
    }
  }
  Chat chat = parse(Bytes::from(text), "test");
  REQUIRE(chat.messages.size() == codes.size());
  const Analyser analyser{{}, Classifier{Codebook::dutch()}};
  std::vector<Label> labels = analyser.classifier().classify(chat, {});
  const Codes& book = Codebook::dutch().codes();
  for (std::size_t i = 0; i < codes.size(); ++i) {
    labels[i].code = static_cast<std::uint8_t>(book.label(codes[i]).value());
    labels[i].abstain = false;
  }
  return analyser.run(std::move(chat), std::move(labels), "truth");
}

/// Prints what differs and what was never defined; 0 when nothing differs.
int recomputed(const Panel& panel, const fs::path& database) {
  std::vector<std::string> ids;
  for (const MetricDefinition& one : catalogue()) ids.push_back(one.id);
  std::string command = std::string{"python3 \""} + ETHERPEIL_SOURCE_DIR +
                        "/test/recompute.py\" \"" + database.string() + '"';
  for (const Period period :
       {Period::all, Period::month, Period::quarter, Period::phase}) {
    const fs::path file =
        database.parent_path() / (std::string{to_string(period)} + ".json");
    std::ofstream out{file, std::ios::binary};
    const Sink sink = [&out](std::string_view text) { out << text; };
    write_metrics(metrics(panel, {.period = period, .ids = ids}), sink,
                  Output::json);
    command += " \"" + file.string() + '"';
  }
  return std::system(command.c_str());
}

}  // namespace

TEST_CASE(
    "pipeline: every metric equals a recomputation in Python from the database",
    "[pipeline]") {
  const Demo demo{4};
  const auto analyses = all_with_truth(demo);
  const Panel panel = stored(demo, analyses, "truth.db").panel();
  CHECK(recomputed(panel, demo.path("truth.db")) == 0);
}

TEST_CASE(
    "pipeline: what the demo has too little of equals a recomputation as well",
    "[pipeline]") {
  const Demo demo{4};
  const Panel panel = stored(demo, {reminded_group()}, "few.db").panel();
  CHECK(recomputed(panel, demo.path("few.db")) == 0);
  const auto value = [&](const char* id) {
    return metrics(panel, {.period = Period::all,
                           .ids = {id},
                           .group = demo.study.groups.front().key})
        .at(0);
  };
  // Of 20 weeks those of the first and the last day are not covered.
  CHECK(value("M83").numerator == 9);
  CHECK(value("M83").denominator == 18);
  CHECK(value("M32").value == 9);
}

// A finding by its rule and line, on days that are far enough from the end for
// what follows a message to be covered too.
TEST_CASE(
    "pipeline: an audit of the database sees what that of the export sees",
    "[pipeline]") {
  const Demo demo{5};
  const auto analyses = all_with_truth(demo);
  const Panel panel = stored(demo, analyses, "truth.db").panel();
  const Ruleset rules = Ruleset::preset("streng-alarm");
  for (std::size_t g = 0; g < analyses.size(); ++g) {
    INFO(demo.study.groups[g].key);
    const Coverage& days = panel.coverage[g];
    const auto findings = [&](const Audit& audit, bool hidden) {
      std::set<std::string> found;
      for (const RuleResult& result : audit.rules) {
        const bool words =
            std::set<std::string>{"R20", "R21", "R22", "R23", "R29", "R30"}
                .contains(result.id);
        CHECK(result.hidden == (hidden && words));
        for (const Finding& one : result.findings) {
          // Questions about the group and opinions need the words too.
          if (!words && one.detail != "question" && one.detail != "opinion" &&
              one.time >= days.first &&
              one.time < days.last - std::chrono::days{3}) {
            // The line of a removal is not kept.
            found.insert(result.id + one.detail + ' ' +
                         std::to_string(result.id == "R16" ? 0 : one.line) +
                         ' ' +
                         std::to_string(one.time.time_since_epoch().count()));
          }
        }
      }
      return found;
    };
    const Analysis remembered = recall(panel, demo.study.groups[g].key);
    const Audit stored = audit(remembered, rules);
    const Audit exported = audit(analyses[g], rules);
    const auto seen = findings(stored, true);
    // Nor does it know how sure the labels were.
    for (const RuleResult& result : stored.rules) {
      for (const Finding& one : result.findings) CHECK_FALSE(one.confidence);
    }
    CHECK(seen.size() > 100);
    std::vector<std::string> differ;
    const auto told = findings(exported, false);
    std::set_symmetric_difference(seen.begin(), seen.end(), told.begin(),
                                  told.end(), std::back_inserter(differ));
    CHECK(differ == std::vector<std::string>{});
    CHECK(stored.good.closed.of + 3 >= exported.good.closed.of);
    CHECK(stored.reminders.size() == exported.reminders.size());
  }
  CHECK_THROWS_AS(recall(panel, "zomaar"), Error);
}

TEST_CASE("pipeline: the comparison sees the planted effects and no others",
          "[pipeline]") {
  const Demo demo{1};
  const Panel panel = stored(demo, all_with_truth(demo), "truth.db").panel();
  const auto change = [&](const char* outcome, const char* group) {
    const Comparison comparison = compare(panel, {.outcome = outcome});
    const auto it = std::find_if(
        comparison.groups.begin(), comparison.groups.end(),
        [&](const GroupChange& one) { return one.group == group; });
    return *it;
  };
  for (const char* group : {"noord", "zuid"}) {
    // Chatter falls per day; reports and what belongs to them do not.
    CHECK(change("M01", group).interval.high < 1);
  }
  CHECK(change("M43", "oost").interval.low > 0);
  // In oost more outcomes bring more talk; in west nothing should move.
  CHECK(change("M01", "west").interval.low < 1);
  CHECK(change("M01", "west").interval.high > 1);
  for (const char* group : {"noord", "zuid", "west"}) {
    CHECK(change("M43", group).interval.low < 0);
    CHECK(change("M43", group).interval.high > 0);
  }
  for (const Group& group : demo.study.groups) {
    const GroupChange reports = change("M04", group.key.c_str());
    INFO(group.key);
    CHECK(reports.interval.low < 1);
    CHECK(reports.interval.high > 1);
  }
}

TEST_CASE("pipeline: the same bytes give the same page, in any order of adding",
          "[pipeline]") {
  const Demo demo{1};
  const auto analyses = all_with_truth(demo);
  const Pseudonymiser pseudonyms{Key{}, demo.study.key};
  const auto page = [&](const char* name, bool backwards) {
    Store store =
        Store::create(demo.path(name), demo.study, demo.roles, pseudonyms);
    for (std::size_t k = 0; k < analyses.size(); ++k) {
      const std::size_t i = backwards ? analyses.size() - 1 - k : k;
      CHECK(store.add(demo.study.groups[i].key, analyses[i], pseudonyms) ==
            Added::added);
      CHECK(store.add(demo.study.groups[i].key, analyses[i], pseudonyms) ==
            Added::unchanged);
    }
    return report_html(store.panel());
  };
  CHECK((page("forwards.db", false) == page("backwards.db", true)));
}

TEST_CASE("pipeline: how far the rules are from the truth is known and printed",
          "[pipeline]") {
  const Demo demo{1};
  const Codes& codes = Codebook::dutch().codes();
  std::array<std::array<double, max_labels>, max_labels> confusion{};
  double agree = 0;
  double all = 0;
  std::size_t planted = 0;
  std::size_t claimed = 0;
  std::size_t right = 0;
  for (const Group& group : demo.study.groups) {
    const Chat chat = demo.chat(group);
    const std::vector<Label> truth = demo.truth(group, chat);
    const Analysis by_rules = Analyser{}.run(chat, demo.roles.of(group.key));
    const std::vector<Label>& found = by_rules.labels;
    const Analysis by_truth = demo.with_truth(group);
    std::size_t hits = 0;
    for (const Incident& incident : by_rules.incidents.list) {
      const auto same = by_truth.incidents.of_message[incident.root];
      const bool hit =
          same && by_truth.incidents.list[*same].root == incident.root;
      hits += hit ? 1 : 0;
    }
    std::printf(
        "%-6s reports: %3zu in truth, %3zu by rules, %3zu of them right\n",
        group.key.c_str(), by_truth.incidents.list.size(),
        by_rules.incidents.list.size(), hits);
    planted += by_truth.incidents.list.size();
    claimed += by_rules.incidents.list.size();
    right += hits;
    for (Index i = 0; i < truth.size(); ++i) {
      if (truth[i].code == not_coded) continue;
      ++confusion[truth[i].code][found[i].code];
      agree += truth[i].code == found[i].code ? 1 : 0;
      ++all;
    }
  }
  double sum_f1 = 0;
  std::printf("rule mode against the truth of the demo study (seed 1)\n");
  std::printf("label      n  precision  recall    F1\n");
  for (std::size_t k = 0; k < codes.labels.size(); ++k) {
    double n = 0;
    double predicted = 0;
    for (std::size_t j = 0; j < codes.labels.size(); ++j) {
      n += confusion[k][j];
      predicted += confusion[j][k];
    }
    const double hit = confusion[k][k];
    const double f1 = n + predicted > 0 ? 2 * hit / (n + predicted) : 0;
    sum_f1 += f1;
    std::printf(
        "%-6s %5.0f  %9.2f  %6.2f  %4.2f\n", codes.labels[k].key.c_str(), n,
        predicted > 0 ? hit / predicted : 0.0, n > 0 ? hit / n : 0.0, f1);
  }
  const double macro = sum_f1 / static_cast<double>(codes.labels.size());
  std::printf("macro-F1 %.3f, accuracy %.3f over %.0f messages\n", macro,
              agree / all, all);
  std::printf("reports: recall %.2f, precision %.2f\n",
              static_cast<double>(right) / static_cast<double>(planted),
              static_cast<double>(right) / static_cast<double>(claimed));
  // Floors, so that a broken rule shows; the figures are in the printout.
  CHECK(10 * right > 3 * planted);
  CHECK(10 * right > 3 * claimed);
  CHECK(macro > 0.45);
  CHECK(agree / all > 0.6);
}
