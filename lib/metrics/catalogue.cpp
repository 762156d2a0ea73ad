#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "json/json.hpp"
#include "metrics/definition.hpp"
#include "text/times.hpp"

namespace etherpeil {
namespace metric {
namespace {

using json::Node;

constexpr std::int64_t longest_minutes = 366LL * 24 * 60;

/// A name of an enumerator in the data file.
template <class Value>
struct Word {
  std::string_view slug{};
  Value value{};
};

/// The value of the word in the node; fails when there is no such word.
template <class Value, std::size_t n>
Value read_word(const Node& node, const std::array<Word<Value>, n>& words) {
  const std::string slug = node.string();
  std::string known;
  for (const Word<Value>& word : words) {
    if (word.slug == slug) return word.value;
    known += (known.empty() ? "" : ", ") + std::string{word.slug};
  }
  node.fail("is none of " + known);
}

constexpr std::array<Word<Estimator>, 6> estimators{
    {{"rate", Estimator::rate},
     {"share", Estimator::share},
     {"ratio", Estimator::ratio},
     {"mean", Estimator::mean},
     {"median", Estimator::median},
     {"gini", Estimator::gini}}};
constexpr std::array<Word<Event>, 4> event_words{
    {{"reply", Event::reply},
     {"substantive", Event::substantive},
     {"professional", Event::professional},
     {"outcome", Event::outcome}}};
constexpr std::array<Word<People>, 3> people_words{
    {{"members", People::members},
     {"senders", People::senders},
     {"reporters", People::reporters}}};
constexpr std::array<Word<SystemEvent>, 4> membership_words{
    {{"member_added", SystemEvent::member_added},
     {"member_joined", SystemEvent::member_joined},
     {"member_left", SystemEvent::member_left},
     {"member_removed", SystemEvent::member_removed}}};
constexpr std::array<Word<Count::Kind>, 3> exposure_words{
    {{"days", Count::Kind::days},
     {"silent-days", Count::Kind::silent_days},
     {"member-days", Count::Kind::member_days}}};

/// True or absent: false would say nothing.
bool read_flag(const Node& node, std::string_view key) {
  const auto flag = node.find(key);
  if (flag && !flag->boolean())
    flag->fail("must be true; leave the member out");
  return flag.has_value();
}

std::vector<std::string> read_texts(const Node& node, std::string_view key) {
  const auto list = node.find(key);
  if (!list) return {};
  std::vector<std::string> texts = list->strings();
  if (texts.empty()) list->fail("is empty; leave the member out");
  return texts;
}

std::string read_text(const Node& node) {
  std::string text = node.string();
  if (text.empty()) node.fail("is empty");
  return text;
}

std::optional<Window> read_window(const Node& node, std::string_view key) {
  const auto window = node.find(key);
  if (!window) return std::nullopt;
  window->allow_only({"event", "minutes"});
  return Window{read_word((*window)["event"], event_words),
                60 * (*window)["minutes"].integer(1, longest_minutes)};
}

Filter read_filter(const Node& node) {
  node.allow_only({"labels", "safety", "slot", "root_attributes", "attributes",
                   "attribute_group", "participants", "within", "without",
                   "observed"});
  Filter filter;
  filter.labels = read_texts(node, "labels");
  filter.safety = read_flag(node, "safety");
  if (const auto slot = node.find("slot")) {
    const auto value = slot_from(slot->string());
    if (!value || *value == Slot::none) slot->fail("is no slot of a report");
    filter.slot = *value;
  }
  filter.root_attributes = read_texts(node, "root_attributes");
  filter.attributes = read_texts(node, "attributes");
  if (const auto group = node.find("attribute_group")) {
    filter.attribute_group = read_text(*group);
  }
  if (const auto people = node.find("participants")) {
    filter.participants = static_cast<std::uint32_t>(people->integer(2, 1000));
  }
  filter.within = read_window(node, "within");
  filter.without = read_window(node, "without");
  filter.observed = read_window(node, "observed");
  return filter;
}

void read_messages(const Node& node, Count& count) {
  node.allow_only({"labels", "night", "outside_incidents"});
  count.kind = Count::Kind::messages;
  count.labels = read_texts(node, "labels");
  count.night = read_flag(node, "night");
  count.outside = read_flag(node, "outside_incidents");
}

void read_roles(const Node& node, Count& count) {
  count.kind = Count::Kind::roles;
  for (const Node& item : node.items()) {
    const auto role = role_from(item.string());
    if (!role) item.fail("is no role");
    count.roles.push_back(*role);
  }
  if (count.roles.empty()) node.fail("is empty");
}

void read_events(const Node& node, Count& count) {
  count.kind = Count::Kind::events;
  for (const Node& item : node.items()) {
    count.events.push_back(read_word(item, membership_words));
  }
  if (count.events.empty()) node.fail("is empty");
}

/// One member of an object says what is counted.
Count read_count(const Node& node) {
  node.allow_only({"messages", "attribute", "roles", "reports", "events",
                   "time", "people"});
  const std::vector<std::string> keys = node.keys();
  if (keys.size() != 1) node.fail("must have one member: what is counted");
  const Node what = node[keys.front()];
  Count count;
  if (keys.front() == "messages") {
    read_messages(what, count);
  } else if (keys.front() == "attribute") {
    count.kind = Count::Kind::attribute;
    count.attribute = read_text(what);
  } else if (keys.front() == "roles") {
    read_roles(what, count);
  } else if (keys.front() == "reports") {
    count.kind = Count::Kind::reports;
    count.reports = read_filter(what);
  } else if (keys.front() == "events") {
    read_events(what, count);
  } else if (keys.front() == "time") {
    count.kind = read_word(what, exposure_words);
  } else {
    count.kind = Count::Kind::people;
    count.people = read_word(what, people_words);
  }
  return count;
}

double read_scale(const Node& node, std::string_view key) {
  const auto scale = node.find(key);
  if (!scale) return 1;
  const double value = scale->number();
  if (!(value > 0) || value > 1e9)
    scale->fail("must be above 0 and at most 1e9");
  return value;
}

/// The members that every metric has.
MetricDefinition read_face(const Node& node) {
  MetricDefinition face;
  face.id = read_text(node["id"]);
  const Node name = node["name"];
  name.allow_only({"nl", "en"});
  face.name_nl = read_text(name["nl"]);
  face.name_en = read_text(name["en"]);
  face.formula = read_text(node["formula"]);
  face.unit = read_text(node["unit"]);
  face.source = read_text(node["source"]);
  face.estimator = read_word(node["estimator"], estimators);
  face.minimum = read_flag(node, "minimum");
  return face;
}

void read_fraction(const Node& node, Definition& definition) {
  node.allow_only({"id", "name", "formula", "unit", "source", "estimator",
                   "minimum", "reactions", "minimum_denominator", "scale",
                   "numerator", "denominator"});
  definition.scale = read_scale(node, "scale");
  definition.numerator = read_count(node["numerator"]);
  const Node below = node["denominator"];
  definition.denominator = read_count(below);
  const bool exposure = definition.denominator.kind == Count::Kind::days ||
                        definition.denominator.kind == Count::Kind::member_days;
  if (definition.face.estimator == Estimator::rate && !exposure) {
    below.fail("of a rate must be time: days or member-days");
  }
}

void read_mean(const Node& node, Definition& definition) {
  node.allow_only({"id", "name", "formula", "unit", "source", "estimator",
                   "minimum", "reactions", "minimum_denominator", "score",
                   "reports"});
  if (node["score"].string() != "slots") node["score"].fail("is not slots");
  definition.numerator.kind = Count::Kind::reports;
  definition.numerator.reports = read_filter(node["reports"]);
}

void read_median(const Node& node, Definition& definition) {
  node.allow_only({"id", "name", "formula", "unit", "source", "estimator",
                   "minimum", "reactions", "minimum_denominator",
                   "seconds_per_unit", "event", "follow_minutes", "reports"});
  definition.scale = 1 / read_scale(node, "seconds_per_unit");
  definition.event = read_word(node["event"], event_words);
  if (const auto follow = node.find("follow_minutes")) {
    definition.follow_seconds = 60 * follow->integer(1, longest_minutes);
  }
  definition.numerator.kind = Count::Kind::reports;
  definition.numerator.reports = read_filter(node["reports"]);
}

void read_inequality(const Node& node, Definition& definition) {
  node.allow_only({"id", "name", "formula", "unit", "source", "estimator",
                   "minimum", "reactions", "minimum_denominator", "scale",
                   "amounts", "over", "statistic"});
  constexpr std::array<Word<bool>, 2> amounts{
      {{"messages", false}, {"reports", true}}};
  constexpr std::array<Word<bool>, 2> over{
      {{"senders", false}, {"members", true}}};
  constexpr std::array<Word<bool>, 2> statistic{
      {{"gini", false}, {"top-tenth", true}}};
  definition.scale = read_scale(node, "scale");
  definition.inequality.reports = read_word(node["amounts"], amounts);
  definition.inequality.members = read_word(node["over"], over);
  definition.inequality.top_tenth = read_word(node["statistic"], statistic);
}

Definition read_definition(const Node& node) {
  Definition definition;
  definition.face = read_face(node);
  definition.reactions = read_flag(node, "reactions");
  if (const auto least = node.find("minimum_denominator")) {
    definition.minimum_denominator =
        static_cast<std::uint32_t>(least->integer(2, 1000));
  }
  switch (definition.face.estimator) {
    case Estimator::rate:
    case Estimator::share:
    case Estimator::ratio:
      read_fraction(node, definition);
      break;
    case Estimator::mean:
      read_mean(node, definition);
      break;
    case Estimator::median:
      read_median(node, definition);
      break;
    case Estimator::gini:
      read_inequality(node, definition);
      break;
  }
  return definition;
}

LocalDay read_day(const Node& node) {
  const auto day = text::day_from(node.string());
  if (!day) node.fail("is no day of the calendar (YYYY-MM-DD)");
  return *day;
}

bool filter_uses(const Count& count) {
  return count.kind == Count::Kind::reports;
}

bool count_uses_labels(const Count& count) {
  return filter_uses(count) || !count.labels.empty() || count.outside ||
         (count.kind == Count::Kind::people &&
          count.people == People::reporters);
}

bool count_uses_members(const Count& count) {
  return count.kind == Count::Kind::member_days ||
         (count.kind == Count::Kind::people && count.people == People::members);
}

}  // namespace

Catalogue read_catalogue(std::string_view json, const std::string& source) {
  const Node root = json::parse(json, source);
  root.allow_only({"format", "version", "reactions_change", "metrics"});
  if (root["format"].string() != "etherpeil-metrics/1") {
    root["format"].fail("is not etherpeil-metrics/1");
  }
  static_cast<void>(root["version"].integer(1, 1'000'000));
  Catalogue catalogue;
  catalogue.reactions_change = read_day(root["reactions_change"]);
  std::string previous;
  for (const Node& item : root["metrics"].items()) {
    Definition definition = read_definition(item);
    if (definition.face.id <= previous) {
      item["id"].fail("must come after " + previous +
                      "; ids are unique and sorted");
    }
    previous = definition.face.id;
    catalogue.faces.push_back(definition.face);
    catalogue.definitions.push_back(std::move(definition));
  }
  return catalogue;
}

const Catalogue& catalogue() {
  static const Catalogue embedded =
      read_catalogue(data::metrics_json(), "metrics.json");
  return embedded;
}

const Definition& find_definition(std::string_view id) {
  const std::vector<Definition>& all = catalogue().definitions;
  const auto found =
      std::lower_bound(all.begin(), all.end(), id,
                       [](const Definition& d, std::string_view key) {
                         return d.face.id < key;
                       });
  if (found == all.end() || found->face.id != id) {
    throw Error{Errc::argument,
                "unknown metric: " + std::string{id} +
                    ": choose one of `etherpeil metrics --definitions`"};
  }
  return *found;
}

bool uses_labels(const Definition& definition) {
  return count_uses_labels(definition.numerator) ||
         count_uses_labels(definition.denominator) ||
         definition.inequality.reports;
}

bool uses_members(const Definition& definition) {
  return count_uses_members(definition.numerator) ||
         count_uses_members(definition.denominator) ||
         (definition.face.estimator == Estimator::gini &&
          definition.inequality.members);
}

}  // namespace metric

std::string_view to_string(Estimator estimator) {
  for (const auto& word : metric::estimators) {
    if (word.value == estimator) return word.slug;
  }
  return {};
}

std::span<const MetricDefinition> catalogue() {
  return metric::catalogue().faces;
}

const MetricDefinition& definition(std::string_view id) {
  return metric::find_definition(id).face;
}

}  // namespace etherpeil
