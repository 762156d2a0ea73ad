#include <algorithm>
#include <bit>
#include <initializer_list>

#include "classify/rules.hpp"

namespace etherpeil::classify {
namespace {

/// Beyond so many words a limit is looked at rule by rule.
constexpr std::size_t longest = 255;

constexpr std::uint16_t any_bit = 0xFFFF;
constexpr std::size_t mask_bits = 16;
/// Flags that the text decides; the others are about the context.
constexpr unsigned text_flags = 5;
constexpr std::uint8_t context_flags = 0xE0;

std::uint16_t bit_of(unsigned value) {
  return static_cast<std::uint16_t>(1U << value);
}

std::uint8_t flags_of(std::initializer_list<bool> flags) {
  unsigned set = 0;
  unsigned bit = 0;
  for (const bool flag : flags) set |= (flag ? 1U : 0U) << bit++;
  return static_cast<std::uint8_t>(set);
}

std::uint16_t mask_of(std::uint16_t mask) { return mask == 0 ? any_bit : mask; }

}  // namespace

void RuleIndex::compile(std::span<const Rule> rules, std::size_t features) {
  width_ = (rules.size() + 63) / 64;
  for (const Rule& rule : rules) {
    for (const std::size_t words :
         {std::size_t{rule.min_words}, std::size_t{rule.max_words} + 1}) {
      if (words <= longest) most_words_ = std::max(most_words_, words);
    }
  }
  features_.resize(features * parts, width_);
  free_.resize(parts, width_);
  words_.resize(most_words_ + 1, width_);
  flags_.resize(std::size_t{1} << text_flags, width_);
  roles_.resize(mask_bits, width_);
  media_.resize(mask_bits, width_);
  in_context_.resize(1, width_);
  with_rest_.resize(1, width_);
  rests_.resize(rules.size());
  contexts_.resize(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) add(rules[i], i, features);
}

void RuleIndex::add(const Rule& rule, std::size_t number,
                    std::size_t features) {
  std::uint8_t asked_flags = 0;
  std::uint8_t wanted_flags = 0;
  unsigned bit = 0;
  for (const auto& flag :
       {rule.question, rule.emoji_only, rule.capitals, rule.latin, rule.bare,
        rule.same_sender, rule.in_incident, rule.own_incident}) {
    if (flag) asked_flags |= static_cast<std::uint8_t>(1U << bit);
    if (flag && *flag) wanted_flags |= static_cast<std::uint8_t>(1U << bit);
    ++bit;
  }
  contexts_[number] = {.asked = asked_flags,
                       .wanted = wanted_flags,
                       .previous = mask_of(rule.previous),
                       .max_gap = rule.max_gap};
  for (unsigned flags = 0; flags < 1U << text_flags; ++flags) {
    const unsigned wrong = (flags ^ wanted_flags) & asked_flags;
    if ((wrong & ~std::uint32_t{context_flags}) == 0) flags_.set(flags, number);
  }
  for (std::size_t i = 0; i < mask_bits; ++i) {
    if ((mask_of(rule.roles) >> i & 1U) != 0) roles_.set(i, number);
    if ((mask_of(rule.media) >> i & 1U) != 0) media_.set(i, number);
  }
  const bool far = rule.min_words > longest ||
                   (rule.max_words >= longest && rule.max_words != UINT32_MAX);
  for (std::size_t words = 0; words <= most_words_; ++words) {
    if (far || (words >= rule.min_words && words <= rule.max_words))
      words_.set(words, number);
  }
  // What all must be there is asked for through the first of it, and the rest
  // looked at when that is there.
  Features any = rule.any;
  for (std::size_t f = 0; f < features && any.none(); ++f) {
    if (rule.all[f]) any.set(f);
  }
  for (std::size_t f = 0; f < features; ++f) {
    if (any[f]) features_.set(f * parts + asked, number);
    if (rule.with_any[f]) features_.set(f * parts + asked_with, number);
    if (rule.none[f]) features_.set(f * parts + ruled_out, number);
  }
  if (any.none()) free_.set(asked, number);
  if (rule.with_any.none()) free_.set(asked_with, number);
  if (rule.context) in_context_.set(0, number);
  if (rule.all.any() || rule.max_rest != UINT32_MAX || far)
    with_rest_.set(0, number);
  rests_[number] = {.all = rule.all,
                    .any = rule.any,
                    .most = rule.max_rest,
                    .min_words = rule.min_words,
                    .max_words = rule.max_words};
}

void RuleIndex::read(const Facts& facts, const Situation& situation,
                     Bits& held) const {
  held.resize(width_);
  const std::size_t flags =
      flags_of({facts.question, facts.emoji_only, facts.capitals, facts.latin,
                situation.bare});
  const auto* const by_words =
      words_.at(std::min<std::size_t>(facts.words, most_words_));
  const auto* const by_flags = flags_.at(flags);
  const auto* const by_role =
      roles_.at(static_cast<std::size_t>(situation.role));
  const auto* const by_media =
      media_.at(static_cast<std::size_t>(situation.media));
  for (std::size_t word = 0; word < width_; ++word) {
    std::uint64_t any = free_.at(asked)[word];
    std::uint64_t with = free_.at(asked_with)[word];
    std::uint64_t out = 0;
    for (const std::uint16_t feature : facts.met) {
      const std::uint64_t* const row =
          features_.at(std::size_t{feature} * parts) + word;
      any |= row[asked * width_];
      with |= row[asked_with * width_];
      out |= row[ruled_out * width_];
    }
    std::uint64_t here = any & with & ~out & by_words[word] & by_flags[word] &
                         by_role[word] & by_media[word];
    for (std::uint64_t rest = here & with_rest_.at(0)[word]; rest != 0;
         rest &= rest - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(rest));
      const Rest& more = rests_[word * 64 + bit];
      const bool fits =
          (more.all & ~facts.present).none() && facts.words >= more.min_words &&
          facts.words <= more.max_words &&
          (more.most == UINT32_MAX || rest_of(more.any, facts) <= more.most);
      if (!fits) here &= ~(std::uint64_t{1} << bit);
    }
    held[word] = here;
  }
}

void RuleIndex::take(const Bits& held, bool context,
                     std::vector<Index>& rules) const {
  rules.clear();
  const std::uint64_t others = context ? 0 : ~std::uint64_t{0};
  for (std::size_t word = 0; word < width_; ++word) {
    for (std::uint64_t rest = held[word] & (in_context_.at(0)[word] ^ others);
         rest != 0; rest &= rest - 1) {
      rules.push_back(static_cast<Index>(
          word * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
    }
  }
}

bool RuleIndex::context_holds(Index rule, const Situation& situation) const {
  const Context& c = contexts_[rule];
  const std::uint8_t flags =
      flags_of({false, false, false, false, false, situation.same_sender,
                situation.in_incident, situation.own_incident});
  const std::uint32_t gap =
      situation.previous ? situation.gap_minutes : UINT32_MAX;
  const unsigned previous = situation.previous
                                ? static_cast<unsigned>(*situation.previous)
                                : no_previous_bit;
  return ((flags ^ c.wanted) & c.asked & context_flags) == 0 &&
         gap <= c.max_gap && (bit_of(previous) & c.previous) != 0;
}

}  // namespace etherpeil::classify

namespace etherpeil {

void Codebook::Impl::fire(const classify::Situation& situation, bool context,
                          classify::Scratch& scratch) const {
  auto& fired = scratch.fired;
  rule_index.read(scratch.facts, situation, scratch.held);
  rule_index.take(scratch.held, context, fired);
  if (!context) return;
  fired.erase(std::remove_if(fired.begin(), fired.end(),
                             [&](Index rule) {
                               return !rule_index.context_holds(rule,
                                                                situation);
                             }),
              fired.end());
}

}  // namespace etherpeil
