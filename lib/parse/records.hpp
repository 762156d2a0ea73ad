#pragma once
/// From header lines to messages: sender, kind, text.
#include <memory>
#include <span>
#include <string_view>

#include "etherpeil/types.hpp"
#include "parse/learned.hpp"
#include "parse/reading.hpp"
#include "text/zone.hpp"

namespace etherpeil::parsing {

/// The sender on a record's first line, behind the header; empty for none.
[[nodiscard]] std::string_view sender_of(std::string_view bytes,
                                         const Candidate& candidate);

/// A record, and what is known of it, so that it need not be looked for.
struct Record {
  std::size_t start{};  ///< first byte in the text
  std::size_t end{};
  Accepted header{};
  std::uint8_t lines{};  ///< 1; 2 for more; 0 when it is not known
  bool valid_utf8{};
  bool marked{};  ///< holds U+200E or U+200F
};

/// Fills messages, authors, mentions, line marks and the group's name of a chat
/// whose format is set.
class MessageBuilder {
 public:
  /// `bytes`: the whole file. `marks`: it holds U+200E or U+200F. They make
  /// WhatsApp's texts known on iPhones; a file that lost them all is read as
  /// Android texts are. `chat`, `learned`, `zone` and the bytes must outlive
  /// the builder.
  MessageBuilder(Chat& chat, std::string_view bytes, bool marks,
                 const Learned& learned, const text::Zone& zone);
  MessageBuilder(const MessageBuilder&) = delete;
  MessageBuilder& operator=(const MessageBuilder&) = delete;
  MessageBuilder(MessageBuilder&&) = delete;
  MessageBuilder& operator=(MessageBuilder&&) = delete;
  ~MessageBuilder();

  /// From here on `Chat::bytes` starts at byte `base` of the file.
  void start_at(std::size_t base);
  /// Adds records. @throws Error limit for more than 65,534 authors
  void add(std::span<const Record> records);
  /// The first line whose sender turns the direction of what follows; 0 for
  /// none.
  [[nodiscard]] std::uint32_t overridden_line() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace etherpeil::parsing
