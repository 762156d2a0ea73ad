#pragma once
/// Dutch number plates.
#include <string_view>

namespace etherpeil::text {

/// Six letters and digits in one of the sidecodes 1-14, without the letters and
/// combinations that are not issued. `text` is lower case; hyphens and spaces
/// are skipped.
[[nodiscard]] bool is_plate(std::string_view text);

}  // namespace etherpeil::text
