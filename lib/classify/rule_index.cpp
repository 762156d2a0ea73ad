#include <algorithm>
#include <bit>
#include <initializer_list>

#include "classify/rules.hpp"

namespace etherpeil::classify {
namespace {

constexpr std::uint16_t any_bit = 0xFFFF;
/// Flags that the text decides; the others are about the context.
constexpr std::uint8_t text_flags = 0x1F;
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

/// A message by itself, as the conditions ask for it.
struct RuleIndex::View {
  const Features& present;
  std::uint32_t words{};
  std::uint16_t role{};
  std::uint16_t media{};
  std::uint8_t flags{};
  const Facts& facts;
};

std::uint32_t RuleIndex::add_parts(const Features& features) {
  const auto begin = static_cast<std::uint32_t>(parts_.size());
  for (std::uint32_t i = 0; i < features.words().size(); ++i) {
    if (features.words()[i] != 0) parts_.push_back({i, features.words()[i]});
  }
  return begin;
}

void RuleIndex::compile(std::span<const Rule> rules, std::size_t features) {
  std::array<std::vector<std::vector<Index>>, 2> lists;
  for (auto& list : lists) list.resize(features + 1);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    Condition condition{.roles = mask_of(rule.roles),
                        .media = mask_of(rule.media),
                        .previous = mask_of(rule.previous),
                        .min_words = rule.min_words,
                        .max_words = rule.max_words,
                        .max_gap = rule.max_gap};
    unsigned bit = 0;
    for (const auto& flag :
         {rule.question, rule.emoji_only, rule.capitals, rule.latin, rule.bare,
          rule.same_sender, rule.in_incident, rule.own_incident}) {
      if (flag) {
        condition.asked |= static_cast<std::uint8_t>(1U << bit);
        if (*flag) condition.wanted |= static_cast<std::uint8_t>(1U << bit);
      }
      ++bit;
    }
    if (rule.max_rest != UINT32_MAX) {
      condition.rest = static_cast<std::uint32_t>(rests_.size());
      rests_.push_back({rule.max_rest, rule.any});
    }
    condition.all = add_parts(rule.all);
    condition.none = add_parts(rule.none);
    condition.any = add_parts(rule.any);
    condition.with_any = add_parts(rule.with_any);
    condition.end = static_cast<std::uint32_t>(parts_.size());
    conditions_.push_back(condition);

    const Features& need = rule.any.any()        ? rule.any
                           : rule.with_any.any() ? rule.with_any
                                                 : rule.all;
    auto& list = lists[rule.context ? 1 : 0];
    if (need.none()) list[features].push_back(static_cast<Index>(i));
    for (std::size_t f = 0; f < features; ++f) {
      if (need[f]) list[f].push_back(static_cast<Index>(i));
    }
  }
  for (std::size_t context = 0; context < 2; ++context) {
    Triggers& triggers = triggers_[context];
    for (const auto& list : lists[context]) {
      triggers.first.push_back(
          static_cast<std::uint32_t>(triggers.rules.size()));
      triggers.rules.insert(triggers.rules.end(), list.begin(), list.end());
    }
    triggers.first.push_back(static_cast<std::uint32_t>(triggers.rules.size()));
  }
}

bool RuleIndex::text_holds(const Condition& c, const View& view) const {
  if (((view.flags ^ c.wanted) & c.asked & text_flags) != 0 ||
      view.words < c.min_words || view.words > c.max_words ||
      (view.role & c.roles) == 0 || (view.media & c.media) == 0)
    return false;
  const auto& present = view.present.words();
  std::uint32_t at = c.all;
  for (; at < c.none; ++at) {
    if ((~present[parts_[at].word] & parts_[at].bits) != 0) return false;
  }
  for (; at < c.any; ++at) {
    if ((present[parts_[at].word] & parts_[at].bits) != 0) return false;
  }
  const auto one_of = [&](std::uint32_t end) {
    std::uint64_t met = at == end ? 1 : 0;
    for (; at < end; ++at) met |= present[parts_[at].word] & parts_[at].bits;
    return met != 0;
  };
  return one_of(c.with_any) && one_of(c.end) &&
         (c.rest == UINT32_MAX ||
          rest_of(rests_[c.rest].any, view.facts) <= rests_[c.rest].most);
}

bool RuleIndex::context_holds(Index rule, const Situation& situation) const {
  const Condition& c = conditions_[rule];
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

void RuleIndex::read(const Facts& facts, const Situation& situation,
                     bool context, std::vector<Index>& open,
                     std::vector<std::uint64_t>& tried) const {
  open.clear();
  tried.assign((conditions_.size() + 63) / 64, 0);
  const View view{
      .present = facts.present,
      .words = facts.words,
      .role = bit_of(static_cast<unsigned>(situation.role)),
      .media = bit_of(static_cast<unsigned>(situation.media)),
      .flags = flags_of({facts.question, facts.emoji_only, facts.capitals,
                         facts.latin, situation.bare}),
      .facts = facts};
  const Triggers& triggers = triggers_[context ? 1 : 0];
  const auto add = [&](std::size_t feature) {
    for (std::uint32_t i = triggers.first[feature];
         i < triggers.first[feature + 1]; ++i)
      tried[triggers.rules[i] / 64] |= std::uint64_t{1}
                                       << triggers.rules[i] % 64;
  };
  for (const std::uint16_t feature : facts.met) add(feature);
  add(triggers.first.size() - 2);
  for (std::size_t word = 0; word < tried.size(); ++word) {
    for (std::uint64_t rest = tried[word]; rest != 0; rest &= rest - 1) {
      const std::size_t rule =
          word * 64 + static_cast<std::size_t>(std::countr_zero(rest));
      if (text_holds(conditions_[rule], view))
        open.push_back(static_cast<Index>(rule));
    }
  }
}

}  // namespace etherpeil::classify

namespace etherpeil {

void Codebook::Impl::fire(const classify::Situation& situation, bool context,
                          classify::Scratch& scratch) const {
  auto& fired = scratch.fired;
  rule_index.read(scratch.facts, situation, context, fired, scratch.tried);
  if (!context) return;
  fired.erase(std::remove_if(fired.begin(), fired.end(),
                             [&](Index rule) {
                               return !rule_index.context_holds(rule,
                                                                situation);
                             }),
              fired.end());
}

}  // namespace etherpeil
