#include "metrics/count.hpp"

#include <algorithm>

#include "metrics/course.hpp"

namespace etherpeil::metric {
namespace {

bool in_time(const IncidentRow& row, const Window& window) {
  const auto& time = time_of(row, window.event);
  return time && *time <= window.seconds;
}

/// True when nothing but label, night and place in an incident is asked for.
bool answered_by_day(const MessageFilter& filter) {
  return filter.attributes.empty() && filter.also.empty() &&
         filter.lacking.empty() && filter.roles.empty() &&
         filter.kinds.empty() && !filter.inside && !filter.safety &&
         !filter.doubtful;
}

}  // namespace

const std::optional<std::int64_t>& time_of(const IncidentRow& row,
                                           Event event) {
  switch (event) {
    case Event::reply:
      return row.reply;
    case Event::substantive:
      return row.substantive;
    case Event::professional:
      return row.professional;
    case Event::outcome:
      return row.outcome;
  }
  return row.reply;
}

std::vector<double> amounts_of(const Panel& panel, const Tally& tally,
                               const Inequality& what) {
  std::vector<double> amounts;
  if (what.reports) {
    std::vector<Index> reporters;
    for (const Index i : tally.incidents)
      reporters.push_back(panel.incidents[i].reporter);
    std::sort(reporters.begin(), reporters.end());
    for (std::size_t i = 0; i < reporters.size(); ++i) {
      if (i == 0 || reporters[i - 1] != reporters[i]) amounts.push_back(0);
      amounts.back() += 1;
    }
  } else {
    for (const SenderSum& sender : tally.senders)
      amounts.push_back(static_cast<double>(sender.messages));
  }
  if (what.members)
    amounts.resize(std::max(amounts.size(), members_of(tally)), 0);
  return amounts;
}

std::uint64_t members_of(const Tally& tally) {
  const std::uint64_t mean =
      tally.days == 0 ? 0 : (tally.member_days + tally.days / 2) / tally.days;
  return std::max<std::uint64_t>(mean, tally.senders.size());
}

// ------------------------------------------------------------------ incidents

Test::Test(const Filter& filter, const Codes& codes, bool& known)
    : labels_(label_bits(filter.labels, codes, known)),
      slots_(
          filter.slot == Slot::none
              ? Slots{0}
              : static_cast<Slots>(1U << static_cast<unsigned>(filter.slot))),
      root_attributes_(attribute_bits(filter.root_attributes, codes, known)),
      attributes_(attribute_bits(filter.attributes, codes, known)),
      participants_(filter.participants),
      within_(filter.within),
      without_(filter.without),
      observed_(filter.observed),
      told_(filter.told) {
  if (told_) {
    for (const MessageFilter& one : told_->messages)
      told_tests_.emplace_back(one, codes, known);
  }
  if (!filter.attribute_group.empty()) {
    group_ = codes.group(filter.attribute_group);
    if (group_ == 0) known = false;
  }
  if (!filter.safety) return;
  std::uint32_t safety = 0;
  for (std::size_t i = 0; i < codes.labels.size(); ++i) {
    if (codes.labels[i].safety) safety |= std::uint32_t{1} << i;
  }
  labels_ &= safety;
}

bool Test::passes(const PanelIndex& index, Index incident) const {
  return row_passes(index.panel.incidents[incident]) &&
         (!told_ || was_told(index, incident));
}

bool Test::row_passes(const IncidentRow& row) const {
  const auto misses = [](Attributes wanted, Attributes has) {
    return wanted != 0 && (wanted & has) == 0;
  };
  if ((labels_ >> row.label & 1) == 0) return false;
  if (slots_ != 0 && (row.slots & slots_) == 0) return false;
  if (misses(root_attributes_, row.root_attributes)) return false;
  if (misses(attributes_, row.attributes) || misses(group_, row.attributes))
    return false;
  if (row.participants < participants_) return false;
  if (within_ && !in_time(row, *within_)) return false;
  if (without_ &&
      (in_time(row, *without_) || row.until_end < without_->seconds)) {
    return false;
  }
  return observed_ == 0 || row.until_end >= observed_;
}

bool Test::was_told(const PanelIndex& index, Index incident) const {
  const Panel& panel = index.panel;
  const IncidentRow& row = panel.incidents[incident];
  const auto messages =
      told_->seconds == 0
          ? index.messages.of_incident(incident)
          : index.messages.between(
                row.group, row.time,
                row.time + std::chrono::seconds{told_->seconds});
  std::vector<Index> people;
  for (const Index i : messages) {
    const bool reporter = panel.messages.member[i] == row.reporter;
    if (told_->by == Told::By::reporter && !reporter) continue;
    if (told_->by == Told::By::others && reporter) continue;
    if (any_passes(told_tests_, panel, i))
      people.push_back(panel.messages.member[i]);
  }
  std::sort(people.begin(), people.end());
  const auto end = std::unique(people.begin(), people.end());
  return end - people.begin() >= static_cast<std::ptrdiff_t>(told_->people);
}

// --------------------------------------------------------------------- counts

Counter::Counter(const Count& count, const Codes& codes)
    : count_(count),
      per_day_(count.messages.size() == 1 &&
               answered_by_day(count.messages.front())),
      test_(count.reports, codes, known_) {
  for (const MessageFilter& filter : count.messages)
    tests_.emplace_back(filter, codes, known_);
  if (count.kind != Count::Kind::attribute) return;
  const auto attribute = codes.attribute(count.attribute);
  known_ = known_ && attribute.has_value();
  attribute_ = attribute.value_or(0);
}

bool Counter::needs_messages() const {
  switch (count_.kind) {
    case Count::Kind::messages:
      return !per_day_;
    case Count::Kind::reports:
      return count_.reports.told.has_value();
    case Count::Kind::days_with:
    case Count::Kind::reminded:
    case Count::Kind::repeated:
      return true;
    case Count::Kind::none:
    case Count::Kind::attribute:
    case Count::Kind::roles:
    case Count::Kind::events:
    case Count::Kind::days:
    case Count::Kind::silent_days:
    case Count::Kind::member_days:
    case Count::Kind::people:
    case Count::Kind::joins:
    case Count::Kind::joined:
      return false;
  }
  return false;
}

bool Counter::keeps(const PanelIndex& index, Index message) const {
  return any_passes(tests_, index.panel, message);
}

std::uint64_t Counter::by_day(const Tally& tally) const {
  const MessageFilter& filter = count_.messages.front();
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < max_labels; ++i) {
    if (!tests_.front().has_label(i)) continue;
    const LabelSum& label = tally.labels[i];
    const std::uint64_t inside =
        filter.night ? label.night_in_incident : label.in_incident;
    sum += (filter.night ? label.night : label.messages) -
           (filter.outside ? inside : 0);
  }
  return sum;
}

std::uint64_t Counter::days_with(const PanelIndex& index,
                                 const Tally& tally) const {
  std::uint64_t sum = 0;
  LocalDay previous = LocalDay::min();
  for (const Index i : tally.messages) {
    const LocalDay day =
        std::chrono::floor<std::chrono::days>(index.panel.messages.time[i]);
    if (day == previous || !keeps(index, i)) continue;
    previous = day;
    ++sum;
  }
  return sum;
}

std::uint64_t Counter::people(const PanelIndex& index,
                              const Tally& tally) const {
  switch (count_.people) {
    case People::members:
      return members_of(tally);
    case People::senders:
      return tally.senders.size();
    case People::reporters:
      return amounts_of(index.panel, tally, {.reports = true}).size();
  }
  return 0;
}

std::uint64_t Counter::of(const PanelIndex& index, const Timeline& timeline,
                          const Tally& tally) const {
  std::uint64_t sum = 0;
  switch (count_.kind) {
    case Count::Kind::none:
      break;
    case Count::Kind::messages:
      if (per_day_) return by_day(tally);
      for (const Index i : tally.messages) sum += keeps(index, i) ? 1U : 0U;
      break;
    case Count::Kind::days_with:
      return days_with(index, tally);
    case Count::Kind::attribute:
      return tally.attributes[attribute_];
    case Count::Kind::roles:
      for (const Role role : count_.roles)
        sum += tally.roles[static_cast<std::size_t>(role)];
      break;
    case Count::Kind::reports:
      for (const Index i : tally.incidents) sum += passes(index, i) ? 1U : 0U;
      break;
    case Count::Kind::events:
      for (const SystemEvent e : count_.events)
        sum += tally.events[static_cast<std::size_t>(e)];
      break;
    case Count::Kind::days:
      return tally.days;
    case Count::Kind::silent_days:
      return tally.silent_days;
    case Count::Kind::member_days:
      return tally.member_days;
    case Count::Kind::people:
      return people(index, tally);
    case Count::Kind::joins:
      return tally.joins;
    case Count::Kind::joined:
      return tally.joined;
    case Count::Kind::reminded:
      return reminded(index, timeline, tally, *this).reminded;
    case Count::Kind::repeated:
      return reminded(index, timeline, tally, *this).repeated;
  }
  return sum;
}

}  // namespace etherpeil::metric
