#pragma once
/// One group's year, event by event, in order of time.
#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "demo/group.hpp"
#include "demo/library.hpp"
#include "demo/random.hpp"
#include "demo/teller.hpp"
#include "demo/world.hpp"

namespace etherpeil::demo {

/// How often a second report comes up while people talk about the first.
inline constexpr double second_report_chance = 0.08;

/// Mean number of messages per day of a group of this design, over both phases.
[[nodiscard]] double expected_per_day(const Design& design);

/// A queue of events that are not yet due, at most 48 hours ahead; memory grows
/// with the rate of messages, never with the length of the year.
class Generator {
 public:
  /// `scale` multiplies the rates of what starts a conversation. `events` draws
  /// when something is reported and whether its outcome becomes known: the
  /// words that are drawn for it never change what happens.
  Generator(const World& world, const Library& library, GroupPlan& plan,
            double scale, std::uint32_t days, Random& random, Random& events,
            Teller& teller);
  void run();

 private:
  static constexpr std::uint32_t nobody = 0xFFFFFFFFU;
  static constexpr std::uint16_t nobody16 = 0xFFFF;
  enum class Action : std::uint8_t {
    arrive,
    day,
    report,
    say,
    outcome,
    picture,
    test,
    remind,
    explain,
    rename
  };
  enum class Source : std::uint8_t { report, talk, media, join, leave, notice };
  enum class Speaker : std::uint8_t { starter, other, moderator, professional };

  struct Thread {
    Scene scene{};
    std::uint32_t incident{};
    std::uint32_t pending{};  ///< events that still need it
    std::uint16_t starter{};
    std::uint16_t latest{};  ///< who wrote last
    std::int64_t last{};     ///< when
    Code code{};
    bool started{};  ///< opened after the start of the intervention
    bool closed{};
  };

  struct Event {
    std::int64_t time{};
    std::uint64_t order{};         ///< first planned, first told
    std::uint32_t thread{nobody};  ///< or the stream that arrives
    std::uint16_t topic{};
    Action action{};
    Code code{};
    Speaker speaker{};
    Manner manner{};
    bool operator<(
        const Event& other) const {  // the heap's top is the earliest
      return time != other.time ? time > other.time : order > other.order;
    }
  };

  /// What comes by itself, as a Poisson process with the profile of a week.
  struct Stream {
    Source source{};
    Code code{};
    double per_day{};
    double at{};  ///< seconds
  };

  /// A reply before it has a time.
  struct Step {
    Code code{};
    Speaker speaker{};
    Manner manner{};
    std::uint16_t topic{};
  };

  // The queue (generator.cpp).
  void push(Event event);
  void push_at(std::int64_t time, Action action);
  void push_arrival(std::uint32_t index);
  void read_themes(const World& world);
  void open_streams();
  void found_group();
  void handle(const Event& event);
  void on_arrival(const Stream& stream);
  void explain();
  void on_day();
  void wish(std::string_view season, double mean);
  void join();
  void leave();
  void notice();
  void media();

  // What people say to each other (conversations.cpp).
  void report(Code code, bool alone);
  void plan_replies(std::uint32_t index);
  [[nodiscard]] Step professional_step();
  void plan_outcome(std::uint32_t index);
  void talk(Code code, std::uint16_t author, std::uint16_t topic = 0);
  void plan_talk(std::uint32_t index);
  void plan_settling(std::uint32_t index);
  void spread(std::uint32_t index, double median_minutes, double most_minutes);
  void add_steps(double mean, Step step);
  void on_say(const Event& event);
  void on_outcome(const Event& event);
  void on_remind();
  bool speak(std::uint32_t index, Saying saying);
  void note_noise(Code code);

  [[nodiscard]] std::uint32_t open_thread(Code code, std::uint16_t author);
  [[nodiscard]] std::uint16_t resident(std::uint16_t except = nobody16,
                                       std::uint16_t neither = nobody16);
  [[nodiscard]] std::uint16_t moderator();
  [[nodiscard]] std::uint16_t speaker(Speaker who, const Thread& thread,
                                      bool informs = true);
  [[nodiscard]] std::uint16_t opener(Code code);
  [[nodiscard]] std::uint16_t with_voice(Voice voice,
                                         std::uint16_t otherwise) const;
  [[nodiscard]] const Fragment* opening(Code code, std::uint16_t author);
  [[nodiscard]] std::uint16_t fitting_topic(Code code, const Thread& thread);
  [[nodiscard]] std::uint16_t reaction_topic(const Thread& thread);
  [[nodiscard]] std::int64_t delay(double median_minutes, double sigma,
                                   double most_minutes);
  [[nodiscard]] bool started_at(std::int64_t time) const {
    return time >= start_;
  }
  [[nodiscard]] bool strict() const { return plan_.design.regime == "alarm"; }
  [[nodiscard]] double chatter() const {
    return plan_.design.chatter.at(started_at(now_));
  }

  const Library& library_;
  GroupPlan& plan_;
  double scale_;
  std::int64_t end_;
  std::int64_t start_;  ///< of the intervention
  Random& random_;
  Random& events_;
  Teller& teller_;
  std::vector<Event> queue_;
  std::uint64_t order_{};
  std::vector<Stream> streams_;
  std::deque<Thread> threads_;
  std::vector<std::uint32_t> free_;
  std::vector<Step> steps_;
  std::vector<std::uint16_t> themes_;  ///< per code and topic
  std::vector<double> weights_;        ///< cumulative, per person
  const std::vector<std::string>& polls_;
  std::vector<std::int64_t> silent_;  ///< hours that the clock skips or doubles
  std::size_t next_newcomer_{};
  std::int64_t now_{};
  std::uint32_t incidents_{};
  std::int64_t noise_since_{};
  std::uint32_t noise_{};
  std::int64_t next_reminder_{};
  Code last_noise_{};
};

}  // namespace etherpeil::demo
