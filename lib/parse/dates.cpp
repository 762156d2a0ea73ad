#include "parse/dates.hpp"

#include <chrono>
#include <cstdlib>
#include <utility>

namespace etherpeil::parsing {
namespace {

void note(std::vector<Diagnostic>& diagnostics, const char* code,
          std::uint64_t line, const std::string& message) {
  diagnostics.push_back({.code = code,
                         .severity = Severity::warning,
                         .line = line,
                         .message = message});
}

}  // namespace

OrderEvidence::Course OrderEvidence::course(DateOrder order) const {
  Course whole = courses_[static_cast<std::size_t>(order)];
  if (run_.length == 0) return whole;
  if (!whole.midnight) {
    whole.impossible += run_.length;
    return whole;
  }
  whole.steps.backward += run_.steps.backward;
  whole.steps.distance += run_.steps.distance;
  whole.previous = *whole.midnight + run_.last_second;
  return whole;
}

void OrderEvidence::begin_run(const Candidate& candidate) {
  const Stamp& stamp = candidate.stamp;
  if (count() == 0) front_ = candidate;
  if (stamp.second + 6 < run_.date.second) ++turns_;
  const auto told = shape_.date_order();
  const bool both = !told;
  for (const DateOrder order :
       {DateOrder::dmy, DateOrder::mdy, DateOrder::ymd}) {
    const bool possible = told ? order == *told : order != DateOrder::ymd;
    if (!possible) continue;
    Course next = course(order);
    Stamp date = stamp;
    date.second_of_day = 0;
    next.midnight = to_seconds(date, order);
    if (next.midnight) {
      next.padded = next.padded && stamp.padded;
      const std::int64_t now =
          std::int64_t{*next.midnight} + stamp.second_of_day;
      if (next.previous) step(next.steps, now - *next.previous);
    }
    courses_[static_cast<std::size_t>(order)] = next;
  }
  if (both && stamp.first > 12 && stamp.second <= 12 && day_line_ == 0)
    day_line_ = candidate.line;
  if (both && stamp.second > 12 && stamp.first <= 12 && month_line_ == 0)
    month_line_ = candidate.line;
  proofs_ = proofs();
  far_years_ = far_years();
  count_ += run_.length;
  run_ = {stamp, 1, {}, stamp.second_of_day};
}

OrderEvidence::Proofs OrderEvidence::proofs() const {
  Proofs found = proofs_;
  if (shape_.date_order()) return found;
  const Stamp& date = run_.date;
  if (date.first > 12 && date.second <= 12) found.day_first += run_.length;
  if (date.second > 12 && date.first <= 12) found.month_first += run_.length;
  return found;
}

std::uint64_t OrderEvidence::impossible(DateOrder order) const {
  return course(order).impossible;
}

bool OrderEvidence::padded(DateOrder order) const {
  return course(order).padded;
}

OrderDecision OrderEvidence::from_time(
    std::optional<DateOrder> wanted,
    std::vector<Diagnostic>& diagnostics) const {
  const Course dmy = course(DateOrder::dmy);
  const Course mdy = course(DateOrder::mdy);
  OrderDecision decision;
  if (wanted) {
    decision.order = *wanted;
    decision.certain = true;
    return decision;
  }
  if (dmy.steps.backward != mdy.steps.backward) {
    decision.order = dmy.steps.backward < mdy.steps.backward ? DateOrder::dmy
                                                             : DateOrder::mdy;
  } else if (dmy.steps.distance != mdy.steps.distance) {
    decision.order = dmy.steps.distance < mdy.steps.distance ? DateOrder::dmy
                                                             : DateOrder::mdy;
  } else if (shape_.clock != Clock::hours_24 && !front_.stamp.padded) {
    decision.order =
        DateOrder::mdy;  // "5/2/22, 4:08 PM" is American far more often
  }
  const std::uint64_t less = std::min(dmy.steps.backward, mdy.steps.backward);
  const std::uint64_t more = std::max(dmy.steps.backward, mdy.steps.backward);
  decision.certain = more >= less + 2 && more >= 3 * less;
  if (!decision.certain) {
    note(diagnostics, "parse.date-order-guessed", front_.line,
         "no date has a day above 12; read as " +
             std::string{to_string(decision.order)} +
             " by the order of time; give --date-order to settle it");
  }
  return decision;
}

OrderDecision OrderEvidence::decide(
    std::optional<DateOrder> wanted,
    std::vector<Diagnostic>& diagnostics) const {
  if (const auto told = shape_.date_order()) return {*told, true, front_.line};
  const Proofs found = proofs();
  if (found.day_first == 0 && found.month_first == 0) {
    if (wanted == DateOrder::ymd) {
      note(diagnostics, "parse.date-order-contradicted", front_.line,
           "no date begins with the year; the order that was asked for is not "
           "used");
      wanted.reset();
    }
    return from_time(wanted, diagnostics);
  }
  OrderDecision decision;
  // As many for each: the order of time then tells which dates are odd.
  const bool tie = found.day_first == found.month_first;
  const bool day_first = tie ? course(DateOrder::dmy).steps.backward <=
                                   course(DateOrder::mdy).steps.backward
                             : found.day_first > found.month_first;
  decision.order = day_first ? DateOrder::dmy : DateOrder::mdy;
  decision.line = day_first ? day_line_ : month_line_;
  decision.certain = found.day_first == 0 || found.month_first == 0;
  if (!decision.certain && wanted && *wanted != DateOrder::ymd) {
    decision.order = *wanted;
  }
  if (!decision.certain) {
    note(diagnostics, "parse.date-order-contradicted",
         day_first ? month_line_ : day_line_,
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
  const auto date = day_of(year, month, day);
  // A year of another calendar may begin before 2009.
  constexpr std::chrono::local_days earliest{std::chrono::year{2009} / 1 / 1};
  if (!date || *date < earliest) return std::nullopt;
  const auto days = date->time_since_epoch().count();
  return static_cast<std::uint32_t>(days) * 86400U + stamp.second_of_day;
}

}  // namespace etherpeil::parsing
