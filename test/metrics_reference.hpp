#pragma once
/// Every metric again, by straight loops over the panel: without index, parts
/// or bits of the engine, and slow.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "etherpeil/stats.hpp"
#include "panel.hpp"

namespace etherpeil::test {

using Pick = std::function<bool(const IncidentRow&)>;

/// Counts of one group on some days.
struct Loops {
  const Panel& panel;
  Index group{};
  std::set<LocalDay> days{};  ///< observed, in the period

  [[nodiscard]] bool on(Index g, LocalDay when) const {
    return g == group && days.count(when) > 0;
  }
  [[nodiscard]] std::string key(Index label) const {
    return panel.codes.labels[label].key;
  }

  [[nodiscard]] double n(const std::set<std::string>& labels,
                         bool night = false, bool outside = false) const {
    double sum = 0;
    for (const DayCount& row : panel.days) {
      if (!on(row.group, row.day)) continue;
      if (!labels.empty() && labels.count(key(row.label)) == 0) continue;
      if (night) {
        sum += row.night;
        if (outside) sum -= row.night_in_incident;
      } else {
        sum += row.messages;
        if (outside) sum -= row.in_incident;
      }
    }
    return sum;
  }
  [[nodiscard]] double attribute(const std::string& name) const {
    double sum = 0;
    for (const DayAttribute& row : panel.attributes) {
      if (on(row.group, row.day) &&
          panel.codes.attributes[row.attribute].key == name) {
        sum += row.messages;
      }
    }
    return sum;
  }
  [[nodiscard]] double role(Role wanted) const {
    double sum = 0;
    for (const MemberDay& row : panel.member_days) {
      if (on(row.group, row.day) && panel.members[row.member].role == wanted) {
        sum += row.messages;
      }
    }
    return sum;
  }
  [[nodiscard]] std::vector<const IncidentRow*> all() const {
    std::vector<const IncidentRow*> rows;
    for (const IncidentRow& row : panel.incidents) {
      if (on(row.group, std::chrono::floor<std::chrono::days>(row.time)))
        rows.push_back(&row);
    }
    return rows;
  }
  [[nodiscard]] double r(const Pick& pick) const {
    double sum = 0;
    for (const IncidentRow* row : all()) sum += pick(*row) ? 1 : 0;
    return sum;
  }
  [[nodiscard]] std::map<Index, double> senders() const {
    std::map<Index, double> sums;
    for (const MemberDay& row : panel.member_days) {
      if (on(row.group, row.day)) sums[row.member] += row.messages;
    }
    return sums;
  }
  [[nodiscard]] std::map<Index, double> reporters() const {
    std::map<Index, double> sums;
    for (const IncidentRow* row : all()) sums[row->reporter] += 1;
    return sums;
  }
  [[nodiscard]] double silent() const {
    double sum = 0;
    for (const LocalDay one : days) {
      double messages = 0;
      for (const DayCount& row : panel.days) {
        if (row.group == group && row.day == one) messages += row.messages;
      }
      sum += messages == 0 ? 1 : 0;
    }
    return sum;
  }
  [[nodiscard]] double leaves() const {
    double sum = 0;
    for (const MembershipRow& row : panel.memberships) {
      if (on(row.group, std::chrono::floor<std::chrono::days>(row.time)) &&
          row.event == SystemEvent::member_left) {
        sum += row.people;
      }
    }
    return sum;
  }
};

inline std::set<LocalDay> observed(const Panel& panel, Index group) {
  std::set<LocalDay> days;
  for (const Coverage& row : panel.coverage) {
    if (row.group != group) continue;
    for (LocalDay d = row.first; d <= row.last; d += std::chrono::days{1})
      days.insert(d);
  }
  return days;
}

/// Members per day, by the definition in the header.
inline std::map<LocalDay, double> members(const Panel& panel, Index group) {
  const std::set<LocalDay> days = observed(panel, group);
  const Loops loops{panel, group, days};
  std::map<LocalDay, double> result;
  std::map<Index, LocalDay> first;
  std::map<Index, LocalDay> last;
  for (const MemberDay& row : panel.member_days) {
    if (!loops.on(row.group, row.day)) continue;
    first.emplace(row.member, row.day);
    first[row.member] = std::min(first[row.member], row.day);
    last.emplace(row.member, row.day);
    last[row.member] = std::max(last[row.member], row.day);
  }
  bool events = false;
  for (const MembershipRow& row : panel.memberships)
    events = events || row.group == group;
  const auto stated = panel.study.groups[group].members;
  for (const LocalDay d : days) {
    double base = 0;
    if (!events) {
      result[d] = stated ? *stated : static_cast<double>(first.size());
    } else {
      const auto net_on = [&](LocalDay when) {
        double net = 0;
        for (const MembershipRow& row : panel.memberships) {
          const LocalDay at = std::chrono::floor<std::chrono::days>(row.time);
          if (!loops.on(row.group, at)) continue;
          const bool out = row.event == SystemEvent::member_left ||
                           row.event == SystemEvent::member_removed;
          if (out && at < when) net -= row.people;
          if (!out && at <= when) net += row.people;
        }
        return net;
      };
      for (const LocalDay when : days) {
        double present = 0;
        for (const auto& entry : first) {
          if (entry.second <= when && when <= last[entry.first]) present += 1;
        }
        const double least = -net_on(when + std::chrono::days{1});
        base = std::max({base, stated ? least : present - net_on(when), least});
      }
      if (stated) {
        double sum = 0;
        for (const LocalDay when : days) sum += net_on(when);
        const double mean = sum / static_cast<double>(days.size());
        base = std::max(base, std::floor(*stated - mean + 0.5));
      }
      result[d] = base + net_on(d);
    }
  }
  return result;
}

struct Expected {
  double numerator{};
  double denominator{};
  double value{};
};

inline double slow_gini(const std::vector<double>& amounts) {
  double differences = 0;
  double sum = 0;
  for (const double a : amounts) {
    sum += a;
    for (const double b : amounts) differences += std::abs(a - b);
  }
  const double n = static_cast<double>(amounts.size());
  return sum == 0 ? std::nan("") : differences / (2 * n * sum);
}

/// First time at which the product of survivals, computed anew, is a half.
inline Expected slow_median(const std::vector<Duration>& times, double unit) {
  double observed = 0;
  double best = std::nan("");
  for (const Duration& candidate : times) {
    if (!candidate.observed) continue;
    observed += 1;
    std::set<double> moments;
    for (const Duration& t : times) {
      if (t.observed && t.value <= candidate.value) moments.insert(t.value);
    }
    double survival = 1;
    for (const double moment : moments) {
      double risk = 0;
      double events = 0;
      for (const Duration& t : times) {
        risk += t.value >= moment ? 1 : 0;
        events += t.observed && t.value == moment ? 1 : 0;
      }
      survival *= 1 - events / risk;
    }
    if (survival < 0.5 + 1e-9 && !(best <= candidate.value))
      best = candidate.value;
  }
  return {observed, static_cast<double>(times.size()), best / unit};
}

class Reference {
 public:
  Reference(const Panel& panel, Index group, std::set<LocalDay> days)
      : panel_(panel), loops_{panel, group, std::move(days)} {
    for (const auto& entry : members(panel, group)) {
      if (loops_.days.count(entry.first) > 0) member_days_ += entry.second;
    }
    const double mean = std::floor(
        member_days_ / static_cast<double>(loops_.days.size()) + 0.5);
    members_ = std::max(mean, static_cast<double>(loops_.senders().size()));
    fill_messages();
    fill_reports();
    fill_answers();
    fill_people();
  }
  [[nodiscard]] const std::map<std::string, Expected>& values() const {
    return values_;
  }

 private:
  void set(const std::string& id, double above, double below, double scale) {
    values_[id] = {above, below,
                   below == 0 ? std::nan("") : scale * above / below};
  }
  [[nodiscard]] bool safe(const IncidentRow& row) const {
    return panel_.codes.labels[row.label].safety;
  }
  [[nodiscard]] Attributes of(const char* key) const {
    return bit(panel_.codes, key);
  }

  void fill_messages() {
    const double days = static_cast<double>(loops_.days.size());
    const double n = loops_.n({});
    set("M01", n, days, 30);
    set("M02", n, member_days_, 30);
    set("M07", loops_.silent(), days, 100);
    set("M10", loops_.n({"SOC"}), n, 100);
    set("M11", loops_.n({"REACT"}), n, 100);
    set("M11.emoji", loops_.attribute("emoji_only"), n, 100);
    set("M12", loops_.n({"SOC", "OFF", "LOST"}), n, 100);
    set("M12.strict", loops_.n({"SOC", "OFF", "LOST", "REACT"}), n, 100);
    set("M19", loops_.n({}, true), n, 100);
    set("M19.noise", loops_.n({}, true, true), loops_.n({}, true), 100);
    set("M30", loops_.role(Role::moderator), n, 100);
    set("M35", loops_.leaves(), member_days_, 3000);
    set("M50.police", loops_.role(Role::police), n, 100);
    set("M50.municipality", loops_.role(Role::municipality), n, 100);
  }

  void fill_reports() {
    const double days = static_cast<double>(loops_.days.size());
    const double r = loops_.r([](const IncidentRow&) { return true; });
    const double safety =
        loops_.r([&](const IncidentRow& row) { return safe(row); });
    set("M04", r, days, 30);
    set("M04.members", r, member_days_, 3000);
    set("M04.safety", safety, days, 30);
    set("M04.safety-members", safety, member_days_, 3000);
    set("M05", r, loops_.n({}), 100);
    for (const char* label : {"INC", "VERD", "OVER"}) {
      set(std::string{"M06."} + label, loops_.r([&](const IncidentRow& row) {
        return loops_.key(row.label) == label;
      }),
          r, 100);
    }
    set("M13", loops_.n({"REACT", "SOC", "OFF", "LOST"}), r, 1);
    const Attributes police =
        of("police_112") | of("police_0900") | of("police_generic");
    const auto cue = [&](const std::string& id, Attributes set_of) {
      set(id, loops_.r([&](const IncidentRow& row) {
        return safe(row) && (row.attributes & set_of) != 0;
      }),
          safety, 100);
    };
    cue("M16", police);
    cue("M16.112", of("police_112"));
    cue("M16.0900", of("police_0900"));
    cue("M16.generic", of("police_generic"));
    set("M64",
        loops_.r([](const IncidentRow& row) { return row.participants >= 3; }),
        r, 100);
    fill_slots(r);
    const auto person = [&](const IncidentRow& row) {
      return (row.root_attributes &
              (of("descr_appearance") | of("descr_clothing_build") |
               of("descr_origin") | of("person"))) != 0;
    };
    cell("M80", "descr_origin", person);
    cell("M81", "appearance_only", person);
  }

  void cell(const std::string& id, const char* key, const Pick& person) {
    const Attributes wanted = of(key);
    set(id, loops_.r([&](const IncidentRow& row) {
      return person(row) && (row.root_attributes & wanted) != 0;
    }),
        loops_.r(person), 100);
    if (values_[id].denominator < 5)
      values_[id] = {std::nan(""), std::nan(""), std::nan("")};
  }

  void fill_slots(double r) {
    double all = 0;
    for (const Slot one : {Slot::where, Slot::what, Slot::who, Slot::when,
                           Slot::police, Slot::request}) {
      const double filled = loops_.r(
          [&](const IncidentRow& row) { return (row.slots & slot(one)) != 0; });
      set("M18." + std::string{to_string(one)}, filled, r, 100);
      all += filled;
    }
    set("M18", all, r, 1);
  }

  void fill_answers() {
    using Time = std::optional<std::int64_t> IncidentRow::*;
    const auto answered = [&](const std::string& id, Time time,
                              std::int64_t limit, bool safety_only,
                              bool in_time) {
      const auto counts = [=, this](const IncidentRow& row) {
        return !safety_only || safe(row);
      };
      const auto within = [=](const IncidentRow& row) {
        return row.*time && *(row.*time) <= limit;
      };
      const auto known = [=](const IncidentRow& row) {
        return counts(row) && row.until_end >= limit;
      };
      set(id, loops_.r([&](const IncidentRow& row) {
        return known(row) && within(row) == in_time;
      }),
          loops_.r(known), 100);
    };
    answered("M42.15", &IncidentRow::substantive, 900, false, true);
    answered("M42.60", &IncidentRow::substantive, 3600, false, true);
    answered("M43", &IncidentRow::outcome, 172800, false, true);
    answered("M43.safety", &IncidentRow::outcome, 172800, true, true);
    answered("M47", &IncidentRow::reply, 86400, false, false);
    answered("M51", &IncidentRow::professional, 86400, false, true);
    const auto median = [&](const std::string& id, Time time, double unit,
                            bool closure) {
      std::vector<Duration> times;
      for (const IncidentRow* row : loops_.all()) {
        const auto& t = row->*time;
        if (t && (!closure || *t <= 172800)) {
          times.push_back({static_cast<double>(*t), true});
        } else {
          times.push_back(
              {static_cast<double>(
                   closure ? std::min<std::int64_t>(172800, row->until_end)
                           : row->followed),
               false});
        }
      }
      values_[id] = slow_median(times, unit);
    };
    median("M41", &IncidentRow::substantive, 60, false);
    median("M44", &IncidentRow::outcome, 3600, true);
    median("M52", &IncidentRow::professional, 60, false);
  }

  void fill_people() {
    std::vector<double> sent;
    double total = 0;
    for (const auto& entry : loops_.senders()) {
      sent.push_back(entry.second);
      total += entry.second;
    }
    set("M03", static_cast<double>(sent.size()), members_, 100);
    values_["M60.senders"] = {total, static_cast<double>(sent.size()),
                              slow_gini(sent)};
    sent.resize(static_cast<std::size_t>(members_), 0);
    values_["M60"] = {total, members_, slow_gini(sent)};
    std::sort(sent.begin(), sent.end(), std::greater<>{});
    double top = 0;
    for (std::size_t i = 0;
         i < static_cast<std::size_t>(std::ceil(members_ / 10)); ++i) {
      top += sent[i];
    }
    values_["M61"] = {total, members_,
                      total == 0 ? std::nan("") : 100 * top / total};
    std::vector<double> reports;
    double all = 0;
    for (const auto& entry : loops_.reporters()) {
      reports.push_back(entry.second);
      all += entry.second;
    }
    values_["M62"] = {all, static_cast<double>(reports.size()),
                      slow_gini(reports)};
    set("M63", static_cast<double>(reports.size()), members_, 100);
  }

  const Panel& panel_;
  Loops loops_;
  double member_days_{};
  double members_{};
  std::map<std::string, Expected> values_;
};

}  // namespace etherpeil::test
