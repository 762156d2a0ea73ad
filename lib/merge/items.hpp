#pragma once
/// Messages as numbers that can be compared across exports.
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::merging {

/// "Nothing" among positions.
inline constexpr Index none = 0xFFFFFFFF;

/// The words without what a phone adds or changes: format marks, kinds of white
/// space and line ends, the form of emoji, and whom "@" mentions (a name of the
/// address book, or a number).
void normalise(std::string_view text, std::string& out);

/// Equal words, equal number; as `normalise` makes them.
class Vocabulary {
 public:
  Index number(std::string_view text);
  [[nodiscard]] std::string_view words(Index number) const {
    return *words_[number];
  }
  [[nodiscard]] std::size_t size() const { return words_.size(); }

 private:
  std::unordered_map<std::string, Index> numbers_;
  std::vector<const std::string*> words_;
  std::string buffer_;
};

/// A message without its export.
struct Item {
  std::int64_t time{};  ///< seconds since 1970, wall clock
  Index content{};      ///< in the vocabulary
  /// Of whom a notice speaks: who was added, or left; in the vocabulary.
  Index subject{};
  std::uint16_t author{no_author};
  std::uint16_t subject_author{no_author};  ///< the same, when he wrote too
  Kind kind{Kind::text};
  SystemEvent event{SystemEvent::none};
  MediaType media{MediaType::none};
  std::uint8_t flags{};  ///< of `Message`

  [[nodiscard]] bool has(std::uint8_t flag) const {
    return (flags & flag) != 0;
  }
  [[nodiscard]] bool human() const { return author != no_author; }
};

/// One per message, in the order of the file.
[[nodiscard]] std::vector<Item> items_of(const Chat& chat,
                                         Vocabulary& vocabulary);

}  // namespace etherpeil::merging
