#include "classify/model.hpp"

#include <cmath>
#include <cstdlib>
#include <optional>

#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "hash/hash.hpp"

namespace etherpeil {
namespace classify {
namespace {

constexpr double hundredths = 100;

std::string numbers(const Weights& weights, std::size_t labels) {
  std::string line;
  for (const auto* part : {&weights.alone, &weights.full}) {
    for (std::size_t label = 0; label < labels; ++label) {
      line += std::to_string(std::lround(double{(*part)[label]} * hundredths));
      line += ' ';
    }
  }
  return line;
}

/// Reads the numbers at the front of a line; what follows is the name. Nothing
/// when they are not there.
std::optional<std::string_view> read_numbers(std::string_view line,
                                             std::size_t labels, Weights& out) {
  const char* at = line.data();
  const char* const end = at + line.size();
  for (auto* part : {&out.alone, &out.full}) {
    std::array<int, max_labels> values{};
    for (std::size_t label = 0; label < labels; ++label) {
      const bool negative = at != end && *at == '-';
      if (negative) ++at;
      const char* const start = at;
      int value = 0;
      while (at != end && *at >= '0' && *at <= '9' && at - start < 6)
        value = value * 10 + (*at++ - '0');
      if (at == start || at == end || *at != ' ') return std::nullopt;
      ++at;
      values[label] = negative ? -value : value;
    }
    for (std::size_t label = 0; label < max_labels; ++label) {
      (*part)[label] =
          static_cast<float>(static_cast<double>(values[label]) / hundredths);
    }
  }
  return line.substr(static_cast<std::size_t>(at - line.data()));
}

[[noreturn]] void refuse_numbers(const json::Node& node, std::size_t labels) {
  node.fail("expected " + std::to_string(2 * labels) +
            " whole numbers and a name");
}

void read_scores(const json::Node& node, std::size_t labels, Scores& out) {
  const auto items = node.items();
  if (items.size() != labels) {
    node.fail("expected " + std::to_string(labels) + " numbers");
  }
  for (std::size_t i = 0; i < labels; ++i) out[i] = items[i].number();
}

void write_scores(json::Writer& out, const Scores& scores, std::size_t labels) {
  out.begin_array();
  for (std::size_t i = 0; i < labels; ++i) out.value(scores[i]);
  out.end_array();
}

void read_steps(const json::Node& node, std::size_t labels, Steps& steps) {
  node.allow_only({"weight", "prior", "base_rates", "gaps"});
  steps.weight = node["weight"].number();
  steps.prior = node["prior"].number();
  read_scores(node["base_rates"], labels, steps.log_prior);
  const auto gaps = node["gaps"].items();
  if (gaps.size() != gap_steps * 2) node["gaps"].fail("expected 12 tables");
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const auto rows = gaps[i].items();
    if (rows.size() != labels + 1) gaps[i].fail("wrong number of rows");
    for (std::size_t from = 0; from <= labels; ++from) {
      read_scores(rows[from], labels, steps.log_step[i / 2][i % 2][from]);
    }
  }
}

void write_steps(json::Writer& out, const Steps& steps, std::size_t labels) {
  out.begin_object();
  out.member("weight", steps.weight).member("prior", steps.prior);
  out.key("base_rates");
  write_scores(out, steps.log_prior, labels);
  out.key("gaps").begin_array();
  for (const auto& gap : steps.log_step) {
    for (const auto& own : gap) {
      out.begin_array();
      for (std::size_t from = 0; from <= labels; ++from) {
        write_scores(out, own[from], labels);
      }
      out.end_array();
    }
  }
  out.end_array().end_object();
}

/// Refuses a model that was made for something else than what is here.
void check_matches(const json::Node& root, const Codebook& codebook) {
  const json::Node made = root["codebook"];
  made.allow_only({"id", "version", "sha256"});
  if (root["features"].integer(0, UINT32_MAX) != features_version) {
    root["features"].fail("made for features of another version; train anew");
  }
  if (made["sha256"].string() != codebook.sha256()) {
    made["sha256"].fail("made with another codebook or lexicon than " +
                        codebook.codes().id + "/" +
                        std::to_string(codebook.codes().version) +
                        "; train anew, or use rules");
  }
  const auto labels = root["labels"].strings();
  const auto& own = codebook.codes().labels;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (labels.size() != own.size() || labels[i] != own[i].key) {
      root["labels"].fail("the labels differ from those of the codebook");
    }
  }
}

}  // namespace

double length_factor(std::uint32_t words) {
  return words <= 9 ? 1.0 : 3.0 / std::sqrt(static_cast<double>(words));
}

}  // namespace classify

float Model::Impl::kept(double weight) {
  return static_cast<float>(
      static_cast<double>(std::lround(weight * classify::hundredths)) /
      classify::hundredths);
}

bool Model::Impl::add(const std::string& name, const classify::Weights& value) {
  const auto row = static_cast<std::uint32_t>(weights.size());
  const classify::FeatureId feature = classify::FeatureHash{name}.id();
  if (!rows.add(feature, row)) return false;
  if (name.rfind("letters:", 0) == 0)
    letters[letters_word(feature)] |= std::uint64_t{1} << (feature & 63U);
  constexpr std::string_view pair = "pair:";
  const std::size_t space = name.find(' ');
  if (name.rfind(pair, 0) == 0 && space != std::string::npos) {
    const std::string_view words = std::string_view{name}.substr(pair.size());
    const std::uint64_t before =
        classify::word_key(words.substr(0, space - pair.size()));
    const std::uint64_t word =
        classify::word_key(words.substr(space - pair.size() + 1));
    if (!pairs.add(classify::pair_key(before, word), row)) return false;
  }
  weights.push_back(value);
  names.push_back(name);
  return true;
}

void Model::Impl::write(json::Writer& out) const {
  out.key("calibration").begin_object();
  out.member("slope", calibration.slope)
      .member("final_slope", calibration.final_slope);
  out.key("shift");
  classify::write_scores(out, calibration.shift, labels);
  out.key("lead");
  classify::write_scores(out, calibration.lead, labels);
  out.end_object();
  out.key("steps");
  classify::write_steps(out, steps, labels);
  out.member("bias", classify::numbers(bias, labels) + "bias");
  out.key("weights").begin_array();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    out.value(classify::numbers(weights[i], labels) + names[i]);
  }
  out.end_array();
}

/// The long way: it says which line is wrong.
void Model::Impl::read_weights(const json::Node& node) {
  rows = {};
  pairs = {};
  weights.clear();
  names.clear();
  for (const json::Node& item : node.items()) {
    const std::string line = item.string();
    classify::Weights row;
    const auto feature = classify::read_numbers(line, labels, row);
    if (!feature) classify::refuse_numbers(item, labels);
    if (!add(std::string{*feature}, row))
      item.fail("the feature stands twice, or its hash is taken");
  }
}

Model Model::from_json(std::string_view text, const std::string& name,
                       const Codebook& codebook) {
  auto impl = std::make_shared<Impl>();
  impl->labels = codebook.codes().labels.size();
  const std::size_t about = text.size() / 64;  // lines are longer than this
  impl->weights.reserve(about);
  impl->rows.reserve(about);
  const auto add = [&](std::string_view line) {
    classify::Weights weights;
    const auto feature = classify::read_numbers(line, impl->labels, weights);
    return feature && impl->add(std::string{*feature}, weights);
  };
  const auto quick = json::parse_without(text, name, "weights", add);
  const json::Node root = quick ? *quick : json::parse(text, name);
  if (root["format"].string() != "etherpeil-model/1") {
    root["format"].fail("expected etherpeil-model/1");
  }
  classify::check_matches(root, codebook);
  impl->id = root["id"].string();
  impl->sha256 = hash::hex(hash::sha256(text));
  for (const char* part : {"training", "calibrated_on"}) {
    for (const json::Node& group : root[part].items()) {
      impl->sources.push_back({.group = group["group"].string(),
                               .messages = static_cast<std::uint64_t>(
                                   group["messages"].integer(0, UINT32_MAX)),
                               .sha256 = group["sha256"].string()});
    }
  }
  const json::Node calibration = root["calibration"];
  calibration.allow_only({"slope", "final_slope", "shift", "lead"});
  impl->calibration.slope = calibration["slope"].number();
  impl->calibration.final_slope = calibration["final_slope"].number();
  classify::read_scores(calibration["shift"], impl->labels,
                        impl->calibration.shift);
  classify::read_scores(calibration["lead"], impl->labels,
                        impl->calibration.lead);
  classify::read_steps(root["steps"], impl->labels, impl->steps);
  const json::Node bias = root["bias"];
  if (!classify::read_numbers(bias.string(), impl->labels, impl->bias))
    classify::refuse_numbers(bias, impl->labels);
  if (!quick) impl->read_weights(root["weights"]);
  return Model{std::move(impl)};
}

Model Model::from_file(const std::filesystem::path& path,
                       const Codebook& codebook) {
  return from_json(json::read_file(path), path.string(), codebook);
}

const Model& Model::dutch() {
  static const Model model =
      from_json(data::model_nl_json(), "model_nl.json", Codebook::dutch());
  return model;
}

std::string Model::id() const {
  return impl_->id + "/" + impl_->sha256.substr(0, 12);
}

}  // namespace etherpeil
