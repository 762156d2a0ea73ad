#include "etherpeil/analysis.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "etherpeil/error.hpp"
#include "etherpeil/version.hpp"

using namespace etherpeil;

namespace {

const char* const two_messages =
    "13-05-2024 10:00 - Jan: Er loopt iemand aan autodeuren te voelen in de "
    "Merelhof\n"
    "13-05-2024 10:02 - Wijkagent Rob: Dank, we gaan kijken\n";

}  // namespace

TEST_CASE("analysis: the whole gives what the steps give", "[analysis]") {
  const Analyser analyser;
  const Chat chat = parse(Bytes::from(two_messages), "x.txt");
  const std::vector<RoleEntry> entries{{"Wijkagent Rob", Role::police, {}, {}}};
  const Analysis whole = analyser.run(chat, entries);
  std::vector<Diagnostic> diagnostics;
  const auto roles = assign_roles(chat, entries, diagnostics);
  const Classifier classifier = Classifier::dutch();
  const auto labels = classifier.classify(chat, roles);
  REQUIRE(whole.labels.size() == 2);
  for (Index i = 0; i < 2; ++i) {
    CHECK(whole.labels[i].code == labels[i].code);
    CHECK(whole.labels[i].attributes == labels[i].attributes);
  }
  CHECK(whole.roles == roles);
  CHECK(whole.roles[1] == Role::police);
  CHECK(whole.incidents.list.size() ==
        find_incidents(chat, labels, classifier.codebook().codes(), roles)
            .list.size());
}

TEST_CASE("analysis: provenance names everything that decides the result",
          "[analysis]") {
  const Analysis analysis = Analyser{}.run(parse(Bytes::from(two_messages)));
  CHECK(analysis.provenance.library == version);
  CHECK(analysis.provenance.model == Model::dutch().id());
  const Analysis by_rules =
      Analyser{{}, Classifier{}}.run(parse(Bytes::from(two_messages)));
  CHECK(by_rules.provenance.model == "rules");
  CHECK(analysis.provenance.codebook_sha256 == Codebook::dutch().sha256());
  CHECK_FALSE(analysis.provenance.unicode.empty());
  CHECK(analysis.sha256.size() == 64);
  CHECK(analysis.text_bytes == std::string{two_messages}.size());
}

TEST_CASE("analysis: labels from elsewhere are used as they are",
          "[analysis]") {
  const Chat chat = parse(Bytes::from(two_messages));
  const Codes& codes = Codebook::dutch().codes();
  std::vector<Label> labels(2);
  labels[0].code = static_cast<std::uint8_t>(codes.label("OVER").value());
  labels[1].code = static_cast<std::uint8_t>(codes.label("TERUG").value());
  const Analysis analysis = Analyser{}.run(chat, labels, "human");
  CHECK(analysis.provenance.model == "human");
  REQUIRE(analysis.incidents.list.size() == 1);
  CHECK(analysis.incidents.list[0].outcome == Index{1});
  labels.pop_back();
  CHECK_THROWS_AS(Analyser{}.run(chat, labels, "human"), Error);
}

TEST_CASE("analysis: a file that is no export is refused", "[analysis]") {
  CHECK_THROWS_AS(Analyser{}.run(std::filesystem::path{"/no/such/file.txt"}),
                  Error);
}
