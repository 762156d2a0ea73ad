#include "etherpeil/learn.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "classify/model.hpp"
#include "classify/reader.hpp"
#include "demo_readers.hpp"
#include "etherpeil/demo.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/parse.hpp"
#include "json/json.hpp"
#include "text/fold.hpp"

namespace {

using namespace etherpeil;
namespace fs = std::filesystem;

const fs::path labelled = fs::path{ETHERPEIL_SOURCE_DIR} / "test" / "labelled";

const Codes& codes() { return Codebook::dutch().codes(); }

std::string why(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// One coded group, read once.
const LabelledChat& group() {
  static const std::vector<LabelledChat> one =
      load_corpus(labelled, codes(), std::vector<std::string>{"laan"});
  return one.front();
}

/// The first messages of coded groups: enough to train something in no time.
std::vector<LabelledChat> slices(std::size_t groups, std::size_t messages) {
  std::vector<LabelledChat> cut;
  for (LabelledChat chat : load_corpus(labelled, codes())) {
    if (cut.size() == groups) break;
    chat.chat.messages.resize(messages);
    chat.coding.labels.resize(messages);
    chat.roles.resize(messages);
    cut.push_back(std::move(chat));
  }
  return cut;
}

Chat android(const std::vector<std::string>& texts) {
  std::string file;
  int minute = 0;
  for (const std::string& text : texts) {
    file += "13-05-2024 10:" + std::string(minute < 10 ? "0" : "") +
            std::to_string(minute) + " - " + (minute % 2 == 0 ? "Jo" : "Mo") +
            ": " + text + "\n";
    ++minute;
  }
  return parse(Bytes::from(file));
}

// --------------------------------------------------------------- explanations

TEST_CASE(
    "learn: with a model, too, the reasons sum to the score of every "
    "label",
    "[learn]") {
  const Classifier classifier = Classifier::dutch();
  const LabelledChat& coded = group();
  std::size_t told = 0;
  const auto labels = classifier.classify(coded.chat, coded.roles);
  (void)classifier.explain(
      coded.chat, coded.roles,
      [&](Index message, std::span<const Reason> reasons) {
        ++told;
        classify::Scores scores{};
        for (const Reason& reason : reasons)
          scores[reason.label] += reason.weight;
        const auto logs = classify::log_softmax(scores, codes().labels.size());
        for (std::size_t k = 0; k < codes().labels.size(); ++k) {
          CHECK(std::exp(logs[k]) ==
                Approx(double{labels[message].probabilities[k]}).margin(1e-6));
        }
      });
  CHECK(told == 692);
}

TEST_CASE("learn: a reason about words points at the word", "[learn]") {
  const std::string text = "Iemand voelt aan alle autodeuren";
  const auto reasons = Classifier::dutch().explain(android({text}), 0);
  std::set<std::string> words;
  for (const Reason& reason : reasons) {
    if (reason.rule != "word" || reason.end == 0) continue;
    words.insert(text.substr(reason.start, reason.end - reason.start));
  }
  CHECK(words ==
        std::set<std::string>{"Iemand", "voelt", "aan", "alle", "autodeuren"});
}

TEST_CASE("learn: words of origin change no label and no share", "[learn]") {
  const Classifier classifier = Classifier::dutch();
  const auto shares = [&](const std::string& word) {
    return classifier.classify(android(
        {"Er loopt een " + word + " man door de brandgang, voelt aan poorten",
         "Ja zag die " + word + " jongen ook, wat doet hij daar?", "Top",
         "Die " + word + " jongen van 12 is jarig"}));
  };
  const auto first = shares("Marokkaanse");
  for (const char* other :
       {"Turkse", "Poolse", "donkere", "blanke", "getinte", "Antilliaanse"}) {
    const auto second = shares(other);
    INFO(other);
    for (std::size_t i = 0; i < first.size(); ++i) {
      CHECK(first[i].code == second[i].code);
      CHECK(first[i].probabilities == second[i].probabilities);
    }
  }
}

// -------------------------------------------------------------------- decoder

/// The posterior shares by adding up every course that labels can take.
std::vector<classify::Scores> by_hand(
    const std::vector<classify::Scores>& scores,
    const std::vector<std::uint32_t>& gaps,
    const std::vector<std::uint8_t>& own, const classify::Steps& steps,
    std::size_t labels) {
  std::size_t courses = 1;
  for (std::size_t i = 0; i < scores.size(); ++i) courses *= labels;
  std::vector<classify::Scores> sums(scores.size());
  double total = 0;
  for (std::size_t course = 0; course < courses; ++course) {
    std::size_t rest = course;
    std::size_t before = labels;
    double score = 0;
    std::vector<std::size_t> taken;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const std::size_t label = rest % labels;
      rest /= labels;
      score += scores[i][label] - steps.prior * steps.log_prior[label] +
               steps.weight * steps.log_step[classify::gap_step(gaps[i])]
                                            [own[i]][before][label];
      taken.push_back(label);
      before = label;
    }
    total += std::exp(score);
    for (std::size_t i = 0; i < taken.size(); ++i)
      sums[i][taken[i]] += std::exp(score);
  }
  for (auto& sum : sums) {
    for (std::size_t k = 0; k < labels; ++k) sum[k] = std::log(sum[k] / total);
  }
  return sums;
}

TEST_CASE("learn: the decoder gives the shares of all courses together",
          "[learn]") {
  constexpr std::size_t labels = 3;
  classify::Steps steps;
  steps.weight = 0.7;
  steps.prior = 0.4;
  double value = 0.1;
  for (std::size_t k = 0; k < labels; ++k)
    steps.log_prior[k] = -1.0 - 0.3 * double(k);
  for (auto& gap : steps.log_step) {
    for (auto& own : gap) {
      for (std::size_t from = 0; from <= labels; ++from) {
        for (std::size_t to = 0; to < labels; ++to) {
          value = std::fmod(value * 7.3 + 0.37, 3.0);
          own[from][to] = -value;
        }
      }
    }
  }
  const std::vector<classify::Scores> scores{
      {0.5, -1, 2}, {1, 0, 0.2}, {-0.4, 0.6, 0}, {0, 0, 1.5}};
  const std::vector<std::uint32_t> gaps{UINT32_MAX, 20, 500, 4000};
  const std::vector<std::uint8_t> own{0, 1, 0, 0};
  const auto expected = by_hand(scores, gaps, own, steps, labels);
  const classify::StepTables tables{steps, labels};
  const auto found = classify::decode(scores, gaps, own, tables, std::nullopt);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t k = 0; k < labels; ++k)
      CHECK(found[i][k] == Approx(expected[i][k]).margin(1e-9));
  }
  SECTION("waiting for one message is as if the chat ended after it") {
    const auto lagged = classify::decode(scores, gaps, own, tables, Index{1});
    const std::vector<classify::Scores> start{scores[0], scores[1], scores[2]};
    const auto cut =
        by_hand(start, {UINT32_MAX, 20, 500}, {0, 1, 0}, steps, labels);
    for (std::size_t k = 0; k < labels; ++k)
      CHECK(lagged[1][k] == Approx(cut[1][k]).margin(1e-9));
  }
}

// ------------------------------------------------------------------ model file

TEST_CASE("learn: a model that does not fit is refused with its place",
          "[learn]") {
  std::string good{json::read_file(fs::path{ETHERPEIL_SOURCE_DIR} /
                                   "lib/data/model_nl.json")};
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    const auto at = bad.find(from);
    REQUIRE(at != std::string::npos);
    bad.replace(at, from.size(), to);
    return why(
        [&] { (void)Model::from_json(bad, "m.json", Codebook::dutch()); });
  };
  CHECK(why([&] {
          (void)Model::from_json(good, "m.json", Codebook::dutch());
        }).empty());
  CHECK(holds(refused("etherpeil-model/1", "etherpeil-model/9"),
              "m.json: /format"));
  CHECK(holds(refused("\"features\":2", "\"features\":7"), "/features"));
  CHECK(holds(refused(Codebook::dutch().sha256(), std::string(64, '0')),
              "/codebook/sha256"));
  CHECK(holds(refused("\"TERUG\"", "\"TERUGX\""), "/labels"));
  CHECK(holds(refused("\"bias\":\"", "\"bias\":\"x "), "/bias"));
  CHECK(holds(refused("\"weights\":[\"", "\"weights\":[\"x "), "/weights/0"));
  CHECK(holds(why([&] {
                (void)Model::from_json(good.substr(0, good.size() / 2),
                                       "m.json", Codebook::dutch());
              }),
              "m.json"));
}

TEST_CASE(
    "learn: no word of the model comes from fewer than three groups or "
    "from a name",
    "[learn]") {
  // Counted here with other means: runs of letters in the folded file.
  const json::Node root =
      json::parse(json::read_file(fs::path{ETHERPEIL_SOURCE_DIR} /
                                  "lib/data/model_nl.json"),
                  "model");
  // The synthetic study is made anew, as for training.
  const demo_readers::Scratch study{"learn"};
  write_demo(study.path, {.seed = 11});
  std::map<std::string, std::set<std::string>> met;
  for (const json::Node& trained : root["training"].items()) {
    const std::string name = trained["group"].string();
    const bool demo = name.rfind("demo-", 0) == 0;
    const fs::path exported =
        demo ? find_exports(study.path / name.substr(5)).front()
             : labelled / (name + ".txt");
    const std::string file = text::fold(parse_file(exported).bytes.view).text;
    std::string word;
    for (const char c : file) {
      if (c >= 'a' && c <= 'z') {
        word += c;
      } else {
        if (!word.empty()) met[word].insert(name);
        word.clear();
      }
    }
  }
  // What is written otherwise, or with a slip, counts for what it is read as.
  classify::Reading reading;
  for (const auto& [word, groups] : std::map{met}) {
    Codebook::dutch().impl().lexicon.read(word, reading);
    for (const classify::Unit& unit : reading.units) {
      if (!unit.masked())
        met[std::string{unit.word->text}].insert(groups.begin(), groups.end());
    }
  }
  std::size_t checked = 0;
  for (const json::Node& line : root["weights"].items()) {
    const std::string text = line.string();
    const auto at = text.find(" word:");
    if (at == std::string::npos) continue;
    const std::string word = text.substr(at + 6);
    const bool plain = std::all_of(word.begin(), word.end(),
                                   [](char c) { return c >= 'a' && c <= 'z'; });
    if (!plain) continue;
    ++checked;
    INFO(word);
    CHECK(met[word].size() >= 3);
  }
  CHECK(checked > 500);
}

// -------------------------------------------------------------------- training

TEST_CASE("learn: training twice gives the same bytes, and the result reads",
          "[learn]") {
  const auto some = slices(4, 200);
  const std::span<const LabelledChat> all{some};
  TrainOptions options;
  const std::string once =
      train(all.subspan(0, 3), all.subspan(3), Codebook::dutch(), options);
  CHECK(once ==
        train(all.subspan(0, 3), all.subspan(3), Codebook::dutch(), options));
  const Model model = Model::from_json(once, "small", Codebook::dutch());
  CHECK(model.id().rfind("model/", 0) == 0);
  SECTION("chats that are held out change the model's figures alone") {
    const std::string measured =
        train(all.subspan(0, 3), all.subspan(3), Codebook::dutch(), options,
              all.subspan(3));
    const json::Node root = json::parse(measured, "measured");
    const json::Node metrics = root["metrics"];
    CHECK(metrics["messages"].integer(1, 200) > 100);
    CHECK(metrics["macro_f1"].items()[0].number() > 0.1);
    CHECK(metrics["labels"]["REACT"]["recall"].number() > 0);
    CHECK(root["held_out"].items().size() == 1);
    CHECK_FALSE(root["excluded"]["sensitive"].strings().empty());
    CHECK(measured.substr(measured.find("\"calibration\"")) ==
          once.substr(once.find("\"calibration\"")));
  }
  SECTION("a model has no more features than it may") {
    options.max_features = 500;
    const Model few = Model::from_json(
        train(all.subspan(0, 3), all.subspan(3), Codebook::dutch(), options),
        "few", Codebook::dutch());
    CHECK(few.impl().names.size() == 500);
  }
  SECTION("the copy of every chat, with or without slips, knows no roles") {
    // Were it the chat itself, twice the rows would weigh as twice the cost.
    const auto moderates = [&](double typos, double cost) {
      options.typos = typos;
      options.cost = cost;
      const Model trained = Model::from_json(
          train(all.subspan(0, 3), all.subspan(3), Codebook::dutch(), options),
          "roles", Codebook::dutch());
      const classify::Weights* const row = trained.impl().find(
          classify::FeatureHash{"context:role=beheerder"}.id());
      REQUIRE(row != nullptr);
      return double{row->full[*codes().label("MOD")]};
    };
    constexpr double no_slips = 1e-9;
    const double twice = moderates(0, 2);
    CHECK(twice > 0.5);
    CHECK(std::abs(moderates(no_slips, 1) - twice) > 0.1 * twice);
  }
  SECTION("a block that is left out is not in the file") {
    options.without = {"letters", "decoder"};
    const std::string fewer =
        train(all.subspan(0, 3), all.subspan(3), Codebook::dutch(), options);
    CHECK(holds(once, " letters:"));
    CHECK_FALSE(holds(fewer, " letters:"));
    CHECK(Model::from_json(fewer, "fewer", Codebook::dutch())
              .impl()
              .steps.weight == 0);
  }
}

TEST_CASE("learn: a lead moves labels and no share", "[learn]") {
  auto leading = std::make_shared<Model::Impl>(Model::dutch().impl());
  const std::size_t incident = *codes().label("INC");
  leading->calibration.lead[incident] = 3;
  const Classifier plain = Classifier::dutch();
  const Classifier other{Codebook::dutch(), Model{leading}};
  const auto before = plain.classify(group().chat, group().roles);
  const auto after = other.classify(group().chat, group().roles);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(before[i].probabilities == after[i].probabilities);
    if (before[i].code == after[i].code) continue;
    ++moved;
    CHECK(after[i].code == incident);
    CHECK(after[i].probability == after[i].probabilities[incident]);
  }
  CHECK(moved > 0);
}

TEST_CASE("learn: training says what it lacks", "[learn]") {
  const auto some = slices(4, 200);
  const std::span<const LabelledChat> all{some};
  const auto trained = [&](std::span<const LabelledChat> training,
                           std::span<const LabelledChat> calibration,
                           const TrainOptions& options = {}) {
    return why([&] {
      (void)train(training, calibration, Codebook::dutch(), options);
    });
  };
  CHECK(holds(trained(all.subspan(0, 2), all.subspan(3)), "2 groups"));
  CHECK(holds(trained(all.subspan(0, 3), {}), "calibrate"));
  CHECK(
      holds(trained(all.subspan(0, 3), all.subspan(3), {.without = {"ngram"}}),
            "\"ngram\""));
  auto poor = some;
  const Index lost = *codes().label("LOST");
  const Index social = *codes().label("SOC");
  for (LabelledChat& chat : poor) {
    for (Label& label : chat.coding.labels) {
      if (label.code == lost) label.code = static_cast<std::uint8_t>(social);
    }
  }
  CHECK(holds(trained(std::span<const LabelledChat>{poor}.subspan(0, 3),
                      all.subspan(3)),
              "LOST"));
}

// ------------------------------------------------------------------ evaluation

/// A model that answers what it is told to.
class Told : public Scorer {
 public:
  explicit Told(std::vector<Shares> rows) : rows_(std::move(rows)) {}
  [[nodiscard]] std::string id() const override { return "told/1"; }
  [[nodiscard]] std::vector<Shares> score(
      const Chat&, std::span<const Role>) const override {
    return rows_;
  }

 private:
  std::vector<Shares> rows_;
};

Shares sure(const char* key, float share = 1) {
  Shares row{};
  const Index at = *codes().label(key);
  row[at] = share;
  row[at == 0 ? 1 : 0] = 1 - share;
  return row;
}

TEST_CASE("learn: an evaluation counts what anybody can count by hand",
          "[learn]") {
  LabelledChat coded;
  coded.group = "hand";
  coded.chat = android({"a", "b", "c", "d"});
  coded.coding.labels.resize(4);
  const char* gold[] = {"INC", "VERD", "SOC", "SOC"};
  for (std::size_t i = 0; i < 4; ++i) {
    coded.coding.labels[i].code =
        static_cast<std::uint8_t>(*codes().label(gold[i]));
  }
  const auto scorer = std::make_shared<Told>(
      std::vector<Shares>{sure("VERD", 0.9F), sure("VERD", 0.9F),
                          sure("SOC", 0.6F), sure("REACT", 0.8F)});
  const Evaluation found =
      evaluate(std::span{&coded, 1}, Classifier{Codebook::dutch(), scorer},
               {.resamples = 50});
  CHECK(found.messages == 4);
  CHECK(found.model == "told/1");
  CHECK(found.accuracy == Approx(0.5));
  // F1: INC 0, VERD 2/3, SOC 2/3.
  CHECK(found.macro_f1 == Approx(4.0 / 9));
  CHECK(found.report.f1 == Approx(1));
  // Agreement by pairs: margins INC 1, VERD 3, SOC 3, REACT 1 of 8.
  CHECK(found.alpha == Approx(1 - 0.5 / (1 - 12.0 / 56)));
  // |0.9 - 0.5| * 2/4 + |0.6 - 1| / 4 + |0.8 - 0| / 4
  CHECK(found.ece == Approx(0.5).margin(1e-6));
  CHECK(found.risk.front().coverage == 1);
}

TEST_CASE("learn: a model from outside must give one row of shares a message",
          "[learn]") {
  const Chat chat = android({"a", "b"});
  const auto labels = [&](std::vector<Shares> rows) {
    return Classifier{Codebook::dutch(),
                      std::make_shared<Told>(std::move(rows))}
        .classify(chat);
  };
  CHECK(labels({sure("OFF"), sure("LOST")})[1].code == *codes().label("LOST"));
  CHECK(holds(why([&] { (void)labels({sure("OFF")}); }), "1 rows for 2"));
  CHECK(holds(why([&] {
                (void)labels({sure("OFF"), Shares{}});
              }),
              "message 2"));
}

TEST_CASE("learn: the model of the library reproduces its recorded scores",
          "[learn]") {
  const json::Node recorded =
      json::parse(json::read_file(labelled / "evaluation.json"), "recorded");
  std::vector<std::string> groups;
  for (const json::Node& one : recorded["groups"].items())
    groups.push_back(one["group"].string());
  const auto chats = load_corpus(labelled, codes(), groups);
  const Evaluation found =
      evaluate(chats, Classifier::dutch(), {.resamples = 10});
  CHECK(found.seen.empty());
  CHECK(found.model == recorded["model"].string());
  CHECK(found.macro_f1 == Approx(recorded["macro_f1"]["value"].number()));
  CHECK(found.alpha == Approx(recorded["alpha"]["value"].number()));
  CHECK(found.ece == Approx(recorded["ece"].number()));
  const auto rows = recorded["confusion"].items();
  for (std::size_t a = 0; a < rows.size(); ++a) {
    const auto cells = rows[a].items();
    for (std::size_t b = 0; b < cells.size(); ++b) {
      CHECK(found.confusion[a][b] ==
            static_cast<std::uint64_t>(cells[b].integer(0, 1 << 20)));
    }
  }
}

}  // namespace

TEST_CASE("learn: B-cubed and exact incidents by hand", "[learn]") {
  // People: {0 1 2} {3 4}, 5 in none; found: {0 1} {2 3 4 5}.
  LabelledChat chat;
  chat.coding.labels.resize(6);
  chat.coding.incidents = {7, 7, 7, 9, 9, 0};
  chat.coding.roots = {true, false, false, true, false, false};
  Incidents found;
  found.list = {{.root = 0, .messages = {0, 1}},
                {.root = 2, .messages = {2, 3, 4, 5}}};
  found.of_message = {Index{0}, Index{0}, Index{1},
                      Index{1}, Index{1}, Index{1}};
  const IncidentScore score =
      score_incidents(std::span{&chat, 1}, std::span{&found, 1});
  CHECK(score.gold == 2);
  CHECK(score.predicted == 2);
  CHECK(score.roots == 1);
  CHECK(score.exact == 0);
  // Per message 1 1 1/4 2/4 2/4 0 of six, and 2/3 2/3 1/3 1 1 of five.
  CHECK(score.precision == Approx(3.25 / 6));
  CHECK(score.recall == Approx((2.0 / 3 + 2.0 / 3 + 1.0 / 3 + 2) / 5));
  found.of_message = {Index{0}, Index{0}, Index{0}, Index{1}, Index{1}, {}};
  const IncidentScore perfect =
      score_incidents(std::span{&chat, 1}, std::span{&found, 1});
  CHECK(perfect.exact == 2);
  CHECK(perfect.f1 == 1.0);
}

TEST_CASE("learn: groups that helped to make the model are told apart",
          "[learn]") {
  const std::vector<std::string> names{"breda", "gent", "hoorn"};
  auto chats = load_corpus(labelled, codes(), names);
  const auto seen = [&](const Classifier& classifier) {
    return evaluate(chats, classifier, {.resamples = 10}).seen;
  };
  CHECK(seen(Classifier::dutch()) == names);
  CHECK(seen(Classifier{}).empty());
  const auto code = [](LabelledChat& chat) -> std::uint8_t& {
    return std::find_if(chat.coding.labels.begin(), chat.coding.labels.end(),
                        [](const Label& l) { return l.code != not_coded; })
        ->code;
  };
  // Known by its bytes, by its name and size, and by neither.
  chats[0].group = "mine";
  code(chats[1]) ^= 1U;
  chats[2].group = "mine too";
  code(chats[2]) ^= 1U;
  CHECK(seen(Classifier::dutch()) == std::vector<std::string>{"mine", "gent"});
}
