#pragma once
/// Aligned text for a terminal.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace etherpeil::report {

inline constexpr std::size_t terminal_width = 100;

/// Cells that a text takes in a terminal: 0 for combining marks, 2 for
/// East Asian letters and emoji, else 1.
[[nodiscard]] std::size_t display_width(std::string_view text);

struct Column {
  std::string head{};
  bool number{};   ///< set to the right
  bool shrinks{};  ///< goes on below when the table is too wide
};

/// A line above the row `first`, with an empty line before it.
struct Block {
  std::string title{};
  std::size_t first{};
};

/// Lines of at most `terminal_width` cells (as far as the columns that shrink
/// allow). The texts must be safe for a terminal already. Columns that are
/// empty in every row are left out.
[[nodiscard]] std::string aligned(std::vector<Column> columns,
                                  std::vector<std::vector<std::string>> rows,
                                  const std::vector<Block>& blocks = {});

/// A paragraph folded at spaces, all lines but the first indented by `indent`;
/// the first begins after `used` cells.
[[nodiscard]] std::string folded(std::string_view text, std::size_t indent,
                                 std::size_t used = 0);

}  // namespace etherpeil::report
