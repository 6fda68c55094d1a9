#include "delta/partition_values.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "delta/log_text.h"
#include "types/datetime_text.h"
#include "types/number_text.h"

namespace lochan::delta {
namespace {

using types::TypeId;
using types::Value;

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename Number>
std::optional<Value::Data> parse_integer(std::string_view text) {
  const auto number = parse_number<Number>(text);
  if (!number) return std::nullopt;
  return Value::Data(int64_t{*number});
}

template <typename Number>
std::optional<Value::Data> parse_float(std::string_view text) {
  const auto number = parse_number<Number>(text);
  if (!number) return std::nullopt;
  return Value::Data(*number);
}

std::optional<Value::Data> parse(const types::DataType& type, const std::string& text,
                                 const types::TimeZone& zone) {
  switch (type.id()) {
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
    case TypeId::kBinary: return Value::Data(text);
    case TypeId::kBoolean:
      if (text == "true" || text == "True" || text == "TRUE") return Value::Data(true);
      if (text == "false" || text == "False" || text == "FALSE") return Value::Data(false);
      return std::nullopt;
    case TypeId::kByte: return parse_integer<int8_t>(text);
    case TypeId::kShort: return parse_integer<int16_t>(text);
    case TypeId::kInteger: return parse_integer<int32_t>(text);
    case TypeId::kLong: return parse_integer<int64_t>(text);
    case TypeId::kFloat: return parse_float<float>(text);
    case TypeId::kDouble: return parse_float<double>(text);
    case TypeId::kDecimal:
      if (const auto unscaled = parse_decimal_at(text, type.scale())) return Value::Data(*unscaled);
      return std::nullopt;
    case TypeId::kDate:
      if (const auto days = types::parse_date(text)) return Value::Data(*days);
      return std::nullopt;
    case TypeId::kTimestamp:
      if (const auto micros = types::parse_timestamp(text, zone)) return Value::Data(*micros);
      return std::nullopt;
    case TypeId::kTimestampNtz:
      if (const auto micros = types::parse_timestamp_ntz(text, false)) return Value::Data(*micros);
      return std::nullopt;
    default: return std::nullopt;
  }
}

std::string escape_directory_name(std::string_view name) {
  // The characters that Spark (and Hive) escape in partition directories.
  constexpr std::string_view kEscaped = "\"#%'*/:=?\\\x7F{[]^";
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || kEscaped.find(c) != std::string_view::npos) {
      escaped += '%';
      escaped += kDigits[byte >> 4];
      escaped += kDigits[byte & 15];
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

bool is_partition_type(const types::DataType& type) {
  return type.is_string() || type.is_numeric() || type.is_datetime() || type.is(TypeId::kBoolean) ||
         type.is(TypeId::kBinary);
}

Value parse_partition_value(const Column& column, const std::optional<std::string>& text,
                            const types::TimeZone& zone) {
  if (!text || text->empty()) return Value::null(column.type);
  auto data = parse(column.type, *text, zone);
  if (!data) {
    throw Error(
        "DELTA_PARTITION_COLUMN_CAST_FAILED",
        {{"value", *text}, {"dataType", column.type.simple_string()}, {"columnName", column.name}});
  }
  return {column.type, std::move(*data)};
}

std::optional<std::string> format_partition_value(const Value& value) {
  if (value.is_null()) return std::nullopt;
  switch (value.type.id()) {
    case TypeId::kBoolean: return value.as_bool() ? "true" : "false";
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong: return std::to_string(value.as_int());
    case TypeId::kFloat: return types::float_to_string(std::get<float>(value.data));
    case TypeId::kDouble: return types::double_to_string(std::get<double>(value.data));
    case TypeId::kDecimal:
      return types::decimal_to_string(std::get<types::Int128>(value.data), value.type.scale());
    case TypeId::kDate: return types::date_to_string(value.as_int());
    case TypeId::kTimestamp: return iso_timestamp(value.as_int(), 6) + "Z";
    case TypeId::kTimestampNtz: return types::local_timestamp_to_string(value.as_int());
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
    case TypeId::kBinary:
      if (value.as_string().empty()) return std::nullopt;
      return value.as_string();
    default:
      throw Error::internal("no partition text for a value of type " + value.type.simple_string());
  }
}

PartitionValues format_partition_values(const TableSchema& schema,
                                        const std::vector<Value>& values) {
  PartitionValues texts;
  for (size_t i = 0; i < values.size(); ++i) {
    const Column& column = schema.columns[schema.partition_columns[i]];
    texts[column.physical_name] = format_partition_value(values[i]);
  }
  return texts;
}

std::string partition_folder(std::string_view column, const std::optional<std::string>& value) {
  return escape_directory_name(column) + "=" +
         (value ? escape_directory_name(*value) : std::string(kNullPartition));
}

std::string partition_directory(const TableSchema& schema, const std::vector<Value>& values) {
  std::string directory;
  for (size_t i = 0; i < values.size(); ++i) {
    const Column& column = schema.columns[schema.partition_columns[i]];
    if (i > 0) directory += '/';
    directory += partition_folder(column.physical_name, format_partition_value(values[i]));
  }
  return directory;
}

}  // namespace lochan::delta
