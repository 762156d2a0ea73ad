#include "parse/checks.hpp"

#include <string>

namespace etherpeil::parsing {
namespace {

void note(Chat& chat, const char* code, Severity severity, std::uint64_t line,
          const std::string& message) {
  chat.diagnostics.push_back(
      {.code = code, .severity = severity, .line = line, .message = message});
}

}  // namespace

void Checks::add(const Chat& batch) {
  for (Index i = 0; i < batch.messages.size(); ++i) {
    const Message& message = batch.messages[i];
    if (records_ == 0) first_line_ = batch.line(0);
    if (records_ < 3 && (message.event == SystemEvent::encryption ||
                         message.event == SystemEvent::group_created))
      starts_whole_ = true;
    if (message.seconds < previous_) backwards_.add(batch, i);
    if (message.has(Message::bad_utf8)) bad_utf8_.add(batch, i);
    if (message.has(Message::guessed)) unknown_.add(batch, i);
    previous_ = message.seconds;
    ++records_;
  }
}

void Checks::finish(Chat& chat, bool valid_utf8) const {
  if (chat.format.preamble_lines > 0) {
    note(chat, "parse.preamble", Severity::warning, 1,
         std::to_string(chat.format.preamble_lines) +
             " lines before the first message belong to no message");
  }
  if (!valid_utf8) {
    note(chat, "parse.invalid-utf8", Severity::warning,
         bad_utf8_.times > 0 ? bad_utf8_.line : 1,
         std::to_string(bad_utf8_.times) +
             " messages hold bytes that are not UTF-8; they are shown as "
             "U+FFFD");
  }
  if (unknown_.times > 0) {
    note(chat, "parse.unknown-notice", Severity::info, unknown_.line,
         std::to_string(unknown_.times) +
             " lines are WhatsApp's own text in words that are not known; they "
             "count as no message");
  }
  if (backwards_.times > 0) {
    note(chat, "parse.time-backwards", Severity::info, backwards_.line,
         std::to_string(backwards_.times) +
             " messages are earlier than the one before them; the order of the "
             "file is kept");
  }
  if (!starts_whole_) {
    note(chat, "parse.truncated-start", Severity::info, first_line_,
         "the export does not begin with the start of the group; earlier "
         "messages are not in it");
  }
  for (const std::uint64_t limit :
       {std::uint64_t{10000}, std::uint64_t{40000}}) {
    if (records_ > limit - limit / 100 && records_ <= limit) {
      note(chat, "parse.export-limit", Severity::warning, 0,
           "close to the " + std::to_string(limit) +
               " messages that WhatsApp exports at most; the oldest may be "
               "missing");
    }
  }
}

}  // namespace etherpeil::parsing
