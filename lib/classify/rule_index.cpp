#include <bit>

#include "classify/rules.hpp"

namespace etherpeil::classify {
namespace {

constexpr std::uint16_t any_bit = 0xFFFF;

std::uint16_t mask_of(std::uint16_t mask) { return mask == 0 ? any_bit : mask; }

}  // namespace

/// A message as the conditions ask for it.
struct RuleIndex::View {
  const Features& present;
  std::uint32_t words{};
  std::uint32_t gap{};
  std::uint16_t role{};
  std::uint16_t media{};
  std::uint16_t previous{};
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

bool RuleIndex::holds(const Condition& c, const View& view) const {
  if (((view.flags ^ c.wanted) & c.asked) != 0 || view.words < c.min_words ||
      view.words > c.max_words || view.gap > c.max_gap ||
      (view.role & c.roles) == 0 || (view.media & c.media) == 0 ||
      (view.previous & c.previous) == 0)
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

void RuleIndex::fire(const Facts& facts, const Situation& situation,
                     bool context, std::vector<Index>& fired,
                     std::vector<std::uint64_t>& tried) const {
  fired.clear();
  tried.assign((conditions_.size() + 63) / 64, 0);
  const auto bit = [](auto value) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(value));
  };
  View view{.present = facts.present,
            .words = facts.words,
            .gap = situation.previous ? situation.gap_minutes : UINT32_MAX,
            .role = bit(situation.role),
            .media = bit(situation.media),
            .previous = situation.previous ? bit(*situation.previous)
                                           : bit(no_previous_bit),
            .facts = facts};
  unsigned place = 0;
  for (const bool flag : {facts.question, facts.emoji_only, facts.capitals,
                          facts.latin, situation.bare, situation.same_sender,
                          situation.in_incident, situation.own_incident})
    view.flags |= static_cast<std::uint8_t>((flag ? 1U : 0U) << place++);
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
      if (holds(conditions_[rule], view))
        fired.push_back(static_cast<Index>(rule));
    }
  }
}

}  // namespace etherpeil::classify
