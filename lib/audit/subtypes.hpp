#pragma once
/// Kinds of moderation, as attributes: reminder, referral, welcome, test,
/// closing. They are seen by the audit's own words (lib/data/audit), not by the
/// codebook, so that they may grow without a new model.
#include <vector>

#include "etherpeil/types.hpp"

namespace etherpeil::rules {

/// Adds the sub-types to `codes`, and their bits to labels of moderation,
/// doubtful or not. A codebook that has an attribute of this name knows better;
/// one without room for another attribute goes without.
void add_subtypes(const Chat& chat, Codes& codes, std::vector<Label>& labels);

}  // namespace etherpeil::rules
