#pragma once
/// An audit in sentences: what the text for a terminal and the page both say.
/// Everything returned is plain text, neither escaped nor safe for a terminal.
#include <optional>
#include <string>
#include <vector>

#include "etherpeil/audit.hpp"
#include "etherpeil/report.hpp"
#include "report/texts.hpp"

namespace etherpeil::report {

/// A rule of which something was seen.
struct RuleStory {
  const HouseRule* rule{};
  const RuleText* text{};
  const RuleResult* result{};
  std::string says{};
  std::string sentence{};
  std::string tip{};
  std::string details{};  ///< empty when there is one form of it
  std::string trend{};    ///< empty for a short export
  std::vector<std::string> examples{};
};

struct ThemeStory {
  std::string title{};
  std::vector<RuleStory> rules{};
};

/// A kind of message in the balance of noise and talk.
struct BalanceLine {
  Purpose purpose{};
  std::string name{};
  std::string count{};
  std::string share{};
};

struct ReminderLine {
  std::string day{};
  std::string noise_before{};
  std::string noise_after{};
  std::string talk_before{};
  std::string talk_after{};
  std::string remark{};
};

struct AuditStory {
  std::string title{};
  std::string lead{};
  std::string about{};
  std::vector<std::string> good{};
  std::vector<RuleStory> focus{};
  std::vector<BalanceLine> balance{};
  std::string regime{};
  std::vector<ThemeStory> themes{};  ///< rules that were seen
  std::vector<std::string> clean{};
  std::vector<std::string> silent{};
  std::vector<std::string> hidden{};  ///< rules that need words
  std::vector<std::string> off{};
  std::vector<std::string> unseen{};
  std::vector<std::string> reminders{};  ///< sentences
  std::vector<ReminderLine> latest_reminders{};
  std::string paste_why{};
  std::vector<std::string> paste{};  ///< lines
  std::vector<std::string> notes{};
  std::string footer{};
};

[[nodiscard]] AuditStory story_of(const Audit& audit, const Ruleset& ruleset,
                                  const Chat& chat, const Texts& texts,
                                  const AuditReportOptions& options);

/// "{n} {is|are} seen in {of}" with its places filled; "{one|more}" by n.
/// "{share:the only report|reports}" is that, "all 3 reports" or "2 of 3
/// reports", by the fillings n, of, share.all and share.of.
[[nodiscard]] std::string filled(std::string_view form,
                                 const std::vector<Filling>& fillings,
                                 std::uint64_t n);

[[nodiscard]] std::string audit_text(const AuditStory& story,
                                     const Texts& texts);
[[nodiscard]] std::string audit_html(const AuditStory& story,
                                     const Audit& audit, const Texts& texts);
[[nodiscard]] std::string audit_json(const Audit& audit, const Ruleset& ruleset,
                                     const Chat& chat,
                                     const AuditReportOptions& options);

}  // namespace etherpeil::report
