#pragma once
/// The exports that a subcommand is given.
#include <filesystem>
#include <span>
#include <vector>

namespace command {

/// Files as they are and the exports in folders, all checked to exist before
/// any work begins.
std::vector<std::filesystem::path> exports_of(
    std::span<const std::filesystem::path> paths);

}  // namespace command
