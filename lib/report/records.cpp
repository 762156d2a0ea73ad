#include <algorithm>
#include <cmath>
#include <optional>

#include "etherpeil/parse.hpp"
#include "etherpeil/report.hpp"
#include "json/json.hpp"
#include "report/details.hpp"
#include "report/escape.hpp"
#include "text/times.hpp"
#include "text/zone.hpp"

namespace etherpeil {
namespace {

/// Output is handed on in pieces of about this size.
constexpr std::size_t flush_bytes = std::size_t{1} << 16;

std::string_view resolution(const Message& message) {
  return to_string(message.has(Message::minute) ? Resolution::minute
                                                : Resolution::second);
}

std::string_view slug_of(const Chat& chat) {
  if (!chat.format.date_order_certain) return "guess";
  return chat.format.date_order_line > 0 ? "bounds" : "order";
}

void write_names(json::Writer& out, const Chat& chat, Index i) {
  const auto actors = chat.names(i, Mention::Role::actor);
  if (!actors.empty()) out.member("actor", actors.front());
  const auto targets = chat.names(i, Mention::Role::target);
  if (targets.empty()) return;
  out.key("targets").begin_array();
  for (const std::string& target : targets) out.value(target);
  out.end_array();
}

void write_media(json::Writer& out, const Chat& chat, Index i) {
  const Message& message = chat.messages[i];
  if (message.media == MediaType::none) {
    out.key("media").null();
    return;
  }
  out.key("media").begin_object();
  out.member("type", to_string(message.media));
  out.member("omitted", message.has(Message::omitted));
  const auto files = chat.names(i, Mention::Role::file);
  out.key("file");
  if (files.empty()) {
    out.null();
  } else {
    out.value(files.front());
  }
  out.end_object();
}

void write_author(json::Writer& out, const Chat& chat, const Message& message) {
  out.key("author");
  if (!message.human()) {
    out.null();
    return;
  }
  out.value(chat.authors[message.author].name);
}

/// "2024-03-05T09:00:00Z"
std::string utc(const text::Zone& zone, const Message& message) {
  const std::chrono::seconds since{
      zone.utc(message.seconds, message.has(Message::repeated_hour))};
  return text::iso(LocalTime{since}) + "Z";
}

/// `at`: the line of the file that the record starts on. `zone`: nullptr for
/// local times alone.
void write_event(std::string& line, const Chat& chat, Index i, std::uint64_t at,
                 const text::Zone* zone, const EventOptions& options) {
  const Message& message = chat.messages[i];
  json::Writer out{line};
  out.begin_object();
  if (options.source) out.member("source", chat.source);
  out.member("n", chat.records_before + i + 1).member("line", at);
  out.member("time", text::iso(message.time()));
  if (zone != nullptr) out.member("utc", utc(*zone, message));
  out.member("resolution", resolution(message));
  out.member("kind", to_string(message.kind));
  write_author(out, chat, message);
  if (message.human() && chat.authors[message.author].unsaved)
    out.member("unsaved", true);
  out.member("text", chat.text(i))
      .member("edited", message.has(Message::edited));
  out.key("event");
  if (message.kind == Kind::system) {
    out.value(to_string(message.event));
    write_names(out, chat, i);
  } else {
    out.null();
  }
  write_media(out, chat, i);
  report::write_details(out, chat, i);
  if (message.has(Message::guessed)) out.member("guessed", true);
  if (options.raw) {
    out.member("offset", chat.bytes_before + message.offset)
        .member("length", chat.raw(i).size());
  }
  out.end_object();
}

/// `source` is the name of the export when rows of several are mixed.
void append_row(std::string& out, std::vector<std::string> cells,
                bool with_source, const std::string& source) {
  if (with_source) cells.push_back(source);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    report::append_csv(out, cells[i], ',');
  }
  out += "\r\n";
}

std::vector<std::string> event_cells(const Chat& chat, Index i,
                                     std::uint64_t at) {
  const Message& message = chat.messages[i];
  const Details found = details(chat, i);
  const auto degrees = [&](std::optional<double> Details::Place::*axis) {
    const auto value = found.place ? *found.place.*axis : std::nullopt;
    return value ? json::number_text(*value) : "";
  };
  const auto duration = found.call ? found.call->duration : found.timer;
  const auto files = chat.names(i, Mention::Role::file);
  const bool system = message.kind == Kind::system;
  const bool media = message.media != MediaType::none;
  return {std::to_string(chat.records_before + i + 1),
          std::to_string(at),
          text::iso(message.time()),
          std::string{resolution(message)},
          std::string{to_string(message.kind)},
          message.human() ? chat.authors[message.author].name : "",
          std::string{chat.text(i)},
          message.has(Message::edited) ? "1" : "0",
          std::string{system ? to_string(message.event) : ""},
          std::string{media ? to_string(message.media) : ""},
          files.empty() ? "" : files.front(),
          degrees(&Details::Place::latitude),
          degrees(&Details::Place::longitude),
          duration ? std::to_string(duration->count()) : ""};
}

/// Collects lines and hands them on in larger pieces.
class Buffer {
 public:
  explicit Buffer(const Sink& sink) : sink_(sink) {}
  std::string& text() { return text_; }
  void line_done() {
    if (text_.size() >= flush_bytes) flush();
  }
  void flush() {
    if (!text_.empty()) sink_(text_);
    text_.clear();
  }

 private:
  const Sink& sink_;
  std::string text_;
};

std::vector<std::string> attribute_keys(const Codes& codes, Attributes set) {
  std::vector<std::string> keys;
  for (Index i = 0; i < codes.attributes.size(); ++i) {
    if ((set >> i & 1U) != 0) keys.push_back(codes.attributes[i].key);
  }
  return keys;
}

/// Six decimals say all that a probability or a weight can say.
double rounded(double value) { return std::round(value * 1e6) / 1e6; }

void write_probabilities(json::Writer& out, const Codes& codes,
                         const Label& label) {
  out.key("labels").begin_object();
  for (Index k = 0; k < codes.labels.size(); ++k) {
    out.member(codes.labels[k].key,
               rounded(static_cast<double>(label.probabilities[k])));
  }
  out.end_object();
}

void write_reasons(json::Writer& out, const Codes& codes,
                   std::span<const Reason> reasons) {
  std::vector<double> scores(codes.labels.size());
  for (const Reason& reason : reasons) {
    scores[reason.label] += reason.weight;
  }
  out.key("scores").begin_object();
  for (Index k = 0; k < scores.size(); ++k) {
    out.member(codes.labels[k].key, rounded(scores[k]));
  }
  out.end_object();
  out.key("why").begin_array();
  for (const Reason& reason : reasons) {
    out.begin_object().member("rule", reason.rule);
    out.key("span")
        .begin_array()
        .value(reason.start)
        .value(reason.end)
        .end_array();
    out.member("label", codes.labels[reason.label].key);
    out.member("weight", rounded(reason.weight)).end_object();
  }
  out.end_array();
}

/// The author as it is shown; labels are of people's records only.
std::string author_of(const Chat& chat, Index i, const LabelOptions& options) {
  const std::size_t author = chat.messages[i].author;
  if (options.redact == nullptr) return chat.authors[author].name;
  return "[lid " + std::to_string(author + 1) + "]";
}

std::string text_of(const Chat& chat, Index i, const LabelOptions& options) {
  if (options.redact == nullptr) return std::string{chat.text(i)};
  return options.redact->redact(chat.text(i));
}

void write_answer(json::Writer& out, const std::optional<Answer>& answer) {
  out.key("answers");
  if (!answer) {
    out.null();
    return;
  }
  out.begin_object()
      .member("n", std::uint64_t{answer->message} + 1)
      .member("probability", rounded(static_cast<double>(answer->probability)))
      .end_object();
}

void write_label(std::string& line, const Analysis& analysis, Index i,
                 const std::optional<Answer>& answer,
                 const LabelOptions& options, std::span<const Reason> reasons) {
  const Chat& chat = analysis.chat;
  const Label& label = analysis.labels[i];
  const auto incident = analysis.incidents.of_message[i];
  json::Writer out{line};
  out.begin_object();
  if (options.source) out.member("source", chat.source);
  out.member("n", std::uint64_t{i} + 1).member("line", chat.line(i));
  out.member("time", text::iso(chat.messages[i].time()));
  out.member("author", author_of(chat, i, options));
  out.member("label", analysis.codes.labels[label.code].key);
  out.member("probability", rounded(static_cast<double>(label.probability)));
  out.member("abstain", label.abstain);
  write_probabilities(out, analysis.codes, label);
  out.member("is_root",
             incident && analysis.incidents.list[*incident].root == i);
  out.key("incident");
  if (incident) {
    out.value(std::uint64_t{*incident} + 1);
  } else {
    out.null();
  }
  write_answer(out, answer);
  out.key("attributes").begin_array();
  for (const std::string& key :
       attribute_keys(analysis.codes, label.attributes))
    out.value(key);
  out.end_array();
  out.member("text", text_of(chat, i, options));
  if (options.explain != nullptr) write_reasons(out, analysis.codes, reasons);
  out.end_object();
}

std::vector<std::string> label_cells(const Analysis& analysis, Index i,
                                     const LabelOptions& options) {
  const Label& label = analysis.labels[i];
  const auto incident = analysis.incidents.of_message[i];
  const bool root = incident && analysis.incidents.list[*incident].root == i;
  std::string attributes;
  for (const std::string& key :
       attribute_keys(analysis.codes, label.attributes)) {
    attributes += (attributes.empty() ? "" : ",") + key;
  }
  const Message& message = analysis.chat.messages[i];
  return {std::to_string(i + 1),
          std::to_string(analysis.chat.line(i)),
          text::iso(message.time()),
          author_of(analysis.chat, i, options),
          analysis.codes.labels[label.code].key,
          json::number_text(rounded(static_cast<double>(label.probability))),
          label.abstain ? "1" : "0",
          root ? "1" : "0",
          incident ? std::to_string(*incident + 1) : "",
          attributes,
          text_of(analysis.chat, i, options)};
}

}  // namespace

void write_events(const Chat& chat, const Sink& sink,
                  const EventOptions& options) {
  Buffer buffer{sink};
  const bool csv = options.output == Output::csv;
  const text::Zone* const zone = options.time_zone.empty()
                                     ? nullptr
                                     : &text::Zone::named(options.time_zone);
  if (csv && chat.records_before == 0) {
    std::vector<std::string> columns{
        "n",      "line",     "time",      "resolution", "kind",
        "author", "text",     "edited",    "event",      "media",
        "file",   "latitude", "longitude", "seconds"};
    if (zone != nullptr) columns.emplace_back("utc");
    append_row(buffer.text(), columns, options.source, "source");
  }
  std::uint64_t line = chat.messages.empty() ? 0 : chat.line(0);
  for (Index i = 0; i < chat.messages.size(); ++i) {
    if (csv) {
      auto cells = event_cells(chat, i, line);
      if (zone != nullptr) cells.push_back(utc(*zone, chat.messages[i]));
      append_row(buffer.text(), std::move(cells), options.source, chat.source);
    } else {
      write_event(buffer.text(), chat, i, line, zone, options);
      buffer.text() += '\n';
    }
    const std::string_view raw = chat.raw(i);
    line +=
        static_cast<std::uint64_t>(std::count(raw.begin(), raw.end(), '\n'));
    buffer.line_done();
  }
  buffer.flush();
}

namespace {

/// The days that the export holds in full, or, when there is none, those that
/// it holds in part; and the long silences. Without records there is no
/// coverage.
void write_extent(json::Writer& out, const Extent& found) {
  const auto iso_day = [](LocalDay day) {
    return text::iso(LocalTime{day}).substr(0, 10);
  };
  out.key("coverage");
  if (found.seen_first) {
    const LocalDay first = found.first.value_or(*found.seen_first);
    const LocalDay last = found.last.value_or(*found.seen_last);
    out.begin_object().member("first_day", iso_day(first));
    out.member("last_day", iso_day(last));
    out.member("whole_days", found.first.has_value());
    out.member("from_start", found.from_start).end_object();
  } else {
    out.null();
  }
  out.key("silences").begin_array();
  for (const Silence& silence : found.silences) {
    out.begin_object().member("line", silence.line);
    out.member("after", text::iso(silence.after));
    out.member("days", silence.length.count()).end_object();
  }
  out.end_array();
}

}  // namespace

void Summary::add(const Chat& batch) {
  for (const Message& message : batch.messages) {
    if (records_ == 0) first_ = last_ = message.seconds;
    ++records_;
    if (message.human()) ++user_;
    if (message.media != MediaType::none) ++media_;
    if (message.kind == Kind::deleted) ++deleted_;
    if (message.has(Message::edited)) ++edited_;
    if (message.has(Message::multiline)) ++multiline_;
    first_ = std::min(first_, message.seconds);
    last_ = std::max(last_, message.seconds);
  }
}

std::string Summary::json(const Chat& chat) const {
  const auto time = [](std::uint32_t seconds) {
    return text::iso(LocalTime{std::chrono::seconds{seconds}});
  };
  std::string text;
  json::Writer out{text};
  out.begin_object().member("file", chat.source).member("records", records_);
  out.member("user", user_).member("system", records_ - user_);
  out.member("authors", chat.authors.size());
  out.member("media", media_).member("deleted", deleted_);
  out.member("edited", edited_).member("multiline", multiline_);
  out.member("preamble_lines", chat.format.preamble_lines);
  if (records_ > 0) {
    out.member("first", time(first_)).member("last", time(last_));
  }
  write_extent(out, chat.extent);
  out.member("platform", to_string(chat.format.platform));
  out.member("header", chat.format.header);
  out.member("terminator", to_string(chat.format.terminator));
  out.member("resolution", to_string(chat.format.resolution));
  out.key("group_name");
  if (chat.group_name.empty()) {
    out.null();
  } else {
    out.value(chat.group_name);
  }
  out.key("date_order").begin_object();
  out.member("order", to_string(chat.format.date_order));
  out.member("certain", chat.format.date_order_certain);
  out.member("by", slug_of(chat))
      .member("line", chat.format.date_order_line)
      .end_object();
  out.key("diagnostics").begin_array();
  for (const Diagnostic& diagnostic : chat.diagnostics) {
    out.begin_object().member("slug", diagnostic.code);
    out.member("severity", to_string(diagnostic.severity))
        .member("line", diagnostic.line);
    out.member("message", diagnostic.message).end_object();
  }
  out.end_array().end_object();
  return text;
}

std::string summary_json(const Chat& chat) {
  Summary summary;
  summary.add(chat);
  return summary.json(chat);
}

void write_labels(const Analysis& analysis, const Sink& sink,
                  const LabelOptions& options) {
  Buffer buffer{sink};
  const bool csv = options.output == Output::csv;
  if (csv) {
    append_row(buffer.text(),
               {"n", "line", "time", "author", "label", "probability",
                "abstain", "is_root", "incident", "attributes", "text"},
               options.source, "source");
  }
  const auto answers =
      csv ? std::vector<std::optional<Answer>>{}
          : find_answers(analysis.chat, analysis.labels, analysis.codes);
  const auto write = [&](Index i, std::span<const Reason> reasons) {
    if (csv) {
      append_row(buffer.text(), label_cells(analysis, i, options),
                 options.source, analysis.chat.source);
    } else {
      write_label(buffer.text(), analysis, i, answers[i], options, reasons);
      buffer.text() += '\n';
    }
    buffer.line_done();
  };
  if (options.explain != nullptr && !csv) {
    (void)options.explain->explain(analysis.chat, analysis.roles, write);
  } else {
    for (Index i = 0; i < analysis.chat.messages.size(); ++i) {
      if (analysis.labels[i].code != not_coded) write(i, {});
    }
  }
  buffer.flush();
}

}  // namespace etherpeil
