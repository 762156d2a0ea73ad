#include "privacy/identity.hpp"

#include <algorithm>

#include "etherpeil/privacy.hpp"
#include "etherpeil/types.hpp"
#include "text/fold.hpp"
#include "text/utf8.hpp"

namespace etherpeil {
namespace {

/// What people put between the digits of a phone number.
bool is_phone_separator(char32_t value) {
  switch (value) {
    case U' ':
    case U'-':
    case U'(':
    case U')':
    case U'.':
    case U'/':
    case U'\u00A0':  // no-break space
    case U'\u202F':  // narrow no-break space
    case U'\u2007':  // figure space
    case U'\u2009':  // thin space
    case U'\u2010':  // hyphen
    case U'\u2011':  // non-breaking hyphen
    case U'\u2012':  // figure dash
    case U'\u2013':  // en dash
    case U'\u2212':  // minus sign
      return true;
    default:
      return text::is_format_mark(value);
  }
}

/// The digits, "+" before them when it is there; empty for any other text.
std::string phone_digits(std::string_view name) {
  std::string digits;
  for (std::size_t at = 0; at < name.size();) {
    const text::CodePoint point = text::decode(name, at);
    at += point.length;
    const bool digit = point.value >= U'0' && point.value <= U'9';
    if (digit || (point.value == U'+' && digits.empty())) {
      digits += static_cast<char>(point.value);
    } else if (!is_phone_separator(point.value)) {
      return {};
    }
  }
  return digits;
}

/// "+31 (0)6 ..." and "+32 (0)470 ...": the national zero is no part of the
/// number. No Dutch or Belgian number has a zero there.
void drop_trunk_zero(std::string& number) {
  if (number.size() > 3 && number[3] == '0' &&
      (number.compare(0, 3, "+31") == 0 || number.compare(0, 3, "+32") == 0)) {
    number.erase(3, 1);
  }
}

std::string collapse_spaces(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode(text, at);
    if (text::is_white_space(point.value)) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += text.substr(at, point.length);
    }
    at += point.length;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// The name's own first character is "~", marks and spaces left out.
bool is_unsaved(std::string_view name) {
  for (std::size_t at = 0; at < name.size();) {
    const text::CodePoint point = text::decode(name, at);
    if (point.value == U'~') return true;
    if (!text::is_white_space(point.value) &&
        !text::is_format_mark(point.value)) {
      return false;
    }
    at += point.length;
  }
  return false;
}

}  // namespace

std::string phone_e164(std::string_view name) {
  std::string number = phone_digits(name);
  if (number.compare(0, 2, "00") == 0) {
    number.replace(0, 2, "+");
  } else if (number.size() == 10 && number[0] == '0') {
    number.replace(0, 1, "+31");
  }
  drop_trunk_zero(number);
  const bool international =
      number.size() > 1 && number[0] == '+' && number[1] != '0';
  if (!international || number.size() < 9 || number.size() > 16) return {};
  return number;
}

std::string privacy::identity(std::string_view name) {
  const std::string shown = display_name(name);
  if (std::string number = phone_e164(shown); !number.empty())
    return "phone:" + number;
  std::string folded = collapse_spaces(text::fold(shown).text);
  if (folded.empty()) folded = shown;  // marks only: there is nothing to fold
  if (folded.empty()) return {};
  return (is_unsaved(name) ? "name:~" : "name:") + folded;
}

std::string privacy::shown_name(const Author& author) {
  return author.unsaved && !author.phone ? "~" + author.name : author.name;
}

std::vector<std::string> privacy::listed_as(
    const std::vector<Author>& authors, std::vector<std::string> list,
    const std::function<std::string(std::string_view)>& known_as) {
  std::vector<std::string> names;
  names.reserve(authors.size());
  for (const Author& author : authors)
    names.push_back(known_as(shown_name(author)));
  std::vector<std::string> shown = names;
  std::sort(shown.begin(), shown.end());
  std::sort(list.begin(), list.end());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::binary_search(list.begin(), list.end(), names[i])) continue;
    std::string plain = known_as(authors[i].name);
    if (std::binary_search(list.begin(), list.end(), plain) &&
        !std::binary_search(shown.begin(), shown.end(), plain)) {
      names[i] = std::move(plain);
    }
  }
  return names;
}

}  // namespace etherpeil
