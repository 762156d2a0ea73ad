#pragma once
/// What the researcher knows and the chats do not say: groups, governance,
/// interventions, roles.
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil {

struct Intervention {
  std::string key{};
  std::string title{};
  LocalDay start{};
  std::optional<LocalDay> end{};
};

struct Group {
  std::string key{};  ///< as in `import --group`
  std::string name{};
  std::string arm{};         ///< "intervention", "control", …
  std::string governance{};  ///< "gemeente" or "zelfstandig", free text
  std::string regime{};      ///< "alarm" or "gemengd"
  std::string area_code{};   ///< CBS code, to join other data
  std::optional<std::uint32_t> households{};
  std::optional<std::uint32_t> members{};     ///< as stated by the beheerder
  std::vector<Intervention> interventions{};  ///< by start
};

struct Study {
  std::string key{};
  std::string title{};
  std::string time_zone{"Europe/Amsterdam"};
  std::string roles{};  ///< path of the roles file, relative to the study's
  std::optional<LocalDay> keep_until{};  ///< last day that data may be kept
  std::vector<Group> groups{};
  /// study.interventions-overlap: two interventions of a group share days (one
  /// without an end counts with its first day), so that what is seen on them
  /// may come from either. The message holds the JSON pointer of the second.
  std::vector<Diagnostic> diagnostics{};

  [[nodiscard]] std::optional<Index> group(std::string_view key) const;
  /// The same. @throws Error argument, beginning with `where`, that tells the
  /// groups that there are
  [[nodiscard]] Index require_group(std::string_view key,
                                    const std::string& where) const;
};

/// Reads `study.json` (format etherpeil-study/1, see lib/data/README.md).
/// `source` names it in errors.
/// @throws Error config, with the JSON pointer
[[nodiscard]] Study parse_study(std::string_view json,
                                const std::string& source);
/// @throws Error io, config
[[nodiscard]] Study load_study(const std::filesystem::path& path);

struct RoleEntry {
  std::string name{};  ///< as the export shows it, or a phone number
  Role role{Role::unknown};
  std::optional<LocalDay> from{};  ///< first day of the role
  std::optional<LocalDay> to{};    ///< last day of the role
  /// File and JSON pointer, for diagnostics; empty when it is from no file.
  std::string where{};
};

struct GroupRoles {
  std::string group{};  ///< empty in a file for one chat
  std::vector<RoleEntry> entries{};
};

struct Roles {
  std::vector<GroupRoles> groups{};
  std::string source{};  ///< name of the file, for errors
  /// The entries for a group: its own, else those for one chat, else none.
  [[nodiscard]] std::span<const RoleEntry> of(std::string_view group) const&;
  std::span<const RoleEntry> of(std::string_view group) && = delete;
};

/// Reads `roles.json` (format etherpeil-roles/1).
/// @throws Error config, with the JSON pointer
[[nodiscard]] Roles parse_roles(std::string_view json,
                                const std::string& source);
/// @throws Error io, config
[[nodiscard]] Roles load_roles(const std::filesystem::path& path);

/// One role per message of the chat: that of its author on that day. A role
/// that names nobody is reported to `diagnostics` as study.role-names-nobody,
/// by its position, not its name.
[[nodiscard]] std::vector<Role> assign_roles(
    const Chat& chat, std::span<const RoleEntry> entries,
    std::vector<Diagnostic>& diagnostics);

}  // namespace etherpeil
