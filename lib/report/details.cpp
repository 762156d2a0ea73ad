#include "report/details.hpp"

#include "etherpeil/parse.hpp"
#include "text/utf8.hpp"

namespace etherpeil::report {
namespace {

void write_poll(json::Writer& out, const Details::Poll& poll) {
  out.key("poll").begin_object().member("question", poll.question);
  out.key("options").begin_array();
  for (const Details::Option& option : poll.options) {
    out.begin_object().member("text", option.text).key("votes");
    if (option.votes) {
      out.value(*option.votes);
    } else {
      out.null();
    }
    out.end_object();
  }
  out.end_array().end_object();
}

void write_occasion(json::Writer& out, const Details::Occasion& occasion) {
  out.key("occasion").begin_object().member("title", occasion.title);
  out.key("lines").begin_array();
  for (const std::string_view line : occasion.lines) out.value(line);
  out.end_array().end_object();
}

void write_place(json::Writer& out, const Details::Place& place) {
  const auto write = [&](std::string_view key,
                         const std::optional<double>& degrees) {
    out.key(key);
    if (degrees) {
      out.value(*degrees);
    } else {
      out.null();
    }
  };
  out.key("location").begin_object();
  write("latitude", place.latitude);
  write("longitude", place.longitude);
  out.key("name");
  if (place.name.empty()) {
    out.null();
  } else {
    out.value(place.name);
  }
  out.member("live", place.live).end_object();
}

void write_call(json::Writer& out, const Details::Call& call) {
  out.key("call").begin_object().member("video", call.video);
  out.member("group", call.group).member("missed", call.missed);
  out.key("seconds");
  if (call.duration) {
    out.value(call.duration->count());
  } else {
    out.null();
  }
  out.end_object();
}

/// The name in a mention as it is shown: "~ Femke" keeps its tilde, which tells
/// an unsaved contact from a saved one.
std::string shown_name(std::string_view mention) {
  std::string name;
  for (std::size_t at = 1; at < mention.size();) {
    const text::CodePoint point = text::decode(mention, at);
    at += point.length;
    if (text::is_format_mark(point.value)) continue;
    const bool space = point.value == 0xA0 || point.value == 0x202F;
    text::append(name, space ? U' ' : point.value);
  }
  return name;
}

void write_mentions(json::Writer& out, const Chat& chat, Index message,
                    const std::vector<Details::Span>& mentions) {
  out.key("mentions").begin_array();
  for (const Details::Span& span : mentions) {
    const std::string name =
        shown_name(chat.text(message).substr(span.start, span.length));
    out.begin_object().member("name", name);
    out.key("span").begin_array().value(span.start);
    out.value(span.start + span.length).end_array().end_object();
  }
  out.end_array();
}

}  // namespace

void write_details(json::Writer& out, const Chat& chat, Index message) {
  const Details found = details(chat, message);
  if (chat.messages[message].has(Message::repeated_hour)) out.member("fold", 1);
  if (found.poll) write_poll(out, *found.poll);
  if (found.occasion) write_occasion(out, *found.occasion);
  if (found.place) write_place(out, *found.place);
  if (found.call) write_call(out, *found.call);
  if (found.timer) out.member("timer_seconds", found.timer->count());
  if (chat.messages[message].kind == Kind::deleted) {
    out.member("deleted_by", found.deleted_by_admin ? "admin" : "sender");
    const auto admins = chat.names(message, Mention::Role::actor);
    if (!admins.empty()) out.member("actor", admins.front());
  }
  if (!found.mentions.empty())
    write_mentions(out, chat, message, found.mentions);
}

}  // namespace etherpeil::report
