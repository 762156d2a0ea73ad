#include "parse/header.hpp"

#include <algorithm>

#include "parse/clock_words.hpp"
#include "text/fold.hpp"
#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

constexpr std::size_t max_header_bytes = 160;
constexpr std::size_t max_word_bytes = 48;

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

struct Number {
  std::uint16_t value{};
  std::uint8_t digits{};
};

/// Reads tokens from a line, passing over format marks.
class Cursor {
 public:
  explicit Cursor(std::string_view line)
      : line_(line.substr(0, max_header_bytes)) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  void move_to(std::size_t at) { at_ = at; }
  [[nodiscard]] std::string_view rest() const {
    return line_.substr(std::min(at_, line_.size()));
  }

  void skip_marks() {
    while (at_ < line_.size() &&
           static_cast<unsigned char>(line_[at_]) >= 0xC2) {
      const text::CodePoint point = text::decode(line_, at_);
      if (!text::is_format_mark(point.value)) return;
      at_ += point.length;
    }
  }

  /// The byte here, after marks; 0 at the end.
  [[nodiscard]] char peek() {
    skip_marks();
    return at_ < line_.size() ? line_[at_] : '\0';
  }

  bool eat(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }

  bool eat(std::string_view wanted) {
    skip_marks();
    if (rest().substr(0, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  /// Spaces of any width; how many.
  int spaces() {
    int count = 0;
    while (eat(' ') || eat("\xC2\xA0") || eat("\xE2\x80\xAF")) ++count;
    return count;
  }

  bool comma() { return eat(',') || eat("\xD8\x8C") || eat("\xE3\x80\x81"); }

  [[nodiscard]] bool at_digit() {
    skip_marks();
    return at_ < line_.size() && digit_here() >= 0;
  }

  std::optional<Number> number() {
    Number number;
    skip_marks();
    for (int digit = 0; at_ < line_.size() && (digit = digit_here()) >= 0;) {
      if (++number.digits > 4) return std::nullopt;
      number.value = static_cast<std::uint16_t>(number.value * 10 + digit);
      at_ += is_ascii_digit(line_[at_]) ? 1 : text::decode(line_, at_).length;
    }
    if (number.digits == 0) return std::nullopt;
    return number;
  }

  /// The calendar that the word here names, which is then behind.
  std::optional<Calendar> calendar() {
    skip_marks();
    std::size_t end = at_;
    while (end < line_.size() && line_[end] != ' ' && line_[end] != ',' &&
           line_.substr(end, 2) != "\xD8\x8C" && !is_ascii_digit(line_[end]) &&
           end - at_ <= max_word_bytes) {
      end += text::decode(line_, end).length;
    }
    if (end == at_ || end - at_ > max_word_bytes) return std::nullopt;
    const auto named = calendar_named(line_.substr(at_, end - at_));
    if (named) at_ = end;
    return named;
  }

  /// What stands before the next digit; nothing when it is too long.
  std::optional<std::string_view> word_before_digit() {
    skip_marks();
    const std::size_t start = at_;
    while (at_ < line_.size() && digit_here() < 0 &&
           at_ - start <= max_word_bytes) {
      at_ += text::decode(line_, at_).length;
    }
    if (at_ >= line_.size() || at_ - start > max_word_bytes)
      return std::nullopt;
    return line_.substr(start, at_ - start);
  }

 private:
  [[nodiscard]] int digit_here() const {
    const char c = line_[at_];
    if (is_ascii_digit(c)) return c - '0';
    if (static_cast<unsigned char>(c) < 0xD8) return -1;
    return text::digit_value(text::decode(line_, at_).value);
  }

  std::string_view line_;
  std::size_t at_{};
};

/// The number of a year, with the calendar that its letters name.
bool read_year(Cursor& in, Shape& shape, std::uint16_t& year) {
  constexpr std::uint16_t reiwa = 2018;
  constexpr std::uint16_t heisei = 1988;
  const bool r = in.eat('R');
  const bool h = !r && in.eat('H');
  const auto number = in.number();
  if (!number) return false;
  year = number->value;
  if (r || h) {
    shape.calendar = Calendar::japanese;
    shape.era = true;
    year = static_cast<std::uint16_t>(year + (r ? reiwa : heisei));
    return true;
  }
  if (number->digits != 2 && number->digits != 4) return false;
  shape.short_year = number->digits == 2;
  Cursor ahead = in;
  ahead.spaces();
  const auto named = ahead.calendar();
  const auto full = named ? full_year(*named, year) : std::nullopt;
  if (full) {
    in = ahead;
    shape.era = true;
    shape.calendar = *named;
    year = *full;
  } else if (shape.short_year) {
    year = static_cast<std::uint16_t>(year + 2000);
  } else {
    shape.calendar = calendar_of(year);
    year = full_year(shape.calendar, year).value_or(year);
  }
  return true;
}

bool is_day_or_month(const Number& number) {
  return number.digits <= 2 && number.value >= 1 && number.value <= 31;
}

/// "28 Aug 2013" and "18 Mar". What month the word is, if any, is asked at the
/// end: few lines that begin like this are headers, and the words are many.
bool read_month_word(Cursor& in, Header& header, const Number& day,
                     std::string_view& month) {
  Shape& shape = header.shape;
  in.spaces();
  const auto word = in.word_before_digit();
  if (!word || word->empty() || !is_day_or_month(day)) return false;
  month = *word;
  shape.month_word = true;
  shape.date_separator = ' ';
  header.stamp.first = day.value;
  const Cursor before = in;
  const auto year = in.number();
  if (year && year->digits == 4) {
    header.stamp.third = year->value;
    return true;
  }
  in = before;
  in.move_to(in.at() - 1);  // the space behind the month is the gap to the time
  shape.no_year = true;
  return word->back() == ' ';
}

/// "Dec 31, 2020"; the month as above.
bool read_month_first(Cursor& in, Header& header, std::string_view& month) {
  Shape& shape = header.shape;
  const auto word = in.word_before_digit();
  if (!word || word->find(' ') != word->size() - 1) return false;
  const auto day = in.number();
  if (!day || !is_day_or_month(*day)) return false;
  month = *word;
  shape.month_word = shape.month_first = true;
  shape.date_separator = in.comma() ? ',' : ' ';
  if (in.spaces() == 0) return false;
  const auto year = in.number();
  if (!year || year->digits != 4) return false;
  header.stamp.second = day->value;
  header.stamp.third = year->value;
  return true;
}

bool read_date(Cursor& in, Header& header, std::string_view& month) {
  Cursor ahead = in;
  const bool era = (ahead.eat('R') || ahead.eat('H')) && ahead.at_digit();
  if (!era && may_start_month(in.peek()))
    return read_month_first(in, header, month);
  Shape& shape = header.shape;
  Stamp& stamp = header.stamp;
  const Cursor start = in;
  const auto first = in.number();
  if (!first && !era) return false;
  shape.year_first = era || first->digits == 4;
  if (shape.year_first) {
    in = start;
    if (!read_year(in, shape, stamp.first)) return false;
  } else {
    stamp.first = first->value;
  }
  const char separator = in.peek();
  if (separator == ' ' && !shape.year_first)
    return read_month_word(in, header, *first, month);
  if (separator != '-' && separator != '/' && separator != '.') return false;
  shape.date_separator = separator;
  in.eat(separator);
  in.spaces();
  const auto second = in.number();
  if (!second || !is_day_or_month(*second) || !in.eat(separator)) return false;
  in.spaces();
  stamp.second = second->value;
  stamp.padded = second->digits == 2;
  if (shape.year_first) {
    const auto third = in.number();
    if (!third || !is_day_or_month(*third)) return false;
    stamp.third = third->value;
    stamp.padded = stamp.padded && third->digits == 2;
  } else {
    if (!is_day_or_month(*first) || !read_year(in, shape, stamp.third))
      return false;
    stamp.padded = stamp.padded && first->digits == 2;
  }
  in.eat('.');  // "2022. 05. 02. 16:08"
  return true;
}

/// What stands between date and time: a comma, a word ("klo"), or the part of
/// the day, which some languages put before the hour.
bool read_gap(Cursor& in, Shape& shape, std::string_view& day_part) {
  shape.comma = in.comma();
  if (in.spaces() == 0) return false;
  if (in.at_digit()) return true;
  const auto word = in.word_before_digit();
  if (!word) return false;
  if (hour_of_day(1, *word)) {
    day_part = *word;
    shape.clock = Clock::mark_before;
    return true;
  }
  shape.word = true;
  shape.comma = shape.comma || word->find(',') != std::string_view::npos;
  // A word that means nothing to the clock stands apart from the hour.
  return word->size() <= 12 && (word->back() == ' ' || word->back() == '\xA0');
}

struct Time {
  unsigned hour{};
  unsigned minute{};
  unsigned second{};
};

bool read_time(Cursor& in, Header& header, Time& time) {
  Shape& shape = header.shape;
  const auto hour = in.number();
  shape.time_separator = in.peek();
  if (!hour || hour->digits > 2 ||
      (shape.time_separator != ':' && shape.time_separator != '.')) {
    return false;
  }
  in.eat(shape.time_separator);
  const auto minute = in.number();
  if (!minute || minute->digits != 2 || minute->value > 59) return false;
  Cursor ahead = in;
  if (ahead.eat(shape.time_separator)) {
    if (const auto second = ahead.number();
        second && second->digits == 2 && second->value < 60) {
      time.second = second->value;
      shape.seconds = true;
      in = ahead;
    }
  }
  time.hour = hour->value;
  time.minute = minute->value;
  header.stamp.padded = header.stamp.padded && hour->digits == 2;
  return time.hour < 24;
}

/// Where the header ends, and what stands before that end.
struct End {
  std::string_view before{};
  std::size_t length{};
};

std::optional<End> find_end(std::string_view rest, bool bracket, Shape& shape) {
  const std::string_view near = rest.substr(0, max_word_bytes + 8);
  if (bracket) {
    shape.family = Family::bracket;
    const std::size_t end = near.find("] ");
    if (end == std::string_view::npos) return std::nullopt;
    return End{near.substr(0, end), end + 2};
  }
  const std::size_t hyphen = near.find(" - ");
  const std::size_t dash = near.find(" \xE2\x80\x93 ");
  const std::size_t colon =
      shape.seconds ? near.find(": ") : std::string_view::npos;
  const std::size_t end = std::min({hyphen, dash, colon});
  if (end == std::string_view::npos) return std::nullopt;
  shape.family = end == colon ? Family::colon : Family::dash;
  const std::size_t width = end == colon ? 2 : end == dash ? 5 : 3;
  return End{near.substr(0, end), end + width};
}

/// Only spaces and format marks.
bool is_empty(std::string_view text) {
  Cursor in{text};
  while (in.spaces() > 0) {
  }
  in.skip_marks();
  return in.rest().empty();
}

bool set_time(Header& header, const Time& time, std::string_view day_part) {
  unsigned hour = time.hour;
  if (!day_part.empty()) {
    const auto said = hour_of_day(hour, day_part);
    if (!said) return false;
    header.stamp.clock_contradicted = hour > 12;
    hour = *said;
  }
  header.stamp.second_of_day = hour * 3600 + time.minute * 60 + time.second;
  return true;
}

}  // namespace

std::optional<Header> read_header(std::string_view line) {
  Header header;
  Shape& shape = header.shape;
  Cursor in{line};
  const bool bracket = in.eat('[');
  Time time;
  std::string_view day_part;
  std::string_view month;
  const Cursor start = in;
  if (read_date(in, header, month) && read_gap(in, shape, day_part)) {
    if (!read_time(in, header, time)) return std::nullopt;
  } else {
    in = start;
    header = Header{};
    month = {};
    shape.time_first = true;
    if (!read_time(in, header, time)) return std::nullopt;
    shape.comma = in.comma();
    if (in.spaces() == 0 || !read_date(in, header, month)) return std::nullopt;
    // "[16:08, 5/2/2022] " is what a copy from WhatsApp Web looks like.
    if (bracket && !shape.seconds) return std::nullopt;
  }
  const auto end = find_end(in.rest(), bracket, shape);
  if (!end) return std::nullopt;
  if (!is_empty(end->before)) {
    if (!day_part.empty() || shape.time_first) return std::nullopt;
    day_part = end->before;
    shape.clock = Clock::mark_after;
  }
  if (!set_time(header, time, day_part)) return std::nullopt;
  if (shape.month_word) {
    const auto number = month_of(month);
    if (!number) return std::nullopt;
    (shape.month_first ? header.stamp.first : header.stamp.second) =
        static_cast<std::uint16_t>(*number);
  }
  header.length = static_cast<std::uint32_t>(in.at() + end->length);
  return header;
}

namespace {

std::string date_pattern(const Shape& shape, DateOrder order, bool padded) {
  const std::string day = padded ? "dd" : "d";
  const std::string month = shape.month_word ? "MMM" : padded ? "MM" : "M";
  std::string year = shape.short_year ? "yy" : "yyyy";
  if (shape.calendar == Calendar::japanese) year = "Gy";
  if (shape.calendar != Calendar::japanese && shape.era) year += " G";
  const std::string sep(1, shape.date_separator);
  if (shape.no_year) return day + sep + month;
  if (shape.month_first)
    return month + " " + day + (sep == "," ? ", " : " ") + year;
  switch (order) {
    case DateOrder::dmy:
      return day + sep + month + sep + year;
    case DateOrder::mdy:
      return month + sep + day + sep + year;
    case DateOrder::ymd:
      return year + sep + month + sep + day;
  }
  return {};
}

std::string time_pattern(const Shape& shape, bool padded) {
  const bool twelve = shape.clock != Clock::hours_24;
  std::string text = shape.clock == Clock::mark_before ? "a" : "";
  text += twelve ? "h" : padded ? "HH" : "H";
  text += std::string(1, shape.time_separator) + "mm";
  if (shape.seconds) text += std::string(1, shape.time_separator) + "ss";
  if (shape.clock == Clock::mark_after) text += " a";
  return text;
}

}  // namespace

std::string pattern(const Shape& shape, DateOrder order, bool padded) {
  const std::string date = date_pattern(shape, order, padded);
  const std::string time = time_pattern(shape, padded);
  std::string text = shape.family == Family::bracket ? "[" : "";
  if (shape.time_first) {
    text += time + (shape.comma ? ", " : " ") + date;
  } else {
    text +=
        date + (shape.comma ? ", " : " ") + (shape.word ? "'*' " : "") + time;
  }
  text += shape.family == Family::bracket ? "] "
          : shape.family == Family::dash  ? " - "
                                          : ": ";
  if (shape.era) return text;
  switch (shape.calendar) {
    case Calendar::gregorian:
    case Calendar::japanese:
      return text;
    case Calendar::buddhist:
      return text + "@calendar=buddhist";
    case Calendar::persian:
      return text + "@calendar=persian";
    case Calendar::umm_al_qura:
      return text + "@calendar=islamic-umalqura";
  }
  return text;
}

}  // namespace etherpeil::parsing
