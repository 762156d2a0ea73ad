#pragma once
/// What follows from the order of messages and days: gaps, reminders and what
/// came of them.
#include <vector>

#include "etherpeil/stats.hpp"
#include "metrics/count.hpp"

namespace etherpeil::metric {

/// Observed days without such a message: the longest run of days that follow
/// each other, within the part.
[[nodiscard]] std::uint32_t longest_gap(const PanelIndex& index,
                                        const Timeline& timeline,
                                        const Tally& tally,
                                        const Counter& messages);
/// Days from the last such message, of any observed day up to the last of the
/// part, to that day; nothing when there was none.
[[nodiscard]] std::optional<std::uint32_t> since_last(const PanelIndex& index,
                                                      const Timeline& timeline,
                                                      const Tally& tally,
                                                      const Counter& messages);

/// From the first message of each run of being off purpose (an hour without
/// one ends it) to a reminder by somebody else; looked for during a day, until
/// the next run or the last message of the group.
[[nodiscard]] std::vector<Duration> reminder_times(const PanelIndex& index,
                                                   const Timeline& timeline,
                                                   const Tally& tally,
                                                   const Counter& reminders);

/// Share of messages off purpose in the 14 days after the day of a reminder
/// minus that in the 14 days before it, mean over the days with a reminder. The
/// day itself is on neither side: reminders come on bad days, and would seem to
/// help if such a day counted as before.
struct AfterReminders {
  std::uint64_t reminders{};  ///< days, with 14 observed days and a message on
                              ///< both sides
  double change{};
  /// From what each calendar week adds to `change`, so that bursts and windows
  /// that share days are in it. Its reminders are all that are spoken of.
  double variance{};
  double degrees{};  ///< of its t distribution
};
[[nodiscard]] AfterReminders after_reminders(const PanelIndex& index,
                                             const Timeline& timeline,
                                             const Tally& tally,
                                             const Counter& reminders);

/// Senders who were off purpose in the hour before a reminder by somebody else,
/// each once, at the first of the part: what one person does again and again is
/// no new evidence. Counted when the 30 days after it are observed, or when
/// they were off purpose again in that time.
struct Reminded {
  std::uint64_t reminded{};
  std::uint64_t repeated{};
};
[[nodiscard]] Reminded reminded(const PanelIndex& index,
                                const Timeline& timeline, const Tally& tally,
                                const Counter& reminders);

/// Leaves on the day after a noisy day (more reactions and off-purpose messages
/// than on nine in ten days of the part) and after the other days.
struct AfterNoise {
  std::uint64_t noisy_leaves{};
  std::uint64_t noisy_days{};
  std::uint64_t other_leaves{};
  std::uint64_t other_days{};
};
[[nodiscard]] AfterNoise leaves_after_noise(const PanelIndex& index,
                                            const Timeline& timeline,
                                            const Tally& tally);

}  // namespace etherpeil::metric
