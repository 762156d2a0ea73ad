#pragma once
/// From numbers back to bytes.
#include <span>
#include <string>
#include <vector>

#include "etherpeil/types.hpp"
#include "merge/cluster.hpp"

namespace etherpeil::merging {

/// A chat that was given, with what orders it.
struct File {
  Index input{};
  std::string sha256{};
  Chat chat{};
  std::size_t copies{1};  ///< how often the same text was given
};

/// Copies the chosen records behind each other. `authors` gets the author in
/// the chat of each person of the cluster.
/// @throws Error limit
[[nodiscard]] Chat compose(const Cluster& cluster, std::span<const File> files,
                           std::vector<Index>& authors);

}  // namespace etherpeil::merging
