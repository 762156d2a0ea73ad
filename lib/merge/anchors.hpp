#pragma once
/// The messages that two exports have in common beyond doubt.
#include <optional>
#include <span>
#include <vector>

#include "etherpeil/merge.hpp"
#include "merge/items.hpp"

namespace etherpeil::merging {

struct Anchor {
  Index a{};
  Index b{};
  std::int64_t ahead{};  ///< seconds, b's time less a's
};

struct Anchors {
  std::optional<Unaligned> why_not{};
  std::vector<Anchor> chain{};  ///< in the order of both files
};

/// A difference of clocks without what minutes, drift and latency add: the
/// nearest quarter of an hour, in seconds.
[[nodiscard]] std::int64_t zone_of(std::int64_t ahead);

/// `share` as in `align`.
[[nodiscard]] Anchors find_anchors(const Vocabulary& vocabulary,
                                   std::span<const Item> a,
                                   std::span<const Item> b, double share);

}  // namespace etherpeil::merging
