#include "etherpeil/types.hpp"

#include <algorithm>

#include "etherpeil/error.hpp"
#include "text/scan.hpp"
#include "text/utf8.hpp"

namespace etherpeil {
namespace {

template <class Enum, std::size_t n>
std::optional<Enum> from_slug(std::string_view slug, Enum first) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto value = static_cast<Enum>(static_cast<std::size_t>(first) + i);
    if (to_string(value) == slug) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::io:
      return "io";
    case Errc::not_export:
      return "not-export";
    case Errc::archive:
      return "archive";
    case Errc::limit:
      return "limit";
    case Errc::config:
      return "config";
    case Errc::store:
      return "store";
    case Errc::argument:
      return "argument";
  }
  return {};
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
  }
  return {};
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "text";
    case Kind::media:
      return "media";
    case Kind::deleted:
      return "deleted";
    case Kind::system:
      return "system";
    case Kind::call:
      return "call";
    case Kind::location:
      return "location";
    case Kind::contact:
      return "contact";
    case Kind::poll:
      return "poll";
    case Kind::event:
      return "event";
    case Kind::view_once:
      return "view_once";
    case Kind::waiting:
      return "waiting";
    case Kind::empty:
      return "empty";
    case Kind::unknown:
      return "unknown";
  }
  return {};
}

std::string_view to_string(SystemEvent event) {
  switch (event) {
    case SystemEvent::none:
      return "none";
    case SystemEvent::encryption:
      return "encryption";
    case SystemEvent::group_created:
      return "group_created";
    case SystemEvent::member_added:
      return "member_added";
    case SystemEvent::member_removed:
      return "member_removed";
    case SystemEvent::member_left:
      return "member_left";
    case SystemEvent::member_joined:
      return "member_joined";
    case SystemEvent::subject_changed:
      return "subject_changed";
    case SystemEvent::icon_changed:
      return "icon_changed";
    case SystemEvent::description_changed:
      return "description_changed";
    case SystemEvent::settings_changed:
      return "settings_changed";
    case SystemEvent::admin_changed:
      return "admin_changed";
    case SystemEvent::number_changed:
      return "number_changed";
    case SystemEvent::security_code_changed:
      return "security_code_changed";
    case SystemEvent::disappearing_changed:
      return "disappearing_changed";
    case SystemEvent::message_pinned:
      return "message_pinned";
    case SystemEvent::community:
      return "community";
    case SystemEvent::other:
      return "other";
  }
  return {};
}

std::string_view to_string(MediaType type) {
  switch (type) {
    case MediaType::none:
      return "none";
    case MediaType::image:
      return "image";
    case MediaType::video:
      return "video";
    case MediaType::audio:
      return "audio";
    case MediaType::voice:
      return "voice";
    case MediaType::gif:
      return "gif";
    case MediaType::sticker:
      return "sticker";
    case MediaType::document:
      return "document";
    case MediaType::contact:
      return "contact";
    case MediaType::unknown:
      return "unknown";
  }
  return {};
}

std::string_view to_string(Platform platform) {
  switch (platform) {
    case Platform::unknown:
      return "unknown";
    case Platform::android:
      return "android";
    case Platform::ios:
      return "ios";
  }
  return {};
}

std::string_view to_string(Terminator terminator) {
  switch (terminator) {
    case Terminator::unknown:
      return "unknown";
    case Terminator::lf:
      return "lf";
    case Terminator::crlf:
      return "crlf";
  }
  return {};
}

std::string_view to_string(DateOrder order) {
  switch (order) {
    case DateOrder::dmy:
      return "dmy";
    case DateOrder::mdy:
      return "mdy";
    case DateOrder::ymd:
      return "ymd";
  }
  return {};
}

std::string_view to_string(Resolution resolution) {
  switch (resolution) {
    case Resolution::second:
      return "second";
    case Resolution::minute:
      return "minute";
  }
  return {};
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::unknown:
      return "onbekend";
    case Role::resident:
      return "bewoner";
    case Role::moderator:
      return "beheerder";
    case Role::police:
      return "politie";
    case Role::municipality:
      return "gemeente";
    case Role::business:
      return "ondernemer";
    case Role::care:
      return "zorg";
  }
  return {};
}

std::optional<Role> role_from(std::string_view slug) {
  return from_slug<Role, 7>(slug, Role::unknown);
}

std::string_view to_string(Function function) {
  switch (function) {
    case Function::report:
      return "report";
    case Function::outcome:
      return "outcome";
    case Function::addition:
      return "addition";
    case Function::question:
      return "question";
    case Function::moderation:
      return "moderation";
    case Function::advice:
      return "advice";
    case Function::lost:
      return "lost";
    case Function::offtopic:
      return "offtopic";
    case Function::social:
      return "social";
    case Function::reaction:
      return "reaction";
    case Function::undetermined:
      return "undetermined";
  }
  return {};
}

std::optional<Function> function_from(std::string_view slug) {
  return from_slug<Function, 11>(slug, Function::report);
}

std::string_view to_string(Slot slot) {
  switch (slot) {
    case Slot::none:
      return "none";
    case Slot::where:
      return "where";
    case Slot::what:
      return "what";
    case Slot::who:
      return "who";
    case Slot::when:
      return "when";
    case Slot::police:
      return "police";
    case Slot::request:
      return "request";
  }
  return {};
}

std::optional<Slot> slot_from(std::string_view slug) {
  return from_slug<Slot, 7>(slug, Slot::none);
}

Bytes Bytes::from(std::string text) {
  auto owner = std::make_shared<const std::string>(std::move(text));
  const std::string_view view = *owner;
  return {std::move(owner), view};
}

std::string_view Chat::text(Index message) const& {
  const Message& m = messages[message];
  return bytes.view.substr(std::size_t{m.offset} + m.text_start, m.text_length);
}

std::string_view Chat::raw(Index message) const& {
  const std::size_t start = messages[message].offset;
  const std::size_t end = message + 1 < messages.size()
                              ? messages[message + 1].offset
                              : bytes.view.size();
  return bytes.view.substr(start, end - start);
}

std::string_view Chat::preamble() const& {
  return bytes.view.substr(
      0, messages.empty() ? bytes.view.size() : messages.front().offset);
}

std::uint64_t Chat::line(Index message) const {
  const Index mark = message / 64;
  const std::size_t start = messages[std::size_t{mark} * 64].offset;
  const std::string_view between =
      bytes.view.substr(start, messages[message].offset - start);
  return line_marks[mark] + static_cast<std::uint64_t>(std::count(
                                between.begin(), between.end(), '\n'));
}

std::vector<std::string> Chat::names(Index message, Mention::Role role) const {
  std::vector<std::string> found;
  auto it = std::lower_bound(mentions.begin(), mentions.end(), message,
                             [](const Mention& mention, Index index) {
                               return mention.message < index;
                             });
  for (; it != mentions.end() && it->message == message; ++it) {
    if (it->role == role) {
      found.push_back(display_name(bytes.view.substr(it->offset, it->length)));
    }
  }
  return found;
}

std::string display_name(std::string_view raw) {
  if (text::is_ascii(raw)) {
    const auto first = raw.find_first_not_of(" ~");
    if (first == std::string_view::npos) return {};
    return std::string{
        raw.substr(first, raw.find_last_not_of(' ') - first + 1)};
  }
  std::string name;
  name.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    if (static_cast<unsigned char>(raw[at]) < 0x80) {
      name += raw[at++];
      continue;
    }
    const text::CodePoint point = text::decode(raw, at);
    at += point.length;
    if (text::is_format_mark(point.value)) continue;
    const bool space = point.value == 0xA0 || point.value == 0x202F;
    text::append(name, space ? U' ' : point.value);
  }
  const auto first = name.find_first_not_of(" ~");
  if (first == std::string::npos) return {};
  const auto last = name.find_last_not_of(' ');
  return name.substr(first, last - first + 1);
}

std::optional<Index> Codes::label(std::string_view key) const {
  for (Index i = 0; i < labels.size(); ++i) {
    if (labels[i].key == key) return i;
  }
  return std::nullopt;
}

std::optional<Index> Codes::attribute(std::string_view key) const {
  for (Index i = 0; i < attributes.size(); ++i) {
    if (attributes[i].key == key) return i;
  }
  return std::nullopt;
}

Attributes Codes::group(std::string_view name) const {
  Attributes set = 0;
  for (Index i = 0; i < attributes.size(); ++i) {
    if (attributes[i].group == name) set |= Attributes{1} << i;
  }
  return set;
}

Slots Codes::slots(Attributes set) const {
  Slots filled = 0;
  for (Index i = 0; i < attributes.size(); ++i) {
    if ((set >> i & 1U) != 0 && attributes[i].slot != Slot::none) {
      filled = static_cast<Slots>(
          filled | 1U << static_cast<unsigned>(attributes[i].slot));
    }
  }
  return filled;
}

}  // namespace etherpeil
