#include "report/elements.hpp"

#include "report/escape.hpp"

namespace etherpeil::report {
namespace {

void cell(std::string& out, std::string_view tag, std::string_view scope,
          const Cell& content) {
  out += '<';
  out += tag;
  if (!scope.empty()) out += " scope=\"" + std::string{scope} + '"';
  if (content.number) out += " class=\"number\"";
  out += "><bdi>" + html(content.text) + "</bdi>";
  if (!content.detail.empty()) element(out, "span", "detail", content.detail);
  close(out, tag);
}

}  // namespace

void open(std::string& out, std::string_view tag, std::string_view style) {
  out += '<';
  out += tag;
  if (!style.empty()) out += " class=\"" + html(style) + '"';
  out += '>';
}

void close(std::string& out, std::string_view tag) {
  out += "</";
  out += tag;
  out += ">\n";
}

void element(std::string& out, std::string_view tag, std::string_view style,
             std::string_view text) {
  open(out, tag, style);
  out += html(text);
  close(out, tag);
}

void name_element(std::string& out, std::string_view tag,
                  std::string_view style, std::string_view name) {
  open(out, tag, style);
  out += "<bdi>" + html(name) + "</bdi>";
  close(out, tag);
}

void table(std::string& out, const Table& content) {
  out += "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" +
         html(content.caption) + "\"><table>\n";
  element(out, "caption", "", content.caption);
  out += "<thead><tr>";
  for (const Cell& head : content.head) cell(out, "th", "col", head);
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : content.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      cell(out, i == 0 ? "th" : "td", i == 0 ? "row" : "", row[i]);
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
}

}  // namespace etherpeil::report
