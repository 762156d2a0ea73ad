#include "etherpeil/study.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "etherpeil/error.hpp"

using namespace etherpeil;
using namespace std::chrono_literals;

namespace {

LocalDay day(int year, unsigned month, unsigned number) {
  return LocalDay{std::chrono::year{year} / static_cast<int>(month) /
                  static_cast<int>(number)};
}

std::string study_with(const std::string& groups) {
  return R"({"format":"etherpeil-study/1","key":"s","title":"t","groups":)" +
         groups + "}";
}

std::string intervention_with(const std::string& members) {
  return study_with(
      R"([{"key":"a","name":"A","interventions":[{"key":"i","title":"t",)" +
      members + "}]}]");
}

std::string roles_with(const std::string& entries) {
  return R"({"format":"etherpeil-roles/1","roles":)" + entries + "}";
}

/// The message of the refusal, which must be one line that starts with the
/// source and the pointer.
template <class Read>
void refused(const Read& read, const std::string& json,
             const std::string& pointer) {
  CAPTURE(json);
  try {
    static_cast<void>(read(json, "file.json"));
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(error.code() == Errc::config);
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.substr(0, 11 + pointer.size() + 2) ==
          "file.json: " + pointer + ": ");
    return;
  }
  FAIL("accepted");
}

void study_refused(const std::string& json, const std::string& pointer) {
  refused(parse_study, json, pointer);
}

void roles_refused(const std::string& json, const std::string& pointer) {
  refused(parse_roles, json, pointer);
}

/// A chat of these authors in turn, one message a day from 2021-01-01.
Chat chat_of(const std::vector<Author>& authors) {
  Chat chat;
  chat.authors = authors;
  for (std::size_t i = 0; i < authors.size(); ++i) {
    const auto time =
        day(2021, 1, 1) + std::chrono::days{static_cast<int>(i)} + 12h;
    chat.messages.push_back(
        {.seconds = static_cast<std::uint32_t>(
             std::chrono::duration_cast<std::chrono::seconds>(
                 time.time_since_epoch())
                 .count()),
         .author = static_cast<std::uint16_t>(i)});
  }
  return chat;
}

}  // namespace

TEST_CASE("study: a full study file is read as it is written", "[study]") {
  const Study study = parse_study(R"({
    "format": "etherpeil-study/1", "key": "vier-buurten", "title": "Vier buurten",
    "time_zone": "Europe/Brussels", "roles": "roles.json",
    "groups": [
      {"key": "noord", "name": "Noord \u00e9\u00e9n", "arm": "interventie",
       "governance": "gemeente", "regime": "alarm", "area_code": "BU03440111",
       "households": 640, "members": 80,
       "interventions": [
         {"key": "later", "title": "B", "start": "2021-09-01", "end": "2021-09-01"},
         {"key": "eerder", "title": "A", "start": "2020-02-29"}]},
      {"key": "zuid", "name": "Zuid"}]})",
                                  "study.json");
  CHECK(study.key == "vier-buurten");
  CHECK(study.title == "Vier buurten");
  CHECK(study.time_zone == "Europe/Brussels");
  CHECK(study.roles == "roles.json");
  REQUIRE(study.groups.size() == 2);
  const Group& north = study.groups[0];
  CHECK(north.name == "Noord \u00e9\u00e9n");
  CHECK(north.arm == "interventie");
  CHECK(north.governance == "gemeente");
  CHECK(north.regime == "alarm");
  CHECK(north.area_code == "BU03440111");
  CHECK(north.households == 640U);
  CHECK(north.members == 80U);
  REQUIRE(north.interventions.size() == 2);
  CHECK(north.interventions[0].key == "eerder");
  CHECK(north.interventions[0].start == day(2020, 2, 29));
  CHECK_FALSE(north.interventions[0].end);
  CHECK(north.interventions[1].end == day(2021, 9, 1));
  CHECK_FALSE(study.groups[1].households);
  CHECK(study.groups[1].regime.empty());
  CHECK(study.group("zuid") == Index{1});
  CHECK_FALSE(study.group("oost"));
  CHECK(study.require_group("zuid", "buurt.db") == 1);
  CHECK_THROWS_WITH(study.require_group("oost", "buurt.db"),
                    "buurt.db: has no group \"oost\"; it has noord, zuid");
}

TEST_CASE("study: the time zone is that of the Netherlands when none is given",
          "[study]") {
  CHECK(parse_study(study_with(R"([{"key":"a","name":"A"}])"), "f").time_zone ==
        "Europe/Amsterdam");
}

TEST_CASE("study: a time zone has the form of an IANA name", "[study]") {
  const auto with = [](const std::string& zone) {
    return R"({"format":"etherpeil-study/1","key":"s","title":"t","time_zone":")" +
           zone + R"(","groups":[{"key":"a","name":"A"}]})";
  };
  for (const std::string zone :
       {"UTC", "Europe/Amsterdam", "America/Port-au-Prince",
        "America/Argentina/Buenos_Aires"}) {
    CHECK(parse_study(with(zone), "f").time_zone == zone);
  }
  for (const std::string zone :
       {"Amsterdam", "", " ", "CET", "Europe/", "/Amsterdam",
        "Europe//Amsterdam", "Europe/Amsterdam ", "Europe/_", "+01:00",
        "Europe/Am5terdam"}) {
    study_refused(with(zone), "/time_zone");
  }
}

TEST_CASE(
    "study: what is missing, unknown or of another kind is refused by its "
    "pointer",
    "[study]") {
  study_refused("[]", "/");
  study_refused(R"({"key":"s"})", "/");
  study_refused(
      R"({"format":"etherpeil-study/2","key":"s","title":"t","groups":[]})",
      "/format");
  study_refused(R"({"format":1,"key":"s","title":"t","groups":[]})", "/format");
  study_refused(
      R"({"format":"etherpeil-study/1","key":"","title":"t","groups":[]})",
      "/key");
  study_refused(
      R"({"format":"etherpeil-study/1","key":"s","title":" ","groups":[]})",
      "/title");
  study_refused(study_with("[]"), "/groups");
  study_refused(study_with("{}"), "/groups");
  study_refused(study_with("[1]"), "/groups/0");
  study_refused(study_with(R"([{"key":"a"}])"), "/groups/0");
  study_refused(study_with(R"([{"key":"a","name":"A","Arm":"x"}])"),
                "/groups/0/Arm");
  study_refused(study_with(R"([{"key":" ","name":"A"}])"), "/groups/0/key");
  study_refused(
      study_with(R"([{"key":"a","name":"A"},{"key":"a","name":"B"}])"),
      "/groups/1/key");
  study_refused(study_with(R"([{"key":"a","name":"A","regime":"streng"}])"),
                "/groups/0/regime");
  study_refused(study_with(R"([{"key":"a","name":"A","regime":""}])"),
                "/groups/0/regime");
  study_refused(study_with(R"([{"key":"a","name":"A","households":0}])"),
                "/groups/0/households");
  study_refused(study_with(R"([{"key":"a","name":"A","members":-3}])"),
                "/groups/0/members");
  study_refused(study_with(R"([{"key":"a","name":"A","members":2.5}])"),
                "/groups/0/members");
  study_refused(study_with(R"([{"key":"a","name":"A","members":"80"}])"),
                "/groups/0/members");
}

TEST_CASE("study: only days of the calendar are days", "[study]") {
  for (const std::string bad :
       {"2021-02-30", "2021-02-29", "1900-02-29", "2021-13-01", "2021-00-10",
        "2021-04-31", "2021-4-3", "21-04-03", "2021/04/03", "03-04-2021",
        "2021-04-03T00:00", " 2021-04-03", "2021-04-0x", "", "-021-04-03",
        "2021-04-00"}) {
    study_refused(intervention_with("\"start\":\"" + bad + "\""),
                  "/groups/0/interventions/0/start");
  }
  study_refused(intervention_with(R"("start":20210401)"),
                "/groups/0/interventions/0/start");
  CHECK_NOTHROW(parse_study(intervention_with(R"("start":"2024-02-29")"), "f"));
}

TEST_CASE(
    "study: an intervention does not end before it starts, and has its own key",
    "[study]") {
  study_refused(intervention_with(R"("start":"2021-04-02","end":"2021-04-01")"),
                "/groups/0/interventions/0/end");
  study_refused(study_with(R"([{"key":"a","name":"A","interventions":[
                  {"key":"i","title":"t","start":"2021-04-02"},
                  {"key":"i","title":"u","start":"2021-05-02"}]}])"),
                "/groups/0/interventions/1/key");
  study_refused(
      intervention_with(R"("start":"2021-04-02","stop":"2021-05-01")"),
      "/groups/0/interventions/0/stop");
}

TEST_CASE("study: a member that stands twice is refused with its place",
          "[study]") {
  study_refused(
      R"({"format":"etherpeil-study/1","key":"s","title":"t","key":"r",)"
      R"("groups":[{"key":"a","name":"A"}]})",
      "/key");
  study_refused(study_with(R"([{"key":"a","name":"A"},{"key":"b","name":"B",)"
                           R"("name":"C"}])"),
                "/groups/1/name");
  study_refused(
      intervention_with(R"("start":"2021-04-02","start":"2021-05-02")"),
      "/groups/0/interventions/0/start");
  roles_refused(
      R"({"format":"etherpeil-roles/1","groups":{"a/b":[],"c":[],"a/b":[]}})",
      "/groups/a~1b");
}

TEST_CASE("study: text that is no JSON is refused by its line", "[study]") {
  try {
    static_cast<void>(parse_study("{\n\"format\": }", "file.json"));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Errc::config);
    CHECK(std::string{error.what()}.compare(0, 12, "file.json:2:") == 0);
  }
}

TEST_CASE("study: files that cannot be read are an error of input", "[study]") {
  for (const std::string path : {"/nowhere/study.json", "/tmp"}) {
    try {
      static_cast<void>(load_study(path));
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == Errc::io);
    }
    CHECK_THROWS_AS(load_roles(path), Error);
  }
  const auto path = std::filesystem::temp_directory_path() /
                    ("etherpeil-study-" + std::to_string(::getpid()) + ".json");
  std::ofstream{path} << study_with(R"([{"key":"a","name":"A"}])");
  CHECK(load_study(path).groups.size() == 1);
  std::filesystem::remove(path);
}

TEST_CASE("study: roles stand per group, or for one chat", "[study]") {
  const Roles many = parse_roles(R"({"format":"etherpeil-roles/1","groups":{
      "zuid":[{"name":"Rob","role":"politie"}],
      "noord":[{"name":"06-12345678","role":"beheerder","from":"2021-01-01","to":"2021-06-30"},
               {"name":"Els","role":"gemeente"}]}})",
                                 "f");
  CHECK(many.source == "f");
  CHECK(many.of("noord").size() == 2);
  CHECK(many.of("zuid").size() == 1);
  CHECK(many.of("oost").empty());
  CHECK(many.of("noord")[0].role == Role::moderator);
  CHECK(many.of("noord")[0].to == day(2021, 6, 30));
  const Roles one =
      parse_roles(roles_with(R"([{"name":"Rob","role":"politie"}])"), "f");
  CHECK(one.of("any").size() == 1);
  CHECK(one.of("any")[0].role == Role::police);
}

TEST_CASE("study: roles are as strict as a study", "[study]") {
  roles_refused("{}", "/");
  roles_refused(R"({"format":"etherpeil-roles/1"})", "/");
  roles_refused(R"({"format":"etherpeil-study/1","roles":[]})", "/format");
  roles_refused(R"({"format":"etherpeil-roles/1","roles":[],"groups":{}})",
                "/roles");
  roles_refused(R"({"format":"etherpeil-roles/1","groups":[]})", "/groups");
  roles_refused(R"({"format":"etherpeil-roles/1","groups":{"":[]}})",
                "/groups/");
  roles_refused(
      R"({"format":"etherpeil-roles/1","groups":{"a/b":[{"name":"x","role":"y"}]}})",
      "/groups/a~1b/0/role");
  roles_refused(roles_with(R"([{"name":"","role":"politie"}])"),
                "/roles/0/name");
  roles_refused(roles_with("[{\"name\":\"\u200E~ \",\"role\":\"politie\"}]"),
                "/roles/0/name");
  roles_refused(roles_with(R"([{"name":"Jan"}])"), "/roles/0");
  roles_refused(roles_with(R"([{"name":"Jan","role":"Politie"}])"),
                "/roles/0/role");
  roles_refused(
      roles_with(R"([{"name":"Jan","role":"politie","until":"2021-01-01"}])"),
      "/roles/0/until");
  roles_refused(
      roles_with(R"([{"name":"Jan","role":"politie","from":"2021-02-30"}])"),
      "/roles/0/from");
  roles_refused(
      roles_with(
          R"([{"name":"Jan","role":"politie","from":"2021-02-03","to":"2021-02-02"}])"),
      "/roles/0/to");
}

TEST_CASE("study: one name has one role on a day, in whatever spelling",
          "[study]") {
  roles_refused(roles_with(R"([{"name":"06-12345678","role":"politie"},
                               {"name":"+31 6 12345678","role":"zorg","from":"2021-01-01"}])"),
                "/roles/1");
  roles_refused(
      roles_with(R"([{"name":"JAN","role":"politie","to":"2021-05-01"},
                               {"name":"jan","role":"zorg","from":"2021-05-01"}])"),
      "/roles/1");
  CHECK_NOTHROW(parse_roles(
      roles_with(R"([{"name":"JAN","role":"zorg","from":"2021-05-02"},
                                           {"name":"jan","role":"politie","to":"2021-05-01"}])"),
      "f"));
}

TEST_CASE("study: refusals never repeat a name", "[study]") {
  try {
    static_cast<void>(
        parse_roles(roles_with(R"([{"name":"Geheim","role":"politie"},
                                                 {"name":"geheim","role":"zorg"}])"),
                    "f"));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(std::string{error.what()}.find("eheim") == std::string::npos);
  }
}

TEST_CASE("study: a role goes to the messages of its person on its days",
          "[study]") {
  Chat chat =
      chat_of({{.name = "Jan"},
               {.name = "+31 6 12345678", .unsaved = true, .phone = true},
               {.name = "Els"}});
  for (int i = 0; i < 3; ++i) {  // Els again, on the 4th, 5th and 6th
    Message again = chat.messages[2];
    again.seconds += static_cast<std::uint32_t>((i + 1) * 86400);
    chat.messages.push_back(again);
  }
  chat.messages.push_back(
      {.seconds = chat.messages[0].seconds, .kind = Kind::system});
  std::vector<Diagnostic> diagnostics;
  const std::vector<RoleEntry> entries{
      {.name = "ELS",
       .role = Role::police,
       .from = day(2021, 1, 4),
       .to = day(2021, 1, 4)},
      {.name = "els", .role = Role::care, .from = day(2021, 1, 6)},
      {.name = "0612345678", .role = Role::moderator}};
  const auto roles = assign_roles(chat, entries, diagnostics);
  CHECK(diagnostics.empty());
  CHECK(roles == std::vector<Role>{Role::unknown, Role::moderator,
                                   Role::unknown, Role::police, Role::unknown,
                                   Role::care, Role::unknown});
}

TEST_CASE(
    "study: a role without a tilde means the saved contact when there is one",
    "[study]") {
  std::vector<Diagnostic> diagnostics;
  const Chat both =
      chat_of({{.name = "Jan"}, {.name = "Jan", .unsaved = true}});
  const Chat one = chat_of({{.name = "Jan", .unsaved = true}});
  const std::vector<RoleEntry> plain{{.name = "Jan", .role = Role::police}};
  const std::vector<RoleEntry> tilde{
      {.name = "~\u202FJan", .role = Role::care}};
  CHECK(assign_roles(both, plain, diagnostics) ==
        std::vector<Role>{Role::police, Role::unknown});
  CHECK(assign_roles(both, tilde, diagnostics) ==
        std::vector<Role>{Role::unknown, Role::care});
  CHECK(assign_roles(one, plain, diagnostics) ==
        std::vector<Role>{Role::police});
  CHECK(diagnostics.empty());
  CHECK(assign_roles(chat_of({{.name = "Jan"}}), tilde, diagnostics) ==
        std::vector<Role>{Role::unknown});
  CHECK(diagnostics.size() == 1);
}

TEST_CASE(
    "study: a role that names nobody is reported by its place, not its name",
    "[study]") {
  std::vector<Diagnostic> diagnostics;
  const std::vector<RoleEntry> entries{{.name = "Jan", .role = Role::police},
                                       {.name = "Geheim", .role = Role::care}};
  CHECK(assign_roles(chat_of({{.name = "Jan"}}), entries, diagnostics) ==
        std::vector<Role>{Role::police});
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].code == "study.role-names-nobody");
  CHECK(diagnostics[0].severity == Severity::warning);
  CHECK(diagnostics[0].message.find("Role 2 ") == 0);
  CHECK(diagnostics[0].message.find("Geheim") == std::string::npos);
  diagnostics.clear();
  const Roles file = parse_roles(
      R"({"format":"etherpeil-roles/1","groups":{"noord":[)"
      R"({"name":"Jan","role":"politie"},{"name":"Geheim","role":"zorg"}]}})",
      "rollen.json");
  static_cast<void>(
      assign_roles(chat_of({{.name = "Jan"}}), file.of("noord"), diagnostics));
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].message.find("rollen.json: /groups/noord/1 names ") ==
        0);
}

TEST_CASE("study: without roles every message has an unknown one", "[study]") {
  std::vector<Diagnostic> diagnostics;
  CHECK(assign_roles(chat_of({{.name = "Jan"}, {.name = "Els"}}), {},
                     diagnostics) ==
        std::vector<Role>{Role::unknown, Role::unknown});
  CHECK(assign_roles(Chat{}, {}, diagnostics).empty());
  CHECK(diagnostics.empty());
}

TEST_CASE("study: interventions that share days are reported with their place",
          "[study]") {
  const auto with = [](const std::string& interventions) {
    return parse_study(
               R"({"format":"etherpeil-study/1","key":"s","title":"S","groups":)"
               R"([{"key":"a","name":"A"},{"key":"b","name":"B",)"
               R"("interventions":[)" +
                   interventions + "]}]}",
               "study.json")
        .diagnostics;
  };
  const std::string one =
      R"({"key":"x","title":"X","start":"2021-03-01","end":"2021-03-31"})";
  CHECK(with(one).empty());
  CHECK(with(one + R"(,{"key":"y","title":"Y","start":"2021-04-01"})").empty());
  // Without an end an intervention counts with its first day.
  CHECK(with(R"({"key":"y","title":"Y","start":"2021-02-01"},)" + one).empty());
  const auto found =
      with(one + R"(,{"key":"y","title":"Y","start":"2021-03-31"})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == "study.interventions-overlap");
  CHECK(found[0].severity == Severity::warning);
  CHECK(found[0].message.rfind("/groups/1/interventions/1: shares days with "
                               "/groups/1/interventions/0",
                               0) == 0);
}
