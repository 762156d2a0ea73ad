#pragma once
/// A trained model, compiled: weights per feature, steps between labels, and
/// what makes its numbers probabilities. The format of the file is specified in
/// lib/data/README.md ("The model").
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "classify/features.hpp"
#include "classify/id_table.hpp"
#include "etherpeil/classify.hpp"
#include "json/json.hpp"

namespace etherpeil::classify {

/// One score per label.
using Scores = std::array<double, max_labels>;

/// Weights of one feature: what it says of a message read alone, and of one
/// read with what stands before it.
struct Weights {
  std::array<float, max_labels> alone{};
  std::array<float, max_labels> full{};
};

/// How labels follow each other. `log_step[gap][own][from][to]`, natural
/// logarithms of shares that sum to 1 over `to`; `from` = label count: the
/// start of a conversation.
struct Steps {
  std::array<std::array<std::array<Scores, max_labels + 1>, 2>, gap_steps>
      log_step{};
  Scores log_prior{};
  double weight{};  ///< how much the step counts beside the message itself
  double prior{};   ///< how much of the base rate the messages already hold
};

/// Turns scores into probabilities, fitted on groups that did not train.
struct Calibration {
  double slope{1};        ///< of the scores of a message
  Scores shift{};         ///< per label
  double final_slope{1};  ///< of the logarithm of the decoded shares
  /// Per label, when one is chosen: added to the logarithm of its share, which
  /// itself stays.
  Scores lead{};
};

/// What words count for, beside the length of their message.
[[nodiscard]] double length_factor(std::uint32_t words);

/// Number of a word's name, for pairs.
[[nodiscard]] inline std::uint64_t word_key(std::string_view name) {
  return FeatureHash{Block::pair}.add(name).id();
}
[[nodiscard]] inline std::uint64_t pair_key(std::uint64_t before,
                                            std::uint64_t word) {
  const std::uint64_t mixed =
      (before * 0x9E3779B97F4A7C15U + word) * 0xC2B2AE3D27D4EB4FU;
  return mixed ^ mixed >> 32U;
}

}  // namespace etherpeil::classify

namespace etherpeil {

struct Model::Impl {
  /// A group that trained or calibrated the model.
  struct Source {
    std::string group{};
    std::uint64_t messages{};  ///< coded
    std::string sha256{};      ///< over the export and the codes
  };

  std::string id{};
  std::string sha256{};
  std::size_t labels{};
  std::vector<Source> sources{};
  classify::IdTable rows{};
  classify::IdTable pairs{};  ///< the rows of pairs, by `pair_key`
  /// A bit for the hash of each row of letters. It stays in the first cache.
  std::vector<std::uint64_t> letters{std::vector<std::uint64_t>(2048)};
  std::vector<classify::Weights> weights{};
  std::vector<std::string> names{};  ///< of the features, per row
  classify::Weights bias{};
  classify::Steps steps{};
  classify::Calibration calibration{};

  /// nullptr for a feature that the model does not know.
  [[nodiscard]] const classify::Weights* find(
      classify::FeatureId feature) const {
    return at(rows.find(feature));
  }
  /// False for letters that it does not know, which are most.
  [[nodiscard]] bool may_know_letters(classify::FeatureId feature) const {
    return (letters[letters_word(feature)] >> (feature & 63U) & 1U) != 0;
  }
  /// The same for a pair of words, of which `word_key` is known.
  [[nodiscard]] const classify::Weights* find_pair(std::uint64_t before,
                                                   std::uint64_t word) const {
    return at(pairs.find(classify::pair_key(before, word)));
  }
  /// The name, with its block, of a feature that `find` gave.
  [[nodiscard]] std::string_view name_of(const classify::Weights& found) const {
    return names[static_cast<std::size_t>(&found - weights.data())];
  }
  void fetch_name(const classify::Weights& found) const {
    __builtin_prefetch(
        &names[static_cast<std::size_t>(&found - weights.data())]);
  }
  /// Adds a feature. False when a hash of it is taken by another.
  bool add(const std::string& name, const classify::Weights& value);

  [[nodiscard]] const classify::Weights* at(std::uint32_t row) const {
    return row == classify::IdTable::absent ? nullptr : &weights[row];
  }

  [[nodiscard]] static std::size_t letters_word(classify::FeatureId feature) {
    return feature >> 32U & 2047U;
  }

  void read_weights(const json::Node& node);
  /// Writes weights, steps and calibration as members of the open object.
  void write(json::Writer& out) const;
  /// A weight as the file keeps it: in hundredths.
  [[nodiscard]] static float kept(double weight);
};

}  // namespace etherpeil
