#pragma once
/// From labelled messages to incidents: a report with its additions, questions,
/// reactions and outcome.
#include <chrono>
#include <span>

#include "etherpeil/types.hpp"

namespace etherpeil {

struct IncidentOptions {
  /// After this long without a message that belongs to it, an incident takes no
  /// report any more; and nothing at all when the next limit has passed too.
  std::chrono::minutes max_gap{60};
  /// Messages that fit well, outcomes above all, may join until this long after
  /// the root.
  std::chrono::hours outcome_window{48};
  /// Messages of the reporter within this time count as the report itself.
  std::chrono::minutes report_window{3};
};

/// Groups messages around reports. A label that abstains neither opens nor
/// closes an incident; its message may still belong to one. `labels` holds one
/// label per message, `roles` one per message or nothing. Deterministic; linear
/// in the messages for a bounded number of open incidents. Source: codebook,
/// root and thread rules (lib/data/codebook_nl.json).
[[nodiscard]] Incidents find_incidents(const Chat& chat,
                                       std::span<const Label> labels,
                                       const Codes& codes,
                                       std::span<const Role> roles = {},
                                       const IncidentOptions& options = {});

}  // namespace etherpeil
