#include "report/texts.hpp"

#include <cmath>

#include "data/data.hpp"

namespace etherpeil::report {
namespace {

json::Node words(Language language) {
  switch (language) {
    case Language::dutch:
      return json::parse(data::report_nl_json(), "report_nl.json");
    case Language::english:
      return json::parse(data::report_en_json(), "report_en.json");
  }
  return json::parse(data::report_en_json(), "report_en.json");
}

/// Above this a double no longer holds every integer.
constexpr double largest_exact = 9007199254740992.0;

std::string digits_of(double scaled, int decimals) {
  std::string digits =
      std::to_string(static_cast<std::uint64_t>(std::llround(scaled)));
  const auto wanted = static_cast<std::size_t>(decimals) + 1;
  if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
  return digits;
}

std::string grouped(const std::string& digits, const std::string& separator) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t left = digits.size() - i;
    // Four digits are read at a glance; "1200" needs no mark.
    if (i > 0 && left % 3 == 0 && digits.size() > 4) out += separator;
    out += digits[i];
  }
  return out;
}

std::string month_key(LocalDay day, std::string_view kind) {
  const std::chrono::year_month_day date{day};
  return std::string{kind} +
         std::to_string(static_cast<unsigned>(date.month()));
}

std::string year_of(LocalDay day) {
  return std::to_string(
      static_cast<int>(std::chrono::year_month_day{day}.year()));
}

}  // namespace

std::string fixed(double number, int decimals) {
  if (!std::isfinite(number)) return "0";
  const double scaled = std::abs(number) * std::pow(10.0, decimals);
  if (scaled > largest_exact) return json::number_text(number);
  std::string out = digits_of(scaled, decimals);
  const bool zero = out.find_first_not_of('0') == std::string::npos;
  if (decimals > 0) {
    out.insert(out.size() - static_cast<std::size_t>(decimals), ".");
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
  }
  return number < 0 && !zero ? '-' + out : out;
}

Texts::Texts(Language language)
    : language_(language), words_(words(language)) {}

std::string Texts::operator()(std::string_view key) const {
  return words_[key].string();
}

std::string Texts::find(std::string_view key,
                        std::string_view otherwise) const {
  const auto node = words_.find(key);
  return node ? node->string() : std::string{otherwise};
}

std::string Texts::fill(std::string_view key,
                        std::initializer_list<Filling> fillings) const {
  const std::string form = (*this)(key);
  std::string out;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t close =
        form[at] == '{' ? form.find('}', at) : std::string::npos;
    if (close == std::string::npos) {
      out += form[at++];
      continue;
    }
    const auto name = std::string_view{form}.substr(at + 1, close - at - 1);
    for (const Filling& filling : fillings) {
      if (filling.name == name) out += filling.value;
    }
    at = close + 1;
  }
  return out;
}

std::string Texts::plural(std::string_view key, std::uint64_t n) const {
  return fill(std::string{key} + (n == 1 ? ".one" : ".more"),
              {{"n", count(n)}});
}

std::string Texts::count(std::uint64_t number) const {
  return grouped(std::to_string(number), (*this)("number.thousands"));
}

std::string Texts::number(double number, int decimals) const {
  if (std::isnan(number)) return (*this)("number.none");
  if (std::isinf(number)) return number > 0 ? "\u221E" : "\u2212\u221E";
  const double scaled = std::abs(number) * std::pow(10.0, decimals);
  if (scaled > largest_exact) return json::number_text(number);
  std::string digits = digits_of(scaled, decimals);
  const bool zero = digits.find_first_not_of('0') == std::string::npos;
  const std::size_t whole = digits.size() - static_cast<std::size_t>(decimals);
  std::string out =
      grouped(digits.substr(0, whole), (*this)("number.thousands"));
  if (decimals > 0) out += (*this)("number.point") + digits.substr(whole);
  return number < 0 && !zero ? "\u2212" + out : out;
}

std::string Texts::number(double number) const {
  const double size = std::abs(number);
  if (size == 0) return this->number(number, 0);
  if (size < 0.995) return this->number(number, 2);
  return this->number(number, size < 9.95 ? 1 : 0);
}

std::string Texts::exact(double number) const {
  std::string out = json::number_text(std::abs(number));
  if (out.size() > 2 && out.ends_with(".0")) out.resize(out.size() - 2);
  if (const auto point = out.find('.'); point != std::string::npos) {
    out.replace(point, 1, (*this)("number.point"));
  }
  return number < 0 ? "\u2212" + out : out;
}

std::string Texts::day(LocalDay day) const {
  const std::chrono::year_month_day date{day};
  return fill("date.day",
              {{"day", std::to_string(static_cast<unsigned>(date.day()))},
               {"month", (*this)(month_key(day, "month."))},
               {"year", year_of(day)}});
}

std::string Texts::month(LocalDay day) const {
  return (*this)(month_key(day, "month.")) + ' ' + year_of(day);
}

std::string Texts::short_month(LocalDay day) const {
  return (*this)(month_key(day, "month.short."));
}

std::string Texts::period(std::string_view label) const {
  std::string known = find("period." + std::string{label}, "");
  if (!known.empty()) return known;
  if (label.size() == 7 && label[5] == 'Q') {
    return fill("date.quarter", {{"quarter", std::string{label.substr(6)}},
                                 {"year", std::string{label.substr(0, 4)}}});
  }
  const bool month =
      label.size() == 7 && label[4] == '-' &&
      label.find_first_not_of("0123456789-") == std::string_view::npos;
  if (!month) return std::string{label};
  const auto number = static_cast<unsigned>(label[5] - '0') * 10U +
                      static_cast<unsigned>(label[6] - '0');
  const std::string name = find("month.short." + std::to_string(number), "");
  return name.empty() ? std::string{label}
                      : name + ' ' + std::string{label.substr(0, 4)};
}

}  // namespace etherpeil::report
