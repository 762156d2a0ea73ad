#include "parse/checks.hpp"

#include <algorithm>
#include <string>

namespace etherpeil::parsing {
namespace {

namespace chrono = std::chrono;

constexpr std::uint32_t day_seconds = 86400;

void note(Chat& chat, const char* code, Severity severity, std::uint64_t line,
          const std::string& message) {
  chat.diagnostics.push_back(
      {.code = code, .severity = severity, .line = line, .message = message});
}

/// Whether the last line of the last record is the beginning of a header:
/// "13-03-2024 10:0".
bool ends_in_header(const Chat& batch) {
  constexpr std::size_t enough = 6;
  const std::string_view raw =
      batch.raw(static_cast<Index>(batch.messages.size() - 1));
  const std::size_t feed = raw.rfind('\n');
  if (feed == std::string_view::npos || feed + enough >= raw.size())
    return false;
  const std::string_view cut = raw.substr(feed + 1);
  const std::string_view end =
      batch.format.platform == Platform::ios ? "] " : " - ";
  const std::size_t header = std::min(raw.find(end), feed) + end.size();
  const auto kind = [](char c) { return c >= '0' && c <= '9' ? '0' : c; };
  return cut.size() < header &&
         std::equal(cut.begin(), cut.end(), raw.begin(),
                    [&](char a, char b) { return kind(a) == kind(b); });
}

}  // namespace

void Checks::add(const Chat& batch, std::span<const Record> records) {
  const std::size_t first = records_ - batch.records_before;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Message& message = batch.messages[first + i];
    const std::uint64_t line = records[i].header.line;
    const std::uint32_t since_midnight = message.seconds - midnight_;
    const bool plain = message.seconds >= previous_ &&
                       since_midnight < day_seconds && message.seconds < gap_ &&
                       records_ >= 3 &&
                       !message.has(Message::bad_utf8 | Message::guessed);
    if (!plain) look_at(message, line);
    runs_.back().count(message);
    run_ends_.back() = {message.seconds, line};
    previous_ = message.seconds;
    ++records_;
  }
}

void Checks::look_at(const Message& message, std::uint64_t line) {
  if (records_ == 0) first_line_ = line;
  if (records_ < 3 && (message.event == SystemEvent::encryption ||
                       message.event == SystemEvent::group_created))
    starts_whole_ = true;
  if (message.seconds < previous_) {
    (message.has(Message::repeated_hour) ? repeated_ : backwards_).add(line);
  }
  if (message.has(Message::bad_utf8)) bad_utf8_.add(line);
  if (message.has(Message::guessed))
    (message.human() && message.kind != Kind::unknown ? doubtful_ : unknown_)
        .add(line);
  const std::uint32_t number = message.seconds / day_seconds;
  const LocalDay day{chrono::days{number}};
  if (runs_.empty() || runs_.back().day != day) {
    runs_.push_back({.day = day});
    run_ends_.emplace_back();
  }
  midnight_ = number * day_seconds;
  gap_ = zone_->next_gap(message.seconds);
  if (message.seconds >= gap_) missing_.add(line);
}

void Checks::check_cut(const Chat& batch) {
  if (!batch.messages.empty() && ends_in_header(batch))
    cut_line_ = batch.line(static_cast<Index>(batch.messages.size() - 1));
}

void Checks::finish(Chat& chat, bool valid_utf8) const {
  check_text(chat, valid_utf8);
  check_times(chat);
  check_ends(chat);
  chat.extent = extent();
  check_days(chat);
  const auto& silences = chat.extent.silences;
  if (silences.empty()) return;
  const auto longest = std::max_element(
      silences.begin(), silences.end(),
      [](const Silence& a, const Silence& b) { return a.length < b.length; });
  note(chat, "parse.silence", Severity::info, longest->line,
       "long silences: " + std::to_string(silences.size()) +
           ", the longest of " + std::to_string(longest->length.count()) +
           " days after this line; nobody wrote, or messages are missing");
}

void Checks::check_text(Chat& chat, bool valid_utf8) const {
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
  if (doubtful_.times > 0) {
    note(chat, "parse.kind-guessed", Severity::info, doubtful_.line,
         std::to_string(doubtful_.times) +
             " messages were read as files or as other texts of WhatsApp, and "
             "might have been typed");
  }
}

void Checks::check_times(Chat& chat) const {
  if (backwards_.times > 0) {
    note(chat, "parse.time-backwards", Severity::info, backwards_.line,
         std::to_string(backwards_.times) +
             " messages are earlier than the one before them; the order of the "
             "file is kept");
  }
  if (repeated_.times > 0) {
    note(chat, "parse.clock-change", Severity::info, repeated_.line,
         "here the clock of " + zone_->name() +
             " goes back; the order of the file is kept");
  }
  if (missing_.times > 0) {
    note(chat, "parse.missing-hour", Severity::info, missing_.line,
         std::to_string(missing_.times) +
             " messages lie in an hour that the clock of " + zone_->name() +
             " skips; the phone that made the export kept another time");
  }
}

void Checks::check_ends(Chat& chat) const {
  if (cut_line_ > 0) {
    note(chat, "parse.truncated-end", Severity::warning, cut_line_,
         "the file ends in the middle of a header, so the end is missing; what "
         "is there was kept as text of the last message");
  }
  if (starts_whole_) return;
  note(chat, "parse.truncated-start", Severity::info, first_line_,
       "the export does not begin with the start of the group; earlier "
       "messages are not in it");
  // WhatsApp keeps the newest messages: 40,000 without files, 10,000 with. A
  // count that is short of it by a few lacks what cannot be exported.
  for (const std::uint64_t limit :
       {std::uint64_t{10000}, std::uint64_t{40000}}) {
    if (records_ > limit - limit / 100 && records_ <= limit + limit / 1000) {
      note(chat, "parse.export-limit", Severity::warning, 0,
           "close to the " + std::to_string(limit) +
               " messages that WhatsApp exports at most; the oldest may be "
               "missing");
    }
  }
}

void Checks::check_days(Chat& chat) const {
  if (runs_.empty()) return;
  const DaySpan believed = believed_days(runs_);
  Finding outside;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (runs_[i].records == 0 || believed.holds(runs_[i].day)) continue;
    if (outside.times == 0) outside.line = run_ends_[i].line;
    outside.times += runs_[i].records;
  }
  if (outside.times == 0) return;
  note(chat, "parse.out-of-time", Severity::warning, outside.line,
       std::to_string(outside.times) +
           " messages have a date that does not fit the rest: a clock was "
           "wrong, or one message stands alone, more than a year from all "
           "others; their days count as not in the export");
}

Extent Checks::extent() const {
  Extent found;
  found.from_start = starts_whole_;
  if (runs_.empty()) return found;
  if (const auto whole = whole_days(runs_)) {
    found.first = whole->first;
    found.last = whole->last;
  }
  const DaySpan believed = believed_days(runs_);
  found.seen_first = believed.first;
  found.seen_last = believed.last;
  found.silences = silences(believed);
  return found;
}

std::vector<Silence> Checks::silences(const DaySpan& believed) const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (believed.holds(runs_[i].day)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) {
                     return runs_[a].day < runs_[b].day;
                   });
  const auto pause_before = [&](std::size_t i) {
    return runs_[order[i]].day - runs_[order[i - 1]].day;
  };
  std::vector<chrono::days> pauses;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (const chrono::days pause = pause_before(i); pause.count() > 0)
      pauses.push_back(pause);
  }
  std::vector<Silence> found;
  if (pauses.empty()) return found;
  const auto usual = pauses.begin() +
                     static_cast<std::ptrdiff_t>((pauses.size() - 1) * 19 / 20);
  std::nth_element(pauses.begin(), usual, pauses.end());
  // Among few pauses the longest of all would be the measure of itself.
  const chrono::days least = std::max(
      chrono::days{14}, pauses.size() < 20 ? chrono::days{} : 5 * *usual);
  for (std::size_t i = 1; i < order.size(); ++i) {
    const chrono::days pause = pause_before(i);
    if (pause < least) continue;
    const RunEnd& before = run_ends_[order[i - 1]];
    found.push_back(
        {before.line, LocalTime{chrono::seconds{before.seconds}}, pause});
  }
  return found;
}

}  // namespace etherpeil::parsing
