#pragma once
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lochan::types {

enum class TypeId : uint8_t {
  kNull,  // Spark's void
  kBoolean,
  kByte,
  kShort,
  kInteger,
  kLong,
  kFloat,
  kDouble,
  kDecimal,
  kString,
  kChar,
  kVarchar,
  kBinary,
  kDate,
  kTimestamp,  // an instant; fields are read in the session zone
  kTimestampNtz,
  kTime,
  kYearMonthInterval,
  kDayTimeInterval,
  kCalendarInterval,
  kArray,
  kMap,
  kStruct,
  kVariant,
};

struct StructField;

/// A Spark SQL data type: a small immutable value, cheap to copy, safe to share between threads.
/// Equality includes nullability of elements and of fields, and field metadata, as Spark's does.
class DataType {
 public:
  DataType() = default;             // void
  DataType(TypeId id) : id_(id) {}  // NOLINT: scalar types convert implicitly on purpose

  static DataType decimal(int precision, int scale);
  static DataType character(int length);
  static DataType varchar(int length);
  static DataType time(int precision = 6);
  /// Fields of an interval: year=0, month=1; day=0, hour=1, minute=2, second=3.
  static DataType year_month(int start = 0, int end = 1);
  static DataType day_time(int start = 0, int end = 3);
  static DataType array(DataType element, bool contains_null = true);
  static DataType map(DataType key, DataType value, bool value_contains_null = true);
  static DataType structure(std::vector<StructField> fields);
  static DataType string_with_collation(std::string collation);

  TypeId id() const { return id_; }
  bool is(TypeId id) const { return id_ == id; }
  int precision() const { return a_; }  // decimal, time
  int scale() const { return b_; }      // decimal
  int length() const { return a_; }     // char, varchar
  int interval_start() const { return a_; }
  int interval_end() const { return b_; }
  const std::string& collation() const;  // "UTF8_BINARY" by default
  const DataType& element() const;       // array
  bool contains_null() const { return a_ != 0; }
  const DataType& key() const;    // map
  const DataType& value() const;  // map
  bool value_contains_null() const { return a_ != 0; }
  const std::vector<StructField>& fields() const;  // struct
  /// Index of the field called `name`, compared without case unless `case_sensitive`; -1 if none,
  /// -2 if several.
  int field_index(std::string_view name, bool case_sensitive = false) const;

  bool is_integral() const { return id_ >= TypeId::kByte && id_ <= TypeId::kLong; }
  bool is_fractional() const { return id_ >= TypeId::kFloat && id_ <= TypeId::kDecimal; }
  bool is_numeric() const { return id_ >= TypeId::kByte && id_ <= TypeId::kDecimal; }
  bool is_string() const { return id_ >= TypeId::kString && id_ <= TypeId::kVarchar; }
  bool is_datetime() const { return id_ >= TypeId::kDate && id_ <= TypeId::kTimestampNtz; }
  bool is_interval() const {
    return id_ >= TypeId::kYearMonthInterval && id_ <= TypeId::kCalendarInterval;
  }
  bool is_ansi_interval() const {
    return id_ == TypeId::kYearMonthInterval || id_ == TypeId::kDayTimeInterval;
  }
  bool is_nested() const { return id_ >= TypeId::kArray && id_ <= TypeId::kStruct; }

  bool operator==(const DataType& other) const;
  /// Equal when nullability and metadata are left out (Spark's sameType).
  bool same_type(const DataType& other) const;
  /// This type with every element, value and field nullable.
  DataType as_nullable() const;

  /// "struct<a:int,b:array<string>>" (Spark's simpleString, as in schemas of golden tests).
  std::string simple_string() const;
  /// "STRUCT<a: INT, b: ARRAY<STRING>>" (Spark's sql; used in messages and auto-generated names).
  std::string sql() const;
  /// Spark's JSON form ({"type":"struct",...} or "integer"), as in Delta's schemaString.
  std::string json() const;
  /// As printSchema() prints a struct.
  std::string tree_string(int max_depth = INT32_MAX) const;

 private:
  struct Children;
  TypeId id_ = TypeId::kNull;
  int a_ = 0, b_ = 0;
  std::shared_ptr<const Children> children_;
};

struct StructField {
  std::string name;
  DataType type;
  bool nullable = true;
  std::string metadata = "{}";  // a JSON object, compact
  bool operator==(const StructField&) const = default;
};

using Schema = std::vector<StructField>;

/// Parses Spark's JSON form of a type. Throws Error(INVALID_JSON_DATA_TYPE).
DataType parse_json_type(std::string_view json);
/// Parses a DDL type ("decimal(10,2)", "array<int>") or, if `as_schema`, a column list
/// ("a INT, b STRING NOT NULL COMMENT 'x'") into a struct. Throws Error(PARSE_SYNTAX_ERROR).
DataType parse_ddl_type(std::string_view ddl);
DataType parse_ddl_schema(std::string_view ddl);

/// `name` in backticks if it is not a plain identifier.
std::string quote_if_needed(std::string_view name);
std::string quote_identifier(std::string_view name);

}  // namespace lochan::types
