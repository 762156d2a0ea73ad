#pragma once
/// What a store holds, and the questions that several of its parts ask.
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/error.hpp"
#include "etherpeil/store.hpp"
#include "store/rows.hpp"
#include "store/sqlite.hpp"
#include "store/vault.hpp"

namespace etherpeil {

[[noreturn]] inline void fail(Errc code, const std::string& path,
                              const std::string& why) {
  throw Error{code, path + ": " + why};
}

struct Assignment {
  std::string pseudonym{};
  RoleEntry entry{};  ///< without its name, which is in no database
};

struct Store::Impl {
  /// Checks what the file is, and migrates it when it is of an older schema.
  explicit Impl(sqlite::Database opened);

  [[nodiscard]] Index group(std::string_view key) const {
    return study.require_group(key, database.path());
  }
  /// With another key the same people would get other pseudonyms.
  void check_key(const Pseudonymiser& pseudonyms) const;
  /// Also that it is not damaged, once: every page is looked at.
  void check_writable() const;
  /// What an error about an export begins with.
  [[nodiscard]] const std::string& name_of(const Chat& chat) const {
    return chat.source.empty() ? database.path() : chat.source;
  }
  /// Whether the group holds the text. @throws Error store when another group
  /// does, or when it was read in another way
  [[nodiscard]] bool holds(Index wanted, const Analysis& analysis) const;
  /// False for an export that came before the messages were kept (schema 1).
  [[nodiscard]] bool complete(const std::string& sha256) const;
  [[nodiscard]] std::vector<Assignment> assignments(Index wanted) const;

  /// The export that shows a text.
  struct Shown {
    std::string sha256{};
    std::string first_day{};
    Coverage coverage{};
  };
  [[nodiscard]] std::optional<Shown> export_of(Index group,
                                               std::string_view text) const;
  [[nodiscard]] std::optional<tables::Vault> vault() const;
  [[nodiscard]] tables::Vault vault_or_new() const;
  /// The hashes of all exports, and the last day of each.
  [[nodiscard]] std::map<std::string, LocalDay> exports() const;
  /// The same; an error about the chat when there is none.
  [[nodiscard]] Shown require_export(std::string_view group,
                                     const Analysis& analysis) const;
  /// Authors of a chat that is there whom the group does not know: the erased.
  [[nodiscard]] std::vector<std::string> erased_in(
      Index group, const Chat& chat, const Pseudonymiser& pseudonyms) const;
  /// Puts the texts of an export into the vault, but for those of `silent`.
  void keep_texts(Index group, const Analysis& analysis,
                  const Coverage& coverage,
                  const std::vector<bool>& silent) const;
  /// Takes out of the vault what the study does not hold: texts of exports that
  /// were replaced, and of imports that were cut off.
  void tidy_vault() const;
  /// Makes these people nobody; how many of them the database knew.
  std::size_t enforce(Store& store,
                      const std::vector<std::string>& people) const;
  /// Takes a person's texts out of the vault, and those that hold the name.
  [[nodiscard]] std::uint64_t erase_texts(std::string_view pseudonym,
                                          std::string_view name) const;

  /// Notes the run of an audit of a group, or of a comparison, and the exports
  /// that it read.
  [[nodiscard]] std::string write_result(std::string_view kind,
                                         const MadeWith& made,
                                         std::optional<Index> group) const;

  sqlite::Database database;
  mutable std::int64_t seen{};  ///< SQLite's data_version of the last panel
  std::filesystem::path backup{};
  Study study{};

 private:
  /// Whether the text was read into the group and is a part of another export.
  [[nodiscard]] bool was_read(Index wanted, const Analysis& analysis) const;
  void check_group(Index wanted, std::int64_t stored,
                   const std::string& name) const;

  mutable bool whole_{};
};

}  // namespace etherpeil
