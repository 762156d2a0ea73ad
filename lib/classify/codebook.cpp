#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "classify/rules.hpp"
#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "hash/hash.hpp"

namespace etherpeil {
namespace {

using classify::Example;
using classify::Features;
using classify::LexiconBits;
using classify::Rule;
using classify::Scanner;
using classify::Situation;

constexpr std::size_t min_examples = 2;

MediaType media_from(const json::Node& node) {
  const std::string slug = node.string();
  for (unsigned i = 0; i <= static_cast<unsigned>(MediaType::unknown); ++i) {
    if (to_string(static_cast<MediaType>(i)) == slug)
      return static_cast<MediaType>(i);
  }
  node.fail("no such kind of media");
}

Role role_of(const json::Node& node) {
  const auto role = role_from(node.string());
  if (!role) node.fail("no such role");
  return *role;
}

Function function_of(const json::Node& node) {
  const auto function = function_from(node.string());
  if (!function) node.fail("no such function");
  return *function;
}

void set_bit(std::uint16_t& mask, unsigned bit) {
  mask = static_cast<std::uint16_t>(mask | 1U << bit);
}

/// Builds a Codebook::Impl from the two documents.
class Loader {
 public:
  Loader(const json::Node& codebook, const json::Node& lexicon)
      : root_(codebook),
        impl_(new Codebook::Impl{.lexicon = classify::Lexicon{lexicon}}) {}

  std::shared_ptr<Codebook::Impl> run() {
    root_.allow_only({"format", "id", "version", "language", "licence",
                      "temperature", "labels", "attributes", "patterns",
                      "features", "rules"});
    if (root_["format"].string() != "etherpeil-codebook/1") {
      root_["format"].fail("must be etherpeil-codebook/1");
    }
    impl_->codes.id = root_["id"].string();
    impl_->codes.version =
        static_cast<std::uint32_t>(root_["version"].integer(1, 1'000'000));
    temperature_ = root_["temperature"].number();
    if (!(temperature_ > 0)) root_["temperature"].fail("must be above 0");
    impl_->bits.resize(impl_->lexicon.lists().size());
    load_labels();
    load_attributes();
    for (const auto& key : root_["patterns"].keys()) load_pattern(key);
    for (const auto& node : root_["rules"].items()) load_rule(node);
    if (const auto more = root_.find("features")) {
      for (const auto& name : more->items()) (void)feature(name);
    }
    impl_->rule_index.compile(impl_->rules, impl_->features.size());
    return std::move(impl_);
  }

 private:
  void load_labels() {
    for (const auto& node : root_["labels"].items()) {
      node.allow_only(
          {"key", "name_nl", "name_en", "function", "safety", "bias"});
      LabelCode label{.key = node["key"].string(),
                      .name_nl = node["name_nl"].string(),
                      .name_en = node["name_en"].string(),
                      .function = function_of(node["function"])};
      if (const auto safety = node.find("safety"))
        label.safety = safety->boolean();
      if (impl_->codes.label(label.key)) node["key"].fail("stands there twice");
      impl_->codes.labels.push_back(std::move(label));
      impl_->bias.push_back(weight(node["bias"]));
    }
    if (impl_->codes.labels.empty() ||
        impl_->codes.labels.size() > max_labels) {
      root_["labels"].fail("must hold 1 to 16 labels");
    }
  }

  void load_attributes() {
    for (const auto& node : root_["attributes"].items()) {
      node.allow_only({"key", "name_nl", "name_en", "group", "slot"});
      AttributeCode code{.key = node["key"].string(),
                         .name_nl = node["name_nl"].string(),
                         .name_en = node["name_en"].string()};
      if (const auto group = node.find("group")) code.group = group->string();
      if (const auto slot = node.find("slot")) {
        const auto known = slot_from(slot->string());
        if (!known) slot->fail("no such slot");
        code.slot = *known;
      }
      if (impl_->codes.attribute(code.key))
        node["key"].fail("stands there twice");
      impl_->codes.attributes.push_back(std::move(code));
    }
    if (impl_->codes.attributes.size() > max_attributes) {
      root_["attributes"].fail("must hold at most 64 attributes");
    }
  }

  void load_pattern(const std::string& key) {
    const json::Node node = root_["patterns"][key];
    node.allow_only({"name", "regex", "gate", "check"});
    if (list_of(key)) node.fail("a lexicon has this name");
    const auto compiled = [&] {
      try {
        return text::Pattern{node["regex"].string()};
      } catch (const Error&) {
        node["regex"].fail("not a regular expression; correct it");
      }
    };
    Scanner scanner{.key = key, .pattern = compiled()};
    if (const auto gate = node.find("gate")) scanner.gate = gate->strings();
    if (const auto check = node.find("check")) {
      if (check->string() != "plate")
        check->fail("there is only the check \"plate\"");
      scanner.check = Scanner::Check::plate;
    }
    scanner.feature = new_feature(key, node);
    impl_->scanners.push_back(std::move(scanner));
  }

  // ------------------------------------------------------------------ features

  [[nodiscard]] std::optional<std::size_t> list_of(std::string_view key) const {
    const auto& lists = impl_->lexicon.lists();
    for (std::size_t i = 0; i < lists.size(); ++i) {
      if (lists[i].key == key) return i;
    }
    return std::nullopt;
  }

  Index new_feature(const std::string& name, const json::Node& node) {
    const auto index = static_cast<Index>(impl_->features.size());
    if (index >= classify::max_features)
      node.fail("too many different features");
    impl_->features.push_back(name);
    feature_index_[name] = index;
    return index;
  }

  Index feature(const json::Node& node) {
    const std::string name = node.string();
    if (const auto known = feature_index_.find(name);
        known != feature_index_.end()) {
      return known->second;
    }
    const std::size_t colon = name.find(':');
    const std::string use =
        colon == std::string::npos ? "" : name.substr(0, colon);
    const auto list =
        list_of(colon == std::string::npos ? name : name.substr(colon + 1));
    if (!list) node.fail("no such lexicon or pattern");
    LexiconBits& bits = impl_->bits[*list];
    std::uint16_t* bit = use.empty()      ? &bits.plain
                         : use == "not"   ? &bits.negated
                         : use == "maybe" ? &bits.hedged
                         : use == "first" ? &bits.first
                         : use == "last"  ? &bits.last
                                          : nullptr;
    if (bit == nullptr)
      node.fail("before the colon stands not, maybe, first or last");
    const auto& info = impl_->lexicon.lists()[*list];
    if ((use == "not" || use == "maybe") && !info.negatable) {
      node.fail("this lexicon is not negatable");
    }
    if (info.sensitive && !use.empty())
      node.fail("a sensitive lexicon is only counted");
    const Index index = new_feature(name, node);
    *bit = static_cast<std::uint16_t>(index);
    return index;
  }

  [[nodiscard]] bool sensitive(Index feature) const {
    const auto list = list_of(impl_->features[feature]);
    return list && impl_->lexicon.lists()[*list].sensitive;
  }

  // --------------------------------------------------------------------- rules

  [[nodiscard]] float weight(const json::Node& node) const {
    const double value = node.number();
    if (!(value >= -100 && value <= 100)) node.fail("must be from -100 to 100");
    return static_cast<float>(value / temperature_);
  }

  void load_features(const json::Node& node, std::string_view key,
                     Features& mask, Rule* evidence) {
    const auto list = node.find(key);
    if (!list) return;
    for (const auto& name : list->items()) {
      const Index index = feature(name);
      mask.set(index);
      if (evidence != nullptr) evidence->evidence.push_back(index);
    }
  }

  void load_conditions(const json::Node& node, Rule& rule) {
    const auto flag = [&node](std::string_view key, std::optional<bool>& into) {
      if (const auto value = node.find(key)) into = value->boolean();
    };
    flag("question", rule.question);
    flag("emoji_only", rule.emoji_only);
    flag("capitals", rule.capitals);
    flag("latin", rule.latin);
    flag("bare", rule.bare);
    flag("same_sender", rule.same_sender);
    flag("in_incident", rule.in_incident);
    flag("own_incident", rule.own_incident);
    const auto number = [&node](std::string_view key, std::uint32_t& into) {
      if (const auto value = node.find(key)) {
        into = static_cast<std::uint32_t>(value->integer(0, 100'000));
      }
    };
    number("min_words", rule.min_words);
    number("max_words", rule.max_words);
    number("max_rest", rule.max_rest);
    number("max_gap_minutes", rule.max_gap);
    if (const auto roles = node.find("roles")) {
      for (const auto& role : roles->items()) {
        set_bit(rule.roles, static_cast<unsigned>(role_of(role)));
      }
    }
    if (const auto media = node.find("media")) {
      for (const auto& type : media->items()) {
        set_bit(rule.media, static_cast<unsigned>(media_from(type)));
      }
    }
    if (const auto previous = node.find("previous")) {
      for (const auto& function : previous->items()) {
        set_bit(rule.previous,
                function.string() == "none"
                    ? classify::no_previous_bit
                    : static_cast<unsigned>(function_of(function)));
      }
    }
    rule.context = rule.previous != 0 || rule.max_gap != UINT32_MAX ||
                   rule.same_sender || rule.in_incident || rule.own_incident;
  }

  [[nodiscard]] Situation situation_of(const json::Node& node) const {
    Situation s;
    if (const auto role = node.find("role")) s.role = role_of(*role);
    if (const auto media = node.find("media")) s.media = media_from(*media);
    if (const auto previous = node.find("previous"))
      s.previous = function_of(*previous);
    if (const auto gap = node.find("gap_minutes")) {
      s.gap_minutes = static_cast<std::uint32_t>(gap->integer(0, 60));
    }
    const auto flag = [&node](std::string_view key) {
      const auto value = node.find(key);
      return value && value->boolean();
    };
    s.bare = flag("bare");
    s.same_sender = flag("same_sender");
    s.in_incident = flag("in_incident");
    s.own_incident = flag("own_incident");
    return s;
  }

  void load_examples(const json::Node& node, std::string_view key, Rule& rule) {
    const json::Node list = node[key];
    const auto items = list.items();
    if (items.size() < min_examples)
      list.fail("a rule needs at least two of these");
    for (const auto& item : items) {
      Example example{.fires = key == "yes"};
      if (item.is_string()) {
        example.text = item.string();
      } else {
        item.allow_only({"text", "role", "media", "previous", "gap_minutes",
                         "bare", "same_sender", "in_incident", "own_incident"});
        example.text = item["text"].string();
        example.situation = situation_of(item);
      }
      rule.examples.push_back(std::move(example));
    }
  }

  void load_weights(const json::Node& node, Rule& rule) {
    const auto weights = node.find("weights");
    if (!weights) return;
    for (const auto& key : weights->keys()) {
      const auto label = impl_->codes.label(key);
      if (!label) (*weights)[key].fail("no such label");
      rule.weights.push_back({*label, weight((*weights)[key])});
    }
    std::sort(rule.weights.begin(), rule.weights.end(),
              [](const auto& a, const auto& b) { return a.label < b.label; });
    const Features used = rule.all | rule.any | rule.with_any | rule.none;
    for (Index i = 0; i < impl_->features.size(); ++i) {
      if (used[i] && sensitive(i))
        weights->fail("a sensitive lexicon moves no label");
    }
  }

  void load_rule(const json::Node& node) {
    node.allow_only(
        {"id",          "why",         "latin",        "latin",
         "all_of",      "any_of",      "with_any_of",  "none_of",
         "min_words",   "max_words",   "max_rest",     "max_gap_minutes",
         "question",    "emoji_only",  "capitals",     "bare",
         "same_sender", "in_incident", "own_incident", "roles",
         "media",       "previous",    "weights",      "attributes",
         "examples"});
    Rule rule{.id = node["id"].string(), .why = node["why"].string()};
    if (!ids_.emplace(rule.id, 0).second) node["id"].fail("stands there twice");
    load_features(node, "any_of", rule.any, &rule);
    load_features(node, "all_of", rule.all, &rule);
    load_features(node, "with_any_of", rule.with_any, &rule);
    load_features(node, "none_of", rule.none, nullptr);
    load_conditions(node, rule);
    load_weights(node, rule);
    if (const auto attributes = node.find("attributes")) {
      for (const auto& key : attributes->items()) {
        const auto code = impl_->codes.attribute(key.string());
        if (!code) key.fail("no such attribute");
        rule.attributes |= Attributes{1} << *code;
      }
    }
    if (rule.weights.empty() && rule.attributes == 0)
      node.fail("a rule without effect");
    const json::Node examples = node["examples"];
    examples.allow_only({"yes", "no"});
    load_examples(examples, "yes", rule);
    load_examples(examples, "no", rule);
    impl_->rules.push_back(std::move(rule));
  }

  const json::Node& root_;
  std::shared_ptr<Codebook::Impl> impl_;
  double temperature_{1};
  std::map<std::string, Index> feature_index_{};
  std::map<std::string, int> ids_{};
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    throw Error{Errc::io, "codebook: " + path.string() +
                              ": cannot be read; check the path"};
  }
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

std::shared_ptr<const Codebook::Impl> load(std::string_view codebook,
                                           const std::string& codebook_name,
                                           std::string_view lexicon,
                                           const std::string& lexicon_name) {
  const json::Node root = json::parse(codebook, codebook_name);
  auto impl = Loader{root, json::parse(lexicon, lexicon_name)}.run();
  hash::Sha256 sum;
  sum.add(codebook);
  sum.add(lexicon);
  sum.add(data::words_nl_txt());
  impl->sha256 = hash::hex(sum.finish());
  return impl;
}

}  // namespace

const Codebook& Codebook::dutch() {
  static const Codebook codebook{
      load(data::codebook_nl_json(), "codebook_nl.json",
           data::lexicon_nl_json(), "lexicon_nl.json")};
  return codebook;
}

Codebook Codebook::from_files(const std::filesystem::path& codebook,
                              const std::filesystem::path& lexicon) {
  return Codebook{load(read_file(codebook), codebook.string(),
                       read_file(lexicon), lexicon.string())};
}

Codebook Codebook::from_json(std::string_view codebook,
                             std::string_view lexicon,
                             const std::string& name) {
  return Codebook{load(codebook, name, lexicon, name + " (lexicon)")};
}

const Codes& Codebook::codes() const& { return impl_->codes; }

std::string Codebook::sha256() const { return impl_->sha256; }

}  // namespace etherpeil
