#include "etherpeil/study.hpp"

#include <algorithm>

#include "etherpeil/error.hpp"
#include "json/json.hpp"
#include "study/files.hpp"

namespace etherpeil {
namespace {

constexpr std::int64_t most_people = 10'000'000;

/// True for the form of a name in the IANA time zone database: "UTC", or parts
/// with "/" between them, such as "America/Port-au-Prince". Whether the zone
/// exists is not known here.
bool is_zone_name(std::string_view text) {
  if (text == "UTC") return true;
  bool slash = false;
  char before = '/';
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && (before == '/' || (c != '/' && c != '_' && c != '-')))
      return false;
    slash = slash || c == '/';
    before = c;
  }
  return slash && before != '/';
}

/// Refuses the key at `node` when one of `earlier` has it.
template <class Keyed>
std::string read_key(const json::Node& node,
                     const std::vector<Keyed>& earlier) {
  std::string key = study::read_filled(node);
  for (const Keyed& other : earlier) {
    if (other.key == key)
      node.fail("is the key of an earlier one too; keys are unique");
  }
  return key;
}

bool overlap(const Intervention& a, const Intervention& b) {
  return a.start <= b.end.value_or(b.start) &&
         b.start <= a.end.value_or(a.start);
}

std::vector<Intervention> read_interventions(
    const json::Node& list, std::vector<Diagnostic>& diagnostics) {
  std::vector<Intervention> interventions;
  for (const json::Node& node : list.items()) {
    node.allow_only({"key", "title", "start", "end"});
    Intervention intervention{.key = read_key(node["key"], interventions),
                              .title = study::read_filled(node["title"]),
                              .start = study::read_day(node["start"]),
                              .end = study::read_day(node, "end")};
    if (intervention.end && *intervention.end < intervention.start) {
      node["end"].fail("lies before start");
    }
    for (std::size_t i = 0; i < interventions.size(); ++i) {
      if (!overlap(interventions[i], intervention)) continue;
      diagnostics.push_back(
          {.code = "study.interventions-overlap",
           .message = node.pointer() + ": shares days with " + list.pointer() +
                      "/" + std::to_string(i) +
                      "; what is seen on them may come from either. Correct "
                      "the dates, or keep this in mind."});
    }
    interventions.push_back(std::move(intervention));
  }
  std::sort(interventions.begin(), interventions.end(),
            [](const Intervention& a, const Intervention& b) {
              return a.start != b.start ? a.start < b.start : a.key < b.key;
            });
  return interventions;
}

std::optional<std::uint32_t> read_people(const json::Node& object,
                                         std::string_view key) {
  const auto member = object.find(key);
  if (!member) return std::nullopt;
  return static_cast<std::uint32_t>(member->integer(1, most_people));
}

Group read_group(const json::Node& node, const std::vector<Group>& earlier,
                 std::vector<Diagnostic>& diagnostics) {
  node.allow_only({"key", "name", "arm", "governance", "regime", "area_code",
                   "households", "members", "interventions"});
  Group group{.key = read_key(node["key"], earlier),
              .name = study::read_filled(node["name"]),
              .arm = study::read_text(node, "arm"),
              .governance = study::read_text(node, "governance"),
              .regime = study::read_text(node, "regime"),
              .area_code = study::read_text(node, "area_code"),
              .households = read_people(node, "households"),
              .members = read_people(node, "members")};
  if (const auto regime = node.find("regime");
      regime && group.regime != "alarm" && group.regime != "gemengd") {
    regime->fail("must be \"alarm\" or \"gemengd\"");
  }
  if (const auto list = node.find("interventions")) {
    group.interventions = read_interventions(*list, diagnostics);
  }
  return group;
}

}  // namespace

std::optional<Index> Study::group(std::string_view wanted) const {
  for (Index i = 0; i < groups.size(); ++i) {
    if (groups[i].key == wanted) return i;
  }
  return std::nullopt;
}

Index Study::require_group(std::string_view wanted,
                           const std::string& where) const {
  if (const auto found = group(wanted)) return *found;
  std::vector<std::string> keys;
  for (const Group& one : groups) keys.push_back(one.key);
  std::sort(keys.begin(), keys.end());
  std::string list;
  for (const std::string& one : keys) list += (list.empty() ? "" : ", ") + one;
  throw Error{Errc::argument, where + ": has no group \"" +
                                  std::string{wanted} + "\"; it has " + list};
}

Study parse_study(std::string_view json, const std::string& source) {
  const json::Node root = json::parse_distinct(json, source);
  root.allow_only(
      {"format", "key", "title", "time_zone", "roles", "keep_until", "groups"});
  study::check_format(root, "etherpeil-study/1");
  Study study{.key = study::read_filled(root["key"]),
              .title = study::read_filled(root["title"]),
              .keep_until = study::read_day(root, "keep_until")};
  if (const auto zone = root.find("time_zone")) {
    study.time_zone = study::read_filled(*zone);
    if (!is_zone_name(study.time_zone))
      zone->fail("must be a time zone as \"Europe/Amsterdam\", or \"UTC\"");
  }
  if (const auto roles = root.find("roles"))
    study.roles = study::read_filled(*roles);
  for (const json::Node& node : root["groups"].items()) {
    study.groups.push_back(read_group(node, study.groups, study.diagnostics));
  }
  if (study.groups.empty()) root["groups"].fail("must hold at least one group");
  return study;
}

Study load_study(const std::filesystem::path& path) {
  return parse_study(json::read_file(path), path.string());
}

}  // namespace etherpeil
