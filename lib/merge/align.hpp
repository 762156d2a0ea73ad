#pragma once
/// Which message of one export is which of another.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "etherpeil/merge.hpp"
#include "merge/items.hpp"

namespace etherpeil::merging {

/// One side: messages in order, and all identities under which each author is
/// known (`privacy::identity`; none for "Jij").
struct Side {
  std::span<const Item> items{};
  std::span<const std::vector<std::string>> people{};
};

struct Alignment {
  std::optional<Unaligned> why_not{};  ///< when set, nothing below is
  std::int64_t clock{};  ///< seconds that b is ahead, quarters of an hour
  std::vector<std::int64_t> clocks{};  ///< the same at each message of b
  std::vector<Index> of_b{};           ///< the message of a, or `none`
  std::vector<bool> in_order{};  ///< per message of b: its match keeps the
                                 ///< order of both files
  std::vector<SenderMatch> senders{};  ///< per author of b; author `none`: new
};

/// `share`: of the messages that could be anchors, those that must be.
[[nodiscard]] Alignment align(const Vocabulary& vocabulary, const Side& a,
                              const Side& b, double share);

}  // namespace etherpeil::merging
