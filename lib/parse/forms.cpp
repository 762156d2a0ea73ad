#include "parse/forms.hpp"

#include <algorithm>

#include "parse/clock_words.hpp"

#ifdef ETHERPEIL_AVX2
#include <immintrin.h>
#endif

namespace etherpeil::parsing {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A header starts with a digit of some script, a bracket or a format mark.
bool may_start_header(char c) {
  return c == '[' || is_digit(c) || static_cast<unsigned char>(c) >= 0xD8;
}

/// One to four digits.
std::uint16_t number(const char* text, Form::Place place) {
  unsigned value = 0;
  for (unsigned i = 0; i < place.width; ++i) {
    value = value * 10 + static_cast<unsigned>(text[place.at + i] - '0');
  }
  return static_cast<std::uint16_t>(value);
}

/// Runs of digits in a header; more than six are no form.
std::vector<Form::Place> digit_runs(std::string_view header) {
  std::vector<Form::Place> runs;
  for (std::size_t at = 0; at < header.size(); ++at) {
    if (!is_digit(header[at])) continue;
    if (at == 0 || !is_digit(header[at - 1]))
      runs.push_back({static_cast<std::uint8_t>(at), 0});
    ++runs.back().width;
  }
  return runs;
}

/// What the part of the day in a form makes of each shown hour. Learned by
/// asking the grammar, which knows the words.
std::array<std::uint8_t, 24> read_hours(std::string_view header,
                                        Form::Place place, const Shape& shape) {
  std::array<std::uint8_t, 24> hours{};
  const bool halves = shape.clock != Clock::hours_24;
  for (unsigned hour = 0; hour < hours.size(); ++hour) {
    hours[hour] = Form::no_hour;
    // An hour above 12 beside a word is a contradiction to be told.
    if (halves && hour > 12) continue;
    if (place.width == 1 && hour > 9) continue;
    std::string trial{header};
    const std::string digits = std::to_string(hour);
    for (unsigned i = 0; i < place.width; ++i) trial[place.at + i] = '0';
    const std::size_t shown = std::min<std::size_t>(digits.size(), place.width);
    std::copy(digits.end() - static_cast<std::ptrdiff_t>(shown), digits.end(),
              trial.begin() + place.at + place.width -
                  static_cast<std::ptrdiff_t>(shown));
    if (const auto read = read_header(trial))
      hours[hour] = static_cast<std::uint8_t>(read->stamp.second_of_day / 3600);
  }
  return hours;
}

/// Shapes whose numbers stand as ASCII digits in a known order.
bool can_be_compared(const Shape& shape) {
  return shape.calendar == Calendar::gregorian && !shape.month_word &&
         !shape.no_year;
}

}  // namespace

bool Form::fits(std::string_view text) const {
  if (text.size() < length) return false;
  for (std::size_t i = 0; i < length; ++i) {
    const bool digit = (digits >> i & 1U) != 0;
    if (digit ? !is_digit(text[i]) : text[i] != bytes[i]) return false;
  }
  return true;
}

bool Form::read(const char* text, Stamp& stamp) const {
  stamp.first = number(text, places[0]);
  stamp.second = number(text, places[1]);
  stamp.third = number(text, places[2]);
  std::uint16_t& year = shape.year_first ? stamp.first : stamp.third;
  const std::uint16_t day = shape.year_first ? stamp.third : stamp.first;
  if (shape.short_year) year = static_cast<std::uint16_t>(year + 2000);
  const unsigned hour = number(text, places[3]);
  const unsigned minute = number(text, places[4]);
  const unsigned second = number(text, places[5]);
  if (day - 1U > 30 || stamp.second - 1U > 30 || year > 2400 || hour > 23 ||
      minute > 59 || second > 59 || hours[hour] == no_hour) {
    return false;
  }
  stamp.second_of_day = hours[hour] * 3600U + minute * 60 + second;
  stamp.padded = padded;
  stamp.clock_contradicted = false;
  return true;
}

void Forms::learn(std::string_view line, const Header& header) {
  if (forms_.size() == max_forms || header.length > Form::max_bytes ||
      !can_be_compared(header.shape) || header.stamp.clock_contradicted) {
    return;
  }
  const std::string_view text = line.substr(0, header.length);
  const auto runs = digit_runs(text);
  if (runs.size() != (header.shape.seconds ? 6U : 5U)) return;
  Form form;
  form.length = static_cast<std::uint8_t>(text.size());
  form.shape = header.shape;
  form.padded = header.stamp.padded;
  const std::size_t date = header.shape.time_first ? runs.size() - 3 : 0;
  const std::size_t time = header.shape.time_first ? 0 : 3;
  std::copy_n(runs.begin() + static_cast<std::ptrdiff_t>(date), 3,
              form.places.begin());
  std::copy_n(runs.begin() + static_cast<std::ptrdiff_t>(time), runs.size() - 3,
              form.places.begin() + 3);
  for (std::size_t i = 0; i < text.size(); ++i) {
    form.bytes[i] = text[i];
    (is_digit(text[i]) ? form.digits : form.literals) |= 1U << i;
  }
  form.hours = read_hours(text, form.places[3], header.shape);
  // The form must say what the grammar said.
  Stamp again;
  if (!form.read(text.data(), again) || !(again == header.stamp)) return;
  forms_.push_back(form);
}

std::uint8_t Forms::match_line(std::string_view text) const {
  if (text.empty() || !may_start_header(text.front())) return no_header;
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    if (forms_[i].fits(text)) return static_cast<std::uint8_t>(i);
  }
  return unknown;
}

namespace {

#ifdef ETHERPEIL_AVX2
/// All lines that have 32 bytes before the end; gives how many those are.
__attribute__((target("avx2"))) std::size_t match_avx2(
    std::string_view bytes, std::span<const std::uint32_t> lines,
    const std::vector<Form>& forms, std::vector<std::uint8_t>& found) {
  const __m256i shift = _mm256_set1_epi8(static_cast<char>(0x80U - '0'));
  const __m256i ten = _mm256_set1_epi8(static_cast<char>(0x80U + 10U));
  std::size_t i = 0;
  for (; i + 1 < lines.size() && lines[i] + Form::max_bytes <= bytes.size();
       ++i) {
    const char* const text = bytes.data() + lines[i];
    found[i] = Forms::no_header;
    if (!may_start_header(*text)) continue;
    const __m256i line =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
    // c - '0' < 10 without sign, by moving both to the signed range.
    const auto digits = static_cast<std::uint32_t>(_mm256_movemask_epi8(
        _mm256_cmpgt_epi8(ten, _mm256_add_epi8(line, shift))));
    found[i] = Forms::unknown;
    for (std::size_t k = 0; k < forms.size(); ++k) {
      const Form& form = forms[k];
      const __m256i wanted = _mm256_loadu_si256(
          reinterpret_cast<const __m256i*>(form.bytes.data()));
      const auto equal = static_cast<std::uint32_t>(
          _mm256_movemask_epi8(_mm256_cmpeq_epi8(line, wanted)));
      if ((digits & form.digits) == form.digits &&
          (equal & form.literals) == form.literals) {
        found[i] = static_cast<std::uint8_t>(k);
        break;
      }
    }
  }
  return i;
}
#endif

}  // namespace

void Forms::match(std::string_view bytes, std::span<const std::uint32_t> lines,
                  text::Isa isa, std::vector<std::uint8_t>& forms) const {
  if (forms.size() < lines.size()) forms.resize(lines.size());
  std::size_t i = 0;
#ifdef ETHERPEIL_AVX2
  if (isa == text::Isa::avx2) i = match_avx2(bytes, lines, forms_, forms);
#endif
  static_cast<void>(isa);
  for (; i + 1 < lines.size(); ++i) {
    forms[i] = match_line(bytes.substr(lines[i], Form::max_bytes));
  }
}

}  // namespace etherpeil::parsing
