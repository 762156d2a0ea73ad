#pragma once
/// The hand-written messages of lib/data/demo and the values for their slots.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::demo {

/// The labels of the codebook, in order of precedence.
enum class Code : std::uint8_t {
  terug,
  inc,
  verd,
  aanv,
  over,
  mod,
  prev,
  lost,
  vraag,
  off,
  soc,
  react,
  onb
};
inline constexpr std::size_t code_count = 13;
[[nodiscard]] std::string_view to_string(Code);

/// Who writes, as far as it decides which messages fit.
enum class Voice : std::uint8_t {
  resident,
  moderator,
  police,
  municipality,
  business
};
inline constexpr std::size_t voice_count = 5;

/// How a message stands to what was said before it.
enum class Manner : std::uint8_t {
  plain,
  reply,
  answer,
  duplicate,
  detail,
  settled
};
inline constexpr std::size_t manner_count = 6;

enum class Gap : std::uint8_t {
  street,
  street2,
  place,
  direction,
  number,
  vehicle,
  plate,
  person,
  clothing,
  clock,
  name,
  moderator,
  officer,
  pet,
  thing,
  none
};
inline constexpr std::size_t gap_count = 15;

/// Words, then perhaps a slot.
struct Piece {
  std::string words{};
  Gap gap{Gap::none};
};

/// Bits of an attribute set; bit i is `Library::attributes()[i]`.
using AttributeSet = std::uint64_t;

struct Fragment {
  std::vector<Piece> pieces{};
  AttributeSet attributes{};
  std::uint16_t topic{};  ///< the first one
  bool wish{};            ///< belongs to a season
};

struct SlotValue {
  std::string text{};
  AttributeSet attributes{};
  std::uint32_t minute{};  ///< of the half day, for a clock time in words
};

/// Fragments of one label that fit a topic and a voice.
using Pool = std::vector<std::uint32_t>;

class Library {
 public:
  Library();

  /// The number of a topic; 0 (any) for one that no fragment has.
  [[nodiscard]] std::uint16_t topic(std::string_view name) const;
  [[nodiscard]] std::size_t topic_count() const { return topics_.size(); }
  /// The fragments for a topic, or for its theme, or for any topic; without one
  /// in this manner, the plain ones. Empty only when nobody with this voice
  /// writes such messages.
  [[nodiscard]] const Pool& pool(Code code, Voice voice, std::uint16_t topic,
                                 std::uint16_t theme = 0,
                                 Manner manner = Manner::plain) const;
  [[nodiscard]] const Fragment& fragment(std::uint32_t index) const {
    return fragments_[index];
  }
  [[nodiscard]] std::size_t size() const { return fragments_.size(); }
  [[nodiscard]] const std::vector<SlotValue>& values(Gap gap) const {
    return values_[static_cast<std::size_t>(gap)];
  }
  [[nodiscard]] const std::vector<std::string>& attributes() const {
    return attribute_names_;
  }
  [[nodiscard]] AttributeSet attribute(std::string_view name) const;

 private:
  struct Entry;
  void read_slots();
  void read_fragments(Code code, std::vector<Entry>& entries);
  std::uint16_t intern_topic(std::string_view name);
  AttributeSet intern_attributes(std::string_view list);
  void build_pools(const std::vector<Entry>& entries);
  [[nodiscard]] std::size_t place(Code code, std::uint16_t topic, Voice voice,
                                  Manner manner) const;

  std::vector<Fragment> fragments_;
  std::vector<Pool> pools_;
  std::map<std::string, std::uint16_t, std::less<>> topics_;
  std::vector<std::string> attribute_names_;
  std::array<std::vector<SlotValue>, gap_count> values_;
};

/// Calls `each` with every piece of `list` between separators.
template <class Each>
void split(std::string_view list, char separator, Each each) {
  while (true) {
    const auto end = list.find(separator);
    each(list.substr(0, end));
    if (end == std::string_view::npos) return;
    list.remove_prefix(end + 1);
  }
}

}  // namespace etherpeil::demo
