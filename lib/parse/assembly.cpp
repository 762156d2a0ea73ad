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

/// The time of a record by its header; nothing when it is none.
inline std::optional<std::uint32_t> Assembly::time_of(
    const Candidate& candidate) {
  if (!known_.reading.reads(candidate)) return std::nullopt;
  if (!known_.reading.shape.no_year) return time_(candidate.stamp);
  Stamp stamp = candidate.stamp;
  years_.apply(stamp);
  return time_(stamp);
}

const Accepted* Assembly::find_segment(std::uint32_t line) const {
  const auto segment =
      std::lower_bound(known_.segments.begin(), known_.segments.end(), line,
                       [](const Accepted& record, std::uint32_t wanted) {
                         return record.line < wanted;
                       });
  const bool found = segment != known_.segments.end() && segment->line == line;
  return found ? &*segment : nullptr;
}

inline void Assembly::close(std::size_t end, bool one_line) {
  records_.push_back({open_at_, end, open_, one_line, valid_utf8_, marked_});
}

void Assembly::add(const Stretch& stretch) {
  records_.clear();
  valid_utf8_ = valid_utf8_ && stretch.valid_utf8;
  auto mark = stretch.marks.begin();
  const auto mark_before = [&](std::size_t end) {
    bool any = false;
    for (; mark != stretch.marks.end() && stretch.from + *mark < end; ++mark)
      any = true;
    return any;
  };
  for (const Candidate& candidate : stretch.candidates) {
    const std::size_t start = stretch.from + candidate.offset;
    const bool aside = known_.learned.is_aside(start);
    const auto time = aside ? std::nullopt : time_of(candidate);
    const Accepted* const segment =
        aside || time ? nullptr : find_segment(candidate.line);
    if (!time && segment == nullptr) {
      if (rejected_++ == 0) rejected_line_ = candidate.line;
      continue;
    }
    if (candidate.stamp.clock_contradicted && contradicted_line_ == 0)
      contradicted_line_ = candidate.line;
    marked_ = mark_before(start) || marked_;
    if (any_) {
      close(start, candidate.line == open_.line + 1);
    } else {
      chat_.format.preamble_lines = candidate.line - 1;
      any_ = true;
    }
    open_.line = candidate.line;
    open_.length = candidate.length;
    open_.seconds = time ? *time : segment->seconds;
    open_.minute = time ? !known_.reading.shape.seconds : segment->minute;
    open_at_ = start;
    valid_utf8_ = stretch.valid_utf8;
    marked_ = false;
  }
  marked_ = mark_before(stretch.to) || marked_;
  if (stretch.to == size_ && any_) close(size_, false);
  if (records_.empty()) return;
  builder_.add(records_);
  end_ = records_.back().end;
}

}  // namespace etherpeil::parsing
