#pragma once
/// Every line that looks like a header.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "parse/dates.hpp"
#include "parse/forms.hpp"
#include "parse/structure.hpp"
#include "text/isa.hpp"

namespace etherpeil::parsing {

/// Finds every line that could start a record, whatever its shape, a stretch of
/// the file at a time. A header of a form that was seen before is read by
/// comparing bytes; any other by the grammar, which decides what a header is.
class CandidateFinder {
 public:
  /// `compare`: without it the grammar reads every line, which gives the same,
  /// many times slower.
  explicit CandidateFinder(text::Isa isa, bool compare = true)
      : isa_(isa), compare_(compare) {}

  /// Headers that start with the name of a month are only looked for when the
  /// first one of `file` does: many lines of a body start with a letter.
  void look_ahead(std::string_view file);

  /// The candidates in `bytes`, which start at the start of line `line` of the
  /// file, behind a CRLF or not; offsets count from the start of `bytes`. The
  /// result lives until the next call.
  [[nodiscard]] std::span<const Candidate> find(std::string_view bytes,
                                                std::uint32_t line,
                                                bool after_crlf);
  /// Where those bytes hold U+200E or U+200F.
  [[nodiscard]] std::span<const std::uint32_t> marks() const { return marks_; }
  /// The line behind those of the last call.
  [[nodiscard]] std::uint32_t next_line() const { return line_; }
  /// All shapes seen until now; a candidate's `shape` is a position here.
  [[nodiscard]] const std::vector<Shape>& shapes() const& { return shapes_; }
  const std::vector<Shape>& shapes() && = delete;

 private:
  std::uint8_t number_of(const Shape& shape);
  void read_block(std::size_t start, std::size_t end);
  std::size_t complete(std::size_t start, std::size_t read);
  [[nodiscard]] bool read_by_grammar(std::string_view line,
                                     Candidate& candidate, bool& new_form);

  text::Isa isa_;
  bool compare_;
  std::vector<Shape> shapes_{};
  Forms forms_{};
  // Of the stretch at hand.
  std::string_view bytes_{};
  std::uint32_t line_{1};
  Structure block_{};
  std::vector<std::uint32_t> marks_{};
  std::vector<Candidate> found_{};  ///< the first `count_` of them
  std::size_t count_{};
};

}  // namespace etherpeil::parsing
