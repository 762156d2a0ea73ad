#include "etherpeil/report.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
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
  for (const metric::Definition& one : metric::catalogue().definitions) {
    if (metric::counts_reports(one)) findings.of_reports.push_back(one.face.id);
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

/// An earlier document of the same kind, or nothing at all.
bool may_be_replaced(const fs::path& target, std::string_view text) {
  std::error_code error;
  if (!fs::exists(target, error)) return true;
  const std::uintmax_t size = fs::file_size(target, error);
  if (!error && size == 0) return true;
  constexpr std::size_t telling = std::string_view{"<!doctype html"}.size();
  if (text.size() < telling) return false;
  std::array<char, telling> found{};
  std::ifstream file{target, std::ios::binary};
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return file &&
         std::equal(found.begin(), found.end(), text.begin(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

struct Part {
  fs::path path{};
  std::FILE* file{};  ///< null when it cannot be made
};

/// A new file beside the target, for its owner alone: it may tell about people.
/// One that is there already is somebody's.
Part open_part(const fs::path& target) {
  constexpr int attempts = 100;
  Part part;
  for (int i = 0; i < attempts && part.file == nullptr; ++i) {
    part.path = target.string() + ".part" + (i == 0 ? "" : std::to_string(i));
    const int made =
        ::open(part.path.string().c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (made >= 0) {
      part.file = ::fdopen(made, "wb");
    } else if (errno != EEXIST) {
      break;
    }
  }
  return part;
}

}  // namespace

void write_document(const fs::path& path, std::string_view text) {
  const fs::path target = target_of(path);
  if (!may_be_replaced(target, text)) {
    throw Error{Errc::argument, terminal_safe(path.string()) +
                                    ": exists and is no " +
                                    "document of this kind; name another file"};
  }
  const Part opened = open_part(target);
  const fs::path& part = opened.path;
  std::FILE* const file = opened.file;
  if (file == nullptr) {
    fail(path,
         "cannot be written: does the folder exist, and may you write there?");
  }
  const bool written =
      std::fwrite(text.data(), 1, text.size(), file) == text.size();
  std::error_code error;
  if (std::fclose(file) != 0 || !written) {
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

std::string report_html(const Panel& panel, Language language) {
  return report::page_html(panel, findings_of(panel), report::Texts{language});
}

void write_report(const Panel& panel, const fs::path& path, Language language) {
  write_document(path, report_html(panel, language));
}

}  // namespace etherpeil
