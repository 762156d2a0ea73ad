#include "text/sieve.hpp"

#include <algorithm>
#include <bitset>
#include <map>
#include <utility>

namespace etherpeil::text {
namespace {

using Set = std::bitset<256>;

/// What an expression holds that this does not know.
struct Unknown {};

struct Node {
  enum class Kind : std::uint8_t { set, border, all, one, repeat };
  Kind kind{Kind::all};  ///< `all` without parts: nothing
  Set set{};
  bool inside{};  ///< of a border: none ("\\B")
  std::vector<Node> parts{};
  unsigned least{};
  std::optional<unsigned> most{};
};

Set range(char first, char last) {
  Set set;
  for (unsigned c = static_cast<unsigned char>(first);
       c <= static_cast<unsigned char>(last); ++c)
    set.set(c);
  return set;
}

Set word_bytes() {
  Set words = range('a', 'z') | range('A', 'Z') | range('0', '9');
  words.set('_');
  return words;
}

/// From an expression to its parts.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Node run() {
    Node node = one();
    if (!text_.empty()) throw Unknown{};
    return node;
  }

 private:
  [[nodiscard]] bool at(char c) const {
    return !text_.empty() && text_.front() == c;
  }
  char take() {
    if (text_.empty()) throw Unknown{};
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }
  bool skip(std::string_view what) {
    if (text_.substr(0, what.size()) != what) return false;
    text_.remove_prefix(what.size());
    return true;
  }

  Node one() {
    Node node{.kind = Node::Kind::one};
    do {
      node.parts.push_back(all());
    } while (skip("|"));
    return node;
  }

  Node all() {
    Node node;
    while (!text_.empty() && !at('|') && !at(')'))
      node.parts.push_back(repeated());
    return node;
  }

  Node repeated() {
    Node node = atom();
    while (true) {
      Node repeat{.kind = Node::Kind::repeat};
      if (skip("*")) {
      } else if (skip("+")) {
        repeat.least = 1;
      } else if (skip("?")) {
        repeat.most = 1;
      } else if (at('{')) {
        bounds(repeat);
      } else {
        return node;
      }
      // Lazy and possessive repeats match no other texts.
      if (!skip("?")) (void)skip("+");
      repeat.parts.push_back(std::move(node));
      node = std::move(repeat);
    }
  }

  void bounds(Node& repeat) {
    (void)take();
    const auto number = [this] {
      unsigned value = 0;
      if (text_.empty() || text_.front() < '0' || text_.front() > '9')
        throw Unknown{};
      while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
        value = value * 10 + static_cast<unsigned>(take() - '0');
        if (value > 100) throw Unknown{};
      }
      return value;
    };
    repeat.least = number();
    repeat.most = repeat.least;
    if (skip(",")) {
      repeat.most.reset();
      if (!at('}')) repeat.most = number();
    }
    if (take() != '}') throw Unknown{};
  }

  Node atom() {
    const char c = take();
    switch (c) {
      case '(':
        return group();
      case '[':
        return {.kind = Node::Kind::set, .set = bracket()};
      case '.':
        return {.kind = Node::Kind::set, .set = ~Set{}};
      case '^':
      case '$':
        return {};
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
      case '{':
        throw Unknown{};
      default:
        return literal(c);
    }
  }

  static Node literal(char c) {
    Node node{.kind = Node::Kind::set};
    node.set.set(static_cast<unsigned char>(c));
    return node;
  }

  Node group() {
    bool looks_around = false;
    if (at('?')) {
      // What looks back may need more than a search from the middle gives it.
      looks_around = skip("?=") || skip("?!");
      if (!looks_around && !skip("?:")) throw Unknown{};
    }
    Node inside = one();
    if (take() != ')') throw Unknown{};
    return looks_around ? Node{} : inside;
  }

  static std::optional<Set> named(char c) {
    const Set digits = range('0', '9');
    const Set words = word_bytes();
    Set spaces = range('\t', '\r');
    spaces.set(' ');
    switch (c) {
      case 'd':
        return digits;
      case 'w':
        return words;
      case 's':
        return spaces;
      case 'D':
        return ~digits;
      case 'W':
        return ~words;
      case 'S':
        return ~spaces;
      default:
        return {};
    }
  }

  Node escape() {
    const char c = take();
    if (const auto set = named(c))
      return {.kind = Node::Kind::set, .set = *set};
    if (c == 'b' || c == 'B')
      return {.kind = Node::Kind::border, .inside = c == 'B'};
    const bool sign = static_cast<unsigned char>(c) < 0x80 &&
                      !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
                      !(c >= 'A' && c <= 'Z') && c != '<' && c != '>' &&
                      c != '`' && c != '\'';
    if (!sign) throw Unknown{};
    return literal(c);
  }

  Set bracket() {
    const bool turned = skip("^");
    Set set;
    for (bool first = true; first || !at(']'); first = false) {
      char c = take();
      if (c == '[') throw Unknown{};
      if (c == '\\') {
        c = take();
        if (const auto known = named(c)) {
          set |= *known;
          continue;
        }
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            (c >= '0' && c <= '9'))
          throw Unknown{};
      }
      if (at('-') && text_.size() > 1 && text_[1] != ']') {
        (void)take();
        const char last = take();
        if (c < 0 || last < c || last == '[' || last == '\\') throw Unknown{};
        set |= range(c, last);
      } else {
        set.set(static_cast<unsigned char>(c));
      }
    }
    (void)take();
    return turned ? ~set : set;
  }

  std::string_view text_;
};

/// The same as states: on a byte of `set`, or at a border, to the next one;
/// else to all of `steps` at once. State 0 accepts.
struct State {
  Set set{};
  bool border{};
  bool inside{};
  std::vector<std::uint32_t> steps{};
};

}  // namespace

class Sieve::Builder {
 public:
  explicit Builder(const Node& node) {
    (void)state();
    start_ = chain(node, 0);
  }

  [[nodiscard]] const std::vector<State>& states() const { return states_; }
  [[nodiscard]] std::uint32_t start() const { return start_; }

 private:
  static constexpr std::size_t max_states = 1000;

  std::uint32_t state() {
    if (states_.size() == max_states) throw Unknown{};
    states_.emplace_back();
    return static_cast<std::uint32_t>(states_.size() - 1);
  }

  /// A state from which `node` leads to `end`.
  std::uint32_t chain(const Node& node, std::uint32_t end) {
    switch (node.kind) {
      case Node::Kind::set: {
        const std::uint32_t here = state();
        states_[here].set = node.set;
        states_[here].steps = {end};
        return here;
      }
      case Node::Kind::border: {
        const std::uint32_t here = state();
        states_[here].border = true;
        states_[here].inside = node.inside;
        states_[here].steps = {end};
        return here;
      }
      case Node::Kind::all:
        for (auto part = node.parts.rbegin(); part != node.parts.rend(); ++part)
          end = chain(*part, end);
        return end;
      case Node::Kind::one: {
        const std::uint32_t here = state();
        for (const Node& part : node.parts) {
          const std::uint32_t way = chain(part, end);
          states_[here].steps.push_back(way);
        }
        return here;
      }
      case Node::Kind::repeat:
        break;
    }
    const Node& part = node.parts.front();
    if (!node.most) {
      const std::uint32_t loop = state();
      const std::uint32_t way = chain(part, loop);
      states_[loop].steps = {way, end};
      end = loop;
    } else {
      const std::uint32_t out = end;
      for (unsigned i = node.least; i < *node.most; ++i) {
        const std::uint32_t maybe = state();
        const std::uint32_t way = chain(part, end);
        states_[maybe].steps = {way, out};
        end = maybe;
      }
    }
    for (unsigned i = 0; i < node.least; ++i) end = chain(part, end);
    return end;
  }

  std::vector<State> states_{};
  std::uint32_t start_{};
};

namespace {

/// Sets of states that can be reached without a byte: those that wait for one,
/// for a border, or accept.
class Closure {
 public:
  explicit Closure(const std::vector<State>& states)
      : states_(states), seen_(states.size()) {}

  /// `border`: whether one is here, once that is known.
  void add(std::uint32_t state, std::optional<bool> border = {}) {
    if (seen_[state]) return;
    seen_[state] = true;
    marked_.push_back(state);
    const State& here = states_[state];
    if (here.border && border && *border == here.inside) return;
    if (here.set.any() || state == 0 || (here.border && !border)) {
      found_.push_back(state);
      return;
    }
    for (const std::uint32_t next : here.steps) add(next, border);
  }
  std::vector<std::uint32_t> take() {
    for (const std::uint32_t state : marked_) seen_[state] = false;
    marked_.clear();
    std::sort(found_.begin(), found_.end());
    return std::exchange(found_, {});
  }

 private:
  const std::vector<State>& states_;
  std::vector<bool> seen_;
  std::vector<std::uint32_t> marked_{};
  std::vector<std::uint32_t> found_{};
};

bool accepts(const std::vector<std::uint32_t>& set) {
  return !set.empty() && set.front() == 0;
}

/// Whether state 0 can be reached without a digit.
bool free_of_digits(const std::vector<State>& states, std::uint32_t start) {
  std::vector<bool> seen(states.size());
  std::vector<std::uint32_t> open{start};
  const Set digits = range('0', '9');
  while (!open.empty()) {
    const std::uint32_t state = open.back();
    open.pop_back();
    if (seen[state]) continue;
    seen[state] = true;
    const State& here = states[state];
    if (here.set.any() && (here.set & ~digits).none()) continue;
    open.insert(open.end(), here.steps.begin(), here.steps.end());
  }
  return seen[0];
}

}  // namespace

Sieve::Sieve(std::string_view expression) {
  try {
    compile(Builder{Parser{expression}.run()});
  } catch (const Unknown&) {
    // Lets all through, as it is.
  }
}

void Sieve::compile(const Builder& builder) {
  const auto& states = builder.states();
  needs_digit_ = !free_of_digits(states, builder.start());

  // Bytes that the expression does not tell apart are one class.
  const Set words = word_bytes();
  std::map<std::vector<bool>, std::uint8_t> kinds;
  std::vector<unsigned char> byte_of;
  for (unsigned byte = 0; byte < 256; ++byte) {
    std::vector<bool> kind{words[byte]};
    for (const State& state : states) kind.push_back(state.set[byte]);
    const auto [place, fresh] =
        kinds.emplace(std::move(kind), static_cast<std::uint8_t>(kinds.size()));
    if (fresh) {
      byte_of.push_back(static_cast<unsigned char>(byte));
      in_word_.push_back(words[byte]);
    }
    classes_[byte] = place->second;
  }

  // A state of the automaton is the set of states in which matches under way
  // may be, and whether a word's byte was the last. A match may start anywhere.
  constexpr std::size_t most = 2000;
  Closure closure{states};
  using Key = std::pair<std::vector<std::uint32_t>, bool>;
  std::map<Key, std::uint32_t> numbers;
  std::vector<const Key*> keys;
  const auto number = [&](Key key) {
    if (accepts(key.first)) return accepted;
    const auto [place, fresh] = numbers.emplace(
        std::move(key), static_cast<std::uint32_t>(numbers.size()));
    if (fresh) keys.push_back(&place->first);
    return place->second;
  };
  closure.add(builder.start());
  if (accepts(closure.take())) return;
  (void)number({{}, false});
  (void)number({{}, true});
  for (std::size_t at = 0; at < keys.size(); ++at) {
    if (keys.size() > most) return;
    const auto waiting = [&](bool next_in_word) {
      const bool border = keys[at]->second != next_in_word;
      for (const std::uint32_t state : keys[at]->first)
        closure.add(state, border);
      closure.add(builder.start(), border);
      return closure.take();
    };
    ends_.push_back(accepts(waiting(false)));
    for (const unsigned char byte : byte_of) {
      const std::vector<std::uint32_t> here = waiting(words[byte]);
      if (accepts(here)) {
        next_.push_back(accepted);
        continue;
      }
      for (const std::uint32_t state : here) {
        if (states[state].set[byte]) closure.add(states[state].steps.front());
      }
      next_.push_back(number({closure.take(), words[byte]}));
    }
  }
  width_ = kinds.size();
  for (std::uint32_t& next : next_) {
    if (next != accepted) next *= static_cast<std::uint32_t>(width_);
  }
}

std::optional<std::size_t> Sieve::first_start(std::string_view text,
                                              std::size_t from) const {
  if (width_ == 0 || from > text.size()) return from;
  const auto class_at = [&](std::size_t at) {
    return classes_[static_cast<unsigned char>(text[at])];
  };
  std::size_t state = from > 0 && in_word_[class_at(from - 1)] ? width_ : 0;
  for (std::size_t at = from; at < text.size(); ++at) {
    if (state <= width_) from = at;  // no match is under way
    const std::uint32_t next = next_[state + class_at(at)];
    if (next == accepted) return from;
    state = next;
  }
  if (ends_[state / width_]) return from;
  return {};
}

}  // namespace etherpeil::text
