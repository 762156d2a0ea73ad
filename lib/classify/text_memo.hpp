#pragma once
/// What a text says by itself, and a memory of it: in a chat the same short
/// texts come again and again.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "classify/arena.hpp"
#include "classify/model.hpp"
#include "text/fold.hpp"

namespace etherpeil::classify {

/// A row of weights that went into a score: what a reason is made of.
struct Addend {
  enum class Of : std::uint8_t {
    bias,
    rule,    ///< of the codebook, without a model; `number` is its place
    model,   ///< a feature of the model
    word,    ///< `number` is the word's; times the length factor
    phrase,  ///< a pair alone; times the length factor
  };
  Of of{};
  std::uint32_t number{};
  text::Span span{};
  const Weights* row{};   ///< nullptr for a word
  const Weights* pair{};  ///< added to a word, if there is one
};

/// A rule that asks for context, of which all else holds.
struct OpenRule {
  Index rule{};
  text::Span evidence{};
};

/// What a message says by itself, whatever stands around it. The spans are
/// valid until its reader reads the next message.
struct TextRead {
  Scores alone{};
  Scores score{};  ///< without context
  Attributes attributes{};
  std::uint32_t words{};
  std::uint8_t best{};  ///< the label with the highest score alone
  bool question{};
  bool too_costly{};  ///< a pattern gave up
  std::span<const OpenRule> open{};
  std::span<const std::uint64_t> telling{};  ///< hashes of its telling words
  std::span<const Addend> addends{};         ///< when reasons are wanted
};

class TextMemo {
 public:
  /// All that a text is read by.
  struct Key {
    std::string_view text{};
    std::uint32_t sort{};  ///< role, kind and media
    std::uint64_t hash{};
  };
  [[nodiscard]] static Key key_of(std::string_view text, Role role, Kind kind,
                                  MediaType media);
  /// Longer texts seldom come twice.
  static constexpr std::size_t longest = 256;

  /// Has the memory fetched where a key is looked up, and once that is there
  /// (a message later), what `find` will give.
  void fetch_place(const Key& key) const {
    __builtin_prefetch(&slots_[key.hash & (slots_.size() - 1)]);
  }
  void fetch(const Key& key) const;
  /// nullptr when it is new.
  [[nodiscard]] const TextRead* find(const Key& key) const;
  /// Adds what is not there; forgets all before it when the memory is full.
  void add(const Key& key, const TextRead& read);
  void clear();

 private:
  struct Entry {
    TextRead read{};
    std::string_view text{};
    std::uint32_t sort{};
  };
  struct Slot {
    std::uint64_t hash{};
    const Entry* entry{};  ///< nullptr: free
  };
  void place(const Slot& slot);

  static constexpr std::size_t most_bytes = 1U << 25U;
  Arena arena_{};
  std::vector<Slot> slots_{std::vector<Slot>(1024)};
  std::size_t size_{};
};

}  // namespace etherpeil::classify
