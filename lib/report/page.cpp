#include "report/page.hpp"

#include <algorithm>

#include "data/data.hpp"
#include "etherpeil/version.hpp"
#include "report/cells.hpp"
#include "report/elements.hpp"
#include "report/escape.hpp"

namespace etherpeil::report {
namespace {

/// A term and what it means, or a name and its value.
void pair(std::string& out, const std::string& name, const std::string& value,
          const std::string& detail = {}) {
  open(out, "div");
  element(out, "dt", "", name);
  open(out, "dd");
  out += "<bdi>" + html(value) + "</bdi>";
  if (!detail.empty()) element(out, "span", "detail", detail);
  close(out, "dd");
  close(out, "div");
}

/// Free text of a study in the reader's words where they are known.
std::string known_word(const View& view, std::string_view kind,
                       const std::string& word) {
  if (word.empty()) return view.texts("glance.unknown");
  return view.texts.find(std::string{kind} + '.' + word, word);
}

std::uint64_t covered_days(const Course& course) {
  std::uint64_t days = 0;
  for (const Month& month : course.months) days += month.covered;
  return days;
}

void members_pair(std::string& out, const View& view, Index group) {
  const auto stated = view.panel.study.groups[group].members;
  const Texts& texts = view.texts;
  if (stated) {
    pair(out, texts("glance.members"), texts.count(*stated),
         texts("glance.members.stated"));
    return;
  }
  const auto senders =
      std::count_if(view.panel.members.begin(), view.panel.members.end(),
                    [&](const Member& m) { return m.group == group; });
  pair(out, texts("glance.members"),
       texts.count(static_cast<std::uint64_t>(senders)),
       texts("glance.members.senders"));
}

void reports_pair(std::string& out, const View& view,
                  const std::string& group) {
  const Metric* metric = view.total("M04", group);
  const MetricDefinition* definition = view.definition("M04");
  if (metric == nullptr || definition == nullptr) return;
  const Texts& texts = view.texts;
  pair(out, texts("glance.reports"), texts.number(metric->numerator),
       texts.fill("glance.rate",
                  {{"value", value_text(*metric, *definition, texts)},
                   {"interval",
                    interval_text(metric->interval, *definition, texts)}}));
}

void closed_pair(std::string& out, const View& view, const std::string& group) {
  const Metric* metric = view.total("M43", group);
  const MetricDefinition* definition = view.definition("M43");
  if (metric == nullptr || definition == nullptr) return;
  const Texts& texts = view.texts;
  const std::string interval =
      interval_text(metric->interval, *definition, texts);
  const std::string value = value_text(*metric, *definition, texts);
  std::string detail;
  if (!interval.empty()) {
    detail =
        metric->small
            ? texts.fill("glance.closed.interval", {{"interval", interval}})
            : texts.fill("glance.closed.share",
                         {{"value", value}, {"interval", interval}});
  }
  pair(out, texts("glance.closed"), basis_text(*metric, *definition, texts),
       detail);
}

void write_card(std::string& out, const View& view, const Course& course) {
  const Group& group = view.panel.study.groups[course.group];
  const Texts& texts = view.texts;
  open(out, "li", "card");
  name_element(out, "h3", "", view.group_name(course.group));
  open(out, "dl");
  pair(out, texts("glance.governance"),
       known_word(view, "governance", group.governance));
  pair(out, texts("glance.regime"), known_word(view, "regime", group.regime));
  if (view.disclosure.total_hidden(Counted::messages, course.group)) {
    pair(out, texts("glance.messages"), texts("hidden.short"));
  } else {
    members_pair(out, view, course.group);
    pair(out, texts("glance.days"), texts.count(covered_days(course)));
    pair(out, texts("glance.messages"),
         texts.count(doubt_of(view, course.group).messages));
  }
  if (view.disclosure.total_hidden(Counted::reports, course.group)) {
    pair(out, texts("glance.reports"), texts("hidden.short"));
  } else {
    reports_pair(out, view, group.key);
    closed_pair(out, view, group.key);
  }
  close(out, "dl");
  close(out, "li");
}

void write_masthead(std::string& out, const View& view,
                    const std::string& title) {
  const Texts& texts = view.texts;
  open(out, "header");
  element(out, "p", "eyebrow", texts("page.eyebrow"));
  name_element(out, "h1", "", title);
  std::string lead = texts.plural("unit.group", view.panel.study.groups.size());
  if (!view.courses.empty()) {
    LocalDay first = view.courses.end;
    LocalDay last = view.courses.first;
    for (const Coverage& c : view.panel.coverage) {
      first = std::min(first, c.first);
      last = std::max(last, c.last);
    }
    lead += " \u00B7 " + texts.fill("page.span", {{"first", texts.day(first)},
                                                  {"last", texts.day(last)}});
  }
  element(out, "p", "lead", lead);
  close(out, "header");
}

struct Section {
  std::string_view id;
  std::string_view title;  ///< key of the text
  void (*write)(std::string&, const View&);
};

void write_contents(std::string& out, const View& view,
                    const std::vector<Section>& sections) {
  out += "<nav aria-label=\"" + html(view.texts("page.contents")) + "\"><ul>\n";
  for (const Section& section : sections) {
    out += "<li><a href=\"#" + std::string{section.id} + "\">" +
           html(view.texts(section.title)) + "</a></li>\n";
  }
  out += "</ul></nav>\n";
}

}  // namespace

void begin_page(std::string& out, const Texts& texts, const std::string& title,
                std::string_view more_css) {
  out +=
      "<!DOCTYPE html>\n<html lang=\"" + html(texts("lang")) + "\">\n<head>\n";
  out +=
      "<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n";
  element(out, "title", "", title + " \u2013 etherpeil");
  out += "<style>\n";
  out += data::report_css();
  out += more_css;
  out += "</style>\n</head>\n<body>\n";
  out +=
      "<a class=\"skip\" href=\"#main\">" + html(texts("page.skip")) + "</a>\n";
}

void end_page(std::string& out, std::string_view footer) {
  open(out, "footer");
  element(out, "p", "", footer);
  out += "</footer>\n</body>\n</html>\n";
}

const MetricDefinition* View::definition(std::string_view id) const {
  const auto at =
      std::find_if(findings.definitions.begin(), findings.definitions.end(),
                   [&](const MetricDefinition& d) { return d.id == id; });
  return at == findings.definitions.end() ? nullptr : &*at;
}

const Metric* View::total(std::string_view id, const std::string& group) const {
  const auto at = std::find_if(
      findings.totals.begin(), findings.totals.end(),
      [&](const Metric& m) { return m.id == id && m.group == group; });
  return at == findings.totals.end() ? nullptr : &*at;
}

std::string Doubt::share(const Texts& texts) const {
  if (messages == 0) return texts("number.none");
  const double percent =
      100 * static_cast<double>(abstained) / static_cast<double>(messages);
  return texts.fill("value.%", {{"n", texts.number(percent)}});
}

Doubt doubt_of(const View& view, Index group) {
  Doubt doubt;
  for (const DayCount& row : view.panel.days) {
    if (row.group != group) continue;
    doubt.messages += row.messages;
    doubt.abstained += row.abstained;
  }
  return doubt;
}

Doubt doubt_of_shown(const View& view) {
  Doubt all;
  for (Index i = 0; i < view.panel.study.groups.size(); ++i) {
    if (view.disclosure.total_hidden(Counted::messages, i)) continue;
    const Doubt one = doubt_of(view, i);
    all.messages += one.messages;
    all.abstained += one.abstained;
  }
  return all;
}

std::string View::group_name(Index group) const {
  const Group& one = panel.study.groups[group];
  return one.name.empty() ? one.key : one.name;
}

std::vector<std::string> View::report_names() const {
  std::vector<std::string> names;
  for (const Index label : courses.report_labels) {
    const LabelCode& code = panel.codes.labels[label];
    names.push_back(texts.find(
        "label." + code.key,
        texts.language() == Language::dutch ? code.name_nl : code.name_en));
  }
  return names;
}

Counted View::counted(std::string_view metric) const {
  const auto& list = findings.of_reports;
  return std::find(list.begin(), list.end(), metric) == list.end()
             ? Counted::messages
             : Counted::reports;
}

View view_of(const Panel& panel, const Findings& findings, const Texts& texts) {
  const Disclosure disclosure{panel};
  return {.panel = panel,
          .findings = findings,
          .texts = texts,
          .disclosure = disclosure,
          .courses = courses(panel, disclosure,
                             {.day = findings.instrument_change,
                              .symbol = "E",
                              .title = texts("timeline.instrument"),
                              .instrument = true})};
}

std::vector<std::string> explained(const std::vector<std::string>& slugs,
                                   const Texts& texts) {
  std::vector<std::string> out;
  for (const std::string& slug : slugs) {
    std::string text = texts.find("note." + slug, slug);
    if (std::find(out.begin(), out.end(), text) == out.end()) {
      out.push_back(std::move(text));
    }
  }
  return out;
}

void write_list(std::string& out, std::string_view title,
                const std::vector<std::string>& items) {
  if (items.empty()) return;
  open(out, "div", "notes");
  element(out, "p", "", title);
  open(out, "ul");
  for (const std::string& item : items) element(out, "li", "", item);
  close(out, "ul");
  close(out, "div");
}

void write_about(std::string& out, const View& view) {
  const Texts& texts = view.texts;
  open(out, "p", "about");
  for (const char* key : {"about.1", "about.2", "about.3"}) {
    out += html(texts(key));
    out += ' ';
  }
  close(out, "p");
  element(out, "h3", "", texts("read.title"));
  open(out, "dl", "terms");
  for (const char* key : {"read.report", "read.closed", "read.intervention",
                          "read.interval", "read.small", "read.hidden"}) {
    pair(out, texts(std::string{key} + ".name"), texts(key));
  }
  close(out, "dl");
}

void write_glance(std::string& out, const View& view) {
  open(out, "ul", "cards");
  for (const Course& course : view.courses.groups)
    write_card(out, view, course);
  close(out, "ul");
}

std::string page_html(const Panel& panel, const Findings& findings,
                      const Texts& texts) {
  const View view = view_of(panel, findings, texts);
  const std::string title =
      panel.study.title.empty() ? texts("page.untitled") : panel.study.title;
  std::vector<Section> sections{{"about", "about.title", write_about}};
  if (!view.courses.empty()) {
    sections.push_back({"glance", "glance.title", write_glance});
    sections.push_back({"timeline", "timeline.title", write_timelines});
    sections.push_back({"change", "change.title", write_changes});
    sections.push_back({"quarters", "quarters.title", write_quarters});
    sections.push_back({"sources", "sources.title", write_sources});
  }
  std::string out;
  begin_page(out, texts, title, {});
  write_masthead(out, view, title);
  write_contents(out, view, sections);
  out += "<main id=\"main\">\n";
  for (const Section& section : sections) {
    out += "<section id=\"" + std::string{section.id} + "\">\n";
    element(out, "h2", "", texts(section.title));
    section.write(out, view);
    out += "</section>\n";
  }
  if (view.courses.empty()) element(out, "p", "empty", texts("page.no-data"));
  out += "</main>\n";
  end_page(out, texts.fill("page.footer", {{"version", std::string{version}}}));
  return out;
}

}  // namespace etherpeil::report
