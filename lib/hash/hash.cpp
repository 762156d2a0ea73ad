#include "hash/hash.hpp"

#include <sodium.h>

#include "etherpeil/error.hpp"

namespace etherpeil::hash {
namespace {

static_assert(crypto_hash_sha256_BYTES == 32 &&
              crypto_auth_hmacsha256_BYTES == 32);

const unsigned char* data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

struct Sha256::State {
  crypto_hash_sha256_state state{};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  crypto_hash_sha256_init(&state_->state);
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  crypto_hash_sha256_update(&state_->state, data(bytes), bytes.size());
}

Digest Sha256::finish() {
  Digest digest;
  crypto_hash_sha256_final(&state_->state, digest.data());
  return digest;
}

Digest sha256(std::string_view bytes) {
  Digest digest;
  crypto_hash_sha256(digest.data(), data(bytes), bytes.size());
  return digest;
}

Digest hmac_sha256(const Digest& key, std::string_view bytes) {
  Digest digest;
  crypto_auth_hmacsha256(digest.data(), data(bytes), bytes.size(), key.data());
  return digest;
}

Digest random_digest() {
  if (sodium_init() < 0) {
    throw Error{
        Errc::io,
        "random numbers: the system gives none; is /dev/urandom there?"};
  }
  Digest digest;
  randombytes_buf(digest.data(), digest.size());
  return digest;
}

std::string hex(const Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace etherpeil::hash
