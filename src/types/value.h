#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "types/data_type.h"

namespace lochan::types {

struct CalendarInterval {
  int32_t months = 0;
  int32_t days = 0;
  int64_t microseconds = 0;
  bool operator==(const CalendarInterval&) const = default;
};

using Int128 = __int128;

/// A typed constant. Encodings by type: integers, date (days since 1970-01-01), timestamps (µs
/// since the epoch), time (ns of the day, as Spark counts it), year-month (months) and day-time
/// (µs) intervals are int64_t; decimal is the unscaled Int128; string and binary are std::string;
/// array holds its elements; map holds key, value, key, value...; struct holds its fields. null is
/// monostate for every type. Variant literals do not exist.
struct Value {
  using Data = std::variant<std::monostate, bool, int64_t, float, double, Int128, std::string,
                            CalendarInterval, std::vector<Value>>;
  DataType type;
  Data data;

  Value() = default;
  Value(DataType t, Data d) : type(std::move(t)), data(std::move(d)) {}
  static Value null(DataType type) { return {std::move(type), std::monostate{}}; }
  static Value boolean(bool v) { return {TypeId::kBoolean, v}; }
  static Value integer(int32_t v) { return {TypeId::kInteger, int64_t{v}}; }
  static Value bigint(int64_t v) { return {TypeId::kLong, v}; }
  static Value float64(double v) { return {TypeId::kDouble, v}; }
  static Value string(std::string v) { return {TypeId::kString, std::move(v)}; }

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  bool as_bool() const { return std::get<bool>(data); }
  int64_t as_int() const { return std::get<int64_t>(data); }
  const std::string& as_string() const { return std::get<std::string>(data); }
  const std::vector<Value>& as_list() const { return std::get<std::vector<Value>>(data); }

  bool operator==(const Value& other) const;
  /// As the literal prints in an auto-generated column name: `abc`, `1`, `1.50`, `DATE
  /// '2020-01-01'` (Spark's Literal.sql without quotes on strings). `zone` is for timestamps.
  std::string name_text(std::string_view zone = "UTC") const;
  /// As SQL text that parses back: `'abc'`, `1L`, `1.50BD`.
  std::string sql(std::string_view zone = "UTC") const;
};

/// Decimal digits of `value` with `scale` digits after the point.
std::string decimal_to_string(Int128 value, int scale);

}  // namespace lochan::types
