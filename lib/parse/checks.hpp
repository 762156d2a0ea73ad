#pragma once
/// What is odd in an otherwise good export, told once per file.
#include <cstdint>
#include <span>
#include <vector>

#include "etherpeil/types.hpp"
#include "parse/days.hpp"
#include "parse/records.hpp"
#include "text/zone.hpp"

namespace etherpeil::parsing {

/// Watches messages go by, batch after batch.
class Checks {
 public:
  explicit Checks(const text::Zone& zone) : zone_(&zone) {}

  /// The messages of a batch, or those that a chat grew by, with their records.
  void add(const Chat& batch, std::span<const Record> records);
  /// At the end: a last line that is half a header.
  void check_cut(const Chat& batch);
  /// Adds the diagnostics and the extent to `chat`, whose format is that of the
  /// file.
  void finish(Chat& chat, bool valid_utf8) const;

 private:
  /// How often, and the line of the first.
  struct Finding {
    std::uint64_t times{};
    std::uint64_t line{};
    void add(std::uint64_t at) {
      if (times++ == 0) line = at;
    }
  };
  /// The last message of a run of `runs_`.
  struct RunEnd {
    std::uint32_t seconds{};
    std::uint64_t line{};
  };
  void look_at(const Message& message, std::uint64_t line);
  void check_text(Chat& chat, bool valid_utf8) const;
  void check_times(Chat& chat) const;
  void check_ends(Chat& chat) const;
  /// Messages on days that the coverage leaves out.
  void check_days(Chat& chat) const;
  [[nodiscard]] Extent extent() const;
  [[nodiscard]] std::vector<Silence> silences(const DaySpan& believed) const;

  const text::Zone* zone_;
  std::uint32_t gap_{};      ///< where the clock next skips something
  std::uint64_t records_{};  ///< seen until now
  std::uint64_t first_line_{};
  std::uint64_t cut_line_{};  ///< of a last line that is half a header, or 0
  std::uint32_t previous_{};  ///< time of the last message
  std::uint32_t midnight_{};  ///< before it
  bool starts_whole_{};       ///< begins as groups begin
  Finding backwards_;
  Finding repeated_;
  Finding missing_;
  Finding bad_utf8_;
  Finding unknown_;
  Finding doubtful_;
  std::vector<DayRun> runs_;
  std::vector<RunEnd> run_ends_;
};

}  // namespace etherpeil::parsing
