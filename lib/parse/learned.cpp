#include "parse/learned.hpp"

#include <algorithm>

#include "parse/notices.hpp"
#include "text/fold.hpp"
#include "text/scan.hpp"
#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

constexpr std::size_t max_placeholder = 120;  // 40 letters of any script
constexpr std::size_t max_names = 65'536;     // as many as there can be senders

/// "wijkagent" of "wijkagent: hoi" and of "wijkagent:"; empty for none.
std::string_view start_of_body(std::string_view body) {
  constexpr std::size_t max_bytes = 60;
  const std::string_view head = body.substr(0, max_bytes + 2);
  const std::string_view line = head.substr(
      0, std::min(text::find_byte(head, '\r'), text::find_byte(head, '\n')));
  const std::size_t colon = line.find(": ");
  if (colon != std::string_view::npos) return line.substr(0, colon);
  const bool whole =
      line.size() > 1 && line.back() == ':' && line.size() == body.size();
  return whole ? line.substr(0, line.size() - 1) : std::string_view{};
}

/// Whether WhatsApp wrote what stands behind the second ": ", and not as the
/// placeholder that follows a caption, for which a person may write "photo: ".
bool is_whatsapps(std::string_view rest, std::string_view name, bool ios) {
  if (rest.empty()) return false;
  const auto stand = notices().stand(rest, ios);
  if (!ios) return stand && !stand->guessed && stand->kind != Kind::poll;
  const std::size_t marks = leading_marks(rest);
  if (marks == 0) return false;
  return stand ? stand->kind != Kind::media
               : notices().system(rest.substr(marks), true).has_value() ||
                     display_name(rest).starts_with(name);
}

/// A bar that rises with the number of senders that are put to the test.
std::size_t enough(std::size_t authors) {
  return authors < 10 ? 2 : authors < 100 ? 3 : 4;
}

bool is_capital(std::string_view text) {
  return !text.empty() && text::is_upper_case(text::decode(text, 0).value);
}

bool is_small(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z';
}

bool has_shape_of_placeholder(std::string_view body) {
  constexpr std::size_t min_bytes = 8;
  return body.size() >= min_bytes && body.front() == '<' &&
         body.back() == '>' && body.find_first_of("<>\n", 1) == body.size() - 1;
}

}  // namespace

std::size_t Learned::longer_by(std::string_view name,
                               std::string_view body) const {
  for (const LongName& one : long_names) {
    if (one.first == name && body.size() > one.second.size() &&
        body.starts_with(one.second) && body[one.second.size()] == ':')
      return std::min(one.second.size() + 2, body.size());
  }
  return 0;
}

bool Learned::begins(std::string_view text) const {
  return std::any_of(
      long_names.begin(), long_names.end(), [&](const LongName& one) {
        const std::string name = one.first + ": " + one.second;
        return text.starts_with(name) && text.substr(name.size(), 1) == " ";
      });
}

void Learner::add(const Chat& batch) {
  if (habits_.empty()) habits_.reserve(batch.authors.size());
  for (std::size_t i = habits_.size(); i < batch.authors.size(); ++i)
    habits_.push_back({.name = batch.authors[i].name});
  const auto first = static_cast<Index>(seen_ - batch.records_before);
  if (seen_ == 0 && !batch.messages.empty())
    first_author_ = batch.messages.front().author;
  const bool android = batch.format.platform == Platform::android;
  const char* const bytes = batch.bytes.view.data();
  for (Index i = first; i < batch.messages.size(); ++i) {
    const Message& message = batch.messages[i];
    if (android) add_aside(batch, message);
    if (!message.human()) continue;
    Habit& habit = habits_[message.author];
    if (message.kind != Kind::unknown) habit.writes = true;
    if (!habit.broken) add_habit(batch, i);
    if (message.kind != Kind::text || message.text_length > max_placeholder)
      continue;
    const std::string_view body{bytes + message.offset + message.text_start,
                                message.text_length};
    if (has_shape_of_placeholder(body))
      placeholders_[std::string{body}].insert(message.author);
  }
  add_names(batch, first);
  seen_ = batch.records_before + batch.messages.size();
}

void Learner::add_names(const Chat& batch, Index first) {
  const bool android = batch.format.platform == Platform::android;
  const auto begin =
      std::lower_bound(batch.mentions.begin(), batch.mentions.end(), first,
                       [](const Mention& mention, Index message) {
                         return mention.message < message;
                       });
  for (auto it = begin; it != batch.mentions.end(); ++it) {
    const std::string_view span =
        batch.bytes.view.substr(it->offset, it->length);
    if (it->role != Mention::Role::file) {
      const std::string name = display_name(span);
      if (it->role == Mention::Role::actor && !android) actors_.insert(name);
      if (names_.size() < max_names) names_.insert(name);
    }
    if (it->role == Mention::Role::file && span.ends_with(".txt"))
      attached_.insert(display_name(span));
  }
}

void Learner::add_habit(const Chat& batch, Index i) {
  const Message& message = batch.messages[i];
  Habit& habit = habits_[message.author];
  const std::string_view body = batch.text(i);
  // "thuis:" before the placeholder of a photo looks like its caption.
  const bool words = message.kind == Kind::text || message.kind == Kind::media;
  const std::string_view start =
      words ? start_of_body(body) : std::string_view{};
  if (start.empty()) {
    if (habit.messages == 0 && habit.waits == 0) {
      if (is_small(body)) ++small_;
      if (is_capital(body)) ++capital_;
    }
    if (habit.messages == 0 && habit.waits < habit.waiting.size()) {
      habit.waiting[habit.waits++] = body;
      return;
    }
    judge_waiting(habit);
    return judge(habit, body);
  }
  judge_waiting(habit);
  if (!habit.start.empty() && start != habit.start) habit.broken = true;
  if (habit.broken) return;
  ++habit.messages;
  habit.start = start;
  const std::string_view rest =
      body.substr(std::min(start.size() + 2, body.size()));
  if (is_small(rest)) ++habit.small;
  habit.proof =
      habit.proof ||
      is_whatsapps(rest, habit.name, batch.format.platform == Platform::ios);
}

/// A message that begins in another way breaks a habit, unless it is
/// WhatsApp's: "Jan: wijkagent heeft de groep verlaten" is of "Jan: wijkagent".
void Learner::judge(Habit& habit, std::string_view body) {
  if (habit.broken) return;
  const auto notice = notices().system(body, true);
  const auto name = notice && notice->actor ? notice->actor
                    : notice                ? notice->target
                                            : std::nullopt;
  habit.broken = !name || name->start > 0;
  if (habit.broken) return;
  const std::string_view said = body.substr(0, name->length);
  if (habit.start.empty()) habit.start = said;
  habit.broken = habit.start != said;
}

void Learner::judge_waiting(Habit& habit) {
  for (std::size_t i = 0; i < habit.waits; ++i) judge(habit, habit.waiting[i]);
  habit.waits = 0;
}

/// A line without a sender, in words that no table holds, is WhatsApp's when
/// its time fits between its neighbours. An hour of doubt is a clock change.
void Learner::add_aside(const Chat& batch, const Message& message) {
  constexpr std::uint32_t tolerance = 3700;
  if (message.kind == Kind::system && message.has(Message::guessed)) {
    if (before_ > 0)
      open_.push_back({batch.bytes_before + message.offset, message.seconds});
    return;
  }
  for (const Aside& line : open_) {
    if (line.seconds + tolerance < before_ ||
        line.seconds > message.seconds + tolerance)
      asides_.push_back(line.offset);
  }
  open_.clear();
  before_ = message.seconds;
}

bool Learner::may_be_long(const Habit& habit) {
  return !habit.broken && !habit.word && habit.messages > 0;
}

/// Without proof many messages tell, but not when the start looks as messages
/// start, with a capital, or when the rest does not while others' messages do:
/// "Let op: er loopt iemand".
bool Learner::is_long_name(const Habit& habit) const {
  if (!may_be_long(habit)) return false;
  if (habit.proof) return true;
  const bool goes_on =
      4 * habit.small > 3 * habit.messages && capital_ > 3 * small_;
  return habit.messages >= enough(habits_.size()) && !is_capital(habit.start) &&
         !goes_on;
}

bool Learner::undecided() const {
  return std::any_of(habits_.begin(), habits_.end(), [&](const Habit& habit) {
    return may_be_long(habit) && (habit.proof || habit.messages > 1 ||
                                  names_.count(long_name(habit)) > 0);
  });
}

void Learner::add_again(const Chat& batch) {
  for (Habit& habit : habits_) {
    if (!may_be_long(habit)) continue;
    habit.proof = habit.proof || names_.count(long_name(habit)) > 0;
    habit.word = names_.count(habit.name) > 0;
  }
  for (Index i = 0; i < batch.messages.size(); ++i) {
    const Message& message = batch.messages[i];
    if (!message.human()) continue;
    const std::string_view body = batch.text(i);
    const std::string_view start = start_of_body(body);
    // "@<name>" between isolates is how WhatsApp shows a mention.
    const bool mentions = body.find("@\xE2\x81\xA8") != std::string_view::npos;
    if (start.empty() && !mentions) continue;
    for (std::size_t author = 0; author < habits_.size(); ++author) {
      Habit& habit = habits_[author];
      if (!may_be_long(habit)) continue;
      const auto shows = [&](const std::string& name) {
        return body.find("@\xE2\x81\xA8" + name + "\xE2\x81\xA9") !=
               std::string_view::npos;
      };
      habit.word = (author != message.author && habit.start == start) ||
                   (mentions && shows(habit.name));
      habit.proof = habit.proof || (mentions && shows(long_name(habit)));
    }
  }
}

/// The group itself seems to write texts that no table holds, or to act. It is
/// no person when it never writes anything else.
std::string Learner::group(const Chat& whole) const {
  if (whole.format.platform != Platform::ios) return {};
  for (std::size_t author = 0; author < habits_.size(); ++author) {
    const Habit& habit = habits_[author];
    if (!habit.writes &&
        (author == first_author_ || habit.name == whole.group_name))
      return habit.name;
  }
  return actors_.count(whole.group_name) > 0 ? whole.group_name : std::string{};
}

Learned Learner::finish(const Chat& whole) const {
  Learned learned;
  for (const Habit& habit : habits_) {
    if (is_long_name(habit))
      learned.long_names.push_back({habit.name, habit.start});
  }
  learned.group = group(whole);
  for (const auto& [body, authors] : placeholders_) {
    if (authors.size() > 1) learned.placeholders.push_back(body);
  }
  learned.asides = asides_;
  return learned;
}

}  // namespace etherpeil::parsing
