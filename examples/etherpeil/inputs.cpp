#include "inputs.hpp"

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

etherpeil::Classifier classifier_for(const std::string& model) {
  using etherpeil::Classifier;
  if (model.empty()) return Classifier::dutch();
  const etherpeil::Codebook& codebook = etherpeil::Codebook::dutch();
  if (model == "rules") return Classifier{codebook};
  return Classifier{codebook, etherpeil::Model::from_file(model, codebook)};
}

}  // namespace command
