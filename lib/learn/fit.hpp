#pragma once
/// The parts of training: logistic regression, the course of conversations, and
/// probabilities that mean something.
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "classify/model.hpp"
#include "etherpeil/learn.hpp"

namespace etherpeil::learn {

/// A message as a row of a table: features by column, and the label of people.
struct Row {
  std::vector<std::pair<std::uint32_t, float>> features{};  ///< by column
  std::uint8_t gold{};
};

/// Weights per label and column; the last column is the bias.
using Table = std::vector<std::vector<double>>;

/// One logistic regression per label against all others, with squared weights
/// held small (liblinear, L2R_LR). Labels without examples get no weights and
/// a bias of -8.
[[nodiscard]] Table fit_labels(std::span<const Row* const> rows,
                               std::size_t columns, std::size_t labels,
                               double cost);

/// Scores of a row under a table.
[[nodiscard]] classify::Scores scores_of(const Row& row, const Table& table);

/// A group as a model file names it.
[[nodiscard]] Model::Impl::Source source_of(const LabelledChat& labelled);

/// How the labels of the chats follow each other.
[[nodiscard]] classify::Steps count_steps(std::span<const LabelledChat> chats,
                                          std::size_t labels);

/// Fits calibration and the weight of the steps on chats that did not train,
/// so that the mean logarithm of the share of the true label is greatest.
/// Without `decoder` the steps get weight 0.
void calibrate(std::span<const LabelledChat> chats, const Codebook& codebook,
               bool decoder, Model::Impl& model);

}  // namespace etherpeil::learn
