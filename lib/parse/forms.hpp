#pragma once
/// Headers that were seen: the grammar reads a header of a new form once, the
/// next of that form is read by comparing its bytes.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "parse/header.hpp"
#include "text/isa.hpp"

namespace etherpeil::parsing {

/// A header with its digits left open: "[00-00-0000, 00:00:00] ". Words in it
/// (PM, klo) are part of the form.
struct Form {
  static constexpr std::size_t max_bytes = 32;
  struct Place {
    std::uint8_t at{};
    std::uint8_t width{};
  };

  std::array<char, max_bytes> bytes{};
  std::uint32_t digits{};    ///< bit i: byte i is a digit
  std::uint32_t literals{};  ///< bit i: byte i is as in `bytes`
  std::uint8_t length{};
  Shape shape{};
  bool padded{};
  /// Of the three numbers of the date, then hour, minute and second.
  std::array<Place, 6> places{};
  /// Hour of the day per shown hour; `no_hour` where the grammar must decide.
  std::array<std::uint8_t, 24> hours{};
  static constexpr std::uint8_t no_hour = 0xFF;

  /// Whether `text` starts with this form.
  [[nodiscard]] bool fits(std::string_view text) const;
  /// Reads a text that fits. False when a number is out of range: then the
  /// grammar must decide.
  [[nodiscard]] bool read(const char* text, Stamp& stamp) const;
};

/// The forms of a file, at most `max_forms`.
class Forms {
 public:
  static constexpr std::size_t max_forms = 24;
  /// In place of a form's number: the line is no header; it may be one.
  static constexpr std::uint8_t no_header = 0xFF;
  static constexpr std::uint8_t unknown = 0xFE;

  /// Remembers the form of a header that the grammar read at the start of
  /// `line`, if headers of its shape can be read by comparing.
  void learn(std::string_view line, const Header& header);

  /// For each line the number of its form, or what stands in its place.
  void match(std::string_view bytes, std::span<const std::uint32_t> lines,
             text::Isa isa, std::vector<std::uint8_t>& forms) const;

  [[nodiscard]] const Form& operator[](std::size_t i) const {
    return forms_[i];
  }
  [[nodiscard]] std::size_t size() const { return forms_.size(); }

 private:
  [[nodiscard]] std::uint8_t match_line(std::string_view text) const;
  std::vector<Form> forms_;
};

}  // namespace etherpeil::parsing
