#include "merge/cluster.hpp"

#include <algorithm>
#include <array>

#include "etherpeil/error.hpp"
#include "privacy/identity.hpp"

namespace etherpeil::merging {
namespace {

bool is_lost(const Item& item) {
  return item.kind == Kind::deleted || item.kind == Kind::waiting ||
         item.kind == Kind::unknown;
}

/// Whether the words of b say more than those of a. `later`: the export of b
/// was made after that of a.
bool says_more(const Item& a, const Item& b, bool later) {
  if (is_lost(a) != is_lost(b)) return is_lost(a);
  if (a.kind != b.kind) return a.kind == Kind::empty;
  if (a.has(Message::edited) != b.has(Message::edited))
    return b.has(Message::edited);
  if (a.has(Message::edited) && a.content != b.content) return later;
  return a.kind == Kind::media && a.media == MediaType::unknown &&
         b.media != MediaType::unknown;
}

void unite(Node& node, Node& other, bool later) {
  const Item before = node.item;
  if (says_more(before, other.item, later)) {
    node.chosen = other.chosen;
    node.item = other.item;
    node.item.author = before.author;
  }
  const bool finer =
      before.has(Message::minute) && !other.item.has(Message::minute);
  const Item& timed = finer ? other.item : before;
  node.item.time = timed.time;
  node.item.flags = static_cast<std::uint8_t>(
      (node.item.flags & ~Message::minute) | (timed.flags & Message::minute));
  node.versions.insert(node.versions.end(), other.versions.begin(),
                       other.versions.end());
}

std::vector<std::vector<std::string>> identities_of(
    const std::vector<Person>& people) {
  std::vector<std::vector<std::string>> list;
  list.reserve(people.size());
  for (const Person& person : people) list.push_back(person.identities);
  return list;
}

std::vector<Item> items_of(const std::vector<Node>& nodes) {
  std::vector<Item> items;
  items.reserve(nodes.size());
  for (const Node& node : nodes) items.push_back(node.item);
  return items;
}

void add_new(std::vector<std::string>& list, const std::string& one) {
  if (std::find(list.begin(), list.end(), one) == list.end())
    list.push_back(one);
}

/// Another person of the same name must stay another person.
void tell_apart(Person& person, const std::vector<Person>& people) {
  Author& author = person.names.front();
  const std::string name = author.name;
  const auto taken = [&] {
    const std::string own = privacy::identity(privacy::shown_name(author));
    return std::any_of(people.begin(), people.end(), [&](const Person& other) {
      return privacy::identity(privacy::shown_name(other.names.front())) == own;
    });
  };
  for (int number = 2; taken(); ++number)
    author.name = name + " (" + std::to_string(number) + ")";
}

/// Adds the people of the other side; afterwards every sender has an author.
void add_people(std::vector<Person>& people, std::vector<Person>& others,
                std::vector<SenderMatch>& senders) {
  for (std::size_t b = 0; b < others.size(); ++b) {
    Person& other = others[b];
    if (senders[b].author == none) {
      if (people.size() + 1 >= no_author) {
        throw Error{Errc::limit,
                    "the exports together have more than 65,534 senders; are "
                    "they of one group?"};
      }
      senders[b].author = static_cast<Index>(people.size());
      tell_apart(other, people);
      people.push_back(std::move(other));
      continue;
    }
    Person& person = people[senders[b].author];
    const bool self = is_self(person.names.front());
    for (Author& author : other.names) {
      const bool known = std::any_of(
          person.names.begin(), person.names.end(), [&](const Author& one) {
            return one.name == author.name && one.unsaved == author.unsaved;
          });
      if (!known) person.names.push_back(std::move(author));
    }
    for (const std::string& identity : other.identities)
      add_new(person.identities, identity);
    // "Jij" is nobody's name.
    const auto name =
        std::find_if(person.names.begin(), person.names.end(),
                     [](const Author& one) { return !is_self(one); });
    if (self && name != person.names.end())
      std::rotate(person.names.begin(), name, std::next(name));
  }
}

/// Both lists in one: matched messages stay in place, the others stand between
/// them in order of time.
std::vector<Node> interleave(std::vector<Node>& a, std::vector<Node>& b,
                             const Alignment& found) {
  std::vector<Node> all;
  all.reserve(a.size() + b.size());
  std::size_t i = 0;
  const auto take_until = [&](std::size_t end) {
    for (; i < end; ++i) all.push_back(std::move(a[i]));
  };
  std::size_t end = 0;  // of the gap: the next match in order
  for (std::size_t j = 0; j < b.size(); ++j) {
    if (found.of_b[j] != none) {
      if (found.in_order[j]) take_until(found.of_b[j]);
      continue;
    }
    for (end = std::max(end, j); end < b.size() && !found.in_order[end];) ++end;
    const std::size_t limit = end < b.size() ? found.of_b[end] : a.size();
    while (i < limit && a[i].item.time <= b[j].item.time)
      all.push_back(std::move(a[i++]));
    all.push_back(std::move(b[j]));
  }
  take_until(a.size());
  return all;
}

}  // namespace

bool is_self(const Author& author) {
  constexpr std::array<std::string_view, 7> words{"Jij", "Je",   "U",  "You",
                                                  "Du",  "Vous", "Sie"};
  return std::find(words.begin(), words.end(), author.name) != words.end();
}

Cluster Cluster::of(const Chat& chat, Index file, Vocabulary& vocabulary) {
  Cluster cluster;
  const std::vector<Item> items = merging::items_of(chat, vocabulary);
  cluster.nodes.reserve(items.size());
  Part part{.file = file};
  for (Index i = 0; i < items.size(); ++i) {
    cluster.nodes.push_back(
        {.item = items[i], .chosen = {0, i}, .versions = {{0, i}}});
    part.last_time = std::max(part.last_time, items[i].time);
  }
  for (Index i = 0; i < chat.authors.size(); ++i) {
    const Author& author = chat.authors[i];
    Person person{.names = {author}};
    if (!is_self(author)) {
      person.identities.push_back(
          privacy::identity(privacy::shown_name(author)));
    }
    cluster.people.push_back(std::move(person));
    part.senders.push_back({.author = i});
  }
  cluster.parts.push_back(std::move(part));
  if (!chat.group_name.empty()) cluster.group_names = {chat.group_name};
  return cluster;
}

std::optional<Unaligned> Cluster::join(Cluster& other,
                                       const Vocabulary& vocabulary) {
  const bool one_name =
      group_names.empty() || other.group_names.empty() ||
      std::any_of(
          group_names.begin(), group_names.end(), [&](const std::string& name) {
            const auto& names = other.group_names;
            return std::find(names.begin(), names.end(), name) != names.end();
          });
  const auto items_a = items_of(nodes);
  const auto items_b = items_of(other.nodes);
  const auto people_a = identities_of(people);
  const auto people_b = identities_of(other.people);
  Alignment found = align(vocabulary, {items_a, people_a}, {items_b, people_b},
                          one_name ? 0.5 : 0.8);
  if (found.why_not) return found.why_not;

  const auto latest = [](const std::vector<Part>& list) {
    std::int64_t time = 0;
    for (const Part& part : list) time = std::max(time, part.last_time);
    return time;
  };
  const bool later = latest(other.parts) - found.clock > latest(parts);
  add_people(people, other.people, found.senders);
  const auto moved = static_cast<Index>(parts.size());
  for (std::size_t j = 0; j < other.nodes.size(); ++j) {
    Node& node = other.nodes[j];
    node.item.time -= found.clocks[j];
    for (std::uint16_t* author :
         {&node.item.author, &node.item.subject_author}) {
      if (*author != no_author)
        *author = static_cast<std::uint16_t>(found.senders[*author].author);
    }
    node.chosen.source += moved;
    for (Version& version : node.versions) version.source += moved;
    if (found.of_b[j] != none) unite(nodes[found.of_b[j]], node, later);
  }
  nodes = interleave(nodes, other.nodes, found);
  for (Part& part : other.parts) {
    part.clock += found.clock;
    part.last_time -= found.clock;
    for (SenderMatch& sender : part.senders) {
      const SenderMatch& match = found.senders[sender.author];
      // Once doubtful, always doubtful: the first comparison is kept.
      if (sender.shared == 0) sender = match;
      sender.author = match.author;
    }
    parts.push_back(std::move(part));
  }
  for (const std::string& name : other.group_names) add_new(group_names, name);
  return std::nullopt;
}

}  // namespace etherpeil::merging
