#include "etherpeil/parse.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "etherpeil/demo.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/report.hpp"

using namespace etherpeil;
namespace fs = std::filesystem;

namespace {

const fs::path corpus = fs::path{ETHERPEIL_SOURCE_DIR} / "test" / "corpus";

std::string read(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string events_of(const Chat& chat) {
  std::string text;
  write_events(chat, [&](std::string_view piece) { text += piece; });
  return text;
}

/// What a reader of the corpus approves: how the file was read, then its
/// events.
std::string described(Chat chat, const std::string& name) {
  chat.source = name;
  return summary_json(chat) + "\n" + events_of(chat);
}

std::vector<fs::path> corpus_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{corpus}) {
    const auto ending = entry.path().extension();
    if (ending == ".txt" || ending == ".zip") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string whole(const Chat& chat) {
  std::string text{chat.preamble()};
  for (Index i = 0; i < chat.messages.size(); ++i) text += chat.raw(i);
  return text;
}

Chat parsed(const std::string& text, const ParseOptions& options = {}) {
  return parse(Bytes::from(text), "test.txt", options);
}

bool reports(const Chat& chat, std::string_view slug) {
  return std::any_of(
      chat.diagnostics.begin(), chat.diagnostics.end(),
      [&](const Diagnostic& diagnostic) { return diagnostic.code == slug; });
}

std::string refusal(const fs::path& path) {
  try {
    static_cast<void>(parse_file(path));
  } catch (const Error& error) {
    return std::string{to_string(error.code())} + ": " + error.what();
  }
  return "accepted";
}

constexpr LocalTime start{
    std::chrono::local_days{std::chrono::year{2022} / 3 / 14} +
    std::chrono::hours{9}};

/// A chat in which every form can say everything.
std::vector<DemoRecord> sample_records() {
  using std::chrono::minutes;
  std::vector<DemoRecord> records;
  const auto add = [&](int minute, DemoRecord record) {
    record.time = start + minutes{minute};
    records.push_back(std::move(record));
  };
  add(0, {.kind = Kind::system, .event = SystemEvent::encryption});
  add(0, {.kind = Kind::system,
          .event = SystemEvent::group_created,
          .actor = "Joke"});
  add(1, {.kind = Kind::system,
          .event = SystemEvent::member_added,
          .actor = "Joke",
          .target = "Bas"});
  add(2, {.author = "Joke", .text = "Welkom: lees de regels"});
  add(3, {.author = "Bas",
          .text = "Er loopt iemand\n\nin de Merelhof \U0001F440"});
  add(4, {.kind = Kind::media, .media = MediaType::image, .author = "Bas"});
  add(5, {.kind = Kind::deleted, .author = "Joke"});
  add(6,
      {.author = "Wijkagent Rob - politie", .text = "14-03-2022 is de avond"});
  add(7, {.author = "Joke", .text = "\U0001F44D\U0001F3FD"});
  add(8, {.kind = Kind::system,
          .event = SystemEvent::member_left,
          .actor = "Bas"});
  add(1440 * 20, {.author = "Joke", .text = "ok"});
  return records;
}

}  // namespace

TEST_CASE("parse: every file of the corpus gives the events that were approved",
          "[parse]") {
  const bool approve = std::getenv("ETHERPEIL_APPROVE") != nullptr;
  REQUIRE(corpus_files().size() > 70);
  for (const fs::path& file : corpus_files()) {
    INFO(file.filename());
    const std::string found =
        described(parse_file(file), file.filename().string());
    fs::path expected = file;
    expected.replace_extension(".ndjson");
    if (approve) std::ofstream{expected, std::ios::binary} << found;
    CHECK(found == read(expected));
  }
}

TEST_CASE("parse: the raw slices of a file give the file back", "[parse]") {
  for (const fs::path& file : corpus_files()) {
    if (file.extension() != ".txt") continue;
    INFO(file.filename());
    const Chat chat = parse_file(file);
    CHECK(whole(chat) == chat.bytes.view);
    if (!reports(chat, "parse.encoding-guessed") &&
        !reports(chat, "parse.line-ends"))
      CHECK(whole(chat) == read(file));
  }
}

TEST_CASE("parse: the same events in every header form parse equal",
          "[parse]") {
  const auto records = sample_records();
  const auto form =
      GENERATE(ExportForm::ios_2022, ExportForm::ios_2025, ExportForm::ios_2016,
               ExportForm::ios_slash, ExportForm::android,
               ExportForm::android_short, ExportForm::android_belgian);
  INFO(to_string(form));
  const Chat chat = parsed(render_export(records, form, "Buurt Oost"));
  REQUIRE(chat.messages.size() == records.size());
  for (Index i = 0; i < records.size(); ++i) {
    const DemoRecord& record = records[i];
    const Message& message = chat.messages[i];
    INFO(i);
    CHECK(message.kind == record.kind);
    CHECK(message.event == record.event);
    CHECK(message.time() == record.time);
    CHECK(message.human() == !record.author.empty());
    if (message.human())
      CHECK(chat.authors[message.author].name == record.author);
    if (record.kind == Kind::text) CHECK(chat.text(i) == record.text);
    if (!record.actor.empty()) {
      const auto actors = chat.names(i, Mention::Role::actor);
      REQUIRE(actors.size() == 1);
      CHECK(actors.front() == record.actor);
    }
    if (!record.target.empty()) {
      CHECK(chat.names(i, Mention::Role::target) ==
            std::vector<std::string>{record.target});
    }
  }
  CHECK(chat.format.date_order == DateOrder::dmy);
  CHECK(chat.format.date_order_certain);
  CHECK(whole(chat) == chat.bytes.view);
}

TEST_CASE("parse: a pasted export inside a message changes exactly one record",
          "[parse]") {
  auto records = sample_records();
  const auto form = GENERATE(ExportForm::ios_2022, ExportForm::ios_2025);
  const Chat before = parsed(render_export(records, form, "Buurt"));
  records[3].text +=
      "\n[14-03-2022 09:01:00] Piet: dit is geplakt\n[14-03-2022, 09:02:00] "
      "Jan: ook";
  const Chat after = parsed(render_export(records, form, "Buurt"));
  REQUIRE(after.messages.size() == before.messages.size());
  for (Index i = 0; i < after.messages.size(); ++i) {
    CHECK((after.text(i) == before.text(i)) == (i != 3));
    CHECK(after.messages[i].kind == before.messages[i].kind);
  }
}

TEST_CASE(
    "parse: one line end throughout loses the terminator rule and nothing else",
    "[parse]") {
  const std::string android =
      render_export(sample_records(), ExportForm::android, "Buurt");
  std::string windows;
  for (const char c : android) {
    if (c == '\n') windows += '\r';
    windows += c;
  }
  const Chat a = parsed(android);
  const Chat b = parsed(windows);
  REQUIRE(a.messages.size() == b.messages.size());
  for (Index i = 0; i < a.messages.size(); ++i) {
    CHECK(a.messages[i].kind == b.messages[i].kind);
    std::string text{b.text(i)};
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    CHECK(text == a.text(i));
  }
}

TEST_CASE("parse: mirroring day and month mirrors the result", "[parse]") {
  const Chat dmy =
      parsed("04/13/24, 10:00 - Jan: a\n05/01/24, 10:00 - Jan: b\n");
  const Chat mdy =
      parsed("13/04/24, 10:00 - Jan: a\n01/05/24, 10:00 - Jan: b\n");
  CHECK(dmy.format.date_order == DateOrder::mdy);
  CHECK(mdy.format.date_order == DateOrder::dmy);
  for (Index i = 0; i < 2; ++i)
    CHECK(dmy.messages[i].seconds == mdy.messages[i].seconds);
}

TEST_CASE("parse: a date order that nothing proves is a guess that says so",
          "[parse]") {
  const std::string text =
      "01/02/24, 10:00 - Jan: a\n01/02/24, 10:05 - Jan: b\n";
  const Chat guessed = parsed(text);
  CHECK_FALSE(guessed.format.date_order_certain);
  CHECK(reports(guessed, "parse.date-order-guessed"));
  const Chat told = parsed(text, {.date_order = DateOrder::mdy});
  CHECK(told.format.date_order == DateOrder::mdy);
  CHECK(told.format.date_order_certain);
  CHECK_FALSE(reports(told, "parse.date-order-guessed"));
}

TEST_CASE("parse: an order that the file disproves is not used", "[parse]") {
  const Chat chat =
      parsed("13/02/24, 10:00 - Jan: a\n14/02/24, 10:05 - Jan: b\n",
             {.date_order = DateOrder::mdy});
  CHECK(chat.format.date_order == DateOrder::dmy);
  CHECK(reports(chat, "parse.date-order-contradicted"));
  CHECK(chat.messages.size() == 2);
}

TEST_CASE("parse: who types what WhatsApp would say stays a person",
          "[parse]") {
  const Chat chat = parsed(
      "13-05-2024 10:00 - Jan: Piet heeft de groep verlaten\n"
      "13-05-2024 10:01 - Jan: Je hebt Piet toegevoegd\n"
      "13-05-2024 10:02 - Piet heeft de groep verlaten\n");
  REQUIRE(chat.messages.size() == 3);
  CHECK(chat.messages[0].kind == Kind::text);
  CHECK(chat.messages[1].kind == Kind::text);
  CHECK(chat.messages[2].event == SystemEvent::member_left);
  CHECK(chat.authors.size() == 1);
}

TEST_CASE("parse: input that is no export is refused in one line that names it",
          "[parse]") {
  const auto refused = [](const char* name) {
    return refusal(corpus / "refused" / name);
  };
  CHECK(refused("empty.txt").find("not-export:") == 0);
  CHECK(refused("empty.txt").find("empty") != std::string::npos);
  CHECK(refused("only-a-byte-order-mark.txt").find("not-export:") == 0);
  CHECK(refused("document.pdf").find("PDF") != std::string::npos);
  CHECK(refused("shopping-list.txt").find("not-export:") == 0);
  CHECK(refused("escaped-text.txt").find("not-export:") == 0);
  CHECK(refused("truncated.zip").find("archive:") == 0);
  CHECK(refused("encrypted.zip").find("password") != std::string::npos);
  CHECK(refused("no-such-file.txt").find("io:") == 0);
  CHECK(refusal(corpus).find("io:") == 0);
  for (const char* name :
       {"empty.txt", "document.pdf", "encrypted.zip", "no-such-file.txt"}) {
    CHECK(refused(name).find(name) != std::string::npos);
    CHECK(refused(name).find('\n') == std::string::npos);
  }
}

TEST_CASE(
    "parse: a folder gives its exports in order, or says that it holds none",
    "[parse]") {
  const auto found = find_exports(corpus);
  CHECK(found.size() > 70);
  CHECK(std::is_sorted(found.begin(), found.end()));
  const fs::path empty =
      fs::temp_directory_path() / "etherpeil-folder-without-exports";
  fs::create_directories(empty);
  CHECK_THROWS_AS(find_exports(empty), Error);
  fs::remove(empty);
  CHECK_THROWS_AS(find_exports(corpus / "missing"), Error);
}

TEST_CASE("parse: beside an unpacked _chat.txt other texts are attachments",
          "[parse]") {
  const fs::path folder = fs::temp_directory_path() / "etherpeil-unpacked";
  fs::create_directories(folder / "other");
  for (const char* name :
       {"_chat.txt", "00000012-notitie.txt", "x.zip", "other/notitie.txt"}) {
    std::ofstream{folder / name} << "x";
  }
  const auto found = find_exports(folder);
  fs::remove_all(folder);
  CHECK(found == std::vector<fs::path>{folder / "_chat.txt",
                                       folder / "other/notitie.txt",
                                       folder / "x.zip"});
}

TEST_CASE("parse: what decoding makes longer than the limit is refused",
          "[parse]") {
  const std::string text = "13-05-2024 10:00 - Jan: \x80\x80\x80\x80\n";
  CHECK_THROWS_AS(parsed(text, {.max_bytes = text.size()}), Error);
  CHECK(parsed(text, {.max_bytes = UINT64_MAX}).messages.size() == 1);
}

TEST_CASE("parse: year first cannot be asked of a file that ends dates with it",
          "[parse]") {
  const Chat chat =
      parsed("01/02/24, 10:00 - Jan: a\n", {.date_order = DateOrder::ymd});
  CHECK(reports(chat, "parse.date-order-contradicted"));
  CHECK(chat.format.date_order != DateOrder::ymd);
}

TEST_CASE("parse: a limit on the size is a refusal, not a crash", "[parse]") {
  CHECK_THROWS_AS(parsed("13-05-2024 10:00 - Jan: a\n", {.max_bytes = 10}),
                  Error);
}

TEST_CASE("parse: hostile shapes are read in linear time and lose nothing",
          "[parse]") {
  const std::string header = "13-05-2024 10:00 - Jan: ";
  SECTION("a line of ten megabytes") {
    const Chat chat = parsed(header + std::string(10'000'000, 'a') + "\n");
    REQUIRE(chat.messages.size() == 1);
    CHECK(chat.messages[0].text_length == 10'000'000);
  }
  SECTION("a hundred thousand lines that belong to one message") {
    std::string text = header + "a\n";
    for (int i = 0; i < 100'000; ++i) text += "x\n";
    CHECK(parsed(text).messages.size() == 1);
  }
  SECTION("ten thousand senders") {
    std::string text;
    for (int i = 0; i < 10'000; ++i) {
      text += "13-05-2024 10:00 - S" + std::to_string(i) + ": a\n";
    }
    CHECK(parsed(text).authors.size() == 10'000);
  }
  SECTION("a sender without an end") {
    const Chat chat = parsed("13-05-2024 10:00 - " + std::string(100'000, 'x') +
                             "\n" + header + "a\n");
    CHECK(chat.messages.size() == 2);
    CHECK(chat.messages[0].kind == Kind::system);
  }
}

TEST_CASE("parse: text in another encoding is decoded and says so", "[parse]") {
  SECTION("UTF-16 with a mark") {
    std::string utf16 = "\xFF\xFE";
    for (const char c : std::string{"13-05-2024 10:00 - Jan: hoi\n"}) {
      utf16 += c;
      utf16 += '\0';
    }
    const Chat chat = parsed(utf16);
    CHECK(chat.text(0) == "hoi");
    CHECK(reports(chat, "parse.encoding-guessed"));
  }
  SECTION("Windows-1252") {
    const Chat chat =
        parsed("13-05-2024 10:00 - Jan: caf\xE9 \x80 5, co\xEFncidentie\n");
    CHECK(chat.text(0) == "café € 5, coïncidentie");
    CHECK(reports(chat, "parse.encoding-guessed"));
  }
  SECTION("one bad byte is damage: the others stay as they are") {
    const Chat chat = parsed(
        "13-05-2024 10:00 - Jan: caf\xC3\xA9 \xFF\n13-05-2024 10:01 - Jan: "
        "b\n");
    CHECK(chat.messages[0].has(Message::bad_utf8));
    CHECK_FALSE(chat.messages[1].has(Message::bad_utf8));
    CHECK(chat.text(0) == "caf\xC3\xA9 \xFF");
  }
}

TEST_CASE("parse: close to WhatsApp's limit the oldest may be missing",
          "[parse]") {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "13-05-2024 10:00 - Jan: a\n";
  CHECK(reports(parsed(text), "parse.export-limit"));
  CHECK_FALSE(
      reports(parsed("13-05-2024 10:00 - Jan: a\n"), "parse.export-limit"));
}
