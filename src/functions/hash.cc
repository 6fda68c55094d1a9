// Hashes and digests.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {
namespace {

TypeRule hash_type(types::TypeId result) {
  return [result](CallSite& call) {
    for (size_t i = 0; i < call.size(); ++i) {
      if (call.type(i).is(kMap))
        call.mismatch("HASH_MAP_TYPE", {{"functionName", types::quote_identifier(call.name)}});
    }
    call.result = result;
    call.nullable = false;
  };
}

}  // namespace

std::span<const Function> hash_functions() {
  static const std::vector<Function> rows = {
      {.name = "hash",
       .min_arguments = 1,
       .max_arguments = kAnyNumber,
       .type = hash_type(kInteger),
       .doc = "Murmur3 of the arguments, with seed 42.",
       .example = "SELECT hash('loch', 1)",
       .lower = Kernel{"hash"}},
      {.name = "xxhash64",
       .min_arguments = 1,
       .max_arguments = kAnyNumber,
       .type = hash_type(kLong),
       .doc = "XXH64 of the arguments, with seed 42.",
       .example = "SELECT xxhash64('loch', 1)",
       .lower = Kernel{"xxhash64"}},
      {.name = "md5",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kBinary}).returns(kString),
       .doc = "MD5 digest in hexadecimal.",
       .example = "SELECT md5('loch')",
       .lower = Kernel{"md5"}},
      {.name = "sha1",
       .aliases = {"sha"},
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kBinary}).returns(kString),
       .doc = "SHA-1 digest in hexadecimal.",
       .example = "SELECT sha1('loch')",
       .lower = Kernel{"sha1"}},
      {.name = "sha2",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kBinary, kInteger}).returns(kString).nullable(),
       .doc = "SHA-2 digest of 224, 256 (or 0), 384 or 512 bits in hexadecimal.",
       .example = "SELECT sha2('loch', 256)",
       .lower = Kernel{"sha2"}},
      {.name = "crc32",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kBinary}).returns(kLong),
       .doc = "CRC-32 checksum.",
       .example = "SELECT crc32('loch')",
       .lower = Kernel{"crc32"}},
  };
  return rows;
}

}  // namespace lochan::functions
