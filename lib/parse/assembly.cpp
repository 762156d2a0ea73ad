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

/// The record that a candidate starts; nothing when it is text.
std::optional<Accepted> Assembly::accept(const Candidate& candidate,
                                         std::size_t start) {
  if (known_.learned.is_aside(start)) return std::nullopt;
  const Reading& reading = known_.reading;
  if (reading.reads(candidate)) {
    Accepted record{candidate, 0, !reading.shape.seconds};
    if (reading.shape.no_year) years_.apply(record.candidate.stamp);
    if (const auto seconds = time_(record.candidate.stamp)) {
      record.seconds = *seconds;
      return record;
    }
  }
  const auto segment = std::lower_bound(
      known_.segments.begin(), known_.segments.end(), candidate.line,
      [](const Accepted& record, std::uint32_t line) {
        return record.candidate.line < line;
      });
  if (segment == known_.segments.end() ||
      segment->candidate.line != candidate.line)
    return std::nullopt;
  return Accepted{candidate, segment->seconds, segment->minute};
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
      close(start, candidate.line == open_.candidate.line + 1);
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
  lines_.push_back(open_.candidate.line);
}

}  // namespace etherpeil::parsing
