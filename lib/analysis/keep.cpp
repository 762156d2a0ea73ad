/// Results that are kept in the database that they are of.
#include <cmath>
#include <map>

#include "data/data.hpp"
#include "etherpeil/analysis.hpp"
#include "etherpeil/version.hpp"
#include "hash/hash.hpp"
#include "text/fold.hpp"

namespace etherpeil {
namespace {

/// What computes now, from labels that the exports got then.
Provenance made_from(const Panel& panel, std::optional<Index> group) {
  Provenance made;
  for (const FileRow& file : panel.files) {
    if (!group || file.group == *group) {
      made = file.provenance;
      break;
    }
  }
  made.library = std::string{version};
  made.unicode = text::unicode_version();
  return made;
}

std::string joined(const std::vector<std::string>& slugs) {
  std::string all;
  for (const std::string& slug : slugs) all += (all.empty() ? "" : " ") + slug;
  return all;
}

std::string configuration_of(const Ruleset& ruleset,
                             const AuditOptions& options) {
  std::string json =
      "{\"reminder_days\":" + std::to_string(options.reminder_window.count()) +
      ",\"least\":" + std::to_string(options.least);
  if (options.regime)
    json += ",\"regime\":\"" + std::string{to_string(*options.regime)} + '"';
  json += ",\"rules\":{";
  std::string rules;
  for (const HouseRule& rule : house_rules()) {
    if (!ruleset.is_on(rule.id)) continue;
    std::string values;
    for (const auto& [name, threshold] : rule.thresholds) {
      static_cast<void>(threshold);
      values += (values.empty() ? "\"" : ",\"") + name +
                "\":" + std::to_string(ruleset.threshold(rule.id, name));
    }
    rules += (rules.empty() ? "\"" : ",\"") + rule.id + "\":{" + values + '}';
  }
  return json + rules + "}}";
}

/// Where the messages of `recall` stand in the database.
class Places {
 public:
  Places(const Panel& panel, Index group, const Chat& chat) : chat_(chat) {
    std::map<LocalDay, Index> on_day;
    Index row = 0;
    std::uint64_t line = 1;
    for (const Message& message : chat.messages) {
      if (!message.human()) {
        ids_.emplace_back();
        lines_.push_back(line);
        continue;
      }
      while (panel.messages.group[row] != group) ++row;
      const auto day =
          std::chrono::floor<std::chrono::days>(panel.messages.time[row]);
      line = panel.messages.line[row++];
      ids_.emplace_back(message_id(group, day, ++on_day[day]));
      lines_.push_back(line);
    }
  }

  [[nodiscard]] FindingRow row(const std::string& rule, const Finding& finding,
                               const Incidents& incidents) const {
    FindingRow row{.rule = rule,
                   .detail = finding.detail,
                   .time = chat_.messages[finding.message].time(),
                   .line = lines_[finding.message]};
    for (const Evidence& one : finding.evidence) {
      if (const auto& id = ids_[one.message]) row.messages.push_back(*id);
    }
    if (finding.incident)
      row.incident = ids_[incidents.list[*finding.incident].root];
    row.confidence = finding.confidence;
    return row;
  }

 private:
  const Chat& chat_;
  std::vector<std::optional<MessageId>> ids_{};
  std::vector<std::uint64_t> lines_{};
};

ComparisonRow::Side side_of(const Metric& metric) {
  return {.first = metric.first,
          .last = metric.last,
          .days = metric.days,
          .numerator = metric.numerator,
          .denominator = metric.denominator,
          .value = metric.value};
}

}  // namespace

std::string keep_audit(Store& store, const Panel& panel, std::string_view group,
                       const Audit& audit, const Ruleset& ruleset,
                       const AuditOptions& options) {
  const Index index =
      panel.study.require_group(group, "study " + panel.study.key);
  const Analysis analysis = recall(panel, group);
  const Places places{panel, index, analysis.chat};
  std::vector<FindingRow> rows;
  for (const RuleResult& rule : audit.rules) {
    for (const Finding& finding : rule.findings)
      rows.push_back(places.row(rule.id, finding, analysis.incidents));
  }
  return store.write_findings(
      group,
      {.provenance = made_from(panel, index),
       .rules = ruleset.id() + "/" + std::to_string(ruleset.version()),
       .configuration = configuration_of(ruleset, options)},
      rows);
}

std::string keep_comparison(Store& store, const Panel& panel,
                            const Comparison& comparison) {
  ComparisonRow row{.outcome = comparison.outcome,
                    .effect = comparison.effect,
                    .rising = comparison.rising,
                    .falling = comparison.falling,
                    .clear = comparison.clear,
                    .min_attainable_p = comparison.min_attainable_p,
                    .cautions = joined(comparison.cautions)};
  for (Index g = 0; g < comparison.groups.size(); ++g) {
    const GroupChange& one = comparison.groups[g];
    ComparisonRow::Change change{
        .group = g,
        .sides = {side_of(one.before), side_of(one.after)},
        .estimate = one.effect,
        .low = one.interval.low,
        .high = one.interval.high,
        .dispersion = one.dispersion,
        .method = one.method,
        .notes = joined(one.notes)};
    if (!panel.study.groups[g].interventions.empty()) change.start = one.start;
    row.groups.push_back(std::move(change));
  }
  return store.write_comparison(
      {.provenance = made_from(panel, std::nullopt),
       .configuration = "{\"outcome\":\"" + comparison.outcome +
                        "\",\"metrics_sha256\":\"" +
                        hash::hex(hash::sha256(data::metrics_json())) + "\"}"},
      row);
}

}  // namespace etherpeil
