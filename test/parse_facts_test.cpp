/// What `parse.hpp` reads beside records: details of messages, and the extent
/// of an export. The corpus holds the layouts; here are the numbers.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

#include "etherpeil/error.hpp"
#include "etherpeil/parse.hpp"
#include "parse/calendars.hpp"
#include "parse/days.hpp"

using namespace etherpeil;
using std::chrono::seconds;

namespace {

const std::filesystem::path corpus =
    std::filesystem::path{ETHERPEIL_SOURCE_DIR} / "test" / "corpus";

Chat parsed(const std::string& text) {
  return parse(Bytes::from(text), "test.txt");
}

Chat iphone(const std::string& body) {
  return parsed("[13-05-2024, 10:00:00] Jo: " + body +
                "\r\n[14-05-2024, 10:00:00] Bas: ok\r\n");
}

bool reports(const Chat& chat, std::string_view slug) {
  return std::any_of(
      chat.diagnostics.begin(), chat.diagnostics.end(),
      [&](const Diagnostic& diagnostic) { return diagnostic.code == slug; });
}

std::string marked(const std::string& text) { return "\xE2\x80\x8E" + text; }

}  // namespace

TEST_CASE("facts: how long a call took, in the words of several languages",
          "[parse]") {
  const auto length = [](const std::string& note) {
    const Chat chat = iphone(marked(note));
    const Details found = details(chat, 0);
    REQUIRE(found.call);
    return found.call->duration;
  };
  CHECK(length("Voice call. " + marked("2 min")) == seconds{120});
  CHECK(length("Video call, " + marked("1 hr 2 min")) == seconds{3720});
  CHECK(length("Spraakoproep. " + marked("1 uur en 5 minuten")) ==
        seconds{3900});
  CHECK(length("Spraakoproep. 0:45") == seconds{45});
  CHECK(length("Spraakoproep. 1:00:05") == seconds{3605});
  CHECK_FALSE(length("Missed voice call. " + marked("Tap to call back")));
  CHECK_FALSE(length("Voice call. " + marked("No answer")));
}

TEST_CASE("facts: a person who types about a call makes no call", "[parse]") {
  CHECK(iphone("Voice call. 2 min").messages[0].kind == Kind::text);
  const Chat android = parsed(
      "13-05-2024 10:00 - Jo: Video call\n"
      "13-05-2024 10:01 - Jo: Missed voice call, sorry\n"
      "13-05-2024 10:02 - Jo: Missed voice call\n");
  CHECK(android.messages[0].kind == Kind::text);
  CHECK(android.messages[1].kind == Kind::text);
  CHECK(android.messages[2].kind == Kind::call);
}

TEST_CASE("facts: coordinates are read exactly or not at all", "[parse]") {
  const auto place = [](const std::string& text) {
    const Chat chat = iphone(marked("Locatie: " + text));
    auto found = details(chat, 0).place;
    REQUIRE(found);
    found->name = {};  // points into the chat
    return *found;
  };
  const auto exact = place("https://maps.google.com/?q=-52.123456,5.000001");
  REQUIRE(exact.latitude);
  CHECK(*exact.latitude == -52.123456);
  CHECK(*exact.longitude == 5.000001);
  CHECK_FALSE(exact.live);
  CHECK_FALSE(place("https://maps.google.com/?q=95.0,5.1").latitude);
  CHECK_FALSE(place("https://maps.google.com/?q=52.1").latitude);
  const Chat chat =
      iphone(marked("Locatie: Plein (Plein 1): https://foursquare.com/v/4b"));
  const Details named = details(chat, 0);
  REQUIRE(named.place);
  CHECK(named.place->name == "Plein (Plein 1)");
  CHECK_FALSE(named.place->latitude);
}

TEST_CASE("facts: mentions are spans of the text", "[parse]") {
  const auto mentions = [](const std::string& text) {
    const Chat chat = iphone(text);
    std::vector<std::string> found;
    for (const auto& span : details(chat, 0).mentions)
      found.emplace_back(chat.text(0).substr(span.start, span.length));
    return found;
  };
  using Names = std::vector<std::string>;
  CHECK(mentions("@31612345678, en @\xE2\x81\xA8Jan: x\xE2\x81\xA9!") ==
        Names{"@31612345678", "@\xE2\x81\xA8Jan: x\xE2\x81\xA9"});
  CHECK(mentions("jan@31612345678 @123 @3161234567890123 @").empty());
  CHECK(mentions("@\xE2\x81\xA8geen einde").empty());
  CHECK(mentions("@31612345678x @31612345678") == Names{"@31612345678"});
}

TEST_CASE("facts: votes are counted in digits of any script", "[parse]") {
  const Chat chat =
      iphone(marked("POLL:\nWho?\n") +
             marked("OPTION: a (1 vote) b (\xD9\xA1\xD9\xA2 votes)\n") +
             marked("OPTION: c (0 votes)"));
  REQUIRE(chat.messages[0].kind == Kind::poll);
  const Chat kept = chat;
  const auto poll = details(kept, 0).poll;
  REQUIRE(poll);
  CHECK(poll->question == "Who?");
  REQUIRE(poll->options.size() == 2);
  CHECK(poll->options[0].text == "a (1 vote) b");
  CHECK(poll->options[0].votes == 12U);
  CHECK(poll->options[1].votes == 0U);
}

TEST_CASE("facts: an export covers whole days, the first only from its start",
          "[parse]") {
  const std::string three =
      "13-05-2024 10:00 - Jo: a\n15-05-2024 10:00 - Jo: b\n"
      "17-05-2024 10:00 - Jo: c\n";
  using namespace std::chrono;
  const auto day = [](unsigned number) {
    return local_days{year{2024} / May / number};
  };
  const Extent cut = parsed(three).extent;
  CHECK(cut.first == day(14));
  CHECK(cut.last == day(16));
  CHECK_FALSE(cut.from_start);
  const Extent whole =
      parsed("13-05-2024 09:00 - Jo heeft deze groep gemaakt\n" + three).extent;
  CHECK(whole.first == day(13));
  CHECK(whole.from_start);
  CHECK_FALSE(parsed("13-05-2024 10:00 - Jo: a\n").extent.first);
  // Nobody wrote in the first days, and the export shows them all the same.
  const std::string encryption =
      "03-05-2024 09:00 - Messages and calls are end-to-end encrypted. No one "
      "outside of this chat, not even WhatsApp, can read or listen to them.\n";
  const std::string created =
      "03-05-2024 09:00 - Jo heeft deze groep gemaakt\n";
  const Extent silent = parsed(encryption + created + three).extent;
  CHECK(silent.first == day(3));
  CHECK(silent.last == day(16));
  CHECK(silent.from_start);
  // Of a group that is older than the exporter's copy the day itself is cut
  // off.
  CHECK(parsed(encryption + "03-05-2020 09:00 - Jo heeft deze groep gemaakt\n" +
               three)
            .extent.first == day(4));
}

TEST_CASE(
    "facts: an export without a whole day shows the days that are believed",
    "[parse]") {
  using namespace std::chrono;
  const auto day = [](unsigned number) {
    return local_days{year{2021} / May / number};
  };
  const Extent cut = parsed(
                         "13-05-2021 10:00 - Jo: a\n13-05-2021 10:01 - Bas: b\n"
                         "13-05-2035 10:02 - Jo: c\n13-05-2021 10:03 - Bas: d\n"
                         "14-05-2021 10:00 - Jo: e\n")
                         .extent;
  CHECK_FALSE(cut.first);
  CHECK(cut.seen_first == day(13));
  CHECK(cut.seen_last == day(14));
}

TEST_CASE("facts: dates of other calendars are the days that they mean",
          "[parse]") {
  using namespace std::chrono;
  const auto is = [](int y, unsigned m, unsigned d, local_days wanted) {
    return parsing::day_of(y, m, d) == wanted;
  };
  // New year of Iran and its leap day; Ramadan as Saudi Arabia announced it.
  CHECK(is(1403, 1, 1, local_days{year{2024} / 3 / 20}));
  CHECK(is(1403, 12, 30, local_days{year{2025} / 3 / 20}));
  CHECK_FALSE(parsing::day_of(1402, 12, 30));
  CHECK(is(1445, 9, 1, local_days{year{2024} / 3 / 11}));
  CHECK(is(1446, 9, 1, local_days{year{2025} / 3 / 1}));
  CHECK(is(1443, 8, 24, local_days{year{2022} / 3 / 27}));
  // Every day follows the one before it.
  for (const auto& [first, last] :
       {std::pair{1387, 1429}, {1430, 1523}, {2009, 2099}}) {
    std::optional<local_days> before;
    for (int y = first; y <= last; ++y) {
      for (unsigned m = 0; m <= 13; ++m) {
        for (unsigned d = 0; d <= 32; ++d) {
          const auto at = parsing::day_of(y, m, d);
          if (!at) continue;
          INFO(y << "-" << m << "-" << d);
          REQUIRE((m >= 1 && m <= 12 && d >= 1 && d <= 31));
          REQUIRE((!before || *at == *before + days{1}));
          before = at;
        }
      }
    }
    CHECK(*before > local_days{year{2050} / 1 / 1});
  }
}

TEST_CASE("facts: a message alone after a year is told, not just left out",
          "[parse]") {
  const auto told = [](const std::string& text) {
    const Chat chat = parsed(text);
    return std::count_if(
        chat.diagnostics.begin(), chat.diagnostics.end(),
        [](const Diagnostic& one) { return one.code == "parse.out-of-time"; });
  };
  const std::string three =
      "13-05-2021 10:00 - Jo: a\n15-05-2021 10:00 - Jo: b\n"
      "17-05-2021 10:00 - Jo: c\n";
  CHECK(told(three) == 0);
  CHECK(told(three + "17-05-2022 10:00 - Jo: d\n") == 0);
  CHECK(told(three + "17-06-2022 10:00 - Jo: d\n") == 1);
  CHECK(told("17-03-2020 10:00 - Jo: d\n" + three) == 1);
  CHECK(told("13-05-2021 10:00 - Jo: a\n13-05-2035 10:00 - Jo: b\n" + three) ==
        1);
}

TEST_CASE("facts: a wrong clock stretches neither coverage nor silences",
          "[parse]") {
  const auto chat = [](const std::string& odd, int at) {
    std::string text;
    for (int i = 0; i < 30; ++i) {
      if (i == at) text += odd + " 10:00 - Jo: odd\n";
      const std::string day = std::to_string(i + 1);
      text += (day.size() < 2 ? "0" : "") + day + "-05-2021 10:00 - Jo: a\n";
    }
    if (at == 30) text += odd + " 10:00 - Jo: odd\n";
    return parsed(text).extent;
  };
  using namespace std::chrono;
  for (const char* odd : {"03-04-2035", "03-04-2012"}) {
    for (const int at : {0, 1, 15, 30}) {
      INFO(odd << " before line " << at);
      const Extent found = chat(odd, at);
      CHECK(found.first == local_days{year{2021} / May / 2});
      CHECK(found.last == local_days{year{2021} / May / 29});
      CHECK(found.silences.empty());
    }
  }
}

TEST_CASE("facts: believed days are those of the longest choice in order",
          "[parse]") {
  // Quadratic, a record at a time: the earliest end of each length.
  const auto last_of = [](const std::vector<int>& days) {
    std::vector<std::size_t> length(days.size(), 1);
    std::vector<int> ends;
    for (std::size_t i = 0; i < days.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (days[k] <= days[i]) length[i] = std::max(length[i], length[k] + 1);
      }
      if (length[i] > ends.size()) ends.push_back(days[i]);
      ends[length[i] - 1] = std::min(ends[length[i] - 1], days[i]);
    }
    const std::size_t n = ends.size();
    const bool alone = n > 2 && ends[n - 1] - ends[n - 2] > 366;
    return ends[alone ? n - 2 : n - 1];
  };
  std::mt19937 random{7};
  for (int round = 0; round < 3000; ++round) {
    std::vector<int> days(1 + random() % 12);
    for (int& day : days) day = 20000 + static_cast<int>(random() % 5);
    if (round % 3 == 0) days[random() % days.size()] += 4000;
    std::vector<Message> messages;
    for (const int day : days) {
      messages.push_back(
          {.seconds = static_cast<std::uint32_t>(day) * 86400, .author = 0});
    }
    const auto found = parsing::believed_days(parsing::day_runs(messages));
    const int last = last_of(days);
    std::vector<int> mirror(days.rbegin(), days.rend());
    for (int& day : mirror) day = -day;
    const int first = -last_of(mirror);
    CHECK(found.first.time_since_epoch().count() == std::min(first, last));
    CHECK(found.last.time_since_epoch().count() == std::max(first, last));
  }
}

TEST_CASE("facts: a silence is long for the chat that it is in", "[parse]") {
  const auto chat = [](int step, int pause) {
    std::string text;
    std::chrono::local_days day{std::chrono::year{2024} / 1 / 1};
    for (int i = 0; i < 60; ++i) {
      const std::chrono::year_month_day date{day};
      const auto two = [](unsigned n) {
        return (n < 10 ? "0" : "") + std::to_string(n);
      };
      text += two(unsigned(date.day())) + "-" + two(unsigned(date.month())) +
              "-" + std::to_string(int(date.year())) + " 10:00 - Jo: a\n";
      day += std::chrono::days{i == 30 ? pause : step};
    }
    return parsed(text);
  };
  CHECK(chat(1, 13).extent.silences.empty());
  const auto found = chat(1, 20).extent.silences;
  REQUIRE(found.size() == 1);
  CHECK(found[0].line == 31);
  CHECK(found[0].length == std::chrono::days{20});
  // Who writes every ten days is not silent for twenty.
  CHECK(chat(10, 20).extent.silences.empty());
  CHECK(reports(chat(1, 20), "parse.silence"));
}

TEST_CASE("facts: a whole chat of 40,000 messages is not cut off", "[parse]") {
  const auto chat = [](const std::string& start, int messages) {
    std::string text = start;
    for (int i = 0; i < messages; ++i) text += "13-05-2024 10:00 - Jan: a\n";
    return parsed(text);
  };
  const std::string created =
      "13-05-2024 10:00 - Jo heeft deze groep gemaakt\n";
  CHECK(reports(chat("", 39'999), "parse.export-limit"));
  CHECK(reports(chat("", 10'000), "parse.export-limit"));
  CHECK_FALSE(reports(chat("", 20'000), "parse.export-limit"));
  CHECK_FALSE(reports(chat(created, 39'999), "parse.export-limit"));
}

TEST_CASE("facts: what is no chat is refused with the reason", "[parse]") {
  const auto refusal = [](const char* name) -> std::string {
    try {
      static_cast<void>(parse_file(corpus / "refused" / name));
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  const auto says = [&](const char* name, std::string_view reason) {
    const std::string message = refusal(name);
    INFO(message);
    return message.find(reason) != std::string::npos &&
           message.find('\n') == std::string::npos;
  };
  CHECK(says("empty.zip", "the zip is empty"));
  CHECK(says("zip-in-a-zip.zip", "other zips (1)"));
  CHECK(says("escaped-text.txt", "escapes"));
}

TEST_CASE("facts: a zip gives its chats one by one, without attachments",
          "[parse]") {
  const auto chat = [](const char* name, std::size_t nth) {
    return parse_file(corpus / name, {.nth = nth});
  };
  CHECK(chat("zip-with-two-chats.zip", 0).messages.size() == 2);
  CHECK(chat("zip-with-two-chats.zip", 1).messages.size() == 3);
  CHECK_THROWS_AS(chat("zip-with-two-chats.zip", 2), Error);
  // The other text in it is an export that somebody attached.
  CHECK(chat("android-zip-with-an-export-attached.zip", 0).messages.size() ==
        2);
  CHECK_THROWS_AS(chat("android-zip-with-an-export-attached.zip", 1), Error);
}

TEST_CASE("facts: names with a colon need proof that grows with the chat",
          "[parse]") {
  const auto names = [](const std::string& text) {
    std::vector<std::string> found;
    for (const Author& author : parsed(text).authors)
      found.push_back(author.name);
    return found;
  };
  using Names = std::vector<std::string>;
  const std::string day = "13-05-2024 10:00 - ";
  const std::string twice = day + "Jan: wijkagent: a\n" + day + "Bas: x\n" +
                            day + "Jan: wijkagent: b\n";
  CHECK(names(twice) == Names{"Jan: wijkagent", "Bas"});
  // Another message of Jan, or the word in another mouth: no name.
  CHECK(names(twice + day + "Jan: hoi\n") == Names{"Jan", "Bas"});
  CHECK(names(twice + day + "Bas: wijkagent: waar?\n") == Names{"Jan", "Bas"});
  // Among many senders two messages prove nothing.
  std::string many = twice;
  for (int i = 0; i < 30; ++i)
    many += day + "S" + std::to_string(i) + ": hoi\n";
  CHECK(names(many).front() == "Jan");
  CHECK(names(many + day + "Jan: wijkagent: <Media weggelaten>\n").front() ==
        "Jan: wijkagent");
}

TEST_CASE("facts: what WhatsApp shows of a name with a colon settles it",
          "[parse]") {
  const auto first = [](const std::string& text) {
    return parsed(text).authors.front().name;
  };
  const std::string day = "13-05-2024 10:00 - ";
  const std::string once =
      day + "Jan: wijkagent: Goedemorgen\n" + day + "Bas: Hoi\n";
  CHECK(first(once) == "Jan");
  // The whole name in a system line or a mention.
  CHECK(first(once + day + "Joke heeft Jan: wijkagent toegevoegd\n") ==
        "Jan: wijkagent");
  CHECK(first(once + day +
              "Bas: Dag @\xE2\x81\xA8Jan: wijkagent\xE2\x81\xA9\n" + day +
              "Jan: wijkagent: Dag\n") == "Jan: wijkagent");
  const Chat chat = parsed(day + "Jan: wijkagent heeft Bas toegevoegd\n" +
                           once + day + "Jan: wijkagent: Dag\n" + day +
                           "Jan: wijkagent heeft de groep verlaten\n");
  CHECK(chat.messages[0].event == SystemEvent::member_added);
  CHECK(chat.names(0, Mention::Role::actor).front() == "Jan: wijkagent");
  CHECK(chat.messages[4].event == SystemEvent::member_left);
  // The name without the rest.
  const std::string many = once + day + "Jan: wijkagent: Dag\n" + day +
                           "Jan: wijkagent: Tot morgen\n";
  CHECK(first(many) == "Jan: wijkagent");
  CHECK(first(many + day + "Joke heeft Jan toegevoegd\n") == "Jan");
  CHECK(first(many + day + "Bas: Ja @\xE2\x81\xA8Jan\xE2\x81\xA9\n") == "Jan");
  // A person who quotes WhatsApp.
  CHECK(first(day + "Jan: Bas heeft de groep verlaten\n" + day +
              "Bas: nee hoor\n") == "Jan");
}

TEST_CASE("facts: who begins all messages alike has no longer name",
          "[parse]") {
  const auto first = [](const std::string& start, const std::string& rest,
                        const std::string& other) {
    std::string text;
    for (int i = 0; i < 30; ++i) {
      const std::string day = "13-05-2024 10:" + std::to_string(10 + i) + " - ";
      text += day + "Jan: " + start + ": " + rest + std::to_string(i) + "\n";
      for (int k = 0; i == 0 && k < 8; ++k)
        text += day + "S" + std::to_string(k) + ": " + other + "\n";
    }
    return parsed(text).authors.front().name;
  };
  CHECK(first("Let op", "er loopt iemand ", "Dank je") == "Jan");
  CHECK(first("Burgernet", "Vermist, nummer ", "Dank je") == "Jan");
  CHECK(first("let op", "er loopt iemand ", "Dank je") == "Jan");
  CHECK(first("wijkagent", "Er loopt iemand ", "Dank je") == "Jan: wijkagent");
  CHECK(first("wijkagent", "er loopt iemand ", "dank je") == "Jan: wijkagent");
}

TEST_CASE("facts: a caption before an iPhone's placeholder is no name",
          "[parse]") {
  const std::string photo = marked("afbeelding weggelaten\r\n");
  const std::string day = "[13-05-2024, 10:00:00] ";
  const std::string others = day + "Bas: " + photo + day + "Bas: Hoi\r\n";
  CHECK(parsed(day + "Jan: kijk: " + photo + others).authors.front().name ==
        "Jan");
  // A deletion follows no caption.
  CHECK(parsed(day + "Jan: kijk: " + marked("Dit bericht is verwijderd.\r\n") +
               others)
            .authors.front()
            .name == "Jan: kijk");
}
