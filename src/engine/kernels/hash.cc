// hash and xxhash64 over all types; digests.
#include "engine/kernels/hashing.h"

#include <bit>
#include <cmath>

#include "engine/kernels/cast.h"
#include "engine/kernels/elements.h"
#include "engine/kernels/kernel_list.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::idx_t;
using types::DataType;
using types::TypeId;
using Text = std::string_view;

struct Murmur3 {
  using Hash = int32_t;
  static Hash of_int(int32_t v, Hash seed) { return hashing::murmur3_int(v, seed); }
  static Hash of_long(int64_t v, Hash seed) { return hashing::murmur3_long(v, seed); }
  static Hash of_bytes(Text v, Hash seed) { return hashing::murmur3(v, seed); }
};
struct XxHash64 {
  using Hash = int64_t;
  static Hash of_int(int32_t v, Hash seed) { return hashing::xxhash64_int(v, seed); }
  static Hash of_long(int64_t v, Hash seed) { return hashing::xxhash64_long(v, seed); }
  static Hash of_bytes(Text v, Hash seed) { return hashing::xxhash64(v, seed); }
};

/// Hashes elements of one vector, each with the hash so far as its seed; null leaves that as it is.
template <class H>
class Hasher {
 public:
  using Hash = typename H::Hash;

  Hasher(const DataType& type, duckdb::Vector& vector, idx_t count) : type_(type) {
    vector.ToUnifiedFormat(count, format_);
    if (type.is(TypeId::kArray)) {
      children_.emplace_back(type.element(), duckdb::ListVector::GetEntry(vector),
                             duckdb::ListVector::GetListSize(vector));
    } else if (type.is(TypeId::kMap)) {
      const auto n = duckdb::ListVector::GetListSize(vector);
      children_.emplace_back(type.key(), duckdb::MapVector::GetKeys(vector), n);
      children_.emplace_back(type.value(), duckdb::MapVector::GetValues(vector), n);
    } else if (type.is(TypeId::kStruct) || type.is(TypeId::kCalendarInterval)) {
      auto& fields = duckdb::StructVector::GetEntries(vector);
      for (size_t i = 0; i < fields.size(); ++i) {
        const DataType field = type.is(TypeId::kStruct) ? type.fields()[i].type
                               : i == 2                 ? DataType(TypeId::kLong)
                                                        : DataType(TypeId::kInteger);
        children_.emplace_back(field, *fields[i], count);
      }
    }
  }

  Hash operator()(idx_t row, Hash seed) const {
    const idx_t i = format_.sel->get_index(row);
    if (!format_.validity.RowIsValid(i)) return seed;
    switch (type_.id()) {
      case TypeId::kBoolean: return H::of_int(at<bool>(i) ? 1 : 0, seed);
      case TypeId::kByte: return H::of_int(at<int8_t>(i), seed);
      case TypeId::kShort: return H::of_int(at<int16_t>(i), seed);
      case TypeId::kInteger:
      case TypeId::kDate:
      case TypeId::kYearMonthInterval: return H::of_int(at<int32_t>(i), seed);
      case TypeId::kLong:
      case TypeId::kTimestamp:
      case TypeId::kTimestampNtz:
      case TypeId::kDayTimeInterval: return H::of_long(at<int64_t>(i), seed);
      // Spark counts times of day in nanoseconds.
      case TypeId::kTime: return H::of_long(at<int64_t>(i) * 1000, seed);
      case TypeId::kFloat: {
        const float v = at<float>(i);
        return H::of_int(v == 0 ? 0 : std::isnan(v) ? 0x7fc00000 : std::bit_cast<int32_t>(v), seed);
      }
      case TypeId::kDouble: {
        const double v = at<double>(i);
        return H::of_long(v == 0 ? 0 : std::isnan(v) ? 0x7ff8000000000000LL : std::bit_cast<int64_t>(v), seed);
      }
      case TypeId::kDecimal: {
        const __int128 v = with_decimal(type_, [&](auto t) {
          return static_cast<__int128>(at<typename decltype(t)::type>(i));
        });
        if (type_.precision() <= 18) return H::of_long(static_cast<int64_t>(v), seed);
        return H::of_bytes(hashing::big_integer_bytes(v), seed);
      }
      case TypeId::kString:
      case TypeId::kChar:
      case TypeId::kVarchar:
      case TypeId::kBinary: {
        const auto& s = at<duckdb::string_t>(i);
        return H::of_bytes({s.GetData(), s.GetSize()}, seed);
      }
      case TypeId::kCalendarInterval:
        seed = children_[2](row_of_field(row, i), seed);
        seed = children_[1](row_of_field(row, i), seed);
        return children_[0](row_of_field(row, i), seed);
      case TypeId::kArray:
      case TypeId::kMap: {
        const auto entry = at<duckdb::list_entry_t>(i);
        for (idx_t k = entry.offset; k < entry.offset + entry.length; ++k) {
          for (const auto& child : children_) seed = child(k, seed);
        }
        return seed;
      }
      case TypeId::kStruct:
        for (const auto& child : children_) seed = child(row_of_field(row, i), seed);
        return seed;
      default: return seed;
    }
  }

 private:
  template <class T>
  const T& at(idx_t i) const {
    return reinterpret_cast<const T*>(format_.data)[i];
  }
  /// Fields of a struct are numbered as the struct's own storage, not as its rows.
  idx_t row_of_field(idx_t, idx_t stored) const { return stored; }

  DataType type_;
  duckdb::UnifiedVectorFormat format_;
  std::vector<Hasher> children_;
};

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
    {.name = "md5", .bind = rows<std::string, Text>([](Text s) { return hashing::digest("md5", s); })},
    {.name = "sha1", .bind = rows<std::string, Text>([](Text s) { return hashing::digest("sha1", s); })},
    {.name = "sha2", .bind = rows<std::optional<std::string>, Text, int32_t>(sha2)},
    {.name = "crc32", .bind = rows<int64_t, Text>([](Text s) { return static_cast<int64_t>(hashing::crc32(s)); })},
};

}  // namespace

ScalarKernels hash_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
