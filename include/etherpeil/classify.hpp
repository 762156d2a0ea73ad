#pragma once
/// From messages to labels, with the reasons.
#include <filesystem>
#include <memory>
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
  /// SHA-256 over codebook and lexicon, hexadecimal.
  [[nodiscard]] std::string sha256() const;

  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  explicit Codebook(std::shared_ptr<const Impl> impl)
      : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// Why a label got its score: contributions that sum to it.
struct Reason {
  std::string rule{};     ///< id in the codebook, or "context.…", "bias"
  std::uint32_t start{};  ///< bytes of the text; start = end for no span
  std::uint32_t end{};
  Index label{};   ///< the label that the weight speaks for
  float weight{};  ///< log-odds; negative speaks against
};

struct ClassifyOptions {
  /// A label whose probability is lower is marked `abstain`.
  float threshold{0.5F};
};

/// Labels messages by weighted rules over the text and its context (the five
/// previous messages within 60 minutes). Immutable after construction; const
/// members may be used from many threads.
class Classifier {
 public:
  explicit Classifier(Codebook codebook = Codebook::dutch(),
                      const ClassifyOptions& options = {});

  /// One label per message; system records get `not_coded`.
  /// `roles` holds one role per message, or nothing.
  [[nodiscard]] std::vector<Label> classify(
      const Chat& chat, std::span<const Role> roles = {}) const;
  /// The reasons behind the label that `classify` gives this message, for all
  /// labels; the weights per label sum to the score whose softmax is
  /// `Label::probabilities`.
  [[nodiscard]] std::vector<Reason> explain(
      const Chat& chat, Index message, std::span<const Role> roles = {}) const;

  [[nodiscard]] const Codebook& codebook() const& { return codebook_; }
  const Codebook& codebook() && = delete;

 private:
  Codebook codebook_;
  ClassifyOptions options_;
};

}  // namespace etherpeil
