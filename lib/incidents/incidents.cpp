#include "etherpeil/incidents.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "text/fold.hpp"
#include "text/tokens.hpp"

namespace etherpeil {
namespace {

using std::chrono::seconds;

bool professional(Role role) {
  return role == Role::police || role == Role::municipality;
}

/// An incident that messages may still join, with the words that identify it.
struct Open {
  Index incident{};
  std::int64_t opened{};
  std::int64_t last{};  ///< last message that belongs to it
  std::uint16_t reporter{};
  bool closed{};
  std::unordered_set<std::string> words{};
  std::vector<std::uint16_t> authors{};
};

/// Words of four letters and more, and numbers: streets, vehicles, plates.
void collect_words(std::string_view message,
                   std::unordered_set<std::string>& words) {
  const text::Folded folded = text::fold(message);
  for (const text::Token& token : text::tokenise(message, folded)) {
    const std::string_view word = token.text(folded);
    const bool telling = token.kind == text::TokenKind::word
                             ? word.size() >= 4
                             : token.kind == text::TokenKind::number;
    if (telling) words.emplace(word);
  }
}

class Finder {
 public:
  Finder(const Chat& chat, std::span<const Label> labels, const Codes& codes,
         std::span<const Role> roles, const IncidentOptions& options)
      : chat_(chat),
        labels_(labels),
        codes_(codes),
        roles_(roles),
        options_(options) {
    if (const auto duplicate = codes.attribute("duplicate")) {
      duplicate_ = Attributes{1} << *duplicate;
    }
  }

  Incidents run() {
    found_.of_message.resize(chat_.messages.size());
    for (Index i = 0; i < chat_.messages.size(); ++i) {
      if (chat_.messages[i].human() && labels_[i].code != not_coded) place(i);
    }
    finish();
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::int64_t time(Index i) const {
    return chat_.messages[i].seconds;
  }
  /// What a message does; nothing certain where its label abstains: a guess
  /// neither opens nor closes an incident.
  [[nodiscard]] Function function(Index i) const {
    const Function what = codes_.labels[labels_[i].code].function;
    const bool decides = what == Function::report || what == Function::outcome;
    return labels_[i].abstain && decides ? Function::undetermined : what;
  }
  [[nodiscard]] Role role(Index i) const {
    return roles_.empty() ? Role::unknown : roles_[i];
  }

  void place(Index i) {
    forget(time(i));
    const Function what = function(i);
    if (what == Function::report) {
      if (const auto same = continues(i)) return join(i, *same, false);
      return open(i);
    }
    // Talk about lost cats, trade and the weather is not about a report.
    if (what == Function::lost || what == Function::offtopic ||
        what == Function::advice)
      return;
    choose(i, what == Function::outcome);
  }

  /// A report that is part of one already open: the reporter goes on within a
  /// few minutes, or somebody repeats what was reported.
  [[nodiscard]] std::optional<std::size_t> continues(Index i) const {
    for (std::size_t k = open_.size(); k-- > 0;) {
      const Open& candidate = open_[k];
      if (candidate.closed) continue;
      const bool same_author = candidate.reporter == chat_.messages[i].author;
      const seconds since{time(i) - candidate.opened};
      if (same_author && since <= options_.report_window &&
          labels_[found_.list[candidate.incident].root].code ==
              labels_[i].code) {
        return k;
      }
      const bool repeats = (labels_[i].attributes & duplicate_) != 0;
      if (repeats && seconds{time(i) - candidate.last} <= options_.max_gap)
        return k;
    }
    return std::nullopt;
  }

  void open(Index i) {
    Open opened;
    opened.incident = static_cast<Index>(found_.list.size());
    opened.opened = opened.last = time(i);
    opened.reporter = chat_.messages[i].author;
    opened.authors.push_back(opened.reporter);
    collect_words(chat_.text(i), opened.words);
    Incident incident;
    incident.root = i;
    incident.root_attributes = incident.attributes = labels_[i].attributes;
    incident.messages.push_back(i);
    found_.of_message[i] = opened.incident;
    found_.list.push_back(std::move(incident));
    open_.push_back(std::move(opened));
  }

  /// How well a message fits an open incident. Shared words weigh most: they
  /// keep interleaved incidents apart; then who takes part, then how recent.
  [[nodiscard]] double fit(Index i, const Open& candidate,
                           const std::unordered_set<std::string>& words) const {
    const auto shared =
        std::count_if(words.begin(), words.end(), [&](const std::string& word) {
          return candidate.words.count(word) > 0;
        });
    const std::uint16_t author = chat_.messages[i].author;
    const bool takes_part =
        std::find(candidate.authors.begin(), candidate.authors.end(), author) !=
        candidate.authors.end();
    const double gap = static_cast<double>(time(i) - candidate.last);
    return 2.0 * static_cast<double>(std::min<std::ptrdiff_t>(shared, 3)) +
           (takes_part ? 1.0 : 0.0) - gap / 3600.0;
  }

  void choose(Index i, bool outcome) {
    std::optional<std::size_t> best;
    double best_fit = 0;
    double second_fit = -1e9;
    std::unordered_set<std::string> words;
    if (!open_.empty()) collect_words(chat_.text(i), words);
    for (std::size_t k = 0; k < open_.size(); ++k) {
      const Open& candidate = open_[k];
      const bool running =
          !candidate.closed &&
          seconds{time(i) - candidate.last} <= options_.max_gap;
      const bool may_close =
          outcome &&
          seconds{time(i) - candidate.opened} <= options_.outcome_window &&
          !found_.list[candidate.incident].outcome;
      if (!running && !may_close) continue;
      const double value = fit(i, candidate, words);
      if (!best || value >= best_fit) {
        if (best) second_fit = best_fit;
        best = k;
        best_fit = value;
      } else {
        second_fit = std::max(second_fit, value);
      }
    }
    if (best) join(i, *best, best_fit - second_fit < 0.5);
  }

  void join(Index i, std::size_t k, bool uncertain) {
    Open& joined = open_[k];
    Incident& incident = found_.list[joined.incident];
    incident.messages.push_back(i);
    incident.attributes |= labels_[i].attributes;
    incident.uncertain = incident.uncertain || uncertain;
    found_.of_message[i] = joined.incident;
    const std::uint16_t author = chat_.messages[i].author;
    if (std::find(joined.authors.begin(), joined.authors.end(), author) ==
        joined.authors.end()) {
      joined.authors.push_back(author);
    }
    joined.last = time(i);
    const Function what = function(i);
    if (what == Function::addition || what == Function::question) {
      collect_words(chat_.text(i), joined.words);
    }
    note_reply(i, incident, joined.reporter);
    if (what == Function::outcome && !incident.outcome) {
      incident.outcome = i;
      joined.closed = true;
    }
  }

  void note_reply(Index i, Incident& incident, std::uint16_t reporter) const {
    if (chat_.messages[i].author == reporter) return;
    const Function what = function(i);
    const bool adds = what == Function::addition ||
                      what == Function::question || what == Function::outcome ||
                      what == Function::report;
    if (!incident.reply) incident.reply = i;
    if (adds && !incident.substantive) incident.substantive = i;
    if (professional(role(i)) && !incident.professional)
      incident.professional = i;
  }

  /// Drops incidents that nothing can join any more.
  void forget(std::int64_t now) {
    const auto over = [&](const Open& candidate) {
      return seconds{now - candidate.opened} > options_.outcome_window &&
             seconds{now - candidate.last} > options_.max_gap;
    };
    open_.erase(std::remove_if(open_.begin(), open_.end(), over), open_.end());
  }

  void finish() {
    std::int64_t end = 0;
    for (const Message& message : chat_.messages) {
      end = std::max<std::int64_t>(end, message.seconds);
    }
    for (std::size_t k = 0; k < found_.list.size(); ++k) {
      Incident& incident = found_.list[k];
      const std::int64_t opened = time(incident.root);
      std::vector<std::uint16_t> authors;
      Attributes reported = 0;
      for (const Index i : incident.messages) {
        authors.push_back(chat_.messages[i].author);
        const bool reporter = authors.back() == authors.front();
        if (reporter && seconds{time(i) - opened} <= options_.report_window) {
          reported |= labels_[i].attributes;
        }
      }
      std::sort(authors.begin(), authors.end());
      authors.erase(std::unique(authors.begin(), authors.end()), authors.end());
      incident.participants = static_cast<std::uint32_t>(authors.size());
      incident.slots = codes_.slots(reported);
      const std::int64_t last = time(incident.messages.back());
      const std::int64_t gap = seconds{options_.max_gap}.count();
      std::int64_t until = std::min(end, last + gap);
      if (k + 1 < found_.list.size()) {
        until = std::min(until, time(found_.list[k + 1].root));
      }
      // A clock that runs back must not make an incident end before it began.
      incident.followed_until = LocalTime{seconds{std::max(until, opened)}};
    }
  }

  const Chat& chat_;
  std::span<const Label> labels_;
  const Codes& codes_;
  std::span<const Role> roles_;
  const IncidentOptions& options_;
  Attributes duplicate_{};
  Incidents found_;
  std::vector<Open> open_;
};

}  // namespace

Incidents find_incidents(const Chat& chat, std::span<const Label> labels,
                         const Codes& codes, std::span<const Role> roles,
                         const IncidentOptions& options) {
  return Finder{chat, labels, codes, roles, options}.run();
}

}  // namespace etherpeil
