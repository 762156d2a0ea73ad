#pragma once
/// The exports that a subcommand is given.
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "etherpeil/etherpeil.hpp"

namespace command {

/// Files as they are and the exports in folders, all checked to exist before
/// any work begins.
std::vector<std::filesystem::path> exports_of(
    std::span<const std::filesystem::path> paths);

/// The classifier that `--model` names: nothing for the library's own model,
/// "rules" for the rules alone, else the path of a model file.
etherpeil::Classifier classifier_for(const std::string& model);

}  // namespace command
