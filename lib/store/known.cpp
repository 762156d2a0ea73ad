#include "store/known.hpp"

#include <algorithm>
#include <map>

#include "privacy/identity.hpp"
#include "store/message_rows.hpp"
#include "store/rows.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Database;
using sqlite::Statement;

/// Messages by people on each day, in file order.
using ByDay = std::map<LocalDay, std::vector<Index>>;

ByDay days_of(const Chat& chat) {
  ByDay days;
  auto here = days.end();
  for (Index i = 0; i < chat.messages.size(); ++i) {
    if (!chat.messages[i].human()) continue;
    const auto day =
        std::chrono::floor<std::chrono::days>(chat.messages[i].time());
    if (here == days.end() || here->first != day)
      here = days.try_emplace(day).first;
    here->second.push_back(i);
  }
  return days;
}

/// A day as it is stored.
struct Kept {
  std::int64_t mark{};
  std::vector<const SegmentMessage*> messages{};
  bool has_nobody{};
};

class Comparison {
 public:
  Comparison(const Chat& chat, std::span<const Role> roles,
             const Pseudonymiser& pseudonyms)
      : chat_(chat),
        roles_(roles),
        pseudonyms_(pseudonyms),
        days_(days_of(chat)),
        labels_(chat.messages.size()) {}

  void take(const std::map<LocalDay, Kept>& kept) {
    for (const auto& [day, one] : kept) {
      const auto now = days_.find(day);
      if (now == days_.end() || !same(now->second, one)) continue;
      for (std::size_t i = 0; i < one.messages.size(); ++i)
        labels_[now->second[i]] = label_of(*one.messages[i]);
    }
  }
  std::vector<Label> labels() && { return std::move(labels_); }

 private:
  [[nodiscard]] bool same(const std::vector<Index>& now,
                          const Kept& kept) const {
    if (kept.has_nobody || now.size() != kept.messages.size()) return false;
    Reading reading;
    for (std::size_t i = 0; i < now.size(); ++i) {
      const Message& message = chat_.messages[now[i]];
      const SegmentMessage& then = *kept.messages[i];
      const Role role = roles_.empty() ? Role::unknown : roles_[now[i]];
      if (message.time() != then.time || message.kind != then.kind ||
          message.media != then.media || role != then.role)
        return false;
      reading.add(chat_, now[i]);
    }
    return reading.mark(pseudonyms_) == kept.mark;
  }
  [[nodiscard]] static Label label_of(const SegmentMessage& message) {
    const bool abstain = (message.flags & Messages::abstained) != 0;
    return {.code = message.label,
            .abstain = abstain,
            .probability = abstain ? 0.0F : 1.0F,
            .attributes = message.attributes};
  }

  const Chat& chat_;
  std::span<const Role> roles_;
  const Pseudonymiser& pseudonyms_;
  ByDay days_;
  std::vector<Label> labels_;
};

std::map<LocalDay, Kept> days_of_file(
    const Database& database, Index group, const std::string& first_day,
    const std::vector<StoredSegment>& segments) {
  std::map<LocalDay, Kept> days;
  Statement row{database,
                "SELECT day, mark FROM observed_day WHERE group_id = ? AND "
                "file_first_day = ? AND mark IS NOT NULL"};
  row.bind(group, first_day);
  while (row.next())
    days[read_day(database, row.text(0))].mark = row.integer(1);
  for (const StoredSegment& stored : segments) {
    const auto& people = stored.segment.people;
    for (const SegmentMessage& message : stored.segment.messages) {
      const auto day =
          days.find(std::chrono::floor<std::chrono::days>(message.time));
      if (day == days.end()) continue;
      day->second.messages.push_back(&message);
      if (people[message.person] == nobody) day->second.has_nobody = true;
    }
  }
  return days;
}

}  // namespace

void Reading::add(const Chat& chat, Index message) {
  add(chat.text(message));
  add(privacy::shown_name(chat.authors[chat.messages[message].author]));
}

void Reading::add(std::string_view text) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    all_ += static_cast<char>(text.size() >> shift & 0xFFU);
  all_ += text;
}

std::optional<std::int64_t> Reading::mark(
    const Pseudonymiser& pseudonyms) const {
  if (all_.size() == 1) return std::nullopt;
  return pseudonyms.fingerprint(all_);
}

std::vector<Label> known_labels(const Database& database, Index group,
                                const Chat& chat, std::span<const Role> roles,
                                const Pseudonymiser& pseudonyms,
                                std::string_view runs) {
  std::vector<std::string> files;
  {
    Statement row{database,
                  "SELECT first_day FROM export_file WHERE group_id = ? AND "
                  "run IN (SELECT value FROM json_each(?)) ORDER BY 1"};
    row.bind(group, runs);
    while (row.next()) files.emplace_back(row.text(0));
  }
  if (files.empty()) return {};
  Comparison comparison{chat, roles, pseudonyms};
  for (const std::string& first_day : files) {
    const auto segments = read_segments(database, group, first_day);
    comparison.take(days_of_file(database, group, first_day, segments));
  }
  return std::move(comparison).labels();
}

}  // namespace etherpeil::tables
