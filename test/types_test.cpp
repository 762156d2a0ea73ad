#include "etherpeil/types.hpp"

#include <catch2/catch.hpp>

#include "etherpeil/parse.hpp"

using namespace etherpeil;

TEST_CASE("types: a name loses format marks, the tilde and odd spaces",
          "[types]") {
  CHECK(display_name("Jan") == "Jan");
  CHECK(display_name("~\u202FFemke") == "Femke");
  CHECK(display_name("\u202A+31\u00A06\u00A000000001\u202C") ==
        "+31 6 00000001");
  CHECK(display_name(" Jan ") == "Jan");
  CHECK(display_name("\u200E\u2068\u2069").empty());
}

TEST_CASE("types: family emoji and accents in a name stay whole", "[types]") {
  CHECK(display_name("👨‍👩‍👧‍👦 Thuis") ==
        "👨‍👩‍👧‍👦 Thuis");
  CHECK(display_name("Zoë") == "Zoë");
}

TEST_CASE("types: every role, function and slot is found by its own slug",
          "[types]") {
  for (int i = 0; i < 7; ++i) {
    CHECK(role_from(to_string(static_cast<Role>(i))) == static_cast<Role>(i));
    CHECK(slot_from(to_string(static_cast<Slot>(i))) == static_cast<Slot>(i));
  }
  for (int i = 0; i < 11; ++i) {
    CHECK(function_from(to_string(static_cast<Function>(i))) ==
          static_cast<Function>(i));
  }
  CHECK_FALSE(role_from("burgemeester"));
}

TEST_CASE("types: attributes of a group and the slots that they fill",
          "[types]") {
  Codes codes;
  codes.attributes = {{"police_112", "", "", "police", Slot::police},
                      {"loc", "", "", "place", Slot::where},
                      {"police_0900", "", "", "police", Slot::police}};
  CHECK(codes.group("police") == 0b101U);
  CHECK(codes.group("nothing") == 0U);
  CHECK(codes.slots(0b010U) == 1U << static_cast<unsigned>(Slot::where));
  CHECK(codes.attribute("loc") == Index{1});
  CHECK_FALSE(codes.label("INC"));
}

TEST_CASE(
    "types: the line of a message is right across marks and multi-line records",
    "[types]") {
  std::string text;
  std::vector<std::uint64_t> lines;
  std::uint64_t line = 1;
  for (int i = 0; i < 300; ++i) {
    lines.push_back(line);
    text += "13-05-2024 10:00 - Jan: a\n";
    ++line;
    if (i % 3 == 0) {
      text += "b\n\nc\n";
      line += 3;
    }
  }
  const Chat chat = parse(Bytes::from(text));
  REQUIRE(chat.messages.size() == lines.size());
  for (Index i = 0; i < lines.size(); ++i) CHECK(chat.line(i) == lines[i]);
}
