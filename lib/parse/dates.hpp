#pragma once
/// Which number of a date is the day: hard bounds first, then the order of
/// time, and never the language.
#include <array>
#include <optional>
#include <vector>

#include "etherpeil/types.hpp"
#include "parse/header.hpp"

namespace etherpeil::parsing {

/// A line that looks like a header.
struct Candidate {
  Stamp stamp{};
  std::uint32_t offset{};  ///< of the line, in the bytes that were searched
  std::uint32_t line{};
  std::uint16_t length{};  ///< of the header, in bytes
  std::uint8_t shape{};    ///< number of its shape among those of the file
  bool after_crlf{};
};

/// Seconds since 1970-01-01T00:00:00; nothing when the date does not exist or
/// is before 2009, when WhatsApp began, or after 2099.
[[nodiscard]] std::optional<std::uint32_t> to_seconds(const Stamp& stamp,
                                                      DateOrder order);

/// `to_seconds` for the stamps of a file, most of which share their date with
/// the one before.
class TimeReader {
 public:
  explicit TimeReader(DateOrder order) : order_(order) {}
  [[nodiscard]] std::optional<std::uint32_t> operator()(const Stamp& stamp) {
    if (stamp.first != date_.first || stamp.second != date_.second ||
        stamp.third != date_.third) {
      date_ = stamp;
      date_.second_of_day = 0;
      midnight_ = to_seconds(date_, order_);
    }
    if (!midnight_) return std::nullopt;
    return *midnight_ + stamp.second_of_day;
  }

 private:
  DateOrder order_;
  Stamp date_{};
  std::optional<std::uint32_t> midnight_{};
};

struct OrderDecision {
  DateOrder order{DateOrder::dmy};
  bool certain{};
  std::uint64_t line{};  ///< proof; 0 without
};

/// What the headers of one shape, taken in file order, say about the order of
/// their dates.
class OrderEvidence {
 public:
  explicit OrderEvidence(const Shape& shape) : shape_(shape) {}

  void add(const Candidate& candidate) {
    const Stamp& stamp = candidate.stamp;
    // Most headers share their date with the one before; what follows from the
    // date is worked out once for all of them.
    if (run_.length == 0 || stamp.first != run_.date.first ||
        stamp.second != run_.date.second || stamp.third != run_.date.third ||
        stamp.padded != run_.date.padded)
      return begin_run(candidate);
    ++run_.length;
    step(run_.steps, std::int64_t{stamp.second_of_day} - run_.last_second);
    run_.last_second = stamp.second_of_day;
  }
  [[nodiscard]] std::uint64_t count() const { return count_ + run_.length; }
  /// Steps back of the month: new years in headers without a year.
  [[nodiscard]] std::uint16_t turns_of_year() const { return turns_; }
  /// Years of two digits above 51, which may be Buddhist: 52 is 2552, 2009.
  [[nodiscard]] std::uint64_t far_years() const {
    return far_years_ + (is_far(run_.date) ? run_.length : 0);
  }
  /// Dates that do not exist in this order.
  [[nodiscard]] std::uint64_t impossible(DateOrder order) const;
  /// Whether all dates that exist have two digits everywhere.
  [[nodiscard]] bool padded(DateOrder order) const;
  /// Decides for the whole file. `wanted` settles what the file leaves open.
  [[nodiscard]] OrderDecision decide(
      std::optional<DateOrder> wanted,
      std::vector<Diagnostic>& diagnostics) const;

 private:
  /// Steps through time.
  struct Steps {
    std::uint64_t backward{};
    std::int64_t distance{};  ///< sum of the sizes of all steps, in seconds
  };
  static void step(Steps& steps, std::int64_t size) {
    // An hour back is a clock change, two minutes are a phone's own clock.
    if (size < -3700) ++steps.backward;
    steps.distance += size < 0 ? -size : size;
  }
  /// How the file runs through time under one order.
  struct Course {
    std::optional<std::uint32_t> midnight{};  ///< of the run at hand
    std::optional<std::int64_t> previous{};   ///< last time before that run
    Steps steps{};
    std::uint64_t impossible{};
    bool padded{true};
  };
  /// Headers with one date behind each other.
  struct Run {
    Stamp date{};
    std::uint64_t length{};
    Steps steps{};
    std::int64_t last_second{};  ///< of the day
  };
  /// What numbers above 12 prove, and how often.
  struct Proofs {
    std::uint64_t day_first{};
    std::uint64_t month_first{};
  };
  void begin_run(const Candidate& candidate);
  [[nodiscard]] bool is_far(const Stamp& date) const {
    return shape_.short_year && shape_.calendar == Calendar::gregorian &&
           date.third > 2051;
  }
  [[nodiscard]] Proofs proofs() const;
  /// The course under an order, with the run at hand.
  [[nodiscard]] Course course(DateOrder order) const;
  [[nodiscard]] OrderDecision from_time(
      std::optional<DateOrder> wanted,
      std::vector<Diagnostic>& diagnostics) const;

  Shape shape_;
  std::uint64_t count_{};  ///< before the run at hand
  Run run_{};
  Candidate front_{};
  std::uint16_t turns_{};
  std::uint64_t far_years_{};        ///< before the run at hand
  std::array<Course, 3> courses_{};  ///< by order
  Proofs proofs_{};                  ///< before the run at hand
  std::uint64_t day_line_{};
  std::uint64_t month_line_{};
};

}  // namespace etherpeil::parsing
