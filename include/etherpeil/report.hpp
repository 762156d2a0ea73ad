#pragma once
/// Results for people and for other tools. Everything from a chat or a file is
/// escaped here, for HTML, CSV, JSON and terminals alike.
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/audit.hpp"
#include "etherpeil/classify.hpp"
#include "etherpeil/compare.hpp"
#include "etherpeil/fidelity.hpp"
#include "etherpeil/learn.hpp"
#include "etherpeil/metrics.hpp"
#include "etherpeil/privacy.hpp"
#include "etherpeil/store.hpp"
#include "etherpeil/types.hpp"

namespace etherpeil {

enum class Language : std::uint8_t { dutch, english };

/// Formats of tables and records.
enum class Output : std::uint8_t {
  table,   ///< aligned text for a terminal
  ndjson,  ///< one JSON object a line
  json,    ///< one JSON document
  csv,     ///< RFC 4180: comma, point, UTF-8, CRLF
  csv_nl   ///< for Excel in Dutch: semicolon, decimal comma, BOM, CRLF
};

/// Receives the output piece by piece.
using Sink = std::function<void(std::string_view)>;

/// Records of a chat, or of the next batch of one, in file order. Output:
/// ndjson or csv.
struct EventOptions {
  Output output{Output::ndjson};
  bool raw{};     ///< adds "offset" and "length" in bytes
  bool source{};  ///< adds "source", the name of the export, to each record
  /// Adds "utc", the time in UTC by the clock of this zone (an IANA name), the
  /// one that the chat was parsed with: of an hour that comes twice the first
  /// time until the clock of the file goes back. An hour that never was is read
  /// by the clock before the change. Error argument for no such zone.
  std::string time_zone{};
};
void write_events(const Chat& chat, const Sink& sink,
                  const EventOptions& options = {});
/// One JSON object that tells how the file was read.
[[nodiscard]] std::string summary_json(const Chat& chat);
/// The same for an export that is read in batches.
class Summary {
 public:
  void add(const Chat& batch);
  /// `whole`: what `parse_batches` returned.
  [[nodiscard]] std::string json(const Chat& whole) const;

 private:
  std::uint64_t records_{};
  std::uint64_t user_{};
  std::uint64_t media_{};
  std::uint64_t deleted_{};
  std::uint64_t edited_{};
  std::uint64_t multiline_{};
  std::uint32_t first_{};  ///< earliest time, as in `Message::seconds`
  std::uint32_t last_{};
};

/// Human records with label, probability, incident and attributes. Output:
/// ndjson or csv.
struct LabelOptions {
  Output output{Output::ndjson};
  bool source{};  ///< adds "source", the name of the export, to each record
  /// Hides personal data in the texts; authors become "[lid 1]" in the order of
  /// the chat's authors. Not with `explain`, whose spans are of the text
  /// itself.
  const Redactor* redact{};
  /// The classifier that gave the labels: adds its reasons, and the scores that
  /// they sum to (ndjson only).
  const Classifier* explain{};
};
void write_labels(const Analysis& analysis, const Sink& sink,
                  const LabelOptions& options = {});

/// An evaluation as table (English; it reads as Markdown too) or json.
/// @throws Error argument for another output
void write_evaluation(const Evaluation& evaluation, const Sink& sink,
                      Output output = Output::table);

/// Metrics as table, json, csv or csv_nl. @throws Error argument for a metric
/// that the catalogue does not hold (table and csv name it)
void write_metrics(std::span<const Metric> metrics, const Sink& sink,
                   Output output = Output::table,
                   Language language = Language::dutch);
/// A comparison as table or json.
void write_comparison(const Comparison& comparison, const Sink& sink,
                      Output output = Output::table,
                      Language language = Language::dutch);

/// What can be seen of interventions, as table (counts before and after) or
/// json.
void write_fidelity(std::span<const Fidelity> list, const Sink& sink,
                    Output output = Output::table,
                    Language language = Language::dutch);
/// How an audit is written.
enum class AuditFormat : std::uint8_t { text, json, html };
struct AuditReportOptions {
  AuditFormat format{AuditFormat::text};
  Language language{Language::dutch};
  bool names{};  ///< names of senders beside findings, for the group itself
  bool texts{};  ///< the words that were found
  bool coded_by_people{};  ///< the labels, not what is seen in words
};
/// An audit for a moderator as text or as one self-contained page, or all
/// findings as one JSON document. `chat` is the one that was audited.
void write_audit(const Audit& audit, const Ruleset& ruleset, const Chat& chat,
                 const Sink& sink, const AuditReportOptions& options = {});

/// One self-contained page: no script, nothing remote, charts as inline SVG,
/// cells of fewer than 5 senders suppressed. A pure function of the panel.
[[nodiscard]] std::string report_html(const Panel& panel,
                                      Language language = Language::dutch);
/// The same to a file, whole or not at all. @throws Error io; argument when the
/// file exists and is no page of this kind
void write_report(const Panel& panel, const std::filesystem::path& path,
                  Language language = Language::dutch);

/// Counts per group that may leave the machine, as csv or csv_nl in a new
/// folder, whole or not at all: periods.csv, labels.csv, a codebook of their
/// columns and a readme. A cell that fewer than 5 people are behind, or one of
/// them for more than half, is empty, and so are as many others as it takes
/// that subtraction does not give it.
/// @throws Error argument for another output, or a folder that is not empty; io
void write_release(const Panel& panel, const std::filesystem::path& folder,
                   Output output = Output::csv,
                   Language language = Language::dutch);
/// Writes what one of these functions made to a file, whole or not at all.
/// @throws Error io; argument when the file exists and begins otherwise
void write_document(const std::filesystem::path& path, std::string_view text);

/// Control characters, bidirectional overrides and invalid UTF-8 made visible
/// as \u{…}, so that a text can be shown in a terminal.
[[nodiscard]] std::string terminal_safe(std::string_view text);

}  // namespace etherpeil
