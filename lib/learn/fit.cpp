#include "learn/fit.hpp"

#include <linear.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "classify/reader.hpp"

namespace etherpeil::learn {
namespace {

using classify::Scores;

/// As the model file keeps it.
double rounded(double value) { return std::round(value * 1e4) / 1e4; }

void say_nothing(const char*) {}

struct Free {
  void operator()(::model* trained) const {
    ::free_and_destroy_model(&trained);
  }
};

/// One conversation as the decoder takes it, with the labels of people.
struct Conversation {
  std::vector<Scores> scores{};
  std::vector<std::uint32_t> gaps{};
  std::vector<std::uint8_t> own{};
  std::vector<std::uint8_t> gold{};
};

/// Adds the conversations of a chat.
void read_conversations(const LabelledChat& labelled,
                        std::span<const Role> roles, const Codebook& codebook,
                        const Model::Impl& model,
                        std::vector<Conversation>& found) {
  classify::Reader reader{codebook.impl(), &model, labelled.chat, roles};
  classify::Read read;
  bool first = true;
  while (reader.next(read)) {
    if (first || read.gap > classify::conversation_gap) found.emplace_back();
    first = false;
    Conversation& now = found.back();
    now.scores.push_back(read.score);
    now.gaps.push_back(read.gap);
    now.own.push_back(read.own ? 1 : 0);
    now.gold.push_back(labelled.coding.labels[read.message].code);
  }
}

Scores apply(const Scores& raw, const classify::Calibration& calibration,
             std::size_t labels) {
  Scores result{};
  for (std::size_t i = 0; i < labels; ++i)
    result[i] = raw[i] * calibration.slope + calibration.shift[i];
  return result;
}

/// Slope and shifts by gradient descent on a convex loss, with a step that
/// shrinks where the loss would rise.
void fit_shifts(const std::vector<Conversation>& conversations,
                std::size_t labels, classify::Calibration& calibration) {
  constexpr double pull = 0.02;
  struct Gradient {
    double loss{};
    double slope{};
    Scores shift{};
  };
  const auto measure = [&](const classify::Calibration& at) {
    Gradient sum;
    double count = 0;
    for (const Conversation& talk : conversations) {
      for (std::size_t i = 0; i < talk.scores.size(); ++i, ++count) {
        const Scores logs =
            classify::log_softmax(apply(talk.scores[i], at, labels), labels);
        sum.loss -= logs[talk.gold[i]];
        for (std::size_t k = 0; k < labels; ++k) {
          const double error =
              std::exp(logs[k]) - (k == talk.gold[i] ? 1.0 : 0.0);
          sum.slope += error * talk.scores[i][k];
          sum.shift[k] += error;
        }
      }
    }
    sum.loss /= count;
    sum.slope /= count;
    for (std::size_t k = 0; k < labels; ++k) {
      sum.shift[k] = sum.shift[k] / count + pull * at.shift[k];
      sum.loss += pull * at.shift[k] * at.shift[k] / 2;
    }
    return sum;
  };
  Gradient here = measure(calibration);
  double rate = 1;
  for (int round = 0; round < 400 && rate > 1e-6; ++round) {
    classify::Calibration next = calibration;
    next.slope -= rate * 0.1 * here.slope;
    for (std::size_t k = 0; k < labels; ++k)
      next.shift[k] -= rate * here.shift[k];
    const Gradient there = measure(next);
    if (there.loss > here.loss) {
      rate /= 2;
      continue;
    }
    calibration = next;
    here = there;
    rate *= 1.2;
  }
}

/// Mean loss of the decoded shares.
double decoded_loss(const std::vector<Conversation>& conversations,
                    const Model::Impl& model) {
  const classify::StepTables steps{model.steps, model.labels};
  double loss = 0;
  double count = 0;
  for (const Conversation& talk : conversations) {
    std::vector<Scores> scores;
    for (const Scores& raw : talk.scores)
      scores.push_back(apply(raw, model.calibration, model.labels));
    const auto decoded =
        classify::decode(scores, talk.gaps, talk.own, steps, {});
    for (std::size_t i = 0; i < decoded.size(); ++i, ++count) {
      Scores sharpened{};
      for (std::size_t k = 0; k < model.labels; ++k)
        sharpened[k] = decoded[i][k] * model.calibration.final_slope;
      loss -= classify::log_softmax(sharpened, model.labels)[talk.gold[i]];
    }
  }
  return loss / count;
}

/// The value of `knob` among `values` with the smallest loss.
void choose(double& knob, std::initializer_list<double> values,
            const std::vector<Conversation>& conversations,
            const Model::Impl& model) {
  double best = knob;
  double least = decoded_loss(conversations, model);
  for (const double value : values) {
    knob = value;
    const double loss = decoded_loss(conversations, model);
    if (loss < least) {
      least = loss;
      best = value;
    }
  }
  knob = best;
}

}  // namespace

Table fit_labels(std::span<const Row* const> rows, std::size_t columns,
                 std::size_t labels, double cost) {
  std::vector<std::vector<::feature_node>> nodes(rows.size());
  std::vector<::feature_node*> pointers(rows.size());
  std::vector<double> gold(rows.size());
  const auto bias_column = static_cast<int>(columns + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const auto& [column, value] : rows[i]->features)
      nodes[i].push_back({static_cast<int>(column) + 1, double{value}});
    nodes[i].push_back({bias_column, 1});
    nodes[i].push_back({-1, 0});
    pointers[i] = nodes[i].data();
    gold[i] = rows[i]->gold;
  }
  const ::problem problem{static_cast<int>(rows.size()), bias_column,
                          gold.data(), pointers.data(), 1};
  ::parameter parameter{};
  parameter.solver_type = L2R_LR;
  parameter.eps = 0.01;
  parameter.C = cost;
  ::set_print_string_function(say_nothing);
  const std::unique_ptr<::model, Free> trained{::train(&problem, &parameter)};
  Table table(labels, std::vector<double>(columns + 1));
  for (auto& row : table) row[columns] = -8;
  const auto classes = static_cast<std::size_t>(trained->nr_class);
  for (std::size_t k = 0; k < classes; ++k) {
    auto& row = table[static_cast<std::size_t>(trained->label[k])];
    for (std::size_t column = 0; column <= columns; ++column)
      row[column] = trained->w[column * classes + k];
  }
  return table;
}

Scores scores_of(const Row& row, const Table& table) {
  Scores scores{};
  for (std::size_t k = 0; k < table.size(); ++k) {
    scores[k] = table[k].back();
    for (const auto& [column, value] : row.features)
      scores[k] += table[k][column] * double{value};
  }
  return scores;
}

classify::Steps count_steps(std::span<const LabelledChat> chats,
                            std::size_t labels) {
  constexpr double smoothing = 5;
  classify::Steps steps;
  auto& table = steps.log_step;
  Scores totals{};
  for (const LabelledChat& labelled : chats) {
    std::size_t before = labels;
    const Message* last = nullptr;
    for (Index i = 0; i < labelled.chat.messages.size(); ++i) {
      const std::uint8_t code = labelled.coding.labels[i].code;
      if (code == not_coded) continue;
      const Message& now = labelled.chat.messages[i];
      const std::uint32_t gap = last == nullptr ? UINT32_MAX
                                : now.seconds > last->seconds
                                    ? now.seconds - last->seconds
                                    : 0;
      const bool own = last != nullptr && last->author == now.author;
      const std::size_t from =
          gap > classify::conversation_gap ? labels : before;
      table[classify::gap_step(gap)][own ? 1 : 0][from][code] += 1;
      totals[code] += 1;
      before = code;
      last = &now;
    }
  }
  double all = 0;
  for (std::size_t k = 0; k < labels; ++k) all += totals[k] += 1;
  for (std::size_t k = 0; k < labels; ++k)
    steps.log_prior[k] = rounded(std::log(totals[k] / all));
  for (auto& gap : table) {
    for (auto& own : gap) {
      for (std::size_t from = 0; from <= labels; ++from) {
        double sum = smoothing;
        for (std::size_t k = 0; k < labels; ++k) sum += own[from][k];
        for (std::size_t k = 0; k < labels; ++k) {
          own[from][k] = rounded(
              std::log((own[from][k] + smoothing * totals[k] / all) / sum));
        }
      }
    }
  }
  return steps;
}

void calibrate(std::span<const LabelledChat> chats, const Codebook& codebook,
               bool decoder, Model::Impl& model) {
  // Probabilities must hold with and without a roles file (D62).
  std::vector<Conversation> conversations;
  for (const LabelledChat& labelled : chats) {
    read_conversations(labelled, labelled.roles, codebook, model,
                       conversations);
    read_conversations(labelled, {}, codebook, model, conversations);
  }
  fit_shifts(conversations, model.labels, model.calibration);
  model.calibration.slope = rounded(model.calibration.slope);
  for (double& shift : model.calibration.shift) shift = rounded(shift);
  if (decoder) {
    for (int round = 0; round < 2; ++round) {
      choose(model.steps.weight, {0, 0.2, 0.4, 0.6, 0.8, 1.0}, conversations,
             model);
      choose(model.steps.prior, {0, 0.2, 0.4, 0.6, 0.8, 1.0}, conversations,
             model);
    }
  }
  choose(model.calibration.final_slope,
         {0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2},
         conversations, model);
}

}  // namespace etherpeil::learn
