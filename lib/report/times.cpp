#include "report/times.hpp"

namespace etherpeil::report {
namespace {

void append_padded(std::string& out, long long number, std::size_t digits) {
  const std::string text = std::to_string(number);
  if (text.size() < digits) out.append(digits - text.size(), '0');
  out += text;
}

}  // namespace

std::string iso(LocalDay day) {
  const std::chrono::year_month_day date{day};
  std::string out;
  append_padded(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  return out;
}

std::string iso(LocalTime time) {
  const LocalDay day = std::chrono::floor<std::chrono::days>(time);
  const auto seconds = (time - day).count();
  std::string out = iso(day) + 'T';
  append_padded(out, seconds / 3600, 2);
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  append_padded(out, seconds % 60, 2);
  return out;
}

}  // namespace etherpeil::report
