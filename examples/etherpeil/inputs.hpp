#pragma once
/// What a subcommand is given: exports, a database, a codebook.
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "command.hpp"

namespace command {

/// Files as they are and the exports in folders, all checked to exist before
/// any work begins.
std::vector<std::filesystem::path> exports_of(
    std::span<const std::filesystem::path> paths);

/// A study database that a subcommand works on. Says so when it was migrated,
/// and warns when its data are kept for longer than the study allows.
struct Opened {
  etherpeil::Store store;
  bool warned{};
  etherpeil::KeptResults kept{};  ///< when it was opened
};
Opened open_store(const std::filesystem::path& database, const Common& common);
/// "1 message", "2 messages".
std::string counted(std::uint64_t number, const std::string& one);
/// Says what is gone by now of the findings and comparisons that were kept.
void tell_gone(const std::filesystem::path& database, const Opened& opened,
               const Common& common);

/// Whether the study's `keep_until` is past; warns when it is.
bool kept_too_long(const std::filesystem::path& database,
                   const etherpeil::Study& study, const Common& common);

/// The classifier that `--model` names: nothing for the library's own model,
/// "rules" for the rules alone, "command:PROGRAM" for
/// a model of your own, else the path of a model file. A codebook from
/// files has no model of the library: without `model` its rules decide.
etherpeil::Classifier classifier_for(const std::string& model,
                                     const CodebookFiles& files = {});

/// The codebook of the files, or the library's own.
etherpeil::Codebook codebook_of(const CodebookFiles& files);

/// The roles for an export: those of the group that its folder is named after,
/// or those of a file for one chat. Warns when there are none.
struct FoundRoles {
  std::span<const etherpeil::RoleEntry> entries{};
  bool warned{};
};
FoundRoles roles_for(const etherpeil::Roles& roles,
                     const std::filesystem::path& file, const Common& common);

}  // namespace command
