#include "report/timeline.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/svg.hpp"

namespace etherpeil::report {
namespace {

constexpr double mark_row = 22;
constexpr double mark_radius = 8;

/// Sizes in units of the picture.
struct Layout {
  double width{};
  double left{};
  double right{};
  double letters{};
  double reports_height{};
  double messages_height{};
  bool mark_titles{};
};

Layout layout_of(Width width) {
  switch (width) {
    case Width::wide:
      return {.width = 1000,
              .left = 44,
              .right = 988,
              .letters = 13,
              .reports_height = 84,
              .messages_height = 104,
              .mark_titles = true};
    case Width::narrow:
      return {.width = 360,
              .left = 32,
              .right = 356,
              .letters = 11.5,
              .reports_height = 74,
              .messages_height = 92,
              .mark_titles = false};
  }
  return {};
}

/// A vertical axis from 0 to `top` in whole steps.
struct Scale {
  std::uint64_t top{1};
  std::uint64_t step{1};
};

Scale scale_for(std::uint64_t largest) {
  std::uint64_t step = 1;
  for (std::uint64_t tens = 1; largest > 4 * step; tens *= 10) {
    for (const std::uint64_t factor : {1U, 2U, 5U}) {
      step = factor * tens;
      if (largest <= 4 * step) break;
    }
  }
  const std::uint64_t steps =
      std::max<std::uint64_t>(1, (largest + step - 1) / step);
  return {.top = steps * step, .step = step};
}

/// A mark with its place among the labels above the chart.
struct Placed {
  const Mark* mark{};
  double x{};
  std::size_t row{};
  bool flipped{};  ///< the title stands left of the line
  std::string title{};
};

struct Extent {
  double from{};
  double to{};
};

class Chart {
 public:
  Chart(std::string& out, const Courses& all, const Course& course,
        const TimelineOptions& options, const Texts& texts)
      : all_(all),
        course_(course),
        options_(options),
        texts_(texts),
        layout_(layout_of(options.width)) {
    place_marks();
    top_reports_ = static_cast<double>(rows_) * mark_row + 26;
    top_messages_ = top_reports_ + layout_.reports_height + 40;
    bottom_ = top_messages_ + layout_.messages_height;
    Svg svg{out,
            options.id,
            options.width == Width::wide ? "chart wide" : "chart narrow",
            layout_.width,
            bottom_ + 40,
            options.title,
            description()};
    draw(svg);
    svg.finish();
  }

 private:
  [[nodiscard]] double x(LocalDay day) const {
    const auto whole = static_cast<double>((all_.end - all_.first).count());
    const auto part = static_cast<double>((day - all_.first).count());
    return layout_.left + (layout_.right - layout_.left) * part / whole;
  }

  void place_marks() {
    std::vector<std::vector<Extent>> taken;
    for (const Mark& mark : course_.marks) {
      if (!all_.inside(mark.day)) continue;
      Placed placed{.mark = &mark,
                    .x = x(mark.day),
                    .row = 0,
                    .flipped = false,
                    .title = {}};
      double room = 0;
      if (layout_.mark_titles) {
        placed.title = clipped(mark.title, layout_.letters, 340);
        room = text_width(placed.title, layout_.letters) + 4;
      }
      placed.flipped = placed.x + mark_radius + room > layout_.right;
      const Extent extent{
          .from = placed.x - mark_radius - 2 - (placed.flipped ? room : 0),
          .to = placed.x + mark_radius + 2 + (placed.flipped ? 0 : room)};
      const auto free = [&](const std::vector<Extent>& row) {
        return std::none_of(row.begin(), row.end(), [&](const Extent& other) {
          return other.from < extent.to && extent.from < other.to;
        });
      };
      while (placed.row < taken.size() && !free(taken[placed.row]))
        ++placed.row;
      if (placed.row == taken.size()) taken.emplace_back();
      taken[placed.row].push_back(extent);
      marks_.push_back(std::move(placed));
    }
    rows_ = taken.size();
  }

  [[nodiscard]] std::string description() const {
    std::uint64_t messages = 0;
    for (const Month& month : course_.months) messages += month.sum();
    std::uint64_t reports = 0;
    const Quarter* busiest = nullptr;
    for (const Quarter& quarter : course_.quarters) {
      reports += quarter.sum();
      if (busiest == nullptr || quarter.sum() > busiest->sum())
        busiest = &quarter;
    }
    std::string out =
        texts_.fill("timeline.description",
                    {{"first", texts_.month(all_.first)},
                     {"last", texts_.month(all_.end - std::chrono::days{1})}});
    const auto say = [&](bool any, const char* key, std::uint64_t number) {
      out += ' ' + (any ? texts_.fill(key, {{"n", texts_.count(number)}})
                        : texts_(std::string{key} + ".none"));
    };
    say(any_shown(course_.quarters), "timeline.all.reports", reports);
    say(any_shown(course_.months), "timeline.all.messages", messages);
    if (busiest != nullptr && busiest->sum() > 0) {
      out +=
          ' ' + texts_.fill(
                    "timeline.busiest",
                    {{"quarter", texts_.period(quarter_label(busiest->first))},
                     {"n", texts_.count(busiest->sum())}});
    }
    return out;
  }

  template <class Part>
  static bool any_shown(const std::vector<Part>& parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [](const Part& part) { return !part.hidden; });
  }

  void draw(Svg& svg) {
    std::uint64_t most_reports = 0;
    std::uint64_t most_messages = 0;
    for (const Quarter& quarter : course_.quarters)
      most_reports = std::max(most_reports, quarter.sum());
    for (const Month& month : course_.months)
      most_messages = std::max(most_messages, month.sum());
    reports_ = scale_for(most_reports);
    messages_ = scale_for(most_messages);
    const std::string hatch = options_.id + "-h";
    svg.hatching(hatch);
    for (const Gap& gap : course_.gaps) {
      const double from = x(gap.first);
      svg.begin_group(texts_("timeline.gap"));
      svg.hatched(from, top_reports_, x(gap.end) - from, layout_.reports_height,
                  hatch);
      svg.hatched(from, top_messages_, x(gap.end) - from,
                  layout_.messages_height, hatch);
      svg.end_group();
    }
    draw_axis(svg, course_.quarters, reports_,
              {top_reports_, layout_.reports_height});
    draw_axis(svg, course_.months, messages_,
              {top_messages_, layout_.messages_height});
    for (const Quarter& quarter : course_.quarters) {
      draw_bar(svg, quarter,
               quarter_text(quarter, options_.report_names, texts_),
               quarter.reports, reports_,
               {top_reports_, layout_.reports_height}, "r");
    }
    for (const Month& month : course_.months) {
      draw_bar(svg, month, month_text(month, texts_),
               {month.messages.begin(), month.messages.end()}, messages_,
               {top_messages_, layout_.messages_height}, "m");
    }
    draw_months_axis(svg);
    draw_marks(svg);
    draw_title(svg, top_reports_, "timeline.reports");
    draw_title(svg, top_messages_, "timeline.messages");
  }

  void draw_title(Svg& svg, double top, std::string_view key) const {
    svg.text(0, top - 14, Anchor::start, "panel-title", texts_(key));
  }

  struct Panel {
    double top{};
    double height{};
  };

  /// Where all is hidden there is nothing to measure: the base line alone.
  template <class Part>
  void draw_axis(Svg& svg, const std::vector<Part>& parts, const Scale& scale,
                 Panel panel) const {
    const std::uint64_t last = any_shown(parts) ? scale.top : 0;
    for (std::uint64_t tick = 0; tick <= last; tick += scale.step) {
      const double y = panel.top + panel.height -
                       panel.height * static_cast<double>(tick) /
                           static_cast<double>(scale.top);
      svg.line(layout_.left, y, layout_.right, y, tick == 0 ? "base" : "grid");
      svg.text(layout_.left - 6, y + 4, Anchor::end, "tick",
               texts_.count(tick));
    }
  }

  static double mark_y(const Placed& placed) {
    return static_cast<double>(placed.row) * mark_row + mark_radius + 2;
  }

  /// All lines come before all titles, so that none strikes a title through.
  void draw_marks(Svg& svg) const {
    for (const Placed& placed : marks_) {
      const std::string kind = placed.mark->instrument ? " instrument" : "";
      for (const std::string& style :
           {std::string{"mark-halo"}, "mark" + kind}) {
        svg.line(placed.x, mark_y(placed), placed.x,
                 top_reports_ + layout_.reports_height, style);
        svg.line(placed.x, top_messages_, placed.x, bottom_, style);
      }
    }
    for (const Placed& placed : marks_) {
      const std::string kind = placed.mark->instrument ? " instrument" : "";
      const double y = mark_y(placed);
      svg.begin_group(texts_.day(placed.mark->day) + ": " + placed.mark->title);
      svg.circle(placed.x, y, mark_radius, "mark-dot" + kind);
      svg.text(placed.x, y + 4, Anchor::middle, "mark-symbol",
               placed.mark->symbol);
      const double shift = mark_radius + 4;
      if (!placed.title.empty()) {
        svg.text(placed.flipped ? placed.x - shift : placed.x + shift, y + 4,
                 placed.flipped ? Anchor::end : Anchor::start,
                 "mark-title" + kind, placed.title);
      }
      svg.end_group();
    }
  }

  void draw_bar(Svg& svg, const Stretch& part, const std::string& text,
                const std::vector<std::uint64_t>& counts, const Scale& scale,
                Panel panel, const std::string& style) const {
    const double from = x(part.first);
    const double whole = x(part.end) - from;
    const double gap = std::min(whole * 0.12, 4.0);
    svg.begin_group(text);
    svg.rect(from, panel.top, whole, panel.height, "hit");
    if (part.hidden) {
      const double size = std::min(whole - 2 * gap, 26.0);
      svg.rect(from + (whole - size) / 2, panel.top + panel.height - 19, size,
               16, "hidden-box");
    } else {
      stack(svg, counts, scale, from + gap, whole - 2 * gap, panel, style);
    }
    svg.end_group();
  }

  static void stack(Svg& svg, const std::vector<std::uint64_t>& parts,
                    const Scale& scale, double from, double width, Panel panel,
                    const std::string& style) {
    double y = panel.top + panel.height;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i] == 0) continue;
      const double height = panel.height * static_cast<double>(parts[i]) /
                            static_cast<double>(scale.top);
      y -= height;
      svg.rect(from, y, width, height,
               style + std::to_string(std::min<std::size_t>(i, 3)));
    }
  }

  /// Months between two labels, so that they do not touch.
  [[nodiscard]] int label_step() const {
    const double month =
        (layout_.right - layout_.left) /
        static_cast<double>(std::max<std::size_t>(1, course_.months.size()));
    for (const int step : {1, 2, 3, 6, 12, 24, 60}) {
      if (month * step >= layout_.letters * 2.2) return step;
    }
    return 120;
  }

  void draw_months_axis(Svg& svg) const {
    const int step = label_step();
    bool first = true;
    for (const Month& month : course_.months) {
      const std::chrono::year_month_day date{month.first};
      const int number = static_cast<int>(date.year()) * 12 +
                         static_cast<int>(static_cast<unsigned>(date.month())) -
                         1;
      const double from = x(month.first);
      svg.line(from, bottom_, from, bottom_ + (number % 12 == 0 ? 9 : 4),
               "base");
      const double middle = (from + x(month.end)) / 2;
      if (step < 12 && number % step == 0) {
        svg.text(middle, bottom_ + 16, Anchor::middle, "tick",
                 texts_.short_month(month.first));
      }
      const bool year = number % std::max(12, step) == 0;
      const bool room = !first || number % 12 < 10;
      if ((year || first) && room) {
        svg.text(from + 2, bottom_ + (step < 12 ? 33 : 18), Anchor::start,
                 "tick year", std::to_string(number / 12));
      }
      first = false;
    }
  }

  const Courses& all_;
  const Course& course_;
  const TimelineOptions& options_;
  const Texts& texts_;
  Layout layout_;
  std::vector<Placed> marks_;
  std::size_t rows_{};
  double top_reports_{};
  double top_messages_{};
  double bottom_{};
  Scale reports_{};
  Scale messages_{};
};

}  // namespace

std::string timeline_svg(const Courses& all, const Course& course,
                         const TimelineOptions& options, const Texts& texts) {
  std::string out;
  if (!all.empty()) Chart{out, all, course, options, texts};
  return out;
}

namespace {

/// What stands in the place of counts that are hidden or not there.
std::string absence(const Stretch& part, const Texts& texts) {
  if (part.hidden) return texts("hidden.long");
  return part.covered == 0 ? texts("timeline.gap") : std::string{};
}

/// "12 dagen in de export", when not all of it is.
std::string cut_short(const Stretch& part, const Texts& texts) {
  const auto whole =
      static_cast<std::uint32_t>((part.end - part.first).count());
  if (part.covered >= whole) return {};
  return "; " + texts.plural("unit.day-covered", part.covered);
}

void append_part(std::string& parts, const std::string& name,
                 std::uint64_t count, const Texts& texts) {
  if (count == 0) return;
  parts += (parts.empty() ? " (" : ", ") + name + ' ' + texts.count(count);
}

}  // namespace

std::string quarter_label(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return std::to_string(static_cast<int>(date.year())) + "-Q" +
         std::to_string((static_cast<unsigned>(date.month()) + 2) / 3);
}

std::string quarter_text(const Quarter& quarter,
                         const std::vector<std::string>& report_names,
                         const Texts& texts) {
  const std::string name = texts.period(quarter_label(quarter.first)) + ": ";
  const std::string none = absence(quarter, texts);
  if (!none.empty()) return name + none;
  std::string parts;
  for (std::size_t i = 0; i < quarter.reports.size(); ++i)
    append_part(parts, report_names[i], quarter.reports[i], texts);
  return name + texts.plural("unit.report", quarter.sum()) + parts +
         (parts.empty() ? "" : ")") + cut_short(quarter, texts);
}

std::string month_text(const Month& month, const Texts& texts) {
  const std::string name = texts.month(month.first) + ": ";
  const std::string none = absence(month, texts);
  if (!none.empty()) return name + none;
  std::string parts;
  for (std::size_t i = 0; i < purposes; ++i) {
    append_part(parts, texts("purpose." + std::string{purpose_keys[i]}),
                month.messages[i], texts);
  }
  return name + texts.plural("unit.message", month.sum()) + parts +
         (parts.empty() ? "" : ")") + cut_short(month, texts);
}

}  // namespace etherpeil::report
