#pragma once
/// Whether a regular expression can match a text at all, in one pass.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace etherpeil::text {

/// A deterministic automaton of an expression in which what looks ahead always
/// holds: it may let a text through that does not match, and never holds
/// back one that does. An expression with what it does not know (what looks
/// back, flags, POSIX classes), or that would make it large, lets all through.
class Sieve {
 public:
  /// Perl syntax, bytes, as `Pattern` takes it.
  explicit Sieve(std::string_view expression);

  /// From where to search, at or after `from`: no match that starts at `from`
  /// or later starts before it. Nothing when there is none.
  [[nodiscard]] std::optional<std::size_t> first_start(std::string_view text,
                                                       std::size_t from) const;
  /// No text without an ASCII digit matches.
  [[nodiscard]] bool needs_digit() const { return needs_digit_; }

 private:
  static constexpr std::uint32_t accepted = UINT32_MAX;
  class Builder;
  void compile(const Builder& builder);

  bool needs_digit_{};
  std::array<std::uint8_t, 256> classes_{};
  std::size_t width_{};          ///< classes of bytes; 0: lets all through
  std::vector<bool> in_word_{};  ///< per class
  /// Per state and class, where the next state begins in here.
  std::vector<std::uint32_t> next_{};
  std::vector<bool> ends_{};  ///< per state: accepted at the end of the text
};

}  // namespace etherpeil::text
