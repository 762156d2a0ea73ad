#pragma once
/// Puts what happens in a group into words, into the export and, beside it,
/// into the truth.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "demo/files.hpp"
#include "demo/group.hpp"
#include "demo/library.hpp"
#include "demo/random.hpp"
#include "demo/render.hpp"

namespace etherpeil::demo {

/// What stays the same through a conversation: where, who, which vehicle.
struct Scene {
  std::uint16_t topic{};
  std::uint16_t theme{};
  std::array<std::uint16_t, gap_count> slots{};  ///< index of the value
  std::uint16_t clock{};  ///< the time that is spoken of, minute of the day
};

/// A message before it has words.
struct Saying {
  Code code{};
  std::uint16_t author{};
  Manner manner{};
  std::uint16_t topic{};  ///< instead of the scene's; 0: the scene's
  bool root{};
  std::uint32_t incident{};    ///< 1-based; 0: none
  const Fragment* fragment{};  ///< when the words are chosen already
};

/// What was written in a phase, counted while writing.
struct PhaseTruth {
  std::uint64_t records{};
  std::uint64_t messages{};
  std::uint64_t night{};  ///< messages from 22:00 to 08:00
  std::array<std::uint64_t, code_count> labels{};
  std::array<std::uint64_t, code_count> roots{};
  std::uint64_t closed{};  ///< roots of this phase with an outcome within 48 h
  std::uint64_t joins{};
  std::uint64_t leaves{};
};

class Teller {
 public:
  Teller(const World& world, const Library& library, const GroupPlan& plan,
         Random& random, ChatFile& chat, OutFile& truth);

  /// Seconds since the first day; never goes back. `started`: the intervention.
  void at(std::int64_t now, bool started);
  void system(SystemEvent event, const std::string& actor,
              const std::string& target);
  /// False when nobody with the author's voice writes such messages.
  bool say(const Saying& saying, Scene& scene);
  /// A record without words of its own, labelled ONB.
  void show(Kind kind, MediaType media, std::uint16_t author,
            const std::string& text, std::uint32_t incident = 0);
  [[nodiscard]] const Fragment& choose(const Pool& pool);
  [[nodiscard]] const Pool& pool(const Saying& saying,
                                 const Scene& scene) const;
  [[nodiscard]] PhaseTruth& phase(bool started) {
    return phases_[started ? 1 : 0];
  }
  /// New values for every slot.
  void set(Scene& scene);

 private:
  void emit();
  void emit_human(const Saying& saying, AttributeSet attributes);
  AttributeSet compose(const Fragment& fragment, const Scene& scene,
                       const Person& author);
  void fill(Gap gap, const Scene& scene);
  void append_clock(std::uint32_t minute);
  void illustrate(Code code, AttributeSet& attributes);
  void write_truth(const Saying& saying, AttributeSet attributes);
  void set_clock(const Fragment& fragment, Scene& scene);

  const World& world_;
  const Library& library_;
  const GroupPlan& plan_;
  Random& random_;
  ChatFile& chat_;
  OutFile& truth_;
  Renderer renderer_;
  DemoRecord record_;
  std::int64_t now_{};
  bool started_{};
  std::uint64_t number_{};  ///< of records so far
  std::uint64_t line_{1};   ///< of the next record
  std::uint64_t row_line_{};
  std::vector<std::uint64_t> used_;  ///< per fragment, when last
  std::array<PhaseTruth, 2> phases_{};
  std::uint32_t first_street_{};
  AttributeSet earlier_, photo_, video_, caps_;
  AttributeSet person_, origin_, behaviour_, appearance_only_;
};

}  // namespace etherpeil::demo
