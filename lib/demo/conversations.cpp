/// What people say to each other: reports with what follows, and talk.
#include <algorithm>

#include "demo/generator.hpp"
#include "text/times.hpp"

namespace etherpeil::demo {
namespace {

constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 3600;

bool is_noise(Code code) {
  return code == Code::soc || code == Code::react || code == Code::off ||
         code == Code::lost;
}

/// Fireworks are for the last months; the rest of the year they are rare.
bool firework_time(std::int64_t now) {
  const std::int64_t day = now / 86'400 % 365;  // from 1 March
  return day >= 214 && day < 320;
}

}  // namespace

std::int64_t Generator::delay(double median_minutes, double sigma,
                              double most_minutes) {
  const double minutes =
      std::min(random_.lognormal(median_minutes, sigma), most_minutes);
  return 5 + static_cast<std::int64_t>(minutes * 60);
}

std::uint16_t Generator::resident(std::uint16_t except, std::uint16_t neither) {
  std::uint16_t index = 0;
  for (int tries = 0; tries < 12; ++tries) {
    const double at = random_.unit() * weights_.back();
    const auto it = std::upper_bound(weights_.begin(), weights_.end(), at);
    index = static_cast<std::uint16_t>(it - weights_.begin());
    const bool free = index != except && index != neither;
    if (free && plan_.people[index].member) return index;
  }
  return plan_.people[index].member ? index : std::uint16_t{0};
}

std::uint16_t Generator::moderator() { return random_.chance(0.7) ? 0 : 1; }

std::uint16_t Generator::with_voice(Voice voice,
                                    std::uint16_t otherwise) const {
  const auto it =
      std::find_if(plan_.people.begin(), plan_.people.end(),
                   [&](const Person& person) { return person.voice == voice; });
  return it == plan_.people.end()
             ? otherwise
             : static_cast<std::uint16_t>(it - plan_.people.begin());
}

/// Who only reacts or asks is not the one who began.
std::uint16_t Generator::speaker(Speaker who, const Thread& thread,
                                 bool informs) {
  switch (who) {
    case Speaker::starter:
      return thread.starter;
    case Speaker::other:
      return resident(thread.latest, informs ? nobody16 : thread.starter);
    case Speaker::moderator:
      return moderator();
    case Speaker::professional: {
      const std::uint16_t officer = with_voice(Voice::police, 0);
      return thread.code == Code::over
                 ? with_voice(Voice::municipality, officer)
                 : officer;
    }
  }
  return thread.starter;
}

/// Now and then it is not a resident who begins; officials only by day.
std::uint16_t Generator::opener(Code code) {
  const double share = code == Code::prev  ? 0.6
                       : code == Code::soc ? 0.03
                                           : 0.1;
  const auto voice = static_cast<Voice>(1 + random_.below(4));
  const bool other =
      random_.chance(share) && !library_.pool(code, voice, 0).empty();
  const std::int64_t time = now_ / hour % 24;
  const bool at_work = voice == Voice::moderator || (time >= 8 && time < 18) ||
                       (voice == Voice::police && time < 23 && time >= 7);
  return other && at_work ? with_voice(voice, 0) : resident();
}

const Fragment* Generator::opening(Code code, std::uint16_t author) {
  const Pool& pool = library_.pool(code, plan_.people[author].voice, 0);
  if (pool.empty()) return nullptr;
  const std::uint16_t fireworks = library_.topic("vuurwerk");
  const Fragment* fragment = &teller_.choose(pool);
  for (int tries = 0; tries < 4; ++tries) {
    if (fragment->topic != fireworks || firework_time(now_)) break;
    fragment = &teller_.choose(pool);
  }
  return fragment;
}

std::uint32_t Generator::open_thread(Code code, std::uint16_t author) {
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(threads_.size());
    threads_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Thread& thread = threads_[index];
  thread = {.starter = author,
            .latest = author,
            .code = code,
            .started = started_at(now_)};
  teller_.set(thread.scene);
  return index;
}

bool Generator::speak(std::uint32_t index, Saying saying) {
  Thread& thread = threads_[index];
  if (!teller_.say(saying, thread.scene)) return false;
  thread.latest = saying.author;
  thread.last = now_;
  note_noise(saying.code);
  return true;
}

/// `alone`: a report that came up during another one does not bring a third.
void Generator::report(Code code, bool alone) {
  const std::uint16_t author = opener(code);
  const Fragment* fragment = opening(code, author);
  if (fragment == nullptr) return;
  const std::uint32_t index = open_thread(code, author);
  Thread& thread = threads_[index];
  thread.incident = ++incidents_;
  thread.scene.topic = fragment->topic;
  thread.scene.theme =
      themes_[static_cast<std::size_t>(code) * library_.topic_count() +
              fragment->topic];
  speak(index, {.code = code,
                .author = author,
                .root = true,
                .incident = thread.incident,
                .fragment = fragment});
  plan_replies(index);
  plan_outcome(index);
  if (thread.pending == 0) free_.push_back(index);
  if (!alone && events_.chance(second_report_chance)) {
    constexpr std::array<Code, 3> codes{Code::inc, Code::verd, Code::over};
    push({.time = now_ + 4 * minute + events_.below(1200),
          .action = Action::report,
          .code = codes[events_.below(3)]});
  }
}

void Generator::add_steps(double mean, Step step) {
  for (std::uint32_t i = random_.poisson(mean); i > 0; --i)
    steps_.push_back(step);
}

/// Gives the steps a random order and times, each soon after the one before.
void Generator::spread(std::uint32_t index, double median_minutes,
                       double most_minutes) {
  for (std::size_t i = steps_.size(); i > 1; --i) {
    std::swap(steps_[i - 1],
              steps_[random_.below(static_cast<std::uint32_t>(i))]);
  }
  std::int64_t time = now_;
  for (const Step& step : steps_) {
    time += delay(median_minutes, 1, most_minutes);
    push({.time = time,
          .thread = index,
          .topic = step.topic,
          .action = Action::say,
          .code = step.code,
          .speaker = step.speaker,
          .manner = step.manner});
  }
  steps_.clear();
}

void Generator::plan_replies(std::uint32_t index) {
  const Design& design = plan_.design;
  const auto reply_at = [&](std::int64_t time, Step step) {
    push({.time = time,
          .thread = index,
          .action = Action::say,
          .code = step.code,
          .speaker = step.speaker,
          .manner = step.manner});
  };
  if (random_.chance(0.35)) {
    reply_at(now_ + 20 + random_.below(130), {Code::aanv, Speaker::starter});
  }
  if (random_.chance(0.08)) {
    push({.time = now_ + 15 + random_.below(90),
          .thread = index,
          .action = Action::picture});
  }
  if (random_.chance(0.12)) {
    reply_at(now_ + delay(4, 0.8, 25),
             {Code::aanv, Speaker::other, Manner::duplicate});
  }
  const double talk = chatter();
  add_steps(design.additions, {Code::aanv, Speaker::other});
  add_steps(0.4, {Code::vraag, Speaker::other, Manner::detail});
  add_steps(0.12, {Code::vraag, Speaker::other, Manner::plain,
                   library_.topic("camerabeelden")});
  add_steps(design.reactions * talk, {Code::react, Speaker::other});
  add_steps(design.asides * talk, {Code::soc, Speaker::other, Manner::reply});
  if (random_.chance(strict() ? 0.2 : 0.1)) {
    steps_.push_back({Code::mod, Speaker::moderator, Manner::plain,
                      library_.topic("detailvraag")});
  }
  if (random_.chance(design.professional.at(started_at(now_)))) {
    steps_.push_back(professional_step());
  }
  spread(index, 3, 25);
}

/// Police or municipality inform, thank, or say where to report.
Generator::Step Generator::professional_step() {
  const std::uint32_t which = random_.below(4);
  if (which == 0) {
    return {Code::react, Speaker::professional, Manner::plain,
            library_.topic("dank")};
  }
  if (which == 1) {
    return {Code::mod, Speaker::professional, Manner::plain,
            library_.topic("doorverwijzing")};
  }
  return {Code::aanv, Speaker::professional};
}

/// A third of the outcomes comes within the hour, most on the same day, all
/// within 48 hours of the report.
void Generator::plan_outcome(std::uint32_t index) {
  const bool started = started_at(now_);
  if (!events_.chance(plan_.design.closing.at(started))) return;
  constexpr double most = 40 * 60;
  std::int64_t wait = random_.chance(0.33)
                          ? 12 * minute + random_.below(2600)
                          : 15 * minute + delay(300, 1.1, most);
  if ((now_ + wait) / hour % 24 < 7) wait += 7 * hour;
  const double professional = 0.1 + plan_.design.professional.at(started);
  const double draw = random_.unit();
  const Speaker who = draw < professional          ? Speaker::professional
                      : draw < professional + 0.45 ? Speaker::starter
                      : draw < professional + 0.6  ? Speaker::moderator
                                                   : Speaker::other;
  push({.time = now_ + wait,
        .thread = index,
        .action = Action::outcome,
        .code = Code::terug,
        .speaker = who});
}

void Generator::on_outcome(const Event& event) {
  Thread& thread = threads_[event.thread];
  std::uint16_t author = speaker(event.speaker, thread);
  if (!plan_.people[author].member) author = moderator();
  if (!speak(event.thread, {.code = Code::terug,
                            .author = author,
                            .incident = thread.incident})) {
    return;
  }
  thread.closed = true;
  ++teller_.phase(thread.started).closed;
  add_steps(0.9 * chatter(), {Code::react, Speaker::other});
  if (random_.chance(plan_.design.closing_formula.at(started_at(now_)))) {
    steps_.push_back({Code::mod, Speaker::moderator, Manner::plain,
                      library_.topic("sluiten")});
  }
  spread(event.thread, 6, 40);
}

void Generator::talk(Code code, std::uint16_t author, std::uint16_t topic) {
  const std::uint32_t index = open_thread(code, author);
  Thread& thread = threads_[index];
  Saying saying{.code = code, .author = author, .topic = topic};
  if (topic == 0) {
    saying.fragment = opening(code, author);
    if (saying.fragment != nullptr) thread.scene.topic = saying.fragment->topic;
  } else {
    thread.scene.topic = topic;
  }
  if (speak(index, saying)) plan_talk(index);
  if (thread.pending == 0) free_.push_back(index);
}

/// What was lost is often found.
void Generator::plan_settling(std::uint32_t index) {
  if (!random_.chance(0.35)) return;
  push({.time = now_ + delay(300, 1, 1800),
        .thread = index,
        .action = Action::say,
        .code = Code::lost,
        .speaker = Speaker::starter,
        .manner = Manner::settled});
}

void Generator::plan_talk(std::uint32_t index) {
  const Design& design = plan_.design;
  const Thread& thread = threads_[index];
  const double talk = chatter();
  const Step react{Code::react, Speaker::other};
  switch (thread.code) {
    case Code::soc:
      add_steps(design.soc_replies, {Code::soc, Speaker::other, Manner::reply});
      add_steps(0.8, react);
      break;
    case Code::lost:
      add_steps(0.6 * talk, react);
      add_steps(0.3 * talk, {Code::soc, Speaker::other, Manner::reply});
      plan_settling(index);
      break;
    case Code::off:
      add_steps(0.5, {Code::off, Speaker::other, Manner::reply});
      add_steps(0.4 * talk, react);
      break;
    case Code::vraag:
      add_steps(0.8, {Code::aanv, Speaker::other, Manner::answer});
      add_steps(0.5 * talk, react);
      break;
    case Code::prev:
    case Code::mod:
      add_steps(0.8 * talk, react);
      break;
    case Code::terug:
    case Code::inc:
    case Code::verd:
    case Code::aanv:
    case Code::over:
    case Code::react:
    case Code::onb:
      break;
  }
  spread(index, 4, 150);
}

/// Where reactions and asides do not follow the thread's own topic.
std::uint16_t Generator::fitting_topic(Code code, const Thread& thread) {
  if (code == Code::soc && thread.code != Code::soc) {
    constexpr std::array<const char*, 6> asides{"mening_discussie",
                                                "mening_discussie",
                                                "mening_discussie",
                                                "steun",
                                                "grap",
                                                "conflict"};
    return library_.topic(asides[random_.below(asides.size())]);
  }
  return code == Code::react ? reaction_topic(thread) : std::uint16_t{0};
}

std::uint16_t Generator::reaction_topic(const Thread& thread) {
  const bool kind = random_.chance(0.5);
  if (thread.closed) return library_.topic(kind ? "dank" : "compliment");
  switch (thread.code) {
    case Code::inc:
      return library_.topic(kind ? "medeleven" : "bevestiging");
    case Code::verd:
    case Code::over:
    case Code::mod:
      return library_.topic(kind ? "duim_emoji" : "bevestiging");
    case Code::prev:
      return library_.topic(kind ? "dank" : "duim_emoji");
    case Code::soc:
    case Code::lost:
    case Code::off:
    case Code::vraag:
    case Code::terug:
    case Code::aanv:
    case Code::react:
    case Code::onb:
      return library_.topic("duim_emoji");
  }
  return 0;
}

void Generator::on_say(const Event& event) {
  Thread& thread = threads_[event.thread];
  const bool talk = event.code == Code::react || event.code == Code::soc;
  const bool late = now_ / hour % 24 < 7;
  if (talk && late && random_.chance(0.6)) return;
  // After the outcome nothing is added any more, only thanked and closed.
  if (thread.closed && event.code != Code::react && event.code != Code::mod)
    return;
  // An incident ends after an hour of silence; what comes later is lost.
  if (thread.incident != 0 && !thread.closed && now_ - thread.last > hour)
    return;
  const bool informs =
      event.code == Code::aanv && event.manner == Manner::plain;
  const std::uint16_t author = speaker(event.speaker, thread, informs);
  const bool twice =
      event.manner == Manner::duplicate && author == thread.starter;
  if (!plan_.people[author].member || twice) return;
  Saying saying{.code = event.code,
                .author = author,
                .manner = event.manner,
                .topic = event.topic,
                .incident = thread.closed ? 0 : thread.incident};
  if (saying.topic == 0) saying.topic = fitting_topic(event.code, thread);
  if (!speak(event.thread, saying)) return;
  if (event.manner == Manner::detail && random_.chance(0.6)) {
    push({.time = now_ + delay(2, 0.8, 15),
          .thread = event.thread,
          .action = Action::say,
          .code = Code::aanv,
          .speaker = Speaker::starter,
          .manner = Manner::answer});
  }
}

/// Too much noise within an hour brings a reminder, at most one in 20 hours.
void Generator::note_noise(Code code) {
  if (!is_noise(code)) return;
  if (now_ - noise_since_ > hour) {
    noise_since_ = now_;
    noise_ = 0;
  }
  last_noise_ = code;
  const std::uint32_t most = strict() ? 4 : 12;
  if (++noise_ <= most || now_ < next_reminder_) return;
  next_reminder_ = now_ + 20 * hour;
  if (random_.chance(0.6)) push_at(now_ + delay(6, 0.6, 30), Action::remind);
}

void Generator::on_remind() {
  const bool night = text::is_night(LocalTime{std::chrono::seconds{now_}});
  const char* topic = night                        ? "night"
                      : last_noise_ == Code::react ? "thumbs"
                      : last_noise_ == Code::soc   ? "chatter"
                                                   : "offtopic";
  const std::uint16_t author = random_.chance(0.8) ? moderator() : resident();
  talk(Code::mod, author, library_.topic(topic));
  if (!random_.chance(0.25)) return;
  const std::uint32_t index = open_thread(Code::soc, author);
  push({.time = now_ + delay(5, 0.8, 40),
        .thread = index,
        .topic =
            library_.topic(random_.chance(0.5) ? "conflict" : "zelfcorrectie"),
        .action = Action::say,
        .code = Code::soc,
        .speaker = Speaker::other,
        .manner = Manner::reply});
  if (threads_[index].pending == 0) free_.push_back(index);
}

}  // namespace etherpeil::demo
