#include "merge/align.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "merge/anchors.hpp"

namespace etherpeil::merging {
namespace {

/// WhatsApp's clock and the way of a message: seconds that two phones may
/// differ in one message when both write seconds.
constexpr std::int64_t most_jitter = 61;
constexpr double certain_share = 0.8;
/// A weight counts more than any difference of seconds.
constexpr std::int64_t scale = 128;

enum class Sender : std::uint8_t { same, unknown, other };

/// Words that only show that a message was there.
bool is_placeholder(Kind kind) {
  return kind == Kind::deleted || kind == Kind::waiting ||
         kind == Kind::unknown || kind == Kind::empty;
}

/// Two versions of one sentence: what they share at both ends is most of it.
bool is_similar(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  const auto front = static_cast<std::size_t>(
      std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin());
  const auto back = static_cast<std::size_t>(
      std::mismatch(a.rbegin(), a.rend(), b.rbegin()).first - a.rbegin());
  return std::min(front + back, a.size()) * 5 >= b.size() * 3;
}

/// How much speaks for two messages being one; 0: they are not.
class Likeness {
 public:
  explicit Likeness(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  [[nodiscard]] static bool equal(const Item& a, const Item& b) {
    if (a.human() != b.human() || a.kind != b.kind) return false;
    if (!a.human()) {
      // The same event is told in other words, in another language.
      const bool named =
          a.event != SystemEvent::none && a.event != SystemEvent::other;
      return a.event == b.event && (named || a.content == b.content);
    }
    switch (a.kind) {
      case Kind::text:
        return a.content == b.content;
      case Kind::media:
        return a.content == b.content &&
               (a.media == b.media || a.media == MediaType::unknown ||
                b.media == MediaType::unknown);
      case Kind::deleted:
      case Kind::system:
      case Kind::call:
      case Kind::location:
      case Kind::contact:
      case Kind::poll:
      case Kind::event:
      case Kind::view_once:
      case Kind::waiting:
      case Kind::empty:
      case Kind::unknown:
        return true;
    }
    return false;
  }

  [[nodiscard]] int operator()(const Item& a, const Item& b,
                               Sender sender) const {
    if (sender == Sender::other) return 0;
    if (equal(a, b)) return sender == Sender::same ? 16 : 8;
    if (sender == Sender::unknown || !a.human() || !b.human()) return 0;
    if (is_placeholder(a.kind) || is_placeholder(b.kind)) return 2;
    if (a.kind != b.kind) return 0;
    const bool similar =
        is_similar(vocabulary_.words(a.content), vocabulary_.words(b.content));
    if (similar) return 6;
    return a.kind == Kind::media || a.has(Message::edited) ||
                   b.has(Message::edited)
               ? 3
               : 0;
  }

 private:
  const Vocabulary& vocabulary_;
};

struct Pair {
  Index a{};
  Index b{};
  std::int64_t weight{};
  bool equal{};
};

/// The chain of pairs that goes forward in both files and weighs most.
std::vector<Pair> heaviest_chain(std::vector<Pair>& pairs, std::size_t size_b) {
  // Of one message of a, later ones of b first: they cannot follow each other.
  std::sort(pairs.begin(), pairs.end(), [](const Pair& x, const Pair& y) {
    return x.a != y.a ? x.a < y.a : x.b > y.b;
  });
  struct Best {
    std::int64_t weight{};
    Index pair{none};
  };
  std::vector<Best> tree(size_b + 1);  // Fenwick tree of maxima over b
  std::vector<Index> before(pairs.size(), none);
  Best best;
  for (Index k = 0; k < pairs.size(); ++k) {
    Best lead;
    for (std::size_t at = pairs[k].b; at > 0; at &= at - 1) {
      if (tree[at].weight > lead.weight) lead = tree[at];
    }
    before[k] = lead.pair;
    const Best own{lead.weight + pairs[k].weight, k};
    for (std::size_t at = std::size_t{pairs[k].b} + 1; at <= size_b;
         at += at & (~at + 1)) {
      if (own.weight > tree[at].weight) tree[at] = own;
    }
    if (own.weight > best.weight) best = own;
  }
  std::vector<Pair> chain;
  for (Index k = best.pair; k != none; k = before[k]) chain.push_back(pairs[k]);
  std::reverse(chain.begin(), chain.end());
  return chain;
}

/// Seconds between two messages when b's clock is `ahead`. Where one shows
/// minutes only, none within one minute of the same zone.
std::int64_t distance(const Item& a, const Item& b, std::int64_t ahead) {
  const std::int64_t off = std::abs(b.time - a.time - ahead);
  if (!a.has(Message::minute) && !b.has(Message::minute)) return off;
  return a.time / 60 == (b.time - zone_of(ahead)) / 60 ? 0 : off;
}

class Aligner {
 public:
  Aligner(const Vocabulary& vocabulary, const Side& a, const Side& b,
          std::vector<Anchor> anchors)
      : like_(vocabulary), a_(a), b_(b), anchors_(std::move(anchors)) {
    order_.resize(b_.items.size());
    for (Index j = 0; j < order_.size(); ++j) order_[j] = j;
    std::stable_sort(order_.begin(), order_.end(), [&](Index x, Index y) {
      return b_.items[x].time < b_.items[y].time;
    });
    learn_tolerance();
  }

  Alignment run() {
    for (const Anchor& anchor : anchors_) vote(anchor.a, anchor.b);
    // Who only writes "ok" is known after the first round.
    for (int round = 0; round < 2; ++round) {
      decide_senders();
      match();
      votes_.clear();
      for (Index j = 0; j < found_.of_b.size(); ++j) {
        const Index i = found_.of_b[j];
        if (i != none && Likeness::equal(a_.items[i], b_.items[j])) vote(i, j);
      }
    }
    decide_senders();
    read_clocks();
    return std::move(found_);
  }

 private:
  void vote(Index i, Index j) {
    const std::uint16_t a = a_.items[i].author;
    const std::uint16_t b = b_.items[j].author;
    if (a != no_author && b != no_author) ++votes_[{b, a}];
  }

  /// What the difference of clocks varies by from one anchor to the next.
  void learn_tolerance() {
    const auto minutes = [](const Item& item) {
      return item.has(Message::minute);
    };
    if (std::any_of(a_.items.begin(), a_.items.end(), minutes) ||
        std::any_of(b_.items.begin(), b_.items.end(), minutes)) {
      tolerance_ = most_jitter;
      return;
    }
    std::vector<std::int64_t> steps;
    for (std::size_t k = 1; k < anchors_.size(); ++k) {
      const std::int64_t step =
          std::abs(anchors_[k].ahead - anchors_[k - 1].ahead);
      if (step <= most_jitter) steps.push_back(step);
    }
    if (steps.empty()) return;
    const auto high =
        steps.begin() + static_cast<std::ptrdiff_t>(steps.size() * 98 / 100);
    std::nth_element(steps.begin(), high, steps.end());
    tolerance_ = std::min(*high + 2, most_jitter);
  }

  void decide_senders();
  [[nodiscard]] std::uint16_t same_name(std::uint16_t b,
                                        const std::vector<bool>& taken) const;
  void match();
  void list_pairs();
  void list_pairs_of(Index i, const Anchor& before, const Anchor& after);
  void read_clocks();

  /// Whether one person wrote both, or both notices speak of one person.
  [[nodiscard]] Sender sender(const Item& a, const Item& b) const {
    const bool notice = !a.human() && !b.human();
    if (notice && a.subject == b.subject) return Sender::same;
    const std::uint16_t one = notice ? a.subject_author : a.author;
    const std::uint16_t other = notice ? b.subject_author : b.author;
    if (one == no_author || other == no_author) return Sender::unknown;
    const Index known = certain_[other];
    if (known == none) return Sender::unknown;
    return known == one ? Sender::same : Sender::other;
  }

  Likeness like_;
  Side a_;
  Side b_;
  std::vector<Anchor> anchors_;
  std::vector<Index> order_;  ///< messages of b by time
  std::int64_t tolerance_{2};
  std::map<std::array<std::uint16_t, 2>, std::uint32_t> votes_;
  std::vector<Index> certain_;  ///< per author of b
  std::vector<bool> anchored_;  ///< per message of b
  std::vector<Pair> pairs_;
  Alignment found_;
};

/// The author of a with one of the identities of b's, whom nobody else is.
std::uint16_t Aligner::same_name(std::uint16_t b,
                                 const std::vector<bool>& taken) const {
  const auto people = static_cast<std::uint16_t>(a_.people.size());
  for (std::uint16_t a = 0; a < people; ++a) {
    if (taken[a]) continue;
    for (const std::string& name : b_.people[b]) {
      const auto& names = a_.people[a];
      if (std::find(names.begin(), names.end(), name) != names.end()) return a;
    }
  }
  return no_author;
}

/// Messages in common decide; who has none is the one with the same name.
void Aligner::decide_senders() {
  std::vector<SenderMatch> senders(b_.people.size(), {.author = none});
  std::vector<std::uint32_t> top(b_.people.size());
  for (const auto& [pair, times] : votes_) {
    SenderMatch& match = senders[pair[0]];
    match.shared += times;
    if (times > match.agreed) {
      match.author = pair[1];
      match.agreed = times;
    }
  }
  certain_.assign(senders.size(), none);
  std::vector<bool> taken(a_.people.size());
  for (std::size_t b = 0; b < senders.size(); ++b) {
    if (senders[b].author == none) continue;
    taken[senders[b].author] = true;
    if (senders[b].agreed >= certain_share * senders[b].shared)
      certain_[b] = senders[b].author;
  }
  const auto count = static_cast<std::uint16_t>(senders.size());
  for (std::uint16_t b = 0; b < count; ++b) {
    if (senders[b].author != none) continue;
    const std::uint16_t a = same_name(b, taken);
    if (a == no_author) continue;
    senders[b].author = certain_[b] = a;
  }
  found_.senders = std::move(senders);
}

/// Pairs of message i where b's clock is ahead as at one of two anchors.
void Aligner::list_pairs_of(Index i, const Anchor& before,
                            const Anchor& after) {
  const Item& a = a_.items[i];
  const auto [near, far] = std::minmax(before.ahead, after.ahead);
  const std::int64_t low = a.time + near - tolerance_;
  const std::int64_t high = a.time + far + tolerance_;
  auto from = std::lower_bound(
      order_.begin(), order_.end(), low,
      [&](Index j, std::int64_t time) { return b_.items[j].time < time; });
  auto to = std::upper_bound(
      from, order_.end(), high,
      [&](std::int64_t time, Index j) { return time < b_.items[j].time; });
  // A flood within a minute: near the place that the anchor tells.
  constexpr std::ptrdiff_t most = 256;
  if (to - from > most) {
    const std::ptrdiff_t place = std::ptrdiff_t{before.b} + i - before.a;
    const std::ptrdiff_t start = std::clamp(
        place - most / 2, from - order_.begin(), to - order_.begin() - most);
    from = order_.begin() + start;
    to = from + most;
  }
  for (auto it = from; it != to; ++it) {
    const Item& b = b_.items[*it];
    const std::int64_t off =
        std::min(distance(a, b, before.ahead), distance(a, b, after.ahead));
    if (off > tolerance_ || anchored_[*it]) continue;
    const int weight = like_(a, b, sender(a, b));
    if (weight == 0) continue;
    pairs_.push_back({i, *it, weight * scale - 2 * off, Likeness::equal(a, b)});
  }
}

void Aligner::list_pairs() {
  pairs_.clear();
  anchored_.assign(b_.items.size(), false);
  for (const Anchor& anchor : anchors_) {
    anchored_[anchor.b] = true;
    pairs_.push_back({anchor.a, anchor.b, 64 * scale, true});
  }
  std::size_t next = 0;
  for (Index i = 0; i < a_.items.size(); ++i) {
    if (next < anchors_.size() && anchors_[next].a == i) {
      ++next;
      continue;
    }
    const Anchor& after = anchors_[std::min(next, anchors_.size() - 1)];
    list_pairs_of(i, next > 0 ? anchors_[next - 1] : after, after);
  }
}

void Aligner::match() {
  list_pairs();
  found_.of_b.assign(b_.items.size(), none);
  found_.in_order.assign(b_.items.size(), false);
  std::vector<bool> taken(a_.items.size());
  for (const Pair& pair : heaviest_chain(pairs_, b_.items.size())) {
    found_.of_b[pair.b] = pair.a;
    found_.in_order[pair.b] = true;
    taken[pair.a] = true;
  }
  // Phones put messages of one moment in the order in which they came in.
  std::stable_sort(pairs_.begin(), pairs_.end(),
                   [](const Pair& x, const Pair& y) {
                     return x.a != y.a ? x.a < y.a : x.weight > y.weight;
                   });
  for (const Pair& pair : pairs_) {
    if (!pair.equal || taken[pair.a] || found_.of_b[pair.b] != none) continue;
    found_.of_b[pair.b] = pair.a;
    taken[pair.a] = true;
  }
}

void Aligner::read_clocks() {
  std::map<std::int64_t, std::size_t> votes;
  for (const Anchor& anchor : anchors_) ++votes[zone_of(anchor.ahead)];
  found_.clock = std::max_element(votes.begin(), votes.end(),
                                  [](const auto& x, const auto& y) {
                                    return x.second < y.second;
                                  })
                     ->first;
  std::size_t next = 0;
  for (Index j = 0; j < b_.items.size(); ++j) {
    while (next + 1 < anchors_.size() && anchors_[next + 1].b <= j) ++next;
    found_.clocks.push_back(zone_of(anchors_[next].ahead));
  }
}

}  // namespace

Alignment align(const Vocabulary& vocabulary, const Side& a, const Side& b,
                double share) {
  Anchors anchors = find_anchors(vocabulary, a.items, b.items, share);
  if (anchors.why_not) return {.why_not = anchors.why_not};
  return Aligner{vocabulary, a, b, std::move(anchors.chain)}.run();
}

}  // namespace etherpeil::merging
