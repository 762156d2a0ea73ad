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
/// one ends it) to moderation by somebody else; looked for during a day, until
/// the next run or the last message of the group.
[[nodiscard]] std::vector<Duration> reminder_times(const PanelIndex& index,
                                                   const Timeline& timeline,
                                                   const Tally& tally);

/// Being off purpose in the 14 days before and after a prompted moderation.
struct Around {
  double before{};  ///< share of all messages
  double after{};
};
/// Those of the part with 14 observed days and a message on both sides.
[[nodiscard]] std::vector<Around> around_reminders(const PanelIndex& index,
                                                   const Timeline& timeline,
                                                   const Tally& tally);

/// Senders who were off purpose in the hour before a prompted moderation by
/// somebody else, once per moderation; counted when 30 days after it are
/// observed, or when they were so again in that time.
struct Reminded {
  std::uint64_t reminded{};
  std::uint64_t repeated{};
};
[[nodiscard]] Reminded reminded(const PanelIndex& index,
                                const Timeline& timeline, const Tally& tally);

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
