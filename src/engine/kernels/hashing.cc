#include "engine/kernels/hashing.h"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cstring>

#include "base/error.h"

namespace lochan::engine::hashing {
namespace {

// ---- Murmur3
// ---------------------------------------------------------------------------------------------------

uint32_t mix_k(uint32_t k) { return std::rotl(k * 0xcc9e2d51U, 15) * 0x1b873593U; }
uint32_t mix_h(uint32_t h, uint32_t k) { return std::rotl(h ^ k, 13) * 5 + 0xe6546b64U; }
int32_t finish32(uint32_t h, uint32_t length) {
  h ^= length;
  h ^= h >> 16;
  h *= 0x85ebca6bU;
  h ^= h >> 13;
  h *= 0xc2b2ae35U;
  h ^= h >> 16;
  return static_cast<int32_t>(h);
}

// ---- XXH64
// -----------------------------------------------------------------------------------------------------

constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87ULL, kPrime2 = 0xC2B2AE3D27D4EB4FULL,
                   kPrime3 = 0x165667B19E3779F9ULL, kPrime4 = 0x85EBCA77C2B2AE63ULL,
                   kPrime5 = 0x27D4EB2F165667C5ULL;

template <class T>
T load(const char* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}
uint64_t round(uint64_t accumulator, uint64_t input) {
  return std::rotl(accumulator + input * kPrime2, 31) * kPrime1;
}
uint64_t step8(uint64_t hash, uint64_t input) {
  return std::rotl(hash ^ round(0, input), 27) * kPrime1 + kPrime4;
}
uint64_t step4(uint64_t hash, uint32_t input) {
  return std::rotl(hash ^ (uint64_t{input} * kPrime1), 23) * kPrime2 + kPrime3;
}
int64_t finish64(uint64_t hash) {
  hash ^= hash >> 33;
  hash *= kPrime2;
  hash ^= hash >> 29;
  hash *= kPrime3;
  hash ^= hash >> 32;
  return static_cast<int64_t>(hash);
}

}  // namespace

int32_t murmur3(std::string_view bytes, int32_t seed) {
  uint32_t h = static_cast<uint32_t>(seed);
  size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) h = mix_h(h, mix_k(load<uint32_t>(bytes.data() + i)));
  for (; i < bytes.size(); ++i)
    h = mix_h(h, mix_k(static_cast<uint32_t>(static_cast<int8_t>(bytes[i]))));
  return finish32(h, static_cast<uint32_t>(bytes.size()));
}

int32_t murmur3_int(int32_t value, int32_t seed) {
  return finish32(mix_h(static_cast<uint32_t>(seed), mix_k(static_cast<uint32_t>(value))), 4);
}

int32_t murmur3_long(int64_t value, int32_t seed) {
  const auto bits = static_cast<uint64_t>(value);
  uint32_t h = mix_h(static_cast<uint32_t>(seed), mix_k(static_cast<uint32_t>(bits)));
  h = mix_h(h, mix_k(static_cast<uint32_t>(bits >> 32)));
  return finish32(h, 8);
}

int64_t xxhash64(std::string_view bytes, int64_t seed_value) {
  const auto seed = static_cast<uint64_t>(seed_value);
  const char* p = bytes.data();
  const char* end = p + bytes.size();
  uint64_t hash;
  if (bytes.size() >= 32) {
    uint64_t v[4] = {seed + kPrime1 + kPrime2, seed + kPrime2, seed, seed - kPrime1};
    for (; end - p >= 32; p += 32) {
      for (int i = 0; i < 4; ++i) v[i] = round(v[i], load<uint64_t>(p + 8 * i));
    }
    hash = std::rotl(v[0], 1) + std::rotl(v[1], 7) + std::rotl(v[2], 12) + std::rotl(v[3], 18);
    for (uint64_t lane : v) hash = (hash ^ round(0, lane)) * kPrime1 + kPrime4;
  } else {
    hash = seed + kPrime5;
  }
  hash += bytes.size();
  for (; end - p >= 8; p += 8) hash = step8(hash, load<uint64_t>(p));
  if (end - p >= 4) {
    hash = step4(hash, load<uint32_t>(p));
    p += 4;
  }
  for (; p < end; ++p)
    hash = std::rotl(hash ^ (static_cast<unsigned char>(*p) * kPrime5), 11) * kPrime1;
  return finish64(hash);
}

int64_t xxhash64_int(int32_t value, int64_t seed) {
  return finish64(step4(static_cast<uint64_t>(seed) + kPrime5 + 4, static_cast<uint32_t>(value)));
}

int64_t xxhash64_long(int64_t value, int64_t seed) {
  return finish64(step8(static_cast<uint64_t>(seed) + kPrime5 + 8, static_cast<uint64_t>(value)));
}

std::string big_integer_bytes(__int128 value) {
  std::string out;
  for (int shift = 120; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
  size_t first = 0;
  // A leading byte goes while the next one still carries the sign.
  while (first + 1 < out.size() &&
         ((out[first] == 0 && out[first + 1] >= 0) || (out[first] == -1 && out[first + 1] < 0))) {
    ++first;
  }
  return out.substr(first);
}

std::string digest(const char* algorithm, std::string_view bytes) {
  unsigned char raw[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const EVP_MD* md = EVP_get_digestbyname(algorithm);
  if (md == nullptr || EVP_Digest(bytes.data(), bytes.size(), raw, &size, md, nullptr) != 1) {
    throw Error::internal(std::string("no digest ") + algorithm);
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += {kDigits[raw[i] >> 4], kDigits[raw[i] & 15]};
  return out;
}

}  // namespace lochan::engine::hashing
