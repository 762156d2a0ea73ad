#include "etherpeil/demo.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <set>

#include "demo_readers.hpp"
#include "etherpeil/classify.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/learn.hpp"

using namespace demo_readers;
using namespace std::chrono_literals;

TEST_CASE("demo: every form writes one header per record, at the expected line",
          "[demo]") {
  for (const ExportForm form : all_forms) {
    INFO(to_string(form));
    const auto sample = samples();
    const auto records = records_of(render_export(sample, form, "Buurt"), form);
    REQUIRE(records.size() == sample.size());
    std::size_t line = 1;
    for (std::size_t i = 0; i < records.size(); ++i) {
      INFO(i);
      CHECK(records[i].line == line);
      line += 1 + static_cast<std::size_t>(std::count(
                      records[i].rest.begin(), records[i].rest.end(), '\n'));
      const bool human = sample[i].kind != Kind::system;
      if (human) CHECK(records[i].rest.find(": ") != std::string::npos);
      if (sample[i].author == "Bas")
        CHECK(records[i].rest.substr(0, 5) == "Bas: ");
      if (sample[i].kind == Kind::text && !sample[i].edited) {
        const auto tail = records[i].rest.size() - sample[i].text.size();
        CHECK(records[i].rest.substr(tail) == sample[i].text);
      }
    }
    CHECK(records[3].line + 3 == records[4].line);
  }
}

TEST_CASE("demo: iOS of 2022 leaves system lines without sender", "[demo]") {
  const std::string expected =
      "[02-05-2022 16:08:13] Buurt: \u200EBerichten en gesprekken worden "
      "end-to-end versleuteld. Niemand buiten deze chat kan ze lezen of "
      "beluisteren, zelfs WhatsApp niet.\r\n"
      "[02-05-2022 16:08:13] \u200EAnja heeft deze groep aangemaakt\r\n"
      "[02-05-2022 16:08:13] \u200EAnja heeft u toegevoegd\r\n"
      "[02-05-2022 16:09:13] Anja: hoi\n\ndag\r\n"
      "[02-05-2022 16:10:13] Femke: ja \u200E<Dit bericht is bewerkt>\r\n"
      "[02-05-2022 16:10:13] \u202A+31\u00A06\u00A000123456\u202C: goed: "
      "dank\r\n"
      "\u200E[02-05-2022 16:11:13] Bas: \u200Eafbeelding weggelaten\r\n"
      "\u200E[02-05-2022 16:11:13] Bas: kijk \u200Evideo weggelaten\r\n";
  const std::string text =
      render_export(samples(), ExportForm::ios_2022, "Buurt");
  CHECK(text.substr(0, expected.size()) == expected);
}

TEST_CASE("demo: iOS of 2025 gives every system line a sender", "[demo]") {
  const auto records =
      records_of(render_export(samples(), ExportForm::ios_2025, "Buurt"),
                 ExportForm::ios_2025);
  CHECK(records[0].header == "[02-05-2022, 16:08:13] ");
  CHECK(records[0].rest ==
        "Buurt: \u200EBerichten en oproepen worden end-to-end versleuteld. "
        "Alleen mensen in "
        "deze chat kunnen ze lezen, beluisteren of delen.");
  CHECK(records[1].rest == "Anja: \u200EAnja heeft de groep Oude naam gemaakt");
  CHECK(records[2].rest == "Anja: \u200EAnja heeft je toegevoegd");
  CHECK(records[4].rest == "~\u202FFemke: ja \u200E<Dit bericht is bewerkt>");
  CHECK(records[8].rest == "Bas: \u200EDit bericht is verwijderd.");
  CHECK(records[9].rest == "Bas: \u200EGemist spraakgesprek");
  CHECK(records[10].rest ==
        "Bas: \u200ELocatie: https://maps.google.com/?q=53.1,3.2");
  CHECK(records[11].rest ==
        "Bas: \u200EPEILING:\nWanneer?\n\u200EOPTIE: vrijdag (1 "
        "stem)\n\u200EOPTIE: zondag (0 "
        "stemmen)");
  CHECK(records[12].header.substr(0, 3) == mark);
  CHECK(records[12].rest == "Bas: \u200EVisitekaartje weggelaten");
  CHECK(
      records[13].rest ==
      "Anja: \u200EAnja heeft het onderwerp gewijzigd naar \u201CBuurt\u201D");
  CHECK(records[14].rest ==
        "\u202A+31\u00A06\u00A000123456\u202C: "
        "\u200E\u202A+31\u00A06\u00A000123456\u202C heeft "
        "de groep verlaten");
}

TEST_CASE(
    "demo: Android knows minutes, marks names only, and puts a caption below",
    "[demo]") {
  const auto records =
      records_of(render_export(samples(), ExportForm::android, "Buurt"),
                 ExportForm::android);
  CHECK(records[0].header == "02-05-2022 16:08 - ");
  CHECK(records[0].rest.substr(0, 20) == "Berichten en oproepe");
  CHECK(records[1].rest == "\u200EAnja heeft de groep Oude naam gemaakt");
  CHECK(records[4].rest == "Femke: ja <Dit bericht is bewerkt>");
  CHECK(records[5].rest == "+31 6 00123456: goed: dank");
  CHECK(records[6].rest == "Bas: <Media weggelaten>");
  CHECK(records[7].rest == "Bas: <Media weggelaten>\nkijk");
  CHECK(records[8].rest == "Bas: Dit bericht is verwijderd");
  CHECK(records[9].rest == "Bas: Gemiste spraakoproep");
  CHECK(records[11].rest ==
        "Bas: PEILING:\nWanneer?\nOPTIE: vrijdag (1 stem)\nOPTIE: zondag (0 "
        "stemmen)");
  CHECK(records[12].rest == "Bas: \u200EEls.vcf (bestand bijgevoegd)");
  CHECK(records[13].rest ==
        "\u200EAnja heeft het onderwerp gewijzigd van \"Oude naam\" naar "
        "\"Buurt\"");
}

TEST_CASE("demo: the other forms differ in header and year", "[demo]") {
  const auto last = [](ExportForm form) {
    return records_of(render_export(samples(), form, "Buurt"), form)
        .back()
        .header;
  };
  CHECK(last(ExportForm::ios_2016) == "13-11-22 09:00:00: ");
  CHECK(last(ExportForm::ios_slash) == "[13/11/2022, 09:00:00] ");
  CHECK(last(ExportForm::android_short) == "13/11/22, 09:00 - ");
  CHECK(last(ExportForm::android_belgian) == "13/11/2022 09:00 - ");
  CHECK(render_export(samples(), ExportForm::android_belgian, "Buurt")
            .substr(0, 18) == "2/05/2022 16:08 - ");
}

TEST_CASE("demo: a time before 1970 keeps its day", "[demo]") {
  const std::vector<DemoRecord> records{
      {.time = local(1969, 12, 31, 23h + 59min), .author = "Bas", .text = "a"}};
  CHECK(render_export(records, ExportForm::android, "B") ==
        "31-12-1969 23:59 - Bas: a\n");
}

TEST_CASE("demo: options decide every byte", "[demo]") {
  const DemoOptions options{.seed = 5, .groups = 2, .days = 60};
  const auto first = demo("same", options);
  CHECK(first == demo("same", options));
  auto other = options;
  other.seed = 6;
  CHECK(first != demo("other", other));
}

TEST_CASE("demo: more groups leave the first ones as they are", "[demo]") {
  const auto four = demo("four", {.days = 40});
  const auto six = demo("six", {.groups = 6, .days = 40});
  for (const auto& [path, bytes] : four) {
    if (path.find('/') == std::string::npos || path == "truth/effects.json")
      continue;
    INFO(path);
    CHECK(six.at(path) == bytes);
  }
  CHECK(six.size() == four.size() + 4);
  CHECK(six.count("truth/groep0005.labels.tsv") == 1);
  std::set<std::string> names;
  const auto study = json::parse(six.at("study.json"), "study.json");
  for (const auto& group : study["groups"].items())
    names.insert(group["name"].string());
  CHECK(names.size() == 6);
}

TEST_CASE(
    "demo: every human record has its row, at the right line, with its words",
    "[demo]") {
  for (const Group& group : groups_of(default_study())) {
    INFO(group.key);
    std::size_t next = 0;
    for (const Row& row : group.rows) {
      REQUIRE(row.n > next);
      REQUIRE(row.n <= group.records.size());
      // What is skipped is WhatsApp's own: a mark, or a line without a sender.
      for (std::size_t n = next + 1; n < row.n; ++n) {
        const std::string& rest = group.records[n - 1].rest;
        const bool own = rest.find(mark) != std::string::npos ||
                         rest.find(": ") == std::string::npos;
        CHECK(own);
      }
      next = row.n;
      const Record& record = group.records[row.n - 1];
      REQUIRE(record.line == row.line);
      const auto lines = split(row.text, '\n');
      for (const std::string& line : lines) {
        if (record.rest.find(line) == std::string::npos)
          FAIL("words of row " << row.n);
      }
    }
  }
}

TEST_CASE("demo: what is counted is what stands in the truth", "[demo]") {
  for (const Group& group : groups_of(default_study())) {
    INFO(group.key);
    std::map<std::string, double> counted;
    std::map<std::size_t, std::int64_t> roots;
    std::set<std::size_t> closed;
    const auto phases = group.effects["phases"].items();
    const auto start = group.effects["start"].string();
    const LocalDay start_day{std::chrono::year{std::stoi(start)} /
                             std::stoi(start.substr(5)) /
                             std::stoi(start.substr(8))};
    const std::int64_t start_minute =
        std::int64_t{start_day.time_since_epoch().count()} * 1440;
    const auto phase_of = [&](std::int64_t minute) {
      return std::string{minute >= start_minute ? "after" : "before"};
    };
    for (const Record& record : group.records) {
      ++counted[phase_of(minutes_of(record.header)) + " records"];
    }
    for (const Row& row : group.rows) {
      const std::int64_t minute = minutes_of(group.records[row.n - 1].header);
      const std::string phase = phase_of(minute);
      ++counted[phase + " " + row.label];
      ++counted[phase + " messages"];
      if (row.root) {
        REQUIRE(roots.emplace(row.incident, minute).second);
        ++counted[phase + " roots"];
      } else if (row.label == "TERUG" && closed.insert(row.incident).second) {
        REQUIRE(roots.count(row.incident) == 1);
        CHECK(minute - roots[row.incident] <= 48 * 60);
        ++counted[phase_of(roots[row.incident]) + " closed"];
      }
    }
    for (const auto& phase : phases) {
      const std::string name = phase["phase"].string();
      CHECK(counted[name + " records"] == count(phase, "records"));
      CHECK(counted[name + " messages"] == count(phase, "messages"));
      CHECK(counted[name + " roots"] == count(phase, "roots"));
      CHECK(counted[name + " closed"] == count(phase, "closed_48h"));
      for (const auto& label : phase["labels"].keys()) {
        CHECK(counted[name + " " + label] == phase["labels"][label].number());
      }
    }
  }
}

TEST_CASE("demo: incidents keep the rules of the codebook", "[demo]") {
  const std::set<std::string> reports{"INC", "VERD", "OVER"};
  std::size_t duplicates = 0;
  for (const Group& group : groups_of(
           demo("rules", {.seed = 3, .messages_per_day = 200, .days = 90}))) {
    INFO(group.key);
    struct State {
      std::int64_t last{};
      std::string reporter{};
      bool closed{};
    };
    std::map<std::size_t, State> incidents;
    for (const Row& row : group.rows) {
      const Record& record = group.records[row.n - 1];
      const std::int64_t minute = minutes_of(record.header);
      const std::string author = record.rest.substr(0, record.rest.find(": "));
      CHECK(row.root == (reports.count(row.label) == 1));
      if (row.incident == 0) {
        CHECK(row.label != "TERUG");
        continue;
      }
      State& state = incidents[row.incident];
      if (row.root) {
        state = {minute, author, false};
        continue;
      }
      REQUIRE(!state.reporter.empty());
      CHECK(!state.closed);
      if (row.label == "TERUG") {
        state.closed = true;
        continue;
      }
      CHECK(minute - state.last <= 60);
      state.last = minute;
      if (row.attributes.find("duplicate") != std::string::npos) {
        CHECK(row.label == "AANV");
        CHECK(author != state.reporter);
        ++duplicates;
      }
    }
    CHECK(incidents.size() > 100);
  }
  CHECK(duplicates > 20);
}

TEST_CASE("demo: the planted effects are there with the default seed",
          "[demo]") {
  std::map<std::string, std::vector<json::Node>> phases;
  for (const Group& group : groups_of(default_study())) {
    phases.emplace(group.key, group.effects["phases"].items());
  }
  const auto fall = [&](const char* key, const char* label) {
    return label_rate(phases.at(key)[1], label) /
           label_rate(phases.at(key)[0], label);
  };
  for (const char* key : {"noord", "zuid"}) {
    INFO(key);
    CHECK(fall(key, "SOC") < 0.8);
    CHECK(fall(key, "REACT") < 0.85);
  }
  const auto closed = [&](std::size_t phase) {
    const auto& node = phases.at("oost")[phase];
    return count(node, "closed_48h") / count(node, "roots");
  };
  CHECK(closed(1) - closed(0) > 0.25);
  // The default year is an ordinary one: reports come as before everywhere.
  for (const auto& [key, node] : phases) {
    INFO(key);
    const auto rate = [&nodes = node](std::size_t phase) {
      return count(nodes[phase], "roots") / count(nodes[phase], "days");
    };
    CHECK(rate(1) / rate(0) == Approx(1).margin(0.4));
  }
}

TEST_CASE("demo: over 20 seeds the effects have their planted size", "[demo]") {
  const auto sums = sums_over(20);
  std::array<double, 2> roots{};
  std::array<double, 2> days{};
  for (const auto& [key, group] : sums) {
    INFO(key);
    const auto& before = group.phases[0];
    const auto& after = group.phases[1];
    // Seasons bring some talk of their own, outcomes some thanks.
    CHECK(after.soc / after.days / (before.soc / before.days) ==
          Approx(group.chatter).margin(0.2));
    CHECK(after.react / after.days / (before.react / before.days) ==
          Approx(group.chatter).margin(0.3));
    // Some 800 reports per group: a standard error of 0.07.
    CHECK(after.roots / after.days / (before.roots / before.days) ==
          Approx(1).margin(0.21));
    for (std::size_t i = 0; i < 2; ++i) {
      roots[i] += group.phases[i].roots / group.reports_per_day;
      days[i] += group.phases[i].days;
    }
    const double closing = key == "oost" ? 0.8 : 0.4;
    CHECK(after.closed / after.roots == Approx(closing).margin(0.07));
    CHECK(before.closed / before.roots ==
          Approx(key == "oost" ? 0.25 : 0.4).margin(0.07));
    const double reports_a_month = (before.roots + after.roots) / 20 / 12;
    CHECK(reports_a_month > 2);
    CHECK(reports_a_month < 5.5);
    CHECK((before.night + after.night) / (before.messages + after.messages) ==
          Approx(0.12).margin(0.05));
  }
  // All groups together, each weighed by its own rate.
  CHECK(roots[0] / days[0] == Approx(1).margin(0.08));
  CHECK(roots[1] / days[1] == Approx(1).margin(0.08));
  for (const auto* key : {"noord", "zuid"}) {
    const double month =
        sums.at(key).phases[0].messages / sums.at(key).phases[0].days * 30;
    CHECK(month > 150);
    CHECK(month < 500);
  }
  for (const auto* key : {"oost", "west"}) {
    const double month =
        sums.at(key).phases[1].messages / sums.at(key).phases[1].days * 30;
    CHECK(month > 40);
    CHECK(month < 120);
  }
}

TEST_CASE("demo: a few members write most", "[demo]") {
  const auto study =
      json::parse(default_study().at("study.json"), "study.json");
  const auto members = study["groups"].items();
  const auto groups = groups_of(default_study());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    INFO(groups[g].key);
    std::map<std::string, double> per_author;
    for (const Row& row : groups[g].rows) {
      const std::string& rest = groups[g].records[row.n - 1].rest;
      ++per_author[rest.substr(0, rest.find(": "))];
    }
    std::vector<double> counts(
        static_cast<std::size_t>(members[g]["members"].number()));
    std::size_t i = 0;
    for (const auto& [author, n] : per_author) {
      if (i < counts.size()) counts[i++] = n;
    }
    std::sort(counts.begin(), counts.end());
    double sum = 0;
    double weighted = 0;
    for (std::size_t k = 0; k < counts.size(); ++k) {
      sum += counts[k];
      weighted += counts[k] * static_cast<double>(k + 1);
    }
    const auto n = static_cast<double>(counts.size());
    const double gini = 2 * weighted / (n * sum) - (n + 1) / n;
    CHECK(gini > 0.6);
    CHECK(gini < 0.88);
  }
}

TEST_CASE("demo: time never runs back and skips the hours of the clock change",
          "[demo]") {
  for (const Group& group : groups_of(demo(
           "clock",
           {.seed = 2, .groups = 3, .messages_per_day = 120, .days = 260}))) {
    INFO(group.key);
    std::int64_t last = 0;
    for (const Record& record : group.records) {
      const std::int64_t minute = minutes_of(record.header);
      CHECK(minute >= last);
      last = minute;
      const bool skipped =
          record.header.find("28-03-2021 02:") != std::string::npos ||
          record.header.find("31-10-2021 02:") != std::string::npos ||
          record.header.find("28-03-2021, 02:") != std::string::npos ||
          record.header.find("31-10-2021, 02:") != std::string::npos;
      CHECK(!skipped);
    }
  }
}

TEST_CASE("demo: roles name members as the export shows them", "[demo]") {
  const auto roles =
      json::parse(default_study().at("roles.json"), "roles.json");
  CHECK(roles["format"].string() == "etherpeil-roles/1");
  for (const Group& group : groups_of(default_study())) {
    std::set<std::string> kinds;
    for (const auto& entry : roles["groups"][group.key].items()) {
      kinds.insert(entry["role"].string());
      const std::string name = entry["name"].string();
      const bool named =
          std::any_of(group.records.begin(), group.records.end(),
                      [&](const Record& record) {
                        return record.rest.find(name) != std::string::npos;
                      });
      CHECK(named);
    }
    CHECK(kinds.count("beheerder") == 1);
    CHECK(kinds.count("politie") == 1);
    CHECK(kinds.count("gemeente") == (group.key == "west" ? 0 : 1));
  }
}

TEST_CASE("demo: unsaved members are invented numbers, or push names",
          "[demo]") {
  for (const Group& group : groups_of(default_study())) {
    std::size_t numbers = 0;
    std::size_t push_names = 0;
    for (const Row& row : group.rows) {
      const std::string& rest = group.records[row.n - 1].rest;
      if (rest.front() == '+') {
        CHECK(rest.substr(0, 8) == "+31 6 00");
        ++numbers;
      }
      if (rest.substr(0, 4) == "~\u202F") ++push_names;
    }
    CHECK((numbers > 100) == (group.key == "west"));
    CHECK((push_names > 100) == (group.key == "oost"));
  }
}

TEST_CASE("demo: the labels use only codes that the codebook has", "[demo]") {
  const Codes& codes = Codebook::dutch().codes();
  for (const Group& group : groups_of(default_study())) {
    for (const Row& row : group.rows) {
      CHECK(codes.label(row.label));
      if (row.attributes.empty()) continue;
      for (const std::string& name : split(row.attributes, ',')) {
        INFO(name);
        CHECK(codes.attribute(name));
      }
    }
  }
}

TEST_CASE("demo: no slot stays open and no message is without words",
          "[demo]") {
  for (const Group& group : groups_of(default_study())) {
    for (const Row& row : group.rows) {
      CHECK(row.text.find_first_of("{}") == std::string::npos);
      if (row.text.empty()) CHECK(row.label == "ONB");
    }
  }
}

TEST_CASE("demo: the rate that was asked for is about the rate that comes out",
          "[demo]") {
  for (const Group& group :
       groups_of(demo("rate", {.messages_per_day = 100}))) {
    INFO(group.key);
    CHECK(static_cast<double>(group.rows.size()) / 365 ==
          Approx(100).epsilon(0.2));
  }
}

TEST_CASE("demo: options out of range are refused and leave nothing behind",
          "[demo]") {
  const Scratch scratch{"refused"};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  const std::vector<DemoOptions> wrong{{.groups = 0},
                                       {.groups = 10'000},
                                       {.days = 0},
                                       {.days = 100'000},
                                       {.messages_per_day = -1},
                                       {.messages_per_day = nan},
                                       {.messages_per_day = infinite},
                                       {.messages_per_day = 1e6, .days = 365}};
  for (const DemoOptions& options : wrong) {
    try {
      write_demo(scratch.path, options);
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == Errc::argument);
      CHECK(std::string{error.what()}.find('\n') == std::string::npos);
    }
    CHECK(!fs::exists(scratch.path));
  }
}

TEST_CASE("demo: a folder that is not empty, or no folder, is left alone",
          "[demo]") {
  const Scratch scratch{"occupied"};
  fs::create_directories(scratch.path);
  const fs::path mine = scratch.path / "mine.txt";
  std::ofstream{mine} << "keep";
  for (const fs::path& target : {scratch.path, mine}) {
    try {
      write_demo(target, {.days = 3});
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == Errc::io);
    }
    CHECK(tree(scratch.path) ==
          std::map<std::string, std::string>{{"mine.txt", "keep"}});
  }
}

TEST_CASE("demo: work that fails half-way leaves nothing behind", "[demo]") {
  // A folder that can be made, with files in it whose paths are too long.
  const Scratch scratch{"deep"};
  fs::path deep = scratch.path;
  while (deep.string().size() < 3800) deep /= std::string(100, 'd');
  deep /= std::string(4080 - deep.string().size() - 1, 'e');
  for (const bool there : {false, true}) {
    if (there) fs::create_directories(deep);
    try {
      write_demo(deep, {.groups = 1, .days = 3});
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == Errc::io);
    }
    CHECK(fs::exists(deep) == there);
    if (there) CHECK(fs::is_empty(deep));
  }
}

TEST_CASE("demo: an empty folder and a short study are fine", "[demo]") {
  const Scratch scratch{"short"};
  fs::create_directories(scratch.path);
  write_demo(scratch.path, {.groups = 1, .days = 1});
  CHECK(tree(scratch.path).size() == 5);
}

TEST_CASE("demo: labels come back as one per message, certain", "[demo]") {
  const Scratch scratch{"labels.tsv"};
  std::ofstream{scratch.path, std::ios::binary}
      << head
      << "2\t2\tINC\t1\t1\tthanks,loc_street\tweg\n3\t4\tSOC\t0\t\t\t\n";
  const Small small;
  const auto labels = read_coding(scratch.path, small.chat, small.codes).labels;
  REQUIRE(labels.size() == 3);
  CHECK(labels[0].code == not_coded);
  CHECK(labels[1].code == 0);
  CHECK(labels[1].attributes == 3);
  CHECK(labels[1].probability == 1);
  CHECK(labels[1].probabilities[0] == 1);
  CHECK(labels[2].code == 1);
  CHECK(labels[2].attributes == 0);
}

TEST_CASE("demo: labels of another export are refused, with the line",
          "[demo]") {
  const std::string good = "2\t2\tINC\t1\t1\t\tx\n";
  CHECK(refusal(head + good + "3\t4\tSOC\t0\t\t\t\r\n") == "accepted");
  CHECK(refusal("").find("empty") != std::string::npos);
  CHECK(refusal("n\tline\n").find(":1: ") != std::string::npos);
  CHECK(refusal(head + good).find("record 3 has no label") !=
        std::string::npos);
  CHECK(refusal(head + "3\t4\tSOC\t0\t\t\t\n").find("record 2 has no label") !=
        std::string::npos);
  CHECK(refusal(head + good + "3\t3\tSOC\t0\t\t\t\n")
            .find(":3: the record stands on another line") !=
        std::string::npos);
  CHECK(refusal(head + "1\t1\tSOC\t0\t\t\t\n").find("WhatsApp") !=
        std::string::npos);
  CHECK(refusal(head + good + good).find("not there") != std::string::npos);
  CHECK(refusal(head + "4\t9\tSOC\t0\t\t\t\n").find("not there") !=
        std::string::npos);
  CHECK(refusal(head + "2\t2\tXXX\t1\t1\t\tx\n").find("codebook") !=
        std::string::npos);
  CHECK(refusal(head + "2\t2\tINC\t1\t1\tnope\tx\n").find("codebook") !=
        std::string::npos);
  CHECK(refusal(head + "2\t2\tINC\t2\t1\t\tx\n").find("is_root") !=
        std::string::npos);
  CHECK(refusal(head + "x\t2\tINC\t1\t1\t\tx\n").find("whole number") !=
        std::string::npos);
  CHECK(refusal(head + "2\t2\tINC\t1\t1\tx\n").find("7 columns") !=
        std::string::npos);
}

TEST_CASE("demo: labels that cannot be read are an io error", "[demo]") {
  const Small small;
  try {
    (void)read_coding(fs::temp_directory_path() / "etherpeil-demo-test-nowhere",
                      small.chat, small.codes);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Errc::io);
  }
}
