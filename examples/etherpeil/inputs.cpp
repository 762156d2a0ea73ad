#include "inputs.hpp"

#include "etherpeil/etherpeil.hpp"

namespace command {

std::vector<std::filesystem::path> exports_of(
    std::span<const std::filesystem::path> paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    for (auto& file : etherpeil::find_exports(path)) {
      files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace command
