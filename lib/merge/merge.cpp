#include "etherpeil/merge.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "etherpeil/error.hpp"
#include "etherpeil/privacy.hpp"
#include "hash/hash.hpp"
#include "merge/cluster.hpp"
#include "merge/compose.hpp"

namespace etherpeil::merging {
namespace {

/// The largest first, equals by hash: the order in which they were given leaves
/// no trace.
std::vector<File> in_order(std::vector<Chat> chats) {
  std::vector<File> files;
  for (Index i = 0; i < chats.size(); ++i) {
    if (chats[i].messages.empty()) {
      throw Error{Errc::argument, chats[i].source +
                                      ": holds no messages; give chats that "
                                      "parse made"};
    }
    std::string digest = hash::hex(hash::sha256(chats[i].bytes.view));
    const auto same =
        std::find_if(files.begin(), files.end(),
                     [&](const File& file) { return file.sha256 == digest; });
    if (same == files.end()) {
      files.push_back({i, std::move(digest), std::move(chats[i])});
    } else {
      ++same->copies;
    }
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) {
    const auto n = a.chat.messages.size();
    const auto m = b.chat.messages.size();
    return n != m ? n > m : a.sha256 < b.sha256;
  });
  return files;
}

struct Clusters {
  std::vector<Cluster> list{};
  std::map<std::array<std::size_t, 2>, Unaligned> apart{};  ///< by place
};

/// Joins until no two clusters align. One export may link two that share
/// nothing.
Clusters join_all(const std::vector<File>& files, Vocabulary& vocabulary) {
  std::vector<Cluster> list;
  for (Index i = 0; i < files.size(); ++i)
    list.push_back(Cluster::of(files[i].chat, i, vocabulary));
  std::map<std::array<std::size_t, 2>, Unaligned> apart;
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::size_t j = i + 1; j < list.size();) {
      if (list[i].parts.empty() || list[j].parts.empty() ||
          apart.count({i, j}) > 0) {
        ++j;
        continue;
      }
      if (const auto why = list[i].join(list[j], vocabulary)) {
        apart[{i, j}] = *why;
        ++j;
        continue;
      }
      list[j] = {};
      for (auto it = apart.begin(); it != apart.end();) {
        const auto& [a, b] = it->first;
        const bool stale = a == i || b == i || a == j || b == j;
        it = stale ? apart.erase(it) : std::next(it);
      }
      i = 0;
      j = 1;
    }
  }
  return {std::move(list), std::move(apart)};
}

/// The clock of most exports; at a tie that of the largest.
void set_clock(Cluster& cluster) {
  std::map<std::int64_t, std::size_t> votes;
  for (const Part& part : cluster.parts) ++votes[part.clock];
  std::int64_t clock = cluster.parts.front().clock;
  for (const auto& [other, times] : votes) {
    if (times > votes[clock]) clock = other;
  }
  if (clock == 0) return;
  for (Part& part : cluster.parts) part.clock -= clock;
  for (Node& node : cluster.nodes) node.item.time += clock;
}

/// The first export, when no other one adds or changes anything.
bool is_first_export(const Cluster& cluster, const Chat& first) {
  return cluster.nodes.size() == first.messages.size() &&
         cluster.people.size() == first.authors.size() &&
         std::all_of(cluster.nodes.begin(), cluster.nodes.end(),
                     [&](const Node& node) {
                       return node.chosen.source == 0 &&
                              node.item.time ==
                                  first.messages[node.chosen.record].seconds;
                     });
}

/// The people's own names first, then the others, without repetition.
std::vector<std::vector<Author>> known_as(const Cluster& cluster,
                                          const std::vector<Index>& authors) {
  std::vector<std::vector<Author>> names(authors.size());
  for (std::size_t person = 0; person < authors.size(); ++person)
    names[authors[person]] = cluster.people[person].names;
  return names;
}

/// Counts and times of each export.
class Describer {
 public:
  Describer(const Cluster& cluster, const std::vector<File>& files,
            const std::vector<Index>& authors) {
    for (const Part& part : cluster.parts) {
      const File& file = files[part.file];
      MergeSource source{.input = file.input,
                         .name = file.chat.source,
                         .sha256 = file.sha256,
                         .clock = std::chrono::minutes{part.clock / 60},
                         .records = file.chat.messages.size(),
                         .senders = part.senders};
      for (SenderMatch& sender : source.senders)
        sender.author = authors[sender.author];
      sources_.push_back(std::move(source));
    }
    missed_.resize(sources_.size());
  }

  void add(const Node& node) {
    for (std::uint32_t& missed : missed_) missed += node.item.human() ? 1 : 0;
    for (const Version& version : node.versions) {
      MergeSource& source = sources_[version.source];
      ++(node.versions.size() > 1 ? source.shared : source.alone);
      const LocalTime time{std::chrono::seconds{node.item.time}};
      constexpr std::uint32_t gap = 20;
      if (source.covered.empty() || missed_[version.source] > gap) {
        source.covered.push_back({time, time});
      } else {
        TimeSpan& span = source.covered.back();
        span.first = std::min(span.first, time);
        span.last = std::max(span.last, time);
      }
      missed_[version.source] = 0;
    }
  }

  std::vector<MergeSource> run() && { return std::move(sources_); }

 private:
  std::vector<MergeSource> sources_;
  std::vector<std::uint32_t> missed_;  ///< messages since the last own one
};

void note(Chat& chat, const char* code, Severity severity,
          std::string message) {
  chat.diagnostics.push_back(
      {.code = code, .severity = severity, .message = std::move(message)});
}

void report(Merged& merged, std::size_t copies) {
  Chat& chat = merged.chat;
  if (copies > 0) {
    note(chat, "merge.same-file", Severity::info,
         std::to_string(copies) +
             " of the exports hold the same text as another one; each was read "
             "once");
  }
  if (merged.sources.size() < 2) return;
  std::string counts;
  std::size_t doubtful = 0;
  for (const MergeSource& source : merged.sources) {
    counts += (counts.empty() ? "" : ", ") + std::to_string(source.alone) +
              " of " + std::to_string(source.records);
    for (const SenderMatch& sender : source.senders) {
      if (sender.agreed * 5 < sender.shared * 4) ++doubtful;
    }
  }
  note(chat, "merge.joined", Severity::info,
       std::to_string(merged.sources.size()) + " exports became one of " +
           std::to_string(chat.messages.size()) +
           " records; only in one export were " + counts);
  for (const MergeSource& source : merged.sources) {
    if (source.clock.count() == 0) continue;
    note(chat, "merge.clock", Severity::warning,
         "the clock of an export differs by " +
             std::to_string(source.clock.count()) +
             " minutes; the times are those of " +
             (merged.sources.size() > 2 ? "most exports" : "the larger one"));
  }
  if (doubtful > 0) {
    note(chat, "merge.sender-doubtful", Severity::warning,
         std::to_string(doubtful) +
             " senders are several people in another export; the one with most "
             "messages in common was taken");
  }
}

std::vector<std::uint64_t> lines_of(const Chat& chat) {
  std::vector<std::uint64_t> lines;
  lines.reserve(chat.messages.size());
  std::uint64_t line = chat.line(0);
  for (Index i = 0; i < chat.messages.size(); ++i) {
    lines.push_back(line);
    const std::string_view raw = chat.raw(i);
    line +=
        static_cast<std::uint64_t>(std::count(raw.begin(), raw.end(), '\n'));
  }
  return lines;
}

Merged finish(Cluster& cluster, const std::vector<File>& files) {
  set_clock(cluster);
  Merged merged;
  const Chat& first = files[cluster.parts.front().file].chat;
  std::vector<Index> authors;
  if (is_first_export(cluster, first)) {
    merged.chat = first;
    for (Index i = 0; i < first.authors.size(); ++i) {
      authors.push_back(i);
      merged.chat.authors[i] = cluster.people[i].names.front();
    }
  } else {
    merged.chat = compose(cluster, files, authors);
    for (const Part& part : cluster.parts) {
      const auto& more = files[part.file].chat.diagnostics;
      auto& all = merged.chat.diagnostics;
      all.insert(all.end(), more.begin(), more.end());
    }
  }
  merged.known_as = known_as(cluster, authors);
  Describer describer{cluster, files, authors};
  std::vector<std::vector<std::uint64_t>> lines;
  for (const Part& part : cluster.parts)
    lines.push_back(lines_of(files[part.file].chat));
  for (Index i = 0; i < cluster.nodes.size(); ++i) {
    std::vector<Version>& versions = cluster.nodes[i].versions;
    describer.add(cluster.nodes[i]);
    std::sort(
        versions.begin(), versions.end(),
        [](const Version& a, const Version& b) { return a.source < b.source; });
    for (const Version& one : versions) {
      merged.origins.push_back({.message = i,
                                .source = one.source,
                                .record = one.record,
                                .line = lines[one.source][one.record]});
    }
  }
  merged.sources = std::move(describer).run();
  std::size_t copies = 0;
  for (const Part& part : cluster.parts) copies += files[part.file].copies - 1;
  report(merged, copies);
  return merged;
}

/// By first message, equals by hash.
Merges in_order_of_time(Merges merges) {
  std::vector<Index> order(merges.chats.size());
  std::iota(order.begin(), order.end(), Index{0});
  const auto before = [&](Index a, Index b) {
    const Merged& x = merges.chats[a];
    const Merged& y = merges.chats[b];
    const auto first = x.chat.messages.front().seconds;
    const auto second = y.chat.messages.front().seconds;
    return first != second
               ? first < second
               : x.sources.front().sha256 < y.sources.front().sha256;
  };
  std::sort(order.begin(), order.end(), before);
  std::vector<Index> place(order.size());
  Merges sorted;
  for (Index i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    sorted.chats.push_back(std::move(merges.chats[order[i]]));
  }
  for (const UnalignedPair& pair : merges.apart) {
    const auto [first, second] =
        std::minmax(place[pair.first], place[pair.second]);
    sorted.apart.push_back({first, second, pair.why});
  }
  std::sort(sorted.apart.begin(), sorted.apart.end(),
            [](const UnalignedPair& a, const UnalignedPair& b) {
              return a.first != b.first ? a.first < b.first
                                        : a.second < b.second;
            });
  return sorted;
}

/// One export needs no words compared.
Merged alone(File file) {
  Merged merged;
  const Chat& chat = file.chat;
  MergeSource source{.input = file.input,
                     .name = chat.source,
                     .sha256 = std::move(file.sha256),
                     .records = chat.messages.size(),
                     .alone = chat.messages.size()};
  const auto [first, last] = std::minmax_element(
      chat.messages.begin(), chat.messages.end(),
      [](const Message& a, const Message& b) { return a.seconds < b.seconds; });
  source.covered.push_back({first->time(), last->time()});
  for (Index i = 0; i < chat.authors.size(); ++i) {
    source.senders.push_back({.author = i});
    merged.known_as.push_back({chat.authors[i]});
  }
  const std::vector<std::uint64_t> lines = lines_of(chat);
  for (Index i = 0; i < lines.size(); ++i)
    merged.origins.push_back({.message = i, .record = i, .line = lines[i]});
  merged.sources.push_back(std::move(source));
  merged.chat = std::move(file.chat);
  report(merged, file.copies - 1);
  return merged;
}

Merges merge_all(std::vector<Chat> chats) {
  std::vector<File> files = in_order(std::move(chats));
  Merges merges;
  if (files.size() == 1) {
    merges.chats.push_back(alone(std::move(files.front())));
    return merges;
  }
  Vocabulary vocabulary;
  Clusters clusters = join_all(files, vocabulary);
  std::vector<Index> places(clusters.list.size(), none);
  for (std::size_t i = 0; i < clusters.list.size(); ++i) {
    if (clusters.list[i].parts.empty()) continue;
    places[i] = static_cast<Index>(merges.chats.size());
    merges.chats.push_back(finish(clusters.list[i], files));
  }
  for (const auto& [pair, why] : clusters.apart)
    merges.apart.push_back({places[pair[0]], places[pair[1]], why});
  return in_order_of_time(std::move(merges));
}

}  // namespace
}  // namespace etherpeil::merging

namespace etherpeil {

std::string_view to_string(Unaligned why) {
  switch (why) {
    case Unaligned::no_common_time:
      return "no-common-time";
    case Unaligned::too_little:
      return "too-little";
    case Unaligned::other_messages:
      return "other-messages";
  }
  return {};
}

Merges merge(std::vector<Chat> chats) {
  return merging::merge_all(std::move(chats));
}

bool name_exporter(Chat& chat, std::string_view name) {
  const auto owner =
      std::find_if(chat.authors.begin(), chat.authors.end(), merging::is_self);
  if (owner == chat.authors.end()) return false;
  owner->name = display_name(name);
  owner->phone = !phone_e164(owner->name).empty();
  return true;
}

}  // namespace etherpeil
