#include "study/files.hpp"

#include <fstream>
#include <iterator>

#include "etherpeil/error.hpp"
#include "study/day.hpp"

namespace etherpeil::study {
namespace {

/// The number in `text`, which holds digits only.
std::optional<int> natural(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::string padded(int number, std::size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

}  // namespace

std::optional<LocalDay> day_from(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-')
    return std::nullopt;
  const auto year = natural(text.substr(0, 4));
  const auto month = natural(text.substr(5, 2));
  const auto day = natural(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year{*year},
      std::chrono::month{static_cast<unsigned>(*month)},
      std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return LocalDay{date};
}

std::string day_text(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return padded(static_cast<int>(date.year()), 4) + '-' +
         padded(static_cast<int>(static_cast<unsigned>(date.month())), 2) +
         '-' + padded(static_cast<int>(static_cast<unsigned>(date.day())), 2);
}

std::string read_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw Error{Errc::io, path.string() + ": is a folder; name a file in it"};
  }
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    throw Error{
        Errc::io,
        path.string() + ": cannot be read; check the path and its permissions"};
  }
  std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  if (in.bad()) {
    throw Error{Errc::io,
                path.string() + ": cannot be read to its end; copy it again"};
  }
  return bytes;
}

LocalDay read_day(const json::Node& node) {
  const auto day = day_from(node.string());
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
