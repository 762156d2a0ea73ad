#pragma once
/// Records of an export, found slowly and plainly: lines, regular expressions,
/// and the rules of ARCHITECTURE.md one after the other. It shares no code with
/// lib/parse and is the measure of it. It knows the shapes that the property
/// test writes, no more.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace reference {

struct Record {
  std::size_t start{};
  std::size_t end{};
  std::uint32_t seconds{};
  std::string sender{};  ///< as in the file; empty for none

  bool operator==(const Record&) const = default;
};

/// A line that looks like a header, its numbers not yet understood.
struct Line {
  std::size_t start{};
  std::size_t header{};  ///< bytes
  std::size_t number{};  ///< from 0
  bool after_crlf{};
  std::string shape{};
  std::array<int, 3> date{};  ///< in the order of the file
  int second_of_day{};
  std::string sender{};
  std::string rest{};
};

/// Only ASCII: digits of any script as 0-9, odd spaces as a space, format marks
/// gone. `at` gives the place of each byte in the line.
inline std::string plain(std::string_view line, std::vector<std::size_t>& at) {
  static const std::vector<std::pair<std::string, std::string>> table = [] {
    std::vector<std::pair<std::string, std::string>> rows{
        {"\xC2\xA0", " "},    {"\xE2\x80\xAF", " "}, {"\xE2\x80\x8E", ""},
        {"\xE2\x80\x8F", ""}, {"\xE2\x80\xAA", ""},  {"\xE2\x80\xAC", ""},
        {"\xEF\xBB\xBF", ""}, {"\xD8\x8C", ","},     {"\xE2\x80\x93", "-"}};
    for (int digit = 0; digit < 10; ++digit) {
      std::string arabic = "\xD9\xA0";
      arabic[1] = static_cast<char>(arabic[1] + digit);
      rows.emplace_back(arabic, std::to_string(digit));
    }
    return rows;
  }();
  std::string out;
  at.clear();
  for (std::size_t i = 0; i < line.size();) {
    const auto row =
        std::find_if(table.begin(), table.end(), [&](const auto& one) {
          return line.substr(i, one.first.size()) == one.first;
        });
    const bool known = row != table.end();
    for (const char c : known ? row->second : std::string(1, line[i])) {
      out += c;
      at.push_back(i);
    }
    i += known ? row->first.size() : 1;
  }
  at.push_back(line.size());
  return out;
}

inline std::string masked(std::string text) {
  text = std::regex_replace(text, std::regex{"[0-9]{4}"}, "Y");
  return std::regex_replace(text, std::regex{"[0-9]{1,2}"}, "0");
}

inline std::optional<Line> read_line(std::string_view line) {
  static const std::string date =
      "([0-9]{1,4})([-/.])( ?)([0-9]{1,2})\\2 ?([0-9]{4}|[0-9]{1,2})(\\.?)";
  static const std::string time =
      "([0-9]{1,2})([:.])([0-9]{2})(?:\\N([0-9]{2}))?";
  static const std::string half =
      " *(?:(AM|am|a\\.? ?m\\.?)|(PM|pm|p\\.? ?m\\.?))?";
  const auto numbered = [](std::string text, int group) {
    return text.replace(text.find("\\N"), 2, "\\" + std::to_string(group));
  };
  // Groups: date 1-6, gap 7, time 8-11, half of the day 12-13, end 14.
  static const std::regex date_first{
      "^\\[?" + date + "(,| klo?| \xC3\xA0?)? +" + numbered(time, 9) + half +
      "(\\] | - |: )"};
  // Groups: time 1-4, comma 5, date 6-11, end 12.
  static const std::regex time_first{
      "^\\[?([0-9]{1,2})(:)([0-9]{2})(?::([0-9]{2}))?(,?) "
      "([0-9]{1,2})([-/.])( ?)([0-9]{1,2})\\7([0-9]{4})(\\.?)(\\] | - |: )"};
  // Groups: month 1 ("Ma" is one, too, in another language), day 2, comma 3,
  // year 4, comma 5, time 6-9, half 10-11, end 12.
  static const std::regex month_first{
      "^\\[?([A-Z][a-z][a-z]|Ma) ([0-9]{1,2})(,?) +([0-9]{4})(,?) +" +
      numbered(time, 7) + half + "(\\] | - |: )"};
  std::vector<std::size_t> at;
  const std::string text = plain(line.substr(0, 160), at);
  std::smatch m;
  Line found;
  const auto number = [&](int group) {
    return m[group].matched ? std::stoi(m[group]) : 0;
  };
  int hour = 0;
  int minute = 0;
  int second = 0;
  int base = 0;
  if (std::regex_search(text, m, date_first)) {
    const bool bracket = text[0] == '[';
    const std::string end = m[14];
    // A colon ends the header of old iPhones only, which show seconds.
    if ((end == "] ") != bracket || (end == ": " && !m[11].matched))
      return std::nullopt;
    base = 1;
    hour = number(8);
    minute = number(10);
    second = number(11);
    const bool am = m[12].matched;
    const bool pm = m[13].matched;
    if ((am || pm) && hour <= 12) hour = hour % 12 + (pm ? 12 : 0);
    found.shape = std::string(bracket ? "[" : "") + m.str(2) +
                  (m[1].length() == 4 ? "y" : "") +
                  (m[5].length() == 4 ? "Y" : "") +
                  (m[7].length() > 1 ? "word" : m.str(7)) + m.str(9) +
                  (m[11].matched ? "s" : "") + (am || pm ? "h" : "") + end;
  } else if (std::regex_search(text, m, time_first)) {
    const bool bracket = text[0] == '[';
    const std::string end = m[12];
    if ((end == "] ") != bracket || (end != " - " && !m[4].matched))
      return std::nullopt;
    base = 6;
    hour = number(1);
    minute = number(3);
    second = number(4);
    found.shape =
        "time first " + m.str(5) + m.str(7) + (m[4].matched ? "s" : "") + end;
  } else if (std::regex_search(text, m, month_first)) {
    const bool bracket = text[0] == '[';
    const std::string end = m[12];
    const std::size_t month =
        std::string_view{"JanFebMarAprMayJunJulAugSepOctNovDec"}.find(m.str(1));
    if ((end == "] ") != bracket || (end == ": " && !m[9].matched) ||
        month == std::string_view::npos || month % 3 != 0)
      return std::nullopt;
    hour = number(6);
    minute = number(8);
    second = number(9);
    const bool am = m[10].matched;
    const bool pm = m[11].matched;
    if ((am || pm) && hour <= 12) hour = hour % 12 + (pm ? 12 : 0);
    found.shape = (bracket ? "month [" : "month ") + m.str(3) + m.str(5) +
                  m.str(7) + (m[9].matched ? "s" : "") + (am || pm ? "h" : "") +
                  end;
    found.date = {number(4), int(month / 3) + 1, number(2)};
  } else {
    return std::nullopt;
  }
  const bool year_first = base == 0 || m[base].length() == 4;
  if (base > 0) {
    found.date = {number(base), number(base + 3), number(base + 4)};
    if (!year_first && m[base].length() > 2) return std::nullopt;
    if (!year_first && m[base + 4].length() == 1) return std::nullopt;
    if (year_first && m[base + 4].length() == 4) return std::nullopt;
  }
  int& year = year_first ? found.date[0] : found.date[2];
  if (year < 100) year += 2000;
  const int day = year_first ? found.date[2] : found.date[0];
  if (hour > 23 || minute > 59 || second > 59 || day < 1 || day > 31 ||
      found.date[1] < 1 || found.date[1] > 31 || year > 2400)
    return std::nullopt;
  found.second_of_day = hour * 3600 + minute * 60 + second;
  found.header = at[static_cast<std::size_t>(m.length()) - 1] + 1;
  std::string rest{line.substr(found.header)};
  if (!rest.empty() && rest.back() == '\r') rest.pop_back();
  const std::size_t colon = rest.find(": ");
  if (colon != std::string::npos && colon > 0) {
    found.sender = rest.substr(0, colon);
  } else if (colon == std::string::npos && rest.size() > 1 &&
             rest.back() == ':') {
    found.sender = rest.substr(0, rest.size() - 1);
  }
  found.rest = std::move(rest);
  return found;
}

inline std::optional<std::uint32_t> seconds_of(const Line& line,
                                               bool day_first) {
  namespace chrono = std::chrono;
  auto [a, b, c] = line.date;
  const bool year_first = a > 31;
  const int year = year_first ? a : c;
  const int month = year_first || day_first ? b : a;
  const int day = year_first ? c : day_first ? a : b;
  const chrono::year_month_day date{chrono::year{year},
                                    chrono::month{static_cast<unsigned>(month)},
                                    chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || year < 2009 || year > 2099) return std::nullopt;
  const auto days = chrono::local_days{date}.time_since_epoch().count();
  return static_cast<std::uint32_t>(days * 86400 + line.second_of_day);
}

inline std::vector<Line> read_lines(std::string_view file) {
  std::vector<Line> lines;
  std::size_t number = 0;
  for (std::size_t start = 0; start < file.size(); ++number) {
    const std::size_t feed = std::min(file.find('\n', start), file.size());
    if (auto line = read_line(file.substr(start, feed - start))) {
      line->start = start;
      line->number = number;
      line->after_crlf = start > 1 && file[start - 2] == '\r';
      lines.push_back(*line);
    }
    start = feed + 1;
  }
  return lines;
}

/// One shape holds for the file: the commonest, or that of the first line.
inline std::string choose_shape(const std::vector<Line>& lines) {
  std::map<std::string, std::size_t> counts;
  for (const Line& line : lines) ++counts[line.shape];
  std::string chosen = lines.front().shape;
  std::size_t most = 0;
  for (const Line& line : lines) {
    if (counts[line.shape] > most) {
      most = counts[line.shape];
      chosen = line.shape;
    }
  }
  const std::string& first = lines.front().shape;
  return lines.front().number == 0 && counts[first] * 10 >= most ? first
                                                                 : chosen;
}

inline bool is_dash(const std::string& shape) {
  return shape.size() > 3 && shape.substr(shape.size() - 3) == " - ";
}

/// Records end in CRLF on iPhones and in LF on Android, unless most do not.
inline std::optional<bool> crlf_before_headers(const std::vector<Line>& lines,
                                               const std::string& shape) {
  std::size_t crlf = 0;
  std::size_t lf = 0;
  for (const Line& line : lines) {
    if (line.shape == shape && line.number > 0) ++(line.after_crlf ? crlf : lf);
  }
  const bool expected = !is_dash(shape);
  if (crlf + lf == 0 || (expected ? crlf < lf : lf < crlf)) return std::nullopt;
  return expected;
}

/// How often time goes back by more than an hour and a bit.
inline std::size_t steps_back(const std::vector<Line>& lines,
                              const std::string& shape, bool day_first) {
  std::size_t steps = 0;
  std::optional<std::uint32_t> before;
  for (const Line& line : lines) {
    const auto now =
        line.shape == shape ? seconds_of(line, day_first) : std::nullopt;
    if (!now) continue;
    if (before && *now + 3700 < *before) ++steps;
    before = now;
  }
  return steps;
}

/// `notices`: the texts without a sender that WhatsApp writes in these files.
inline std::vector<Record> parse(std::string_view file,
                                 const std::set<std::string>& notices) {
  std::vector<Line> lines = read_lines(file);
  if (lines.empty()) return {};
  const std::string shape = choose_shape(lines);
  if (const auto crlf = crlf_before_headers(lines, shape)) {
    std::erase_if(lines, [&](const Line& line) {
      return line.number > 0 && line.after_crlf != *crlf;
    });
  }
  // Most years of two digits above 51 are Buddhist: 65 is 2565, 2022.
  const auto far = [&](const Line& line) {
    return line.shape == shape && line.date[2] > 2051;
  };
  const auto of_shape =
      std::count_if(lines.begin(), lines.end(),
                    [&](const Line& line) { return line.shape == shape; });
  if (2 * std::count_if(lines.begin(), lines.end(), far) > of_shape) {
    for (Line& line : lines) {
      if (line.shape == shape)
        line.date[2] += (line.date[2] < 2052 ? 2600 : 2500) - 543 - 2000;
    }
  }
  // Numbers above 12 tell day from month.
  std::size_t days_first = 0;
  std::size_t months_first = 0;
  for (const Line& line : lines) {
    if (line.shape != shape || line.date[0] > 31) continue;
    if (line.date[0] > 12 && line.date[1] <= 12) ++days_first;
    if (line.date[1] > 12 && line.date[0] <= 12) ++months_first;
  }
  bool day_first = days_first > months_first;
  if (days_first == months_first)
    day_first =
        steps_back(lines, shape, true) <= steps_back(lines, shape, false);
  std::vector<Line> headers;
  for (const Line& line : lines) {
    if (line.shape == shape && seconds_of(line, day_first))
      headers.push_back(line);
  }
  // On Android a line without a sender that is none of WhatsApp's is an aside
  // when its time does not fit.
  if (is_dash(shape)) {
    const auto certain = [&](const Line& line) {
      return !line.sender.empty() || notices.count(line.rest) > 0;
    };
    std::vector<Line> kept;
    std::uint32_t before = 0;
    for (std::size_t i = 0; i < headers.size(); ++i) {
      const std::uint32_t now = *seconds_of(headers[i], day_first);
      if (certain(headers[i])) {
        before = now;
      } else {
        std::size_t next = i;
        while (next < headers.size() && !certain(headers[next])) ++next;
        const bool late = next < headers.size() &&
                          now > *seconds_of(headers[next], day_first) + 3700;
        const bool early = now + 3700 < before;
        const bool followed = next < headers.size();
        if (before > 0 && followed && (late || early)) continue;
      }
      kept.push_back(headers[i]);
    }
    headers = kept;
  }
  std::vector<Record> records;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const bool notice = notices.count(headers[i].rest) > 0;
    records.push_back(
        {headers[i].start,
         i + 1 < headers.size() ? headers[i + 1].start : file.size(),
         *seconds_of(headers[i], day_first),
         notice ? std::string{} : headers[i].sender});
  }
  return records;
}

}  // namespace reference
