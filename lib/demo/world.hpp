#pragma once
/// The invented world of lib/data/demo/world.json: names, groups, and the words
/// that WhatsApp itself uses in an export.
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/demo.hpp"

namespace etherpeil::demo {

/// A parameter before and after the start of the group's intervention.
struct Change {
  double before{};
  double after{};
  [[nodiscard]] double at(bool started) const {
    return started ? after : before;
  }
};

/// Mean numbers per day of what starts a conversation.
struct PerDay {
  double inc{};
  double verd{};
  double over{};
  double soc{};
  double lost{};
  double off{};
  double vraag{};
  double prev{};
  double media{};
};

/// How a group is built and what happens in it.
struct Design {
  std::string key{};
  std::string name{};        ///< of the group at the end
  std::string first_name{};  ///< of the group when it was made
  ExportForm form{};
  bool phones{};  ///< most members are unsaved numbers
  std::string governance{};
  std::string regime{};
  std::string area_code{};
  std::uint32_t households{};
  std::uint32_t members{};
  std::string intervention{};
  std::uint32_t start_day{};  ///< of the intervention, from the first day
  PerDay per_day{};
  double soc_replies{};  ///< mean, per conversation
  double additions{};    ///< mean, per report; the next two as well
  double reactions{};
  double asides{};
  Change chatter{};       ///< factor on SOC conversations, asides and REACT
  Change closing{};       ///< share of reports with an outcome within 48 h
  Change professional{};  ///< share of reports answered by police, municipality
  Change
      closing_formula{};  ///< share of outcomes after which a report is closed
};

using Words = std::map<std::string, std::string, std::less<>>;

struct World {
  std::vector<Design> groups{};
  std::vector<std::string> quarters{};
  std::vector<std::string> first_names{};
  std::vector<std::string> surnames{};
  std::vector<std::string> officers{};
  std::vector<std::string> moderators{};
  std::vector<std::string> officials{};
  std::vector<std::string> businesses{};
  std::vector<std::string> polls{};  ///< question and options, one per line
  Words role_names{};                ///< per role, with {name}
  Words themes{};  ///< of replies, per "LABEL/topic" or "LABEL"
  Words titles{};  ///< of interventions, per key
};

[[nodiscard]] World load_world();

/// The words of the exports that look like this form.
[[nodiscard]] Words load_words(ExportForm form);

/// Appends `pattern` with {key} replaced by its value.
struct Filling {
  std::string_view key{};
  std::string_view value{};
};
void append_filled(std::string& out, std::string_view pattern,
                   const std::vector<Filling>& fillings);

}  // namespace etherpeil::demo
