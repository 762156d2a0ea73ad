#include "store/succession.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "etherpeil/error.hpp"
#include "etherpeil/incidents.hpp"
#include "store/rows.hpp"
#include "text/times.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Database;
using sqlite::Statement;
using text::iso;

/// What an export shows of its last reports is cut off by its end: an outcome
/// may come for so long (`IncidentOptions::outcome_window`).
constexpr std::chrono::days unfinished =
    std::chrono::ceil<std::chrono::days>(IncidentOptions{}.outcome_window);

/// An export in the database, and what it shares with the one that comes.
struct Earlier {
  std::string first_day{};
  LocalDay first{};
  LocalDay last{};
  std::tuple<std::int64_t, std::string, std::string> rank{};
  LocalDay from{};  ///< of the days that both cover
  LocalDay to{};
};

std::vector<Earlier> overlapping(const Database& database, Index group,
                                 const Coverage& coverage) {
  Statement row{database,
                "SELECT first_day, last_day, human_records, last_time, sha256 "
                "FROM export_file WHERE group_id = ? AND first_day <= ? AND "
                "last_day >= ? ORDER BY first_day"};
  row.bind(group, iso(coverage.last), iso(coverage.first));
  std::vector<Earlier> list;
  while (row.next()) {
    Earlier one{.first_day = std::string{row.text(0)},
                .first = read_day(database, row.text(0)),
                .last = read_day(database, row.text(1)),
                .rank = {row.integer(2), std::string{row.text(3)},
                         std::string{row.text(4)}}};
    one.from = std::max(one.first, coverage.first);
    one.to = std::min(one.last, coverage.last);
    list.push_back(std::move(one));
  }
  return list;
}

/// The days that both cover, compared.
class Comparison {
 public:
  Comparison(const Database& database, Index group, const Rows& rows,
             const Earlier& earlier)
      : database_(database), group_(group), rows_(rows), earlier_(earlier) {
    compare_people();
    compare_words();
  }
  /// Half of the days with words have the same words on both sides: edits and
  /// deletions touch some days, another group or phone most.
  [[nodiscard]] bool same_words() const { return 2 * equal_ >= days_; }
  [[nodiscard]] bool theirs_is_complete() const {
    return theirs_ * 50 >= ours_ * 49;
  }
  [[nodiscard]] bool ours_is_complete() const {
    return ours_ * 50 >= theirs_ * 49;
  }
  /// Most messages are by people of the same name on both sides.
  [[nodiscard]] bool same_names() const { return known_ * 5 >= theirs_ * 4; }

 private:
  /// Messages per person on a day.
  using People = std::map<std::string, std::int64_t, std::less<>>;

  void compare_words() {
    Statement row{database_,
                  "SELECT day, fingerprint FROM observed_day "
                  "WHERE group_id = ? AND day BETWEEN ? AND ?"};
    row.bind(group_, iso(earlier_.from), iso(earlier_.to));
    while (row.next()) {
      const LocalDay day = read_day(database_, row.text(0));
      const auto theirs = row.maybe_integer(1);
      const auto& ours = rows_.fingerprints[static_cast<std::size_t>(
          (day - rows_.coverage.first).count())];
      const bool same = theirs == ours || same_people(day);
      if (!theirs && !ours) continue;
      ++days_;
      if (same) ++equal_;
    }
  }
  void compare_people() {
    for (const PersonDay& one : rows_.person_days) {
      if (one.day < earlier_.from || one.day > earlier_.to) continue;
      ours_ += one.messages;
      our_days_[one.day][rows_.people[one.person]] += one.messages;
      people_.insert(rows_.people[one.person]);
    }
    Statement row{database_,
                  "SELECT day, pseudonym, messages FROM member_day "
                  "WHERE group_id = ? AND day BETWEEN ? AND ?"};
    row.bind(group_, iso(earlier_.from), iso(earlier_.to));
    while (row.next()) {
      const std::string person{row.text(1)};
      their_days_[read_day(database_, row.text(0))][person] += row.integer(2);
      theirs_ += row.integer(2);
      if (person == nobody || people_.count(person) > 0)
        known_ += row.integer(2);
    }
  }
  /// The words of a day differ when somebody on it may no longer be read, or
  /// may again. Then who wrote how much tells: equal for all who have a name on
  /// both sides, and equal in sum.
  [[nodiscard]] bool same_people(LocalDay day) const {
    const auto ours = our_days_.find(day);
    const auto theirs = their_days_.find(day);
    if (ours == our_days_.end() || theirs == their_days_.end()) return false;
    const auto has_nobody = [](const People& people) {
      return people.find(nobody) != people.end();
    };
    if (!has_nobody(ours->second) && !has_nobody(theirs->second)) return false;
    std::int64_t difference = 0;
    for (const auto& [person, messages] : ours->second) difference += messages;
    for (const auto& [person, messages] : theirs->second) {
      difference -= messages;
      const auto same = ours->second.find(person);
      if (person != nobody && same != ours->second.end() &&
          same->second != messages) {
        return false;
      }
    }
    return difference == 0;
  }

  const Database& database_;
  Index group_;
  const Rows& rows_;
  const Earlier& earlier_;
  std::set<std::string> people_;  ///< of ours
  std::map<LocalDay, People> our_days_;
  std::map<LocalDay, People> their_days_;
  std::int64_t days_{};
  std::int64_t equal_{};
  std::int64_t ours_{};
  std::int64_t theirs_{};
  std::int64_t known_{};  ///< of theirs
};

/// Messages per person on the days that both cover.
using Written = std::map<std::string, std::map<LocalDay, std::int64_t>>;

Written theirs_of(const Database& database, Index group,
                  const Earlier& earlier) {
  Written written;
  Statement row{database,
                "SELECT pseudonym, day, messages FROM member_day "
                "WHERE group_id = ? AND day BETWEEN ? AND ?"};
  row.bind(group, iso(earlier.from), iso(earlier.to));
  while (row.next()) {
    written[std::string{row.text(0)}][read_day(database, row.text(1))] +=
        row.integer(2);
  }
  return written;
}

Written ours_of(const Rows& rows, const Earlier& earlier) {
  Written written;
  for (const PersonDay& one : rows.person_days) {
    if (one.day < earlier.from || one.day > earlier.to) continue;
    written[rows.people[one.person]][one.day] += one.messages;
  }
  return written;
}

std::int64_t sum_of(const std::map<LocalDay, std::int64_t>& days) {
  std::int64_t sum = 0;
  for (const auto& [day, messages] : days) sum += messages;
  return sum;
}

/// How many of the messages are there on the same days.
std::int64_t shared(const std::map<LocalDay, std::int64_t>& days,
                    const std::map<LocalDay, std::int64_t>& in) {
  std::int64_t sum = 0;
  for (const auto& [day, messages] : days) {
    const auto there = in.find(day);
    if (there != in.end()) sum += std::min(messages, there->second);
  }
  return sum;
}

/// Nine of ten: days of two phones may differ by a clock.
bool fits(std::int64_t part, std::int64_t whole) {
  return whole > 0 && part * 10 >= whole * 9;
}

bool group_knows(const Database& database, Index group,
                 const std::string& person) {
  Statement known{database,
                  "SELECT EXISTS (SELECT 1 FROM member_day WHERE group_id = ? "
                  "AND pseudonym = ?)"};
  known.bind(group, person);
  return known.next() && known.integer(0) != 0;
}

/// Somebody whom the group does not know may be an erased person, or a contact
/// with a new name. The erased one wrote what is nobody's now, day by day; of a
/// contact the old name is gone from the new export. What nobody wrote is given
/// out once, to who wrote most of it first, so that no more become nobody than
/// were erased.
void find_erased(const Database& database, Index group, const Rows& rows,
                 const Earlier& earlier, Succession& plan) {
  Written theirs = theirs_of(database, group, earlier);
  const Written ours = ours_of(rows, earlier);
  const std::string no_one{nobody};
  auto left = theirs[no_one];
  // Who is on the list of consent is nobody in the new export as well.
  if (const auto masked = ours.find(no_one); masked != ours.end()) {
    for (const auto& [day, messages] : masked->second)
      left[day] = std::max<std::int64_t>(left[day] - messages, 0);
  }
  std::vector<std::pair<std::string, std::map<LocalDay, std::int64_t>>> unknown;
  for (const auto& [person, days] : ours) {
    if (person == no_one || group_knows(database, group, person)) continue;
    if (std::find(plan.erased.begin(), plan.erased.end(), person) ==
        plan.erased.end())
      unknown.emplace_back(person, days);
  }
  std::stable_sort(unknown.begin(), unknown.end(),
                   [](const auto& a, const auto& b) {
                     return sum_of(a.second) > sum_of(b.second);
                   });
  const auto renamed = [&](const std::map<LocalDay, std::int64_t>& days) {
    return std::any_of(theirs.begin(), theirs.end(), [&](const auto& one) {
      return one.first != no_one && ours.find(one.first) == ours.end() &&
             fits(shared(days, one.second),
                  std::max(sum_of(days), sum_of(one.second)));
    });
  };
  std::size_t strangers = 0;
  std::vector<std::map<LocalDay, std::int64_t>> taken;
  for (const auto& [person, days] : unknown) {
    const std::int64_t whole = sum_of(days);
    const std::int64_t nobodys = shared(days, left);
    if (!fits(nobodys, whole)) {
      // Nothing tells which of two who wrote as much on the same days was
      // erased: what was promised to him comes first.
      if (std::find(taken.begin(), taken.end(), days) != taken.end()) {
        plan.erased.push_back(person);
      } else if (nobodys > 0 && !renamed(days)) {
        ++strangers;
      }
      continue;
    }
    plan.erased.push_back(person);
    taken.push_back(days);
    for (const auto& [day, messages] : days) {
      if (const auto there = left.find(day); there != left.end())
        there->second = std::max<std::int64_t>(there->second - messages, 0);
    }
  }
  // What nobody wrote is not all found again, and somebody new wrote then.
  if (strangers > 0 && sum_of(left) > 0) plan.strangers += strangers;
}

}  // namespace

Succession succession(const Database& database, Index group,
                      const std::string& group_key, const Rows& rows,
                      const std::string& name) {
  const Coverage& coverage = rows.coverage;
  const std::tuple rank{static_cast<std::int64_t>(rows.file.human),
                        iso(rows.file.last), rows.file.sha256};
  Succession plan{.from = coverage.first};
  for (const Earlier& earlier : overlapping(database, group, coverage)) {
    const Comparison both{database, group, rows, earlier};
    const auto refuse = [&](const std::string& why) {
      std::string what = name;
      what.append(": covers ").append(iso(coverage.first)).append(" to ");
      what.append(iso(coverage.last)).append(", and group ").append(group_key);
      what.append(" holds an export of ").append(iso(earlier.first));
      what.append(" to ").append(iso(earlier.last)).append(" ").append(why);
      throw Error{Errc::store,
                  what +
                      "; give import both exports at once, so that they are "
                      "merged, or this one to its own group"};
    };
    if (!both.same_words()) refuse("with other messages on the same days");
    const bool covers_it =
        coverage.first <= earlier.first && earlier.last <= coverage.last;
    const bool in_it =
        earlier.first <= coverage.first && coverage.last <= earlier.last;
    if (in_it && (!covers_it || earlier.rank > rank)) {
      if (!both.theirs_is_complete())
        refuse("that misses messages which this one has");
      plan.container = earlier.first_day;
      return plan;
    }
    if (covers_it) {
      if (!both.ours_is_complete())
        refuse("with messages that this one misses");
      plan.replaced.push_back(earlier.first_day);
    } else if (earlier.first < coverage.first) {
      if (!both.same_names()) refuse("in which people have other names");
      plan.from =
          std::max(plan.from, earlier.last + std::chrono::days{1} - unfinished);
    } else {
      refuse("that ends later");
    }
    find_erased(database, group, rows, earlier, plan);
  }
  return plan;
}

}  // namespace etherpeil::tables
