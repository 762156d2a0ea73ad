/// The fast paths of `parse.hpp` against the plain ones: headers compared or
/// read by the grammar, in one stretch or many, whole or in batches.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "etherpeil/error.hpp"
#include "etherpeil/parse.hpp"
#include "etherpeil/report.hpp"
#include "parse/candidates.hpp"

using namespace etherpeil;
namespace fs = std::filesystem;

namespace {

/// Line ends and header comparison by `isa`, as the reader does it; all of the
/// bytes at a time, or stretches that end at line ends.
std::vector<parsing::Candidate> candidates(std::string_view bytes,
                                           text::Isa isa, bool compare,
                                           std::size_t stretch) {
  parsing::CandidateFinder finder{isa, compare};
  finder.look_ahead(bytes);
  std::vector<parsing::Candidate> all;
  for (std::size_t from = 0; from < bytes.size();) {
    const std::size_t feed =
        bytes.find('\n', std::min(bytes.size(), from + stretch));
    const std::size_t to =
        feed == std::string_view::npos ? bytes.size() : feed + 1;
    const auto found =
        finder.find(bytes.substr(from, to - from), finder.next_line(),
                    from > 1 && bytes[from - 2] == '\r');
    for (parsing::Candidate candidate : found) {
      candidate.offset += static_cast<std::uint32_t>(from);
      all.push_back(candidate);
    }
    from = to;
  }
  return all;
}

bool same(const std::vector<parsing::Candidate>& a,
          const std::vector<parsing::Candidate>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const auto& one, const auto& other) {
        return one.stamp == other.stamp && one.offset == other.offset &&
               one.line == other.line && one.length == other.length &&
               one.shape == other.shape && one.after_crlf == other.after_crlf;
      });
}

/// The grammar on every line, byte by byte, is the measure of the fast path.
void check_fast_path(std::string_view bytes) {
  const auto slow = candidates(bytes, text::Isa::portable, false, bytes.size());
  for (const text::Isa isa : {text::Isa::portable, text::best_isa()}) {
    for (const std::size_t stretch : {bytes.size(), std::size_t{50}}) {
      CHECK(same(candidates(bytes, isa, true, stretch), slow));
      CHECK(same(candidates(bytes, isa, false, stretch), slow));
    }
  }
}

/// Batches, put together, are the chat; however small they are.
void check_batches(std::string_view bytes) {
  const auto told = [](const Chat& chat) {
    std::string text;
    for (const Diagnostic& d : chat.diagnostics)
      text += d.code + ' ' + std::to_string(d.line) + ' ' + d.message + '\n';
    return text;
  };
  const EventOptions options{.raw = true};
  std::string whole;
  std::string whole_summary;
  std::string whole_told;
  try {
    const Chat chat = parse(Bytes::from(std::string{bytes}), "x");
    write_events(
        chat, [&](std::string_view part) { whole += part; }, options);
    whole_summary = summary_json(chat);
    whole_told = told(chat);
  } catch (const Error& error) {
    whole_told = error.what();
  }
  for (const std::size_t size : {1, 100, 1000}) {
    std::string events;
    std::string raw;
    Summary summary;
    try {
      const Chat end = parse_batches(
          Bytes::from(std::string{bytes}),
          [&](const Chat& batch) {
            if (batch.records_before == 0) raw += batch.preamble();
            for (Index i = 0; i < batch.messages.size(); ++i)
              raw += batch.raw(i);
            write_events(
                batch, [&](std::string_view part) { events += part; }, options);
            summary.add(batch);
          },
          "x", {.batch_bytes = size});
      CHECK(events == whole);
      CHECK(summary.json(end) == whole_summary);
      CHECK(told(end) == whole_told);
      if (told(end).find("encoding-guessed") == std::string::npos &&
          told(end).find("line-ends") == std::string::npos)
        CHECK(raw == bytes);
    } catch (const Error& error) {
      CHECK(error.what() == whole_told);
    }
  }
}

}  // namespace

/// A text with more records than are kept until they are sure is walked over
/// twice, which nobody may notice.
TEST_CASE("parse: many records give the same events in two walks", "[parse]") {
  const std::string line = "01-02-2024 10:00 - Jan: a\n";
  constexpr std::size_t records = 1'600'000;
  std::string bytes;
  bytes.reserve(records * line.size());
  for (std::size_t i = 0; i < records; ++i) bytes += line;
  bytes.replace(bytes.size() - 2, 1, "z");
  const Chat whole = parse(Bytes::from(std::string{bytes}), "x");
  std::uint64_t seen = 0;
  bool same = true;
  parse_batches(
      Bytes::from(std::move(bytes)),
      [&](const Chat& batch) {
        for (Index i = 0; i < batch.messages.size(); ++i, ++seen) {
          same = same && seen < whole.messages.size() &&
                 batch.raw(i) == whole.raw(static_cast<Index>(seen)) &&
                 batch.text(i) == whole.text(static_cast<Index>(seen));
        }
      },
      "x");
  CHECK(same);
  CHECK(seen == records);
}

/// What the end of a file tells holds for its start, too, although records are
/// drafted before it is seen.
TEST_CASE("parse: the end of a file decides how its start is read", "[parse]") {
  const auto repeat = [](int times, const std::string& text) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  const std::string iphone = repeat(9, "[01-02-2024 10:00:00] Jan: hoi\r\n");
  const std::vector<std::string> files{
      // the day stands second
      iphone + "[02-13-2024 10:00:00] Jan: hoi\r\n",
      // only now it is known that WhatsApp marks its texts
      "[01-02-2024 10:00:00] Jan: audio weggelaten\r\n" + iphone +
          "[13-02-2024 10:00:00] Jan: \xE2\x80\x8E"
          "audio weggelaten\r\n",
      // most headers are of another shape
      iphone + repeat(30, "13-02-2024 10:00 - Jan: hoi\n"),
      // and most records end in another way
      "[01-02-2024 10:00:00] Jan: a\n" + iphone,
      // another text encoding
      iphone + repeat(4, "[13-02-2024 10:00:00] Jos\xE9: d\xE9j\xE0\r\n"),
      // a name with ": " in it
      repeat(4, "[13-02-2024 10:00:00] Jan: wijkagent: hoi\r\n") + iphone};
  for (const std::string& file : files) {
    const Chat whole = parse(Bytes::from(file));
    for (const std::size_t stretch : {1, 40, 200}) {
      const Chat chat = parse(Bytes::from(file), {}, {.batch_bytes = stretch});
      INFO(file << " by " << stretch);
      CHECK(chat.format.header == whole.format.header);
      REQUIRE(chat.messages.size() == whole.messages.size());
      for (Index i = 0; i < chat.messages.size(); ++i) {
        CHECK(chat.messages[i].seconds == whole.messages[i].seconds);
        CHECK(chat.messages[i].kind == whole.messages[i].kind);
        CHECK(chat.messages[i].author == whole.messages[i].author);
        CHECK(chat.text(i) == whole.text(i));
        CHECK(chat.line(i) == whole.line(i));
      }
    }
  }
}

TEST_CASE("parse: comparing bytes finds the headers that the grammar finds",
          "[parse]") {
  std::mt19937 random{7};
  const fs::path folder = fs::path{ETHERPEIL_SOURCE_DIR} / "test" / "corpus";
  for (const auto& entry : fs::directory_iterator{folder}) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream in{entry.path(), std::ios::binary};
    const std::string file{std::istreambuf_iterator<char>{in}, {}};
    INFO(entry.path());
    check_fast_path(file);
    check_batches(file);
    if (file.empty()) continue;
    // Bytes that change, come or go, and blocks that end anywhere.
    for (int round = 0; round < 20; ++round) {
      std::string broken = file;
      for (int i = 0; i < 8; ++i) {
        const std::size_t at = random() % broken.size();
        constexpr std::string_view odd = "0123456789-/.:, []\r\n\xE2\x80\x8E";
        switch (random() % 3) {
          case 0:
            broken[at] = odd[random() % odd.size()];
            break;
          case 1:
            broken.insert(at, 1, odd[random() % odd.size()]);
            break;
          default:
            if (broken.size() > 1) broken.erase(at, 1);
        }
      }
      check_fast_path(broken);
      check_batches(broken);
    }
  }
}

TEST_CASE("parse: headers behind the first block are found in the same way",
          "[parse]") {
  std::string file;
  for (int i = 0; file.size() < 400'000; ++i) {
    const std::string day = std::to_string(1 + i / 700 % 28);
    const std::string hour = std::to_string(i / 60 % 24);
    const std::string minute = std::to_string(10 + i % 50);
    file += day + "-5-2024 " + hour + ":" + minute +
            " - Jo: " + std::string(std::size_t(i % 90), 'x') + "\n";
    if (i % 11 == 0) file += "2024 was the year\n";
    if (i % 500 == 0) file += "[12-05-2024, 10:00:00] Mo: pasted\n";
  }
  check_fast_path(file);
}
