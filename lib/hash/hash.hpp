#pragma once
/// SHA-256, HMAC and random bytes.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace etherpeil::hash {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(std::string_view bytes);

/// SHA-256 of several pieces, as if they stood behind each other.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void add(std::string_view bytes);
  /// The digest of what was added; nothing may be added after it.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// HMAC-SHA-256 (RFC 2104) of bytes behind a prefix, which may be empty.
[[nodiscard]] Digest hmac_sha256(const Digest& key, std::string_view prefix,
                                 std::string_view bytes);

/// From the system's random source.
[[nodiscard]] Digest random_digest();

/// Lower-case hexadecimal digits.
[[nodiscard]] std::string hex(const Digest& digest);

}  // namespace etherpeil::hash
