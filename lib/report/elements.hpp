#pragma once
/// HTML elements with escaped content; nothing reaches the page unescaped but
/// what these and the SVG writer make.
#include <string>
#include <string_view>
#include <vector>

namespace etherpeil::report {

/// <tag class="style">text</tag>
void element(std::string& out, std::string_view tag, std::string_view style,
             std::string_view text);
/// The same around a name from outside: its writing direction stays inside.
void name_element(std::string& out, std::string_view tag,
                  std::string_view style, std::string_view name);
void open(std::string& out, std::string_view tag, std::string_view style = {});
void close(std::string& out, std::string_view tag);

struct Cell {
  std::string text{};
  std::string detail{};  ///< smaller, below; empty for none
  bool number{};         ///< set to the right
};

struct Table {
  std::string caption{};
  std::vector<Cell> head{};
  std::vector<std::vector<Cell>> rows{};  ///< the first cell names the row
};

/// A table that scrolls sideways by itself where it is too wide.
void table(std::string& out, const Table& content);

}  // namespace etherpeil::report
