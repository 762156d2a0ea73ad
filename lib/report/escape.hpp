#pragma once
/// The ways out: what a chat may hold never reaches a page, a spreadsheet or a
/// terminal as it is.
#include <string>
#include <string_view>

namespace etherpeil::report {

/// For HTML text and attribute values in double quotes. Hidden controls become
/// visible as U+XXXX; invalid UTF-8 becomes U+FFFD.
[[nodiscard]] std::string html(std::string_view text);

/// Appends one CSV cell: quoted where needed, invalid UTF-8 repaired, hidden
/// controls other than white space visible as \u{XXXX}, and an
/// apostrophe before what a spreadsheet would take for a formula
/// (= + - @, tab, carriage return).
/// Source: OWASP, CSV injection.
void append_csv(std::string& out, std::string_view cell, char separator);

}  // namespace etherpeil::report
