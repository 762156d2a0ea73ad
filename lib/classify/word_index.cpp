#include "classify/word_index.hpp"

#include <algorithm>

namespace etherpeil::classify {
namespace {

using Fit = WordIndex::Fit;

// FNV-1a, byte by byte, so that the hash of every beginning comes for free.
std::uint64_t start_hash(Fit fit) {
  return 0xcbf29ce484222325U + static_cast<std::uint64_t>(fit);
}
std::uint64_t next_hash(std::uint64_t hash, char c) {
  return (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
}

std::uint64_t hash_of(std::string_view text, Fit fit) {
  std::uint64_t hash = start_hash(fit);
  if (fit == Fit::ending) {
    for (std::size_t i = text.size(); i > 0; --i)
      hash = next_hash(hash, text[i - 1]);
  } else {
    for (const char c : text) hash = next_hash(hash, c);
  }
  return hash;
}

std::uint64_t length_bit(std::size_t length) {
  return std::uint64_t{1} << std::min<std::size_t>(length, 63);
}

}  // namespace

Atom WordIndex::at(std::uint64_t hash, std::string_view text, Fit fit) const {
  if (!may_hold(hash)) return 0;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.atom == 0) return 0;
    if (slot.hash != hash) continue;
    const Entry& entry = entries_[slot.atom - first_atom];
    if (entry.fit == fit && entry.text == text) return slot.atom;
  }
}

void WordIndex::place(std::uint64_t hash, Atom atom) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash & mask;
  while (slots_[i].atom != 0) i = (i + 1) & mask;
  slots_[i] = {hash, atom};
  filter_[hash >> 6 & 1023] |= std::uint64_t{1} << (hash & 63);
}

void WordIndex::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.atom != 0) place(slot.hash, slot.atom);
  }
}

Atom WordIndex::add(std::string_view text, Fit fit) {
  const std::uint64_t hash = hash_of(text, fit);
  if (const Atom known = at(hash, text, fit); known != 0) return known;
  if ((entries_.size() + 1) * 4 > slots_.size()) grow();
  const auto atom = static_cast<Atom>(size());
  entries_.push_back({std::string{text}, fit});
  place(hash, atom);
  if (fit == Fit::beginning) beginnings_ |= length_bit(text.size());
  if (fit == Fit::ending) endings_ |= length_bit(text.size());
  return atom;
}

Atom WordIndex::whole(std::string_view word) const {
  return at(hash_of(word, Fit::whole), word, Fit::whole);
}

std::vector<std::string_view> WordIndex::wholes() const {
  std::vector<std::string_view> words;
  for (const Entry& entry : entries_) {
    if (entry.fit == Fit::whole) words.emplace_back(entry.text);
  }
  return words;
}

void WordIndex::find(std::string_view word, std::vector<Atom>& out) const {
  const auto note = [&out](Atom atom) {
    if (atom != 0) out.push_back(atom);
  };
  std::uint64_t hash = start_hash(Fit::beginning);
  std::uint64_t whole = start_hash(Fit::whole);
  for (std::size_t i = 0; i < word.size(); ++i) {
    hash = next_hash(hash, word[i]);
    whole = next_hash(whole, word[i]);
    if ((beginnings_ & length_bit(i + 1)) != 0 && may_hold(hash)) {
      note(at(hash, word.substr(0, i + 1), Fit::beginning));
    }
  }
  note(at(whole, word, Fit::whole));
  // Something must stand before an ending: "*straat" is not "straat".
  hash = start_hash(Fit::ending);
  for (std::size_t i = 1; i < word.size(); ++i) {
    hash = next_hash(hash, word[word.size() - i]);
    if ((endings_ & length_bit(i)) != 0 && may_hold(hash)) {
      note(at(hash, word.substr(word.size() - i), Fit::ending));
    }
  }
}

}  // namespace etherpeil::classify
