#include "report/columns.hpp"

#include <algorithm>
#include <array>

#include "text/utf8.hpp"

namespace etherpeil::report {
namespace {

struct Range {
  char32_t first{};
  char32_t last{};
};

// Enough for names of groups and metrics; a terminal may differ on the rest.
constexpr std::array<Range, 6> without_width{{{0x0300, 0x036F},
                                              {0x1AB0, 0x1AFF},
                                              {0x200B, 0x200D},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F},
                                              {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 7> wide{{{0x1100, 0x115F},
                                     {0x2E80, 0xA4CF},
                                     {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},
                                     {0xFF00, 0xFF60},
                                     {0x1F300, 0x1FAFF},
                                     {0x20000, 0x3FFFD}}};

template <std::size_t n>
bool within(const std::array<Range, n>& ranges, char32_t value) {
  return std::any_of(ranges.begin(), ranges.end(), [&](Range r) {
    return value >= r.first && value <= r.last;
  });
}

std::size_t width_of(char32_t value) {
  if (within(without_width, value)) return 0;
  return within(wide, value) ? 2 : 1;
}

/// How many bytes of the text fit; at least one character.
std::size_t fitting(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  for (std::size_t used = 0; at < text.size();) {
    const text::CodePoint point = text::decode(text, at);
    used += width_of(point.value);
    if (used > width && at > 0) break;
    at += point.length;
  }
  return at;
}

/// The text in lines of this width, broken at spaces where there are any.
std::vector<std::string> lines_of(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  do {
    std::size_t end = fitting(text, width);
    std::size_t next = end;
    if (end < text.size()) {
      const std::size_t space = text.rfind(' ', end);
      if (space != std::string_view::npos && space > 0) {
        end = space;
        next = space + 1;
      }
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(next);
  } while (!text.empty());
  return lines;
}

void append_cell(std::string& out, const std::string& text, std::size_t width,
                 bool number) {
  const std::size_t used = display_width(text);
  const std::string space(width > used ? width - used : 0, ' ');
  out += number ? space + text : text + space;
}

/// One row; a cell that is too wide goes on in the lines below.
void append_row(std::string& out, const std::vector<std::string>& cells,
                const std::vector<std::size_t>& widths,
                const std::vector<Column>& columns) {
  std::vector<std::vector<std::string>> parts;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    parts.push_back(lines_of(cells[i], widths[i]));
    height = std::max(height, parts.back().size());
  }
  for (std::size_t n = 0; n < height; ++n) {
    std::string line;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) line += "  ";
      append_cell(line, n < parts[i].size() ? parts[i][n] : std::string{},
                  widths[i], columns[i].number);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
}

/// Takes from the widest column that may shrink until the table fits.
void shrink(std::vector<std::size_t>& widths,
            const std::vector<Column>& columns) {
  constexpr std::size_t least = 8;
  std::size_t total = 2 * (widths.size() - 1);
  for (const std::size_t width : widths) total += width;
  while (total > terminal_width) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (!columns[i].shrinks || widths[i] <= least) continue;
      if (widest == nullptr || widths[i] > *widest) widest = &widths[i];
    }
    if (widest == nullptr) return;
    --*widest;
    --total;
  }
}

void drop_empty(std::vector<Column>& columns,
                std::vector<std::vector<std::string>>& rows) {
  for (std::size_t i = columns.size(); i-- > 0;) {
    const bool empty =
        std::all_of(rows.begin(), rows.end(),
                    [&](const auto& row) { return row[i].empty(); });
    if (!empty) continue;
    const auto at = static_cast<std::ptrdiff_t>(i);
    columns.erase(columns.begin() + at);
    for (auto& row : rows) row.erase(row.begin() + at);
  }
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode(text, at);
    width += width_of(point.value);
    at += point.length;
  }
  return width;
}

std::string aligned(std::vector<Column> columns,
                    std::vector<std::vector<std::string>> rows,
                    const std::vector<Block>& blocks) {
  drop_empty(columns, rows);
  std::vector<std::size_t> widths;
  std::vector<std::string> heads;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    heads.push_back(columns[i].head);
    std::size_t width = display_width(columns[i].head);
    for (const auto& row : rows) width = std::max(width, display_width(row[i]));
    widths.push_back(width);
  }
  shrink(widths, columns);
  std::string out;
  append_row(out, heads, widths, columns);
  std::vector<std::string> rules;
  rules.reserve(widths.size());
  for (const std::size_t width : widths) rules.emplace_back(width, '-');
  append_row(out, rules, widths, columns);
  auto block = blocks.begin();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (; block != blocks.end() && block->first == i; ++block) {
      out += (i == 0 ? "" : "\n") + block->title + '\n';
    }
    append_row(out, rows[i], widths, columns);
  }
  return out;
}

std::string folded(std::string_view text, std::size_t indent,
                   std::size_t used) {
  std::string out;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    const std::size_t width = display_width(word);
    if (used > 0 && used + 1 + width > terminal_width) {
      out += '\n' + std::string(indent, ' ');
      used = indent;
    } else if (!out.empty()) {
      out += ' ';
      ++used;
    }
    out += word;
    used += width;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out + '\n';
}

}  // namespace etherpeil::report
