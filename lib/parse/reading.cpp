#include "parse/reading.hpp"

#include <algorithm>
#include <limits>

namespace etherpeil::parsing {

void Evidence::add(std::span<const Candidate> candidates,
                   const std::vector<Shape>& shapes) {
  if (!first_ && !candidates.empty()) first_ = candidates.front();
  while (shapes_.size() < shapes.size())
    shapes_.emplace_back(shapes[shapes_.size()]);
  for (const Candidate& candidate : candidates) {
    OfShape& of = shapes_[candidate.shape];
    (candidate.after_crlf ? of.crlf : of.lf) += candidate.line == 1 ? 0 : 1;
    if (candidate.line == 1 || of.mixed()) of.tell_apart(candidate);
    of.all.add(candidate);
  }
}

/// Until now all were behind one line end, or this is the first line.
void Evidence::OfShape::tell_apart(const Candidate& candidate) {
  if (candidate.line == 1) {
    behind_lf.add(candidate);
    behind_crlf.add(candidate);
    return;
  }
  if ((candidate.after_crlf ? crlf : lf) == 1)
    (candidate.after_crlf ? behind_lf : behind_crlf) = all;
  (candidate.after_crlf ? behind_crlf : behind_lf).add(candidate);
}

const OrderEvidence& Evidence::read_by(const OfShape& of,
                                       const Reading& reading) const {
  const bool crlf = reading.terminator == Terminator::crlf;
  if (!reading.strict || (crlf ? of.lf : of.crlf) == 0) return of.all;
  return crlf ? of.behind_crlf : of.behind_lf;
}

Reading Evidence::decide(std::optional<DateOrder> wanted,
                         std::vector<Diagnostic>& diagnostics) const {
  Reading reading;
  // The most frequent shape, unless the first line of the file says otherwise
  // and is not alone in it.
  const auto most = std::max_element(shapes_.begin(), shapes_.end(),
                                     [](const OfShape& a, const OfShape& b) {
                                       return a.all.count() < b.all.count();
                                     });
  reading.number = static_cast<std::uint8_t>(most - shapes_.begin());
  if (first_->line == 1 &&
      shapes_[first_->shape].all.count() * 10 >= most->all.count())
    reading.number = first_->shape;
  const OfShape& of = shapes_[reading.number];
  reading.shape = of.shape;
  // iPhones end a record with CRLF and break lines inside it with LF; Android
  // the other way round.
  if (of.crlf + of.lf > 0) {
    const bool expects_crlf = of.shape.family != Family::dash;
    const std::uint64_t expected = expects_crlf ? of.crlf : of.lf;
    reading.strict = 2 * expected >= of.crlf + of.lf;
    reading.terminator =
        expects_crlf == reading.strict ? Terminator::crlf : Terminator::lf;
  }
  const OrderEvidence& dates = read_by(of, reading);
  if (of.shape.no_year) {
    constexpr std::uint16_t last_seen = 2014;
    reading.year =
        static_cast<std::uint16_t>(last_seen - dates.turns_of_year());
    return reading;
  }
  if (2 * dates.far_years() > dates.count()) {
    reading.buddhist = true;
    reading.shape.calendar = Calendar::buddhist;
    return reading;
  }
  reading.order = dates.decide(wanted, diagnostics);
  reading.padded = dates.padded(reading.order.order);
  return reading;
}

std::uint64_t Evidence::others(const Reading& reading) const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    const OrderEvidence& read = read_by(shapes_[i], reading);
    count += i == reading.number ? read.impossible(reading.order.order)
                                 : read.count();
  }
  return count;
}

std::uint64_t Evidence::count(const Reading& reading) const {
  return shapes_[reading.number].all.count();
}

DateOrder Evidence::order_of(std::size_t shape, const Reading& reading) const {
  std::vector<Diagnostic> ignored;
  const OrderDecision own =
      read_by(shapes_[shape], reading).decide(std::nullopt, ignored);
  return own.certain ? own.order : reading.order.order;
}

void Segments::accepted(std::uint32_t seconds, std::string_view sender) {
  for (; open_ < list_.size(); ++open_) list_[open_].until = seconds;
  since_ = seconds + 1;
  if (senders_.find(sender) == senders_.end()) senders_.emplace(sender);
}

void Segments::doubtful(const Candidate& candidate, const Shape& shape,
                        DateOrder order, std::string_view sender) {
  if (list_.size() >= max_doubtful) return;
  auto seconds = to_seconds(candidate.stamp, order);
  if (!seconds && order != DateOrder::ymd && !shape.date_order()) {
    seconds =
        to_seconds(candidate.stamp,
                   order == DateOrder::dmy ? DateOrder::mdy : DateOrder::dmy);
  }
  if (!seconds || *seconds < since_) return;
  list_.push_back({{candidate.line, *seconds, candidate.length, !shape.seconds},
                   since_,
                   std::numeric_limits<std::uint32_t>::max(),
                   std::string{sender}});
}

std::vector<Accepted> Segments::decide() {
  std::vector<Accepted> found;
  std::uint32_t since = 0;
  for (const Doubtful& line : list_) {
    if (since_ == 0 || line.record.seconds < since ||
        line.record.seconds > line.until || senders_.count(line.sender) == 0)
      continue;
    since = line.record.seconds;
    found.push_back(line.record);
  }
  if (found.size() < 2) found.clear();
  return found;
}

}  // namespace etherpeil::parsing
