#include "audit/subtypes.hpp"

#include <algorithm>

#include "audit/catalogue.hpp"
#include "classify/lexicon.hpp"

namespace etherpeil::rules {
namespace {

/// A sub-type with its bit in this codebook; 0 when it has none.
struct Kept {
  const Subtype* subtype{};
  Attributes bit{};
};

std::vector<Kept> keep(Codes& codes) {
  std::vector<Kept> kept;
  for (const Subtype& subtype : catalogue().subtypes) {
    const AttributeCode& code = subtype.code;
    if (codes.attribute(code.key) || codes.attributes.size() >= max_attributes)
      continue;
    kept.push_back({&subtype, Attributes{1} << codes.attributes.size()});
    codes.attributes.push_back(code);
  }
  return kept;
}

bool met(const classify::Reading& reading,
         const std::vector<std::string>& lists) {
  return std::any_of(reading.matches.begin(), reading.matches.end(),
                     [&lists](const classify::Match& match) {
                       return std::find(
                                  lists.begin(), lists.end(),
                                  own_lexicon().lists()[match.lexicon].key) !=
                              lists.end();
                     });
}

bool has_any(const Codes& codes, Attributes set,
             const std::vector<std::string>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    const auto bit = codes.attribute(key);
    return bit && (set >> *bit & 1U) != 0;
  });
}

}  // namespace

void add_subtypes(const Chat& chat, Codes& codes, std::vector<Label>& labels) {
  const std::vector<Kept> kept = keep(codes);
  classify::Reading reading;
  for (Index i = 0; i < labels.size(); ++i) {
    Label& label = labels[i];
    if (label.code == not_coded ||
        codes.labels[label.code].function != Function::moderation)
      continue;
    own_lexicon().read(chat.text(i), reading);
    for (const auto& [subtype, bit] : kept) {
      if (met(reading, subtype->words) &&
          !has_any(codes, label.attributes, subtype->unless))
        label.attributes |= bit;
    }
  }
}

}  // namespace etherpeil::rules
