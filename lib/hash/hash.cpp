#include "hash/hash.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "etherpeil/error.hpp"
#include "hash/sha_instructions.hpp"

namespace etherpeil::hash {
namespace {

static_assert(crypto_hash_sha256_BYTES == 32);

const unsigned char* data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

/// libsodium's, or whole blocks by the instructions of the machine and the rest
/// in `waiting`.
struct Sha256::State {
  crypto_hash_sha256_state sodium{};
  bool fast{};
  Words words{first_words};
  std::array<unsigned char, block> waiting{};
  std::size_t waits{};
  std::uint64_t bytes{};
};

Sha256::Sha256(bool plain) : state_(std::make_unique<State>()) {
  state_->fast = !plain && has_sha_instructions();
  crypto_hash_sha256_init(&state_->sodium);
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  State& state = *state_;
  if (!state.fast) {
    crypto_hash_sha256_update(&state.sodium, data(bytes), bytes.size());
    return;
  }
  state.bytes += bytes.size();
  if (state.waits > 0) {
    const std::size_t taken = std::min(block - state.waits, bytes.size());
    std::copy_n(data(bytes), taken, state.waiting.begin() + state.waits);
    state.waits += taken;
    bytes.remove_prefix(taken);
    if (state.waits < block) return;
    compress(state.words, state.waiting.data(), 1);
    state.waits = 0;
  }
  compress(state.words, data(bytes), bytes.size() / block);
  bytes.remove_prefix(bytes.size() / block * block);
  std::copy_n(data(bytes), bytes.size(), state.waiting.begin());
  state.waits = bytes.size();
}

Digest Sha256::finish() {
  State& state = *state_;
  Digest digest;
  if (!state.fast) {
    crypto_hash_sha256_final(&state.sodium, digest.data());
    return digest;
  }
  const std::uint64_t bits = state.bytes * 8;
  // A one, zeros, and the number of bits in the last eight bytes of a block.
  std::string end(1, '\x80');
  end.append((2 * block - 9 - state.waits) % block, '\0');
  for (int shift = 56; shift >= 0; shift -= 8)
    end += static_cast<char>(bits >> static_cast<unsigned>(shift) & 0xFFU);
  add(end);
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] =
        static_cast<std::uint8_t>(state.words[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 all;
  all.add(bytes);
  return all.finish();
}

Digest hmac_sha256(const Digest& key, std::string_view bytes) {
  std::string inner(block, '\x36');
  std::string outer(block, '\x5c');
  for (std::size_t i = 0; i < key.size(); ++i) {
    inner[i] = static_cast<char>(inner[i] ^ key[i]);
    outer[i] = static_cast<char>(outer[i] ^ key[i]);
  }
  Sha256 first;
  first.add(inner);
  first.add(bytes);
  const Digest middle = first.finish();
  Sha256 second;
  second.add(outer);
  second.add({reinterpret_cast<const char*>(middle.data()), middle.size()});
  return second.finish();
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
