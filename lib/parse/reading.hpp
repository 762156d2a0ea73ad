#pragma once
/// How the headers of one file are to be read: their shape, the line end before
/// them, the order of their dates.
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parse/dates.hpp"

namespace etherpeil::parsing {

/// One shape holds for the file.
struct Reading {
  std::uint8_t number{};  ///< of `shape` among those of the file
  Shape shape{};
  Terminator terminator{Terminator::unknown};
  /// A header behind the other line end is text of the message before it. Not
  /// so when a tool has made all line ends alike.
  bool strict{};
  OrderDecision order{};
  bool padded{};         ///< two digits everywhere
  std::uint16_t year{};  ///< of the first date when none is written; else 0
  /// The years of two digits are Buddhist: 65 is 2565, 2022.
  bool buddhist{};

  /// Whether the dates are to be completed before they can be read.
  [[nodiscard]] bool lacks_years() const { return year > 0 || buddhist; }

  /// Whether the line end before a header is that of a record.
  [[nodiscard]] bool fits(const Candidate& candidate) const {
    return !strict || candidate.line == 1 ||
           candidate.after_crlf == (terminator == Terminator::crlf);
  }
  /// Whether a candidate starts a record, if its date exists.
  [[nodiscard]] bool reads(const Candidate& candidate) const {
    return candidate.shape == number && fits(candidate);
  }
  /// Whether another reading makes the same records.
  [[nodiscard]] bool reads_like(const Reading& other) const {
    return number == other.number && shape == other.shape &&
           terminator == other.terminator && strict == other.strict &&
           order.order == other.order.order && year == other.year &&
           buddhist == other.buddhist;
  }
};

/// Completes the years of dates, in file order. Headers of 2013 may hold none:
/// the last message is taken to be of 2014, after which the form is not seen,
/// and a month that steps back is a new year. Years of two digits are those of
/// this century or, in a file where most are above 51, Buddhist.
class YearGuess {
 public:
  explicit YearGuess(const Reading& reading)
      : year_(reading.year), buddhist_(reading.buddhist) {}
  void apply(Stamp& stamp) {
    if (buddhist_) {
      constexpr std::uint16_t taken_for = 2000;
      const auto shown = static_cast<std::uint16_t>(stamp.third - taken_for);
      stamp.third = full_year(Calendar::buddhist, shown).value_or(0);
    }
    if (year_ == 0) return;
    if (stamp.second + 6 < month_) ++year_;
    month_ = stamp.second;
    stamp.third = year_;
  }

 private:
  std::uint16_t year_;
  bool buddhist_;
  std::uint16_t month_{};
};

/// What the headers of a file say, gathered in file order.
class Evidence {
 public:
  void add(std::span<const Candidate> candidates,
           const std::vector<Shape>& shapes);
  [[nodiscard]] bool empty() const { return shapes_.empty(); }
  /// Shape and line end, and the order of the dates unless their years are to
  /// be completed: then `order` is open until they are known.
  [[nodiscard]] Reading decide(std::optional<DateOrder> wanted,
                               std::vector<Diagnostic>& diagnostics) const;
  /// Candidates that `reading` does not read although the line end before them
  /// is right: of another shape, or with a date that does not exist.
  [[nodiscard]] std::uint64_t others(const Reading& reading) const;
  [[nodiscard]] std::uint64_t count(const Reading& reading) const;
  /// The order of the dates of a shape, when its own dates prove it; else that
  /// of `reading`.
  [[nodiscard]] DateOrder order_of(std::size_t shape,
                                   const Reading& reading) const;

 private:
  /// Headers of one shape: all, and, once line ends differ, those behind each.
  struct OfShape {
    explicit OfShape(const Shape& of)
        : shape(of), all(of), behind_lf(of), behind_crlf(of) {}
    [[nodiscard]] bool mixed() const { return lf > 0 && crlf > 0; }
    void tell_apart(const Candidate& candidate);
    Shape shape;
    OrderEvidence all;
    OrderEvidence behind_lf;  ///< the first line counts as behind both
    OrderEvidence behind_crlf;
    std::uint64_t lf{};
    std::uint64_t crlf{};
  };
  [[nodiscard]] const OrderEvidence& read_by(const OfShape& of,
                                             const Reading& reading) const;

  std::vector<OfShape> shapes_;
  std::optional<Candidate> first_;
};

/// A header that stands, with its time.
struct Accepted {
  std::uint32_t line{};
  std::uint32_t seconds{};
  std::uint16_t length{};  ///< of the header, in bytes
  bool minute{};           ///< the header names no seconds
};

/// Files that somebody put together by hand hold headers of several shapes, or
/// days and months in both orders. Such a line starts a record, too, when its
/// sender writes elsewhere in the file and its time lies between those of its
/// neighbours: what is pasted into a message is older than the message. One
/// alone is no evidence.
class Segments {
 public:
  /// More lines in question than this are not looked at.
  static constexpr std::size_t max_doubtful = 1'000'000;

  /// A record that stands anyhow, in file order.
  void accepted(std::uint32_t seconds, std::string_view sender);
  /// A line in question, in file order, whose date is most likely in `order`.
  void doubtful(const Candidate& candidate, const Shape& shape, DateOrder order,
                std::string_view sender);
  /// Those that start a record, by line.
  [[nodiscard]] std::vector<Accepted> decide();

 private:
  struct Doubtful {
    Accepted record{};
    std::uint32_t since{};  ///< time of the record before it, plus one
    std::uint32_t until{};  ///< time of the record behind it
    std::string sender{};
  };
  std::vector<Doubtful> list_;
  std::size_t open_{};  ///< first of `list_` without a record behind it
  std::uint32_t since_{};
  std::set<std::string, std::less<>> senders_;
};

}  // namespace etherpeil::parsing
