#pragma once
/// Batches of a draft, until it is known whether the draft stands.
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::parsing {

/// Keeps batches in a quarter of their size: a message of words says little
/// that does not follow from those before it.
class KeptBatches {
 public:
  /// A batch of the draft, in file order.
  void add(const Chat& batch);
  /// Memory that they take, about.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void clear() { *this = {}; }
  /// Makes `chat` each of them in turn and calls `use`; they are gone then.
  /// `text`: of the whole draft.
  void give(Chat& chat, std::string_view text,
            const std::function<void()>& use);

 private:
  struct Batch {
    std::size_t start{};  ///< in the text
    std::size_t size{};
    std::uint64_t records_before{};
    std::size_t records{};
    std::uint32_t first{};  ///< offset of the first message
    std::vector<std::uint8_t> messages{};
    std::vector<Mention> mentions{};
    std::vector<std::uint64_t> line_marks{};
  };
  /// What the next message is expected to be like. What it says beside that is
  /// kept.
  struct Expected {
    std::uint8_t* pack(const Message& message, std::uint32_t length,
                       std::uint8_t* at);
    std::uint32_t unpack(Message& message, std::uint32_t offset,
                         const std::uint8_t*& at);
    std::uint32_t seconds{};
    bool minute{};
    std::vector<std::uint16_t> text_starts{};  ///< by author

    [[nodiscard]] std::uint16_t& text_start(std::uint16_t author) {
      if (author >= text_starts.size())
        text_starts.resize(author + std::size_t{1});
      return text_starts[author];
    }
  };

  std::vector<Batch> batches_{};
  std::size_t bytes_{};
  Expected expected_{};                  ///< by what was packed
  std::vector<std::uint8_t> scratch_{};  ///< keeps its memory
};

}  // namespace etherpeil::parsing
