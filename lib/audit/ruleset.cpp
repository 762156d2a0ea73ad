/// Rulesets: presets and files of one's own.
#include <algorithm>
#include <array>

#include "audit/catalogue.hpp"
#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "json/json.hpp"

namespace etherpeil {
namespace {

constexpr std::array<std::string_view, 3> preset_names{
    "wabp-standaard", "streng-alarm", "gemengd"};

std::string_view preset_text(std::string_view name) {
  if (name == preset_names[0]) return data::audit_wabp_standaard_json();
  if (name == preset_names[1]) return data::audit_streng_alarm_json();
  return data::audit_gemengd_json();
}

bool is_preset(std::string_view name) {
  return std::find(preset_names.begin(), preset_names.end(), name) !=
         preset_names.end();
}

std::string names_of_presets() {
  std::string names;
  for (const std::string_view name : preset_names)
    names += (names.empty() ? "" : ", ") + std::string{name};
  return names;
}

Regime regime_of(const json::Node& node) {
  const std::string name = node.string();
  if (name == to_string(Regime::alarm)) return Regime::alarm;
  if (name == to_string(Regime::mixed)) return Regime::mixed;
  node.fail("must be alarm or gemengd");
}

std::string filled(const json::Node& node) {
  std::string text = node.string();
  if (text.empty()) node.fail("must not be empty");
  return text;
}

std::string names_of(const std::map<std::string, Threshold>& thresholds) {
  std::string names{"on"};
  for (const auto& [name, threshold] : thresholds) names += ", " + name;
  return names;
}

}  // namespace

std::span<const std::string_view> Ruleset::presets() { return preset_names; }

Ruleset Ruleset::preset(std::string_view name) {
  if (!is_preset(name)) {
    throw Error{Errc::argument, "rules: \"" + std::string{name} +
                                    "\" is none of " + names_of_presets()};
  }
  return from_json(preset_text(name), "audit/" + std::string{name} + ".json");
}

Ruleset Ruleset::from_file(const std::filesystem::path& path) {
  return from_json(json::read_file(path), path.string());
}

Ruleset Ruleset::from_json(std::string_view text, const std::string& source) {
  const json::Node root = json::parse(text, source);
  root.allow_only({"format", "id", "version", "title_nl", "title_en", "regime",
                   "based_on", "rules"});
  if (root["format"].string() != "etherpeil-ruleset/1")
    root["format"].fail("must be etherpeil-ruleset/1");
  Ruleset ruleset;
  if (const auto base = root.find("based_on")) {
    const std::string name = base->string();
    if (!is_preset(name)) base->fail("is none of " + names_of_presets());
    ruleset = preset(name);
  } else {
    for (const HouseRule& rule : house_rules()) {
      for (const auto& [name, threshold] : rule.thresholds)
        ruleset.values_[rule.id][name] = threshold.value;
    }
  }
  ruleset.id_ = filled(root["id"]);
  ruleset.version_ =
      static_cast<std::uint32_t>(root["version"].integer(1, 1'000'000));
  ruleset.title_nl_ = filled(root["title_nl"]);
  const auto english = root.find("title_en");
  ruleset.title_en_ = english ? filled(*english) : ruleset.title_nl_;
  ruleset.regime_ = regime_of(root["regime"]);
  const json::Node rules = root["rules"];
  for (const std::string& id : rules.keys()) {
    const json::Node node = rules[id];
    const auto place = rules::find(id);
    if (!place) {
      const auto unseen = unseen_rules();
      const bool known =
          std::any_of(unseen.begin(), unseen.end(),
                      [&](const UnseenRule& rule) { return rule.id == id; });
      node.fail(known ? "is a rule that no export can show; leave it out"
                      : "is no rule of the catalogue; see lib/data/README.md");
    }
    const HouseRule& rule = house_rules()[*place];
    if (node.is_boolean()) {
      ruleset.on_[id] = node.boolean();
      continue;
    }
    ruleset.on_[id] = true;
    for (const std::string& name : node.keys()) {
      const json::Node value = node[name];
      if (name == "on") {
        ruleset.on_[id] = value.boolean();
        continue;
      }
      const auto threshold = rule.thresholds.find(name);
      if (threshold == rule.thresholds.end()) {
        value.fail("is no threshold of " + id + ", which has " +
                   names_of(rule.thresholds));
      }
      ruleset.values_[id][name] =
          value.integer(threshold->second.low, threshold->second.high);
    }
  }
  return ruleset;
}

bool Ruleset::is_on(std::string_view rule) const {
  const auto at = on_.find(rule);
  return at != on_.end() && at->second;
}

std::int64_t Ruleset::threshold(std::string_view rule,
                                std::string_view name) const {
  return values_.find(rule)->second.find(name)->second;
}

}  // namespace etherpeil
