#include "session/column_values.h"

#include <arrow/array/array_binary.h>
#include <arrow/array/array_decimal.h>
#include <arrow/array/array_primitive.h>
#include <arrow/util/decimal.h>

#include "base/error.h"

namespace lochan::session {
namespace {

using types::TypeId;
using types::Value;

Value value_at(const arrow::Array& column, int64_t row, const types::DataType& type) {
  switch (type.id()) {
    case TypeId::kBoolean:
      return {type, static_cast<const arrow::BooleanArray&>(column).Value(row)};
    case TypeId::kByte:
      return {type, int64_t{static_cast<const arrow::Int8Array&>(column).Value(row)}};
    case TypeId::kShort:
      return {type, int64_t{static_cast<const arrow::Int16Array&>(column).Value(row)}};
    case TypeId::kInteger:
      return {type, int64_t{static_cast<const arrow::Int32Array&>(column).Value(row)}};
    case TypeId::kLong:
      return {type, int64_t{static_cast<const arrow::Int64Array&>(column).Value(row)}};
    case TypeId::kFloat: return {type, static_cast<const arrow::FloatArray&>(column).Value(row)};
    case TypeId::kDouble: return {type, static_cast<const arrow::DoubleArray&>(column).Value(row)};
    case TypeId::kDate:
      return {type, int64_t{static_cast<const arrow::Date32Array&>(column).Value(row)}};
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return {type, int64_t{static_cast<const arrow::TimestampArray&>(column).Value(row)}};
    case TypeId::kString:
      return {type, static_cast<const arrow::StringArray&>(column).GetString(row)};
    case TypeId::kBinary:
      return {type, static_cast<const arrow::BinaryArray&>(column).GetString(row)};
    case TypeId::kDecimal: {
      const arrow::Decimal128 decimal(
          static_cast<const arrow::Decimal128Array&>(column).GetValue(row));
      const auto value = static_cast<types::Int128>(decimal.high_bits()) << 64 | decimal.low_bits();
      return {type, value};
    }
    default: throw Error::not_supported("values of type " + type.sql() + " here");
  }
}

}  // namespace

void append_values(const arrow::Array& column, const types::DataType& type,
                   std::vector<Value>& out) {
  for (int64_t row = 0; row < column.length(); ++row)
    out.push_back(column.IsNull(row) ? Value::null(type) : value_at(column, row, type));
}

}  // namespace lochan::session
