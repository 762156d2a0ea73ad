#pragma once
/// The order of the steps, for those who want the whole.
#include <filesystem>
#include <functional>
#include <span>

#include "etherpeil/audit.hpp"
#include "etherpeil/classify.hpp"
#include "etherpeil/compare.hpp"
#include "etherpeil/incidents.hpp"
#include "etherpeil/parse.hpp"
#include "etherpeil/store.hpp"
#include "etherpeil/study.hpp"
#include "etherpeil/types.hpp"

namespace etherpeil {

struct AnalyserOptions {
  ParseOptions parse{};
  IncidentOptions incidents{};
};

/// parse, assign roles, classify, find incidents. Costs something to make;
/// immutable; `run` may be called from many threads.
class Analyser {
 public:
  explicit Analyser(const AnalyserOptions& options = {},
                    Classifier classifier = Classifier::dutch());
  /// @throws Error as `parse_file`
  [[nodiscard]] Analysis run(const std::filesystem::path& path,
                             std::span<const RoleEntry> roles = {}) const;
  /// The steps after parsing, for a chat that is there already.
  [[nodiscard]] Analysis run(Chat chat,
                             std::span<const RoleEntry> roles = {}) const;
  /// The same with labels that came from elsewhere (human codes, another
  /// model, named by `model`): one per message.
  /// @throws Error argument when their number differs
  [[nodiscard]] Analysis run(Chat chat, std::vector<Label> labels,
                             const std::string& model,
                             std::span<const RoleEntry> roles = {}) const;

  /// What is known of the labels of a chat with these roles per message: one
  /// for each, `not_coded` where nothing is (`Store::labels`).
  using Known =
      std::function<std::vector<Label>(const Chat&, std::span<const Role>)>;
  /// The steps after parsing, where labels that are known are not found again
  /// (`Classifier::complete`). They have a probability of 1, or 0 when they
  /// abstain; all else is as by `run`.
  [[nodiscard]] Analysis run(Chat chat, std::span<const RoleEntry> roles,
                             const Known& known) const;

  /// What a result of `run` is made with.
  [[nodiscard]] Provenance provenance() const;
  /// The options as JSON, for the provenance of a result.
  [[nodiscard]] std::string configuration() const;
  /// The classifier that `run` uses, for its reasons.
  [[nodiscard]] const Classifier& classifier() const& { return classifier_; }
  const Classifier& classifier() && = delete;

 private:
  AnalyserOptions options_;
  Classifier classifier_;
};

/// What a database remembers of a group, as an analysis: messages without
/// words, authors by pseudonym, removals as records of their own. It covers the
/// days that the database covers, gives labels no probability other than 1 or,
/// when they abstain, 0, and times of replies no message. Lines are those of
/// the export; 0 when the group has several. For `audit`.
/// @throws Error argument for an unknown group
[[nodiscard]] Analysis recall(const Panel& panel, std::string_view group);

/// Keeps in a database what the audit of `recall(panel, group)` saw, in place
/// of what an earlier audit of the group saw; `panel` is what the store gave
/// last. Gives the key of the run: what it was made with and from (view v_run).
/// @throws Error as `Store::write_findings`
std::string keep_audit(Store& store, const Panel& panel, std::string_view group,
                       const Audit& audit, const Ruleset& ruleset,
                       const AuditOptions& options = {});
/// Keeps a comparison of `panel` likewise, beside earlier ones, so that a
/// figure in a paper leads to what it was made with and from.
std::string keep_comparison(Store& store, const Panel& panel,
                            const Comparison& comparison);

}  // namespace etherpeil
