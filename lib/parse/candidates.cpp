#include "parse/candidates.hpp"

#include <algorithm>

#include "parse/structure.hpp"

namespace etherpeil::parsing {
namespace {

/// Fits the caches; the borders are line ends.
constexpr std::size_t block_bytes = std::size_t{1} << 17U;

}  // namespace

std::span<const Candidate> CandidateFinder::find(std::string_view bytes,
                                                 std::uint32_t line,
                                                 bool after_crlf) {
  bytes_ = bytes;
  line_ = line;
  after_crlf_ = after_crlf;
  found_.clear();
  for (std::size_t start = 0; start < bytes_.size();) {
    // Small at first, so that the first form is known before many lines.
    const std::size_t wanted =
        start == 0 && forms_.size() == 0 ? 2048 : block_bytes;
    std::size_t end = std::min(bytes_.size(), start + wanted);
    if (end < bytes_.size()) {
      const std::size_t feed = bytes_.find('\n', end - 1);
      end = feed == std::string_view::npos ? bytes_.size() : feed + 1;
    }
    read_block(start, end);
    start = end;
  }
  return found_;
}

std::uint8_t CandidateFinder::number_of(const Shape& shape) {
  const auto known = std::find(shapes_.begin(), shapes_.end(), shape);
  // More shapes than a byte counts are noise; none of them wins.
  if (known == shapes_.end() && shapes_.size() < 255) {
    shapes_.push_back(shape);
    return static_cast<std::uint8_t>(shapes_.size() - 1);
  }
  return static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(
      known - shapes_.begin(),
      static_cast<std::ptrdiff_t>(shapes_.size()) - 1));
}

void CandidateFinder::read_block(std::size_t start, std::size_t end) {
  const std::string_view block = bytes_.substr(start, end - start);
  find_lines(block, isa_, lines_);
  std::size_t known = forms_.size();
  forms_.match(block, lines_, isa_, matched_);
  for (std::size_t i = 0; i + 1 < lines_.size(); ++i, ++line_) {
    if (matched_[i] != Forms::no_header) {
      read_line(start + lines_[i], std::min(start + lines_[i + 1] - 1, end),
                matched_[i]);
      // The lines behind a new form are matched again, once per form.
      if (forms_.size() > known) {
        known = forms_.size();
        forms_.match(block, lines_, isa_, matched_);
      }
    }
  }
}

void CandidateFinder::read_line(std::size_t start, std::size_t end,
                                std::uint8_t matched) {
  Candidate candidate;
  if (matched < forms_.size() &&
      forms_[matched].read(bytes_.data() + start, candidate.stamp)) {
    candidate.length = forms_[matched].length;
    candidate.shape = shape_of_form_[matched];
  } else {
    const std::string_view line = bytes_.substr(start, end - start);
    const auto header = read_header(line);
    if (!header) return;
    candidate.stamp = header->stamp;
    candidate.length = static_cast<std::uint16_t>(header->length);
    candidate.shape = number_of(header->shape);
    const std::size_t before = forms_.size();
    if (compare_ && matched == Forms::unknown) forms_.learn(line, *header);
    if (forms_.size() > before) shape_of_form_.push_back(candidate.shape);
  }
  candidate.offset = static_cast<std::uint32_t>(start);
  candidate.line = line_;
  candidate.after_crlf =
      start == 0 ? after_crlf_ : start > 1 && bytes_[start - 2] == '\r';
  found_.push_back(candidate);
}

}  // namespace etherpeil::parsing
