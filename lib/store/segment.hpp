#pragma once
/// The messages of one month of one export as a blob of columns. The format
/// stands in lib/data/README.md, to the byte.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::tables {

struct SegmentMessage {
  std::uint64_t line{};  ///< of the record, 1-based; rises
  LocalTime time{};
  Index person{};  ///< in `Segment::people`
  Role role{Role::unknown};
  Kind kind{Kind::text};
  MediaType media{MediaType::none};
  std::uint8_t label{not_coded};
  Attributes attributes{};
  std::uint64_t root_line{};  ///< of its incident; 0 without one
  std::uint16_t flags{};      ///< bits of `Messages`
};

struct Segment {
  std::string month{};                     ///< "2021-03"
  std::vector<std::string> people{};       ///< pseudonyms, sorted, distinct
  std::vector<SegmentMessage> messages{};  ///< file order
};

/// Pseudonyms with a space between them, and back.
[[nodiscard]] std::string people_text(const std::vector<std::string>& people);
[[nodiscard]] std::vector<std::string> people_in(std::string_view text);

[[nodiscard]] std::string encode(const std::vector<SegmentMessage>& messages);
/// Nothing when the bytes are not those of `count` messages by `people` people
/// with `labels` labels and `attributes` attributes.
[[nodiscard]] std::optional<std::vector<SegmentMessage>> decode(
    std::string_view bytes, std::size_t count, std::size_t people,
    std::size_t labels, std::size_t attributes);

}  // namespace etherpeil::tables
