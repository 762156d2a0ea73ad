#pragma once
/// Keyed pseudonyms, and redaction of texts that are shown. A plain hash of a
/// phone number can be undone by trying all of them; a keyed one cannot without
/// the key, which stays outside databases.
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

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

/// People who do not want to be told apart, or not to be read at all. A list
/// has one name a line: "NAME" is masked (counted as nobody's), "NAME<tab>drop"
/// is also not read: the messages count, as records without content. A name
/// without "~" means an unsaved contact of that name too. Lines that begin with
/// "#" are remarks.
class Consent {
 public:
  Consent() = default;
  /// @throws Error config with file and line for what is no entry
  Consent(std::string_view list, const Pseudonymiser& pseudonyms,
          const std::string& source = "consent list");
  /// @throws Error io, config
  [[nodiscard]] static Consent load(const std::filesystem::path& path,
                                    const Pseudonymiser& pseudonyms);

  enum class Wish : std::uint8_t { none, mask, drop };
  /// What each author of a chat wishes. `known_as`: all that each author of a
  /// merged chat is called (`Merged::known_as`); one of these suffices.
  [[nodiscard]] std::vector<Wish> wishes(
      const Chat& chat,
      std::span<const std::vector<Author>> known_as = {}) const;
  /// Takes the words of those who are not to be read out of a chat: after it is
  /// merged, because a copy without words cannot be told to be the same, and
  /// before it is classified. How many people on the list it holds.
  std::size_t apply(Chat& chat,
                    std::span<const std::vector<Author>> known_as = {}) const;
  /// All pseudonyms that people on the list may have, in order.
  [[nodiscard]] std::vector<std::string> people() const;
  /// The lines of the list with a name, 1-based; and those whose name an author
  /// of a chat bears.
  [[nodiscard]] std::set<std::uint64_t> lines() const;
  [[nodiscard]] std::set<std::uint64_t> lines_of(
      const Chat& chat,
      std::span<const std::vector<Author>> known_as = {}) const;
  /// The lines with a name of one of these pseudonyms.
  [[nodiscard]] std::set<std::uint64_t> lines_of(
      std::span<const std::string> pseudonyms) const;
  /// By which a database knows a line of the list again, without a pseudonym.
  [[nodiscard]] std::int64_t mark(std::uint64_t line) const;

 private:
  struct Entry {
    Wish wish{Wish::none};
    std::vector<std::uint64_t> lines{};
  };
  template <class Visit>
  void for_each_entry(const Chat& chat,
                      std::span<const std::vector<Author>> known_as,
                      const Visit& visit) const;

  std::map<std::string, Entry, std::less<>> people_{};
  std::map<std::uint64_t, std::int64_t> marks_{};  ///< by line
  std::optional<Pseudonymiser> pseudonyms_{};
};

/// What kinds of personal data a text may hold.
enum class Personal : std::uint8_t { name, phone, plate, address, iban, email };
[[nodiscard]] std::string_view to_string(Personal);

/// Bytes [start, end) of a text that tell about a person.
struct Redaction {
  Personal kind{};
  std::uint32_t start{};
  std::uint32_t end{};
};

/// Finds personal data in texts before they are shown: names (of the chat's
/// senders, and by lists of Dutch first names and surnames), phone numbers,
/// number plates, addresses (a street with a number, a postcode; a street alone
/// is not one), IBANs and e-mail addresses. How much it finds is measured by
/// redaction_test; it lowers the risk and is no anonymisation. Immutable;
/// const members may be called from many threads.
class Redactor {
 public:
  /// `names`: of the people in the chat, in any spelling.
  explicit Redactor(std::span<const std::string> names = {});
  /// Knows the senders of a chat, and the people in its system lines.
  explicit Redactor(const Chat& chat);
  Redactor(Redactor&&) noexcept;
  Redactor& operator=(Redactor&&) noexcept;
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;
  ~Redactor();

  /// In order of the text, without overlap.
  [[nodiscard]] std::vector<Redaction> find(std::string_view text) const;
  /// The text with "[naam]", "[telefoon]", "[kenteken]", "[adres]", "[iban]"
  /// and "[e-mail]" in the places of what was found.
  [[nodiscard]] std::string redact(std::string_view text) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

/// A phone number in E.164 ("+31612345678"); empty when it is none. National
/// numbers are read as Dutch; the zero of "+31 (0)6" and "+32 (0)4" is left
/// out.
[[nodiscard]] std::string phone_e164(std::string_view name);

}  // namespace etherpeil
