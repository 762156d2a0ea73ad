#include "privacy/scan.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "text/pattern.hpp"
#include "text/plate.hpp"

namespace etherpeil::privacy {
namespace {

using text::Folded;
using text::Pattern;
using text::Span;

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_sign(char c) { return is_letter(c) || is_digit(c); }

/// One text, what was found in it, and the way back to the evidence.
class Scan {
 public:
  Scan(std::string_view original, const Folded& folded,
       std::vector<Redaction>& out)
      : original_(original), folded_(folded), text_(folded.text), out_(out) {}

  void run() {
    emails();
    if (!std::any_of(text_.begin(), text_.end(), is_digit)) return;
    numbers();
    plates();
    addresses();
  }

 private:
  void add(Personal kind, std::size_t begin, std::size_t end) {
    while (end > begin && text_[end - 1] == ' ') --end;
    const Span span = folded_.original(begin, end);
    out_.push_back({.kind = kind, .start = span.start, .end = span.end});
  }
  /// All matches of a pattern, whole.
  void add_all(Personal kind, const Pattern& pattern) {
    std::size_t from = 0;
    while (const auto found = pattern.search(folded_, from).found) {
      if (found->end == found->start) return;
      add(kind, found->start, found->end);
      from = found->end;
    }
  }
  [[nodiscard]] bool at_start(std::size_t at) const {
    return at == 0 || !is_sign(text_[at - 1]);
  }
  [[nodiscard]] bool holds(std::string_view words) const {
    return text_.find(words) != std::string_view::npos;
  }
  /// The first sign of the evidence behind a byte is a capital.
  [[nodiscard]] bool capital(std::size_t at) const {
    const char c = original_[folded_.original(at, at + 1).start];
    return c >= 'A' && c <= 'Z';
  }

  [[nodiscard]] bool opens_sentence(std::size_t at) const {
    while (at > 0 && text_[at - 1] == ' ') --at;
    return at == 0 || text_[at - 1] == '\n' || text_[at - 1] == '.' ||
           text_[at - 1] == '!' || text_[at - 1] == '?';
  }

  /// A street may have more words with capitals before it, and an article
  /// before those: "de Savornin Lohmanlaan".
  [[nodiscard]] std::size_t widened(std::size_t start, bool words) const {
    while (start > 1 && text_[start - 1] == ' ') {
      std::size_t word = start - 1;
      while (word > 0 && is_sign(text_[word - 1])) --word;
      const std::string_view before = text_.substr(word, start - 1 - word);
      const bool article = before == "de" || before == "het" ||
                           before == "den" || before == "ter";
      if (article) return word;
      if (!words || before.empty() || !capital(word) || opens_sentence(word))
        break;
      start = word;
    }
    return start;
  }
  void from_streets(const Pattern& street) {
    std::size_t from = 0;
    while (const auto found = street.search(folded_, from).found) {
      add(Personal::address, widened(found->start, true), found->end);
      from = found->end;
    }
  }

  void emails();
  void numbers();
  bool phone(std::size_t at, std::size_t& end) const;
  bool iban(std::size_t at, std::size_t& end) const;
  void plates();
  bool plate(std::size_t at, std::size_t& end) const;
  void addresses();

  std::string_view original_;
  const Folded& folded_;
  std::string_view text_;
  std::vector<Redaction>& out_;
};

// ---------------------------------------------------------------------- e-mail

void Scan::emails() {
  // The second form is how people write one that machines should not read.
  static const Pattern plain{
      R"([a-z0-9][a-z0-9._%+-]{0,64} ?@ ?(?:[a-z0-9-]+\.)+[a-z]{2,})"};
  static const Pattern spoken{
      R"([a-z0-9][a-z0-9._%+-]{0,64}(?: ?[(\[{] ?(?:at|@|apenstaartje) ?[)\]}] ?| (?:at|apenstaartje|apestaartje) |@| @ ?))"
      R"((?:[a-z0-9-]+(?: ?[(\[{]? ?(?:dot|punt) ?[)\]}]? ?|\. ?| \.)){1,3})"
      R"((?:nl|com|be|org|net|eu|de|info|online|nu)\b)"};
  if (!holds("@") && !holds("at") && !holds("apestaart") &&
      !holds("apenstaart")) {
    return;
  }
  add_all(Personal::email, plain);
  add_all(Personal::email, spoken);
}

// --------------------------------------------------------------- phone and
// IBAN

/// Letters that people type for digits in a number: "o6-12345678".
char as_digit(char c) { return c == 'o' ? '0' : c; }

/// A number that is dialled: it starts with 0 or +, and what phone_e164 makes
/// of it is one. Dates and clock times are none.
bool Scan::phone(std::size_t at, std::size_t& end) const {
  constexpr std::size_t longest = 34;
  static const Pattern date{
      R"(^[0-3]?[0-9][-/. ][01]?[0-9][-/. ](?:19|20)?[0-9]{2}\b)"};
  const char first = text_[at];
  const bool starts =
      first == '+' || first == '(' || first == '0' ||
      (first == '3' && text_.substr(at, 2) == "31") ||
      (first == 'o' && at + 1 < text_.size() && text_[at + 1] == '6');
  if (!starts || (at > 0 && (is_sign(text_[at - 1]) || text_[at - 1] == '+' ||
                             text_[at - 1] == ','))) {
    return false;
  }
  Folded part;
  std::string digits;
  std::size_t last = at;
  for (std::size_t i = at; i < text_.size() && i < at + longest; ++i) {
    const char c = i < at + 2 ? as_digit(text_[i]) : text_[i];
    if (is_digit(c) || (c == '+' && digits.empty())) {
      digits += c;
      last = i + 1;
    } else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.' &&
               c != '/' && static_cast<unsigned char>(c) < 0x80) {
      break;
    }
    // A gap of two line ends or more separates numbers.
    if (digits.size() >= 16) break;
    if (last != i + 1 && i > last + 3) break;
  }
  if (last < text_.size() && is_sign(text_[last])) return false;
  if (digits.compare(0, 2, "31") == 0 && digits.size() == 11)
    digits.insert(0, "+");
  // The number may be followed by another number: the longest one that is one.
  while (digits.size() >= 9) {
    const bool whole = digits[0] == '+' || digits.compare(0, 2, "00") == 0
                           ? digits.size() >= 11
                           : digits.size() == 10;
    if (whole && !phone_e164(digits).empty()) break;
    digits.pop_back();
    do {
      --last;
    } while (last > at && !is_digit(text_[last - 1]));
    if (last < text_.size() && is_sign(text_[last])) continue;
  }
  if (digits.size() < 9) return false;
  part.text = std::string{text_.substr(at, last - at)};
  if (date.search(part).found) return false;
  end = last;
  return true;
}

/// Length of an IBAN by country; 0 for one that is not known here.
std::size_t iban_length(std::string_view country) {
  struct Length {
    std::string_view country;
    std::size_t length;
  };
  constexpr std::array<Length, 13> lengths{{{"nl", 18},
                                            {"be", 16},
                                            {"de", 22},
                                            {"fr", 27},
                                            {"es", 24},
                                            {"gb", 22},
                                            {"ie", 22},
                                            {"it", 27},
                                            {"lt", 20},
                                            {"lu", 20},
                                            {"pl", 28},
                                            {"pt", 25},
                                            {"at", 20}}};
  const auto* const it =
      std::find_if(lengths.begin(), lengths.end(),
                   [&](const Length& one) { return one.country == country; });
  return it == lengths.end() ? 0 : it->length;
}

/// ISO 7064 mod 97-10.
bool checks(const std::string& signs) {
  const std::string turned = signs.substr(4) + signs.substr(0, 4);
  unsigned rest = 0;
  for (const char c : turned) {
    const unsigned value = is_digit(c) ? static_cast<unsigned>(c - '0')
                                       : static_cast<unsigned>(c - 'a') + 10;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest == 1;
}

/// A Dutch one is known by its form, so that a typing error does not show it;
/// another by its check digits.
bool Scan::iban(std::size_t at, std::size_t& end) const {
  if (!at_start(at) || !is_letter(text_[at])) return false;
  const std::size_t length = iban_length(text_.substr(at, 2));
  if (length == 0) return false;
  std::string signs;
  std::size_t i = at;
  for (std::size_t gap = 0; i < text_.size() && signs.size() < length; ++i) {
    if (is_sign(text_[i])) {
      signs += text_[i];
      gap = 0;
    } else if ((text_[i] != ' ' && text_[i] != '-' && text_[i] != '.') ||
               ++gap > 2) {
      return false;
    }
  }
  if (signs.size() != length || (i < text_.size() && is_sign(text_[i])))
    return false;
  if (!is_digit(signs[2]) || !is_digit(signs[3])) return false;
  const bool dutch =
      signs.compare(0, 2, "nl") == 0 &&
      std::all_of(signs.begin() + 4, signs.begin() + 8, is_letter) &&
      std::all_of(signs.begin() + 8, signs.end(), is_digit);
  end = i;
  return dutch || checks(signs);
}

void Scan::numbers() {
  for (std::size_t at = 0; at < text_.size();) {
    std::size_t end = at;
    if (iban(at, end)) {
      add(Personal::iban, at, end);
    } else if (phone(at, end)) {
      add(Personal::phone, at, end);
    }
    at = std::max(end, at + 1);
  }
}

// ---------------------------------------------------------------------- plates

/// Six signs with at most one mark between two of them. Without such marks they
/// must be in capitals, stand in three groups as nothing else does, or be
/// called a plate.
bool Scan::plate(std::size_t at, std::size_t& end) const {
  std::string signs;
  std::size_t marks = 0;
  std::size_t spaces = 0;
  std::size_t groups = 1;
  bool lower = false;
  std::size_t i = at;
  for (bool gap = false; i < text_.size() && signs.size() < 6; ++i) {
    const char c = text_[i];
    if (is_sign(c)) {
      if (!signs.empty() && is_letter(signs.back()) != is_letter(c)) ++groups;
      lower = lower || (is_letter(c) && !capital(i));
      signs += c;
      gap = false;
    } else if ((c == '-' || c == '.' || c == ' ') && !gap && !signs.empty()) {
      ++(c == ' ' ? spaces : marks);
      gap = true;
    } else {
      return false;
    }
  }
  if (signs.size() != 6) return false;
  if (!text::is_plate(signs)) {
    // With two marks it is meant as one, also with letters never issued.
    for (char& c : signs) c = is_letter(c) ? 'x' : c;
    if (marks < 2 || !text::is_plate(signs)) return false;
  }
  if (i < text_.size() &&
      (is_sign(text_[i]) ||
       (text_[i] == '-' && i + 1 < text_.size() && is_sign(text_[i + 1])))) {
    return false;
  }
  if (marks + spaces > 3) return false;
  end = i;
  const bool called = holds("kenteken") || holds("plaat") || holds("kent.");
  if (called || marks >= 2) return true;
  if (groups < 3) return marks > 0 && !lower;
  return spaces == 0 || !lower;
}

void Scan::plates() {
  static const Pattern belgian{R"(\b[1-9][- ][a-z]{3}[- ][0-9]{3}\b)"};
  static const Pattern german{R"(\b[a-z]{1,3}-[a-z]{1,2}[- ][0-9]{2,4}\b)"};
  for (std::size_t at = 0; at < text_.size();) {
    std::size_t end = at;
    if (is_sign(text_[at]) && at_start(at) && plate(at, end)) {
      add(Personal::plate, at, end);
      at = end;
    } else {
      ++at;
    }
  }
  add_all(Personal::plate, belgian);
  add_all(Personal::plate, german);
}

// ------------------------------------------------------------------- addresses

/// Words with a number behind them that are no street, in order.
constexpr std::array<std::string_view, 116> before_numbers{
    "afgelopen", "afrit",    "airbus",   "alle",     "april",    "artikel",
    "audi",      "augustus", "auto",     "batavus",  "bellen",   "bijna",
    "blok",      "boeing",   "circa",    "citroen",  "code",     "corona",
    "covid",     "daar",     "december", "deel",     "deze",     "dinsdag",
    "donderdag", "eerste",   "fase",     "februari", "fiat",     "ford",
    "galaxy",    "gazelle",  "gezien",   "golf",     "groep",    "hier",
    "honda",     "hyundai",  "iphone",   "januari",  "jongens",  "juli",
    "juni",      "kamer",    "kanaal",   "kawasaki", "klas",     "komende",
    "laatste",   "leeftijd", "level",    "liepen",   "lijn",     "lopen",
    "maandag",   "maart",    "mannen",   "mazda",    "mercedes", "minimaal",
    "minstens",  "model",    "nissan",   "november", "nummer",   "oktober",
    "ongeveer",  "opel",     "over",     "personen", "peugeot",  "playstation",
    "poging",    "polo",     "prio",     "radio",    "renault",  "rond",
    "ronde",     "ruim",     "samsung",  "scooter",  "seat",     "september",
    "serie",     "sinds",    "skoda",    "spoor",    "staan",    "stonden",
    "suzuki",    "tegen",    "telefoon", "tesla",    "toen",     "toyota",
    "tram",      "tussen",   "tweede",   "type",     "vanaf",    "versie",
    "vespa",     "volvo",    "voor",     "vrijdag",  "waren",    "windows",
    "woensdag",  "xbox",     "yamaha",   "zaterdag", "zeker",    "zijn",
    "zondag",    "zone"};

/// What follows a number that is no house number.
constexpr const char* no_unit =
    R"((?! ?(?:uur|u\b|min|sec|man\b|mannen|vrouw|jongen|meisje|kind|person|mensen|lui\b|keer|x\b|jaar|maand|dag|we?ken?\b|euro|km|meter|mtr|m\b|cm|kilo|graden|procent|%|huizen|autos\b|fietsen|politieauto|agenten|st?uks?\b|[0-9]|[:.,][0-9])))";

void Scan::addresses() {
  // A number may carry a letter or an addition: 12a, 12 b, 12-14, 12-II, 12/3.
  static const std::string number =
      std::string{
          R"((?:nr\.?|no\.?|nummer|huisnr\.?|huisnummer|,)? ?(?!112\b)[0-9]{1,4})"} +
      no_unit +
      R"((?: ?-? ?(?:bis|hs|zw|rood|i{1,3}|iv)\b| ?[a-h]\b| ?[-/] ?[0-9]{1,4}\b|-[a-z]\b)?)";
  static const Pattern street{
      R"((?:\b(?:[1-9][0-9]?e|van|de|der|den|het|ten|ter|st\.?|sint|prof\.?|dr\.?|mr\.?|ds\.?|burg\.?|kon\.?|burgemeester|pastoor|koningin|koning|prins|prinses|oude|nieuwe|grote|kleine|lange|korte|hoge|lage|oranje|[a-z]\.)[ ])*)"
      R"([a-z'.-]{2,40}(?:straat|str\.?|laan|ln\.?|weg|plein|pln\.?|kade|singel|gracht|dijk|dreef|hof|hofje|pad|steeg|plantsoen|erf|park|markt|wal|haven|kamp|veld|velden|akker|akkers|burg|oord|ring|baan|brink|hoek|horst|donk|beemd|meent|tuin|tuinen|weide|wei|zoom|gaard|gaarde|poort|brug|sluis|vaart|stede|heem|waard|polder|heuvel|berg|bosje|duin|terras|boulevard|allee|passage|galerij|toren|werf|heide|schans|bolwerk|slag|rak|stee|enk|land|meer) ?)" +
      number};
  static const Pattern whole_street{
      R"(\b(?:[a-z']+ )?(?:straat|laan|plein|kade|singel|gracht|dijk|dreef|hof|pad|steeg|plantsoen|erf|markt|boulevard) (?:nr\.? ?|nummer )?[0-9]{1,4}[a-z]?\b)" +
      std::string{no_unit}};
  static const Pattern postcode{
      R"(\b[1-9][0-9]{3} ?[a-z]{2}\b(?:[, ]+[0-9]{1,4}[a-z]?\b)?)"};
  static const Pattern house{
      R"(\b(?:nr|nrs|no|nummer|nummers|huisnummer|huisnr|huisnrs)\b[.:]? ?(?!112)[0-9]{1,4} ?(?:[a-h]\b)?(?:(?: ?[-/&,+] ?| en | of )[0-9]{1,4}\b[a-h]?)*)" +
      std::string{no_unit}};
  // "Koffie staat klaar op 7": of a street that all know. What is counted, the
  // day of a month and "1 op 10" are none.
  static const Pattern on_number{
      R"((?<=\bop )(?<![0-9] op )(?!112\b)[1-9][0-9]{0,2}(?: ?[a-h]\b)?)"
      R"((?=\s*(?:$|[.!?;)]|,(?![0-9])|(?:aan|bij|en|hebben|heeft|hier|is|klaar|komt|kwam|ligt|loopt|morgen|nu|ook|staat|vanavond|voor|was|woont|wordt|zit)\b)))"};
  from_streets(street);
  add_all(Personal::address, whole_street);
  if (holds("op ")) add_all(Personal::address, on_number);
  add_all(Personal::address, house);
  std::size_t from = 0;
  while (const auto found = postcode.search(folded_, from).found) {
    const bool spaced = text_[found->start + 4] == ' ';
    const std::size_t letters = found->start + (spaced ? 5 : 4);
    const bool said = holds("postcode") || found->end > letters + 2;
    if (said || capital(letters) ? capital(letters + 1) || said : !spaced)
      add(Personal::address, found->start, found->end);
    from = found->end;
  }
  // A name with a capital and a number: "Kievit 14", "De Eendracht 7a".
  static const Pattern named{
      R"(\b[a-z][a-z'-]{3,} [0-9]{1,3}(?: ?[a-h]\b|\b))" +
      std::string{no_unit}};
  from = 0;
  while (const auto found = named.search(folded_, from).found) {
    const std::string_view word = text_.substr(
        found->start, text_.find(' ', found->start) - found->start);
    if (capital(found->start) && !opens_sentence(found->start) &&
        !std::binary_search(before_numbers.begin(), before_numbers.end(), word))
      add(Personal::address, widened(found->start, false), found->end);
    from = found->end;
  }
}

}  // namespace

void scan_forms(std::string_view original, const Folded& folded,
                std::vector<Redaction>& out) {
  Scan{original, folded, out}.run();
}

}  // namespace etherpeil::privacy
