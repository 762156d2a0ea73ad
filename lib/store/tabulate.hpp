#pragma once
/// From an analysis to the rows that a database keeps of it.
#include <optional>
#include <string>
#include <vector>

#include "etherpeil/store.hpp"
#include "store/segment.hpp"

namespace etherpeil::tables {

struct PersonDay {
  LocalDay day{};
  Index person{};  ///< in `Rows::people`
  Role role{Role::unknown};
  std::uint32_t messages{};
};

struct Move {
  std::uint64_t line{};
  MembershipRow row{};
};

struct Remark {
  std::string code{};
  Severity severity{};
  std::uint32_t times{};
  std::uint64_t first_line{};
};

/// Indices of groups and files are not set: the database knows them. All lists
/// are in order of their keys and hold covered days only.
struct Rows {
  FileRow file{};
  Coverage coverage{};
  /// Per covered day what its words are known by again; none without words.
  std::vector<std::optional<std::int64_t>> fingerprints{};
  /// And by what all that is read of it is; none without messages.
  std::vector<std::optional<std::int64_t>> marks{};
  std::vector<std::string> people{};  ///< pseudonyms, sorted, distinct
  std::vector<DayCount> days{};
  std::vector<DayAttribute> attributes{};
  std::vector<PersonDay> person_days{};
  std::vector<IncidentRow> incidents{};  ///< `reporter` is in `people`
  std::vector<Move> moves{};
  std::vector<Segment> segments{};  ///< by month
  std::vector<Remark> remarks{};
  std::vector<Silence> silences{};
  std::optional<bool> from_start{};
};

/// The rows of the days from `from` on. Authors with a wish are `nobody`,
/// without a role; `wishes` has one for each, or is empty.
/// @throws Error argument when the parts of the analysis do not fit each other,
/// or when the chat holds words of people who are not to be read
[[nodiscard]] Rows tabulate(const Analysis& analysis,
                            const Pseudonymiser& pseudonyms,
                            const std::vector<Consent::Wish>& wishes = {},
                            LocalDay from = LocalDay::min());

}  // namespace etherpeil::tables
