#include "store/tabulate.hpp"

#include <algorithm>

#include "etherpeil/error.hpp"
#include "privacy/identity.hpp"
#include "store/tabulator.hpp"

namespace etherpeil::tables {
namespace {

void check(const Analysis& analysis) {
  const std::size_t n = analysis.chat.messages.size();
  const auto refuse = [&analysis](const std::string& why) {
    throw Error{Errc::argument, analysis.chat.source + ": " + why};
  };
  if (n == 0)
    refuse("the analysis holds no messages; give an export with messages");
  if (analysis.sha256.empty())
    refuse("the analysis has no SHA-256; make it with Analyser");
  if (analysis.labels.size() != n ||
      analysis.incidents.of_message.size() != n ||
      (!analysis.roles.empty() && analysis.roles.size() != n)) {
    refuse(
        "labels, incidents or roles do not fit the messages; make them with "
        "Analyser");
  }
  for (const Label& label : analysis.labels) {
    if (label.code != not_coded && label.code >= analysis.codes.labels.size()) {
      refuse("a label is not in the codebook; use the codes that gave it");
    }
  }
  for (const Incident& incident : analysis.incidents.list) {
    if (incident.root >= n || !analysis.chat.messages[incident.root].human() ||
        analysis.labels[incident.root].code == not_coded) {
      refuse(
          "an incident starts at a message without a label; make incidents "
          "with Analyser");
    }
  }
}

}  // namespace

Tabulator::Tabulator(const Analysis& analysis, const Pseudonymiser& pseudonyms,
                     const std::vector<Consent::Wish>& wishes, LocalDay from)
    : analysis_(analysis), chat_(analysis.chat) {
  const auto runs = parsing::day_runs(chat_.messages);
  const parsing::DaySpan believed = parsing::believed_days(runs);
  // One day at least.
  const auto covered = parsing::whole_days(runs).value_or(
      parsing::DaySpan{believed.last, believed.last});
  rows_.coverage = {.first = std::max(covered.first, from),
                    .last = covered.last};
  describe_file(believed);
  number_lines();
  number_days();
  name_people(pseudonyms, wishes);
  mark_days(pseudonyms);
}

Rows Tabulator::run() && {
  count_days();
  count_people();
  list_incidents();
  list_moves();
  list_messages();
  list_remarks();
  return std::move(rows_);
}

/// All at once: `Chat::line` looks through up to 64 records.
void Tabulator::number_lines() {
  lines_.reserve(chat_.messages.size());
  std::uint64_t line = 0;
  for (Index i = 0; i < chat_.messages.size(); ++i) {
    if (i % 64 == 0) line = chat_.line_marks[i / 64];
    lines_.push_back(line);
    if (!chat_.messages[i].has(Message::multiline)) {
      ++line;
      continue;
    }
    const std::string_view raw = chat_.raw(i);
    line +=
        static_cast<std::uint64_t>(std::count(raw.begin(), raw.end(), '\n'));
  }
}

void Tabulator::number_days() {
  day_.reserve(chat_.messages.size());
  for (const Message& message : chat_.messages) {
    day_.push_back(
        message.human() && covers(message)
            ? static_cast<Index>(
                  (day_of(message.time()) - rows_.coverage.first).count())
            : outside);
  }
}

/// Two spellings of one name, or of one phone number, are one person.
void Tabulator::name_people(const Pseudonymiser& pseudonyms,
                            const std::vector<Consent::Wish>& wishes) {
  check_dropped(wishes);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < chat_.authors.size(); ++i) {
    const bool silent = !wishes.empty() && wishes[i] != Consent::Wish::none;
    names.push_back(
        silent ? std::string{nobody}
               : pseudonyms.person(privacy::shown_name(chat_.authors[i])));
  }
  rows_.people = names;
  std::sort(rows_.people.begin(), rows_.people.end());
  rows_.people.erase(std::unique(rows_.people.begin(), rows_.people.end()),
                     rows_.people.end());
  for (const std::string& name : names) {
    const auto it =
        std::lower_bound(rows_.people.begin(), rows_.people.end(), name);
    person_of_author_.push_back(static_cast<Index>(it - rows_.people.begin()));
  }
}

void Tabulator::check_dropped(const std::vector<Consent::Wish>& wishes) const {
  if (wishes.empty()) return;
  for (const Message& message : chat_.messages) {
    if (!message.human() || wishes[message.author] != Consent::Wish::drop)
      continue;
    if (message.text_length == 0 && message.kind == Kind::empty) continue;
    throw Error{Errc::argument,
                chat_.source +
                    ": holds words of somebody who is not to be read; take "
                    "them out with Consent::apply before it is analysed"};
  }
}

Role Tabulator::role_of(std::size_t message) const {
  const Index person = person_of_author_[chat_.messages[message].author];
  return analysis_.roles.empty() || rows_.people[person] == nobody
             ? Role::unknown
             : analysis_.roles[message];
}

/// Its first and last time are those of the days that are believed: how long an
/// incident could be followed counts to the last one.
void Tabulator::describe_file(const parsing::DaySpan& believed) {
  LocalTime first = LocalTime::max();
  LocalTime last = LocalTime::min();
  for (const Message& message : chat_.messages) {
    if (!believed.holds(day_of(message.time()))) continue;
    first = std::min(first, message.time());
    last = std::max(last, message.time());
  }
  const auto human =
      std::count_if(chat_.messages.begin(), chat_.messages.end(),
                    [](const Message& message) { return message.human(); });
  rows_.file = {.sha256 = analysis_.sha256,
                .bytes = analysis_.text_bytes,
                .records = chat_.messages.size(),
                .human = static_cast<std::uint64_t>(human),
                .format = chat_.format,
                .first = first,
                .last = last,
                .provenance = analysis_.provenance};
  rows_.from_start = chat_.extent.from_start;
  for (const Silence& silence : chat_.extent.silences) {
    const LocalDay day = day_of(silence.after);
    if (day >= rows_.coverage.first && day <= rows_.coverage.last)
      rows_.silences.push_back(silence);
  }
}

/// Without their sentences: a code and a place say enough and hold no text.
void Tabulator::list_remarks() {
  for (const Diagnostic& diagnostic : analysis_.diagnostics) {
    const auto same =
        std::find_if(rows_.remarks.begin(), rows_.remarks.end(),
                     [&diagnostic](const Remark& remark) {
                       return remark.code == diagnostic.code &&
                              remark.severity == diagnostic.severity;
                     });
    if (same == rows_.remarks.end()) {
      rows_.remarks.push_back({.code = diagnostic.code,
                               .severity = diagnostic.severity,
                               .times = 1,
                               .first_line = diagnostic.line});
    } else {
      ++same->times;
      same->first_line = std::min(same->first_line, diagnostic.line);
    }
  }
}

Rows tabulate(const Analysis& analysis, const Pseudonymiser& pseudonyms,
              const std::vector<Consent::Wish>& wishes, LocalDay from) {
  check(analysis);
  return Tabulator{analysis, pseudonyms, wishes, from}.run();
}

}  // namespace etherpeil::tables
