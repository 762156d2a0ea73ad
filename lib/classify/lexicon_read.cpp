#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "classify/lexicon.hpp"
#include "text/utf8.hpp"

namespace etherpeil::classify {
namespace {

/// Marks that a clause goes on after: hyphens, quotes, brackets that open, ...
bool ends_clause(std::string_view mark) {
  return std::string_view{",.;:!?)"}.find(mark.front()) !=
         std::string_view::npos;
}

bool starts_with_capital(std::string_view original, const text::Token& token) {
  const auto first = static_cast<unsigned char>(original[token.span.start]);
  if (first < 0x80) return first >= 'A' && first <= 'Z';
  return text::is_upper_case(text::decode(original, token.span.start).value);
}

bool has_digit(std::string_view text) {
  constexpr std::uint64_t every = 0x0101010101010101U;
  std::uint64_t found = 0;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data(), 8);
    eight ^= '0' * every;  // digits are less than 10
    found |= ~(((eight & 0x7F * every) + (0x80 - 10) * every) | eight);
  }
  return (found & 0x80 * every) != 0 ||
         std::any_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

/// Marks of units within the scope of a negation or hedge.
constexpr char inside = 1;
constexpr char stop = 2;

bool is_emoji(std::string_view word) {
  return static_cast<unsigned char>(word.front()) >= 0xE2;
}

bool is_plain(std::string_view word) {
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return c >= 'a' && c <= 'z'; });
}

bool fits(const Reading& reading, std::uint32_t unit, Atom atom) {
  if (atom == any_word) return true;
  const Unit& u = reading.units[unit];
  if (u.masked()) return false;
  if (atom == capital_word) return u.capital;
  if ((u.word->signature & atom_bit(atom)) == 0) return false;
  const auto atoms = u.word->atoms();
  return std::find(atoms.begin(), atoms.end(), atom) != atoms.end();
}

/// Whether a term may go on behind the word at `at`, with which it begins.
bool goes_on(const TermStart& start, std::uint32_t at, const Reading& out) {
  if (start.next == 0) return true;
  if (start.after_gap) return (out.signature & start.next) != 0;
  const std::size_t next = std::size_t{at} + start.words + start.skip;
  return next < out.units.size() &&
         (out.units[next].signature() & start.next) != 0;
}

/// Makes one masked unit of each run of marked ones within a clause, so that a
/// sensitive word of two parts weighs as much as one of one part.
void collapse(Reading& out) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.units.size(); ++i) {
    Unit unit = out.units[i];
    const bool joins = out.marks[i] != 0 && i > 0 && out.marks[i - 1] != 0 &&
                       !unit.clause_start;
    if (joins) {
      Unit& before = out.units[kept - 1];
      before.span.end = unit.span.end;
      before.folded_end = unit.folded_end;
      continue;
    }
    if (out.marks[i] != 0) unit.word = nullptr;
    out.units[kept++] = unit;
  }
  out.units.resize(kept);
  for (const Unit& unit : out.units) {
    if (!unit.masked()) continue;
    std::fill(out.folded.text.begin() + unit.folded_start,
              out.folded.text.begin() + unit.folded_end, '_');
  }
}

}  // namespace

WordMemo::Key WordMemo::key_of(std::string_view text, std::size_t before) {
  constexpr bool little = std::endian::native == std::endian::little;
  const auto load = [](const char* from) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return value;
  };
  const std::size_t size = text.size();
  Key key{.length = static_cast<std::uint32_t>(size)};
  if (size > 16) {
    key.head = load(text.data());
    key.tail = load(text.data() + size - 8);
  } else {
    // Sixteen bytes that end where the text does; words of all lengths come by
    // turns, so that no branch depends on them.
    std::array<char, 16> copy{};
    const char* start = copy.data();
    if (little && before + size >= copy.size()) {
      start = text.data() + size - copy.size();
    } else {
      std::copy(text.begin(), text.end(),
                copy.end() - static_cast<std::ptrdiff_t>(size));
    }
    key.head = load(start);
    key.tail = load(start + 8);
    if (little) {
      // What stands in front of the text is shifted out, in two halves because
      // no shift takes out all.
      const std::size_t head = size > 8 ? 16 - size : 8;
      const std::size_t tail = size < 8 ? 8 - size : 0;
      key.head = key.head >> 4 * head >> 4 * head;
      key.tail = key.tail >> 4 * tail >> 4 * tail;
    }
  }
  std::uint64_t hash = (key.head ^ size) * 0x9E3779B97F4A7C15U;
  hash = (hash ^ hash >> 32U ^ key.tail) * 0xC2B2AE3D27D4EB4FU;
  for (std::size_t at = 8; at + 8 < size && size > 16; at += 8)
    hash = (hash ^ hash >> 32U ^ load(text.data() + at)) * 0x9E3779B97F4A7C15U;
  key.hash = static_cast<std::uint32_t>(hash >> 32U);
  return key;
}

bool WordMemo::same(const Slot& slot, const Key& key, std::string_view text) {
  return slot.key.head == key.head && slot.key.tail == key.tail &&
         slot.key.length == key.length && slot.key.hash == key.hash &&
         // Behind a text of more than 16 bytes it stands in full.
         (key.length <= 16 ||
          std::memcmp(reinterpret_cast<const char*>(slot.word) - key.length,
                      text.data(), key.length) == 0);
}

const Word* WordMemo::find(std::string_view text, std::size_t before) const {
  const Key key = key_of(text, before);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = key.hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.word == nullptr || same(slot, key, text)) return slot.word;
  }
}

void WordMemo::place(const Slot& slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = slot.key.hash & mask;
  while (slots_[i].word != nullptr) i = (i + 1) & mask;
  slots_[i] = slot;
}

const Word& WordMemo::add(std::string_view text, std::span<const Word> words) {
  if ((size_ + 1) * 2 > slots_.size()) {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.word != nullptr) place(slot);
    }
  }
  ++size_;
  // A text that its key does not hold stands in front of its words.
  const std::size_t lead =
      text.size() > 16
          ? (text.size() + alignof(Word) - 1) / alignof(Word) * alignof(Word)
          : 0;
  auto* const start = static_cast<std::byte*>(
      arena_.room(lead + words.size_bytes(), alignof(Word)));
  if (lead > 0)
    std::memcpy(start + lead - text.size(), text.data(), text.size());
  auto* const first = reinterpret_cast<Word*>(start + lead);
  std::uninitialized_copy(words.begin(), words.end(), first);
  place({key_of(text, 0), first});
  return *first;
}

void WordMemo::clear() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  arena_.clear();
  size_ = 0;
  ids_ = 0;
  ++generation_;
}

void Lexicon::read(std::string_view original, Reading& out) const {
  text::fold(original, out.folded);
  text::tokenise(original, out.folded, out.tokens);
  out.sensitive.clear();
  out.matches.clear();
  out.exceptions.clear();
  split(original, out);
  mask(out);
  find_terms(out);
  if (!out.exceptions.empty()) drop_exceptions(out);
  if ((out.scopes & negation_bit) != 0) apply(negation_, Change::negate, out);
  if ((out.scopes & hedge_bit) != 0) apply(hedge_, Change::hedge, out);
}

void Lexicon::split(std::string_view original, Reading& out) const {
  if (out.memo.full()) out.memo.clear();
  out.units.clear();
  out.question = false;
  out.signature = 0;
  std::uint32_t sentence = 0;
  bool sentence_start = true;
  bool clause_start = false;
  for (const text::Token& token : out.tokens) {
    if (token.kind == text::TokenKind::punctuation) {
      const std::string_view mark = token.text(out.folded);
      clause_start = clause_start || ends_clause(mark);
      out.question = out.question || mark.front() == '?';
    } else {
      const Word& known = written(token, out);
      Unit unit{.span = token.span,
                .folded_start = token.folded_start,
                .folded_end = token.folded_end,
                .sentence = sentence,
                .capital = starts_with_capital(original, token),
                .clause_start = clause_start};
      const auto add = [&](const Word& word) {
        unit.word = &word;
        out.signature |= unit.signature();
        out.units.push_back(unit);
        unit.clause_start = false;
      };
      const std::span<const Word> read_as{&known, known.words};
      if (known.corrected && unit.capital && !sentence_start) {
        add(*(&known + known.words));
      } else {
        for (const Word& word : read_as) add(word);
      }
      clause_start = false;
      sentence_start = false;
    }
    if (token.ends_sentence) {
      ++sentence;
      clause_start = true;
      sentence_start = true;
    }
  }
  out.digits = has_digit(out.folded.text);
}

const Word& Lexicon::written(const text::Token& token, Reading& out) const {
  const std::string_view text = token.text(out.folded);
  if (const Word* known = out.memo.find(text, token.folded_start))
    return *known;
  return look_up(text, token.kind, out);
}

Word Lexicon::word_of(std::string_view text, Reading& out) const {
  Word word{.text = out.memo.keep(text), .id = out.memo.next_id()};
  std::vector<Atom>& atoms = out.atoms;
  atoms.clear();
  index_.find(text, atoms);
  for (std::size_t i = 0, own = atoms.size(); i < own; ++i) {
    const auto& choices = choices_[atoms[i]];
    atoms.insert(atoms.end(), choices.begin(), choices.end());
  }
  if (atoms.empty()) return word;
  for (const Atom atom : atoms) word.signature |= atom_bit(atom);
  word.first_atom = out.memo.keep(std::span<const Atom>{atoms});
  word.atom_count = static_cast<std::uint16_t>(atoms.size());
  link(word, out);
  return word;
}

/// The terms that begin with a word.
void Lexicon::link(Word& word, Reading& out) const {
  out.starts.clear();
  out.pairs.clear();
  for (std::uint32_t place = 0; place < word.atom_count; ++place) {
    const Atom atom = word.first_atom[place];
    bool pairs = false;
    for (std::uint32_t t = starts_.first[atom]; t < starts_.first[atom + 1U];
         ++t) {
      if (pairs_up(starts_.terms[t])) {
        pairs = true;
      } else {
        out.starts.push_back(start_of(t, 1));
        out.starts.back().place = place;
      }
    }
    if (pairs) out.pairs.push_back({place, atom});
    word.starts_sensitive =
        word.starts_sensitive ||
        sensitive_starts_.first[atom] != sensitive_starts_.first[atom + 1U];
  }
  word.first_start = out.memo.keep(std::span<const TermStart>{out.starts});
  word.start_count = static_cast<std::uint32_t>(out.starts.size());
  word.first_pair = out.memo.keep(std::span<const PairStart>{out.pairs});
  word.pair_count = static_cast<std::uint16_t>(out.pairs.size());
}

const Word& Lexicon::look_up(std::string_view text, text::TokenKind kind,
                             Reading& out) const {
  std::vector<Word>& words = out.words;
  words.clear();
  if (const Atom rewritten = rewritten_.whole(text); rewritten != 0) {
    for (const auto& part : rewritings_[rewritten - WordIndex::first_atom])
      words.push_back(word_of(part, out));
    words.front().words = static_cast<std::uint8_t>(words.size());
    return out.memo.add(text, words);
  }
  words.push_back(word_of(text, out));
  // A short part ("ver*") does not make a word one that exists.
  constexpr std::size_t telling_part = 4;
  const auto atoms = words.front().atoms();
  const bool term = std::any_of(atoms.begin(), atoms.end(), [&](Atom atom) {
    return index_.length(atom) >= telling_part;
  });
  const bool exists = !dutch_ || kind != text::TokenKind::word || term ||
                      !is_plain(text) ||
                      (!atoms.empty() && index_.whole(text) != 0) ||
                      Spelling::dutch().known(text);
  const std::string_view meant =
      exists ? std::string_view{} : corrector_.correct(text);
  if (!meant.empty()) {
    words.insert(words.begin(), word_of(meant, out));
    words.front().corrected = true;
  }
  return out.memo.add(text, words);
}

/// Fills `out.starts` with the terms that begin with a word and the next one.
void Lexicon::find_pairs(std::uint32_t at, Reading& out) const {
  std::vector<TermStart>& starts = out.starts;
  starts.clear();
  const Unit& unit = out.units[at];
  if (unit.word->pair_count == 0 || at + 1 == out.units.size()) return;
  const Unit& next = out.units[at + 1];
  if (next.masked() || next.sentence != unit.sentence) return;
  for (const PairStart& pair : unit.word->pairs()) {
    for (const Atom atom : next.word->atoms()) {
      for (const TermStart& start : pair_terms_.find(pair.atom, atom)) {
        if (!goes_on(start, at, out)) continue;
        starts.push_back(start);
        starts.back().place = pair.place;
      }
    }
  }
  // A handful, mostly in order.
  for (std::size_t i = 1; i < starts.size(); ++i) {
    const TermStart here = starts[i];
    std::size_t to = i;
    for (; to > 0 && starts[to - 1].order() > here.order(); --to)
      starts[to] = starts[to - 1];
    starts[to] = here;
  }
}

void Lexicon::take_start(const TermStart& start, std::uint32_t at,
                         Reading& out) const {
  std::uint32_t end = at + start.words;
  if (!start.complete) {
    if (!goes_on(start, at, out)) return;
    const Term& term = starts_.terms[start.term];
    end = match_end(term, term.begin + start.words, out, end,
                    out.units[at].sentence);
    if (end == 0) return;
  }
  if (start.exception) {
    for (; at < end; ++at) out.exceptions.emplace_back(start.list, at);
  } else {
    out.scopes |= scopes_[start.list];
    out.matches.push_back({start.list, false, false, at, end});
  }
}

void Lexicon::find_terms(Reading& out) const {
  out.scopes = 0;
  const auto count = static_cast<std::uint32_t>(out.units.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    const Unit& unit = out.units[i];
    if (unit.masked()) continue;
    find_pairs(i, out);
    auto pair = out.starts.cbegin();
    for (const TermStart& start : unit.word->starts()) {
      for (; pair != out.starts.cend() && pair->order() < start.order(); ++pair)
        take_start(*pair, i, out);
      take_start(start, i, out);
    }
    for (; pair != out.starts.cend(); ++pair) take_start(*pair, i, out);
  }
}

template <class Visit>
void Lexicon::each_sensitive(const Reading& out, const Visit& visit) const {
  const Starts& starts = sensitive_starts_;
  for (std::uint32_t i = 0; i < out.units.size(); ++i) {
    const Unit& unit = out.units[i];
    if (!unit.word->starts_sensitive) continue;
    for (const Atom atom : unit.word->atoms()) {
      for (std::uint32_t t = starts.first[atom]; t < starts.first[atom + 1U];
           ++t) {
        const Term& term = starts.terms[t];
        const auto end =
            match_end(term, term.begin + 1, out, i + 1, unit.sentence);
        if (end != 0) visit(term, i, end);
      }
    }
  }
}

std::uint32_t Lexicon::match_end(const Term& term, std::uint32_t element,
                                 const Reading& out, std::uint32_t at,
                                 std::uint32_t sentence) const {
  if (element == term.end) return at;
  const Element& part = elements_[element];
  const std::uint32_t last = part.gap ? at + max_gap : at;
  for (std::uint32_t i = at; i <= last && i < out.units.size(); ++i) {
    if (out.units[i].sentence != sentence) break;
    if (!fits(out, i, part.atom)) continue;
    const auto end = match_end(term, element + 1, out, i + 1, sentence);
    if (end != 0) return end;
  }
  return 0;
}

void Lexicon::mask(Reading& out) const {
  out.marks.assign(out.units.size(), 0);
  each_sensitive(
      out, [&](const Term& term, std::uint32_t begin, std::uint32_t end) {
        // Context stands at the edges of a term only.
        std::uint32_t element = term.begin;
        for (; elements_[element].context; ++element) ++begin;
        for (element = term.end; elements_[element - 1].context; --element)
          --end;
        for (std::uint32_t i = begin; i < end; ++i) out.marks[i] = 1;
        out.sensitive.push_back(
            {term.list,
             {out.units[begin].span.start, out.units[end - 1].span.end}});
      });
  if (!out.sensitive.empty()) collapse(out);
}

void Lexicon::drop_exceptions(Reading& out) const {
  std::sort(out.exceptions.begin(), out.exceptions.end());
  std::uint64_t lists = 0;
  for (const auto& exception : out.exceptions)
    lists |= std::uint64_t{1} << (exception.first & 63U);
  const auto excepted = [&](const Match& match) {
    if ((lists >> (match.lexicon & 63U) & 1U) == 0) return false;
    const auto next =
        std::lower_bound(out.exceptions.begin(), out.exceptions.end(),
                         std::make_pair(match.lexicon, match.begin));
    return next != out.exceptions.end() && next->first == match.lexicon &&
           next->second < match.end;
  };
  out.matches.erase(
      std::remove_if(out.matches.begin(), out.matches.end(), excepted),
      out.matches.end());
}

/// What closes a clause says something of the words before it: "een inbreker is
/// het niet".
void Lexicon::mark_left(const Match& closing, std::uint32_t words,
                        Reading& out) {
  if (closing.end < out.units.size()) {
    const Unit& next = out.units[closing.end];
    const bool emoji = !next.masked() && is_emoji(next.word->text);
    if (!next.clause_start && !emoji) return;
  }
  for (std::uint32_t i = closing.begin; i > 0 && words > 0; --i, --words) {
    if (out.units[i].clause_start || out.marks[i - 1] == stop) return;
    out.marks[i - 1] = inside;
  }
}

void Lexicon::apply(const Scope& scope, Change change, Reading& out) const {
  const auto opens = [&](const Match& match) {
    return match.lexicon == scope.list;
  };
  const auto closes = [&](const Match& match) {
    return match.lexicon == scope.closing;
  };
  if (std::none_of(out.matches.begin(), out.matches.end(),
                   [&](const Match& m) { return opens(m) || closes(m); }))
    return;
  out.marks.assign(out.units.size(), 0);
  for (const Match& match : out.matches) {
    if (match.lexicon == scope.stop) out.marks[match.begin] = stop;
  }
  for (const Match& match : out.matches) {
    if (closes(match)) mark_left(match, scope.words, out);
    if (!opens(match)) continue;
    for (std::uint32_t i = match.end; i < match.end + scope.words; ++i) {
      if (i >= out.units.size() || out.units[i].clause_start ||
          out.marks[i] == stop)
        break;
      out.marks[i] = inside;
    }
  }
  for (Match& match : out.matches) {
    if (!lists_[match.lexicon].negatable || out.marks[match.begin] != inside)
      continue;
    (change == Change::negate ? match.negated : match.hedged) = true;
  }
}

}  // namespace etherpeil::classify
