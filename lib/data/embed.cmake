# Writes OUT: a function NAME() that returns the bytes of the file IN.
# Raw strings compile many times faster than arrays of numbers.
file(READ "${IN}" content)
if(content MATCHES "\\)etherpeil\"")
  message(FATAL_ERROR "${IN} holds the end mark of the raw string")
endif()
# The text is concatenated from pieces that end at a line end, so that no
# character is cut in two. The compilers in use have no limit on the whole.
set(pieces "")
string(LENGTH "${content}" length)
set(start 0)
while(start LESS length)
  string(SUBSTRING "${content}" ${start} 12000 piece)
  string(FIND "${piece}" "\n" last REVERSE)
  if(last EQUAL -1)
    message(FATAL_ERROR "${IN} has a line of more than 12,000 bytes")
  endif()
  math(EXPR taken "${last} + 1")
  string(SUBSTRING "${content}" ${start} ${taken} piece)
  string(APPEND pieces "R\"etherpeil(${piece})etherpeil\"\n")
  math(EXPR start "${start} + ${taken}")
endwhile()
if(pieces STREQUAL "")
  set(pieces "\"\"")
endif()
file(WRITE "${OUT}"
"// GENERATED from ${NAME} by lib/data/embed.cmake. Do not edit.
#include \"data/data.hpp\"

#pragma GCC diagnostic ignored \"-Woverlength-strings\"

namespace etherpeil::data {

std::string_view ${NAME}() {
  static constexpr char text[] =
${pieces};
  return {text, sizeof text - 1};
}

}  // namespace etherpeil::data
")
