#pragma once
/// From labelled chats to a model, and to what a classifier is worth.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "etherpeil/classify.hpp"
#include "etherpeil/stats.hpp"
#include "etherpeil/types.hpp"

namespace etherpeil {

/// What people coded in one chat; one entry per message.
struct Coding {
  std::vector<Label> labels{};  ///< probability 1; `not_coded` for system lines
  std::vector<std::uint32_t> incidents{};  ///< the coders' number; 0: none
  std::vector<bool> roots{};               ///< opens its incident
};

/// Reads codes (columns n line label is_root incident attrs text,
/// tab-separated, one row per message of a person).
/// @throws Error io; config, with the line, when they do not fit the chat
[[nodiscard]] Coding read_coding(const std::filesystem::path& path,
                                 const Chat& chat, const Codes& codes);

/// A chat that people have coded.
struct LabelledChat {
  std::string group{};
  Chat chat{};
  std::vector<Role> roles{};  ///< one per message
  Coding coding{};
};

/// The groups of a folder: NAME.txt (or .zip) with NAME.tsv and, if there is
/// one, NAME.roles.json; in order of name. `only` picks some, by name.
/// @throws Error as `parse_file`, `read_coding`, `load_roles`; config when the
/// folder holds no codes, or a name of `only` is not there
[[nodiscard]] std::vector<LabelledChat> load_corpus(
    const std::filesystem::path& folder, const Codes& codebook,
    std::span<const std::string> only = {});

/// What a label is given when one is chosen, in natural logarithms; shares stay
/// as they are. To miss a safety report is worse than to find one too many, and
/// short messages are taken for reactions too easily.
struct Lead {
  std::string label{};
  double value{};
};

struct TrainOptions {
  std::string id{"model"};
  /// Strength of the data against the pull to zero (liblinear's C).
  double cost{1.0};
  /// Blocks that are left out: "rule", "lexicon", "word", "pair", "letters",
  /// "shape", "context"; "decoder" for the steps between labels.
  std::vector<std::string> without{};
  /// An n-gram is kept when it was met in so many groups and by so many
  /// senders: what fewer people write may point at them.
  std::uint32_t min_groups{3};
  std::uint32_t min_senders{5};
  /// The features that move scores most are kept, at most so many.
  std::size_t max_features{20'700};
  /// Also trains on a copy of every chat in which so many of the words have a
  /// typing error and nobody's role is known; 0: no copy.
  double typos{0.25};
  /// Labels that are not in the codebook are passed over.
  std::vector<Lead> leads{{"INC", 0.6}, {"VERD", 0.3}, {"REACT", -0.15}};
};

/// Trains on some groups and calibrates on others. Deterministic. The result is
/// the text of a model file (format etherpeil-model/1). `held_out` changes
/// nothing about the model: what it is worth on them stands in the file.
/// @throws Error config when a label has no example, a block is unknown or
/// there are fewer than three groups to train on
[[nodiscard]] std::string train(std::span<const LabelledChat> training,
                                std::span<const LabelledChat> calibration,
                                const Codebook& codebook,
                                const TrainOptions& options = {},
                                std::span<const LabelledChat> held_out = {});

/// How well one label is found. Shares lie in [0, 1]; NaN without cases.
struct LabelScore {
  std::string key{};
  std::uint64_t gold{};
  std::uint64_t predicted{};
  std::uint64_t correct{};
  double precision{};
  double recall{};
  double f1{};
  Interval f1_interval{};
};

/// A share of decisions that were kept, and how many of them were right.
struct RiskPoint {
  double threshold{};
  double coverage{};
  double accuracy{};
};

/// Probabilities of one band against how often they were right.
struct ReliabilityBin {
  double low{};
  double high{};
  std::uint64_t count{};
  double mean_probability{};
  double accuracy{};
};

/// How well incidents are put together, over messages that people or the
/// program put in one. `precision`: of a message's found incident, the share
/// that people put in its incident too (0 for a message that people put in
/// none); `recall` the other way round.
/// Source: B-cubed, Bagga & Baldwin (1998).
struct IncidentScore {
  std::uint64_t gold{};       ///< incidents by people
  std::uint64_t predicted{};  ///< incidents found
  std::uint64_t exact{};      ///< found with exactly the same messages
  std::uint64_t roots{};  ///< found that open with the message that people say
  double precision{};
  double recall{};
  double f1{};
};
/// `found` over chats; one entry per chat.
[[nodiscard]] IncidentScore score_incidents(std::span<const LabelledChat> chats,
                                            std::span<const Incidents> found);

/// What a classifier is worth on labelled chats.
struct Evaluation {
  std::string model{};
  std::string codebook{};  ///< id/version
  std::vector<std::string> groups{};
  /// Those of them that helped to make the model: the figures flatter.
  std::vector<std::string> seen{};
  std::uint64_t messages{};
  double accuracy{};
  double macro_f1{};  ///< over the labels that occur in the gold
  Interval macro_f1_interval{};
  double alpha{};  ///< Krippendorff, nominal, model to gold
  Interval alpha_interval{};
  LabelScore report{};  ///< INC, VERD and OVER as one
  std::vector<LabelScore> labels{};
  double ece{};    ///< expected calibration error, ten bins
  double brier{};  ///< mean squared error of the shares, summed over labels
  std::vector<ReliabilityBin> reliability{};
  std::vector<RiskPoint> risk{};
  std::vector<std::vector<std::uint64_t>> confusion{};  ///< [gold][predicted]
  /// Macro-F1 per group, in the order of `groups`.
  std::vector<double> group_f1{};
  /// Incidents put together from people's labels, and from the model's.
  IncidentScore incidents_by_people{};
  IncidentScore incidents_by_model{};
};

struct EvaluateOptions {
  std::uint32_t resamples{1000};
  std::uint64_t seed{1};
  bool roles{true};  ///< false: as if nobody had a role
  /// As if so many of the words of three letters or more had a typing error.
  double typos{};
};

/// Intervals are 95 % percentile intervals of a cluster bootstrap over groups,
/// and over messages in blocks when there is only one group.
/// Source: Krippendorff (2018), Content Analysis, 4th ed., ch. 12.
[[nodiscard]] Evaluation evaluate(std::span<const LabelledChat> chats,
                                  const Classifier& classifier,
                                  const EvaluateOptions& options = {});

}  // namespace etherpeil
