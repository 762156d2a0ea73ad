#include "audit/scene.hpp"

#include <algorithm>
#include <limits>

#include "classify/lexicon.hpp"
#include "classify/rules.hpp"

namespace etherpeil::rules {
namespace {

/// Messages of the reporter within this time are the report itself, as in
/// `IncidentOptions::report_window`.
constexpr std::int64_t report_seconds = 180;

Evidence at(Index message, const text::Span& span) {
  return {.message = message, .start = span.start, .end = span.end};
}

}  // namespace

Scene::Scene(const Analysis& analysis, const Ruleset& ruleset,
             const Codebook& codebook)
    : analysis_(analysis), ruleset_(ruleset), codebook_(codebook) {
  if (size() == 0) return;
  days_ = parsing::believed_days(parsing::day_runs(analysis.chat.messages));
  begin_ = std::numeric_limits<std::int64_t>::max();
  classify::Reading reading;
  for (Index i = 0; i < size(); ++i) {
    if (in_time(i)) {
      begin_ = std::min(begin_, seconds(i));
      end_ = std::max(end_, seconds(i));
    }
    words_ = words_ || message(i).text_length > 0;
    if (!coded(i) || message(i).text_length == 0) continue;
    own_lexicon().read(analysis_.chat.text(i), reading);
    for (const classify::Match& match : reading.matches) {
      hits_[i].push_back({own_lexicon().lists()[match.lexicon].key,
                          at(i, reading.span(match))});
    }
  }
}

Index Scene::size() const {
  return static_cast<Index>(analysis_.chat.messages.size());
}

const Message& Scene::message(Index i) const {
  return analysis_.chat.messages[i];
}

std::int64_t Scene::seconds(Index i) const { return message(i).seconds; }

LocalDay Scene::day(Index i) const {
  return std::chrono::floor<std::chrono::days>(message(i).time());
}

std::int64_t Scene::threshold(std::string_view rule,
                              std::string_view name) const {
  return ruleset_.threshold(rule, name);
}

bool Scene::coded(Index i) const {
  return message(i).human() && analysis_.labels[i].code != not_coded &&
         in_time(i);
}

bool Scene::by_member(Index i) const { return coded(i) && !official(i); }

bool Scene::official(Index i) const {
  const Role role = analysis_.roles[i];
  return role == Role::police || role == Role::municipality;
}

bool Scene::moderator(Index i) const {
  return analysis_.roles[i] == Role::moderator;
}

Function Scene::function(Index i) const {
  const Label& label = analysis_.labels[i];
  if (label.code == not_coded || label.abstain) return Function::undetermined;
  return analysis_.codes.labels[label.code].function;
}

double Scene::probability(Index i) const {
  return analysis_.labels[i].probability;
}

bool Scene::safety(Index i) const {
  const std::uint8_t code = analysis_.labels[i].code;
  return code != not_coded && analysis_.codes.labels[code].safety;
}

Attributes Scene::bits(std::initializer_list<std::string_view> keys) const {
  Attributes set = 0;
  for (const std::string_view key : keys) {
    if (const auto bit = analysis_.codes.attribute(key))
      set |= Attributes{1} << *bit;
  }
  return set;
}

Attributes Scene::group(std::string_view name) const {
  return analysis_.codes.group(name);
}

bool Scene::has(Index i, Attributes any) const {
  return (analysis_.labels[i].attributes & any) != 0;
}

std::vector<Index> Scene::report_of(const Incident& incident) const {
  std::vector<Index> messages;
  for (const Index i : incident.messages) {
    if (message(i).author == message(incident.root).author &&
        seconds(i) - seconds(incident.root) <= report_seconds) {
      messages.push_back(i);
    }
  }
  return messages;
}

Finding Scene::finding(Index i) const {
  return {.message = i,
          .incident = analysis_.incidents.of_message[i],
          .time = message(i).time(),
          .line = analysis_.chat.line(i),
          .evidence = {whole(i)}};
}

Evidence Scene::whole(Index i) const {
  return {.message = i, .start = 0, .end = message(i).text_length};
}

Evidence Scene::trace(Index i, Attributes any) const {
  if (!words_) return whole(i);
  classify::Scratch scratch;
  const classify::Situation situation{.media = message(i).media};
  const Codebook::Impl& book = codebook_.impl();
  book.observe(analysis_.chat.text(i), situation, scratch);
  book.fire(situation, false, scratch);
  for (const Index fired : scratch.fired) {
    const classify::Rule& rule = book.rules[fired];
    if ((rule.attributes & any) == 0) continue;
    for (const Index feature : rule.evidence) {
      if (scratch.facts.present[feature])
        return at(i, scratch.facts.spans[feature]);
    }
  }
  return whole(i);
}

std::optional<Evidence> Scene::own_words(Index i, std::string_view list) const {
  const auto found = hits_.find(i);
  if (found == hits_.end()) return std::nullopt;
  for (const Hit& hit : found->second) {
    if (hit.list == list) return hit.where;
  }
  return std::nullopt;
}

std::optional<Evidence> Scene::codebook_words(
    Index i, std::span<const std::string> lists) const {
  classify::Reading reading;
  const classify::Lexicon& lexicon = codebook_.impl().lexicon;
  lexicon.read(analysis_.chat.text(i), reading);
  for (const classify::Match& match : reading.matches) {
    const std::string& key = lexicon.lists()[match.lexicon].key;
    if (std::find(lists.begin(), lists.end(), key) != lists.end())
      return at(i, reading.span(match));
  }
  return std::nullopt;
}

bool Scene::moderates(Index i, std::string_view subtype) const {
  return coded(i) && function(i) == Function::moderation &&
         has(i, bits({subtype}));
}

// ---------------------------------------------------------------------- tally

Tally::Tally(const Scene& scene, RuleResult& result)
    : scene_(scene), result_(result) {
  for (const LocalDay first :
       months_between(scene.days().first, scene.days().last)) {
    result_.months.push_back({.first = first});
  }
}

MonthShare& Tally::month(Index at) {
  const LocalDay first = month_of(scene_.day(at));
  return *std::find_if(result_.months.begin(), result_.months.end(),
                       [&](const MonthShare& m) { return m.first == first; });
}

void Tally::pass(Index at) {
  ++result_.share.of;
  ++month(at).share.of;
}

void Tally::find(Index at, std::vector<Evidence> evidence,
                 std::optional<double> confidence, std::string_view detail) {
  pass(at);
  ++result_.share.found;
  ++month(at).share.found;
  Finding finding = scene_.finding(at);
  finding.detail = std::string{detail};
  finding.evidence = std::move(evidence);
  // A database keeps no probabilities.
  if (scene_.has_words()) finding.confidence = confidence;
  result_.findings.push_back(std::move(finding));
}

Entry entry_of(std::string_view rule) {
  for (const auto entries :
       {report_rules(), message_rules(), running_rules()}) {
    for (const Entry& entry : entries) {
      if (entry.rule == rule) return entry;
    }
  }
  return {};
}

LocalDay month_of(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return LocalDay{date.year() / date.month() / 1};
}

std::vector<LocalDay> months_between(LocalDay first, LocalDay last) {
  std::vector<LocalDay> months;
  for (LocalDay month = month_of(first); month <= last;) {
    months.push_back(month);
    const std::chrono::year_month_day date{month};
    month = LocalDay{date.year() / date.month() / 1 + std::chrono::months{1}};
  }
  return months;
}

}  // namespace etherpeil::rules
