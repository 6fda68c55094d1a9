#pragma once
#include <cstdint>
#include <string>
#include <string_view>

/// Spark's hash functions over bytes and integers. Pure.
namespace lochan::engine::hashing {

/// Murmur3 x86 32 as Spark has it: the bytes behind the last whole word are mixed in one by one,
/// sign extended.
int32_t murmur3(std::string_view bytes, int32_t seed);
int32_t murmur3_int(int32_t value, int32_t seed);
int32_t murmur3_long(int64_t value, int32_t seed);

/// XXH64.
int64_t xxhash64(std::string_view bytes, int64_t seed);
int64_t xxhash64_int(int32_t value, int64_t seed);
int64_t xxhash64_long(int64_t value, int64_t seed);

/// Shortest big-endian two's complement, as java.math.BigInteger.toByteArray.
std::string big_integer_bytes(__int128 value);

/// Lower-case hexadecimal digest: "md5", "sha1", "sha224", "sha256", "sha384", "sha512".
std::string digest(const char* algorithm, std::string_view bytes);

}  // namespace lochan::engine::hashing
