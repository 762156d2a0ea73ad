#include "terminal.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace command {
namespace {

double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] void refuse_out() {
  throw etherpeil::Error{
      etherpeil::Errc::io,
      "standard output: cannot be written to its end; is the disk full?"};
}

}  // namespace

void write_out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    refuse_out();
}

void finish_out() {
  if (std::fflush(stdout) != 0) refuse_out();
}

void tell(std::string_view line) {
  const std::string safe = etherpeil::terminal_safe(line) + '\n';
  std::fwrite(safe.data(), 1, safe.size(), stderr);
}

bool show(const std::string& file,
          std::span<const etherpeil::Diagnostic> diagnostics,
          const Common& common) {
  bool warned = false;
  for (const etherpeil::Diagnostic& diagnostic : diagnostics) {
    const bool warning = diagnostic.severity == etherpeil::Severity::warning;
    warned = warned || warning;
    if (common.quiet) continue;
    const std::string line = diagnostic.line > 0
                                 ? ":" + std::to_string(diagnostic.line)
                                 : std::string{};
    tell(file + line + ": " + (warning ? "warning: " : "note: ") +
         diagnostic.message + " [" + diagnostic.code + "]");
  }
  return warned;
}

Progress::Progress(std::string what, std::size_t total, const Common& common)
    : what_(std::move(what)),
      total_(total),
      enabled_(!common.quiet && total > 0 && isatty(STDERR_FILENO) == 1),
      start_(now()) {}

void Progress::step(std::size_t done) {
  if (!enabled_ || (!shown_ && now() - start_ < 1.0)) return;
  shown_ = true;
  constexpr std::size_t width = 30;
  const std::size_t filled = width * done / total_;
  const std::string bar = "\r" + etherpeil::terminal_safe(what_) + " [" +
                          std::string(filled, '#') +
                          std::string(width - filled, '.') + "] " +
                          std::to_string(done) + "/" + std::to_string(total_);
  std::fwrite(bar.data(), 1, bar.size(), stderr);
}

Progress::~Progress() {
  if (shown_) std::fputc('\n', stderr);
}

}  // namespace command
