#pragma once
/// The few SVG elements that the charts are drawn with. Looks come from
/// report.css by class; every text is escaped here.
#include <string>
#include <string_view>

namespace etherpeil::report {

enum class Anchor { start, middle, end };

class Svg {
 public:
  /// Begins an image of width x height units that fills its column. `id` must
  /// be unique in the page; `title` and `description` are for who cannot see
  /// it.
  Svg(std::string& out, std::string_view id, std::string_view style,
      double width, double height, std::string_view title,
      std::string_view description);

  void line(double x1, double y1, double x2, double y2, std::string_view style);
  void rect(double x, double y, double width, double height,
            std::string_view style);
  void circle(double x, double y, double radius, std::string_view style);
  /// `points`: "x,y x,y".
  void polygon(std::string_view points, std::string_view style);
  void text(double x, double y, Anchor anchor, std::string_view style,
            std::string_view content);
  /// A group with a tooltip.
  void begin_group(std::string_view tooltip);
  void end_group();
  /// The hatching that `fill: url(#ID)` refers to; one per image.
  void hatching(std::string_view id);
  /// A rectangle filled with that hatching.
  void hatched(double x, double y, double width, double height,
               std::string_view id);
  void finish();

 private:
  void attribute(std::string_view name, double value);
  void style_of(std::string_view style);
  std::string& out_;
};

/// About how wide a text is in units, for letters of this size.
[[nodiscard]] double text_width(std::string_view text, double size);
/// The text, cut to about this width with an ellipsis.
[[nodiscard]] std::string clipped(std::string_view text, double size,
                                  double width);

}  // namespace etherpeil::report
