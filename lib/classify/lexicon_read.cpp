#include <algorithm>

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

bool fits(const Reading& reading, std::uint32_t unit, Atom atom) {
  if (atom == any_word) return true;
  const Unit& u = reading.units[unit];
  const auto begin = reading.atoms.begin() + u.atoms_begin;
  const auto end = reading.atoms.begin() + u.atoms_end;
  return std::find(begin, end, atom) != end;
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
    if (out.marks[i] != 0) {
      unit.masked = true;
      unit.atoms_end = unit.atoms_begin;
      unit.signature = 0;
    }
    out.units[kept++] = unit;
  }
  out.units.resize(kept);
  for (const Unit& unit : out.units) {
    if (!unit.masked) continue;
    std::fill(out.folded.text.begin() + unit.folded_start,
              out.folded.text.begin() + unit.folded_end, '_');
  }
}

}  // namespace

void Lexicon::read(std::string_view original, Reading& out) const {
  text::fold(original, out.folded);
  text::tokenise(original, out.folded, out.tokens);
  out.sensitive.clear();
  out.matches.clear();
  out.exceptions.clear();
  split(original, out);
  mask(out);
  each_match(starts_, out,
             [&](const Term& term, std::uint32_t begin, std::uint32_t end) {
               if (term.exception) {
                 for (std::uint32_t i = begin; i < end; ++i)
                   out.exceptions.emplace_back(term.list, i);
               } else {
                 out.matches.push_back({term.list, false, false, begin, end});
               }
             });
  if (!out.exceptions.empty()) drop_exceptions(out);
  apply(negation_, Change::negate, out);
  apply(hedge_, Change::hedge, out);
}

void Lexicon::split(std::string_view original, Reading& out) const {
  out.units.clear();
  out.atoms.clear();
  out.question = false;
  out.signature = 0;
  std::uint32_t sentence = 0;
  bool clause_start = false;
  for (const text::Token& token : out.tokens) {
    const std::string_view word = token.text(out.folded);
    if (token.kind == text::TokenKind::punctuation) {
      clause_start = clause_start || ends_clause(word);
      out.question = out.question || word.front() == '?';
    } else {
      const Unit unit{.span = token.span,
                      .folded_start = token.folded_start,
                      .folded_end = token.folded_end,
                      .sentence = sentence,
                      .clause_start = clause_start};
      add_units(word, starts_with_capital(original, token), unit, out);
      clause_start = false;
    }
    if (token.ends_sentence) {
      ++sentence;
      clause_start = true;
    }
  }
  out.digits = std::any_of(out.folded.text.begin(), out.folded.text.end(),
                           [](char c) { return c >= '0' && c <= '9'; });
}

void Lexicon::add_units(std::string_view word, bool capital, Unit unit,
                        Reading& out) const {
  const auto add = [&](std::string_view part) {
    unit.atoms_begin = static_cast<std::uint32_t>(out.atoms.size());
    index_.find(part, out.atoms);
    if (capital) out.atoms.push_back(capital_word);
    unit.atoms_end = static_cast<std::uint32_t>(out.atoms.size());
    unit.signature = 0;
    for (std::uint32_t i = unit.atoms_begin; i < unit.atoms_end; ++i) {
      unit.signature |= atom_bit(out.atoms[i]);
    }
    out.signature |= unit.signature;
    out.units.push_back(unit);
    unit.clause_start = false;
  };
  const Atom rewritten = rewritten_.whole(word);
  if (rewritten == 0) {
    add(word);
  } else {
    for (const auto& part : rewritings_[rewritten - WordIndex::first_atom])
      add(part);
  }
}

template <class Visit>
void Lexicon::each_match(const Starts& starts, const Reading& out,
                         const Visit& visit) const {
  for (std::uint32_t i = 0; i < out.units.size(); ++i) {
    const Unit& unit = out.units[i];
    const std::uint64_t next =
        i + 1 < out.units.size() ? out.units[i + 1].signature : 0;
    for (std::uint32_t a = unit.atoms_begin; a < unit.atoms_end; ++a) {
      const Atom atom = out.atoms[a];
      for (std::uint32_t t = starts.first[atom]; t < starts.first[atom + 1U];
           ++t) {
        const Term& term = starts.terms[t];
        // Most terms that begin with a common word go no further.
        const std::uint64_t there =
            term.second_after_gap ? out.signature : next;
        if (term.second != 0 && (there & term.second) == 0) continue;
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
  each_match(
      sensitive_starts_, out,
      [&](const Term& term, std::uint32_t begin, std::uint32_t end) {
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

void Lexicon::apply(const Scope& scope, Change change, Reading& out) const {
  const auto opens = [&](const Match& match) {
    return match.lexicon == scope.list;
  };
  if (std::none_of(out.matches.begin(), out.matches.end(), opens)) return;
  constexpr char inside = 1;
  constexpr char stop = 2;
  out.marks.assign(out.units.size(), 0);
  for (const Match& match : out.matches) {
    if (match.lexicon == scope.stop) out.marks[match.begin] = stop;
  }
  for (const Match& match : out.matches) {
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
