#include "etherpeil/report.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include "etherpeil/error.hpp"
#include "metrics/definition.hpp"
#include "report/page.hpp"

namespace etherpeil {
namespace {

namespace fs = std::filesystem;

/// The outcomes of the page's before and after, in order.
constexpr std::array<std::string_view, 6> outcomes{"M04", "M13", "M12",
                                                   "M41", "M43", "M16"};

report::Findings findings_of(const Panel& panel) {
  report::Findings findings;
  const auto all = catalogue();
  findings.definitions.assign(all.begin(), all.end());
  findings.totals = metrics(
      panel, {.period = Period::all, .ids = {"M04", "M43"}, .group = {}});
  findings.quarters =
      metrics(panel, {.period = Period::quarter, .ids = {}, .group = {}});
  for (const std::string_view outcome : outcomes) {
    findings.comparisons.push_back(
        compare(panel, {.outcome = std::string{outcome}}));
  }
  findings.instrument_change = metric::catalogue().reactions_change;
  return findings;
}

[[noreturn]] void fail(const fs::path& path, const std::string& why) {
  throw Error{Errc::io, terminal_safe(path.string()) + ": " + why};
}

/// The file that a link leads to, so that the link itself stays.
fs::path target_of(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return path;
  if (!fs::is_regular_file(status))
    fail(path, "not a regular file: name a file, or - for stdout");
  const fs::path real = fs::canonical(path, error);
  return error ? path : real;
}

void write_whole(const fs::path& path, std::string_view text) {
  const fs::path target = target_of(path);
  fs::path part = target;
  part += ".part";
  std::error_code error;
  fs::remove(part, error);
  std::ofstream file{part, std::ios::binary | std::ios::trunc};
  if (!file)
    fail(path,
         "cannot be written: does the folder exist, and may you write there?");
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) {
    fs::remove(part, error);
    fail(path,
         "could not be written whole: is the disk full? Nothing was left "
         "behind");
  }
  fs::rename(part, target, error);
  if (error) {
    std::error_code ignored;
    fs::remove(part, ignored);
    fail(path, "could not be put in its place: " + error.message());
  }
}

}  // namespace

std::string report_html(const Panel& panel, Language language) {
  return report::page_html(panel, findings_of(panel), report::Texts{language});
}

void write_report(const Panel& panel, const fs::path& path, Language language) {
  write_whole(path, report_html(panel, language));
}

}  // namespace etherpeil
