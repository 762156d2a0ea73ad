#include "demo/group.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "text/utf8.hpp"

namespace etherpeil::demo {
namespace {

const std::string& pick(const std::vector<std::string>& list, Random& random) {
  return list[random.below(static_cast<std::uint32_t>(list.size()))];
}

std::string digits(std::uint32_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

/// A mobile number of a range that nobody has.
std::string phone_number(Random& random) {
  return "+31 6 00" + digits(random.below(1'000'000), 6);
}

/// As in somebody's list of contacts: whole names, first names, a house number.
std::string contact_name(const World& world, std::uint16_t first,
                         Random& random) {
  const std::string& name = world.first_names[first];
  const std::string& surname = pick(world.surnames, random);
  switch (random.below(8)) {
    case 0:
      return name;
    case 1:
      return name + " nr " + std::to_string(1 + random.below(120));
    case 2:
      return name + " " + surname.substr(0, text::decode(surname, 0).length) +
             ".";
    case 3:
      return name + " buurt";
    default:
      return name + " " + surname;
  }
}

class PeopleMaker {
 public:
  PeopleMaker(const World& world, const Design& design, Random& random)
      : world_(world), design_(design), random_(random) {}

  Person resident() {
    Person person = somebody();
    // Nearly a third only reads; the rest differ by orders of magnitude.
    person.weight = random_.chance(0.3) ? 0 : random_.lognormal(1, 1.35);
    person.lower_case = random_.chance(0.15);
    person.careless = random_.chance(0.15);
    do {
      person.shown = shown_name(person.first);
    } while (!taken_.insert(person.shown).second);
    return person;
  }

  Person with_role(Voice voice, const std::string& shown) {
    Person person = somebody();
    person.voice = voice;
    person.shown = shown;
    taken_.insert(shown);
    return person;
  }

 private:
  Person somebody() {
    return {.first = static_cast<std::uint16_t>(random_.below(
                static_cast<std::uint32_t>(world_.first_names.size())))};
  }

  std::string shown_name(std::uint16_t first) {
    if (design_.phones && random_.chance(0.6)) return phone_number(random_);
    const bool push_names = design_.form == ExportForm::ios_2025;
    if (push_names && random_.chance(0.6)) {
      return "~ " + contact_name(world_, first, random_);
    }
    return contact_name(world_, first, random_);
  }

  const World& world_;
  const Design& design_;
  Random& random_;
  std::set<std::string> taken_;
};

std::string role_name(const World& world, const char* role,
                      const std::string& name) {
  std::string out;
  append_filled(out, world.role_names.at(role), {{"name", name}});
  return out;
}

std::vector<Person> make_people(const World& world, GroupPlan& plan,
                                Random& random) {
  const Design& design = plan.design;
  PeopleMaker make{world, design, random};
  std::vector<Person> people;
  plan.moderator = pick(world.moderators, random);
  plan.officer = pick(world.officers, random);
  people.push_back(make.with_role(
      Voice::moderator, plan.moderator + " " + pick(world.surnames, random)));
  people.push_back(make.with_role(
      Voice::moderator,
      pick(world.moderators, random) + " " + pick(world.surnames, random)));
  people.push_back(
      make.with_role(Voice::police, role_name(world, "politie", plan.officer)));
  people.push_back(
      make.with_role(Voice::business, pick(world.businesses, random)));
  if (design.governance == "gemeente") {
    people.push_back(make.with_role(
        Voice::municipality,
        role_name(world, "gemeente", pick(world.officials, random))));
  }
  // Some more stand ready to join later.
  const std::size_t everybody = design.members + design.members / 3;
  while (people.size() < everybody) people.push_back(make.resident());
  people[0].weight = people[1].weight = 2;
  people[3].weight = 0.5;
  return people;
}

}  // namespace

GroupPlan plan_group(const World& world, std::uint32_t index, Random& random) {
  const auto designs = static_cast<std::uint32_t>(world.groups.size());
  GroupPlan plan{.design = world.groups[index % designs]};
  Design& design = plan.design;
  if (index >= designs) {
    const std::uint32_t round = index / designs;
    const std::string number = std::to_string(index + 1);
    design.key = "groep" + digits(index + 1, 4);
    design.name = "Buurtpreventie " +
                  world.quarters[index % world.quarters.size()] + " " + number;
    design.first_name = "Buurtapp " + number;
    design.area_code = "BU9999" + digits(index + 1, 4);
    design.members = 45 + random.below(66);
    design.households = design.members * 6;
    design.start_day += round % 4 * 7;
  }
  plan.people = make_people(world, plan, random);
  plan.zipped = design.form != ExportForm::android;
  plan.file_name = plan.zipped ? "WhatsApp Chat - " + design.name + ".zip"
                               : "WhatsApp-chat met " + design.name + ".txt";
  return plan;
}

Role role_of(Voice voice) {
  switch (voice) {
    case Voice::resident:
      return Role::resident;
    case Voice::moderator:
      return Role::moderator;
    case Voice::police:
      return Role::police;
    case Voice::municipality:
      return Role::municipality;
    case Voice::business:
      return Role::business;
  }
  return Role::unknown;
}

}  // namespace etherpeil::demo
