#pragma once
/// What is odd in an otherwise good export, told once per file.
#include <cstdint>

#include "etherpeil/types.hpp"

namespace etherpeil::parsing {

/// Watches messages go by, batch after batch.
class Checks {
 public:
  void add(const Chat& batch);
  /// Adds the diagnostics to `chat`, whose format is that of the file.
  void finish(Chat& chat, bool valid_utf8) const;

 private:
  /// How often, and the line of the first.
  struct Finding {
    std::uint64_t times{};
    std::uint64_t line{};
    void add(const Chat& batch, Index message) {
      if (times++ == 0) line = batch.line(message);
    }
  };
  std::uint64_t records_{};
  std::uint64_t first_line_{};
  std::uint32_t previous_{};  ///< time of the last message
  bool starts_whole_{};       ///< begins as groups begin
  Finding backwards_;
  Finding bad_utf8_;
  Finding unknown_;
};

}  // namespace etherpeil::parsing
