#include "report/forest.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/cells.hpp"
#include "report/svg.hpp"

namespace etherpeil::report {
namespace {

constexpr double width = 340;
constexpr double left = 6;
constexpr double right = 334;
constexpr double top = 8;

/// The words stand beside the name where all fit, else below it.
struct Rows {
  bool stacked{};
  double height{};
  double middle{};  ///< of the interval, from the top of the row
};

Rows rows_of(const Forest& forest) {
  const bool beside = std::all_of(
      forest.rows.begin(), forest.rows.end(), [](const ForestRow& row) {
        return text_width(row.name, 13) + text_width(row.text, 12) + 12 <
               right - left;
      });
  if (beside) return {.stacked = false, .height = 42, .middle = 26};
  return {.stacked = true, .height = 58, .middle = 41};
}

/// The horizontal axis, in the scale's own units (logarithms for a ratio).
struct Axis {
  bool ratio{};
  double low{};
  double high{};
  std::vector<double> ticks{};  ///< in the units of the effect

  [[nodiscard]] double position(double value) const {
    const double at = ratio ? std::log(value) : value;
    return left + (right - left) * (at - low) / (high - low);
  }
};

std::vector<double> shown_values(const Forest& forest) {
  std::vector<double> values;
  for (const ForestRow& row : forest.rows) {
    for (const double value :
         {row.effect, row.interval.low, row.interval.high}) {
      if (std::isfinite(value)) values.push_back(value);
    }
  }
  return values;
}

Axis ratio_axis(const std::vector<double>& values) {
  constexpr std::array<double, 9> steps{0.0625, 0.125, 0.25, 0.5, 1,
                                        2,      4,     8,    16};
  std::size_t first = 3;  // at least from a half
  std::size_t last = 5;   // to double
  for (const double value : values) {
    while (first > 0 && value < steps[first]) --first;
    while (last + 1 < steps.size() && value > steps[last]) ++last;
  }
  Axis axis{.ratio = true,
            .low = std::log(steps[first]),
            .high = std::log(steps[last]),
            .ticks = {}};
  axis.ticks.assign(steps.begin() + static_cast<std::ptrdiff_t>(first),
                    steps.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  return axis;
}

/// The round number (1, 2, 4 or 5 x 10^n) at or above, or at or below. No 3:
/// ticks show all decimals, and 3 x 0.1 has seventeen.
double rounded(double size, bool up) {
  const double tens = std::pow(10.0, std::floor(std::log10(size)));
  double above = 10 * tens;
  double below = tens;
  for (const double factor : {5.0, 4.0, 2.0, 1.0}) {
    if (factor * tens >= size) above = factor * tens;
    if (factor * tens <= size) below = std::max(below, factor * tens);
  }
  return up ? above : below;
}

/// Follows the estimates: next to a very long interval all dots would be one,
/// so such an interval ends in an arrow.
Axis difference_axis(const Forest& forest) {
  double largest = 0;
  for (const double value : shown_values(forest))
    largest = std::max(largest, std::abs(value));
  double estimate = 0;
  for (const ForestRow& row : forest.rows) {
    if (std::isfinite(row.effect))
      estimate = std::max(estimate, std::abs(row.effect));
  }
  const double most = std::max(4 * estimate, 10.0);
  if (largest <= 0) largest = 1;
  // A little more than that is no reason for an arrow.
  const double end =
      largest > 1.5 * most ? rounded(most, false) : rounded(largest, true);
  return {.ratio = false,
          .low = -end,
          .high = end,
          .ticks = {-end, -end / 2, 0, end / 2, end}};
}

std::string tick_text(double tick, bool ratio, const Texts& texts) {
  const std::string number = texts.exact(tick);
  if (ratio) return texts.fill("effect.ratio", {{"n", number}});
  return tick > 0 ? '+' + number : number;
}

std::string arrow(double x, double y, double direction) {
  const auto point = [](double px, double py) {
    return fixed(px, 1) + ',' + fixed(py, 1);
  };
  return point(x, y) + ' ' + point(x - direction * 8, y - 5) + ' ' +
         point(x - direction * 8, y + 5);
}

bool on_axis(const Axis& axis, double value) {
  if (!std::isfinite(value) || (axis.ratio && value <= 0)) return false;
  const double x = axis.position(value);
  return x >= left - 0.5 && x <= right + 0.5;
}

/// Where a value stands, or the edge that it lies beyond; `open` for NaN.
double place(const Axis& axis, double value, double open) {
  if (std::isnan(value)) return open;
  if (axis.ratio && value <= 0) return left;
  if (std::isinf(value)) return value > 0 ? right : left;
  return std::clamp(axis.position(value), left, right);
}

/// The end of an interval: a stop, or an arrow where it goes on.
void draw_end(Svg& svg, const Axis& axis, double value, double y,
              double direction) {
  const double x = place(axis, value, direction < 0 ? left : right);
  if (on_axis(axis, value)) {
    svg.line(x, y - 5, x, y + 5, "whisker");
  } else {
    svg.polygon(arrow(x, y, direction), "arrow");
  }
}

void draw_row(Svg& svg, const Axis& axis, const ForestRow& row,
              const Rows& rows, double y) {
  const bool known = !std::isnan(row.effect);
  const std::string_view style = known ? "row-value" : "row-none";
  svg.text(left, y + 12, Anchor::start, "row-name",
           clipped(row.name, 12.5, right - left));
  if (rows.stacked) {
    svg.text(left, y + 27, Anchor::start, style, row.text);
  } else {
    svg.text(right, y + 12, Anchor::end, style, row.text);
  }
  if (!known) return;
  const double middle = y + rows.middle;
  svg.begin_group(row.name + ": " + row.text);
  svg.line(place(axis, row.interval.low, left), middle,
           place(axis, row.interval.high, right), middle, "whisker");
  draw_end(svg, axis, row.interval.low, middle, -1);
  draw_end(svg, axis, row.interval.high, middle, 1);
  svg.circle(place(axis, row.effect, left), middle, 6,
             row.clear ? "dot clear" : "dot");
  svg.end_group();
}

/// A vertical line that leaves the words of each row free.
void draw_tick(Svg& svg, double x, const Rows& rows, std::size_t count,
               bool none, const std::string& text) {
  double y = top;
  for (std::size_t i = 0; i < count; ++i, y += rows.height) {
    svg.line(x, y + rows.middle - 9, x, y + rows.middle + 10,
             none ? "no-change" : "grid");
  }
  svg.line(x, y - 2, x, y + 4, "base");
  const Anchor anchor = x < left + 20    ? Anchor::start
                        : x > right - 20 ? Anchor::end
                                         : Anchor::middle;
  if (!text.empty())
    svg.text(x, y + 18, anchor, none ? "tick strong" : "tick", text);
}

/// True when the names of ticks that follow each other would touch.
bool is_crowded(const Axis& axis, bool ratio, const Texts& texts) {
  const auto& ticks = axis.ticks;
  for (std::size_t i = 1; i < ticks.size(); ++i) {
    const double widths =
        text_width(tick_text(ticks[i - 1], ratio, texts), 12) +
        text_width(tick_text(ticks[i], ratio, texts), 12);
    // The outermost stand beside their tick with their whole width.
    const bool outer = i == 1 || i + 1 == ticks.size();
    if (axis.position(ticks[i]) - axis.position(ticks[i - 1]) <
        (outer ? 0.8 : 0.5) * widths + 4)
      return true;
  }
  return false;
}

}  // namespace

std::string forest_svg(const Forest& forest, const Texts& texts) {
  const Axis axis =
      forest.ratio ? ratio_axis(shown_values(forest)) : difference_axis(forest);
  const Rows rows = rows_of(forest);
  const double bottom =
      top + rows.height * static_cast<double>(forest.rows.size());
  std::string out;
  Svg svg{out,         forest.id,    "forest",          width,
          bottom + 46, forest.title, forest.description};
  const auto& ticks = axis.ticks;
  const auto neutral =
      std::find(ticks.begin(), ticks.end(), forest.ratio ? 1.0 : 0.0);
  const std::ptrdiff_t every = is_crowded(axis, forest.ratio, texts) ? 2 : 1;
  for (auto tick = ticks.begin(); tick != ticks.end(); ++tick) {
    const bool named = (tick - neutral) % every == 0;
    draw_tick(svg, axis.position(*tick), rows, forest.rows.size(),
              tick == neutral,
              named ? tick_text(*tick, forest.ratio, texts) : std::string{});
  }
  for (std::size_t i = 0; i < forest.rows.size(); ++i) {
    draw_row(svg, axis, forest.rows[i], rows,
             top + rows.height * static_cast<double>(i));
  }
  svg.line(left, bottom + 1, right, bottom + 1, "base");
  svg.text(left, bottom + 38, Anchor::start, "tick", texts("forest.less"));
  svg.text((left + right) / 2, bottom + 38, Anchor::middle, "tick",
           effect_unit(forest.ratio, forest.definition, texts));
  svg.text(right, bottom + 38, Anchor::end, "tick", texts("forest.more"));
  svg.finish();
  return out;
}

}  // namespace etherpeil::report
