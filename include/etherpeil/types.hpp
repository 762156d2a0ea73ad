#pragma once
/// The vocabulary of etherpeil: plain structs that every step reads or fills.
/// Identity is an index: message 12 is 12 in memory, in SQLite and in JSON
/// (where it is printed 1-based as "n": 13). Nothing here does any work beyond
/// looking up; all members of all types may be read from many threads.
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace etherpeil {

/// Position in a sequence (a message, an author, a label, an incident),
/// 0-based.
using Index = std::uint32_t;

/// Wall clock of the exporting phone. An export names no zone, so this cannot
/// be mixed with UTC by accident.
using LocalTime = std::chrono::local_seconds;
using LocalDay = std::chrono::local_days;

// ---------------------------------------------------------------- diagnostics

enum class Severity : std::uint8_t { info, warning };

/// Something odd in an otherwise good input. Never holds chat text or names.
struct Diagnostic {
  std::string code{};  ///< Stable slug, e.g. "parse.date-order-guessed".
  Severity severity{Severity::warning};
  std::uint64_t line{};   ///< 1-based line of the file; 0 = the whole file.
  std::string message{};  ///< One English sentence for a person.
};

// ----------------------------------------------------------------------- chat

/// What a record is. Values are stored in databases: append only.
enum class Kind : std::uint8_t {
  text,
  media,
  deleted,
  system,
  call,
  location,
  contact,
  poll,
  event,
  view_once,
  waiting,
  empty,
  unknown
};

/// What a system line reports.
enum class SystemEvent : std::uint8_t {
  none,
  encryption,
  group_created,
  member_added,
  member_removed,
  member_left,
  member_joined,
  subject_changed,
  icon_changed,
  description_changed,
  settings_changed,
  admin_changed,
  number_changed,
  security_code_changed,
  disappearing_changed,
  message_pinned,
  community,
  other
};

enum class MediaType : std::uint8_t {
  none,
  image,
  video,
  audio,
  voice,
  gif,
  sticker,
  document,
  contact,
  unknown
};

enum class Platform : std::uint8_t { unknown, android, ios };
enum class Terminator : std::uint8_t { unknown, lf, crlf };
enum class DateOrder : std::uint8_t { dmy, mdy, ymd };
enum class Resolution : std::uint8_t { second, minute };

[[nodiscard]] std::string_view to_string(Severity);
[[nodiscard]] std::string_view to_string(Kind);
[[nodiscard]] std::string_view to_string(SystemEvent);
[[nodiscard]] std::string_view to_string(MediaType);
[[nodiscard]] std::string_view to_string(Platform);
[[nodiscard]] std::string_view to_string(Terminator);
[[nodiscard]] std::string_view to_string(DateOrder);
[[nodiscard]] std::string_view to_string(Resolution);

/// Bytes that are owned once and shared by copying. The view stays valid as
/// long as any copy lives.
struct Bytes {
  std::shared_ptr<const void> owner{};
  std::string_view view{};

  [[nodiscard]] static Bytes from(std::string text);
};

/// `Message::author` of a record that no person wrote.
inline constexpr std::uint16_t no_author = 0xFFFF;

/// One record of an export, 20 bytes. Its text is a view into `Chat::bytes`.
struct Message {
  /// Bits of `flags`.
  static constexpr std::uint8_t edited = 1;  ///< carries WhatsApp's edited tag
  static constexpr std::uint8_t multiline =
      2;  ///< record of more than one line
  static constexpr std::uint8_t bad_utf8 =
      4;  ///< raw bytes are not valid UTF-8
  static constexpr std::uint8_t omitted =
      8;  ///< media was left out of the export
  static constexpr std::uint8_t minute = 16;  ///< time known to the minute only
  static constexpr std::uint8_t guessed = 32;  ///< kind decided with doubt
  /// In an hour that the clock of the zone shows twice, as at the end of summer
  /// time, after it went back: the second time.
  static constexpr std::uint8_t repeated_hour = 64;

  std::uint32_t seconds{};      ///< since 1970-01-01T00:00:00, wall clock
  std::uint32_t offset{};       ///< first byte of the record in `Chat::bytes`
  std::uint32_t text_length{};  ///< bytes of text
  std::uint16_t text_start{};   ///< first byte of text, counted from `offset`
  std::uint16_t author{no_author};
  Kind kind{Kind::text};
  SystemEvent event{SystemEvent::none};
  MediaType media{MediaType::none};
  std::uint8_t flags{};

  [[nodiscard]] LocalTime time() const {
    return LocalTime{std::chrono::seconds{seconds}};
  }
  [[nodiscard]] bool has(std::uint8_t flag) const {
    return (flags & flag) != 0;
  }
  [[nodiscard]] bool human() const { return author != no_author; }
};
static_assert(sizeof(Message) == 20);

/// A name or file name inside a system or media record: a span of the evidence.
struct Mention {
  enum class Role : std::uint8_t { actor, target, file };
  Index message{};
  std::uint32_t offset{};  ///< in `Chat::bytes`
  std::uint16_t length{};
  Role role{Role::actor};
};

struct Author {
  std::string name{};  ///< as shown, without format marks and without "~"
  bool unsaved{};      ///< shown with "~" or as a phone number
  bool phone{};        ///< the name is a phone number
};

/// How the file was read, with the evidence for what had to be inferred.
struct Format {
  Platform platform{Platform::unknown};
  Terminator terminator{Terminator::unknown};
  Resolution resolution{Resolution::minute};
  std::string header{};  ///< e.g. "[dd-MM-yyyy HH:mm:ss] "
  DateOrder date_order{DateOrder::dmy};
  bool date_order_certain{};  ///< false: a guess, see the diagnostics
  std::uint64_t
      date_order_line{};           ///< the line that proves it; 0 without proof
  std::uint32_t preamble_lines{};  ///< lines before the first record
};

/// A silence that is long for this chat: at least 14 days, and five times as
/// long as all but one in twenty of its pauses between days with messages.
struct Silence {
  std::uint64_t line{};  ///< of the last message before it
  LocalTime after{};     ///< and its time
  std::chrono::days length{};
};

/// The days of which an export holds everything, and the silences in them. The
/// first day counts only when the group began in it, the last one never: it was
/// exported during it. Messages are taken in order of time.
struct Extent {
  std::optional<LocalDay> first{};  ///< nothing when no day is whole
  std::optional<LocalDay> last{};
  /// Days of which it holds a part or all, without those of a wrong clock;
  /// nothing without messages.
  std::optional<LocalDay> seen_first{};
  std::optional<LocalDay> seen_last{};
  /// The export begins with the group, or with the line on encryption.
  bool from_start{};
  std::vector<Silence> silences{};
};

/// One export: its bytes, and rows that point into them. Concatenating the
/// preamble and all raw records gives the (decoded) file back, byte for byte.
/// A batch of `parse_batches` is the same for a stretch of an export: authors,
/// format and lines are those of the whole, messages and bytes of the stretch.
struct Chat {
  std::string source{};  ///< name of the file, as the caller gave it
  Bytes bytes{};
  Format format{};
  std::vector<Message> messages{};          ///< file order
  std::vector<Author> authors{};            ///< order of first message
  std::vector<Mention> mentions{};          ///< ordered by message
  std::vector<std::uint64_t> line_marks{};  ///< line of message 0, 64, 128, …
  std::vector<Diagnostic> diagnostics{};
  std::string group_name{};  ///< last known name of the group; empty if unknown
  Extent extent{};           ///< known at the end
  std::uint64_t records_before{};  ///< in the export; 0 but in a batch
  std::uint64_t bytes_before{};    ///< in the export; 0 but in a batch

  /// The person's words (or WhatsApp's, for a system record). May hold invalid
  /// UTF-8 when `Message::bad_utf8` is set.
  [[nodiscard]] std::string_view text(Index message) const&;
  std::string_view text(Index message) && = delete;
  /// The record's bytes including header and terminator.
  [[nodiscard]] std::string_view raw(Index message) const&;
  std::string_view raw(Index message) && = delete;
  /// Bytes before the first record.
  [[nodiscard]] std::string_view preamble() const&;
  std::string_view preamble() && = delete;
  /// 1-based line of the record's first line. O(64 records).
  [[nodiscard]] std::uint64_t line(Index message) const;
  /// Names in the record with this role, without format marks and "~".
  [[nodiscard]] std::vector<std::string> names(Index message,
                                               Mention::Role role) const;
};

/// A name as a person reads it: without U+200E/F, U+202A-E, U+2066-9, U+FEFF,
/// U+061C, no-break spaces as spaces, "~" and surrounding spaces off.
[[nodiscard]] std::string display_name(std::string_view raw);

// --------------------------------------------------------------------- people

/// Role of a member; known from a roles file only, never guessed from text.
enum class Role : std::uint8_t {
  unknown,
  resident,
  moderator,
  police,
  municipality,
  business,
  care
};
/// Slugs as the roles file spells them: onbekend, bewoner, beheerder, politie,
/// gemeente, ondernemer, zorg.
[[nodiscard]] std::string_view to_string(Role);
[[nodiscard]] std::optional<Role> role_from(std::string_view slug);

// --------------------------------------------------------------------- coding

/// What a message does in the conversation; decides how incidents form.
enum class Function : std::uint8_t {
  report,
  outcome,
  addition,
  question,
  moderation,
  advice,
  lost,
  offtopic,
  social,
  reaction,
  undetermined
};
[[nodiscard]] std::string_view to_string(Function);
[[nodiscard]] std::optional<Function> function_from(std::string_view slug);

struct LabelCode {
  std::string key{};  ///< "INC"
  std::string name_nl{};
  std::string name_en{};
  Function function{Function::undetermined};
  bool safety{};  ///< counts among the safety reports R_s
};

/// The parts of a complete report (metric M18).
enum class Slot : std::uint8_t {
  none,
  where,
  what,
  who,
  when,
  police,
  request
};
[[nodiscard]] std::string_view to_string(Slot);
[[nodiscard]] std::optional<Slot> slot_from(std::string_view slug);

struct AttributeCode {
  std::string key{};  ///< "police_112"
  std::string name_nl{};
  std::string name_en{};
  std::string group{};  ///< "police", "outcome", …; empty when alone
  Slot slot{Slot::none};
};

/// A set of attributes: bit i is `Codes::attributes[i]`.
using Attributes = std::uint64_t;
/// A set of slots: bit i is `Slot(i)`.
using Slots = std::uint8_t;

inline constexpr std::size_t max_labels = 16;
inline constexpr std::size_t max_attributes = 64;

/// The labels and attributes of a codebook, as plain data. Labels stand in
/// order of precedence.
struct Codes {
  std::string id{};
  std::uint32_t version{};
  std::vector<LabelCode> labels{};          ///< at most `max_labels`
  std::vector<AttributeCode> attributes{};  ///< at most `max_attributes`

  [[nodiscard]] std::optional<Index> label(std::string_view key) const;
  [[nodiscard]] std::optional<Index> attribute(std::string_view key) const;
  /// All attributes of a group, as a set; empty set for an unknown group.
  [[nodiscard]] Attributes group(std::string_view name) const;
  [[nodiscard]] Slots slots(Attributes set) const;
};

/// `Label::code` of a record that is not coded (system lines).
inline constexpr std::uint8_t not_coded = 0xFF;

/// The code of one message. Label i belongs to message i.
struct Label {
  std::uint8_t code{not_coded};  ///< index in `Codes::labels`
  bool abstain{};                ///< probability below the threshold
  float probability{};           ///< of `code`, in [0, 1]
  Attributes attributes{};
  std::array<float, max_labels> probabilities{};  ///< sum 1 when coded
};

// ------------------------------------------------------------------ incidents

/// A report and what belongs to it.
struct Incident {
  Index root{};                        ///< the opening message
  std::vector<Index> messages{};       ///< root first, file order
  std::optional<Index> reply{};        ///< first message by another author
  std::optional<Index> substantive{};  ///< first reply that adds information
  std::optional<Index>
      professional{};              ///< first reply by police or municipality
  std::optional<Index> outcome{};  ///< first closing message
  Slots slots{};  ///< filled by the reporter in the first 3 min
  Attributes root_attributes{};
  Attributes attributes{};       ///< of all messages together
  std::uint32_t participants{};  ///< distinct authors
  /// Until when an answer could have been seen: the next report, an hour after
  /// the last message, or the end of the export, whichever comes first.
  LocalTime followed_until{};
  bool uncertain{};  ///< a message could belong to another one
};

/// Incidents in order of their roots, and where each message went.
struct Incidents {
  std::vector<Incident> list{};
  std::vector<std::optional<Index>> of_message{};  ///< one per message
};

// ------------------------------------------------------------------ provenance

/// What produced a result; equal provenance and equal bytes give equal results.
struct Provenance {
  std::string library{};   ///< version of etherpeil
  std::string codebook{};  ///< id/version
  std::string codebook_sha256{};
  std::string model{};    ///< "rules" or the model's id
  std::string unicode{};  ///< version of the Unicode data used for folding
};

/// Everything that the steps found in one export.
struct Analysis {
  Chat chat{};
  std::vector<Role> roles{};  ///< one per message
  Codes codes{};
  std::vector<Label> labels{};  ///< one per message
  Incidents incidents{};
  std::vector<Diagnostic> diagnostics{};  ///< of all steps, parse first
  Provenance provenance{};
  std::string sha256{};        ///< of the chat text (unpacked), hexadecimal
  std::uint64_t text_bytes{};  ///< size of the chat text
};

}  // namespace etherpeil
