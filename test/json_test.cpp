#include "json/json.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "json/walk.hpp"

using namespace etherpeil;

namespace {

std::string error_of(const std::string& text, void (*use)(const json::Node&)) {
  try {
    use(json::parse(text, "study.json"));
  } catch (const Error& error) {
    CHECK(error.code() == Errc::config);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("json: an error names the file, the pointer and the cure", "[json]") {
  CHECK(error_of(R"({"groups":[{"key":3}]})", [](const json::Node& node) {
          static_cast<void>(node["groups"].items()[0]["key"].string());
        }) == "study.json: /groups/0/key: must be a text");
  CHECK(error_of(R"({})", [](const json::Node& node) {
          static_cast<void>(node["title"]);
        }) == "study.json: /: member \"title\" is missing");
  CHECK(
      error_of(R"({"a/b":{"x":1}})",
               [](const json::Node& node) { node["a/b"].allow_only({"y"}); }) ==
      "study.json: /a~1b/x: unknown member; remove it or correct its name");
}

TEST_CASE("json: text that is not JSON is refused with its line", "[json]") {
  const auto nothing = [](const json::Node&) {};
  CHECK(error_of("{\n\"a\": 1,\n}", nothing)
            .find("study.json:3: not valid JSON") == 0);
  CHECK(error_of("", nothing).find("study.json:1:") == 0);
  CHECK(error_of(std::string(200000, '['), nothing).find("not valid JSON") !=
        std::string::npos);
}

TEST_CASE("json: whole numbers are whole and in range", "[json]") {
  const json::Node node =
      json::parse(R"([3, 3.5, -1, 18446744073709551615, "3"])", "n");
  const auto items = node.items();
  CHECK(items[0].integer(0, 5) == 3);
  for (std::size_t i = 1; i < items.size(); ++i)
    CHECK_THROWS_AS(items[i].integer(0, 5), Error);
}

TEST_CASE("json: what is written is read back equal", "[json]") {
  std::string text;
  json::Writer out{text};
  const std::string hard =
      "a\"b\\c\n\t\u0001\u007F\u200E\u202E<script>é👍🏽\u2028";
  out.begin_object().member("text", hard).member("n", -3).member("yes", true);
  out.key("list").begin_array().value(1).value("two").null().end_array();
  out.key("empty").begin_object().end_object().member("d", 0.1).end_object();
  const json::Node node = json::parse(text, "t");
  CHECK(node["text"].string() == hard);
  CHECK(node["n"].integer(-5, 5) == -3);
  CHECK(node["yes"].boolean());
  CHECK(node["list"].items().size() == 3);
  CHECK(node["list"].items()[2].is_null());
  CHECK(node["empty"].keys().empty());
  CHECK(node["d"].number() == 0.1);
}

TEST_CASE("json: nothing hidden, no tag and no invalid byte leaves the writer",
          "[json]") {
  std::string text;
  json::Writer{text}.value(
      std::string{"\x1B[2J</script>\xC2\x9B\u202E\xFF\xED\xA0\x80"});
  for (const char c : text) {
    CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(c != '<');
  }
  CHECK(text.find("\\u001b[2J\\u003c/script>\\u009b\\u202e") !=
        std::string::npos);
  CHECK(text.find("\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("json: a number that is not finite is null", "[json]") {
  CHECK(json::number_text(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(json::number_text(std::numeric_limits<double>::infinity()) == "null");
  CHECK(json::number_text(1.0 / 3.0) == "0.3333333333333333");
}

namespace {

template <class Use>
bool works(const Use& use) {
  try {
    use();
    return true;
  } catch (const Error&) {
    return false;
  }
}

void walk(json::Walk& walk, const json::Node& node) {
  if (node.is_string()) {
    CHECK(walk.string() == node.string());
  } else if (node.is_boolean()) {
    CHECK(walk.boolean() == node.boolean());
  } else if (works([&] { static_cast<void>(node.keys()); })) {
    std::size_t count = 0;
    walk.members([&](std::string_view key) {
      ::walk(walk, node[key]);
      ++count;
    });
    CHECK(count == node.keys().size());
  } else if (works([&] { static_cast<void>(node.items()); })) {
    const auto items = node.items();
    std::size_t count = 0;
    walk.items([&] { ::walk(walk, items.at(count++)); });
    CHECK(count == items.size());
  } else {
    CHECK(walk.natural() == node.integer(0, 999'999'999));
  }
}

}  // namespace

TEST_CASE("json: a walk meets what the tree holds, in what every start reads",
          "[json]") {
  for (const std::string_view text :
       {data::notices_json(), data::clock_words_json()}) {
    json::Walk whole{text, "data"};
    walk(whole, json::parse(text, "data"));
    json::Walk skipped{text, "data"};
    skipped.skip();
    CHECK_THROWS_AS(skipped.skip(), Error);  // nothing is left
  }
}

TEST_CASE("json: a walk says where a document is not as asked for", "[json]") {
  const auto refuses = [](std::string_view text, const auto& use) {
    INFO(text);
    json::Walk walk{text, "words.json"};
    CHECK_THROWS_WITH(use(walk), Catch::StartsWith("words.json: "));
  };
  for (const char* text :
       {"", "{", "{\"a\":", "[1", "[", "]", ",", "\"a", "\"a\\\"", "\"a\nb\""})
    refuses(text, [](json::Walk& walk) { walk.skip(); });
  for (const char* text : {"", "[]", "{\"a\" 1}", "{\"a\":1", "{1:1}", "{,}"})
    refuses(text, [](json::Walk& walk) {
      walk.members([&](std::string_view /*key*/) { walk.skip(); });
    });
  for (const char* text : {"{}", "[1 2]", "[1,]", "[1"})
    refuses(text, [](json::Walk& walk) { walk.items([&] { walk.skip(); }); });
  for (const char* text : {"tru", "\"true\"", "1"})
    refuses(text, [](json::Walk& walk) { static_cast<void>(walk.boolean()); });
  for (const char* text : {"\"\\u00e9\"", "a", "1"})
    refuses(text, [](json::Walk& walk) { static_cast<void>(walk.string()); });
  for (const char* text : {"-1", "1234567890", "null", "\"1\""})
    refuses(text, [](json::Walk& walk) { static_cast<void>(walk.natural()); });
}

TEST_CASE("json: a walk skips what is nested deep, and goes on behind it",
          "[json]") {
  const std::string deep(1'000'000, '[');
  const std::string text = "[" + deep + std::string(deep.size(), ']') +
                           ", {\"a\": [-1.5e3, null]}, 7]";
  json::Walk walk{text, "deep"};
  int item = 0;
  walk.items([&] {
    if (item++ < 2) return walk.skip();
    CHECK(walk.natural() == 7);
  });
  CHECK(item == 3);
}

TEST_CASE("json: a document without its long array says the same", "[json]") {
  std::vector<std::string> seen;
  const auto visit = [&](std::string_view item) {
    seen.emplace_back(item);
    return item != "no";
  };
  const auto read = [&](const std::string& text) {
    seen.clear();
    return json::parse_without(text, "m.json", "lines", visit);
  };
  const auto root = read(
      "{\"a\": {\"lines\": [1]}, \"b\": \"]\\\"\",\n \"lines\" : [ \"x y\" ,\n"
      "\"\\u003curl>\\\\\",\"é\", \"\" ], \"c\": 2}");
  REQUIRE(root);
  CHECK(seen == std::vector<std::string>{"x y", "<url>\\", "é", ""});
  CHECK((*root)["c"].integer(0, 9) == 2);
  CHECK((*root)["b"].string() == "]\"");
  CHECK((*root)["lines"].items().empty());
  CHECK(read(R"({"lines":[]})"));
  // Whatever is odd is left to `parse`.
  for (const char* odd : {"",
                          "[]",
                          "{}",
                          R"({"a":["x"]})",
                          R"({"lines":["x"})",
                          R"({"lines":["x",]})",
                          R"({"lines":["x" "y"]})",
                          R"({"lines":[,"x"]})",
                          R"({"lines":["no"]})",
                          R"({"lines":["x",1]})",
                          R"({"lines":"x"})",
                          R"({"lines":["x"],"lines":["y"]})",
                          R"({"lines":["x"]} 1)",
                          R"({"lines":["\q"]})",
                          "{\"lines\":[\"a\nb\"]}",
                          "{\"lines\":[\"\xFF\"]}",
                          R"({"lines":["x)",
                          R"({"lines":["x\")",
                          R"([{"lines":["x"]}])",
                          R"({"a":nul,"lines":["x"]})"}) {
    INFO(odd);
    CHECK_FALSE(read(odd));
  }
}
