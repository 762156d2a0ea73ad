#include <algorithm>
#include <map>

#include "report/cells.hpp"
#include "report/elements.hpp"
#include "report/escape.hpp"
#include "report/page.hpp"
#include "text/times.hpp"

namespace etherpeil::report {
namespace {

// -------------------------------------------------------------------- quarters

std::vector<const Metric*> metrics_of(const View& view,
                                      const std::string& group) {
  std::vector<const Metric*> list;
  for (const Metric& metric : view.findings.quarters) {
    if (metric.group == group) list.push_back(&metric);
  }
  return list;
}

Cell metric_cell(const View& view, Index group, const Metric& metric,
                 const MetricDefinition& definition) {
  const Texts& texts = view.texts;
  if (view.disclosure.quarter_hidden(view.counted(metric.id), group,
                                     metric.first)) {
    return {.text = texts("hidden.short"), .detail = {}, .number = true};
  }
  return {.text = value_text(metric, definition, texts),
          .detail = interval_text(metric.interval, definition, texts),
          .number = true};
}

/// Rows of one group: a metric each, with a column per quarter.
Table quarter_table(const View& view, Index group,
                    const std::vector<const Metric*>& list) {
  const Texts& texts = view.texts;
  Table content{.caption = texts.fill("quarters.caption",
                                      {{"group", view.group_name(group)}}),
                .head = {{.text = texts("quarters.metric"),
                          .detail = {},
                          .number = false}},
                .rows = {}};
  std::map<std::string, std::size_t> columns;  // of a label such as 2024-Q1
  for (const Metric* metric : list) columns.emplace(metric->label, 0);
  std::size_t next = 1;
  for (auto& [label, column] : columns) {
    column = next++;
    content.head.push_back(
        {.text = texts.period(label), .detail = {}, .number = true});
  }
  std::map<std::string, std::size_t> rows;
  for (const Metric* metric : list) {
    const MetricDefinition* definition = view.definition(metric->id);
    if (definition == nullptr) continue;
    const auto [at, added] = rows.emplace(metric->id, content.rows.size());
    if (added) {
      content.rows.emplace_back(
          columns.size() + 1,
          Cell{.text = texts("number.none"), .detail = {}, .number = true});
      content.rows.back().front() = {
          .text = name_of(*definition, texts),
          .detail = metric->id + ' ' + unit_text(*definition, texts),
          .number = false};
    }
    content.rows[at->second][columns[metric->label]] =
        metric_cell(view, group, *metric, *definition);
  }
  return content;
}

// --------------------------------------------------------------------- sources

std::string file_span(const FileRow& file) {
  using std::chrono::days;
  return text::iso(std::chrono::floor<days>(file.first)) + " \u2013 " +
         text::iso(std::chrono::floor<days>(file.last));
}

/// "dag-maand-jaar, zeker".
std::string order_text(const Format& format, const Texts& texts) {
  const std::string slug{to_string(format.date_order)};
  return texts.find("date-order." + slug, slug) + ", " +
         texts(format.date_order_certain ? "sources.order.certain"
                                         : "sources.order.guess");
}

void write_files(std::string& out, const View& view) {
  const Texts& texts = view.texts;
  Table content{.caption = texts("sources.files"), .head = {}, .rows = {}};
  for (const char* key :
       {"sources.group", "sources.file", "sources.records", "sources.span",
        "sources.header", "sources.order", "sources.warnings"}) {
    content.head.push_back({.text = texts(key), .detail = {}, .number = false});
  }
  // Not the messages: the page counts those of covered days, and what lies
  // between the two may be of a few people.
  for (const FileRow& file : view.panel.files) {
    if (file.group >= view.panel.study.groups.size()) continue;
    const bool hidden =
        view.disclosure.total_hidden(Counted::messages, file.group);
    const auto count = [&](std::uint64_t number) {
      return Cell{.text = hidden ? texts("hidden.short") : texts.count(number),
                  .detail = {},
                  .number = true};
    };
    const auto plain = [](std::string text, std::string detail = {}) {
      return Cell{.text = std::move(text),
                  .detail = std::move(detail),
                  .number = false};
    };
    const Format& format = file.format;
    content.rows.push_back(
        {plain(view.group_name(file.group)), plain(file.sha256.substr(0, 12)),
         count(file.records), plain(file_span(file)), plain(format.header),
         plain(order_text(format, texts)), plain(texts.count(file.warnings))});
  }
  table(out, content);
  element(out, "p", "quiet", texts("sources.file-note"));
}

void write_file_warnings(std::string& out, const View& view) {
  const auto& files = view.panel.files;
  const bool guessed = std::any_of(
      files.begin(), files.end(),
      [](const FileRow& file) { return !file.format.date_order_certain; });
  const bool warned =
      std::any_of(files.begin(), files.end(),
                  [](const FileRow& file) { return file.warnings > 0; });
  if (guessed) element(out, "p", "warning", view.texts("sources.guess-note"));
  if (warned) element(out, "p", "quiet", view.texts("sources.warning-note"));
}

/// What made the labels; several only when the database mixes versions.
void write_makers(std::string& out, const View& view) {
  const Texts& texts = view.texts;
  Table content{.caption = texts("sources.made"), .head = {}, .rows = {}};
  for (const char* key : {"sources.codebook", "sources.model",
                          "sources.library", "sources.unicode"}) {
    content.head.push_back({.text = texts(key), .detail = {}, .number = false});
  }
  const auto cell = [](std::string text, std::string detail = {}) {
    return Cell{
        .text = std::move(text), .detail = std::move(detail), .number = false};
  };
  std::map<std::string, std::vector<Cell>> rows;
  for (const FileRow& file : view.panel.files) {
    const Provenance& made = file.provenance;
    rows.emplace(
        made.codebook + '\n' + made.codebook_sha256 + '\n' + made.model + '\n' +
            made.library + '\n' + made.unicode,
        std::vector<Cell>{
            cell(made.codebook, made.codebook_sha256.substr(0, 12)),
            cell(made.model == "rules" ? texts("sources.rules") : made.model),
            cell(made.library), cell(made.unicode)});
  }
  for (auto& [key, row] : rows) content.rows.push_back(std::move(row));
  table(out, content);
  element(out, "p", "quiet", texts("sources.model-note"));
}

/// For how many messages the computer is in doubt, per group and together.
void write_doubt(std::string& out, const View& view) {
  const Texts& texts = view.texts;
  Table content{.caption = texts("doubt.title"), .head = {}, .rows = {}};
  for (const char* key : {"page.group", "glance.messages", "doubt.share"}) {
    content.head.push_back(
        {.text = texts(key), .detail = {}, .number = !content.head.empty()});
  }
  const auto add_row = [&](std::string name, std::string messages,
                           std::string share) {
    content.rows.push_back(
        {{.text = std::move(name), .detail = {}, .number = false},
         {.text = std::move(messages), .detail = {}, .number = true},
         {.text = std::move(share), .detail = {}, .number = true}});
  };
  for (Index i = 0; i < view.panel.study.groups.size(); ++i) {
    const Doubt doubt = doubt_of(view, i);
    const bool hidden = view.disclosure.total_hidden(Counted::messages, i);
    add_row(view.group_name(i),
            hidden ? texts("hidden.short") : texts.count(doubt.messages),
            hidden ? texts("hidden.short") : doubt.share(texts));
  }
  const Doubt all = doubt_of_shown(view);
  add_row(texts("doubt.all"), texts.count(all.messages), all.share(texts));
  table(out, content);
  element(out, "p", "quiet", texts("doubt.note"));
}

void write_hidden(std::string& out, const View& view) {
  std::uint64_t months = 0;
  std::uint64_t quarters = 0;
  for (Index i = 0; i < view.panel.study.groups.size(); ++i) {
    months += view.disclosure.writers().hidden_months(i);
    for (const Quarter& quarter : view.courses.groups[i].quarters)
      quarters += quarter.hidden ? 1 : 0;
  }
  element(out, "p", "",
          months + quarters == 0
              ? view.texts("sources.hidden.none")
              : view.texts.fill("sources.hidden.some",
                                {{"months", view.texts.count(months)},
                                 {"quarters", view.texts.count(quarters)}}));
  element(out, "p", "", view.texts("sources.names"));
}

/// The notes of a group; for doubt about labels with its own share.
std::vector<std::string> notes_of(const View& view, Index group,
                                  std::vector<std::string> slugs) {
  const auto doubtful =
      std::remove(slugs.begin(), slugs.end(), "metrics.label-uncertain");
  const bool doubts = doubtful != slugs.end();
  slugs.erase(doubtful, slugs.end());
  std::vector<std::string> notes = explained(slugs, view.texts);
  if (doubts && !view.disclosure.total_hidden(Counted::messages, group)) {
    notes.push_back(view.texts.fill(
        "doubt.caution", {{"share", doubt_of(view, group).share(view.texts)}}));
  }
  return notes;
}

}  // namespace

void write_quarters(std::string& out, const View& view) {
  const Texts& texts = view.texts;
  element(out, "p", "", texts("quarters.intro"));
  for (Index i = 0; i < view.panel.study.groups.size(); ++i) {
    const auto list = metrics_of(view, view.panel.study.groups[i].key);
    open(out, "details");
    name_element(out, "summary", "", view.group_name(i));
    if (list.empty()) {
      element(out, "p", "quiet", texts("quarters.none"));
    } else {
      table(out, quarter_table(view, i, list));
    }
    std::vector<std::string> slugs;
    for (const Metric* metric : list) {
      if (view.disclosure.quarter_hidden(view.counted(metric->id), i,
                                         metric->first))
        continue;
      slugs.insert(slugs.end(), metric->notes.begin(), metric->notes.end());
    }
    write_list(out, texts("quarters.notes"), notes_of(view, i, slugs));
    close(out, "details");
  }
}

void write_sources(std::string& out, const View& view) {
  const Texts& texts = view.texts;
  write_files(out, view);
  write_file_warnings(out, view);
  write_makers(out, view);
  write_doubt(out, view);
  element(out, "h3", "", texts("sources.hidden"));
  write_hidden(out, view);
}

}  // namespace etherpeil::report
