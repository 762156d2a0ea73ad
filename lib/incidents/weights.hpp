#pragma once
/// How strongly things speak for a message being part of an incident
/// (lib/data/incidents.json): their sum is above 0 when it is.
#include <array>
#include <cstddef>

#include "etherpeil/types.hpp"

namespace etherpeil::incident {

struct Weights {
  /// By what a message does; minus infinity for what joins none.
  std::array<double, 11> base{};
  double shared_word{};
  double repeated_word{};  ///< the same between two reports
  std::size_t most_words{};
  double takes_part{};
  double names_participant{};
  double closed{};  ///< the incident has its outcome
  /// Times ln(1 + gap / gap_unit), from the last message that tells something.
  double gap{};
  double chatter_gap{};
  double gap_unit{};  ///< seconds
  double same_reporter{};
  double goes_on{};  ///< the same, with the same label, at once
  double duplicate{};
  double clear{};  ///< less between the two best: uncertain

  [[nodiscard]] double of(Function what) const {
    return base[static_cast<std::size_t>(what)];
  }
};
[[nodiscard]] const Weights& weights();

}  // namespace etherpeil::incident
