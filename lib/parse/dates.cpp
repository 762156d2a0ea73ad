#include "parse/dates.hpp"

#include <chrono>
#include <cstdlib>

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

void OrderEvidence::step(Course& course, DateOrder order, const Stamp& stamp,
                         bool new_date) {
  if (new_date) {
    Stamp date = stamp;
    date.second_of_day = 0;
    course.midnight = to_seconds(date, order);
  }
  if (!course.midnight) {
    ++course.impossible;
    return;
  }
  const std::int64_t now =
      std::int64_t{*course.midnight} + std::int64_t{stamp.second_of_day};
  course.padded = course.padded && stamp.padded;
  const std::int64_t size = course.any ? now - course.previous : 0;
  // An hour back is a clock change, two minutes are a phone's own clock.
  if (size < -3700) ++course.backward;
  course.distance += std::abs(size);
  course.previous = now;
  course.any = true;
}

void OrderEvidence::add(const Candidate& candidate) {
  const Stamp& stamp = candidate.stamp;
  const bool new_date = count_ == 0 || stamp.first != last_.first ||
                        stamp.second != last_.second ||
                        stamp.third != last_.third;
  if (count_++ == 0) front_ = candidate;
  if (new_date) {
    if (stamp.second + 6 < last_.second) ++turns_;
    last_ = stamp;
    if (!shape_.year_first && !shape_.month_word) {
      if (stamp.first > 12 && stamp.second <= 12 && day_line_ == 0)
        day_line_ = candidate.line;
      if (stamp.second > 12 && stamp.first <= 12 && month_line_ == 0)
        month_line_ = candidate.line;
    }
  }
  if (shape_.year_first) {
    step(courses_[2], DateOrder::ymd, stamp, new_date);
    return;
  }
  step(courses_[0], DateOrder::dmy, stamp, new_date);
  if (shape_.month_word) return;
  step(courses_[1], DateOrder::mdy, stamp, new_date);
  if (last_.first > 12 && last_.second <= 12) ++day_first_;
  if (last_.second > 12 && last_.first <= 12) ++month_first_;
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
  const Course& dmy = course(DateOrder::dmy);
  const Course& mdy = course(DateOrder::mdy);
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
  } else if (shape_.clock != Clock::hours_24 && !front_.stamp.padded) {
    decision.order =
        DateOrder::mdy;  // "5/2/22, 4:08 PM" is American far more often
  }
  const std::uint64_t less = std::min(dmy.backward, mdy.backward);
  const std::uint64_t more = std::max(dmy.backward, mdy.backward);
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
  if (shape_.year_first) return {DateOrder::ymd, true, front_.line};
  if (shape_.month_word) return {DateOrder::dmy, true, front_.line};
  if (day_first_ == 0 && month_first_ == 0) {
    if (wanted == DateOrder::ymd) {
      note(diagnostics, "parse.date-order-contradicted", front_.line,
           "no date begins with the year; the order that was asked for is not "
           "used");
      wanted.reset();
    }
    return from_time(wanted, diagnostics);
  }
  OrderDecision decision;
  const bool day_first = day_first_ >= month_first_;
  decision.order = day_first ? DateOrder::dmy : DateOrder::mdy;
  decision.line = day_first ? day_line_ : month_line_;
  decision.certain = day_first_ == 0 || month_first_ == 0;
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
