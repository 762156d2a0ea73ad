/// Rules that look at messages one by one, and at how the group is run.
#include <array>

#include "audit/scene.hpp"

namespace etherpeil::rules {
namespace {

/// Every message of a member is an opportunity; `look` finds or passes.
template <class See>
void each_member(const Scene& scene, const See& see) {
  for (Index i = 0; i < scene.size(); ++i) {
    if (scene.by_member(i)) see(i);
  }
}

/// Findings are messages with one of these attributes.
void by_attributes(const Scene& scene, Tally& tally, Attributes any) {
  each_member(scene, [&](Index i) {
    if (scene.has(i, any)) {
      tally.find(i, {scene.trace(i, any)}, std::nullopt);
    } else {
      tally.pass(i);
    }
  });
}

/// Where a message meets one of the rule's own word lists.
std::optional<Evidence> own_words_of(const Scene& scene, Index i,
                                     std::string_view rule) {
  for (const std::string& list : catalogue().words[find(rule).value()].own) {
    if (auto seen = scene.own_words(i, list)) return seen;
  }
  return std::nullopt;
}

/// Findings are such messages.
void by_words(const Scene& scene, Tally& tally, std::string_view rule) {
  each_member(scene, [&](Index i) {
    if (const auto seen = own_words_of(scene, i, rule)) {
      tally.find(i, {*seen}, std::nullopt);
    } else {
      tally.pass(i);
    }
  });
}

/// R03. Talk, trade and lost things.
void on_purpose(const Scene& scene, Tally& tally) {
  each_member(scene, [&](Index i) {
    const Function what = scene.function(i);
    std::string_view detail;
    if (what == Function::social) detail = "talk";
    if (what == Function::offtopic) detail = "other";
    if (what == Function::lost) detail = "lost";
    if (detail.empty()) {
      tally.pass(i);
    } else {
      tally.find(i, {scene.whole(i)}, scene.probability(i), detail);
    }
  });
}

/// R04. Thumbs and thanks as messages.
void no_thumbs(const Scene& scene, Tally& tally) {
  const Attributes emoji = scene.bits({"emoji_only"});
  each_member(scene, [&](Index i) {
    if (scene.has(i, emoji)) {
      tally.find(i, {scene.whole(i)}, 1.0);
    } else if (scene.function(i) == Function::reaction) {
      tally.find(i, {scene.whole(i)}, scene.probability(i));
    } else {
      tally.pass(i);
    }
  });
}

/// R12. Lost and found, but for what may be stolen.
void lost_and_found(const Scene& scene, Tally& tally) {
  const Attributes stolen = scene.bits({"possible_crime"});
  each_member(scene, [&](Index i) {
    if (scene.function(i) == Function::lost && !scene.has(i, stolen)) {
      tally.find(i, {scene.whole(i)}, scene.probability(i));
    } else {
      tally.pass(i);
    }
  });
}

/// R20. Trade with a price, a link or words of a sale.
void no_advertising(const Scene& scene, Tally& tally) {
  const auto& words = catalogue().words[find("R20").value()].codebook;
  each_member(scene, [&](Index i) {
    if (scene.function(i) == Function::offtopic) {
      if (const auto seen = scene.codebook_words(i, words))
        return tally.find(i, {*seen}, scene.probability(i));
    }
    tally.pass(i);
  });
}

/// R25. Hearsay, chain messages and, where the words are there, opinions.
void no_rumours(const Scene& scene, Tally& tally) {
  const Attributes hearsay = scene.bits({"hearsay"});
  const Attributes forwarded = scene.bits({"forwarded"});
  const auto opinion = [&](Index i) -> std::optional<Evidence> {
    const Function what = scene.function(i);
    if (what != Function::social && what != Function::reaction &&
        what != Function::undetermined)
      return std::nullopt;
    return own_words_of(scene, i, "R25");
  };
  each_member(scene, [&](Index i) {
    if (scene.moderator(i)) return;
    if (scene.has(i, forwarded)) {
      tally.find(i, {scene.trace(i, forwarded)}, std::nullopt, "forwarded");
    } else if (scene.has(i, hearsay)) {
      tally.find(i, {scene.trace(i, hearsay)}, std::nullopt, "hearsay");
    } else if (const auto seen = opinion(i)) {
      tally.find(i, {*seen}, std::nullopt, "opinion");
    } else {
      tally.pass(i);
    }
  });
}

/// R15. A quarrel, or, where the words are there, a question about the group
/// itself; a moderator who asks runs the group.
void complaints(const Scene& scene, Tally& tally) {
  const Attributes conflict = scene.bits({"conflict"});
  const auto asks = [&](Index i) -> std::optional<Evidence> {
    const Function what = scene.function(i);
    const bool may_ask =
        what == Function::question || what == Function::social ||
        what == Function::moderation || what == Function::undetermined;
    if (!may_ask || scene.moderator(i)) return std::nullopt;
    return own_words_of(scene, i, "R15");
  };
  each_member(scene, [&](Index i) {
    if (scene.has(i, conflict))
      return tally.find(i, {scene.trace(i, conflict)}, std::nullopt, "quarrel");
    if (const auto seen = asks(i))
      return tally.find(i, {*seen}, std::nullopt, "question");
    tally.pass(i);
  });
}

void no_vigilantes(const Scene& scene, Tally& tally) {
  by_attributes(scene, tally, scene.bits({"eigenrichting"}));
}

void decent(const Scene& scene, Tally& tally) {
  by_attributes(scene, tally, scene.bits({"offensive", "discriminatory"}));
}

void police_reads(const Scene& scene, Tally& tally) {
  by_words(scene, tally, "R23");
}

void at_the_wheel(const Scene& scene, Tally& tally) {
  by_words(scene, tally, "R29");
}

/// R08. Alone, or addressing somebody, among messages of own action.
void never_alone(const Scene& scene, Tally& tally) {
  const Attributes action = scene.bits({"own_action", "approach"});
  const Attributes alone = scene.bits({"alone"});
  const Attributes approach = scene.bits({"approach"});
  each_member(scene, [&](Index i) {
    if (!scene.has(i, action)) return;
    if (scene.has(i, alone)) {
      tally.find(i, {scene.trace(i, alone)}, std::nullopt, "alone");
    } else if (scene.has(i, approach)) {
      tally.find(i, {scene.trace(i, approach)}, std::nullopt, "approach");
    } else {
      tally.pass(i);
    }
  });
}

/// R21. Capitals, in texts long enough to tell.
void legible(const Scene& scene, Tally& tally) {
  constexpr std::size_t least_letters = 10;
  const Attributes capitals = scene.bits({"caps"});
  each_member(scene, [&](Index i) {
    std::size_t letters = 0;
    for (const char c : scene.analysis().chat.text(i)) {
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) ++letters;
    }
    if (letters < least_letters) return;
    if (scene.has(i, capitals)) {
      tally.find(i, {scene.whole(i)}, 1.0);
    } else {
      tally.pass(i);
    }
  });
}

bool in_hours(std::int64_t hour, std::int64_t from, std::int64_t to) {
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}

/// R18. What is written at night and belongs to no safety report.
void night_rest(const Scene& scene, Tally& tally) {
  const std::int64_t from = scene.threshold("R18", "from");
  const std::int64_t to = scene.threshold("R18", "to");
  const Attributes called = scene.group("police");
  const Incidents& incidents = scene.analysis().incidents;
  each_member(scene, [&](Index i) {
    if (!in_hours(scene.seconds(i) / 3600 % 24, from, to)) return;
    const Function what = scene.function(i);
    const auto incident = incidents.of_message[i];
    bool waits = what == Function::reaction || what == Function::social ||
                 what == Function::offtopic || what == Function::lost;
    if (!waits && what != Function::undetermined) {
      waits =
          !incident || (!scene.safety(incidents.list[*incident].root) &&
                        (incidents.list[*incident].attributes & called) == 0);
    }
    if (waits) {
      tally.find(i, {scene.whole(i)}, scene.probability(i));
    } else {
      tally.pass(i);
    }
  });
}

constexpr std::array<Entry, 13> message_entries{{{"R03", on_purpose},
                                                 {"R04", no_thumbs},
                                                 {"R06", decent},
                                                 {"R07", no_vigilantes},
                                                 {"R08", never_alone},
                                                 {"R12", lost_and_found},
                                                 {"R15", complaints},
                                                 {"R18", night_rest},
                                                 {"R20", no_advertising, true},
                                                 {"R21", legible, true},
                                                 {"R23", police_reads, true},
                                                 {"R25", no_rumours},
                                                 {"R29", at_the_wheel, true}}};

// ---------------------------------------------------------- running the group

/// R16. A removal without a reminder in the days before.
void warn_first(const Scene& scene, Tally& tally) {
  constexpr std::int64_t day = 86400;
  const std::int64_t window = day * scene.threshold("R16", "days");
  std::optional<std::int64_t> reminded;
  for (Index i = 0; i < scene.size(); ++i) {
    if (scene.moderates(i, "mod_reminder")) reminded = scene.seconds(i);
    if (scene.message(i).event != SystemEvent::member_removed ||
        !scene.in_time(i)) {
      continue;
    }
    // A reminder before the export begins cannot be seen.
    if (scene.seconds(i) - scene.begin() < window) continue;
    if (reminded && scene.seconds(i) - *reminded <= window) {
      tally.pass(i);
    } else {
      tally.find(i, {scene.whole(i)}, 1.0);
    }
  }
}

/// R27. Replies to a test message.
void test_message(const Scene& scene, Tally& tally) {
  const std::int64_t window = 60 * scene.threshold("R27", "minutes");
  for (Index i = 0; i < scene.size(); ++i) {
    if (!scene.moderates(i, "mod_test")) continue;
    std::vector<Evidence> replies;
    for (Index k = i + 1; k < scene.size(); ++k) {
      if (scene.seconds(k) - scene.seconds(i) > window) break;
      const Function what = scene.function(k);
      if (scene.by_member(k) &&
          scene.message(k).author != scene.message(i).author &&
          (what == Function::reaction || what == Function::social))
        replies.push_back(scene.whole(k));
    }
    if (replies.empty()) {
      tally.pass(i);
    } else {
      tally.find(i, std::move(replies), scene.probability(i));
    }
  }
}

/// R26. Reminders that say where it can go. What is found goes well.
void point_elsewhere(const Scene& scene, Tally& tally) {
  for (Index i = 0; i < scene.size(); ++i) {
    if (scene.moderates(i, "mod_referral")) {
      tally.find(i, {scene.own_words(i, "elders").value_or(scene.whole(i))},
                 std::nullopt);
    } else if (scene.moderates(i, "mod_reminder")) {
      tally.pass(i);
    }
  }
}

constexpr std::array<Entry, 3> running_entries{
    {{"R16", warn_first}, {"R26", point_elsewhere}, {"R27", test_message}}};

}  // namespace

std::span<const Entry> message_rules() { return message_entries; }
std::span<const Entry> running_rules() { return running_entries; }

}  // namespace etherpeil::rules
