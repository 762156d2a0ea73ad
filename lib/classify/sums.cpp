#include "classify/sums.hpp"

#include <array>

#ifdef ETHERPEIL_AVX2
#include <immintrin.h>
#endif

namespace etherpeil::classify {
namespace {

using Rows = std::span<const Weights* const>;

void add_one(const std::array<float, max_labels>& row, Scores& sum) {
  for (std::size_t i = 0; i < max_labels; ++i)
    sum[i] += static_cast<double>(row[i]);
}

#ifdef ETHERPEIL_AVX2
/// Sums of four labels at a time, which stay in registers.
struct Lanes {
  static constexpr std::size_t count = max_labels / 4;
  __m256d sum[count];  // NOLINT(modernize-avoid-c-arrays): std::array drops
                       // the alignment of its type

  __attribute__((target("avx2"),
                 always_inline)) explicit Lanes(const Scores& scores) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < count; ++i)
      sum[i] = _mm256_loadu_pd(&scores[4 * i]);
  }
  __attribute__((target("avx2"), always_inline)) void add(
      const std::array<float, max_labels>& row) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < count; ++i) {
      sum[i] =
          _mm256_add_pd(sum[i], _mm256_cvtps_pd(_mm_loadu_ps(&row[4 * i])));
    }
  }
  __attribute__((target("avx2"), always_inline)) void store(
      Scores& scores) const {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < count; ++i)
      _mm256_storeu_pd(&scores[4 * i], sum[i]);
  }
};

__attribute__((target("avx2"))) void add_both_avx2(Rows rows, Scores& alone,
                                                   Scores& score) {
  Lanes a{alone};
  Lanes s{score};
  for (const Weights* const row : rows) {
    a.add(row->alone);
    s.add(row->full);
  }
  a.store(alone);
  s.store(score);
}

__attribute__((target("avx2"))) void add_words_avx2(Rows rows, Weights& sum) {
  static_assert(sizeof(Weights) == 32 * sizeof(float));
  float* const to = sum.alone.data();
  __m256 a = _mm256_loadu_ps(to);
  __m256 b = _mm256_loadu_ps(to + 8);
  float* const full = sum.full.data();
  __m256 c = _mm256_loadu_ps(full);
  __m256 d = _mm256_loadu_ps(full + 8);
  for (const Weights* const row : rows) {
    a = _mm256_add_ps(a, _mm256_loadu_ps(row->alone.data()));
    b = _mm256_add_ps(b, _mm256_loadu_ps(row->alone.data() + 8));
    c = _mm256_add_ps(c, _mm256_loadu_ps(row->full.data()));
    d = _mm256_add_ps(d, _mm256_loadu_ps(row->full.data() + 8));
  }
  _mm256_storeu_ps(to, a);
  _mm256_storeu_ps(to + 8, b);
  _mm256_storeu_ps(full, c);
  _mm256_storeu_ps(full + 8, d);
}

__attribute__((target("avx2"))) void add_full_avx2(Rows rows, Scores& score) {
  Lanes s{score};
  for (const Weights* const row : rows) s.add(row->full);
  s.store(score);
}
#endif

}  // namespace

void add_rows(Rows rows, Scores& alone, Scores& score, text::Isa isa) {
#ifdef ETHERPEIL_AVX2
  if (isa == text::Isa::avx2) return add_both_avx2(rows, alone, score);
#endif
  (void)isa;
  for (const Weights* const row : rows) {
    add_one(row->alone, alone);
    add_one(row->full, score);
  }
}

void add_context_rows(Rows rows, Scores& score, text::Isa isa) {
#ifdef ETHERPEIL_AVX2
  if (isa == text::Isa::avx2) return add_full_avx2(rows, score);
#endif
  (void)isa;
  for (const Weights* const row : rows) add_one(row->full, score);
}

void add_words(Rows rows, Weights& sum, text::Isa isa) {
#ifdef ETHERPEIL_AVX2
  if (isa == text::Isa::avx2) return add_words_avx2(rows, sum);
#endif
  (void)isa;
  for (const Weights* const row : rows) add_to(sum, *row, 1);
}

}  // namespace etherpeil::classify
