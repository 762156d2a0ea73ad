#include "demo/world.hpp"

#include "data/data.hpp"
#include "json/json.hpp"

namespace etherpeil {

std::string_view to_string(ExportForm form) {
  switch (form) {
    case ExportForm::ios_2022:
      return "ios-2022";
    case ExportForm::ios_2025:
      return "ios-2025";
    case ExportForm::ios_2016:
      return "ios-2016";
    case ExportForm::ios_slash:
      return "ios-slash";
    case ExportForm::android:
      return "android";
    case ExportForm::android_short:
      return "android-short";
    case ExportForm::android_belgian:
      return "android-belgian";
  }
  return {};
}

}  // namespace etherpeil

namespace etherpeil::demo {
namespace {

json::Node world_json() {
  return json::parse(data::demo_world_json(), "demo/world.json");
}

Change read_change(const json::Node& node) {
  const auto values = node.items();
  if (values.size() != 2) node.fail("must hold the value before and after");
  return {.before = values[0].number(), .after = values[1].number()};
}

std::uint32_t read_count(const json::Node& node) {
  return static_cast<std::uint32_t>(node.integer(0, 1'000'000));
}

ExportForm read_form(const json::Node& node) {
  for (const auto form :
       {ExportForm::ios_2022, ExportForm::ios_2025, ExportForm::android}) {
    if (node.string() == to_string(form)) return form;
  }
  node.fail("must be ios-2022, ios-2025 or android");
}

PerDay read_per_day(const json::Node& node) {
  return {.inc = node["inc"].number(),
          .verd = node["verd"].number(),
          .over = node["over"].number(),
          .soc = node["soc"].number(),
          .lost = node["lost"].number(),
          .off = node["off"].number(),
          .vraag = node["vraag"].number(),
          .prev = node["prev"].number(),
          .media = node["media"].number()};
}

Design read_design(const json::Node& node) {
  return {.key = node["key"].string(),
          .name = node["name"].string(),
          .first_name = node["first_name"].string(),
          .form = read_form(node["form"]),
          .phones = node["phones"].boolean(),
          .governance = node["governance"].string(),
          .regime = node["regime"].string(),
          .area_code = node["area_code"].string(),
          .households = read_count(node["households"]),
          .members = read_count(node["members"]),
          .intervention = node["intervention"].string(),
          .start_day = read_count(node["start_day"]),
          .per_day = read_per_day(node["per_day"]),
          .soc_replies = node["soc_replies"].number(),
          .additions = node["additions"].number(),
          .reactions = node["reactions"].number(),
          .asides = node["asides"].number(),
          .chatter = read_change(node["chatter"]),
          .closing = read_change(node["closing"]),
          .professional = read_change(node["professional"]),
          .closing_formula = read_change(node["closing_formula"])};
}

Words read_words(const json::Node& node) {
  Words words;
  for (const auto& key : node.keys()) words[key] = node[key].string();
  return words;
}

std::string_view era(ExportForm form) {
  switch (form) {
    case ExportForm::ios_2022:
      return "ios-2022";
    case ExportForm::ios_2025:
      return "ios-2025";
    case ExportForm::ios_2016:
      return "ios-2016";
    case ExportForm::ios_slash:
      return "ios-2025";
    case ExportForm::android:
      return "android-2022";
    case ExportForm::android_short:
      return "android-2024";
    case ExportForm::android_belgian:
      return "android-2022";
  }
  return {};
}

}  // namespace

World load_world() {
  const auto root = world_json();
  World world{.quarters = root["quarters"].strings(),
              .first_names = root["first_names"].strings(),
              .surnames = root["surnames"].strings(),
              .officers = root["officers"].strings(),
              .moderators = root["moderators"].strings(),
              .officials = root["officials"].strings(),
              .businesses = root["businesses"].strings(),
              .polls = root["polls"].strings(),
              .role_names = read_words(root["role_names"]),
              .themes = read_words(root["themes"]),
              .titles = read_words(root["titles"])};
  for (const auto& node : root["groups"].items()) {
    world.groups.push_back(read_design(node));
  }
  return world;
}

Words load_words(ExportForm form) {
  return read_words(world_json()["words"][era(form)]);
}

void append_filled(std::string& out, std::string_view pattern,
                   const std::vector<Filling>& fillings) {
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    const auto close = pattern.find('}', open);
    out += pattern.substr(0, open);
    if (close == std::string_view::npos) return;
    const auto key = pattern.substr(open + 1, close - open - 1);
    for (const auto& filling : fillings) {
      if (filling.key == key) out += filling.value;
    }
    pattern.remove_prefix(close + 1);
  }
}

}  // namespace etherpeil::demo
