#pragma once
/// Time zones: which local times a clock shows never or twice, and what they
/// are in UTC.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace etherpeil::text {

/// The clock of a time zone in the years of exports, 2009 to 2099. Local times
/// are seconds since 1970-01-01T00:00:00 on that clock, offsets seconds east of
/// UTC.
class Zone {
 public:
  /// A stretch of local time that is shown never, when the clock goes forward,
  /// or twice, when it goes back.
  struct Change {
    std::uint32_t from{};
    std::uint32_t until{};  ///< the first second behind it
    std::int32_t before{};  ///< offset until the change
    std::int32_t after{};

    [[nodiscard]] bool twice() const { return after < before; }
    bool operator==(const Change&) const = default;
  };

  /// A zone of the IANA database as ICU has it. Lives on; the same for the same
  /// name. @throws Error argument for a name that is none
  [[nodiscard]] static const Zone& named(const std::string& name);
  /// Europe/Amsterdam by the rule of the European Union, which has held since
  /// 1996, so that it is there without asking ICU.
  [[nodiscard]] static const Zone& amsterdam();

  [[nodiscard]] const std::string& name() const& { return name_; }
  const std::string& name() && = delete;
  /// In order of time.
  [[nodiscard]] const std::vector<Change>& changes() const& { return changes_; }
  const std::vector<Change>& changes() && = delete;

  /// The stretch that holds a local time; nullptr for one that is shown once.
  [[nodiscard]] const Change* at(std::uint32_t local) const;
  /// Where the first stretch begins that ends behind `local` and is never
  /// shown; the largest number when none does.
  [[nodiscard]] std::uint32_t next_gap(std::uint32_t local) const;
  /// Seconds since 1970 in UTC; of a time that is shown twice the first or the
  /// second. One that is never shown is read by the clock before the change, as
  /// ICU does: 02:30 as 03:30.
  [[nodiscard]] std::int64_t utc(std::uint32_t local, bool second) const;

 private:
  explicit Zone(std::string name) : name_(std::move(name)) {}
  /// At `utc`, in seconds since 1970.
  void add(std::int64_t utc, std::int32_t before, std::int32_t after);

  std::string name_;
  std::int32_t first_{};  ///< offset before all changes
  std::vector<Change> changes_{};
};

}  // namespace etherpeil::text
