#pragma once
/// What of an export was read before, so that it need not be labelled again.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/store.hpp"
#include "store/sqlite.hpp"

namespace etherpeil::tables {

/// All that labels of a day depend on and that its rows do not say: who wrote,
/// by name, and what.
class Reading {
 public:
  /// The next message by a person on the day, in file order.
  void add(const Chat& chat, Index message);
  /// Nothing without messages.
  [[nodiscard]] std::optional<std::int64_t> mark(
      const Pseudonymiser& pseudonyms) const;

 private:
  void add(std::string_view text);
  /// Begins as no text does, so that no words have the fingerprint of it.
  std::string all_{"\xFF"};
};

/// The labels of the days that the group holds from exports of these runs (a
/// JSON array), and that were read as they are now: same words, names, times,
/// kinds and roles. Nothing of days on which somebody is nobody: he may have
/// had a role.
[[nodiscard]] std::vector<Label> known_labels(const sqlite::Database& database,
                                              Index group, const Chat& chat,
                                              std::span<const Role> roles,
                                              const Pseudonymiser& pseudonyms,
                                              std::string_view runs);

}  // namespace etherpeil::tables
