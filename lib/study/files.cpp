#include "study/files.hpp"

#include "etherpeil/error.hpp"
#include "text/times.hpp"

namespace etherpeil::study {

LocalDay read_day(const json::Node& node) {
  const auto day = text::day_from(node.string());
  if (!day) node.fail("must be a day that exists, as \"2021-03-31\"");
  return *day;
}

std::string read_filled(const json::Node& node) {
  std::string text = node.string();
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    node.fail("must not be empty");
  }
  return text;
}

std::string read_text(const json::Node& object, std::string_view key) {
  const auto member = object.find(key);
  return member ? member->string() : std::string{};
}

std::optional<LocalDay> read_day(const json::Node& object,
                                 std::string_view key) {
  const auto member = object.find(key);
  if (!member) return std::nullopt;
  return read_day(*member);
}

void check_format(const json::Node& root, std::string_view expected) {
  const json::Node format = root["format"];
  if (format.string() != expected) {
    format.fail("must be \"" + std::string{expected} + "\"");
  }
}

}  // namespace etherpeil::study
