#include <algorithm>

#include "etherpeil/privacy.hpp"
#include "privacy/names.hpp"
#include "privacy/scan.hpp"

namespace etherpeil {
namespace {

/// Long texts are read in pieces, because a pattern reads no further.
constexpr std::size_t piece_bytes = 2000;

/// Where the piece that starts at `at` ends: at a line end, else at a space.
std::size_t piece_end(std::string_view text, std::size_t at) {
  const std::size_t line = text.find('\n', at);
  const std::size_t end = std::min(line, text.size());
  if (end - at <= piece_bytes) return std::min(end + 1, text.size());
  const std::size_t space = text.rfind(' ', at + piece_bytes);
  if (space != std::string_view::npos && space > at) return space + 1;
  std::size_t cut = at + piece_bytes;  // not inside a character
  while (cut > at + 1 &&
         (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80)
    --cut;
  return cut;
}

std::string_view placeholder(Personal kind) {
  switch (kind) {
    case Personal::name:
      return "[naam]";
    case Personal::phone:
      return "[telefoon]";
    case Personal::plate:
      return "[kenteken]";
    case Personal::address:
      return "[adres]";
    case Personal::iban:
      return "[iban]";
    case Personal::email:
      return "[e-mail]";
  }
  return {};
}

/// Those that have a form of their own are surer than names.
int rank(Personal kind) {
  switch (kind) {
    case Personal::email:
      return 0;
    case Personal::iban:
      return 1;
    case Personal::phone:
      return 2;
    case Personal::plate:
      return 3;
    case Personal::address:
      return 4;
    case Personal::name:
      return 5;
  }
  return 6;
}

/// Joins what overlaps; the surest kind names the whole.
std::vector<Redaction> joined(std::vector<Redaction> found) {
  std::sort(found.begin(), found.end(),
            [](const Redaction& a, const Redaction& b) {
              return a.start != b.start ? a.start < b.start : a.end < b.end;
            });
  std::vector<Redaction> all;
  for (const Redaction& one : found) {
    if (all.empty() || one.start >= all.back().end) {
      all.push_back(one);
      continue;
    }
    Redaction& last = all.back();
    last.end = std::max(last.end, one.end);
    if (rank(one.kind) < rank(last.kind)) last.kind = one.kind;
  }
  return all;
}

std::vector<std::string> people_of(const Chat& chat) {
  std::vector<std::string> names;
  for (const Author& author : chat.authors) {
    if (!author.phone) names.push_back(author.name);
  }
  for (const Mention& one : chat.mentions) {
    if (one.role != Mention::Role::file)
      names.emplace_back(chat.bytes.view.substr(one.offset, one.length));
  }
  return names;
}

}  // namespace

std::string_view to_string(Personal kind) {
  switch (kind) {
    case Personal::name:
      return "name";
    case Personal::phone:
      return "phone";
    case Personal::plate:
      return "plate";
    case Personal::address:
      return "address";
    case Personal::iban:
      return "iban";
    case Personal::email:
      return "email";
  }
  return {};
}

struct Redactor::Impl {
  privacy::NameFinder names;
};

Redactor::Redactor(std::span<const std::string> names)
    : impl_(std::make_unique<const Impl>(Impl{privacy::NameFinder{names}})) {}
Redactor::Redactor(const Chat& chat) : Redactor(people_of(chat)) {}
Redactor::Redactor(Redactor&&) noexcept = default;
Redactor& Redactor::operator=(Redactor&&) noexcept = default;
Redactor::~Redactor() = default;

std::vector<Redaction> Redactor::find(std::string_view text) const {
  std::vector<Redaction> found;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end(text, at);
    const std::string_view piece = text.substr(at, end - at);
    const std::size_t first = found.size();
    const text::Folded folded = text::fold(piece);
    privacy::scan_forms(piece, folded, found);
    impl_->names.find(piece, folded, found);
    for (std::size_t i = first; i < found.size(); ++i) {
      found[i].start += static_cast<std::uint32_t>(at);
      found[i].end += static_cast<std::uint32_t>(at);
    }
    at = end;
  }
  return joined(std::move(found));
}

std::string Redactor::redact(std::string_view text) const {
  std::string out;
  std::size_t at = 0;
  for (const Redaction& one : find(text)) {
    out += text.substr(at, one.start - at);
    out += placeholder(one.kind);
    at = one.end;
  }
  out += text.substr(at);
  return out;
}

}  // namespace etherpeil
