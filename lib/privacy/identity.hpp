#pragma once
/// Who is who: the one spelling under which a person is known.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::privacy {

/// "phone:+31612345678" or "name:jan jansen", equal for every spelling of one
/// number and for names that differ in case, accents, spacing or compatibility
/// forms only. "~" before a name (an unsaved contact) is kept: "name:~jan".
/// Empty for a name without any character.
[[nodiscard]] std::string identity(std::string_view name);

/// An author as a list of people may name him: "~" before an unsaved contact.
[[nodiscard]] std::string shown_name(const Author& author);

/// Under which name a list of people knows each author. A name without "~"
/// means the saved contact of that name; when there is none, the unsaved one.
/// `known_as` makes of a name what the list holds; an author who is not in it
/// gets what his own name makes.
[[nodiscard]] std::vector<std::string> listed_as(
    const std::vector<Author>& authors, std::vector<std::string> list,
    const std::function<std::string(std::string_view)>& known_as);

}  // namespace etherpeil::privacy
