#include <algorithm>
#include <map>

#include "etherpeil/study.hpp"
#include "json/json.hpp"
#include "privacy/identity.hpp"
#include "study/files.hpp"

namespace etherpeil {
namespace {

/// True when both entries give a role on some day.
bool overlap(const RoleEntry& a, const RoleEntry& b) {
  const bool a_before_b = a.to && b.from && *a.to < *b.from;
  const bool b_before_a = b.to && a.from && *b.to < *a.from;
  return !a_before_b && !b_before_a;
}

RoleEntry read_entry(const json::Node& node, const std::string& source) {
  node.allow_only({"name", "role", "from", "to"});
  RoleEntry entry{.name = study::read_filled(node["name"]),
                  .from = study::read_day(node, "from"),
                  .to = study::read_day(node, "to"),
                  .where = source + ": " + node.pointer()};
  if (privacy::identity(entry.name).empty())
    node["name"].fail("must not be empty");
  const auto role = role_from(node["role"].string());
  if (!role) {
    node["role"].fail(
        "must be beheerder, politie, gemeente, ondernemer, zorg, bewoner or "
        "onbekend");
  }
  entry.role = *role;
  if (entry.from && entry.to && *entry.to < *entry.from)
    node["to"].fail("lies before from");
  return entry;
}

std::vector<RoleEntry> read_entries(const json::Node& list,
                                    const std::string& source) {
  std::vector<RoleEntry> entries;
  std::multimap<std::string, std::size_t> places;
  for (const json::Node& node : list.items()) {
    RoleEntry entry = read_entry(node, source);
    const std::string identity = privacy::identity(entry.name);
    const auto same = places.equal_range(identity);
    for (auto it = same.first; it != same.second; ++it) {
      if (overlap(entry, entries[it->second])) {
        node.fail("has the name of entry " + std::to_string(it->second) +
                  " on the same days; bound them by from and to");
      }
    }
    places.emplace(identity, entries.size());
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// The role that one of these entries (indices) gives on a day.
Role role_on(LocalDay day, std::span<const RoleEntry> entries,
             const std::vector<std::size_t>& own) {
  for (const std::size_t i : own) {
    const RoleEntry& entry = entries[i];
    if ((!entry.from || *entry.from <= day) &&
        (!entry.to || day <= *entry.to)) {
      return entry.role;
    }
  }
  return Role::unknown;
}

/// Which entries name each author.
std::vector<std::vector<std::size_t>> entries_of_authors(
    const Chat& chat, std::span<const RoleEntry> entries) {
  std::map<std::string, std::vector<std::size_t>> by_identity;
  std::vector<std::string> list;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    list.push_back(privacy::identity(entries[i].name));
    by_identity[list.back()].push_back(i);
  }
  std::vector<std::vector<std::size_t>> own;
  for (const std::string& name :
       privacy::listed_as(chat.authors, list, privacy::identity)) {
    const auto found = by_identity.find(name);
    own.push_back(found == by_identity.end() ? std::vector<std::size_t>{}
                                             : found->second);
  }
  return own;
}

}  // namespace

std::span<const RoleEntry> Roles::of(std::string_view group) const& {
  for (const GroupRoles& own : groups) {
    if (own.group == group) return own.entries;
  }
  for (const GroupRoles& one_chat : groups) {
    if (one_chat.group.empty()) return one_chat.entries;
  }
  return {};
}

Roles parse_roles(std::string_view json, const std::string& source) {
  const json::Node root = json::parse_distinct(json, source);
  root.allow_only({"format", "groups", "roles"});
  study::check_format(root, "etherpeil-roles/1");
  const auto groups = root.find("groups");
  const auto one_chat = root.find("roles");
  if (groups && one_chat)
    one_chat->fail("stands beside groups; keep one of the two");
  if (!groups && !one_chat)
    root.fail("must have groups, or roles for one chat");
  Roles roles;
  roles.source = source;
  if (one_chat) {
    roles.groups.push_back(
        {.group = {}, .entries = read_entries(*one_chat, source)});
    return roles;
  }
  for (const std::string& key : groups->keys()) {
    const json::Node list = (*groups)[key];
    if (key.empty()) list.fail("the key of a group must not be empty");
    roles.groups.push_back(
        {.group = key, .entries = read_entries(list, source)});
  }
  return roles;
}

Roles load_roles(const std::filesystem::path& path) {
  return parse_roles(json::read_file(path), path.string());
}

std::vector<Role> assign_roles(const Chat& chat,
                               std::span<const RoleEntry> entries,
                               std::vector<Diagnostic>& diagnostics) {
  std::vector<Role> roles(chat.messages.size(), Role::unknown);
  if (entries.empty()) return roles;
  const auto own = entries_of_authors(chat, entries);
  std::vector<bool> used(entries.size());
  for (const auto& places : own) {
    for (const std::size_t place : places) used[place] = true;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (used[i]) continue;
    diagnostics.push_back(
        {.code = "study.role-names-nobody",
         .message = (entries[i].where.empty()
                         ? "Role " + std::to_string(i + 1) + " of the list"
                         : entries[i].where) +
                    " names nobody in this chat; compare the spelling of its "
                    "name with the chat."});
  }
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const Message& message = chat.messages[i];
    if (!message.human() || own[message.author].empty()) continue;
    roles[i] = role_on(std::chrono::floor<std::chrono::days>(message.time()),
                       entries, own[message.author]);
  }
  return roles;
}

}  // namespace etherpeil
