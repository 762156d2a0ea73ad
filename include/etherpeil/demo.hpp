#pragma once
/// A synthetic year of neighbourhood-watch groups, with the truth beside it.
/// People, streets and events are invented; the texts are written for this
/// project (lib/data/demo/).
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil {

struct DemoOptions {
  std::uint64_t seed{1};
  std::uint32_t groups{4};    ///< 1-9999; the first four are the study
  double messages_per_day{};  ///< 0: each group's own rate
  std::uint32_t days{365};
  /// Asked now and then; true ends the work with Error io, and nothing is left.
  std::function<bool()> stop{};
};

/// The shapes in which the generator writes an export.
enum class ExportForm : std::uint8_t {
  ios_2022,        ///< "[02-05-2022 16:08:13] ", system lines without sender
  ios_2025,        ///< "[18-09-2025, 15:26:15] ", "~" names, senders everywhere
  ios_2016,        ///< "06-01-16 12:29:41: "
  ios_slash,       ///< "[02/05/2026, 16:08:13] "
  android,         ///< "02-05-2022 16:08 - "
  android_short,   ///< "27/04/24, 10:05 - "
  android_belgian  ///< "2/05/2022 16:08 - "
};
[[nodiscard]] std::string_view to_string(ExportForm);

/// A record before it has a form. `text` of a system event is ignored: the form
/// has its own words for it.
struct DemoRecord {
  LocalTime time{};
  Kind kind{Kind::text};
  SystemEvent event{SystemEvent::none};
  MediaType media{MediaType::none};
  std::string author{};  ///< empty when WhatsApp speaks
  std::string actor{};
  std::string target{};
  std::string text{};
  bool edited{};
};

/// The records as a phone would export them, in this form's header,
/// terminators, marks and words. Form-independent content gives equal records
/// in every form when parsed (to the minute where the form has no seconds).
/// Used by the tests, the benchmarks and `etherpeil demo`.
[[nodiscard]] std::string render_export(const std::vector<DemoRecord>& records,
                                        ExportForm form,
                                        const std::string& group_name);

/// Writes DIR/study.json, DIR/roles.json, DIR/KEY/<export>,
/// DIR/truth/KEY.labels.tsv and DIR/truth/effects.json. Deterministic: options
/// decide every byte. Linear in the number of messages, flat in memory.
/// @throws Error argument for options out of range; io when DIR is not empty or
/// cannot be written
void write_demo(const std::filesystem::path& dir,
                const DemoOptions& options = {});

}  // namespace etherpeil
