#pragma once
/// What the tests of the room report share.
#include <string>
#include <string_view>

namespace etherpeil::test {

/// Every trick that a name may play on a page, a table or a spreadsheet.
inline const std::string evil =
    "</text></svg><script>alert('x')</script>\"&\x1B[31m\u202E<b>\xFF";

inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size())) {
    ++n;
  }
  return n;
}

}  // namespace etherpeil::test
