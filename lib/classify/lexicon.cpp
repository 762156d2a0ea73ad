#include "classify/lexicon.hpp"

#include <algorithm>
#include <bit>

namespace etherpeil::classify {
namespace {

constexpr std::size_t max_atoms = 65000;
constexpr std::size_t max_gaps = 2;

std::vector<std::string_view> pieces_of(std::string_view term) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < term.size();) {
    const std::size_t end = std::min(term.find(' ', at), term.size());
    if (end > at) pieces.push_back(term.substr(at, end - at));
    at = end + 1;
  }
  return pieces;
}

/// The words of a piece of a term, exactly as a message with it would be split.
std::vector<std::string> words_of(std::string_view piece) {
  const bool plain = std::all_of(piece.begin(), piece.end(),
                                 [](char c) { return c >= 'a' && c <= 'z'; });
  if (plain && !piece.empty()) return {std::string{piece}};
  std::vector<std::string> words;
  const text::Folded folded = text::fold(piece);
  for (const auto& token : text::tokenise(piece, folded)) {
    if (token.kind != text::TokenKind::punctuation) {
      words.emplace_back(token.text(folded));
    }
  }
  return words;
}

}  // namespace

// ------------------------------------------------------------------- loading

Lexicon::Lexicon(const json::Node& root) {
  root.allow_only({"format", "id", "version", "language", "licence", "negation",
                   "hedge", "abbreviations", "typos", "lexicons"});
  if (root["format"].string() != "etherpeil-lexicon/1") {
    root["format"].fail("must be etherpeil-lexicon/1");
  }
  id_ = root["id"].string() + "/" +
        std::to_string(root["version"].integer(1, 1'000'000));
  dutch_ = root["language"].string() == "nl";
  load_words(root["abbreviations"]);
  load_words(root["typos"]);
  const json::Node lexicons = root["lexicons"];
  for (const std::string& key : lexicons.keys()) {
    if (key.find(':') != std::string::npos)
      lexicons[key].fail("a key has no colon");
    lists_.push_back({.key = key});
  }
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    load_list(lexicons[lists_[i].key], static_cast<std::uint16_t>(i));
  }
  choices_.resize(index_.size());
  if (dutch_) corrector_ = {Spelling::dutch(), terms_to_correct()};
  negation_ = scope(root["negation"]);
  hedge_ = scope(root["hedge"]);
  starts_ = starts_of(false);
  sensitive_starts_ = starts_of(true);
  scopes_.resize(lists_.size());
  note_scope(negation_, negation_bit);
  note_scope(hedge_, hedge_bit);
  for (std::uint32_t t = 0; t < starts_.terms.size(); ++t) {
    const Term& term = starts_.terms[t];
    if (!pairs_up(term)) continue;
    pair_terms_.add(elements_[term.begin].atom, elements_[term.begin + 1].atom,
                    start_of(t, 2));
  }
  pair_terms_.compile();
  terms_.clear();
}

void Lexicon::load_words(const json::Node& table) {
  for (const std::string& from : table.keys()) {
    const std::vector<std::string> key = words_of(from);
    if (key.size() != 1) table[from].fail("only one word can be rewritten");
    const Atom before = rewritten_.whole(key[0]);
    if (before != 0) table[from].fail("is rewritten twice");
    (void)rewritten_.add(key[0], WordIndex::Fit::whole);
    rewritings_.push_back(words_of(table[from].string()));
    if (rewritings_.back().empty()) table[from].fail("rewrites to nothing");
    if (rewritings_.back().size() > 100)
      table[from].fail("rewrites to more than a hundred words");
  }
}

void Lexicon::load_list(const json::Node& node, std::uint16_t index) {
  node.allow_only({"name", "sensitive", "negatable", "terms", "except"});
  List& list = lists_[index];
  list.name_nl = node["name"].string();
  if (const auto flag = node.find("sensitive"))
    list.sensitive = flag->boolean();
  if (const auto flag = node.find("negatable"))
    list.negatable = flag->boolean();
  for (const auto& term : node["terms"].items()) add_term(term, index, false);
  if (const auto except = node.find("except")) {
    if (list.sensitive) except->fail("a sensitive list has no exceptions");
    for (const auto& term : except->items()) add_term(term, index, true);
  }
}

void Lexicon::add_term(const json::Node& node, std::uint16_t list,
                       bool exception) {
  const auto begin = static_cast<std::uint32_t>(elements_.size());
  const std::string text = node.string();
  std::size_t gaps = 0;
  bool gap = false;
  for (const std::string_view piece : pieces_of(text)) {
    if (piece == "...") {
      gap = true;
      ++gaps;
    } else {
      add_piece(node, piece, gap);
    }
  }
  const auto end = static_cast<std::uint32_t>(elements_.size());
  if (begin == end || gap) node.fail("a term begins and ends with a word");
  if (elements_[begin].gap || elements_[begin].atom < WordIndex::first_atom) {
    node.fail("a term begins with a word, not with \"*\", \"^\" or \"...\"");
  }
  if (gaps > max_gaps) node.fail("a term has at most two gaps");
  if (lists_[list].sensitive) check_sensitive(node, begin, gaps);
  terms_.push_back(
      {.list = list, .exception = exception, .begin = begin, .end = end});
}

/// The words of terms that an unknown word may stand for.
std::vector<std::string_view> Lexicon::terms_to_correct() const {
  std::vector<std::string_view> words;
  for (const std::string_view word : index_.wholes()) {
    const bool plain = std::all_of(word.begin(), word.end(),
                                   [](char c) { return c >= 'a' && c <= 'z'; });
    if (plain) words.push_back(word);
  }
  return words;
}

/// What a sensitive term masks must be one run of words.
void Lexicon::check_sensitive(const json::Node& node, std::uint32_t begin,
                              std::size_t gaps) const {
  if (gaps > 0) node.fail("a sensitive term has no gap");
  std::size_t runs = 0;
  bool before = true;
  for (std::size_t i = begin; i < elements_.size(); ++i) {
    if (before && !elements_[i].context) ++runs;
    before = elements_[i].context;
  }
  if (runs != 1)
    node.fail("context in brackets stands at the edges of one run of words");
}

void Lexicon::add_piece(const json::Node& node, std::string_view piece,
                        bool& gap) {
  const bool context =
      piece.size() > 2 && piece.front() == '[' && piece.back() == ']';
  if (context) piece = piece.substr(1, piece.size() - 2);
  const auto add = [&](Atom atom) {
    elements_.push_back({atom, gap, context});
    gap = false;
  };
  if (piece == "*") return add(any_word);
  if (piece == "^") return add(capital_word);
  if (piece.find('|') != std::string_view::npos)
    return add(choice_of(node, piece));
  for (const Atom atom : atoms_of(node, piece)) add(atom);
}

std::vector<Atom> Lexicon::atoms_of(const json::Node& node,
                                    std::string_view piece) {
  const bool ending = !piece.empty() && piece.front() == '*';
  if (ending) piece.remove_prefix(1);
  const bool beginning = !piece.empty() && piece.back() == '*';
  if (beginning) piece.remove_suffix(1);
  const std::vector<std::string> words = words_of(piece);
  if (words.empty() || (ending && beginning)) node.fail("not a word");
  std::vector<Atom> atoms;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto fit = WordIndex::Fit::whole;
    if (ending && i == 0) fit = WordIndex::Fit::ending;
    if (beginning && i + 1 == words.size()) fit = WordIndex::Fit::beginning;
    if (fit == WordIndex::Fit::whole && rewritten_.whole(words[i]) != 0) {
      node.fail("holds a word that the abbreviations or typos rewrite");
    }
    atoms.push_back(index_.add(words[i], fit));
  }
  if (index_.size() > max_atoms) node.fail("too many different words");
  return atoms;
}

/// The atom of "a|b", which every word that fits one of them fits.
Atom Lexicon::choice_of(const json::Node& node, std::string_view piece) {
  const std::size_t before = index_.size();
  // No word holds a bar, so none is found by this name.
  const Atom choice = index_.add(piece, WordIndex::Fit::whole);
  if (index_.size() == before) return choice;
  while (true) {
    const std::size_t bar = std::min(piece.find('|'), piece.size());
    const auto atoms = atoms_of(node, piece.substr(0, bar));
    if (atoms.size() != 1) node.fail("an alternative is one word");
    choices_.resize(index_.size());
    choices_[atoms.front()].push_back(choice);
    if (bar == piece.size()) return choice;
    piece.remove_prefix(bar + 1);
  }
}

Lexicon::Starts Lexicon::starts_of(bool sensitive) const {
  Starts starts;
  for (const Term& term : terms_) {
    if (lists_[term.list].sensitive == sensitive) starts.terms.push_back(term);
  }
  const auto key = [this](const Term& term) {
    return elements_[term.begin].atom;
  };
  std::stable_sort(
      starts.terms.begin(), starts.terms.end(),
      [&](const Term& a, const Term& b) { return key(a) < key(b); });
  starts.first.resize(index_.size() + 1);
  std::uint32_t at = 0;
  for (std::size_t atom = 0; atom < starts.first.size(); ++atom) {
    while (at < starts.terms.size() && key(starts.terms[at]) < atom) ++at;
    starts.first[atom] = at;
  }
  return starts;
}

bool Lexicon::pairs_up(const Term& term) const {
  return term.end - term.begin > 1 && !elements_[term.begin + 1].gap &&
         elements_[term.begin + 1].atom >= WordIndex::first_atom;
}

/// A term of which so many words are found, one behind the other.
TermStart Lexicon::start_of(std::uint32_t number, std::uint32_t words) const {
  const Term& term = starts_.terms[number];
  TermStart start{.term = number,
                  .list = term.list,
                  .words = static_cast<std::uint8_t>(words),
                  .exception = term.exception,
                  .complete = term.begin + words == term.end};
  for (std::uint32_t i = term.begin + words; i < term.end; ++i) {
    start.after_gap = start.after_gap || elements_[i].gap;
    if (elements_[i].atom != any_word) {
      start.next = atom_bit(elements_[i].atom);
      break;
    }
    // So many words in a row tell nothing.
    if (++start.skip == UINT8_MAX) break;
  }
  return start;
}

void Lexicon::note_scope(const Scope& scope, std::uint8_t bit) {
  scopes_[scope.list] |= bit;
  if (scope.closing) scopes_[*scope.closing] |= bit;
}

void Lexicon::PairTerms::add(Atom first, Atom second, const TermStart& start) {
  added_.emplace_back(std::uint32_t{first} << 16U | second, start);
}

void Lexicon::PairTerms::compile() {
  std::stable_sort(
      added_.begin(), added_.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  slots_.resize(std::bit_ceil(added_.size() * 2 + 1));
  filter_.resize(filter_bits / 64);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < added_.size();) {
    const std::uint32_t key = added_[i].first;
    const auto begin = static_cast<std::uint32_t>(terms_.size());
    for (; i < added_.size() && added_[i].first == key; ++i)
      terms_.push_back(added_[i].second);
    const std::uint32_t hash = hash_of(key);
    std::size_t at = hash & mask;
    while (slots_[at].count != 0) at = (at + 1) & mask;
    slots_[at] = {key, begin,
                  static_cast<std::uint32_t>(terms_.size()) - begin};
    filter_[hash >> 22U] |= std::uint64_t{1} << (hash >> 16U & 63U);
  }
  added_.clear();
}

std::uint16_t Lexicon::list_index(const json::Node& name) const {
  const std::string key = name.string();
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    if (lists_[i].key == key) return static_cast<std::uint16_t>(i);
  }
  name.fail("no such lexicon");
}

Lexicon::Scope Lexicon::scope(const json::Node& node) const {
  node.allow_only({"lexicon", "stop", "words", "closing"});
  Scope scope{list_index(node["lexicon"]), list_index(node["stop"]),
              static_cast<std::uint32_t>(node["words"].integer(1, 20))};
  if (const auto closing = node.find("closing"))
    scope.closing = list_index(*closing);
  return scope;
}

}  // namespace etherpeil::classify
