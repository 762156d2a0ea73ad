/// What is odd in a codebook and lexicon that load: words that can never be
/// found, are found twice, or cost too much.
#include <algorithm>
#include <map>
#include <set>

#include "classify/rules.hpp"
#include "data/data.hpp"
#include "etherpeil/classify.hpp"
#include "json/json.hpp"
#include "text/fold.hpp"
#include "text/pattern.hpp"

namespace etherpeil {
namespace {

std::vector<std::string> parts_of(std::string_view text, char border) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = std::min(text.find(border), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

/// A word that a piece of a term must find: what its signs stand for, filled
/// in.
std::string sample_word(std::string piece) {
  if (piece == "..." || piece == "*") return "zzz";
  if (piece == "^") return "Zzz";
  if (piece.front() == '*') piece = "zz" + piece.substr(1);
  if (piece.back() == '*') piece.pop_back();
  return piece;
}

/// Texts that a term must find; together they hold all of its alternatives.
std::vector<std::string> samples_of(const std::string& term) {
  std::vector<std::string> samples{""};
  for (std::string piece : parts_of(term, ' ')) {
    if (piece.empty()) continue;
    if (piece.size() > 2 && piece.front() == '[')
      piece = piece.substr(1, piece.size() - 2);
    const auto choices = parts_of(piece, '|');
    samples.resize(std::max(samples.size(), choices.size()), samples.front());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const std::string word = sample_word(choices[i % choices.size()]);
      samples[i] += (samples[i].empty() ? "" : " ") + word;
    }
  }
  return samples;
}

bool is_single_word(const std::string& term) {
  return term.find_first_of(" |") == std::string::npos;
}

/// Whether the wildcard of one word covers another word.
bool covers(const std::string& wide, const std::string& narrow) {
  const bool ending = wide.front() == '*';
  const bool beginning = wide.back() == '*';
  if (wide == narrow || ending == beginning) return false;
  const std::string core =
      ending ? wide.substr(1) : wide.substr(0, wide.size() - 1);
  // A word with the other wildcard stands for words of any end.
  if (ending && (narrow.back() == '*' || narrow.size() <= core.size()))
    return false;
  if (beginning && narrow.front() == '*') return false;
  const std::string bare =
      ending && narrow.front() == '*' ? narrow.substr(1) : narrow;
  if (bare.size() < core.size()) return false;
  return ending
             ? bare.compare(bare.size() - core.size(), core.size(), core) == 0
             : bare.compare(0, core.size(), core) == 0;
}

class Linter {
 public:
  Linter(std::string_view codebook, std::string_view lexicon,
         const std::string& name)
      : book_(Codebook::from_json(codebook, lexicon, name)),
        codebook_(json::parse(codebook, name)),
        lexicon_(json::parse(lexicon, name + " (lexicon)")) {}

  std::vector<Diagnostic> run() {
    const json::Node lists = lexicon_["lexicons"];
    for (const std::string& key : lists.keys()) lint_list(key, lists[key]);
    lint_across();
    lint_rewritings();
    lint_patterns();
    return std::move(found_);
  }

 private:
  void say(const char* code, Severity severity, const std::string& where,
           const std::string& what) {
    found_.push_back(
        {.code = code, .severity = severity, .message = where + ": " + what});
  }

  void lint_list(const std::string& key, const json::Node& list) {
    const auto terms = list["terms"].strings();
    lint_common(key, terms);
    const auto sensitive = list.find("sensitive");
    const bool masked = sensitive && sensitive->boolean();
    std::set<std::string> seen;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const std::string where =
          "/lexicons/" + key + "/terms/" + std::to_string(i);
      if (!seen.insert(terms[i]).second) {
        say("lint.duplicate-term", Severity::warning, where,
            "\"" + terms[i] + "\" stands in this list already");
        continue;
      }
      lists_of_[terms[i]].push_back(key);
      if (!masked && holds_sensitive(terms[i])) {
        say("lint.sensitive-term", Severity::warning, where,
            "\"" + terms[i] +
                "\" holds a word of a sensitive list, which is masked and may "
                "move no label; take it out, or move it there");
      } else if (!is_found(key, terms[i])) {
        say("lint.unreachable-term", Severity::warning, where,
            "\"" + terms[i] +
                "\" is never found: an exception or a sensitive word covers "
                "it");
      }
      lint_redundant(terms, terms[i], where);
    }
  }

  void lint_redundant(const std::vector<std::string>& terms,
                      const std::string& term, const std::string& where) {
    if (!is_single_word(term)) return;
    const auto wide =
        std::find_if(terms.begin(), terms.end(), [&](const auto& other) {
          return is_single_word(other) && covers(other, term);
        });
    if (wide == terms.end()) return;
    say("lint.redundant-term", Severity::warning, where,
        "\"" + term + "\" is found by \"" + *wide + "\" of the same list");
  }

  [[nodiscard]] bool is_found(const std::string& key, const std::string& term) {
    const classify::Lexicon& lexicon = book_.impl().lexicon;
    const auto is_list = [&](const auto& match) {
      return lexicon.lists()[match.lexicon].key == key;
    };
    const auto found = [&](const std::string& sample) {
      lexicon.read(sample, reading_);
      return std::any_of(reading_.matches.begin(), reading_.matches.end(),
                         is_list) ||
             std::any_of(reading_.sensitive.begin(), reading_.sensitive.end(),
                         is_list);
    };
    const auto samples = samples_of(term);
    return std::all_of(samples.begin(), samples.end(), found);
  }

  [[nodiscard]] bool holds_sensitive(const std::string& term) {
    const auto samples = samples_of(term);
    return std::any_of(samples.begin(), samples.end(), [&](const auto& sample) {
      book_.impl().lexicon.read(sample, reading_);
      return !reading_.sensitive.empty();
    });
  }

  /// Said once per list: a word that stands in every second message says
  /// little, but may be meant.
  void lint_common(const std::string& key,
                   const std::vector<std::string>& terms) {
    constexpr std::size_t commonest = 1000;
    if (lexicon_["language"].string() != "nl") return;
    const auto& common = classify::Spelling::dutch().common();
    const std::set<std::string_view> words{common.begin(),
                                           common.begin() + commonest};
    std::size_t met = 0;
    std::string first;
    for (const std::string& term : terms) {
      if (words.count(text::fold(term).text) == 0) continue;
      if (met++ == 0) first = term;
    }
    if (met == 0) return;
    say("lint.common-terms", Severity::info, "/lexicons/" + key + "/terms",
        std::to_string(met) +
            " of the thousand commonest Dutch words stand here alone, such "
            "as \"" +
            first + "\"");
  }

  /// Words are rewritten once: what leads on, or back, is not followed.
  void lint_rewritings() {
    std::map<std::string, std::string> next;
    for (const char* table : {"abbreviations", "typos"}) {
      for (const std::string& from : lexicon_[table].keys())
        next[text::fold(from).text] = lexicon_[table][from].string();
    }
    for (const auto& [from, to] : next) {
      for (const std::string& word : parts_of(text::fold(to).text, ' ')) {
        if (next.count(word) == 0) continue;
        std::set<std::string> seen{from};
        std::string at = word;
        while (next.count(at) != 0 && seen.insert(at).second) at = next[at];
        std::string what = "\"";
        what.append(from).append("\" is read as \"").append(to);
        what.append("\", and \"").append(word);
        say("lint.rewriting-chain", Severity::warning, "/abbreviations, /typos",
            what + (seen.count(at) != 0
                        ? "\" leads back to it; words are rewritten once"
                        : "\" is rewritten too; words are rewritten once, so "
                          "name the last one"));
      }
    }
  }

  /// Not wrong: lists may overlap on purpose. Said once, with the number.
  void lint_across() {
    std::size_t shared = 0;
    std::string first;
    for (const auto& [term, lists] : lists_of_) {
      if (lists.size() < 2) continue;
      if (shared++ == 0) {
        first = "\"" + term + "\" in " + lists[0] + " and " + lists[1];
      }
    }
    if (shared > 0) {
      say("lint.shared-terms", Severity::info, "/lexicons",
          std::to_string(shared) +
              " terms stand in more than one list, such as " + first);
    }
  }

  void lint_patterns() {
    const json::Node patterns = codebook_["patterns"];
    // Runs that make an expression with nested repeats try for ever.
    std::vector<std::string> hostile;
    for (const char* unit : {"a", "1", " ", "ab ", "1-", "a.", "06 "}) {
      std::string text;
      while (text.size() < 4000) text += unit;
      hostile.push_back(text + "!");
    }
    for (const std::string& key : patterns.keys()) {
      const text::Pattern pattern{patterns[key]["regex"].string()};
      for (const std::string& text : hostile) {
        if (!pattern.search(text::fold(text)).too_costly) continue;
        say("lint.costly-pattern", Severity::warning, "/patterns/" + key,
            "gives up on a text of repeated signs; write it without repeats "
            "inside repeats");
        break;
      }
    }
  }

  Codebook book_;
  json::Node codebook_;
  json::Node lexicon_;
  classify::Reading reading_{};
  std::map<std::string, std::vector<std::string>> lists_of_{};
  std::vector<Diagnostic> found_{};
};

}  // namespace

std::vector<Diagnostic> lint(std::string_view codebook,
                             std::string_view lexicon,
                             const std::string& name) {
  return Linter{codebook, lexicon, name}.run();
}

std::vector<Diagnostic> lint() {
  return lint(data::codebook_nl_json(), data::lexicon_nl_json(),
              "codebook_nl.json");
}

}  // namespace etherpeil
