/// What is fast in the classifier against the plain way to the same result.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "classify/lanes.hpp"
#include "classify/reader.hpp"
#include "classify/sums.hpp"
#include "etherpeil/etherpeil.hpp"
#include "json/json.hpp"
#include "text/pattern.hpp"

namespace {

using namespace etherpeil;
using classify::Scores;
using classify::Weights;

const std::vector<LabelledChat>& corpus() {
  static const std::vector<LabelledChat> chats = load_corpus(
      std::filesystem::path{ETHERPEIL_SOURCE_DIR} / "test" / "labelled",
      Codebook::dutch().codes());
  return chats;
}

/// Words of the corpus with signs, code points and slips between them.
std::string random_text(std::mt19937_64& random) {
  static const std::vector<std::string> parts{" ",
                                              " ",
                                              ", ",
                                              ". ",
                                              "?",
                                              "!!",
                                              "\n",
                                              "'",
                                              "\u2019",
                                              "\u00E9",
                                              "\u00C9",
                                              "\u00DF",
                                              "\u00BD",
                                              "e\u0301",
                                              "\u200D",
                                              "\uFE0F",
                                              "1\uFE0F\u20E3",
                                              "\U0001F44D\U0001F3FD",
                                              "\u2764",
                                              "\u0130",
                                              "\uFB01",
                                              "\u0434\u043E\u043C",
                                              "\xFF",
                                              "\xC3",
                                              "12",
                                              "06-",
                                              "22:15",
                                              "12-ab-3",
                                              "www.x.nl ",
                                              "http://a ",
                                              "t.h.v.",
                                              "\u20AC5",
                                              "@jan",
                                              "_",
                                              "geen ",
                                              "niet ",
                                              "ingebrooken ",
                                              "verdagte ",
                                              "Marokkaanse ",
                                              "-"};
  const auto& chats = corpus();
  std::string text;
  for (auto i = random() % 14; i > 0; --i) {
    if (random() % 2 == 0) {
      text += parts[random() % parts.size()];
      continue;
    }
    const Chat& chat = chats[random() % chats.size()].chat;
    const std::string_view from =
        chat.text(static_cast<Index>(random() % chat.messages.size()));
    if (from.empty()) continue;
    text += from.substr(random() % from.size(), random() % 24);
  }
  return text;
}

/// The corpus group, or a chat of random texts.
Chat random_chat(std::size_t messages) {
  std::mt19937_64 random{5};
  Chat chat;
  std::string bytes;
  for (std::size_t i = 0; i < messages; ++i) {
    const std::string text = random_text(random);
    chat.messages.push_back(
        {.seconds = static_cast<std::uint32_t>(1'600'000'000 + i * 97),
         .offset = static_cast<std::uint32_t>(bytes.size()),
         .text_length = static_cast<std::uint32_t>(text.size()),
         .author = static_cast<std::uint16_t>(random() % 5)});
    bytes += text;
  }
  chat.bytes = Bytes::from(std::move(bytes));
  return chat;
}

void same_words(const classify::Reading& a, const classify::Reading& b) {
  REQUIRE(a.units.size() == b.units.size());
  for (std::size_t i = 0; i < a.units.size(); ++i) {
    REQUIRE(a.units[i].masked() == b.units[i].masked());
    if (a.units[i].masked()) continue;
    REQUIRE(a.units[i].word->text == b.units[i].word->text);
  }
}

}  // namespace

TEST_CASE("fast: a pattern finds what a search from the start finds",
          "[classify]") {
  std::vector<text::Pattern> patterns;
  for (const auto& scanner : Codebook::dutch().impl().scanners)
    patterns.push_back(scanner.pattern);
  for (const char* odd :
       {"a+b", "(?:ab|a)*c", "^1", "[^a-c ]{2,3}$", "a{0}b?", "x|", "\\bab\\b",
        "(?<=1)2", "(a)\\1", "\\d{2}(?! ?a)", "[[:digit:]]a", ".-.", "a??b",
        "(?i)a", "\\W1", "\u20AC", "[\u20AC1]2", "1{1,}-", "(?:1|2(?:a|b))+-"})
    patterns.emplace_back(odd);
  std::mt19937_64 random{3};
  static const std::vector<std::string> signs{
      "1", "2", "0", "6", "a",   "b", "c",    "-",   " ",       ":",
      ".", "@", "€", "u", "uur", "x", "euro", "nr ", "straat ", "12-ab-3"};
  std::size_t found = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto k = random() % 16; k > 0; --k)
      text += signs[random() % signs.size()];
    if (i % 4 == 0) text = random_text(random);
    const text::Folded folded = text::fold(text);
    const std::size_t from = random() % 4 == 0 && !folded.text.empty()
                                 ? random() % folded.text.size()
                                 : 0;
    for (std::size_t p = 0; p < patterns.size(); ++p) {
      const auto plain = patterns[p].search(folded, from).found;
      const auto fast = patterns[p].find(folded, from).found;
      INFO(p << ": " << folded.text << " from " << from);
      REQUIRE(plain.has_value() == fast.has_value());
      if (!plain) continue;
      ++found;
      REQUIRE(plain->start == fast->start);
      REQUIRE(plain->end == fast->end);
      const bool digit =
          folded.text.find_first_of("0123456789") != std::string::npos;
      REQUIRE((digit || !patterns[p].needs_digit()));
    }
  }
  CHECK(found > 10000);
}

TEST_CASE("fast: the packed rules hold where the rules hold", "[classify]") {
  const auto& book = Codebook::dutch().impl();
  std::mt19937_64 random{4};
  classify::Scratch scratch;
  std::size_t fired = 0;
  const auto check = [&](const classify::Situation& situation) {
    for (const bool context : {false, true}) {
      std::vector<Index> plain;
      for (Index i = 0; i < book.rules.size(); ++i) {
        if (book.rules[i].context == context &&
            classify::holds(book.rules[i], scratch.facts, situation))
          plain.push_back(i);
      }
      book.fire(situation, context, scratch);
      REQUIRE(scratch.fired == plain);
      fired += plain.size();
    }
  };
  for (int i = 0; i < 4000; ++i) {
    classify::Situation situation{
        .role = static_cast<Role>(random() % 7),
        .media = static_cast<MediaType>(random() % 10),
        .bare = random() % 8 == 0,
        .gap_minutes = static_cast<std::uint32_t>(random() % 60),
        .same_sender = random() % 2 == 0,
        .in_incident = random() % 2 == 0,
        .own_incident = random() % 2 == 0};
    if (random() % 4 != 0)
      situation.previous = static_cast<Function>(random() % 8);
    book.observe(random_text(random), situation, scratch);
    check(situation);
    // Sets that no text has.
    for (int k = 0; k < 30; ++k)
      scratch.facts.present.set(random() % book.features.size());
    scratch.facts.met.clear();
    for (std::uint16_t f = 0; f < book.features.size(); ++f) {
      if (scratch.facts.present[f]) scratch.facts.met.push_back(f);
    }
    scratch.facts.words = static_cast<std::uint32_t>(random() % 40);
    check(situation);
  }
  CHECK(fired > 50000);
}

TEST_CASE("fast: rows add up to the same with and without AVX2", "[classify]") {
  std::mt19937_64 random{6};
  std::vector<Weights> weights(50);
  const auto number = [&] {
    return static_cast<float>(static_cast<int>(random() % 2001) - 1000) / 100;
  };
  for (Weights& row : weights) {
    std::generate(row.alone.begin(), row.alone.end(), number);
    std::generate(row.full.begin(), row.full.end(), number);
  }
  std::vector<const Weights*> rows;
  for (std::size_t i = 0; i < 200; ++i)
    rows.push_back(&weights[random() % weights.size()]);
  const auto sums = [&](text::Isa isa) {
    Scores alone{};
    Scores score{};
    classify::add_rows(rows, alone, score, isa);
    classify::add_context_rows(rows, score, isa);
    Weights words;
    classify::add_words(rows, words, isa);
    return std::tuple{alone, score, words.alone, words.full};
  };
  CHECK(sums(text::Isa::portable) == sums(text::best_isa()));
  Scores plain{};
  for (const Weights* row : rows) {
    for (std::size_t i = 0; i < max_labels; ++i)
      plain[i] += static_cast<double>(row->alone[i]);
  }
  CHECK(std::get<0>(sums(text::Isa::portable)) == plain);
}

TEST_CASE("fast: exponential, logarithm and decoder are those of the C library",
          "[classify]") {
  std::mt19937_64 random{8};
  std::uniform_real_distribution<double> exponent{-700, 0};
  for (int i = 0; i < 20000; ++i) {
    Scores x;
    for (double& value : x) value = exponent(random) / (i % 2 == 0 ? 1 : 100);
    Scores powers = x;
    classify::exp_lanes(powers);
    Scores back = powers;
    classify::log_lanes(back);
    for (std::size_t k = 0; k < max_labels; ++k) {
      const double power = std::exp(x[k]);
      REQUIRE(std::abs(powers[k] - power) <= 5e-16 * power);
      const double log = std::log(powers[k]);
      REQUIRE(std::abs(back[k] - log) <= 5e-16 * std::max(1.0, std::abs(log)));
    }
  }
  const classify::StepTables steps{Model::dutch().impl().steps, 13};
  std::vector<Scores> scores(300);
  std::vector<std::uint32_t> gaps(scores.size());
  std::vector<std::uint8_t> own(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t k = 0; k < 13; ++k) scores[i][k] = exponent(random) / 70;
    gaps[i] = static_cast<std::uint32_t>(random() % 4000);
    own[i] = random() % 2 == 0 ? 1 : 0;
  }
  for (const std::optional<Index> lag : {std::optional<Index>{}, {2U}}) {
    CHECK(
        classify::decode(scores, gaps, own, steps, lag, text::Isa::portable) ==
        classify::decode(scores, gaps, own, steps, lag, text::best_isa()));
  }
  for (const Scores& here : scores) {
    const Scores shares = classify::softmax(here, 13);
    const Scores logs = classify::log_softmax(here, 13);
    for (std::size_t k = 0; k < 13; ++k)
      REQUIRE(std::abs(shares[k] - std::exp(logs[k])) < 1e-14);
  }
}

namespace {

/// A word list whose terms are looked for one after the other, word by word.
struct PlainTerm {
  std::uint16_t list{};
  std::vector<std::string> pieces{};  // "...": up to six words may follow
};

bool plain_fit(std::string_view piece, std::string_view word) {
  for (;;) {
    const std::size_t bar = std::min(piece.find('|'), piece.size());
    const std::string_view one = piece.substr(0, bar);
    if (one == "*" || one == word) return true;
    if (one.size() > 1 && one.back() == '*' &&
        word.substr(0, one.size() - 1) == one.substr(0, one.size() - 1))
      return true;
    const std::string_view end = one.substr(1);
    if (one.size() > 1 && one.front() == '*' && word.size() > end.size() &&
        word.substr(word.size() - end.size()) == end)
      return true;
    if (bar == piece.size()) return false;
    piece.remove_prefix(bar + 1);
  }
}

/// Where the rest of a term ends that goes on at a word; 0: nowhere.
std::size_t plain_end(const PlainTerm& term, std::size_t piece,
                      const std::vector<std::string>& words, std::size_t at) {
  if (piece == term.pieces.size()) return at;
  const bool gap = term.pieces[piece] == "...";
  const std::size_t next = gap ? piece + 1 : piece;
  for (std::size_t i = at; i <= at + (gap ? 6 : 0) && i < words.size(); ++i) {
    if (!plain_fit(term.pieces[next], words[i])) continue;
    const std::size_t end = plain_end(term, next + 1, words, i + 1);
    if (end != 0) return end;
  }
  return 0;
}

}  // namespace

TEST_CASE("fast: terms of several words are those of a search word by word",
          "[classify]") {
  std::mt19937_64 random{11};
  const std::vector<std::string> words{"aa", "ab", "abc", "bc", "bcd",
                                       "cd", "da", "dab", "dd", "de"};
  const std::vector<std::string> parts{
      "aa",  "ab",  "abc", "bc",  "bcd", "cd",    "da",     "dab",  "dd",
      "ab*", "da*", "*bc", "*da", "b*",  "aa|cd", "ab*|dd", "de|*c"};
  const auto one_of = [&](const auto& from) {
    return from[random() % from.size()];
  };
  std::size_t found = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<PlainTerm> plain;
    std::string lists;
    for (std::uint16_t list = 0; list < 6; ++list) {
      std::set<std::string> terms;
      for (auto i = 1 + random() % 12; i > 0; --i) {
        PlainTerm term{list, {one_of(parts)}};
        for (auto more = random() % 3; more > 0; --more) {
          if (random() % 5 == 0) term.pieces.emplace_back("...");
          term.pieces.push_back(random() % 8 == 0 ? "*" : one_of(parts));
        }
        if (term.pieces.back() == "*") term.pieces.back() = "aa";
        std::string text;
        for (const std::string& piece : term.pieces)
          text += (text.empty() ? "" : " ") + piece;
        if (terms.insert("\"" + text + "\"").second) plain.push_back(term);
      }
      lists += ",\"l" + std::to_string(list) + R"(":{"name":"l","terms":[)";
      for (const std::string& term : terms)
        lists += (term == *terms.begin() ? "" : ",") + term;
      lists += "]}";
    }
    const classify::Lexicon lexicon{json::parse(
        R"({"format":"etherpeil-lexicon/1","id":"t","version":1,
        "language":"xx","licence":"x",
        "negation":{"lexicon":"no","stop":"no","words":2},
        "hedge":{"lexicon":"no","stop":"no","words":2},
        "abbreviations":{},"typos":{},
        "lexicons":{"no":{"name":"n","terms":["zz"]})" +
            lists + "}}",
        "test")};
    const auto name = [&](std::size_t list) {
      return lexicon.lists()[list].key;
    };
    classify::Reading reading;
    for (int k = 0; k < 200; ++k) {
      std::vector<std::string> text;
      std::string joined;
      for (auto i = random() % 14; i > 0; --i) {
        text.push_back(one_of(words));
        joined += text.back() + " ";
      }
      using Where = std::tuple<std::string, std::size_t, std::size_t>;
      std::multiset<Where> expected;
      for (std::size_t at = 0; at < text.size(); ++at) {
        for (const PlainTerm& term : plain) {
          if (!plain_fit(term.pieces[0], text[at])) continue;
          const std::size_t end = plain_end(term, 1, text, at + 1);
          if (end != 0)
            expected.emplace("l" + std::to_string(term.list), at, end);
        }
      }
      lexicon.read(joined, reading);
      std::multiset<Where> fast;
      for (const auto& match : reading.matches)
        fast.emplace(name(match.lexicon), match.begin, match.end);
      INFO(joined << lists);
      REQUIRE(fast == expected);
      found += fast.size();
    }
  }
  CHECK(found > 10000);
}

TEST_CASE("fast: a word is read as when it was met first", "[classify]") {
  const auto& book = Codebook::dutch().impl();
  classify::Scratch used;
  std::mt19937_64 random{7};
  const auto check = [&](std::string_view text) {
    classify::Scratch fresh;
    book.observe(text, {}, used);
    book.observe(text, {}, fresh);
    same_words(used.reading, fresh.reading);
    REQUIRE(used.facts.met == fresh.facts.met);
    for (const std::uint16_t bit : used.facts.met) {
      REQUIRE(used.facts.spans[bit].start == fresh.facts.spans[bit].start);
      REQUIRE(used.facts.spans[bit].end == fresh.facts.spans[bit].end);
    }
  };
  for (const LabelledChat& labelled : corpus()) {
    for (Index i = 0; i < labelled.chat.messages.size(); i += 5)
      check(labelled.chat.text(i));
  }
  for (int i = 0; i < 2000; ++i) check(random_text(random));
}

TEST_CASE(
    "fast: words that differ in one byte, in length or in what stands "
    "before them are kept apart",
    "[classify]") {
  classify::WordMemo memo;
  std::mt19937_64 random{12};
  std::map<std::string, std::uint32_t> numbers;
  std::size_t known = 0;
  for (int i = 0; i < 40000; ++i) {
    // The same letters over and over, with other bytes in front.
    std::string word(1 + random() % 36, 'a');
    for (auto k = random() % 3; k > 0; --k)
      word[random() % word.size()] = random() % 2 == 0 ? 'b' : '\xC3';
    std::string before(random() % 20, 'a');
    for (char& c : before) c = static_cast<char>('a' + random() % 26);
    const std::string text = before + word;
    const std::string_view here = std::string_view{text}.substr(before.size());
    const classify::Word* found = memo.find(here, before.size());
    const auto [place, fresh] = numbers.emplace(word, memo.ids());
    REQUIRE((found == nullptr) == fresh);
    if (fresh) {
      const classify::Word added{.text = memo.keep(here), .id = memo.next_id()};
      found = &memo.add(here, {&added, 1});
    }
    known += fresh ? 0 : 1;
    REQUIRE(found->id == place->second);
    REQUIRE(found->text == word);
  }
  CHECK(known > 10000);
  CHECK(numbers.size() > 5000);
}

TEST_CASE("fast: packed rules of any limits hold where the rules hold",
          "[classify]") {
  constexpr std::size_t features = 24;
  std::mt19937_64 random{13};
  const auto some = [&](unsigned of) {
    classify::Features set;
    for (auto k = random() % of; k > 0; --k) set.set(random() % features);
    return set;
  };
  const auto flag = [&]() -> std::optional<bool> {
    if (random() % 4 != 0) return {};
    return random() % 2 == 0;
  };
  static constexpr std::array<std::uint32_t, 12> numbers{
      0, 0, 1, 2, 3, 7, 63, 64, 254, 255, 256, 4000};
  const auto number = [&] { return numbers[random() % numbers.size()]; };
  std::size_t held = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<classify::Rule> rules(random() % 150);
    for (classify::Rule& rule : rules) {
      rule.all = some(3);
      rule.any = some(5);
      rule.with_any = some(4);
      rule.none = some(3);
      if (random() % 3 == 0) rule.min_words = number();
      if (random() % 3 == 0) rule.max_words = number();
      if (random() % 4 == 0) rule.max_rest = number();
      if (random() % 4 == 0)
        rule.roles = static_cast<std::uint16_t>(random() % 128);
      if (random() % 4 == 0)
        rule.media = static_cast<std::uint16_t>(random() % 1024);
      rule.question = flag();
      rule.capitals = flag();
      rule.bare = flag();
      rule.context = random() % 3 == 0;
      if (rule.context) rule.in_incident = flag();
    }
    classify::RuleIndex index;
    index.compile(rules, features);
    classify::Facts facts;
    classify::RuleIndex::Bits bits;
    std::vector<Index> fast;
    for (int i = 0; i < 100; ++i) {
      facts.present = some(features);
      facts.met.clear();
      for (std::uint16_t f = 0; f < features; ++f) {
        if (facts.present[f]) facts.met.push_back(f);
      }
      facts.words = number();
      facts.question = random() % 2 == 0;
      facts.capitals = random() % 2 == 0;
      const classify::Situation situation{
          .role = static_cast<Role>(random() % 7),
          .media = static_cast<MediaType>(random() % 10),
          .bare = random() % 2 == 0,
          .in_incident = random() % 2 == 0};
      index.read(facts, situation, bits);
      for (const bool context : {false, true}) {
        index.take(bits, context, fast);
        fast.erase(std::remove_if(fast.begin(), fast.end(),
                                  [&](Index rule) {
                                    return !index.context_holds(rule,
                                                                situation);
                                  }),
                   fast.end());
        std::vector<Index> plain;
        for (Index r = 0; r < rules.size(); ++r) {
          if (rules[r].context == context &&
              classify::holds(rules[r], facts, situation))
            plain.push_back(r);
        }
        REQUIRE(fast == plain);
        held += plain.size();
      }
    }
  }
  CHECK(held > 10000);
}

TEST_CASE("fast: a text that comes again is read as when it came first",
          "[classify]") {
  const auto& book = Codebook::dutch().impl();
  // Few texts, so that most come again, in all sorts of messages.
  std::mt19937_64 random{9};
  Chat chat = random_chat(400);
  std::vector<Role> roles;
  const auto texts = chat.messages;
  chat.messages.clear();
  for (std::uint32_t i = 0; i < 6000; ++i) {
    Message message = texts[random() % texts.size()];
    message.seconds = 1'600'000'000 + i * 41;
    message.author = static_cast<std::uint16_t>(random() % 5);
    if (random() % 4 == 0) {
      message.kind = static_cast<Kind>(random() % 7);
      message.media = static_cast<MediaType>(random() % 10);
    }
    chat.messages.push_back(message);
    roles.push_back(static_cast<Role>(random() % 3));
  }
  for (const Model::Impl* model :
       {&Model::dutch().impl(), static_cast<const Model::Impl*>(nullptr)}) {
    classify::Reader fast{book, model, chat, roles};
    classify::Reader plain{book, model, chat, roles};
    plain.keep_features();  // which no memory holds
    fast.keep_reasons();
    plain.keep_reasons();
    classify::Read a;
    classify::Read b;
    std::size_t reasons = 0;
    while (fast.next(a)) {
      REQUIRE(plain.next(b));
      REQUIRE(a.message == b.message);
      REQUIRE(a.alone == b.alone);
      REQUIRE(a.score == b.score);
      REQUIRE(a.attributes == b.attributes);
      fast.give_reasons(a);
      plain.give_reasons(b);
      const auto mine = a.reasons.all();
      const auto other = b.reasons.all();
      REQUIRE(mine.size() == other.size());
      for (std::size_t i = 0; i < mine.size(); ++i) {
        REQUIRE(mine[i].rule == other[i].rule);
        REQUIRE(mine[i].start == other[i].start);
        REQUIRE(mine[i].end == other[i].end);
        REQUIRE(mine[i].label == other[i].label);
        REQUIRE(mine[i].weight == other[i].weight);
      }
      reasons += mine.size();
    }
    REQUIRE_FALSE(plain.next(b));
    CHECK(reasons > 10000);
  }
}

TEST_CASE("fast: reasons outlive the memory of words", "[classify]") {
  // More words than are remembered, in one conversation.
  Chat chat;
  std::string bytes;
  std::uint32_t next = 7;
  for (std::uint32_t i = 0; i < 4000; ++i) {
    std::string text;
    for (int word = 0; word < 10; ++word, ++next) {
      for (std::uint32_t n = next; n > 0; n /= 20)
        text += "bcdfghjklmnpqrstvwxz"[n % 20];
      text += word % 2 == 0 ? " inbraak " : " ";
    }
    chat.messages.push_back(
        {.seconds = 1'600'000'000 + i,
         .offset = static_cast<std::uint32_t>(bytes.size()),
         .text_length = static_cast<std::uint32_t>(text.size()),
         .author = 1});
    bytes += text;
  }
  chat.bytes = Bytes::from(std::move(bytes));
  std::map<Index, Scores> sums;
  const auto labels = Classifier::dutch().explain(
      chat, {}, [&](Index message, std::span<const Reason> reasons) {
        for (const Reason& reason : reasons)
          sums[message][reason.label] += reason.weight;
      });
  REQUIRE(sums.size() == chat.messages.size());
  for (const auto& [message, sum] : sums) {
    const Scores shares = classify::softmax(sum, 13);
    for (std::size_t k = 0; k < 13; ++k)
      REQUIRE(std::abs(shares[k] - labels[message].probabilities[k]) < 1e-5);
  }
}

TEST_CASE("fast: a score is the sum over the named features of the message",
          "[classify]") {
  const Model::Impl& model = Model::dutch().impl();
  std::size_t known = 0;
  const auto check = [&](const Chat& chat, std::span<const Role> roles) {
    classify::Reader reader{Codebook::dutch().impl(), &model, chat, roles};
    reader.keep_features();
    classify::Read read;
    while (reader.next(read)) {
      Scores alone{};
      Scores score{};
      const auto add = [&](const Weights& weights, double value, bool text) {
        for (std::size_t i = 0; i < max_labels; ++i) {
          if (text) alone[i] += double{weights.alone[i]} * value;
          score[i] += double{weights.full[i]} * value;
        }
      };
      add(model.bias, 1, true);
      for (const auto& feature : reader.features()) {
        const Weights* row =
            model.find(classify::FeatureHash{feature.name}.id());
        if (row == nullptr) continue;
        ++known;
        REQUIRE(model.name_of(*row) == feature.name);
        add(*row, feature.value, feature.block != classify::Block::context);
      }
      for (std::size_t i = 0; i < model.labels; ++i) {
        // Words are added in single precision.
        REQUIRE(read.alone[i] == Approx(alone[i]).margin(1e-4));
        REQUIRE(read.score[i] == Approx(score[i]).margin(1e-4));
      }
    }
  };
  for (const LabelledChat& labelled : corpus()) {
    if (labelled.group < "h") check(labelled.chat, labelled.roles);
  }
  check(random_chat(3000), {});
  CHECK(known > 100000);
}

TEST_CASE(
    "fast: labels that are known are kept, and the rest is as if all was read",
    "[classify]") {
  std::mt19937_64 random{17};
  const Classifier by_model = Classifier::dutch();
  const Classifier by_rules;
  std::size_t kept = 0;
  std::size_t found = 0;
  for (const LabelledChat& labelled : corpus()) {
    for (const Classifier* classifier : {&by_model, &by_rules}) {
      const Chat& chat = labelled.chat;
      const auto whole = classifier->classify(chat, labelled.roles);
      std::vector<Label> known = whole;
      // Marked, so that what is kept and what is found again can be told apart.
      for (Label& one : known) one.probability = -1;
      for (int i = 0; i < 5; ++i)
        known[random() % known.size()].code = not_coded;
      const auto completed = classifier->complete(chat, labelled.roles, known);
      REQUIRE(completed.size() == whole.size());
      for (std::size_t i = 0; i < whole.size(); ++i) {
        CAPTURE(chat.source, i);
        CHECK(completed[i].code == whole[i].code);
        if (completed[i].code == not_coded) continue;
        if (completed[i].probability < 0) {
          CHECK(known[i].code != not_coded);
          ++kept;
          continue;
        }
        ++found;
        CHECK(completed[i].probabilities == whole[i].probabilities);
        CHECK(completed[i].abstain == whole[i].abstain);
        CHECK(completed[i].attributes == whole[i].attributes);
      }
    }
  }
  CHECK(kept > 0);
  CHECK(found > 0);
}
