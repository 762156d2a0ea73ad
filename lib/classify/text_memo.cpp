#include "classify/text_memo.hpp"

#include <algorithm>
#include <cstring>

namespace etherpeil::classify {

TextMemo::Key TextMemo::key_of(std::string_view text, Role role, Kind kind,
                               MediaType media) {
  Key key{.text = text,
          .sort = static_cast<std::uint32_t>(role) << 16U |
                  static_cast<std::uint32_t>(kind) << 8U |
                  static_cast<std::uint32_t>(media)};
  std::uint64_t hash = key.sort + (text.size() << 32U);
  const auto add = [&](std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, text.data() + at, bytes);
    hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 32U;
  };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) add(at, 8);
  if (at < text.size()) {
    // The last eight bytes, of which some count twice.
    text.size() >= 8 ? add(text.size() - 8, 8) : add(0, text.size());
  }
  key.hash = hash * 0xC2B2AE3D27D4EB4FU;
  key.hash ^= key.hash >> 32U;
  return key;
}

const TextRead* TextMemo::find(const Key& key) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = key.hash & mask; slots_[i].entry != nullptr;
       i = (i + 1) & mask) {
    if (slots_[i].hash != key.hash) continue;
    const Entry& entry = *slots_[i].entry;
    if (entry.sort == key.sort && entry.text == key.text) return &entry.read;
  }
  return nullptr;
}

void TextMemo::fetch(const Key& key) const {
  constexpr std::size_t line = 64;
  const Slot& slot = slots_[key.hash & (slots_.size() - 1)];
  if (slot.hash != key.hash || slot.entry == nullptr) return;
  const char* const start = reinterpret_cast<const char*>(slot.entry) - line;
  for (std::size_t at = 0; at < sizeof(Entry) + line; at += line)
    __builtin_prefetch(start + at);
}

void TextMemo::place(const Slot& slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = slot.hash & mask;
  while (slots_[i].entry != nullptr) i = (i + 1) & mask;
  slots_[i] = slot;
}

void TextMemo::add(const Key& key, const TextRead& read) {
  if (arena_.bytes() > most_bytes) clear();
  if ((size_ + 1) * 2 > slots_.size()) {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.entry != nullptr) place(slot);
    }
  }
  ++size_;
  Entry entry{read, arena_.keep(key.text), key.sort};
  const auto keep = [&](auto& items) {
    items = {arena_.keep(items), items.size()};
  };
  keep(entry.read.open);
  keep(entry.read.telling);
  keep(entry.read.addends);
  place({key.hash, arena_.keep(std::span<const Entry>{&entry, 1})});
}

void TextMemo::clear() {
  arena_.clear();
  std::fill(slots_.begin(), slots_.end(), Slot{});
  size_ = 0;
}

}  // namespace etherpeil::classify
