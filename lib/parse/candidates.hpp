#pragma once
/// The first pass over a file: every line that looks like a header.
#include <cstdint>
#include <string_view>
#include <vector>

#include "parse/dates.hpp"
#include "text/isa.hpp"

namespace etherpeil::parsing {

/// What looks like headers in a file, in file order, and their shapes.
struct Candidates {
  std::vector<Candidate> list{};
  std::vector<Shape> shapes{};
};

/// `compare`: read a header of a form that was seen before by comparing bytes,
/// which gives what the grammar gives, many times faster.
[[nodiscard]] Candidates find_candidates(std::string_view bytes, text::Isa isa,
                                         bool compare = true);

}  // namespace etherpeil::parsing
