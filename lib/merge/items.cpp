#include "merge/items.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "text/fold.hpp"
#include "text/utf8.hpp"

namespace etherpeil::merging {
namespace {

constexpr char32_t variation_selector = 0xFE0F;  // an emoji, not a letter form

/// Bytes of the mention behind an "@": a name between isolates as iPhones write
/// it, or a number; 0 for anything else.
std::size_t mention_length(std::string_view rest) {
  constexpr std::string_view open = "\u2068";
  constexpr std::string_view close = "\u2069";
  constexpr std::size_t longest = 200;
  if (rest.substr(0, open.size()) == open) {
    const auto end = rest.substr(0, longest).find(close);
    return end == std::string_view::npos ? 0 : end + close.size();
  }
  const auto digits = std::min(
      rest.find_first_not_of("0123456789", !rest.empty() && rest[0] == '+'),
      rest.size());
  return digits >= 8 ? digits : 0;
}

/// Whether any byte of eight is zero.
constexpr bool has_zero(std::uint64_t bytes) {
  return ((bytes - 0x0101010101010101U) & ~bytes & 0x8080808080808080U) != 0;
}

/// How many of eight bytes go on with a plain run whose last byte is no space:
/// all eight, all but a space at their end, or 0 for what must be looked at
/// byte by byte. The first of them is the lowest.
std::size_t plain_block(std::uint64_t bytes) {
  constexpr std::uint64_t each = 0x0101010101010101U;
  constexpr std::uint64_t tops = 0x8080808080808080U;
  const bool odd =
      (bytes & tops) != 0 || ((bytes - each * ' ') & ~bytes & tops) != 0 ||
      has_zero(bytes ^ each * '@') || has_zero(bytes ^ each * 0x7FU);
  if (odd) return 0;
  const std::uint64_t spaces = ~((bytes ^ each * ' ') + each * 0x7FU) & tops;
  if ((spaces & spaces << 8U) != 0) return 0;
  return spaces >> 63U != 0 ? 7 : 8;
}

/// Words of visible ASCII with one space between them at the start of a text,
/// up to an "@": nothing in them changes.
std::size_t plain_run(std::string_view text) {
  const auto plain = [text](std::size_t at) {
    return at < text.size() && text[at] > ' ' && text[at] <= '~' &&
           text[at] != '@';
  };
  if (!plain(0)) return 0;
  std::size_t run = 1;
  if constexpr (std::endian::native == std::endian::little) {
    std::uint64_t bytes = 0;
    while (run + sizeof bytes <= text.size()) {
      std::memcpy(&bytes, text.data() + run, sizeof bytes);
      const std::size_t more = plain_block(bytes);
      if (more == 0) break;
      run += more;
    }
  }
  while (true) {
    if (plain(run)) {
      ++run;
    } else if (run < text.size() && text[run] == ' ' && plain(run + 1)) {
      run += 2;
    } else {
      return run;
    }
  }
}

}  // namespace

void normalise(std::string_view text, std::string& out) {
  out.clear();
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t run = plain_run(text.substr(at)); run > 0) {
      if (space) out += ' ';
      space = false;
      out += text.substr(at, run);
      at += run;
      continue;
    }
    const text::CodePoint point = text::decode(text, at);
    const std::string_view bytes = text.substr(at, point.length);
    at += point.length;
    if (text::is_white_space(point.value)) {
      space = !out.empty();
      continue;
    }
    if (text::is_format_mark(point.value) || point.value == variation_selector)
      continue;
    if (space) out += ' ';
    space = false;
    if (point.valid) {
      out += bytes;
    } else {
      text::append(out, point.value);
    }
    if (point.value == U'@') at += mention_length(text.substr(at));
  }
}

Index Vocabulary::number(std::string_view text) {
  normalise(text, buffer_);
  const auto [it, fresh] =
      numbers_.emplace(buffer_, static_cast<Index>(words_.size()));
  if (fresh) words_.push_back(&it->first);
  return it->second;
}

namespace {

/// The names in a notice: of those that it happened to, else of who did it.
std::vector<std::string> subjects_of(const Chat& chat, Index message) {
  std::vector<std::string> names = chat.names(message, Mention::Role::target);
  return names.empty() ? chat.names(message, Mention::Role::actor) : names;
}

void add_subject(const Chat& chat, Index message, Vocabulary& vocabulary,
                 Item& item) {
  const std::vector<std::string> names = subjects_of(chat, message);
  std::string all;
  for (const std::string& name : names) all.append(name).append("; ");
  item.subject = vocabulary.number(all);
  if (names.size() != 1) return;
  const auto author = std::find_if(
      chat.authors.begin(), chat.authors.end(),
      [&](const Author& one) { return one.name == names.front(); });
  if (author != chat.authors.end()) {
    item.subject_author =
        static_cast<std::uint16_t>(author - chat.authors.begin());
  }
}

}  // namespace

std::vector<Item> items_of(const Chat& chat, Vocabulary& vocabulary) {
  std::vector<Item> items;
  items.reserve(chat.messages.size());
  for (Index i = 0; i < chat.messages.size(); ++i) {
    const Message& message = chat.messages[i];
    items.push_back({.time = message.seconds,
                     .content = vocabulary.number(chat.text(i)),
                     .author = message.author,
                     .kind = message.kind,
                     .event = message.event,
                     .media = message.media,
                     .flags = message.flags});
    if (!message.human()) add_subject(chat, i, vocabulary, items.back());
  }
  return items;
}

}  // namespace etherpeil::merging
