#pragma once
/// What all rules look at: the messages of a chat with their labels, roles,
/// incidents, and where in a text something was seen.
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/catalogue.hpp"
#include "etherpeil/audit.hpp"
#include "parse/days.hpp"

namespace etherpeil::rules {

class Scene {
 public:
  /// All three must outlive the scene.
  Scene(const Analysis& analysis, const Ruleset& ruleset,
        const Codebook& codebook);

  [[nodiscard]] const Analysis& analysis() const { return analysis_; }
  [[nodiscard]] Index size() const;
  [[nodiscard]] const Message& message(Index i) const;
  [[nodiscard]] std::int64_t seconds(Index i) const;
  [[nodiscard]] LocalDay day(Index i) const;
  /// Its date fits the file. A message of another time counts nowhere.
  [[nodiscard]] bool in_time(Index i) const { return days_.holds(day(i)); }
  [[nodiscard]] const parsing::DaySpan& days() const { return days_; }
  /// Times of the first and the last record in time.
  [[nodiscard]] std::int64_t begin() const { return begin_; }
  [[nodiscard]] std::int64_t end() const { return end_; }
  [[nodiscard]] std::int64_t threshold(std::string_view rule,
                                       std::string_view name) const;

  /// The texts of the messages are there.
  [[nodiscard]] bool has_words() const { return words_; }
  /// A person wrote it, in time, and it has a label.
  [[nodiscard]] bool coded(Index i) const;
  /// `coded`, and not by police or municipality.
  [[nodiscard]] bool by_member(Index i) const;
  /// Police or municipality.
  [[nodiscard]] bool official(Index i) const;
  [[nodiscard]] bool moderator(Index i) const;
  /// What a message does; undetermined when its label abstains.
  [[nodiscard]] Function function(Index i) const;
  [[nodiscard]] double probability(Index i) const;
  [[nodiscard]] bool safety(Index i) const;  ///< its label is a safety report
  /// The bits of attributes, by key; those that the codebook lacks are left
  /// out.
  [[nodiscard]] Attributes bits(
      std::initializer_list<std::string_view> keys) const;
  [[nodiscard]] Attributes group(std::string_view name) const;
  [[nodiscard]] bool has(Index i, Attributes any) const;
  /// Incident `k`'s messages by its reporter within three minutes.
  [[nodiscard]] std::vector<Index> report_of(const Incident& incident) const;

  /// A finding at a message, with the whole of it as evidence.
  [[nodiscard]] Finding finding(Index i) const;
  [[nodiscard]] Evidence whole(Index i) const;
  /// Where the text shows one of these attributes; the whole text when a label
  /// from elsewhere says so and no word does.
  [[nodiscard]] Evidence trace(Index i, Attributes any) const;
  /// Where the text meets one of the audit's own lists that the rule names.
  [[nodiscard]] std::optional<Evidence> own_words(Index i,
                                                  std::string_view list) const;
  /// Where it meets one of these lists of the codebook.
  [[nodiscard]] std::optional<Evidence> codebook_words(
      Index i, std::span<const std::string> lists) const;

  /// A message that runs the group in this way: a sub-type of moderation.
  [[nodiscard]] bool moderates(Index i, std::string_view subtype) const;

 private:
  struct Hit {
    std::string_view list{};
    Evidence where{};
  };
  const Analysis& analysis_;
  const Ruleset& ruleset_;
  const Codebook& codebook_;
  parsing::DaySpan days_{};
  std::int64_t begin_{};
  std::int64_t end_{};
  bool words_{};
  std::map<Index, std::vector<Hit>> hits_{};  ///< of the audit's own lists
};

/// Collects what a rule saw: every opportunity once, with or without a finding.
class Tally {
 public:
  Tally(const Scene& scene, RuleResult& result);
  void pass(Index at);
  /// `detail` is a key of `RuleText::details`, or empty.
  void find(Index at, std::vector<Evidence> evidence,
            std::optional<double> confidence, std::string_view detail = {});

 private:
  MonthShare& month(Index at);
  const Scene& scene_;
  RuleResult& result_;
};

using Look = void (*)(const Scene&, Tally&);
/// Rules over reports, over single messages, and over running the group.
struct Entry {
  std::string_view rule{};
  Look look{};
  bool words{};  ///< it needs the texts
};
/// What looks for a rule.
[[nodiscard]] Entry entry_of(std::string_view rule);
[[nodiscard]] std::span<const Entry> report_rules();
[[nodiscard]] std::span<const Entry> message_rules();
[[nodiscard]] std::span<const Entry> running_rules();

/// A report that counts among those of residents: its root is no message of
/// police or municipality.
[[nodiscard]] bool by_resident(const Scene& scene, const Incident& incident);
/// A report of something that is happening now.
[[nodiscard]] bool urgent(const Scene& scene, const Incident& incident);
/// Where and what are told, and one thing more, in the first message.
[[nodiscard]] bool complete(const Scene& scene, const Incident& incident);
/// Old enough that an outcome could have been told within `seconds`.
[[nodiscard]] bool ripe(const Scene& scene, const Incident& incident,
                        std::int64_t seconds);
[[nodiscard]] bool closed_within(const Scene& scene, const Incident& incident,
                                 std::int64_t seconds);

/// First days of the calendar months from one day to another.
[[nodiscard]] std::vector<LocalDay> months_between(LocalDay first,
                                                   LocalDay last);
[[nodiscard]] LocalDay month_of(LocalDay day);

}  // namespace etherpeil::rules
