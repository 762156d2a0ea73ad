/// The ways out of an audit.
#include "report/audit_story.hpp"

namespace etherpeil {

void write_audit(const Audit& audit, const Ruleset& ruleset, const Chat& chat,
                 const Sink& sink, const AuditReportOptions& options) {
  const report::Texts texts{options.language};
  switch (options.format) {
    case AuditFormat::json:
      return sink(report::audit_json(audit, ruleset, chat, options));
    case AuditFormat::html:
      return sink(report::audit_html(
          report::story_of(audit, ruleset, chat, texts, options), audit,
          texts));
    case AuditFormat::text:
      return sink(report::audit_text(
          report::story_of(audit, ruleset, chat, texts, options), texts));
  }
}

}  // namespace etherpeil
