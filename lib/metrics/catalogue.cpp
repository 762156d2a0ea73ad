#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "json/json.hpp"
#include "metrics/definition.hpp"
#include "metrics/read_count.hpp"
#include "text/times.hpp"

namespace etherpeil {
namespace metric {
namespace {

using json::Node;

constexpr std::array<Word<Estimator>, 10> estimators{
    {{"rate", Estimator::rate},
     {"share", Estimator::share},
     {"ratio", Estimator::ratio},
     {"mean", Estimator::mean},
     {"median", Estimator::median},
     {"gini", Estimator::gini},
     {"quantile", Estimator::quantile},
     {"gap", Estimator::gap},
     {"change", Estimator::change},
     {"relative", Estimator::relative}}};
constexpr std::array<Word<Score>, 4> score_words{
    {{"slots", Score::slots},
     {"messages", Score::messages},
     {"burst", Score::burst},
     {"attributes", Score::attributes}}};
constexpr std::array<Word<Course>, 4> course_words{
    {{"longest-gap", Course::longest_gap},
     {"since-last", Course::since_last},
     {"reminders", Course::reminders},
     {"noisy-days", Course::noisy_days}}};

double read_scale(const Node& node, std::string_view key) {
  const auto scale = node.find(key);
  if (!scale) return 1;
  const double value = scale->number();
  if (!(value > 0) || value > 1e9)
    scale->fail("must be above 0 and at most 1e9");
  return value;
}

/// A half when nothing is said.
double read_quantile(const Node& node) {
  const auto quantile = node.find("quantile");
  if (!quantile) return 0.5;
  const double value = quantile->number();
  if (!(value > 0) || !(value < 1)) quantile->fail("must be between 0 and 1");
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

/// Of a mean or a quantile.
void read_score(const Node& node, Definition& definition) {
  node.allow_only({"id", "name", "formula", "unit", "source", "estimator",
                   "minimum", "reactions", "minimum_denominator", "score",
                   "attributes", "quantile", "reports"});
  definition.score = read_word(node["score"], score_words);
  definition.scored = read_texts(node, "attributes");
  definition.quantile = read_quantile(node);
  definition.numerator.kind = Count::Kind::reports;
  definition.numerator.reports = read_filter(node["reports"]);
}

void read_median(const Node& node, Definition& definition) {
  node.allow_only({"id", "name", "formula", "unit", "source", "estimator",
                   "minimum", "reactions", "minimum_denominator",
                   "seconds_per_unit", "event", "follow_minutes", "quantile",
                   "reports", "reminder"});
  definition.scale = 1 / read_scale(node, "seconds_per_unit");
  definition.quantile = read_quantile(node);
  if (const auto reminder = node.find("reminder")) {
    definition.reminder = true;
    definition.numerator = read_count(*reminder);
    return;
  }
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

/// What is looked at around days or messages.
void read_course(const Node& node, Definition& definition) {
  node.allow_only({"id", "name", "formula", "unit", "source", "estimator",
                   "minimum", "reactions", "minimum_denominator", "scale",
                   "course", "of"});
  definition.scale = read_scale(node, "scale");
  definition.course = read_word(node["course"], course_words);
  if (definition.face.estimator != Estimator::relative)
    definition.numerator = read_count(node["of"]);
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
    case Estimator::quantile:
      read_score(node, definition);
      break;
    case Estimator::gap:
    case Estimator::change:
    case Estimator::relative:
      read_course(node, definition);
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

bool any_message_filter(const Count& count,
                        bool (*test)(const MessageFilter&)) {
  return std::any_of(count.messages.begin(), count.messages.end(), test);
}

/// What all messages have, whatever their label.
bool count_is_of_reports(const Count& count) {
  return count.kind == Count::Kind::reports ||
         (count.kind == Count::Kind::people &&
          count.people == People::reporters);
}

bool count_uses_labels(const Count& count) {
  return count_is_of_reports(count) ||
         any_message_filter(count, [](const MessageFilter& filter) {
           return !filter.labels.empty() || filter.outside || filter.inside ||
                  filter.safety;
         });
}

bool count_uses_clock(const Count& count) {
  const Filter& filter = count.reports;
  return filter.within || filter.without || filter.observed || filter.told ||
         any_message_filter(count,
                            [](const MessageFilter& one) { return one.night; });
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
         definition.inequality.reports || definition.reminder ||
         definition.face.estimator == Estimator::change ||
         definition.face.estimator == Estimator::relative;
}

bool uses_clock(const Definition& definition) {
  return count_uses_clock(definition.numerator) ||
         count_uses_clock(definition.denominator) ||
         definition.face.estimator == Estimator::median;
}

bool grows_with_days(const Definition& definition) {
  return definition.face.estimator == Estimator::gini ||
         definition.numerator.kind == Count::Kind::people;
}

bool counts_reports(const Definition& definition) {
  return count_is_of_reports(definition.numerator) ||
         count_is_of_reports(definition.denominator) ||
         (definition.face.estimator == Estimator::gini &&
          definition.inequality.reports);
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
