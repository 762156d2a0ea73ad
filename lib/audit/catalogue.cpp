/// The house rules, from lib/data/audit/rules.json.
#include "audit/catalogue.hpp"

#include <algorithm>

#include "data/data.hpp"
#include "json/json.hpp"

namespace etherpeil::rules {
namespace {

Grade grade_of(const json::Node& node) {
  const std::string name = node.string();
  if (name == "A") return Grade::clear;
  if (name == "B") return Grade::likely;
  if (name == "C") return Grade::weak;
  node.fail("must be A, B or C");
}

RuleText text_of(const json::Node& node) {
  node.allow_only({"name", "says", "unit", "seen", "try", "ask", "note"});
  return {.name = node["name"].string(),
          .says = node["says"].string(),
          .unit = node["unit"].string(),
          .seen = node["seen"].string(),
          .suggestion = node["try"].string(),
          .ask = node["ask"].string(),
          .note = node["note"].string()};
}

Threshold threshold_of(const json::Node& node) {
  node.allow_only({"value", "low", "high", "unit"});
  constexpr std::int64_t most = 1000;
  return {.value = node["value"].integer(0, most),
          .low = node["low"].integer(0, most),
          .high = node["high"].integer(0, most),
          .unit = node["unit"].string()};
}

std::vector<std::string> strings_of(const json::Node& rule,
                                    std::string_view key) {
  const auto node = rule.find(key);
  return node ? node->strings() : std::vector<std::string>{};
}

using Thresholds = std::map<std::string, Threshold>;

Thresholds thresholds_of(const json::Node& node) {
  Thresholds thresholds;
  for (const std::string& name : node.keys())
    thresholds[name] = threshold_of(node[name]);
  return thresholds;
}

HouseRule rule_of(const json::Node& node, const Thresholds& of_every_rule) {
  node.allow_only({"id", "grade", "lists", "theme", "good", "thresholds",
                   "words", "lexicons", "details", "nl", "en"});
  HouseRule rule{
      .id = node["id"].string(),
      .grade = grade_of(node["grade"]),
      .lists = static_cast<std::uint32_t>(node["lists"].integer(0, 45)),
      .theme = node["theme"].string(),
      .dutch = text_of(node["nl"]),
      .english = text_of(node["en"])};
  if (const auto good = node.find("good")) rule.good = good->boolean();
  if (const auto thresholds = node.find("thresholds"))
    rule.thresholds = thresholds_of(*thresholds);
  rule.thresholds.insert(of_every_rule.begin(), of_every_rule.end());
  if (const auto details = node.find("details")) {
    for (const std::string& name : details->keys()) {
      rule.dutch.details[name] = (*details)[name]["nl"].string();
      rule.english.details[name] = (*details)[name]["en"].string();
    }
  }
  return rule;
}

Subtype subtype_of(const json::Node& node) {
  node.allow_only({"key", "nl", "en", "words", "unless"});
  return {.code = {.key = node["key"].string(),
                   .name_nl = node["nl"].string(),
                   .name_en = node["en"].string(),
                   .group = "moderation"},
          .words = strings_of(node, "words"),
          .unless = strings_of(node, "unless")};
}

Catalogue load() {
  const json::Node root =
      json::parse(data::audit_rules_json(), "audit/rules.json");
  root.allow_only({"format", "version", "every_rule", "subtypes", "themes",
                   "unseen", "rules"});
  if (root["format"].string() != "etherpeil-rules/1")
    root["format"].fail("must be etherpeil-rules/1");
  Catalogue catalogue;
  for (const json::Node& node : root["subtypes"].items())
    catalogue.subtypes.push_back(subtype_of(node));
  for (const json::Node& node : root["themes"].items()) {
    catalogue.themes.push_back({.key = node["key"].string(),
                                .dutch = node["nl"].string(),
                                .english = node["en"].string()});
  }
  for (const json::Node& node : root["unseen"].items()) {
    catalogue.unseen.push_back({.id = node["id"].string(),
                                .dutch = node["nl"].string(),
                                .english = node["en"].string()});
  }
  const Thresholds of_every_rule = thresholds_of(root["every_rule"]);
  for (const json::Node& node : root["rules"].items()) {
    catalogue.rules.push_back(rule_of(node, of_every_rule));
    catalogue.words.push_back({.own = strings_of(node, "words"),
                               .codebook = strings_of(node, "lexicons")});
  }
  return catalogue;
}

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue loaded = load();
  return loaded;
}

const classify::Lexicon& own_lexicon() {
  static const classify::Lexicon loaded{
      json::parse(data::audit_words_nl_json(), "audit/words_nl.json")};
  return loaded;
}

std::optional<std::size_t> find(std::string_view id) {
  const auto& rules = catalogue().rules;
  const auto at = std::find_if(rules.begin(), rules.end(),
                               [&](const HouseRule& r) { return r.id == id; });
  if (at == rules.end()) return std::nullopt;
  return static_cast<std::size_t>(at - rules.begin());
}

}  // namespace etherpeil::rules

namespace etherpeil {

std::string_view to_string(Grade grade) {
  switch (grade) {
    case Grade::clear:
      return "A";
    case Grade::likely:
      return "B";
    case Grade::weak:
      return "C";
  }
  return "C";
}

std::string_view to_string(Regime regime) {
  switch (regime) {
    case Regime::alarm:
      return "alarm";
    case Regime::mixed:
      return "gemengd";
  }
  return "gemengd";
}

std::span<const HouseRule> house_rules() { return rules::catalogue().rules; }
std::span<const RuleTheme> rule_themes() { return rules::catalogue().themes; }
std::span<const UnseenRule> unseen_rules() { return rules::catalogue().unseen; }

}  // namespace etherpeil
