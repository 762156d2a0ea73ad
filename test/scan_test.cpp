/// Finding bytes. Built twice: as the library is, and with ETHERPEIL_PLAIN,
/// the code for machines without SSE2.
#include "text/scan.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>

TEST_CASE("text: looking at many bytes at once finds what one at a time finds",
          "[text]") {
  std::mt19937 random{7};
  constexpr std::string_view bytes{
      ": \n\r\xE2\x80\x8E"
      "ab"};
  for (int round = 0; round < 20000; ++round) {
    std::string text(64 + random() % 60, ' ');
    const std::size_t kinds = 1 + random() % bytes.size();
    const std::size_t last = bytes.size() - 1;
    for (char& c : text)
      c = bytes[random() % 3 == 0 ? random() % kinds : last - random() % 2];
    const std::string_view part{text.data(), random() % 60};
    CHECK(etherpeil::text::find_byte(part, '\n') == part.find('\n'));
    CHECK(etherpeil::text::holds_direction_mark(part) ==
          (part.find("\xE2\x80\x8E") != std::string_view::npos));
    const std::size_t line = std::min(text.find('\n'), std::size_t{32});
    const std::size_t colon = text.find(": ");
    CHECK(etherpeil::text::find_near_colon(text.data()) ==
          (colon < line ? colon : std::string_view::npos));
    const std::size_t end = text.find_first_of(": \n");
    CHECK(etherpeil::text::begins_with_space_word(text.data()) ==
          (end < 16 && text[end] == ' '));
    CHECK(etherpeil::text::begins_with_word(text.data()) ==
          (end < 16 && text[end] != ':'));
    // Keys are equal when their texts are.
    const std::string_view one{text.data(), random() % 33};
    const std::string_view other{text.data() + random() % 2, random() % 33};
    const etherpeil::text::Key a{one};
    const etherpeil::text::Key b{other};
    CHECK((a == b) == (one == other));
    if (a == b) CHECK(a.hash() == b.hash());
  }
}
