/// An audit for a terminal.
#include "report/audit_story.hpp"
#include "report/columns.hpp"

namespace etherpeil::report {
namespace {

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

void heading(std::string& out, const std::string& text) {
  out += '\n' + upper(terminal_safe(text)) + '\n';
}

void line(std::string& out, const std::string& start, const std::string& text) {
  const std::size_t width = display_width(start);
  out += start + folded(terminal_safe(text), width, width);
}

void list(std::string& out, const std::string& title,
          const std::vector<std::string>& items) {
  if (items.empty()) return;
  heading(out, title);
  for (const std::string& item : items) line(out, "  - ", item);
}

void write_rule(std::string& out, const RuleStory& story, const Texts& texts) {
  const std::string grade =
      texts("audit.grade." + std::string{to_string(story.rule->grade)});
  line(out, "  ",
       story.text->name + " [" + story.rule->id + ", " + grade + ']');
  line(out, "    ",
       story.sentence +
           (story.details.empty() ? "" : " (" + story.details + ")"));
  if (!story.trend.empty()) line(out, "    ", story.trend);
  line(out, "    ", texts("audit.try") + ": " + story.tip);
  line(out, "    ", texts("audit.note") + ": " + story.text->note);
  std::string examples;
  for (const std::string& example : story.examples)
    examples += (examples.empty() ? "" : "; ") + example;
  line(out, "    ", texts("audit.examples") + ": " + examples);
}

void write_balance(std::string& out, const AuditStory& story,
                   const Texts& texts) {
  heading(out, texts("audit.balance"));
  std::vector<std::vector<std::string>> rows;
  for (const BalanceLine& each : story.balance)
    rows.push_back({"  " + each.name, each.count, each.share});
  out += aligned({{.head = "  " + texts("audit.balance.kind")},
                  {.head = texts("audit.balance.count"), .number = true},
                  {.head = texts("audit.balance.share"), .number = true}},
                 rows);
  line(out, "  ", story.regime);
}

void write_reminders(std::string& out, const AuditStory& story,
                     const Texts& texts) {
  heading(out, texts("audit.reminders"));
  for (const std::string& sentence : story.reminders) line(out, "  ", sentence);
  if (story.latest_reminders.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const ReminderLine& each : story.latest_reminders) {
    rows.push_back({"  " + each.day, each.noise_before, each.noise_after,
                    each.talk_before, each.talk_after, each.remark});
  }
  out +=
      aligned({{.head = "  " + texts("audit.reminders.day")},
               {.head = texts("audit.reminders.noise-before"), .number = true},
               {.head = texts("audit.reminders.noise-after"), .number = true},
               {.head = texts("audit.reminders.talk-before"), .number = true},
               {.head = texts("audit.reminders.talk-after"), .number = true},
               {.head = texts("audit.reminders.remark"), .shrinks = true}},
              rows);
}

}  // namespace

std::string audit_text(const AuditStory& story, const Texts& texts) {
  std::string out = terminal_safe(story.title) + '\n';
  line(out, "", story.lead);
  out += '\n';
  line(out, "", story.about);
  list(out, texts("audit.good"), story.good);
  heading(out, texts("audit.focus"));
  line(out, "  ",
       texts(story.focus.empty() ? "audit.focus.none" : "audit.focus.why"));
  for (const RuleStory& rule : story.focus) {
    line(out, "  - ", rule.sentence);
    line(out, "    ", texts("audit.try") + ": " + rule.tip);
  }
  write_balance(out, story, texts);
  for (const ThemeStory& theme : story.themes) {
    heading(out, texts("audit.rules") + ": " + theme.title);
    for (const RuleStory& rule : theme.rules) write_rule(out, rule, texts);
  }
  list(out, texts("audit.rules.clean"), story.clean);
  list(out, texts("audit.rules.silent"), story.silent);
  list(out, texts("audit.rules.hidden"), story.hidden);
  list(out, texts("audit.rules.off"), story.off);
  list(out, texts("audit.rules.unseen"), story.unseen);
  write_reminders(out, story, texts);
  heading(out, texts("audit.paste"));
  line(out, "  ", story.paste_why);
  out += '\n';
  for (const std::string& each : story.paste) line(out, "  | ", each);
  list(out, texts("audit.notes"), story.notes);
  return out;
}

}  // namespace etherpeil::report
