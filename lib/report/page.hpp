#pragma once
/// The page, from plain values. Each part takes what it shows and gives HTML.
#include <cstdint>
#include <string>
#include <vector>

#include "etherpeil/compare.hpp"
#include "etherpeil/metrics.hpp"
#include "report/months.hpp"
#include "report/senders.hpp"
#include "report/texts.hpp"

namespace etherpeil::report {

/// What was computed from the panel.
struct Findings {
  std::vector<MetricDefinition> definitions{};  ///< of all metrics below
  std::vector<Metric> totals{};                 ///< Period::all
  std::vector<Metric> quarters{};               ///< Period::quarter
  std::vector<Comparison> comparisons{};
  std::vector<std::string> of_reports{};  ///< metrics that count reports
  LocalDay instrument_change{};  ///< reactions to a message left the exports
};

/// What the parts of the page share.
struct View {
  const Panel& panel;
  const Findings& findings;
  const Texts& texts;
  const Disclosure disclosure;
  const Courses courses;

  /// Null when there is none.
  [[nodiscard]] const MetricDefinition* definition(std::string_view id) const;
  [[nodiscard]] const Metric* total(std::string_view id,
                                    const std::string& group) const;
  /// The name, or the key when there is none.
  [[nodiscard]] std::string group_name(Index group) const;
  [[nodiscard]] std::vector<std::string> report_names() const;
  /// Whose numbers a metric gives away.
  [[nodiscard]] Counted counted(std::string_view metric) const;
};
[[nodiscard]] View view_of(const Panel& panel, const Findings& findings,
                           const Texts& texts);

/// Messages whose label is below the threshold: the computer is in doubt.
struct Doubt {
  std::uint64_t messages{};
  std::uint64_t abstained{};  ///< of `messages`

  [[nodiscard]] std::string share(const Texts& texts) const;  ///< "48 %"
};
[[nodiscard]] Doubt doubt_of(const View& view, Index group);
/// Without the groups that are hidden whole.
[[nodiscard]] Doubt doubt_of_shown(const View& view);

/// Slugs explained in plain words, each once, in order; an unknown slug as it
/// is.
[[nodiscard]] std::vector<std::string> explained(
    const std::vector<std::string>& slugs, const Texts& texts);
void write_list(std::string& out, std::string_view title,
                const std::vector<std::string>& items);

/// Everything up to the header of a page, with a style sheet of its own, and
/// its end.
void begin_page(std::string& out, const Texts& texts, const std::string& title,
                std::string_view more_css);
void end_page(std::string& out, std::string_view footer);

// The sections, in order of the page.
void write_about(std::string& out, const View& view);
void write_glance(std::string& out, const View& view);
void write_timelines(std::string& out, const View& view);
void write_changes(std::string& out, const View& view);
void write_quarters(std::string& out, const View& view);
void write_sources(std::string& out, const View& view);

[[nodiscard]] std::string page_html(const Panel& panel,
                                    const Findings& findings,
                                    const Texts& texts);

}  // namespace etherpeil::report
