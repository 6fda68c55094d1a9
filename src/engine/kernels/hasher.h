#pragma once
#include <bit>
#include <cmath>
#include <vector>

#include "engine/kernels/cast.h"
#include "engine/kernels/hashing.h"
#include "engine/kernels/per_row.h"

namespace lochan::engine::kernels {

/// The two hash functions under one interface, for Hasher.
struct Murmur3 {
  using Hash = int32_t;
  static Hash of_int(int32_t v, Hash seed) { return hashing::murmur3_int(v, seed); }
  static Hash of_long(int64_t v, Hash seed) { return hashing::murmur3_long(v, seed); }
  static Hash of_bytes(std::string_view v, Hash seed) { return hashing::murmur3(v, seed); }
};
struct XxHash64 {
  using Hash = int64_t;
  static Hash of_int(int32_t v, Hash seed) { return hashing::xxhash64_int(v, seed); }
  static Hash of_long(int64_t v, Hash seed) { return hashing::xxhash64_long(v, seed); }
  static Hash of_bytes(std::string_view v, Hash seed) { return hashing::xxhash64(v, seed); }
};

/// Hashes elements of one vector, each with the hash so far as its seed; null leaves that as it is.
template <class H>
class Hasher {
 public:
  using Hash = typename H::Hash;

  Hasher(const types::DataType& type, duckdb::Vector& vector, duckdb::idx_t count) : type_(type) {
    vector.ToUnifiedFormat(count, format_);
    if (type.is(types::TypeId::kArray)) {
      children_.emplace_back(type.element(), duckdb::ListVector::GetEntry(vector),
                             duckdb::ListVector::GetListSize(vector));
    } else if (type.is(types::TypeId::kMap)) {
      const auto n = duckdb::ListVector::GetListSize(vector);
      children_.emplace_back(type.key(), duckdb::MapVector::GetKeys(vector), n);
      children_.emplace_back(type.value(), duckdb::MapVector::GetValues(vector), n);
    } else if (type.is(types::TypeId::kStruct) || type.is(types::TypeId::kCalendarInterval)) {
      auto& fields = duckdb::StructVector::GetEntries(vector);
      for (size_t i = 0; i < fields.size(); ++i) {
        const types::DataType field = type.is(types::TypeId::kStruct) ? type.fields()[i].type
                                      : i == 2 ? types::DataType(types::TypeId::kLong)
                                               : types::DataType(types::TypeId::kInteger);
        children_.emplace_back(field, *fields[i], count);
      }
    }
  }

  Hash operator()(duckdb::idx_t row, Hash seed) const {
    const duckdb::idx_t i = format_.sel->get_index(row);
    if (!format_.validity.RowIsValid(i)) return seed;
    switch (type_.id()) {
      case types::TypeId::kBoolean: return H::of_int(at<bool>(i) ? 1 : 0, seed);
      case types::TypeId::kByte: return H::of_int(at<int8_t>(i), seed);
      case types::TypeId::kShort: return H::of_int(at<int16_t>(i), seed);
      case types::TypeId::kInteger:
      case types::TypeId::kDate:
      case types::TypeId::kYearMonthInterval: return H::of_int(at<int32_t>(i), seed);
      case types::TypeId::kLong:
      case types::TypeId::kTimestamp:
      case types::TypeId::kTimestampNtz:
      case types::TypeId::kDayTimeInterval: return H::of_long(at<int64_t>(i), seed);
      // Spark counts times of day in nanoseconds.
      case types::TypeId::kTime: return H::of_long(at<int64_t>(i) * 1000, seed);
      case types::TypeId::kFloat: {
        const float v = at<float>(i);
        return H::of_int(v == 0 ? 0 : std::isnan(v) ? 0x7fc00000 : std::bit_cast<int32_t>(v), seed);
      }
      case types::TypeId::kDouble: {
        const double v = at<double>(i);
        return H::of_long(v == 0          ? 0
                          : std::isnan(v) ? 0x7ff8000000000000LL
                                          : std::bit_cast<int64_t>(v),
                          seed);
      }
      case types::TypeId::kDecimal: {
        const __int128 v = with_decimal(type_, [&](auto t) {
          return static_cast<__int128>(at<typename decltype(t)::type>(i));
        });
        if (type_.precision() <= 18) return H::of_long(static_cast<int64_t>(v), seed);
        return H::of_bytes(hashing::big_integer_bytes(v), seed);
      }
      case types::TypeId::kString:
      case types::TypeId::kChar:
      case types::TypeId::kVarchar:
      case types::TypeId::kBinary: {
        return H::of_bytes(view(at<duckdb::string_t>(i)), seed);
      }
      case types::TypeId::kCalendarInterval:
        seed = children_[2](row_of_field(row, i), seed);
        seed = children_[1](row_of_field(row, i), seed);
        return children_[0](row_of_field(row, i), seed);
      case types::TypeId::kArray:
      case types::TypeId::kMap: {
        check_cancelled();
        const auto entry = at<duckdb::list_entry_t>(i);
        for (duckdb::idx_t k = entry.offset; k < entry.offset + entry.length; ++k) {
          for (const auto& child : children_) seed = child(k, seed);
        }
        return seed;
      }
      case types::TypeId::kStruct:
        for (const auto& child : children_) seed = child(row_of_field(row, i), seed);
        return seed;
      default: return seed;
    }
  }

 private:
  template <class T>
  const T& at(duckdb::idx_t i) const {
    return reinterpret_cast<const T*>(format_.data)[i];
  }
  /// Fields of a struct are numbered as the struct's own storage, not as its rows.
  duckdb::idx_t row_of_field(duckdb::idx_t, duckdb::idx_t stored) const { return stored; }

  types::DataType type_;
  duckdb::UnifiedVectorFormat format_;
  std::vector<Hasher> children_;
};

}  // namespace lochan::engine::kernels
