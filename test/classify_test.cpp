#include "etherpeil/classify.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "classify/rules.hpp"
#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "hash/hash.hpp"
#include "text/plate.hpp"

namespace {

using etherpeil::Attributes;
using etherpeil::Chat;
using etherpeil::Classifier;
using etherpeil::Codebook;
using etherpeil::Index;
using etherpeil::Kind;
using etherpeil::Label;
using etherpeil::MediaType;
using etherpeil::Reason;
using etherpeil::Role;

struct Line {
  std::string text{};
  std::uint16_t author{};
  std::uint32_t minute{};
  Kind kind{Kind::text};
  MediaType media{MediaType::none};
};

Chat chat_of(const std::vector<Line>& lines) {
  Chat chat;
  std::string bytes;
  for (const Line& line : lines) {
    chat.messages.push_back(
        {.seconds = 1'600'000'000 + line.minute * 60,
         .offset = static_cast<std::uint32_t>(bytes.size()),
         .text_length = static_cast<std::uint32_t>(line.text.size()),
         .author = line.author,
         .kind = line.kind,
         .media = line.media});
    bytes += line.text;
  }
  chat.bytes = etherpeil::Bytes::from(bytes);
  return chat;
}

Chat chat_of(const std::string& text) {
  return chat_of(std::vector<Line>{{.text = text}});
}

Label label_of(const std::string& text) {
  return Classifier{}.classify(chat_of(text))[0];
}

std::string key_of(const Label& label) {
  return label.code == etherpeil::not_coded
             ? "-"
             : Codebook::dutch().codes().labels[label.code].key;
}

std::string key_of(const std::string& text) { return key_of(label_of(text)); }

bool has(const Label& label, std::string_view attribute) {
  const auto index = Codebook::dutch().codes().attribute(attribute);
  REQUIRE(index);
  return (label.attributes >> *index & 1U) != 0;
}

/// What the reasons say about a message must be what the label says.
void check_sums(const Label& label, const std::vector<Reason>& reasons) {
  std::array<double, etherpeil::max_labels> scores{};
  for (const Reason& reason : reasons) scores[reason.label] += reason.weight;
  const std::size_t n = Codebook::dutch().codes().labels.size();
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::exp(scores[i]);
  for (std::size_t i = 0; i < n; ++i) {
    CHECK(std::abs(std::exp(scores[i]) / sum - label.probabilities[i]) < 1e-6);
  }
  CHECK(label.probability == label.probabilities[label.code]);
}

// A codebook of two labels, small enough to see everything.
const std::string small_lexicon = R"({
  "format": "etherpeil-lexicon/1", "id": "t", "version": 3, "language": "nl", "licence": "-",
  "negation": {"lexicon": "negatie", "stop": "stop", "words": 5},
  "hedge": {"lexicon": "hedge", "stop": "stop", "words": 5},
  "abbreviations": {"pol": "politie", "ivm": "in verband met"}, "typos": {"braant": "brand"},
  "lexicons": {
    "brand": {"name": "Brand", "negatable": true, "except": ["brand meester"],
              "terms": ["brand", "fik*", "*vuur", "loopt ... rond", "in verband met",
                        "een * huis", "meneer ^", "auto's", "t.h.v.", "🔥", "rode|gele* gloed"]},
    "politie": {"name": "Politie", "terms": ["politie"]},
    "herkomst": {"name": "Herkomst", "sensitive": true,
                 "terms": ["turk*", "oost-europ*", "witte [man]"]},
    "negatie": {"name": "Negatie", "terms": ["geen", "niet"], "except": ["geen idee"]},
    "hedge": {"name": "Hedge", "terms": ["misschien"]},
    "stop": {"name": "Stop", "terms": ["maar"]}}})";

std::string small_codebook(const std::string& rules) {
  return R"({"format": "etherpeil-codebook/1", "id": "t", "version": 1, "language": "nl",
    "licence": "-", "temperature": 2,
    "labels": [
      {"key": "A", "name_nl": "a", "name_en": "a", "function": "report", "bias": 1},
      {"key": "B", "name_nl": "b", "name_en": "b", "function": "social", "bias": 0}],
    "attributes": [{"key": "x", "name_nl": "x", "name_en": "x", "slot": "what"}],
    "patterns": {"cijfer": {"name": "Cijfer", "regex": "[0-9]+"},
                 "duur": {"name": "Te duur", "regex": "^(a+)+$", "gate": ["!"]}},
    "rules": [)" +
         rules + "]}";
}

std::string small_rule(const std::string& body) {
  return R"({"id": "r", "why": "-", )" + body +
         R"(, "weights": {"B": 3}, "examples": {"yes": ["-", "-"], "no": ["-", "-"]}})";
}

/// Does a rule with this body fire on the text?
bool fires(const std::string& body, const std::string& text) {
  const Codebook book = Codebook::from_json(small_codebook(small_rule(body)),
                                            small_lexicon, "test");
  const auto reasons = Classifier{book}.explain(chat_of(text), 0);
  return std::any_of(reasons.begin(), reasons.end(),
                     [](const Reason& reason) { return reason.rule == "r"; });
}

std::string config_error(const std::string& codebook,
                         const std::string& lexicon) {
  try {
    (void)Codebook::from_json(codebook, lexicon, "test");
  } catch (const etherpeil::Error& error) {
    CHECK(error.code() == etherpeil::Errc::config);
    return error.what();
  }
  return "no error";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string replaced(std::string text, const std::string& from,
                     const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

// ------------------------------------------------------------ the Dutch
// codebook

TEST_CASE("classify: every Dutch rule fires on its positive examples only",
          "[classify]") {
  const auto& book = Codebook::dutch().impl();
  etherpeil::classify::Scratch scratch;
  for (const auto& rule : book.rules) {
    for (const auto& example : rule.examples) {
      book.observe(example.text, example.situation, scratch);
      INFO(
          rule.id << (example.fires ? " must fire on: " : " must not fire on: ")
                  << example.text);
      CHECK(etherpeil::classify::holds(rule, scratch.facts,
                                       example.situation) == example.fires);
    }
  }
}

TEST_CASE(
    "classify: the labels stand in order of precedence with their functions",
    "[classify]") {
  const auto& codes = Codebook::dutch().codes();
  const std::vector<std::pair<std::string, std::string>> expected{
      {"TERUG", "outcome"},   {"INC", "report"},  {"VERD", "report"},
      {"AANV", "addition"},   {"OVER", "report"}, {"MOD", "moderation"},
      {"PREV", "advice"},     {"LOST", "lost"},   {"VRAAG", "question"},
      {"OFF", "offtopic"},    {"SOC", "social"},  {"REACT", "reaction"},
      {"ONB", "undetermined"}};
  REQUIRE(codes.labels.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(codes.labels[i].key == expected[i].first);
    CHECK(to_string(codes.labels[i].function) == expected[i].second);
    CHECK(codes.labels[i].safety == (i == 1 || i == 2));
    CHECK_FALSE(codes.labels[i].name_nl.empty());
    CHECK_FALSE(codes.labels[i].name_en.empty());
  }
}

TEST_CASE(
    "classify: attributes have the groups and slots that metrics count on",
    "[classify]") {
  const auto& codes = Codebook::dutch().codes();
  CHECK(codes.attributes.size() <= etherpeil::max_attributes);
  const auto count = [&](std::string_view group) {
    int n = 0;
    for (Attributes set = codes.group(group); set != 0; set &= set - 1) ++n;
    return n;
  };
  CHECK(count("police") == 5);
  CHECK(count("time") == 4);
  CHECK(count("outcome") == 8);
  CHECK(count("sensitive") == 3);
  const auto slot = [&](std::string_view key) {
    return to_string(codes.attributes[*codes.attribute(key)].slot);
  };
  CHECK(slot("loc_street") == "where");
  CHECK(slot("direction") == "when");
  CHECK(slot("behaviour") == "what");
  CHECK(slot("incident_words") == "what");
  CHECK(slot("plate") == "who");
  CHECK(slot("police_112") == "police");
  CHECK(slot("action_request") == "request");
  CHECK(slot("descr_origin") == "none");
}

TEST_CASE("classify: clear messages of the codebook get their label",
          "[classify]") {
  const std::vector<std::pair<std::string, std::string>> clear{
      {"Brand in de container achter de Plus, 112 is onderweg", "INC"},
      {"Mijn vader (84, dementie) is sinds 3 uur kwijt, blauwe jas, rollator",
       "INC"},
      {"Er ligt glas naast m'n auto, ruitje eruit!", "INC"},
      {"Hoor gestommel in de tuin hiernaast, buren zijn weg. Bel 112", "VERD"},
      {"Staat al een uur iemand te bellen bij de speeltuin, vertrouw het niet "
       "helemaal",
       "VERD"},
      {"Groepje jongens hangt rond bij de fietsenstalling en kijkt in de "
       "rekken",
       "VERD"},
      {"Kent iemand dit busje? Staat hier al drie dagen", "VERD"},
      {"Harde knal, was dat vuurwerk of iets anders?", "OVER"},
      {"Hij draaide net de Merelhof in, donkerblauwe jas met witte streep",
       "AANV"},
      {"Politie neemt niet op", "AANV"},
      {"Ze zijn er", "AANV"},
      {"Ik houd het in de gaten", "REACT"},
      {"Bedankt voor jullie oplettendheid, verdachte zit vast", "TERUG"},
      {"Politie is geweest, bleek de schilder van nummer zoveel te zijn",
       "TERUG"},
      {"Moet ik hiervoor 112 of 0900 bellen?", "VRAAG"},
      {"Kan dit priv\u00E9?", "MOD"},
      {"Van wie is de zwarte kat met belletje?", "LOST"},
      {"Iemand een goede loodgieter?", "OFF"},
      {"Bij ons vannacht de schuur opengebroken, twee fietsen weg. Aangifte is "
       "gedaan.",
       "INC"},
      {"Jongen met capuchon voelt aan alle autodeuren in de Kievitstraat",
       "VERD"},
      {"Grijze bestelbus rijdt nu voor de derde keer stapvoets langs", "VERD"},
      {"Alweer lachgasflessen bij het bankje", "OVER"},
      {"Lantaarn bij de brandgang doet het niet", "OVER"},
      {"Weet iemand waarom er politie in de Lijsterlaan staat?", "VRAAG"},
      {"Lamp is gemaakt, gemeente was er vanmorgen", "TERUG"},
      {"Wijkagent hier: twee jongens staande gehouden, bedankt voor het melden",
       "TERUG"},
      {"Fijn dat het is opgelost \U0001F44D", "REACT"},
      {"Graag alleen meldingen hier, kletsen kan in de andere app", "MOD"},
      {"Dit is een test, reageren niet nodig", "MOD"},
      {"Let op nepmails van de bank, klik nergens op", "PREV"},
      {"Dank voor de melding", "REACT"},
      {"Gelukkig nieuwjaar allemaal!", "SOC"},
      {"Verdacht stil hier vandaag \U0001F602", "SOC"},
      {"Sorry, verkeerde app!", "SOC"},
      {"Rode kater weggelopen, chip, luistert naar Bram", "LOST"},
      {"Te koop: kinderbed, 40 euro", "OFF"}};
  for (const auto& [text, key] : clear) {
    INFO(text);
    CHECK(key_of(text) == key);
  }
}

TEST_CASE("classify: emoji alone are a reaction, whatever the skin tone",
          "[classify]") {
  const Label plain = label_of("\U0001F44D");
  const Label dark = label_of("\U0001F44D\U0001F3FF");
  CHECK(key_of(plain) == "REACT");
  CHECK(has(plain, "emoji_only"));
  CHECK(plain.probabilities == dark.probabilities);
  CHECK(key_of("\U0001F64F\U0001F3FD\U0001F64F") == "REACT");
  CHECK(key_of("ok") == "REACT");
  CHECK(key_of("Top!") == "REACT");
}

TEST_CASE("classify: the police states are said or unknown, never assumed",
          "[classify]") {
  const Attributes police = Codebook::dutch().codes().group("police");
  CHECK((label_of("Man voelt aan autodeuren").attributes & police) == 0);
  CHECK(has(label_of("112 gebeld"), "police_112"));
  CHECK(has(label_of("Heb 0900-8844 gebeld"), "police_0900"));
  CHECK(has(label_of("Pol gebelt"), "police_generic"));
  CHECK(has(label_of("Sta in de wacht bij de politie"), "contact_failed"));
  CHECK(has(label_of("Ik ga nu bellen"), "contact_intended"));
  CHECK((label_of("Moet ik hiervoor 112 bellen?").attributes & police) == 0);
}

TEST_CASE(
    "classify: a media record without caption is undetermined and keeps its "
    "kind",
    "[classify]") {
  const Chat chat =
      chat_of({{"", 1, 0, Kind::media, MediaType::image},
               {"", 1, 1, Kind::media, MediaType::video},
               {" \n", 1, 1, Kind::media, MediaType::sticker},
               {"", 1, 2, Kind::deleted},
               {"hoi", 1, 2, Kind::poll},
               {"Schuur opengebroken", 1, 3, Kind::media, MediaType::image},
               {"Jan nam deel", 1, 3, Kind::system},
               {"Welkom", etherpeil::no_author, 3, Kind::system}});
  const auto labels = Classifier{}.classify(chat);
  REQUIRE(labels.size() == 8);
  CHECK(key_of(labels[0]) == "ONB");
  CHECK(labels[0].probability > 0.99F);
  CHECK(has(labels[0], "photo"));
  CHECK(key_of(labels[1]) == "ONB");
  CHECK(has(labels[1], "video"));
  CHECK_FALSE(has(labels[1], "photo"));
  CHECK(key_of(labels[2]) == "ONB");
  CHECK(key_of(labels[3]) == "ONB");
  CHECK(key_of(labels[4]) == "ONB");
  CHECK(key_of(labels[5]) == "INC");
  CHECK(has(labels[5], "photo"));
  CHECK(key_of(labels[6]) == "-");
  CHECK(key_of(labels[7]) == "-");
  CHECK(Classifier{}.explain(chat, 7).empty());
}

TEST_CASE("classify: exchanging words for origin changes no label and no score",
          "[classify]") {
  const std::vector<std::string> words{
      "Marokkaanse",   "getinte",    "licht getinte",    "blanke",
      "Oost-Europese", "Poolse",     "Noord-Afrikaanse", "turkse",
      "TURKSE",        "Surinaamse", "niet-westerse",    "Chinese"};
  const std::vector<std::string> frames{
      "Een @ man voelt aan alle deuren in de Merelhof",
      "@ jongens bij de school",
      "Er loopt een @, lange man rond",
      "Is die @ vrouw al gezien?",
      "Twee @ mannen. Weg nu",
      "Ik hoor @ en nog eens @ muziek",
      "busje met @ kenteken 12-XKD-3 reed weg",
      "geen @ man hier",
      "@",
      "De @ is aangehouden om 22:15 op nummer 12"};
  const Classifier classifier;
  for (const auto& frame : frames) {
    std::vector<Label> labels;
    std::vector<std::vector<Reason>> reasons;
    for (const auto& word : words) {
      std::string text = frame;
      for (auto at = text.find('@'); at != std::string::npos;
           at = text.find('@')) {
        text.replace(at, 1, word);
      }
      const Chat chat = chat_of({{text, 1, 0}, {"Ja die zag ik ook", 2, 1}});
      labels.push_back(classifier.classify(chat)[0]);
      labels.push_back(classifier.classify(chat)[1]);
      reasons.push_back(classifier.explain(chat, 0));
    }
    INFO(frame);
    CHECK(has(labels[0], "descr_origin"));
    for (std::size_t i = 2; i < labels.size(); ++i) {
      CHECK(labels[i].code == labels[i % 2].code);
      CHECK(labels[i].probabilities == labels[i % 2].probabilities);
    }
    for (const auto& other : reasons) {
      REQUIRE(other.size() == reasons[0].size());
      for (std::size_t i = 0; i < other.size(); ++i)
        CHECK(other[i].rule == reasons[0][i].rule);
    }
  }
}

TEST_CASE("classify: a person with origin and without behaviour is marked",
          "[classify]") {
  CHECK(has(label_of("Getinte man in de straat"), "appearance_only"));
  CHECK_FALSE(
      has(label_of("Getinte man voelt aan alle deuren"), "appearance_only"));
  CHECK_FALSE(has(label_of("Lange man in de straat"), "appearance_only"));
  CHECK_FALSE(has(label_of("Witte bus in de straat"), "descr_origin"));
  CHECK(has(label_of("Witte man in de straat"), "descr_origin"));
}

TEST_CASE("classify: reasons sum to the score of every label", "[classify]") {
  const Chat chat = chat_of({
      {"Er is ingebroken bij ons, 112 gebeld", 1, 0},
      {"", 2, 1, Kind::media, MediaType::image},
      {"Ik zie hem nu richting de Kievitstraat lopen, zwarte jas", 3, 2},
      {"Welke kleur had zijn broek?", 4, 3},
      {"Blauw", 3, 4},
      {"\U0001F44D\U0001F44D", 5, 5},
      {"Politie heeft hem aangehouden", 1, 20},
      {"Fijn dat het is opgelost", 6, 21},
      {"Gelukkig nieuwjaar!", 6, 300},
      {"\xFF\xFE kapotte bytes \xC3", 7, 301},
      {"", 7, 301},
      {"Graag geen reacties, deze app is voor meldingen", 2, 302},
  });
  std::vector<Role> roles(chat.messages.size(), Role::resident);
  roles.back() = Role::moderator;
  const Classifier classifier;
  const auto labels = classifier.classify(chat, roles);
  for (Index i = 0; i < labels.size(); ++i) {
    const auto reasons = classifier.explain(chat, i, roles);
    INFO(i);
    check_sums(labels[i], reasons);
    for (const Reason& reason : reasons) {
      CHECK(reason.start <= reason.end);
      CHECK(reason.end <= chat.text(i).size());
      CHECK_FALSE(reason.rule.empty());
    }
  }
}

TEST_CASE("classify: a reason shows the words that it stands on",
          "[classify]") {
  const std::string text = "H\u00E9, er is INGEBROKEN bij caf\u00E9 De Hoek";
  const Chat chat = chat_of(text);
  const auto reasons = Classifier{}.explain(chat, 0);
  const auto found =
      std::find_if(reasons.begin(), reasons.end(),
                   [](const Reason& r) { return r.rule == "inc.inbraak"; });
  REQUIRE(found != reasons.end());
  CHECK(text.substr(found->start, found->end - found->start) == "INGEBROKEN");
}

TEST_CASE("classify: context is five messages and one hour, and no more",
          "[classify]") {
  const std::vector<Line> report{{"Er is ingebroken bij de buren", 1, 0}};
  const auto last = [](std::vector<Line> lines, const Line& line) {
    lines.push_back(line);
    return Classifier{}.classify(chat_of(lines)).back();
  };
  const Label alone = last({}, {"Bij de glasbak", 2, 5});
  const Label soon = last(report, {"Bij de glasbak", 2, 5});
  CHECK(alone.probabilities != soon.probabilities);
  CHECK(last(report, {"Bij de glasbak", 2, 61}).probabilities ==
        alone.probabilities);
  CHECK(last(report, {"Bij de glasbak", 2, 60}).probabilities ==
        soon.probabilities);
  // Five other messages later the report is out of sight.
  std::vector<Line> long_ago = report;
  for (std::uint32_t i = 1; i <= 5; ++i)
    long_ago.push_back({"\U0001F44D", 3, i});
  std::vector<Line> without(long_ago.begin() + 1, long_ago.end());
  CHECK(last(long_ago, {"Bij de glasbak", 2, 6}).probabilities ==
        last(without, {"Bij de glasbak", 2, 6}).probabilities);
  // System lines are not context.
  std::vector<Line> system = report;
  for (std::uint32_t i = 0; i < 9; ++i) {
    system.push_back(
        {"Jan is toegevoegd", etherpeil::no_author, 1, Kind::system});
  }
  CHECK(last(system, {"Bij de glasbak", 2, 5}).probabilities ==
        soon.probabilities);
}

TEST_CASE("classify: an answer to a question is an addition", "[classify]") {
  const auto labels = Classifier{}.classify(
      chat_of({{"Er is ingebroken bij de buren op nummer 12", 1, 0},
               {"Was het een rode fiets?", 2, 1},
               {"Ja", 1, 2}}));
  CHECK(key_of(labels[0]) == "INC");
  CHECK(key_of(labels[1]) == "VRAAG");
  CHECK(key_of(labels[2]) == "AANV");
  CHECK(key_of("Ja") == "REACT");
}

TEST_CASE(
    "classify: who asks for details decides between question and moderation",
    "[classify]") {
  const Chat chat =
      chat_of({{"Verdachte man loopt rond", 1, 0}, {"Waar precies?", 2, 1}});
  const std::vector<Role> resident(2, Role::resident);
  const std::vector<Role> moderator(2, Role::moderator);
  CHECK(key_of(Classifier{}.classify(chat, resident)[1]) == "VRAAG");
  CHECK(key_of(Classifier{}.classify(chat, moderator)[1]) == "MOD");
}

TEST_CASE("classify: equal input gives equal output, also on a moved clock",
          "[classify]") {
  const Chat chat =
      chat_of({{"Er is ingebroken", 1, 30}, {"Ik ook", 2, 0}, {"Top", 3, 90}});
  const auto first = Classifier{}.classify(chat);
  const auto second = Classifier{}.classify(chat);
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].code == second[i].code);
    CHECK(first[i].attributes == second[i].attributes);
    CHECK(first[i].probabilities == second[i].probabilities);
  }
}

TEST_CASE("classify: below the threshold a label abstains", "[classify]") {
  const Chat chat = chat_of("Er is ingebroken bij ons in de schuur vannacht");
  const Label label = Classifier{}.classify(chat)[0];
  const auto with = [&](float threshold) {
    return Classifier{Codebook::dutch(), {.threshold = threshold}}
        .classify(chat)[0]
        .abstain;
  };
  CHECK_FALSE(with(label.probability));
  CHECK(with(std::nextafter(label.probability, 1.0F)));
  CHECK_THROWS_AS(Classifier(Codebook::dutch(), {.threshold = 1.5F}),
                  etherpeil::Error);
}

TEST_CASE("classify: roles are one per message or none", "[classify]") {
  const Chat chat = chat_of("Hoi");
  const std::vector<Role> two(2, Role::police);
  CHECK_THROWS_AS(Classifier{}.classify(chat, two), etherpeil::Error);
  CHECK_THROWS_AS(Classifier{}.explain(chat, 1), etherpeil::Error);
}

TEST_CASE("classify: numbers are read as plates, phones, houses and times",
          "[classify]") {
  CHECK(has(label_of("Busje 12-XKD-3 bij de school"), "plate"));
  CHECK(has(label_of("kenteken 12xkd3"), "plate"));
  CHECK(has(label_of("Scooter DBX83Z reed weg"), "plate"));
  CHECK_FALSE(has(label_of("wij zijn met ab12cd klaar"), "plate"));
  CHECK_FALSE(has(label_of("Van 10-12-2021"), "plate"));
  CHECK_FALSE(has(label_of("Bel 0900-8844"), "plate"));
  CHECK(has(label_of("Bel mij op 06-12 34 56 78"), "pii_phone"));
  CHECK(has(label_of("+31 6 12345678"), "pii_phone"));
  CHECK_FALSE(has(label_of("0900-8844 of 0800-7000"), "pii_phone"));
  CHECK(has(label_of("Bij nr. 14a"), "house_nr"));
  CHECK(has(label_of("Merelstraat 14"), "house_nr"));
  CHECK(has(label_of("om 23:40 gezien"), "time_today"));
}

TEST_CASE("classify: plates follow the sidecodes and what is never issued",
          "[classify]") {
  using etherpeil::text::is_plate;
  for (const char* good :
       {"xx-99-99", "12-34-gh", "12-gh-34", "xk-12-dx", "gh-jk-12", "12-gh-jk",
        "12-xkd-3", "1-xkd-23", "gh-123-x", "x-123-gh", "gbb-01-g", "x-12-gbb",
        "1-gh-123", "123-gh-1", "12xkd3"}) {
    INFO(good);
    CHECK(is_plate(good));
  }
  for (const char* bad :
       {"12-abc-3", "12-psv-3", "12-34-56", "abc-def", "xk-12-cx", "",
        "12-xkd-34", "ss-12-dx", "ghss-12", "12_xkd3"}) {
    INFO(bad);
    CHECK_FALSE(is_plate(bad));
  }
}

TEST_CASE("classify: any bytes of any length are labelled", "[classify]") {
  std::mt19937_64 random{11};
  std::vector<Line> lines;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    Line line{.author = static_cast<std::uint16_t>(random() % 9), .minute = i};
    const auto length = random() % 60;
    for (std::uint64_t k = 0; k < length; ++k) {
      line.text += static_cast<char>(random() % (k % 3 == 0 ? 256 : 128));
    }
    lines.push_back(line);
  }
  const Chat chat = chat_of(lines);
  const Classifier classifier;
  const auto labels = classifier.classify(chat);
  for (Index i = 0; i < labels.size(); ++i) {
    REQUIRE(labels[i].code < 13);
    REQUIRE(std::isfinite(labels[i].probability));
    if (i % 100 == 0) check_sums(labels[i], classifier.explain(chat, i));
  }
}

TEST_CASE("classify: a message of a megabyte takes linear time", "[classify]") {
  std::string text;
  while (text.size() < 1'000'000)
    text += "geen brand maar loopt geen idee rond brand meester ";
  CHECK(label_of(text).code < 13);
}

// ------------------------------------------------------- lexicon and rule
// language

TEST_CASE("classify: terms fit whole words, beginnings, endings and gaps",
          "[classify]") {
  const auto brand = [](const std::string& text) {
    return fires(R"("any_of": ["brand"])", text);
  };
  CHECK(brand("Er is BRAND!"));
  CHECK_FALSE(brand("Er is geen verbrand brood"));
  CHECK(brand("een fikkie"));
  CHECK(brand("fik"));
  CHECK(brand("kampvuur"));
  CHECK_FALSE(brand("vuur"));
  CHECK_FALSE(brand("vuurtje"));
  CHECK(brand("hij loopt rond"));
  CHECK(brand("hij loopt a b c d e f rond"));
  CHECK_FALSE(brand("hij loopt a b c d e f g rond"));
  CHECK_FALSE(brand("hij loopt. Rond is hij"));
  CHECK(brand("een groot huis"));
  CHECK_FALSE(brand("een huis"));
  CHECK(brand("meneer Jansen"));
  CHECK_FALSE(brand("meneer jansen"));
  CHECK(brand("auto\u2019s"));
  CHECK(brand("thuis t.h.v. nr 3"));
  CHECK(brand("\U0001F525"));
  CHECK(brand("een rode gloed"));
  CHECK(brand("gelere gloed"));
  CHECK_FALSE(brand("blauwe gloed"));
}

TEST_CASE("classify: abbreviations and typos are read as what they stand for",
          "[classify]") {
  CHECK(fires(R"("any_of": ["politie"])", "Pol is er"));
  CHECK(fires(R"("any_of": ["brand"])", "braant"));
  CHECK(fires(R"("any_of": ["brand"])", "ivm de regen"));
}

TEST_CASE(
    "classify: an exception takes away the hit that it covers, and only that",
    "[classify]") {
  CHECK_FALSE(fires(R"("any_of": ["brand"])", "brand meester"));
  CHECK(fires(R"("any_of": ["brand"])", "brand meester, weer brand"));
}

TEST_CASE(
    "classify: negation reaches five words, to punctuation or a stop word",
    "[classify]") {
  const auto plain = [](const std::string& text) {
    return fires(R"("any_of": ["brand"])", text);
  };
  const auto negated = [](const std::string& text) {
    return fires(R"("any_of": ["not:brand"])", text);
  };
  CHECK(negated("geen brand"));
  CHECK_FALSE(plain("geen brand"));
  CHECK(negated("niet a b c d brand"));
  CHECK(plain("niet a b c d e brand"));
  CHECK(plain("niet hier, brand"));
  CHECK(plain("niet hier. Brand"));
  CHECK(plain("niet hier maar brand"));
  CHECK(plain("geen idee of brand dit is"));
  CHECK(plain("geen brand, brand"));
  CHECK(negated("geen brand, brand"));
}

TEST_CASE("classify: a hedge marks a hit without taking it away",
          "[classify]") {
  CHECK(fires(R"("any_of": ["maybe:brand"])", "misschien brand"));
  CHECK(fires(R"("any_of": ["brand"])", "misschien brand"));
  CHECK_FALSE(fires(R"("any_of": ["maybe:brand"])", "brand misschien"));
}

TEST_CASE("classify: conditions of a rule all have to hold", "[classify]") {
  CHECK(fires(R"("all_of": ["brand", "politie"])", "brand politie"));
  CHECK_FALSE(fires(R"("all_of": ["brand", "politie"])", "brand"));
  CHECK(fires(R"("any_of": ["brand"], "with_any_of": ["politie"])",
              "brand politie"));
  CHECK_FALSE(
      fires(R"("any_of": ["brand"], "with_any_of": ["politie"])", "brand"));
  CHECK_FALSE(
      fires(R"("any_of": ["brand"], "none_of": ["politie"])", "brand politie"));
  CHECK(fires(R"("any_of": ["first:brand"])", "brand hier"));
  CHECK_FALSE(fires(R"("any_of": ["first:brand"])", "hier brand"));
  CHECK(fires(R"("any_of": ["cijfer"])", "nummer 12"));
  CHECK_FALSE(fires(R"("any_of": ["cijfer"])", "nummer"));
  CHECK(fires(R"("min_words": 2, "max_words": 3)", "een twee"));
  CHECK_FALSE(fires(R"("min_words": 2, "max_words": 3)", "een"));
  CHECK_FALSE(fires(R"("min_words": 2, "max_words": 3)", "een twee drie vier"));
  CHECK(fires(R"("question": true)", "hoe?"));
  CHECK_FALSE(fires(R"("question": true)", "hoe"));
  CHECK(fires(R"("emoji_only": false)", "hoe"));
  CHECK(fires(R"("capitals": true)", "ALLES IN HOOFDLETTERS"));
}

TEST_CASE("classify: a pattern that costs too much is reported, not thrown",
          "[classify]") {
  const Codebook book =
      Codebook::from_json(small_codebook(small_rule(R"("any_of": ["duur"])")),
                          small_lexicon, "test");
  const auto reasons =
      Classifier{book}.explain(chat_of(std::string(60, 'a') + "!"), 0);
  CHECK(std::any_of(reasons.begin(), reasons.end(), [](const Reason& reason) {
    return reason.rule == "classify.pattern-too-costly" && reason.weight == 0;
  }));
}

TEST_CASE("classify: weights are divided by the temperature", "[classify]") {
  const Codebook book =
      Codebook::from_json(small_codebook(small_rule(R"("any_of": ["brand"])")),
                          small_lexicon, "test");
  const Label label = Classifier{book}.classify(chat_of("brand"))[0];
  // Scores 1/2 and 3/2: the softmax gives 1 / (1 + e).
  CHECK(label.probabilities[0] == Approx(1 / (1 + std::exp(1.0))));
}

TEST_CASE("classify: a sensitive lexicon is counted and masked", "[classify]") {
  const std::string rule =
      R"({"id": "r", "why": "-", "any_of": ["herkomst"], "attributes": ["x"],
          "examples": {"yes": ["-", "-"], "no": ["-", "-"]}})";
  const Codebook book =
      Codebook::from_json(small_codebook(rule), small_lexicon, "test");
  const auto attributes = [&](const std::string& text) {
    return Classifier{book}.classify(chat_of(text))[0].attributes;
  };
  CHECK(attributes("een turkse man") == 1);
  CHECK(attributes("oost-europees") == 1);
  CHECK(attributes("een witte man") == 1);
  CHECK(attributes("een witte bus") == 0);
  CHECK(contains(
      config_error(small_codebook(small_rule(R"("any_of": ["herkomst"])")),
                   small_lexicon),
      "test: /rules/0/weights: a sensitive lexicon moves no label"));
  CHECK(contains(
      config_error(small_codebook(small_rule(
                       R"("any_of": ["brand"], "none_of": ["herkomst"])")),
                   small_lexicon),
      "a sensitive lexicon moves no label"));
}

TEST_CASE("classify: a wrong codebook is refused with its JSON pointer",
          "[classify]") {
  const std::string good = small_codebook(small_rule(R"("any_of": ["brand"])"));
  CHECK(config_error(good, small_lexicon) == "no error");
  const std::vector<std::pair<std::string, std::string>> rules{
      {R"("any_of": ["nergens"])",
       "/rules/0/any_of/0: no such lexicon or pattern"},
      {R"("any_of": ["niet:brand"])", "/rules/0/any_of/0: before the colon"},
      {R"("any_of": ["not:politie"])",
       "/rules/0/any_of/0: this lexicon is not negatable"},
      {R"("anyof": ["brand"])", "/rules/0/anyof: unknown member"},
      {R"("roles": ["koning"])", "/rules/0/roles/0: no such role"},
      {R"("previous": ["iets"])", "/rules/0/previous/0: no such function"},
      {R"("media": ["film"])", "/rules/0/media/0: no such kind of media"},
      {R"("attributes": ["y"])", "/rules/0/attributes/0: no such attribute"}};
  for (const auto& [body, message] : rules) {
    CHECK(
        contains(config_error(small_codebook(small_rule(body)), small_lexicon),
                 message));
  }
  CHECK(contains(
      config_error(replaced(good, R"(["-", "-"], "no")", R"(["-"], "no")"),
                   small_lexicon),
      "/rules/0/examples/yes: a rule needs at least two"));
  CHECK(contains(
      config_error(replaced(good, R"("B": 3)", R"("C": 3)"), small_lexicon),
      "/rules/0/weights/C: no such label"));
  CHECK(contains(config_error(replaced(good, "[0-9]+", "[0-9"), small_lexicon),
                 "/patterns/cijfer/regex: not a regular expression"));
  CHECK(contains(
      config_error(replaced(good, "codebook/1", "codebook/2"), small_lexicon),
      "/format: must be etherpeil-codebook/1"));
  CHECK(contains(
      config_error(replaced(good, "\"temperature\": 2", "\"temperature\": 0"),
                   small_lexicon),
      "/temperature: must be above 0"));
  CHECK(contains(config_error("{", small_lexicon), "test:1: not valid JSON"));
}

TEST_CASE("classify: a wrong lexicon is refused with its JSON pointer",
          "[classify]") {
  const std::string good = small_codebook(small_rule(R"("any_of": ["brand"])"));
  const std::vector<std::pair<std::string, std::string>> faults{
      {"loopt ... rond", "... rond"},
      {"loopt ... rond", "loopt ..."},
      {"loopt ... rond", "* rond"},
      {"loopt ... rond", "*oop*"},
      {"loopt ... rond", "pol"},
      {"loopt ... rond", "a ... b ... c ... d"},
      {"loopt ... rond", "!"},
      {"turk*", "turk* ... man"},
      {"turk*", "turk [en] griek"},
      {"turk*", "[man]"},
      {"\"lexicon\": \"hedge\"", "\"lexicon\": \"weg\""},
      {"\"pol\": \"politie\"", "\"de pol\": \"politie\""}};
  for (const auto& [from, to] : faults) {
    INFO(to);
    CHECK(contains(config_error(good, replaced(small_lexicon, from, to)),
                   "test (lexicon): /"));
  }
}

TEST_CASE("classify: the fingerprint is that of both files and the word list",
          "[classify]") {
  const std::string good = small_codebook(small_rule(R"("any_of": ["brand"])"));
  const Codebook book = Codebook::from_json(good, small_lexicon, "test");
  const std::string words{etherpeil::data::words_nl_txt()};
  CHECK(book.sha256() == etherpeil::hash::hex(etherpeil::hash::sha256(
                             good + small_lexicon + words)));
  CHECK(Codebook::dutch().sha256() ==
        etherpeil::hash::hex(etherpeil::hash::sha256(
            std::string{etherpeil::data::codebook_nl_json()} +
            std::string{etherpeil::data::lexicon_nl_json()} + words)));
}

TEST_CASE("classify: a codebook file that is not there is an error of reading",
          "[classify]") {
  try {
    (void)Codebook::from_files("/nergens/codebook.json",
                               "/nergens/lexicon.json");
    FAIL("no error");
  } catch (const etherpeil::Error& error) {
    CHECK(error.code() == etherpeil::Errc::io);
  }
}

// ------------------------------------------------------------------------ lint

/// What lint finds in a codebook of one list and one rule, as "code pointer".
std::multiset<std::string> lint_of(
    const std::string& terms, const std::string& except,
    const std::string& regex = "x",
    const std::string& examples = R"({"yes":["qa qb","qb qa"],"no":["c","d"]})",
    const std::string& typos = "") {
  const std::string codebook =
      R"({"format":"etherpeil-codebook/1","id":"t","version":1,"language":"nl",
      "licence":"x","temperature":1,"labels":[{"key":"A","name_nl":"a",
      "name_en":"a","function":"social","bias":0}],"attributes":[],
      "patterns":{"p":{"name":"p","regex":")" +
      regex + R"(","gate":["zz"]}},"rules":[{"id":"r","why":"w",
      "any_of":["list"],"weights":{"A":1},"examples":)" +
      examples + "}]}";
  const std::string lexicon =
      R"({"format":"etherpeil-lexicon/1","id":"t","version":1,"language":"nl",
      "licence":"x","negation":{"lexicon":"no","stop":"stop","words":2},
      "hedge":{"lexicon":"maybe","stop":"stop","words":2},"abbreviations":{},
      "typos":{)" +
      typos + R"(},"lexicons":{"no":{"name":"n","terms":["nimmer"]},
      "maybe":{"name":"m","terms":["wellicht"]},
      "stop":{"name":"s","terms":["doch"]},
      "origin":{"name":"o","sensitive":true,"terms":["turkse|poolse"]},
      "list":{"name":"l","terms":[)" +
      terms + R"(],"except":[)" + except + "]}}}";
  std::multiset<std::string> found;
  for (const auto& one : etherpeil::lint(codebook, lexicon, "t")) {
    found.insert(one.code + " " + one.message.substr(0, one.message.find(':')));
  }
  return found;
}

TEST_CASE("classify: lint names each odd term and rule by its pointer",
          "[classify]") {
  using Found = std::multiset<std::string>;
  CHECK(lint_of(R"("qa","qb")", "") == Found{});
  CHECK(lint_of(R"("qa","qb","qa")", "") ==
        Found{"lint.duplicate-term /lexicons/list/terms/2"});
  CHECK(lint_of(R"("qa","qb","bij twee")", R"("twee")") ==
        Found{"lint.unreachable-term /lexicons/list/terms/2"});
  CHECK(lint_of(R"("qa","qb","dorpspl*","dorpsplein")", "") ==
        Found{"lint.redundant-term /lexicons/list/terms/3"});
  CHECK(lint_of(R"("qa","qb","*plantsoen","dorpsplantsoen","plantsoen")", "") ==
        Found{"lint.redundant-term /lexicons/list/terms/3"});
  CHECK(lint_of(R"("qa","qb")", "", "(a+)+$") ==
        Found{"lint.costly-pattern /patterns/p"});
  CHECK(lint_of(R"("qa","qb","doch")", "") ==
        Found{"lint.shared-terms /lexicons"});
  CHECK(lint_of(R"("qa","qb","huis","deur")", "") ==
        Found{"lint.common-terms /lexicons/list/terms"});
  CHECK(lint_of(R"("qa","qb","een turkse auto")", "") ==
        Found{"lint.sensitive-term /lexicons/list/terms/2"});
  CHECK(lint_of(R"("qa","qb","een grote|poolse auto")", "") ==
        Found{"lint.sensitive-term /lexicons/list/terms/2"});
  CHECK(lint_of(R"("qa","qb","cc|dd ee")", R"("dd ee")") ==
        Found{"lint.unreachable-term /lexicons/list/terms/2"});
  const std::string examples = R"({"yes":["qa qb","qb qa"],"no":["c","d"]})";
  CHECK(lint_of(R"("qa","qb")", "", "x", examples, R"("qq":"ww","ww":"ee")") ==
        Found{"lint.rewriting-chain /abbreviations, /typos"});
  CHECK(lint_of(R"("qa","qb")", "", "x", examples, R"("qq":"ww","ww":"qq")") ==
        Found{"lint.rewriting-chain /abbreviations, /typos",
              "lint.rewriting-chain /abbreviations, /typos"});
}

TEST_CASE("classify: lint has no warning for the library's own codebook",
          "[classify]") {
  for (const auto& one : etherpeil::lint()) {
    INFO(one.message);
    CHECK(one.severity == etherpeil::Severity::info);
  }
}
