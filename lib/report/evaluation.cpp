#include <algorithm>
#include <cmath>
#include <cstdio>

#include "etherpeil/error.hpp"
#include "etherpeil/report.hpp"
#include "json/json.hpp"

namespace etherpeil {
namespace {

std::string fixed(double value) {
  if (std::isnan(value)) return "-";
  char text[32];
  (void)std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

std::string between(const Interval& interval) {
  return fixed(interval.low) + " to " + fixed(interval.high);
}

using Table = std::vector<std::vector<std::string>>;

/// A table that is aligned for the eye and is Markdown too.
void append_table(std::string& out, const Table& table) {
  std::vector<std::size_t> widths(table.front().size());
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  for (std::size_t r = 0; r < table.size(); ++r) {
    out += '|';
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string pad(widths[i] - table[r][i].size(), ' ');
      out += ' ' + (i == 0 ? table[r][i] + pad : pad + table[r][i]) + " |";
    }
    out += '\n';
    if (r > 0) continue;
    out += '|';
    for (std::size_t i = 0; i < widths.size(); ++i) {
      out += std::string(widths[i] + 1, '-') + (i == 0 ? "-|" : ":|");
    }
    out += '\n';
  }
  out += '\n';
}

std::vector<std::string> label_row(const LabelScore& label) {
  return {label.key,
          std::to_string(label.gold),
          std::to_string(label.predicted),
          fixed(label.precision),
          fixed(label.recall),
          fixed(label.f1),
          between(label.f1_interval)};
}

std::vector<std::string> incident_row(const char* name,
                                      const IncidentScore& score) {
  return {name,
          std::to_string(score.gold),
          std::to_string(score.predicted),
          std::to_string(score.roots),
          std::to_string(score.exact),
          fixed(score.precision),
          fixed(score.recall),
          fixed(score.f1)};
}

std::string table_of(const Evaluation& evaluation) {
  std::string out = "Model " + evaluation.model + ", codebook " +
                    evaluation.codebook + ", " +
                    std::to_string(evaluation.groups.size()) + " groups, " +
                    std::to_string(evaluation.messages) + " messages\n\n";
  if (!evaluation.seen.empty()) {
    out += std::to_string(evaluation.seen.size()) +
           " of the groups helped to train the model; the figures flatter.\n\n";
  }
  append_table(
      out, {{"measure", "value", "95 % interval"},
            {"macro-F1", fixed(evaluation.macro_f1),
             between(evaluation.macro_f1_interval)},
            {"F1 of a report (INC+VERD+OVER)", fixed(evaluation.report.f1),
             between(evaluation.report.f1_interval)},
            {"Krippendorff's alpha, model to people", fixed(evaluation.alpha),
             between(evaluation.alpha_interval)},
            {"accuracy", fixed(evaluation.accuracy), ""},
            {"expected calibration error", fixed(evaluation.ece), ""},
            {"Brier score", fixed(evaluation.brier), ""}});
  Table labels{{"label", "people", "model", "precision", "recall", "F1",
                "95 % interval"}};
  for (const LabelScore& label : evaluation.labels)
    labels.push_back(label_row(label));
  labels.push_back(label_row(evaluation.report));
  append_table(out, labels);
  Table groups{{"group", "macro-F1"}};
  for (std::size_t i = 0; i < evaluation.groups.size(); ++i)
    groups.push_back({evaluation.groups[i], fixed(evaluation.group_f1[i])});
  append_table(out, groups);
  Table incidents{{"incidents from the labels of", "by people", "found",
                   "same root", "exact", "B-cubed precision", "recall", "F1"}};
  incidents.push_back(incident_row("people", evaluation.incidents_by_people));
  incidents.push_back(incident_row("the model", evaluation.incidents_by_model));
  append_table(out, incidents);
  Table risk{{"only above probability", "messages kept", "of these right"}};
  for (const RiskPoint& point : evaluation.risk)
    risk.push_back(
        {fixed(point.threshold), fixed(point.coverage), fixed(point.accuracy)});
  append_table(out, risk);
  Table bins{{"probability", "messages", "mean probability", "right"}};
  for (const ReliabilityBin& bin : evaluation.reliability) {
    if (bin.count == 0) continue;
    bins.push_back({fixed(bin.low) + " to " + fixed(bin.high),
                    std::to_string(bin.count), fixed(bin.mean_probability),
                    fixed(bin.accuracy)});
  }
  append_table(out, bins);
  Table confusion{{"people \\ model"}};
  for (const LabelScore& label : evaluation.labels)
    confusion.front().push_back(label.key);
  for (std::size_t k = 0; k < evaluation.confusion.size(); ++k) {
    confusion.push_back({evaluation.labels[k].key});
    for (const std::uint64_t units : evaluation.confusion[k])
      confusion.back().push_back(std::to_string(units));
  }
  append_table(out, confusion);
  out.pop_back();
  return out;
}

void write_label(json::Writer& out, const LabelScore& label) {
  out.begin_object().member("label", label.key);
  out.member("gold", label.gold).member("predicted", label.predicted);
  out.member("correct", label.correct).member("precision", label.precision);
  out.member("recall", label.recall).member("f1", label.f1);
  out.member("low", label.f1_interval.low)
      .member("high", label.f1_interval.high)
      .end_object();
}

void write_measure(json::Writer& out, std::string_view name, double value,
                   const Interval& interval) {
  out.key(name).begin_object();
  out.member("value", value).member("low", interval.low);
  out.member("high", interval.high).end_object();
}

void write_incidents(json::Writer& out, std::string_view name,
                     const IncidentScore& score) {
  out.key(name).begin_object().member("gold", score.gold);
  out.member("predicted", score.predicted).member("roots", score.roots);
  out.member("exact", score.exact).member("precision", score.precision);
  out.member("recall", score.recall).member("f1", score.f1).end_object();
}

std::string json_of(const Evaluation& evaluation) {
  std::string text;
  json::Writer out{text};
  out.begin_object().member("model", evaluation.model);
  out.member("codebook", evaluation.codebook);
  out.member("messages", evaluation.messages);
  write_measure(out, "macro_f1", evaluation.macro_f1,
                evaluation.macro_f1_interval);
  write_measure(out, "alpha", evaluation.alpha, evaluation.alpha_interval);
  out.member("accuracy", evaluation.accuracy).member("ece", evaluation.ece);
  out.member("brier", evaluation.brier).key("report");
  write_label(out, evaluation.report);
  out.key("labels").begin_array();
  for (const LabelScore& label : evaluation.labels) write_label(out, label);
  out.end_array().key("groups").begin_array();
  for (std::size_t i = 0; i < evaluation.groups.size(); ++i) {
    const std::string& group = evaluation.groups[i];
    out.begin_object().member("group", group);
    if (std::find(evaluation.seen.begin(), evaluation.seen.end(), group) !=
        evaluation.seen.end())
      out.member("trained_on", true);
    out.member("macro_f1", evaluation.group_f1[i]).end_object();
  }
  out.end_array();
  write_incidents(out, "incidents_by_people", evaluation.incidents_by_people);
  write_incidents(out, "incidents_by_model", evaluation.incidents_by_model);
  out.key("risk").begin_array();
  for (const RiskPoint& point : evaluation.risk) {
    out.begin_object().member("threshold", point.threshold);
    out.member("coverage", point.coverage);
    out.member("accuracy", point.accuracy).end_object();
  }
  out.end_array().key("reliability").begin_array();
  for (const ReliabilityBin& bin : evaluation.reliability) {
    out.begin_object().member("low", bin.low).member("high", bin.high);
    out.member("count", bin.count);
    out.member("mean_probability", bin.mean_probability);
    out.member("accuracy", bin.accuracy).end_object();
  }
  out.end_array().key("confusion").begin_array();
  for (const auto& row : evaluation.confusion) {
    out.begin_array();
    for (const std::uint64_t units : row) out.value(units);
    out.end_array();
  }
  out.end_array().end_object();
  text += '\n';
  return text;
}

}  // namespace

void write_evaluation(const Evaluation& evaluation, const Sink& sink,
                      Output output) {
  if (output != Output::table && output != Output::json) {
    throw Error{Errc::argument,
                "evaluate: format: an evaluation is a table or json"};
  }
  sink(output == Output::json ? json_of(evaluation) : table_of(evaluation));
}

}  // namespace etherpeil
