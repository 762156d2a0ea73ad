#include "store/tabulate.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "etherpeil/error.hpp"
#include "merge/items.hpp"
#include "parse/days.hpp"
#include "privacy/identity.hpp"
#include "store/message_rows.hpp"
#include "text/times.hpp"

namespace etherpeil::tables {
namespace {

using std::chrono::days;

LocalDay day_of(LocalTime time) { return std::chrono::floor<days>(time); }

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

/// Writes the rows of one analysis, part by part.
class Tabulator {
 public:
  Tabulator(const Analysis& analysis, const Pseudonymiser& pseudonyms,
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
    name_people(pseudonyms, wishes);
    mark_days(pseudonyms);
  }

  Rows run() && {
    count_days();
    count_people();
    list_incidents();
    list_moves();
    list_messages();
    list_remarks();
    return std::move(rows_);
  }

 private:
  [[nodiscard]] bool covers(const Message& message) const {
    const LocalDay day = day_of(message.time());
    return rows_.coverage.first <= day && day <= rows_.coverage.last;
  }
  [[nodiscard]] std::size_t day_number(const Message& message) const {
    return static_cast<std::size_t>(
        (day_of(message.time()) - rows_.coverage.first).count());
  }
  [[nodiscard]] std::size_t day_total() const {
    return static_cast<std::size_t>(
               (rows_.coverage.last - rows_.coverage.first).count()) +
           1;
  }
  [[nodiscard]] LocalDay day_at(std::size_t number) const {
    return rows_.coverage.first + days{static_cast<int>(number)};
  }

  void number_lines();
  void name_people(const Pseudonymiser& pseudonyms,
                   const std::vector<Consent::Wish>& wishes);
  void check_dropped(const std::vector<Consent::Wish>& wishes) const;
  [[nodiscard]] Role role_of(std::size_t message) const;
  void mark_days(const Pseudonymiser& pseudonyms);
  void describe_file(const parsing::DaySpan& believed);
  void count_days();
  void count_people();
  void list_incidents();
  void list_moves();
  void list_messages();
  void list_remarks();

  const Analysis& analysis_;
  const Chat& chat_;
  Rows rows_;
  std::vector<std::uint64_t> lines_;  ///< of each message
  std::vector<Index> person_of_author_;
};

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

/// Without times, names and notices, which a later export of the same phone may
/// show in another way.
void Tabulator::mark_days(const Pseudonymiser& pseudonyms) {
  std::vector<std::string> words(day_total());
  std::string one;
  for (Index i = 0; i < chat_.messages.size(); ++i) {
    const Message& message = chat_.messages[i];
    if (!message.human() || !covers(message)) continue;
    merging::normalise(chat_.text(i), one);
    if (!one.empty()) words[day_number(message)].append(one).append("\n");
  }
  for (const std::string& day : words) {
    rows_.fingerprints.push_back(
        day.empty() ? std::nullopt
                    : std::optional{pseudonyms.fingerprint(day)});
  }
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

void Tabulator::count_days() {
  const std::size_t labels = analysis_.codes.labels.size();
  const std::size_t attributes = analysis_.codes.attributes.size();
  std::vector<DayCount> counts(day_total() * labels);
  std::vector<std::uint32_t> marks(day_total() * attributes);
  for (std::size_t i = 0; i < chat_.messages.size(); ++i) {
    const Message& message = chat_.messages[i];
    const Label& label = analysis_.labels[i];
    if (label.code == not_coded || !message.human() || !covers(message))
      continue;
    const std::size_t day = day_number(message);
    DayCount& count = counts[day * labels + label.code];
    ++count.messages;
    const bool night = text::is_night(message.time());
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
    const Message& message = chat_.messages[i];
    if (!message.human() || !covers(message)) continue;
    const LocalDay day = day_of(message.time());
    if (start < rows.size() && rows[start].day != day) {
      std::fill(place.begin(), place.end(), nowhere);
      start = rows.size();
    }
    const Index person = person_of_author_[message.author];
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

void Tabulator::list_incidents() {
  for (const Incident& incident : analysis_.incidents.list) {
    const Message& root = chat_.messages[incident.root];
    if (!covers(root)) continue;
    // A clock that is put back (the night of winter time) would give less than
    // no time.
    const auto since = [&root](LocalTime time) {
      return std::max<std::int64_t>((time - root.time()).count(), 0);
    };
    const auto until =
        [&](std::optional<Index> message) -> std::optional<std::int64_t> {
      if (!message) return std::nullopt;
      return since(chat_.messages[*message].time());
    };
    rows_.incidents.push_back(
        {.line = lines_[incident.root],
         .time = root.time(),
         .label = analysis_.labels[incident.root].code,
         .reporter = person_of_author_[root.author],
         .messages = static_cast<std::uint32_t>(incident.messages.size()),
         .participants = incident.participants,
         .slots = incident.slots,
         .root_attributes = incident.root_attributes,
         .attributes = incident.attributes,
         .reply = until(incident.reply),
         .substantive = until(incident.substantive),
         .professional = until(incident.professional),
         .outcome = until(incident.outcome),
         .followed = since(incident.followed_until),
         .until_end = since(rows_.file.last),
         .uncertain = incident.uncertain});
  }
}

/// A person of a chat as system lines name them, with the times of writing.
struct Writer {
  std::string identity{};
  std::vector<LocalTime> times{};
};

/// One for each author. System lines show an unsaved contact without "~".
std::vector<Writer> writers_of(const Chat& chat) {
  std::vector<Writer> writers;
  for (const Author& author : chat.authors)
    writers.push_back({.identity = privacy::identity(author.name)});
  for (const Message& message : chat.messages) {
    if (message.human())
      writers[message.author].times.push_back(message.time());
  }
  return writers;
}

/// How many of `names` wrote within 90 days of `start`.
std::uint32_t count_writers(const std::vector<Writer>& writers,
                            const std::vector<std::string>& names,
                            LocalTime start) {
  constexpr days window{90};
  std::uint32_t sum = 0;
  for (const std::string& name : names) {
    const std::string identity = privacy::identity(name);
    sum +=
        std::any_of(writers.begin(), writers.end(), [&](const Writer& writer) {
          return writer.identity == identity &&
                 std::any_of(writer.times.begin(), writer.times.end(),
                             [&](LocalTime time) {
                               return time >= start && time <= start + window;
                             });
        });
  }
  return sum;
}

void Tabulator::list_moves() {
  const std::vector<Writer> writers = writers_of(chat_);
  for (Index i = 0; i < chat_.messages.size(); ++i) {
    const Message& message = chat_.messages[i];
    const bool joins = message.event == SystemEvent::member_added ||
                       message.event == SystemEvent::member_joined;
    const bool leaves = message.event == SystemEvent::member_removed ||
                        message.event == SystemEvent::member_left;
    if ((!joins && !leaves) || !covers(message)) continue;
    std::vector<std::string> names = chat_.names(i, Mention::Role::target);
    MembershipRow row{.time = message.time(),
                      .event = message.event,
                      .people = static_cast<std::uint32_t>(
                          std::max<std::size_t>(names.size(), 1)),
                      .until_end = std::max<std::int64_t>(
                          (rows_.file.last - message.time()).count(), 0)};
    if (message.event == SystemEvent::member_joined)
      names = chat_.names(i, Mention::Role::actor);
    if (joins && !names.empty()) {
      row.wrote =
          std::min(count_writers(writers, names, message.time()), row.people);
    }
    rows_.moves.push_back({.line = lines_[i], .row = row});
  }
}

/// What a message was and what the steps found in it, as bits of `Messages`.
std::uint16_t flags_of(const Analysis& analysis, std::size_t i) {
  const Message& message = analysis.chat.messages[i];
  const Label& label = analysis.labels[i];
  const auto incident = analysis.incidents.of_message[i];
  std::uint16_t flags = 0;
  const auto set = [&flags](std::uint16_t flag, bool holds) {
    if (holds) flags = static_cast<std::uint16_t>(flags | flag);
  };
  set(Messages::abstained, label.abstain);
  set(Messages::in_incident, incident.has_value());
  if (incident && label.code != not_coded) {
    const Index root = analysis.incidents.list[*incident].root;
    const bool reports =
        !label.abstain &&
        analysis.codes.labels[label.code].function == Function::report;
    set(Messages::root, root == i);
    set(Messages::repeats,
        reports && message.author != analysis.chat.messages[root].author);
  }
  set(Messages::edited, message.has(Message::edited));
  set(Messages::multiline, message.has(Message::multiline));
  set(Messages::minute, message.has(Message::minute));
  set(Messages::omitted, message.has(Message::omitted));
  set(Messages::guessed, message.has(Message::guessed));
  return flags;
}

void Tabulator::list_messages() {
  std::map<std::chrono::year_month, Segment> months;
  LocalDay last_day = LocalDay::min();
  Segment* segment_of_day = nullptr;
  for (std::size_t i = 0; i < chat_.messages.size(); ++i) {
    const Message& message = chat_.messages[i];
    if (!message.human() || !covers(message)) continue;
    const Label& label = analysis_.labels[i];
    const auto incident = analysis_.incidents.of_message[i];
    if (const LocalDay day = day_of(message.time()); day != last_day) {
      const std::chrono::year_month_day date{day};
      last_day = day;
      segment_of_day = &months[date.year() / date.month()];
    }
    segment_of_day->messages.push_back(
        {.line = lines_[i],
         .time = message.time(),
         .person = person_of_author_[message.author],
         .role = role_of(i),
         .kind = message.kind,
         .media = message.media,
         .label = label.code,
         .attributes = label.attributes,
         .root_line =
             incident ? lines_[analysis_.incidents.list[*incident].root] : 0,
         .flags = flags_of(analysis_, i)});
  }
  for (auto& [month, segment] : months) {
    segment.month = text::iso(LocalDay{month / 1}).substr(0, 7);
    // From the people of the file to those of the month.
    std::vector<Index> number(rows_.people.size());
    for (const SegmentMessage& one : segment.messages) number[one.person] = 1;
    for (std::size_t person = 0; person < number.size(); ++person) {
      if (number[person] == 0) continue;
      number[person] = static_cast<Index>(segment.people.size());
      segment.people.push_back(rows_.people[person]);
    }
    for (SegmentMessage& one : segment.messages)
      one.person = number[one.person];
    rows_.segments.push_back(std::move(segment));
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

}  // namespace

Rows tabulate(const Analysis& analysis, const Pseudonymiser& pseudonyms,
              const std::vector<Consent::Wish>& wishes, LocalDay from) {
  check(analysis);
  return Tabulator{analysis, pseudonyms, wishes, from}.run();
}

std::vector<std::optional<MessageId>> message_ids(const Chat& chat, Index group,
                                                  const Coverage& coverage) {
  std::vector<std::optional<MessageId>> ids(chat.messages.size());
  Numbering numbering{group};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Message& message = chat.messages[i];
    const LocalDay day = day_of(message.time());
    if (message.human() && coverage.first <= day && day <= coverage.last)
      ids[i] = numbering.next(day);
  }
  return ids;
}

}  // namespace etherpeil::tables
