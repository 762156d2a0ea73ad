#pragma once
/// Headers that were seen: the grammar reads a header of a new form once, the
/// next of that form is read by comparing its bytes.
#include <array>
#include <cstdint>
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
  /// (hundreds, rest), the second, the third (hundreds, rest), hour, minute,
  /// second.
  static constexpr std::size_t pairs = 8;
  using Pairs = std::array<std::int16_t, pairs>;
  static constexpr std::uint8_t nowhere = 0x80;
  static constexpr std::uint8_t no_hour = 0xFF;

  std::array<char, max_bytes> bytes{};
  std::uint32_t digits{};    ///< bit i: byte i is a digit
  std::uint32_t literals{};  ///< bit i: byte i is as in `bytes`
  /// Where the digits of the pairs stand; `nowhere` for a digit left out.
  std::array<std::uint8_t, 2 * pairs> places{};
  Pairs least{};
  Pairs most{};
  std::uint8_t length{};
  std::uint8_t shape{};  ///< number of its shape among those of the file
  bool padded{};
  std::uint16_t century{};  ///< 2000 before years of two digits, else 0
  bool year_first{};
  /// Hour of the day per shown hour; `no_hour` where the grammar must decide.
  std::array<std::uint8_t, 24> hours{};

  /// Whether `text` starts with this form.
  [[nodiscard]] bool fits(std::string_view text) const;
  /// The numbers in a text that fits.
  [[nodiscard]] Pairs numbers(const char* text) const;
  /// What numbers within the bounds say. False when only the grammar knows.
  [[nodiscard]] bool read(const Pairs& numbers, Stamp& stamp) const {
    const auto value = [&](std::size_t i) {
      return static_cast<unsigned>(numbers[i]);
    };
    const std::uint8_t hour = hours[value(5)];
    const unsigned first = value(0) * 100 + value(1);
    const unsigned third = value(3) * 100 + value(4);
    const unsigned before_first = year_first ? century : 0U;
    const unsigned before_third = year_first ? 0U : century;
    stamp.first = static_cast<std::uint16_t>(first + before_first);
    stamp.second = static_cast<std::uint16_t>(value(2));
    stamp.third = static_cast<std::uint16_t>(third + before_third);
    stamp.second_of_day = hour * 3600U + value(6) * 60 + value(7);
    stamp.padded = padded;
    stamp.clock_contradicted = false;
    return hour != no_hour && first <= 2400 && third <= 2400;
  }
};

/// The forms of a file, at most `max_forms`.
class Forms {
 public:
  static constexpr std::size_t max_forms = 24;

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
};

}  // namespace etherpeil::parsing
