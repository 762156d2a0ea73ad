#pragma once
/// The words of messages, in a file of their own beside the study database.
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/store.hpp"
#include "store/sqlite.hpp"

namespace etherpeil::tables {

/// One text and the message that it belongs to.
struct KeptText {
  MessageId message{};
  std::string_view text{};
};

class Vault {
 public:
  [[nodiscard]] static std::filesystem::path beside(
      const std::filesystem::path& study);
  /// The vault of a study, when there is one.
  /// @throws Error store for a file that is no vault, or of another study;
  /// config when others than its owner may read it
  [[nodiscard]] static std::optional<Vault> find(
      const std::filesystem::path& study, std::string_view key,
      std::string_view key_check);
  /// The same; made, for its owner alone, when there is none.
  [[nodiscard]] static Vault find_or_make(const std::filesystem::path& study,
                                          std::string_view key,
                                          std::string_view key_check);

  [[nodiscard]] bool holds(std::string_view sha256) const;
  /// Whether it has no texts but those of these exports, up to the last day of
  /// each.
  [[nodiscard]] bool holds_only(
      const std::map<std::string, LocalDay>& exports) const;
  /// Keeps the texts of an export, whole or not at all, in place of those that
  /// it has of it.
  void add(std::string_view sha256, std::string_view group,
           const std::vector<KeptText>& texts) const;
  /// Takes out all others.
  void keep_only(const std::map<std::string, LocalDay>& exports) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view sha256,
                                                MessageId message) const;
  /// How many texts there were.
  [[nodiscard]] std::uint64_t erase(
      std::string_view sha256, const std::vector<MessageId>& messages) const;
  [[nodiscard]] std::uint64_t erase_group(std::string_view group) const;
  /// Texts in which a name stands, in any case and with any accents.
  [[nodiscard]] std::uint64_t erase_naming(std::string_view name) const;
  /// Writes the file anew without what was erased.
  void remove_traces() const;

 private:
  explicit Vault(sqlite::Database database) : database_(std::move(database)) {}
  [[nodiscard]] std::int64_t export_id(std::string_view sha256) const;
  /// From which number on the texts of each of its exports are not among these.
  struct Surplus {
    std::int64_t export_id{};
    MessageId first{};  ///< 0: all of it
  };
  [[nodiscard]] std::vector<Surplus> surplus(
      const std::map<std::string, LocalDay>& exports) const;

  sqlite::Database database_;
};

}  // namespace etherpeil::tables
