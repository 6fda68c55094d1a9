#include "types/value.h"

#include <cmath>

#include "types/datetime_text.h"
#include "types/interval_text.h"
#include "types/number_text.h"

namespace lochan::types {
namespace {

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : bytes) {
    out += kDigits[c >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string join(const Value& value, const char* prefix, const char* suffix,
                 std::string_view zone) {
  std::string out = prefix;
  const auto& items = value.as_list();
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    if (value.type.is(TypeId::kStruct)) out += quoted(value.type.fields()[i].name) + ", ";
    out += items[i].sql(zone);
  }
  return out + suffix;
}

std::string special_float(double value, const char* type) {
  const char* name = std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  return std::string("CAST('") + name + "' AS " + type + ")";
}

}  // namespace

bool Value::operator==(const Value& other) const {
  return type == other.type && data == other.data;
}

std::string Value::name_text(std::string_view zone) const {
  if (is_null()) return "NULL";
  switch (type.id()) {
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong: return std::to_string(as_int());
    case TypeId::kFloat: return float_to_string(std::get<float>(data));
    case TypeId::kDouble: return double_to_string(std::get<double>(data));
    case TypeId::kDecimal: return decimal_to_short_string(std::get<Int128>(data), type.scale());
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: return as_string();
    default: return sql(zone);
  }
}

std::string Value::sql(std::string_view zone) const {
  if (is_null()) return type.is(TypeId::kNull) ? "NULL" : "CAST(NULL AS " + type.sql() + ")";
  switch (type.id()) {
    case TypeId::kBoolean: return as_bool() ? "true" : "false";
    case TypeId::kByte: return name_text() + "Y";
    case TypeId::kShort: return name_text() + "S";
    case TypeId::kLong: return name_text() + "L";
    case TypeId::kFloat: {
      const float value = std::get<float>(data);
      if (!std::isfinite(value)) return special_float(value, "FLOAT");
      return "CAST(" + name_text() + " AS FLOAT)";
    }
    case TypeId::kDouble: {
      const double value = std::get<double>(data);
      if (!std::isfinite(value)) return special_float(value, "DOUBLE");
      return name_text() + "D";
    }
    case TypeId::kDecimal: return name_text() + "BD";
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: return quoted(as_string());
    case TypeId::kBinary: return "X'" + hex(as_string()) + "'";
    case TypeId::kDate: return "DATE '" + date_to_string(as_int()) + "'";
    case TypeId::kTimestamp:
      return "TIMESTAMP '" + timestamp_to_string(as_int(), TimeZone::get(zone)) + "'";
    case TypeId::kTimestampNtz:
      return "TIMESTAMP_NTZ '" + local_timestamp_to_string(as_int()) + "'";
    case TypeId::kTime: return "TIME '" + time_to_string(as_int()) + "'";
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval: return interval_literal(as_int(), type);
    case TypeId::kCalendarInterval:
      return "INTERVAL '" + calendar_interval_to_string(std::get<CalendarInterval>(data)) + "'";
    case TypeId::kArray: return join(*this, "ARRAY(", ")", zone);
    case TypeId::kMap: return join(*this, "MAP(", ")", zone);
    case TypeId::kStruct: return join(*this, "NAMED_STRUCT(", ")", zone);
    default: return name_text();
  }
}

}  // namespace lochan::types
