#pragma once
/// From header lines to messages: sender, kind, text.
#include <span>

#include "etherpeil/types.hpp"
#include "parse/dates.hpp"

namespace etherpeil::parsing {

/// A header that stands, with its time.
struct Accepted {
  Candidate candidate{};
  std::uint32_t seconds{};
  bool minute{};  ///< the header names no seconds
};

/// The sender on a record's first line, behind the header; empty for none.
[[nodiscard]] std::string_view sender_of(std::string_view bytes,
                                         const Candidate& candidate);

/// Fills messages, authors, mentions, line marks and the group's name of a chat
/// whose bytes and format are set. `valid_utf8` spares checking each message.
/// @throws Error limit for more than 65,534 authors
void build_messages(Chat& chat, std::span<const Accepted> records,
                    bool valid_utf8);

}  // namespace etherpeil::parsing
