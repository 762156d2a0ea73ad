#include "parse/assembly.hpp"

#include <algorithm>

namespace etherpeil::parsing {

Assembly::Assembly(const Known& known, Chat& chat, std::string_view bytes)
    : known_(known),
      chat_(chat),
      size_(bytes.size()),
      builder_(chat, bytes, known.marks, known.learned),
      time_(known.reading.order.order),
      years_(known.reading.year) {}

std::optional<Accepted> Assembly::find_segment(std::uint32_t line) const {
  const auto segment =
      std::lower_bound(known_.segments.begin(), known_.segments.end(), line,
                       [](const Accepted& record, std::uint32_t wanted) {
                         return record.line < wanted;
                       });
  if (segment == known_.segments.end() || segment->line != line)
    return std::nullopt;
  return *segment;
}

/// The record that a candidate starts; nothing when it is text.
inline std::optional<Accepted> Assembly::accept(const Candidate& candidate,
                                                std::size_t start) {
  if (known_.learned.is_aside(start)) return std::nullopt;
  if (known_.reading.reads(candidate)) {
    Stamp stamp = candidate.stamp;
    if (known_.reading.shape.no_year) years_.apply(stamp);
    if (const auto seconds = time_(stamp)) {
      return Accepted{candidate.line, *seconds, candidate.length,
                      !known_.reading.shape.seconds};
    }
  }
  return find_segment(candidate.line);
}

void Assembly::add(std::span<const Candidate> candidates, std::size_t from,
                   std::size_t to, bool valid_utf8) {
  lines_.clear();
  valid_utf8_ = valid_utf8_ && valid_utf8;
  for (const Candidate& candidate : candidates) {
    const std::size_t start = from + candidate.offset;
    const auto record = accept(candidate, start);
    if (!record) {
      if (rejected_++ == 0) rejected_line_ = candidate.line;
      continue;
    }
    if (candidate.stamp.clock_contradicted && contradicted_line_ == 0)
      contradicted_line_ = candidate.line;
    if (any_) {
      close(start, candidate.line == open_.line + 1);
    } else {
      chat_.format.preamble_lines = candidate.line - 1;
      any_ = true;
    }
    open_ = *record;
    open_at_ = start;
    valid_utf8_ = valid_utf8;
  }
  if (to == size_ && any_) close(size_, false);
}

void Assembly::close(std::size_t end, bool one_line) {
  builder_.add(open_, open_at_, end, {one_line, valid_utf8_});
  end_ = end;
  lines_.push_back(open_.line);
}

}  // namespace etherpeil::parsing
