#include "demo/generator.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace etherpeil::demo {
namespace {

constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 3600;
constexpr std::int64_t day_seconds = 86'400;

/// Messages per report besides additions, reactions and asides: a second report
/// of the same, the reporter's own, questions with answers, the moderator.
constexpr double fixed_replies = 1.5;

/// Weight of each hour; the mean is 1.
using Profile = std::array<double, 24>;
constexpr Profile talk_hours{0.07, 0.04, 0.03, 0.02, 0.02, 0.03, 0.10, 0.57,
                             1.20, 1.37, 1.41, 1.36, 1.36, 1.30, 1.25, 1.36,
                             1.57, 1.72, 1.77, 2.09, 2.19, 1.98, 0.94, 0.25};
constexpr Profile report_hours{0.55, 0.40, 0.35, 0.35, 0.30, 0.25, 0.35, 0.70,
                               1.00, 1.00, 1.00, 1.00, 1.00, 1.05, 1.05, 1.15,
                               1.25, 1.45, 1.65, 1.85, 2.00, 1.80, 1.50, 1.00};
constexpr std::array<double, 7> week_days{0.96, 0.96, 0.98, 1.0,
                                          1.08, 1.1,  0.92};
constexpr double most_weight = 2.45;

/// Relative rate of this moment.
double weight_at(const Profile& profile, double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  return profile[static_cast<std::size_t>(whole / hour % 24)] *
         week_days[static_cast<std::size_t>(whole / day_seconds % 7)];
}

std::chrono::year_month_day date_of(std::int64_t seconds) {
  return std::chrono::year_month_day{std::chrono::sys_days{
      std::chrono::days{first_day + seconds / day_seconds}}};
}

/// 02:00 on the last Sunday of a month, in seconds since the first day.
std::int64_t clock_change(std::chrono::year year, std::chrono::month month) {
  const std::chrono::sys_days day{year / month /
                                  std::chrono::Sunday[std::chrono::last]};
  return (day.time_since_epoch().count() - first_day) * day_seconds + 2 * hour;
}

/// A poll's options with the votes that they got.
std::string with_votes(const std::string& poll, Random& random) {
  std::string out;
  split(poll, '\n', [&](std::string_view line) {
    if (!out.empty()) out += '\n';
    const bool option = !out.empty();
    out += line;
    if (!option) return;
    const std::uint32_t votes = random.below(15);
    out += " (" + std::to_string(votes) + (votes == 1 ? " stem)" : " stemmen)");
  });
  return out;
}

}  // namespace

double expected_per_day(const Design& design) {
  double sum = 0;
  for (const bool started : {false, true}) {
    const double talk = design.chatter.at(started);
    const PerDay& rate = design.per_day;
    const double report = 1 + fixed_replies + design.additions +
                          (design.reactions + design.asides) * talk +
                          design.closing.at(started) * (2 + talk) +
                          design.professional.at(started);
    sum += (rate.inc + rate.verd + rate.over) * (1 + second_report_chance) *
               report +
           rate.soc * talk * (1.8 + design.soc_replies) + rate.lost * 2.2 +
           rate.off * 1.9 + rate.vraag * 2.3 + rate.prev * (1 + talk) +
           rate.media;
  }
  return sum / 2;
}

Generator::Generator(const World& world, const Library& library,
                     GroupPlan& plan, double scale, std::uint32_t days,
                     Random& random, Random& events, Teller& teller)
    : library_(library),
      plan_(plan),
      scale_(scale),
      end_(std::int64_t{days} * day_seconds),
      start_(std::int64_t{plan.design.start_day} * day_seconds),
      random_(random),
      events_(events),
      teller_(teller),
      polls_(world.polls) {
  read_themes(world);
  double sum = 0;
  for (const Person& person : plan.people)
    weights_.push_back(sum += person.weight);
  const int last_year = static_cast<int>(date_of(end_).year());
  for (int year = static_cast<int>(date_of(0).year()); year <= last_year;
       ++year) {
    silent_.push_back(
        clock_change(std::chrono::year{year}, std::chrono::March));
    silent_.push_back(
        clock_change(std::chrono::year{year}, std::chrono::October));
  }
}

void Generator::read_themes(const World& world) {
  const std::size_t topics = library_.topic_count();
  themes_.resize(code_count * topics);
  for (const auto& [key, name] : world.themes) {
    const std::string_view whole = key;
    const auto slash = whole.find('/');
    for (std::size_t code = 0; code < code_count; ++code) {
      if (to_string(static_cast<Code>(code)) != whole.substr(0, slash))
        continue;
      for (std::size_t topic = 0; topic < topics; ++topic) {
        if (slash == std::string_view::npos ||
            topic == library_.topic(whole.substr(slash + 1))) {
          themes_[code * topics + topic] = library_.topic(name);
        }
      }
    }
  }
}

/// Nothing happens in the hour that the clock skips in March and in the one
/// that it doubles in October: an export could not tell them apart.
void Generator::push(Event event) {
  const auto it = std::upper_bound(silent_.begin(), silent_.end(), event.time);
  if (it != silent_.begin() && event.time < *(it - 1) + hour) {
    event.time = *(it - 1) + hour + (event.time - *(it - 1)) / 60;
  }
  if (event.time >= end_) return;
  event.order = order_++;
  if (event.thread != nobody && event.action != Action::arrive) {
    ++threads_[event.thread].pending;
  }
  queue_.push_back(event);
  std::push_heap(queue_.begin(), queue_.end());
}

void Generator::push_at(std::int64_t time, Action action) {
  push({.time = time, .action = action});
}

/// Thinning: candidates at the highest rate, kept in proportion to the hour.
void Generator::push_arrival(std::uint32_t index) {
  Stream& stream = streams_[index];
  if (stream.per_day <= 0) return;
  const bool report = stream.source == Source::report;
  const Profile& profile = report ? report_hours : talk_hours;
  Random& random = report ? events_ : random_;
  const double gap =
      static_cast<double>(day_seconds) / (stream.per_day * most_weight);
  do {
    stream.at += random.exponential(gap);
    if (stream.at >= static_cast<double>(end_)) return;
  } while (!random.chance(weight_at(profile, stream.at) / most_weight));
  push({.time = static_cast<std::int64_t>(stream.at),
        .thread = index,
        .action = Action::arrive});
}

void Generator::open_streams() {
  const PerDay& rate = plan_.design.per_day;
  const double members = plan_.design.members;
  streams_ = {{Source::report, Code::inc, rate.inc * scale_},
              {Source::report, Code::verd, rate.verd * scale_},
              {Source::report, Code::over, rate.over * scale_},
              {Source::talk, Code::soc, rate.soc * scale_},
              {Source::talk, Code::lost, rate.lost * scale_},
              {Source::talk, Code::off, rate.off * scale_},
              {Source::talk, Code::vraag, rate.vraag * scale_},
              {Source::talk, Code::prev, rate.prev * scale_},
              {Source::media, Code::onb, rate.media * scale_},
              {Source::join, Code::onb, members * 0.3 / 365},
              {Source::leave, Code::onb, members * 0.12 / 365},
              {Source::notice, Code::onb, 0.02}};
  for (std::uint32_t i = 0; i < streams_.size(); ++i) {
    streams_[i].at = static_cast<double>(10 * hour);  // after the founding
    push_arrival(i);
  }
}

/// Encryption, the group, the exporting phone, and most members, one by one.
void Generator::found_group() {
  const std::string& founder = plan_.people[0].shown;
  std::int64_t time = 8 * hour + 31 * minute + 7;
  const auto tell = [&](SystemEvent event, const std::string& actor,
                        const std::string& target) {
    teller_.at(time, started_at(time));
    teller_.system(event, actor, target);
    time += 1 + random_.below(9);
  };
  tell(SystemEvent::encryption, {}, {});
  tell(SystemEvent::group_created, founder, plan_.design.first_name);
  tell(SystemEvent::member_added, founder, {});
  plan_.people[0].member = true;
  next_newcomer_ = plan_.design.members * 17 / 20;
  for (std::size_t i = 1; i < next_newcomer_; ++i) {
    plan_.people[i].member = true;
    tell(SystemEvent::member_added, founder, plan_.people[i].shown);
  }
  tell(SystemEvent::icon_changed, founder, {});
  tell(SystemEvent::description_changed, founder, {});
  push_at(time + 90, Action::explain);
}

void Generator::run() {
  found_group();
  open_streams();
  push_at(day_seconds, Action::day);
  push_at(9 * day_seconds + 20 * hour + 15 * minute, Action::rename);
  push_at(start_ + 9 * hour + 30 * minute, Action::explain);
  while (!queue_.empty()) {
    std::pop_heap(queue_.begin(), queue_.end());
    const Event event = queue_.back();
    queue_.pop_back();
    now_ = event.time;
    teller_.at(now_, started_at(now_));
    handle(event);
    if (event.thread == nobody || event.action == Action::arrive) continue;
    if (--threads_[event.thread].pending == 0) free_.push_back(event.thread);
  }
}

void Generator::handle(const Event& event) {
  switch (event.action) {
    case Action::arrive: {
      const Stream stream = streams_[event.thread];
      push_arrival(event.thread);
      on_arrival(stream);
      return;
    }
    case Action::day:
      on_day();
      return;
    case Action::report:
      report(event.code, true);
      return;
    case Action::say:
      on_say(event);
      return;
    case Action::outcome:
      on_outcome(event);
      return;
    case Action::picture:
      teller_.show(Kind::media, MediaType::image,
                   threads_[event.thread].starter, {},
                   threads_[event.thread].incident);
      return;
    case Action::test:
      talk(Code::mod, 0, library_.topic("test"));
      return;
    case Action::remind:
      on_remind();
      return;
    case Action::explain:
      explain();
      return;
    case Action::rename:
      teller_.system(SystemEvent::subject_changed, plan_.people[0].shown,
                     plan_.design.name);
  }
}

/// The rules, on the first day and when the intervention starts.
void Generator::explain() {
  const bool officer =
      now_ > day_seconds && plan_.design.intervention == "wijkagent-in-de-app";
  talk(Code::mod, officer ? with_voice(Voice::police, 0) : std::uint16_t{0},
       library_.topic("uitleg"));
}

void Generator::on_arrival(const Stream& stream) {
  switch (stream.source) {
    case Source::report:
      report(stream.code, false);
      return;
    case Source::talk:
      if (stream.code != Code::soc || random_.chance(chatter())) {
        talk(stream.code, opener(stream.code));
      }
      return;
    case Source::media:
      media();
      return;
    case Source::join:
      join();
      return;
    case Source::leave:
      leave();
      return;
    case Source::notice:
      notice();
  }
}

/// What the calendar brings: wishes, and a test on the first Monday.
void Generator::on_day() {
  push_at(now_ + day_seconds, Action::day);
  const auto date = date_of(now_);
  const auto month = static_cast<unsigned>(date.month());
  const auto day = static_cast<unsigned>(date.day());
  if (day <= 7 && now_ / day_seconds % 7 == 0) {
    push_at(now_ + 19 * hour + random_.below(5400), Action::test);
  }
  const double warmth = 1 + 4 * std::min(plan_.design.per_day.soc, 1.5);
  if ((month == 12 && day == 31) || (month == 1 && day == 1))
    wish("newyear", 1.3 * warmth);
  if (month == 12 && day >= 24 && day <= 26) wish("christmas", 0.6 * warmth);
  if (month == 12 && day == 5) wish("sint", 0.5 * warmth);
  if (month == 4 && day == 27) wish("kingsday", 0.5 * warmth);
  if (month == 7 && day >= 16 && day <= 25) wish("summer", 0.1 * warmth);
}

void Generator::wish(std::string_view season, double mean) {
  const std::uint16_t topic = library_.topic("season:" + std::string{season});
  if (topic == 0) return;
  const std::uint32_t count = random_.poisson(mean * chatter());
  const std::uint32_t thread = open_thread(Code::soc, resident());
  for (std::uint32_t i = 0; i < count; ++i) {
    push({.time = now_ + 9 * hour + random_.below(14 * 3600),
          .thread = thread,
          .topic = topic,
          .action = Action::say,
          .code = Code::soc,
          .speaker = Speaker::other,
          .manner = random_.chance(0.3) ? Manner::reply : Manner::plain});
  }
  if (threads_[thread].pending == 0) free_.push_back(thread);
}

void Generator::join() {
  if (next_newcomer_ == plan_.people.size()) return;
  Person& person = plan_.people[next_newcomer_++];
  person.member = true;
  if (random_.chance(0.6)) {
    teller_.system(SystemEvent::member_added, plan_.people[moderator()].shown,
                   person.shown);
  } else {
    teller_.system(SystemEvent::member_joined, person.shown, {});
  }
  ++teller_.phase(started_at(now_)).joins;
  if (!random_.chance(0.4)) return;
  const std::uint32_t welcome = open_thread(Code::mod, moderator());
  threads_[welcome].scene.slots[static_cast<std::size_t>(Gap::name)] =
      person.first;
  push({.time = now_ + delay(20, 1, 600),
        .thread = welcome,
        .topic = library_.topic("welkom"),
        .action = Action::say,
        .code = Code::mod,
        .speaker = Speaker::starter});
  if (threads_[welcome].pending == 0) free_.push_back(welcome);
}

void Generator::leave() {
  Person& person =
      plan_.people[random_.below(static_cast<std::uint32_t>(next_newcomer_))];
  if (person.voice != Voice::resident || !person.member) return;
  person.member = false;
  if (random_.chance(0.12)) {
    const std::uint16_t remover = moderator();
    teller_.system(SystemEvent::member_removed, plan_.people[remover].shown,
                   person.shown);
    talk(Code::mod, remover, library_.topic("sanctie"));
  } else {
    teller_.system(SystemEvent::member_left, person.shown, {});
  }
  ++teller_.phase(started_at(now_)).leaves;
}

void Generator::notice() {
  const std::string& shown = plan_.people[resident()].shown;
  const std::uint32_t which = random_.below(10);
  if (which < 6) {
    teller_.system(SystemEvent::security_code_changed, shown, {});
  } else if (which < 8) {
    teller_.system(SystemEvent::number_changed, shown, {});
  } else {
    teller_.system(SystemEvent::icon_changed, plan_.people[moderator()].shown,
                   {});
  }
}

/// Records without words that can be coded.
void Generator::media() {
  const std::uint16_t author = resident();
  const std::uint32_t which = random_.below(200);
  const auto show = [&](Kind kind, MediaType type,
                        const std::string& text = {}) {
    teller_.show(kind, type, author, text);
  };
  if (which < 76) return show(Kind::media, MediaType::image);
  if (which < 90) return show(Kind::media, MediaType::video);
  if (which < 106) return show(Kind::media, MediaType::audio);
  if (which < 124) return show(Kind::media, MediaType::sticker);
  if (which < 134) return show(Kind::media, MediaType::gif);
  if (which < 138) return show(Kind::media, MediaType::document);
  if (which < 160) return show(Kind::deleted, MediaType::none);
  if (which < 165) return show(Kind::call, MediaType::none);
  if (which < 170) {
    // In the North Sea: nobody lives there.
    return show(Kind::location, MediaType::none,
                "https://maps.google.com/?q=53." +
                    std::to_string(100 + random_.below(900)) + ",3." +
                    std::to_string(100 + random_.below(900)));
  }
  if (which < 174) {
    const auto count = static_cast<std::uint32_t>(polls_.size());
    return show(Kind::poll, MediaType::none,
                with_votes(polls_[random_.below(count)], random_));
  }
  talk(Code::onb, author);
}

}  // namespace etherpeil::demo
