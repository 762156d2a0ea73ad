#include "parse/notices.hpp"

#include <algorithm>
#include <cstring>

#include "data/data.hpp"
#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

constexpr std::size_t max_notice_bytes = 2000;

SystemEvent event_from(const json::Node& node) {
  const std::string slug = node.string();
  for (auto event = SystemEvent::none;;
       event = static_cast<SystemEvent>(static_cast<int>(event) + 1)) {
    if (to_string(event) == slug) return event;
    if (event == SystemEvent::other) node.fail("unknown event");
  }
}

MediaType media_from(const json::Node& node) {
  const std::string slug = node.string();
  for (auto type = MediaType::none;;
       type = static_cast<MediaType>(static_cast<int>(type) + 1)) {
    if (to_string(type) == slug) return type;
    if (type == MediaType::unknown) node.fail("unknown media type");
  }
}

constexpr std::size_t no_probe = 4096;

/// Between spaces, or all of a text when that has none of four bytes.
std::string_view longest_word(const std::vector<std::string>& texts) {
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

/// "[U|Je] hebt [dit|het]" stands for four texts.
std::vector<std::string> variants(const std::string& source) {
  const std::size_t open = source.find('[');
  if (open == std::string::npos) return {source};
  const std::size_t close = source.find(']', open);
  std::vector<std::string> all;
  for (std::size_t at = open + 1; at <= close;) {
    const std::size_t end = std::min(source.find('|', at), close);
    const std::string one = source.substr(0, open) +
                            source.substr(at, end - at) +
                            source.substr(close + 1);
    for (std::string& variant : variants(one))
      all.push_back(std::move(variant));
    at = end + 1;
  }
  return all;
}

std::vector<std::string> phrases_of(const json::Node& node) {
  std::vector<std::string> all;
  for (const std::string& source : node.strings()) {
    for (std::string& variant : variants(source))
      all.push_back(std::move(variant));
  }
  return all;
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

Notices::Notices(std::string_view text) {
  const auto compile = [](const std::string& source, SystemEvent event) {
    Pattern pattern{event, false, false, {""}, {}};
    for (std::size_t at = 0; at < source.size(); ++at) {
      if (source[at] == '{' || source[at] == '*') {
        pattern.captures.push_back(source[at] == '*' ? '*' : source[at + 1]);
        pattern.literals.emplace_back();
        if (source[at] == '{') at = source.find('}', at);
      } else {
        pattern.literals.back() += source[at];
      }
    }
    return pattern;
  };
  system_.reserve(1024);
  const json::Node root = json::parse(text, "notices.json");
  for (const json::Node& language : root["languages"].items()) {
    for (const json::Node& entry : language["system"].items()) {
      const auto flag = entry.find("off");
      const bool off = flag && flag->boolean();
      const SystemEvent event = event_from(entry["event"]);
      for (const std::string& phrase : phrases_of(entry["texts"])) {
        system_.push_back(
            compile(is_plain(phrase) ? phrase : Plain{phrase}.text, event));
        system_.back().off = off;
      }
    }
    for (const json::Node& entry : language["media"].items()) {
      const MediaType type = media_from(entry["type"]);
      for (const std::string& phrase : phrases_of(entry["texts"])) {
        whole_[phrases_.emplace_back(phrase)] = {Kind::media, type, true, {},
                                                 {},          {},   {}};
      }
    }
    // Languages of which only the iPhone's texts are known lack some kinds.
    const auto phrases = [&](std::string_view key) {
      const auto node = language.find(key);
      return node ? phrases_of(*node) : std::vector<std::string>{};
    };
    const auto add_whole = [&](std::string_view key, const Stand& stand) {
      for (const std::string& phrase : phrases(key)) {
        whole_[phrases_.emplace_back(phrase)] = stand;
      }
    };
    add_whole("contact",
              {Kind::contact, MediaType::contact, true, {}, {}, {}, {}});
    add_whole("deleted", {.kind = Kind::deleted});
    read_calls(language);
    read_units(language);
    add_whole("live_location", {.kind = Kind::location});
    add_whole("waiting", {.kind = Kind::waiting});
    add_whole("view_once", {.kind = Kind::view_once});
    const auto add_prefixes = [&](std::string_view key, Kind kind) {
      for (const std::string& phrase : phrases(key)) {
        prefixes_.emplace_back(phrase, kind);
      }
    };
    add_prefixes("deleted_by_admin", Kind::deleted);
    add_prefixes("location", Kind::location);
    add_prefixes("poll", Kind::poll);
    add_prefixes("event", Kind::event);
    for (const std::string& phrase : phrases("attached")) {
      attached_.push_back(compile(phrase, SystemEvent::none));
      const auto marked = language.find("marks_files");
      attached_.back().marked = marked && marked->boolean();
    }
    for (std::string& phrase : phrases("edited"))
      edited_.push_back(std::move(phrase));
  }
  index();
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
    if (pattern.literals.back().empty()) {
      ends_.fill(true);
    } else {
      ends_[last(pattern.literals.back())] = true;
    }
  }
  probes_.assign(no_probe + 1, {});
  probed_.assign(hash_values, false);
  for (std::size_t i = 0; i < system_.size(); ++i) {
    // Out of the longest word: it is rare in what people write.
    const std::string_view word = longest_word(system_[i].literals);
    const auto pattern = static_cast<std::uint16_t>(i);
    if (word.size() < least_start) {
      probes_[no_probe].push_back({0, pattern});
      continue;
    }
    const auto bytes = four_bytes(word.data() + word.size() / 2 - 2);
    probes_[hash_of(bytes) % no_probe].push_back({bytes, pattern});
    probed_[hash_of(bytes)] = true;
  }
}

bool Notices::may_be_attached(std::string_view first,
                              std::string_view body) const {
  const auto may_end = [&](std::string_view text) {
    return !text.empty() && ends_[static_cast<unsigned char>(text.back())];
  };
  return may_end(first) || may_end(body);
}

std::optional<Notice> Notices::match(const Pattern& pattern,
                                     std::string_view text, bool sure) {
  const auto& literals = pattern.literals;
  if (text.substr(0, literals.front().size()) != literals.front() ||
      !text.ends_with(literals.back())) {
    return std::nullopt;
  }
  const std::size_t end = text.size() - literals.back().size();
  Notice notice{.event = pattern.event, .off = pattern.off};
  std::size_t at = literals.front().size();
  for (std::size_t i = 0; i < pattern.captures.size(); ++i) {
    const bool last = i + 1 == pattern.captures.size();
    const std::size_t stop = last ? end : text.find(literals[i + 1], at);
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
    at = stop + literals[i + 1].size();
  }
  if (pattern.captures.empty() && text.size() != literals.front().size()) {
    return std::nullopt;
  }
  return notice;
}

std::optional<Notice> Notices::match_any(std::string_view text,
                                         bool sure) const {
  // Hundreds of patterns: only those with four bytes of the text can fit.
  std::vector<std::uint16_t> possible;
  for (const Probe& probe : probes_[no_probe])
    possible.push_back(probe.pattern);
  for (std::size_t at = 0; at + least_start <= text.size(); ++at) {
    const std::uint32_t bytes = four_bytes(text.data() + at);
    if (!probed_[hash_of(bytes)]) continue;
    for (const Probe& probe : probes_[hash_of(bytes) % no_probe]) {
      if (probe.bytes == bytes) possible.push_back(probe.pattern);
    }
  }
  std::sort(possible.begin(), possible.end());
  possible.erase(std::unique(possible.begin(), possible.end()), possible.end());
  for (const std::uint16_t i : possible) {
    if (auto notice = match(system_[i], text, sure)) return notice;
  }
  return std::nullopt;
}

std::optional<Notice> Notices::system(std::string_view text, bool sure) const {
  if (text.size() > max_notice_bytes) return std::nullopt;
  const auto with_stop = [&](std::string_view words) {
    auto notice = match_any(words, sure);
    // Phones end the same text with and without a full stop.
    if (!notice && words.ends_with("."))
      notice = match_any(words.substr(0, words.size() - 1), sure);
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

void Notices::read_calls(const json::Node& language) {
  const auto list = language.find("call");
  if (!list) return;
  for (const json::Node& entry : list->items()) {
    const auto is = [&](std::string_view key) {
      const auto node = entry.find(key);
      return node && node->boolean();
    };
    const Details::Call call{.video = is("video"),
                             .group = is("group"),
                             .missed = is("missed"),
                             .duration = {}};
    for (std::string& phrase : phrases_of(entry["texts"])) {
      longest_call_ = std::max(longest_call_, phrase.size());
      calls_.insert_or_assign(std::move(phrase), call);
    }
  }
}

void Notices::read_units(const json::Node& language) {
  const auto units = language.find("units");
  if (!units) return;
  const auto add = [&](std::string_view name, std::uint32_t seconds) {
    const auto words = units->find(name);
    if (!words) return;
    for (std::string& word : words->strings())
      units_.insert_or_assign(std::move(word), seconds);
  };
  add("second", 1);
  add("minute", 60);
  add("hour", 3600);
  add("day", 86400);
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
    const auto unit = units_.find(std::string{text.substr(at, end - at)});
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
