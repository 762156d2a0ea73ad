#include "etherpeil/analysis.hpp"

#include <algorithm>
#include <map>

#include "audit/subtypes.hpp"
#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/version.hpp"
#include "hash/hash.hpp"
#include "json/json.hpp"
#include "text/fold.hpp"

namespace etherpeil {
namespace {

Provenance made_with(const Codebook& codebook, const std::string& model) {
  const Codes& codes = codebook.codes();
  return {.library = std::string{version},
          .codebook = codes.id + "/" + std::to_string(codes.version),
          .codebook_sha256 = codebook.sha256(),
          .model = model,
          .unicode = text::unicode_version()};
}

Analysis finish(Chat chat, std::vector<Role> roles, std::vector<Label> labels,
                const std::string& model, const Codebook& codebook,
                const IncidentOptions& options) {
  Analysis analysis;
  analysis.codes = codebook.codes();
  rules::add_subtypes(chat, analysis.codes, labels);
  analysis.incidents =
      find_incidents(chat, labels, analysis.codes, roles, options);
  analysis.provenance = made_with(codebook, model);
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

// ---------------------------------------------------------------------- recall

namespace {

/// A message of a panel, or one that a membership stands for.
struct Recalled {
  LocalTime time{};
  std::optional<Index> row{};  ///< in `Panel::messages`
  SystemEvent event{SystemEvent::none};
};

/// Messages in the order of their file, with what system lines told in between.
std::vector<Recalled> recalled(const Panel& panel, Index group) {
  std::vector<Recalled> all;
  auto next = panel.memberships.begin();
  const auto told_until = [&](LocalTime time) {
    for (; next != panel.memberships.end(); ++next) {
      if (next->group != group) continue;
      if (next->time > time) return;
      all.insert(all.end(), next->people,
                 {next->time, std::nullopt, next->event});
    }
  };
  for (Index i = 0; i < panel.messages.size(); ++i) {
    if (panel.messages.group[i] != group) continue;
    told_until(panel.messages.time[i]);
    all.push_back({panel.messages.time[i], i});
  }
  told_until(LocalTime::max());
  return all;
}

/// Fills the chat, its roles and labels, and where the rows of the panel went.
class Recall {
 public:
  Recall(const Panel& panel, Index group) : panel_(panel), group_(group) {
    result_.chat.group_name = panel.study.groups[group].name;
    result_.codes = panel.codes;
    const auto files = std::count_if(
        panel.files.begin(), panel.files.end(),
        [group](const FileRow& file) { return file.group == group; });
    numbered_ = files == 1;
  }

  Analysis run() {
    std::uint64_t lines = 0;
    for (const Recalled& one : recalled(panel_, group_)) {
      if (one.row) {
        add(*one.row);
        lines = std::max(lines, panel_.messages.line[*one.row]);
      } else {
        add(one.time, one.event);
      }
    }
    // The bytes of a file of which nothing is known but where its lines are.
    Chat& chat = result_.chat;
    chat.bytes = Bytes::from(std::string(lines, '\n'));
    for (std::size_t i = 0; i < chat.messages.size(); i += 64)
      chat.line_marks.push_back(numbered_ ? chat.messages[i].offset + 1 : 0);
    add_incidents();
    return std::move(result_);
  }

 private:
  void add(LocalTime time, SystemEvent event) {
    Message message;
    message.seconds =
        static_cast<std::uint32_t>(time.time_since_epoch().count());
    message.kind = Kind::system;
    message.event = event;
    // Its line is not kept: it gets that of the message before it.
    if (!result_.chat.messages.empty())
      message.offset = result_.chat.messages.back().offset;
    result_.chat.messages.push_back(message);
    result_.labels.emplace_back();
    result_.roles.push_back(Role::unknown);
    result_.incidents.of_message.emplace_back();
  }

  void add(Index row) {
    const Messages& all = panel_.messages;
    Message message;
    message.seconds =
        static_cast<std::uint32_t>(all.time[row].time_since_epoch().count());
    if (numbered_)
      message.offset = static_cast<std::uint32_t>(all.line[row] - 1);
    message.author = author_of(all.member[row]);
    message.kind = all.kind[row];
    message.media = all.media[row];
    Label label;
    label.code = all.label[row];
    label.abstain = (all.flags[row] & Messages::abstained) != 0;
    label.probability = label.abstain ? 0.0F : 1.0F;
    label.attributes = all.attributes[row];
    const auto at = static_cast<Index>(result_.chat.messages.size());
    if (all.incident[row] != Messages::no_incident)
      in_incident_[all.incident[row]].push_back(at);
    if ((all.flags[row] & Messages::root) != 0) roots_.push_back({at, row});
    result_.chat.messages.push_back(message);
    result_.labels.push_back(label);
    result_.roles.push_back(all.role[row]);
    result_.incidents.of_message.emplace_back();
  }

  std::uint16_t author_of(Index member) {
    const auto [at, added] = authors_.try_emplace(
        member, static_cast<std::uint16_t>(authors_.size()));
    if (added) {
      result_.chat.authors.push_back(
          {.name = panel_.members[member].pseudonym});
    }
    return at->second;
  }

  void add_incidents() {
    for (const auto& [root, row] : roots_) {
      const Index stored = panel_.messages.incident[row];
      if (stored == Messages::no_incident) continue;
      const IncidentRow& kept = panel_.incidents[stored];
      Incident incident{
          .root = root,
          .messages = in_incident_[stored],
          .slots = kept.slots,
          .root_attributes = kept.root_attributes,
          .attributes = kept.attributes,
          .participants = kept.participants,
          .followed_until = kept.time + std::chrono::seconds{kept.followed},
          .uncertain = kept.uncertain};
      incident.outcome = outcome_of(incident, kept);
      const auto k = static_cast<Index>(result_.incidents.list.size());
      for (const Index i : incident.messages)
        result_.incidents.of_message[i] = k;
      result_.incidents.list.push_back(std::move(incident));
    }
  }

  /// The message of that time that tells how it ended.
  [[nodiscard]] std::optional<Index> outcome_of(const Incident& incident,
                                                const IncidentRow& kept) const {
    if (!kept.outcome) return std::nullopt;
    const LocalTime time = kept.time + std::chrono::seconds{*kept.outcome};
    for (const Index i : incident.messages) {
      const std::uint8_t code = result_.labels[i].code;
      if (result_.chat.messages[i].time() == time && code != not_coded &&
          result_.codes.labels[code].function == Function::outcome)
        return i;
    }
    return std::nullopt;
  }

  struct Root {
    Index message{};
    Index row{};
  };
  const Panel& panel_;
  Index group_{};
  bool numbered_{};
  Analysis result_{};
  std::map<Index, std::uint16_t> authors_{};
  std::map<Index, std::vector<Index>> in_incident_{};
  std::vector<Root> roots_{};
};

}  // namespace

Analysis recall(const Panel& panel, std::string_view group) {
  return Recall{panel,
                panel.study.require_group(group, "study " + panel.study.key)}
      .run();
}

// -------------------------------------------------------------------- analyser

Analyser::Analyser(const AnalyserOptions& options, Classifier classifier)
    : options_(options), classifier_(std::move(classifier)) {}

std::string Analyser::configuration() const {
  const auto& order = options_.parse.date_order;
  const IncidentOptions& incidents = options_.incidents;
  const ClassifyOptions& classify = classifier_.options();
  return "{\"date_order\":" +
         (order ? '"' + std::string{to_string(*order)} + '"' : "null") +
         ",\"max_gap_minutes\":" + std::to_string(incidents.max_gap.count()) +
         ",\"outcome_window_hours\":" +
         std::to_string(incidents.outcome_window.count()) +
         ",\"report_window_minutes\":" +
         std::to_string(incidents.report_window.count()) +
         ",\"threshold\":" + json::number_text(double{classify.threshold}) +
         ",\"incidents_sha256\":\"" +
         hash::hex(hash::sha256(data::incidents_json())) + "\",\"lag\":" +
         (classify.lag ? std::to_string(*classify.lag) : "null") + "}";
}

Provenance Analyser::provenance() const {
  return made_with(classifier_.codebook(), classifier_.model_id());
}

Analysis Analyser::run(const std::filesystem::path& path,
                       std::span<const RoleEntry> roles) const {
  return run(parse_file(path, options_.parse), roles);
}

Analysis Analyser::run(Chat chat, std::span<const RoleEntry> entries) const {
  return run(std::move(chat), entries, Known{});
}

Analysis Analyser::run(Chat chat, std::span<const RoleEntry> entries,
                       const Known& known) const {
  std::vector<Diagnostic> diagnostics;
  std::vector<Role> roles = assign_roles(chat, entries, diagnostics);
  std::vector<Label> labels =
      known ? classifier_.complete(chat, roles, known(chat, roles))
            : classifier_.classify(chat, roles);
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
