/// Rules that look at reports and what hangs on them.
#include <algorithm>
#include <array>
#include <bit>
#include <set>

#include "audit/scene.hpp"
#include "text/fold.hpp"
#include "text/tokens.hpp"

namespace etherpeil::rules {
namespace {

const std::vector<Incident>& incidents(const Scene& scene) {
  return scene.analysis().incidents.list;
}

bool safety_report(const Scene& scene, const Incident& incident) {
  return by_resident(scene, incident) && scene.safety(incident.root);
}

Attributes police_told(const Scene& scene) {
  return scene.bits({"police_112", "police_0900", "police_generic",
                     "contact_failed", "contact_intended"});
}

std::vector<Evidence> whole_report(const Scene& scene,
                                   const Incident& incident) {
  std::vector<Evidence> evidence;
  for (const Index i : scene.report_of(incident))
    evidence.push_back(scene.whole(i));
  return evidence;
}

Slots bit(Slot slot) {
  return static_cast<Slots>(1U << static_cast<unsigned>(slot));
}

int parts(Slots slots) {
  return std::popcount(static_cast<unsigned>(slots & ~bit(Slot::none)));
}

/// R01. The reporter tells nothing of the police shortly before or after.
void call_first(const Scene& scene, Tally& tally) {
  const std::int64_t before = 60 * scene.threshold("R01", "minutes_before");
  const std::int64_t after = 60 * scene.threshold("R01", "minutes_after");
  const Attributes told = police_told(scene);
  for (const Incident& incident : incidents(scene)) {
    const Index root = incident.root;
    const std::int64_t opened = scene.seconds(root);
    if (!safety_report(scene, incident) || !urgent(scene, incident)) continue;
    if (opened + after > scene.end()) continue;  // it could still be told
    const auto tells = [&](Index i) {
      return scene.coded(i) && scene.has(i, told) &&
             scene.message(i).author == scene.message(root).author;
    };
    bool known = tells(root);
    for (Index i = root; !known && i-- > 0;) {
      if (scene.seconds(i) < opened - before) break;
      known = tells(i);
    }
    for (Index i = root + 1; !known && i < scene.size(); ++i) {
      if (scene.seconds(i) > opened + after) break;
      known = tells(i);
    }
    if (known) {
      tally.pass(root);
    } else {
      tally.find(root, whole_report(scene, incident), scene.probability(root));
    }
  }
}

/// R02. Several people say that they call.
void say_that_you_called(const Scene& scene, Tally& tally) {
  const auto enough =
      static_cast<std::size_t>(scene.threshold("R02", "callers"));
  const Attributes told = scene.bits(
      {"police_112", "police_0900", "police_generic", "contact_intended"});
  for (const Incident& incident : incidents(scene)) {
    std::set<std::uint16_t> callers;
    std::vector<Evidence> evidence;
    for (const Index i : incident.messages) {
      if (!scene.by_member(i) || !scene.has(i, told)) continue;
      callers.insert(scene.message(i).author);
      evidence.push_back(scene.trace(i, told));
    }
    if (callers.empty()) continue;
    if (callers.size() < enough) {
      tally.pass(incident.root);
    } else {
      tally.find(incident.root, std::move(evidence), std::nullopt);
    }
  }
}

/// R11. Without a place, with little information, or in pieces.
void one_message(const Scene& scene, Tally& tally) {
  const auto most =
      static_cast<std::size_t>(scene.threshold("R11", "messages"));
  const std::int64_t least = scene.threshold("R11", "parts");
  for (const Incident& incident : incidents(scene)) {
    if (!by_resident(scene, incident)) continue;
    const auto messages = scene.report_of(incident);
    std::string_view detail;
    if (messages.size() > most) detail = "pieces";
    if (parts(incident.slots) < least) detail = "thin";
    if ((incident.slots & bit(Slot::where)) == 0) detail = "no-place";
    if (detail.empty()) {
      tally.pass(incident.root);
    } else {
      tally.find(incident.root, whole_report(scene, incident),
                 scene.probability(incident.root), detail);
    }
  }
}

/// R10. A person without description of clothes, build or vehicle.
void describe(const Scene& scene, Tally& tally) {
  const Attributes person = scene.bits({"person"});
  const Attributes described =
      scene.group("descr") | scene.bits({"descr_appearance"});
  for (const Incident& incident : incidents(scene)) {
    if (!safety_report(scene, incident)) continue;
    Attributes reported = 0;
    for (const Index i : scene.report_of(incident))
      reported |= scene.analysis().labels[i].attributes;
    if ((reported & person) == 0) continue;
    if ((reported & described) != 0) {
      tally.pass(incident.root);
    } else {
      tally.find(incident.root, whole_report(scene, incident),
                 scene.probability(incident.root));
    }
  }
}

/// R17. Something of before, and nothing of now.
void only_now(const Scene& scene, Tally& tally) {
  const Attributes earlier = scene.bits({"time_earlier"});
  const Attributes now = scene.bits(
      {"time_now", "time_recent", "time_today", "urgency_1", "urgency_2"});
  for (const Incident& incident : incidents(scene)) {
    const Index root = incident.root;
    if (!by_resident(scene, incident)) continue;
    if (scene.has(root, earlier) && !scene.has(root, now)) {
      tally.find(root, {scene.trace(root, earlier)}, scene.probability(root));
    } else {
      tally.pass(root);
    }
  }
}

/// Words that say what a report is about: five letters and more.
std::set<std::string> telling_words(std::string_view message) {
  std::set<std::string> words;
  const text::Folded folded = text::fold(message);
  for (const text::Token& token : text::tokenise(message, folded)) {
    const std::string_view word = token.text(folded);
    if (token.kind == text::TokenKind::word && word.size() >= 5)
      words.emplace(word);
  }
  return words;
}

/// R22. Another sender reported the same shortly before.
void read_first(const Scene& scene, Tally& tally) {
  const std::int64_t window = 60 * scene.threshold("R22", "minutes");
  const auto enough =
      static_cast<std::size_t>(scene.threshold("R22", "shared_words"));
  struct Earlier {
    Index message{};
    std::set<std::string> words{};
  };
  std::vector<Earlier> recent;
  for (Index i = 0; i < scene.size(); ++i) {
    if (!scene.by_member(i) || scene.function(i) != Function::report) continue;
    std::erase_if(recent, [&](const Earlier& e) {
      return scene.seconds(i) - scene.seconds(e.message) > window;
    });
    const auto words = telling_words(scene.analysis().chat.text(i));
    const auto same =
        std::find_if(recent.begin(), recent.end(), [&](const Earlier& earlier) {
          if (scene.message(earlier.message).author == scene.message(i).author)
            return false;
          const auto shared = std::count_if(
              words.begin(), words.end(),
              [&](const auto& word) { return earlier.words.contains(word); });
          return static_cast<std::size_t>(shared) >= enough;
        });
    if (same == recent.end()) {
      tally.pass(i);
    } else {
      tally.find(i, {scene.whole(i), scene.whole(same->message)},
                 scene.probability(i) * scene.probability(same->message));
    }
    recent.push_back({i, words});
  }
}

/// R28. 112 for what is neither urgent nor about safety.
void right_number(const Scene& scene, Tally& tally) {
  const Attributes emergency = scene.bits({"police_112"});
  const Attributes numbers = emergency | scene.bits({"police_0900"});
  const Attributes earlier = scene.bits({"time_earlier"});
  for (const Incident& incident : incidents(scene)) {
    const Index root = incident.root;
    if (!by_resident(scene, incident)) continue;
    std::optional<Index> caller;
    bool named = false;
    for (const Index i : incident.messages) {
      if (!scene.by_member(i)) continue;
      named = named || scene.has(i, numbers);
      if (!caller && scene.has(i, emergency)) caller = i;
    }
    if (!named) continue;
    const bool calm = !scene.safety(root) || scene.has(root, earlier);
    if (caller && calm && !urgent(scene, incident)) {
      tally.find(root, {scene.whole(root), scene.trace(*caller, emergency)},
                 scene.probability(root));
    } else {
      tally.pass(root);
    }
  }
}

/// R30. A lamp, a tile: for the municipality.
void for_municipality(const Scene& scene, Tally& tally) {
  const auto& words = catalogue().words[find("R30").value()].codebook;
  const Attributes contact = scene.bits({"municipal_contact"});
  for (const Incident& incident : incidents(scene)) {
    const Index root = incident.root;
    if (!by_resident(scene, incident) || scene.safety(root)) continue;
    const auto seen = scene.codebook_words(root, words);
    if (seen) {
      tally.find(root, {*seen}, scene.probability(root));
    } else if (scene.has(root, contact)) {
      tally.find(root, {scene.trace(root, contact)}, scene.probability(root));
    } else {
      tally.pass(root);
    }
  }
}

/// R05. Replies that add nothing.
void reply_with_news(const Scene& scene, Tally& tally) {
  for (const Incident& incident : incidents(scene)) {
    for (const Index i : incident.messages) {
      const bool reply =
          scene.message(i).author != scene.message(incident.root).author;
      if (!reply || !scene.by_member(i) || scene.moderator(i)) continue;
      const Function what = scene.function(i);
      if (what == Function::reaction || what == Function::social) {
        tally.find(i, {scene.whole(i)}, scene.probability(i));
      } else {
        tally.pass(i);
      }
    }
  }
}

/// Messages without information by members in the hour after a moderator closed
/// an incident.
std::vector<Evidence> replies_after(const Scene& scene, Index closing) {
  std::vector<Evidence> replies;
  constexpr std::int64_t hour = 3600;
  for (Index i = closing + 1; i < scene.size(); ++i) {
    if (scene.seconds(i) - scene.seconds(closing) > hour) break;
    if (!scene.by_member(i) || scene.moderator(i)) continue;
    const Function what = scene.function(i);
    // A new report: what follows belongs to it.
    if (what == Function::report) break;
    if (what == Function::reaction || what == Function::social)
      replies.push_back(scene.whole(i));
  }
  return replies;
}

/// R19. No outcome in time, or talk after a moderator closed the report.
void close_reports(const Scene& scene, Tally& tally) {
  const std::int64_t window = 3600 * scene.threshold("R19", "hours");
  const auto enough =
      static_cast<std::size_t>(scene.threshold("R19", "replies_after"));
  for (const Incident& incident : incidents(scene)) {
    const Index root = incident.root;
    if (!by_resident(scene, incident) || !ripe(scene, incident, window))
      continue;
    if (!closed_within(scene, incident, window)) {
      tally.find(root, {scene.whole(root)}, scene.probability(root));
      continue;
    }
    if (scene.moderator(*incident.outcome)) {
      auto replies = replies_after(scene, *incident.outcome);
      if (replies.size() >= enough) {
        tally.find(root, std::move(replies), std::nullopt, "after-close");
        continue;
      }
    }
    tally.pass(root);
  }
}

/// R09. A photo or video by a resident in a report of suspicion or crime.
void photos(const Scene& scene, Tally& tally) {
  for (const Incident& incident : incidents(scene)) {
    if (!safety_report(scene, incident)) continue;
    std::vector<Evidence> evidence;
    for (const Index i : incident.messages) {
      const MediaType media = scene.message(i).media;
      if (scene.by_member(i) &&
          (media == MediaType::image || media == MediaType::video))
        evidence.push_back(scene.whole(i));
    }
    if (evidence.empty()) {
      tally.pass(incident.root);
    } else {
      tally.find(incident.root, std::move(evidence),
                 scene.probability(incident.root));
    }
  }
}

constexpr std::array<Entry, 11> entries{{{"R01", call_first},
                                         {"R02", say_that_you_called},
                                         {"R05", reply_with_news},
                                         {"R09", photos},
                                         {"R10", describe},
                                         {"R11", one_message},
                                         {"R17", only_now},
                                         {"R19", close_reports},
                                         {"R22", read_first, true},
                                         {"R28", right_number},
                                         {"R30", for_municipality, true}}};

}  // namespace

bool by_resident(const Scene& scene, const Incident& incident) {
  return scene.by_member(incident.root);
}

bool urgent(const Scene& scene, const Incident& incident) {
  return scene.has(incident.root, scene.bits({"urgency_2"}));
}

bool complete(const Scene& scene, const Incident& incident) {
  const Slots slots = scene.analysis().codes.slots(
      scene.analysis().labels[incident.root].attributes);
  return (slots & bit(Slot::where)) != 0 && (slots & bit(Slot::what)) != 0 &&
         parts(slots) >= 3;
}

bool ripe(const Scene& scene, const Incident& incident, std::int64_t seconds) {
  return scene.seconds(incident.root) + seconds <= scene.end();
}

bool closed_within(const Scene& scene, const Incident& incident,
                   std::int64_t seconds) {
  return incident.outcome &&
         scene.seconds(*incident.outcome) - scene.seconds(incident.root) <=
             seconds;
}

std::span<const Entry> report_rules() { return entries; }

}  // namespace etherpeil::rules
