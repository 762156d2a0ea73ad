#include "parse/kept.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace etherpeil::parsing {
namespace {

// A byte of bits, then the numbers that it announces.
constexpr unsigned long_author = 1;  ///< two bytes
constexpr unsigned text_starts_elsewhere = 2;
constexpr unsigned ends_in_two = 4;          ///< CRLF
constexpr unsigned of_lines = 8;             ///< more than one
constexpr unsigned seconds_width = 16;       ///< times 0 to 2
constexpr unsigned odd = 3 * seconds_width;  ///< the whole message follows
constexpr unsigned length_width = 64;

constexpr std::array<unsigned, 4> widths{1, 2, 4, 0};  ///< bytes of a number
constexpr std::array<std::uint32_t, 5> masks{0, 0xFF, 0xFFFF, 0, 0xFFFF'FFFF};
/// Of one message: the bits, its length and itself, or less. A number may be
/// written with four bytes, of which the last are overwritten.
constexpr std::size_t most_bytes = 1 + 4 + sizeof(Message) + 4;

unsigned width_of(std::uint32_t number) {
  return (number > 0xFF ? 1U : 0U) + (number > 0xFFFF ? 1U : 0U);
}

/// Small for small steps in both directions.
std::uint32_t zigzag(std::uint32_t step) {
  return step << 1U ^ (0U - (step >> 31U));
}
std::uint32_t from_zigzag(std::uint32_t number) {
  return number >> 1U ^ (0U - (number & 1U));
}

}  // namespace

namespace {

/// Bytes are written and read behind a pointer that no write can reach.
std::uint8_t* put(std::uint8_t* at, std::uint32_t number, unsigned width) {
  const auto byte = [number](unsigned i) {
    return static_cast<std::uint8_t>(number >> 8 * i);
  };
  at[0] = byte(0);
  at[1] = byte(1);
  at[2] = byte(2);
  at[3] = byte(3);
  return at + width;
}

std::uint32_t take(const std::uint8_t*& at, unsigned width) {
  const std::uint32_t all = std::uint32_t{at[0]} | std::uint32_t{at[1]} << 8U |
                            std::uint32_t{at[2]} << 16U |
                            std::uint32_t{at[3]} << 24U;
  at += width;
  return all & masks[width];
}

}  // namespace

/// Behind `at`; `length`: of the record. Returns where it ends.
inline std::uint8_t* KeptBatches::Expected::pack(const Message& message,
                                                 std::uint32_t length,
                                                 std::uint8_t* at) {
  const std::uint32_t behind =
      length - message.text_start - message.text_length;
  const bool words =
      message.human() && message.kind == Kind::text &&
      message.event == SystemEvent::none && message.media == MediaType::none &&
      (message.flags & ~Message::multiline) == (minute ? Message::minute : 0) &&
      behind - 1 < 2;
  const unsigned length_bytes = width_of(length);
  if (!words) {
    *at = static_cast<std::uint8_t>(odd | length_bytes * length_width);
    at = put(at + 1, length, widths[length_bytes]);
    std::memcpy(at, &message, sizeof message);
    seconds = message.seconds;
    minute = message.has(Message::minute);
    return at + sizeof message;
  }
  const std::uint32_t step = zigzag(message.seconds - seconds);
  const unsigned step_bytes = width_of(step);
  std::uint16_t& expected = text_start(message.author);
  const bool far = message.author > 0xFF;
  const bool elsewhere = message.text_start != expected;
  *at = static_cast<std::uint8_t>(
      (far ? long_author : 0) | (elsewhere ? text_starts_elsewhere : 0) |
      (behind == 2 ? ends_in_two : 0) |
      (message.has(Message::multiline) ? of_lines : 0) |
      step_bytes * seconds_width | length_bytes * length_width);
  expected = message.text_start;
  seconds = message.seconds;
  at = put(at + 1, message.author, far ? 2 : 1);
  at = put(at, step, widths[step_bytes]);
  at = put(at, length, widths[length_bytes]);
  return elsewhere ? put(at, message.text_start, 2) : at;
}

/// The message at `at`, which then is behind it, and the length of its record.
inline std::uint32_t KeptBatches::Expected::unpack(Message& message,
                                                   std::uint32_t offset,
                                                   const std::uint8_t*& at) {
  const unsigned bits = *at++;
  const unsigned length_bytes = widths[bits / length_width];
  if ((bits & odd) == odd) {
    const std::uint32_t length = take(at, length_bytes);
    std::memcpy(&message, at, sizeof message);
    at += sizeof message;
    seconds = message.seconds;
    minute = message.has(Message::minute);
    return length;
  }
  message.author =
      static_cast<std::uint16_t>(take(at, (bits & long_author) != 0 ? 2 : 1));
  seconds += from_zigzag(take(at, widths[(bits & odd) / seconds_width]));
  const std::uint32_t length = take(at, length_bytes);
  std::uint16_t& start = text_start(message.author);
  if ((bits & text_starts_elsewhere) != 0)
    start = static_cast<std::uint16_t>(take(at, 2));
  message.seconds = seconds;
  message.text_start = start;
  message.offset = offset;
  message.text_length = length - start - ((bits & ends_in_two) != 0 ? 2 : 1);
  message.flags = static_cast<std::uint8_t>(
      (minute ? Message::minute : 0) |
      ((bits & of_lines) != 0 ? Message::multiline : 0));
  return length;
}

void KeptBatches::add(const Chat& chat) {
  const auto& messages = chat.messages;
  scratch_.resize(std::max(scratch_.size(), messages.size() * most_bytes));
  std::uint8_t* at = scratch_.data();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::size_t end = i + 1 < messages.size() ? messages[i + 1].offset
                                                    : chat.bytes.view.size();
    at = expected_.pack(
        messages[i], static_cast<std::uint32_t>(end - messages[i].offset), at);
  }
  // Behind the last, what is read with its last number.
  const auto used = at - scratch_.data() + 4;
  batches_.push_back(
      {.start = chat.bytes_before,
       .size = chat.bytes.view.size(),
       .records_before = chat.records_before,
       .records = messages.size(),
       .first = messages.empty() ? 0 : messages.front().offset,
       .messages = {scratch_.begin(), scratch_.begin() + used},
       .mentions = {chat.mentions.begin(), chat.mentions.end()},
       .line_marks = {chat.line_marks.begin(), chat.line_marks.end()}});
  bytes_ += sizeof(Batch) + static_cast<std::size_t>(used) +
            chat.mentions.size() * sizeof(Mention) +
            chat.line_marks.size() * sizeof(std::uint64_t);
}

void KeptBatches::give(Chat& chat, std::string_view text,
                       const std::function<void()>& use) {
  Expected expected;
  for (Batch& batch : batches_) {
    chat.bytes.view = text.substr(batch.start, batch.size);
    chat.bytes_before = batch.start;
    chat.records_before = batch.records_before;
    chat.messages.assign(batch.records, {});
    chat.mentions.swap(batch.mentions);
    chat.line_marks.swap(batch.line_marks);
    const std::uint8_t* at = batch.messages.data();
    // The first may stand behind lines that are of no message.
    std::uint32_t offset = batch.first;
    for (Message& message : chat.messages)
      offset += expected.unpack(message, offset, at);
    use();
    batch = {};
  }
  clear();
}

}  // namespace etherpeil::parsing
