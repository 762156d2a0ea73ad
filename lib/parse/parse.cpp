#include "etherpeil/parse.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "container/container.hpp"
#include "etherpeil/error.hpp"
#include "hash/hash.hpp"
#include "parse/candidates.hpp"
#include "parse/encoding.hpp"
#include "parse/records.hpp"
#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

void note(Chat& chat, const char* code, Severity severity, std::uint64_t line,
          const std::string& message) {
  chat.diagnostics.push_back(
      {.code = code, .severity = severity, .line = line, .message = message});
}

/// The shape of this file's headers: the most frequent one, unless the first
/// line of the file says otherwise and is not alone in it.
std::uint8_t choose_shape(const Candidates& candidates) {
  std::array<std::size_t, 256> counts{};
  for (const Candidate& candidate : candidates.list) ++counts[candidate.shape];
  const auto most = static_cast<std::uint8_t>(
      std::max_element(counts.begin(), counts.end()) - counts.begin());
  const Candidate& first = candidates.list.front();
  return first.line == 1 && counts[first.shape] * 10 >= counts[most]
             ? first.shape
             : most;
}

struct TerminatorRule {
  Terminator terminator{Terminator::unknown};
  bool active{};
};

/// iPhones end a record with CRLF and break lines inside it with LF; Android
/// the other way round. Off when a tool has made all line ends alike.
TerminatorRule learn_terminator(const std::vector<Candidate>& candidates,
                                const Shape& shape) {
  std::size_t crlf = 0;
  std::size_t lf = 0;
  for (const Candidate& candidate : candidates) {
    if (candidate.line > 1) ++(candidate.after_crlf ? crlf : lf);
  }
  if (crlf + lf == 0) return {};
  const bool expects_crlf = shape.family != Family::dash;
  const std::size_t expected = expects_crlf ? crlf : lf;
  const std::size_t other = expects_crlf ? lf : crlf;
  if (expected >= other) {
    return {expects_crlf ? Terminator::crlf : Terminator::lf, true};
  }
  return {expects_crlf ? Terminator::lf : Terminator::crlf, false};
}

/// Headers of 2013 may hold no year. The last message is taken to be of 2014,
/// after which the form is not seen; a month that steps back is a new year.
void guess_years(Chat& chat, std::vector<Candidate>& candidates) {
  constexpr std::uint16_t last_seen = 2014;
  std::uint16_t turns = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    if (candidates[i].stamp.second + 6 < candidates[i - 1].stamp.second)
      ++turns;
  }
  auto year = static_cast<std::uint16_t>(last_seen - turns);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    Stamp& stamp = candidates[i].stamp;
    if (i > 0 && stamp.second + 6 < candidates[i - 1].stamp.second) ++year;
    stamp.third = year;
  }
  note(chat, "parse.year-guessed", Severity::warning, candidates.front().line,
       "the dates have no year; the last message is taken to be of 2014");
}

/// Files that somebody put together by hand hold headers of several shapes, or
/// days and months in both orders. Such a line starts a record, too, when it is
/// of the same family, its sender writes elsewhere in the file and its time
/// lies between those of its neighbours: what is pasted into a message is older
/// than the message. One alone is no evidence. What is accepted leaves
/// `others`.
void add_other_shapes(Chat& chat, const Candidates& candidates,
                      std::uint8_t chosen, DateOrder order,
                      std::vector<Candidate>& others,
                      std::vector<Accepted>& accepted) {
  if (others.size() < 2 || accepted.empty()) return;
  const std::string_view bytes = chat.bytes.view;
  std::set<std::string_view> senders;
  for (const Accepted& record : accepted)
    senders.insert(sender_of(bytes, record.candidate));
  const DateOrder swapped =
      order == DateOrder::dmy ? DateOrder::mdy : DateOrder::dmy;
  std::sort(others.begin(), others.end(),
            [](const Candidate& a, const Candidate& b) {
              return a.offset < b.offset;
            });
  std::vector<Accepted> found;
  std::vector<Candidate> left;
  for (const Candidate& candidate : others) {
    const Shape& shape = candidates.shapes[candidate.shape];
    auto seconds = to_seconds(candidate.stamp, order);
    if (!seconds && order != DateOrder::ymd && !shape.year_first)
      seconds = to_seconds(candidate.stamp, swapped);
    const auto next =
        std::upper_bound(accepted.begin(), accepted.end(), candidate.offset,
                         [](std::uint32_t offset, const Accepted& record) {
                           return offset < record.candidate.offset;
                         });
    const std::uint32_t since =
        std::max(next == accepted.begin() ? 0U : std::prev(next)->seconds + 1,
                 found.empty() ? 0U : found.back().seconds);
    const bool in_turn = seconds && *seconds >= since &&
                         (next == accepted.end() || *seconds <= next->seconds);
    if (in_turn && shape.family == candidates.shapes[chosen].family &&
        senders.count(sender_of(bytes, candidate)) > 0) {
      found.push_back({candidate, *seconds, !shape.seconds});
    } else {
      left.push_back(candidate);
    }
  }
  if (found.size() < 2) return;
  others = std::move(left);
  note(chat, "parse.segments", Severity::warning, found.front().candidate.line,
       std::to_string(found.size()) +
           " messages have headers of another shape than the rest, as in a "
           "file put together by hand; they were read by their own shape");
  accepted.insert(accepted.end(), found.begin(), found.end());
  std::sort(accepted.begin(), accepted.end(),
            [](const Accepted& a, const Accepted& b) {
              return a.candidate.offset < b.candidate.offset;
            });
}

std::vector<Accepted> accept(Chat& chat, const Candidates& candidates,
                             const ParseOptions& options) {
  const std::uint8_t chosen = choose_shape(candidates);
  const Shape& shape = candidates.shapes[chosen];
  std::vector<Candidate> fitting;
  std::vector<Candidate> others;
  fitting.reserve(candidates.list.size());
  for (const Candidate& candidate : candidates.list) {
    if (candidate.shape == chosen) {
      fitting.push_back(candidate);
    } else {
      others.push_back(candidate);
    }
  }
  std::vector<std::uint32_t> rejected;
  const TerminatorRule rule = learn_terminator(fitting, shape);
  chat.format.terminator = rule.terminator;
  if (rule.active) {
    const bool crlf = rule.terminator == Terminator::crlf;
    const auto wrong = [&](const Candidate& candidate) {
      return candidate.line > 1 && candidate.after_crlf != crlf;
    };
    for (const Candidate& candidate : fitting) {
      if (wrong(candidate)) rejected.push_back(candidate.line);
    }
    for (const Candidate& candidate : others) {
      if (wrong(candidate)) rejected.push_back(candidate.line);
    }
    others.erase(std::remove_if(others.begin(), others.end(), wrong),
                 others.end());
    fitting.erase(std::remove_if(fitting.begin(), fitting.end(), wrong),
                  fitting.end());
  }
  if (shape.no_year) guess_years(chat, fitting);
  const OrderDecision decision =
      decide_order(fitting, shape, options.date_order, chat.diagnostics);
  std::vector<Accepted> accepted;
  accepted.reserve(fitting.size());
  bool padded = true;
  for (const Candidate& candidate : fitting) {
    if (const auto seconds = to_seconds(candidate.stamp, decision.order)) {
      accepted.push_back({candidate, *seconds, !shape.seconds});
      padded = padded && candidate.stamp.padded;
    } else {
      others.push_back(candidate);
    }
  }
  add_other_shapes(chat, candidates, chosen, decision.order, others, accepted);
  for (const Candidate& candidate : others) rejected.push_back(candidate.line);
  const auto contradicted = std::find_if(
      accepted.begin(), accepted.end(), [](const Accepted& record) {
        return record.candidate.stamp.clock_contradicted;
      });
  if (contradicted != accepted.end()) {
    note(chat, "parse.clock-contradicted", Severity::warning,
         contradicted->candidate.line,
         "an hour above 12 stands beside a word for half the day; the hour was "
         "kept");
  }
  if (!rejected.empty()) {
    note(
        chat, "parse.suspect-header", Severity::info,
        *std::min_element(rejected.begin(), rejected.end()),
        std::to_string(rejected.size()) +
            " lines look like the start of a message but do not fit this file; "
            "they were kept as text of the message before them");
  }
  Format& format = chat.format;
  format.platform =
      shape.family == Family::dash ? Platform::android : Platform::ios;
  format.resolution = shape.seconds ? Resolution::second : Resolution::minute;
  format.date_order = decision.order;
  format.date_order_certain = decision.certain;
  format.date_order_line = decision.line;
  format.header = pattern(shape, decision.order, padded);
  return accepted;
}

[[noreturn]] void refuse(const std::string& source, std::string_view bytes) {
  std::string what = "no line looks like a message of a WhatsApp export";
  if (bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF") ==
      std::string_view::npos) {
    what = "the file is empty";
  } else if (bytes.substr(0, 5) == "%PDF-") {
    what = "this is a PDF, not a WhatsApp export";
  } else if (bytes.substr(0, 2) == "PK") {
    what = "this is a zip inside a zip; unpack it first";
  } else if (bytes.substr(0, 16).find("SQLite format 3") !=
             std::string_view::npos) {
    what = "this is a database, not a WhatsApp export";
  } else if (bytes.find('\0') != std::string_view::npos) {
    what = "this is no text file";
  }
  throw Error{
      Errc::not_export,
      source + ": " + what +
          "; give the .txt or .zip that WhatsApp makes with \"Export chat\""};
}

void check_times(Chat& chat) {
  std::size_t backwards = 0;
  Index first = 0;
  for (Index i = 1; i < chat.messages.size(); ++i) {
    if (chat.messages[i].seconds < chat.messages[i - 1].seconds &&
        backwards++ == 0)
      first = i;
  }
  if (backwards > 0) {
    note(chat, "parse.time-backwards", Severity::info, chat.line(first),
         std::to_string(backwards) +
             " messages are earlier than the one before them; the order of the "
             "file is kept");
  }
}

void check_ends(Chat& chat) {
  const bool starts_whole = std::any_of(
      chat.messages.begin(),
      chat.messages.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                  3, chat.messages.size())),
      [](const Message& message) {
        return message.event == SystemEvent::encryption ||
               message.event == SystemEvent::group_created;
      });
  if (!starts_whole) {
    note(chat, "parse.truncated-start", Severity::info, chat.line(0),
         "the export does not begin with the start of the group; earlier "
         "messages are not in it");
  }
  const std::size_t n = chat.messages.size();
  for (const std::size_t limit : {std::size_t{10000}, std::size_t{40000}}) {
    if (n > limit - limit / 100 && n <= limit) {
      note(chat, "parse.export-limit", Severity::warning, 0,
           "close to the " + std::to_string(limit) +
               " messages that WhatsApp exports at most; the oldest may be "
               "missing");
    }
  }
}

void check_text(Chat& chat, bool valid_utf8) {
  const Format& format = chat.format;
  if (format.preamble_lines > 0) {
    note(chat, "parse.preamble", Severity::warning, 1,
         std::to_string(format.preamble_lines) +
             " lines before the first message belong to no message");
  }
  if (!valid_utf8) {
    std::size_t bad = 0;
    Index first = 0;
    for (Index i = 0; i < chat.messages.size(); ++i) {
      if (chat.messages[i].has(Message::bad_utf8) && bad++ == 0) first = i;
    }
    note(chat, "parse.invalid-utf8", Severity::warning,
         bad > 0 ? chat.line(first) : 1,
         std::to_string(bad) +
             " messages hold bytes that are not UTF-8; they are shown as "
             "U+FFFD");
  }
  std::size_t unknown = 0;
  Index first = 0;
  for (Index i = 0; i < chat.messages.size(); ++i) {
    if (chat.messages[i].has(Message::guessed) && unknown++ == 0) first = i;
  }
  if (unknown > 0) {
    note(chat, "parse.unknown-notice", Severity::info, chat.line(first),
         std::to_string(unknown) +
             " lines are WhatsApp's own text in words that are not known; they "
             "count as no message");
  }
}

Chat parse_text(Bytes text, const std::string& source,
                const ParseOptions& options) {
  // Positions are 32-bit; decoding may make a text longer.
  const std::uint64_t limit =
      std::min<std::uint64_t>(UINT32_MAX, options.max_bytes);
  const auto check_size = [&](std::uint64_t size) {
    if (size <= limit) return;
    throw Error{Errc::limit, source + ": the chat text is larger than " +
                                 std::to_string(limit) +
                                 " bytes; split the export"};
  };
  check_size(text.view.size());
  Chat chat;
  chat.source = source;
  Decoded decoded = to_utf8(std::move(text), chat.diagnostics);
  check_size(decoded.bytes.view.size());
  chat.bytes = std::move(decoded.bytes);
  const std::string_view bytes = chat.bytes.view;
  const Candidates candidates = find_candidates(bytes, text::best_isa());
  if (candidates.list.empty()) refuse(source, bytes);
  const std::vector<Accepted> records = accept(chat, candidates, options);
  if (records.empty()) refuse(source, bytes);
  chat.format.preamble_lines = records.front().candidate.line - 1;
  build_messages(chat, records, decoded.valid);
  check_text(chat, decoded.valid);
  check_times(chat);
  check_ends(chat);
  return chat;
}

}  // namespace

}  // namespace etherpeil::parsing

namespace etherpeil {

Chat parse(Bytes text, const std::string& source, const ParseOptions& options) {
  return parsing::parse_text(std::move(text), source, options);
}

Chat parse_file(const std::filesystem::path& path,
                const ParseOptions& options) {
  const container::Container container =
      container::Container::open(path, options.max_bytes);
  const std::string source = path == "-" ? "standard input" : path.string();
  std::optional<Error> refusal;
  for (std::size_t i = 0; i < container.names().size(); ++i) {
    try {
      Chat chat = parse(container.read(i, options.max_bytes), source, options);
      if (const std::size_t others = container.texts() - 1; others > 0) {
        chat.diagnostics.push_back(
            {.code = "parse.other-texts",
             .severity = Severity::info,
             .line = 0,
             .message = "other texts in the zip: " + std::to_string(others) +
                        "; the likeliest chat was read, unpack the zip to "
                        "read another"});
      }
      return chat;
    } catch (const Error& error) {
      if (error.code() != Errc::not_export) throw;
      if (!refusal) refusal = error;
    }
  }
  throw *refusal;  // NOLINT(bugprone-unchecked-optional-access): names is not
                   // empty
}

std::string text_sha256(const std::filesystem::path& path,
                        const ParseOptions& options) {
  const auto container = container::Container::open(path, options.max_bytes);
  std::vector<Diagnostic> ignored;
  const Bytes text =
      parsing::to_utf8(container.read(0, options.max_bytes), ignored).bytes;
  return hash::hex(hash::sha256(text.view));
}

std::vector<std::filesystem::path> find_exports(
    const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  if (path == "-") return {path};
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (!fs::exists(status)) {
    const bool hidden = code == std::errc::permission_denied;
    throw Error{Errc::io, path.string() +
                              (hidden ? ": no permission to look there; change "
                                        "the permissions of its folder"
                                      : ": no such file; check the path")};
  }
  if (!fs::is_directory(status)) return {path};
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator it{path, code}, end; !code && it != end;
       it.increment(code)) {
    std::string ending = it->path().extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
      return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    });
    if (it->is_regular_file(code) && (ending == ".txt" || ending == ".zip")) {
      found.push_back(it->path());
    }
  }
  if (code)
    throw Error{Errc::io,
                path.string() + ": cannot be read: " + code.message()};
  if (found.empty()) {
    throw Error{
        Errc::not_export,
        path.string() +
            ": the folder holds no .txt or .zip; put the exports in it"};
  }
  // Beside an unpacked "_chat.txt" every other text is an attachment.
  std::set<fs::path> unpacked;
  for (const fs::path& file : found) {
    if (file.filename() == "_chat.txt") unpacked.insert(file.parent_path());
  }
  found.erase(std::remove_if(found.begin(), found.end(),
                             [&](const fs::path& file) {
                               return file.extension() != ".zip" &&
                                      file.filename() != "_chat.txt" &&
                                      unpacked.count(file.parent_path()) > 0;
                             }),
              found.end());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace etherpeil
