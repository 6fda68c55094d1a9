// hash and xxhash64 over all types; digests.
#include "base/crc32.h"
#include "engine/kernels/hasher.h"
#include "engine/kernels/kernel_list.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::idx_t;
using Text = std::string_view;

template <class H>
ScalarBody bind_hash(const KernelSpec& spec) {
  return [&spec](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const idx_t rows = constant ? 1 : args.size();
    // Nested values are reached through their storage: flatten dictionaries of structs first.
    for (auto& v : args.data) {
      if (v.GetType().InternalType() == duckdb::PhysicalType::STRUCT) v.Flatten(args.size());
    }
    std::vector<Hasher<H>> hashers;
    for (size_t i = 0; i < args.ColumnCount(); ++i) {
      hashers.emplace_back(spec.arguments[i], args.data[i], args.size());
    }
    auto* out = duckdb::FlatVector::GetData<typename H::Hash>(result);
    for (idx_t row = 0; row < rows; ++row) {
      typename H::Hash hash = 42;
      for (const auto& hasher : hashers) hash = hasher(row, hash);
      out[row] = hash;
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

std::optional<std::string> sha2(Text bytes, int32_t bits) {
  switch (bits) {
    case 224: return hashing::digest("sha224", bytes);
    case 0:
    case 256: return hashing::digest("sha256", bytes);
    case 384: return hashing::digest("sha384", bytes);
    case 512: return hashing::digest("sha512", bytes);
    default: return std::nullopt;
  }
}

template <class R, class... A, class F>
std::function<ScalarBody(const KernelSpec&)> rows(F f) {
  return [f](const KernelSpec&) { return per_row<R, A...>(f); };
}

const ScalarKernel kKernels[] = {
    {.name = "hash", .bind = bind_hash<Murmur3>, .handles_nulls = true},
    {.name = "xxhash64", .bind = bind_hash<XxHash64>, .handles_nulls = true},
    {.name = "md5",
     .bind = rows<std::string, Text>([](Text s) { return hashing::digest("md5", s); })},
    {.name = "sha1",
     .bind = rows<std::string, Text>([](Text s) { return hashing::digest("sha1", s); })},
    {.name = "sha2", .bind = rows<std::optional<std::string>, Text, int32_t>(sha2)},
    {.name = "crc32",
     .bind = rows<int64_t, Text>([](Text s) { return static_cast<int64_t>(crc32(s)); })},
};

}  // namespace

ScalarKernels hash_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
