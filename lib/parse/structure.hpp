#pragma once
/// Where lines start, found a block at a time.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/isa.hpp"

namespace etherpeil::parsing {

/// What stands where in a block of text. Keeps its memory.
class Structure {
 public:
  void find(std::string_view block, text::Isa isa);

  /// Starts of the lines, and one more behind the last line, so that line i
  /// ends before the line feed at lines[i + 1] - 1 (or at the end of the
  /// block). Nothing for no bytes.
  [[nodiscard]] std::span<const std::uint32_t> lines() const {
    return {lines_.data(), count_};
  }
  /// Places of U+200E and U+200F, which WhatsApp puts around its own texts.
  [[nodiscard]] const std::vector<std::uint32_t>& marks() const {
    return marks_;
  }

 private:
  void find_rest(std::string_view block, std::size_t from);
  std::size_t find_avx2(std::string_view block);
  /// Room for so many lines. What is behind `count_` is never cleared again.
  void make_room(std::size_t lines) {
    if (lines > lines_.size()) lines_.resize(2 * lines);
  }

  std::vector<std::uint32_t> lines_{};  ///< the first `count_` of them
  std::size_t count_{};
  std::vector<std::uint32_t> marks_{};
};

}  // namespace etherpeil::parsing
