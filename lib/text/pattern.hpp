#pragma once
/// Regular expressions on folded text.
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "text/fold.hpp"

namespace etherpeil::text {

/// A regular expression (Perl syntax, bytes) for folded text: lower case,
/// without accents. Compiled once; copying is cheap; `search` may be called
/// from many threads.
class Pattern {
 public:
  /// Longer texts are searched up to here.
  static constexpr std::size_t max_bytes = 4096;

  struct Result {
    /// Bytes of the folded text; empty when nothing matches.
    std::optional<Span> found{};
    /// The search was given up because it would cost too much.
    bool too_costly{};
  };

  /// @throws Error config when `expression` is not a regular expression
  explicit Pattern(const std::string& expression);

  /// The first match at or after byte `from`; `Folded::original` leads back to
  /// the evidence. `folded` must come from `fold`, which makes it valid UTF-8.
  [[nodiscard]] Result search(const Folded& folded, std::size_t from = 0) const;
  /// The same, where most texts that hold no match are told at a glance.
  [[nodiscard]] Result find(const Folded& folded, std::size_t from = 0) const;
  /// No text without an ASCII digit matches.
  [[nodiscard]] bool needs_digit() const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace etherpeil::text
