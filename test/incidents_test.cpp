#include "etherpeil/incidents.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "etherpeil/parse.hpp"

using namespace etherpeil;

namespace {

/// The labels that these tests speak of, in an order of their own.
Codes test_codes() {
  Codes codes;
  const auto add = [&](const char* key, Function function) {
    codes.labels.push_back({key, key, key, function, false});
  };
  add("VERD", Function::report);
  add("OVER", Function::report);
  add("AANV", Function::addition);
  add("VRAAG", Function::question);
  add("TERUG", Function::outcome);
  add("SOC", Function::social);
  add("REACT", Function::reaction);
  add("LOST", Function::lost);
  codes.attributes = {{"duplicate", "", "", "", Slot::none},
                      {"loc", "", "", "place", Slot::where},
                      {"police_112", "", "", "police", Slot::police}};
  return codes;
}

struct Line {
  const char* time{};  ///< "13-05-2024 10:00"
  const char* author{};
  const char* label{};
  const char* text{"tekst"};
  Attributes attributes{};
};

struct Case {
  Chat chat;
  Codes codes;
  std::vector<Label> labels;

  explicit Case(const std::vector<Line>& lines) : codes(test_codes()) {
    std::string text;
    for (const Line& line : lines) {
      text += std::string{line.time} + " - " + line.author + ": " + line.text +
              "\n";
    }
    chat = parse(Bytes::from(text));
    for (const Line& line : lines) {
      Label label;
      label.code = static_cast<std::uint8_t>(codes.label(line.label).value());
      label.attributes = line.attributes;
      labels.push_back(label);
    }
  }
  [[nodiscard]] Incidents find(std::span<const Role> roles = {}) const {
    return find_incidents(chat, labels, codes, roles);
  }
};

using Messages = std::vector<Index>;

}  // namespace

TEST_CASE("incidents: a report, what adds to it and what closes it are one",
          "[incidents]") {
  const Case c{{{"13-05-2024 10:00", "Jan", "VERD"},
                {"13-05-2024 10:02", "Piet", "VRAAG"},
                {"13-05-2024 10:03", "Jan", "AANV"},
                {"13-05-2024 10:04", "Eva", "REACT"},
                {"13-05-2024 10:30", "Rob", "TERUG"},
                {"13-05-2024 10:31", "Eva", "SOC"}}};
  const Incidents found = c.find();
  REQUIRE(found.list.size() == 1);
  const Incident& incident = found.list[0];
  // Relief follows an outcome.
  CHECK(incident.messages == Messages{0, 1, 2, 3, 4, 5});
  CHECK(incident.reply == Index{1});
  CHECK(incident.substantive == Index{1});
  CHECK(incident.outcome == Index{4});
  CHECK(incident.participants == 4);
}

TEST_CASE(
    "incidents: the longer the silence, the more must tie a message to it",
    "[incidents]") {
  const Case c{
      {{"13-05-2024 10:00", "Jan", "VERD", "Man met capuchon in de Merelhof"},
       {"13-05-2024 11:00", "Piet", "AANV", "hier niets te zien"},
       {"13-05-2024 15:30", "Eva", "SOC", "mooi weer vandaag"},
       {"14-05-2024 09:00", "Kim", "AANV", "bij ons ook rustig"},
       {"14-05-2024 09:05", "Jan", "AANV", "de Merelhof is weer leeg"}}};
  const Incidents found = c.find();
  CHECK(found.of_message[1] == Index{0});
  CHECK_FALSE(found.of_message[2]);
  CHECK_FALSE(found.of_message[3]);
  CHECK(found.of_message[4] == Index{0});
}

TEST_CASE("incidents: an outcome may come two days later, and no later",
          "[incidents]") {
  const Case c{{{"13-05-2024 10:00", "Jan", "VERD", "Man in de Merelhof"},
                {"15-05-2024 10:00", "Rob", "TERUG", "Merelhof is veilig"},
                {"20-05-2024 10:00", "Jan", "VERD", "Busje in de Lindelaan"},
                {"22-05-2024 10:01", "Rob", "TERUG", "Lindelaan is veilig"}}};
  const Incidents found = c.find();
  CHECK(found.list[0].outcome == Index{1});
  CHECK_FALSE(found.list[1].outcome);
  CHECK_FALSE(found.of_message[3]);
}

TEST_CASE("incidents: who is called by name is answered", "[incidents]") {
  const Case c{
      {{"13-05-2024 10:00", "Marloes K", "VERD", "Vreemd busje bij de school"},
       {"13-05-2024 10:02", "Peter", "OVER", "Alweer harde muziek hier"},
       {"13-05-2024 10:04", "Eva", "REACT", "Goed gezien Marloes!"},
       {"13-05-2024 10:05", "Kim", "REACT", "Sterkte peter"}}};
  const Incidents found = c.find();
  CHECK(found.list[0].messages == Messages{0, 2});
  CHECK(found.list[1].messages == Messages{1, 3});
}

TEST_CASE("incidents: two at once are kept apart by their words",
          "[incidents]") {
  const Case c{
      {{"13-05-2024 10:00", "Jan", "VERD", "Man met capuchon in de Merelhof"},
       {"13-05-2024 10:02", "Eva", "OVER", "Lachgasflessen bij de speeltuin"},
       {"13-05-2024 10:04", "Piet", "AANV", "Hij loopt nu de Merelhof uit"},
       {"13-05-2024 10:05", "Kim", "AANV", "Bij de speeltuin liggen er meer"},
       {"13-05-2024 10:40", "Rob", "TERUG", "De speeltuin is schoon"}}};
  const Incidents found = c.find();
  REQUIRE(found.list.size() == 2);
  CHECK(found.list[0].messages == Messages{0, 2});
  CHECK(found.list[1].messages == Messages{1, 3, 4});
  CHECK_FALSE(found.list[0].uncertain);
}

TEST_CASE("incidents: what fits two incidents equally is flagged",
          "[incidents]") {
  const Case c{{{"13-05-2024 10:00", "Jan", "VERD", "aaaa"},
                {"13-05-2024 10:00", "Eva", "OVER", "bbbb"},
                {"13-05-2024 10:01", "Piet", "AANV", "cccc"}}};
  const Incidents found = c.find();
  CHECK((found.list[0].uncertain || found.list[1].uncertain));
}

TEST_CASE(
    "incidents: the reporter who goes on within three minutes reports once",
    "[incidents]") {
  const Case c{{{"13-05-2024 10:00", "Jan", "VERD", "Man in de tuin", 0b010},
                {"13-05-2024 10:02", "Jan", "VERD", "112 gebeld", 0b100},
                {"13-05-2024 10:10", "Jan", "VERD", "Nu in de straat"}}};
  const Incidents found = c.find();
  REQUIRE(found.list.size() == 2);
  CHECK(found.list[0].messages == Messages{0, 1});
  const auto where = 1U << static_cast<unsigned>(Slot::where);
  const auto police = 1U << static_cast<unsigned>(Slot::police);
  CHECK(found.list[0].slots == (where | police));
}

TEST_CASE("incidents: later the same words make it the same report",
          "[incidents]") {
  const Case c{
      {{"13-05-2024 10:00", "Jan", "VERD", "Man met rugzak in de Merelhof"},
       {"13-05-2024 10:07", "Jan", "VERD", "Die rugzak staat bij de Merelhof"},
       {"13-05-2024 10:08", "Jan", "OVER", "Lantaarn doet het niet"}}};
  const Incidents found = c.find();
  REQUIRE(found.list.size() == 2);
  CHECK(found.list[0].messages == Messages{0, 1});
}

TEST_CASE("incidents: a second resident who repeats a report opens none",
          "[incidents]") {
  const Case marked{{{"13-05-2024 10:00", "Jan", "VERD"},
                     {"13-05-2024 10:05", "Eva", "VERD", "ook gezien", 0b001}}};
  CHECK(marked.find().list.size() == 1);
  const Case worded{
      {{"13-05-2024 10:00", "Jan", "VERD", "Zwarte Golf rijdt door Merelhof"},
       {"13-05-2024 10:05", "Eva", "VERD",
        "Die zwarte golf staat bij Merelhof"},
       {"13-05-2024 10:06", "Kim", "VERD", "Jongens bij de fietsenstalling"}}};
  const Incidents found = worded.find();
  REQUIRE(found.list.size() == 2);
  CHECK(found.list[0].messages == Messages{0, 1});
  CHECK(found.list[1].messages == Messages{2});
}

TEST_CASE("incidents: a report of somebody else is another incident",
          "[incidents]") {
  const Case c{{{"13-05-2024 10:00", "Jan", "VERD"},
                {"13-05-2024 10:01", "Eva", "VERD"}}};
  CHECK(c.find().list.size() == 2);
}

TEST_CASE("incidents: a label that abstains neither opens nor closes one",
          "[incidents]") {
  Case c{{{"13-05-2024 10:00", "Jan", "VERD"},
          {"13-05-2024 10:05", "Eva", "OVER"},
          {"13-05-2024 10:10", "Rob", "TERUG"}}};
  c.labels[1].abstain = true;
  c.labels[2].abstain = true;
  const Incidents found = c.find();
  REQUIRE(found.list.size() == 1);
  CHECK(found.list[0].messages == Messages{0, 1, 2});
  CHECK_FALSE(found.list[0].outcome);
}

TEST_CASE("incidents: lost cats stay out of a running report", "[incidents]") {
  const Case c{{{"13-05-2024 10:00", "Jan", "VERD"},
                {"13-05-2024 10:01", "Eva", "LOST"}}};
  CHECK(c.find().list[0].messages == Messages{0});
}

TEST_CASE(
    "incidents: the first reply of police or municipality is known by role",
    "[incidents]") {
  const Case c{{{"13-05-2024 10:00", "Jan", "VERD"},
                {"13-05-2024 10:01", "Eva", "AANV"},
                {"13-05-2024 10:05", "Rob", "REACT"}}};
  const std::vector<Role> roles{Role::resident, Role::resident, Role::police};
  CHECK(c.find(roles).list[0].professional == Index{2});
  CHECK_FALSE(c.find().list[0].professional);
}

TEST_CASE(
    "incidents: an answer could be seen until the next report, an hour of "
    "silence or the "
    "end",
    "[incidents]") {
  const Case c{{{"13-05-2024 10:00", "Jan", "VERD"},
                {"13-05-2024 10:20", "Eva", "OVER"},
                {"13-05-2024 15:00", "Jan", "VERD"},
                {"13-05-2024 15:10", "Eva", "SOC"}}};
  const Incidents found = c.find();
  const auto minutes = [&](Index k) {
    return (found.list[k].followed_until -
            c.chat.messages[found.list[k].root].time())
               .count() /
           60;
  };
  CHECK(minutes(0) == 20);
  CHECK(minutes(1) == 60);
  CHECK(minutes(2) == 10);
}

TEST_CASE("incidents: a clock that runs back does no harm", "[incidents]") {
  const Case c{{{"13-05-2024 10:00", "Jan", "VERD"},
                {"13-05-2024 09:00", "Eva", "AANV"},
                {"12-05-2024 09:00", "Eva", "VERD"},
                {"13-05-2024 10:01", "Piet", "TERUG"}}};
  const Incidents found = c.find();
  for (const Incident& incident : found.list) {
    CHECK(incident.followed_until >= c.chat.messages[incident.root].time());
  }
}

TEST_CASE("incidents: no messages, no incidents", "[incidents]") {
  CHECK(find_incidents(Chat{}, {}, test_codes()).list.empty());
}
