#pragma once
/// A group before anything is said in it: its design and its people.
#include <cstdint>
#include <string>
#include <vector>

#include "demo/library.hpp"
#include "demo/random.hpp"
#include "demo/world.hpp"
#include "etherpeil/types.hpp"

namespace etherpeil::demo {

/// A Monday; the groups begin on it.
inline constexpr std::int64_t first_day = 18'687;  // 2021-03-01

struct Person {
  std::string shown{};    ///< as the exporting phone shows it
  std::uint16_t first{};  ///< index of the first name, for who is addressed
  Voice voice{Voice::resident};
  double weight{};  ///< of writing; 0 for those who only read
  bool member{};    ///< at this moment
  bool lower_case{};
  bool careless{};  ///< makes typing errors
};

struct GroupPlan {
  Design design{};
  std::vector<Person> people{};  ///< the first `design.members` begin
  std::string officer{};         ///< first names, for the slots
  std::string moderator{};
  std::string file_name{};  ///< of the export
  bool zipped{};
};

/// The group at this place: the first four are the study, later ones repeat
/// their designs under other names, keys and dates.
[[nodiscard]] GroupPlan plan_group(const World& world, std::uint32_t index,
                                   Random& random);

[[nodiscard]] Role role_of(Voice voice);

}  // namespace etherpeil::demo
