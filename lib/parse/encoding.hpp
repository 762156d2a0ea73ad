#pragma once
/// From the bytes as found to UTF-8.
#include <optional>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::parsing {

/// A text in UTF-16 (by its mark or its zeros) in UTF-8, which a diagnostic
/// reports; nothing for any other.
[[nodiscard]] std::optional<Bytes> from_utf16(
    std::string_view bytes, std::vector<Diagnostic>& diagnostics);

/// A text whose lines end in carriage returns alone, as old Macs and some
/// editors write them, with line feeds in their place, which a diagnostic
/// reports; nothing for any other. Every byte keeps its position.
[[nodiscard]] std::optional<Bytes> from_carriage_returns(
    std::string_view bytes, std::vector<Diagnostic>& diagnostics);

/// A text in Windows-1252 in UTF-8, which is a guess and reported.
[[nodiscard]] Bytes from_windows_1252(std::string_view bytes,
                                      std::vector<Diagnostic>& diagnostics);

/// The text as a chat holds it: decoded when it is in one of these.
[[nodiscard]] Bytes to_utf8(Bytes bytes);

/// Checks a text a stretch at a time; stretches end at line ends.
class Utf8Check {
 public:
  /// Whether this stretch is valid.
  bool add(std::string_view bytes);
  [[nodiscard]] bool valid() const { return valid_; }
  /// Whether a text that is not valid is a text in Windows-1252 rather than a
  /// damaged one: no part of it beyond ASCII is valid UTF-8.
  [[nodiscard]] bool other_encoding(std::string_view whole) const;

 private:
  bool valid_{true};
  /// In the stretches that are not valid: sequences beyond ASCII.
  std::size_t valid_sequences_{};
  std::size_t invalid_sequences_{};
};

}  // namespace etherpeil::parsing
