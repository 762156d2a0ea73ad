#pragma once
/// Where lines start, found a block at a time.
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/isa.hpp"

namespace etherpeil::parsing {

/// What stands where in a block of text. Keeps its memory.
struct Structure {
  /// Starts of the lines, and one more behind the last line, so that line i
  /// ends before the line feed at lines[i + 1] - 1 (or at the end of the
  /// block). Nothing for no bytes.
  std::vector<std::uint32_t> lines{};
  /// Places of U+200E and U+200F, which WhatsApp puts around its own texts.
  std::vector<std::uint32_t> marks{};

  void find(std::string_view block, text::Isa isa);
};

}  // namespace etherpeil::parsing
