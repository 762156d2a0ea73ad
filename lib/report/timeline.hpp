#pragma once
/// The time line of one group: reports of quarters above, messages of months
/// below, on the axis that all groups share. Bars are counts; nothing is
/// smoothed.
#include <cstdint>
#include <string>
#include <vector>

#include "report/months.hpp"
#include "report/texts.hpp"

namespace etherpeil::report {

/// Two widths of one picture; report.css shows the one that fits.
enum class Width { wide, narrow };

struct TimelineOptions {
  Width width{Width::wide};
  std::string id{};  ///< unique in the page
  std::string title{};
  std::vector<std::string> report_names{};  ///< as `Courses::report_labels`
};

[[nodiscard]] std::string timeline_svg(const Courses& all, const Course& course,
                                       const TimelineOptions& options,
                                       const Texts& texts);

/// One month, or one quarter, in words, the same as the bars say.
[[nodiscard]] std::string month_text(const Month& month, const Texts& texts);
[[nodiscard]] std::string quarter_text(
    const Quarter& quarter, const std::vector<std::string>& report_names,
    const Texts& texts);
/// "2024-Q1", as `Texts::period` takes it.
[[nodiscard]] std::string quarter_label(LocalDay day);

}  // namespace etherpeil::report
