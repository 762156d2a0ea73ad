#include "classify/spelling.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "data/data.hpp"

namespace etherpeil::classify {
namespace {

/// Letters of a word that may be corrected: shorter ones have too many
/// neighbours, longer ones are not in the list.
constexpr std::size_t shortest = 3;
constexpr std::size_t longest = 15;

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// The number behind "NAME " in a line of the list.
std::uint64_t number(std::string_view line, std::string_view name) {
  std::uint64_t value = 0;
  const std::size_t at = line.find(name) + name.size() + 1;
  std::from_chars(line.data() + at, line.data() + line.size(), value);
  return value;
}

/// Whether two letters lie beside each other on the keyboard.
bool beside(char a, char b) {
  constexpr std::array<std::string_view, 3> rows{"qwertyuiop", "asdfghjkl",
                                                 "zxcvbnm"};
  const auto place = [&](char c) {
    for (int row = 0; row < 3; ++row) {
      const auto column = rows[static_cast<std::size_t>(row)].find(c);
      if (column != std::string_view::npos)
        return std::array<int, 2>{row, static_cast<int>(column)};
    }
    return std::array<int, 2>{9, 99};
  };
  const auto one = place(a);
  const auto other = place(b);
  // Each row is half a key further to the right.
  const int right = 2 * (one[1] - other[1]) + (one[0] - other[0]);
  return one[0] - other[0] <= 1 && other[0] - one[0] <= 1 && right <= 2 &&
         right >= -2;
}

/// Calls `visit(word, cost)` for every word that is one slip away.
template <class Visit>
void each_neighbour(std::string_view word, const Visit& visit) {
  constexpr int likely = 0;
  constexpr int fair = 2;
  constexpr int odd = 4;
  const std::size_t n = word.size();
  std::string text{word.substr(1)};
  for (std::size_t i = 0;; ++i) {  // without the letter at i
    const bool easy = (i > 0 && beside(word[i], word[i - 1])) ||
                      (i + 1 < n && beside(word[i], word[i + 1]));
    visit(text, easy ? likely : odd);
    if (i + 1 == n) break;
    text[i] = word[i];
  }
  text = word;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    std::swap(text[i], text[i + 1]);
    visit(text, likely);
    std::swap(text[i], text[i + 1]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (char c = 'a'; c <= 'z'; ++c) {
      if (c == word[i]) continue;
      text[i] = c;
      visit(text, beside(c, word[i]) ? likely : odd);
    }
    text[i] = word[i];
  }
  text.insert(text.begin(), ' ');
  for (std::size_t i = 0;; ++i) {  // with a letter before that at i
    for (char c = 'a'; c <= 'z'; ++c) {
      text[i] = c;
      visit(text, i > 0 && c == word[i - 1] ? likely : fair);
    }
    if (i == n) break;
    text[i] = word[i];
  }
}

}  // namespace

Spelling::Spelling() {
  std::string_view text = data::words_nl_txt();
  std::string_view line = next_line(text);
  while (line.substr(0, 7) != "common ") line = next_line(text);
  common_.reserve(number(line, "common"));
  for (line = next_line(text); line.substr(0, 6) != "words ";
       line = next_line(text)) {
    while (!line.empty()) {
      const std::size_t end = std::min(line.find(' '), line.size());
      common_.push_back(line.substr(0, end));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
  }
  bits_ = number(line, "bits");
  hashes_ = number(line, "hashes");
  width_ = number(line, "width");
  filter_ = text;
  ranks_.reserve(common_.size());
  for (std::size_t i = 0; i < common_.size(); ++i)
    ranks_.emplace(common_[i], static_cast<std::uint32_t>(i));
}

const Spelling& Spelling::dutch() {
  static const Spelling spelling;
  return spelling;
}

bool Spelling::known(std::string_view word) const {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const char c : word)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  const std::uint64_t step = hash >> 32U | 1U;
  std::uint64_t sum = hash & 0xFFFFFFFFU;
  for (std::uint64_t i = 0; i < hashes_; ++i, sum += step) {
    const std::uint64_t place = sum % bits_;
    const std::uint64_t sign = place / 6;
    const auto six = static_cast<unsigned>(filter_[sign + sign / width_] -
                                           '0');  // a line end after each line
    if ((six >> place % 6 & 1U) == 0) return false;
  }
  return true;
}

std::string Spelling::correct(
    std::string_view word,
    const std::function<Fit(std::string_view)>& fit) const {
  if (word.size() < shortest || word.size() > longest) return {};
  std::string best;
  int least = INT32_MAX;
  each_neighbour(word, [&](std::string_view candidate, int cost) {
    constexpr std::uint32_t never = UINT32_MAX;
    constexpr std::uint32_t as_term = 2000;  // how common terms count, at least
    constexpr std::uint32_t as_part = 8000;
    const auto common = ranks_.find(candidate);
    std::uint32_t rank = common == ranks_.end() ? never : common->second;
    if (rank > as_term && candidate.size() >= shortest) {
      const Fit found = fit(candidate);
      if (found == Fit::whole) rank = as_term;
      if (found == Fit::part && rank > as_part && known(candidate))
        rank = as_part;
    }
    if (rank == never) return;
    // One more for each doubling of how rare it is.
    cost += static_cast<int>(std::bit_width(rank + 16));
    if (cost >= least) return;
    least = cost;
    best = candidate;
  });
  return best;
}

}  // namespace etherpeil::classify
