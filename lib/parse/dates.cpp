#include "parse/dates.hpp"

#include <chrono>
#include <cstdlib>

namespace etherpeil::parsing {
namespace {

/// How the file runs through time under one order.
struct Course {
  std::uint64_t backward{};  ///< steps back
  std::uint64_t impossible{};
  std::int64_t distance{};  ///< sum of the sizes of all steps, in seconds
};

Course course(std::span<const Candidate> candidates, DateOrder order) {
  Course result;
  std::optional<std::uint32_t> previous;
  for (const Candidate& candidate : candidates) {
    const auto now = to_seconds(candidate.stamp, order);
    if (!now) {
      ++result.impossible;
      continue;
    }
    if (previous) {
      const auto step = static_cast<std::int64_t>(*now) -
                        static_cast<std::int64_t>(*previous);
      // An hour back is a clock change, two minutes are a phone's own clock.
      if (step < -3700) ++result.backward;
      result.distance += std::abs(step);
    }
    previous = now;
  }
  return result;
}

void note(std::vector<Diagnostic>& diagnostics, const char* code,
          std::uint64_t line, const std::string& message) {
  diagnostics.push_back({.code = code,
                         .severity = Severity::warning,
                         .line = line,
                         .message = message});
}

/// What numbers above 12 prove.
struct Bounds {
  std::uint64_t day_first{};
  std::uint64_t month_first{};
  std::uint64_t day_line{};
  std::uint64_t month_line{};
};

Bounds bounds(std::span<const Candidate> candidates) {
  Bounds found;
  for (const Candidate& candidate : candidates) {
    if (candidate.stamp.first > 12 && candidate.stamp.second <= 12) {
      if (found.day_first++ == 0) found.day_line = candidate.line;
    }
    if (candidate.stamp.second > 12 && candidate.stamp.first <= 12) {
      if (found.month_first++ == 0) found.month_line = candidate.line;
    }
  }
  return found;
}

OrderDecision from_time(std::span<const Candidate> candidates,
                        const Shape& shape, std::optional<DateOrder> wanted,
                        std::vector<Diagnostic>& diagnostics) {
  const Course dmy = course(candidates, DateOrder::dmy);
  const Course mdy = course(candidates, DateOrder::mdy);
  OrderDecision decision;
  if (wanted) {
    decision.order = *wanted;
    decision.certain = true;
    return decision;
  }
  if (dmy.backward != mdy.backward) {
    decision.order =
        dmy.backward < mdy.backward ? DateOrder::dmy : DateOrder::mdy;
  } else if (dmy.distance != mdy.distance) {
    decision.order =
        dmy.distance < mdy.distance ? DateOrder::dmy : DateOrder::mdy;
  } else if (shape.clock != Clock::hours_24 &&
             !candidates.front().stamp.padded) {
    decision.order =
        DateOrder::mdy;  // "5/2/22, 4:08 PM" is American far more often
  }
  const std::uint64_t less = std::min(dmy.backward, mdy.backward);
  const std::uint64_t more = std::max(dmy.backward, mdy.backward);
  decision.certain = more >= less + 2 && more >= 3 * less;
  if (!decision.certain) {
    note(diagnostics, "parse.date-order-guessed", candidates.front().line,
         "no date has a day above 12; read as " +
             std::string{to_string(decision.order)} +
             " by the order of time; give --date-order to settle it");
  }
  return decision;
}

}  // namespace

OrderDecision decide_order(std::span<const Candidate> candidates,
                           const Shape& shape, std::optional<DateOrder> wanted,
                           std::vector<Diagnostic>& diagnostics) {
  const Candidate& front = candidates.front();
  if (shape.year_first) return {DateOrder::ymd, true, front.line};
  if (shape.month_word) return {DateOrder::dmy, true, front.line};
  const Bounds found = bounds(candidates);
  if (found.day_first == 0 && found.month_first == 0) {
    if (wanted == DateOrder::ymd) {
      note(diagnostics, "parse.date-order-contradicted", front.line,
           "no date begins with the year; the order that was asked for is not "
           "used");
      wanted.reset();
    }
    return from_time(candidates, shape, wanted, diagnostics);
  }
  OrderDecision decision;
  const bool day_first = found.day_first >= found.month_first;
  decision.order = day_first ? DateOrder::dmy : DateOrder::mdy;
  decision.line = day_first ? found.day_line : found.month_line;
  decision.certain = found.day_first == 0 || found.month_first == 0;
  if (!decision.certain && wanted && *wanted != DateOrder::ymd) {
    decision.order = *wanted;
  }
  if (!decision.certain) {
    note(diagnostics, "parse.date-order-contradicted",
         day_first ? found.month_line : found.day_line,
         "dates in this file prove both orders; read as " +
             std::string{to_string(decision.order)} +
             " wherever that gives a day that exists");
  }
  if (wanted && *wanted != decision.order && decision.certain) {
    note(diagnostics, "parse.date-order-contradicted", decision.line,
         "the file proves " + std::string{to_string(decision.order)} +
             "; the order that was asked for is not used");
  }
  return decision;
}

std::optional<std::uint32_t> to_seconds(const Stamp& stamp, DateOrder order) {
  namespace chrono = std::chrono;
  unsigned day = stamp.first;
  unsigned month = stamp.second;
  int year = stamp.third;
  switch (order) {
    case DateOrder::dmy:
      break;
    case DateOrder::mdy:
      std::swap(day, month);
      break;
    case DateOrder::ymd:
      year = stamp.first;
      day = stamp.third;
      break;
  }
  const chrono::year_month_day date{chrono::year{year}, chrono::month{month},
                                    chrono::day{day}};
  if (!date.ok() || year < 2009 || year > 2099) return std::nullopt;
  const auto days = chrono::local_days{date}.time_since_epoch().count();
  return static_cast<std::uint32_t>(days) * 86400U + stamp.second_of_day;
}

}  // namespace etherpeil::parsing
