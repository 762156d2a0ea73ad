#include "privacy/names.hpp"

#include <algorithm>

#include "data/data.hpp"
#include "json/json.hpp"
#include "text/tokens.hpp"
#include "text/utf8.hpp"

namespace etherpeil::privacy {
namespace {

using text::Folded;
using text::Token;
using text::TokenKind;
using Words = std::set<std::string, std::less<>>;

/// names_nl.json: see lib/data/README.md.
struct Lists {
  Words first{};
  Words last{};
  Words words{};      ///< first names that are words too
  Words titles{};     ///< "mevrouw", "buurman"
  Words particles{};  ///< "van", "de"
  Words cues{};       ///< "groeten", "genaamd"
};

const Lists& lists() {
  static const Lists all = [] {
    const json::Node root = json::parse(data::names_nl_json(), "names_nl.json");
    const auto read = [&root](std::string_view key) {
      const auto list = root[key].strings();
      return Words{list.begin(), list.end()};
    };
    return Lists{.first = read("first"),
                 .last = read("last"),
                 .words = read("words"),
                 .titles = read("titles"),
                 .particles = read("particles"),
                 .cues = read("cues")};
  }();
  return all;
}

/// Words that stand in the names of contacts and say nothing about who it is.
bool says_nothing(std::string_view word) {
  static const Words common{
      "admin",       "app",        "beheer",     "beheerder", "bewaking",
      "bewoner",     "buren",      "buurt",      "buurtapp",  "buurtpreventie",
      "gemeente",    "groep",      "handhaving", "hoek",      "jij",
      "jou",         "you",        "huis",       "mama",      "mam",
      "nieuw",       "nummer",     "overbuur",   "overkant",  "papa",
      "pap",         "politie",    "preventie",  "school",    "straat",
      "toezicht",    "werk",       "whatsapp",   "wijk",      "wijkteam",
      "coordinator", "voorzitter", "zwager"};
  const Lists& all = lists();
  return word.size() < 3 || common.count(word) > 0 ||
         all.titles.count(word) > 0 || all.particles.count(word) > 0 ||
         !std::any_of(word.begin(), word.end(),
                      [](char c) { return c < '0' || c > '9'; });
}

/// The words of one text, and which of them are part of a name.
class Walk {
 public:
  Walk(std::string_view original, const Folded& folded, const Words& own)
      : original_(original), folded_(folded), own_(own) {
    text::tokenise(original, folded, tokens_);
    named_.assign(tokens_.size(), false);
  }

  void run(std::vector<Redaction>& out) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (is_name(i)) named_[i] = true;
    }
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (follows_cue(i)) named_[i] = true;
      if (named_[i]) extend(i);
    }
    initials();
    write(out);
  }

 private:
  [[nodiscard]] std::string_view word(std::size_t i) const {
    return tokens_[i].text(folded_);
  }
  [[nodiscard]] bool is_word(std::size_t i) const {
    return i < tokens_.size() && tokens_[i].kind == TokenKind::word;
  }
  [[nodiscard]] bool capital(std::size_t i) const {
    return text::is_upper_case(
        text::decode(original_, tokens_[i].span.start).value);
  }
  [[nodiscard]] bool opens_sentence(std::size_t i) const {
    return i == 0 || tokens_[i - 1].ends_sentence;
  }
  /// Nothing but a space, a hyphen or an apostrophe between two tokens.
  [[nodiscard]] bool beside(std::size_t a, std::size_t b) const {
    return b < tokens_.size() &&
           tokens_[b].span.start - tokens_[a].span.end <= 1;
  }
  /// A list holds the word, or the word without an s of possession.
  [[nodiscard]] static bool in(const Words& list, std::string_view word) {
    if (list.count(word) > 0) return true;
    return word.size() > 3 && word.back() == 's' &&
           list.count(word.substr(0, word.size() - 1)) > 0;
  }

  [[nodiscard]] bool is_title(std::size_t i) const {
    return is_word(i) && lists().titles.count(word(i)) > 0;
  }

  [[nodiscard]] bool is_name(std::size_t i) const;
  [[nodiscard]] bool follows_cue(std::size_t i) const;
  void extend(std::size_t i);
  void initials();
  void write(std::vector<Redaction>& out) const;

  std::string_view original_;
  const Folded& folded_;
  const Words& own_;
  std::vector<Token> tokens_{};
  std::vector<bool> named_{};
};

/// A name by itself: of the chat's people, a first name, a surname with a
/// capital inside a sentence. One that is a word too needs a capital there.
bool Walk::is_name(std::size_t i) const {
  if (!is_word(i)) return false;
  const Lists& all = lists();
  const std::string_view one = word(i);
  const bool cap = capital(i);
  const bool inside = cap && !opens_sentence(i);
  // "12 jan" is a date.
  if (i > 0 && tokens_[i - 1].kind == TokenKind::number && one.size() == 3 &&
      !cap) {
    return false;
  }
  if (all.words.count(one) > 0) {
    return inside || (cap && is_word(i + 1) && beside(i, i + 1) &&
                      (all.last.count(word(i + 1)) > 0 && capital(i + 1)));
  }
  if (in(own_, one)) return true;
  if (in(all.first, one)) return cap || all.first.count(one) > 0;
  return inside && in(all.last, one);
}

/// "mevrouw Jansen", "groeten Loes", "genaamd Appie", "@Kees".
bool Walk::follows_cue(std::size_t i) const {
  if (!is_word(i) || i == 0 || named_[i]) return false;
  const Lists& all = lists();
  if (word(i).size() < 2) return false;
  std::size_t before = i - 1;
  while (before > 0 && is_word(before) && all.particles.count(word(before)) > 0)
    --before;
  if (tokens_[before].kind == TokenKind::punctuation && before > 0 &&
      (word(before) == "." || word(before) == "," || word(before) == ":"))
    --before;
  if (all.particles.count(word(i)) > 0) return false;
  if (word(i - 1) == "@" && beside(i - 1, i)) return capital(i);
  if (!is_word(before)) return false;
  const bool listed = in(all.first, word(i)) || in(all.last, word(i));
  if (all.titles.count(word(before)) > 0) return capital(i) || listed;
  if (all.cues.count(word(before)) > 0) return capital(i) || listed;
  return false;
}

/// What belongs to a name that was found: "Piet van der Berg", "Anna Smit-Bos".
void Walk::extend(std::size_t i) {
  const Lists& all = lists();
  std::size_t next = i + 1;
  while (is_word(next) && beside(next - 1, next) && next - i <= 4 &&
         all.particles.count(word(next)) > 0) {
    ++next;
  }
  if (!is_word(next) || !beside(next - 1, next) || tokens_[i].ends_sentence) {
    return;
  }
  // "Danny K." as newspapers write it.
  if (next == i + 1 && word(next).size() == 1 && capital(next)) {
    named_[next] = true;
    if (next + 1 < tokens_.size() && word(next + 1) == ".")
      named_[next + 1] = true;
    return;
  }
  const bool surname = capital(next) ? !says_nothing(word(next))
                                     : all.last.count(word(next)) > 0 &&
                                           all.words.count(word(next)) == 0;
  if (!surname) return;
  for (std::size_t at = i + 1; at <= next; ++at) named_[at] = true;
}

/// "J. de Vries", "A.B. Jansen": capitals with a stop before a name.
void Walk::initials() {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (!is_word(i)) continue;
    std::size_t end = i;
    bool stops = false;
    // "A.B." is one word, "J." a word and a stop.
    const std::string_view raw = original_.substr(
        tokens_[i].span.start, tokens_[i].span.end - tokens_[i].span.start);
    for (const char c : raw) stops = stops || c == '.';
    const bool letters = std::all_of(raw.begin(), raw.end(), [](char c) {
      return (c >= 'A' && c <= 'Z') || c == '.';
    });
    if (!letters || (raw.size() > 1 && !stops)) continue;
    if (end + 1 < tokens_.size() && word(end + 1) == ".") ++end;
    if (end == i && !stops) continue;
    std::size_t next = end + 1;
    while (is_word(next) && lists().particles.count(word(next)) > 0) ++next;
    if (!is_word(next) || !capital(next) || word(next).size() < 3) continue;
    for (std::size_t at = i; at <= next; ++at) named_[at] = true;
  }
}

/// One redaction for words of a name that stand beside each other.
void Walk::write(std::vector<Redaction>& out) const {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (!named_[i]) continue;
    std::size_t last = i;
    while (true) {
      if (beside(last, last + 1) && named_[last + 1]) {
        ++last;
      } else if (last + 2 < tokens_.size() && named_[last + 2] &&
                 word(last + 1) == "-" &&
                 tokens_[last + 2].span.start - tokens_[last].span.end == 1) {
        last += 2;
      } else {
        break;
      }
    }
    // "dhr. de Boer": the particles after a title are part of the name.
    std::size_t first = i;
    while (first > 0 && lists().particles.count(word(first - 1)) > 0) --first;
    const bool titled =
        first < i && first > 0 &&
        (is_title(first - 1) ||
         (first > 1 && word(first - 1) == "." && is_title(first - 2)));
    if (!titled) first = i;
    out.push_back({.kind = Personal::name,
                   .start = tokens_[first].span.start,
                   .end = tokens_[last].span.end});
    i = last;
  }
}

}  // namespace

NameFinder::NameFinder(std::span<const std::string> names) {
  for (const std::string& name : names) {
    const Folded folded = text::fold(name);
    for (const Token& token : text::tokenise(name, folded)) {
      const std::string_view word = token.text(folded);
      if (token.kind == TokenKind::word && !says_nothing(word))
        own_.emplace(word);
    }
  }
}

void NameFinder::find(std::string_view original, const Folded& folded,
                      std::vector<Redaction>& out) const {
  Walk{original, folded, own_}.run(out);
}

}  // namespace etherpeil::privacy
