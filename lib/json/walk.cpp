#include "json/walk.hpp"

#include <string>

#include "etherpeil/error.hpp"

namespace etherpeil::json {

void Walk::fail(std::string_view why) const {
  throw Error{Errc::config, std::string{source_} + ": " + std::string{why} +
                                " at byte " + std::to_string(at_)};
}

void Walk::skip_blanks() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' ||
                                text_[at_] == '\r' || text_[at_] == '\t'))
    ++at_;
}

bool Walk::next(char wanted) {
  skip_blanks();
  const bool here = at_ < text_.size() && text_[at_] == wanted;
  if (here) ++at_;
  return here;
}

void Walk::expect(char wanted) {
  if (!next(wanted)) fail(std::string{"a "} + wanted + " is missing");
}

std::string_view Walk::string() {
  expect('"');
  const std::size_t end = text_.find('"', at_);
  if (end == std::string_view::npos) fail("a string does not end");
  const std::string_view found = text_.substr(at_, end - at_);
  if (found.find('\\') != std::string_view::npos) fail("an escape");
  at_ = end + 1;
  return found;
}

bool Walk::boolean() {
  skip_blanks();
  for (const std::string_view word : {"true", "false"}) {
    if (text_.substr(at_).starts_with(word)) {
      at_ += word.size();
      return word == "true";
    }
  }
  fail("no true or false");
}

unsigned Walk::natural() {
  constexpr std::size_t most_digits = 9;
  skip_blanks();
  const std::size_t start = at_;
  unsigned number = 0;
  for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
    number = number * 10 + static_cast<unsigned>(text_[at_] - '0');
  if (at_ == start || at_ - start > most_digits) fail("no number");
  return number;
}

void Walk::skip() {
  skip_blanks();
  const char first = at_ < text_.size() ? text_[at_] : '\0';
  if (first == '{') return members([&](std::string_view /*key*/) { skip(); });
  if (first == '[') return items([&] { skip(); });
  if (first == '"') {
    static_cast<void>(string());
  } else if (first == 't' || first == 'f') {
    static_cast<void>(boolean());
  } else {
    static_cast<void>(natural());
  }
}

}  // namespace etherpeil::json
