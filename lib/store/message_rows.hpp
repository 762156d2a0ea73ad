#pragma once
/// One row per message, and the numbers by which messages are known.
#include <map>
#include <string_view>
#include <vector>

#include "etherpeil/store.hpp"
#include "store/segment.hpp"
#include "store/sqlite.hpp"

namespace etherpeil::tables {

/// Numbers the messages of one export, in file order.
class Numbering {
 public:
  explicit Numbering(Index group) : group_(group) {}
  [[nodiscard]] MessageId next(LocalDay day) {
    if (day != day_) {
      day_ = day;
      place_ = &places_[day];
    }
    return message_id(group_, day, ++*place_);
  }

 private:
  Index group_;
  std::map<LocalDay, Index> places_;
  LocalDay day_{LocalDay::min()};
  Index* place_{};
};

/// The number of each message of a chat that is by a person on a covered day.
[[nodiscard]] std::vector<std::optional<MessageId>> message_ids(
    const Chat& chat, Index group, const Coverage& coverage);

/// A segment as the tables hold it.
struct StoredSegment {
  std::int64_t group{};
  std::string file_first_day{};
  Segment segment{};
};

/// The segments of a group, or of one file of it; those that hold `pseudonym`
/// when it is given. In order of group, file and month.
/// @throws Error store for bytes that no etherpeil writes
[[nodiscard]] std::vector<StoredSegment> read_segments(
    const sqlite::Database& database, Index group,
    std::string_view file_first_day = {});

/// Files that hold messages of a person: group and first day.
struct FilePlace {
  Index group{};
  std::string first_day{};
};
[[nodiscard]] std::vector<FilePlace> files_of(const sqlite::Database& database,
                                              std::string_view pseudonym);

/// What a person wrote in a file.
[[nodiscard]] std::vector<MessageId> messages_of(
    const sqlite::Database& database, const FilePlace& file,
    std::string_view pseudonym);

/// Writes a row per message. `segments` are those of one file, in order.
void write_message_rows(const sqlite::Database& database, Index group,
                        const std::vector<Segment>& segments);

/// Rows for all that is stored. Call it inside a transaction.
void fill_message_rows(const sqlite::Database& database);

}  // namespace etherpeil::tables
