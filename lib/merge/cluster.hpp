#pragma once
/// Exports that have become one, as numbers: what is merged before any byte is
/// copied.
#include <optional>
#include <string>
#include <vector>

#include "etherpeil/merge.hpp"
#include "merge/align.hpp"
#include "merge/items.hpp"

namespace etherpeil::merging {

/// A record of an export.
struct Version {
  Index source{};
  Index record{};
};

/// A message, in all its versions. The item has the words of the version that
/// was chosen, and the finest time.
struct Node {
  Item item{};
  Version chosen{};
  std::vector<Version> versions{};
};

/// A sender, with his name in every export, the first file's first.
struct Person {
  std::vector<Author> names{};
  std::vector<std::string> identities{};
};

/// The word for the owner of the phone, which is nobody's name.
[[nodiscard]] bool is_self(const Author& author);

/// One export in a cluster.
struct Part {
  Index file{};              ///< in the order of files
  std::int64_t clock{};      ///< seconds that it is ahead of the cluster
  std::int64_t last_time{};  ///< its own last time; later exports know more
  std::vector<SenderMatch> senders{};
};

struct Cluster {
  std::vector<Node> nodes{};
  std::vector<Person> people{};
  std::vector<Part> parts{};  ///< versions name their places in this list
  std::vector<std::string> group_names{};

  [[nodiscard]] static Cluster of(const Chat& chat, Index file,
                                  Vocabulary& vocabulary);
  /// Takes the other one in, or leaves both as they are and says why.
  [[nodiscard]] std::optional<Unaligned> join(Cluster& other,
                                              const Vocabulary& vocabulary);
};

}  // namespace etherpeil::merging
