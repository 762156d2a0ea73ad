/// Writes lib/data/clock_words.json: the words for parts of the day, for months
/// and for the calendars of a year in every language that ICU knows, as headers
/// of exports may hold them, and the calendar of Saudi Arabia. Run once per ICU
/// version; the file is committed, so that the same bytes parse equal on
/// machines with other ICU versions.
///
///   make_clock_words > lib/data/clock_words.json
#include <unicode/calendar.h>
#include <unicode/dtfmtsym.h>
#include <unicode/locid.h>
#include <unicode/smpdtfmt.h>
#include <unicode/uversion.h>

#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "parse/clock_words.hpp"

namespace {

using Words = std::map<std::string, std::set<int>>;

std::string utf8(icu::UnicodeString text) {
  std::string bytes;
  text.foldCase().toUTF8String(bytes);
  return bytes;
}

bool has_letter(const std::string& word) {
  return word.find_first_not_of("0123456789. ") != std::string::npos;
}

/// Every hour of the day, written with the letters that stand for its part.
void add_day_parts(const icu::Locale& locale, Words& words) {
  for (const char* pattern : {"a", "b", "B", "BBBB"}) {
    UErrorCode status = U_ZERO_ERROR;
    icu::SimpleDateFormat format{icu::UnicodeString{pattern}, locale, status};
    if (U_FAILURE(status) != 0) continue;
    format.setTimeZone(*icu::TimeZone::getGMT());
    for (int hour = 0; hour < 24; ++hour) {
      icu::UnicodeString text;
      format.format((hour + 0.5) * 3'600'000.0, text);
      if (const std::string word = utf8(text); has_letter(word))
        words[word].insert(hour);
    }
  }
}

void add_months(const icu::Locale& locale, Words& words) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::DateFormatSymbols symbols{locale, status};
  if (U_FAILURE(status) != 0) return;
  for (const auto context :
       {icu::DateFormatSymbols::FORMAT, icu::DateFormatSymbols::STANDALONE}) {
    int32_t count = 0;
    const icu::UnicodeString* names =
        symbols.getMonths(count, context, icu::DateFormatSymbols::ABBREVIATED);
    for (int month = 0; month < count && month < 12; ++month) {
      if (const std::string word = utf8(names[month]); has_letter(word)) {
        words[word].insert(month + 1);
      }
    }
  }
}

/// Letters that stand beside a year, each with the number of its calendar.
void add_eras(const icu::Locale& locale, Words& words) {
  int number = 0;
  for (const char* calendar : {"buddhist", "persian", "islamic-umalqura"}) {
    UErrorCode status = U_ZERO_ERROR;
    icu::Locale other{locale};
    other.setKeywordValue("calendar", calendar, status);
    // Narrow ones are in short dates; their table has no accessor.
    icu::SimpleDateFormat format{icu::UnicodeString{"GGGGG"}, other, status};
    icu::UnicodeString text;
    if (U_SUCCESS(status) != 0) format.format(1.6e12, text);
    const std::string word = utf8(text);
    // One letter is too little to tell: Indonesian has "H".
    if (has_letter(word) && text.countChar32() > 1) words[word].insert(number);
    ++number;
  }
}

/// The months of Umm al-Qura cannot be computed: they are announced. Of each
/// year a number whose bit i says that month i has 30 days, not 29.
void print_umm_al_qura(int first_year, int last_year) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::Calendar> calendar{icu::Calendar::createInstance(
      *icu::TimeZone::getGMT(), icu::Locale{"en@calendar=islamic-umalqura"},
      status)};
  calendar->clear();
  calendar->set(first_year, 0, 1);
  std::printf(" \"umm_al_qura\": {\n  \"year\": %d,\n  \"day\": %.0f,",
              first_year, calendar->getTime(status) / 86'400'000);
  std::printf("\n  \"long_months\": [");
  for (int year = first_year; year <= last_year; ++year) {
    int bits = 0;
    for (int month = 0; month < 12; ++month) {
      calendar->clear();
      calendar->set(year, month, 1);
      if (calendar->getActualMaximum(UCAL_DATE, status) == 30)
        bits |= 1 << month;
    }
    std::printf("%s%d", year == first_year ? "" : ", ", bits);
  }
  std::printf("]\n }");
}

/// By the keys under which words are looked up.
Words by_key(const Words& words) {
  Words keys;
  for (const auto& [word, numbers] : words)
    keys[etherpeil::parsing::clock_key(word)].insert(numbers.begin(),
                                                     numbers.end());
  return keys;
}

/// Words that stand for one number only, each under the last that has its key.
Words certain(const Words& words) {
  Words keys;
  for (const auto& [word, numbers] : words) {
    if (numbers.size() == 1)
      keys[etherpeil::parsing::clock_key(word)] = numbers;
  }
  return keys;
}

void print(const char* name, const Words& words) {
  std::printf(" \"%s\": {", name);
  const char* separator = "\n";
  for (const auto& [word, numbers] : words) {
    std::printf("%s  \"%s\": [", separator, word.c_str());
    separator = "";
    for (const int number : numbers) {
      std::printf("%s%d", separator, number);
      separator = ", ";
    }
    std::printf("]");
    separator = ",\n";
  }
  std::printf("\n }");
}

}  // namespace

int main() {
  Words day_parts;
  Words months;
  Words eras;
  int32_t count = 0;
  const icu::Locale* locales = icu::Locale::getAvailableLocales(count);
  for (int32_t i = 0; i < count; ++i) {
    add_day_parts(locales[i], day_parts);
    add_months(locales[i], months);
    add_eras(locales[i], eras);
  }
  std::printf("{\n \"format\": \"etherpeil-clock-words/3\",\n");
  std::printf(
      " \"generated\": \"by lib/data/make_clock_words.cpp from ICU %s; do not "
      "edit\",\n",
      U_ICU_VERSION);
  print("day_parts", by_key(day_parts));
  std::printf(",\n");
  print("months", certain(months));
  std::printf(",\n");
  print("eras", certain(eras));
  std::printf(",\n");
  print_umm_al_qura(1430, 1523);  // 2009 to 2100
  std::printf("\n}\n");
}
