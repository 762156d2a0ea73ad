#pragma once
/// From the bytes as found to UTF-8.
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::parsing {

/// UTF-8 is returned as it is, also when parts of it are invalid; UTF-16 (by
/// its mark or its zeros) and Windows-1252 (a guess, for bytes of which no
/// part is valid UTF-8) are decoded, which a diagnostic reports.
/// `valid` says whether the result is valid UTF-8 throughout.
struct Decoded {
  Bytes bytes{};
  bool valid{true};
};
[[nodiscard]] Decoded to_utf8(Bytes bytes,
                              std::vector<Diagnostic>& diagnostics);

}  // namespace etherpeil::parsing
