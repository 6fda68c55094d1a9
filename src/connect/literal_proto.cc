#include "connect/literal_proto.h"

#include <algorithm>

#include "connect/invalid_plan.h"
#include "connect/types_proto.h"

// Fields that older clients still send are marked deprecated in the protocol.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace lochan::connect {

namespace proto = spark::connect;
using proto::Expression;
using types::DataType;
using types::TypeId;
using types::Value;

namespace {

constexpr int kMaxLiteralDepth = 512;

// "-12.340", "1E+3": the unscaled digits with their precision and scale.
Value to_decimal(const Expression::Literal::Decimal& in) {
  const std::string& text = in.value();
  const auto bad = [&] {
    return invalid_plan("UNSUPPORTED_LITERAL_TYPE", {{"typeInfo", "DECIMAL '" + text + "'"}});
  };
  size_t i = 0;
  bool negative = false;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
  types::Int128 unscaled = 0;
  int digits = 0, scale = 0;
  bool point = false, any = false;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.') {
      if (point) throw bad();
      point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') throw bad();
    any = true;
    if (digits > 0 || text[i] != '0') ++digits;
    if (digits > 38)
      throw Error("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
                  {{"precision", std::to_string(digits)}, {"maxPrecision", "38"}});
    unscaled = unscaled * 10 + (text[i] - '0');
    if (point) ++scale;
  }
  if (!any) throw bad();
  if (i < text.size()) {
    ++i;
    bool minus = false;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) minus = text[i++] == '-';
    int exponent = 0;
    if (i >= text.size() || text.size() - i > 4) throw bad();
    for (; i < text.size(); ++i) {
      if (text[i] < '0' || text[i] > '9') throw bad();
      exponent = exponent * 10 + (text[i] - '0');
    }
    scale -= minus ? -exponent : exponent;
  }
  const auto too_long = [](int precision) {
    return Error("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
                 {{"precision", std::to_string(precision)}, {"maxPrecision", "38"}});
  };
  if (unscaled != 0 && scale < 0 && digits - scale > 38) throw too_long(digits - scale);
  const auto times_ten = [&] {
    if (unscaled != 0 && ++digits > 38) throw bad();
    unscaled *= 10;
  };
  while (scale < 0) {
    if (unscaled == 0)
      scale = 0;
    else
      times_ten(), ++scale;
  }
  // The protocol's precision and scale are the least that are wanted: PySpark sends (10, 0) for
  // all.
  if (in.has_scale())
    for (; scale < in.scale(); ++scale) times_ten();
  const int precision = std::max({digits, scale, 1, in.has_precision() ? in.precision() : 1});
  if (precision > 38) throw too_long(precision);
  return {DataType::decimal(precision, scale), negative ? -unscaled : unscaled};
}

Value to_value(const Expression::Literal& in, int depth);

DataType common_type(const std::vector<Value>& elements) {
  for (const auto& element : elements)
    if (!element.type.is(TypeId::kNull)) return element.type;
  return TypeId::kNull;
}

// A null inside an array, map or struct takes the type that its place has.
void adopt(Value& value, const DataType& type) {
  if (value.is_null())
    value.type = type;
  else if (value.type.is_nested() && value.type.same_type(type))
    value.type = type;
}

Value to_array(const Expression::Literal& in, int depth) {
  std::vector<Value> elements;
  for (const auto& element : in.array().elements())
    elements.push_back(to_value(element, depth + 1));
  DataType type;
  if (in.has_data_type())
    type = to_type(in.data_type());
  else if (in.array().has_element_type())
    type = DataType::array(to_type(in.array().element_type()));
  else if (!elements.empty())
    type = DataType::array(common_type(elements));
  else
    throw invalid_plan("ARRAY_LITERAL_MISSING_DATA_TYPE");
  if (!type.is(TypeId::kArray))
    throw invalid_plan("INCOMPATIBLE_LITERAL_DATA_TYPE",
                       {{"dataTypeKindCase", type.sql()}, {"literalTypeCase", "ARRAY"}});
  for (auto& element : elements) adopt(element, type.element());
  return {type, std::move(elements)};
}

Value to_map(const Expression::Literal& in, int depth) {
  const auto& map = in.map();
  if (map.keys_size() != map.values_size())
    throw invalid_plan_message("A map literal needs as many keys as values.");
  std::vector<Value> keys, values;
  for (const auto& key : map.keys()) keys.push_back(to_value(key, depth + 1));
  for (const auto& value : map.values()) values.push_back(to_value(value, depth + 1));
  DataType type;
  if (in.has_data_type())
    type = to_type(in.data_type());
  else if (map.has_key_type() && map.has_value_type())
    type = DataType::map(to_type(map.key_type()), to_type(map.value_type()));
  else if (!keys.empty())
    type = DataType::map(common_type(keys), common_type(values));
  else
    throw invalid_plan("MAP_LITERAL_MISSING_DATA_TYPE");
  if (!type.is(TypeId::kMap))
    throw invalid_plan("INCOMPATIBLE_LITERAL_DATA_TYPE",
                       {{"dataTypeKindCase", type.sql()}, {"literalTypeCase", "MAP"}});
  std::vector<Value> entries;
  for (size_t i = 0; i < keys.size(); ++i) {
    adopt(keys[i], type.key());
    adopt(values[i], type.value());
    entries.push_back(std::move(keys[i]));
    entries.push_back(std::move(values[i]));
  }
  return {type, std::move(entries)};
}

Value to_struct(const Expression::Literal& in, int depth) {
  DataType type;
  if (in.has_data_type())
    type = to_type(in.data_type());
  else if (in.struct_().has_struct_type())
    type = to_type(in.struct_().struct_type());
  else
    throw invalid_plan("STRUCT_LITERAL_MISSING_DATA_TYPE");
  std::vector<Value> elements;
  for (const auto& element : in.struct_().elements())
    elements.push_back(to_value(element, depth + 1));
  if (!type.is(TypeId::kStruct) || type.fields().size() != elements.size())
    throw invalid_plan("INCOMPATIBLE_LITERAL_DATA_TYPE",
                       {{"dataTypeKindCase", type.sql()}, {"literalTypeCase", "STRUCT"}});
  for (size_t i = 0; i < elements.size(); ++i) adopt(elements[i], type.fields()[i].type);
  return {type, std::move(elements)};
}

template <class List, class Make>
Value to_plain_array(TypeId element, const List& list, const Make& make) {
  std::vector<Value> elements;
  elements.reserve(list.values_size());
  for (const auto& value : list.values()) elements.push_back({element, make(value)});
  return {DataType::array(element, false), std::move(elements)};
}

Value to_specialized_array(const Expression::Literal::SpecializedArray& in) {
  using Data = Value::Data;
  switch (in.value_type_case()) {
    case Expression::Literal::SpecializedArray::kBools:
      return to_plain_array(TypeId::kBoolean, in.bools(), [](bool v) -> Data { return v; });
    case Expression::Literal::SpecializedArray::kInts:
      return to_plain_array(TypeId::kInteger, in.ints(),
                            [](int32_t v) -> Data { return int64_t{v}; });
    case Expression::Literal::SpecializedArray::kLongs:
      return to_plain_array(TypeId::kLong, in.longs(), [](int64_t v) -> Data { return v; });
    case Expression::Literal::SpecializedArray::kFloats:
      return to_plain_array(TypeId::kFloat, in.floats(), [](float v) -> Data { return v; });
    case Expression::Literal::SpecializedArray::kDoubles:
      return to_plain_array(TypeId::kDouble, in.doubles(), [](double v) -> Data { return v; });
    case Expression::Literal::SpecializedArray::kStrings:
      return to_plain_array(TypeId::kString, in.strings(),
                            [](const std::string& v) -> Data { return v; });
    case Expression::Literal::SpecializedArray::VALUE_TYPE_NOT_SET: break;
  }
  throw oneof_not_set(in, "value_type");
}

Value to_value(const Expression::Literal& in, int depth) {
  if (depth > kMaxLiteralDepth) throw invalid_plan_message("A literal is nested too deeply.");
  switch (in.literal_type_case()) {
    case Expression::Literal::kNull:
      return Value::null(in.has_data_type() ? to_type(in.data_type()) : to_type(in.null()));
    case Expression::Literal::kBinary: return {TypeId::kBinary, in.binary()};
    case Expression::Literal::kBoolean: return {TypeId::kBoolean, in.boolean()};
    case Expression::Literal::kByte:
      return {TypeId::kByte, int64_t{static_cast<int8_t>(in.byte())}};
    case Expression::Literal::kShort:
      return {TypeId::kShort, int64_t{static_cast<int16_t>(in.short_())}};
    case Expression::Literal::kInteger: return {TypeId::kInteger, int64_t{in.integer()}};
    case Expression::Literal::kLong: return {TypeId::kLong, int64_t{in.long_()}};
    case Expression::Literal::kFloat: return {TypeId::kFloat, in.float_()};
    case Expression::Literal::kDouble: return {TypeId::kDouble, in.double_()};
    case Expression::Literal::kDecimal: return to_decimal(in.decimal());
    case Expression::Literal::kString: return {TypeId::kString, in.string()};
    case Expression::Literal::kDate: return {TypeId::kDate, int64_t{in.date()}};
    case Expression::Literal::kTimestamp: return {TypeId::kTimestamp, int64_t{in.timestamp()}};
    case Expression::Literal::kTimestampNtz:
      return {TypeId::kTimestampNtz, int64_t{in.timestamp_ntz()}};
    case Expression::Literal::kTime:
      return {DataType::time(in.time().has_precision() ? in.time().precision() : 6),
              int64_t{in.time().nano()}};
    case Expression::Literal::kCalendarInterval:
      return {
          TypeId::kCalendarInterval,
          types::CalendarInterval{in.calendar_interval().months(), in.calendar_interval().days(),
                                  in.calendar_interval().microseconds()}};
    case Expression::Literal::kYearMonthInterval: {
      const DataType type = in.has_data_type() ? to_type(in.data_type()) : DataType::year_month();
      return {type.is(TypeId::kYearMonthInterval) ? type : DataType::year_month(),
              int64_t{in.year_month_interval()}};
    }
    case Expression::Literal::kDayTimeInterval: {
      const DataType type = in.has_data_type() ? to_type(in.data_type()) : DataType::day_time();
      return {type.is(TypeId::kDayTimeInterval) ? type : DataType::day_time(),
              int64_t{in.day_time_interval()}};
    }
    case Expression::Literal::kArray: return to_array(in, depth);
    case Expression::Literal::kMap: return to_map(in, depth);
    case Expression::Literal::kStruct: return to_struct(in, depth);
    case Expression::Literal::kSpecializedArray:
      return to_specialized_array(in.specialized_array());
    case Expression::Literal::LITERAL_TYPE_NOT_SET: break;
  }
  throw oneof_not_set(in, "literal_type");
}

}  // namespace

Value to_value(const Expression::Literal& in) { return to_value(in, 0); }

void to_proto(const Value& value, Expression::Literal* out) {
  if (value.is_null()) {
    to_proto(value.type, out->mutable_null());
    return;
  }
  switch (value.type.id()) {
    case TypeId::kNull: out->mutable_null()->mutable_null(); return;
    case TypeId::kBoolean: out->set_boolean(value.as_bool()); return;
    case TypeId::kByte: out->set_byte(value.as_int()); return;
    case TypeId::kShort: out->set_short_(value.as_int()); return;
    case TypeId::kInteger: out->set_integer(value.as_int()); return;
    case TypeId::kLong: out->set_long_(value.as_int()); return;
    case TypeId::kFloat: out->set_float_(std::get<float>(value.data)); return;
    case TypeId::kDouble: out->set_double_(std::get<double>(value.data)); return;
    case TypeId::kDecimal:
      out->mutable_decimal()->set_value(
          types::decimal_to_string(std::get<types::Int128>(value.data), value.type.scale()));
      out->mutable_decimal()->set_precision(value.type.precision());
      out->mutable_decimal()->set_scale(value.type.scale());
      return;
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: out->set_string(value.as_string()); return;
    case TypeId::kBinary: out->set_binary(value.as_string()); return;
    case TypeId::kDate: out->set_date(value.as_int()); return;
    case TypeId::kTimestamp: out->set_timestamp(value.as_int()); return;
    case TypeId::kTimestampNtz: out->set_timestamp_ntz(value.as_int()); return;
    case TypeId::kTime:
      out->mutable_time()->set_nano(value.as_int());
      out->mutable_time()->set_precision(value.type.precision());
      return;
    case TypeId::kYearMonthInterval: out->set_year_month_interval(value.as_int()); return;
    case TypeId::kDayTimeInterval: out->set_day_time_interval(value.as_int()); return;
    case TypeId::kCalendarInterval: {
      const auto& interval = std::get<types::CalendarInterval>(value.data);
      auto* calendar = out->mutable_calendar_interval();
      calendar->set_months(interval.months);
      calendar->set_days(interval.days);
      calendar->set_microseconds(interval.microseconds);
      return;
    }
    case TypeId::kArray:
      to_proto(value.type.element(), out->mutable_array()->mutable_element_type());
      for (const auto& element : value.as_list())
        to_proto(element, out->mutable_array()->add_elements());
      return;
    case TypeId::kMap: {
      auto* map = out->mutable_map();
      to_proto(value.type.key(), map->mutable_key_type());
      to_proto(value.type.value(), map->mutable_value_type());
      const auto& entries = value.as_list();
      for (size_t i = 0; i + 1 < entries.size(); i += 2) {
        to_proto(entries[i], map->add_keys());
        to_proto(entries[i + 1], map->add_values());
      }
      return;
    }
    case TypeId::kStruct:
      to_proto(value.type, out->mutable_struct_()->mutable_struct_type());
      for (const auto& element : value.as_list())
        to_proto(element, out->mutable_struct_()->add_elements());
      return;
    case TypeId::kVariant: break;
  }
  throw Error::not_supported("literals of type " + value.type.sql());
}

}  // namespace lochan::connect
