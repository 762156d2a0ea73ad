#include "classify/spelling.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <optional>

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

/// Calls `visit` with a hash of the word, and of the word without each letter.
/// The hash is a polynomial, so that taking a letter out is one step.
template <class Visit>
void each_hash(std::string_view word, const Visit& visit) {
  constexpr std::uint64_t base = 0x100000001B3U;
  constexpr std::size_t most = longest + 2;
  std::array<std::uint64_t, most> before{};  // of the first letters
  std::array<std::uint64_t, most> power{1};
  const std::size_t size = word.size();
  for (std::size_t i = 0; i < size; ++i) {
    before[i + 1] = before[i] * base + static_cast<unsigned char>(word[i]);
    power[i + 1] = power[i] * base;
  }
  const auto mixed = [](std::uint64_t hash) {
    hash *= 0x9E3779B97F4A7C15U;
    return static_cast<std::uint32_t>(hash >> 32U);
  };
  for (std::size_t i = 0; i < size; ++i) {
    // Of equal letters in a row one is enough.
    if (i > 0 && word[i] == word[i - 1]) continue;
    visit(mixed(before[size] +
                (before[i] - before[i + 1]) * power[size - 1 - i]));
  }
  visit(mixed(before[size]));
}

/// A million bits: a tenth of them is set.
constexpr std::size_t filter_words = 1U << 14U;
std::size_t filter_word(std::uint32_t hash) { return hash >> 18U; }
std::uint64_t filter_bit(std::uint32_t hash) {
  return std::uint64_t{1} << (hash >> 12U & 63U);
}

/// How odd the slip is that makes `written` of `meant`; nothing when it takes
/// more than one.
std::optional<int> slip(std::string_view written, std::string_view meant) {
  constexpr int likely = 0;
  constexpr int fair = 2;
  constexpr int odd = 4;
  std::size_t at = 0;
  const std::size_t shorter = std::min(written.size(), meant.size());
  while (at < shorter && written[at] == meant[at]) ++at;
  const auto rest = [&](std::size_t w, std::size_t m) {
    return written.substr(w) == meant.substr(m);
  };
  if (written.size() == meant.size() + 1) {  // one too many
    if (!rest(at + 1, at)) return {};
    const bool easy =
        (at > 0 && beside(written[at], written[at - 1])) ||
        (at + 1 < written.size() && beside(written[at], written[at + 1]));
    return easy ? likely : odd;
  }
  if (written.size() + 1 == meant.size()) {  // one too few
    if (!rest(at, at + 1)) return {};
    return at > 0 && meant[at] == meant[at - 1] ? likely : fair;
  }
  if (written.size() != meant.size() || at == shorter) return {};
  if (rest(at + 1, at + 1))
    return beside(written[at], meant[at]) ? likely : odd;
  const bool swapped = at + 1 < shorter && written[at] == meant[at + 1] &&
                       written[at + 1] == meant[at] && rest(at + 2, at + 2);
  return swapped ? std::optional<int>{likely} : std::nullopt;
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

Corrector::Corrector(const Spelling& spelling,
                     const std::vector<std::string_view>& terms) {
  constexpr std::uint32_t as_term = 2000;  // how common terms count, at least
  targets_.reserve(spelling.common().size() + terms.size());
  std::uint32_t rank = 0;
  for (const std::string_view word : spelling.common())
    targets_.push_back({word, rank++});
  for (const std::string_view word : terms) targets_.push_back({word, as_term});
  std::size_t hashes = 0;
  for (const Target& target : targets_) hashes += target.text.size() + 1;
  slots_.resize(std::bit_ceil(hashes * 3 / 2));
  filter_.resize(filter_words);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i].text.size() + 1 < shortest ||
        targets_[i].text.size() > longest + 1)
      continue;
    each_hash(targets_[i].text, [&](std::uint32_t hash) {
      std::size_t at = hash & mask;
      while (slots_[at].target != 0) at = (at + 1) & mask;
      slots_[at] = {hash, i + 1};
      filter_[filter_word(hash)] |= filter_bit(hash);
    });
  }
}

std::string_view Corrector::correct(std::string_view word) const {
  if (slots_.empty() || word.size() < shortest || word.size() > longest)
    return {};
  const std::size_t mask = slots_.size() - 1;
  std::string_view best;
  int least = INT32_MAX;
  each_hash(word, [&](std::uint32_t hash) {
    if ((filter_[filter_word(hash)] & filter_bit(hash)) == 0) return;
    for (std::size_t at = hash & mask; slots_[at].target != 0;
         at = (at + 1) & mask) {
      if (slots_[at].hash != hash) continue;
      const Target& target = targets_[slots_[at].target - 1];
      const std::optional<int> cost = slip(word, target.text);
      if (!cost) continue;
      // One more for each doubling of how rare it is.
      const int here =
          *cost + static_cast<int>(std::bit_width(target.rank + 16));
      if (here > least || (here == least && target.text >= best)) continue;
      least = here;
      best = target.text;
    }
  });
  return best;
}

}  // namespace etherpeil::classify
