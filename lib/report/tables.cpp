#include <algorithm>
#include <cmath>
#include <map>

#include "etherpeil/error.hpp"
#include "etherpeil/report.hpp"
#include "json/json.hpp"
#include "report/cells.hpp"
#include "report/change.hpp"
#include "report/columns.hpp"
#include "report/escape.hpp"
#include "text/times.hpp"

namespace etherpeil {
namespace {

using report::Column;
using report::Texts;

constexpr std::size_t flush_bytes = std::size_t{1} << 16;

// ------------------------------------------------------------- for other tools

/// Null for a period that no export covers.
void day_member(json::Writer& out, std::string_view name, bool known,
                LocalDay day) {
  out.key(name);
  if (known) {
    out.value(text::iso(day));
  } else {
    out.null();
  }
}

void strings_member(json::Writer& out, std::string_view name,
                    const std::vector<std::string>& list) {
  out.key(name).begin_array();
  for (const std::string& item : list) out.value(item);
  out.end_array();
}

void write_metric(json::Writer& out, const Metric& metric) {
  out.begin_object();
  out.member("id", metric.id).member("group", metric.group);
  out.member("period", to_string(metric.period)).member("label", metric.label);
  day_member(out, "first", metric.days > 0, metric.first);
  day_member(out, "last", metric.days > 0, metric.last);
  out.member("days", metric.days).member("numerator", metric.numerator);
  out.member("denominator", metric.denominator).member("value", metric.value);
  out.member("low", metric.interval.low).member("high", metric.interval.high);
  out.member("midpoint", metric.midpoint);
  out.member("method", metric.method).member("small", metric.small);
  strings_member(out, "notes", metric.notes);
  out.end_object();
}

/// Hands on in pieces what `append` adds for each metric.
template <class Append>
void write_each(std::span<const Metric> metrics, const Sink& sink,
                std::string text, const Append& append) {
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    append(text, metrics[i], i + 1 == metrics.size());
    if (text.size() < flush_bytes) continue;
    sink(text);
    text.clear();
  }
  if (!text.empty()) sink(text);
}

/// One metric a line, so that a difference between two files can be read.
void write_json(std::span<const Metric> metrics, const Sink& sink) {
  write_each(metrics, sink, "[",
             [](std::string& text, const Metric& metric, bool last) {
               text += '\n';
               json::Writer out{text};
               write_metric(out, metric);
               if (!last) text += ',';
             });
  sink("\n]\n");
}

void write_ndjson(std::span<const Metric> metrics, const Sink& sink) {
  write_each(metrics, sink, "",
             [](std::string& text, const Metric& metric, bool) {
               json::Writer out{text};
               write_metric(out, metric);
               text += '\n';
             });
}

/// Numbers do not pass the guard against formulas: "-1" is a number.
std::string csv_number(double number, bool comma) {
  if (!std::isfinite(number)) return {};
  std::string text = json::number_text(number);
  if (comma) std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

void append_csv_row(std::string& out, const Metric& metric, bool dutch,
                    const Texts& texts) {
  const char separator = dutch ? ';' : ',';
  const auto text = [&](std::string_view cell) {
    report::append_csv(out, cell, separator);
    out += separator;
  };
  const auto number = [&](double value) {
    out += csv_number(value, dutch) + separator;
  };
  text(metric.id);
  text(metric.group);
  text(to_string(metric.period));
  text(metric.label);
  text(metric.days > 0 ? text::iso(metric.first) : "");
  text(metric.days > 0 ? text::iso(metric.last) : "");
  out += std::to_string(metric.days) + separator;
  number(metric.numerator);
  number(metric.denominator);
  number(metric.value);
  number(metric.interval.low);
  number(metric.interval.high);
  text(metric.method);
  out += metric.small ? '1' : '0';
  out += separator;
  std::string notes;
  for (const std::string& note : metric.notes)
    notes += (notes.empty() ? "" : " ") + note;
  text(notes);
  const MetricDefinition& what = definition(metric.id);
  text(report::name_of(what, texts));
  text(report::full_unit_text(what, texts));
  out += csv_number(metric.midpoint, dutch);
  out += "\r\n";
}

void write_csv(std::span<const Metric> metrics, const Sink& sink, bool dutch,
               const Texts& texts) {
  std::string head = dutch ? "\xEF\xBB\xBF" : "";
  const char* separator = "";
  for (const char* name :
       {"id", "group", "period", "label", "first", "last", "days", "numerator",
        "denominator", "value", "low", "high", "method", "small", "notes",
        "name", "unit", "midpoint"}) {
    head += separator;
    head += name;
    separator = dutch ? ";" : ",";
  }
  write_each(metrics, sink, "",
             [&](std::string& text, const Metric& metric, bool) {
               text += head;
               if (!head.empty()) text += "\r\n";
               head.clear();
               append_csv_row(text, metric, dutch, texts);
             });
  if (!head.empty()) sink(head + "\r\n");
}

// ------------------------------------------------------------------ for people

/// Letters for notes, in order of appearance: a, b ... z, aa, ab
class Footnotes {
 public:
  std::string marks(const std::vector<std::string>& slugs) {
    std::string out;
    for (const std::string& slug : slugs) {
      const auto [at, added] = letters_.emplace(slug, letters_.size());
      if (added) order_.push_back(slug);
      out += (out.empty() ? "" : " ") + letter(at->second);
    }
    return out;
  }
  [[nodiscard]] std::string text(const Texts& texts) const {
    std::string out;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const std::string mark = letter(i) + "  ";
      out += report::folded(
          mark + terminal_safe(texts.find("note." + order_[i], order_[i])),
          mark.size());
    }
    return out;
  }

 private:
  static std::string letter(std::size_t number) {
    std::string out;
    for (std::size_t left = number + 1; left > 0; left = (left - 1) / 26) {
      out.insert(out.begin(), static_cast<char>('a' + (left - 1) % 26));
    }
    return out;
  }
  std::map<std::string, std::size_t> letters_;
  std::vector<std::string> order_;
};

std::vector<std::string> metric_row(const Metric& metric, const Texts& texts,
                                    Footnotes& notes) {
  const MetricDefinition& what = definition(metric.id);
  const std::string value = report::value_text(metric, what, texts);
  const std::string basis = report::basis_text(metric, what, texts);
  const bool told = value == basis || std::isnan(metric.numerator);
  return {
      metric.id,
      report::name_of(what, texts) + ", " + report::full_unit_text(what, texts),
      terminal_safe(texts.find("period." + metric.label, metric.label)),
      value,
      report::interval_text(metric.interval, what, texts),
      told ? "" : basis,
      notes.marks(metric.notes)};
}

/// A block for each group; all blocks have the same columns.
void write_table(std::span<const Metric> metrics, const Sink& sink,
                 const Texts& texts) {
  if (metrics.empty()) {
    sink(texts("table.empty") + '\n');
    return;
  }
  const std::vector<Column> columns{{texts("table.metric"), false, false},
                                    {"", false, true},
                                    {texts("table.period"), false, false},
                                    {texts("table.value"), true, false},
                                    {texts("table.interval"), true, false},
                                    {texts("table.basis"), true, false},
                                    {texts("table.notes"), false, false}};
  Footnotes notes;
  std::vector<std::vector<std::string>> rows;
  std::vector<report::Block> blocks;
  for (const Metric& metric : metrics) {
    const bool same =
        !rows.empty() && metric.group == metrics[rows.size() - 1].group;
    if (!same) {
      blocks.push_back(
          {texts("table.group") + ' ' + terminal_safe(metric.group),
           rows.size()});
    }
    rows.push_back(metric_row(metric, texts, notes));
  }
  sink(report::aligned(columns, rows, blocks));
  const std::string text = notes.text(texts);
  if (!text.empty()) sink('\n' + text);
}

// ----------------------------------------------------------------- comparisons

void write_change(json::Writer& out, const GroupChange& change) {
  const bool started = change.start != LocalDay{};
  out.begin_object().member("group", change.group).member("name", change.name);
  out.member("governance", change.governance).member("regime", change.regime);
  day_member(out, "start", started, change.start);
  out.key("before");
  write_metric(out, change.before);
  out.key("after");
  write_metric(out, change.after);
  out.member("effect", change.effect).member("low", change.interval.low);
  out.member("high", change.interval.high)
      .member("dispersion", change.dispersion);
  out.member("method", change.method);
  strings_member(out, "notes", change.notes);
  out.end_object();
}

void write_json(const Comparison& comparison, const Sink& sink) {
  std::string text;
  json::Writer out{text};
  out.begin_object()
      .member("outcome", comparison.outcome)
      .member("effect", comparison.effect);
  out.member("rising", comparison.rising).member("falling", comparison.falling);
  out.member("clear", comparison.clear);
  out.member("min_attainable_p", comparison.min_attainable_p);
  strings_member(out, "cautions", comparison.cautions);
  out.key("groups").begin_array();
  for (const GroupChange& change : comparison.groups) write_change(out, change);
  out.end_array().end_object();
  text += '\n';
  sink(text);
}

std::string side_text(const Metric& side, const MetricDefinition& what,
                      const Texts& texts) {
  if (side.days == 0) return texts("number.none");
  return report::value_text(side, what, texts);
}

void write_table(const Comparison& comparison, const Sink& sink,
                 const Texts& texts) {
  const MetricDefinition& what = definition(comparison.outcome);
  const bool ratio = report::is_ratio(comparison);
  const std::vector<Column> columns{{texts("table.group"), false, true},
                                    {texts("glance.governance"), false, true},
                                    {texts("change.start"), false, false},
                                    {texts("change.before"), true, false},
                                    {texts("change.after"), true, false},
                                    {texts("change.change"), true, false},
                                    {texts("table.interval"), true, false},
                                    {texts("table.notes"), false, false}};
  Footnotes notes;
  report::Directions directions{
      .groups = static_cast<std::uint32_t>(comparison.groups.size())};
  std::vector<std::vector<std::string>> rows;
  for (const GroupChange& change : comparison.groups) {
    add(directions, change, ratio, what, texts);
    rows.push_back(
        {terminal_safe(change.name.empty() ? change.group : change.name),
         terminal_safe(
             texts.find("governance." + change.governance, change.governance)),
         change.start == LocalDay{} ? texts("number.none")
                                    : text::iso(change.start),
         side_text(change.before, what, texts),
         side_text(change.after, what, texts),
         report::effect_text(change.effect, ratio, what, texts),
         report::effect_interval_text(change.interval, ratio, what, texts),
         notes.marks(change.notes)});
  }
  const bool controls = std::any_of(
      comparison.groups.begin(), comparison.groups.end(),
      [](const GroupChange& change) {
        return std::find(change.notes.begin(), change.notes.end(),
                         "compare.no-intervention") != change.notes.end();
      });
  const std::string unit = report::unit_text(what, texts);
  std::string text = what.id + ' ' + report::name_of(what, texts);
  if (!unit.empty()) text += ", " + unit;
  text += "\n\n" + report::aligned(columns, rows) + '\n' +
          report::folded(report::change_sentence(directions, what, texts), 0);
  if (directions.compared() > 0) {
    text += report::folded(
        texts.fill(controls ? "table.no-test.controls" : "table.no-test",
                   {{"n", texts.count(directions.compared())},
                    {"p", texts.number(comparison.min_attainable_p, 3)}}),
        0);
  }
  static_cast<void>(notes.marks(comparison.cautions));
  sink(text + '\n' + notes.text(texts));
}

}  // namespace

void write_metrics(std::span<const Metric> metrics, const Sink& sink,
                   Output output, Language language) {
  switch (output) {
    case Output::table:
      write_table(metrics, sink, Texts{language});
      return;
    case Output::ndjson:
      write_ndjson(metrics, sink);
      return;
    case Output::json:
      write_json(metrics, sink);
      return;
    case Output::csv:
      write_csv(metrics, sink, false, Texts{language});
      return;
    case Output::csv_nl:
      write_csv(metrics, sink, true, Texts{language});
      return;
  }
}

void write_comparison(const Comparison& comparison, const Sink& sink,
                      Output output, Language language) {
  switch (output) {
    case Output::table:
      write_table(comparison, sink, Texts{language});
      return;
    case Output::ndjson:
    case Output::json:
      write_json(comparison, sink);
      return;
    case Output::csv:
    case Output::csv_nl:
      break;
  }
  throw Error{
      Errc::argument,
      "comparison: csv is not one of its formats: choose table or json"};
}

}  // namespace etherpeil
