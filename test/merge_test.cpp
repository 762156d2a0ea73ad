/// The twelve scenarios in which exports of one group differ, with the truth
/// known, and what a merge must never do.
#include "etherpeil/merge.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "etherpeil/analysis.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/metrics.hpp"
#include "etherpeil/store.hpp"
#include "phones.hpp"

using namespace phones;

namespace {

const Story& year() {
  static const Story told = story(1);
  return told;
}

/// The chat that all exports became.
Merged whole(Merges merges) {
  REQUIRE(merges.chats.size() == 1);
  CHECK(merges.apart.empty());
  return std::move(merges.chats.front());
}

/// No false merge, and at most 0.3 % of the records twice.
Merged checked(const std::vector<Story>& stories,
               const std::vector<ExportForm>& forms) {
  std::vector<Chat> chats;
  for (std::size_t i = 0; i < stories.size(); ++i)
    chats.push_back(exported(stories[i], forms[i]));
  Merged merged = whole(merge(std::move(chats)));
  const Score found = score(merged, stories);
  INFO("missed " << found.missed << " of " << found.truth);
  CHECK(found.wrong == 0);
  CHECK(found.missed * 1000 <= found.truth * 3);
  CHECK(found.merged == found.truth + found.missed);
  return merged;
}

bool between(const DemoRecord& record, LocalTime first, LocalTime last) {
  return record.time >= first && record.time < last;
}

LocalTime at(double share) {
  const auto& records = year().records;
  return records[static_cast<std::size_t>(
                     share * static_cast<double>(records.size() - 1))]
      .time;
}

}  // namespace

TEST_CASE("merge: a later export of one phone contains the earlier one",
          "[merge]") {
  const Story first =
      keep(year(), [](const DemoRecord& r) { return r.time < at(0.8); });
  for (const ExportForm form : {ExportForm::ios_2022, ExportForm::android}) {
    const Merged merged = checked({first, year()}, {form, form});
    CHECK(merged.chat.bytes.view == exported(year(), form).bytes.view);
    CHECK(merged.sources.front().alone + merged.sources.front().shared ==
          year().records.size());
    CHECK(merged.sources.back().alone == 0);
  }
}

TEST_CASE("merge: two phones with other address books, seconds and minutes",
          "[merge]") {
  const Merged merged =
      checked({year(), renamed(year())},
              {ExportForm::ios_2025, ExportForm::android_belgian});
  std::size_t minutes = 0;
  for (const Message& message : merged.chat.messages)
    minutes += message.human() && message.has(Message::minute) ? 1 : 0;
  CHECK(minutes == 0);
  for (const MergeSource& source : merged.sources) {
    for (const SenderMatch& sender : source.senders)
      CHECK(sender.agreed * 10 >= sender.shared * 9);
  }
}

TEST_CASE("merge: finer times win, whichever export is larger", "[merge]") {
  const Story fewer =
      keep(year(), [](const DemoRecord& r) { return r.time >= at(0.01); });
  const Merged merged = checked({renamed(fewer), year()},
                                {ExportForm::ios_2022, ExportForm::android});
  std::map<int, LocalTime> truth;
  for (std::size_t i = 0; i < year().records.size(); ++i)
    truth[year().numbers[i]] = year().records[i].time;
  std::size_t exact = 0;
  for (const Origin& origin : merged.origins) {
    if (merged.sources[origin.source].input != 0) continue;
    const LocalTime time = merged.chat.messages[origin.message].time();
    exact += time == truth[fewer.numbers[origin.record]] ? 1 : 0;
  }
  CHECK(exact == fewer.records.size());
}

TEST_CASE("merge: clocks that differ by a second now and then", "[merge]") {
  checked({year(), jittered(renamed(year()), 4)},
          {ExportForm::ios_2022, ExportForm::ios_slash});
  checked({year(), jittered(renamed(year()), 5)},
          {ExportForm::android, ExportForm::ios_2016});
}

TEST_CASE("merge: a clock that drifts by minutes over the year", "[merge]") {
  const LocalTime start = at(0);
  checked({year(), moved(renamed(year()),
                         [&](LocalTime time) {
                           return std::chrono::seconds{(time - start).count() /
                                                       200'000};
                         })},
          {ExportForm::ios_2022, ExportForm::ios_2025});
}

TEST_CASE("merge: an export from another time zone", "[merge]") {
  const Story abroad =
      moved(renamed(year()), [](LocalTime) { return -5h - 30min; });
  const Merged merged = checked(
      {year(),
       keep(abroad, [](const DemoRecord& r) { return r.time > at(0.1); })},
      {ExportForm::ios_2022, ExportForm::ios_2025});
  CHECK(merged.sources.front().clock == 0min);
  CHECK(merged.sources.back().clock == -330min);
  CHECK(merged.chat.messages.front().time() == year().records.front().time);
}

TEST_CASE("merge: a zone whose summer time begins on another day", "[merge]") {
  checked({year(), moved(renamed(year()),
                         [](LocalTime time) {
                           return time < at(0.3) || time > at(0.7) ? -6h : -5h;
                         })},
          {ExportForm::ios_2022, ExportForm::android});
}

TEST_CASE("merge: edited and deleted messages keep the best words", "[merge]") {
  const Story later =
      revised(moved(renamed(year()), [](LocalTime) { return 1h; }), 7, 25);
  const auto forms =
      GENERATE(std::vector{ExportForm::ios_2022, ExportForm::ios_2025},
               std::vector{ExportForm::ios_2022, ExportForm::android},
               std::vector{ExportForm::android, ExportForm::android_short});
  const Merged merged = checked({year(), later}, forms);
  std::size_t deleted = 0;
  std::size_t edited = 0;
  for (const Message& message : merged.chat.messages) {
    deleted += message.kind == Kind::deleted ? 1 : 0;
    edited += message.has(Message::edited) ? 1 : 0;
  }
  std::size_t before = 0;
  for (const DemoRecord& record : year().records)
    before += record.kind == Kind::deleted ? 1 : 0;
  CHECK(deleted <= before + 1);
  CHECK(edited >= 24);
}

TEST_CASE("merge: a start that is cut off on one phone, an end on the other",
          "[merge]") {
  const Merged merged = checked(
      {keep(year(), [](const DemoRecord& r) { return r.time < at(0.6); }),
       keep(renamed(year()),
            [](const DemoRecord& r) { return r.time >= at(0.5); })},
      {ExportForm::ios_2022, ExportForm::android});
  CHECK(merged.chat.messages.size() == year().records.size());
  for (const MergeSource& source : merged.sources)
    CHECK(source.covered.size() == 1);
}

TEST_CASE("merge: what one phone lost, the other one has", "[merge]") {
  const Story a = keep(year(), [](const DemoRecord& r) {
    return !between(r, at(0.2), at(0.45));
  });
  const Story b = keep(renamed(year()), [](const DemoRecord& r) {
    return !between(r, at(0.6), at(0.7));
  });
  const Merged merged =
      checked({a, b}, {ExportForm::ios_2022, ExportForm::ios_2025});
  for (const MergeSource& source : merged.sources)
    CHECK(source.covered.size() == 2);
}

TEST_CASE("merge: the owner is called Jij on his own phone", "[merge]") {
  const Story own = renamed(year(), "Jij");
  const Merged merged = checked(
      {keep(year(), [](const DemoRecord& r) { return r.time > at(0.3); }), own},
      {ExportForm::android, ExportForm::ios_2022});
  for (const Author& author : merged.chat.authors) CHECK(author.name != "Jij");
}

TEST_CASE("merge: a third export links two that share nothing", "[merge]") {
  const Story a =
      keep(year(), [](const DemoRecord& r) { return r.time < at(0.3); });
  const Story b = keep(renamed(year()), [](const DemoRecord& r) {
    return between(r, at(0.25), at(0.75));
  });
  const Story c =
      keep(year(), [](const DemoRecord& r) { return r.time >= at(0.7); });
  checked({a, b, c},
          {ExportForm::ios_2022, ExportForm::android, ExportForm::ios_2025});
}

TEST_CASE("merge: exports of other times stay apart", "[merge]") {
  const Story a =
      keep(year(), [](const DemoRecord& r) { return r.time < at(0.3); });
  const Story b =
      keep(year(), [](const DemoRecord& r) { return r.time > at(0.5); });
  const Merges merges = merge(
      {exported(b, ExportForm::ios_2022), exported(a, ExportForm::android)});
  REQUIRE(merges.chats.size() == 2);
  CHECK(merges.chats[0].sources[0].input == 1);
  CHECK(merges.chats[1].sources[0].input == 0);
  REQUIRE(merges.apart.size() == 1);
  CHECK(merges.apart[0].why == Unaligned::no_common_time);
}

TEST_CASE("merge: another group stays apart, also with the same bulletins",
          "[merge]") {
  Story other = story(2, 1);
  other.group = year().group;
  // Every third message of the first half hour of a day was passed on.
  std::vector<DemoRecord> passed_on;
  for (std::size_t i = 0; i < year().records.size(); i += 25) {
    const DemoRecord& record = year().records[i];
    if (record.kind != Kind::text) continue;
    passed_on.push_back(record);
    passed_on.back().time += 20s;
  }
  REQUIRE(passed_on.size() > 50);
  other.records.insert(other.records.end(), passed_on.begin(), passed_on.end());
  std::stable_sort(
      other.records.begin(), other.records.end(),
      [](const DemoRecord& x, const DemoRecord& y) { return x.time < y.time; });
  const Merges merges = merge({exported(year(), ExportForm::ios_2022),
                               exported(other, ExportForm::ios_2022)});
  REQUIRE(merges.chats.size() == 2);
  REQUIRE(merges.apart.size() == 1);
  CHECK(merges.apart[0].why == Unaligned::other_messages);
}

TEST_CASE("merge: too little in common is no proof", "[merge]") {
  const auto chat = [](const char* text) {
    return parse(Bytes::from(text), "klein.txt");
  };
  const Merges merges =
      merge({chat("13-05-2024 10:00 - Jan: Goedemorgen allemaal\n"
                  "13-05-2024 10:01 - Piet: ok\n"),
             chat("13-05-2024 10:00 - Jan: Goedemorgen allemaal\n"
                  "13-05-2024 10:02 - Piet: ok\n")});
  REQUIRE(merges.chats.size() == 2);
  REQUIRE(merges.apart.size() == 1);
  CHECK(merges.apart[0].why == Unaligned::too_little);
}

TEST_CASE(
    "merge: nothing depends on the order, and merging again changes nothing",
    "[merge]") {
  const Story a = keep(year(), [](const DemoRecord& r) {
    return !between(r, at(0.2), at(0.45));
  });
  const Story b =
      revised(moved(renamed(year()), [](LocalTime) { return 1h; }), 3, 25);
  const Story c = keep(jittered(year(), 9),
                       [](const DemoRecord& r) { return r.time >= at(0.4); });
  const std::vector<Chat> chats{exported(a, ExportForm::ios_2022),
                                exported(b, ExportForm::android),
                                exported(c, ExportForm::ios_2025)};
  const auto bytes = [](Merges merges) {
    return std::string{whole(std::move(merges)).chat.bytes.view};
  };
  const Merged first = whole(merge(chats));
  const std::string expected{first.chat.bytes.view};
  CHECK(score(first, {a, b, c}).wrong == 0);
  CHECK(bytes(merge({chats[1], chats[0], chats[2]})) == expected);
  CHECK(bytes(merge({chats[2], chats[1], chats[0]})) == expected);
  CHECK(bytes(merge({chats[1], chats[2], chats[0]})) == expected);
  CHECK(bytes(merge({first.chat, chats[1]})) == expected);
  CHECK(bytes(merge({chats[0], first.chat, chats[2]})) == expected);
  const Merged twice = whole(merge({chats[0], chats[0]}));
  CHECK(twice.chat.bytes.view == chats[0].bytes.view);
  CHECK(twice.sources.size() == 1);
}

TEST_CASE("merge: two lines of one export are never one message", "[merge]") {
  const Story later = revised(renamed(year()), 11, 60);
  const Merged merged =
      checked({year(), later}, {ExportForm::android, ExportForm::ios_2022});
  for (std::size_t k = 1; k < merged.origins.size(); ++k) {
    const Origin& a = merged.origins[k - 1];
    const Origin& b = merged.origins[k];
    CHECK((a.message < b.message || a.source < b.source));
  }
}

TEST_CASE("merge: every message can be traced to its lines", "[merge]") {
  const std::vector<Story> stories{
      keep(year(), [](const DemoRecord& r) { return r.time < at(0.6); }),
      keep(renamed(year()),
           [](const DemoRecord& r) { return r.time >= at(0.5); })};
  std::vector<Chat> chats{exported(stories[0], ExportForm::ios_2022),
                          exported(stories[1], ExportForm::android)};
  const Merged merged = whole(merge(chats));
  for (const Origin& origin : merged.origins) {
    const Chat& chat = chats[merged.sources[origin.source].input];
    CHECK(origin.line == chat.line(origin.record));
  }
  // The merged chat is a chat like any other: its records are its bytes.
  std::string all;
  for (Index i = 0; i < merged.chat.messages.size(); ++i) {
    all += merged.chat.raw(i);
    if (i % 100 == 0) {
      CHECK(merged.chat.line(i) ==
            1 + static_cast<std::uint64_t>(std::count(
                    all.begin(),
                    all.end() -
                        static_cast<std::ptrdiff_t>(merged.chat.raw(i).size()),
                    '\n')));
    }
  }
  CHECK(all == merged.chat.bytes.view);
}

TEST_CASE("merge: notices in another language are one event", "[merge]") {
  const Merged merged = whole(merge(
      {parse(Bytes::from("13-05-2024 09:00 - Jan heeft Piet toegevoegd\n"
                         "13-05-2024 10:00 - Jan: Goedemorgen allemaal\n"
                         "13-05-2024 10:01 - Jan: Er staat een witte bus\n"
                         "13-05-2024 10:02 - Piet: Die is van de schilder\n"
                         "13-05-2024 10:03 - Jan: <Media weggelaten>\n"
                         "13-05-2024 10:04 - Jan: Dit bericht is verwijderd\n"
                         "13-05-2024 10:05 - Piet: Dank je wel @31612345678\n"),
             "nl.txt"),
       parse(Bytes::from(
                 "[5/13/24, 9:00:12 AM] You: \u200EYou added Piet Buur\r\n"
                 "[5/13/24, 10:00:01 AM] You: Goedemorgen allemaal\r\n"
                 "[5/13/24, 10:01:59 AM] You: Er staat een witte bus\r\n"
                 "[5/13/24, 10:02:30 AM] Piet Buur: Die is van de schilder\r\n"
                 "\u200E[5/13/24, 10:03:00 AM] You: \u200Eimage omitted\r\n"
                 "[5/13/24, 10:04:10 AM] You: Verkeerde groep\r\n"
                 "[5/13/24, 10:05:10 AM] Piet Buur: Dank je wel "
                 "@\u2068Jan\u2069\r\n"),
             "en.txt")}));
  CHECK(merged.chat.messages.size() == 7);
  CHECK(merged.origins.size() == 14);
  REQUIRE(merged.chat.authors.size() == 2);
  CHECK(merged.chat.text(5) == "Verkeerde groep");
  CHECK(merged.chat.messages[4].media == MediaType::image);
  for (const auto& names : merged.known_as) CHECK(names.size() == 2);
}

TEST_CASE("merge: a flood in one minute takes no longer than it must",
          "[merge]") {
  std::string text =
      "13-05-2024 10:00 - Jan: Goedemorgen allemaal\n"
      "13-05-2024 10:00 - Jan: Er staat een witte bus\n"
      "13-05-2024 10:01 - Jan: Die is van de schilder\n";
  for (int i = 0; i < 20'000; ++i) text += "13-05-2024 10:01 - Piet: ok\n";
  const std::string more =
      text + "13-05-2024 10:02 - Jan: Zo is het wel goed\n";
  const Merged merged =
      whole(merge({parse(Bytes::from(text)), parse(Bytes::from(more))}));
  CHECK(merged.chat.messages.size() == 20'004);
}

TEST_CASE("merge: who has the name of another person stays another person",
          "[merge]") {
  // On the second phone "Jan" is who is called Piet on the first one, and the
  // Jan of the first one is Kees.
  std::string first;
  std::string second;
  for (int i = 10; i < 50; ++i) {
    const std::string time = "13-05-2024 10:" + std::to_string(i) + " - ";
    const std::string text = ": Bericht nummer " + std::to_string(i) + "\n";
    first += time + (i % 2 == 0 ? "Jan" : "Piet") + text;
    second += time + (i % 2 == 0 ? "Kees" : "Jan") + text;
  }
  second += "13-05-2024 11:00 - Jan: Tot morgen\n";
  const Merged merged =
      whole(merge({parse(Bytes::from(first)), parse(Bytes::from(second))}));
  REQUIRE(merged.chat.authors.size() == 2);
  CHECK(merged.chat.messages.back().author == merged.chat.messages[1].author);
  CHECK(merged.chat.messages.size() == 41);
}

TEST_CASE("merge: the exporter can be given a name", "[merge]") {
  Chat chat =
      parse(Bytes::from("13-05-2024 10:00 - Jij: Hoi\n"
                        "13-05-2024 10:01 - Piet: Ja\n"));
  CHECK(name_exporter(chat, "Jan"));
  CHECK(chat.authors[0].name == "Jan");
  CHECK_FALSE(name_exporter(chat, "Kees"));
}

namespace {

/// The metrics of a chat, through a database and back.
std::vector<Metric> measured(const Merged& merged) {
  const Study study{.key = "s", .groups = {{.key = "g", .name = "G"}}};
  const Pseudonymiser pseudonyms{Key{}, "s"};
  const auto path =
      std::filesystem::temp_directory_path() /
      ("etherpeil-merge-" + std::to_string(std::random_device{}()) + ".db");
  std::vector<Metric> found;
  {
    Store store = Store::create(path, study, {}, pseudonyms);
    store.add("g", Analyser{{}, Classifier{Codebook::dutch()}}.run(merged.chat),
              pseudonyms);
    found = metrics(store.panel(), {.period = Period::month});
  }
  std::filesystem::remove(path);
  return found;
}

bool same(double a, double b) {
  return std::isnan(a) ? std::isnan(b) : a == Approx(b);
}

}  // namespace

TEST_CASE("merge: exports of two phones give the metrics of one", "[merge]") {
  // Each phone lost a part; one calls its people otherwise.
  const Story a = keep(year(), [](const DemoRecord& r) {
    return !between(r, at(0.2), at(0.45));
  });
  const Story b = keep(renamed(year()), [](const DemoRecord& r) {
    return !between(r, at(0.6), at(0.7));
  });
  const auto one =
      measured(whole(merge({exported(year(), ExportForm::ios_2025)})));
  const auto two = measured(whole(merge(
      {exported(a, ExportForm::ios_2025), exported(b, ExportForm::ios_2025)})));
  REQUIRE(one.size() == two.size());
  REQUIRE(one.size() > 50);
  for (std::size_t i = 0; i < one.size(); ++i) {
    INFO(one[i].id << ' ' << one[i].label);
    CHECK(one[i].id == two[i].id);
    CHECK(one[i].days == two[i].days);
    CHECK(same(one[i].numerator, two[i].numerator));
    CHECK(same(one[i].denominator, two[i].denominator));
    CHECK(same(one[i].value, two[i].value));
  }
}

namespace {

/// Two people talk on both phones; `a` and `b` are what only one phone has or
/// has in another order.
Merged talked(const std::string& a, const std::string& b) {
  std::string both[2];
  for (int i = 10; i < 50; ++i) {
    const std::string time = "[13-05-2024 10:" + std::to_string(i) + ":00] ";
    const std::string text = ": Bericht nummer " + std::to_string(i) + "\r\n";
    both[0] += time + (i % 2 == 0 ? "Jan" : "Piet") + text;
    both[1] += time + (i % 2 == 0 ? "Kees" : "Buur") + text;
    if (i == 30) both[0] += a;
    if (i == 30) both[1] += b;
  }
  return whole(
      merge({parse(Bytes::from(both[0])), parse(Bytes::from(both[1]))}));
}

}  // namespace

TEST_CASE("merge: messages of one second may stand in another order",
          "[merge]") {
  const Merged merged = talked(
      "[13-05-2024 10:30:20] Jan: ok\r\n[13-05-2024 10:30:20] Piet: ja\r\n",
      "[13-05-2024 10:30:20] Buur: ja\r\n[13-05-2024 10:30:20] Kees: ok\r\n");
  CHECK(merged.chat.messages.size() == 42);
}

TEST_CASE("merge: the same word of two people is two messages", "[merge]") {
  const Merged merged = talked("[13-05-2024 10:30:20] Jan: ok\r\n",
                               "[13-05-2024 10:30:21] Buur: ok\r\n");
  CHECK(merged.chat.messages.size() == 42);
}

TEST_CASE("merge: two sentences in common are no proof", "[merge]") {
  const auto chat = [](const char* rest) {
    return parse(
        Bytes::from("13-05-2024 10:00 - Jan: Goedemorgen allemaal\n"
                    "13-05-2024 10:01 - Jan: Er staat een witte bus\n" +
                    std::string{rest}));
  };
  const Merges merges = merge({chat("13-05-2024 10:02 - Piet: ok\n"),
                               chat("13-05-2024 10:03 - Piet: ja\n")});
  REQUIRE(merges.chats.size() == 2);
  CHECK(merges.apart.at(0).why == Unaligned::too_little);
}
