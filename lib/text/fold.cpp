#include "text/fold.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cstring>

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

unsigned char byte(char c) { return static_cast<unsigned char>(c); }

/// ASCII but apostrophes.
constexpr auto plain_ascii = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 0x80; ++c) table[c] = c != '\'' && c != '`';
  return table;
}();

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

  /// Copies plain ASCII from `at` on, up to where care is needed.
  std::size_t add_plain(std::string_view original, std::size_t at) {
    const std::size_t start = at;
    if (held_) return at;
    while (at < original.size() && plain_ascii[byte(original[at])]) ++at;
    if (at == start) return at;
    const std::size_t to = out_.text.size();
    out_.text.resize(to + at - start);
    out_.offsets.resize(out_.text.size());
    for (std::size_t i = 0; i < at - start; ++i) {
      const char c = original[start + i];
      out_.text[to + i] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      out_.offsets[to + i] = static_cast<std::uint32_t>(start + i);
    }
    after_word_ = is_word_character(byte(out_.text.back()));
    return at;
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

/// Code points beyond Latin-1 that chats are full of: those that stay as they
/// are, and those that disappear. The test compares each with ICU.
bool stays(char32_t c) {
  return (c >= 0x1F300 && c <= 0x1FAFF && !is_skin_tone(c)) ||
         (c >= 0x2600 && c <= 0x27BF) || (c >= 0x2012 && c <= 0x2015) ||
         (c >= 0x201A && c <= 0x2022) || c == 0x20AC;
}
bool disappears(char32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F) ||
         is_skin_tone(c);
}

/// Lower case of eight ASCII bytes.
std::uint64_t lower_ascii(std::uint64_t eight) {
  constexpr std::uint64_t every = 0x0101010101010101U;
  const std::uint64_t from_a = eight + (0x80 - 'A') * every;
  const std::uint64_t after_z = eight + (0x7F - 'Z') * every;
  return eight | ((from_a ^ after_z) & 0x80 * every) >> 2U;
}

/// 0, 1, 2, ...: the offsets of text that stays where it is.
constexpr auto own_places = [] {
  std::array<std::uint32_t, 512> places{};
  for (std::size_t i = 0; i < places.size(); ++i)
    places[i] = static_cast<std::uint32_t>(i);
  return places;
}();

/// Bytes of plain ASCII without apostrophes and their offsets, until anything
/// else comes.
std::size_t copy_ascii(std::string_view original, Folded& out) {
  std::size_t plain = ascii_run(original);
  while (plain < original.size() &&
         static_cast<unsigned char>(original[plain]) < 0x80)
    ++plain;
  for (const char mark : {'\'', '`'})
    plain = std::min(plain, original.substr(0, plain).find(mark));
  // The word in which it stopped is left to the careful appender, which has to
  // see what stands before an apostrophe.
  if (plain < original.size())
    while (plain > 0 && original[plain - 1] != ' ') --plain;
  out.text.resize(plain);
  out.offsets.resize(plain);
  std::size_t at = 0;
  for (; at + 8 <= plain; at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, original.data() + at, 8);
    eight = lower_ascii(eight);
    std::memcpy(out.text.data() + at, &eight, 8);
  }
  for (; at < plain; ++at) {
    const char c = original[at];
    out.text[at] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  const std::size_t few = std::min(plain, own_places.size());
  std::copy_n(own_places.begin(), few, out.offsets.begin());
  for (at = few; at < plain; ++at)
    out.offsets[at] = static_cast<std::uint32_t>(at);
  return plain;
}

}  // namespace

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
  std::size_t at = copy_ascii(original, out);
  out.in_place = at == original.size();
  Appender appender{out};
  while (at < original.size()) {
    at = appender.add_plain(original, at);
    if (at == original.size()) break;
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
    } else if (stays(c) || is_apostrophe(c)) {
      appender.add(c, from);
    } else if (!disappears(c)) {
      add_by_icu(c, from, appender);
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
