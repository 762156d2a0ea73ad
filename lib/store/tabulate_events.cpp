/// Incidents, who came and went, and every message by a person.
#include <algorithm>
#include <map>

#include "privacy/identity.hpp"
#include "store/tabulator.hpp"
#include "text/times.hpp"

namespace etherpeil::tables {
namespace {

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
  constexpr std::chrono::days window{90};
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

}  // namespace

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

void Tabulator::list_moves() {
  const std::vector<Writer> writers = writers_of(chat_);
  std::vector<LocalDay> founded;  // a copy of the group makes it anew
  for (const Message& message : chat_.messages) {
    if (message.event == SystemEvent::group_created)
      founded.push_back(day_of(message.time()));
  }
  // Founders are no newcomers.
  const auto founder = [&founded](const Message& message) {
    return std::find(founded.begin(), founded.end(), day_of(message.time())) !=
           founded.end();
  };
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
    if (joins && !names.empty() && !founder(message)) {
      row.wrote =
          std::min(count_writers(writers, names, message.time()), row.people);
    }
    rows_.moves.push_back({.line = lines_[i], .row = row});
  }
}

void Tabulator::list_messages() {
  std::map<std::chrono::year_month, Segment> months;
  LocalDay last_day = LocalDay::min();
  Segment* segment_of_day = nullptr;
  for (std::size_t i = 0; i < chat_.messages.size(); ++i) {
    if (day_[i] == outside) continue;
    const Message& message = chat_.messages[i];
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

}  // namespace etherpeil::tables
