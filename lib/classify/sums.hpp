#pragma once
/// Adds rows of weights, a label per lane. Rows are added in the order given,
/// so the sums are the same with and without AVX2.
#include <span>

#include "classify/model.hpp"
#include "text/isa.hpp"

namespace etherpeil::classify {

/// Adds to what a message scores alone and with its context.
void add_rows(std::span<const Weights* const> rows, Scores& alone,
              Scores& score, text::Isa isa);
/// Adds what the context weighs.
void add_context_rows(std::span<const Weights* const> rows, Scores& score,
                      text::Isa isa);

/// Adds words and pairs, in single precision.
void add_words(std::span<const Weights* const> rows, Weights& sum,
               text::Isa isa);

/// Adds `row` times `factor`.
inline void add_to(Weights& sum, const Weights& row, float factor) {
  for (std::size_t i = 0; i < max_labels; ++i) {
    sum.alone[i] += row.alone[i] * factor;
    sum.full[i] += row.full[i] * factor;
  }
}

}  // namespace etherpeil::classify
