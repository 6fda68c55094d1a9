#include "engine/arrow_types.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <map>
#include <string>
#include <vector>

#include "base/error.h"

namespace lochan::engine {

namespace {

/// Clients read structs as dictionaries: fields of one name get a number, as Spark sends them. The
/// schema that goes beside the rows has the real names.
std::vector<std::string> distinct_names(const types::Schema& fields) {
  std::map<std::string, int> uses;
  for (const auto& field : fields) ++uses[field.name];
  std::map<std::string, int> next;
  std::vector<std::string> names;
  for (const auto& field : fields) {
    names.push_back(uses[field.name] == 1 ? field.name
                                          : field.name + "_" + std::to_string(next[field.name]++));
  }
  return names;
}

}  // namespace

using types::DataType;
using types::TypeId;

std::shared_ptr<arrow::DataType> to_arrow(const DataType& type, std::string_view zone) {
  switch (type.id()) {
    case TypeId::kNull: return arrow::null();
    case TypeId::kBoolean: return arrow::boolean();
    case TypeId::kByte: return arrow::int8();
    case TypeId::kShort: return arrow::int16();
    case TypeId::kInteger: return arrow::int32();
    case TypeId::kLong: return arrow::int64();
    case TypeId::kFloat: return arrow::float32();
    case TypeId::kDouble: return arrow::float64();
    case TypeId::kDecimal: return arrow::decimal128(type.precision(), type.scale());
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: return arrow::utf8();
    case TypeId::kBinary: return arrow::binary();
    case TypeId::kDate: return arrow::date32();
    case TypeId::kTimestamp: return arrow::timestamp(arrow::TimeUnit::MICRO, std::string(zone));
    case TypeId::kTimestampNtz: return arrow::timestamp(arrow::TimeUnit::MICRO);
    case TypeId::kTime: return arrow::time64(arrow::TimeUnit::NANO);
    case TypeId::kYearMonthInterval: return arrow::month_interval();
    case TypeId::kDayTimeInterval: return arrow::duration(arrow::TimeUnit::MICRO);
    case TypeId::kCalendarInterval: return arrow::month_day_nano_interval();
    case TypeId::kArray:
      return arrow::list(
          arrow::field("element", to_arrow(type.element(), zone), type.contains_null()));
    case TypeId::kMap:
      return std::make_shared<arrow::MapType>(
          arrow::field("key", to_arrow(type.key(), zone), false),
          arrow::field("value", to_arrow(type.value(), zone), type.value_contains_null()));
    case TypeId::kStruct: {
      arrow::FieldVector fields;
      const std::vector<std::string> names = distinct_names(type.fields());
      for (size_t i = 0; i < names.size(); ++i) {
        const auto& f = type.fields()[i];
        fields.push_back(arrow::field(names[i], to_arrow(f.type, zone), f.nullable));
      }
      return arrow::struct_(std::move(fields));
    }
    case TypeId::kVariant:
      return arrow::struct_({arrow::field("value", arrow::binary(), false),
                             arrow::field("metadata", arrow::binary(), false,
                                          arrow::key_value_metadata({"variant"}, {"true"}))});
  }
  throw Error::internal("a type without an Arrow form");
}

std::shared_ptr<arrow::Schema> to_arrow(const types::Schema& schema, std::string_view zone) {
  arrow::FieldVector fields;
  for (const auto& f : schema)
    fields.push_back(arrow::field(f.name, to_arrow(f.type, zone), f.nullable));
  return arrow::schema(std::move(fields));
}

namespace {

bool is_variant(const arrow::DataType& type) {
  if (type.num_fields() != 2) return false;
  for (const auto& f : type.fields()) {
    if (f->name() == "metadata" && f->metadata() && f->metadata()->Contains("variant")) return true;
  }
  return false;
}

}  // namespace

DataType from_arrow(const arrow::DataType& type) {
  using arrow::Type;
  switch (type.id()) {
    case Type::NA: return TypeId::kNull;
    case Type::BOOL: return TypeId::kBoolean;
    case Type::INT8: return TypeId::kByte;
    case Type::INT16: return TypeId::kShort;
    case Type::INT32: return TypeId::kInteger;
    case Type::INT64: return TypeId::kLong;
    case Type::HALF_FLOAT:
    case Type::FLOAT: return TypeId::kFloat;
    case Type::DOUBLE: return TypeId::kDouble;
    case Type::DECIMAL128:
    case Type::DECIMAL256: {
      const auto& d = static_cast<const arrow::DecimalType&>(type);
      return DataType::decimal(d.precision(), d.scale());
    }
    case Type::STRING:
    case Type::LARGE_STRING:
    case Type::STRING_VIEW: return TypeId::kString;
    case Type::BINARY:
    case Type::LARGE_BINARY:
    case Type::FIXED_SIZE_BINARY:
    case Type::BINARY_VIEW: return TypeId::kBinary;
    case Type::DATE32:
    case Type::DATE64: return TypeId::kDate;
    case Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty()
                 ? TypeId::kTimestampNtz
                 : TypeId::kTimestamp;
    case Type::TIME32:
    case Type::TIME64: return DataType::time();
    case Type::DURATION: return DataType::day_time();
    case Type::INTERVAL_MONTHS: return DataType::year_month();
    case Type::INTERVAL_MONTH_DAY_NANO: return TypeId::kCalendarInterval;
    case Type::DICTIONARY:
      return from_arrow(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case Type::LIST:
    case Type::LARGE_LIST:
    case Type::FIXED_SIZE_LIST: {
      const auto& element = *static_cast<const arrow::BaseListType&>(type).value_field();
      return DataType::array(from_arrow(*element.type()), element.nullable());
    }
    case Type::MAP: {
      const auto& m = static_cast<const arrow::MapType&>(type);
      return DataType::map(from_arrow(*m.key_type()), from_arrow(*m.item_type()),
                           m.item_field()->nullable());
    }
    case Type::STRUCT: {
      if (is_variant(type)) return TypeId::kVariant;
      std::vector<types::StructField> fields;
      for (const auto& f : type.fields())
        fields.push_back({f->name(), from_arrow(*f->type()), f->nullable(), "{}"});
      return DataType::structure(std::move(fields));
    }
    default: throw Error("UNSUPPORTED_ARROWTYPE", {{"typeName", type.ToString()}});
  }
}

types::Schema from_arrow(const arrow::Schema& schema) {
  types::Schema result;
  for (const auto& f : schema.fields())
    result.push_back({f->name(), from_arrow(*f->type()), f->nullable(), "{}"});
  return result;
}

}  // namespace lochan::engine
