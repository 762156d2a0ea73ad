#include <algorithm>

#include "etherpeil/error.hpp"
#include "etherpeil/report.hpp"
#include "json/json.hpp"
#include "report/cells.hpp"
#include "report/columns.hpp"
#include "report/escape.hpp"
#include "text/times.hpp"

namespace etherpeil {
namespace {

using report::Texts;

bool is_ratio(const MetricDefinition& definition) {
  return definition.estimator == Estimator::rate ||
         definition.estimator == Estimator::ratio;
}

void write_side(json::Writer& out, std::string_view name, const Metric& side) {
  out.key(name).begin_object().member("days", side.days);
  out.member("numerator", side.numerator);
  out.member("denominator", side.denominator).member("value", side.value);
  out.member("low", side.interval.low).member("high", side.interval.high);
  out.end_object();
}

void write_texts(json::Writer& out, std::string_view name,
                 const std::vector<std::string>& list) {
  out.key(name).begin_array();
  for (const std::string& item : list) out.value(item);
  out.end_array();
}

void write_json(std::span<const Fidelity> list, const Sink& sink) {
  std::string text;
  json::Writer out{text};
  out.begin_array();
  for (const Fidelity& one : list) {
    out.begin_object().member("group", one.group);
    out.member("intervention", one.intervention).member("title", one.title);
    out.member("start", text::iso(one.start));
    out.member("visibility", to_string(one.visibility));
    write_texts(out, "overlaps", one.overlaps);
    write_texts(out, "notes", one.notes);
    out.key("metrics").begin_array();
    for (const FidelityChange& each : one.changes) {
      const GroupChange& change = each.change;
      const std::string& id = change.before.id;
      out.begin_object().member("id", id);
      out.member("effect_is",
                 is_ratio(definition(id)) ? "ratio" : "difference");
      write_side(out, "before", change.before);
      write_side(out, "after", change.after);
      out.member("effect", change.effect).member("low", change.interval.low);
      out.member("high", change.interval.high).member("method", change.method);
      out.member("dispersion", change.dispersion).member("clear", each.clear);
      write_texts(out, "notes", change.notes);
      out.end_object();
    }
    out.end_array().end_object();
  }
  out.end_array();
  text += '\n';
  sink(text);
}

/// What was counted, however small the denominator.
std::string side_text(const Metric& side, const MetricDefinition& what,
                      const Texts& texts) {
  return side.days == 0 ? texts("number.none")
                        : report::basis_text(side, what, texts);
}

std::vector<std::string> row_of(const FidelityChange& each,
                                const Texts& texts) {
  const GroupChange& change = each.change;
  const MetricDefinition& what = definition(change.before.id);
  const bool ratio = is_ratio(what);
  return {what.id + ' ' + report::name_of(what, texts),
          side_text(change.before, what, texts),
          side_text(change.after, what, texts),
          report::effect_text(change.effect, ratio, what, texts),
          report::effect_interval_text(change.interval, ratio, what, texts),
          each.clear ? texts("fidelity.clear") : ""};
}

std::string heading(const Fidelity& one, const Texts& texts) {
  std::string keys;
  for (const std::string& key : one.overlaps)
    keys += (keys.empty() ? "" : ", ") + terminal_safe(key);
  std::string text =
      texts("table.group") + ' ' + terminal_safe(one.group) + ": " +
      terminal_safe(one.title) + ", " + texts.day(one.start) + '\n' +
      report::folded(
          texts("fidelity." + std::string{to_string(one.visibility)}), 0);
  if (!keys.empty())
    text +=
        report::folded(texts.fill("fidelity.overlaps", {{"keys", keys}}), 0);
  return text;
}

/// A note, and what it is about.
struct Remark {
  std::string note{};
  std::vector<const Fidelity*> of{};

  [[nodiscard]] std::string groups() const {
    std::string list;
    for (const Fidelity* one : of) {
      list += (list.empty() ? "" : ", ") + terminal_safe(one->group) + " (" +
              terminal_safe(one->intervention) + ')';
    }
    return list;
  }
};

void add(std::vector<Remark>& remarks, const std::string& note,
         const Fidelity& of) {
  auto at =
      std::find_if(remarks.begin(), remarks.end(),
                   [&](const Remark& remark) { return remark.note == note; });
  if (at == remarks.end()) at = remarks.insert(at, {.note = note, .of = {}});
  at->of.push_back(&of);
}

void write_table(std::span<const Fidelity> list, const Sink& sink,
                 const Texts& texts) {
  if (list.empty()) {
    sink(texts("fidelity.empty") + '\n');
    return;
  }
  std::vector<Remark> remarks;
  for (const Fidelity& one : list) {
    std::vector<std::vector<std::string>> rows;
    for (const FidelityChange& each : one.changes)
      rows.push_back(row_of(each, texts));
    sink(heading(one, texts) + '\n' +
         report::aligned({{texts("table.metric"), false, true},
                          {texts("change.before"), true, false},
                          {texts("change.after"), true, false},
                          {texts("change.change"), true, false},
                          {texts("table.interval"), true, false},
                          {texts("fidelity.seen"), false, false}},
                         rows) +
         '\n');
    for (const std::string& note : one.notes) add(remarks, note, one);
  }
  for (const Remark& remark : remarks) {
    std::string text = texts("note." + remark.note);
    if (remark.of.size() < list.size()) {
      text = texts.fill("fidelity.of",
                        {{"groups", remark.groups()}, {"note", text}});
    }
    sink(report::folded(text, 0));
  }
}

}  // namespace

void write_fidelity(std::span<const Fidelity> list, const Sink& sink,
                    Output output, Language language) {
  switch (output) {
    case Output::table:
      write_table(list, sink, Texts{language});
      return;
    case Output::ndjson:
    case Output::json:
      write_json(list, sink);
      return;
    case Output::csv:
    case Output::csv_nl:
      break;
  }
  throw Error{Errc::argument,
              "fidelity: csv is not one of its formats: choose table or json"};
}

}  // namespace etherpeil
