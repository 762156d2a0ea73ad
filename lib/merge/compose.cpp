#include "merge/compose.hpp"

#include <algorithm>

#include "etherpeil/error.hpp"

namespace etherpeil::merging {
namespace {

class Composer {
 public:
  Composer(const Cluster& cluster, std::span<const File> files,
           std::vector<Index>& authors)
      : cluster_(cluster), files_(files), authors_(authors) {}

  Chat run() && {
    const Chat& first = chat_of(0);
    chat_.source = first.source;
    chat_.format = first.format;
    chat_.format.preamble_lines = 0;
    name_authors();
    check_size();
    for (Index i = 0; i < cluster_.nodes.size(); ++i) add(i);
    chat_.bytes = Bytes::from(std::move(bytes_));
    name_group();
    return std::move(chat_);
  }

 private:
  [[nodiscard]] const Chat& chat_of(Index source) const {
    return files_[cluster_.parts[source].file].chat;
  }
  void name_authors();
  void check_size();
  void add(Index number);
  void name_group();

  const Cluster& cluster_;
  std::span<const File> files_;
  std::vector<Index>& authors_;
  Chat chat_;
  std::string bytes_;
  std::uint64_t line_{1};
};

/// In the order of their first messages, as in an export.
void Composer::name_authors() {
  const std::size_t n = cluster_.people.size();
  authors_.assign(n, none);
  const auto add_author = [&](std::size_t person) {
    if (authors_[person] != none) return;
    authors_[person] = static_cast<Index>(chat_.authors.size());
    chat_.authors.push_back(cluster_.people[person].names.front());
  };
  for (const Node& node : cluster_.nodes) {
    if (node.item.human()) add_author(node.item.author);
  }
  for (std::size_t person = 0; person < n; ++person) add_author(person);
}

void Composer::check_size() {
  std::uint64_t size = 0;
  for (const Node& node : cluster_.nodes)
    size += chat_of(node.chosen.source).raw(node.chosen.record).size() + 1;
  if (size > UINT32_MAX) {
    throw Error{Errc::limit, chat_.source +
                                 ": merged with the other exports it is larger "
                                 "than 4 GiB; give fewer of them"};
  }
  bytes_.reserve(size);
}

void Composer::add(Index number) {
  const Node& node = cluster_.nodes[number];
  const Chat& chat = chat_of(node.chosen.source);
  const std::string_view raw = chat.raw(node.chosen.record);
  Message message = chat.messages[node.chosen.record];
  auto mention = std::lower_bound(
      chat.mentions.begin(), chat.mentions.end(), node.chosen.record,
      [](const Mention& one, Index record) { return one.message < record; });
  for (;
       mention != chat.mentions.end() && mention->message == node.chosen.record;
       ++mention) {
    Mention moved = *mention;
    moved.message = number;
    moved.offset = static_cast<std::uint32_t>(moved.offset - message.offset +
                                              bytes_.size());
    chat_.mentions.push_back(moved);
  }
  message.offset = static_cast<std::uint32_t>(bytes_.size());
  message.seconds = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(node.item.time, 0, UINT32_MAX));
  message.flags = node.item.flags;
  if (node.item.human())
    message.author = static_cast<std::uint16_t>(authors_[node.item.author]);
  if (number % 64 == 0) chat_.line_marks.push_back(line_);
  chat_.messages.push_back(message);
  bytes_ += raw;
  line_ += static_cast<std::uint64_t>(std::count(raw.begin(), raw.end(), '\n'));
  if (raw.empty() || raw.back() != '\n') {  // the end of an export
    bytes_ += '\n';
    ++line_;
  }
}

/// The latest export knows the latest name.
void Composer::name_group() {
  std::int64_t latest = -1;
  for (const Part& part : cluster_.parts) {
    const std::string& name = files_[part.file].chat.group_name;
    if (name.empty() || part.last_time <= latest) continue;
    latest = part.last_time;
    chat_.group_name = name;
  }
}

}  // namespace

Chat compose(const Cluster& cluster, std::span<const File> files,
             std::vector<Index>& authors) {
  return Composer{cluster, files, authors}.run();
}

}  // namespace etherpeil::merging
