#include "store/message_rows.hpp"

#include <algorithm>

#include "etherpeil/error.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Database;
using sqlite::Statement;

LocalDay day_of_time(LocalTime time) {
  return std::chrono::floor<std::chrono::days>(time);
}

/// The number of each message, and of the message on each line.
struct Numbers {
  std::vector<MessageId> ids{};
  std::vector<std::uint64_t> lines{};  ///< rises within a segment

  [[nodiscard]] std::optional<MessageId> at_line(std::uint64_t line) const {
    const auto it = std::lower_bound(
        order.begin(), order.end(), line,
        [this](std::size_t at, std::uint64_t l) { return lines[at] < l; });
    if (line == 0 || it == order.end() || lines[*it] != line)
      return std::nullopt;
    return ids[*it];
  }
  std::vector<std::size_t> order{};  ///< positions by line
};

Numbers number(Index group, const std::vector<Segment>& segments) {
  Numbers numbers;
  Numbering numbering{group};
  for (const Segment& segment : segments) {
    for (const SegmentMessage& one : segment.messages) {
      numbers.ids.push_back(numbering.next(day_of_time(one.time)));
      numbers.lines.push_back(one.line);
    }
  }
  numbers.order.resize(numbers.ids.size());
  for (std::size_t i = 0; i < numbers.order.size(); ++i) numbers.order[i] = i;
  // In order already, unless a clock went back over the turn of a month.
  const auto earlier = [&numbers](std::size_t a, std::size_t b) {
    return numbers.lines[a] < numbers.lines[b];
  };
  if (!std::is_sorted(numbers.order.begin(), numbers.order.end(), earlier))
    std::sort(numbers.order.begin(), numbers.order.end(), earlier);
  return numbers;
}

std::vector<Segment> segments_of(std::vector<StoredSegment> stored) {
  std::vector<Segment> segments;
  segments.reserve(stored.size());
  for (StoredSegment& one : stored) segments.push_back(std::move(one.segment));
  return segments;
}

}  // namespace

std::vector<StoredSegment> read_segments(const Database& database, Index group,
                                         std::string_view file_first_day) {
  const auto labels =
      static_cast<std::size_t>(database.integer("SELECT count(*) FROM label"));
  const auto attributes = static_cast<std::size_t>(
      database.integer("SELECT count(*) FROM attribute"));
  Statement row{database,
                "SELECT group_id, file_first_day, month, messages, people, "
                "columns FROM segment WHERE group_id = ?1 AND (?2 = '' OR "
                "file_first_day = ?2) ORDER BY file_first_day, month"};
  row.bind(group, file_first_day);
  std::vector<StoredSegment> list;
  while (row.next()) {
    StoredSegment one{.group = row.integer(0),
                      .file_first_day = std::string{row.text(1)},
                      .segment = {.month = std::string{row.text(2)},
                                  .people = split_people(row.text(4))}};
    auto messages =
        decode(row.blob(5), static_cast<std::size_t>(row.integer(3)),
               one.segment.people.size(), labels, attributes);
    if (!messages) {
      throw Error{Errc::store, database.path() +
                                   ": is damaged; restore a copy or make the "
                                   "study again"};
    }
    one.segment.messages = std::move(*messages);
    list.push_back(std::move(one));
  }
  return list;
}

std::vector<FilePlace> files_of(const Database& database,
                                std::string_view pseudonym) {
  std::vector<FilePlace> files;
  Statement row{database,
                "SELECT DISTINCT group_id, file_first_day FROM segment WHERE "
                "instr(people, ?) > 0 ORDER BY 1, 2"};
  row.bind(pseudonym);
  while (row.next()) {
    files.push_back({.group = static_cast<Index>(row.integer(0)),
                     .first_day = std::string{row.text(1)}});
  }
  return files;
}

std::vector<MessageId> messages_of(const Database& database,
                                   const FilePlace& file,
                                   std::string_view pseudonym) {
  std::vector<MessageId> ids;
  Numbering numbering{file.group};
  for (const StoredSegment& one :
       read_segments(database, file.group, file.first_day)) {
    for (const SegmentMessage& message : one.segment.messages) {
      const MessageId id = numbering.next(day_of_time(message.time));
      if (one.segment.people[message.person] == pseudonym) ids.push_back(id);
    }
  }
  return ids;
}

void write_message_rows(const Database& database, Index group,
                        const std::vector<Segment>& segments) {
  const Numbers numbers = number(group, segments);
  std::size_t at = 0;
  std::size_t month = 0;
  std::size_t place = 0;
  database.insert("message", 11, [&](std::vector<sqlite::Cell>& row) {
    while (month < segments.size() &&
           place == segments[month].messages.size()) {
      ++month;
      place = 0;
    }
    if (month == segments.size()) return false;
    const SegmentMessage& one = segments[month].messages[place++];
    const auto number = [](auto value) {
      return static_cast<std::int64_t>(value);
    };
    row[0] = numbers.ids[at++];
    row[1] = number(one.time.time_since_epoch().count());
    row[2] = number(one.line);
    row[3] = std::string_view{segments[month].people[one.person]};
    row[4] = number(one.role);
    row[5] = number(one.kind);
    row[6] = number(one.media);
    row[7] = std::monostate{};
    if (one.label != not_coded) row[7] = number(one.label);
    row[8] = number(one.attributes);
    row[9] = std::monostate{};
    if (const auto root = numbers.at_line(one.root_line)) row[9] = *root;
    row[10] = number(one.flags);
    return true;
  });
}

void fill_message_rows(const Database& database) {
  std::vector<FilePlace> files;
  {
    Statement row{database,
                  "SELECT group_id, first_day FROM export_file ORDER BY 1, 2"};
    while (row.next()) {
      files.push_back({.group = static_cast<Index>(row.integer(0)),
                       .first_day = std::string{row.text(1)}});
    }
  }
  for (const FilePlace& file : files) {
    write_message_rows(
        database, file.group,
        segments_of(read_segments(database, file.group, file.first_day)));
  }
}

std::vector<std::optional<MessageId>> message_ids(const Chat& chat, Index group,
                                                  const Coverage& coverage) {
  std::vector<std::optional<MessageId>> ids(chat.messages.size());
  Numbering numbering{group};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Message& message = chat.messages[i];
    const LocalDay day = std::chrono::floor<std::chrono::days>(message.time());
    if (message.human() && coverage.first <= day && day <= coverage.last)
      ids[i] = numbering.next(day);
  }
  return ids;
}

}  // namespace etherpeil::tables
