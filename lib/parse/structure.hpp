#pragma once
/// Where lines start, found a block at a time.
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/isa.hpp"

namespace etherpeil::parsing {

/// Starts of the lines of `bytes`, and one more behind the last line, so that
/// line i ends before the line feed at starts[i + 1] - 1 (or at the end of the
/// bytes). Nothing for no bytes. `starts` keeps its memory between calls.
void find_lines(std::string_view bytes, text::Isa isa,
                std::vector<std::uint32_t>& starts);

}  // namespace etherpeil::parsing
