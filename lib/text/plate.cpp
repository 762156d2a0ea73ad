#include "text/plate.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace etherpeil::text {
namespace {

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Sidecodes 1-14; from the fourth on without vowels, C and Q.
constexpr std::array<std::string_view, 14> sidecodes{
    "xx9999", "9999xx", "99xx99", "xx99xx", "xxxx99", "99xxxx", "99xxx9",
    "9xxx99", "xx999x", "x999xx", "xxx99x", "x99xxx", "9xx999", "999xx9"};

constexpr std::array<std::string_view, 13> never{
    "gvd", "kkk", "kvt", "lpf", "nsb", "pkk", "psv",
    "tbs", "pvv", "sgp", "vvd", "ss",  "sd"};

/// Letters stand in groups of two where there are four in a row.
bool holds_word_never_issued(std::string_view signs) {
  for (std::size_t at = 0; at < signs.size();) {
    std::size_t end = at;
    while (end < signs.size() && is_letter(signs[end])) ++end;
    const std::size_t size = end - at == 4 ? 2 : end - at;
    if (std::find(never.begin(), never.end(), signs.substr(at, size)) !=
        never.end()) {
      return true;
    }
    at += std::max<std::size_t>(size, 1);
  }
  return false;
}

}  // namespace

bool is_plate(std::string_view text) {
  std::string signs;
  std::string shape;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    if (!is_letter(c) && !is_digit(c)) return false;
    signs += c;
    shape += is_letter(c) ? 'x' : '9';
  }
  const auto* const code = std::find(sidecodes.begin(), sidecodes.end(), shape);
  if (code == sidecodes.end()) return false;
  if (code - sidecodes.begin() >= 3 &&
      signs.find_first_of("aeiucq") != std::string::npos) {
    return false;
  }
  return !holds_word_never_issued(signs);
}

}  // namespace etherpeil::text
