#include "classify/features.hpp"

#include <algorithm>
#include <optional>

namespace etherpeil::classify {
namespace {

constexpr std::array<std::uint32_t, 8> lengths{0, 1, 2, 4, 7, 12, 20, 35};

/// Names of the bits of `shapes_of`: the bands of length, then the others.
struct Shape {
  enum Bit : std::uint8_t {
    media = 9,
    deleted,
    poll,
    location,
    view_once,
    other,
    image,
    video,
    question,
    emoji_only,
    capitals,
    other_script,
    exclamations,
    exclamation,
    ellipsis,
    lines,
    digits,
    at,
    address,
    starts_capital,
    ends_stop,
    ends_question,
    emoji
  };
};

constexpr std::array<std::string_view, shape_count> shape_names{
    "words=0",       "words=1",        "words=2",
    "words=3-4",     "words=5-7",      "words=8-12",
    "words=13-20",   "words=21-35",    "words=36-",
    "kind=media",    "kind=deleted",   "kind=poll",
    "kind=location", "kind=view_once", "kind=other",
    "image",         "video",          "question",
    "emoji-only",    "capitals",       "other-script",
    "exclamations",  "exclamation",    "ellipsis",
    "lines",         "digits",         "at",
    "address",       "starts-capital", "ends-stop",
    "ends-question", "emoji"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

std::optional<Shape::Bit> shape_of(Kind kind) {
  switch (kind) {
    case Kind::media:
      return Shape::media;
    case Kind::deleted:
      return Shape::deleted;
    case Kind::poll:
      return Shape::poll;
    case Kind::location:
      return Shape::location;
    case Kind::view_once:
      return Shape::view_once;
    case Kind::text:
      return {};
    default:
      return Shape::other;
  }
}

/// A label's key, or "-".
std::string_view key_of(std::uint8_t label,
                        const std::vector<LabelCode>& labels) {
  return label < labels.size() ? std::string_view{labels[label].key}
                               : std::string_view{"-"};
}

constexpr std::array<std::string_view, gap_steps> step_names{
    "30s", "2m", "10m", "1h", "6h", "long"};

/// Messages since the last report.
constexpr std::array<std::uint32_t, 4> distances{1, 3, 7, 15};
constexpr std::array<std::string_view, 5> distance_names{"1", "2-3", "4-7",
                                                         "8-15", "16-"};

std::size_t distance_step(std::uint32_t messages) {
  return static_cast<std::size_t>(
      std::lower_bound(distances.begin(), distances.end(), messages) -
      distances.begin());
}

}  // namespace

std::string_view to_string(Block block) {
  constexpr std::array<std::string_view, block_count> names{
      "rule", "lexicon", "word", "pair", "letters", "shape", "context"};
  return names[static_cast<std::size_t>(block)];
}

std::string named(Block block, std::string_view name) {
  std::string full{to_string(block)};
  full += ':';
  full += name;
  return full;
}

std::string_view word_name(const Unit& unit, std::string& buffer) {
  if (unit.masked()) return {};
  const std::string_view word = unit.word->text;
  if (word.find("://") != std::string_view::npos ||
      word.substr(0, 4) == "www.") {
    return "<url>";
  }
  const auto digits = std::count_if(word.begin(), word.end(), is_digit);
  if (digits == 0) return word;
  if (digits > 4) return {};
  buffer = word;
  std::replace_if(buffer.begin(), buffer.end(), is_digit, '0');
  return buffer;
}

std::string_view shape_name(std::size_t bit) { return shape_names[bit]; }

std::uint32_t shapes_of(std::string_view text, const Message& message,
                        const Facts& facts) {
  std::uint32_t set = 0;
  const auto add = [&](std::size_t bit, bool here = true) {
    set |= std::uint32_t{here} << bit;
  };
  add(static_cast<std::size_t>(
      std::lower_bound(lengths.begin(), lengths.end(), facts.words) -
      lengths.begin()));
  if (const auto kind = shape_of(message.kind)) add(*kind);
  add(Shape::image, message.media == MediaType::image);
  add(Shape::video, message.media == MediaType::video);
  add(Shape::question, facts.question);
  add(Shape::emoji_only, facts.emoji_only);
  add(Shape::capitals, facts.capitals);
  add(Shape::other_script, !facts.latin);
  if (text.empty()) return set;
  const Signs& signs = facts.signs;
  add(Shape::lines, signs.line_end);
  add(Shape::digits, signs.digit);
  add(Shape::at, signs.at);
  add(Shape::emoji, signs.four_bytes);
  add(Shape::exclamations, signs.exclamations > 1);
  add(Shape::exclamation, signs.exclamations == 1);
  add(Shape::ellipsis, text.find("..") != std::string_view::npos);
  add(Shape::address, text.find("http") != std::string_view::npos);
  add(Shape::starts_capital, is_capital(text.front()));
  add(Shape::ends_stop, text.back() == '.');
  add(Shape::ends_question, text.back() == '?');
  return set;
}

std::size_t gap_step(std::uint32_t seconds) {
  constexpr std::array<std::uint32_t, gap_steps - 1> limits{30, 120, 600, 3600,
                                                            21600};
  return static_cast<std::size_t>(
      std::lower_bound(limits.begin(), limits.end(), seconds) - limits.begin());
}

std::uint64_t context_key(const Surroundings& around) {
  std::uint64_t key = 0;
  const auto add = [&](std::uint64_t value, unsigned bits) {
    key = key << bits | value;
  };
  // A label, or none: five bits.
  add(around.previous & 31U, 5);
  add(around.before_previous & 31U, 5);
  add(around.report & 31U, 5);
  add(gap_step(around.gap), 3);
  add(gap_step(around.report_age), 3);
  add(distance_step(around.since_report), 3);
  add(static_cast<std::uint64_t>(around.role), 4);
  add(around.hour < 6 || around.hour == 23 ? 1 : 0, 1);
  add(around.few_words ? 1 : 0, 1);
  for (const bool flag :
       {around.previous_mine, around.before_mine, around.report_mine,
        around.report_closed, around.shares_words, around.named_before,
        around.question})
    add(flag ? 1 : 0, 1);
  return key;
}

void context_names(const Surroundings& around,
                   const std::vector<LabelCode>& labels,
                   std::vector<std::string>& names) {
  names.clear();
  const auto add = [&](std::initializer_list<std::string_view> parts) {
    std::string name;
    for (const std::string_view part : parts) name += part;
    names.push_back(std::move(name));
  };
  const std::string_view mine = around.previous_mine ? ",own" : ",other";
  const std::string_view step = step_names[gap_step(around.gap)];
  add({"gap=", step});
  if (around.gap <= 3600) {
    const std::string_view key = key_of(around.previous, labels);
    add({"previous=", key, mine});
    add({"before=", key_of(around.before_previous, labels),
         around.before_mine ? ",own" : ",other"});
    if (around.few_words) add({"short,previous=", key, mine});
    if (around.question) add({"question,previous=", key, mine});
    add({"gap=", step, mine});
  }
  if (around.role != Role::unknown) {
    add({"role=", to_string(around.role)});
    if (around.question) add({"question,role=", to_string(around.role)});
  }
  if (around.report != Surroundings::none) {
    const std::string_view whose = around.report_mine ? ",own" : ",other";
    const std::string_view closed = around.report_closed ? ",closed" : "";
    const std::string_view far =
        distance_names[distance_step(around.since_report)];
    add({"report=", key_of(around.report, labels), whose});
    add({"report-distance=", far, closed});
    add({"report-age=", step_names[gap_step(around.report_age)], whose});
    if (around.few_words) add({"short,report", closed, whose});
    if (around.shares_words) add({"report-words", whose});
    if (around.named_before) add({"report-taker", closed});
  } else {
    add({"no-report"});
    if (around.few_words) add({"short,no-report"});
  }
  if (around.hour < 6 || around.hour == 23) add({"night"});
}

}  // namespace etherpeil::classify
