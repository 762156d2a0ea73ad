#pragma once
/// What only a whole file tells about its senders and its placeholders.
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::parsing {

struct Learned {
  /// A name with ": " in it: "Jan: wijkagent".
  struct LongName {
    std::string first{};   ///< as shown, before the first ": "
    std::string second{};  ///< raw, behind it
  };
  std::vector<LongName> long_names{};
  /// The group itself, which iPhones put before system lines. Empty when no
  /// line was read as that of a person by that name.
  std::string group{};
  /// Bodies "<…>" that stand for media in a language that no table holds.
  std::vector<std::string> placeholders{};
  /// First bytes in the file of lines without a sender that are text of the
  /// message before them: dates in an agenda that somebody sent.
  std::vector<std::uint64_t> asides{};

  [[nodiscard]] bool empty() const {
    return long_names.empty() && group.empty() && placeholders.empty() &&
           asides.empty();
  }
  /// Bytes by which the sender is longer than it seemed in a record that shows
  /// `name` and goes on with `body`; 0 when it is not.
  [[nodiscard]] std::size_t longer_by(std::string_view name,
                                      std::string_view body) const;
  /// Whether a text begins with a name that has ": " in it.
  [[nodiscard]] bool begins(std::string_view text) const;
  [[nodiscard]] bool is_placeholder(std::string_view body) const {
    return !placeholders.empty() &&
           std::find(placeholders.begin(), placeholders.end(), body) !=
               placeholders.end();
  }
  [[nodiscard]] bool is_aside(std::uint64_t offset) const {
    return !asides.empty() &&
           std::binary_search(asides.begin(), asides.end(), offset);
  }
};

/// Looks at a chat that was read without that knowledge, batch after batch.
/// When there is something to know, the chat is to be read again.
class Learner {
 public:
  /// The messages of a batch, or those that a chat grew by.
  void add(const Chat& batch);
  /// Names with ": " in them may be words that others use as well, or be shown
  /// elsewhere: show all batches to `add_again`.
  [[nodiscard]] bool undecided() const;
  void add_again(const Chat& batch);
  [[nodiscard]] Learned finish(const Chat& whole) const;
  /// Names of the texts (.txt) that the chat shows as attachments.
  [[nodiscard]] const std::set<std::string>& attached() const {
    return attached_;
  }

 private:
  /// What the messages of one author have in common.
  struct Habit {
    std::string name{};
    std::string start{};
    std::size_t messages{};
    std::size_t small{};  ///< that go on behind the start with a small letter
    bool broken{};        ///< a message begins in another way
    /// The first messages that begin in another way, until one begins so: a
    /// name that no message shows need not be looked for.
    std::array<std::string_view, 8> waiting{};
    std::size_t waits{};
    /// The start is part of the name: a text of WhatsApp's stands behind it, or
    /// WhatsApp shows the whole name elsewhere.
    bool proof{};
    /// It is not: others begin with it as well, or WhatsApp shows the name
    /// without it.
    bool word{};
    bool writes{};  ///< words of a person, or media
  };
  /// Whether a name may be longer than it seemed, before all was looked at.
  [[nodiscard]] static bool may_be_long(const Habit& habit);
  [[nodiscard]] bool is_long_name(const Habit& habit) const;
  [[nodiscard]] static std::string long_name(const Habit& habit) {
    return habit.name + ": " + habit.start;
  }
  void add_habit(const Chat& batch, Index message);
  void judge(Habit& habit, std::string_view body);
  void judge_waiting(Habit& habit);
  void add_aside(const Chat& batch, const Message& message);
  void add_names(const Chat& batch, Index first);
  [[nodiscard]] std::string group(const Chat& whole) const;

  std::uint64_t seen_{};       ///< messages
  std::vector<Habit> habits_;  ///< by author
  std::uint16_t first_author_{no_author};
  /// Messages that are no habit, by the letter that they begin with.
  std::size_t small_{};
  std::size_t capital_{};
  std::set<std::string> actors_;
  std::set<std::string> names_;  ///< in WhatsApp's own texts
  std::set<std::string> attached_;
  std::map<std::string, std::set<std::uint16_t>> placeholders_;
  struct Aside {
    std::uint64_t offset{};
    std::uint32_t seconds{};
  };
  std::vector<Aside> open_;  ///< lines in doubt, until the next certain record
  std::vector<std::uint64_t> asides_;
  std::uint32_t before_{};  ///< time of the last record that is certain
};

}  // namespace etherpeil::parsing
