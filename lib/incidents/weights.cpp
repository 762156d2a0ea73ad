#include "incidents/weights.hpp"

#include <limits>

#include "data/data.hpp"
#include "json/json.hpp"

namespace etherpeil::incident {
namespace {

Weights load() {
  const json::Node root = json::parse(data::incidents_json(), "incidents.json");
  root.allow_only({"format", "version", "source", "base", "shared_word",
                   "repeated_word", "most_words", "takes_part",
                   "names_participant", "closed", "gap", "chatter_gap",
                   "gap_unit_seconds", "same_reporter", "goes_on", "duplicate",
                   "clear"});
  if (root["format"].string() != "etherpeil-incidents/1")
    root["format"].fail("must be etherpeil-incidents/1");
  constexpr std::int64_t most = 100;
  Weights weights{.shared_word = root["shared_word"].number(),
                  .repeated_word = root["repeated_word"].number(),
                  .most_words = static_cast<std::size_t>(
                      root["most_words"].integer(0, most)),
                  .takes_part = root["takes_part"].number(),
                  .names_participant = root["names_participant"].number(),
                  .closed = root["closed"].number(),
                  .gap = root["gap"].number(),
                  .chatter_gap = root["chatter_gap"].number(),
                  .gap_unit = root["gap_unit_seconds"].number(),
                  .same_reporter = root["same_reporter"].number(),
                  .goes_on = root["goes_on"].number(),
                  .duplicate = root["duplicate"].number(),
                  .clear = root["clear"].number()};
  for (std::size_t i = 0; i < weights.base.size(); ++i) {
    const json::Node node = root["base"][to_string(static_cast<Function>(i))];
    weights.base[i] = node.is_null() ? -std::numeric_limits<double>::infinity()
                                     : node.number();
  }
  return weights;
}

}  // namespace

const Weights& weights() {
  static const Weights loaded = load();
  return loaded;
}

}  // namespace etherpeil::incident
