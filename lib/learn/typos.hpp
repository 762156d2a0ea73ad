#pragma once
/// A coded chat as somebody would type it in a hurry: to train on, and to
/// measure what typing errors cost.
#include <cstdint>

#include "etherpeil/learn.hpp"

namespace etherpeil::learn {

/// The same chat with other bytes: each word of three letters or more (of a-z)
/// has the chance `share` of one slip, of four kinds that are equally likely:
/// a letter left out, a letter typed twice or with its neighbour on the
/// keyboard, the neighbour typed instead, two letters swapped. Addresses and
/// what is no text stay. Deterministic in `seed`.
[[nodiscard]] LabelledChat with_typos(const LabelledChat& chat, double share,
                                      std::uint64_t seed);

}  // namespace etherpeil::learn
