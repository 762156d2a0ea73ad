#pragma once
/// How a group keeps to its own agreements: per house rule what was seen, how
/// often it could have been seen, and what went well. There is no total score,
/// nothing is said about single people, and what an export cannot show is said.
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "etherpeil/classify.hpp"
#include "etherpeil/stats.hpp"
#include "etherpeil/types.hpp"

namespace etherpeil {

/// How well an export shows whether a rule was kept.
enum class Grade : std::uint8_t {
  clear,   ///< A: from the form of the text or from WhatsApp's own lines
  likely,  ///< B: by the classifier or word lists; a person must look
  weak     ///< C: a weak hint
};
/// "A", "B", "C".
[[nodiscard]] std::string_view to_string(Grade);

/// What a group agreed on about talk.
enum class Regime : std::uint8_t { alarm, mixed };
/// As rulesets and studies spell them: alarm, gemengd.
[[nodiscard]] std::string_view to_string(Regime);

/// The words about a rule in one language. `seen` holds {n}, {of}, names of
/// thresholds, and {one|more} for words that depend on n.
struct RuleText {
  std::string name{};
  std::string says{};        ///< the rule itself
  std::string unit{};        ///< what an opportunity is, in the plural
  std::string seen{};        ///< the finding in a sentence
  std::string suggestion{};  ///< what a moderator could say or change
  std::string ask{};   ///< for the group, naming nobody; empty: not for all
  std::string note{};  ///< what the figure does not say
  std::map<std::string, std::string> details{};  ///< per `Finding::detail`
};

struct Threshold {
  std::int64_t value{};
  std::int64_t low{};  ///< what a ruleset may set
  std::int64_t high{};
  std::string unit{};
};

/// A house rule of the catalogue (lib/data/audit/rules.json).
struct HouseRule {
  std::string id{};  ///< "R01"
  Grade grade{Grade::likely};
  std::uint32_t lists{};  ///< of 45 published lists that hold it
  std::string theme{};    ///< key of a theme
  bool good{};            ///< what is found goes well
  std::map<std::string, Threshold> thresholds{};
  RuleText dutch{};
  RuleText english{};
};

/// A heading over rules.
struct RuleTheme {
  std::string key{};
  std::string dutch{};
  std::string english{};
};

/// A rule that no export can show.
struct UnseenRule {
  std::string id{};
  std::string dutch{};
  std::string english{};
};

/// All rules that can be looked for, in the order in which they are shown.
[[nodiscard]] std::span<const HouseRule> house_rules();
[[nodiscard]] std::span<const RuleTheme> rule_themes();
[[nodiscard]] std::span<const UnseenRule> unseen_rules();

/// The agreements of one group: which rules count, with which thresholds.
/// Immutable; made by the functions below only.
class Ruleset {
 public:
  /// "wabp-standaard", "streng-alarm", "gemengd".
  [[nodiscard]] static std::span<const std::string_view> presets();
  /// @throws Error argument, with the names that there are
  [[nodiscard]] static Ruleset preset(std::string_view name);
  /// A ruleset of your own (etherpeil-ruleset/1, see lib/data/README.md).
  /// @throws Error io; config, with file and JSON pointer, for an unknown rule
  /// or threshold and for a value out of range
  [[nodiscard]] static Ruleset from_file(const std::filesystem::path& path);
  [[nodiscard]] static Ruleset from_json(std::string_view text,
                                         const std::string& source);

  [[nodiscard]] const std::string& id() const& { return id_; }
  const std::string& id() && = delete;
  [[nodiscard]] std::uint32_t version() const { return version_; }
  [[nodiscard]] Regime regime() const { return regime_; }
  [[nodiscard]] const std::string& title(bool dutch) const& {
    return dutch ? title_nl_ : title_en_;
  }
  [[nodiscard]] bool is_on(std::string_view rule) const;
  /// The value in this ruleset. Precondition: rule and threshold exist.
  [[nodiscard]] std::int64_t threshold(std::string_view rule,
                                       std::string_view name) const;

 private:
  Ruleset() = default;
  std::string id_{};
  std::uint32_t version_{};
  std::string title_nl_{};
  std::string title_en_{};
  Regime regime_{Regime::alarm};
  std::map<std::string, bool, std::less<>> on_{};
  std::map<std::string, std::map<std::string, std::int64_t, std::less<>>,
           std::less<>>
      values_{};
};

/// Where something was seen: bytes [start, end) of the text of a message; the
/// whole text when the reason is the message as such.
struct Evidence {
  Index message{};
  std::uint32_t start{};
  std::uint32_t end{};
};

/// One opportunity in which a rule's pattern was seen. To be looked at by a
/// person; no verdict.
struct Finding {
  Index message{};       ///< where to look first
  std::string detail{};  ///< which form of it; empty when there is one
  std::optional<Index> incident{};
  LocalTime time{};
  std::uint64_t line{};              ///< 1-based line of the export
  std::vector<Evidence> evidence{};  ///< at least one
  /// Probability of the labels that it rests on; 1 when form alone decides;
  /// nothing when it rests on word lists, whose worth is not known.
  std::optional<double> confidence{};
};

/// A count and what it could have been at most.
struct Share {
  std::uint64_t found{};
  std::uint64_t of{};
};

struct MonthShare {
  LocalDay first{};  ///< first day of the calendar month
  Share share{};
};

/// The last three calendar months of an export against the three before.
struct Trend {
  enum class Course : std::uint8_t { too_few, less, alike, more };
  Share before{};
  Share after{};
  /// 99 %, after minus before: messages come in bursts, so that 95 % would see
  /// change too often.
  Interval difference{};
  Course course{Course::too_few};
};
/// "too-few", "less", "alike", "more".
[[nodiscard]] std::string_view to_string(Trend::Course);

/// What was seen of one rule. `share.found` is the number of findings.
struct RuleResult {
  std::string id{};
  Share share{};
  std::optional<Trend> trend{};      ///< nothing in less than six months
  std::vector<Finding> findings{};   ///< file order
  std::vector<MonthShare> months{};  ///< every month of the export
  bool hidden{};  ///< it is seen by words, and a database keeps none
};

/// What messages are for, from reports to talk.
enum class Purpose : std::uint8_t { safety, noise, talk, other, unclear };
inline constexpr std::size_t purposes = 5;

/// Messages of people by purpose. Noise are reactions without information,
/// talk is social, other is trade, services, lost and found.
struct MonthPurposes {
  LocalDay first{};
  std::array<std::uint64_t, purposes> messages{};
};

/// Messages before and after one reminder. Metric M33 is another thing: one
/// mean over all of them, in whole days, with an interval.
struct Reminder {
  Index message{};
  LocalTime time{};
  std::uint64_t line{};
  Share noise_before{};
  Share noise_after{};
  Share talk_before{};  ///< talk and other subjects
  Share talk_after{};
  bool whole{};    ///< the export covers both windows
  bool alone{};    ///< no other reminder in either window
  bool too_few{};  ///< fewer messages than `AuditOptions::least` in a window
};

/// Something that goes well: in how many reports, and where it was seen last.
struct GoodSign {
  std::uint64_t found{};
  std::uint64_t of{};
  std::optional<Finding> latest{};

  [[nodiscard]] Share share() const { return {found, of}; }
};

/// What goes well.
struct GoodSigns {
  GoodSign complete{};  ///< reports complete in one message
  GoodSign closed{};    ///< of two days and older, with an outcome in time
  GoodSign thanked{};   ///< thanked by police, municipality or moderator
  GoodSign called{};    ///< urgent, and police contact is told
  bool roles_known{};   ///< without roles nobody can be seen to thank
};

/// What a moderator could tell the group about a month.
struct Monthly {
  LocalDay month{};  ///< the last whole calendar month, else the last one
  std::uint64_t reports{};
  std::uint64_t closed{};  ///< of these, with an outcome so far
  /// Rules to remind of, at most two: found three times and more, from three
  /// senders and more, so that nobody is pointed at.
  std::vector<std::string> rules{};
};

/// Person reports that name an origin or skin colour and no behaviour, at group
/// level only; nothing with fewer than five person reports.
using AppearanceOnly = std::optional<Share>;

struct Audit {
  std::string group{};  ///< name of the group; empty if unknown
  Regime regime{Regime::alarm};
  bool words{};  ///< false: from a database, in which messages have no number
  LocalDay first{};
  LocalDay last{};
  /// Records with a date that does not fit the file (a clock was wrong); they
  /// count nowhere in the audit.
  std::uint64_t out_of_time{};
  std::uint64_t messages{};    ///< of people
  std::uint64_t by_members{};  ///< of these, not by police or municipality
  std::uint64_t doubtful{};    ///< of the messages, labels below the threshold
  std::uint64_t deleted{};     ///< placeholders of deleted messages
  std::uint64_t reports{};
  std::uint64_t reports_by_members{};  ///< the rules are about these
  /// Reports on a first or last day that the export does not show in full: a
  /// database does not keep them.
  std::uint64_t reports_cut{};
  std::vector<RuleResult> rules{};  ///< rules that are on, in catalogue order
  std::vector<MonthPurposes> purposes{};
  std::vector<Reminder> reminders{};
  GoodSigns good{};
  AppearanceOnly appearance_only{};
  /// Rules to begin with, at most three: the highest shares that are certain
  /// (lower end of Wilson's interval), without weak hints.
  std::vector<std::string> focus{};
  Monthly monthly{};
};

struct AuditOptions {
  /// What the group agreed on, when that is known apart from the ruleset.
  std::optional<Regime> regime{};
  std::chrono::days reminder_window{14};
  /// Fewest messages in a window that say anything.
  std::uint64_t least{20};
};

/// Looks for every rule of the ruleset. `codebook` is the one that gave the
/// labels; it says where in a text an attribute was seen. A label that abstains
/// counts as an opportunity and never as a finding. Of an analysis without
/// words (`recall`), rules that are seen by words stay hidden. Deterministic,
/// linear in the messages.
[[nodiscard]] Audit audit(const Analysis& analysis, const Ruleset& ruleset,
                          const Codebook& codebook = Codebook::dutch(),
                          const AuditOptions& options = {});

}  // namespace etherpeil
