#include "classify/rules.hpp"

#include <algorithm>
#include <bit>
#include <bitset>

#include "text/emoji.hpp"
#include "text/plate.hpp"
#include "text/utf8.hpp"

namespace etherpeil::classify {
namespace {

bool admits(std::uint16_t mask, unsigned bit) {
  return mask == 0 || (mask >> bit & 1U) != 0;
}

bool agrees(const std::optional<bool>& wanted, bool actual) {
  return !wanted || *wanted == actual;
}

bool text_holds(const Rule& rule, const Facts& facts) {
  const Features& present = facts.present;
  return (rule.all & ~present).none() && (rule.none & present).none() &&
         (rule.any.none() || (rule.any & present).any()) &&
         (rule.with_any.none() || (rule.with_any & present).any()) &&
         facts.words >= rule.min_words && facts.words <= rule.max_words &&
         agrees(rule.question, facts.question) &&
         agrees(rule.emoji_only, facts.emoji_only) &&
         agrees(rule.capitals, facts.capitals) &&
         agrees(rule.latin, facts.latin) &&
         (rule.max_rest == UINT32_MAX ||
          rest_of(rule.any, facts) <= rule.max_rest);
}

void note(std::uint16_t bit, const text::Span& span, Facts& facts) {
  if (bit == LexiconBits::unused || facts.present[bit]) return;
  facts.present.set(bit);
  facts.spans[bit] = span;
}

bool mostly_capitals(std::size_t letters, std::size_t capitals) {
  return letters >= 10 && capitals * 10 >= letters * 7;
}

/// Of what is not masked.
bool has_capitals(std::string_view original, const Reading& reading) {
  std::size_t letters = 0;
  std::size_t upper = 0;
  for (std::size_t at = 0; at < original.size(); ++at) {
    for (const auto& match : reading.sensitive) {
      if (at >= match.span.start && at < match.span.end) at = match.span.end;
    }
    if (at >= original.size()) break;
    const char c = original[at];
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper || (c >= 'a' && c <= 'z')) ++letters;
    if (is_upper) ++upper;
  }
  return mostly_capitals(letters, upper);
}

/// Whether at least half of the letters are Latin (or there are none).
bool is_latin(std::string_view folded) {
  std::size_t latin = 0;
  std::size_t other = 0;
  for (std::size_t at = 0; at < folded.size();) {
    if (static_cast<unsigned char>(folded[at]) < 0x80) {
      latin += folded[at] >= 'a' && folded[at] <= 'z' ? 1 : 0;
      ++at;
      continue;
    }
    const text::CodePoint point = text::decode(folded, at);
    at += point.length;
    // Latin letters end at U+024F; what is digit, sign or emoji counts for
    // none.
    if (point.value > 0x24F && text::is_word_character(point.value)) ++other;
  }
  return latin >= other;
}

/// A plate without hyphens could be any six signs: then it must be in capitals,
/// or the text must speak of a plate.
bool plate_is_meant(std::string_view original, const text::Span& span,
                    std::string_view folded) {
  const std::string_view found =
      original.substr(span.start, span.end - span.start);
  if (std::count(found.begin(), found.end(), '-') == 2) return true;
  const bool lower = std::any_of(found.begin(), found.end(),
                                 [](char c) { return c >= 'a' && c <= 'z'; });
  return !lower || folded.find("kenteken") != std::string_view::npos ||
         folded.find("plaat") != std::string_view::npos;
}

bool gate_open(const Scanner& scanner, const Reading& reading) {
  if (!reading.digits &&
      (scanner.gate.empty() || scanner.pattern.needs_digit()))
    return false;
  return scanner.gate.empty() ||
         std::any_of(
             scanner.gate.begin(), scanner.gate.end(), [&](const auto& gate) {
               return reading.folded.text.find(gate) != std::string::npos;
             });
}

void scan(const Scanner& scanner, std::string_view original, Scratch& scratch) {
  const text::Folded& folded = scratch.reading.folded;
  std::size_t from = 0;
  for (;;) {
    const auto result = scanner.pattern.find(folded, from);
    scratch.facts.too_costly = scratch.facts.too_costly || result.too_costly;
    if (!result.found || result.found->end == result.found->start) return;
    const text::Span span =
        folded.original(result.found->start, result.found->end);
    const std::string_view text = std::string_view{folded.text}.substr(
        result.found->start, result.found->end - result.found->start);
    if (scanner.check == Scanner::Check::none ||
        (text::is_plate(text) && plate_is_meant(original, span, folded.text))) {
      note(static_cast<std::uint16_t>(scanner.feature), span, scratch.facts);
      return;
    }
    from = result.found->end;
  }
}

/// What a byte adds: counts in the low bytes, marks above.
constexpr auto sign_table = [] {
  std::array<std::uint64_t, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool letter = upper || (c >= 'a' && c <= 'z');
    const auto mark = [](bool here, unsigned bit) {
      return std::uint64_t{here ? 1U : 0U} << bit;
    };
    table[c] = mark(upper, 0) | mark(letter, 16) | mark(c == '!', 32) |
               mark(c == '\n', 48) | mark(c >= '0' && c <= '9', 49) |
               mark(c == '@', 50) | mark(c >= 0x80, 51) | mark(c >= 0xF0, 52);
  }
  return table;
}();

}  // namespace

Signs signs_of(std::string_view text) {
  constexpr std::size_t stretch = 60000;  // what sixteen bits can count
  Signs signs;
  std::uint64_t marks = 0;
  for (; !text.empty(); text.remove_prefix(std::min(stretch, text.size()))) {
    std::uint64_t counts = 0;
    for (const char c : text.substr(0, stretch)) {
      const std::uint64_t here = sign_table[static_cast<unsigned char>(c)];
      counts += here & 0xFFFFFFFFFFFFU;
      marks |= here;
    }
    signs.capitals += static_cast<std::uint32_t>(counts & 0xFFFFU);
    signs.letters += static_cast<std::uint32_t>(counts >> 16U & 0xFFFFU);
    signs.exclamations += static_cast<std::uint32_t>(counts >> 32U & 0xFFFFU);
  }
  signs.line_end = (marks >> 48U & 1U) != 0;
  signs.digit = (marks >> 49U & 1U) != 0;
  signs.at = (marks >> 50U & 1U) != 0;
  signs.beyond_ascii = (marks >> 51U & 1U) != 0;
  signs.four_bytes = (marks >> 52U & 1U) != 0;
  return signs;
}

std::size_t rest_of(const Features& features, const Facts& facts) {
  constexpr std::uint32_t most = 64;  // longer texts are no hits as a whole
  if (facts.words > most) return facts.words;
  std::bitset<most> covered;
  for (const Hit& hit : facts.hits) {
    if (!features[hit.bit]) continue;
    for (std::uint32_t i = hit.begin; i < hit.end; ++i) covered.set(i);
  }
  return facts.words - covered.count();
}

bool holds(const Rule& rule, const Facts& facts, const Situation& situation) {
  const unsigned previous = situation.previous
                                ? static_cast<unsigned>(*situation.previous)
                                : no_previous_bit;
  return text_holds(rule, facts) &&
         admits(rule.roles, static_cast<unsigned>(situation.role)) &&
         admits(rule.media, static_cast<unsigned>(situation.media)) &&
         admits(rule.previous, previous) &&
         (rule.max_gap == UINT32_MAX ||
          (situation.previous && situation.gap_minutes <= rule.max_gap)) &&
         agrees(rule.bare, situation.bare) &&
         agrees(rule.same_sender, situation.same_sender) &&
         agrees(rule.in_incident, situation.in_incident) &&
         agrees(rule.own_incident, situation.own_incident);
}

}  // namespace etherpeil::classify

namespace etherpeil {

void Codebook::Impl::observe(std::string_view text,
                             const classify::Situation& situation,
                             classify::Scratch& scratch) const {
  classify::Facts& facts = scratch.facts;
  facts.present.reset();
  facts.met.clear();
  facts.hits.clear();
  facts.words = 0;
  facts.question = facts.emoji_only = facts.capitals = facts.too_costly = false;
  facts.latin = true;
  facts.signs = classify::signs_of(text);
  if (situation.bare) return;
  classify::Reading& reading = scratch.reading;
  lexicon.read(text, reading);
  facts.words = static_cast<std::uint32_t>(reading.units.size());
  facts.question = reading.question;
  facts.emoji_only = text::is_emoji_only(text);
  facts.capitals =
      reading.sensitive.empty()
          ? classify::mostly_capitals(facts.signs.letters, facts.signs.capitals)
          : classify::has_capitals(text, reading);
  facts.latin =
      !facts.signs.beyond_ascii || classify::is_latin(reading.folded.text);
  for (const auto& match : reading.sensitive) {
    classify::note(bits[match.lexicon].plain, match.span, facts);
  }
  for (const auto& match : reading.matches) {
    const classify::LexiconBits& use = bits[match.lexicon];
    const text::Span span = reading.span(match);
    classify::note(match.negated ? use.negated : use.plain, span, facts);
    if (!match.negated && use.plain != classify::LexiconBits::unused)
      facts.hits.push_back({use.plain, match.begin, match.end});
    if (match.hedged) classify::note(use.hedged, span, facts);
    if (match.begin == 0) classify::note(use.first, span, facts);
    if (match.end == reading.units.size())
      classify::note(use.last, span, facts);
  }
  for (const auto& scanner : scanners) {
    if (classify::gate_open(scanner, reading))
      classify::scan(scanner, text, scratch);
  }
  for (std::size_t word = 0; word < facts.present.words().size(); ++word) {
    for (std::uint64_t rest = facts.present.words()[word]; rest != 0;
         rest &= rest - 1) {
      facts.met.push_back(static_cast<std::uint16_t>(
          word * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
    }
  }
}

}  // namespace etherpeil
