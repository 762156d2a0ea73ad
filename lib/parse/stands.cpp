#include <algorithm>

#include "parse/details.hpp"
#include "parse/notices.hpp"
#include "text/scan.hpp"

namespace etherpeil::parsing {
namespace {

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

/// As `rfind`, which calls a function at every place.
std::size_t find_last(std::string_view text, std::string_view wanted) {
  if (wanted.size() > text.size()) return std::string_view::npos;
  for (std::size_t at = text.size() - wanted.size() + 1; at-- > 0;) {
    if (text[at] == wanted.front() && text.substr(at).starts_with(wanted))
      return at;
  }
  return std::string_view::npos;
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

}  // namespace

std::optional<Stand> Notices::attached(std::string_view body,
                                       bool marked) const {
  // Android: file name on the first line, caption below. iPhone: caption before
  // the marked tag, which closes the body.
  const std::size_t line_end = std::min(body.find('\n'), body.size());
  std::size_t first_end = line_end;
  if (first_end > 0 && body[first_end - 1] == '\r') --first_end;
  for (const Pattern& pattern : attached_) {
    const std::string_view front = pattern.front();
    const std::string_view back = pattern.back();
    Span file;
    Span rest;
    if (front.empty()) {
      const std::size_t start = leading_marks(body);
      if (!body.substr(0, first_end).ends_with(back) ||
          first_end < start + back.size() + 1) {
        continue;
      }
      file = {start, first_end - back.size() - start};
      const std::size_t caption = std::min(line_end + 1, body.size());
      rest = {caption, body.size() - caption};
    } else {
      if (!body.ends_with(back)) continue;
      const std::size_t start = find_last(body, front);
      if (start == std::string_view::npos) continue;
      if (marked && !has_mark(body.substr(start < 3 ? 0 : start - 3, 3)))
        continue;
      file = {start + front.size(),
              body.size() - back.size() - start - front.size()};
      rest = {0, start};
    }
    const std::string_view name = body.substr(file.start, file.length);
    const MediaType type = media_of_file(name);
    Stand stand{type == MediaType::contact ? Kind::contact : Kind::media, type,
                false, rest, file};
    stand.guessed = pattern.marked && front.empty() && file.start == 0 &&
                    !is_android_name(name);
    return stand;
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
  std::size_t mark = body.size();
  while (mark > 0 && (body[mark - 1] != '\xE2' ||
                      leading_marks(body.substr(mark - 1, 3)) == 0))
    --mark;
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
  const std::size_t line_end =
      std::min(text::find_byte(bare, '\n'), bare.size());
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
  if (may_be_attached(first, body) &&
      (body.find('(') != std::string_view::npos ||
       body.find('<') != std::string_view::npos)) {
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

std::size_t Notices::edited_tag(std::string_view body, bool marked) const {
  if (body.empty() || body.back() != '>') return 0;
  for (const std::string_view tag : edited_) {
    if (!body.ends_with(tag)) continue;
    std::string_view before = body.substr(0, body.size() - tag.size());
    const bool mark = before.ends_with("\xE2\x80\x8E");
    if (marked && !mark) return 0;
    if (mark) before.remove_suffix(3);
    if (before.ends_with(" ")) before.remove_suffix(1);
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
