/// An audit as one self-contained page.
#include <algorithm>

#include "data/data.hpp"
#include "report/audit_story.hpp"
#include "report/elements.hpp"
#include "report/escape.hpp"
#include "report/page.hpp"
#include "report/svg.hpp"

namespace etherpeil::report {
namespace {

constexpr std::array<std::string_view, etherpeil::purposes> purpose_styles{
    "m0", "m1", "m2", "m3", "m4"};

class Page {
 public:
  Page(const AuditStory& story, const Audit& audit, const Texts& texts)
      : story_(story), audit_(audit), texts_(texts) {}

  std::string write() {
    begin_page(out_, texts_, story_.title, data::audit_css());
    open(out_, "header");
    element(out_, "p", "eyebrow", texts_("audit.eyebrow"));
    name_element(out_, "h1", "", story_.title);
    element(out_, "p", "lead", story_.lead);
    close(out_, "header");
    contents();
    out_ += "<main id=\"main\">\n";
    section("start", {}, [&] { beginning(); });
    section("balance", "audit.balance", [&] { balance(); });
    section("rules", "audit.rules", [&] { rules(); });
    section("reminders", "audit.reminders", [&] { reminders(); });
    section("paste", "audit.paste", [&] { paste(); });
    section("notes", "audit.notes", [&] { list(story_.notes); });
    out_ += "</main>\n";
    end_page(out_, story_.footer);
    return std::move(out_);
  }

 private:
  template <class Write>
  void section(std::string_view id, std::string_view title,
               const Write& write) {
    out_ += "<section id=\"" + std::string{id} + "\">\n";
    if (!title.empty()) element(out_, "h2", "", texts_(title));
    write();
    out_ += "</section>\n";
  }

  void contents() {
    out_ += "<nav aria-label=\"" + html(texts_("page.contents")) + "\"><ul>\n";
    for (const char* id : {"balance", "rules", "reminders", "paste", "notes"}) {
      out_ += "<li><a href=\"#" + std::string{id} + "\">" +
              html(texts_("audit." + std::string{id})) + "</a></li>\n";
    }
    out_ += "</ul></nav>\n";
  }

  void list(const std::vector<std::string>& items, std::string_view style = {},
            std::string_view kind = "ul") {
    open(out_, kind, style);
    for (const std::string& item : items) element(out_, "li", "", item);
    close(out_, kind);
  }

  void beginning() {
    element(out_, "p", "about", story_.about);
    open(out_, "div", "pair");
    open(out_, "div", "panel good");
    element(out_, "h2", "", texts_("audit.good"));
    list(story_.good, "ticks");
    close(out_, "div");
    open(out_, "div", "panel");
    element(out_, "h2", "", texts_("audit.focus"));
    if (story_.focus.empty()) {
      element(out_, "p", "", texts_("audit.focus.none"));
    } else {
      element(out_, "p", "quiet", texts_("audit.focus.why"));
    }
    open(out_, "ol", "focus");
    for (const RuleStory& rule : story_.focus) {
      open(out_, "li");
      element(out_, "strong", "", rule.text->name);
      element(out_, "p", "", rule.sentence);
      tip(rule);
      close(out_, "li");
    }
    close(out_, "ol");
    close(out_, "div");
    close(out_, "div");
  }

  /// A line that begins with a word in bold.
  void labelled(std::string_view key, std::string_view style,
                const std::string& text) {
    open(out_, "p", style);
    out_ += "<b>" + html(texts_(key)) + ":</b> " + html(text);
    close(out_, "p");
  }
  void tip(const RuleStory& rule) { labelled("audit.try", "tip", rule.tip); }

  // ------------------------------------------------------------------ balance

  void balance() {
    element(out_, "p", "", story_.regime);
    open(out_, "div", "course");
    months_chart();
    open(out_, "table", "balance");
    out_ += "<thead><tr>";
    element(out_, "th", "", texts_("audit.balance.kind"));
    element(out_, "th", "number", texts_("audit.balance.count"));
    element(out_, "th", "number", texts_("audit.balance.share"));
    out_ += "</tr></thead><tbody>\n";
    for (const BalanceLine& line : story_.balance) {
      out_ +=
          "<tr><th scope=\"row\"><svg class=\"swatch\" viewBox=\"0 0 16 "
          "16\" aria-hidden=\"true\"><rect width=\"16\" height=\"16\" "
          "class=\"";
      out_ += purpose_styles[static_cast<std::size_t>(line.purpose)];
      out_ += "\"/></svg> " + html(line.name) + "</th>";
      element(out_, "td", "number", line.count);
      element(out_, "td", "number", line.share);
      out_ += "</tr>\n";
    }
    out_ += "</tbody>";
    close(out_, "table");
    close(out_, "div");
  }

  [[nodiscard]] static std::uint64_t sum_of(const MonthPurposes& month) {
    std::uint64_t sum = 0;
    for (const std::uint64_t n : month.messages) sum += n;
    return sum;
  }

  /// Bars of messages per month, one colour per purpose.
  void months_chart() {
    constexpr double width = 720;
    constexpr double height = 190;
    constexpr double left = 46;
    constexpr double top = 14;
    constexpr double base = height - 26;
    std::uint64_t most = 1;
    for (const MonthPurposes& month : audit_.purposes)
      most = std::max(most, sum_of(month));
    Svg svg{out_,
            "balance-months",
            "",
            width,
            height,
            texts_("audit.balance"),
            texts_("audit.months")};
    svg.line(left, base, width, base, "base");
    svg.line(left, top, width, top, "grid");
    svg.text(left - 6, top + 4, Anchor::end, "tick", texts_.count(most));
    svg.text(left - 6, base + 4, Anchor::end, "tick", "0");
    const double step =
        (width - left) / static_cast<double>(audit_.purposes.size());
    const double scale = (base - top) / static_cast<double>(most);
    // Names of months that would touch are left out.
    const auto every =
        static_cast<std::size_t>(std::max(1.0, 34 / step + 0.999));
    for (std::size_t i = 0; i < audit_.purposes.size(); ++i) {
      const MonthPurposes& month = audit_.purposes[i];
      const double x = left + step * static_cast<double>(i) + step * 0.14;
      double y = base;
      svg.begin_group(month_tip(month));
      for (std::size_t k = 0; k < etherpeil::purposes; ++k) {
        const double part = scale * static_cast<double>(month.messages[k]);
        y -= part;
        if (part > 0) svg.rect(x, y, step * 0.72, part, purpose_styles[k]);
      }
      svg.end_group();
      if (i % every == 0) {
        svg.text(x + step * 0.36, height - 8, Anchor::middle, "tick",
                 texts_.short_month(month.first));
      }
    }
    svg.finish();
  }

  [[nodiscard]] std::string month_tip(const MonthPurposes& month) const {
    std::string text = texts_.month(month.first);
    for (std::size_t k = 0; k < etherpeil::purposes; ++k) {
      text += (k == 0 ? ": " : ", ") + story_.balance[k].name + ' ' +
              texts_.count(month.messages[k]);
    }
    return text;
  }

  // -------------------------------------------------------------------- rules

  void rules() {
    element(out_, "p", "quiet screen", texts_("audit.rules.why"));
    for (const ThemeStory& theme : story_.themes) {
      element(out_, "h3", "theme", theme.title);
      for (const RuleStory& rule : theme.rules) rule_box(rule);
    }
    open(out_, "div", "lists");
    named_list("audit.rules.clean", story_.clean);
    named_list("audit.rules.silent", story_.silent);
    named_list("audit.rules.hidden", story_.hidden);
    named_list("audit.rules.off", story_.off);
    named_list("audit.rules.unseen", story_.unseen);
    close(out_, "div");
  }

  void named_list(std::string_view title,
                  const std::vector<std::string>& items) {
    if (items.empty()) return;
    open(out_, "div");
    element(out_, "h3", "", texts_(title));
    list(items, "quiet");
    close(out_, "div");
  }

  void rule_box(const RuleStory& rule) {
    open(out_, "details", "rule");
    open(out_, "summary");
    element(out_, "span", "rule-name", rule.text->name);
    months_bars(rule);
    element(out_, "span", "rule-share",
            texts_.fill("audit.of.other",
                        {{"n", texts_.count(rule.result->share.found)},
                         {"of", texts_.count(rule.result->share.of)}}));
    close(out_, "summary");
    labelled("audit.says", "", rule.says);
    element(out_, "p", "",
            rule.sentence +
                (rule.details.empty() ? "" : " (" + rule.details + ")"));
    if (!rule.trend.empty()) element(out_, "p", "", rule.trend);
    tip(rule);
    const std::string grade =
        texts_("audit.grade." + std::string{to_string(rule.rule->grade)});
    labelled("audit.note", "", grade + ". " + rule.text->note);
    element(out_, "p", "examples", texts_("audit.examples"));
    open(out_, "ul", "examples");
    for (const std::string& example : rule.examples) {
      open(out_, "li");
      out_ += "<bdi>" + html(example) + "</bdi>";
      close(out_, "li");
    }
    close(out_, "ul");
    close(out_, "details");
  }

  /// A small bar for each month: how often it was found.
  void months_bars(const RuleStory& rule) {
    const auto& months = rule.result->months;
    constexpr double step = 7;
    constexpr double height = 24;
    std::uint64_t most = 1;
    std::string tip;
    for (const MonthShare& month : months) {
      most = std::max(most, month.share.found);
      tip += (tip.empty() ? "" : "; ") +
             texts_.fill("audit.months.cell",
                         {{"month", texts_.short_month(month.first)},
                          {"n", texts_.count(month.share.found)},
                          {"of", texts_.count(month.share.of)}});
    }
    Svg svg{out_,   "months-" + rule.rule->id,
            "bars", step * static_cast<double>(months.size()),
            height, texts_("audit.months"),
            tip};
    const double scale = (height - 2) / static_cast<double>(most);
    for (std::size_t i = 0; i < months.size(); ++i) {
      const double x = step * static_cast<double>(i);
      const double tall = scale * static_cast<double>(months[i].share.found);
      svg.rect(x, height - 1, step - 2, 1, "bar-base");
      if (tall > 0) svg.rect(x, height - 1 - tall, step - 2, tall, "bar");
    }
    svg.finish();
  }

  // ---------------------------------------------------------------- the others

  void reminders() {
    for (const std::string& sentence : story_.reminders)
      element(out_, "p", "", sentence);
    if (story_.latest_reminders.empty()) return;
    Table content{
        .caption = texts_.plural("audit.reminders.latest",
                                 story_.latest_reminders.size()),
        .head = {
            {.text = texts_("audit.reminders.day")},
            {.text = texts_("audit.reminders.noise-before"), .number = true},
            {.text = texts_("audit.reminders.noise-after"), .number = true},
            {.text = texts_("audit.reminders.talk-before"), .number = true},
            {.text = texts_("audit.reminders.talk-after"), .number = true},
            {.text = texts_("audit.reminders.remark")}}};
    for (const ReminderLine& line : story_.latest_reminders) {
      content.rows.push_back({{.text = line.day},
                              {.text = line.noise_before, .number = true},
                              {.text = line.noise_after, .number = true},
                              {.text = line.talk_before, .number = true},
                              {.text = line.talk_after, .number = true},
                              {.text = line.remark}});
    }
    table(out_, content);
  }

  void paste() {
    element(out_, "p", "", story_.paste_why);
    open(out_, "blockquote", "paste");
    for (const std::string& line : story_.paste) element(out_, "p", "", line);
    close(out_, "blockquote");
  }

  const AuditStory& story_;
  const Audit& audit_;
  const Texts& texts_;
  std::string out_{};
};

}  // namespace

std::string audit_html(const AuditStory& story, const Audit& audit,
                       const Texts& texts) {
  return Page{story, audit, texts}.write();
}

}  // namespace etherpeil::report
