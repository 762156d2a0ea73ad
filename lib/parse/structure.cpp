#include "parse/structure.hpp"

#ifdef ETHERPEIL_AVX2
#include <immintrin.h>
#endif

namespace etherpeil::parsing {
namespace {

bool is_mark(std::string_view block, std::size_t at) {
  return at + 2 < block.size() && block[at + 1] == '\x80' &&
         (block[at + 2] == '\x8E' || block[at + 2] == '\x8F');
}

#ifdef ETHERPEIL_AVX2
#define ETHERPEIL_TARGET __attribute__((target("avx2,bmi,popcnt")))

ETHERPEIL_TARGET inline __m256i load(const char* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

ETHERPEIL_TARGET inline std::uint64_t equal(__m256i low, __m256i high,
                                            char wanted) {
  const __m256i all = _mm256_set1_epi8(wanted);
  const auto bits = [&](__m256i half) ETHERPEIL_TARGET {
    return static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(half, all)));
  };
  return bits(low) | std::uint64_t{bits(high)} << 32U;
}

#endif

}  // namespace

#ifdef ETHERPEIL_AVX2
/// Blocks of 64 bytes; gives where it stopped.
ETHERPEIL_TARGET std::size_t Structure::find_avx2(std::string_view block) {
  const auto place = [](std::size_t at, std::uint64_t bits) ETHERPEIL_TARGET {
    return static_cast<std::uint32_t>(at + _tzcnt_u64(bits));
  };
  std::size_t at = 0;
  std::size_t count = count_;  // where no write can reach it
  for (; at + 64 <= block.size(); at += 64) {
    if (count + 64 > lines_.size()) make_room(count + 64);
    // What is read here for the first time comes from far.
    _mm_prefetch(block.data() + at + 1536, _MM_HINT_T0);
    const __m256i low = load(block.data() + at);
    const __m256i high = load(block.data() + at + 32);
    std::uint64_t feeds = equal(low, high, '\n');
    std::uint64_t leads = equal(low, high, '\xE2');
    std::uint32_t* const next = &lines_[count];
    count += static_cast<std::size_t>(_mm_popcnt_u64(feeds));
    // Two without asking: few blocks hold more, and a guess that fails costs
    // more than a write that is overwritten.
    next[0] = place(at + 1, feeds);
    feeds = _blsr_u64(feeds);
    next[1] = place(at + 1, feeds);
    feeds = _blsr_u64(feeds);
    for (std::size_t i = 2; feeds != 0; ++i) {
      next[i] = place(at + 1, feeds);
      feeds = _blsr_u64(feeds);
    }
    for (; leads != 0; leads = _blsr_u64(leads)) {
      const std::uint32_t lead = place(at, leads);
      if (is_mark(block, lead)) marks_.push_back(lead);
    }
  }
  count_ = count;
  return at;
}
#undef ETHERPEIL_TARGET
#endif

void Structure::find_rest(std::string_view block, std::size_t from) {
  const auto add = [this](std::size_t line) {
    make_room(count_ + 1);
    lines_[count_++] = static_cast<std::uint32_t>(line);
  };
  for (std::size_t at = from; at < block.size(); ++at) {
    if (block[at] == '\n') add(at + 1);
    if (block[at] == '\xE2' && is_mark(block, at))
      marks_.push_back(static_cast<std::uint32_t>(at));
  }
  if (block.back() != '\n') add(block.size() + 1);
}

void Structure::find(std::string_view block, text::Isa isa) {
  marks_.clear();
  count_ = 0;
  if (block.empty()) return;
  make_room(block.size() / 64 + 64);  // a guess
  lines_[count_++] = 0;
  std::size_t from = 0;
#ifdef ETHERPEIL_AVX2
  if (isa == text::Isa::avx2) from = find_avx2(block);
#endif
  static_cast<void>(isa);
  find_rest(block, from);
}

}  // namespace etherpeil::parsing
