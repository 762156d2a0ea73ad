#include "parse/records.hpp"

#include <algorithm>
#include <limits>
#include <memory>

#include "etherpeil/privacy.hpp"
#include "parse/authors.hpp"
#include "parse/notices.hpp"
#include "text/scan.hpp"
#include "text/utf8.hpp"

namespace etherpeil::parsing {
namespace {

constexpr std::size_t max_sender_bytes = 400;

/// Whether a text with this first byte is not blank, for sure: ASCII that
/// shows, a letter of Europe, an emoji.
bool begins_word(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte > ' ' && (byte < 0x7F || byte == 0xC3 || byte >= 0xF0);
}

bool blank(std::string_view text) {
  if (!text.empty() && text.front() > ' ' && text.front() < '\x7F')
    return false;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode(text, at);
    const bool space = point.value == ' ' || point.value == '\t' ||
                       point.value == '\n' || point.value == '\r' ||
                       point.value == 0xA0 || point.value == 0x202F;
    if (!space && !text::is_format_mark(point.value) && point.value != 0xFE0F)
      return false;
    at += point.length;
  }
  return true;
}

/// Without the empty lines at the end that an editor may have put between
/// messages.
std::string_view without_empty_lines(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  const std::size_t feed =
      text.find('\n', last == std::string_view::npos ? 0 : last + 1);
  if (feed == std::string_view::npos) return text;
  text = text.substr(0, feed);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

/// Where a sender ends and a body begins, in bytes after the header.
struct Split {
  std::size_t sender{};  ///< length of the sender; 0 for none
  std::size_t body{};    ///< start of the body
};

/// "Name:" and the end of the line.
Split split_before_end(std::string_view text) {
  std::string_view line =
      text.substr(0, std::min(text.find('\n'), text.size()));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.size() > 1 && line.back() == ':' && line.size() <= max_sender_bytes)
    return {line.size() - 1, line.size()};
  return {};
}

/// `text` starts behind a header and may go on behind the record: a look at
/// many bytes at once needs no care for where it ends.
Split split_sender(std::string_view text) {
  std::size_t colon = text.size() > text::near_bytes
                          ? text::find_near_colon(text.data())
                          : std::string_view::npos;
  if (colon == std::string_view::npos) colon = text::find_colon(text);
  if (colon == std::string_view::npos) return split_before_end(text);
  return colon > max_sender_bytes ? Split{} : Split{colon, colon + 2};
}

}  // namespace

class MessageBuilder::Impl {
 public:
  Impl(Chat& chat, std::string_view bytes, bool marks, const Learned& learned,
       const text::Zone& zone)
      : chat_(chat),
        bytes_(bytes),
        learned_(learned),
        zone_(zone),
        ios_(chat.format.platform == Platform::ios),
        trust_marks_(ios_ && marks),
        may_be_learned_(!learned.long_names.empty() ||
                        !learned.placeholders.empty()),
        ends_in_crlf_(chat.format.terminator != Terminator::lf),
        authors_(chat, bytes) {}

  void start_at(std::size_t base) { base_ = base; }

  void add(std::span<const Record> records) {
    number_ = chat_.messages.size();
    chat_.messages.resize(number_ + records.size());
    for (const Record& record : records) {
      if (!add_words(record)) add(record);
      ++number_;
    }
  }

  /// Adds what most records are: words by somebody who wrote before,
  /// under a short name. Gives what `add` would, and false when that must look.
  bool add_words(const Record& record) {
    const char* const rest =
        bytes_.data() + record.start + record.header.length;
    const std::uint32_t seconds = record.header.seconds;
    // A name and the start of a body are looked at without asking for the end.
    constexpr std::ptrdiff_t looked_at = 64;
    if (record.lines == 0 || !record.valid_utf8 || record.marked ||
        may_be_learned_ || seconds < previous_ || repeats_ ||
        bytes_.data() + bytes_.size() - rest < looked_at)
      return false;
    const std::size_t colon = text::find_near_colon(rest);
    if (colon == std::string_view::npos || colon == 0) return false;
    const text::Key sender{{rest, colon}};
    const std::uint16_t author = authors_.recent(sender);
    const char* const body = rest + colon + 2;
    const char* end = bytes_.data() + record.end - 1;  // at the line feed
    if (ends_in_crlf_ && end[-1] == '\r') --end;
    if (author == no_author || end <= body || !begins_word(*body)) return false;
    const std::string_view words{body, static_cast<std::size_t>(end - body)};
    const bool left_out = !trust_marks_ && words == left_out_;
    if (!trust_marks_ && !left_out && may_be_own(words, record.lines == 2))
      return false;
    if (number_ % 64 == 0) chat_.line_marks.push_back(record.header.line);
    Message& message = chat_.messages[number_];
    message.seconds = seconds;
    message.offset = static_cast<std::uint32_t>(record.start - base_);
    message.text_length = static_cast<std::uint32_t>(end - body);
    message.text_start =
        static_cast<std::uint16_t>(record.header.length + colon + 2);
    message.author = author;
    message.flags =
        static_cast<std::uint8_t>((record.header.minute ? Message::minute : 0) |
                                  (record.lines == 2 ? Message::multiline : 0));
    if (left_out) leave_out(message);
    previous_ = seconds;
    return true;
  }

  /// What `apply` makes of `left_out_`.
  static void leave_out(Message& message) {
    message.kind = Kind::media;
    message.media = MediaType::unknown;
    message.flags |= Message::omitted;
    message.text_start =
        static_cast<std::uint16_t>(message.text_start + message.text_length);
    message.text_length = 0;
  }

  [[nodiscard]] bool may_be_own(std::string_view body, bool lines) const {
    // Behind the last words may stand empty lines that an editor added.
    if (lines && static_cast<unsigned char>(body.back()) <= ' ') return true;
    return lines ? notices_.lines_may_be_own(body) : notices_.may_be_own(body);
  }

  void add(const Record& record) {
    start_ = record.start;
    marked_ = record.marked;
    line_ = record.header.line;
    rest_start_ = start_ + record.header.length;
    rest_ = without_terminator(
        {bytes_.data() + rest_start_, record.end - rest_start_});
    if (number_ % 64 == 0) chat_.line_marks.push_back(line_);
    // Filled in its place: a copy would wait for its parts.
    message_ = &chat_.messages[number_];
    const std::uint32_t seconds = record.header.seconds;
    message_->seconds = seconds;
    message_->offset = static_cast<std::uint32_t>(start_ - base_);
    std::uint8_t flags = record.header.minute ? Message::minute : 0;
    if (record.lines == 2 ||
        (record.lines == 0 &&
         text::find_byte(rest_, '\n') != std::string_view::npos))
      flags |= Message::multiline;
    if (!record.valid_utf8 &&
        !text::is_valid(bytes_.substr(start_, record.end - start_)))
      flags |= Message::bad_utf8;
    message_->flags = flags;
    if (seconds < previous_ || repeats_) note_repeated_hour();
    previous_ = seconds;
    read_rest();
  }

  [[nodiscard]] std::uint32_t overridden_line() const {
    return authors_.overridden_line();
  }

 private:
  [[nodiscard]] std::string_view without_terminator(
      std::string_view text) const {
    if (!text.empty() && text.back() == '\n') {
      text.remove_suffix(1);
      if (ends_in_crlf_ && !text.empty() && text.back() == '\r') {
        text.remove_suffix(1);
      }
    }
    return text;
  }

  /// At the end of summer time the clock goes back: the file shows that hour
  /// twice.
  void note_repeated_hour() {
    const text::Zone::Change* const change = zone_.at(message_->seconds);
    repeats_ =
        change != nullptr && change->twice() && zone_.at(previous_) == change;
    if (repeats_) message_->flags |= Message::repeated_hour;
  }

  void set_text(Span span) {
    const std::size_t start = rest_start_ - start_ + span.start;
    if (start > std::numeric_limits<std::uint16_t>::max()) {
      // A header, a sender and a file name are never this long.
      message_->text_start = static_cast<std::uint16_t>(rest_start_ - start_);
      message_->text_length = static_cast<std::uint32_t>(rest_.size());
      return;
    }
    message_->text_start = static_cast<std::uint16_t>(start);
    message_->text_length = static_cast<std::uint32_t>(span.length);
  }

  void mention(const std::optional<Span>& span, std::size_t base,
               Mention::Role role) {
    if (!span || span->length > std::numeric_limits<std::uint16_t>::max())
      return;
    chat_.mentions.push_back(
        {.message = static_cast<Index>(number_),
         .offset = static_cast<std::uint32_t>(rest_start_ - base_ + base +
                                              span->start),
         .length = static_cast<std::uint16_t>(span->length),
         .role = role});
  }

  /// The sender of the record, as far as its own name goes.
  [[nodiscard]] Split find_sender() const {
    const Split split = split_sender(bytes_.substr(rest_start_));
    if (split.sender == 0 || learned_.long_names.empty()) return split;
    const std::size_t more = learned_.longer_by(
        display_name(rest_.substr(0, split.sender)), rest_.substr(split.body));
    if (more == 0) return split;
    return {rest_.find(':', split.body), split.body + more};
  }

  void read_rest() {
    const Split split = find_sender();
    // A sender that wrote before needs no second look; a new one may be the
    // start of a system text with ": " in a quoted name.
    author_ = split.sender > 0 ? authors_.known(rest_.substr(0, split.sender),
                                                bytes_.substr(rest_start_))
                               : no_author;
    if (author_ != no_author) return read_body(split);
    const std::size_t marks = leading_marks(rest_);
    const std::string_view text = without_empty_lines(rest_.substr(marks));
    if (const auto notice = notices_.system(text, learned_.begins(text)))
      return read_system(*notice, marks, {});
    if (split.sender > 0) return read_body(split);
    message_->flags |= Message::guessed;
    read_system(Notice{}, marks, {});
  }

  void read_system(const Notice& notice, std::size_t base,
                   const std::optional<Span>& sender) {
    message_->kind = Kind::system;
    message_->event = notice.event;
    set_text({base, rest_.size() - base});
    if (notice.actor) {
      mention(notice.actor, base, Mention::Role::actor);
    } else if (sender) {
      mention(sender, 0, Mention::Role::actor);
    }
    mention(notice.target, base, Mention::Role::target);
    if (notice.subject && (notice.event == SystemEvent::group_created ||
                           notice.event == SystemEvent::subject_changed)) {
      set_group_name(
          rest_.substr(base + notice.subject->start, notice.subject->length));
    }
  }

  void set_group_name(std::string_view quoted) {
    std::string name = display_name(quoted);
    for (const std::string_view quote :
         {"\"", "'", "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x98",
          "\xE2\x80\x99"}) {
      if (name.substr(0, quote.size()) == quote) name.erase(0, quote.size());
      if (name.size() >= quote.size() &&
          std::string_view{name}.substr(name.size() - quote.size()) == quote) {
        name.erase(name.size() - quote.size());
      }
    }
    chat_.group_name = std::move(name);
  }

  void read_body(const Split& split) {
    const std::string_view body = rest_.substr(split.body);
    if (trust_marks_ && !(marked_ && text::holds_direction_mark(body))) {
      set_author(split.sender);
      return set_words(split.body, body);
    }
    const std::size_t marks = leading_marks(body);
    const bool own_text = trust_marks_ && marks > 0;
    const std::string_view said = without_empty_lines(body);
    const std::size_t tag = notices_.edited_tag(said, trust_marks_);
    const std::string_view words = said.substr(0, said.size() - tag);
    // On iPhones only marked texts are WhatsApp's; behind a caption the mark
    // stands before the placeholder or the file tag.
    std::optional<Stand> stand;
    if (!trust_marks_ || text::holds_direction_mark(words)) {
      stand = notices_.stand(words, trust_marks_);
    }
    if (own_text && !stand) {
      if (const auto notice = notices_.system(said.substr(marks), true)) {
        return read_attributed_system(*notice, split, split.body + marks);
      }
      if (read_unknown_system(split, marks)) return;
    }
    if (tag > 0) message_->flags |= Message::edited;
    set_author(split.sender);
    if (stand) {
      set_text({split.body, words.size()});
      return apply(*stand, split.body, words);
    }
    set_words(split.body, tag > 0 ? words : body);
    if (own_text && message_->kind == Kind::text) {
      message_->kind = Kind::unknown;
      message_->flags |= Message::guessed;
      set_text({split.body + marks, words.size() - marks});
    }
  }

  /// A body that is no text of the tables.
  void set_words(std::size_t start, std::string_view words) {
    set_text({start, words.size()});
    if (!trust_marks_ && learned_.is_placeholder(words)) {
      apply({.kind = Kind::media, .media = MediaType::unknown, .omitted = true},
            start, words);
      // So may a word be that several people typed.
      message_->flags |= Message::guessed;
    } else if (words.empty() || !begins_word(words.front())) {
      if (blank(words)) message_->kind = Kind::empty;
    }
  }

  /// Since 2023 iPhones put a name before system lines: the group's own, or
  /// that of the one who acted.
  void read_attributed_system(const Notice& notice, const Split& split,
                              std::size_t base) {
    const Span sender{0, split.sender};
    const bool group_speaks = notice.event == SystemEvent::encryption;
    if (group_speaks) set_group_name(rest_.substr(0, split.sender));
    const std::string name = display_name(rest_.substr(0, split.sender));
    const bool group = group_speaks || name == chat_.group_name ||
                       (!learned_.group.empty() && name == learned_.group);
    read_system(notice, base,
                group ? std::optional<Span>{} : std::optional<Span>{sender});
  }

  /// A marked text in a language that no table holds is a system line when the
  /// group speaks, or when it begins with the name that stands before it.
  bool read_unknown_system(const Split& split, std::size_t marks) {
    const std::string_view sender = rest_.substr(0, split.sender);
    const std::string name = display_name(sender);
    const bool group = !learned_.group.empty() && name == learned_.group;
    const std::string_view body = rest_.substr(split.body);
    if (!group &&
        !display_name(body.substr(0, body.find('\n'))).starts_with(name))
      return false;
    if (group && chat_.group_name.empty()) set_group_name(sender);
    message_->flags |= Message::guessed;
    const Span span{0, split.sender};
    read_system(Notice{}, split.body + marks,
                group ? std::optional<Span>{} : std::optional<Span>{span});
    return true;
  }

  void apply(const Stand& stand, std::size_t body_start,
             std::string_view words) {
    message_->kind = stand.kind;
    message_->media = stand.media;
    if (stand.omitted) message_->flags |= Message::omitted;
    Span text = stand.text;
    std::string_view caption = words.substr(text.start, text.length);
    while (!caption.empty() && caption.back() == ' ') caption.remove_suffix(1);
    // The mark before a file tag belongs to the tag, not to the caption.
    if (stand.file && caption.size() >= 3 &&
        caption.substr(caption.size() - 3, 2) == "\xE2\x80" &&
        (caption.back() == '\x8E' || caption.back() == '\x8F')) {
      caption.remove_suffix(3);
      while (!caption.empty() && caption.back() == ' ')
        caption.remove_suffix(1);
    }
    if (const std::size_t tag = notices_.edited_tag(caption, trust_marks_);
        tag > 0) {
      message_->flags |= Message::edited;
      caption.remove_suffix(tag);
    }
    text.length = caption.size();
    if (blank(caption)) text.length = 0;
    set_text({body_start + text.start, text.length});
    mention(stand.file, body_start, Mention::Role::file);
    mention(stand.actor, body_start, Mention::Role::actor);
    // Only iPhones name what was left out; on Android a person did.
    const std::string_view bare = words.substr(leading_marks(words));
    if (stand.omitted && stand.media == MediaType::unknown && !stand.guessed &&
        bare.starts_with('<') && text.start == words.size())
      left_out_ = words;
    if (stand.guessed || (!ios_ && stand.omitted && !bare.starts_with('<')))
      message_->flags |= Message::guessed;
  }

  void set_author(std::size_t sender_length) {
    if (author_ == no_author) {
      author_ = authors_.add(rest_.substr(0, sender_length), line_);
    }
    message_->author = author_;
  }

  Chat& chat_;
  std::string_view bytes_;
  const Learned& learned_;
  const text::Zone& zone_;
  const Notices& notices_{notices()};
  std::uint32_t line_{};      ///< of this record
  std::uint32_t previous_{};  ///< time of the record before
  bool repeats_{};            ///< and whether it repeats an hour
  bool ios_;
  bool trust_marks_;     ///< only marked texts are WhatsApp's
  bool may_be_learned_;  ///< a name or body may be one of `learned_`
  bool ends_in_crlf_;
  std::size_t base_{};    ///< where `Chat::bytes` starts
  std::size_t start_{};   ///< of this record
  bool marked_{};         ///< it holds U+200E or U+200F
  std::size_t number_{};  ///< of this record among the messages
  Message* message_{};
  std::string_view rest_;  ///< after the header, terminator off
  std::size_t rest_start_{};
  Authors authors_;
  /// "<Media weggelaten>", as the file has it: one message in twelve.
  std::string_view left_out_;
  std::uint16_t author_{no_author};  ///< of this record, when known
};

std::string_view sender_of(std::string_view bytes, const Candidate& candidate) {
  const std::string_view rest =
      bytes.substr(candidate.offset + std::size_t{candidate.length});
  return rest.substr(0, split_sender(rest).sender);
}

MessageBuilder::MessageBuilder(Chat& chat, std::string_view bytes, bool marks,
                               const Learned& learned, const text::Zone& zone)
    : impl_(std::make_unique<Impl>(chat, bytes, marks, learned, zone)) {}

MessageBuilder::~MessageBuilder() = default;

std::uint32_t MessageBuilder::overridden_line() const {
  return impl_->overridden_line();
}

void MessageBuilder::start_at(std::size_t base) { impl_->start_at(base); }

void MessageBuilder::add(std::span<const Record> records) {
  impl_->add(records);
}

}  // namespace etherpeil::parsing
