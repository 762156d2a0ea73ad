#include "parse/reader.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "etherpeil/error.hpp"
#include "parse/candidates.hpp"
#include "parse/checks.hpp"
#include "parse/encoding.hpp"
#include "parse/reading.hpp"
#include "parse/records.hpp"

namespace etherpeil::parsing {
namespace {

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
  } else if (bytes.find("\\u20") != std::string_view::npos ||
             bytes.find("\\n[") != std::string_view::npos) {
    what =
        "this is text with escapes (\\n, \\u200e), as a program prints it, not "
        "the export itself";
  }
  throw Error{
      Errc::not_export,
      source + ": " + what +
          "; give the .txt or .zip that WhatsApp makes with \"Export chat\""};
}

/// Reads one text twice: first what its headers say about each other, then its
/// records.
class Reader {
 public:
  Reader(const Input& input, const ParseOptions& options)
      : bytes_(input.text.view),
        owner_(input.text.owner),
        forget_(input.forget),
        options_(options),
        stretch_(std::max<std::size_t>(1, options.batch_bytes)),
        finder_(text::best_isa()) {
    result_.source = input.source;
  }

  /// With `sink` in batches; without it all in the result.
  Chat run(const BatchSink* sink) {
    if (auto decoded = from_utf16(bytes_, result_.diagnostics)) {
      replace(std::move(*decoded));
    }
    check_size(bytes_.size(), sink != nullptr);
    gather();
    if (!utf8_.valid() && utf8_.other_encoding(bytes_)) {
      replace(from_windows_1252(bytes_, result_.diagnostics));
      check_size(bytes_.size(), sink != nullptr);
      gather();
    }
    if (evidence_.empty()) refuse(result_.source, bytes_);
    decide();
    learn(sink != nullptr);
    if (sink != nullptr) {
      const BatchSink watched = [&](const Chat& batch) {
        checks_.add(batch);
        (*sink)(batch);
      };
      read(&watched);
    } else {
      if (!learned_.empty()) read(nullptr);
      checks_.add(result_);
    }
    finish();
    return std::move(result_);
  }

  /// Texts that the chat shows as attachments.
  [[nodiscard]] const std::set<std::string>& attached() const {
    return attached_;
  }

 private:
  /// Positions are 32-bit; decoding may make a text longer.
  void check_size(std::uint64_t size, bool batches) const {
    const std::uint64_t limit =
        std::min<std::uint64_t>(UINT32_MAX, options_.max_bytes);
    if (batches || size <= limit) return;
    throw too_large(limit);
  }
  [[nodiscard]] Error too_large(std::uint64_t limit) const {
    return Error{Errc::limit,
                 result_.source + ": the chat text is larger than " +
                     std::to_string(limit) + " bytes; split the export"};
  }

  void replace(Bytes decoded) {
    bytes_ = decoded.view;
    owner_ = std::move(decoded.owner);
    forget_ = {};
  }

  void forget(std::size_t from, std::size_t to) const {
    if (forget_) forget_(bytes_.substr(from, to - from));
  }

  /// Where a stretch of about `wanted` bytes ends: behind a line end.
  [[nodiscard]] std::size_t stretch_end(std::size_t from,
                                        std::size_t wanted) const {
    if (wanted >= bytes_.size() - from) return bytes_.size();
    const std::size_t feed = bytes_.find('\n', from + wanted - 1);
    return feed == std::string_view::npos ? bytes_.size() : feed + 1;
  }

  [[nodiscard]] std::span<const Candidate> find(std::size_t from,
                                                std::size_t to,
                                                std::uint32_t line) {
    if (to - from > UINT32_MAX) throw too_large(UINT32_MAX);
    return finder_.find(bytes_.substr(from, to - from), line,
                        from > 1 && bytes_[from - 2] == '\r');
  }

  /// Calls `use` with the candidates of each stretch and where it starts.
  template <class Use>
  void walk(const Use& use) {
    std::uint32_t line = 1;
    for (std::size_t from = 0; from < bytes_.size();) {
      const std::size_t to = stretch_end(from, stretch_);
      use(find(from, to, line), from, to);
      line = finder_.next_line();
      forget(from, to);
      from = to;
    }
  }

  void gather() {
    evidence_ = {};
    utf8_ = {};
    marks_ = false;
    finder_ = CandidateFinder{text::best_isa()};
    walk([&](std::span<const Candidate> candidates, std::size_t from,
             std::size_t to) {
      evidence_.add(candidates, finder_.shapes());
      const std::string_view stretch = bytes_.substr(from, to - from);
      utf8_.add(stretch);
      marks_ = marks_ ||
               stretch.find("\xE2\x80\x8E") != std::string_view::npos ||
               stretch.find("\xE2\x80\x8F") != std::string_view::npos;
    });
  }

  void decide() {
    reading_ = evidence_.decide(options_.date_order, result_.diagnostics);
    if (reading_.shape.no_year) date_without_years();
    time_ = TimeReader{reading_.order.order};
    if (evidence_.others(reading_) >= 2) find_segments();
    Format& format = result_.format;
    format.terminator = reading_.terminator;
    format.platform = reading_.shape.family == Family::dash ? Platform::android
                                                            : Platform::ios;
    format.resolution =
        reading_.shape.seconds ? Resolution::second : Resolution::minute;
    format.date_order = reading_.order.order;
    format.date_order_certain = reading_.order.certain;
    format.date_order_line = reading_.order.line;
    format.header =
        pattern(reading_.shape, reading_.order.order, reading_.padded);
  }

  [[nodiscard]] bool read_by_shape(const Candidate& candidate) const {
    return candidate.shape == reading_.number && reading_.fits(candidate);
  }

  void date_without_years() {
    OrderEvidence dated{reading_.shape};
    YearGuess years{reading_.year};
    std::uint64_t first_line = 0;
    walk([&](std::span<const Candidate> candidates, std::size_t /*from*/,
             std::size_t /*to*/) {
      for (Candidate candidate : candidates) {
        if (!read_by_shape(candidate)) continue;
        if (first_line == 0) first_line = candidate.line;
        years.apply(candidate.stamp);
        dated.add(candidate);
      }
    });
    note("parse.year-guessed", Severity::warning, first_line,
         "the dates have no year; the last message is taken to be of 2014");
    reading_.order = dated.decide(options_.date_order, result_.diagnostics);
    reading_.padded = dated.padded(reading_.order.order);
  }

  void find_segments() {
    Segments segments;
    YearGuess years{reading_.year};
    walk([&](std::span<const Candidate> candidates, std::size_t from,
             std::size_t to) {
      const std::string_view stretch = bytes_.substr(from, to - from);
      for (Candidate candidate : candidates) {
        if (!reading_.fits(candidate)) continue;
        const std::string_view sender = sender_of(stretch, candidate);
        if (candidate.shape == reading_.number) {
          if (reading_.shape.no_year) years.apply(candidate.stamp);
          if (const auto seconds = time_(candidate.stamp)) {
            segments.accepted(*seconds, sender);
            continue;
          }
        }
        segments.doubtful(candidate, finder_.shapes()[candidate.shape],
                          reading_, sender);
      }
    });
    segments_ = segments.decide();
    if (segments_.empty()) return;
    note("parse.segments", Severity::warning, segments_.front().candidate.line,
         std::to_string(segments_.size()) +
             " messages have headers of another shape than the rest, as in a "
             "file put together by hand; they were read by their own shape");
  }

  /// The record that a candidate starts; nothing when it is text.
  [[nodiscard]] std::optional<Accepted> accept(Candidate candidate,
                                               YearGuess& years) {
    if (read_by_shape(candidate)) {
      if (reading_.shape.no_year) years.apply(candidate.stamp);
      if (const auto seconds = time_(candidate.stamp))
        return Accepted{candidate, *seconds, !reading_.shape.seconds};
    }
    const auto segment =
        std::lower_bound(segments_.begin(), segments_.end(), candidate.line,
                         [](const Accepted& record, std::uint32_t line) {
                           return record.candidate.line < line;
                         });
    if (segment == segments_.end() || segment->candidate.line != candidate.line)
      return std::nullopt;
    return Accepted{candidate, segment->seconds, segment->minute};
  }

  /// Counts what was refused, once, also when a stretch is read again.
  void count(const Candidate& candidate, bool accepted) {
    if (candidate.line <= counted_to_) return;
    counted_to_ = candidate.line;
    if (!accepted) {
      if (rejected_++ == 0) rejected_line_ = candidate.line;
    } else if (candidate.stamp.clock_contradicted && contradicted_ == 0) {
      contradicted_ = candidate.line;
    }
  }

  /// Reads all once to know what only the whole tells.
  void learn(bool batches) {
    Learner learner;
    const BatchSink look = [&](const Chat& batch) { learner.add(batch); };
    const BatchSink look_again = [&](const Chat& batch) {
      learner.add_again(batch);
    };
    const auto show = [&](const BatchSink& sink) {
      if (batches) {
        read(&sink);
      } else {
        sink(result_);
      }
    };
    if (!batches) read(nullptr);
    show(look);
    if (learner.undecided()) show(look_again);
    learned_ = learner.finish(result_);
    attached_ = learner.attached();
  }

  void start_over() {
    start_batch_end();
    result_.authors.clear();
    result_.group_name.clear();
    result_.records_before = 0;
    result_.bytes_before = 0;
    counted_to_ = 0;
    rejected_ = 0;
    contradicted_ = 0;
  }

  void read(const BatchSink* sink) {
    start_over();
    MessageBuilder builder{result_, bytes_, {utf8_.valid(), marks_}, learned_};
    if (sink == nullptr) {
      result_.bytes = {owner_, bytes_};
      result_.messages.reserve(evidence_.count(reading_));
    }
    YearGuess years{reading_.year};
    std::size_t wanted = stretch_;
    std::uint32_t line = 1;
    bool any = false;
    for (std::size_t from = 0; from < bytes_.size();) {
      const std::size_t to = stretch_end(from, wanted);
      const bool last = to == bytes_.size();
      accepted_.clear();
      YearGuess ahead = years;
      YearGuess at_last = years;
      for (const Candidate& candidate : find(from, to, line)) {
        const auto record = learned_.is_aside(from + candidate.offset)
                                ? std::nullopt
                                : accept(candidate, ahead);
        count(candidate, record.has_value());
        if (!record) continue;
        accepted_.push_back(*record);
        at_last = ahead;
      }
      // A record ends where the next one starts.
      if (accepted_.size() < 2 && !last) {
        wanted *= 2;
        continue;
      }
      if (accepted_.empty()) break;
      if (!any) {
        result_.format.preamble_lines = accepted_.front().candidate.line - 1;
        any = true;
      }
      const std::size_t end =
          last ? bytes_.size() : from + accepted_.back().candidate.offset;
      if (sink != nullptr) start_batch(builder, from, end);
      build(builder, from, last);
      if (sink != nullptr) {
        (*sink)(result_);
        forget(from, end);
      }
      line = accepted_.back().candidate.line;
      years = at_last;
      from = end;
      wanted = stretch_;
    }
    if (!any) refuse(result_.source, bytes_);
    overridden_line_ = builder.overridden_line();
    if (sink != nullptr) start_batch_end();
  }

  void build(MessageBuilder& builder, std::size_t from, bool last) {
    const std::size_t whole = accepted_.size() - (last ? 0 : 1);
    for (std::size_t i = 0; i < whole; ++i) {
      const Candidate& header = accepted_[i].candidate;
      const bool followed = i + 1 < accepted_.size();
      builder.add(
          accepted_[i], from + header.offset,
          followed ? from + accepted_[i + 1].candidate.offset : bytes_.size(),
          followed && accepted_[i + 1].candidate.line == header.line + 1);
    }
  }

  void start_batch(MessageBuilder& builder, std::size_t from, std::size_t end) {
    result_.records_before += result_.messages.size();
    result_.bytes_before = from;
    result_.messages.clear();
    result_.mentions.clear();
    result_.line_marks.clear();
    result_.bytes = {owner_, bytes_.substr(from, end - from)};
    builder.start_at(from);
  }

  void finish() {
    if (contradicted_ > 0) {
      note("parse.clock-contradicted", Severity::warning, contradicted_,
           "an hour above 12 stands beside a word for half the day; the hour "
           "was kept");
    }
    if (rejected_ > 0) {
      note("parse.suspect-header", Severity::info, rejected_line_,
           std::to_string(rejected_) +
               " lines look like the start of a message but do not fit this "
               "file; they were kept as text of the message before them");
    }
    if (overridden_line_ > 0) {
      note("parse.name-overrides", Severity::warning, overridden_line_,
           "the name of a sender holds marks that turn the order of what is "
           "shown behind it; they are kept in the file and left out elsewhere");
    }
    if (!learned_.long_names.empty()) {
      note("parse.name-with-colon", Severity::info, 0,
           std::to_string(learned_.long_names.size()) +
               " names of senders seem to hold \": \", for all their messages "
               "begin alike; they were read so");
    }
    checks_.finish(result_, utf8_.valid());
  }

  void start_batch_end() {
    result_.records_before += result_.messages.size();
    result_.bytes_before = bytes_.size();
    result_.messages.clear();
    result_.mentions.clear();
    result_.line_marks.clear();
    result_.bytes = {};
  }

  void note(const char* code, Severity severity, std::uint64_t line,
            const std::string& message) {
    result_.diagnostics.push_back(
        {.code = code, .severity = severity, .line = line, .message = message});
  }

  std::string_view bytes_;
  std::shared_ptr<const void> owner_;
  std::function<void(std::string_view)> forget_;
  const ParseOptions& options_;
  std::size_t stretch_;  ///< bytes that are worked on at a time
  CandidateFinder finder_;
  Evidence evidence_;
  Utf8Check utf8_;
  bool marks_{};
  Reading reading_;
  TimeReader time_{DateOrder::dmy};
  std::vector<Accepted> segments_;  ///< records with headers of another shape
  std::vector<Accepted> accepted_;  ///< of the stretch at hand
  std::uint32_t counted_to_{};      ///< line
  std::uint64_t rejected_{};
  std::uint64_t rejected_line_{};
  std::uint64_t contradicted_{};  ///< line of the first
  std::uint32_t overridden_line_{};
  Learned learned_;
  std::set<std::string> attached_;
  Checks checks_;
  Chat result_;
};

}  // namespace

Result read(const Input& input, const ParseOptions& options,
            const BatchSink* sink) {
  Reader reader{input, options};
  Chat chat = reader.run(sink);
  return {std::move(chat), reader.attached()};
}

}  // namespace etherpeil::parsing
