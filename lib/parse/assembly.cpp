#include "parse/assembly.hpp"

#include <algorithm>

namespace etherpeil::parsing {

Assembly::Assembly(const Known& known, Chat& chat, std::string_view bytes)
    : known_(known),
      chat_(chat),
      size_(bytes.size()),
      builder_(chat, bytes, known.marks, known.learned, known.zone),
      time_(known.reading.order.order),
      years_(known.reading) {}

/// The time of a record by its header; nothing when it is none.
inline std::optional<std::uint32_t> Assembly::time_of(
    const Candidate& candidate) {
  if (!known_.reading.lacks_years()) return time_(candidate.stamp);
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

void Assembly::add(const Stretch& stretch) {
  // The last record of the stretch before is the first of this one.
  if (any_) records_[0] = records_[count_];
  if (records_.size() < stretch.candidates.size() + 2)
    records_.resize(stretch.candidates.size() + 2);
  Record* open = records_.data();
  open->valid_utf8 = open->valid_utf8 && stretch.valid_utf8;
  auto mark = stretch.marks.begin();
  const auto mark_before = [&](std::size_t end) {
    if (mark == stretch.marks.end() || stretch.from + *mark >= end)
      return false;
    while (mark != stretch.marks.end() && stretch.from + *mark < end) ++mark;
    return true;
  };
  const Reading reading = known_.reading;  // where no write can reach it
  const bool minute = !reading.shape.seconds;
  for (const Candidate& candidate : stretch.candidates) {
    const std::size_t start = stretch.from + candidate.offset;
    const bool aside = known_.learned.is_aside(start);
    const auto time =
        !aside && reading.reads(candidate) ? time_of(candidate) : std::nullopt;
    const Accepted* const segment =
        aside || time ? nullptr : find_segment(candidate.line);
    if (!time && segment == nullptr) {
      if (rejected_++ == 0) rejected_line_ = candidate.line;
      continue;
    }
    if (candidate.stamp.clock_contradicted && contradicted_line_ == 0)
      contradicted_line_ = candidate.line;
    const bool marked = mark_before(start);
    if (any_) {
      open->end = start;
      open->lines = candidate.line == open->header.line + 1 ? 1 : 2;
      open->marked = open->marked || marked;
      ++open;
    } else {
      chat_.format.preamble_lines = candidate.line - 1;
      any_ = true;
    }
    open->start = start;
    open->header.line = candidate.line;
    open->header.length = candidate.length;
    open->header.seconds = time ? *time : segment->seconds;
    open->header.minute = time ? minute : segment->minute;
    open->valid_utf8 = stretch.valid_utf8;
    open->marked = false;
  }
  open->marked = mark_before(stretch.to) || open->marked;
  if (stretch.to == size_ && any_) {
    open->end = size_;
    open->lines = 0;
    ++open;
  }
  count_ = static_cast<std::size_t>(open - records_.data());
  if (count_ == 0) return;
  builder_.add(records());
  end_ = records_[count_ - 1].end;
}

}  // namespace etherpeil::parsing
