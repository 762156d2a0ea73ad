#include "metrics/read_count.hpp"

#include <limits>

namespace etherpeil::metric {

using json::Node;

bool read_flag(const Node& node, std::string_view key) {
  const auto flag = node.find(key);
  if (flag && !flag->boolean())
    flag->fail("must be true; leave the member out");
  return flag.has_value();
}

std::vector<std::string> read_texts(const Node& node, std::string_view key) {
  const auto list = node.find(key);
  if (!list) return {};
  std::vector<std::string> texts = list->strings();
  if (texts.empty()) list->fail("is empty; leave the member out");
  return texts;
}

std::string read_text(const Node& node) {
  std::string text = node.string();
  if (text.empty()) node.fail("is empty");
  return text;
}

namespace {

constexpr std::array<Word<People>, 3> people_words{
    {{"members", People::members},
     {"senders", People::senders},
     {"reporters", People::reporters}}};
constexpr std::array<Word<SystemEvent>, 4> membership_words{
    {{"member_added", SystemEvent::member_added},
     {"member_joined", SystemEvent::member_joined},
     {"member_left", SystemEvent::member_left},
     {"member_removed", SystemEvent::member_removed}}};
constexpr std::array<Word<Count::Kind>, 2> join_words{
    {{"known", Count::Kind::joins}, {"wrote", Count::Kind::joined}}};
constexpr std::array<Word<Told::By>, 3> teller_words{
    {{"anyone", Told::By::anyone},
     {"reporter", Told::By::reporter},
     {"others", Told::By::others}}};
constexpr std::array<Word<Kind>, 2> kind_words{
    {{"deleted", Kind::deleted}, {"media", Kind::media}}};
constexpr std::array<Word<Count::Kind>, 3> exposure_words{
    {{"days", Count::Kind::days},
     {"silent-days", Count::Kind::silent_days},
     {"member-days", Count::Kind::member_days}}};

std::vector<Role> read_role_list(const Node& list) {
  std::vector<Role> roles;
  for (const Node& item : list.items()) {
    const auto role = role_from(item.string());
    if (!role) item.fail("is no role");
    roles.push_back(*role);
  }
  if (roles.empty()) list.fail("is empty");
  return roles;
}

MessageFilter read_message_filter(const Node& node) {
  node.allow_only({"labels", "attributes", "also", "lacking", "roles", "kinds",
                   "night", "outside_incidents", "inside_incidents", "safety",
                   "doubtful"});
  MessageFilter filter;
  filter.labels = read_texts(node, "labels");
  filter.attributes = read_texts(node, "attributes");
  filter.also = read_texts(node, "also");
  filter.lacking = read_texts(node, "lacking");
  if (const auto roles = node.find("roles"))
    filter.roles = read_role_list(*roles);
  if (const auto kinds = node.find("kinds")) {
    for (const Node& item : kinds->items())
      filter.kinds.push_back(read_word(item, kind_words));
  }
  filter.night = read_flag(node, "night");
  filter.outside = read_flag(node, "outside_incidents");
  filter.inside = read_flag(node, "inside_incidents");
  filter.safety = read_flag(node, "safety");
  filter.doubtful = read_flag(node, "doubtful");
  return filter;
}

std::vector<MessageFilter> read_message_filters(const Node& list) {
  std::vector<MessageFilter> filters;
  for (const Node& item : list.items())
    filters.push_back(read_message_filter(item));
  if (filters.empty()) list.fail("is empty");
  return filters;
}

Told read_told(const Node& node) {
  node.allow_only({"messages", "any_messages", "by", "minutes", "people"});
  Told told;
  if (const auto list = node.find("any_messages")) {
    told.messages = read_message_filters(*list);
  } else {
    told.messages = {read_message_filter(node["messages"])};
  }
  if (const auto by = node.find("by")) told.by = read_word(*by, teller_words);
  if (const auto minutes = node.find("minutes"))
    told.seconds = 60 * minutes->integer(1, longest_minutes);
  if (const auto people = node.find("people"))
    told.people = static_cast<std::uint32_t>(people->integer(2, 1000));
  return told;
}

std::optional<Window> read_window(const Node& node, std::string_view key) {
  const auto window = node.find(key);
  if (!window) return std::nullopt;
  window->allow_only({"event", "minutes"});
  return Window{read_word((*window)["event"], event_words),
                60 * (*window)["minutes"].integer(1, longest_minutes)};
}

}  // namespace

Filter read_filter(const Node& node) {
  node.allow_only({"labels", "safety", "slot", "root_attributes", "attributes",
                   "attribute_group", "participants", "within", "without",
                   "observed_minutes", "told"});
  Filter filter;
  filter.labels = read_texts(node, "labels");
  filter.safety = read_flag(node, "safety");
  if (const auto slot = node.find("slot")) {
    const auto value = slot_from(slot->string());
    if (!value || *value == Slot::none) slot->fail("is no slot of a report");
    filter.slot = *value;
  }
  filter.root_attributes = read_texts(node, "root_attributes");
  filter.attributes = read_texts(node, "attributes");
  if (const auto group = node.find("attribute_group")) {
    filter.attribute_group = read_text(*group);
  }
  if (const auto people = node.find("participants")) {
    filter.participants = static_cast<std::uint32_t>(people->integer(2, 1000));
  }
  filter.within = read_window(node, "within");
  filter.without = read_window(node, "without");
  if (const auto observed = node.find("observed_minutes"))
    filter.observed = 60 * observed->integer(1, longest_minutes);
  if (const auto told = node.find("told")) filter.told = read_told(*told);
  return filter;
}

namespace {

void read_events(const Node& node, Count& count) {
  count.kind = Count::Kind::events;
  for (const Node& item : node.items()) {
    count.events.push_back(read_word(item, membership_words));
  }
  if (count.events.empty()) node.fail("is empty");
}

}  // namespace

Count read_count(const Node& node) {
  node.allow_only({"messages", "any_messages", "days_with", "attribute",
                   "roles", "reports", "events", "time", "people", "joins",
                   "reminded_by", "repeated_after"});
  const std::vector<std::string> keys = node.keys();
  if (keys.size() != 1) node.fail("must have one member: what is counted");
  const Node what = node[keys.front()];
  Count count;
  if (keys.front() == "messages") {
    count.kind = Count::Kind::messages;
    count.messages.push_back(read_message_filter(what));
  } else if (keys.front() == "any_messages") {
    count.kind = Count::Kind::messages;
    count.messages = read_message_filters(what);
  } else if (keys.front() == "days_with") {
    count.kind = Count::Kind::days_with;
    count.messages.push_back(read_message_filter(what));
  } else if (keys.front() == "reminded_by") {
    count.kind = Count::Kind::reminded;
    count.messages.push_back(read_message_filter(what));
  } else if (keys.front() == "repeated_after") {
    count.kind = Count::Kind::repeated;
    count.messages.push_back(read_message_filter(what));
  } else if (keys.front() == "attribute") {
    count.kind = Count::Kind::attribute;
    count.attribute = read_text(what);
  } else if (keys.front() == "roles") {
    count.kind = Count::Kind::roles;
    count.roles = read_role_list(what);
  } else if (keys.front() == "reports") {
    count.kind = Count::Kind::reports;
    count.reports = read_filter(what);
  } else if (keys.front() == "events") {
    read_events(what, count);
  } else if (keys.front() == "joins") {
    count.kind = read_word(what, join_words);
  } else if (keys.front() == "time") {
    count.kind = read_word(what, exposure_words);
  } else {
    count.kind = Count::Kind::people;
    count.people = read_word(what, people_words);
  }
  return count;
}

}  // namespace etherpeil::metric
