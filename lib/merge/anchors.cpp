#include "merge/anchors.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>

namespace etherpeil::merging {
namespace {

constexpr std::int64_t quarter = std::int64_t{15} * 60;
/// From UTC-12 to UTC+14.
constexpr std::int64_t widest = std::int64_t{26} * 3600 + quarter;
constexpr std::size_t telling_bytes = 8;
constexpr std::size_t fewest = 3;

struct Times {
  std::int64_t first{std::numeric_limits<std::int64_t>::max()};
  std::int64_t last{std::numeric_limits<std::int64_t>::min()};
};

Times times_of(std::span<const Item> items) {
  Times times;
  for (const Item& item : items) {
    times.first = std::min(times.first, item.time);
    times.last = std::max(times.last, item.time);
  }
  return times;
}

/// Per number of the vocabulary the one message with these words; `none` where
/// there is none, several, or the words are too short to tell anything.
std::vector<Index> telling(const Vocabulary& vocabulary,
                           std::span<const Item> items) {
  constexpr Index several = none - 1;
  std::vector<Index> where(vocabulary.size(), none);
  for (Index i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    if (!item.human() || item.kind != Kind::text) continue;
    Index& place = where[item.content];
    place = place == none ? i : several;
  }
  for (Index number = 0; number < where.size(); ++number) {
    if (where[number] == several ||
        vocabulary.words(number).size() < telling_bytes) {
      where[number] = none;
    }
  }
  return where;
}

/// The longest choice that goes forward in both files.
/// Source: Fredman (1975), longest increasing subsequences.
std::vector<Anchor> longest_chain(const std::vector<Anchor>& anchors) {
  std::vector<std::size_t> ends;  // the lowest end of a choice of each length
  std::vector<std::size_t> before(anchors.size());
  for (std::size_t k = 0; k < anchors.size(); ++k) {
    const auto it = std::lower_bound(
        ends.begin(), ends.end(), anchors[k].b,
        [&](std::size_t end, Index b) { return anchors[end].b < b; });
    before[k] = it == ends.begin() ? k : *std::prev(it);
    if (it == ends.end()) {
      ends.push_back(k);
    } else {
      *it = k;
    }
  }
  std::vector<Anchor> chain;
  if (ends.empty()) return chain;
  for (std::size_t k = ends.back();; k = before[k]) {
    chain.push_back(anchors[k]);
    if (before[k] == k) break;
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

/// Equal words at a difference of clocks that only a few show are a sentence
/// that was said twice, or passed on: not one message.
void drop_odd_clocks(std::vector<Anchor>& anchors) {
  std::map<std::int64_t, std::size_t> votes;
  for (const Anchor& anchor : anchors) ++votes[zone_of(anchor.ahead)];
  const std::size_t enough = std::max(fewest, anchors.size() / 50);
  anchors.erase(std::remove_if(anchors.begin(), anchors.end(),
                               [&](const Anchor& anchor) {
                                 return votes[zone_of(anchor.ahead)] < enough;
                               }),
                anchors.end());
}

/// A clock changes for weeks (summer time elsewhere), not for one message.
void drop_lone_clocks(std::vector<Anchor>& chain) {
  std::vector<Anchor> kept;
  for (std::size_t k = 0; k < chain.size(); ++k) {
    const auto like = [&](std::size_t other) {
      return other < chain.size() &&
             zone_of(chain[other].ahead) == zone_of(chain[k].ahead);
    };
    if (like(k - 1) || like(k + 1)) kept.push_back(chain[k]);
  }
  chain = std::move(kept);
}

std::size_t count_between(const std::vector<Index>& where,
                          std::span<const Item> items, std::int64_t first,
                          std::int64_t last) {
  return static_cast<std::size_t>(
      std::count_if(where.begin(), where.end(), [&](Index place) {
        return place != none && items[place].time >= first &&
               items[place].time <= last;
      }));
}

}  // namespace

std::int64_t zone_of(std::int64_t ahead) {
  const std::int64_t shifted = ahead + quarter / 2;
  const std::int64_t down = shifted >= 0 ? shifted : shifted - (quarter - 1);
  return down / quarter * quarter;
}

Anchors find_anchors(const Vocabulary& vocabulary, std::span<const Item> a,
                     std::span<const Item> b, double share) {
  const Times at_a = times_of(a);
  const Times at_b = times_of(b);
  if (at_a.last + widest < at_b.first || at_b.last + widest < at_a.first)
    return {.why_not = Unaligned::no_common_time};
  const std::vector<Index> in_a = telling(vocabulary, a);
  const std::vector<Index> in_b = telling(vocabulary, b);
  std::vector<Anchor> anchors;
  for (Index i = 0; i < a.size(); ++i) {
    if (in_a[a[i].content] != i || in_b[a[i].content] == none) continue;
    const Index j = in_b[a[i].content];
    const std::int64_t ahead = b[j].time - a[i].time;
    if (std::abs(ahead) <= widest) anchors.push_back({i, j, ahead});
  }
  drop_odd_clocks(anchors);
  Anchors found{.chain = longest_chain(anchors)};
  drop_lone_clocks(found.chain);
  const std::int64_t ahead =
      found.chain.empty() ? 0 : found.chain[found.chain.size() / 2].ahead;
  const std::int64_t first = std::max(at_a.first, at_b.first - ahead);
  const std::int64_t last = std::min(at_a.last, at_b.last - ahead);
  const std::size_t possible =
      std::min(count_between(in_a, a, first, last),
               count_between(in_b, b, first + ahead, last + ahead));
  if (found.chain.size() >= fewest &&
      static_cast<double>(found.chain.size()) >=
          share * static_cast<double>(possible)) {
    return found;
  }
  if (first > last) return {.why_not = Unaligned::no_common_time};
  return {.why_not = possible < 2 * fewest ? Unaligned::too_little
                                           : Unaligned::other_messages};
}

}  // namespace etherpeil::merging
