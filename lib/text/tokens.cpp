#include "text/tokens.hpp"

#include <array>

#include "text/emoji.hpp"
#include "text/utf8.hpp"

namespace etherpeil::text {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What a byte of folded text is, for those that are a code point.
enum class Sign : std::uint8_t { other, space, line_end, word, beyond };

constexpr auto signs = [] {
  std::array<Sign, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    table[c] = c >= 0x80                          ? Sign::beyond
               : c == '\n' || c == '\r'           ? Sign::line_end
               : c == ' ' || (c >= 9 && c <= 13)  ? Sign::space
               : letter || (c >= '0' && c <= '9') ? Sign::word
                                                  : Sign::other;
  }
  return table;
}();

Sign sign_of(char c) { return signs[static_cast<unsigned char>(c)]; }

class Tokeniser {
 public:
  Tokeniser(std::string_view original, const Folded& folded,
            std::vector<Token>& out)
      : original_(original), folded_(folded), text_(folded.text), out_(out) {}

  void run() {
    while (at_ < text_.size()) {
      const Sign sign = sign_of(text_[at_]);
      if (sign == Sign::space) {
        ++at_;
        continue;
      }
      if (sign == Sign::word && text_[at_] != 'h' && text_[at_] != 'w' &&
          !may_be_emoji()) {
        is_digit(text_[at_]) ? number() : word();
        continue;
      }
      const CodePoint point = point_at(at_);
      if (is_white_space(point.value)) {
        if ((point.value == U'\n' || point.value == U'\r') && !out_.empty()) {
          out_.back().ends_sentence = true;
        }
        at_ += point.length;
      } else if (const std::size_t end = emoji_end(); end > at_) {
        add(end, TokenKind::emoji);
      } else if (const std::size_t address = url_end(); address > at_) {
        add(address, TokenKind::url);
      } else if (is_word_character(point.value)) {
        is_digit(text_[at_]) ? number() : word();
      } else {
        punctuation(point);
      }
    }
  }

 private:
  void add(std::size_t end, TokenKind kind, bool ends_sentence = false) {
    out_.push_back({folded_.original(at_, end), static_cast<std::uint32_t>(at_),
                    static_cast<std::uint32_t>(end), kind, ends_sentence});
    at_ = end;
  }

  [[nodiscard]] CodePoint point_at(std::size_t at) const {
    const auto lead = static_cast<unsigned char>(text_[at]);
    return lead < 0x80 ? CodePoint{lead, 1, true} : decode(text_, at);
  }

  [[nodiscard]] bool may_be_emoji() const {
    if (folded_.in_place) return false;
    const std::size_t from = folded_.offsets[at_];
    const auto lead = static_cast<unsigned char>(original_[from]);
    const bool after = from + 1 < original_.size() &&
                       static_cast<unsigned char>(original_[from + 1]) >= 0xE2;
    return lead >= 0xC2 || (after && lead < 0x80);
  }

  /// The emoji is looked for in the original: folding takes joiners away.
  [[nodiscard]] std::size_t emoji_end() const {
    if (!may_be_emoji()) return at_;
    const std::size_t from = folded_.offsets[at_];
    const std::size_t length = emoji_length(original_, from);
    if (length == 0) return at_;
    std::size_t end = at_;
    while (end < text_.size() && folded_.offsets[end] < from + length) ++end;
    return end;
  }

  [[nodiscard]] std::size_t url_end() const {
    const std::string_view rest = text_.substr(at_);
    if (rest[0] != 'h' && rest[0] != 'w') return at_;
    if (rest.rfind("http://", 0) != 0 && rest.rfind("https://", 0) != 0 &&
        rest.rfind("www.", 0) != 0) {
      return at_;
    }
    std::size_t end = at_;
    while (end < text_.size()) {
      const CodePoint point = point_at(end);
      if (is_white_space(point.value)) break;
      end += point.length;
    }
    return end;
  }

  [[nodiscard]] std::size_t run_end(std::size_t from) const {
    while (from < text_.size()) {
      const Sign sign = sign_of(text_[from]);
      if (sign == Sign::word) {
        ++from;
        continue;
      }
      if (sign != Sign::beyond) break;
      const CodePoint point = point_at(from);
      if (!is_word_character(point.value)) break;
      from += point.length;
    }
    return from;
  }

  void word() {
    // Single letters with full stops between them: "t.h.v."
    std::size_t dotted = at_;
    while (dotted + 1 < text_.size() && text_[dotted] >= 'a' &&
           text_[dotted] <= 'z' && text_[dotted + 1] == '.') {
      dotted += 2;
    }
    const bool abbreviation = dotted >= at_ + 4;
    add(abbreviation ? dotted : run_end(at_), TokenKind::word);
  }

  void number() {
    std::size_t end = run_end(at_);
    while (end + 1 < text_.size() &&
           (text_[end] == '.' || text_[end] == ',' || text_[end] == ':') &&
           is_digit(text_[end - 1]) && is_digit(text_[end + 1])) {
      end = run_end(end + 1);
    }
    add(end, TokenKind::number);
  }

  void punctuation(const CodePoint& first) {
    std::size_t end = at_;
    std::size_t count = 0;
    while (end < text_.size() && point_at(end).value == first.value) {
      end += first.length;
      ++count;
    }
    const bool last =
        end == text_.size() || is_white_space(point_at(end).value);
    const bool stop = first.value == U'.' && (last || count > 1);
    const bool mark = first.value == U'!' || first.value == U'?' ||
                      first.value == 0xBF || first.value == 0xA1;
    add(end, TokenKind::punctuation, stop || mark);
  }

  std::string_view original_;
  const Folded& folded_;
  std::string_view text_;
  std::vector<Token>& out_;
  std::size_t at_{};
};

}  // namespace

void tokenise(std::string_view original, const Folded& folded,
              std::vector<Token>& out) {
  out.clear();
  Tokeniser{original, folded, out}.run();
}

std::vector<Token> tokenise(std::string_view original, const Folded& folded) {
  std::vector<Token> out;
  tokenise(original, folded, out);
  return out;
}

}  // namespace etherpeil::text
