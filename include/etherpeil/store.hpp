#pragma once
/// The study database: one SQLite file with aggregates, event lists and
/// messages as numbers, no texts and no names. Analysts may read it with any
/// SQLite tool; the table `codebook_column` (in Dutch: `codeboek`) explains
/// every column. Texts, for who asks for them, stand in a vault beside it.
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/merge.hpp"
#include "etherpeil/privacy.hpp"
#include "etherpeil/study.hpp"
#include "etherpeil/types.hpp"

namespace etherpeil {

/// Messages of one label on one day of one group. Days without messages have
/// no rows; whether they were observed, `Coverage` tells.
struct DayCount {
  Index group{};
  LocalDay day{};
  Index label{};
  std::uint32_t messages{};
  std::uint32_t night{};        ///< of these, 22:00-07:59
  std::uint32_t in_incident{};  ///< of these, in an incident, roots included
  std::uint32_t night_in_incident{};  ///< of these, both
  std::uint32_t
      abstained{};  ///< of `messages`, with a label below the threshold
};

/// Messages with one attribute on one day of one group.
struct DayAttribute {
  Index group{};
  LocalDay day{};
  Index attribute{};
  std::uint32_t messages{};
};

/// Messages of one member on one day of one group.
struct MemberDay {
  Index group{};
  LocalDay day{};
  Index member{};  ///< in `Panel::members`
  std::uint32_t messages{};
};

struct Member {
  Index group{};
  std::string pseudonym{};
  Role role{Role::unknown};  ///< latest known
};

/// The messages by people on covered days, one column per property; all
/// columns have one length. In order of group, file and month; within these in
/// the order of the file. Everything that is counted per day follows from them.
struct Messages {
  /// Bits of `flags`. Values are stored in databases: append only.
  static constexpr std::uint16_t abstained = 1;  ///< label below the threshold
  static constexpr std::uint16_t root = 2;       ///< opens an incident
  static constexpr std::uint16_t in_incident = 4;
  static constexpr std::uint16_t repeats = 8;  ///< another reporter of the same
  static constexpr std::uint16_t edited = 16;
  static constexpr std::uint16_t multiline = 32;
  static constexpr std::uint16_t minute = 64;    ///< time known to the minute
  static constexpr std::uint16_t omitted = 128;  ///< media not in the export
  static constexpr std::uint16_t guessed = 256;  ///< kind decided with doubt
  /// In `incident`: none, or one that began before the covered days.
  static constexpr Index no_incident = 0xFFFFFFFF;

  std::vector<Index> group{};
  std::vector<std::uint64_t> line{};  ///< of the file, 1-based
  std::vector<LocalTime> time{};
  std::vector<Index> member{};  ///< in `Panel::members`
  std::vector<Role> role{};     ///< at that time
  std::vector<Kind> kind{};
  std::vector<MediaType> media{};
  std::vector<std::uint8_t> label{};  ///< in `Codes::labels`, or `not_coded`
  std::vector<Attributes> attributes{};
  std::vector<Index> incident{};  ///< in `Panel::incidents`
  std::vector<std::uint16_t> flags{};

  [[nodiscard]] std::size_t size() const { return time.size(); }
};

/// A stored incident. Durations are seconds since the root.
struct IncidentRow {
  Index group{};
  Index file{};          ///< in `Panel::files`
  std::uint64_t line{};  ///< of the root, 1-based
  LocalTime time{};      ///< of the root
  Index label{};
  Index reporter{};  ///< in `Panel::members`
  std::uint32_t messages{};
  std::uint32_t participants{};
  Slots slots{};
  Attributes root_attributes{};
  Attributes attributes{};
  std::optional<std::int64_t> reply{};
  std::optional<std::int64_t> substantive{};
  std::optional<std::int64_t> professional{};
  std::optional<std::int64_t> outcome{};
  std::int64_t followed{};   ///< how long an answer could have been seen
  std::int64_t until_end{};  ///< from the root to the last record of its file
  bool uncertain{};
};

/// A join or a leave, as the export's system lines tell.
struct MembershipRow {
  Index group{};
  LocalTime time{};
  SystemEvent event{};  ///< member_added, _joined, _left, _removed
  std::uint32_t people{1};
  /// Of these, how many wrote within 90 days of joining; nothing for a leave.
  std::optional<std::uint32_t> wrote{};
  std::int64_t until_end{};  ///< seconds to the last record of its file
};

/// Days of a group that an export covers, both included. Outside them nothing
/// is kept; inside, a day without messages is a true zero. An export covers the
/// days that it shows in full: its first day only when the group started on it,
/// its last day not (it was made on that day or later, and ending at a message
/// would favour busy days). One day at least remains. A lone date that does not
/// fit (out of the order of the file, or one record more than 366 days before
/// or after all others) decides nothing; its record is kept only when its day
/// is covered.
struct Coverage {
  Index group{};
  LocalDay first{};
  LocalDay last{};
};

struct FileRow {
  Index group{};
  std::string sha256{};
  std::uint64_t bytes{};
  std::uint64_t records{};
  std::uint64_t human{};
  Format format{};
  LocalTime first{};
  LocalTime last{};
  Provenance provenance{};
  std::uint32_t warnings{};
};

/// Everything in a database, in the order of its keys; what metrics, comparison
/// and report are computed from.
struct Panel {
  Study study{};
  Codes codes{};
  std::vector<FileRow> files{};
  std::vector<Coverage> coverage{};
  std::vector<Member> members{};
  std::vector<MembershipRow> memberships{};
  std::vector<DayCount> days{};
  std::vector<DayAttribute> attributes{};
  std::vector<MemberDay> member_days{};
  std::vector<IncidentRow> incidents{};
  Messages messages{};
};

/// A message of a database: its group, its day, and its place among the
/// messages by people of that day, from 1. Packed as
/// (group << 40) + (days since 1970 << 20) + place.
using MessageId = std::int64_t;
[[nodiscard]] constexpr MessageId message_id(Index group, LocalDay day,
                                             Index place) {
  return (MessageId{group} << 40) +
         (MessageId{day.time_since_epoch().count()} << 20) + place;
}
[[nodiscard]] constexpr Index group_of(MessageId id) {
  return static_cast<Index>(id >> 40);
}
[[nodiscard]] constexpr LocalDay day_of(MessageId id) {
  return LocalDay{std::chrono::days{id >> 20 & 0xFFFFF}};
}

/// What an audit saw, without words and names.
struct FindingRow {
  std::string rule{};
  std::string detail{};  ///< which form of it; empty when there is one
  LocalTime time{};      ///< where to look first
  std::uint64_t line{};  ///< of the export, 1-based
  std::vector<MessageId> messages{};  ///< in which it is seen
  std::optional<MessageId> incident{};
  /// Of the labels that it rests on; nothing when it rests on word lists.
  std::optional<double> confidence{};
};

/// A comparison of groups, as `compare` gives it. What is not defined is NaN.
struct ComparisonRow {
  /// Before or after the start of the intervention.
  struct Side {
    LocalDay first{};  ///< observed days
    LocalDay last{};
    std::uint32_t days{};  ///< 0: nothing was observed
    double numerator{};
    double denominator{};
    double value{};
  };
  struct Change {
    Index group{};
    std::optional<LocalDay> start{};  ///< of the first intervention
    std::array<Side, 2> sides{};      ///< before, after
    double estimate{};
    double low{};  ///< 95 %
    double high{};
    double dispersion{1};
    std::string method{};
    std::string notes{};  ///< slugs, with spaces between them
  };
  std::string outcome{};  ///< id in the catalogue
  std::string effect{};   ///< "ratio", "difference"
  std::vector<Change> groups{};
  std::uint32_t rising{};
  std::uint32_t falling{};
  std::uint32_t clear{};
  double min_attainable_p{};
  std::string cautions{};  ///< slugs, with spaces between them
};

/// What a result is made with, beside the database.
struct MadeWith {
  Provenance provenance{};
  std::string rules{};  ///< id and version of the ruleset, and its SHA-256
  std::string configuration{"{}"};  ///< JSON
};

/// Messages that people are to code.
struct Sample {
  struct Unit {
    MessageId message{};
    std::string stratum{};
    double probability{1};  ///< of being drawn, in (0, 1]
  };
  std::string key{};
  std::string purpose{};  ///< "training", "reliability", "gold"
  std::int64_t seed{};
  std::vector<Unit> units{};  ///< in the order of coding
};

/// What a person made of a message.
struct CodingRow {
  MessageId message{};
  std::string coder{};  ///< pseudonym
  Index label{};        ///< in `Panel::codes.labels`
  LocalTime time{};     ///< when, clock of the coder
};

/// How `Store::add` keeps an export.
struct AddOptions {
  /// Of a merged chat the SHA-256 of each export in it, and all that each
  /// author is called (`Merged::known_as`), for the list of consent.
  std::span<const std::string> texts{};
  std::span<const std::vector<Author>> known_as{};
  /// Options of the steps before, as JSON (`Analyser::configuration`).
  std::string configuration{"{}"};
  /// Puts the texts into the vault beside the database.
  bool keep_text{};
  /// Who does not take part; enforced on the whole database.
  const Consent* consent{};
  /// Receives store.erased-not-found: somebody new wrote when an erased person
  /// did, and may be him.
  std::vector<Diagnostic>* diagnostics{};
};

/// What `Store::add` did.
enum class Added : std::uint8_t {
  added,      ///< new to the database
  unchanged,  ///< this text was there already; nothing was written
  contained,  ///< another export shows all its days; only its hash was noted
  replaced,   ///< new, in place of earlier exports whose days it shows
  extended    ///< an earlier export goes on with the days of this one
};

/// What a database keeps of audits and comparisons that were stored (D54).
struct KeptResults {
  std::uint64_t findings{};
  std::uint64_t comparisons{};
};

/// What an erasure found and took away, or made nobody's.
struct Erased {
  std::uint64_t messages{};   ///< by people, on covered days
  std::uint64_t days{};       ///< of a group, with messages
  std::uint64_t incidents{};  ///< reported by them
  std::uint64_t roles{};      ///< in the roles of the study
  std::uint64_t exports{};    ///< of the group
  std::uint64_t backups{};    ///< copies beside the file, of before a migration
  std::uint64_t texts{};      ///< in the vault
};

/// A study database. One object per thread; two processes may open one file,
/// the second writer waits and then gets `Error{store}`.
/// Every write is one transaction: after a crash or a full disk all of it is
/// there or none.
class Store {
 public:
  /// Opens an existing database, also where it may only be read. One of an
  /// older schema is migrated in one transaction, after a backup.
  /// @throws Error io when missing; store when it belongs to another program or
  /// a newer etherpeil, is damaged, or is older and may only be read
  explicit Store(const std::filesystem::path& path);
  /// Creates a database for a study. Roles are kept by pseudonym, so that no
  /// name enters the file. Leaves no file behind when it fails.
  /// @throws Error store when the file exists; io when it cannot be made;
  /// config for roles of a group that the study does not have
  [[nodiscard]] static Store create(const std::filesystem::path& path,
                                    const Study& study, const Roles& roles,
                                    const Pseudonymiser& pseudonyms);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();

  /// As given to `create`, without the path of the roles file.
  [[nodiscard]] const Study& study() const&;
  const Study& study() && = delete;
  /// The backup that opening made of a file of an older schema; else empty.
  [[nodiscard]] const std::filesystem::path& backup() const&;
  const std::filesystem::path& backup() && = delete;
  /// @throws Error argument for a key other than that of `create`
  void check_key(const Pseudonymiser& pseudonyms) const;
  /// The roles that the study gives to authors of this chat, with the names
  /// that the chat shows. Roles of the group that fit no author are reported to
  /// `diagnostics` as study.role-names-nobody, as a number.
  /// @throws Error argument for an unknown group or another key
  [[nodiscard]] std::vector<RoleEntry> roles(
      std::string_view group, const Chat& chat, const Pseudonymiser& pseudonyms,
      std::vector<Diagnostic>& diagnostics) const;
  /// The same for a merged chat, in which a person may bear several names: the
  /// one that the study knows may be that of another phone's address book.
  [[nodiscard]] std::vector<RoleEntry> roles(
      std::string_view group, const Merged& merged,
      const Pseudonymiser& pseudonyms,
      std::vector<Diagnostic>& diagnostics) const;
  /// True when the chat text with this SHA-256 was added to the group, also
  /// when a later export took its place.
  /// @throws Error argument for an unknown group
  [[nodiscard]] bool contains(std::string_view group,
                              std::string_view sha256) const;
  /// Adds one export to a group, with pseudonyms for its authors ("~" stands
  /// before the name of an unsaved contact, who is another person than the
  /// saved contact of that name). Idempotent by the content of the chat; an
  /// export of a database of schema 1 is replaced by one with messages. The
  /// same analyses added in any order give the same panel, or are refused.
  /// A later export of a group takes the place of earlier ones whose days it
  /// shows; where it starts later than an earlier one, it takes over two days
  /// before the end of that one, whose last reports were not followed to their
  /// outcome, or on its own first day. It must show the same words as those on
  /// half of the days that both cover, which keyed fingerprints tell, and miss
  /// no more than one in 50 of their messages. Who was erased stays erased when
  /// the new export shows him on the same days: somebody whom the group does
  /// not know, and who wrote what is nobody's, day by day.
  /// @throws Error argument for an unknown group, or a key other than that of
  /// `create`; store when the days overlap another export of the group and it
  /// is none of these (merge the exports first), when another group has the
  /// export, when
  /// the same text is there but was read in another way (order of the date,
  /// header), or when codebook or model differ from what the database holds.
  /// Errors about the export begin with its `Chat::source`.
  /// People on the list of consent are `nobody` from the start; those whom the
  /// database knows become it, as by `erase_person`. Words of people who are
  /// not to be read must be gone from the chat (`Consent::apply`), else Error
  /// argument.
  Added add(std::string_view group, const Analysis& analysis,
            const Pseudonymiser& pseudonyms, const AddOptions& options = {});
  /// The labels that messages of a chat have in the group already, `not_coded`
  /// for others: of days that were read with the same words, names, times and
  /// roles, in exports that `provenance` and `configuration` made. What
  /// somebody wrote who is nobody now is not known again. Empty when nothing is
  /// known.
  /// @throws Error argument for an unknown group or another key
  [[nodiscard]] std::vector<Label> labels(std::string_view group,
                                          const Chat& chat,
                                          std::span<const Role> roles,
                                          const Pseudonymiser& pseudonyms,
                                          const Provenance& provenance,
                                          std::string_view configuration) const;
  /// Makes those on the list `nobody`; how many the database knew. Their lines
  /// have matched.
  std::size_t enforce(const Consent& consent);
  /// Remembers that these lines of the list fitted a writer of some export.
  void note_matched(const Consent& consent,
                    const std::set<std::uint64_t>& lines);
  /// The lines of the list that never did.
  [[nodiscard]] std::set<std::uint64_t> unmatched(const Consent& consent) const;
  /// From now on the table `message` has a row per message, also of what was
  /// added before. Nothing changes when it has them.
  void keep_rows();
  [[nodiscard]] Panel panel() const;
  /// The same without `Panel::messages`, for what is counted per day.
  [[nodiscard]] Panel day_panel() const;

  /// True when the vault holds the words of the export that has this text.
  [[nodiscard]] bool has_texts(std::string_view group,
                               std::string_view sha256) const;
  /// The words of a message; nothing when they were not kept.
  [[nodiscard]] std::optional<std::string> text(MessageId message) const;

  /// Which message of the database each message of a chat is; nothing for
  /// system lines and for days that the database has from another export.
  /// @throws Error argument for an unknown group, or an export that it lacks
  [[nodiscard]] std::vector<std::optional<MessageId>> message_ids(
      std::string_view group, const Analysis& analysis) const;
  /// Keeps what an audit of an export saw, in place of what an earlier one saw.
  /// Findings go when the export goes. `rules`: id and version of the ruleset.
  /// @throws Error as `message_ids`; argument for values out of range
  void write_findings(std::string_view group, const Analysis& analysis,
                      const std::string& rules,
                      std::span<const FindingRow> findings);
  /// The same of what is stored of a group (`recall`): each finding goes with
  /// the export of its day. Gives the key of the run, in which the exports that
  /// it read stand. @throws Error argument; store when another program changed
  /// the database since `panel` was read
  std::string write_findings(std::string_view group, const MadeWith& made,
                             std::span<const FindingRow> findings);
  /// Keeps a comparison with its run. Earlier ones stay, and the view
  /// v_comparison says of which the exports are others by now. Whoever is
  /// erased takes all of them along. @throws Error as above
  std::string write_comparison(const MadeWith& made,
                               const ComparisonRow& comparison);
  /// How many of both there are: an export that is replaced and whoever is
  /// erased take some along.
  [[nodiscard]] KeptResults kept_results() const;
  /// In order of export and position. @throws Error argument
  [[nodiscard]] std::vector<FindingRow> read_findings(
      std::string_view group) const;

  /// @throws Error argument when the key exists, or for a message that the
  /// database lacks
  void write_sample(const Sample& sample);
  /// @throws Error argument for an unknown sample, or a message outside it. A
  /// second coding by the same coder takes the place of the first.
  void write_codings(std::string_view sample,
                     std::span<const CodingRow> codings);
  /// In order of message and coder. @throws Error argument
  [[nodiscard]] std::vector<CodingRow> read_codings(
      std::string_view sample) const;

  /// True when a person has messages or a role in the database, by this name or
  /// by another that a merged export told.
  [[nodiscard]] bool knows(std::string_view pseudonym) const;
  /// Erases a person, by any name that merged exports told: no byte of the
  /// pseudonyms stays in the file, its log or
  /// its journal, and no word of his in the vault; with `name`, no text by
  /// another that holds that name either. Messages and incidents stay in the
  /// counts of the group as those of `nobody`, whom all who are erased share,
  /// without a role. Afterwards the file is written anew, also when nothing was
  /// found, so that an erasure that was cut off is completed by asking again.
  /// Backups that a migration made beside the file are removed.
  /// @throws Error argument for `nobody`; store when it may only be read, or
  /// when another program holds the file open, so that traces remain
  Erased erase_person(std::string_view pseudonym, std::string_view name = {});
  /// Erases a group, its design and all that was imported into it, likewise.
  /// The groups after it move up by one.
  /// @throws Error as above; argument for an unknown group, and for the only
  /// one
  Erased erase_group(std::string_view group);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace etherpeil
