#include "json/walk.hpp"

#include <algorithm>
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

std::string_view Walk::raw() {
  expect('"');
  const std::size_t start = at_;
  for (;; ++at_) {
    at_ = text_.find('"', at_);
    if (at_ == std::string_view::npos) fail("a string does not end");
    std::size_t slashes = 0;
    while (text_[at_ - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 0) break;
  }
  const std::string_view found = text_.substr(start, at_++ - start);
  bool controls = false;
  for (const char c : found)
    controls = controls || static_cast<unsigned char>(c) < 0x20;
  if (controls) fail("a control character in a string");
  return found;
}

std::string_view Walk::string() {
  const std::string_view found = raw();
  if (found.find('\\') != std::string_view::npos) fail("an escape");
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
  int depth = 0;
  do {
    skip_blanks();
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (first == '"') {
      static_cast<void>(raw());
    } else if (first == '{' || first == '[') {
      ++depth;
      ++at_;
    } else if (depth > 0 && (first == '}' || first == ']')) {
      --depth;
      ++at_;
    } else if (depth > 0 && (first == ',' || first == ':')) {
      ++at_;
    } else {  // a number or a word
      const std::size_t end =
          std::min(text_.find_first_of("{}[],:\" \n\r\t", at_), text_.size());
      if (end == at_) fail("a value is missing");
      at_ = end;
    }
  } while (depth > 0);
}

}  // namespace etherpeil::json
