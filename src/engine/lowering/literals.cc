#include "duckdb/common/types/date.hpp"
#include "duckdb/common/types/hugeint.hpp"
#include "duckdb/common/types/timestamp.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

using duckdb::Value;
using types::TypeId;

namespace {

Value decimal(types::Int128 v, int precision, int scale) {
  if (precision <= 4) return Value::DECIMAL(static_cast<int16_t>(v), precision, scale);
  if (precision <= 9) return Value::DECIMAL(static_cast<int32_t>(v), precision, scale);
  if (precision <= 18) return Value::DECIMAL(static_cast<int64_t>(v), precision, scale);
  duckdb::hugeint_t h;
  h.lower = static_cast<uint64_t>(v);
  h.upper = static_cast<int64_t>(v >> 64);
  return Value::DECIMAL(h, precision, scale);
}

Value structure(const types::Value& value) {
  duckdb::vector<Value> fields;
  for (const auto& f : value.as_list()) fields.push_back(to_duckdb(f));
  if (fields.empty()) fields.push_back(Value(duckdb::LogicalType::BOOLEAN));
  return Value::STRUCT(to_duckdb(value.type), std::move(fields));
}

/// A text that may be no UTF-8: Value's own constructor refuses such.
Value unchecked_text(const std::string& text) {
  auto value = Value::BLOB_RAW(text);
  value.Reinterpret(duckdb::LogicalType::VARCHAR);
  return value;
}

Value calendar(const types::CalendarInterval& v, const duckdb::LogicalType& type) {
  return Value::STRUCT(
      type, {Value::INTEGER(v.months), Value::INTEGER(v.days), Value::BIGINT(v.microseconds)});
}

}  // namespace

Value to_duckdb(const types::Value& value) {
  const auto& type = value.type;
  if (value.is_null()) return Value(to_duckdb(type));
  switch (type.id()) {
    case TypeId::kNull: return Value(to_duckdb(type));
    case TypeId::kBoolean: return Value::BOOLEAN(value.as_bool());
    case TypeId::kByte: return Value::TINYINT(value.as_int());
    case TypeId::kShort: return Value::SMALLINT(value.as_int());
    case TypeId::kInteger: return Value::INTEGER(value.as_int());
    case TypeId::kLong: return Value::BIGINT(value.as_int());
    case TypeId::kFloat:
      if (auto* d = std::get_if<double>(&value.data)) return Value::FLOAT(*d);
      return Value::FLOAT(std::get<float>(value.data));
    case TypeId::kDouble: return Value::DOUBLE(std::get<double>(value.data));
    case TypeId::kDecimal:
      return decimal(std::get<types::Int128>(value.data), type.precision(), type.scale());
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: return unchecked_text(value.as_string());
    case TypeId::kBinary: return Value::BLOB_RAW(value.as_string());
    case TypeId::kDate: return Value::DATE(duckdb::date_t(value.as_int()));
    case TypeId::kTimestamp: return Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(value.as_int()));
    case TypeId::kTimestampNtz: return Value::TIMESTAMP(duckdb::timestamp_t(value.as_int()));
    case TypeId::kTime: return Value::TIME(duckdb::dtime_t(value.as_int() / 1000));
    case TypeId::kYearMonthInterval: return Value::INTEGER(value.as_int());
    case TypeId::kDayTimeInterval: return Value::BIGINT(value.as_int());
    case TypeId::kCalendarInterval:
      return calendar(std::get<types::CalendarInterval>(value.data), to_duckdb(type));
    case TypeId::kArray: {
      duckdb::vector<Value> elements;
      for (const auto& e : value.as_list()) elements.push_back(to_duckdb(e));
      return Value::LIST(to_duckdb(type.element()), std::move(elements));
    }
    case TypeId::kMap: {
      duckdb::vector<Value> keys, values;
      const auto& entries = value.as_list();
      for (size_t i = 0; i + 1 < entries.size(); i += 2) {
        keys.push_back(to_duckdb(entries[i]));
        values.push_back(to_duckdb(entries[i + 1]));
      }
      return Value::MAP(to_duckdb(type.key()), to_duckdb(type.value()), std::move(keys),
                        std::move(values));
    }
    case TypeId::kStruct: return structure(value);
    case TypeId::kVariant: break;
  }
  throw Error::internal("a literal of type " + type.sql());
}

std::optional<types::Value> from_duckdb(const Value& value, const types::DataType& type) {
  if (value.IsNull()) return types::Value::null(type);
  using types::Int128;
  switch (type.id()) {
    case TypeId::kBoolean: return types::Value{type, value.GetValue<bool>()};
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong:
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval: return types::Value{type, value.GetValue<int64_t>()};
    case TypeId::kFloat: return types::Value{type, value.GetValue<float>()};
    case TypeId::kDouble: return types::Value{type, value.GetValue<double>()};
    case TypeId::kDecimal: {
      switch (value.type().InternalType()) {
        case duckdb::PhysicalType::INT16:
          return types::Value{type, Int128{value.GetValueUnsafe<int16_t>()}};
        case duckdb::PhysicalType::INT32:
          return types::Value{type, Int128{value.GetValueUnsafe<int32_t>()}};
        case duckdb::PhysicalType::INT64:
          return types::Value{type, Int128{value.GetValueUnsafe<int64_t>()}};
        default: {
          const auto h = value.GetValueUnsafe<duckdb::hugeint_t>();
          return types::Value{type, (Int128{h.upper} << 64) | h.lower};
        }
      }
    }
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: return types::Value{type, duckdb::StringValue::Get(value)};
    case TypeId::kBinary: return types::Value{type, duckdb::StringValue::Get(value)};
    case TypeId::kDate: return types::Value{type, int64_t{value.GetValue<duckdb::date_t>().days}};
    case TypeId::kTimestamp:
      return types::Value{type, value.GetValue<duckdb::timestamp_tz_t>().value};
    case TypeId::kTimestampNtz:
      return types::Value{type, value.GetValue<duckdb::timestamp_t>().value};
    default: return std::nullopt;
  }
}

}  // namespace lochan::engine
