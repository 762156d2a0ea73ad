#include "report/escape.hpp"

#include "etherpeil/report.hpp"
#include "text/utf8.hpp"

namespace etherpeil {
namespace {

void append_hex(std::string& out, char32_t value, int digits) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += hex[(static_cast<unsigned>(value) >> static_cast<unsigned>(shift)) &
               15U];
  }
}

/// Hidden controls as \u{...}, unless they are allowed here.
void append_visible(std::string& out, char32_t value, bool allowed) {
  if (!allowed && text::is_hidden_control(value)) {
    out += "\\u{";
    append_hex(out, value, 4);
    out += '}';
  } else {
    text::append(out, value);
  }
}

}  // namespace

namespace report {

std::string html(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode(text, at);
    switch (point.value) {
      case U'&':
        out += "&amp;";
        break;
      case U'<':
        out += "&lt;";
        break;
      case U'>':
        out += "&gt;";
        break;
      case U'"':
        out += "&quot;";
        break;
      case U'\'':
        out += "&#39;";
        break;
      case U'\n':
        out += '\n';
        break;
      default:
        if (text::is_hidden_control(point.value)) {
          out += "U+";
          append_hex(out, point.value, 4);
        } else {
          text::append(out, point.value);
        }
    }
    at += point.length;
  }
  return out;
}

void append_csv(std::string& out, std::string_view cell, char separator) {
  std::string valid;
  for (std::size_t at = 0; at < cell.size();) {
    const text::CodePoint point = text::decode(cell, at);
    const bool space =
        point.value == '\n' || point.value == '\t' || point.value == '\r';
    append_visible(valid, point.value, space);
    at += point.length;
  }
  const bool formula =
      !valid.empty() && std::string_view{"=+-@\t\r"}.find(valid.front()) !=
                            std::string_view::npos;
  const bool quote = formula ||
                     valid.find_first_of("\"\r\n") != std::string::npos ||
                     valid.find(separator) != std::string::npos;
  if (quote) out += '"';
  if (formula) out += '\'';
  for (const char c : valid) {
    if (c == '"') out += '"';
    out += c;
  }
  if (quote) out += '"';
}

}  // namespace report

std::string terminal_safe(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode(text, at);
    append_visible(out, point.value, false);
    at += point.length;
  }
  return out;
}

}  // namespace etherpeil
