#include "etherpeil/analysis.hpp"

#include "etherpeil/error.hpp"
#include "etherpeil/version.hpp"
#include "hash/hash.hpp"
#include "text/fold.hpp"

namespace etherpeil {
namespace {

Analysis finish(Chat chat, std::vector<Role> roles, std::vector<Label> labels,
                const std::string& model, const Codebook& codebook,
                const IncidentOptions& options) {
  Analysis analysis;
  analysis.codes = codebook.codes();
  analysis.incidents =
      find_incidents(chat, labels, analysis.codes, roles, options);
  analysis.provenance = {.library = std::string{version},
                         .codebook = analysis.codes.id + "/" +
                                     std::to_string(analysis.codes.version),
                         .codebook_sha256 = codebook.sha256(),
                         .model = model,
                         .unicode = text::unicode_version()};
  analysis.diagnostics.insert(analysis.diagnostics.begin(),
                              chat.diagnostics.begin(), chat.diagnostics.end());
  analysis.sha256 = hash::hex(hash::sha256(chat.bytes.view));
  analysis.text_bytes = chat.bytes.view.size();
  analysis.chat = std::move(chat);
  analysis.roles = std::move(roles);
  analysis.labels = std::move(labels);
  return analysis;
}

}  // namespace

Analyser::Analyser(const AnalyserOptions& options, Classifier classifier)
    : options_(options), classifier_(std::move(classifier)) {}

std::string Analyser::configuration() const {
  const auto& order = options_.parse.date_order;
  const IncidentOptions& incidents = options_.incidents;
  return "{\"date_order\":" +
         (order ? '"' + std::string{to_string(*order)} + '"' : "null") +
         ",\"max_gap_minutes\":" + std::to_string(incidents.max_gap.count()) +
         ",\"outcome_window_hours\":" +
         std::to_string(incidents.outcome_window.count()) +
         ",\"report_window_minutes\":" +
         std::to_string(incidents.report_window.count()) + "}";
}

Analysis Analyser::run(const std::filesystem::path& path,
                       std::span<const RoleEntry> roles) const {
  return run(parse_file(path, options_.parse), roles);
}

Analysis Analyser::run(Chat chat, std::span<const RoleEntry> entries) const {
  std::vector<Diagnostic> diagnostics;
  std::vector<Role> roles = assign_roles(chat, entries, diagnostics);
  std::vector<Label> labels = classifier_.classify(chat, roles);
  Analysis analysis = finish(std::move(chat), std::move(roles),
                             std::move(labels), classifier_.model_id(),
                             classifier_.codebook(), options_.incidents);
  analysis.diagnostics.insert(analysis.diagnostics.end(), diagnostics.begin(),
                              diagnostics.end());
  return analysis;
}

Analysis Analyser::run(Chat chat, std::vector<Label> labels,
                       const std::string& model,
                       std::span<const RoleEntry> entries) const {
  if (labels.size() != chat.messages.size()) {
    throw Error{Errc::argument,
                chat.source + ": " + std::to_string(labels.size()) +
                    " labels for " + std::to_string(chat.messages.size()) +
                    " messages; give one for each"};
  }
  const std::size_t codes = classifier_.codebook().codes().labels.size();
  for (const Label& label : labels) {
    if (label.code != not_coded && label.code >= codes) {
      throw Error{Errc::argument,
                  chat.source + ": a label has code " +
                      std::to_string(label.code) + ", the codebook has " +
                      std::to_string(codes) + "; use its codes"};
    }
  }
  std::vector<Diagnostic> diagnostics;
  std::vector<Role> roles = assign_roles(chat, entries, diagnostics);
  Analysis analysis =
      finish(std::move(chat), std::move(roles), std::move(labels), model,
             classifier_.codebook(), options_.incidents);
  analysis.diagnostics.insert(analysis.diagnostics.end(), diagnostics.begin(),
                              diagnostics.end());
  return analysis;
}

}  // namespace etherpeil
