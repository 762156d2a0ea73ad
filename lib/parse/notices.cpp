#include "parse/notices.hpp"

#include <algorithm>
#include <cstring>

#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

constexpr std::size_t max_notice_bytes = 2000;

}  // namespace

std::size_t leading_marks(std::string_view text) {
  std::size_t bytes = 0;
  // Byte by byte: most texts have none, and are asked often.
  while (bytes + 2 < text.size() && text[bytes] == '\xE2' &&
         text[bytes + 1] == '\x80' &&
         (text[bytes + 2] == '\x8E' || text[bytes + 2] == '\x8F')) {
    bytes += 3;
  }
  return bytes;
}

namespace {

/// A text for comparing: without format marks, no-break spaces as spaces,
/// U+2019 as an apostrophe. `at` gives the place of each byte in the original.
struct Plain {
  std::string text{};
  std::vector<std::uint32_t> at{};

  explicit Plain(std::string_view original) {
    text.reserve(original.size());
    at.reserve(original.size() + 1);
    for (std::size_t i = 0; i < original.size();) {
      if (static_cast<unsigned char>(original[i]) < 0x80) {
        text += original[i];
        at.push_back(static_cast<std::uint32_t>(i++));
        continue;
      }
      const text::CodePoint point = text::decode(original, i);
      const std::size_t before = text.size();
      if (point.value == 0xA0 || point.value == 0x202F) {
        text += ' ';
      } else if (point.value == 0x2019) {
        text += '\'';
      } else if (!text::is_format_mark(point.value)) {
        text.append(original, i, point.length);
      }
      for (std::size_t k = before; k < text.size(); ++k) {
        const std::size_t same =
            text.size() - before == point.length ? k - before : 0;
        at.push_back(static_cast<std::uint32_t>(i + same));
      }
      i += point.length;
    }
    at.push_back(static_cast<std::uint32_t>(original.size()));
  }

  void restore(std::optional<Span>& span) const {
    if (!span) return;
    const std::size_t start = at[span->start];
    span = Span{start, at[span->start + span->length] - start};
  }
};

}  // namespace

bool is_plain(std::string_view text) {
  return text.find('\xC2') == std::string_view::npos &&
         text.find('\xE2') == std::string_view::npos;
}

std::string plain_text(std::string_view text) { return Plain{text}.text; }

bool Notices::may_be_attached(std::string_view first,
                              std::string_view body) const {
  const auto may_end = [&](std::string_view text) {
    return !text.empty() && ends_[static_cast<unsigned char>(text.back())];
  };
  return may_end(first) || may_end(body);
}

std::optional<Notice> Notices::match(const Pattern& pattern,
                                     std::string_view text, bool sure) {
  const std::string_view front = pattern.front();
  if (!text.starts_with(front) || !text.ends_with(pattern.back()))
    return std::nullopt;
  const std::size_t end = text.size() - pattern.back().size();
  Notice notice{.event = pattern.event, .off = pattern.off};
  std::size_t at = front.size();
  for (std::size_t i = 0; i < pattern.captured; ++i) {
    const std::string_view behind = pattern.around[i + 1];
    const bool last = i + 1U == pattern.captured;
    const std::size_t stop = last ? end : text.find(behind, at);
    if (stop == std::string_view::npos || stop < at || stop > end)
      return std::nullopt;
    const Span span{at, stop - at};
    const char name = pattern.captures[i];
    // A name is on one line, not empty, and never runs over ": " at the start
    // of a line: that is a person who types what WhatsApp would say.
    const std::string_view captured = text.substr(span.start, span.length);
    if (name != '*' &&
        (captured.empty() || captured.find('\n') != std::string_view::npos)) {
      return std::nullopt;
    }
    if (at == 0 && !sure && captured.find(": ") != std::string_view::npos)
      return std::nullopt;
    if (name == 'a') notice.actor = span;
    if (name == 't') notice.target = span;
    if (name == 's') notice.subject = span;
    at = stop + behind.size();
  }
  if (pattern.captured == 0 && text.size() != front.size()) return std::nullopt;
  return notice;
}

/// What a pattern leaves open at its start never holds ": ", so its first
/// literal begins before that ends. In "Jan: words" few places are looked at.
bool Notices::may_be_system(std::string_view text) const {
  const std::size_t colon = text.find(": ");
  if (colon == std::string_view::npos) return true;
  const std::string_view start = text.substr(0, colon + 1 + least_start);
  // What is compared with the patterns may begin in another way.
  if (!is_plain(text) && !text::is_ascii(start)) return true;
  for (std::size_t at = 0; at + least_start <= start.size(); ++at) {
    if (first_[hash_of(four_bytes(start.data() + at))]) return true;
  }
  return false;
}

std::vector<std::uint16_t> Notices::possible(std::string_view text) const {
  // Hundreds of patterns: only those with four bytes of the text can fit.
  std::vector<std::uint16_t> found;
  for (const Probe& probe : probes(probe_rows)) found.push_back(probe.pattern);
  for (std::size_t at = 0; at + least_start <= text.size(); ++at) {
    const std::uint32_t bytes = four_bytes(text.data() + at);
    if (!probed_[hash_of(bytes)]) continue;
    for (const Probe& probe : probes(hash_of(bytes) % probe_rows)) {
      if (probe.bytes == bytes) found.push_back(probe.pattern);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::optional<Notice> Notices::match_any(std::string_view text,
                                         bool sure) const {
  const std::vector<std::uint16_t> patterns = possible(text);
  const auto match_as = [&](std::string_view words) -> std::optional<Notice> {
    for (const std::uint16_t i : patterns) {
      if (auto notice = match(system_[i], words, sure)) return notice;
    }
    return std::nullopt;
  };
  auto notice = match_as(text);
  // Phones end the same text with and without a full stop.
  if (!notice && text.ends_with("."))
    notice = match_as(text.substr(0, text.size() - 1));
  return notice;
}

std::optional<Notice> Notices::system(std::string_view text, bool sure) const {
  if (text.size() > max_notice_bytes || (!sure && !may_be_system(text)))
    return std::nullopt;
  if (is_plain(text)) return match_any(text, sure);
  const Plain plain{text};
  auto notice = match_any(plain.text, sure);
  if (notice) {
    plain.restore(notice->actor);
    plain.restore(notice->target);
    plain.restore(notice->subject);
  }
  return notice;
}

std::optional<Details::Call> Notices::call(std::string_view body,
                                           bool marked) const {
  constexpr std::size_t max_bytes = 100;
  body.remove_prefix(leading_marks(body));
  if (body.size() > max_bytes || body.find('\n') != std::string_view::npos)
    return std::nullopt;
  // Without a mark nothing but a full stop may follow.
  if (!marked && body.size() > longest_call_ + 1) return std::nullopt;
  const std::string copy = is_plain(body) ? std::string{} : Plain{body}.text;
  const std::string_view text = copy.empty() ? body : copy;
  // "Voice call. 2 min", "Missed voice call, tap to call back".
  const std::size_t end =
      std::min({text.find(". "), text.find(", "),
                text.ends_with(".") ? text.size() - 1 : text.size()});
  const auto found = calls_.find(text.substr(0, end));
  if (found == calls_.end()) return std::nullopt;
  Details::Call call = found->second;
  call.duration = duration(text.substr(end));
  // Without a mark a person may go on: "Missed call, phone me".
  if (!marked && (!call.missed || end + 1 < text.size())) return std::nullopt;
  return call;
}

std::optional<std::chrono::seconds> Notices::duration(
    std::string_view text) const {
  constexpr std::string_view digits = "0123456789";
  std::uint64_t total = 0;
  bool found = false;
  bool clock = false;  // "1:02:03"
  std::size_t at = std::min(text.find_first_of(digits), text.size());
  while (at < text.size()) {
    std::uint64_t number = 0;
    std::size_t width = 0;
    for (; at < text.size() && width < 6 &&
           digits.find(text[at]) != std::string_view::npos;
         ++at, ++width) {
      number = number * 10 + static_cast<std::uint64_t>(text[at] - '0');
    }
    if (text.substr(at, 1) == ":" || clock) {
      total = total * 60 + number;
      if (text.substr(at, 1) != ":") return std::chrono::seconds{total};
      clock = true;
      ++at;
      continue;
    }
    if (text.substr(at, 1) == " ") ++at;
    const std::size_t end =
        std::min(text.find_first_of(" .,()0123456789", at), text.size());
    const auto unit = units_.find(text.substr(at, end - at));
    if (unit == units_.end()) {
      if (found) break;
    } else {
      total += number * unit->second;
      found = true;
    }
    // What stands between two parts is short: "1 hr and 2 min".
    const std::size_t next =
        std::min(text.find_first_of(digits, end), text.size());
    if (found && next - end > 6) break;
    at = next;
  }
  if (!found) return std::nullopt;
  return std::chrono::seconds{total};
}

std::optional<std::chrono::seconds> Notices::timer(
    std::string_view text) const {
  const auto notice = system(text.substr(leading_marks(text)));
  if (notice && notice->off) return std::chrono::seconds{0};
  return duration(Plain{text}.text);
}

}  // namespace etherpeil::parsing
