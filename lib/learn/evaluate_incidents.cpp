#include <limits>
#include <map>

#include "etherpeil/learn.hpp"

namespace etherpeil {
namespace {

/// Sums over messages, whose means are precision and recall.
struct Sums {
  double precision{};
  double precise{};  ///< messages
  double recall{};
  double recalled{};
};

/// For each pair of an incident by people and one that was found, the messages
/// that are in both; for each incident its size.
struct Overlap {
  std::map<std::pair<std::uint32_t, Index>, double> both{};
  std::map<std::uint32_t, double> gold{};
  std::map<Index, double> found{};
};

Overlap overlap_of(const Coding& coding, const Incidents& found) {
  Overlap overlap;
  for (std::size_t i = 0; i < coding.labels.size(); ++i) {
    const std::uint32_t gold = coding.incidents[i];
    const auto here = found.of_message[i];
    if (gold != 0) overlap.gold[gold] += 1;
    if (here) overlap.found[*here] += 1;
    if (gold != 0 && here) overlap.both[{gold, *here}] += 1;
  }
  return overlap;
}

void add(const Overlap& overlap, Sums& sums, IncidentScore& score) {
  score.gold += overlap.gold.size();
  score.predicted += overlap.found.size();
  for (const auto& [incident, size] : overlap.gold) sums.recalled += size;
  for (const auto& [incident, size] : overlap.found) sums.precise += size;
  for (const auto& [pair, size] : overlap.both) {
    const double gold = overlap.gold.at(pair.first);
    const double found = overlap.found.at(pair.second);
    sums.precision += size * size / found;
    sums.recall += size * size / gold;
    score.exact += size == gold && size == found ? 1 : 0;
  }
}

double share(double part, double whole) {
  return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

IncidentScore score_incidents(std::span<const LabelledChat> chats,
                              std::span<const Incidents> found) {
  IncidentScore score;
  Sums sums;
  for (std::size_t c = 0; c < chats.size(); ++c) {
    const Coding& coding = chats[c].coding;
    // People may have coded labels alone.
    if (coding.incidents.size() != coding.labels.size() ||
        coding.roots.size() != coding.labels.size()) {
      continue;
    }
    add(overlap_of(coding, found[c]), sums, score);
    for (const Incident& incident : found[c].list)
      score.roots += coding.roots[incident.root] ? 1 : 0;
  }
  score.precision = share(sums.precision, sums.precise);
  score.recall = share(sums.recall, sums.recalled);
  score.f1 =
      share(2 * score.precision * score.recall, score.precision + score.recall);
  return score;
}

}  // namespace etherpeil
