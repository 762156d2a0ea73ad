#pragma once
/// The chat text out of a file, a zip or standard input. Zips are read in
/// memory and bounded; nothing is extracted, no name in them becomes a path.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::container {

/// An opened input and the texts in it that could be a chat, likeliest first.
class Container {
 public:
  /// "-" is standard input. @throws Error io, archive, not_export
  static Container open(const std::filesystem::path& path);

  /// Names of the candidates; one, the file's own, when it is no archive.
  [[nodiscard]] const std::vector<std::string>& names() const& {
    return names_;
  }
  const std::vector<std::string>& names() && = delete;
  /// The bytes of candidate `index`. @throws Error archive, limit
  [[nodiscard]] Bytes read(std::size_t index, std::uint64_t max_bytes) const;

 private:
  Container() = default;
  std::string source_;
  Bytes file_;
  bool archive_{};
  std::vector<std::string> names_;
  std::vector<std::uint64_t> entries_;  ///< position in the archive, per name
};

}  // namespace etherpeil::container
