#include "parse/details.hpp"

#include <algorithm>

#include "parse/notices.hpp"
#include "text/fold.hpp"
#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

constexpr std::string_view isolate = "\xE2\x81\xA8";      // U+2068
constexpr std::string_view isolate_end = "\xE2\x81\xA9";  // U+2069

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view without_marks(std::string_view line) {
  return line.substr(leading_marks(line));
}

/// The lines of a text; the carriage return of a CRLF goes with its line feed.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// "OPTION: at ten (3 votes)", taken apart. The word for votes is not known.
struct OptionLine {
  std::string_view label{};
  Details::Option option{};
};

std::optional<OptionLine> read_option(std::string_view line) {
  constexpr std::size_t max_label = 40;
  line = trimmed(without_marks(line));
  const std::size_t colon = line.substr(0, max_label).find(':');
  const std::size_t open = line.rfind('(');
  if (colon == std::string_view::npos || colon == 0 ||
      open == std::string_view::npos || open < colon || line.back() != ')') {
    return std::nullopt;
  }
  std::string_view count = line.substr(open + 1, line.size() - open - 2);
  count.remove_prefix(leading_marks(count));
  std::uint32_t votes = 0;
  std::size_t at = 0;
  for (int digits = 0; at < count.size(); ++digits) {
    const text::CodePoint point = text::decode(count, at);
    const int digit = text::digit_value(point.value);
    if (digit < 0 || digits == 9) break;
    votes = votes * 10 + static_cast<std::uint32_t>(digit);
    at += point.length;
  }
  if (at == 0) return std::nullopt;
  return OptionLine{line.substr(0, colon),
                    {trimmed(line.substr(colon + 1, open - colon - 1)), votes}};
}

/// A decimal number at the start of `text`, which loses it.
std::optional<double> read_degrees(std::string_view& text, double limit) {
  std::size_t at = 0;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) ++at;
  double value = 0;
  double scale = 1;
  std::size_t digits = 0;
  bool point = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9' && digits < 15) {
      value = value * 10 + (c - '0');
      if (point) scale *= 10;
      ++digits;
    } else if (c < '0' || c > '9') {
      break;
    }
  }
  value /= scale;
  if (digits == 0 || value > limit) return std::nullopt;
  text.remove_prefix(at);
  return negative ? -value : value;
}

struct Coordinates {
  double latitude{};
  double longitude{};
};

/// "…?q=52.08,5.10" in a link.
std::optional<Coordinates> read_coordinates(std::string_view link) {
  for (const std::string_view key : {"?q=", "&q=", "?ll=", "&ll=", "/@"}) {
    const std::size_t at = link.find(key);
    if (at == std::string_view::npos) continue;
    std::string_view rest = link.substr(at + key.size());
    const auto latitude = read_degrees(rest, 90);
    const std::size_t comma = rest.substr(0, 1) == ","     ? 1
                              : rest.substr(0, 3) == "%2C" ? 3
                                                           : 0;
    rest.remove_prefix(comma);
    const auto longitude = read_degrees(rest, 180);
    if (latitude && comma > 0 && longitude)
      return Coordinates{*latitude, *longitude};
  }
  return std::nullopt;
}

std::size_t find_link(std::string_view text) {
  return std::min({text.find("https://"), text.find("http://"), text.size()});
}

bool is_word_before(std::string_view text, std::size_t at) {
  if (at == 0) return false;
  std::size_t start = at - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80)
    --start;
  return text::is_word_character(text::decode(text, start).value);
}

/// The record's text as WhatsApp wrote it, its terminator off.
std::string_view body_of(const Chat& chat, Index message) {
  std::string_view body =
      chat.raw(message).substr(chat.messages[message].text_start);
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r'))
    body.remove_suffix(1);
  return body;
}

}  // namespace

std::optional<Details::Poll> read_poll(std::string_view text) {
  const auto lines = lines_of(text);
  std::size_t last = lines.size();
  while (last > 0 && trimmed(lines[last - 1]).empty()) --last;
  Details::Poll poll;
  std::string_view label;
  std::size_t first = last;
  for (; first > 0; --first) {
    const auto line = read_option(lines[first - 1]);
    if (!line || (!label.empty() && line->label != label)) break;
    label = line->label;
    poll.options.push_back(line->option);
  }
  if (poll.options.empty() || first == 0) return std::nullopt;
  std::reverse(poll.options.begin(), poll.options.end());
  const std::string_view start = lines.front();
  const std::string_view end = lines[first - 1];
  poll.question = trimmed(without_marks(
      {start.data(),
       static_cast<std::size_t>(end.data() + end.size() - start.data())}));
  return poll;
}

Details::Place read_place(std::string_view text) {
  Details::Place place;
  const std::size_t link = find_link(text);
  std::string_view name = trimmed(text.substr(0, link));
  if (!name.empty() && name.back() == ':') name.remove_suffix(1);
  place.name = trimmed(without_marks(name));
  if (const auto found = read_coordinates(text.substr(link))) {
    place.latitude = found->latitude;
    place.longitude = found->longitude;
  }
  return place;
}

std::size_t place_label(std::string_view body) {
  constexpr std::size_t max_label = 40;
  const std::size_t marks = leading_marks(body);
  // One word and a colon: most texts are told apart here.
  std::size_t word = marks;
  while (word < body.size() && word < marks + max_label && body[word] != ' ' &&
         body[word] != ':')
    ++word;
  if (word >= body.size() || body[word] != ':') return 0;
  const std::size_t link = find_link(body);
  if (link == body.size() || link > marks + max_label || link < marks + 3)
    return 0;
  const std::string_view label = body.substr(marks, link - marks);
  if (label.substr(label.size() - 2) != ": " ||
      label.find_first_of(" :") < label.size() - 2 ||
      body.find_first_of(" \n", link) != std::string_view::npos ||
      body.substr(link).find("://maps.google.com/?q=") ==
          std::string_view::npos ||
      !read_coordinates(body.substr(link))) {
    return 0;
  }
  return link;
}

std::vector<Details::Span> find_mentions(std::string_view text) {
  constexpr std::size_t least_digits = 7;
  constexpr std::size_t most_digits = 15;
  std::vector<Details::Span> found;
  for (std::size_t at = text.find('@'); at != std::string_view::npos;
       at = text.find('@', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    std::size_t length = 0;
    if (rest.substr(0, isolate.size()) == isolate) {
      const std::size_t end = rest.find(isolate_end);
      const std::size_t line = rest.find('\n');
      if (end != std::string_view::npos && end > isolate.size() && end < line)
        length = 1 + end + isolate_end.size();
    } else if (!is_word_before(text, at)) {
      const std::size_t digits =
          std::min(rest.find_first_not_of("0123456789"), rest.size());
      const bool ends =
          digits == rest.size() ||
          !text::is_word_character(text::decode(rest, digits).value);
      if (ends && digits >= least_digits && digits <= most_digits)
        length = 1 + digits;
    }
    if (length == 0) continue;
    found.push_back(
        {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(length)});
    at += length - 1;
  }
  return found;
}

}  // namespace etherpeil::parsing

namespace etherpeil {

Details details(const Chat& chat, Index message) {
  using namespace parsing;
  Details found;
  const Message& row = chat.messages[message];
  const std::string_view text = chat.text(message);
  if (row.human()) found.mentions = find_mentions(text);
  switch (row.kind) {
    case Kind::poll:
      found.poll = read_poll(text);
      if (!found.poll) found.poll = Details::Poll{trimmed(text), {}};
      break;
    case Kind::event: {
      Details::Occasion occasion;
      for (const std::string_view line : lines_of(text)) {
        const std::string_view words = trimmed(without_marks(line));
        if (words.empty()) continue;
        if (occasion.title.empty()) {
          occasion.title = words;
        } else {
          occasion.lines.push_back(words);
        }
      }
      found.occasion = std::move(occasion);
      break;
    }
    case Kind::location:
      found.place = read_place(text);
      found.place->live = text.empty();
      break;
    case Kind::call:
      found.call = notices().call(body_of(chat, message), true);
      break;
    case Kind::deleted:
      found.deleted_by_admin =
          notices().deleted_by_admin(body_of(chat, message));
      break;
    case Kind::system:
      if (row.event == SystemEvent::disappearing_changed)
        found.timer = notices().timer(text);
      break;
    case Kind::text:
    case Kind::media:
    case Kind::contact:
    case Kind::view_once:
    case Kind::waiting:
    case Kind::empty:
    case Kind::unknown:
      break;
  }
  return found;
}

}  // namespace etherpeil
