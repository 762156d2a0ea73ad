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

/// A text that a term must find: what its signs stand for, filled in.
std::string sample_of(const std::string& term) {
  std::string text;
  std::size_t at = 0;
  while (at < term.size()) {
    const std::size_t end = std::min(term.find(' ', at), term.size());
    std::string piece = term.substr(at, end - at);
    if (piece == "...") piece = "zzz";
    if (piece == "*") piece = "zzz";
    if (piece == "^") piece = "Zzz";
    if (piece.size() > 2 && piece.front() == '[')
      piece = piece.substr(1, piece.size() - 2);
    if (piece.front() == '*') piece = "zz" + piece.substr(1);
    if (piece.back() == '*') piece.pop_back();
    text += (text.empty() ? "" : " ") + piece;
    at = end + 1;
  }
  return text;
}

bool is_single_word(const std::string& term) {
  return term.find(' ') == std::string::npos;
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
      if (!is_found(key, terms[i])) {
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
    lexicon.read(sample_of(term), reading_);
    const auto is_list = [&](std::uint16_t index) {
      return lexicon.lists()[index].key == key;
    };
    return std::any_of(
               reading_.matches.begin(), reading_.matches.end(),
               [&](const auto& match) { return is_list(match.lexicon); }) ||
           std::any_of(
               reading_.sensitive.begin(), reading_.sensitive.end(),
               [&](const auto& match) { return is_list(match.lexicon); });
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
