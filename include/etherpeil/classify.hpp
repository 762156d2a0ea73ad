#pragma once
/// From messages to labels, with the reasons.
#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil {

/// Labels, attributes, lexicons and weighted rules, checked and compiled.
/// Immutable; copying is cheap; const members may be used from many threads.
class Codebook {
 public:
  /// The Dutch codebook that the library carries.
  [[nodiscard]] static const Codebook& dutch();
  /// A codebook and its lexicon from files of the formats that
  /// lib/data/README.md describes.
  /// @throws Error config, with file and JSON pointer
  [[nodiscard]] static Codebook from_files(
      const std::filesystem::path& codebook,
      const std::filesystem::path& lexicon);
  /// @throws Error config, with the given name and JSON pointer
  [[nodiscard]] static Codebook from_json(std::string_view codebook,
                                          std::string_view lexicon,
                                          const std::string& name);

  [[nodiscard]] const Codes& codes() const&;
  const Codes& codes() && = delete;
  /// SHA-256 over codebook, lexicon and the list of Dutch words, hexadecimal.
  [[nodiscard]] std::string sha256() const;

  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  explicit Codebook(std::shared_ptr<const Impl> impl)
      : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// What is odd in a codebook and lexicon that load: terms that are never found,
/// stand twice or are covered by another, hold words of a sensitive list or are
/// very common, rewritings that lead on or back, patterns that cost too much.
/// Messages begin with the JSON pointer. Warnings: lint.unreachable-term,
/// lint.duplicate-term, lint.redundant-term, lint.sensitive-term,
/// lint.rewriting-chain, lint.costly-pattern; info: lint.shared-terms,
/// lint.common-terms. Rules without examples do not load.
/// @throws Error config when they do not load
[[nodiscard]] std::vector<Diagnostic> lint(std::string_view codebook,
                                           std::string_view lexicon,
                                           const std::string& name);
/// The same for the codebook that the library carries.
[[nodiscard]] std::vector<Diagnostic> lint();

/// Weights learned from labelled messages, for one codebook. Immutable; copying
/// is cheap; const members may be used from many threads.
class Model {
 public:
  /// The model for `Codebook::dutch()` that the library carries.
  [[nodiscard]] static const Model& dutch();
  /// A model that `train` made (format etherpeil-model/1).
  /// @throws Error io; config, with file and JSON pointer, also when it was
  /// made with another codebook or other features
  [[nodiscard]] static Model from_file(const std::filesystem::path& path,
                                       const Codebook& codebook);
  [[nodiscard]] static Model from_json(std::string_view text,
                                       const std::string& name,
                                       const Codebook& codebook);

  /// Its name and the start of the hash of its file, for provenance.
  [[nodiscard]] std::string id() const;

  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }
  explicit Model(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<const Impl> impl_;
};

/// Shares of the labels of one message; label i stands at i.
using Shares = std::array<float, max_labels>;

/// A model of your own, for example a language model on your own machine.
/// Attributes still come from the codebook.
class Scorer {
 public:
  Scorer() = default;
  Scorer(const Scorer&) = delete;
  Scorer& operator=(const Scorer&) = delete;
  Scorer(Scorer&&) = delete;
  Scorer& operator=(Scorer&&) = delete;
  virtual ~Scorer() = default;
  /// For provenance, such as "robbert-2023/3".
  [[nodiscard]] virtual std::string id() const = 0;
  /// One row per message, in order, each with sum 1 over the codebook's labels;
  /// rows of records that no person wrote are not looked at. `roles` holds one
  /// role per message, or nothing.
  [[nodiscard]] virtual std::vector<Shares> score(
      const Chat& chat, std::span<const Role> roles) const = 0;
};

/// A scorer that is another program on this computer, started with `sh -c` once
/// per chat. On its input it gets one JSON object per message of a person:
/// {"n":1,"time":"2024-05-13T10:00:00","sender":0,"role":"bewoner","text":"…"};
/// on its output it must write one for each, in any order:
/// {"n":1,"shares":{"INC":0.9,"SOC":0.1}}. Labels that are not named get 0.
/// `score` throws Error io when it cannot be started or fails; config, with the
/// line, when its answer cannot be read.
/// @throws Error argument where programs cannot be started
[[nodiscard]] std::shared_ptr<const Scorer> command_scorer(
    const std::string& command, const Codes& codes);

/// Why a label got its score: contributions that sum to it.
struct Reason {
  /// Valid as long as the classifier, or a copy of it, lives. A rule's id;
  /// "word" (what its letters, itself and its pair with the word before it
  /// weigh), "lexicon:…", "shape:…", "context:…" or "rule:…" for what a model
  /// has learned; "bias", "decoder" (the messages around it), "calibration",
  /// "scorer" (a model of your own).
  std::string_view rule{};
  std::uint32_t start{};  ///< bytes of the text; start = end for no span
  std::uint32_t end{};
  Index label{};    ///< the label that the weight speaks for
  double weight{};  ///< log-odds; negative speaks against
};

struct ClassifyOptions {
  /// A label whose probability is lower is marked `abstain`.
  float threshold{0.5F};
  /// How many later messages a model may wait for before it decides; nothing:
  /// all of the conversation. Without effect on rules, which never look ahead.
  std::optional<Index> lag{};
};

/// Labels messages, by rules alone or by a model. Immutable after construction;
/// const members may be used from many threads.
class Classifier {
 public:
  /// By the weighted rules of the codebook, over the text and its context (the
  /// five previous messages within 60 minutes).
  explicit Classifier(Codebook codebook = Codebook::dutch(),
                      const ClassifyOptions& options = {});
  /// By a model over the text, its context and the course of the conversation.
  Classifier(Codebook codebook, Model model,
             const ClassifyOptions& options = {});
  /// By a model of your own.
  Classifier(Codebook codebook, std::shared_ptr<const Scorer> scorer,
             const ClassifyOptions& options = {});
  /// By the codebook and the model that the library carries.
  [[nodiscard]] static Classifier dutch(const ClassifyOptions& options = {});

  /// One label per message; system records get `not_coded`.
  /// `roles` holds one role per message, or nothing.
  [[nodiscard]] std::vector<Label> classify(
      const Chat& chat, std::span<const Role> roles = {}) const;

  /// The same where labels are known from an earlier reading of the same
  /// messages with the same roles: `known` has one per message, `not_coded`
  /// where it must be found. Conversations that lack a label are labelled
  /// anew, all of them, to the bit as by `classify`; the others keep what was
  /// given. A scorer of your own sees all, as does a `known` of another length.
  [[nodiscard]] std::vector<Label> complete(const Chat& chat,
                                            std::span<const Role> roles,
                                            std::vector<Label> known) const;

  using Explain = std::function<void(Index message, std::span<const Reason>)>;
  /// The same, with the reasons behind every label, in file order. The weights
  /// per label sum to the score whose softmax is `Label::probabilities`.
  // NOLINTNEXTLINE(modernize-use-nodiscard): called for `tell`
  std::vector<Label> explain(const Chat& chat, std::span<const Role> roles,
                             const Explain& tell) const;
  /// The reasons for one message. For many messages the function above is
  /// faster: it reads the chat once.
  [[nodiscard]] std::vector<Reason> explain(
      const Chat& chat, Index message, std::span<const Role> roles = {}) const;

  /// "rules", or the id of the model.
  [[nodiscard]] std::string model_id() const;
  [[nodiscard]] const ClassifyOptions& options() const& { return options_; }
  const ClassifyOptions& options() && = delete;
  [[nodiscard]] const Codebook& codebook() const& { return codebook_; }
  const Codebook& codebook() && = delete;
  /// Nothing for rules and for a model of your own.
  [[nodiscard]] const std::optional<Model>& model() const& { return model_; }
  const std::optional<Model>& model() && = delete;

 private:
  Codebook codebook_;
  std::optional<Model> model_{};
  std::shared_ptr<const Scorer> scorer_{};
  ClassifyOptions options_;
};

/// The message that a reaction answers.
struct Answer {
  Index message{};
  float probability{};  ///< that it is this one, of those that it could be
};

/// For each message that is a reaction, what it answers: the last message of
/// the hour before it by somebody else that is no reaction itself, or the last
/// by a person whom it names. Nothing for other messages, and for a reaction
/// without such a message.
[[nodiscard]] std::vector<std::optional<Answer>> find_answers(
    const Chat& chat, std::span<const Label> labels, const Codes& codes);

}  // namespace etherpeil
