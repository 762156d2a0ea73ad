/// The definitions of lib/data/metrics.json.
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "data/data.hpp"
#include "etherpeil/analysis.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/metrics.hpp"
#include "json/json.hpp"
#include "metrics/measure.hpp"

using namespace etherpeil;

TEST_CASE(
    "metrics: the catalogue is sorted, named in two languages and complete",
    "[metrics]") {
  std::string previous;
  std::set<std::string> minimum;
  for (const MetricDefinition& one : catalogue()) {
    CHECK(previous < one.id);
    previous = one.id;
    CHECK(!one.name_nl.empty());
    CHECK(!one.name_en.empty());
    CHECK(!one.formula.empty());
    CHECK(!one.unit.empty());
    CHECK(!one.source.empty());
    if (one.minimum) minimum.insert(one.id.substr(0, 3));
  }
  const std::set<std::string> twelve{"M01", "M04", "M05", "M11", "M12", "M13",
                                     "M16", "M18", "M19", "M41", "M43", "M60"};
  CHECK(minimum == twelve);
}

TEST_CASE("metrics: a definition is found by its id, and nothing else is",
          "[metrics]") {
  CHECK(definition("M11.emoji").name_en == "Emoji only");
  CHECK(definition("M01").estimator == Estimator::rate);
  for (const char* wrong : {"", "M", "M11.", "m01", "M99", "M11.emojis"}) {
    CHECK_THROWS_AS(definition(wrong), Error);
  }
  CHECK(to_string(Estimator::gini) == "gini");
}

TEST_CASE("metrics: every code of the catalogue is one that an analysis gives",
          "[metrics]") {
  const Codes codes =
      Analyser{{}, Classifier{Codebook::dutch()}}.run(Chat{}).codes;
  for (const auto& one : metric::catalogue().definitions) {
    INFO(one.face.id);
    CHECK(metric::Measure(one, codes).known());
  }
}

TEST_CASE("metrics: what counts messages counts reactions, and says so",
          "[metrics]") {
  for (const auto& one : metric::catalogue().definitions) {
    const auto counts = [](const metric::Count& count) {
      return std::any_of(
          count.messages.begin(), count.messages.end(),
          [](const metric::MessageFilter& filter) {
            const bool reaction =
                std::find(filter.labels.begin(), filter.labels.end(),
                          "REACT") != filter.labels.end();
            return reaction ||
                   (filter.labels.empty() && filter.roles.empty() &&
                    filter.attributes.empty() && filter.kinds.empty());
          });
    };
    if (counts(one.numerator) || counts(one.denominator)) CHECK(one.reactions);
  }
}

namespace {

std::string catalogue_with(const std::string& metric) {
  return R"({"format":"etherpeil-metrics/1","version":1,)"
         R"("reactions_change":"2022-05-01","metrics":[)" +
         metric + "]}";
}

std::string fault_of(const std::string& json) {
  try {
    static_cast<void>(metric::read_catalogue(json, "m.json"));
  } catch (const Error& error) {
    CHECK(error.code() == Errc::config);
    return error.what();
  }
  return "no fault";
}

std::string rate_with(const std::string& rest) {
  return catalogue_with(
      R"({"id":"A","name":{"nl":"a","en":"a"},"formula":"f","unit":"u","source":"s",)" +
      rest + "}");
}

}  // namespace

TEST_CASE("metrics: a wrong catalogue is refused with the place of the fault",
          "[metrics]") {
  const std::string good =
      R"("estimator":"rate","numerator":{"messages":{}},"denominator":{"time":"days"})";
  CHECK(fault_of(rate_with(good)) == "no fault");
  const auto starts = [](const std::string& text, const std::string& start) {
    INFO(text);
    CHECK(text.rfind(start, 0) == 0);
  };
  starts(fault_of("{"), "m.json:1");
  starts(fault_of("{}"), "m.json: /: member \"format\" is missing");
  starts(
      fault_of(
          R"({"format":"etherpeil-metrics/2","version":1,"reactions_change":)"
          R"("2022-05-01","metrics":[]})"),
      "m.json: /format: ");
  starts(fault_of(rate_with(good + R"(,"scales":2)")),
         "m.json: /metrics/0/scales: unknown");
  starts(fault_of(rate_with(good + R"(,"scale":0)")),
         "m.json: /metrics/0/scale: ");
  starts(fault_of(rate_with(good + R"(,"minimum":false)")),
         "m.json: /metrics/0/minimum: ");
  starts(fault_of(rate_with(R"("estimator":"sum")")),
         "m.json: /metrics/0/estimator: is none of");
  starts(
      fault_of(rate_with(
          R"("estimator":"rate","numerator":{"messages":{}},"denominator":{"messages":{}})")),
      "m.json: /metrics/0/denominator: of a rate must be time");
  starts(
      fault_of(rate_with(
          R"("estimator":"share","numerator":{},"denominator":{"time":"days"})")),
      "m.json: /metrics/0/numerator: must have one member");
  starts(
      fault_of(rate_with(
          R"("estimator":"share","numerator":{"reports":{"slot":"none"}},"denominator":{})")),
      "m.json: /metrics/0/numerator/reports/slot: ");
  starts(fault_of(rate_with(
             R"("estimator":"share","numerator":{"reports":{"within":)"
             R"({"event":"outcome","minutes":0}}},"denominator":{})")),
         "m.json: /metrics/0/numerator/reports/within/minutes: ");
  starts(fault_of(rate_with(
             R"("estimator":"gini","amounts":"words","over":"members",)"
             R"("statistic":"gini")")),
         "m.json: /metrics/0/amounts: is none of messages, reports");
  starts(fault_of(
             rate_with(R"("estimator":"share","numerator":{"roles":["baas"]},)"
                       R"("denominator":{})")),
         "m.json: /metrics/0/numerator/roles/0: ");
  const std::string one = rate_with(good);
  const std::string object =
      one.substr(one.find('[') + 1, one.rfind(']') - one.find('[') - 1);
  starts(fault_of(catalogue_with(object + "," + object)),
         "m.json: /metrics/1/id: must come after");
  starts(
      fault_of(
          R"({"format":"etherpeil-metrics/1","version":1,"reactions_change":)"
          R"("2022-02-30","metrics":[]})"),
      "m.json: /reactions_change: is no day");
}
