#include "parse/candidates.hpp"

#include <algorithm>

#include "parse/forms.hpp"
#include "parse/structure.hpp"

namespace etherpeil::parsing {
namespace {

/// Finds every line that could start a record, whatever its shape. A header of
/// a form that was seen before is read by comparing bytes; any other by the
/// grammar, which decides what a header is.
class Finder {
 public:
  Finder(std::string_view bytes, text::Isa isa, bool compare)
      : bytes_(bytes), isa_(isa), compare_(compare) {}

  Candidates run() {
    found_.list.reserve(bytes_.size() / 96 + 16);
    for (std::size_t start = 0; start < bytes_.size();) {
      // Small at first, so that the first form is known before many lines.
      const std::size_t wanted = start == 0 ? 2048 : block_bytes;
      std::size_t end = std::min(bytes_.size(), start + wanted);
      if (end < bytes_.size()) {
        const std::size_t feed = bytes_.find('\n', end - 1);
        end = feed == std::string_view::npos ? bytes_.size() : feed + 1;
      }
      read_block(start, end);
      start = end;
    }
    return std::move(found_);
  }

 private:
  /// Fits the caches; the borders are line ends.
  static constexpr std::size_t block_bytes = std::size_t{1} << 17U;

  std::uint8_t number_of(const Shape& shape) {
    const auto known =
        std::find(found_.shapes.begin(), found_.shapes.end(), shape);
    // More found_.shapes than a byte counts are noise; none of them wins.
    if (known == found_.shapes.end() && found_.shapes.size() < 255) {
      found_.shapes.push_back(shape);
      return static_cast<std::uint8_t>(found_.shapes.size() - 1);
    }
    return static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(
        known - found_.shapes.begin(),
        static_cast<std::ptrdiff_t>(found_.shapes.size()) - 1));
  }

  void read_block(std::size_t start, std::size_t end) {
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

  void read_line(std::size_t start, std::size_t end, std::uint8_t matched) {
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
    candidate.after_crlf = start > 1 && bytes_[start - 2] == '\r';
    found_.list.push_back(candidate);
  }

  std::string_view bytes_;
  text::Isa isa_;
  bool compare_;
  Forms forms_{};
  std::vector<std::uint8_t> shape_of_form_{};
  std::vector<std::uint32_t> lines_{};
  std::vector<std::uint8_t> matched_{};
  std::uint32_t line_{1};
  Candidates found_{};
};

}  // namespace

Candidates find_candidates(std::string_view bytes, text::Isa isa,
                           bool compare) {
  return Finder{bytes, isa, compare}.run();
}

}  // namespace etherpeil::parsing
