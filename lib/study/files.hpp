#pragma once
/// What the two files that a researcher writes have in common.
#include <string>

#include "etherpeil/types.hpp"
#include "json/json.hpp"

namespace etherpeil::study {

/// A day; fails with the node's pointer otherwise.
[[nodiscard]] LocalDay read_day(const json::Node& node);
/// A text that is more than spaces.
[[nodiscard]] std::string read_filled(const json::Node& node);
/// The optional text of a member; empty when it is absent.
[[nodiscard]] std::string read_text(const json::Node& object,
                                    std::string_view key);
/// The optional day of a member.
[[nodiscard]] std::optional<LocalDay> read_day(const json::Node& object,
                                               std::string_view key);
/// Refuses another format than `expected`.
void check_format(const json::Node& root, std::string_view expected);

}  // namespace etherpeil::study
