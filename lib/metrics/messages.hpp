#pragma once
/// The messages of a panel in order of time, and which of them a filter keeps.
#include <span>
#include <vector>

#include "etherpeil/store.hpp"
#include "metrics/definition.hpp"

namespace etherpeil::metric {

/// Positions in `Panel::messages`, sorted once.
class MessageIndex {
 public:
  explicit MessageIndex(const Panel& panel);

  /// Messages of a group in order of time; of one time in order of the file.
  [[nodiscard]] std::span<const Index> of(Index group) const&;
  std::span<const Index> of(Index group) && = delete;
  /// Of these, those from `first` to `last`, both included.
  [[nodiscard]] std::span<const Index> between(Index group, LocalTime first,
                                               LocalTime last) const&;
  std::span<const Index> between(Index, LocalTime, LocalTime) && = delete;
  /// Messages of an incident, in order of time.
  [[nodiscard]] std::span<const Index> of_incident(Index incident) const&;
  std::span<const Index> of_incident(Index incident) && = delete;

  [[nodiscard]] Function function(Index message) const;
  /// Social talk, trade, lost cats (metric M12).
  [[nodiscard]] bool off_purpose(Index message) const;

 private:
  const Panel& panel_;
  std::vector<Index> order_{};        ///< by group, then time
  std::vector<std::size_t> start_{};  ///< of each group in `order_`
  std::vector<Index> in_incident_{};  ///< by incident, then time
  std::vector<std::size_t> incident_start_{};
};

/// A `MessageFilter` whose names have become bits.
class MessageTest {
 public:
  /// Clears `known` when the codebook lacks a name.
  MessageTest(const MessageFilter& filter, const Codes& codes, bool& known);
  /// Messages without a label pass no filter.
  [[nodiscard]] bool passes(const Panel& panel, Index message) const;
  [[nodiscard]] bool has_label(std::size_t label) const {
    return (labels_ >> label & 1U) != 0;
  }

 private:
  [[nodiscard]] bool place_fits(const Panel& panel, Index message) const;

  std::uint32_t labels_{};  ///< bit i: label i
  Attributes any_{};        ///< 0: any
  Attributes also_{};
  Attributes lacking_{};
  std::uint32_t roles_{};  ///< bit i: Role(i); 0: any
  std::uint32_t kinds_{};
  bool night_{};
  bool inside_{};
  bool safety_{};
  bool doubtful_{};
};

/// Messages that any of some tests passes.
[[nodiscard]] bool any_passes(const std::vector<MessageTest>& tests,
                              const Panel& panel, Index message);

/// Bits of the labels or attributes with these keys; all when there is none.
[[nodiscard]] std::uint32_t label_bits(const std::vector<std::string>& keys,
                                       const Codes& codes, bool& known);
[[nodiscard]] Attributes attribute_bits(const std::vector<std::string>& keys,
                                        const Codes& codes, bool& known);

}  // namespace etherpeil::metric
