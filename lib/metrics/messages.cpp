#include "metrics/messages.hpp"

#include <algorithm>

#include "text/times.hpp"

namespace etherpeil::metric {
namespace {

template <class Values>
std::uint32_t enum_bits(const Values& values) {
  std::uint32_t bits = 0;
  for (const auto value : values)
    bits |= std::uint32_t{1} << static_cast<unsigned>(value);
  return bits;
}

bool has_bit(std::uint32_t bits, unsigned bit) {
  return bits == 0 || (bits >> bit & 1U) != 0;
}

}  // namespace

std::uint32_t label_bits(const std::vector<std::string>& keys,
                         const Codes& codes, bool& known) {
  if (keys.empty()) return ~std::uint32_t{0};
  std::uint32_t bits = 0;
  for (const std::string& key : keys) {
    const auto label = codes.label(key);
    if (!label) known = false;
    bits |= label ? std::uint32_t{1} << *label : 0;
  }
  return bits;
}

Attributes attribute_bits(const std::vector<std::string>& keys,
                          const Codes& codes, bool& known) {
  Attributes bits = 0;
  for (const std::string& key : keys) {
    const auto attribute = codes.attribute(key);
    if (!attribute) known = false;
    bits |= attribute ? Attributes{1} << *attribute : 0;
  }
  return bits;
}

// ---------------------------------------------------------------------- index

MessageIndex::MessageIndex(const Panel& panel) : panel_(panel) {
  const Messages& all = panel.messages;
  order_.resize(all.size());
  for (std::size_t i = 0; i < order_.size(); ++i)
    order_[i] = static_cast<Index>(i);
  std::stable_sort(order_.begin(), order_.end(), [&all](Index a, Index b) {
    return all.group[a] != all.group[b] ? all.group[a] < all.group[b]
                                        : all.time[a] < all.time[b];
  });
  start_.resize(panel.study.groups.size() + 1);
  incident_start_.resize(panel.incidents.size() + 1);
  for (std::size_t i = 0; i < all.size(); ++i) {
    ++start_[all.group[i] + 1];
    if (all.incident[i] != Messages::no_incident)
      ++incident_start_[all.incident[i] + 1];
  }
  for (std::size_t g = 1; g < start_.size(); ++g) start_[g] += start_[g - 1];
  for (std::size_t k = 1; k < incident_start_.size(); ++k)
    incident_start_[k] += incident_start_[k - 1];
  in_incident_.resize(incident_start_.back());
  std::vector<std::size_t> next = incident_start_;
  for (const Index i : order_) {
    if (all.incident[i] != Messages::no_incident)
      in_incident_[next[all.incident[i]]++] = i;
  }
}

std::span<const Index> MessageIndex::of(Index group) const& {
  return std::span{order_}.subspan(start_[group],
                                   start_[group + 1] - start_[group]);
}

std::span<const Index> MessageIndex::between(Index group, LocalTime first,
                                             LocalTime last) const& {
  const auto all = of(group);
  const auto& time = panel_.messages.time;
  const auto from =
      std::lower_bound(all.begin(), all.end(), first,
                       [&](Index i, LocalTime t) { return time[i] < t; });
  const auto to = std::upper_bound(
      from, all.end(), last, [&](LocalTime t, Index i) { return t < time[i]; });
  return all.subspan(static_cast<std::size_t>(from - all.begin()),
                     static_cast<std::size_t>(to - from));
}

std::span<const Index> MessageIndex::of_incident(Index incident) const& {
  return std::span{in_incident_}.subspan(
      incident_start_[incident],
      incident_start_[incident + 1] - incident_start_[incident]);
}

Function MessageIndex::function(Index message) const {
  const std::uint8_t label = panel_.messages.label[message];
  return label == not_coded ? Function::undetermined
                            : panel_.codes.labels[label].function;
}

bool MessageIndex::off_purpose(Index message) const {
  const Function what = function(message);
  return what == Function::social || what == Function::offtopic ||
         what == Function::lost;
}

// --------------------------------------------------------------------- filter

MessageTest::MessageTest(const MessageFilter& filter, const Codes& codes,
                         bool& known)
    : labels_(label_bits(filter.labels, codes, known)),
      any_(attribute_bits(filter.attributes, codes, known)),
      also_(attribute_bits(filter.also, codes, known)),
      lacking_(attribute_bits(filter.lacking, codes, known)),
      roles_(enum_bits(filter.roles)),
      kinds_(enum_bits(filter.kinds)),
      night_(filter.night),
      inside_(filter.inside),
      safety_(filter.safety),
      doubtful_(filter.doubtful) {}

bool MessageTest::place_fits(const Panel& panel, Index message) const {
  const std::uint16_t flags = panel.messages.flags[message];
  if (inside_ &&
      ((flags & Messages::in_incident) == 0 || (flags & Messages::root) != 0)) {
    return false;
  }
  if (!safety_) return true;
  const Index incident = panel.messages.incident[message];
  return incident != Messages::no_incident &&
         panel.codes.labels[panel.incidents[incident].label].safety;
}

bool MessageTest::passes(const Panel& panel, Index message) const {
  const Messages& all = panel.messages;
  const Attributes has = all.attributes[message];
  const std::uint8_t label = all.label[message];
  if (label == not_coded || (labels_ >> label & 1U) == 0) return false;
  if ((any_ != 0 && (any_ & has) == 0) || (also_ != 0 && (also_ & has) == 0) ||
      (lacking_ & has) != 0) {
    return false;
  }
  if (!has_bit(roles_, static_cast<unsigned>(all.role[message])) ||
      !has_bit(kinds_, static_cast<unsigned>(all.kind[message]))) {
    return false;
  }
  if (night_ && !text::is_night(all.time[message])) return false;
  if (doubtful_ && (all.flags[message] & Messages::abstained) == 0)
    return false;
  return place_fits(panel, message);
}

bool any_passes(const std::vector<MessageTest>& tests, const Panel& panel,
                Index message) {
  return std::any_of(tests.begin(), tests.end(), [&](const MessageTest& one) {
    return one.passes(panel, message);
  });
}

}  // namespace etherpeil::metric
