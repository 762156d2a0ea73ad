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

/// Where a run of digits stands.
struct Run {
  std::uint8_t at{};
  std::uint8_t width{};
};

/// Runs of digits in a header; more than six are no form.
std::vector<Run> digit_runs(std::string_view header) {
  std::vector<Run> runs;
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
std::array<std::uint32_t, 24> read_hours(std::string_view header, Run place,
                                         const Shape& shape) {
  std::array<std::uint32_t, 24> hours{};
  const bool halves = shape.clock != Clock::hours_24;
  for (unsigned hour = 0; hour < hours.size(); ++hour) {
    hours[hour] = Form::no_hour;
    // An hour above 12 beside a word is a contradiction to be told.
    if (halves && hour > 12) continue;
    if (place.width == 1 && hour > 9) continue;
    if (!halves) {
      hours[hour] = hour * 3600;
      continue;
    }
    std::string trial{header};
    const std::string digits = std::to_string(hour);
    for (unsigned i = 0; i < place.width; ++i) trial[place.at + i] = '0';
    const std::size_t shown = std::min<std::size_t>(digits.size(), place.width);
    std::copy(digits.end() - static_cast<std::ptrdiff_t>(shown), digits.end(),
              trial.begin() + place.at + place.width -
                  static_cast<std::ptrdiff_t>(shown));
    if (const auto read = read_header(trial))
      hours[hour] = read->stamp.second_of_day / 3600 * 3600;
  }
  return hours;
}

/// Shapes whose numbers stand as ASCII digits in a known order.
bool can_be_compared(const Shape& shape) {
  return shape.calendar == Calendar::gregorian && !shape.month_word &&
         !shape.no_year;
}

/// Puts a run of digits, right-aligned, in `pairs` pairs from pair `first` on.
bool place_digits(Form& form, Run run, std::size_t first, std::size_t pairs) {
  if (run.width > 2 * pairs) return false;
  for (std::size_t i = 0; i < run.width; ++i) {
    form.places[2 * (first + pairs) - run.width + i] =
        static_cast<std::uint8_t>(run.at + i);
  }
  return true;
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

std::optional<Form::Values> Form::values(const char* text) const {
  const auto digit = [&](std::size_t i) {
    return places[i] == nowhere ? 0 : text[places[i]] - '0';
  };
  Values found = added;
  for (std::size_t i = 0; i < pairs; ++i) {
    const int number = 10 * digit(2 * i) + digit(2 * i + 1);
    if (number < least[i] || number > most[i]) return std::nullopt;
    found[i / 2] += number * weights[i];
  }
  return found;
}

bool Forms::learn(std::string_view line, const Header& header,
                  std::uint8_t shape) {
  if (forms_.size() == max_forms || header.length > Form::max_bytes ||
      !can_be_compared(header.shape) || header.stamp.clock_contradicted) {
    return false;
  }
  const std::string_view text = line.substr(0, header.length);
  const auto runs = digit_runs(text);
  if (runs.size() != (header.shape.seconds ? 6U : 5U)) return false;
  // A known form whose numbers only the grammar can read stays one form.
  if (std::any_of(forms_.begin(), forms_.end(),
                  [&](const Form& known) { return known.fits(line); }))
    return false;
  Form form;
  form.length = static_cast<std::uint8_t>(text.size());
  form.shape = shape;
  form.padded = header.stamp.padded;
  form.places.fill(Form::nowhere);
  // Years above 2399 are of another calendar.
  form.most = {23, 99, 23, 99, 59, 59, 31, 23};
  form.least[6] = 1;
  const std::size_t day = header.shape.year_first ? 2 : 0;
  form.most[day] = 0;
  form.most[day + 1] = 31;
  form.least[day + 1] = 1;
  // Years before 2000 are, too, or they are wrong.
  if (!header.shape.short_year) form.least[2 - day] = 20;
  if (header.shape.short_year) form.added[1 - day / 2] = 2000;
  const std::size_t date = header.shape.time_first ? runs.size() - 3 : 0;
  const std::size_t time = header.shape.time_first ? 0 : 3;
  bool fits = place_digits(form, runs[date], 0, 2) &&
              place_digits(form, runs[date + 1], 6, 1) &&
              place_digits(form, runs[date + 2], 2, 2) &&
              place_digits(form, runs[time], 7, 1) &&
              place_digits(form, runs[time + 1], 4, 1);
  if (header.shape.seconds)
    fits = fits && place_digits(form, runs[time + 2], 5, 1);
  if (!fits) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    form.bytes[i] = text[i];
    (is_digit(text[i]) ? form.digits : form.literals) |= 1U << i;
  }
  form.hours = read_hours(text, runs[time], header.shape);
  // The form must say what the grammar said.
  Stamp again;
  const auto values = form.values(text.data());
  if (!values || !form.read(*values, again) || !(again == header.stamp))
    return false;
  forms_.push_back(form);
  return true;
}

namespace {

/// What a candidate is without its header.
void start(Candidate& candidate, const Forms::Lines& lines, std::size_t i) {
  candidate.offset = lines.offset + lines.starts[i];
  candidate.line = lines.number + static_cast<std::uint32_t>(i);
  candidate.after_crlf =
      candidate.offset > 1 && lines.bytes[candidate.offset - 2] == '\r';
}

/// The header at the start of a line, by plain code. `length` is 0 when the
/// grammar must read it.
void read_line(std::string_view text, const std::vector<Form>& forms,
               Candidate& candidate) {
  candidate.length = 0;
  for (const Form& form : forms) {
    if (!form.fits(text)) continue;
    const auto values = form.values(text.data());
    if (!values || !form.read(*values, candidate.stamp)) return;
    candidate.shape = form.shape;
    candidate.length = form.length;
    return;
  }
}

#ifdef ETHERPEIL_AVX2
#define ETHERPEIL_TARGET __attribute__((target("avx2")))

template <class Value, std::size_t n>
ETHERPEIL_TARGET __m128i load(const std::array<Value, n>& values) {
  static_assert(sizeof values == 16);
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(values.data()));
}

/// `Form::values`. False when a number is out of its bounds.
ETHERPEIL_TARGET bool values_avx2(const Form& form, __m256i line,
                                  Form::Values& values) {
  // A place counts within 16 bytes; bit 7 gives 0, as for `nowhere`.
  const __m128i places = load(form.places);
  const __m256i digits = _mm256_sub_epi8(line, _mm256_set1_epi8('0'));
  const __m128i low = _mm_shuffle_epi8(
      _mm256_castsi256_si128(digits),
      _mm_or_si128(places, _mm_cmpgt_epi8(places, _mm_set1_epi8(15))));
  const __m128i high =
      _mm_shuffle_epi8(_mm256_extracti128_si256(digits, 1),
                       _mm_subs_epi8(places, _mm_set1_epi8(16)));
  const __m128i pairs =
      _mm_maddubs_epi16(_mm_or_si128(low, high), _mm_set1_epi16(0x010A));
  const __m128i wrong = _mm_or_si128(_mm_cmpgt_epi16(load(form.least), pairs),
                                     _mm_cmpgt_epi16(pairs, load(form.most)));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(values.data()),
                   _mm_add_epi32(load(form.added),
                                 _mm_madd_epi16(pairs, load(Form::weights))));
  return _mm_testz_si128(wrong, wrong) != 0;
}

/// `read_line` for a line with 32 bytes before the end of the text.
ETHERPEIL_TARGET void read_line_avx2(const char* text,
                                     const std::vector<Form>& forms,
                                     Candidate& candidate) {
  const __m256i line =
      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
  // c - '0' < 10 without sign, by moving both to the signed range.
  const auto digits =
      static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpgt_epi8(
          _mm256_set1_epi8(static_cast<char>(0x80U + 10U)),
          _mm256_add_epi8(line,
                          _mm256_set1_epi8(static_cast<char>(0x80U - '0'))))));
  candidate.length = 0;
  for (const Form& form : forms) {
    const __m256i wanted =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(form.bytes.data()));
    const auto equal = static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(line, wanted)));
    if ((digits & form.digits) != form.digits ||
        (equal & form.literals) != form.literals)
      continue;
    Form::Values values;
    if (!values_avx2(form, line, values) || !form.read(values, candidate.stamp))
      return;
    candidate.shape = form.shape;
    candidate.length = form.length;
    return;
  }
}

/// All lines with 32 bytes before the end; gives how many those are.
ETHERPEIL_TARGET std::size_t read_avx2(const Forms::Lines& lines,
                                       const std::vector<Form>& forms,
                                       bool months, Candidate* found,
                                       Forms::Found& result) {
  std::size_t i = 0;
  std::size_t count = 0;
  bool all_known = true;
  for (; i + 1 < lines.starts.size(); ++i) {
    const std::size_t at = lines.offset + std::size_t{lines.starts[i]};
    if (at + Form::max_bytes > lines.bytes.size()) break;
    const char* const text = lines.bytes.data() + at;
    if (!may_start_header(*text) && !(months && may_start_month(*text)))
      continue;
    Candidate& candidate = found[count++];
    start(candidate, lines, i);
    read_line_avx2(text, forms, candidate);
    all_known = all_known && candidate.length > 0;
  }
  result = {count, all_known};
  return i;
}

#undef ETHERPEIL_TARGET
#endif

}  // namespace

Forms::Found Forms::read(const Lines& lines, text::Isa isa,
                         Candidate* found) const {
  Found result;
  std::size_t i = 0;
#ifdef ETHERPEIL_AVX2
  if (isa == text::Isa::avx2)
    i = read_avx2(lines, forms_, months_, found, result);
#endif
  static_cast<void>(isa);
  for (; i + 1 < lines.starts.size(); ++i) {
    const std::string_view text =
        lines.bytes.substr(std::min(lines.offset + std::size_t{lines.starts[i]},
                                    lines.bytes.size()),
                           Form::max_bytes);
    if (text.empty() || !(may_start_header(text.front()) ||
                          (months_ && may_start_month(text.front()))))
      continue;
    Candidate& candidate = found[result.count++];
    start(candidate, lines, i);
    read_line(text, forms_, candidate);
    result.all_known = result.all_known && candidate.length > 0;
  }
  return result;
}

}  // namespace etherpeil::parsing
