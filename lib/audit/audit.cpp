#include "etherpeil/audit.hpp"

#include <algorithm>
#include <set>

#include "audit/scene.hpp"

namespace etherpeil {
namespace {

using rules::Scene;

Purpose purpose_of(Function function) {
  switch (function) {
    case Function::report:
    case Function::outcome:
    case Function::addition:
    case Function::question:
    case Function::moderation:
    case Function::advice:
      return Purpose::safety;
    case Function::reaction:
      return Purpose::noise;
    case Function::social:
      return Purpose::talk;
    case Function::lost:
    case Function::offtopic:
      return Purpose::other;
    case Function::undetermined:
      return Purpose::unclear;
  }
  return Purpose::unclear;
}

/// By the label that is most likely, doubtful or not, as the metrics count.
Purpose purpose_of(const Scene& scene, Index i) {
  const Analysis& analysis = scene.analysis();
  return purpose_of(analysis.codes.labels[analysis.labels[i].code].function);
}

std::vector<MonthPurposes> purposes_of(const Scene& scene, LocalDay first,
                                       LocalDay last) {
  std::vector<MonthPurposes> months;
  for (const LocalDay month : rules::months_between(first, last))
    months.push_back({.first = month});
  for (Index i = 0; i < scene.size(); ++i) {
    if (!scene.coded(i)) continue;
    const LocalDay month = rules::month_of(scene.day(i));
    const auto at = std::lower_bound(
        months.begin(), months.end(), month,
        [](const MonthPurposes& m, LocalDay day) { return m.first < day; });
    ++at->messages[static_cast<std::size_t>(purpose_of(scene, i))];
  }
  return months;
}

// ------------------------------------------------------------------ reminders

/// Messages by time, with running sums.
class Course {
 public:
  explicit Course(const Scene& scene) {
    for (Index i = 0; i < scene.size(); ++i) {
      if (!scene.coded(i)) continue;
      const Purpose purpose = purpose_of(scene, i);
      points_.push_back(
          {.seconds = scene.seconds(i),
           .noise = purpose == Purpose::noise,
           .talk = purpose == Purpose::talk || purpose == Purpose::other});
    }
    // Clocks of phones step back now and then.
    std::stable_sort(
        points_.begin(), points_.end(),
        [](const Point& a, const Point& b) { return a.seconds < b.seconds; });
    for (std::size_t i = 1; i < points_.size(); ++i) {
      points_[i].noise += points_[i - 1].noise;
      points_[i].talk += points_[i - 1].talk;
    }
  }

  struct Window {
    Share noise{};
    Share talk{};
  };
  /// Messages from `begin` up to and without `end`.
  [[nodiscard]] Window between(std::int64_t begin, std::int64_t end) const {
    const Point low = before(begin);
    const Point high = before(end);
    const auto of = static_cast<std::uint64_t>(high.seconds - low.seconds);
    return {.noise = {high.noise - low.noise, of},
            .talk = {high.talk - low.talk, of}};
  }

 private:
  struct Point {
    std::int64_t seconds{};
    std::uint64_t noise{};
    std::uint64_t talk{};
  };
  /// Sums before a time; `seconds` holds the number of messages.
  [[nodiscard]] Point before(std::int64_t time) const {
    const auto at = std::lower_bound(
        points_.begin(), points_.end(), time,
        [](const Point& p, std::int64_t when) { return p.seconds < when; });
    Point sums = at == points_.begin() ? Point{} : *(at - 1);
    sums.seconds = at - points_.begin();
    return sums;
  }
  std::vector<Point> points_;
};

/// Reminders of one day are one: the first of them.
std::vector<Index> reminders_of(const Scene& scene) {
  std::vector<Index> found;
  constexpr std::int64_t day = 86400;
  for (Index i = 0; i < scene.size(); ++i) {
    if (!scene.moderates(i, "mod_reminder")) continue;
    if (found.empty() || scene.seconds(i) - scene.seconds(found.back()) >= day)
      found.push_back(i);
  }
  return found;
}

std::vector<Reminder> effects_of(const Scene& scene,
                                 const AuditOptions& options) {
  const std::int64_t window =
      std::chrono::seconds{options.reminder_window}.count();
  constexpr std::int64_t day = 86400;
  const std::vector<Index> found = reminders_of(scene);
  const Course course{scene};
  std::vector<Reminder> effects;
  for (std::size_t k = 0; k < found.size(); ++k) {
    const std::int64_t time = scene.seconds(found[k]);
    // The day itself is neither before nor after: reminders come on bad days.
    const std::int64_t today = time - time % day;
    const auto before = course.between(today - window, today);
    const auto after = course.between(today + day, today + day + window);
    Reminder effect{.message = found[k],
                    .time = scene.message(found[k]).time(),
                    .line = scene.analysis().chat.line(found[k]),
                    .noise_before = before.noise,
                    .noise_after = after.noise,
                    .talk_before = before.talk,
                    .talk_after = after.talk};
    effect.whole =
        today - window >= scene.begin() && today + day + window <= scene.end();
    const bool long_before =
        k == 0 || time - scene.seconds(found[k - 1]) > window;
    const bool long_after =
        k + 1 == found.size() || scene.seconds(found[k + 1]) - time > window;
    effect.alone = long_before && long_after;
    effect.too_few =
        before.noise.of < options.least || after.noise.of < options.least;
    effects.push_back(effect);
  }
  return effects;
}

// ------------------------------------------------------------- what goes well

/// Counts a report, and remembers where it was seen.
void count(const Scene& scene, GoodSign& sign, std::optional<Index> seen) {
  ++sign.of;
  if (!seen) return;
  ++sign.found;
  sign.latest = scene.finding(*seen);
}

std::optional<Index> thanks_in(const Scene& scene, const Incident& incident,
                               Attributes thanks) {
  const auto& messages = incident.messages;
  const auto found =
      std::find_if(messages.begin(), messages.end(), [&](Index i) {
        return scene.coded(i) && (scene.official(i) || scene.moderator(i)) &&
               scene.has(i, thanks);
      });
  return found == messages.end() ? std::nullopt : std::optional{*found};
}

GoodSigns good_signs(const Scene& scene) {
  const std::int64_t window = 3600 * scene.threshold("R19", "hours");
  const Attributes thanks = scene.bits({"thanks"});
  const Attributes police = scene.group("police");
  const Analysis& analysis = scene.analysis();
  GoodSigns good;
  good.roles_known =
      std::any_of(analysis.roles.begin(), analysis.roles.end(), [](Role role) {
        return role == Role::police || role == Role::municipality ||
               role == Role::moderator;
      });
  for (const Incident& incident : analysis.incidents.list) {
    if (!rules::by_resident(scene, incident)) continue;
    const auto root_if = [&incident](bool seen) {
      return seen ? std::optional{incident.root} : std::nullopt;
    };
    count(scene, good.complete, root_if(rules::complete(scene, incident)));
    if (rules::ripe(scene, incident, window)) {
      count(scene, good.closed,
            rules::closed_within(scene, incident, window) ? incident.outcome
                                                          : std::nullopt);
    }
    if (good.roles_known)
      count(scene, good.thanked, thanks_in(scene, incident, thanks));
    if (scene.safety(incident.root) && rules::urgent(scene, incident)) {
      count(scene, good.called, root_if((incident.attributes & police) != 0));
    }
  }
  return good;
}

AppearanceOnly appearance_of(const Scene& scene) {
  constexpr std::uint64_t least = 5;
  const Attributes person = scene.bits({"person"});
  const Attributes only = scene.bits({"appearance_only"});
  Share share;
  for (const Incident& incident : scene.analysis().incidents.list) {
    const Index root = incident.root;
    if (!rules::by_resident(scene, incident) || !scene.safety(root)) continue;
    if (!scene.has(root, person | only)) continue;
    ++share.of;
    share.found += scene.has(root, only) ? 1 : 0;
  }
  if (share.of < least) return std::nullopt;
  return share;
}

// ------------------------------------------------------------ what to do next

constexpr std::size_t most_focus = 3;
constexpr std::size_t most_reminded = 2;
constexpr std::uint64_t least_findings = 3;
constexpr std::uint64_t least_senders = 3;

/// A rule that a person could act on.
bool actionable(const HouseRule& rule) {
  return !rule.good && rule.grade != Grade::weak;
}

/// No more than the group accepts.
bool tolerated(const Scene& scene, const std::string& rule,
               const Share& share) {
  return 100 * share.found <=
         static_cast<std::uint64_t>(scene.threshold(rule, "tolerated")) *
             share.of;
}

struct Ranked {
  std::string id{};
  double certain{};
};

std::vector<std::string> highest(std::vector<Ranked> rules, std::size_t most) {
  std::stable_sort(
      rules.begin(), rules.end(),
      [](const Ranked& a, const Ranked& b) { return a.certain > b.certain; });
  rules.resize(std::min(rules.size(), most));
  std::vector<std::string> ids;
  ids.reserve(rules.size());
  for (Ranked& rule : rules) ids.push_back(std::move(rule.id));
  return ids;
}

double certain_share(const Share& share) {
  return wilson(share.found, share.of).low;
}

std::vector<std::string> focus_of(const Scene& scene,
                                  const std::vector<RuleResult>& results) {
  std::vector<Ranked> ranked;
  for (const RuleResult& result : results) {
    const HouseRule& rule = house_rules()[rules::find(result.id).value()];
    if (!actionable(rule) || result.share.found < least_findings ||
        tolerated(scene, result.id, result.share))
      continue;
    ranked.push_back({result.id, certain_share(result.share)});
  }
  return highest(std::move(ranked), most_focus);
}

bool may_be_reminded(const Scene& scene, const RuleResult& result,
                     LocalDay month) {
  const HouseRule& rule = house_rules()[rules::find(result.id).value()];
  if (!actionable(rule) || rule.dutch.ask.empty()) return false;
  std::set<std::uint16_t> senders;
  std::uint64_t found = 0;
  for (const Finding& finding : result.findings) {
    if (rules::month_of(scene.day(finding.message)) != month) continue;
    ++found;
    senders.insert(scene.message(finding.message).author);
  }
  return found >= least_findings && senders.size() >= least_senders;
}

Monthly monthly_of(const Scene& scene, const Audit& audit) {
  Monthly monthly{.month = rules::month_of(audit.last)};
  const auto months = rules::months_between(audit.first, audit.last);
  const LocalDay tomorrow = audit.last + std::chrono::days{1};
  // The day of the export itself is never whole.
  if (rules::month_of(tomorrow) == monthly.month && months.size() > 1)
    monthly.month = months[months.size() - 2];
  for (const Incident& incident : scene.analysis().incidents.list) {
    if (!rules::by_resident(scene, incident) ||
        rules::month_of(scene.day(incident.root)) != monthly.month)
      continue;
    ++monthly.reports;
    if (incident.outcome) ++monthly.closed;
  }
  std::vector<Ranked> ranked;
  for (const RuleResult& result : audit.rules) {
    if (!may_be_reminded(scene, result, monthly.month)) continue;
    for (const MonthShare& month : result.months) {
      if (month.first == monthly.month &&
          !tolerated(scene, result.id, month.share))
        ranked.push_back({result.id, certain_share(month.share)});
    }
  }
  monthly.rules = highest(std::move(ranked), most_reminded);
  return monthly;
}

std::optional<Trend> trend_of(const std::vector<MonthShare>& months) {
  constexpr std::size_t span = 3;
  constexpr std::uint64_t least = 10;
  if (months.size() < 2 * span) return std::nullopt;
  Trend trend;
  for (std::size_t i = months.size() - 2 * span; i < months.size(); ++i) {
    Share& side = i + span < months.size() ? trend.before : trend.after;
    side.found += months[i].share.found;
    side.of += months[i].share.of;
  }
  if (trend.before.of < least || trend.after.of < least) return trend;
  trend.difference =
      share_difference(trend.after.found, trend.after.of, trend.before.found,
                       trend.before.of, 0.99);
  trend.course = trend.difference.low > 0    ? Trend::Course::more
                 : trend.difference.high < 0 ? Trend::Course::less
                                             : Trend::Course::alike;
  return trend;
}

void count_messages(const Scene& scene, Audit& audit) {
  const Analysis& analysis = scene.analysis();
  for (Index i = 0; i < scene.size(); ++i) {
    if (!scene.in_time(i)) {
      ++audit.out_of_time;
      continue;
    }
    if (analysis.chat.messages[i].kind == Kind::deleted) ++audit.deleted;
    if (!scene.coded(i)) continue;
    ++audit.messages;
    if (scene.by_member(i)) ++audit.by_members;
    if (analysis.labels[i].abstain) ++audit.doubtful;
  }
}

void count_reports(const Scene& scene, Audit& audit) {
  const auto whole =
      parsing::whole_days(parsing::day_runs(scene.analysis().chat.messages));
  for (const Incident& incident : scene.analysis().incidents.list) {
    if (!scene.in_time(incident.root)) continue;
    ++audit.reports;
    if (rules::by_resident(scene, incident)) ++audit.reports_by_members;
    // What a database holds are whole days.
    if (audit.words && !(whole && whole->holds(scene.day(incident.root))))
      ++audit.reports_cut;
  }
}

}  // namespace

std::string_view to_string(Trend::Course course) {
  switch (course) {
    case Trend::Course::too_few:
      return "too-few";
    case Trend::Course::less:
      return "less";
    case Trend::Course::alike:
      return "alike";
    case Trend::Course::more:
      return "more";
  }
  return "too-few";
}

Audit audit(const Analysis& analysis, const Ruleset& ruleset,
            const Codebook& codebook, const AuditOptions& options) {
  const Scene scene{analysis, ruleset, codebook};
  Audit result;
  result.group = analysis.chat.group_name;
  result.regime = options.regime.value_or(ruleset.regime());
  if (scene.size() == 0) return result;
  result.words = scene.has_words();
  result.first = scene.days().first;
  result.last = scene.days().last;
  count_messages(scene, result);
  count_reports(scene, result);
  for (const HouseRule& rule : house_rules()) {
    if (!ruleset.is_on(rule.id)) continue;
    RuleResult& found = result.rules.emplace_back();
    found.id = rule.id;
    const rules::Entry entry = rules::entry_of(rule.id);
    found.hidden = entry.words && !scene.has_words();
    if (found.hidden || entry.look == nullptr) continue;
    rules::Tally tally{scene, found};
    entry.look(scene, tally);
    std::stable_sort(found.findings.begin(), found.findings.end(),
                     [](const Finding& a, const Finding& b) {
                       return a.message < b.message;
                     });
    found.trend = trend_of(found.months);
  }
  result.purposes = purposes_of(scene, result.first, result.last);
  result.reminders = effects_of(scene, options);
  result.good = good_signs(scene);
  result.appearance_only = appearance_of(scene);
  result.focus = focus_of(scene, result.rules);
  result.monthly = monthly_of(scene, result);
  return result;
}

}  // namespace etherpeil
