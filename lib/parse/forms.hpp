#pragma once
/// Headers that were seen: the grammar reads a header of a new form once, the
/// next of that form is read by comparing its bytes.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parse/dates.hpp"
#include "text/isa.hpp"

namespace etherpeil::parsing {

/// A header with its digits left open: "[00-00-0000, 00:00:00] ". Words in it
/// (PM, klo) are part of the form.
struct Form {
  static constexpr std::size_t max_bytes = 32;
  /// The numbers of a header, two digits each: the first number of the date
  /// (hundreds, rest), the third (hundreds, rest), minute, second, the second
  /// number of the date, hour.
  static constexpr std::size_t pairs = 8;
  using Pairs = std::array<std::int16_t, pairs>;
  /// Neighbours together: the first number of the date, the third, the seconds
  /// of the hour, and the second number of the date below 256 times the hour.
  using Values = std::array<std::int32_t, pairs / 2>;
  static constexpr Pairs weights{100, 1, 100, 1, 60, 1, 1, 256};
  static constexpr std::uint8_t nowhere = 0x80;
  static constexpr std::uint32_t no_hour = 0xFFFF'FFFF;

  std::array<char, max_bytes> bytes{};
  std::uint32_t digits{};    ///< bit i: byte i is a digit
  std::uint32_t literals{};  ///< bit i: byte i is as in `bytes`
  /// Where the digits of the pairs stand; `nowhere` for a digit left out.
  std::array<std::uint8_t, 2 * pairs> places{};
  Pairs least{};
  Pairs most{};
  Values added{};  ///< the century of a year of two digits
  std::uint8_t length{};
  std::uint8_t shape{};  ///< number of its shape among those of the file
  bool padded{};
  /// Second of the day at which a shown hour begins; `no_hour` where the
  /// grammar must decide.
  std::array<std::uint32_t, 24> hours{};

  /// Whether `text` starts with this form.
  [[nodiscard]] bool fits(std::string_view text) const;
  /// The numbers in a text that fits; nothing when one is out of its bounds.
  [[nodiscard]] std::optional<Values> values(const char* text) const;
  /// What those say. False when only the grammar knows.
  [[nodiscard]] bool read(const Values& values, Stamp& stamp) const {
    const std::uint32_t hour =
        hours[static_cast<std::uint32_t>(values[3]) / 256];
    stamp.first = static_cast<std::uint16_t>(values[0]);
    stamp.second = static_cast<std::uint16_t>(values[3] & 0xFF);
    stamp.third = static_cast<std::uint16_t>(values[1]);
    stamp.second_of_day = hour + static_cast<std::uint32_t>(values[2]);
    stamp.padded = padded;
    stamp.clock_contradicted = false;
    return hour != no_hour;
  }
};

/// The forms of a file, at most `max_forms`.
class Forms {
 public:
  static constexpr std::size_t max_forms = 24;

  /// From now on a header may start with the name of a month.
  void expect_months() { months_ = true; }

  /// Remembers the form of a header that the grammar read at the start of
  /// `line`, if headers of its shape can be read by comparing. True when it is
  /// a new one.
  bool learn(std::string_view line, const Header& header, std::uint8_t shape);

  /// Lines of a text, by where they start; one more start is the end.
  struct Lines {
    std::string_view bytes{};
    std::uint32_t offset{};                   ///< of the first start in `bytes`
    std::span<const std::uint32_t> starts{};  ///< counted from there
    std::uint32_t number{};                   ///< of the first line
  };
  /// Reads the headers of lines into `found`, which must have room for all, as
  /// far as their forms are known. A line that may start with another is among
  /// them with `length` 0. Returns where `found` ends, and whether the grammar
  /// has nothing to add.
  struct Found {
    std::size_t count{};
    bool all_known{true};
  };
  Found read(const Lines& lines, text::Isa isa, Candidate* found) const;

  [[nodiscard]] std::size_t size() const { return forms_.size(); }

 private:
  std::vector<Form> forms_;
  bool months_{};
};

}  // namespace etherpeil::parsing
