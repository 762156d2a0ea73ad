#include "hash/hash.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <new>

#include "etherpeil/error.hpp"

namespace etherpeil::hash {
namespace {

/// libcrypto fails here only without memory.
void need(bool done) {
  if (!done) throw std::bad_alloc{};
}

}  // namespace

struct Sha256::State {
  State() : context(EVP_MD_CTX_new()) {
    need(context != nullptr &&
         EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  State(State&&) = delete;
  State& operator=(State&&) = delete;
  ~State() { EVP_MD_CTX_free(context); }

  EVP_MD_CTX* context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  need(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  Digest digest;
  need(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 all;
  all.add(bytes);
  return all.finish();
}

Digest hmac_sha256(const Digest& key, std::string_view prefix,
                   std::string_view bytes) {
  constexpr std::size_t block = 64;
  const auto padded = [&key](std::uint8_t pad) {
    std::string all(block, static_cast<char>(pad));
    for (std::size_t i = 0; i < key.size(); ++i)
      all[i] = static_cast<char>(key[i] ^ pad);
    return all;
  };
  Sha256 inner;
  inner.add(padded(0x36));
  inner.add(prefix);
  inner.add(bytes);
  const Digest within = inner.finish();
  Sha256 outer;
  outer.add(padded(0x5c));
  outer.add({reinterpret_cast<const char*>(within.data()), within.size()});
  return outer.finish();
}

Digest random_digest() {
  Digest digest;
  if (RAND_priv_bytes(digest.data(), static_cast<int>(digest.size())) != 1) {
    throw Error{
        Errc::io,
        "random numbers: the system gives none; is /dev/urandom there?"};
  }
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
