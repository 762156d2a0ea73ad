#include "report/audit_story.hpp"

#include <algorithm>

#include "etherpeil/version.hpp"
#include "text/utf8.hpp"

namespace etherpeil::report {
namespace {

constexpr std::size_t most_examples = 3;
constexpr std::size_t most_reminders = 6;

const HouseRule& rule_of(std::string_view id) {
  const auto rules = house_rules();
  return *std::find_if(rules.begin(), rules.end(),
                       [&](const HouseRule& rule) { return rule.id == id; });
}

class Teller {
 public:
  Teller(const Audit& audit, const Ruleset& ruleset, const Chat& chat,
         const Texts& texts, const AuditReportOptions& options)
      : audit_(audit),
        ruleset_(ruleset),
        chat_(chat),
        texts_(texts),
        options_(options) {}

  AuditStory tell() {
    AuditStory story;
    story.title = texts_.fill(
        "audit.title",
        {{"group", audit_.group.empty() ? texts_("audit.group.unknown")
                                        : audit_.group}});
    story.lead = lead();
    story.about =
        texts_(options_.coded_by_people ? "audit.about.people" : "audit.about");
    good(story);
    for (const std::string& id : audit_.focus) {
      for (const RuleResult& result : audit_.rules) {
        if (result.id == id) story.focus.push_back(rule_story(result));
      }
    }
    balance(story);
    rules(story);
    reminders(story);
    paste(story);
    notes(story);
    return story;
  }

 private:
  [[nodiscard]] bool dutch() const {
    return texts_.language() == Language::dutch;
  }
  [[nodiscard]] const RuleText& words_of(const HouseRule& rule) const {
    return dutch() ? rule.dutch : rule.english;
  }
  [[nodiscard]] std::string share(const Share& share) const {
    return texts_.fill("audit.of", {{"n", texts_.count(share.found)},
                                    {"of", texts_.count(share.of)}});
  }
  [[nodiscard]] std::string percent(const Share& share) const {
    if (share.of == 0) return texts_("number.none");
    return texts_.fill(
        "value.%",
        {{"n", texts_.number(100.0 * static_cast<double>(share.found) /
                                 static_cast<double>(share.of),
                             0)}});
  }
  [[nodiscard]] std::string clock(LocalTime time) const {
    const LocalDay day = std::chrono::floor<std::chrono::days>(time);
    const auto minutes =
        std::chrono::duration_cast<std::chrono::minutes>(time - day).count();
    const auto two = [](long n) {
      return (n < 10 ? "0" : "") + std::to_string(n);
    };
    return texts_.day(day) + ' ' + two(minutes / 60) + ':' + two(minutes % 60);
  }

  [[nodiscard]] std::string lead() const {
    return texts_.fill(
        "audit.lead",
        {{"first", texts_.day(audit_.first)},
         {"last", texts_.day(audit_.last)},
         {"messages", texts_.plural("unit.message", audit_.messages)},
         {"reports", texts_.plural("unit.report", audit_.reports)},
         {"rules", ruleset_.title(dutch())}});
  }

  void good(AuditStory& story) const {
    const GoodSigns& good = audit_.good;
    const auto add = [&](std::string_view key, const GoodSign& seen) {
      if (seen.found == 0) return;
      std::vector<Filling> values = fillings(seen.share());
      values.push_back(
          {"where", texts_.day(std::chrono::floor<std::chrono::days>(
                        seen.latest->time))});
      values.push_back(
          {"hours", std::to_string(ruleset_.threshold("R19", "hours"))});
      story.good.push_back(filled(texts_(key), values, seen.found));
    };
    add("audit.good.complete", good.complete);
    add("audit.good.closed", good.closed);
    add("audit.good.called", good.called);
    add("audit.good.thanked", good.thanked);
    for (const RuleResult& result : audit_.rules) {
      const HouseRule& rule = rule_of(result.id);
      if (rule.good && result.share.found > 0)
        story.good.push_back(sentence(result));
      if (rule.good || rule.grade == Grade::weak || !result.trend ||
          result.trend->course != Trend::Course::less)
        continue;
      story.good.push_back(texts_.fill(
          "audit.good.less", {{"name", words_of(rule).name},
                              {"after", share(result.trend->after)},
                              {"before", share(result.trend->before)}}));
    }
    if (story.good.empty()) story.good.push_back(texts_("audit.good.none"));
    if (!good.roles_known) story.good.push_back(texts_("audit.good.roles"));
  }

  void balance(AuditStory& story) const {
    constexpr std::array<std::string_view, purposes> keys{
        "audit.balance.safety", "audit.balance.noise", "audit.balance.talk",
        "audit.balance.other", "audit.balance.unclear"};
    for (std::size_t i = 0; i < purposes; ++i) {
      Share sum{.of = audit_.messages};
      for (const MonthPurposes& month : audit_.purposes)
        sum.found += month.messages[i];
      story.balance.push_back({.purpose = static_cast<Purpose>(i),
                               .name = texts_(keys[i]),
                               .count = texts_.count(sum.found),
                               .share = percent(sum)});
    }
    story.regime =
        texts_("audit.regime." + std::string{to_string(audit_.regime)});
  }

  [[nodiscard]] std::vector<Filling> fillings(const Share& share) const {
    return {{"n", texts_.count(share.found)},
            {"of", texts_.count(share.of)},
            {"share.all", texts_("audit.share.all")},
            {"share.of", texts_("audit.share.of")}};
  }

  [[nodiscard]] std::vector<Filling> fillings(const HouseRule& rule,
                                              const Share& share = {}) const {
    std::vector<Filling> values = fillings(share);
    for (const auto& [name, threshold] : rule.thresholds) {
      values.push_back(
          {name, std::to_string(ruleset_.threshold(rule.id, name))});
    }
    return values;
  }

  [[nodiscard]] std::vector<Filling> fillings(const RuleResult& result) const {
    return fillings(rule_of(result.id), result.share);
  }

  [[nodiscard]] std::string sentence(const RuleResult& result) const {
    return filled(words_of(rule_of(result.id)).seen, fillings(result),
                  result.share.found);
  }

  /// The rule, and how much of it the group accepts.
  [[nodiscard]] std::string says(const HouseRule& rule) const {
    std::string text = filled(words_of(rule).says, fillings(rule), 0);
    const std::int64_t most = ruleset_.threshold(rule.id, "tolerated");
    if (most == 0) return text;
    return text + ' ' +
           texts_.fill("audit.says.tolerated", {{"n", std::to_string(most)}});
  }

  [[nodiscard]] std::string details(const RuleResult& result) const {
    struct Part {
      std::uint64_t n{};
      std::string text{};
    };
    std::vector<Part> parts;
    for (const auto& [key, form] : words_of(rule_of(result.id)).details) {
      const auto n = static_cast<std::uint64_t>(
          std::count_if(result.findings.begin(), result.findings.end(),
                        [&, &wanted = key](const Finding& finding) {
                          return finding.detail == wanted;
                        }));
      if (n > 0)
        parts.push_back({n, filled(form, {{"n", texts_.count(n)}}, n)});
    }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const Part& a, const Part& b) { return a.n > b.n; });
    std::string line;
    for (const Part& part : parts)
      line += (line.empty() ? "" : ", ") + part.text;
    return line;
  }

  [[nodiscard]] std::string quote(const Finding& finding) const {
    const Evidence& first = finding.evidence.front();
    // WhatsApp's own lines name people.
    if (!chat_.messages[first.message].human()) return {};
    std::string_view words = chat_.text(first.message);
    words = words.substr(first.start, first.end - first.start);
    constexpr std::size_t most = 80;
    std::size_t end = 0;
    for (std::size_t n = 0; n < most && end < words.size(); ++n)
      end += text::decode(words, end).length;
    std::string quoted{words.substr(0, end)};
    std::replace_if(
        quoted.begin(), quoted.end(),
        [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    return quoted + (end < words.size() ? "…" : "");
  }

  [[nodiscard]] std::string example(const Finding& finding) const {
    std::string line =
        finding.line == 0 ? clock(finding.time)
                          : texts_.fill("audit.examples.line",
                                        {{"line", std::to_string(finding.line)},
                                         {"time", clock(finding.time)}});
    const Message& message = chat_.messages[finding.message];
    if (options_.names && message.human())
      line += ", " + chat_.authors[message.author].name;
    if (options_.texts) {
      const std::string words = quote(finding);
      if (!words.empty()) line += ": “" + words + "”";
    }
    return line;
  }

  [[nodiscard]] RuleStory rule_story(const RuleResult& result) const {
    const HouseRule& rule = rule_of(result.id);
    RuleStory story{.rule = &rule,
                    .text = &words_of(rule),
                    .result = &result,
                    .says = says(rule),
                    .sentence = sentence(result),
                    .tip = filled(words_of(rule).suggestion, fillings(result),
                                  result.share.found),
                    .details = details(result)};
    if (result.trend && result.trend->course != Trend::Course::too_few) {
      story.trend = texts_.fill(
          "audit.trend." + std::string{to_string(result.trend->course)},
          {{"after", share(result.trend->after)},
           {"before", share(result.trend->before)}});
    }
    const std::size_t shown = std::min(most_examples, result.findings.size());
    for (std::size_t i = 0; i < shown; ++i) {
      story.examples.push_back(
          example(result.findings[result.findings.size() - 1 - i]));
    }
    if (result.findings.size() > shown) {
      story.examples.push_back(
          texts_.fill("audit.examples.more",
                      {{"n", texts_.count(result.findings.size() - shown)}}));
    }
    return story;
  }

  void rules(AuditStory& story) const {
    for (const RuleTheme& theme : rule_themes()) {
      ThemeStory under{.title = dutch() ? theme.dutch : theme.english};
      for (const RuleResult& result : audit_.rules) {
        const HouseRule& rule = rule_of(result.id);
        if (rule.theme != theme.key || rule.good || result.share.found == 0)
          continue;
        under.rules.push_back(rule_story(result));
      }
      if (!under.rules.empty()) story.themes.push_back(std::move(under));
    }
    for (const RuleResult& result : audit_.rules) {
      if (result.share.found > 0) continue;
      const RuleText& words = words_of(rule_of(result.id));
      if (result.hidden) {
        story.hidden.push_back(words.name);
        continue;
      }
      const bool silent = result.share.of == 0;
      auto& list = silent ? story.silent : story.clean;
      list.push_back(texts_.fill(
          silent ? "audit.rules.silent.item" : "audit.rules.clean.item",
          {{"name", words.name},
           {"of", texts_.count(result.share.of)},
           {"unit", filled(words.unit, fillings(result), result.share.of)}}));
    }
    for (const HouseRule& rule : house_rules()) {
      if (!ruleset_.is_on(rule.id)) story.off.push_back(words_of(rule).name);
    }
    for (const UnseenRule& rule : unseen_rules())
      story.unseen.push_back(dutch() ? rule.dutch : rule.english);
  }

  [[nodiscard]] std::string remark(const Reminder& reminder) const {
    if (!reminder.whole) return texts_("audit.reminders.cut");
    if (reminder.too_few) return texts_("audit.reminders.few");
    if (!reminder.alone) return texts_("audit.reminders.other");
    return {};
  }

  void reminders(AuditStory& story) const {
    if (audit_.reminders.empty()) {
      story.reminders.push_back(texts_("audit.reminders.none"));
      return;
    }
    story.reminders.push_back(
        texts_.plural("audit.reminders", audit_.reminders.size()));
    std::array<Share, 4> sums{};
    std::uint64_t compared = 0;
    bool alone = true;
    for (const Reminder& reminder : audit_.reminders) {
      if (!reminder.whole || reminder.too_few) continue;
      ++compared;
      alone = alone && reminder.alone;
      const std::array<Share, 4> each{
          reminder.noise_before, reminder.noise_after, reminder.talk_before,
          reminder.talk_after};
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i].found += each[i].found;
        sums[i].of += each[i].of;
      }
    }
    if (compared == 0) {
      story.reminders.push_back(texts_("audit.reminders.too-few"));
    } else {
      const auto both = [&](const Share& seen) {
        return percent(seen) + " (" + share(seen) + ')';
      };
      story.reminders.push_back(texts_.fill("audit.reminders.pooled",
                                            {{"n", texts_.count(compared)},
                                             {"noise-before", both(sums[0])},
                                             {"noise-after", both(sums[1])},
                                             {"talk-before", both(sums[2])},
                                             {"talk-after", both(sums[3])}}));
      story.reminders.push_back(
          texts_(alone ? "audit.reminders.cause" : "audit.reminders.overlap"));
    }
    const std::size_t shown = std::min(most_reminders, audit_.reminders.size());
    for (std::size_t i = audit_.reminders.size() - shown;
         i < audit_.reminders.size(); ++i) {
      const Reminder& reminder = audit_.reminders[i];
      story.latest_reminders.push_back(
          {.day =
               texts_.day(std::chrono::floor<std::chrono::days>(reminder.time)),
           .noise_before = share(reminder.noise_before),
           .noise_after = share(reminder.noise_after),
           .talk_before = share(reminder.talk_before),
           .talk_after = share(reminder.talk_after),
           .remark = remark(reminder)});
    }
  }

  void paste(AuditStory& story) const {
    const Monthly& monthly = audit_.monthly;
    const auto number = static_cast<unsigned>(
        std::chrono::year_month_day{monthly.month}.month());
    const std::string month = texts_("month." + std::to_string(number));
    const auto said = [&](std::string_view key, std::uint64_t n) {
      return texts_.fill(key, {{"n", texts_.count(n)}, {"month", month}});
    };
    story.paste_why = texts_.fill("audit.paste.why",
                                  {{"month", texts_.month(monthly.month)}});
    story.paste.push_back(texts_("audit.paste.hello"));
    story.paste.push_back(said(monthly.reports == 0   ? "audit.paste.none"
                               : monthly.reports == 1 ? "audit.paste.one"
                                                      : "audit.paste.more",
                               monthly.reports));
    if (monthly.closed > 0) {
      story.paste.push_back(said(monthly.reports == 1 ? "audit.paste.closed.it"
                                 : monthly.closed == 1
                                     ? "audit.paste.closed.one"
                                     : "audit.paste.closed.more",
                                 monthly.closed));
    }
    if (monthly.rules.empty()) {
      story.paste.push_back(texts_("audit.paste.keep"));
    } else {
      story.paste.push_back(texts_("audit.paste.ask"));
    }
    for (const std::string& id : monthly.rules) {
      const HouseRule& rule = rule_of(id);
      story.paste.push_back("- " +
                            filled(words_of(rule).ask, fillings(rule), 0));
    }
    if (!monthly.rules.empty())
      story.paste.push_back(texts_("audit.paste.thanks"));
    story.paste.push_back(texts_("audit.paste.bye"));
  }

  void notes(AuditStory& story) const {
    story.notes.push_back(texts_("audit.notes.of"));
    if (audit_.messages > audit_.by_members ||
        audit_.reports > audit_.reports_by_members) {
      story.notes.push_back(texts_.fill(
          "audit.notes.members",
          {{"members", texts_.count(audit_.by_members)},
           {"messages", texts_.plural("unit.message", audit_.messages)},
           {"own", texts_.count(audit_.reports_by_members)},
           {"reports", texts_.plural("unit.report", audit_.reports)}}));
    }
    if (audit_.reports_cut > 0)
      story.notes.push_back(
          texts_.plural("audit.notes.cut", audit_.reports_cut));
    if (!audit_.reminders.empty())
      story.notes.push_back(texts_("audit.notes.m33"));
    if (audit_.doubtful > 0) {
      story.notes.push_back(filled(texts_("audit.notes.doubt"),
                                   fillings({audit_.doubtful, audit_.messages}),
                                   audit_.doubtful));
    }
    if (audit_.out_of_time > 0) {
      story.notes.push_back(
          texts_.plural("audit.notes.out-of-time", audit_.out_of_time));
    }
    if (audit_.deleted > 0)
      story.notes.push_back(
          texts_.plural("audit.notes.deleted", audit_.deleted));
    if (!audit_.good.roles_known)
      story.notes.push_back(texts_("audit.notes.roles"));
    if (audit_.appearance_only && audit_.appearance_only->found > 0) {
      story.notes.push_back(
          texts_.fill("audit.notes.appearance",
                      {{"n", texts_.count(audit_.appearance_only->found)},
                       {"of", texts_.count(audit_.appearance_only->of)}}));
    }
    story.notes.push_back(texts_("audit.notes.reactions"));
    const bool open = options_.names || options_.texts;
    story.notes.push_back(texts_(!audit_.words ? "audit.notes.database"
                                 : open        ? "audit.notes.open"
                                               : "audit.notes.lines"));
    story.footer = texts_.fill(open ? "audit.footer.open" : "page.footer",
                               {{"version", std::string{version}}});
  }

  const Audit& audit_;
  const Ruleset& ruleset_;
  const Chat& chat_;
  const Texts& texts_;
  const AuditReportOptions& options_;
};

}  // namespace

std::string filled(std::string_view form, const std::vector<Filling>& fillings,
                   std::uint64_t n) {
  constexpr std::string_view share = "share:";
  const auto value = [&](std::string_view name) {
    const auto found = std::find_if(
        fillings.begin(), fillings.end(),
        [name](const Filling& filling) { return filling.name == name; });
    return found == fillings.end() ? std::string{} : found->value;
  };
  std::string out;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t close =
        form[at] == '{' ? form.find('}', at) : std::string_view::npos;
    if (close == std::string_view::npos) {
      out += form[at++];
      continue;
    }
    std::string_view name = form.substr(at + 1, close - at - 1);
    const std::size_t start = out.size();
    const bool shares = name.substr(0, share.size()) == share;
    if (shares) name.remove_prefix(share.size());
    const std::size_t bar = name.find('|');
    if (shares) {
      const std::string of = value("of");
      out += of == "1" ? std::string{name.substr(0, bar)}
             : of == value("n")
                 ? value("share.all") + ' ' + of + ' ' +
                       std::string{name.substr(bar + 1)}
                 : value("n") + ' ' + value("share.of") + ' ' + of + ' ' +
                       std::string{name.substr(bar + 1)};
    } else if (bar != std::string_view::npos) {
      out += n == 1 ? name.substr(0, bar) : name.substr(bar + 1);
    } else {
      out += value(name);
    }
    // A sentence may begin with the share.
    if (shares && start == 0 && out.front() >= 'a' && out.front() <= 'z')
      out.front() = static_cast<char>(out.front() - 'a' + 'A');
    at = close + 1;
  }
  return out;
}

AuditStory story_of(const Audit& audit, const Ruleset& ruleset,
                    const Chat& chat, const Texts& texts,
                    const AuditReportOptions& options) {
  return Teller{audit, ruleset, chat, texts, options}.tell();
}

}  // namespace etherpeil::report
