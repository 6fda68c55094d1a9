#include "types/type_text.h"

#include <nlohmann/json.hpp>

#include "base/ascii.h"

namespace lochan::types {
namespace {

std::string parenthesised(const char* name, int a) {
  return std::string(name) + "(" + std::to_string(a) + ")";
}

std::string interval_name(const DataType& type, const char* (*field)(int)) {
  std::string out = std::string("interval ") + field(type.interval_start());
  if (type.interval_start() != type.interval_end())
    out += std::string(" to ") + field(type.interval_end());
  return out;
}

std::string comment_of(const StructField& field) {
  if (field.metadata.size() <= 2) return {};
  const auto json = nlohmann::json::parse(field.metadata, nullptr, false);
  if (!json.is_object() || !json.contains("comment") || !json["comment"].is_string()) return {};
  return json["comment"];
}

std::string escape_comment(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') out += '\\';
    out += c;
  }
  return out;
}

const char* boolean(bool value) { return value ? "true" : "false"; }

void tree_fields(const std::vector<StructField>& fields, const std::string& prefix, int depth,
                 std::string& out);

void tree_type(const DataType& type, const std::string& prefix, int depth, std::string& out) {
  if (type.is(TypeId::kStruct)) return tree_fields(type.fields(), prefix, depth - 1, out);
  if (depth <= 1) return;
  if (type.is(TypeId::kArray)) {
    out += prefix + "-- element: " + type_name(type.element()) +
           " (containsNull = " + boolean(type.contains_null()) + ")\n";
    tree_type(type.element(), prefix + "    |", depth - 1, out);
  } else if (type.is(TypeId::kMap)) {
    out += prefix + "-- key: " + type_name(type.key()) + "\n";
    tree_type(type.key(), prefix + "    |", depth - 1, out);
    out += prefix + "-- value: " + type_name(type.value()) +
           " (valueContainsNull = " + boolean(type.value_contains_null()) + ")\n";
    tree_type(type.value(), prefix + "    |", depth - 1, out);
  }
}

void tree_fields(const std::vector<StructField>& fields, const std::string& prefix, int depth,
                 std::string& out) {
  if (depth <= 0) return;
  for (const auto& field : fields) {
    out += prefix + "-- " + escape_control(field.name) + ": " + type_name(field.type) +
           " (nullable = " + boolean(field.nullable) + ")\n";
    tree_type(field.type, prefix + "    |", depth, out);
  }
}

}  // namespace

const char* year_month_field(int field) { return field == 0 ? "year" : "month"; }

const char* day_time_field(int field) {
  constexpr const char* kNames[] = {"day", "hour", "minute", "second"};
  return kNames[field];
}

std::string type_name(const DataType& type) {
  switch (type.id()) {
    case TypeId::kNull: return "void";
    case TypeId::kBoolean: return "boolean";
    case TypeId::kByte: return "byte";
    case TypeId::kShort: return "short";
    case TypeId::kInteger: return "integer";
    case TypeId::kLong: return "long";
    case TypeId::kFloat: return "float";
    case TypeId::kDouble: return "double";
    case TypeId::kDecimal:
      return "decimal(" + std::to_string(type.precision()) + "," + std::to_string(type.scale()) +
             ")";
    case TypeId::kString:
      return type.collation() == "UTF8_BINARY" ? "string" : "string collate " + type.collation();
    case TypeId::kChar: return parenthesised("char", type.length());
    case TypeId::kVarchar: return parenthesised("varchar", type.length());
    case TypeId::kBinary: return "binary";
    case TypeId::kDate: return "date";
    case TypeId::kTimestamp: return "timestamp";
    case TypeId::kTimestampNtz: return "timestamp_ntz";
    case TypeId::kTime: return parenthesised("time", type.precision());
    case TypeId::kYearMonthInterval: return interval_name(type, year_month_field);
    case TypeId::kDayTimeInterval: return interval_name(type, day_time_field);
    case TypeId::kCalendarInterval: return "interval";
    case TypeId::kArray: return "array";
    case TypeId::kMap: return "map";
    case TypeId::kStruct: return "struct";
    case TypeId::kVariant: return "variant";
  }
  return "void";
}

std::string DataType::simple_string() const {
  switch (id_) {
    case TypeId::kByte: return "tinyint";
    case TypeId::kShort: return "smallint";
    case TypeId::kInteger: return "int";
    case TypeId::kLong: return "bigint";
    case TypeId::kArray: return "array<" + element().simple_string() + ">";
    case TypeId::kMap: return "map<" + key().simple_string() + "," + value().simple_string() + ">";
    case TypeId::kStruct: {
      std::string out = "struct<";
      for (const auto& field : fields()) {
        if (out.size() > 7) out += ',';
        out += field.name + ":" + field.type.simple_string();
      }
      return out + ">";
    }
    default: return type_name(*this);
  }
}

std::string DataType::sql() const {
  switch (id_) {
    case TypeId::kString: return children_ ? "STRING COLLATE " + collation() : "STRING";
    case TypeId::kArray: return "ARRAY<" + element().sql() + ">";
    case TypeId::kMap: return "MAP<" + key().sql() + ", " + value().sql() + ">";
    case TypeId::kStruct: {
      std::string out = "STRUCT<";
      for (const auto& field : fields()) {
        if (out.size() > 7) out += ", ";
        out += quote_if_needed(field.name) + ": " + field.type.sql();
        if (!field.nullable) out += " NOT NULL";
        const std::string comment = comment_of(field);
        if (!comment.empty()) out += " COMMENT '" + escape_comment(comment) + "'";
      }
      return out + ">";
    }
    default: return upper_case(simple_string());
  }
}

std::string DataType::tree_string(int max_depth) const {
  std::string out = "root\n";
  if (is(TypeId::kStruct)) tree_fields(fields(), " |", max_depth > 0 ? max_depth : INT32_MAX, out);
  return out;
}

}  // namespace lochan::types
