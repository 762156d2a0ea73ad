#pragma once
/// Whether interventions can be seen in the chats. An experiment whose
/// interventions were hardly carried out cannot show what they do.
#include <string>
#include <vector>

#include "etherpeil/compare.hpp"

namespace etherpeil {

struct FidelityOptions {
  std::uint32_t days{28};  ///< on each side of a start
  std::string group{};     ///< empty: all
};

enum class Visibility : std::uint8_t {
  visible,      ///< something that was looked at changed more than by chance
  too_few,      ///< nothing did, but a large change cannot be excluded
  not_visible,  ///< nothing did, and a large change is excluded
  unknown       ///< nothing could be compared
};
[[nodiscard]] std::string_view to_string(Visibility);

/// One metric before and after a start.
struct FidelityChange {
  GroupChange change{};
  /// The interval that holds for all metrics together excludes no change.
  bool clear{};
};

/// What is seen around the start of one intervention.
struct Fidelity {
  std::string group{};
  std::string intervention{};  ///< key
  std::string title{};
  LocalDay start{};
  Visibility visibility{Visibility::unknown};
  std::vector<FidelityChange> changes{};
  /// Keys of interventions of the group that start or run within the days that
  /// are compared: what is seen may be theirs.
  std::vector<std::string> overlaps{};
  std::vector<std::string> notes{};
};

/// Moderation (M27, M30, M31, M34), presence of police and municipality (M50),
/// their replies and outcomes (M51, M54), talk off purpose (M12) and reports
/// with an outcome (M43) in the days before each start and from it on, in order
/// of group and start. Intervals of the changes are 95 % and those of
/// `compare`; whether one is clear is judged at 1 - 0.05 / (metrics that could
/// be compared), so that looking at many does not by itself show something. A
/// change is large when it halves or doubles a rate, or moves a share by 10
/// points; nothing is called not visible as long as one of these intervals
/// holds such a change: a few messages show nothing either way.
/// Nothing says what an intervention was meant to change, nor what made a
/// change. Notes: fidelity.overlap, fidelity.few-days (fewer than half of the
/// days were observed on a side), fidelity.no-roles (nobody in the group has a
/// role), fidelity.no-claim (always).
/// @throws Error argument for an unknown group, or 0 days
[[nodiscard]] std::vector<Fidelity> fidelity(
    const Panel& panel, const FidelityOptions& options = {});

}  // namespace etherpeil
