#pragma once
/// Several exports of one group become one chat: of several phones, or made on
/// several dates. They are aligned, because no key is the same in all of them:
/// names come from each phone's address book, times from its zone and in
/// minutes or seconds, texts are edited and deleted after some exports, and
/// "ok" is said twice in a minute.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil {

/// Where a message of a merged chat stands in an export.
struct Origin {
  Index message{};       ///< of the merged chat
  Index source{};        ///< in `Merged::sources`
  Index record{};        ///< 0-based, in that export
  std::uint64_t line{};  ///< 1-based, in that export
};

/// Who a sender of one export is in the merged chat.
struct SenderMatch {
  Index author{};          ///< in `Merged::chat.authors`
  std::uint32_t shared{};  ///< of his messages, those that a file before has
  std::uint32_t agreed{};  ///< of these, those that it has from this author
};

/// A time that an export shows, on the clock of the merged chat.
struct TimeSpan {
  LocalTime first{};
  LocalTime last{};
};

/// What one export brought.
struct MergeSource {
  Index input{};         ///< position among the chats that were given
  std::string name{};    ///< `Chat::source`
  std::string sha256{};  ///< of its text, hexadecimal
  /// How far its clock is ahead of that of the merged chat, in quarters of an
  /// hour (another time zone). Where it changed, what holds most.
  std::chrono::minutes clock{};
  std::uint64_t records{};
  std::uint64_t shared{};  ///< of these, those that another export has too
  std::uint64_t alone{};   ///< of these, those that only this export has
  /// From its first to its last record, cut where it misses 20 messages or more
  /// that others have.
  std::vector<TimeSpan> covered{};
  std::vector<SenderMatch> senders{};  ///< one per author of the export
};

/// One chat of one or more exports. A chat of one export, or of exports that
/// one of them contains, is that export unchanged.
/// Else its bytes are the records that were chosen, one behind the other, and
/// `Chat::line` counts in these; `origins` tells the lines of the exports. Of
/// two versions of a message the text wins over "deleted", the edited over the
/// unedited, seconds over minutes. The clock is that of most exports, at a tie
/// that of the largest; names and format are those of the largest.
struct Merged {
  Chat chat{};
  std::vector<MergeSource> sources{};  ///< largest first, equals by hash
  std::vector<Origin> origins{};       ///< ordered by message, then source
  /// All that each author is called in the exports, his own name first.
  std::vector<std::vector<Author>> known_as{};
};

/// Why two chats were not made one.
enum class Unaligned : std::uint8_t {
  no_common_time,  ///< one ends before the other begins
  too_little,      ///< too few telling messages in both to be certain
  other_messages   ///< at the same time other messages: another group
};
[[nodiscard]] std::string_view to_string(Unaligned);

struct UnalignedPair {
  Index first{};  ///< in `Merges::chats`
  Index second{};
  Unaligned why{};
};

struct Merges {
  std::vector<Merged> chats{};  ///< by first message, equals by hash
  std::vector<UnalignedPair> apart{};
};

/// Makes one chat of those exports that share messages beyond doubt, and leaves
/// the others apart. Anchors are messages of eight letters and more that occur
/// once in each; three of them, and half of those that could be, make two
/// exports one (eight tenths when they name different groups). The result does
/// not depend on the order of the chats, and merging what was merged changes
/// nothing. About linear in the number of messages, quadratic in that of
/// exports.
/// @throws Error limit when the merged text would be larger than 4 GiB;
/// argument for a chat without messages Diagnostics, on the merged chat behind
/// those of the exports: merge.joined, merge.same-file, merge.clock,
/// merge.sender-doubtful
[[nodiscard]] Merges merge(std::vector<Chat> chats);

/// Gives the sender whom the exporting phone calls "Jij" or "You" a name.
/// @return false when there is none: the phone wrote its owner's own name
bool name_exporter(Chat& chat, std::string_view name);

}  // namespace etherpeil
