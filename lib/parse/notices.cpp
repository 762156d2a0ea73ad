#include "parse/notices.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>

#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

constexpr std::size_t max_notice_bytes = 2000;

SystemEvent event_from(json::Walk& walk) {
  const std::string_view slug = walk.string();
  for (auto event = SystemEvent::none;;
       event = static_cast<SystemEvent>(static_cast<int>(event) + 1)) {
    if (to_string(event) == slug) return event;
    if (event == SystemEvent::other) walk.fail("unknown event");
  }
}

MediaType media_from(json::Walk& walk) {
  const std::string_view slug = walk.string();
  for (auto type = MediaType::none;;
       type = static_cast<MediaType>(static_cast<int>(type) + 1)) {
    if (to_string(type) == slug) return type;
    if (type == MediaType::unknown) walk.fail("unknown media type");
  }
}

/// Between spaces, or all of a text when that has none of four bytes.
std::string_view longest_word(std::span<const std::string_view> texts) {
  std::string_view longest;
  for (const std::string_view text : texts) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      if (end - at > longest.size()) longest = text.substr(at, end - at);
      at = end + 1;
    }
  }
  if (longest.size() >= least_start) return longest;
  return *std::max_element(
      texts.begin(), texts.end(),
      [](const auto& a, const auto& b) { return a.size() < b.size(); });
}

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

/// "[U|Je] hebt [dit|het]" stands for four texts, which are put behind `made`
/// one after the other.
template <class Use>
void expand(std::string& made, std::string_view source, const Use& use) {
  const std::size_t before = made.size();
  const std::size_t open = std::min(source.find('['), source.size());
  made += source.substr(0, open);
  if (open == source.size()) {
    use(std::string_view{made});
  } else {
    const std::size_t close = std::min(source.find(']', open), source.size());
    const std::size_t start = made.size();
    for (std::size_t at = open + 1; at <= close;) {
      const std::size_t end = std::min(source.find('|', at), close);
      made += source.substr(at, end - at);
      expand(made, source.substr(std::min(close + 1, source.size())), use);
      made.resize(start);
      at = end + 1;
    }
  }
  made.resize(before);
}

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

bool is_plain(std::string_view text) {
  return text.find('\xC2') == std::string_view::npos &&
         text.find('\xE2') == std::string_view::npos;
}

}  // namespace

std::string_view Notices::Made::keep(std::string_view text) {
  constexpr std::size_t block_bytes = std::size_t{1} << 16U;
  if (blocks_.empty() ||
      blocks_.back().capacity() - blocks_.back().size() < text.size())
    blocks_.emplace_back().reserve(std::max(block_bytes, text.size()));
  std::vector<char>& block = blocks_.back();
  const std::size_t start = block.size();
  block.insert(block.end(), text.begin(), text.end());
  return {block.data() + start, text.size()};
}

template <class Use>
void Notices::phrases(json::Walk& walk, const Use& use) {
  std::string made;
  walk.items([&] {
    const std::string_view source = walk.string();
    if (source.find('[') == std::string_view::npos) return use(source);
    expand(made, source, [&](std::string_view text) { use(made_.keep(text)); });
  });
}

Notices::Pattern Notices::compile(std::string_view phrase, SystemEvent event) {
  Pattern pattern;
  pattern.event = event;
  std::size_t start = 0;
  for (std::size_t at = 0; at < phrase.size(); ++at) {
    if (phrase[at] != '{' && phrase[at] != '*') continue;
    if (pattern.captured == Pattern::max_captures) {
      throw Error{Errc::config, "notices.json: \"" + std::string{phrase} +
                                    "\" has too many open parts"};
    }
    pattern.around[pattern.captured] = phrase.substr(start, at - start);
    const bool named = phrase[at] == '{' && at + 1 < phrase.size();
    pattern.captures[pattern.captured++] = named ? phrase[at + 1] : '*';
    if (named) at = std::min(phrase.find('}', at), phrase.size());
    start = std::min(at + 1, phrase.size());
  }
  pattern.around[pattern.captured] = phrase.substr(start);
  return pattern;
}

Notices::Notices(std::string_view text) {
  system_.reserve(1024);
  whole_.reserve(256);
  json::Walk walk{text, "notices.json"};
  walk.members([&](std::string_view key) {
    if (key != "languages") return walk.skip();
    walk.items([&] { read_language(walk); });
  });
  index();
}

void Notices::read_language(json::Walk& walk) {
  const std::size_t files = attached_.size();
  const auto add_whole = [&](const Stand& stand) {
    phrases(walk, [&](std::string_view phrase) { whole_[phrase] = stand; });
  };
  const auto add_prefixes = [&](Kind kind) {
    phrases(walk, [&](std::string_view phrase) {
      prefixes_.emplace_back(phrase, kind);
    });
  };
  bool marks_files = false;
  walk.members([&](std::string_view key) {
    if (key == "system") return read_system(walk);
    if (key == "media") return read_media(walk);
    if (key == "call") return read_calls(walk);
    if (key == "units") return read_units(walk);
    if (key == "contact")
      return add_whole({.kind = Kind::contact,
                        .media = MediaType::contact,
                        .omitted = true});
    if (key == "deleted") return add_whole({.kind = Kind::deleted});
    if (key == "live_location") return add_whole({.kind = Kind::location});
    if (key == "waiting") return add_whole({.kind = Kind::waiting});
    if (key == "view_once") return add_whole({.kind = Kind::view_once});
    if (key == "deleted_by_admin") return add_prefixes(Kind::deleted);
    if (key == "location") return add_prefixes(Kind::location);
    if (key == "poll") return add_prefixes(Kind::poll);
    if (key == "event") return add_prefixes(Kind::event);
    if (key == "attached") {
      phrases(walk, [&](std::string_view phrase) {
        attached_.push_back(compile(phrase, SystemEvent::none));
      });
    } else if (key == "edited") {
      phrases(walk,
              [&](std::string_view phrase) { edited_.push_back(phrase); });
    } else if (key == "marks_files") {
      marks_files = walk.boolean();
    } else {
      walk.skip();
    }
  });
  for (std::size_t i = files; i < attached_.size(); ++i)
    attached_[i].marked = marks_files;
}

void Notices::read_system(json::Walk& walk) {
  walk.items([&] {
    const std::size_t first = system_.size();
    SystemEvent event{};
    bool off = false;
    walk.members([&](std::string_view key) {
      if (key == "event") {
        event = event_from(walk);
      } else if (key == "off") {
        off = walk.boolean();
      } else if (key == "texts") {
        phrases(walk, [&](std::string_view phrase) {
          system_.push_back(compile(
              is_plain(phrase) ? phrase : made_.keep(Plain{phrase}.text), {}));
        });
      } else {
        walk.skip();
      }
    });
    for (std::size_t i = first; i < system_.size(); ++i) {
      system_[i].event = event;
      system_[i].off = off;
    }
  });
}

void Notices::read_media(json::Walk& walk) {
  walk.items([&] {
    Stand stand{.kind = Kind::media, .omitted = true};
    std::vector<std::string_view> texts;
    walk.members([&](std::string_view key) {
      if (key == "type") {
        stand.media = media_from(walk);
      } else if (key == "texts") {
        phrases(walk, [&](std::string_view text) { texts.push_back(text); });
      } else {
        walk.skip();
      }
    });
    for (const std::string_view text : texts) whole_[text] = stand;
  });
}

void Notices::index() {
  starts_.assign(hash_values, false);
  const auto add = [&](std::string_view phrase) {
    // Shorter ones are in no language; they would switch the look off.
    if (phrase.size() < least_start) {
      starts_.assign(starts_.size(), true);
    } else {
      starts_[hash_of(four_bytes(phrase.data()))] = true;
    }
  };
  for (const auto& entry : whole_) add(entry.first);
  for (const auto& entry : calls_) add(entry.first);
  for (const auto& entry : prefixes_) add(entry.first);
  const auto last = [](std::string_view text) {
    return static_cast<unsigned char>(text.back());
  };
  ends_[')'] = ends_['>'] = true;  // in a language that no table holds
  for (const Pattern& pattern : attached_) {
    if (pattern.back().empty()) {
      ends_.fill(true);
    } else {
      ends_[last(pattern.back())] = true;
    }
  }
  probed_.assign(hash_values, false);
  first_.assign(hash_values, false);
  std::vector<std::uint16_t> row_of;
  std::vector<Probe> probes;
  for (std::size_t i = 0; i < system_.size(); ++i) {
    const std::string_view first =
        system_[i].front().empty() ? system_[i].around[1] : system_[i].front();
    if (first.size() < least_start) {
      first_.assign(first_.size(), true);
    } else {
      first_[hash_of(four_bytes(first.data()))] = true;
    }
    // Out of the longest word: it is rare in what people write.
    const std::string_view word =
        longest_word({system_[i].around.data(), system_[i].captured + 1U});
    Probe probe{0, static_cast<std::uint16_t>(i)};
    std::size_t row = probe_rows;
    if (word.size() >= least_start) {
      probe.bytes = four_bytes(word.data() + word.size() / 2 - 2);
      row = hash_of(probe.bytes) % probe_rows;
      probed_[hash_of(probe.bytes)] = true;
    }
    ++rows_[row + 1];
    row_of.push_back(static_cast<std::uint16_t>(row));
    probes.push_back(probe);
  }
  std::partial_sum(rows_.begin(), rows_.end(), rows_.begin());
  std::array<std::uint16_t, probe_rows + 2> next = rows_;
  probes_.resize(probes.size());
  for (std::size_t i = 0; i < probes.size(); ++i)
    probes_[next[row_of[i]]++] = probes[i];
}

std::span<const Notices::Probe> Notices::probes(std::size_t row) const {
  return {probes_.data() + rows_[row],
          std::size_t{rows_[row + 1]} - rows_[row]};
}

bool Notices::may_be_attached(std::string_view first,
                              std::string_view body) const {
  const auto may_end = [&](std::string_view text) {
    return !text.empty() && ends_[static_cast<unsigned char>(text.back())];
  };
  return may_end(first) || may_end(body);
}

std::optional<Notice> Notices::match(const Pattern& pattern,
                                     std::string_view text) {
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
    if (at == 0 && captured.find(": ") != std::string_view::npos)
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
  for (std::size_t at = 0; at <= colon + 1 && at + least_start <= text.size();
       ++at) {
    if (first_[hash_of(four_bytes(text.data() + at))]) return true;
  }
  return false;
}

std::optional<Notice> Notices::match_any(std::string_view text) const {
  if (!may_be_system(text)) return std::nullopt;
  // Hundreds of patterns: only those with four bytes of the text can fit.
  std::vector<std::uint16_t> possible;
  for (const Probe& probe : probes(probe_rows))
    possible.push_back(probe.pattern);
  for (std::size_t at = 0; at + least_start <= text.size(); ++at) {
    const std::uint32_t bytes = four_bytes(text.data() + at);
    if (!probed_[hash_of(bytes)]) continue;
    for (const Probe& probe : probes(hash_of(bytes) % probe_rows)) {
      if (probe.bytes == bytes) possible.push_back(probe.pattern);
    }
  }
  std::sort(possible.begin(), possible.end());
  possible.erase(std::unique(possible.begin(), possible.end()), possible.end());
  for (const std::uint16_t i : possible) {
    if (auto notice = match(system_[i], text)) return notice;
  }
  return std::nullopt;
}

std::optional<Notice> Notices::system(std::string_view text) const {
  if (text.size() > max_notice_bytes) return std::nullopt;
  const auto with_stop = [&](std::string_view words) {
    auto notice = match_any(words);
    // Phones end the same text with and without a full stop.
    if (!notice && words.ends_with("."))
      notice = match_any(words.substr(0, words.size() - 1));
    return notice;
  };
  if (is_plain(text)) return with_stop(text);
  const Plain plain{text};
  auto notice = with_stop(plain.text);
  if (notice) {
    plain.restore(notice->actor);
    plain.restore(notice->target);
    plain.restore(notice->subject);
  }
  return notice;
}

void Notices::read_calls(json::Walk& walk) {
  walk.items([&] {
    Details::Call call;
    std::vector<std::string_view> texts;
    walk.members([&](std::string_view key) {
      if (key == "video") {
        call.video = walk.boolean();
      } else if (key == "group") {
        call.group = walk.boolean();
      } else if (key == "missed") {
        call.missed = walk.boolean();
      } else if (key == "texts") {
        phrases(walk, [&](std::string_view text) { texts.push_back(text); });
      } else {
        walk.skip();
      }
    });
    for (const std::string_view text : texts) {
      longest_call_ = std::max(longest_call_, text.size());
      calls_.insert_or_assign(text, call);
    }
  });
}

void Notices::read_units(json::Walk& walk) {
  walk.members([&](std::string_view name) {
    const std::uint32_t seconds = name == "second"   ? 1
                                  : name == "minute" ? 60
                                  : name == "hour"   ? 3600
                                  : name == "day"    ? 86400
                                                     : 0;
    if (seconds == 0) return walk.skip();
    phrases(walk, [&](std::string_view word) {
      units_.insert_or_assign(word, seconds);
    });
  });
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

const Notices& notices() {
  static const Notices compiled{data::notices_json()};
  return compiled;
}

}  // namespace etherpeil::parsing
