#pragma once
/// From 64-bit hashes to numbers. Most questions are about features that no
/// model knows, and end in a small filter that stays in the cache.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace etherpeil::classify {

class IdTable {
 public:
  static constexpr std::uint32_t absent = UINT32_MAX;

  [[nodiscard]] std::uint32_t find(std::uint64_t id) const {
    return may_hold(id) ? look_up(id) : absent;
  }
  /// The same for an id that is probably there.
  [[nodiscard]] std::uint32_t look_up(std::uint64_t id) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = id & mask;; i = (i + 1) & mask) {
      if (slots_[i].value == absent || slots_[i].id == id)
        return slots_[i].value;
    }
  }

  /// Has the memory fetched that `look_up` will want.
  void fetch(std::uint64_t id) const {
    __builtin_prefetch(&slots_[id & (slots_.size() - 1)]);
  }

  /// False when the id is there already.
  bool add(std::uint64_t id, std::uint32_t value) {
    if (find(id) != absent) return false;
    if ((size_ + 1) * 2 > slots_.size()) reserve(size_ * 2 + 1);
    place({id, value});
    ++size_;
    return true;
  }

  /// Makes room for so many in all.
  void reserve(std::size_t count) {
    std::size_t slots = 64;
    while (slots < count * 2) slots *= 2;
    if (slots <= slots_.size()) return;
    std::vector<Slot> old(slots);
    old.swap(slots_);
    // Sixteen bits for each: one question in sixteen is in vain.
    filter_.assign(slots / 4, 0);
    for (const Slot& slot : old) {
      if (slot.value != absent) place(slot);
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t id{};
    std::uint32_t value{absent};
  };
  // The table takes the low bits of an id, the filter the high ones.
  [[nodiscard]] std::size_t filter_word(std::uint64_t id) const {
    return id >> 38U & (filter_.size() - 1);
  }
  [[nodiscard]] bool may_hold(std::uint64_t id) const {
    return (filter_[filter_word(id)] >> (id >> 32U & 63U) & 1U) != 0;
  }
  void place(const Slot& slot) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = slot.id & mask;
    while (slots_[i].value != absent) i = (i + 1) & mask;
    slots_[i] = slot;
    filter_[filter_word(slot.id)] |= std::uint64_t{1} << (slot.id >> 32U & 63U);
  }

  std::vector<Slot> slots_{std::vector<Slot>(64)};
  std::vector<std::uint64_t> filter_{std::vector<std::uint64_t>(16)};
  std::size_t size_{};
};

}  // namespace etherpeil::classify
