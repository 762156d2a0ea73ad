#include "demo/render.hpp"

#include <chrono>
#include <utility>

namespace etherpeil::demo {
namespace {

constexpr std::string_view mark = "\xE2\x80\x8E";             // U+200E
constexpr std::string_view embed = "\xE2\x80\xAA";            // U+202A
constexpr std::string_view pop = "\xE2\x80\xAC";              // U+202C
constexpr std::string_view no_break = "\xC2\xA0";             // U+00A0
constexpr std::string_view narrow_no_break = "\xE2\x80\xAF";  // U+202F

void two_digits(unsigned number, std::string& out) {
  out += static_cast<char>('0' + number / 10 % 10);
  out += static_cast<char>('0' + number % 10);
}

bool is_ios(ExportForm form) {
  switch (form) {
    case ExportForm::ios_2022:
    case ExportForm::ios_2025:
    case ExportForm::ios_2016:
    case ExportForm::ios_slash:
      return true;
    case ExportForm::android:
    case ExportForm::android_short:
    case ExportForm::android_belgian:
      return false;
  }
  return false;
}

bool is_recent_ios(ExportForm form) {
  return form == ExportForm::ios_2025 || form == ExportForm::ios_slash;
}

std::string_view media_word(MediaType type) {
  switch (type) {
    case MediaType::video:
      return "video";
    case MediaType::audio:
    case MediaType::voice:
      return "audio";
    case MediaType::gif:
      return "gif";
    case MediaType::sticker:
      return "sticker";
    case MediaType::document:
      return "document";
    case MediaType::contact:
      return "contact";
    case MediaType::none:
    case MediaType::image:
    case MediaType::unknown:
      return "image";
  }
  return "image";
}

/// The key of the words for an event; who is empty is the exporting phone.
std::string_view system_word(const DemoRecord& record) {
  const bool by_you = record.actor.empty();
  const bool to_you = record.target.empty();
  switch (record.event) {
    case SystemEvent::group_created:
      return by_you ? "you_created" : "group_created";
    case SystemEvent::member_added:
      return by_you ? "you_added" : to_you ? "added_you" : "member_added";
    case SystemEvent::member_removed:
      return by_you ? "you_removed" : to_you ? "removed_you" : "member_removed";
    case SystemEvent::member_left:
      return by_you ? "you_left" : "member_left";
    case SystemEvent::member_joined:
      return by_you ? "you_joined" : "member_joined";
    case SystemEvent::icon_changed:
      return by_you ? "you_icon" : "icon_changed";
    case SystemEvent::none:
      return "other";
    case SystemEvent::encryption:
    case SystemEvent::subject_changed:
    case SystemEvent::description_changed:
    case SystemEvent::settings_changed:
    case SystemEvent::admin_changed:
    case SystemEvent::number_changed:
    case SystemEvent::security_code_changed:
    case SystemEvent::disappearing_changed:
    case SystemEvent::message_pinned:
    case SystemEvent::community:
    case SystemEvent::other:
      return to_string(record.event);
  }
  return "other";
}

}  // namespace

Renderer::Renderer(ExportForm form, std::string group_name)
    : form_(form),
      ios_(is_ios(form)),
      senders_(is_recent_ios(form)),
      marked_(ios_ && form != ExportForm::ios_2016),
      group_name_(std::move(group_name)),
      subject_(group_name_),
      words_(load_words(form)) {}

const std::string& Renderer::word(std::string_view key) const {
  const auto it = words_.find(key);
  return it == words_.end() ? words_.find("other")->second : it->second;
}

void Renderer::date(std::int64_t day) {
  const std::chrono::year_month_day ymd{
      std::chrono::sys_days{std::chrono::days{day}}};
  const bool belgian = form_ == ExportForm::android_belgian;
  const bool slash = belgian || form_ == ExportForm::ios_slash ||
                     form_ == ExportForm::android_short;
  const bool short_year =
      form_ == ExportForm::ios_2016 || form_ == ExportForm::android_short;
  const auto year = static_cast<unsigned>(static_cast<int>(ymd.year()));
  const auto number = static_cast<unsigned>(ymd.day());
  const char separator = slash ? '/' : '-';
  day_ = day;
  date_.clear();
  if (marked_) date_ += '[';
  two_digits(number, date_);
  if (belgian && number < 10) date_.erase(0, 1);
  date_ += separator;
  two_digits(static_cast<unsigned>(ymd.month()), date_);
  date_ += separator;
  if (!short_year) two_digits(year / 100, date_);
  two_digits(year % 100, date_);
  if (senders_ || form_ == ExportForm::android_short) date_ += ',';
  date_ += ' ';
}

void Renderer::header(const DemoRecord& record, std::string& out) {
  const std::int64_t seconds = record.time.time_since_epoch().count();
  const std::int64_t day =
      seconds >= 0 ? seconds / 86'400 : (seconds - 86'399) / 86'400;
  if (day != day_) date(day);
  const auto rest = static_cast<unsigned>(seconds - day * 86'400);
  out += date_;
  two_digits(rest / 3600, out);
  out += ':';
  two_digits(rest / 60 % 60, out);
  if (!ios_) {
    out += " - ";
    return;
  }
  out += ':';
  two_digits(rest % 60, out);
  out += marked_ ? "] " : ": ";
}

void Renderer::name(std::string_view shown, std::string& out) const {
  if (!shown.empty() && shown.front() == '~') {
    const auto first = shown.find_first_not_of("~ ");
    if (senders_) {
      out += '~';
      out += narrow_no_break;
    }
    if (first != std::string_view::npos) out += shown.substr(first);
  } else if (ios_ && !shown.empty() && shown.front() == '+') {
    out += embed;
    for (const char c : shown) {
      if (c == ' ') {
        out += no_break;
      } else {
        out += c;
      }
    }
    out += pop;
  } else {
    out += shown;
  }
}

std::string Renderer::named(std::string_view shown) const {
  std::string out;
  name(shown, out);
  return out;
}

bool Renderer::has_sender(SystemEvent event) const {
  return ios_ && (senders_ || event == SystemEvent::encryption ||
                  event == SystemEvent::security_code_changed);
}

void Renderer::own_words(std::string_view words, std::string& out) const {
  if (ios_) out += mark;
  out += words;
}

void Renderer::system(const DemoRecord& record, std::string& out) {
  const std::string_view key = system_word(record);
  if (has_sender(record.event)) {
    const bool by_member = senders_ && !record.actor.empty() &&
                           record.event != SystemEvent::security_code_changed;
    name(by_member ? std::string_view{record.actor} : group_name_, out);
    out += ": ";
  }
  const bool names_group = record.event == SystemEvent::group_created ||
                           record.event == SystemEvent::subject_changed;
  const std::string target = !names_group            ? named(record.target)
                             : record.target.empty() ? group_name_
                                                     : record.target;
  const std::string& pattern = word(key);
  // Android marks a line only when it starts with a name.
  if (ios_ || pattern.front() == '{') out += mark;
  append_filled(
      out, pattern,
      {{"actor", named(record.actor)}, {"target", target}, {"old", subject_}});
  if (names_group) subject_ = target;
}

void Renderer::media(const DemoRecord& record, std::string& out) const {
  const MediaType type =
      record.kind == Kind::contact ? MediaType::contact : record.media;
  const std::string& words = word(media_word(type));
  if (ios_) {
    // A caption stands before the placeholder, on Android below it.
    if (!record.text.empty()) out.append(record.text).append(" ");
    own_words(words, out);
    return;
  }
  if (type == MediaType::contact) {
    out += mark;
    append_filled(
        out, words,
        {{"target", record.target.empty() ? "Contact" : record.target}});
  } else {
    out += words;
  }
  if (!record.text.empty()) out.append("\n").append(record.text);
}

void Renderer::poll(const DemoRecord& record, std::string& out) const {
  own_words(word("poll"), out);
  std::string_view rest = record.text;
  for (bool option = false; !rest.empty(); option = true) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    out += '\n';
    if (option) own_words(word("option"), out);
    out += line;
    if (option && (line.empty() || line.back() != ')')) {
      append_filled(out, word("votes"), {{"n", "0"}});
    }
  }
}

void Renderer::body(const DemoRecord& record, std::string& out) const {
  switch (record.kind) {
    case Kind::text:
      out += record.text;
      break;
    case Kind::media:
    case Kind::contact:
      media(record, out);
      break;
    case Kind::deleted:
    case Kind::call:
    case Kind::waiting:
      own_words(word(to_string(record.kind)), out);
      break;
    case Kind::view_once:
      out += word("view_once");
      break;
    case Kind::location:
    case Kind::event:
      own_words(word(to_string(record.kind)), out);
      out += record.text;
      break;
    case Kind::poll:
      poll(record, out);
      break;
    case Kind::unknown:
      own_words(record.text, out);
      break;
    case Kind::system:
    case Kind::empty:
      break;
  }
  if (record.edited) {
    out += ' ';
    own_words(word("edited"), out);
  }
}

void Renderer::append(const DemoRecord& record, std::string& out) {
  if (marked_ && (record.kind == Kind::media || record.kind == Kind::contact)) {
    out += mark;
  }
  header(record, out);
  if (record.kind == Kind::system) {
    system(record, out);
  } else {
    name(record.author, out);
    out += ": ";
    body(record, out);
  }
  out += ios_ ? "\r\n" : "\n";
}

}  // namespace etherpeil::demo

namespace etherpeil {

std::string render_export(const std::vector<DemoRecord>& records,
                          ExportForm form, const std::string& group_name) {
  demo::Renderer renderer{form, group_name};
  std::string out;
  for (const DemoRecord& record : records) renderer.append(record, out);
  return out;
}

}  // namespace etherpeil
