#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "classify/reader.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/learn.hpp"
#include "etherpeil/version.hpp"
#include "hash/hash.hpp"
#include "learn/fit.hpp"
#include "learn/typos.hpp"
#include "text/fold.hpp"
#include "text/tokens.hpp"

namespace etherpeil {
namespace {

using classify::Block;
using classify::NamedFeature;
using learn::Row;
using learn::Table;

bool is_ngram(Block block) {
  return block == Block::word || block == Block::pair ||
         block == Block::letters;
}

/// In how much of the corpus a feature was met.
struct Spread {
  std::set<std::size_t> groups{};
  std::set<std::pair<std::size_t, std::uint16_t>> senders{};
  std::uint32_t messages{};
};

/// Names of the senders, folded and in parts: no vocabulary holds them.
std::unordered_set<std::string> sender_words(
    std::span<const LabelledChat> chats) {
  std::unordered_set<std::string> words;
  for (const LabelledChat& labelled : chats) {
    for (const Author& author : labelled.chat.authors) {
      const text::Folded folded = text::fold(author.name);
      for (const text::Token& token : text::tokenise(author.name, folded))
        words.emplace(token.text(folded));
    }
  }
  return words;
}

class Trainer {
 public:
  Trainer(std::span<const LabelledChat> chats, const Codebook& codebook,
          const TrainOptions& options)
      : chats_(chats),
        codebook_(codebook),
        options_(options),
        labels_(codebook.codes().labels.size()) {
    check();
    if (options_.typos > 0) {
      for (std::size_t group = 0; group < chats_.size(); ++group) {
        retyped_.push_back(
            learn::with_typos(chats_[group], options_.typos, group));
        // Most who use a model have no roles file (D62).
        retyped_.back().roles.clear();
      }
    }
  }

  /// Features that no model has, and why, as a member of the open object.
  void write_excluded(json::Writer& out) const {
    out.key("excluded").begin_object();
    out.key("sensitive").begin_array();
    for (const auto& list : codebook_.impl().lexicon.lists()) {
      if (list.sensitive) out.value(list.key);
    }
    out.end_array();
    out.member("names", with_names_).member("rare", rare_).end_object();
  }

  Model::Impl run() {
    const auto names = names_to_keep_out();
    collect(false, names);
    const std::vector<std::vector<std::uint8_t>> alone = read_alone();
    const Table alone_table = fit(text_rows_, all_groups());
    if (left_out("context")) return model_of(alone_table, alone_table);
    given_ = alone;
    collect(true, names);
    const Table full_table = fit(full_rows_, all_groups());
    return model_of(alone_table, full_table);
  }

 private:
  void check() const {
    if (chats_.size() < 3) {
      throw Error{Errc::config,
                  "train: " + std::to_string(chats_.size()) +
                      " groups to train on; give three or more, so that no "
                      "word can point at one group"};
    }
    std::vector<std::size_t> examples(labels_);
    for (const LabelledChat& labelled : chats_) {
      for (const Label& label : labelled.coding.labels) {
        if (label.code != not_coded) ++examples[label.code];
      }
    }
    for (std::size_t i = 0; i < labels_; ++i) {
      if (examples[i] == 0) {
        throw Error{Errc::config,
                    "train: no message has the label " +
                        codebook_.codes().labels[i].key +
                        "; label some, or take it out of the codebook"};
      }
    }
    constexpr std::array<std::string_view, 8> blocks{
        "rule",    "lexicon", "word",    "pair",
        "letters", "shape",   "context", "decoder"};
    for (const std::string& block : options_.without) {
      if (std::find(blocks.begin(), blocks.end(), block) == blocks.end()) {
        throw Error{Errc::config, "train: no block \"" + block +
                                      "\"; there are rule, lexicon, word, "
                                      "pair, letters, shape, context, decoder"};
      }
    }
  }

  [[nodiscard]] bool left_out(std::string_view block) const {
    return std::find(options_.without.begin(), options_.without.end(), block) !=
           options_.without.end();
  }

  /// Words of senders' names, but for those that a word list knows ("agent").
  [[nodiscard]] std::unordered_set<std::string> names_to_keep_out() const {
    std::unordered_set<std::string> names = sender_words(chats_);
    classify::Reading reading;
    for (auto it = names.begin(); it != names.end();) {
      codebook_.impl().lexicon.read(*it, reading);
      it = reading.matches.empty() ? std::next(it) : names.erase(it);
    }
    return names;
  }

  [[nodiscard]] static bool holds_name(
      const NamedFeature& feature,
      const std::unordered_set<std::string>& names) {
    if (feature.block != Block::word && feature.block != Block::pair)
      return false;
    std::string_view rest = std::string_view{feature.name}.substr(
        classify::to_string(feature.block).size() + 1);
    while (true) {
      const auto space = rest.find(' ');
      if (names.count(std::string{rest.substr(0, space)}) > 0) return true;
      if (space == std::string_view::npos) return false;
      rest.remove_prefix(space + 1);
    }
  }

  /// Calls `visit(group, message, features)`; `hasty`: for the copies with
  /// typing errors.
  template <class Visit>
  void each_message(bool hasty, const Visit& visit) const {
    if (hasty && retyped_.empty()) return;
    for (std::size_t group = 0; group < chats_.size(); ++group) {
      const LabelledChat& labelled = hasty ? retyped_[group] : chats_[group];
      classify::Reader reader{codebook_.impl(), nullptr, labelled.chat,
                              labelled.roles};
      reader.keep_features();
      if (!given_.empty()) reader.set_alone(given_[group]);
      classify::Read read;
      while (reader.next(read)) visit(group, read.message, reader.features());
    }
  }

  [[nodiscard]] bool wanted(const NamedFeature& feature, bool context) const {
    return (context || feature.block != Block::context) &&
           !left_out(classify::to_string(feature.block));
  }

  /// Chooses the features and fills the rows, with or without context.
  void collect(bool context, const std::unordered_set<std::string>& names) {
    std::unordered_map<std::string, Spread> met;
    std::unordered_set<std::string> held;
    each_message(false, [&](std::size_t group, Index message,
                            const auto& features) {
      const std::uint16_t author = chats_[group].chat.messages[message].author;
      std::set<std::string_view> seen;
      for (const NamedFeature& feature : features) {
        if (!wanted(feature, context) || !seen.insert(feature.name).second)
          continue;
        if (holds_name(feature, names)) {
          held.insert(feature.name);
          continue;
        }
        Spread& spread = met[feature.name];
        ++spread.messages;
        if (!is_ngram(feature.block)) continue;
        if (spread.groups.size() < options_.min_groups)
          spread.groups.insert(group);
        if (spread.senders.size() < options_.min_senders)
          spread.senders.insert({group, author});
      }
    });
    columns_.clear();
    for (const auto& [name, spread] : met) {
      const bool ngram = !spread.groups.empty();
      const bool kept = ngram
                            ? spread.groups.size() >= options_.min_groups &&
                                  spread.senders.size() >= options_.min_senders
                            : spread.messages >= 3;
      if (kept) columns_.emplace(name, 0);
    }
    with_names_ = held.size();
    rare_ = met.size() - columns_.size();
    std::uint32_t next = 0;
    for (auto& [name, column] : columns_) column = next++;
    auto& rows = context ? full_rows_ : text_rows_;
    rows.assign(chats_.size(), {});
    fill(context, false, rows);
    fill(context, true, rows);
  }

  /// Adds the rows of the chats, or of their copies with typing errors.
  void fill(bool context, bool hasty,
            std::vector<std::vector<Row>>& rows) const {
    each_message(
        hasty, [&](std::size_t group, Index message, const auto& features) {
          std::map<std::uint32_t, float> values;
          for (const NamedFeature& feature : features) {
            if (!wanted(feature, context)) continue;
            const auto column = columns_.find(feature.name);
            if (column != columns_.end())
              values[column->second] += static_cast<float>(feature.value);
          }
          Row row;
          row.features.assign(values.begin(), values.end());
          row.gold = chats_[group].coding.labels[message].code;
          rows[group].push_back(std::move(row));
        });
  }

  [[nodiscard]] std::vector<std::size_t> all_groups() const {
    std::vector<std::size_t> groups(chats_.size());
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = i;
    return groups;
  }

  /// `copies`: also on the rows of the copies with typing errors.
  [[nodiscard]] Table fit(const std::vector<std::vector<Row>>& rows,
                          const std::vector<std::size_t>& groups,
                          bool copies = true) const {
    std::vector<const Row*> chosen;
    for (const std::size_t group : groups) {
      const std::size_t all = rows[group].size();
      const std::size_t count = copies || retyped_.empty() ? all : all / 2;
      for (std::size_t i = 0; i < count; ++i) chosen.push_back(&rows[group][i]);
    }
    return learn::fit_labels(chosen, columns_.size(), labels_, options_.cost);
  }

  /// The labels that messages get on their own, from models that have not seen
  /// their group: as good, and as wrong, as they will be in use.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> read_alone() const {
    constexpr std::size_t folds = 4;
    std::vector<std::vector<std::uint8_t>> alone(chats_.size());
    const std::size_t parts = std::min(folds, chats_.size());
    for (std::size_t part = 0; part < parts; ++part) {
      std::vector<std::size_t> others;
      for (std::size_t group = 0; group < chats_.size(); ++group) {
        if (group % parts != part) others.push_back(group);
      }
      const Table table = fit(text_rows_, others, false);
      for (std::size_t group = part; group < chats_.size(); group += parts)
        alone[group] = labels_by(table, group);
    }
    return alone;
  }

  [[nodiscard]] std::vector<std::uint8_t> labels_by(const Table& table,
                                                    std::size_t group) const {
    const LabelledChat& labelled = chats_[group];
    std::vector<std::uint8_t> found(labelled.chat.messages.size());
    std::size_t row = 0;
    for (Index i = 0; i < found.size(); ++i) {
      if (labelled.coding.labels[i].code == not_coded) continue;
      const auto scores = learn::scores_of(text_rows_[group][row++], table);
      found[i] = static_cast<std::uint8_t>(
          std::max_element(
              scores.begin(),
              scores.begin() + static_cast<std::ptrdiff_t>(labels_)) -
          scores.begin());
    }
    return found;
  }

  /// `alone` has the columns of the text only, which are a part of all columns.
  [[nodiscard]] Model::Impl model_of(const Table& alone,
                                     const Table& full) const {
    struct Candidate {
      float strength{};
      const std::string* name{};
      classify::Weights weights{};
    };
    Model::Impl model;
    model.labels = labels_;
    std::uint32_t text_column = 0;
    const auto set = [&](classify::Weights& weights, std::size_t column,
                         std::optional<std::size_t> text) {
      float most = 0;
      for (std::size_t k = 0; k < labels_; ++k) {
        weights.full[k] = Model::Impl::kept(full[k][column]);
        if (text) weights.alone[k] = Model::Impl::kept(alone[k][*text]);
        most = std::max(
            {most, std::abs(weights.full[k]), std::abs(weights.alone[k])});
      }
      return most;
    };
    std::vector<Candidate> candidates;
    for (const auto& [name, column] : columns_) {
      const bool context = name.rfind("context:", 0) == 0;
      Candidate candidate{.name = &name};
      candidate.strength =
          set(candidate.weights, column,
              context ? std::nullopt : std::optional<std::size_t>{text_column});
      if (!context) ++text_column;
      candidates.push_back(candidate);
    }
    // Stable, and in order of name before and after.
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) {
                       return a.strength > b.strength;
                     });
    if (candidates.size() > options_.max_features)
      candidates.resize(options_.max_features);
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) {
                return *a.name < *b.name;
              });
    for (const Candidate& candidate : candidates) {
      if (!model.add(*candidate.name, candidate.weights)) {
        throw Error{Errc::config,
                    "train: two features have one hash; leave "
                    "one out of the lexicon"};
      }
    }
    (void)set(model.bias, columns_.size(), alone[0].size() - 1);
    return model;
  }

  std::span<const LabelledChat> chats_;
  const Codebook& codebook_;
  const TrainOptions& options_;
  std::size_t labels_;
  std::map<std::string, std::uint32_t> columns_{};  ///< in order of name
  /// Per group, in order of messages, then those of the copy.
  std::vector<std::vector<Row>> text_rows_{};
  std::vector<std::vector<Row>> full_rows_{};
  std::vector<std::vector<std::uint8_t>> given_{};
  std::vector<LabelledChat> retyped_{};  ///< per group, or none
  std::uint64_t with_names_{};           ///< features that hold a name
  std::uint64_t rare_{};  ///< features met too seldom, or by too few
};

void write_groups(json::Writer& out, std::span<const LabelledChat> chats) {
  out.begin_array();
  for (const LabelledChat& labelled : chats) {
    const auto source = learn::source_of(labelled);
    out.begin_object()
        .member("group", source.group)
        .member("messages", source.messages)
        .member("sha256", source.sha256)
        .end_object();
  }
  out.end_array();
}

void write_share(json::Writer& out, std::string_view key, double value,
                 const Interval& interval) {
  out.key(key).begin_array();
  out.value(value).value(interval.low).value(interval.high).end_array();
}

/// What the model is worth on chats that it has not seen.
void write_worth(json::Writer& out, std::span<const LabelledChat> chats,
                 const Classifier& classifier) {
  const Evaluation found = evaluate(chats, classifier);
  out.key("metrics").begin_object();
  out.member("messages", found.messages).member("accuracy", found.accuracy);
  write_share(out, "macro_f1", found.macro_f1, found.macro_f1_interval);
  write_share(out, "report_f1", found.report.f1, found.report.f1_interval);
  write_share(out, "alpha", found.alpha, found.alpha_interval);
  out.member("ece", found.ece).member("brier", found.brier);
  out.key("labels").begin_object();
  for (const LabelScore& label : found.labels) {
    out.key(label.key).begin_object();
    out.member("people", label.gold).member("precision", label.precision);
    out.member("recall", label.recall);
    write_share(out, "f1", label.f1, label.f1_interval);
    out.end_object();
  }
  out.end_object().end_object();
}

/// One row of steps and one feature a line: a person can read the file, and two
/// versions can be compared.
std::string by_lines(std::string_view json) {
  const std::size_t weights = json.find("\"weights\":[");
  std::string text;
  for (std::size_t i = 0; i < json.size(); ++i) {
    text += json[i];
    const std::string_view here = json.substr(i);
    const bool row = i < weights && here.substr(0, 3) == "],[";
    const bool feature = i > weights && here.substr(0, 3) == "\",\"";
    if (!row && !feature) continue;
    text += ",\n";
    ++i;
  }
  return text;
}

}  // namespace

Model::Impl::Source learn::source_of(const LabelledChat& labelled) {
  Model::Impl::Source source{.group = labelled.group};
  std::string codes;
  for (const Label& label : labelled.coding.labels) {
    if (label.code != not_coded) ++source.messages;
    codes += static_cast<char>(label.code);
  }
  hash::Sha256 sum;
  sum.add(labelled.chat.bytes.view);
  sum.add(codes);
  source.sha256 = hash::hex(sum.finish());
  return source;
}

std::string train(std::span<const LabelledChat> training,
                  std::span<const LabelledChat> calibration,
                  const Codebook& codebook, const TrainOptions& options,
                  std::span<const LabelledChat> held_out) {
  Trainer trainer{training, codebook, options};
  Model::Impl model = trainer.run();
  const std::size_t labels = codebook.codes().labels.size();
  model.steps = learn::count_steps(training, labels);
  const auto& without = options.without;
  const bool decoder =
      std::find(without.begin(), without.end(), "decoder") == without.end();
  if (calibration.empty()) {
    throw Error{Errc::config,
                "train: no groups to calibrate on; keep one or more apart"};
  }
  learn::calibrate(calibration, codebook, decoder, model);
  for (const Lead& lead : options.leads) {
    if (const auto label = codebook.codes().label(lead.label))
      model.calibration.lead[*label] = lead.value;
  }
  std::string text;
  json::Writer out{text};
  out.begin_object();
  out.member("format", "etherpeil-model/1").member("id", options.id);
  out.member("library", std::string_view{version});
  out.member("unicode", text::unicode_version());
  out.member("features", classify::features_version);
  const Codes& codes = codebook.codes();
  out.key("codebook").begin_object();
  out.member("id", codes.id).member("version", codes.version);
  out.member("sha256", codebook.sha256()).end_object();
  out.key("labels").begin_array();
  for (const LabelCode& label : codes.labels) out.value(label.key);
  out.end_array();
  out.key("training");
  write_groups(out, training);
  out.key("calibrated_on");
  write_groups(out, calibration);
  out.key("held_out");
  write_groups(out, held_out);
  out.key("options").begin_object();
  out.member("cost", options.cost);
  out.member("min_groups", options.min_groups);
  out.member("min_senders", options.min_senders);
  out.member("typos", options.typos);
  out.key("without").begin_array();
  for (const std::string& block : without) out.value(block);
  out.end_array().end_object();
  trainer.write_excluded(out);
  if (!held_out.empty()) {
    auto compiled = std::make_shared<const Model::Impl>(model);
    write_worth(out, held_out, Classifier{codebook, Model{compiled}});
  }
  model.write(out);
  out.end_object();
  text += '\n';
  return by_lines(text);
}

}  // namespace etherpeil
