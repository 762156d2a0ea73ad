/// All findings of an audit as one JSON document.
#include <algorithm>

#include "json/json.hpp"
#include "report/audit_story.hpp"
#include "text/times.hpp"

namespace etherpeil::report {
namespace {

void write_share(json::Writer& out, std::string_view key, const Share& share) {
  out.key(key).begin_object();
  out.member("found", share.found).member("of", share.of).end_object();
}

class Document {
 public:
  Document(const Chat& chat, const AuditReportOptions& options)
      : chat_(chat), options_(options), out_(text_) {}

  std::string write(const Audit& audit, const Ruleset& ruleset) {
    numbered_ = audit.words;
    out_.begin_object().member("format", "etherpeil-audit/1");
    out_.member("group", audit.group);
    out_.member("first", text::iso(audit.first));
    out_.member("last", text::iso(audit.last));
    out_.key("ruleset").begin_object().member("id", ruleset.id());
    out_.member("version", ruleset.version());
    out_.member("regime", to_string(ruleset.regime())).end_object();
    out_.member("regime", to_string(audit.regime));
    out_.member("out_of_time", audit.out_of_time);
    out_.member("coded_by", options_.coded_by_people ? "people" : "computer");
    out_.member("messages", audit.messages);
    out_.member("messages_by_members", audit.by_members);
    out_.member("doubtful", audit.doubtful);
    out_.member("deleted", audit.deleted).member("reports", audit.reports);
    out_.member("reports_by_members", audit.reports_by_members);
    out_.member("reports_on_cut_days", audit.reports_cut);
    out_.key("rules").begin_array();
    for (const RuleResult& result : audit.rules) write_rule(result);
    out_.end_array();
    write_good(audit.good);
    if (audit.appearance_only)
      write_share(out_, "appearance_only", *audit.appearance_only);
    out_.key("purposes").begin_array();
    for (const MonthPurposes& month : audit.purposes) write_purposes(month);
    out_.end_array().key("reminders").begin_array();
    for (const Reminder& reminder : audit.reminders) write_reminder(reminder);
    out_.end_array().key("focus").begin_array();
    for (const std::string& id : audit.focus) out_.value(id);
    out_.end_array().key("monthly").begin_object();
    out_.member("month", text::iso(audit.monthly.month).substr(0, 7));
    out_.member("reports", audit.monthly.reports);
    out_.member("closed", audit.monthly.closed).key("rules").begin_array();
    for (const std::string& id : audit.monthly.rules) out_.value(id);
    out_.end_array().end_object().end_object();
    return std::move(text_) + '\n';
  }

 private:
  void write_rule(const RuleResult& result) {
    const auto rules = house_rules();
    const auto rule =
        std::find_if(rules.begin(), rules.end(),
                     [&](const HouseRule& r) { return r.id == result.id; });
    out_.begin_object().member("id", result.id);
    out_.member("grade", to_string(rule->grade)).member("good", rule->good);
    // Nothing seen is not the same as nothing done, and without an opportunity
    // there is nothing to see.
    out_.member("evidence", result.hidden             ? "not-visible"
                            : result.share.of == 0    ? "none"
                            : result.share.found == 0 ? "nothing-seen"
                                                      : "seen");
    out_.member("found", result.share.found).member("of", result.share.of);
    out_.key("trend");
    if (result.trend) {
      out_.begin_object();
      write_share(out_, "before", result.trend->before);
      write_share(out_, "after", result.trend->after);
      out_.member("course", to_string(result.trend->course)).end_object();
    } else {
      out_.null();
    }
    out_.key("months").begin_array();
    for (const MonthShare& month : result.months) {
      out_.begin_object().member("month", text::iso(month.first).substr(0, 7));
      out_.member("found", month.share.found).member("of", month.share.of);
      out_.end_object();
    }
    out_.end_array().key("findings").begin_array();
    for (const Finding& finding : result.findings) write_finding(finding);
    out_.end_array().end_object();
  }

  /// A database knows no numbers of messages, and lines of one export only.
  void write_place(Index message, std::uint64_t line) {
    out_.key("n");
    if (numbered_) {
      out_.value(std::uint64_t{message} + 1);
    } else {
      out_.null();
    }
    out_.key("line");
    if (line > 0) {
      out_.value(line);
    } else {
      out_.null();
    }
  }

  void write_finding(const Finding& finding) {
    out_.begin_object();
    write_place(finding.message, finding.line);
    out_.member("time", text::iso(finding.time)).key("incident");
    if (finding.incident) {
      out_.value(std::uint64_t{*finding.incident} + 1);
    } else {
      out_.null();
    }
    if (!finding.detail.empty()) out_.member("detail", finding.detail);
    out_.key("confidence");
    if (finding.confidence) {
      out_.value(*finding.confidence);
    } else {
      out_.null();
    }
    const Message& message = chat_.messages[finding.message];
    if (options_.names && message.human())
      out_.member("author", chat_.authors[message.author].name);
    out_.key("evidence").begin_array();
    for (const Evidence& evidence : finding.evidence) write_evidence(evidence);
    out_.end_array().end_object();
  }

  void write_evidence(const Evidence& evidence) {
    out_.begin_object();
    write_place(evidence.message, chat_.line(evidence.message));
    out_.key("span").begin_array().value(evidence.start).value(evidence.end);
    out_.end_array();
    // WhatsApp's own lines name people.
    if (options_.texts && chat_.messages[evidence.message].human()) {
      out_.member("text",
                  chat_.text(evidence.message)
                      .substr(evidence.start, evidence.end - evidence.start));
    }
    out_.end_object();
  }

  void write_good(const GoodSigns& good) {
    out_.key("good").begin_object().member("roles_known", good.roles_known);
    write_share(out_, "complete", good.complete.share());
    write_share(out_, "closed", good.closed.share());
    write_share(out_, "thanked", good.thanked.share());
    write_share(out_, "called", good.called.share());
    out_.end_object();
  }

  void write_purposes(const MonthPurposes& month) {
    constexpr std::array<std::string_view, purposes> keys{
        "safety", "noise", "talk", "other", "unclear"};
    out_.begin_object().member("month", text::iso(month.first).substr(0, 7));
    for (std::size_t i = 0; i < purposes; ++i)
      out_.member(keys[i], month.messages[i]);
    out_.end_object();
  }

  void write_reminder(const Reminder& reminder) {
    out_.begin_object();
    write_place(reminder.message, reminder.line);
    out_.member("time", text::iso(reminder.time));
    write_share(out_, "noise_before", reminder.noise_before);
    write_share(out_, "noise_after", reminder.noise_after);
    write_share(out_, "talk_before", reminder.talk_before);
    write_share(out_, "talk_after", reminder.talk_after);
    out_.member("whole", reminder.whole).member("alone", reminder.alone);
    out_.member("too_few", reminder.too_few).end_object();
  }

  bool numbered_{true};
  const Chat& chat_;
  const AuditReportOptions& options_;
  std::string text_{};
  json::Writer out_;
};

}  // namespace

std::string audit_json(const Audit& audit, const Ruleset& ruleset,
                       const Chat& chat, const AuditReportOptions& options) {
  return Document{chat, options}.write(audit, ruleset);
}

}  // namespace etherpeil::report
