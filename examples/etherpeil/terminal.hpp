#pragma once
/// The command's ways out: data to stdout, everything else to stderr.
#include <span>
#include <string>
#include <string_view>

#include "command.hpp"

namespace command {

/// Writes to stdout; throws Error{io} when that fails (a full disk, a closed
/// pipe), so that a cut-off result never looks whole.
void write_out(std::string_view text);
/// Must be called last: what is buffered may still fail.
void finish_out();

/// A line to stderr with hidden characters made visible.
void tell(std::string_view line);

/// Diagnostics as "FILE:LINE: warning: message [slug]"; nothing when quiet.
/// Returns whether one of them is a warning.
bool show(const std::string& file,
          std::span<const etherpeil::Diagnostic> diagnostics,
          const Common& common);

/// A bar on stderr, on a terminal only, once work lasts longer than a second.
class Progress {
 public:
  Progress(std::string what, std::size_t total, const Common& common);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(Progress&&) = delete;
  ~Progress();
  void step(std::size_t done);

 private:
  std::string what_;
  std::size_t total_;
  bool shown_{};
  bool enabled_{};
  double start_{};
};

}  // namespace command
