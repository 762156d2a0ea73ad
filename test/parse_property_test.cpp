/// The parser against a simple one, over files in all shapes of headers.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "etherpeil/error.hpp"
#include "etherpeil/parse.hpp"
#include "parse/kept.hpp"
#include "reference_parser.hpp"

using namespace etherpeil;

namespace {

/// %d %m with two digits, %D %N without, %B a month in letters; %h hours of a
/// half day; %A digits of the date in Arabic script from here on; %t a Buddhist
/// year of two digits.
struct Form {
  const char* header{};
  bool iphone{};
};

constexpr std::array<Form, 22> forms{{
    {"[%d-%m-%Y, %H:%M:%S] ", true},
    {"[%d-%m-%Y %H:%M:%S] ", true},
    {"\xE2\x80\x8E[%d/%m/%Y, %H:%M:%S] ", true},
    {"[%N/%D/%y, %h:%M:%S %p] ", true},
    {"[%N/%D/%y, %h:%M:%S\xE2\x80\xAF%p] ", true},
    {"[%H:%M:%S, %d/%m/%Y] ", true},
    {"[%d.%m.%y, %H:%M:%S] ", true},
    {"[%A%d/\xE2\x80\x8F%m/\xE2\x80\x8F%Y\xD8\x8C %H:%M:%S] ", true},
    {"%d/%m/%y %H:%M:%S: ", true},
    {"%d-%m-%Y %H:%M - ", false},
    {"%D/%N/%y, %H:%M - ", false},
    {"%N/%D/%y, %h:%M\xE2\x80\xAF%p - ", false},
    {"%d.%m.%y, %H:%M - ", false},
    {"%Y-%m-%d %H:%M - ", false},
    {"%Y. %m. %d. %H:%M - ", false},
    {"%D.%N.%Y klo %H.%M - ", false},
    {"%d/%m/%Y \xC3\xA0 %H:%M - ", false},
    {"%D/%N/%Y, %h:%M p.\xC2\xA0m. - ", false},
    {"%H:%M %d/%m/%Y - ", false},
    {"%B %D, %Y, %h:%M %p - ", false},
    {"[%B %D, %Y, %h:%M:%S\xE2\x80\xAF%p] ", true},
    {"[%D/%N/%t %H:%M:%S] ", true},
}};

std::string number(int value, std::size_t width, bool arabic) {
  std::string digits = std::to_string(value);
  while (digits.size() < width) digits.insert(0, 1, '0');
  if (!arabic) return digits;
  std::string out;
  for (const char c : digits) {
    out += '\xD9';
    out += static_cast<char>(0xA0 + (c - '0'));
  }
  return out;
}

std::string header(const Form& form, std::uint32_t seconds) {
  namespace chrono = std::chrono;
  const chrono::local_days day{chrono::days{seconds / 86400}};
  const chrono::year_month_day date{day};
  const int year = int(date.year());
  const int hour = int(seconds % 86400 / 3600);
  bool arabic = false;
  std::string out;
  for (const char* c = form.header; *c != '\0'; ++c) {
    if (*c != '%') {
      out += *c;
      continue;
    }
    const auto put = [&](int value, std::size_t width) {
      out += number(value, width, arabic);
    };
    switch (*++c) {
      case 'A':
        arabic = true;
        break;
      case 'd':
        put(int(unsigned(date.day())), 2);
        break;
      case 'D':
        put(int(unsigned(date.day())), 1);
        break;
      case 'm':
        put(int(unsigned(date.month())), 2);
        break;
      case 'N':
        put(int(unsigned(date.month())), 1);
        break;
      case 'B':
        out += std::array{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
            [unsigned(date.month()) - 1];
        break;
      case 'y':
        put(year % 100, 2);
        break;
      case 't':
        put((year + 543) % 100, 2);
        break;
      case 'Y':
        put(year, 4);
        break;
      case 'H':
        put(hour, 2);
        break;
      case 'h':
        put(hour % 12 == 0 ? 12 : hour % 12, 1);
        break;
      case 'M':
        put(int(seconds % 3600 / 60), 2);
        break;
      case 'S':
        put(int(seconds % 60), 2);
        break;
      default:
        out += hour < 12 ? "AM" : "PM";
    }
  }
  return out;
}

const std::set<std::string> notices{
    "\xE2\x80\x8EJo heeft Bas toegevoegd", "Bas heeft de groep verlaten",
    "Messages and calls are end-to-end encrypted. Tap to learn more.",
    "Jo changed the subject from \"A: b\" to \"B\""};

enum class Ends { of_the_phone, all_lf, all_crlf };

class Writer {
 public:
  explicit Writer(std::uint32_t seed) : random_(seed) {}

  std::string file(const Form& form, Ends ends) {
    const std::string record_end = ends == Ends::all_crlf ? "\r\n"
                                   : ends == Ends::of_the_phone && form.iphone
                                       ? "\r\n"
                                       : "\n";
    const std::string inner = ends == Ends::all_crlf ? "\r\n" : "\n";
    std::string out;
    const std::size_t records = 20 + below(60);
    for (std::size_t i = 0; i < records; ++i) {
      out += header(form, time_) + record(form, ends, inner) + record_end;
      time_ += 1 + static_cast<std::uint32_t>(below(40'000));
    }
    if (below(3) == 0) out.resize(out.size() - record_end.size());
    return out;
  }

  void damage(std::string& file) {
    constexpr std::string_view odd = "0123456789-/.:, []";
    for (std::size_t i = 0; i < 1 + file.size() / 1500; ++i) {
      const std::size_t at = below(file.size());
      if (file[at] == '\n' || file[at] == '\r') continue;
      switch (below(3)) {
        case 0:
          file[at] = odd[below(odd.size())];
          break;
        case 1:
          file.insert(at, 1, odd[below(odd.size())]);
          break;
        default:
          file.erase(at, 1);
      }
    }
  }

  std::size_t below(std::size_t n) { return random_() % n; }

 private:
  std::string record(const Form& form, Ends ends, const std::string& inner) {
    if (below(9) == 0) {
      const std::string& notice =
          *std::next(notices.begin(), static_cast<std::ptrdiff_t>(below(4)));
      // iPhones write these with a sender since 2023; before that without.
      return notice;
    }
    constexpr std::array<const char*, 7> names{
        "Jo",
        "Bas de Wit",
        "\xE2\x80\xAA+31\xC2\xA0"
        "6 12345678\xE2\x80\xAC",
        "~\xE2\x80\xAFRob",
        "Wijkagent - politie",
        "10:30 trein",
        "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA7 thuis"};
    std::string text = std::string{names[below(names.size())]} + ":";
    if (below(20) == 0) return text;
    text += " " + line(form, ends, true);
    for (std::size_t more = below(8) < 6 ? 0 : below(4); more > 0; --more) {
      // Android keeps the CRLF of what was pasted from a computer.
      const bool windows = ends == Ends::of_the_phone && !form.iphone;
      const bool crlf = windows && below(2) == 0;
      text += (crlf ? "\r\n" : inner) +
              line(form, crlf ? Ends::of_the_phone : ends,
                   !(crlf || (form.iphone && ends == Ends::of_the_phone)));
    }
    return text;
  }

  /// `other`: a pasted header must be of another shape, or it starts a record.
  std::string line(const Form& form, Ends /*ends*/, bool other) {
    constexpr std::array<const char*, 9> words{"hoi",
                                               "er loopt iemand rond: lang",
                                               "ok\xF0\x9F\x91\x8D",
                                               "12:30 uur",
                                               "13-05-2024 is de avond",
                                               "",
                                               " [x] y",
                                               "a\rb",
                                               "1. punt een"};
    if (below(6) != 0) return words[below(words.size())];
    const Form& pasted = other ? forms[below(forms.size())] : form;
    const bool same_family = pasted.iphone == form.iphone;
    if (other && same_family) return "[5/2, 16:08] Geplakt: x";
    return header(pasted, 1'650'000'000) + "Geplakt" +
           std::to_string(below(1000)) + ": x";
  }

  std::mt19937 random_;
  // Days above 12 come soon, so that the order of dates is proven.
  std::uint32_t time_{1'652'400'000};
};

std::vector<reference::Record> records_of(const Chat& chat) {
  std::vector<reference::Record> records;
  std::size_t start = chat.preamble().size();
  for (Index i = 0; i < chat.messages.size(); ++i) {
    const Message& message = chat.messages[i];
    const std::size_t end = start + chat.raw(i).size();
    records.push_back(
        {start, end, message.seconds,
         message.human() ? chat.authors[message.author].name : std::string{}});
    start = end;
  }
  return records;
}

/// `stretch`: bytes that are worked on at a time. With few of them records are
/// drafted before most of the file was seen.
void check(const std::string& file, std::size_t stretch) {
  std::optional<Chat> chat;
  try {
    chat = parse(Bytes::from(file), "test.txt", {.batch_bytes = stretch});
  } catch (const Error&) {
  }
  auto expected = reference::parse(file, notices);
  if (!chat) {
    CHECK(expected.empty());
    return;
  }
  for (reference::Record& record : expected)
    record.sender = display_name(record.sender);
  const auto found = records_of(*chat);
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO(i << ": " << file.substr(expected[i].start, 80));
    CHECK(found[i].start == expected[i].start);
    CHECK(found[i].end == expected[i].end);
    CHECK(found[i].seconds == expected[i].seconds);
    // Half of a damaged notice may look like a sender to either.
    const std::string_view text = std::string_view{file}.substr(
        found[i].start, found[i].end - found[i].start);
    if (text.find("subject from") == std::string_view::npos)
      CHECK(found[i].sender == expected[i].sender);
  }
}

void check(const std::string& file) {
  for (const std::size_t stretch : {100, 700, 1 << 18}) {
    INFO("stretches of " << stretch);
    check(file, stretch);
  }
}

}  // namespace

TEST_CASE("property: a simple parser finds the same records in every shape",
          "[parse]") {
  for (const Form& form : forms) {
    for (const Ends ends : {Ends::of_the_phone, Ends::all_lf, Ends::all_crlf}) {
      for (std::uint32_t seed = 0; seed < 6; ++seed) {
        INFO(form.header << " line ends " << int(ends) << " seed " << seed);
        check(Writer{seed}.file(form, ends));
      }
    }
  }
}

TEST_CASE("property: a simple parser finds the same records in damaged files",
          "[parse]") {
  std::size_t compared = 0;
  std::size_t all = 0;
  for (const Form& form : forms) {
    for (std::uint32_t seed = 0; seed < 12; ++seed) {
      Writer writer{1000 + seed};
      std::string file = writer.file(form, Ends::of_the_phone);
      writer.damage(file);
      ++all;
      // Two damaged headers may make a hand-merged file, which the simple
      // parser does not know.
      try {
        const Chat chat = parse(Bytes::from(file), "test.txt");
        if (std::any_of(chat.diagnostics.begin(), chat.diagnostics.end(),
                        [](const Diagnostic& one) {
                          return one.code == "parse.segments" ||
                                 one.code == "parse.name-with-colon" ||
                                 one.code == "parse.date-order-guessed";
                        }))
          continue;
      } catch (const Error&) {
      }
      ++compared;
      INFO(form.header << " seed " << seed);
      check(file);
    }
  }
  CHECK(compared * 10 >= all * 9);
}

TEST_CASE("parse: a batch that is kept comes back as it was", "[parse]") {
  std::mt19937 random{11};
  const auto below = [&](std::uint32_t end) {
    return static_cast<std::uint32_t>(random() % end);
  };
  const auto some_length = [&] { return below(1U << (4 + below(20))); };
  const std::string text(1 << 20, 'x');
  parsing::KeptBatches kept;
  std::vector<Chat> batches;
  for (int n = 0; n < 50; ++n) {
    Chat& batch = batches.emplace_back();
    batch.bytes_before = below(1000);
    batch.records_before = below(1'000'000);
    std::uint32_t offset = below(2) * below(300);
    std::uint32_t seconds = below(UINT32_MAX);
    for (std::uint32_t i = below(100) + 1; i > 0; --i) {
      Message& message = batch.messages.emplace_back();
      seconds += below(8) == 0 ? below(UINT32_MAX) : below(600);
      const std::uint32_t length = some_length() % 5000;
      message.seconds = seconds;
      message.offset = offset;
      message.text_start =
          static_cast<std::uint16_t>(below(4) > 0 ? 40 : below(65536));
      message.text_length =
          below(5) > 0 ? length - message.text_start - below(4) : some_length();
      message.author =
          static_cast<std::uint16_t>(below(9) > 0 ? below(300) : below(65536));
      if (below(4) == 0) {
        message.kind = static_cast<Kind>(below(12));
        message.event = static_cast<SystemEvent>(below(12));
        message.media = static_cast<MediaType>(below(8));
      }
      message.flags = static_cast<std::uint8_t>(
          below(4) > 0 ? Message::minute * below(2) : below(256));
      offset += length;
    }
    batch.bytes.view =
        std::string_view{text}.substr(batch.bytes_before, offset);
    batch.line_marks.assign(1, below(1'000'000));
    batch.mentions.push_back({below(100), below(1000), 7});
    kept.add(batch);
  }
  Chat given;
  std::size_t n = 0;
  kept.give(given, text, [&] {
    const Chat& batch = batches.at(n++);
    CHECK(given.bytes.view == batch.bytes.view);
    CHECK(given.bytes_before == batch.bytes_before);
    CHECK(given.records_before == batch.records_before);
    CHECK(given.line_marks == batch.line_marks);
    REQUIRE(given.messages.size() == batch.messages.size());
    CHECK(std::memcmp(given.messages.data(), batch.messages.data(),
                      batch.messages.size() * sizeof(Message)) == 0);
    CHECK(given.mentions.at(0).offset == batch.mentions.at(0).offset);
  });
  CHECK(n == batches.size());
  CHECK(kept.bytes() == 0);
}
