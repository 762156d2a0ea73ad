#pragma once
/// The chat text out of a file, a zip or standard input. Zips are read in
/// memory and bounded; nothing is extracted, no name in them becomes a path.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::container {

/// An opened input and the texts in it that could be a chat, likeliest first.
class Container {
 public:
  /// At most this many texts of an archive are candidates.
  static constexpr std::size_t max_candidates = 16;

  /// "-" is standard input, which is read up to `max_bytes`.
  /// @throws Error io, archive, not_export, limit
  static Container open(const std::filesystem::path& path,
                        std::uint64_t max_bytes);

  /// Names of the candidates; one, the file's own, when it is no archive.
  [[nodiscard]] const std::vector<std::string>& names() const& {
    return names_;
  }
  const std::vector<std::string>& names() && = delete;
  /// Texts in the archive, candidates or not; 1 when it is no archive.
  [[nodiscard]] std::size_t texts() const { return texts_; }
  /// The bytes of candidate `index`. `max_bytes` bounds what an archive unpacks
  /// to. @throws Error archive, limit
  [[nodiscard]] Bytes read(std::size_t index, std::uint64_t max_bytes) const;
  /// Lets the memory go that holds `part` of the bytes of a large plain file;
  /// it is read again when needed. Does nothing for others.
  void forget(std::string_view part) const;

 private:
  Container() = default;
  std::string source_;
  Bytes file_;
  bool mapped_{};                  ///< `file_` is a mapped file
  std::shared_ptr<void> archive_;  ///< the opened zip, if it is one
  std::size_t texts_{1};
  std::vector<std::string> names_;
  std::vector<std::uint64_t> entries_;  ///< position in the archive, per name
};

}  // namespace etherpeil::container
