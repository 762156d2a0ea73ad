#include "parse/authors.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "etherpeil/error.hpp"
#include "etherpeil/privacy.hpp"
#include "parse/notices.hpp"

namespace etherpeil::parsing {

Authors::Authors(Chat& chat, std::string_view bytes)
    : chat_(chat),
      recent_(std::clamp<std::size_t>(std::bit_ceil(bytes.size() / 256), 64,
                                      1024)) {
  constexpr std::size_t of_a_group = 64;
  known_.reserve(of_a_group);
  names_[0].reserve(of_a_group);
  chat_.authors.reserve(of_a_group);
}

std::uint16_t Authors::known(std::string_view spelling, std::string_view rest) {
  // A group has few senders: most are found where they were found last.
  const bool is_short = text::Key::fits(spelling, rest);
  const text::Key key = is_short ? text::Key{spelling} : text::Key{};
  Recent& recent = recent_[key.hash() & (recent_.size() - 1)];
  if (is_short && recent.author != no_author && recent.key == key)
    return recent.author;
  const auto found = known_.find(spelling);
  if (found == known_.end()) return no_author;
  if (is_short) recent = {key, found->second};
  return found->second;
}

std::uint16_t Authors::add(std::string_view spelling, std::uint32_t line) {
  return known_.emplace(spelling, index_of(spelling, line)).first->second;
}

std::uint16_t Authors::index_of(std::string_view spelling, std::uint32_t line) {
  Author author;
  author.name = display_name(spelling);
  author.phone = !phone_e164(author.name).empty();
  const std::string_view bare = spelling.substr(leading_marks(spelling));
  // U+202D and U+202E show what follows in another order than it is.
  if (overridden_line_ == 0 &&
      (spelling.find("\xE2\x80\xAD") != std::string_view::npos ||
       spelling.find("\xE2\x80\xAE") != std::string_view::npos))
    overridden_line_ = line;
  // A number that a contact was saved as ("06-...") has no "+".
  const char first = bare.empty() ? ' ' : bare.front();
  author.unsaved = first == '~' || (author.phone && author.name.front() == '+');
  const auto next = static_cast<std::uint16_t>(chat_.authors.size());
  const auto [known, is_new] =
      names_[author.unsaved ? 1 : 0].try_emplace(author.name, next);
  if (!is_new) return known->second;
  if (chat_.authors.size() + 1 >= no_author) {
    throw Error{Errc::limit, chat_.source +
                                 ": more than 65,534 senders; is this one "
                                 "chat?"};
  }
  chat_.authors.push_back(std::move(author));
  return next;
}

}  // namespace etherpeil::parsing
