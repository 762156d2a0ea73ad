#include "etherpeil/incidents.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include "incidents/weights.hpp"
#include "text/fold.hpp"
#include "text/tokens.hpp"

namespace etherpeil {
namespace {

using std::chrono::seconds;

/// Chatter keeps no incident open.
bool tells(Function what) {
  return what == Function::report || what == Function::outcome ||
         what == Function::addition || what == Function::question;
}

bool professional(Role role) {
  return role == Role::police || role == Role::municipality;
}

/// Words by number: sorted, without repetition.
using Words = std::vector<std::uint32_t>;

std::size_t shared(const Words& a, const Words& b) {
  std::size_t count = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) {
      ++count;
      ++i;
      ++j;
    } else if (*i < *j) {
      ++i;
    } else {
      ++j;
    }
  }
  return count;
}

void add_words(Words& all, const Words& more) {
  const auto old = static_cast<std::ptrdiff_t>(all.size());
  all.insert(all.end(), more.begin(), more.end());
  std::inplace_merge(all.begin(), all.begin() + old, all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
}

/// The words of a chat, and which of them are rare enough to point at one
/// incident: streets, vehicles, plates, names.
class Vocabulary {
 public:
  Vocabulary(const Chat& chat, std::span<const Label> labels)
      : texts_(chat.messages.size()) {
    for (Index i = 0; i < chat.messages.size(); ++i) {
      if (!chat.messages[i].human() || labels[i].code == not_coded) continue;
      texts_[i] = read(chat.text(i));
      for (const std::uint32_t word : texts_[i]) ++messages_with_[word];
      ++messages_;
    }
    for (const Author& author : chat.authors)
      names_.push_back(read(author.name));
  }

  /// Words of three letters and more, and numbers.
  [[nodiscard]] const Words& of(Index message) const { return texts_[message]; }
  /// Of these, those of four letters and more in at most one in a hundred
  /// messages, or three.
  [[nodiscard]] Words telling(Index message) const {
    Words rare;
    for (const std::uint32_t word : texts_[message]) {
      if (!short_[word] && is_rare(word, 100)) rare.push_back(word);
    }
    return rare;
  }
  /// What somebody may be called, unless the chat uses it as a word.
  [[nodiscard]] Words name(std::uint16_t author) const {
    Words rare;
    for (const std::uint32_t word : names_[author]) {
      if (!number_[word] && is_rare(word, 50)) rare.push_back(word);
    }
    return rare;
  }

 private:
  [[nodiscard]] bool is_rare(std::uint32_t word, std::size_t one_in) const {
    return messages_with_[word] <= std::max<std::size_t>(3, messages_ / one_in);
  }
  Words read(std::string_view text) {
    constexpr std::size_t least = 3;
    Words words;
    text::fold(text, folded_);
    tokens_.clear();
    text::tokenise(text, folded_, tokens_);
    for (const text::Token& token : tokens_) {
      const bool number = token.kind == text::TokenKind::number;
      const std::string_view word = token.text(folded_);
      if (!number &&
          (token.kind != text::TokenKind::word || word.size() < least))
        continue;
      const auto [entry, added] = numbers_.emplace(
          std::string{word}, static_cast<std::uint32_t>(numbers_.size()));
      if (added) {
        short_.push_back(!number && word.size() == least);
        number_.push_back(number);
        messages_with_.push_back(0);
      }
      words.push_back(entry->second);
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
  }

  std::vector<Words> texts_;
  std::vector<Words> names_;
  std::size_t messages_{};
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<bool> short_;
  std::vector<bool> number_;
  std::vector<std::size_t> messages_with_;
  text::Folded folded_;
  std::vector<text::Token> tokens_;
};

/// An incident that messages may still join, with the words that identify it.
struct Open {
  Index incident{};
  std::int64_t opened{};
  std::int64_t last{};  ///< last message of it that tells something
  std::uint16_t reporter{};
  bool closed{};
  Words words{};
  Words names{};  ///< of who took part
  std::vector<std::uint16_t> authors{};
};

class Finder {
 public:
  Finder(const Chat& chat, std::span<const Label> labels, const Codes& codes,
         std::span<const Role> roles, const IncidentOptions& options)
      : chat_(chat),
        labels_(labels),
        codes_(codes),
        roles_(roles),
        options_(options),
        words_(chat, labels) {
    if (const auto duplicate = codes.attribute("duplicate")) {
      duplicate_ = Attributes{1} << *duplicate;
    }
    if (const auto forwarded = codes.attribute("forwarded")) {
      forwarded_ = Attributes{1} << *forwarded;
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
    if (join_best(i, what)) return;
    if (what == Function::report && !elsewhere(i)) open(i);
  }

  /// Passed on from another group: it happened in another neighbourhood.
  [[nodiscard]] bool elsewhere(Index i) const {
    return (labels_[i].attributes & forwarded_) != 0;
  }

  void open(Index i) {
    Open opened;
    opened.incident = static_cast<Index>(found_.list.size());
    opened.opened = opened.last = time(i);
    opened.reporter = chat_.messages[i].author;
    opened.authors.push_back(opened.reporter);
    opened.words = words_.telling(i);
    opened.names = words_.name(opened.reporter);
    Incident incident;
    incident.root = i;
    incident.root_attributes = incident.attributes = labels_[i].attributes;
    incident.messages.push_back(i);
    found_.of_message[i] = opened.incident;
    found_.list.push_back(std::move(incident));
    open_.push_back(std::move(opened));
  }

  /// Words in common weigh most: they keep interleaved incidents apart; then
  /// who takes part or is named, and how recent it is.
  [[nodiscard]] double fit(Index i, Function what, const Words& telling,
                           const Open& candidate) const {
    const std::uint16_t author = chat_.messages[i].author;
    const auto in_common = static_cast<double>(
        std::min(shared(telling, candidate.words), weights_.most_words));
    // A reporter goes on with the report, not with what others made of it.
    const bool again = what == Function::report && author == candidate.reporter;
    const std::int64_t since = again ? candidate.opened : candidate.last;
    const auto gap =
        static_cast<double>(std::max<std::int64_t>(time(i) - since, 0));
    const double base = weights_.of(what) +
                        (candidate.closed ? weights_.closed : 0) +
                        (tells(what) ? weights_.gap : weights_.chatter_gap) *
                            std::log1p(gap / weights_.gap_unit);
    if (what == Function::report) {
      const bool duplicate = (labels_[i].attributes & duplicate_) != 0;
      return base + weights_.repeated_word * in_common +
             (again ? weights_.same_reporter : 0) +
             (again && goes_on(i, candidate) ? weights_.goes_on : 0) +
             (duplicate ? weights_.duplicate : 0);
    }
    const bool takes_part =
        std::find(candidate.authors.begin(), candidate.authors.end(), author) !=
        candidate.authors.end();
    const bool names = shared(words_.of(i), candidate.names) > 0;
    return base + weights_.shared_word * in_common +
           (takes_part ? weights_.takes_part : 0) +
           (names ? weights_.names_participant : 0);
  }

  /// The same kind of report within the time that counts as one.
  [[nodiscard]] bool goes_on(Index i, const Open& candidate) const {
    const Index root = found_.list[candidate.incident].root;
    return labels_[root].code == labels_[i].code &&
           seconds{time(i) - candidate.opened} <= options_.report_window;
  }

  /// Whether it is too late, however well the message fits.
  [[nodiscard]] bool too_late(Index i, Function what,
                              const Open& candidate) const {
    const bool silent = seconds{time(i) - candidate.last} > options_.max_gap;
    const bool old =
        seconds{time(i) - candidate.opened} > options_.outcome_window;
    return silent && (old || what == Function::report);
  }

  /// Adds the message to the incident that it fits best, if it fits any.
  bool join_best(Index i, Function what) {
    std::optional<std::size_t> best;
    double best_fit = 0;
    double second_fit = 0;
    Words telling;
    if (!open_.empty()) telling = words_.telling(i);
    for (std::size_t k = 0; k < open_.size(); ++k) {
      if (too_late(i, what, open_[k])) continue;
      const double value = fit(i, what, telling, open_[k]);
      if (value <= 0) continue;
      if (!best || value >= best_fit) {
        second_fit = best_fit;
        best = k;
        best_fit = value;
      } else {
        second_fit = std::max(second_fit, value);
      }
    }
    if (best)
      join(i, *best, second_fit > 0 && best_fit - second_fit < weights_.clear,
           telling);
    return best.has_value();
  }

  void join(Index i, std::size_t k, bool uncertain, const Words& telling) {
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
      add_words(joined.names, words_.name(author));
    }
    const Function what = function(i);
    if (tells(what)) {
      joined.last = time(i);
      add_words(joined.words, telling);
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
  const incident::Weights& weights_{incident::weights()};
  Vocabulary words_;
  Attributes duplicate_{};
  Attributes forwarded_{};
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
