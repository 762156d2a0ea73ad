#include "report/svg.hpp"

#include "report/escape.hpp"
#include "report/texts.hpp"
#include "text/utf8.hpp"

namespace etherpeil::report {
namespace {

/// Mean advance of a letter in the usual sans-serif fonts, a little generous.
constexpr double letter = 0.6;

}  // namespace

Svg::Svg(std::string& out, std::string_view id, std::string_view style,
         double width, double height, std::string_view title,
         std::string_view description)
    : out_(out) {
  const std::string name = html(id);
  out_ += "<svg class=\"" + html(style) + "\" role=\"img\" viewBox=\"0 0 " +
          fixed(width, 1) + ' ' + fixed(height, 1) + "\" aria-labelledby=\"" +
          name + "-t " + name + "-d\"><title id=\"" + name + "-t\">" +
          html(title) + "</title><desc id=\"" + name + "-d\">" +
          html(description) + "</desc>\n";
}

void Svg::attribute(std::string_view name, double value) {
  out_ += ' ';
  out_ += name;
  out_ += "=\"" + fixed(value, 1) + '"';
}

void Svg::style_of(std::string_view style) {
  if (!style.empty()) out_ += " class=\"" + html(style) + '"';
}

void Svg::line(double x1, double y1, double x2, double y2,
               std::string_view style) {
  out_ += "<line";
  attribute("x1", x1);
  attribute("y1", y1);
  attribute("x2", x2);
  attribute("y2", y2);
  style_of(style);
  out_ += "/>";
}

void Svg::rect(double x, double y, double width, double height,
               std::string_view style) {
  out_ += "<rect";
  attribute("x", x);
  attribute("y", y);
  attribute("width", width);
  attribute("height", height);
  style_of(style);
  out_ += "/>";
}

void Svg::circle(double x, double y, double radius, std::string_view style) {
  out_ += "<circle";
  attribute("cx", x);
  attribute("cy", y);
  attribute("r", radius);
  style_of(style);
  out_ += "/>";
}

void Svg::polygon(std::string_view points, std::string_view style) {
  out_ += "<polygon points=\"" + html(points) + '"';
  style_of(style);
  out_ += "/>";
}

void Svg::text(double x, double y, Anchor anchor, std::string_view style,
               std::string_view content) {
  out_ += "<text";
  attribute("x", x);
  attribute("y", y);
  switch (anchor) {
    case Anchor::start:
      break;
    case Anchor::middle:
      out_ += " text-anchor=\"middle\"";
      break;
    case Anchor::end:
      out_ += " text-anchor=\"end\"";
      break;
  }
  style_of(style);
  out_ += '>' + html(content) + "</text>";
}

void Svg::begin_group(std::string_view tooltip) {
  out_ += "<g><title>" + html(tooltip) + "</title>";
}

void Svg::end_group() { out_ += "</g>\n"; }

void Svg::hatching(std::string_view id) {
  out_ += "<defs><pattern id=\"" + html(id) +
          "\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
          "patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" "
          "class=\"hatch-paper\"/>"
          "<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" "
          "class=\"hatch-line\"/></pattern></defs>\n";
}

void Svg::hatched(double x, double y, double width, double height,
                  std::string_view id) {
  out_ += "<rect";
  attribute("x", x);
  attribute("y", y);
  attribute("width", width);
  attribute("height", height);
  out_ += " fill=\"url(#" + html(id) + ")\"/>";
}

void Svg::finish() { out_ += "</svg>\n"; }

double text_width(std::string_view text, double size) {
  double letters = 0;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode(text, at);
    letters += point.value >= 0x1100 ? 1.8 : 1;
    at += point.length;
  }
  return letters * size * letter;
}

std::string clipped(std::string_view text, double size, double width) {
  if (text_width(text, size) <= width) return std::string{text};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint8_t length = text::decode(text, at).length;
    const std::string_view next = text.substr(0, at + length);
    if (text_width(next, size) + size * letter > width) break;
    out = next;
    at += length;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out + "\u2026";
}

}  // namespace etherpeil::report
