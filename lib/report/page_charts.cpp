#include <algorithm>
#include <cmath>
#include <iterator>

#include "report/cells.hpp"
#include "report/change.hpp"
#include "report/elements.hpp"
#include "report/escape.hpp"
#include "report/forest.hpp"
#include "report/page.hpp"
#include "report/timeline.hpp"
#include "text/times.hpp"

namespace etherpeil::report {
namespace {

// ------------------------------------------------------------------ time lines

/// A small drawing, as the chart draws it, and its meaning.
struct Sign {
  std::string drawing{};
  std::string meaning{};
};

Sign square(const std::string& style, std::string meaning) {
  return {
      R"(<rect x="1" y="1" width="14" height="14" class=")" + style + "\"/>",
      std::move(meaning)};
}

void legend_row(std::string& out, const std::string& title,
                const std::vector<Sign>& signs) {
  element(out, "p", "", title);
  open(out, "ul");
  for (const Sign& sign : signs) {
    out += R"(<li><svg class="swatch" viewBox="0 0 16 16" aria-hidden="true">)";
    out += sign.drawing + "</svg>" + html(sign.meaning) + "</li>\n";
  }
  close(out, "ul");
}

void write_legend(std::string& out, const View& view) {
  const Texts& texts = view.texts;
  std::vector<Sign> reports;
  for (const std::string& name : view.report_names()) {
    const std::size_t style = std::min<std::size_t>(reports.size(), 3);
    reports.push_back(square("r" + std::to_string(style), name));
  }
  std::vector<Sign> messages;
  messages.reserve(purposes);
  for (const std::string_view key : purpose_keys) {
    messages.push_back(square("m" + std::to_string(messages.size()),
                              texts("purpose." + std::string{key})));
  }
  std::vector<Sign> others{
      {R"(<line x1="8" y1="0" x2="8" y2="16" class="mark"/>)",
       texts("timeline.legend.mark")},
      {R"(<rect x="1" y="1" width="14" height="14" class="hatch-paper"/>)"
       R"(<path d="M1 15L15 1M1 8L8 1M8 15L15 8" class="hatch-line"/>)",
       texts("timeline.legend.gap")},
      {R"(<rect x="1" y="3" width="14" height="10" class="hidden-box"/>)",
       texts("timeline.legend.hidden")}};
  const LocalDay change = view.findings.instrument_change;
  const bool changed = view.courses.inside(change);
  if (changed) {
    others.push_back(
        {R"(<line x1="8" y1="0" x2="8" y2="16" class="mark instrument"/>)",
         texts("timeline.legend.instrument")});
  }
  open(out, "div", "legend");
  legend_row(out, texts("timeline.legend.reports"), reports);
  legend_row(out, texts("timeline.legend.messages"), messages);
  legend_row(out, texts("timeline.legend.other"), others);
  close(out, "div");
  if (!changed) return;
  element(
      out, "p", "quiet",
      texts.fill("timeline.instrument.why", {{"month", texts.month(change)}}));
}

std::string mark_text(const View& view, const Mark& mark) {
  const Texts& texts = view.texts;
  if (mark.instrument) {
    return texts.month(mark.day) + ": " + mark.title;
  }
  std::string out = texts.day(mark.day) + ": " + mark.title;
  if (!view.courses.inside(mark.day))
    out += " (" + texts("timeline.outside") + ')';
  return out;
}

void write_marks(std::string& out, const View& view, const Course& course) {
  const bool none =
      std::all_of(course.marks.begin(), course.marks.end(),
                  [](const Mark& mark) { return mark.instrument; });
  if (none) element(out, "p", "quiet", view.texts("timeline.no-marks"));
  if (course.marks.empty()) return;
  open(out, "ul", "marks");
  for (const Mark& mark : course.marks) {
    open(out, "li");
    element(out, "span", mark.instrument ? "badge instrument" : "badge",
            mark.symbol);
    out += html(mark_text(view, mark));
    close(out, "li");
  }
  close(out, "ul");
}

/// What a table says of a month or quarter.
template <class Counts>
std::vector<Cell> row_of(const Stretch& part, const std::string& label,
                         const Counts& counts, std::uint64_t sum,
                         const Texts& texts) {
  std::vector<Cell> row{
      {.text = texts.period(label), .detail = {}, .number = false},
      {.text = texts.count(part.covered), .detail = {}, .number = true}};
  const auto add_count = [&](std::uint64_t count) {
    const std::string text = part.hidden         ? texts("hidden.short")
                             : part.covered == 0 ? texts("number.none")
                                                 : texts.count(count);
    row.push_back({.text = text, .detail = {}, .number = true});
  };
  for (const std::uint64_t count : counts) add_count(count);
  add_count(sum);
  return row;
}

void write_details(std::string& out, const Table& content) {
  open(out, "details");
  element(out, "summary", "", content.caption);
  table(out, content);
  close(out, "details");
}

Table course_table(const std::string& caption,
                   const std::vector<std::string>& head) {
  Table content{.caption = caption, .head = {}, .rows = {}};
  for (const std::string& text : head) {
    content.head.push_back(
        {.text = text, .detail = {}, .number = !content.head.empty()});
  }
  return content;
}

void write_course_tables(std::string& out, const View& view,
                         const Course& course, const std::string& name) {
  const Texts& texts = view.texts;
  std::vector<std::string> head{texts("timeline.quarter"),
                                texts("timeline.days")};
  for (const std::string& label : view.report_names()) head.push_back(label);
  head.push_back(texts("timeline.sum.reports"));
  Table reports = course_table(
      texts.fill("timeline.table.reports", {{"group", name}}), head);
  for (const Quarter& quarter : course.quarters) {
    reports.rows.push_back(row_of(quarter, quarter_label(quarter.first),
                                  quarter.reports, quarter.sum(), texts));
  }
  write_details(out, reports);
  head = {texts("timeline.month"), texts("timeline.days")};
  for (const std::string_view key : purpose_keys)
    head.push_back(texts("purpose." + std::string{key}));
  head.push_back(texts("timeline.sum.messages"));
  Table messages =
      course_table(texts.fill("timeline.table", {{"group", name}}), head);
  for (const Month& month : course.months) {
    messages.rows.push_back(row_of(month, text::iso(month.first).substr(0, 7),
                                   month.messages, month.sum(), texts));
  }
  write_details(out, messages);
}

void write_charts(std::string& out, const View& view, const Course& course,
                  const std::string& name) {
  const Texts& texts = view.texts;
  TimelineOptions options{
      .width = Width::wide,
      .id = "group-" + std::to_string(course.group + 1) + "-wide",
      .title = texts.fill("timeline.alt", {{"group", name}}),
      .report_names = view.report_names()};
  out += timeline_svg(view.courses, course, options, texts);
  options.width = Width::narrow;
  options.id = "group-" + std::to_string(course.group + 1) + "-narrow";
  out += timeline_svg(view.courses, course, options, texts);
}

// --------------------------------------------------------------------- changes

/// One group of a comparison as far as it may be shown.
struct Shown {
  const GroupChange& change;
  Index group{};
  bool hidden{};
};

std::vector<Shown> shown_groups(const View& view,
                                const Comparison& comparison) {
  const Counted counted = view.counted(comparison.outcome);
  std::vector<Shown> shown;
  for (const GroupChange& change : comparison.groups) {
    const auto group = view.panel.study.group(change.group);
    if (!group) continue;
    shown.push_back(
        {.change = change,
         .group = *group,
         .hidden = change.start == LocalDay{}
                       ? view.disclosure.total_hidden(counted, *group)
                       : view.disclosure.sides_hidden(counted, *group,
                                                      change.start)});
  }
  return shown;
}

std::string change_text(const View& view, const Shown& one, bool ratio,
                        const MetricDefinition& definition) {
  const Texts& texts = view.texts;
  if (one.hidden) return texts("hidden.short");
  if (std::isnan(one.change.effect)) return texts("change.none");
  std::string out = effect_text(one.change.effect, ratio, definition, texts);
  const std::string range =
      effect_interval_text(one.change.interval, ratio, definition, texts);
  if (!range.empty()) out += " (" + range + ')';
  return out;
}

Cell side_cell(const View& view, const Shown& one, const Metric& side,
               const MetricDefinition& definition) {
  const Texts& texts = view.texts;
  if (one.hidden)
    return {.text = texts("hidden.short"), .detail = {}, .number = true};
  if (side.days == 0)
    return {.text = texts("number.none"), .detail = {}, .number = true};
  const std::string value = value_text(side, definition, texts);
  const std::string basis = basis_text(side, definition, texts);
  return {.text = value, .detail = value == basis ? "" : basis, .number = true};
}

/// Why a group has no comparison.
std::string why_not(const Shown& one, const Texts& texts) {
  std::string out;
  if (one.hidden) return out;
  for (const std::string& why : explained(one.change.notes, texts)) {
    out += (out.empty() ? "" : " ") + why;
  }
  return out;
}

void write_change_table(std::string& out, const View& view,
                        const std::vector<Shown>& groups, bool ratio,
                        const MetricDefinition& definition,
                        const std::string& title) {
  const Texts& texts = view.texts;
  Table content{
      .caption = texts.fill("change.table", {{"outcome", title}}),
      .head = {{.text = texts("page.group"), .detail = {}, .number = false},
               {.text = texts("change.before"), .detail = {}, .number = true},
               {.text = texts("change.after"), .detail = {}, .number = true},
               {.text = texts("change.change"), .detail = {}, .number = true}},
      .rows = {}};
  for (const Shown& one : groups) {
    const bool known = !one.hidden && !std::isnan(one.change.effect);
    content.rows.push_back(
        {{.text = view.group_name(one.group),
          .detail = known ? "" : why_not(one, texts),
          .number = false},
         side_cell(view, one, one.change.before, definition),
         side_cell(view, one, one.change.after, definition),
         {.text = known
                      ? effect_text(one.change.effect, ratio, definition, texts)
                      : change_text(view, one, ratio, definition),
          .detail = known ? effect_interval_text(one.change.interval, ratio,
                                                 definition, texts)
                          : "",
          .number = true}});
  }
  write_details(out, content);
}

Forest forest_of(const View& view, const std::vector<Shown>& groups, bool ratio,
                 const MetricDefinition& definition, const std::string& title) {
  const Texts& texts = view.texts;
  Forest forest{.id = "forest-" + definition.id,
                .title = texts.fill("change.alt", {{"outcome", title}}),
                .description = texts(ratio ? "change.description.ratio"
                                           : "change.description.difference"),
                .ratio = ratio,
                .definition = definition,
                .rows = {}};
  for (const Shown& one : groups) {
    const std::string text = change_text(view, one, ratio, definition);
    ForestRow row{.name = view.group_name(one.group),
                  .effect = std::nan(""),
                  .interval = {},
                  .clear = false,
                  .text = text};
    if (!one.hidden) {
      row.effect = one.change.effect;
      row.interval = one.change.interval;
      row.clear = is_clear(one.change, ratio);
    }
    forest.description += ' ' + row.name + ": " + text + '.';
    forest.rows.push_back(std::move(row));
  }
  return forest;
}

void write_outcome(std::string& out, const View& view,
                   const Comparison& comparison,
                   const std::vector<std::string>& own_cautions) {
  const MetricDefinition* definition = view.definition(comparison.outcome);
  if (definition == nullptr) return;
  const Texts& texts = view.texts;
  const std::string key = "outcome." + definition->id;
  const std::string title =
      texts.find(key + ".title", name_of(*definition, texts));
  const bool ratio = is_ratio(comparison);
  const auto groups = shown_groups(view, comparison);
  Directions directions{.groups = static_cast<std::uint32_t>(groups.size())};
  std::vector<std::string> notes = own_cautions;
  for (const Shown& one : groups) {
    if (one.hidden || std::isnan(one.change.effect)) continue;
    add(directions, one.change, ratio, *definition, texts);
    for (const auto* from : {&one.change.notes, &one.change.before.notes,
                             &one.change.after.notes}) {
      // These stand above all comparisons already, or with this one.
      std::remove_copy_if(from->begin(), from->end(), std::back_inserter(notes),
                          [](const std::string& slug) {
                            return slug == "metrics.instrument-change" ||
                                   slug == "metrics.label-uncertain";
                          });
    }
  }
  open(out, "article", "outcome");
  element(out, "h3", "", title);
  element(out, "p", "explain", texts.find(key + ".explain", ""));
  element(out, "p", "sentence",
          change_sentence(directions, *definition, texts));
  out += forest_svg(forest_of(view, groups, ratio, *definition, title), texts);
  write_change_table(out, view, groups, ratio, *definition, title);
  write_list(out, texts("quarters.notes"), explained(notes, texts));
  close(out, "article");
}

}  // namespace

void write_timelines(std::string& out, const View& view) {
  const Texts& texts = view.texts;
  element(out, "p", "", texts("timeline.intro"));
  write_legend(out, view);
  for (const Course& course : view.courses.groups) {
    const std::string name = view.group_name(course.group);
    open(out, "article", "course");
    name_element(out, "h3", "", name);
    if (view.disclosure.total_hidden(Counted::messages, course.group)) {
      element(out, "p", "quiet", texts("timeline.none"));
      write_marks(out, view, course);
    } else {
      write_charts(out, view, course, name);
      write_marks(out, view, course);
      write_course_tables(out, view, course, name);
    }
    close(out, "article");
  }
}

/// Cautions that all comparisons share stand once, above them.
void write_changes(std::string& out, const View& view) {
  const auto& comparisons = view.findings.comparisons;
  element(out, "p", "", view.texts("change.intro"));
  const auto shared_by_all = [&](const std::string& slug) {
    return std::all_of(
        comparisons.begin(), comparisons.end(), [&](const Comparison& c) {
          return std::find(c.cautions.begin(), c.cautions.end(), slug) !=
                 c.cautions.end();
        });
  };
  std::vector<std::string> shared;
  for (const Comparison& comparison : comparisons) {
    std::copy_if(comparison.cautions.begin(), comparison.cautions.end(),
                 std::back_inserter(shared), shared_by_all);
  }
  std::vector<std::string> cautions = explained(shared, view.texts);
  const Doubt doubt = doubt_of_shown(view);
  if (doubt.abstained > 0) {
    cautions.push_back(
        view.texts.fill("doubt.caution", {{"share", doubt.share(view.texts)}}));
  }
  std::uint64_t compared = 0;
  for (const Comparison& comparison : comparisons) {
    for (const Shown& one : shown_groups(view, comparison))
      compared += one.hidden || std::isnan(one.change.effect) ? 0U : 1U;
  }
  if (compared > 0) {
    // One interval in twenty misses a change that is not there.
    const double chance = static_cast<double>(compared) / 20;
    cautions.push_back(view.texts.fill(
        "change.many",
        {{"n", view.texts.count(compared)}, {"k", view.texts.number(chance)}}));
  }
  write_list(out, view.texts("change.cautions"), cautions);
  open(out, "div", "outcomes");
  for (const Comparison& comparison : comparisons) {
    std::vector<std::string> own;
    std::remove_copy_if(comparison.cautions.begin(), comparison.cautions.end(),
                        std::back_inserter(own), shared_by_all);
    write_outcome(out, view, comparison, own);
  }
  close(out, "div");
}

}  // namespace etherpeil::report
