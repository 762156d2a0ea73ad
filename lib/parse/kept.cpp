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

class KeptBatches::Packer {
 public:
  Packer(Expected& expected, std::uint8_t* out)
      : expected_(expected), at_(out) {}

  void add(const Message& message, std::uint32_t length) {
    const std::uint32_t behind =
        length - message.text_start - message.text_length;
    const bool words = message.human() && message.kind == Kind::text &&
                       message.event == SystemEvent::none &&
                       message.media == MediaType::none &&
                       (message.flags & ~Message::multiline) ==
                           (expected_.minute ? Message::minute : 0) &&
                       behind - 1 < 2;
    if (!words) return add_odd(message, length);
    std::uint16_t& text_start = expected_.text_start(message.author);
    const std::uint32_t step = zigzag(message.seconds - expected_.seconds);
    const bool far = message.author > 0xFF;
    const bool elsewhere = message.text_start != text_start;
    *at_++ = static_cast<std::uint8_t>(
        (far ? long_author : 0) | (elsewhere ? text_starts_elsewhere : 0) |
        (behind == 2 ? ends_in_two : 0) |
        (message.has(Message::multiline) ? of_lines : 0) |
        width_of(step) * seconds_width | width_of(length) * length_width);
    put(message.author, far ? 2 : 1);
    put(step, widths[width_of(step)]);
    put(length, widths[width_of(length)]);
    if (elsewhere) put(message.text_start, 2);
    text_start = message.text_start;
    expected_.seconds = message.seconds;
  }

  [[nodiscard]] std::uint8_t* end() const { return at_; }

 private:
  void add_odd(const Message& message, std::uint32_t length) {
    *at_++ = static_cast<std::uint8_t>(odd | width_of(length) * length_width);
    put(length, widths[width_of(length)]);
    std::memcpy(at_, &message, sizeof message);
    at_ += sizeof message;
    expected_.seconds = message.seconds;
    expected_.minute = message.has(Message::minute);
  }
  void put(std::uint32_t number, unsigned width) {
    const auto byte = [number](unsigned i) {
      return static_cast<std::uint8_t>(number >> 8 * i);
    };
    at_[0] = byte(0);
    at_[1] = byte(1);
    at_[2] = byte(2);
    at_[3] = byte(3);
    at_ += width;
  }

  Expected& expected_;
  std::uint8_t* at_;
};

class KeptBatches::Unpacker {
 public:
  Unpacker(Expected& expected, const std::uint8_t* in)
      : expected_(expected), at_(in) {}

  /// The next, at `offset` of its batch. Returns its length.
  std::uint32_t take(Message& message, std::uint32_t offset) {
    const unsigned bits = *at_++;
    const unsigned length_bytes = widths[bits / length_width];
    if ((bits & odd) == odd) {
      const std::uint32_t length = number(length_bytes);
      std::memcpy(&message, at_, sizeof message);
      at_ += sizeof message;
      expected_.seconds = message.seconds;
      expected_.minute = message.has(Message::minute);
      return length;
    }
    message.author =
        static_cast<std::uint16_t>(number((bits & long_author) != 0 ? 2 : 1));
    expected_.seconds +=
        from_zigzag(number(widths[(bits & odd) / seconds_width]));
    message.seconds = expected_.seconds;
    const std::uint32_t length = number(length_bytes);
    std::uint16_t& text_start = expected_.text_start(message.author);
    if ((bits & text_starts_elsewhere) != 0)
      text_start = static_cast<std::uint16_t>(number(2));
    message.text_start = text_start;
    message.offset = offset;
    message.text_length =
        length - text_start - ((bits & ends_in_two) != 0 ? 2 : 1);
    message.flags = static_cast<std::uint8_t>(
        (expected_.minute ? Message::minute : 0) |
        ((bits & of_lines) != 0 ? Message::multiline : 0));
    return length;
  }

 private:
  [[nodiscard]] std::uint32_t number(unsigned width) {
    const std::uint32_t all =
        std::uint32_t{at_[0]} | std::uint32_t{at_[1]} << 8U |
        std::uint32_t{at_[2]} << 16U | std::uint32_t{at_[3]} << 24U;
    at_ += width;
    return all & masks[width];
  }

  Expected& expected_;
  const std::uint8_t* at_;
};

void KeptBatches::add(const Chat& chat) {
  const auto& messages = chat.messages;
  scratch_.resize(std::max(scratch_.size(), messages.size() * most_bytes));
  Packer packer{expected_, scratch_.data()};
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::size_t end = i + 1 < messages.size() ? messages[i + 1].offset
                                                    : chat.bytes.view.size();
    packer.add(messages[i],
               static_cast<std::uint32_t>(end - messages[i].offset));
  }
  // Behind the last, what is read with its last number.
  const auto used = packer.end() - scratch_.data() + 4;
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
    Unpacker unpacker{expected, batch.messages.data()};
    // The first may stand behind lines that are of no message.
    std::uint32_t offset = batch.first;
    for (Message& message : chat.messages)
      offset += unpacker.take(message, offset);
    use();
    batch = {};
  }
  clear();
}

}  // namespace etherpeil::parsing
