#include "parse/encoding.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "parse/header.hpp"
#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

/// Code points of the bytes 0x80-0x9F in Windows-1252; 0 where undefined.
constexpr std::array<char16_t, 32> windows_1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

enum class Order : std::uint8_t { none, little, big };

/// By the byte-order mark, or by where the zeros of Latin text stand.
Order utf16_order(std::string_view bytes) {
  if (bytes.substr(0, 2) == "\xFF\xFE") return Order::little;
  if (bytes.substr(0, 2) == "\xFE\xFF") return Order::big;
  const std::string_view head = bytes.substr(0, 4096);
  if (head.find('\0') == std::string_view::npos) return Order::none;
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\0') ++(i % 2 == 0 ? even : odd);
  }
  const std::size_t many = head.size() / 4;
  if (head.size() < 8) return Order::none;
  if (odd > many && even < many / 4) return Order::little;
  if (even > many && odd < many / 4) return Order::big;
  return Order::none;
}

std::string decode_utf16(std::string_view bytes, Order order) {
  const auto unit = [&](std::size_t i) {
    const auto a = static_cast<unsigned char>(bytes[i]);
    const auto b = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(order == Order::little ? a | b << 8
                                                        : a << 8 | b);
  };
  std::string out;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t value = unit(i);
    if (value >= 0xD800 && value < 0xDC00 && i + 3 < bytes.size()) {
      const char32_t low = unit(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    if (value >= 0xD800 && value < 0xE000) value = 0xFFFD;
    text::append(out, value);
  }
  return out;
}

std::string decode_windows_1252(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool special =
        byte >= 0x80 && byte < 0xA0 && windows_1252[byte - 0x80U] != 0;
    text::append(out, special ? windows_1252[byte - 0x80U] : byte);
  }
  return out;
}

/// Sequences that are valid and not ASCII, and ones that are not valid.
struct Census {
  std::size_t valid{};
  std::size_t invalid{};
};

Census take_census(std::string_view bytes) {
  Census census;
  for (std::size_t at = 0; at < bytes.size();) {
    if (static_cast<unsigned char>(bytes[at]) < 0x80) {
      at += std::max<std::size_t>(1, text::ascii_run(bytes.substr(at)));
      continue;
    }
    // Half an emoji as Java writes it (CESU-8): damaged, but UTF-8.
    if (bytes[at] == '\xED' && at + 2 < bytes.size() &&
        (static_cast<unsigned char>(bytes[at + 1]) & 0xE0U) == 0xA0U &&
        (static_cast<unsigned char>(bytes[at + 2]) & 0xC0U) == 0x80U) {
      ++census.valid;
      at += 3;
      continue;
    }
    const text::CodePoint point = text::decode(bytes, at);
    ++(point.valid ? census.valid : census.invalid);
    at += point.length;
  }
  return census;
}

void report(std::vector<Diagnostic>& diagnostics, const std::string& encoding) {
  diagnostics.push_back(
      {.code = "parse.encoding-guessed",
       .severity = Severity::warning,
       .line = 0,
       .message = "read as " + encoding +
                  "; positions are those of the text in UTF-8"});
}

}  // namespace

std::optional<Bytes> from_utf16(std::string_view bytes,
                                std::vector<Diagnostic>& diagnostics) {
  const Order order = utf16_order(bytes);
  if (order == Order::none) return std::nullopt;
  report(diagnostics, order == Order::little ? "UTF-16LE" : "UTF-16BE");
  return Bytes::from(decode_utf16(bytes, order));
}

std::optional<Bytes> from_carriage_returns(
    std::string_view bytes, std::vector<Diagnostic>& diagnostics) {
  const std::size_t first = bytes.substr(0, 4096).find('\r');
  if (first == std::string_view::npos ||
      bytes.find('\n') != std::string_view::npos)
    return std::nullopt;
  // A lone one may also stand in a message; behind a line end stands a header.
  bool header = false;
  for (std::size_t at = first; !header && at != std::string_view::npos;
       at = bytes.find('\r', at + 1))
    header = read_header(bytes.substr(at + 1)).has_value();
  if (!header) return std::nullopt;
  std::string lines{bytes};
  std::replace(lines.begin(), lines.end(), '\r', '\n');
  diagnostics.push_back(
      {.code = "parse.line-ends",
       .severity = Severity::warning,
       .line = 0,
       .message = "all lines end in a carriage return alone, as an editor "
                  "made them; they were read as line feeds"});
  return Bytes::from(std::move(lines));
}

Bytes from_windows_1252(std::string_view bytes,
                        std::vector<Diagnostic>& diagnostics) {
  report(diagnostics, "Windows-1252");
  return Bytes::from(decode_windows_1252(bytes));
}

bool Utf8Check::add(std::string_view bytes) {
  if (text::is_valid(bytes)) return true;
  valid_ = false;
  const Census census = take_census(bytes);
  valid_sequences_ += census.valid;
  invalid_sequences_ += census.invalid;
  return false;
}

bool Utf8Check::other_encoding(std::string_view whole) const {
  // One or two stray bytes are damage, not another encoding.
  return valid_sequences_ == 0 && invalid_sequences_ > 2 &&
         take_census(whole).valid == 0;
}

Bytes to_utf8(Bytes bytes) {
  std::vector<Diagnostic> ignored;
  if (auto decoded = from_utf16(bytes.view, ignored))
    bytes = std::move(*decoded);
  if (auto lines = from_carriage_returns(bytes.view, ignored))
    bytes = std::move(*lines);
  Utf8Check check;
  check.add(bytes.view);
  if (check.valid() || !check.other_encoding(bytes.view)) return bytes;
  return from_windows_1252(bytes.view, ignored);
}

}  // namespace etherpeil::parsing
