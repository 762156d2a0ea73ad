#pragma once
/// Who is who: the one spelling under which a person is known.
#include <string>
#include <string_view>

namespace etherpeil::privacy {

/// "phone:+31612345678" or "name:jan jansen", equal for every spelling of one
/// number and for names that differ in case, accents, spacing or compatibility
/// forms only. "~" before a name (an unsaved contact) is kept: "name:~jan".
/// Empty for a name without any character.
[[nodiscard]] std::string identity(std::string_view name);

}  // namespace etherpeil::privacy
