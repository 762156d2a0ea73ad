#pragma once
/// Which number of a date is the day: hard bounds first, then the order of
/// time, and never the language.
#include <optional>
#include <span>
#include <vector>

#include "etherpeil/types.hpp"
#include "parse/header.hpp"

namespace etherpeil::parsing {

/// A line that looks like a header.
struct Candidate {
  Stamp stamp{};
  std::uint32_t offset{};
  std::uint32_t line{};
  std::uint16_t length{};  ///< of the header, in bytes
  std::uint8_t shape{};    ///< number of its shape among those of the file
  bool after_crlf{};
};

struct OrderDecision {
  DateOrder order{DateOrder::dmy};
  bool certain{};
  std::uint64_t line{};  ///< proof; 0 without
};

/// Decides for the whole file. `wanted` settles what the file leaves open.
[[nodiscard]] OrderDecision decide_order(std::span<const Candidate> candidates,
                                         const Shape& shape,
                                         std::optional<DateOrder> wanted,
                                         std::vector<Diagnostic>& diagnostics);

/// Seconds since 1970-01-01T00:00:00; nothing when the date does not exist or
/// is before 2009, when WhatsApp began, or after 2099.
[[nodiscard]] std::optional<std::uint32_t> to_seconds(const Stamp& stamp,
                                                      DateOrder order);

}  // namespace etherpeil::parsing
