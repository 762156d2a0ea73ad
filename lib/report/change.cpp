#include "report/change.hpp"

#include <cmath>

#include "report/cells.hpp"

namespace etherpeil::report {
namespace {

std::string subject_of(const MetricDefinition& definition, const Texts& texts) {
  std::string known = texts.find("outcome." + definition.id + ".subject", "");
  if (!known.empty()) return known;
  return texts.fill("sentence.subject", {{"name", name_of(definition, texts)}});
}

/// "In 2 of the 4 groups ... is higher afterwards, in 1 lower."
std::string direction_text(const Directions& directions,
                           const std::string& subject, const Texts& texts) {
  struct Way {
    std::uint32_t groups{};
    std::string_view how{};
  };
  const std::uint32_t compared = directions.compared();
  const std::string_view head = compared == 1 ? "sentence.one"
                                : compared == directions.groups
                                    ? "sentence.all"
                                    : "sentence.some";
  std::string out;
  for (const Way way : {Way{directions.up, "sentence.up"},
                        Way{directions.down, "sentence.down"},
                        Way{directions.same, "sentence.same"}}) {
    if (way.groups == 0) continue;
    out += texts.fill(out.empty() ? head : "sentence.more",
                      {{"n", texts.count(way.groups)},
                       {"k", texts.count(compared)},
                       {"subject", subject},
                       {"how", texts(way.how)}});
  }
  return out + '.';
}

}  // namespace

bool is_ratio(const Comparison& comparison) {
  return comparison.effect == "ratio";
}

bool is_clear(const GroupChange& change, bool ratio) {
  const double none = ratio ? 1 : 0;
  return change.interval.low > none || change.interval.high < none;
}

void add(Directions& directions, const GroupChange& change, bool ratio,
         const MetricDefinition& definition, const Texts& texts) {
  if (std::isnan(change.effect)) return;
  const double none = ratio ? 1 : 0;
  // Nobody sees a difference that the table rounds away.
  if (rounds_to_none(change.effect, ratio, definition, texts)) {
    ++directions.same;
  } else if (change.effect > none) {
    ++directions.up;
  } else {
    ++directions.down;
  }
  if (is_clear(change, ratio)) ++directions.clear;
}

std::string change_sentence(const Directions& directions,
                            const MetricDefinition& definition,
                            const Texts& texts) {
  const std::uint32_t compared = directions.compared();
  if (compared == 0) return texts("sentence.none");
  std::string out =
      direction_text(directions, subject_of(definition, texts), texts);
  out += ' ' + (directions.clear == 0
                    ? texts("sentence.clear.0")
                    : texts.plural("sentence.clear", directions.clear));
  const std::uint32_t missing = directions.groups - compared;
  if (missing > 0) out += ' ' + texts.plural("sentence.missing", missing);
  return out;
}

}  // namespace etherpeil::report
