#pragma once
/// Personal data that has a form: numbers, addresses, plates.
#include <string_view>
#include <vector>

#include "etherpeil/privacy.hpp"
#include "text/fold.hpp"

namespace etherpeil::privacy {

/// Appends what is found, in bytes of `original`, in any order and also where
/// it overlaps.
void scan_forms(std::string_view original, const text::Folded& folded,
                std::vector<Redaction>& out);

}  // namespace etherpeil::privacy
