#include "classify/features.hpp"

#include <algorithm>

namespace etherpeil::classify {
namespace {

struct Band {
  std::uint32_t up_to{};
  std::string_view name{};
};

template <std::size_t N>
std::string_view band(const std::array<Band, N>& bands, std::uint32_t value) {
  for (const Band& candidate : bands) {
    if (value <= candidate.up_to) return candidate.name;
  }
  return bands.back().name;
}

constexpr std::array<Band, 9> lengths{{{0, "words=0"},
                                       {1, "words=1"},
                                       {2, "words=2"},
                                       {4, "words=3-4"},
                                       {7, "words=5-7"},
                                       {12, "words=8-12"},
                                       {20, "words=13-20"},
                                       {35, "words=21-35"},
                                       {UINT32_MAX, "words=36-"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::media:
      return "kind=media";
    case Kind::deleted:
      return "kind=deleted";
    case Kind::poll:
      return "kind=poll";
    case Kind::location:
      return "kind=location";
    case Kind::view_once:
      return "kind=view_once";
    case Kind::text:
      return {};
    default:
      return "kind=other";
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

constexpr std::array<Band, 5> distances{
    {{1, "1"}, {3, "2-3"}, {7, "4-7"}, {15, "8-15"}, {UINT32_MAX, "16-"}}};

}  // namespace

std::string_view to_string(Block block) {
  constexpr std::array<std::string_view, block_count> names{
      "rule", "lexicon", "word", "pair", "letters", "shape", "context"};
  return names[static_cast<std::size_t>(block)];
}

std::string word_name(const Unit& unit) {
  if (unit.masked()) return {};
  const std::string_view word = unit.word->text;
  if (word.find("://") != std::string_view::npos ||
      word.substr(0, 4) == "www.") {
    return "<url>";
  }
  std::string name{word};
  std::size_t digits = 0;
  for (char& c : name) {
    if (!is_digit(c)) continue;
    c = '0';
    ++digits;
  }
  return digits > 4 ? std::string{} : name;
}

void shape_names(std::string_view text, const Message& message,
                 const Facts& facts, std::vector<std::string_view>& names) {
  names.clear();
  names.push_back(band(lengths, facts.words));
  if (const auto kind = kind_name(message.kind); !kind.empty())
    names.push_back(kind);
  if (message.media == MediaType::image) names.push_back("image");
  if (message.media == MediaType::video) names.push_back("video");
  if (facts.question) names.push_back("question");
  if (facts.emoji_only) names.push_back("emoji-only");
  if (facts.capitals) names.push_back("capitals");
  if (!facts.latin) names.push_back("other-script");
  if (text.empty()) return;
  const auto exclamations = std::count(text.begin(), text.end(), '!');
  if (exclamations > 0)
    names.push_back(exclamations > 1 ? "exclamations" : "exclamation");
  if (text.find("..") != std::string_view::npos) names.push_back("ellipsis");
  if (text.find('\n') != std::string_view::npos) names.push_back("lines");
  if (std::any_of(text.begin(), text.end(), is_digit))
    names.push_back("digits");
  if (text.find('@') != std::string_view::npos) names.push_back("at");
  if (text.find("http") != std::string_view::npos) names.push_back("address");
  if (is_capital(text.front())) names.push_back("starts-capital");
  if (text.back() == '.') names.push_back("ends-stop");
  if (text.back() == '?') names.push_back("ends-question");
  if (std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0xF0;
      })) {
    names.push_back("emoji");
  }
}

std::size_t gap_step(std::uint32_t seconds) {
  constexpr std::array<std::uint32_t, gap_steps - 1> limits{30, 120, 600, 3600,
                                                            21600};
  return static_cast<std::size_t>(
      std::lower_bound(limits.begin(), limits.end(), seconds) - limits.begin());
}

void context_names(const Surroundings& around, Role role, const Facts& facts,
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
    if (facts.words <= 3) add({"short,previous=", key, mine});
    if (facts.question) add({"question,previous=", key, mine});
    add({"gap=", step, mine});
  }
  if (role != Role::unknown) {
    add({"role=", to_string(role)});
    if (facts.question) add({"question,role=", to_string(role)});
  }
  if (around.report != Surroundings::none) {
    const std::string_view whose = around.report_mine ? ",own" : ",other";
    const std::string_view closed = around.report_closed ? ",closed" : "";
    const std::string_view far = band(distances, around.since_report);
    add({"report=", key_of(around.report, labels), whose});
    add({"report-distance=", far, closed});
    add({"report-age=", step_names[gap_step(around.report_age)], whose});
    if (facts.words <= 3) add({"short,report", closed, whose});
    if (around.shares_words) add({"report-words", whose});
    if (around.named_before) add({"report-taker", closed});
  } else {
    add({"no-report"});
    if (facts.words <= 3) add({"short,no-report"});
  }
  if (around.hour < 6 || around.hour == 23) add({"night"});
}

}  // namespace etherpeil::classify
