#include "learn/typos.hpp"

#include <array>
#include <random>
#include <string>
#include <string_view>

namespace etherpeil::learn {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Keys beside each letter on a QWERTY keyboard.
constexpr std::array<std::string_view, 26> beside{
    "qwsz",   "vghn", "xdfv",   "serfcx", "wsdr",   "drtgvc", "ftyhbv",
    "gyujnb", "ujko", "huikmn", "jiolm",  "kop",    "njk",    "bhjm",
    "iklp",   "ol",   "wa",     "edft",   "awedxz", "rfgy",   "yhji",
    "cfgb",   "qase", "zsdc",   "tghu",   "asx"};

class Typist {
 public:
  Typist(double share, std::uint64_t seed) : share_(share), random_(seed) {}

  std::string retype(std::string_view text) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
      std::size_t end = at;
      const bool address =
          text.substr(at, 4) == "http" || text.substr(at, 4) == "www.";
      if (address) {
        while (end < text.size() && text[end] != ' ' && text[end] != '\n')
          ++end;
      } else {
        while (end < text.size() && is_letter(text[end])) ++end;
      }
      if (end == at) {
        out += text[at++];
        continue;
      }
      std::string word{text.substr(at, end - at)};
      if (!address && word.size() >= 3 && chance() < share_) slip(word);
      out += word;
      at = end;
    }
    return out;
  }

 private:
  double chance() { return static_cast<double>(random_() >> 11U) * 0x1p-53; }
  std::size_t below(std::size_t count) { return random_() % count; }

  char neighbour(char c) {
    const bool upper = c >= 'A' && c <= 'Z';
    const char small = upper ? static_cast<char>(c - 'A' + 'a') : c;
    const std::string_view keys = beside[static_cast<std::size_t>(small - 'a')];
    const char key = keys[below(keys.size())];
    return upper ? static_cast<char>(key - 'a' + 'A') : key;
  }

  void slip(std::string& word) {
    const std::size_t i = below(word.size());
    switch (below(4)) {
      case 0:
        word.erase(i, 1);
        return;
      case 1:
        word.insert(i, 1, below(2) == 0 ? word[i] : neighbour(word[i]));
        return;
      case 2:
        word[i] = neighbour(word[i]);
        return;
      default:
        std::swap(word[i], word[i + 1 < word.size() ? i + 1 : i - 1]);
    }
  }

  double share_;
  std::mt19937_64 random_;
};

}  // namespace

LabelledChat with_typos(const LabelledChat& chat, double share,
                        std::uint64_t seed) {
  LabelledChat copy = chat;
  Typist typist{share, seed};
  std::string bytes;
  for (Index i = 0; i < chat.chat.messages.size(); ++i) {
    Message& message = copy.chat.messages[i];
    std::string text{chat.chat.text(i)};
    if (message.human()) text = typist.retype(text);
    message.offset = static_cast<std::uint32_t>(bytes.size());
    message.text_start = 0;
    message.text_length = static_cast<std::uint32_t>(text.size());
    bytes += text;
  }
  copy.chat.bytes = Bytes::from(std::move(bytes));
  return copy;
}

}  // namespace etherpeil::learn
