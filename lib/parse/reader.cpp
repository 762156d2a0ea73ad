#include "parse/reader.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "etherpeil/error.hpp"
#include "parse/assembly.hpp"
#include "parse/candidates.hpp"
#include "parse/checks.hpp"
#include "parse/encoding.hpp"
#include "parse/kept.hpp"
#include "parse/reading.hpp"

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

/// What may be kept of records for a sink: enough for a text of about 80 MB,
/// which is then walked over once.
constexpr std::size_t most_kept = std::size_t{9} << 19U;

/// Reads one text. What its headers say about each other is known at its end,
/// so while gathering that it makes a draft of the records by what the first
/// stretch says. The draft stands when the whole says the same; else the text
/// is walked over again, and so is a large one for a sink, which cannot take
/// records back.
class Reader {
 public:
  Reader(const Input& input, const ParseOptions& options, const BatchSink* sink)
      : bytes_(input.text.view),
        owner_(input.text.owner),
        forget_(input.forget),
        options_(options),
        zone_(options.time_zone.empty() ? text::Zone::amsterdam()
                                        : text::Zone::named(options.time_zone)),
        sink_(sink),
        stretch_(std::max<std::size_t>(1, options.batch_bytes)),
        finder_(text::best_isa()) {
    result_.source = input.source;
  }

  Result run() {
    if (auto decoded = from_utf16(bytes_, result_.diagnostics)) {
      replace(std::move(*decoded));
    }
    if (auto fed = from_carriage_returns(bytes_, result_.diagnostics))
      replace(std::move(*fed));
    check_size(bytes_.size());
    gather();
    if (!utf8_.valid() && utf8_.other_encoding(bytes_)) {
      replace(from_windows_1252(bytes_, result_.diagnostics));
      check_size(bytes_.size());
      gather();
    }
    if (evidence_.empty()) refuse(result_.source, bytes_);
    decide();
    learn();
    if (sink_ != nullptr) {
      if (!give_draft()) read(*sink_);
      start_batch(bytes_.size(), bytes_.size());
      result_.bytes = {};
    } else if (!learned_.empty()) {
      read({});
    }
    finish();
    return {std::move(result_), learner_.attached()};
  }

 private:
  /// Positions are 32-bit; decoding may make a text longer.
  void check_size(std::uint64_t size) const {
    const std::uint64_t limit =
        std::min<std::uint64_t>(UINT32_MAX, options_.max_bytes);
    if (sink_ != nullptr || size <= limit) return;
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

  /// Gathers the evidence, and drafts the records by what it says until now.
  void gather() {
    evidence_ = {};
    utf8_ = {};
    marks_ = false;
    drafted_ = {};
    keeps_ = sink_ != nullptr;
    kept_.clear();
    learner_ = {};
    finder_ = CandidateFinder{text::best_isa()};
    finder_.look_ahead(bytes_);
    bool drafting = true;
    walk([&](std::span<const Candidate> candidates, std::size_t from,
             std::size_t to) {
      evidence_.add(candidates, finder_.shapes());
      const std::string_view stretch = bytes_.substr(from, to - from);
      const bool valid = utf8_.add(stretch);
      marks_ = marks_ || !finder_.marks().empty();
      drafting = drafting && draft(from, to);
      if (!drafting) kept_.clear();
      if (drafting) take({from, to, candidates, finder_.marks(), valid}, look_);
    });
    if (!drafting) drafted_ = {};
  }

  /// Starts a draft, or tells whether it goes on: not when the evidence has
  /// come to say something else.
  bool draft(std::size_t from, std::size_t to) {
    if (evidence_.empty()) return false;
    std::vector<Diagnostic> ignored;
    const Reading reading = evidence_.decide(options_.date_order, ignored);
    if (from > 0) {
      // Only on iPhones marks tell anything.
      return reading.reads_like(*drafted_) &&
             (draft_marks_ == marks_ || reading.shape.family == Family::dash);
    }
    if (reading.lacks_years()) return false;
    drafted_ = reading;
    draft_marks_ = marks_;
    start(reading);
    if (sink_ == nullptr && to < bytes_.size()) {
      // A guess, a quarter too large: what is not written to is not there.
      result_.messages.reserve(evidence_.count(reading) *
                               (bytes_.size() / to + 1) / 4 * 5);
    }
    return true;
  }

  void decide() {
    reading_ = evidence_.decide(options_.date_order, result_.diagnostics);
    if (reading_.lacks_years()) complete_years();
    if (evidence_.others(reading_) >= 2) find_segments();
    if (drafted_ && (!reading_.reads_like(*drafted_) || !segments_.empty()))
      drafted_ = {};
    set_format(reading_);
  }

  void set_format(const Reading& reading) {
    Format& format = result_.format;
    format.terminator = reading.terminator;
    format.platform = reading.shape.family == Family::dash ? Platform::android
                                                           : Platform::ios;
    format.resolution =
        reading.shape.seconds ? Resolution::second : Resolution::minute;
    format.date_order = reading.order.order;
    format.date_order_certain = reading.order.certain;
    format.date_order_line = reading.order.line;
    format.header = pattern(reading.shape, reading.order.order, reading.padded);
  }

  /// Decides the order of dates that are read with guessed years.
  void complete_years() {
    OrderEvidence dated{reading_.shape};
    YearGuess years{reading_};
    std::uint64_t first_line = 0;
    walk([&](std::span<const Candidate> candidates, std::size_t /*from*/,
             std::size_t /*to*/) {
      for (Candidate candidate : candidates) {
        if (!reading_.reads(candidate)) continue;
        if (first_line == 0) first_line = candidate.line;
        years.apply(candidate.stamp);
        dated.add(candidate);
      }
    });
    note("parse.year-guessed", Severity::warning, first_line,
         reading_.buddhist
             ? "the years have two digits, most of them above 51; they are "
               "taken to be Buddhist, as in Thailand: 65 is 2565, which is 2022"
             : "the dates have no year; the last message is taken to be of "
               "2014");
    reading_.order = dated.decide(options_.date_order, result_.diagnostics);
    reading_.padded = dated.padded(reading_.order.order);
  }

  void find_segments() {
    Segments segments;
    YearGuess years{reading_};
    TimeReader time{reading_.order.order};
    std::vector<DateOrder> orders;
    for (std::size_t i = 0; i < finder_.shapes().size(); ++i)
      orders.push_back(evidence_.order_of(i, reading_));
    walk([&](std::span<const Candidate> candidates, std::size_t from,
             std::size_t to) {
      const std::string_view stretch = bytes_.substr(from, to - from);
      for (Candidate candidate : candidates) {
        if (!reading_.fits(candidate)) continue;
        const std::string_view sender = sender_of(stretch, candidate);
        if (candidate.shape == reading_.number) {
          if (reading_.lacks_years()) years.apply(candidate.stamp);
          if (const auto seconds = time(candidate.stamp)) {
            segments.accepted(*seconds, sender);
            continue;
          }
        }
        segments.doubtful(candidate, finder_.shapes()[candidate.shape],
                          orders[candidate.shape], sender);
      }
    });
    segments_ = segments.decide();
    if (segments_.empty()) return;
    note("parse.segments", Severity::warning, segments_.front().line,
         std::to_string(segments_.size()) +
             " messages have headers of another shape than the rest, as in a "
             "file put together by hand; they were read by their own shape");
  }

  /// Learns what only the whole tells, from the draft or by reading all.
  void learn() {
    if (!drafted_) {
      learner_ = {};
      read(look_);
    }
    if (!assembly_->any()) refuse(result_.source, bytes_);
    if (learner_.undecided()) {
      const BatchSink look = [&](const Chat& batch) {
        learner_.add_again(batch);
      };
      if (sink_ != nullptr) {
        read(look);
      } else {
        look(result_);
      }
    }
    learned_ = learner_.finish(result_);
  }

  /// Keeps a batch of the draft until it is known whether it stands.
  void keep() {
    kept_.add(result_);
    // No room is taken for a text that is far too long for it.
    const double part = static_cast<double>(assembly_->end()) /
                        static_cast<double>(bytes_.size());
    keeps_ = kept_.bytes() <= most_kept &&
             static_cast<double>(kept_.bytes()) <= 2 * part * most_kept;
    if (!keeps_) kept_.clear();
  }

  /// Gives the batches of a draft that stands to the sink. False without one.
  bool give_draft() {
    if (!drafted_ || !keeps_ || !learned_.empty()) return false;
    kept_.give(result_, bytes_, [this] {
      (*sink_)(result_);
      const std::size_t start = result_.bytes_before;
      forget(start, start + result_.bytes.view.size());
    });
    return true;
  }

  /// Begins with the first record.
  void start(const Reading& reading) {
    result_.authors.clear();
    result_.group_name.clear();
    result_.messages.clear();
    result_.mentions.clear();
    result_.line_marks.clear();
    result_.records_before = 0;
    result_.bytes_before = 0;
    records_ = 0;
    result_.bytes = {owner_, bytes_};
    checks_ = Checks{zone_};
    set_format(reading);
    assembly_ = std::make_unique<Assembly>(
        Assembly::Known{reading, segments_, learned_, zone_, marks_}, result_,
        bytes_);
  }

  /// Reads the records of the whole text.
  void read(const BatchSink& use) {
    keeps_ = false;
    kept_.clear();
    start(reading_);
    if (sink_ == nullptr) result_.messages.reserve(evidence_.count(reading_));
    walk([&](std::span<const Candidate> candidates, std::size_t from,
             std::size_t to) {
      take({from, to, candidates, finder_.marks(), utf8_.valid()}, use);
    });
  }

  /// Assembles the records that end in a stretch and gives them to `use`.
  void take(const Assembly::Stretch& stretch, const BatchSink& use) {
    const std::size_t begin = assembly_->end();
    if (sink_ != nullptr) start_batch(begin, stretch.to);
    assembly_->add(stretch);
    if (assembly_->records().empty()) return;
    if (sink_ != nullptr) {
      result_.bytes.view = bytes_.substr(begin, assembly_->end() - begin);
      records_ += result_.messages.size();
    }
    // What is odd is told of what the sink sees.
    if (sink_ == nullptr || &use == sink_ || keeps_) {
      checks_.add(result_, assembly_->records());
      if (stretch.to == bytes_.size()) checks_.check_cut(result_);
    }
    if (use) use(result_);
  }

  void start_batch(std::size_t begin, std::size_t end) {
    if (end - begin > UINT32_MAX) throw too_large(UINT32_MAX);
    result_.records_before = records_;
    result_.bytes_before = begin;
    result_.messages.clear();
    result_.mentions.clear();
    result_.line_marks.clear();
    assembly_->start_at(begin);
  }

  void finish() {
    if (const auto line = assembly_->contradicted_line(); line > 0) {
      note("parse.clock-contradicted", Severity::warning, line,
           "an hour above 12 stands beside a word for half the day; the hour "
           "was kept");
    }
    if (assembly_->rejected() > 0) {
      note("parse.suspect-header", Severity::info, assembly_->rejected_line(),
           std::to_string(assembly_->rejected()) +
               " lines look like the start of a message but do not fit this "
               "file; they were kept as text of the message before them");
    }
    if (const auto line = assembly_->overridden_line(); line > 0) {
      note("parse.name-overrides", Severity::warning, line,
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

  void note(const char* code, Severity severity, std::uint64_t line,
            const std::string& message) {
    result_.diagnostics.push_back(
        {.code = code, .severity = severity, .line = line, .message = message});
  }

  std::string_view bytes_;
  std::shared_ptr<const void> owner_;
  std::function<void(std::string_view)> forget_;
  const ParseOptions& options_;
  const text::Zone& zone_;
  const BatchSink* sink_;  ///< nullptr: all in the result
  std::size_t stretch_;    ///< bytes that are worked on at a time
  CandidateFinder finder_;
  // What is gathered.
  Evidence evidence_;
  Utf8Check utf8_;
  bool marks_{};
  std::optional<Reading> drafted_;  ///< what the draft was read by
  bool keeps_{};                    ///< batches of the draft, in `kept_`
  KeptBatches kept_;
  bool draft_marks_{};
  // What is decided, and learned.
  Reading reading_;
  std::vector<Accepted> segments_;  ///< records with headers of another shape
  Learner learner_;
  Learned learned_;
  const BatchSink look_{[this](const Chat& batch) {
    learner_.add(batch);
    if (keeps_ && drafted_) keep();
  }};
  // The records.
  std::unique_ptr<Assembly> assembly_;
  std::uint64_t records_{};  ///< in batches until now
  Checks checks_{zone_};
  Chat result_;
};

}  // namespace

Result read(const Input& input, const ParseOptions& options,
            const BatchSink* sink) {
  return Reader{input, options, sink}.run();
}

}  // namespace etherpeil::parsing
