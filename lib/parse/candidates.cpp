#include "parse/candidates.hpp"

#include <algorithm>

namespace etherpeil::parsing {
namespace {

/// Fits the caches; the borders are line ends.
constexpr std::size_t block_bytes = std::size_t{1} << 17U;

}  // namespace

void CandidateFinder::look_ahead(std::string_view file) {
  constexpr std::size_t near = 4096;
  std::string_view head = file.substr(0, near);
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size() - 1) + 1;
    if (const auto header = read_header(head.substr(0, end))) {
      if (header->shape.month_first) forms_.expect_months();
      return;
    }
    head.remove_prefix(end);
  }
}

std::span<const Candidate> CandidateFinder::find(std::string_view bytes,
                                                 std::uint32_t line,
                                                 bool after_crlf) {
  bytes_ = bytes;
  line_ = line;
  count_ = 0;
  marks_.clear();
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
  if (count_ > 0 && found_.front().offset == 0)
    found_.front().after_crlf = after_crlf;
  return {found_.data(), count_};
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
  block_.find(bytes_.substr(start, end - start), isa_);
  for (const std::uint32_t mark : block_.marks())
    marks_.push_back(static_cast<std::uint32_t>(start) + mark);
  const std::size_t lines = block_.lines().size() - 1;
  // The vector keeps twice the room by itself.
  if (found_.size() < count_ + lines) found_.resize(count_ + lines);
  for (std::size_t first = 0; first < lines;) {
    const Forms::Lines rest{bytes_, static_cast<std::uint32_t>(start),
                            block_.lines().subspan(first),
                            line_ + static_cast<std::uint32_t>(first)};
    const Forms::Found read = forms_.read(rest, isa_, &found_[count_]);
    if (!read.all_known) {
      first = complete(start, read.count);
      continue;
    }
    count_ += read.count;
    first = lines;
  }
  line_ += static_cast<std::uint32_t>(lines);
}

/// Has the grammar read what no form fits among the `read` candidates behind
/// the first `count_`. Returns the line of the block that is next: the one
/// behind a new form, once per form, else that behind the last.
std::size_t CandidateFinder::complete(std::size_t start, std::size_t read) {
  const auto all = found_.begin();
  const auto at = [&](std::size_t i) {
    return all + static_cast<std::ptrdiff_t>(i);
  };
  const std::size_t behind = count_ + read;
  for (std::size_t i = count_; i < behind;) {
    const auto unknown =
        std::find_if(at(i), at(behind),
                     [](const Candidate& one) { return one.length == 0; });
    if (i > count_) std::move(at(i), unknown, at(count_));
    const auto known = static_cast<std::size_t>(unknown - at(i));
    count_ += known;
    i += known + 1;
    if (unknown == at(behind)) break;
    Candidate candidate = *unknown;
    const std::size_t next = candidate.line - line_ + 1;
    const std::size_t end =
        std::min(start + block_.lines()[next] - 1, bytes_.size());
    bool new_form = false;
    if (!read_by_grammar(
            bytes_.substr(candidate.offset, end - candidate.offset), candidate,
            new_form))
      continue;
    found_[count_++] = candidate;
    if (new_form) return next;
  }
  return block_.lines().size() - 1;
}

bool CandidateFinder::read_by_grammar(std::string_view line,
                                      Candidate& candidate, bool& new_form) {
  const auto header = read_header(line);
  if (!header) return false;
  candidate.stamp = header->stamp;
  candidate.length = static_cast<std::uint16_t>(header->length);
  candidate.shape = number_of(header->shape);
  new_form = compare_ && forms_.learn(line, *header, candidate.shape);
  return true;
}

}  // namespace etherpeil::parsing
