/// What is counted per day, and what the words of a day are known by.
#include <algorithm>
#include <bit>

#include "merge/items.hpp"
#include "store/known.hpp"
#include "store/tabulator.hpp"
#include "text/times.hpp"

namespace etherpeil::tables {

/// Without times, names and notices, which a later export of the same phone may
/// show in another way.
void Tabulator::mark_days(const Pseudonymiser& pseudonyms) {
  // By day, in file order: a clock that goes back brings a day again.
  std::vector<Index> next(day_total() + 1);
  for (const Index day : day_) {
    if (day != outside) ++next[day + 1];
  }
  for (std::size_t day = 1; day < next.size(); ++day)
    next[day] += next[day - 1];
  std::vector<Index> messages(next.back());
  for (Index i = 0; i < day_.size(); ++i) {
    if (day_[i] != outside) messages[next[day_[i]]++] = i;
  }
  // Now `next` is where each day ends.
  std::string words;
  std::string one;
  Reading reading;
  Index at = 0;
  for (std::size_t day = 0; day < day_total(); ++day) {
    words.clear();
    reading = {};
    for (; at < next[day]; ++at) {
      reading.add(chat_, messages[at]);
      merging::normalise(chat_.text(messages[at]), one);
      if (!one.empty()) words.append(one).append("\n");
    }
    rows_.fingerprints.push_back(
        words.empty() ? std::nullopt
                      : std::optional{pseudonyms.fingerprint(words)});
    rows_.marks.push_back(reading.mark(pseudonyms));
  }
}

void Tabulator::count_days() {
  const std::size_t labels = analysis_.codes.labels.size();
  const std::size_t attributes = analysis_.codes.attributes.size();
  std::vector<DayCount> counts(day_total() * labels);
  std::vector<std::uint32_t> marks(day_total() * attributes);
  for (std::size_t i = 0; i < chat_.messages.size(); ++i) {
    const Label& label = analysis_.labels[i];
    const std::size_t day = day_[i];
    if (day == outside || label.code == not_coded) continue;
    DayCount& count = counts[day * labels + label.code];
    ++count.messages;
    const bool night = text::is_night(chat_.messages[i].time());
    const bool in_incident = analysis_.incidents.of_message[i].has_value();
    if (night) ++count.night;
    if (in_incident) ++count.in_incident;
    if (night && in_incident) ++count.night_in_incident;
    if (label.abstain) ++count.abstained;
    for (Attributes left = label.attributes; left != 0; left &= left - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(left));
      if (bit < attributes) ++marks[day * attributes + bit];
    }
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i].messages == 0) continue;
    counts[i].day = day_at(i / labels);
    counts[i].label = static_cast<Index>(i % labels);
    rows_.days.push_back(counts[i]);
  }
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i] == 0) continue;
    rows_.attributes.push_back({.day = day_at(i / attributes),
                                .attribute = static_cast<Index>(i % attributes),
                                .messages = marks[i]});
  }
}

void Tabulator::count_people() {
  std::vector<PersonDay>& rows = rows_.person_days;
  // Where in `rows` each person stands on the day of the message before.
  constexpr std::size_t nowhere = std::size_t(-1);
  std::vector<std::size_t> place(rows_.people.size(), nowhere);
  std::size_t start = 0;
  for (std::size_t i = 0; i < chat_.messages.size(); ++i) {
    if (day_[i] == outside) continue;
    const LocalDay day = day_at(day_[i]);
    if (start < rows.size() && rows[start].day != day) {
      std::fill(place.begin(), place.end(), nowhere);
      start = rows.size();
    }
    const Index person = person_of_author_[chat_.messages[i].author];
    if (place[person] == nowhere) {
      place[person] = rows.size();
      rows.push_back({.day = day, .person = person});
    }
    PersonDay& row = rows[place[person]];
    ++row.messages;
    if (const Role role = role_of(i); role != Role::unknown) row.role = role;
  }
  // Stable: the last known role of a day is that of the last message in the
  // file, also when a clock went back and the day came twice.
  std::stable_sort(
      rows.begin(), rows.end(), [](const PersonDay& a, const PersonDay& b) {
        return a.day != b.day ? a.day < b.day : a.person < b.person;
      });
  std::size_t last = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].day != rows[last].day || rows[i].person != rows[last].person) {
      rows[++last] = rows[i];
      continue;
    }
    rows[last].messages += rows[i].messages;
    if (rows[i].role != Role::unknown) rows[last].role = rows[i].role;
  }
  if (!rows.empty()) rows.resize(last + 1);
}

}  // namespace etherpeil::tables
