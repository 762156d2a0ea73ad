#include <array>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "etherpeil/error.hpp"
#include "text/emoji.hpp"
#include "text/fold.hpp"
#include "text/pattern.hpp"
#include "text/tokens.hpp"
#include "text/utf8.hpp"

namespace {

using etherpeil::text::fold;
using etherpeil::text::Folded;
using etherpeil::text::Span;
using etherpeil::text::Token;
using etherpeil::text::TokenKind;

/// Folds a text of one code point between letters, so that marks and
/// apostrophes have something to hold on to.
std::string around(char32_t c) {
  std::string text{"a"};
  etherpeil::text::append(text, c);
  return text + "b";
}

/// The words that the tokeniser sees, with a sign for the kind of the others.
std::vector<std::string> words(const std::string& text) {
  const Folded folded = fold(text);
  std::vector<std::string> out;
  for (const Token& token : etherpeil::text::tokenise(text, folded)) {
    out.emplace_back(token.text(folded));
  }
  return out;
}

using Words = std::vector<std::string>;

std::string random_text(std::mt19937_64& random) {
  // Letters, accents, apostrophes, marks, emoji, jamo, compatibility forms and
  // raw bytes that are no UTF-8.
  static const std::vector<std::string> parts{"a",
                                              "B",
                                              " ",
                                              "'",
                                              "\u2019",
                                              "\u00B4",
                                              "`",
                                              "\u00E9",
                                              "\u00C5",
                                              "\u00DF",
                                              "\u0130",
                                              "\u0301",
                                              "\u0345",
                                              "\u03B1",
                                              "\u03A3",
                                              "\u1FB3",
                                              "\uFB01",
                                              "\uFDFA",
                                              "\u00BD",
                                              "\u200D",
                                              "\uFE0F",
                                              "\u200E",
                                              "\u00AD",
                                              "\U0001F44D",
                                              "\U0001F3FD",
                                              "\U0001F1F3",
                                              "\u1100",
                                              "\u1161",
                                              "\u11A8",
                                              "\uAC00",
                                              "\u0928",
                                              "\u093F",
                                              "\u2026",
                                              "\xFF",
                                              "\xC3",
                                              "\xE2\x82",
                                              "\xED\xA0\x80",
                                              "7",
                                              "\n",
                                              "-",
                                              "\uFF21",
                                              "\u2460",
                                              "\u0627\u064E"};
  std::string text;
  const auto length = random() % 24;
  for (std::uint64_t i = 0; i < length; ++i)
    text += parts[random() % parts.size()];
  return text;
}

}  // namespace

TEST_CASE(
    "text: folding every code point gives what ICU gives for the whole string",
    "[text]") {
  std::size_t wrong = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    if (c > 0x30000 && c % 257 != 0 && c < 0xE0000)
      continue;  // unassigned planes
    const std::string text = around(c);
    if (fold(text).text != etherpeil::text::fold_by_icu(text)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE(
    "text: folding hostile mixtures gives what ICU gives for the whole string",
    "[text]") {
  std::mt19937_64 random{20210214};
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random_text(random);
    const Folded folded = fold(text);
    REQUIRE(folded.text == etherpeil::text::fold_by_icu(text));
    REQUIRE(etherpeil::text::is_valid(folded.text));
    REQUIRE(folded.offsets.size() == folded.text.size() + 1);
    REQUIRE(folded.offsets.back() == text.size());
    for (std::size_t at = 1; at < folded.offsets.size(); ++at) {
      REQUIRE(folded.offsets[at - 1] <= folded.offsets[at]);
    }
    // Folding again changes nothing.
    REQUIRE(fold(folded.text).text == folded.text);
  }
}

TEST_CASE(
    "text: case, accents, width and compatibility forms make no difference",
    "[text]") {
  CHECK(fold("CAF\u00C9 \uFF21\uFB01 \u00BD").text == "cafe afi 1\u20442");
  CHECK(fold("Stra\u00DFe co\u00F6rdinator").text == "strasse coordinator");
  CHECK(fold("e\u0301\u0301\u0301").text == "e");
  CHECK(fold("").text.empty());
  CHECK(fold("").offsets == std::vector<std::uint32_t>{0});
}

TEST_CASE(
    "text: an apostrophe inside a word is dropped, one at its edge is kept",
    "[text]") {
  CHECK(fold("auto's foto\u2019s m`n z\u00B4n").text == "autos fotos mn zn");
  CHECK(fold("'s avonds").text == "'s avonds");
  CHECK(fold("Hans' fiets").text == "hans' fiets");
  CHECK(fold("rock ''n' roll a''b").text == "rock ''n' roll a''b");
  CHECK(fold("auto'\u0301s").text == "autos");
  CHECK(fold("80's").text == "80s");
  CHECK(fold("a'1").text == "a'1");
  CHECK(fold("x'").text == "x'");
}

TEST_CASE("text: every span of the fold leads back to the bytes it came from",
          "[text]") {
  const std::string text = "Zie caf\u00E9's \uFDFA!";
  const Folded folded = fold(text);
  REQUIRE(folded.text.substr(0, 9) == "zie cafes");
  const Span cafe = folded.original(4, 9);
  CHECK(text.substr(cafe.start, cafe.end - cafe.start) == "caf\u00E9's");
  const Span e = folded.original(7, 8);
  // The dropped apostrophe belongs to what stands before it.
  CHECK(text.substr(e.start, e.end - e.start) == "\u00E9'");
  // One code point that became many is one span.
  const Span ligature = folded.original(12, 14);
  CHECK(text.substr(ligature.start, ligature.end - ligature.start) == "\uFDFA");
}

TEST_CASE("text: invalid bytes are repaired in the copy with their offsets",
          "[text]") {
  const std::string text =
      "a\xFF\xFE"
      "b\xE2\x82";
  const Folded folded = fold(text);
  CHECK(folded.text == "a\uFFFD\uFFFDb\uFFFD");
  const Span b = folded.original(7, 8);
  CHECK(b.start == 3);
  CHECK(b.end == 4);
  CHECK(folded.offsets[8] == 4);
  CHECK(folded.offsets.back() == 6);
}

TEST_CASE("text: skin tones and variation selectors do not change an emoji",
          "[text]") {
  for (const char* tone :
       {"\U0001F3FB", "\U0001F3FC", "\U0001F3FD", "\U0001F3FE", "\U0001F3FF"}) {
    CHECK(fold(std::string{"\U0001F44D"} + tone).text ==
          fold("\U0001F44D").text);
  }
  CHECK(fold("\u2764\uFE0F").text == fold("\u2764").text);
}

TEST_CASE("text: the Unicode version is known", "[text]") {
  CHECK(std::stoi(etherpeil::text::unicode_version()) >= 13);
}

TEST_CASE("text: words, numbers, addresses and punctuation are told apart",
          "[text]") {
  CHECK(words("Er staat een e-bike t.h.v. nr 12a.") ==
        Words{"er", "staat", "een", "e", "-", "bike", "t.h.v.", "nr", "12a",
              "."});
  CHECK(words("om 22:15, 1.80 m en 14u30") ==
        Words{"om", "22:15", ",", "1.80", "m", "en", "14u30"});
  CHECK(words("Kijk op https://voorbeeld.nl/a?b=c&d nu") ==
        Words{"kijk", "op", "https://voorbeeld.nl/a?b=c&d", "nu"});
  CHECK(words("wat?? !!!") == Words{"wat", "??", "!!!"});
  CHECK(words("a.b") == Words{"a", ".", "b"});
  CHECK(words("   \n\t ").empty());
  CHECK(words("").empty());
}

TEST_CASE("text: an emoji sequence is one token with all its bytes", "[text]") {
  const std::vector<std::string> sequences{
      "\U0001F44D",
      "\U0001F44D\U0001F3FF",
      "\u2764\uFE0F",
      "\U0001F46E\U0001F3FD\u200D\u2640\uFE0F",
      "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466",
      "\U0001F1F3\U0001F1F1",
      "1\uFE0F\u20E3",
      "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"};
  for (const auto& emoji : sequences) {
    std::string text = "ok ";
    text.append(emoji).append(emoji).append(" ja");
    const Folded folded = fold(text);
    const auto tokens = etherpeil::text::tokenise(text, folded);
    REQUIRE(tokens.size() == 4);
    CHECK(tokens[1].kind == TokenKind::emoji);
    CHECK(text.substr(tokens[1].span.start,
                      tokens[1].span.end - tokens[1].span.start)
              .find(emoji) == 0);
    CHECK(tokens[2].kind == TokenKind::emoji);
    CHECK(tokens[1].text(folded) == tokens[2].text(folded));
    std::string alone = " ";
    alone.append(emoji).append("\n").append(emoji);
    CHECK(etherpeil::text::is_emoji_only(alone));
  }
}

TEST_CASE(
    "text: digits, letters and signs that are text by default are no emoji",
    "[text]") {
  for (const char* text : {"", " ", "1", "#", "\u00A9", "\u2122",
                           "ok \U0001F44D", "!", "\u200E", "\uFE0F"}) {
    CHECK_FALSE(etherpeil::text::is_emoji_only(text));
  }
  CHECK(etherpeil::text::is_emoji_only("\u00A9\uFE0F"));
  CHECK(etherpeil::text::is_emoji_only("\u200E\U0001F44D\u2069"));
}

TEST_CASE("text: sentences end at marks, line ends and full stops before space",
          "[text]") {
  const auto ends = [](const std::string& text) {
    const Folded folded = fold(text);
    std::string marks;
    for (const Token& token : etherpeil::text::tokenise(text, folded)) {
      marks += token.ends_sentence ? '|' : '-';
    }
    return marks;
  };
  CHECK(ends("Ja! Nee") == "-|-");
  CHECK(ends("ja\nnee") == "|-");
  CHECK(ends("ja. nee.") == "-|-|");
  CHECK(ends("nr.3") == "---");
  CHECK(ends("wacht... nu") == "-|-");
  CHECK(ends("wacht\u2026 nu") == "-|-");
  CHECK(ends("ja, nee") == "---");
}

TEST_CASE("text: tokens cover the original in order and without overlap",
          "[text]") {
  std::mt19937_64 random{7};
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random_text(random);
    const Folded folded = fold(text);
    std::uint32_t before = 0;
    std::uint32_t folded_before = 0;
    for (const Token& token : etherpeil::text::tokenise(text, folded)) {
      REQUIRE(token.span.start < token.span.end);
      REQUIRE(token.span.end <= text.size());
      REQUIRE(token.folded_start >= folded_before);
      REQUIRE(token.folded_start < token.folded_end);
      REQUIRE(token.span.start + 1 >= before);
      before = token.span.start + 1;
      folded_before = token.folded_end;
    }
  }
}

TEST_CASE("text: a pattern finds its span in the fold and in the original",
          "[text]") {
  const etherpeil::text::Pattern pattern{R"(\bnr ?[0-9]+\b)"};
  const std::string text = "\u00C9\u00E9n NR 12!";
  const Folded folded = fold(text);
  const auto result = pattern.search(folded);
  REQUIRE(result.found);
  const Span span = folded.original(result.found->start, result.found->end);
  CHECK(text.substr(span.start, span.end - span.start) == "NR 12");
  CHECK_FALSE(pattern.search(folded, result.found->end).found);
  CHECK_FALSE(pattern.search(folded, 1000).found);
  // What stands before the start still counts for a word border.
  CHECK_FALSE(pattern.search(fold("xnr 12"), 1).found);
}

TEST_CASE("text: a pattern that costs too much says so and does not throw",
          "[text]") {
  const etherpeil::text::Pattern pattern{"^(a+)+$"};
  const auto result = pattern.search(fold(std::string(60, 'a') + "!"));
  CHECK(result.too_costly);
  CHECK_FALSE(result.found);
}

TEST_CASE("text: a pattern looks at the first 4096 bytes only", "[text]") {
  const etherpeil::text::Pattern pattern{"x"};
  CHECK(pattern.search(fold(std::string(4095, 'a') + "x")).found);
  CHECK_FALSE(pattern.search(fold(std::string(4096, 'a') + "x")).found);
}

TEST_CASE("text: a bad expression is a configuration error", "[text]") {
  try {
    const etherpeil::text::Pattern pattern{"(a"};
    FAIL("no error");
  } catch (const etherpeil::Error& error) {
    CHECK(error.code() == etherpeil::Errc::config);
  }
}

TEST_CASE("text: ten megabytes without a space are folded and split",
          "[text]") {
  std::string text;
  while (text.size() < 10'000'000) text += "aaaaaaaaaa";
  text += "\u00E9";
  const Folded folded = fold(text);
  CHECK(folded.text.size() == 10'000'001);
  CHECK(etherpeil::text::tokenise(text, folded).size() == 1);
}

TEST_CASE("text: both ways of checking UTF-8 agree on every kind of damage",
          "[text]") {
  std::mt19937 random{3};
  const std::string whole =
      "Caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD plain text "
      "of some length \xE4\xB8\xAD\xE6\x96\x87 and more plain text here";
  constexpr std::array<unsigned char, 16> odd{
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0,
      0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xF5};
  std::size_t valid = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::size_t from = random() % 40;
    std::string bytes = whole.substr(from, random() % 80);
    const std::size_t changes = random() % 3;
    for (std::size_t i = 0; i < changes && !bytes.empty(); ++i)
      bytes[random() % bytes.size()] = static_cast<char>(odd[random() % 16]);
    const bool portable =
        etherpeil::text::is_valid(bytes, etherpeil::text::Isa::portable);
    if (portable) ++valid;
    REQUIRE(etherpeil::text::is_valid(bytes, etherpeil::text::best_isa()) ==
            portable);
  }
  CHECK(valid > 2000);
  CHECK(valid < 18000);
}
