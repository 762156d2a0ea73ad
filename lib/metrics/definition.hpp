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
  std::optional<Window> without{};   ///< it did not, and would have been seen
  std::optional<Window> observed{};  ///< either: whether it did is known
};

enum class People : std::uint8_t { members, senders, reporters };

/// A number of something in a group and period.
struct Count {
  enum class Kind : std::uint8_t {
    none,       ///< of a definition without this part
    messages,   ///< with a label
    attribute,  ///< messages with an attribute
    roles,      ///< messages by people with a role
    reports,    ///< incidents
    events,     ///< people who joined or left
    days,
    silent_days,
    member_days,
    people
  };
  Kind kind{Kind::none};
  std::vector<std::string> labels{};  ///< empty: all
  bool night{};                       ///< messages of 22:00-07:59 only
  bool outside{};                     ///< messages outside incidents only
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

struct Definition {
  MetricDefinition face{};
  Count numerator{};    ///< rate, share, ratio; of a mean or median: incidents
  Count denominator{};  ///< rate (an exposure), share, ratio
  double scale{1};      ///< value = scale * numerator / denominator
  Event event{Event::reply};      ///< median: until this
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
/// True when the number of members enters.
[[nodiscard]] bool uses_members(const Definition& definition);

}  // namespace etherpeil::metric
