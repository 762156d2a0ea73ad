#include "parse/structure.hpp"

#ifdef ETHERPEIL_AVX2
#include <immintrin.h>
#endif

namespace etherpeil::parsing {
namespace {

#ifdef ETHERPEIL_AVX2
/// Blocks of 64 bytes; gives where it stopped. `starts` must have room for one
/// start per byte of a block beyond `count`.
__attribute__((target("avx2,bmi"))) std::size_t find_avx2(
    std::string_view bytes, std::vector<std::uint32_t>& starts,
    std::size_t& count) {
  const __m256i feed = _mm256_set1_epi8('\n');
  const auto feeds = [&](std::size_t at) __attribute__((target("avx2,bmi"))) {
    const __m256i block =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes.data() + at));
    return static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(block, feed)));
  };
  std::size_t at = 0;
  for (; at + 64 <= bytes.size(); at += 64) {
    if (count + 64 > starts.size()) starts.resize(2 * starts.size() + 64);
    std::uint64_t bits = feeds(at) | static_cast<std::uint64_t>(feeds(at + 32))
                                         << 32U;
    for (; bits != 0; bits &= bits - 1) {
      starts[count++] = static_cast<std::uint32_t>(
          at + static_cast<std::size_t>(__builtin_ctzll(bits)) + 1);
    }
  }
  return at;
}
#endif

}  // namespace

void find_lines(std::string_view bytes, text::Isa isa,
                std::vector<std::uint32_t>& starts) {
  if (bytes.empty()) return starts.clear();
  if (starts.empty()) starts.resize(1);
  starts[0] = 0;
  std::size_t count = 1;
  std::size_t from = 0;
#ifdef ETHERPEIL_AVX2
  if (isa == text::Isa::avx2) {
    starts.resize(starts.capacity());
    from = find_avx2(bytes, starts, count);
  }
#endif
  static_cast<void>(isa);
  starts.resize(count);
  for (std::size_t at = from; at < bytes.size(); ++at) {
    if (bytes[at] == '\n') starts.push_back(static_cast<std::uint32_t>(at + 1));
  }
  if (bytes.back() != '\n')
    starts.push_back(static_cast<std::uint32_t>(bytes.size() + 1));
}

}  // namespace etherpeil::parsing
