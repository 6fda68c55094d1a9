// order_key(x): bytes that compare as Spark orders the values of an array or struct type.
//   null: 0, else 1 and the value. Array: 1 before each element, 0 at its end. Strings end with 0
//   0, a zero byte in one is 0 255. Numbers are big-endian with the sign bit turned; -0.0 is 0.0,
//   every NaN is one and the largest.
// So null is the smallest element, and an array sorts before those that it begins: DuckDB has null
// as the largest.
#include "engine/kernels/order_key.h"

#include <cmath>
#include <cstring>

#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"
#include "engine/kernels/rows.h"

namespace lochan::engine::kernels {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::PhysicalType;
using duckdb::RecursiveUnifiedVectorFormat;
using duckdb::Vector;

namespace {

template <class Unsigned>
void append_unsigned(std::string& key, Unsigned value) {
  for (int shift = static_cast<int>(sizeof(Unsigned) - 1) * 8; shift >= 0; shift -= 8) {
    key += static_cast<char>(value >> shift);
  }
}

template <class Signed, class Unsigned>
void append_signed(std::string& key, const void* data, idx_t at) {
  Signed value;
  std::memcpy(&value, static_cast<const char*>(data) + at * sizeof(Signed), sizeof(Signed));
  append_unsigned(key, static_cast<Unsigned>(static_cast<Unsigned>(value) ^
                                             (Unsigned{1} << (sizeof(Unsigned) * 8 - 1))));
}

template <class Float, class Unsigned>
void append_float(std::string& key, const void* data, idx_t at) {
  Float value = static_cast<const Float*>(data)[at];
  if (value == 0) value = 0;
  if (std::isnan(value)) value = std::numeric_limits<Float>::quiet_NaN();
  Unsigned bits;
  std::memcpy(&bits, &value, sizeof bits);
  constexpr Unsigned kSign = Unsigned{1} << (sizeof(Unsigned) * 8 - 1);
  append_unsigned(key, static_cast<Unsigned>(bits & kSign ? ~bits : bits | kSign));
}

void append_bytes(std::string& key, const duckdb::string_t& text) {
  for (const char c : view(text)) {
    key += c;
    if (c == 0) key += '\xff';
  }
  key.append(2, '\0');
}

void append_value(std::string& key, const RecursiveUnifiedVectorFormat& format, idx_t row) {
  const idx_t at = format.unified.sel->get_index(row);
  if (!format.unified.validity.RowIsValid(at)) {
    key += '\0';
    return;
  }
  key += '\1';
  const void* data = format.unified.data;
  switch (format.logical_type.InternalType()) {
    case PhysicalType::BOOL: key += static_cast<const char*>(data)[at] ? '\1' : '\0'; return;
    case PhysicalType::INT8: return append_signed<int8_t, uint8_t>(key, data, at);
    case PhysicalType::INT16: return append_signed<int16_t, uint16_t>(key, data, at);
    case PhysicalType::INT32: return append_signed<int32_t, uint32_t>(key, data, at);
    case PhysicalType::INT64: return append_signed<int64_t, uint64_t>(key, data, at);
    case PhysicalType::INT128: return append_signed<__int128, unsigned __int128>(key, data, at);
    case PhysicalType::FLOAT: return append_float<float, uint32_t>(key, data, at);
    case PhysicalType::DOUBLE: return append_float<double, uint64_t>(key, data, at);
    case PhysicalType::VARCHAR:
      return append_bytes(key, static_cast<const duckdb::string_t*>(data)[at]);
    case PhysicalType::LIST: {
      check_cancelled();
      const auto& entry = static_cast<const duckdb::list_entry_t*>(data)[at];
      for (idx_t i = 0; i < entry.length; ++i) {
        key += '\1';
        append_value(key, format.children[0], entry.offset + i);
      }
      key += '\0';
      return;
    }
    case PhysicalType::STRUCT:
      for (const auto& child : format.children) append_value(key, child, at);
      return;
    default: throw Error::internal("no order for " + format.logical_type.ToString());
  }
}

}  // namespace

void make_order_keys(const Vector& values, idx_t count, Vector& keys) {
  // A flat copy: fields of structs are then found at the row of the struct.
  Vector flat(values.GetType(), count);
  duckdb::VectorOperations::Copy(values, flat, count, 0, 0);
  RecursiveUnifiedVectorFormat format;
  Vector::RecursiveToUnifiedFormat(flat, count, format);
  auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(keys);
  std::string key;
  for (idx_t row = 0; row < count; ++row) {
    key.clear();
    append_value(key, format, row);
    out[row] = add_string(keys, key);
  }
}

namespace {

/// Of a flat vector whose parts are flat too.
void turn_nested_negative_zeros(Vector& flat, idx_t count) {
  switch (flat.GetType().InternalType()) {
    case PhysicalType::FLOAT: return turn_negative_zeros<float>(flat, count);
    case PhysicalType::DOUBLE: return turn_negative_zeros<double>(flat, count);
    case PhysicalType::LIST:
      return turn_nested_negative_zeros(duckdb::ListVector::GetEntry(flat),
                                        duckdb::ListVector::GetListSize(flat));
    case PhysicalType::STRUCT:
      for (auto& field : duckdb::StructVector::GetEntries(flat))
        turn_nested_negative_zeros(*field, count);
      return;
    default: return;
  }
}

/// one_zero(x): x with 0.0 for every -0.0 in it.
void one_zero(duckdb::DataChunk& args, duckdb::ExpressionState&, Vector& result) {
  const bool constant = all_constant(args);
  const idx_t count = constant ? 1 : args.size();
  duckdb::VectorOperations::Copy(args.data[0], result, count, 0, 0);
  turn_nested_negative_zeros(result, count);
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

const ScalarKernel kKernels[] = {
    {.name = "one_zero", .bind = [](const KernelSpec&) -> ScalarBody { return one_zero; }},
    {.name = "order_key",
     .bind = [](const KernelSpec&) -> ScalarBody {
       return [](duckdb::DataChunk& args, duckdb::ExpressionState&, Vector& result) {
         make_order_keys(args.data[0], args.size(), result);
       };
     }},
};

}  // namespace

ScalarKernels order_key_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
