/// What the store keeps of an export.
#include <catch2/catch.hpp>
#include <filesystem>

#include "messages_reference.hpp"
#include "store_world.hpp"

using namespace etherpeil;
using namespace etherpeil::test;

// --- adding

TEST_CASE("store: counts per day, label, attribute and member", "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("+31 6 12345678", true, true);
  const LocalDay first = day(2021, 5, 1);
  chat.notice(first + 8h, SystemEvent::encryption);
  const Index root = chat.say(first + 21h + 59min, an, 0, 1);
  const Index reply = chat.say(first + 22h, bo, 2, 3, Role::police);
  chat.say(first + 23h, bo, 2);
  chat.say(first + 24h + 7h + 59min, an, 2);
  chat.say(first + 24h + 8h, an, 2);
  chat.edit().labels.back().abstain = true;
  chat.say(first + 49h, an, not_coded);
  chat.say(first + 72h, bo, 2);  // the day that is cut off
  chat.incident(
      {.root = root, .messages = {root, reply}, .followed_until = first + 23h});
  Store store = fresh(path);
  CHECK(store.add("zuid", chat.done(), small_key()) == Added::added);
  const Panel panel = store.panel();

  REQUIRE(panel.days.size() == 3);
  CHECK(panel.days[0].group == 1);
  CHECK(panel.days[0].day == first);
  CHECK(panel.days[0].label == 0);
  CHECK(panel.days[0].messages == 1);
  CHECK(panel.days[0].night == 0);
  CHECK(panel.days[0].in_incident == 1);
  CHECK(panel.days[1].label == 2);
  CHECK(panel.days[1].messages == 2);
  CHECK(panel.days[1].night == 2);
  CHECK(panel.days[1].in_incident == 1);
  CHECK(panel.days[1].night_in_incident == 1);
  CHECK(panel.days[2].day == first + std::chrono::days{1});
  CHECK(panel.days[2].messages == 2);
  CHECK(panel.days[2].night == 1);
  CHECK(panel.days[2].night_in_incident == 0);
  CHECK(panel.days[2].abstained == 1);

  REQUIRE(panel.attributes.size() == 2);
  CHECK(panel.attributes[0].attribute == 0);
  CHECK(panel.attributes[0].messages == 2);
  CHECK(panel.attributes[1].attribute == 1);
  CHECK(panel.attributes[1].messages == 1);

  REQUIRE(panel.members.size() == 2);
  const std::string an_pseudonym = small_key().person("An");
  const Index an_member = panel.members[0].pseudonym == an_pseudonym ? 0 : 1;
  CHECK(panel.members[an_member].pseudonym == an_pseudonym);
  CHECK(panel.members[1 - an_member].pseudonym ==
        small_key().person("06-12345678"));
  CHECK(panel.members[1 - an_member].role == Role::police);
  CHECK(panel.members[an_member].role == Role::unknown);
  REQUIRE(panel.member_days.size() == 4);
  std::uint32_t an_messages = 0;
  for (const MemberDay& one : panel.member_days) {
    if (one.member == an_member) an_messages += one.messages;
  }
  CHECK(an_messages == 4);  // one of them has no label

  REQUIRE(panel.codes.labels.size() == 3);
  CHECK(panel.codes.id == "proef");
  CHECK(panel.codes.version == 3);
  CHECK(panel.codes.labels[0].safety);
  CHECK(panel.codes.labels[1].function == Function::outcome);
  CHECK(panel.codes.attributes[1].group == "police");
  CHECK(panel.codes.attributes[1].slot == Slot::police);

  REQUIRE(panel.files.size() == 1);
  const FileRow& file = panel.files[0];
  CHECK(file.group == 1);
  CHECK(file.records == 8);
  CHECK(file.human == 7);
  CHECK(file.first == LocalTime{first + 8h});
  CHECK(file.last == LocalTime{first + 72h});
  CHECK(file.format.platform == Platform::ios);
  CHECK(file.format.terminator == Terminator::crlf);
  CHECK(file.format.resolution == Resolution::second);
  CHECK(file.format.header == "[dd-MM-yyyy HH:mm:ss] ");
  CHECK(file.format.date_order_certain);
  CHECK(file.format.date_order_line == 7);
  CHECK(file.provenance.library == "0.1.0");
  CHECK(file.provenance.codebook == "proef/3");
  CHECK(file.provenance.codebook_sha256 == "c0de");
  CHECK(file.provenance.model == "rules");
  CHECK(file.provenance.unicode == "14.0");
  CHECK(store.contains("zuid", file.sha256));
}

TEST_CASE("store: messages keep everything but their words", "[store]") {
  const Folder folder{"store"};
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("Bo");
  const LocalDay first = day(2021, 5, 30);
  chat.say(first + 23h, an, 0);  // on the day that is cut off
  const Index root = chat.say(first + 25h, an, 0, 3, Role::moderator);
  const Index again = chat.say(first + 25h + 10s, bo, 0, 1, Role::police);
  const Index early = chat.say(first + 48h, bo, 2);
  chat.edit().chat.messages.back().kind = Kind::media;
  chat.edit().chat.messages.back().media = MediaType::contact;
  chat.edit().chat.messages.back().flags = 0xFF;
  chat.edit().labels.back().abstain = true;
  const Index none =
      chat.say(first + 26h, an, not_coded);  // the clock went back
  chat.edit().chat.messages.back().kind = Kind::deleted;
  chat.say(first + 90h, bo, 2);  // on the day that is cut off
  chat.incident(
      {.root = 0, .messages = {0, early}, .followed_until = first + 99h});
  chat.incident(
      {.root = root, .messages = {root, again}, .followed_until = first + 99h});
  Store store = fresh(folder.path / "buurt.db");
  store.add("oost", chat.done(), small_key());
  const Panel panel = store.panel();
  const Messages& all = panel.messages;
  REQUIRE(all.size() == 4);
  const auto person = [&](std::size_t i) {
    return panel.members[all.member[i]].pseudonym;
  };
  // Two of May come before one of June, whatever their place in the file.
  CHECK(all.group == std::vector<Index>(4, 2));
  CHECK(all.line == std::vector<std::uint64_t>{2, 3, none + 1, early + 1});
  CHECK(all.time[0] == LocalTime{first + 25h});
  CHECK(all.time[1] == LocalTime{first + 25h + 10s});
  CHECK(all.time[2] == LocalTime{first + 26h});
  CHECK(all.time[3] == LocalTime{first + 48h});
  CHECK(person(0) == small_key().person("An"));
  CHECK(person(1) == small_key().person("Bo"));
  CHECK(person(2) == small_key().person("An"));
  CHECK(person(3) == small_key().person("Bo"));
  CHECK(all.role == std::vector<Role>{Role::moderator, Role::police,
                                      Role::unknown, Role::unknown});
  CHECK(all.kind ==
        std::vector<Kind>{Kind::text, Kind::text, Kind::deleted, Kind::media});
  CHECK(all.media[0] == MediaType::none);
  CHECK(all.media[3] == MediaType::contact);
  CHECK(all.label == std::vector<std::uint8_t>{0, 0, not_coded, 2});
  CHECK(all.attributes == std::vector<Attributes>{3, 1, 0, 0});
  CHECK(all.incident ==
        std::vector<Index>{0, 0, Messages::no_incident, Messages::no_incident});
  CHECK(all.flags[0] == (Messages::root | Messages::in_incident));
  CHECK(all.flags[1] == (Messages::repeats | Messages::in_incident));
  CHECK(all.flags[2] == 0);
  CHECK(all.flags[3] ==
        (Messages::abstained | Messages::in_incident | Messages::edited |
         Messages::multiline | Messages::minute | Messages::omitted |
         Messages::guessed));
}

TEST_CASE("store: the counts of a day are those of its messages", "[store]") {
  const Folder folder{"store"};
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", crowd(1, day(2021, 1, 20), 60, 30), small_key());
  store.add("noord", crowd(5, day(2021, 6, 1), 40, 9), small_key());
  store.add("oost", crowd(2, day(2020, 12, 1), 90, 12), small_key());
  const Panel panel = store.panel();
  CHECK(panel.messages.size() == 60 * 30 + 40 * 9 + 90 * 12);
  test::check_counts_follow_from_messages(panel);
}

TEST_CASE("store: an incident keeps its seconds, and absence stays absence",
          "[store]") {
  const Folder folder{"store"};
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("Bo");
  const LocalDay first = day(2021, 5, 1);
  chat.notice(first, SystemEvent::group_created);
  const Index root = chat.say(first + 12h, an, 0, 3);
  const Index reply = chat.say(first + 12h + 40s, bo, 2);
  const Index closing = chat.say(first + 30h, bo, 1);
  const Index second = chat.say(first + 31h, bo, 0);
  const Index odd =
      chat.say(first + 30h + 30min, an, 2);  // the clock was put back
  chat.say(first + 100h, an, 2);
  const Attributes all = ~Attributes{0};
  chat.incident({.root = root,
                 .messages = {root, reply, closing},
                 .reply = reply,
                 .professional = reply,
                 .outcome = closing,
                 .slots = 0x7E,
                 .root_attributes = 3,
                 .attributes = all,
                 .participants = 2,
                 .followed_until = first + 13h,
                 .uncertain = true});
  chat.incident({.root = second,
                 .messages = {second, odd},
                 .reply = odd,
                 .participants = 2,
                 .followed_until = first + 30h});
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  const Panel panel = store.panel();
  REQUIRE(panel.incidents.size() == 2);
  const IncidentRow& one = panel.incidents[0];
  CHECK(one.line == 2);
  CHECK(one.file == 0);
  CHECK(one.time == LocalTime{first + 12h});
  CHECK(one.label == 0);
  CHECK(panel.members[one.reporter].pseudonym == small_key().person("An"));
  CHECK(one.messages == 3);
  CHECK(one.participants == 2);
  CHECK(one.slots == 0x7E);
  CHECK(one.root_attributes == 3);
  CHECK(one.attributes == all);
  CHECK(one.reply == 40);
  CHECK_FALSE(one.substantive);
  CHECK(one.professional == 40);
  CHECK(one.outcome == 64800);  // 18 hours
  CHECK(one.followed == 3600);
  CHECK(one.until_end == 316800);  // 88 hours
  CHECK(one.uncertain);
  const IncidentRow& two = panel.incidents[1];
  CHECK(two.reply == 0);
  CHECK(two.followed == 0);
  CHECK_FALSE(two.uncertain);
}

TEST_CASE(
    "store: joins and leaves count the people that are named, at least one",
    "[store]") {
  const Folder folder{"store"};
  Builder chat;
  const Index an = chat.person("An");
  const LocalDay first = day(2021, 5, 1);
  chat.notice(first + 1h, SystemEvent::group_created, 1);
  chat.notice(first + 2h, SystemEvent::member_added, 3);
  chat.notice(first + 2h, SystemEvent::member_added);
  chat.notice(first + 3h, SystemEvent::member_joined);
  chat.notice(first + 3h, SystemEvent::subject_changed);
  chat.say(first + 4h, an, 2);
  chat.notice(first + 5h, SystemEvent::member_left);
  chat.notice(first + 6h, SystemEvent::member_removed, 1);
  chat.notice(first + 30h, SystemEvent::member_added,
              9);  // on the day that is cut off
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  std::string seen;
  for (const MembershipRow& row : store.panel().memberships) {
    seen += std::string{to_string(row.event)} + ' ' +
            std::to_string(row.people) + ' ';
  }
  CHECK(seen ==
        "member_added 3 member_added 1 member_joined 1 member_left 1 "
        "member_removed 1 ");
}

TEST_CASE("store: of those who join it is kept how many wrote in 90 days",
          "[store]") {
  const Folder folder{"store"};
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("+31 6 12345678", true, true);
  const Index cas = chat.person("Cas", true);
  const LocalDay first = day(2021, 5, 1);
  const auto target = Mention::Role::target;
  // Who was there from the first day is no newcomer.
  chat.notice(first - 24h, SystemEvent::group_created);
  chat.move(first - 23h, SystemEvent::member_added, "An", target);
  chat.move(first + 1h, SystemEvent::member_added, "06-12345678", target);
  chat.move(first + 2h, SystemEvent::member_joined, "cas",
            Mention::Role::actor);
  chat.move(first + 3h, SystemEvent::member_added, "Dirk", target);
  chat.say(first + 4h, bo, 2);
  chat.move(first + 5h, SystemEvent::member_added, "+31612345678", target);
  chat.move(first + 6h, SystemEvent::member_left, "An", Mention::Role::actor);
  chat.say(first + 6h + 24h * 90, cas, 2);
  chat.say(first + 24h * 95, an, 2);
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  std::string wrote;
  for (const MembershipRow& row : store.panel().memberships)
    wrote += shown(row.wrote) + ' ';
  CHECK(wrote == "- 1 0 0 0 - ");
  CHECK(store.panel().memberships[1].until_end == 95 * 86400 - 3600);
}

TEST_CASE("store: covered are the days that the export shows in full",
          "[store]") {
  const Folder folder{"store"};
  const LocalDay d1 = day(2021, 5, 1);
  const auto at = [d1](int days, int hours) {
    return d1 + std::chrono::days{days} + std::chrono::hours{hours};
  };
  const auto covered = [&folder](Builder& chat) {
    static int number = 0;
    Store store = fresh(folder.path / (std::to_string(number++) + ".db"));
    store.add("noord", chat.done(), small_key());
    const Coverage coverage = store.panel().coverage.at(0);
    const auto days = [](LocalDay day_of) {
      return (day_of - day(2021, 5, 1)).count();
    };
    return std::to_string(days(coverage.first)) + ".." +
           std::to_string(days(coverage.last));
  };
  Builder chat;
  const Index an = chat.person("An");
  SECTION(
      "a group from its start: the first day is whole, the last is cut off") {
    chat.notice(at(0, 9), SystemEvent::encryption);
    chat.say(at(0, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    CHECK(covered(chat) == "0..8");
  }
  SECTION("an export that starts in the middle: the first day is cut off too") {
    chat.say(at(0, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    CHECK(covered(chat) == "1..8");
  }
  SECTION("a system line that starts nothing proves nothing") {
    chat.notice(at(0, 9), SystemEvent::subject_changed);
    chat.say(at(0, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    CHECK(covered(chat) == "1..8");
  }
  SECTION("a group that was created long before the exporter came") {
    chat.notice(at(-4000, 9), SystemEvent::group_created);
    chat.notice(at(0, 9), SystemEvent::encryption);
    chat.notice(at(0, 10), SystemEvent::member_added, 1);
    chat.say(at(3, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    CHECK(covered(chat) == "1..8");
  }
  SECTION(
      "days without messages are covered, also at the end by a system line") {
    chat.notice(at(0, 9), SystemEvent::group_created);
    chat.say(at(0, 10), an, 2);
    chat.notice(at(30, 1), SystemEvent::member_left);
    CHECK(covered(chat) == "0..29");
  }
  SECTION("one day stays one day, two days leave one") {
    chat.say(at(0, 10), an, 2);
    CHECK(covered(chat) == "0..0");
    chat.say(at(1, 10), an, 2);
    CHECK(covered(chat) == "1..1");
  }
  SECTION("two days from the start leave the first") {
    chat.notice(at(0, 9), SystemEvent::encryption);
    chat.say(at(0, 10), an, 2);
    chat.say(at(1, 10), an, 2);
    CHECK(covered(chat) == "0..0");
  }
  SECTION("nothing but opening lines") {
    chat.notice(at(0, 9), SystemEvent::encryption);
    CHECK(covered(chat) == "0..0");
  }
  SECTION("messages that came late do not move the ends") {
    chat.say(at(0, 10), an, 2);
    chat.say(at(5, 10), an, 2);
    chat.say(at(3, 10), an, 2);
    chat.say(at(8, 10), an, 2);
    chat.say(at(9, 10), an, 2);
    chat.say(at(7, 10), an, 2);
    chat.say(at(9, 11), an, 2);
    CHECK(covered(chat) == "1..8");
  }
  SECTION("a group that was silent for two years between two lively ones") {
    for (const int d : {0, 1, 5, 800, 801, 803}) chat.say(at(d, 10), an, 2);
    CHECK(covered(chat) == "1..802");
  }
  SECTION("of two records none is alone") {
    chat.say(at(0, 10), an, 2);
    chat.say(at(500, 10), an, 2);
    CHECK(covered(chat) == "1..499");
  }
}

TEST_CASE("store: a wild date does not stretch the days that are covered",
          "[store]") {
  const Folder folder{"store"};
  const int wild = GENERATE(-7000, -400, -3, 12, 400, 27000);
  const int place = GENERATE(0, 1, 2, 5, 9, 10);
  CAPTURE(wild, place);
  Builder chat;
  const Index an = chat.person("An");
  const auto at = [](int days) {
    return day(2021, 5, 1) + std::chrono::days{days} + 12h;
  };
  Index root = 0;
  for (int d = 0; d < 10; ++d) {
    if (d == place) chat.say(at(wild), an, 2);
    const Index said = chat.say(at(d), an, 0);
    if (d == 5) root = said;
  }
  if (place == 10) chat.say(at(wild), an, 2);
  chat.incident({.root = root, .messages = {root}, .followed_until = at(6)});
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  const Panel panel = store.panel();
  const bool first_believed = place == 0 && wild == -3;
  const bool last_believed = place == 10 && wild == 12;
  CHECK(panel.coverage[0].first ==
        day(2021, 5, 1) + std::chrono::days{first_believed ? -2 : 1});
  CHECK(panel.coverage[0].last ==
        day(2021, 5, 1) + std::chrono::days{last_believed ? 11 : 8});
  CHECK(panel.files[0].records == 11);
  CHECK(panel.files[0].first == at(first_believed ? -3 : 0));
  CHECK(panel.files[0].last == at(last_believed ? 12 : 9));
  REQUIRE(panel.incidents.size() == 1);
  CHECK(panel.incidents[0].until_end ==
        (last_believed ? 7 : 4) * std::int64_t{86400});
  std::uint32_t messages = 0;
  for (const DayCount& count : panel.days) messages += count.messages;
  CHECK(messages == 8U + (first_believed || last_believed ? 1U : 0U));
}

TEST_CASE("store: nothing is kept of days that are not covered", "[store]") {
  const Folder folder{"store"};
  Builder chat;
  const Index an = chat.person("An");
  const Index bo = chat.person("Bo");
  for (int d = 0; d < 3; ++d) {
    const LocalTime time = day(2021, 5, 1 + d) + 12h;
    chat.notice(time, SystemEvent::member_added, 1);
    const Index root = chat.say(time, d == 1 ? an : bo, 0, 1);
    chat.incident({.root = root, .messages = {root}, .followed_until = time});
  }
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  const Panel panel = store.panel();
  CHECK(panel.days.size() == 1);
  CHECK(panel.attributes.size() == 1);
  CHECK(panel.member_days.size() == 1);
  CHECK(panel.incidents.size() == 1);
  CHECK(panel.memberships.size() == 1);
  REQUIRE(panel.members.size() == 1);
  CHECK(panel.members[0].pseudonym == small_key().person("An"));
  CHECK(panel.files[0].human == 3);
}

TEST_CASE("store: one person in two spellings is one member", "[store]") {
  const Folder folder{"store"};
  Builder chat;
  chat.say(day(2021, 5, 1) + 1h, chat.person("An de Boer"), 2);
  chat.say(day(2021, 5, 1) + 2h, chat.person("AN DE BOER"), 2);
  chat.say(day(2021, 5, 1) + 3h, chat.person("an de boer", true), 2);
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  const Panel panel = store.panel();
  REQUIRE(panel.members.size() == 2);
  REQUIRE(panel.member_days.size() == 2);
  const Index saved =
      panel.members[0].pseudonym == small_key().person("An de Boer") ? 0 : 1;
  CHECK(panel.member_days[saved].messages == 2);
  CHECK(panel.members[1 - saved].pseudonym ==
        small_key().person("~An de Boer"));
}

TEST_CASE("store: the role of a member is the latest known one", "[store]") {
  const Folder folder{"store"};
  Builder chat;
  const Index an = chat.person("An");
  const Role roles[] = {Role::resident, Role::care, Role::moderator,
                        Role::unknown, Role::unknown};
  chat.notice(day(2021, 5, 1), SystemEvent::encryption);
  chat.say(day(2021, 5, 1) + 1h, an, 2, 0, roles[0]);
  chat.say(day(2021, 5, 2) + 1h, an, 2, 0, roles[1]);
  chat.say(day(2021, 5, 2) + 2h, an, 2, 0, roles[2]);
  chat.say(day(2021, 5, 2) + 3h, an, 2, 0, roles[3]);
  chat.say(day(2021, 5, 3) + 1h, an, 2, 0, roles[4]);
  chat.say(day(2021, 5, 4) + 1h, an, 2, 0,
           Role::police);  // the day that is cut off
  Store store = fresh(folder.path / "buurt.db");
  store.add("noord", chat.done(), small_key());
  CHECK(store.panel().members.at(0).role == Role::moderator);
}

TEST_CASE("store: warnings are counted, and their sentences left out",
          "[store]") {
  const Folder folder{"store"};
  const auto path = folder.path / "buurt.db";
  Builder chat;
  chat.say(day(2021, 5, 1) + 1h, chat.person("An"), 2);
  chat.edit().diagnostics = {
      {.code = "parse.b", .line = 9, .message = "zin een"},
      {.code = "parse.b", .line = 4, .message = "zin twee"},
      {.code = "parse.a",
       .severity = Severity::info,
       .line = 2,
       .message = "zin drie"}};
  Store store = fresh(path);
  store.add("noord", chat.done(), small_key());
  CHECK(store.panel().files.at(0).warnings == 2);
  CHECK(Raw{path}.rows(
            "SELECT code, severity, times, first_line FROM diagnostic") ==
        std::vector<std::string>{"parse.a|info|1|2", "parse.b|warning|2|4"});
}

TEST_CASE("store: a panel is in the order of its keys, and its indices fit",
          "[store]") {
  const Folder folder{"store"};
  Store store = fresh(folder.path / "buurt.db");
  store.add("zuid", crowd(4, day(2021, 2, 1), 30, 20), small_key());
  store.add("noord", crowd(2, day(2021, 3, 1), 30, 20), small_key());
  store.add("noord", crowd(3, day(2021, 1, 1), 30, 20), small_key());
  const Panel panel = store.panel();
  CHECK(std::is_sorted(panel.days.begin(), panel.days.end(),
                       [](const DayCount& a, const DayCount& b) {
                         return std::tie(a.group, a.day, a.label) <
                                std::tie(b.group, b.day, b.label);
                       }));
  CHECK(std::is_sorted(panel.members.begin(), panel.members.end(),
                       [](const Member& a, const Member& b) {
                         return std::tie(a.group, a.pseudonym) <
                                std::tie(b.group, b.pseudonym);
                       }));
  CHECK(std::is_sorted(panel.member_days.begin(), panel.member_days.end(),
                       [](const MemberDay& a, const MemberDay& b) {
                         return std::tie(a.group, a.day, a.member) <
                                std::tie(b.group, b.day, b.member);
                       }));
  CHECK(panel.files.size() == 3);
  CHECK(panel.coverage.size() == 3);
  REQUIRE_FALSE(panel.incidents.empty());
  for (const IncidentRow& row : panel.incidents) {
    REQUIRE(row.file < panel.files.size());
    REQUIRE(panel.files[row.file].group == row.group);
    const LocalDay at = std::chrono::floor<std::chrono::days>(row.time);
    REQUIRE(panel.coverage[row.file].first <= at);
    REQUIRE(at <= panel.coverage[row.file].last);
    REQUIRE(panel.members[row.reporter].group == row.group);
  }
  for (const MemberDay& row : panel.member_days) {
    REQUIRE(panel.members[row.member].group == row.group);
  }
}
