#pragma once
/// What lib/data/metrics.json says: a metric as a formula over counts.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/metrics.hpp"

namespace etherpeil::metric {

/// What may happen in an incident after its root.
enum class Event : std::uint8_t { reply, substantive, professional, outcome };

/// An event within so many seconds of the root.
struct Window {
  Event event{Event::reply};
  std::int64_t seconds{};
};

/// Which messages count; all that is set must hold.
struct MessageFilter {
  std::vector<std::string> labels{};      ///< any of these
  std::vector<std::string> attributes{};  ///< any of these
  std::vector<std::string> also{};        ///< and any of these
  std::vector<std::string> lacking{};     ///< none of these
  std::vector<Role> roles{};              ///< of the sender then, any of these
  std::vector<Kind> kinds{};              ///< any of these
  bool night{};                           ///< 22:00-07:59
  bool outside{};                         ///< in no incident
  bool inside{};                          ///< in an incident, and not its root
  bool safety{};    ///< in an incident that is a safety report
  bool doubtful{};  ///< label below the threshold
};

/// Messages that an incident must have from its root on.
struct Told {
  enum class By : std::uint8_t { anyone, reporter, others };
  std::vector<MessageFilter> messages{};  ///< any of these
  By by{By::anyone};
  std::int64_t seconds{};   ///< after the root at most; 0: in the incident
  std::uint32_t people{1};  ///< by at least so many
};

/// Which incidents count; all that is set must hold.
struct Filter {
  std::vector<std::string> labels{};           ///< of the root, any of these
  bool safety{};                               ///< the root is a safety report
  Slot slot{Slot::none};                       ///< filled by the reporter
  std::vector<std::string> root_attributes{};  ///< any of these, in the root
  std::vector<std::string> attributes{};       ///< any, in the whole incident
  std::string attribute_group{};               ///< any of it, in the incident
  std::uint32_t participants{};                ///< at least so many
  std::optional<Window> within{};              ///< it happened in time
  std::optional<Window> without{};  ///< it did not, and would have been seen
  std::int64_t observed{};  ///< seconds from the root that an export shows
  std::optional<Told> told{};
};

enum class People : std::uint8_t { members, senders, reporters };

/// A number of something in a group and period.
struct Count {
  enum class Kind : std::uint8_t {
    none,       ///< of a definition without this part
    messages,   ///< that any of some filters keeps
    days_with,  ///< days with such a message
    attribute,  ///< messages with an attribute
    roles,      ///< messages by people with a role
    reports,    ///< incidents
    events,     ///< people who joined or left
    days,
    silent_days,
    member_days,
    people,
    joins,     ///< people who joined, of whom it is known whether they wrote
    joined,    ///< of these, who wrote within 90 days
    reminded,  ///< senders who were off purpose before such a message
    repeated   ///< of these, who were so again within 30 days
  };
  Kind kind{Kind::none};
  std::vector<MessageFilter> messages{};
  std::string attribute{};
  std::vector<Role> roles{};
  Filter reports{};
  std::vector<SystemEvent> events{};
  People people{People::members};
};

/// Whose amounts the inequality is of.
struct Inequality {
  bool reports{};    ///< reports per reporter; else messages per sender
  bool members{};    ///< with a zero for each member who sent nothing
  bool top_tenth{};  ///< share of the largest tenth; else Gini
};

/// What a mean or quantile is of, per incident.
enum class Score : std::uint8_t {
  slots,       ///< filled slots, 0-6
  messages,    ///< messages of the incident
  burst,       ///< messages of the reporter in the first 3 minutes
  attributes,  ///< how many of some attributes the root has
};

/// What is looked at around days or messages rather than counted.
enum class Course : std::uint8_t {
  longest_gap,  ///< gap: longest run of days without such a message
  since_last,   ///< gap: days from the last such message to the last day
  reminders,    ///< change: off-purpose share, 14 days around such messages
  noisy_days    ///< relative: leaves after noisy days against other days
};

struct Definition {
  MetricDefinition face{};
  Count numerator{};    ///< rate, share, ratio; of a mean or median: incidents
  Count denominator{};  ///< rate (an exposure), share, ratio
  double scale{1};      ///< value = scale * numerator / denominator
  Event event{Event::reply};  ///< median: until this
  double quantile{0.5};       ///< median, quantile: which
  bool reminder{};  ///< median: from being off purpose to such a message
  Score score{Score::slots};
  std::vector<std::string> scored{};  ///< attributes that are counted
  Course course{Course::longest_gap};
  std::int64_t follow_seconds{};  ///< median: looked for so long; 0: `followed`
  Inequality inequality{};
  std::uint32_t minimum_denominator{};  ///< below it, nothing is shown
  bool reactions{};  ///< long-press reactions would have counted
};

/// The first day on which reactions could be given without a message.
struct Catalogue {
  std::vector<Definition> definitions{};  ///< in order of id
  std::vector<MetricDefinition> faces{};  ///< the same, for the public
  LocalDay reactions_change{};
};

/// @throws Error config, with `source` and JSON pointer
[[nodiscard]] Catalogue read_catalogue(std::string_view json,
                                       const std::string& source);
/// The embedded one, read once.
[[nodiscard]] const Catalogue& catalogue();
/// @throws Error argument when there is no such metric
[[nodiscard]] const Definition& find_definition(std::string_view id);

/// True when the metric depends on how messages were labelled.
[[nodiscard]] bool uses_labels(const Definition& definition);
/// True when the time of day or a duration of hours enters.
[[nodiscard]] bool uses_clock(const Definition& definition);
/// True when a longer period gives another value although nothing changed:
/// more different people come by, and amounts grow apart.
[[nodiscard]] bool grows_with_days(const Definition& definition);
/// True when the metric tells how many incidents there were.
[[nodiscard]] bool counts_reports(const Definition& definition);
/// True when the number of members enters.
[[nodiscard]] bool uses_members(const Definition& definition);

}  // namespace etherpeil::metric
