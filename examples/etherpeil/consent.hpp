#pragma once
/// People who do not want to be told apart, or not to be read at all.
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "command.hpp"

namespace command {

/// A list beside the database, one name a line: "NAME" is masked (counted as
/// nobody's), "NAME<tab>drop" is also not read: the messages count, as if they
/// had been deleted by their author.
class Consent {
 public:
  struct Entry {
    std::string pseudonym{};
    bool drop{};
  };
  /// A list that is not `required` may be absent. @throws Error io, config
  Consent(const std::filesystem::path& path, bool required,
          const etherpeil::Pseudonymiser& pseudonyms);
  /// Before a chat is read: takes the words of those who are dropped out of it.
  void apply(etherpeil::Chat& chat, const etherpeil::Pseudonymiser& pseudonyms);
  /// After an import: the people of the list become nobody, in all of the
  /// database. Gives how many were found.
  std::size_t enforce(etherpeil::Store& store) const;

 private:
  std::vector<Entry> entries_{};
  std::set<std::string> masked_{};
};

}  // namespace command
