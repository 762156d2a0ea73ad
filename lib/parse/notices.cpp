#include "parse/notices.hpp"

#include <algorithm>

#include "data/data.hpp"
#include "parse/details.hpp"
#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

constexpr std::size_t max_notice_bytes = 2000;

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() &&
         text.substr(text.size() - ending.size()) == ending;
}

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

MediaType media_of_file(std::string_view name) {
  const auto dot = name.rfind('.');
  std::string ending{dot == std::string_view::npos ? "" : name.substr(dot + 1)};
  for (char& c : ending)
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  const auto is = [&](std::initializer_list<std::string_view> endings) {
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
  };
  const auto has = [&](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  };
  if (has("STICKER") || name.substr(0, 4) == "STK-") return MediaType::sticker;
  if (has("-GIF-")) return MediaType::gif;
  if (name.substr(0, 4) == "PTT-" || is({"opus"})) return MediaType::voice;
  if (is({"jpg", "jpeg", "png", "webp", "heic"})) return MediaType::image;
  if (is({"mp4", "mov", "3gp"})) return MediaType::video;
  if (is({"mp3", "m4a", "aac", "amr", "ogg"})) return MediaType::audio;
  if (is({"gif"})) return MediaType::gif;
  if (is({"vcf"})) return MediaType::contact;
  return MediaType::document;
}

bool has_mark(std::string_view text) {
  return text.find("\xE2\x80\x8E") != std::string_view::npos ||
         text.find("\xE2\x80\x8F") != std::string_view::npos;
}

bool digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

/// "IMG-20220502-WA0001.jpg"
bool is_android_name(std::string_view name) {
  if (name.size() < 20 || name[3] != '-' || name.substr(12, 3) != "-WA")
    return false;
  const auto dot = name.find('.');
  return dot != std::string_view::npos && digits(name.substr(4, 8)) &&
         digits(name.substr(15, dot - 15)) &&
         std::all_of(name.begin(), name.begin() + 3,
                     [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// The first two bytes as a number; zeros behind the end.
std::size_t start_of(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  return byte(0) << 8U | byte(1);
}

}  // namespace

std::size_t leading_marks(std::string_view text) {
  std::size_t bytes = 0;
  while (text.substr(bytes, 2) == "\xE2\x80" && bytes + 2 < text.size() &&
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
    for (std::size_t i = 0; i < original.size();) {
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
    Pattern pattern{event, false, {""}, {}};
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
  const json::Node root = json::parse(text, "notices.json");
  for (const json::Node& language : root["languages"].items()) {
    for (const json::Node& entry : language["system"].items()) {
      const auto off = entry.find("off");
      for (const std::string& phrase : phrases_of(entry["texts"])) {
        system_.push_back(
            compile(Plain{phrase}.text, event_from(entry["event"])));
        system_.back().off = off && off->boolean();
      }
    }
    for (const json::Node& entry : language["media"].items()) {
      for (const std::string& phrase : phrases_of(entry["texts"])) {
        whole_[phrases_.emplace_back(phrase)] = {
            Kind::media, media_from(entry["type"]), true, {}, {}, {}, {}};
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
    }
    for (std::string& phrase : phrases("edited"))
      edited_.push_back(std::move(phrase));
  }
  starts_.assign(std::size_t{1} << 16U, false);
  for (const auto& entry : whole_) starts_[start_of(entry.first)] = true;
  for (const auto& entry : calls_) starts_[start_of(entry.first)] = true;
  for (const auto& entry : prefixes_) starts_[start_of(entry.first)] = true;
}

bool Notices::may_stand(std::string_view bare) const {
  return starts_[start_of(bare)];
}

std::optional<Notice> Notices::match(const Pattern& pattern,
                                     std::string_view text) {
  const auto& literals = pattern.literals;
  if (text.substr(0, literals.front().size()) != literals.front() ||
      !ends_with(text, literals.back())) {
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
    if (at == 0 && captured.find(": ") != std::string_view::npos)
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

std::optional<Notice> Notices::match_any(std::string_view text) const {
  for (const Pattern& pattern : system_) {
    if (auto notice = match(pattern, text)) return notice;
  }
  return std::nullopt;
}

std::optional<Notice> Notices::system(std::string_view text) const {
  if (text.size() > max_notice_bytes) return std::nullopt;
  const auto with_stop = [&](std::string_view words) {
    auto notice = match_any(words);
    // Phones end the same text with and without a full stop.
    if (!notice && ends_with(words, "."))
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

std::optional<Stand> Notices::attached(std::string_view body,
                                       bool marked) const {
  // Android: file name on the first line, caption below. iPhone: caption before
  // the marked tag, which closes the body.
  const std::size_t line_end = std::min(body.find('\n'), body.size());
  std::size_t first_end = line_end;
  if (first_end > 0 && body[first_end - 1] == '\r') --first_end;
  for (const Pattern& pattern : attached_) {
    const std::string& front = pattern.literals.front();
    const std::string& back = pattern.literals.back();
    Span file;
    Span rest;
    if (front.empty()) {
      const std::size_t start = leading_marks(body);
      if (!ends_with(body.substr(0, first_end), back) ||
          first_end < start + back.size() + 1) {
        continue;
      }
      file = {start, first_end - back.size() - start};
      const std::size_t caption = std::min(line_end + 1, body.size());
      rest = {caption, body.size() - caption};
    } else {
      const std::size_t start = body.rfind(front);
      if (start == std::string_view::npos || !ends_with(body, back)) continue;
      if (marked && !has_mark(body.substr(start < 3 ? 0 : start - 3, 3)))
        continue;
      file = {start + front.size(),
              body.size() - back.size() - start - front.size()};
      rest = {0, start};
    }
    const MediaType type = media_of_file(body.substr(file.start, file.length));
    return Stand{type == MediaType::contact ? Kind::contact : Kind::media, type,
                 false, rest, file};
  }
  return attached_by_shape(body, marked);
}

/// In a language that no table holds the file gives it away: WhatsApp names
/// files as no person does.
std::optional<Stand> Notices::attached_by_shape(std::string_view body,
                                                bool marked) const {
  const std::size_t line_end = std::min(body.find('\n'), body.size());
  if (marked) {
    const std::size_t open = body.rfind('<');
    const std::size_t colon = body.rfind(": ");
    if (open == std::string_view::npos || colon == std::string_view::npos ||
        colon < open || body.back() != '>' ||
        !has_mark(body.substr(open < 3 ? 0 : open - 3, 3))) {
      return std::nullopt;
    }
    const Span file{colon + 2, body.size() - colon - 3};
    const std::string_view name = body.substr(file.start, file.length);
    if (name.size() < 10 || name[8] != '-' || !digits(name.substr(0, 8)))
      return std::nullopt;
    const MediaType type = media_of_file(name);
    return Stand{type == MediaType::contact ? Kind::contact : Kind::media, type,
                 false, Span{0, open}, file};
  }
  std::string_view first = body.substr(0, line_end);
  if (!first.empty() && first.back() == '\r') first.remove_suffix(1);
  const std::size_t start = leading_marks(body);
  const std::size_t words = first.find(" (", start);
  if (words == std::string_view::npos || first.back() != ')')
    return std::nullopt;
  const Span file{start, words - start};
  if (!is_android_name(body.substr(file.start, file.length)))
    return std::nullopt;
  const std::size_t caption = std::min(line_end + 1, body.size());
  return Stand{Kind::media, media_of_file(body.substr(file.start, file.length)),
               false, Span{caption, body.size() - caption}, file};
}

/// "Deze man liep hier rond <mark>afbeelding weggelaten": on iPhones the
/// caption stands before the marked placeholder.
std::optional<Stand> Notices::captioned(std::string_view body) const {
  const std::size_t mark =
      std::max(body.rfind("\xE2\x80\x8E") + 1, body.rfind("\xE2\x80\x8F") + 1);
  if (mark < 2) return std::nullopt;  // none, or none behind a caption
  const auto found = whole_.find(body.substr(mark + 2));
  if (found == whole_.end() || !found->second.omitted) return std::nullopt;
  Stand stand = found->second;
  stand.text = {0, mark - 1};
  return stand;
}

std::optional<Stand> Notices::stand(std::string_view body, bool marked) const {
  const std::size_t marks = leading_marks(body);
  if (marked && marks == 0) {
    if (auto found = captioned(body)) return found;
  }
  const std::string_view bare = body.substr(marks);
  // An Android caption follows the placeholder on the next line.
  const std::size_t line_end = std::min(bare.find('\n'), bare.size());
  std::string_view first = bare.substr(0, line_end);
  if (!first.empty() && first.back() == '\r') first.remove_suffix(1);
  if (first.size() <= 100 && may_stand(bare)) {
    if (const auto found = whole_.find(first); found != whole_.end()) {
      Stand stand = found->second;
      const std::size_t caption = std::min(marks + line_end + 1, body.size());
      stand.text = {caption, body.size() - caption};
      // Only media may carry a caption; other texts fill the whole body.
      if (stand.text.length == 0 || stand.kind == Kind::media) return stand;
    }
  }
  if (body.find('(') != std::string_view::npos ||
      body.find('<') != std::string_view::npos) {
    if (auto found = attached(body, marked)) return found;
  }
  const auto rest = [&](Kind kind, std::size_t start) {
    start = std::min(start, body.size());
    return Stand{.kind = kind, .text = {start, body.size() - start}};
  };
  const bool own = marked && marks > 0;
  if (const std::size_t label = place_label(body); label > 0)
    return rest(Kind::location, label);
  if (line_end < bare.size() && is_poll(bare, own))
    return rest(Kind::poll, marks + line_end + 1);
  if (!may_stand(bare)) return std::nullopt;
  if (call(bare, own)) return Stand{.kind = Kind::call};
  for (const auto& [prefix, kind] : prefixes_) {
    if (bare.substr(0, prefix.size()) != prefix) continue;
    if (kind == Kind::deleted) {
      if (!deleted_by_admin(bare)) continue;
      Span name{marks + prefix.size(), bare.size() - prefix.size()};
      while (name.length > 0 &&
             std::string_view{").\xA9\xAC"}.find(
                 body[name.start + name.length - 1]) != std::string_view::npos)
        --name.length;
      Stand stand{.kind = kind};
      if (name.length > 0) stand.actor = name;
      return stand;
    }
    const bool block = kind == Kind::poll || kind == Kind::event;
    if (!block) return rest(kind, marks + prefix.size());
    if (first.size() == prefix.size()) return rest(kind, marks + line_end + 1);
    // The title may follow on the same line; so may a person's words.
    if (own) {
      const bool space = bare.substr(prefix.size(), 1) == " ";
      return rest(kind, marks + prefix.size() + (space ? 1 : 0));
    }
  }
  return std::nullopt;
}

/// A poll in a language that no table holds: "WORD:", a question and at least
/// two options. Behind a mark one option is enough.
bool Notices::is_poll(std::string_view bare, bool marked) {
  const std::size_t line_end = std::min(bare.find('\n'), bare.size());
  std::string_view first = bare.substr(0, line_end);
  while (!first.empty() && (first.back() == '\r' || first.back() == ' '))
    first.remove_suffix(1);
  if (first.empty() || first.back() != ':' || first.size() > 60 ||
      bare.find('(', line_end) == std::string_view::npos) {
    return false;
  }
  const auto poll = read_poll(bare.substr(std::min(line_end + 1, bare.size())));
  return poll && poll->options.size() >= (marked ? 1U : 2U);
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
    for (std::string& phrase : phrases_of(entry["texts"]))
      calls_.insert_or_assign(std::move(phrase), call);
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
  const std::string plain = Plain{body}.text;
  const std::string_view text = plain;
  // "Voice call. 2 min", "Missed voice call, tap to call back".
  const std::size_t end =
      std::min({text.find(". "), text.find(", "),
                ends_with(text, ".") ? text.size() - 1 : text.size()});
  const auto found = calls_.find(std::string{text.substr(0, end)});
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

bool Notices::deleted_by_admin(std::string_view body) const {
  constexpr std::size_t max_bytes = 160;
  body.remove_prefix(leading_marks(body));
  return body.size() <= max_bytes &&
         body.find('\n') == std::string_view::npos &&
         std::any_of(prefixes_.begin(), prefixes_.end(), [&](const auto& one) {
           return one.second == Kind::deleted &&
                  body.substr(0, one.first.size()) == one.first;
         });
}

const Notices& notices() {
  static const Notices compiled{data::notices_json()};
  return compiled;
}

std::size_t Notices::edited_tag(std::string_view body, bool marked) const {
  if (body.empty() || body.back() != '>') return 0;
  for (const std::string& tag : edited_) {
    if (!ends_with(body, tag)) continue;
    std::string_view before = body.substr(0, body.size() - tag.size());
    const bool mark = ends_with(before, "\xE2\x80\x8E");
    if (marked && !mark) return 0;
    if (mark) before.remove_suffix(3);
    if (ends_with(before, " ")) before.remove_suffix(1);
    return body.size() - before.size();
  }
  return marked ? edited_by_shape(body) : 0;
}

/// In a language that no table holds: words, then a mark and "<…>", which is no
/// file ("<attached: name>").
std::size_t Notices::edited_by_shape(std::string_view body) {
  constexpr std::size_t max_tag = 80;
  const std::size_t open = body.rfind('<');
  if (open == std::string_view::npos || open < 5 ||
      body.size() - open > max_tag ||
      body.find(':', open) != std::string_view::npos ||
      body.find(' ', open) == std::string_view::npos) {
    return 0;
  }
  std::string_view before = body.substr(0, open);
  if (leading_marks(before.substr(before.size() - 3)) != 3) return 0;
  before.remove_suffix(3);
  if (before.empty() || before.back() != ' ') return 0;
  before.remove_suffix(1);
  return body.size() - before.size();
}

}  // namespace etherpeil::parsing
