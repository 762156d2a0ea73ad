#include "text/zone.hpp"

#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/tztrans.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <mutex>

#include "etherpeil/error.hpp"

namespace etherpeil::text {
namespace {

namespace chrono = std::chrono;

constexpr int first_year = 2009;
constexpr int last_year = 2099;

std::int64_t seconds_of(chrono::sys_days day) {
  return std::int64_t{day.time_since_epoch().count()} * 86400;
}

std::int64_t begin_of(int year) {
  return seconds_of(chrono::sys_days{chrono::year{year} / 1 / 1});
}

/// The zone as ICU has it; nullptr for a name that no zone bears.
std::unique_ptr<icu::BasicTimeZone> find_zone(const std::string& name) {
  const icu::UnicodeString id = icu::UnicodeString::fromUTF8(name);
  icu::UnicodeString canonical;
  UBool known = 0;
  UErrorCode status = U_ZERO_ERROR;
  icu::TimeZone::getCanonicalID(id, canonical, known, status);
  if (U_FAILURE(status) != 0 || known == 0) return nullptr;
  std::unique_ptr<icu::TimeZone> zone{icu::TimeZone::createTimeZone(id)};
  auto* const basic = dynamic_cast<icu::BasicTimeZone*>(zone.get());
  if (basic != nullptr) static_cast<void>(zone.release());
  return std::unique_ptr<icu::BasicTimeZone>{basic};
}

}  // namespace

void Zone::add(std::int64_t utc, std::int32_t before, std::int32_t after) {
  if (before == after) return;  // another name for the same clock
  changes_.push_back({static_cast<std::uint32_t>(utc + std::min(before, after)),
                      static_cast<std::uint32_t>(utc + std::max(before, after)),
                      before, after});
}

const Zone& Zone::amsterdam() {
  static const Zone zone = [] {
    constexpr std::int32_t winter = 3600;
    constexpr std::int32_t summer = 7200;
    constexpr std::int64_t one_o_clock = 3600;
    Zone made{"Europe/Amsterdam"};
    made.first_ = winter;
    const auto sunday = [](int year, chrono::month month) {
      return seconds_of(chrono::sys_days{chrono::year{year} / month /
                                         chrono::Sunday[chrono::last]});
    };
    for (int year = first_year; year <= last_year; ++year) {
      made.add(sunday(year, chrono::March) + one_o_clock, winter, summer);
      made.add(sunday(year, chrono::October) + one_o_clock, summer, winter);
    }
    return made;
  }();
  return zone;
}

const Zone& Zone::named(const std::string& name) {
  static std::mutex guard;
  static std::map<std::string, Zone> known;
  const std::lock_guard<std::mutex> lock{guard};
  if (const auto found = known.find(name); found != known.end())
    return found->second;
  const auto zone = find_zone(name);
  if (zone == nullptr) {
    throw Error{Errc::argument, "\"" + name +
                                    "\" is no time zone of the IANA database; "
                                    "give one as \"Europe/Amsterdam\""};
  }
  const auto offset = [](std::int32_t raw, std::int32_t saving) {
    return (raw + saving) / 1000;
  };
  Zone made{name};
  double at = static_cast<double>(begin_of(first_year)) * 1000.0;
  std::int32_t raw = 0;
  std::int32_t saving = 0;
  UErrorCode status = U_ZERO_ERROR;
  zone->getOffset(at, 0, raw, saving, status);
  made.first_ = offset(raw, saving);
  const double end = static_cast<double>(begin_of(last_year + 1)) * 1000.0;
  icu::TimeZoneTransition change;
  while (zone->getNextTransition(at, 0, change) != 0 &&
         change.getTime() < end) {
    at = change.getTime();
    made.add(static_cast<std::int64_t>(at / 1000.0),
             offset(change.getFrom()->getRawOffset(),
                    change.getFrom()->getDSTSavings()),
             offset(change.getTo()->getRawOffset(),
                    change.getTo()->getDSTSavings()));
  }
  return known.emplace(name, std::move(made)).first->second;
}

namespace {

/// The first change that ends behind a local time.
auto behind(const std::vector<Zone::Change>& changes, std::uint32_t local) {
  return std::upper_bound(changes.begin(), changes.end(), local,
                          [](std::uint32_t time, const Zone::Change& change) {
                            return time < change.until;
                          });
}

}  // namespace

const Zone::Change* Zone::at(std::uint32_t local) const {
  const auto change = behind(changes_, local);
  return change != changes_.end() && change->from <= local ? &*change : nullptr;
}

std::uint32_t Zone::next_gap(std::uint32_t local) const {
  const auto gap =
      std::find_if(behind(changes_, local), changes_.end(),
                   [](const Change& change) { return !change.twice(); });
  return gap == changes_.end() ? std::numeric_limits<std::uint32_t>::max()
                               : gap->from;
}

std::int64_t Zone::utc(std::uint32_t local, bool second) const {
  const auto next = behind(changes_, local);
  std::int32_t offset =
      next == changes_.begin() ? first_ : std::prev(next)->after;
  if (second && next != changes_.end() && next->from <= local && next->twice())
    offset = next->after;
  return std::int64_t{local} - offset;
}

}  // namespace etherpeil::text
