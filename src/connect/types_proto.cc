#include "connect/types_proto.h"

#include "connect/invalid_plan.h"

namespace lochan::connect {

namespace proto = spark::connect;
using types::DataType;
using types::TypeId;

namespace {

// Types nest as deep as plans do; the parser's own limit keeps this within the stack of any thread.
constexpr int kMaxTypeDepth = 1024;

DataType to_type(const proto::DataType& in, int depth) {
  if (depth > kMaxTypeDepth) throw invalid_plan_message("A data type is nested too deeply.");
  switch (in.kind_case()) {
    case proto::DataType::kNull: return TypeId::kNull;
    case proto::DataType::kBinary: return TypeId::kBinary;
    case proto::DataType::kBoolean: return TypeId::kBoolean;
    case proto::DataType::kByte: return TypeId::kByte;
    case proto::DataType::kShort: return TypeId::kShort;
    case proto::DataType::kInteger: return TypeId::kInteger;
    case proto::DataType::kLong: return TypeId::kLong;
    case proto::DataType::kFloat: return TypeId::kFloat;
    case proto::DataType::kDouble: return TypeId::kDouble;
    case proto::DataType::kDecimal: {
      const auto& decimal = in.decimal();
      const int precision = decimal.has_precision() ? decimal.precision() : 10;
      const int scale = decimal.has_scale() ? decimal.scale() : 0;
      if (precision > 38 || precision < 1)
        throw Error("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
                    {{"precision", std::to_string(precision)}, {"maxPrecision", "38"}});
      if (scale > precision || scale < 0)
        throw invalid_plan_message("Decimal scale (" + std::to_string(scale) +
                                   ") cannot be greater than precision (" +
                                   std::to_string(precision) + ").");
      return DataType::decimal(precision, scale);
    }
    case proto::DataType::kString:
      return in.string().collation().empty() || in.string().collation() == "UTF8_BINARY"
                 ? DataType(TypeId::kString)
                 : DataType::string_with_collation(in.string().collation());
    case proto::DataType::kChar: return DataType::character(in.char_().length());
    case proto::DataType::kVarChar: return DataType::varchar(in.var_char().length());
    case proto::DataType::kDate: return TypeId::kDate;
    case proto::DataType::kTimestamp: return TypeId::kTimestamp;
    case proto::DataType::kTimestampNtz: return TypeId::kTimestampNtz;
    case proto::DataType::kTime:
      return DataType::time(in.time().has_precision() ? in.time().precision() : 6);
    case proto::DataType::kCalendarInterval: return TypeId::kCalendarInterval;
    case proto::DataType::kYearMonthInterval: {
      const auto& interval = in.year_month_interval();
      const int start = interval.has_start_field() ? interval.start_field() : 0;
      const int end = interval.has_end_field() ? interval.end_field()
                                               : (interval.has_start_field() ? start : 1);
      if (start < 0 || end > 1 || start > end)
        throw invalid_plan_message("Invalid fields of a year-month interval.");
      return DataType::year_month(start, end);
    }
    case proto::DataType::kDayTimeInterval: {
      const auto& interval = in.day_time_interval();
      const int start = interval.has_start_field() ? interval.start_field() : 0;
      const int end = interval.has_end_field() ? interval.end_field()
                                               : (interval.has_start_field() ? start : 3);
      if (start < 0 || end > 3 || start > end)
        throw invalid_plan_message("Invalid fields of a day-time interval.");
      return DataType::day_time(start, end);
    }
    case proto::DataType::kArray:
      return DataType::array(to_type(in.array().element_type(), depth + 1),
                             in.array().contains_null());
    case proto::DataType::kMap:
      return DataType::map(to_type(in.map().key_type(), depth + 1),
                           to_type(in.map().value_type(), depth + 1),
                           in.map().value_contains_null());
    case proto::DataType::kStruct: {
      std::vector<types::StructField> fields;
      fields.reserve(in.struct_().fields_size());
      for (const auto& field : in.struct_().fields()) {
        types::StructField out{field.name(), to_type(field.data_type(), depth + 1),
                               field.nullable()};
        if (field.has_metadata() && !field.metadata().empty()) out.metadata = field.metadata();
        fields.push_back(std::move(out));
      }
      return DataType::structure(std::move(fields));
    }
    case proto::DataType::kVariant: return TypeId::kVariant;
    case proto::DataType::kUnparsed: return types::parse_ddl_type(in.unparsed().data_type_string());
    case proto::DataType::kUdt: throw Error::not_supported("user-defined types");
    case proto::DataType::kGeometry: throw Error::not_supported("the type GEOMETRY");
    case proto::DataType::kGeography: throw Error::not_supported("the type GEOGRAPHY");
    case proto::DataType::KIND_NOT_SET: break;
  }
  throw oneof_not_set(in, "kind");
}

}  // namespace

DataType to_type(const proto::DataType& in) { return to_type(in, 0); }

void to_proto(const DataType& type, proto::DataType* out) {
  switch (type.id()) {
    case TypeId::kNull: out->mutable_null(); return;
    case TypeId::kBoolean: out->mutable_boolean(); return;
    case TypeId::kByte: out->mutable_byte(); return;
    case TypeId::kShort: out->mutable_short_(); return;
    case TypeId::kInteger: out->mutable_integer(); return;
    case TypeId::kLong: out->mutable_long_(); return;
    case TypeId::kFloat: out->mutable_float_(); return;
    case TypeId::kDouble: out->mutable_double_(); return;
    case TypeId::kDecimal:
      out->mutable_decimal()->set_precision(type.precision());
      out->mutable_decimal()->set_scale(type.scale());
      return;
    case TypeId::kString: {
      auto* string = out->mutable_string();
      if (type.collation() != "UTF8_BINARY") string->set_collation(type.collation());
      return;
    }
    case TypeId::kChar: out->mutable_char_()->set_length(type.length()); return;
    case TypeId::kVarchar: out->mutable_var_char()->set_length(type.length()); return;
    case TypeId::kBinary: out->mutable_binary(); return;
    case TypeId::kDate: out->mutable_date(); return;
    case TypeId::kTimestamp: out->mutable_timestamp(); return;
    case TypeId::kTimestampNtz: out->mutable_timestamp_ntz(); return;
    case TypeId::kTime: out->mutable_time()->set_precision(type.precision()); return;
    case TypeId::kYearMonthInterval:
      out->mutable_year_month_interval()->set_start_field(type.interval_start());
      out->mutable_year_month_interval()->set_end_field(type.interval_end());
      return;
    case TypeId::kDayTimeInterval:
      out->mutable_day_time_interval()->set_start_field(type.interval_start());
      out->mutable_day_time_interval()->set_end_field(type.interval_end());
      return;
    case TypeId::kCalendarInterval: out->mutable_calendar_interval(); return;
    case TypeId::kArray:
      to_proto(type.element(), out->mutable_array()->mutable_element_type());
      out->mutable_array()->set_contains_null(type.contains_null());
      return;
    case TypeId::kMap:
      to_proto(type.key(), out->mutable_map()->mutable_key_type());
      to_proto(type.value(), out->mutable_map()->mutable_value_type());
      out->mutable_map()->set_value_contains_null(type.value_contains_null());
      return;
    case TypeId::kStruct: to_proto(type.fields(), out); return;
    case TypeId::kVariant: out->mutable_variant(); return;
  }
  throw Error::internal("a type without a form in Spark Connect");
}

void to_proto(const types::Schema& schema, proto::DataType* out) {
  auto* structure = out->mutable_struct_();
  for (const auto& field : schema) {
    auto* added = structure->add_fields();
    added->set_name(field.name);
    to_proto(field.type, added->mutable_data_type());
    added->set_nullable(field.nullable);
    if (field.metadata != "{}" && !field.metadata.empty()) added->set_metadata(field.metadata);
  }
}

DataType parse_schema_string(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && (text[first] == '{' || text[first] == '"'))
    return types::parse_json_type(text);
  try {
    return types::parse_ddl_schema(text);
  } catch (const Error&) {
    // Else a single type; what is neither is no schema.
    const auto failure = std::current_exception();
    try {
      return types::parse_ddl_type(text);
    } catch (const Error& error) {
      if (error.condition() != "PARSE_SYNTAX_ERROR" && error.condition() != "UNSUPPORTED_DATATYPE")
        throw;
      std::rethrow_exception(failure);
    }
  }
}

DataType parse_struct_string(const std::string& text) {
  DataType type = parse_schema_string(text);
  if (type.is(TypeId::kStruct)) return type;
  return DataType::structure({{.name = "value", .type = std::move(type)}});
}

}  // namespace lochan::connect
