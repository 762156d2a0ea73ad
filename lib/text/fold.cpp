#include "text/fold.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <array>

#include "etherpeil/error.hpp"
#include "text/utf8.hpp"

namespace etherpeil::text {
namespace {

// U+00A0 to U+00FF as ICU folds them; the test compares each with ICU.
constexpr std::array<std::string_view, 96> latin1{
    " ",        "\u00A1",   "\u00A2",   "\u00A3", "\u00A4", "\u00A5", "\u00A6",
    "\u00A7",   " ",        "\u00A9",   "a",      "\u00AB", "\u00AC", "",
    "\u00AE",   " ",        "\u00B0",   "\u00B1", "2",      "3",      "'",
    "\u03BC",   "\u00B6",   "\u00B7",   " ",      "1",      "o",      "\u00BB",
    "1\u20444", "1\u20442", "3\u20444", "\u00BF", "a",      "a",      "a",
    "a",        "a",        "a",        "\u00E6", "c",      "e",      "e",
    "e",        "e",        "i",        "i",      "i",      "i",      "\u00F0",
    "n",        "o",        "o",        "o",      "o",      "o",      "\u00D7",
    "\u00F8",   "u",        "u",        "u",      "u",      "y",      "\u00FE",
    "ss",       "a",        "a",        "a",      "a",      "a",      "a",
    "\u00E6",   "c",        "e",        "e",      "e",      "e",      "i",
    "i",        "i",        "i",        "\u00F0", "n",      "o",      "o",
    "o",        "o",        "o",        "\u00F7", "\u00F8", "u",      "u",
    "u",        "u",        "y",        "\u00FE", "y"};

bool ascii_letter(char32_t c) { return c >= U'a' && c <= U'z'; }
bool ascii_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

bool is_apostrophe(char32_t c) {
  return c == U'\'' || c == 0x2018 || c == 0x2019 || c == 0x2BC || c == 0xB4 ||
         c == U'`';
}

bool is_skin_tone(char32_t c) { return c >= 0x1F3FB && c <= 0x1F3FF; }

bool is_dropped(char32_t c) {
  return is_skin_tone(c) ||
         (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_M_MASK) != 0;
}

bool is_letter(char32_t c) {
  return c < 0x80 ? ascii_letter(c) : u_isalpha(static_cast<UChar32>(c)) != 0;
}

const UNormalizer2* normalizer(const UNormalizer2* (*make)(UErrorCode*)) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* found = make(&status);
  if (U_FAILURE(status) != 0) {
    throw Error{Errc::io,
                "Unicode data: normalisation: install the data of ICU"};
  }
  return found;
}

/// NFD(NFKC_Casefold(units)), still with marks.
std::u16string normalized(const std::u16string& units) {
  std::u16string now = units;
  for (const auto make :
       {unorm2_getNFKCCasefoldInstance, unorm2_getNFDInstance}) {
    const UNormalizer2* form = normalizer(make);
    // 18 is the longest expansion of a code point in NFKC (U+FDFA).
    std::u16string next(now.size() * 18 + 8, u'\0');
    UErrorCode status = U_ZERO_ERROR;
    const auto length = unorm2_normalize(
        form, now.data(), static_cast<std::int32_t>(now.size()), next.data(),
        static_cast<std::int32_t>(next.size()), &status);
    if (U_FAILURE(status) != 0) {
      throw Error{Errc::limit,
                  "text: folding: shorten a text that ICU refuses"};
    }
    next.resize(static_cast<std::size_t>(length));
    now.swap(next);
  }
  return now;
}

void append_utf16(std::u16string& out, char32_t c) {
  if (c < 0x10000) {
    out += static_cast<char16_t>(c);
  } else {
    out += static_cast<char16_t>(0xD7C0 + (c >> 10));
    out += static_cast<char16_t>(0xDC00 + (c & 0x3FF));
  }
}

template <class Visit>
void each_code_point(const std::u16string& units, const Visit& visit) {
  for (std::size_t i = 0; i < units.size();) {
    char32_t c = units[i++];
    if (c >= 0xD800 && c < 0xDC00 && i < units.size()) {
      c = ((c - 0xD7C0) << 10) + (units[i++] - 0xDC00U);
    }
    visit(c);
  }
}

/// Appends code points that are folded already, and decides about apostrophes,
/// for which the character after them must be known.
class Appender {
 public:
  explicit Appender(Folded& out) : out_(out) {}

  void add(char32_t c, std::uint32_t from) {
    if (is_apostrophe(c)) {
      if (held_) release();
      if (after_word_) {
        held_ = true;
        held_from_ = from;
        after_word_ = false;
        return;
      }
      c = U'\'';
    }
    if (held_) {
      if (is_letter(c)) {
        held_ = false;
      } else {
        release();
      }
    }
    put(c, from);
    after_word_ = is_word_character(c);
  }

  void finish(std::size_t original_size) {
    if (held_) release();
    out_.offsets.push_back(static_cast<std::uint32_t>(original_size));
  }

 private:
  void release() {
    held_ = false;
    put(U'\'', held_from_);
  }
  void put(char32_t c, std::uint32_t from) {
    append(out_.text, c);
    out_.offsets.resize(out_.text.size(), from);
  }

  Folded& out_;
  bool after_word_{};
  bool held_{};
  std::uint32_t held_from_{};
};

void add_by_icu(char32_t c, std::uint32_t from, Appender& out) {
  std::u16string units;
  append_utf16(units, c);
  each_code_point(normalized(units), [&](char32_t folded) {
    if (!is_dropped(folded)) out.add(folded, from);
  });
}

/// Bytes of plain ASCII without apostrophes and their offsets, until anything
/// else comes.
std::size_t copy_ascii(std::string_view original, Folded& out) {
  std::size_t at = 0;
  out.text.resize(original.size());
  out.offsets.resize(original.size());
  for (; at < original.size(); ++at) {
    const auto c = static_cast<unsigned char>(original[at]);
    if (c >= 0x80 || c == '\'' || c == '`') break;
    const bool upper = c >= 'A' && c <= 'Z';
    out.text[at] = static_cast<char>(upper ? c + ('a' - 'A') : c);
    out.offsets[at] = static_cast<std::uint32_t>(at);
  }
  if (at == original.size()) return at;
  // The word in which it stopped is done again with the careful appender, which
  // has to see what stands before an apostrophe.
  while (at > 0 && original[at - 1] != ' ') --at;
  out.text.resize(at);
  out.offsets.resize(at);
  return at;
}

}  // namespace

Span Folded::original(std::size_t begin, std::size_t end) const {
  // A code point that became several characters belongs to the span as a whole.
  std::size_t after = end;
  while (after + 1 < offsets.size() && after > begin &&
         offsets[after] == offsets[after - 1]) {
    ++after;
  }
  return {offsets[begin], offsets[after]};
}

bool is_word_character(char32_t value) {
  if (value < 0x80) {
    return ascii_letter(value) || ascii_digit(value) ||
           (value >= U'A' && value <= U'Z');
  }
  return u_isalnum(static_cast<UChar32>(value)) != 0;
}

bool is_upper_case(char32_t value) {
  if (value < 0x80) return value >= U'A' && value <= U'Z';
  return u_isupper(static_cast<UChar32>(value)) != 0;
}

bool is_white_space(char32_t value) {
  if (value < 0x80) return value == U' ' || (value >= 9 && value <= 13);
  return u_isUWhiteSpace(static_cast<UChar32>(value)) != 0;
}

void fold(std::string_view original, Folded& out) {
  out.text.clear();
  out.offsets.clear();
  std::size_t at = copy_ascii(original, out);
  Appender appender{out};
  while (at < original.size()) {
    const CodePoint point = decode(original, at);
    const auto from = static_cast<std::uint32_t>(at);
    const char32_t c = point.value;
    at += point.length;
    if (c < 0x80) {
      appender.add(c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c, from);
    } else if (c >= 0xA0 && c <= 0xFF) {
      const std::string_view folded = latin1[c - 0xA0];
      for (std::size_t i = 0; i < folded.size();) {
        const CodePoint part = decode(folded, i);
        appender.add(part.value, from);
        i += part.length;
      }
    } else if (!is_apostrophe(c)) {
      add_by_icu(c, from, appender);
    } else {
      appender.add(c, from);
    }
  }
  appender.finish(original.size());
}

Folded fold(std::string_view original) {
  Folded out;
  fold(original, out);
  return out;
}

std::string fold_by_icu(std::string_view original) {
  std::u16string units;
  for (std::size_t at = 0; at < original.size();) {
    const CodePoint point = decode(original, at);
    // An acute accent alone is typed as an apostrophe; NFKC makes it a space.
    append_utf16(units, is_apostrophe(point.value) ? U'\'' : point.value);
    at += point.length;
  }
  Folded out;
  Appender appender{out};
  each_code_point(normalized(units), [&](char32_t c) {
    if (!is_dropped(c)) appender.add(c, 0);
  });
  appender.finish(0);
  return out.text;
}

int digit_value(char32_t value) {
  return u_charDigitValue(static_cast<UChar32>(value));
}

std::string unicode_version() {
  UVersionInfo version{};
  u_getUnicodeVersion(version);
  return std::to_string(version[0]) + "." + std::to_string(version[1]);
}

}  // namespace etherpeil::text
