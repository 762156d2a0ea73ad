#include <algorithm>
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

WordMemo::Key WordMemo::key_of(std::string_view text) {
  const auto load = [&text](std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, text.data() + at, bytes);
    return value;
  };
  const std::size_t size = text.size();
  Key key{.length = static_cast<std::uint32_t>(size)};
  // Numbers of fixed size that may overlap: equal texts of one length and no
  // others have equal ones.
  if (size >= 8) {
    key.head = load(0, 8);
    key.tail = load(size - 8, 8);
  } else if (size >= 4) {
    key.head = load(0, 4) | load(size - 4, 4) << 32U;
  } else {
    for (std::size_t i = 0; i < size; ++i)
      key.head = key.head << 8U | static_cast<unsigned char>(text[i]);
  }
  std::uint64_t hash = (key.head ^ size) * 0x9E3779B97F4A7C15U;
  hash = (hash ^ hash >> 32U ^ key.tail) * 0xC2B2AE3D27D4EB4FU;
  for (std::size_t at = 8; at + 8 < size; at += 8)
    hash = (hash ^ hash >> 32U ^ load(at, 8)) * 0x9E3779B97F4A7C15U;
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

const Word* WordMemo::find(std::string_view text) const {
  const Key key = key_of(text);
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
  place({key_of(text), first});
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
  apply(negation_, Change::negate, out);
  apply(hedge_, Change::hedge, out);
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
  out.digits = std::any_of(out.folded.text.begin(), out.folded.text.end(),
                           [](char c) { return c >= '0' && c <= '9'; });
}

const Word& Lexicon::written(const text::Token& token, Reading& out) const {
  const std::string_view text = token.text(out.folded);
  if (const Word* known = out.memo.find(text)) return *known;
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
        out.starts.push_back({place, t});
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
                      !is_plain(text) || index_.whole(text) != 0 ||
                      Spelling::dutch().known(text);
  const std::string_view meant =
      exists ? std::string_view{} : corrector_.correct(text);
  if (!meant.empty()) {
    words.insert(words.begin(), word_of(meant, out));
    words.front().corrected = true;
  }
  return out.memo.add(text, words);
}

/// The starts of a word with, in their place, the terms whose second word is
/// the next one.
void Lexicon::find_pairs(const Unit& unit, const Unit& next,
                         std::vector<TermStart>& starts) const {
  starts.clear();
  for (const PairStart& pair : unit.word->pairs()) {
    for (const Atom atom : next.word->atoms()) {
      for (const std::uint32_t term : pair_terms_.find(pair.atom, atom))
        starts.push_back({pair.place, term});
    }
  }
  if (starts.empty()) return;
  const auto others = unit.word->starts();
  starts.insert(starts.end(), others.begin(), others.end());
  const auto key = [](const TermStart& start) {
    return std::uint64_t{start.place} << 32U | start.term;
  };
  // A handful, mostly in order.
  for (std::size_t i = 1; i < starts.size(); ++i) {
    const TermStart here = starts[i];
    std::size_t at = i;
    for (; at > 0 && key(starts[at - 1]) > key(here); --at)
      starts[at] = starts[at - 1];
    starts[at] = here;
  }
}

void Lexicon::find_terms(Reading& out) const {
  const auto count = static_cast<std::uint32_t>(out.units.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    const Unit& unit = out.units[i];
    if (unit.masked()) continue;
    std::span<const TermStart> starts = unit.word->starts();
    const Unit* const next = i + 1 < count ? &out.units[i + 1] : nullptr;
    if (next != nullptr && unit.word->pair_count > 0 && !next->masked() &&
        next->sentence == unit.sentence) {
      find_pairs(unit, *next, out.starts);
      if (!out.starts.empty()) starts = out.starts;
    }
    for (const TermStart& start : starts) {
      const Term& term = starts_.terms[start.term];
      std::uint32_t end = i + 1;
      if (term.end - term.begin > 1) {
        if (term.second != 0) {
          const std::uint64_t there = term.second_after_gap ? out.signature
                                      : next != nullptr     ? next->signature()
                                                            : 0;
          if ((there & term.second) == 0) continue;
        }
        end = match_end(term, term.begin + 1, out, i + 1, unit.sentence);
        if (end == 0) continue;
      }
      if (term.exception) {
        for (std::uint32_t at = i; at < end; ++at)
          out.exceptions.emplace_back(term.list, at);
      } else {
        out.matches.push_back({term.list, false, false, i, end});
      }
    }
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
  const auto excepted = [&](const Match& match) {
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
