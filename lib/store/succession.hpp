#pragma once
/// What becomes of the exports of a group when one comes whose days they cover.
#include <string>
#include <vector>

#include "store/sqlite.hpp"
#include "store/tabulate.hpp"

namespace etherpeil::tables {

/// Decided from days, counts and the fingerprints of days: the database holds
/// no words.
struct Succession {
  /// First day of an export that shows all of these days already; else empty.
  std::string container{};
  /// The first day to be written; those before are covered. Of the export that
  /// ends before it, the days from here on go: its last reports are unfinished.
  LocalDay from{};
  std::vector<std::string> replaced{};  ///< first days of exports that go
  /// Pseudonyms that an erased person has in this export.
  std::vector<std::string> erased{};
  /// People whom the group does not know, who wrote on days on which an erased
  /// person wrote that is not found again; not necessarily him.
  std::size_t strangers{};
};

/// `rows` are those of the whole export, `name` is that of it, for errors.
/// @throws Error store when the days overlap but their words differ, when the
/// names differ and both would stay, or when the export is the older one and
/// reaches back further
[[nodiscard]] Succession succession(const sqlite::Database& database,
                                    Index group, const std::string& group_key,
                                    const Rows& rows, const std::string& name);

}  // namespace etherpeil::tables
