#pragma once
/// Keyed pseudonyms. A plain hash of a phone number can be undone by trying all
/// of them; a keyed one cannot without the key, which stays outside databases.
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace etherpeil {

/// 256 random bits that turn names into pseudonyms. Whoever destroys the key
/// makes the pseudonyms irreversible.
struct Key {
  std::array<std::uint8_t, 32> bytes{};

  /// From the system's random source.
  [[nodiscard]] static Key random();
  /// @throws Error io when unreadable, config when not 64 hexadecimal digits or
  /// when others than the owner may read or write the file
  [[nodiscard]] static Key load(const std::filesystem::path& path);
  /// Writes a new file with mode 0600. @throws Error io, also if it exists
  void save(const std::filesystem::path& path) const;
  /// Overwrites a key file and removes it: its pseudonyms can no longer be
  /// linked to people, and no export can be added to its databases. Copies of
  /// the file are out of reach. @throws Error as `load`, except that a key that
  /// others may read can be destroyed too
  static void destroy(const std::filesystem::path& path);
};

/// HMAC-SHA-256 with a key per study, domain-separated, 80 bits in base32.
/// Source: ENISA (2019), Pseudonymisation techniques and best practices.
class Pseudonymiser {
 public:
  Pseudonymiser(const Key& key, std::string_view study);
  /// "P-" and 16 characters. Equal for spellings of one phone number
  /// ("06-1234 5678", "+31 6 12345678") and for names that differ in case,
  /// accents, spacing or compatibility forms only. "~" before a name (an
  /// unsaved contact) makes another person of it.
  [[nodiscard]] std::string person(std::string_view name) const;
  /// 64 bits by which words are known again, as SQLite holds them. Without the
  /// key nobody can try which words they were.
  [[nodiscard]] std::int64_t fingerprint(std::string_view words) const;

 private:
  Key key_;
  std::string study_;  ///< its name, as it stands in what is hashed
};

/// The pseudonym of all who may not be told apart: people who were erased. No
/// name gives it (base32 has no zero).
inline constexpr std::string_view nobody{"P-0000000000000000"};

/// A phone number in E.164 ("+31612345678"); empty when it is none. National
/// numbers are read as Dutch; the zero of "+31 (0)6" and "+32 (0)4" is left
/// out.
[[nodiscard]] std::string phone_e164(std::string_view name);

}  // namespace etherpeil
