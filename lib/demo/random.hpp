#pragma once
/// Draws that are the same on every machine: mt19937_64 is specified to the
/// bit, the distributions of the standard library are not.
#include <cmath>
#include <cstdint>
#include <random>

namespace etherpeil::demo {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// 0 to n - 1, each equally likely (Lemire 2019); n > 0.
  std::uint32_t below(std::uint32_t n) {
    std::uint64_t product = (engine_() >> 32) * n;
    if (static_cast<std::uint32_t>(product) < n) {
      const std::uint32_t floor = (0U - n) % n;
      while (static_cast<std::uint32_t>(product) < floor) {
        product = (engine_() >> 32) * n;
      }
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

  /// In [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

  bool chance(double probability) { return unit() < probability; }

  double exponential(double mean) { return -mean * std::log(1.0 - unit()); }

  /// Mean 0, variance 1: twelve uniforms, near enough for delays and weights.
  double normal() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += unit();
    return sum;
  }

  double lognormal(double median, double sigma) {
    return median * std::exp(sigma * normal());
  }

  /// Mean at most a few dozen (Knuth's product of uniforms).
  std::uint32_t poisson(double mean) {
    const double limit = std::exp(-mean);
    std::uint32_t count = 0;
    double product = unit();
    while (product > limit) {
      product *= unit();
      ++count;
    }
    return count;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace etherpeil::demo
