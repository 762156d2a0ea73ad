#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "data/data.hpp"
#include "etherpeil/analysis.hpp"
#include "etherpeil/audit.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/parse.hpp"
#include "etherpeil/report.hpp"
#include "json/json.hpp"
#include "report/audit_story.hpp"

using namespace etherpeil;
using Catch::Matchers::Contains;

namespace {

/// A chat of talk, as hostile as a sender can make it.
Analysis hostile() {
  std::string text =
      "13-05-2024 09:00 - Eva heeft de groep \"<img src=x onerror=a>\" "
      "gemaakt\n";
  for (int day = 14; day < 20; ++day) {
    text += std::to_string(day) +
            "-05-2024 10:00 - <b>Jan & \"Co\"</b>: </li><script>alert(1)"
            "</script> \x1b[31mrood\u202E {n} klootzakken\n";
  }
  const Analyser analyser{{}, Classifier{Codebook::dutch()}};
  Chat chat = parse(Bytes::from(text), "test");
  std::vector<Label> labels(chat.messages.size());
  const Codes& codes = Codebook::dutch().codes();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!chat.messages[i].human()) continue;
    labels[i].code = static_cast<std::uint8_t>(codes.label("SOC").value());
    labels[i].probability = 0.75F;
  }
  return analyser.run(std::move(chat), std::move(labels), "test");
}

std::string written(const Analysis& analysis,
                    const AuditReportOptions& options) {
  const Ruleset rules = Ruleset::preset("streng-alarm");
  std::string out;
  write_audit(
      audit(analysis, rules), rules, analysis.chat,
      [&](std::string_view part) { out += part; }, options);
  return out;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("audit page: hostile text stays text in page, terminal and JSON",
          "[audit]") {
  const Analysis analysis = hostile();
  const AuditReportOptions all{.names = true, .texts = true};
  for (const AuditFormat format :
       {AuditFormat::text, AuditFormat::json, AuditFormat::html}) {
    AuditReportOptions options = all;
    options.format = format;
    const std::string out = written(analysis, options);
    INFO(out);
    CHECK_THAT(out, Contains("alert(1)"));  // it was shown at all
    CHECK_THAT(out, !Contains("\x1b") && !Contains("\u202E"));
    if (format != AuditFormat::text) {
      CHECK_THAT(out, !Contains("<script") && !Contains("<img") &&
                          !Contains("<b>Jan"));
    }
  }
}

TEST_CASE("audit page: names and words come only when asked for", "[audit]") {
  const Analysis analysis = hostile();
  for (const AuditFormat format :
       {AuditFormat::text, AuditFormat::json, AuditFormat::html}) {
    const std::string out = written(analysis, {.format = format});
    CHECK_THAT(out,
               !Contains("Jan") && !Contains("alert") && !Contains("klootzak"));
    const std::string named =
        written(analysis, {.format = format, .names = true});
    CHECK_THAT(named, Contains("Jan") && !Contains("alert"));
    if (format != AuditFormat::json)
      CHECK_THAT(named, Contains("bij de beheerders"));
    const std::string quoted =
        written(analysis, {.format = format, .texts = true});
    CHECK_THAT(quoted, Contains("alert") && !Contains("Jan"));
  }
}

TEST_CASE("audit page: it is whole, alone and has its parts once", "[audit]") {
  const std::string page = written(hostile(), {.format = AuditFormat::html});
  CHECK(page.rfind("<!DOCTYPE html>", 0) == 0);
  CHECK_THAT(page, Contains("default-src 'none'") && Contains("</html>"));
  CHECK_THAT(page, !Contains("http:") && !Contains("https:") &&
                       !Contains("<script") && !Contains("url("));
  for (const char* id :
       {"start", "balance", "rules", "reminders", "paste", "notes"})
    CHECK(count_of(page, "id=\"" + std::string{id} + "\"") == 1);
  for (const char* tag : {"section", "details", "table", "ul", "ol", "div",
                          "svg", "p", "li", "summary", "blockquote"}) {
    INFO(tag);
    const std::string name{tag};
    CHECK(count_of(page, "<" + name + ">") + count_of(page, "<" + name + " ") ==
          count_of(page, "</" + name + ">"));
  }
}

TEST_CASE("audit page: what was not seen is not a zero", "[audit]") {
  const std::string out = written(hostile(), {});
  CHECK_THAT(out, Contains("BEKEKEN, EN NIETS VAN GEZIEN"));
  CHECK_THAT(out, Contains("HIER ZEGT DIT BESTAND NIETS OVER"));
  CHECK_THAT(out, Contains("(er waren geen dringende meldingen)"));
  CHECK_THAT(out, Contains("(6 berichten van leden bekeken)"));
  CHECK_THAT(out, Contains("Minimumleeftijd"));
  CHECK_THAT(out, !Contains("0 van de"));
  const auto document =
      json::parse(written(hostile(), {.format = AuditFormat::json}), "audit");
  for (const json::Node& rule : document["rules"].items()) {
    const std::string seen = rule["evidence"].string();
    const auto of = rule["of"].integer(0, 100);
    const auto found = rule["found"].integer(0, of);
    CHECK(seen == (of == 0 ? "none" : found == 0 ? "nothing-seen" : "seen"));
  }
}

TEST_CASE("audit page: nothing to see is a page too", "[audit]") {
  const Analyser analyser{{}, Classifier{Codebook::dutch()}};
  const Analysis analysis = analyser.run(
      parse(Bytes::from("13-05-2024 09:00 - Eva heeft de groep \"A\" "
                        "gemaakt\n"),
            "test"));
  for (const AuditFormat format :
       {AuditFormat::text, AuditFormat::json, AuditFormat::html}) {
    for (const Language language : {Language::dutch, Language::english}) {
      const std::string out =
          written(analysis, {.format = format, .language = language});
      CHECK_THAT(out, !Contains("nan") && !Contains("inf"));
    }
  }
}

TEST_CASE("audit page: every text has its places filled in both languages",
          "[audit]") {
  for (const HouseRule& rule : house_rules()) {
    for (const RuleText* text : {&rule.dutch, &rule.english}) {
      INFO(rule.id << ' ' << text->name);
      for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{5}}) {
        std::vector<report::Filling> values{{"n", std::to_string(n)},
                                            {"of", "9"},
                                            {"share.all", "alle"},
                                            {"share.of", "van de"}};
        for (const auto& [name, threshold] : rule.thresholds)
          values.push_back({name, std::to_string(threshold.value)});
        const std::string seen = report::filled(text->seen, values, n);
        CHECK_THAT(seen, Contains(std::to_string(n)) && Contains("9"));
        CHECK_THAT(seen, !Contains("{") && !Contains("|") && !Contains("  "));
      }
      for (const std::string& part :
           {text->name, text->says, text->unit, text->suggestion, text->note})
        CHECK_FALSE(part.empty());
      CHECK(text->details.size() == rule.dutch.details.size());
    }
    CHECK(rule.dutch.ask.empty() == rule.english.ask.empty());
  }
  const auto share = [](const std::string& n, const std::string& of) {
    return report::filled(
        "{share:de enige melding|meldingen} kort",
        {{"n", n}, {"of", of}, {"share.all", "alle"}, {"share.of", "van de"}},
        1);
  };
  CHECK(share("1", "1") == "De enige melding kort");
  CHECK(share("3", "3") == "Alle 3 meldingen kort");
  CHECK(share("1", "3") == "1 van de 3 meldingen kort");
  CHECK(report::filled("{n} {is|zijn} er", {{"n", "1"}}, 1) == "1 is er");
  CHECK(report::filled("{n} {is|zijn} er", {{"n", "2"}}, 2) == "2 zijn er");
}
