#include "engine/arrow_import.h"

#include <arrow/array.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/compute/api.h>
#include <arrow/type.h>

#include "base/error.h"

namespace lochan::engine {

using types::DataType;
using types::TypeId;

namespace {

template <class T>
T value_or_throw(arrow::Result<T> result) {
  if (!result.ok()) throw Error::internal("Arrow: " + result.status().ToString());
  return std::move(result).ValueUnsafe();
}

/// The same bytes under another type.
std::shared_ptr<arrow::Array> retyped(const arrow::Array& array,
                                      const std::shared_ptr<arrow::DataType>& type) {
  auto data = array.data()->Copy();
  data->type = type;
  return arrow::MakeArray(std::move(data));
}

std::shared_ptr<arrow::Array> cast(const std::shared_ptr<arrow::Array>& array,
                                   const std::shared_ptr<arrow::DataType>& type) {
  if (array->type()->Equals(*type)) return array;
  auto result = arrow::compute::Cast(*array, type, arrow::compute::CastOptions::Safe());
  if (!result.ok()) {
    throw Error::internal("a column of Arrow type " + array->type()->ToString() +
                          " cannot be read as " + type->ToString() + ": " +
                          result.status().message());
  }
  return std::move(result).ValueUnsafe();
}

std::shared_ptr<arrow::Array> calendar(const arrow::Array& array) {
  const auto& in = static_cast<const arrow::MonthDayNanoIntervalArray&>(array);
  arrow::Int32Builder months, days;
  arrow::Int64Builder micros;
  arrow::TypedBufferBuilder<bool> valid;
  for (int64_t i = 0; i < in.length(); ++i) {
    const auto v = in.IsNull(i) ? arrow::MonthDayNanoIntervalType::MonthDayNanos{} : in.GetValue(i);
    if (!months.Append(v.months).ok() || !days.Append(v.days).ok() ||
        !micros.Append(v.nanoseconds / 1000).ok() || !valid.Append(in.IsValid(i)).ok()) {
      throw Error::internal("Arrow: out of memory");
    }
  }
  auto finish = [](auto& builder) { return value_or_throw(builder.Finish()); };
  return value_or_throw(arrow::StructArray::Make({finish(months), finish(days), finish(micros)},
                                                 import_type(TypeId::kCalendarInterval)->fields(),
                                                 value_or_throw(valid.Finish())));
}

}  // namespace

std::shared_ptr<arrow::DataType> import_type(const DataType& type) {
  switch (type.id()) {
    case TypeId::kNull:
    case TypeId::kBoolean: return arrow::boolean();
    case TypeId::kByte: return arrow::int8();
    case TypeId::kShort: return arrow::int16();
    case TypeId::kInteger:
    case TypeId::kYearMonthInterval: return arrow::int32();
    case TypeId::kLong:
    case TypeId::kDayTimeInterval: return arrow::int64();
    case TypeId::kFloat: return arrow::float32();
    case TypeId::kDouble: return arrow::float64();
    case TypeId::kDecimal: return arrow::decimal128(type.precision(), type.scale());
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: return arrow::utf8();
    case TypeId::kBinary: return arrow::binary();
    case TypeId::kDate: return arrow::date32();
    case TypeId::kTimestamp: return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case TypeId::kTimestampNtz: return arrow::timestamp(arrow::TimeUnit::MICRO);
    case TypeId::kTime: return arrow::time64(arrow::TimeUnit::MICRO);
    case TypeId::kCalendarInterval:
      return arrow::struct_({arrow::field("months", arrow::int32()),
                             arrow::field("days", arrow::int32()),
                             arrow::field("microseconds", arrow::int64())});
    case TypeId::kArray: return arrow::list(import_type(type.element()));
    case TypeId::kMap: return arrow::map(import_type(type.key()), import_type(type.value()));
    case TypeId::kStruct: {
      arrow::FieldVector fields;
      for (size_t i = 0; i < type.fields().size(); ++i) {
        fields.push_back(arrow::field("f" + std::to_string(i), import_type(type.fields()[i].type)));
      }
      if (fields.empty()) fields.push_back(arrow::field("empty", arrow::boolean()));
      return arrow::struct_(std::move(fields));
    }
    case TypeId::kVariant:
      return arrow::struct_(
          {arrow::field("value", arrow::binary()), arrow::field("metadata", arrow::binary())});
  }
  throw Error::internal("a type without an Arrow form");
}

std::shared_ptr<arrow::Array> import_array(const std::shared_ptr<arrow::Array>& array,
                                           const DataType& type) {
  const auto target = import_type(type);
  using arrow::Type;
  if (array->type_id() == Type::NA)
    return value_or_throw(arrow::MakeArrayOfNull(target, array->length()));
  if (array->type_id() == Type::DICTIONARY) {
    const auto& dictionary = static_cast<const arrow::DictionaryArray&>(*array);
    return import_array(cast(array, dictionary.dictionary()->type()), type);
  }
  switch (type.id()) {
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz: {
      // In µs first (finer parts are cut off), then under the zone that DuckDB is to see.
      const auto& in = static_cast<const arrow::TimestampType&>(*array->type());
      if (array->type_id() != Type::TIMESTAMP) return cast(array, target);
      auto micros = array;
      if (in.unit() != arrow::TimeUnit::MICRO) {
        arrow::compute::CastOptions options = arrow::compute::CastOptions::Unsafe();
        micros = value_or_throw(arrow::compute::Cast(
            *array, arrow::timestamp(arrow::TimeUnit::MICRO, in.timezone()), options));
      }
      return retyped(*micros, target);
    }
    case TypeId::kDayTimeInterval:
      if (array->type_id() == Type::DURATION) {
        return retyped(*cast(array, arrow::duration(arrow::TimeUnit::MICRO)), target);
      }
      return cast(array, target);
    case TypeId::kYearMonthInterval:
      if (array->type_id() == Type::INTERVAL_MONTHS) return retyped(*array, target);
      return cast(array, target);
    case TypeId::kTime: {
      if (array->type()->Equals(*target)) return array;
      return value_or_throw(
          arrow::compute::Cast(*array, target, arrow::compute::CastOptions::Unsafe()));
    }
    case TypeId::kCalendarInterval:
      if (array->type_id() == Type::INTERVAL_MONTH_DAY_NANO) return calendar(*array);
      return retyped(*array, target);
    case TypeId::kArray: {
      auto lists = array;
      if (array->type_id() != Type::LIST) {
        const auto& in = static_cast<const arrow::BaseListType&>(*array->type());
        lists = cast(array, arrow::list(in.value_field()));
      }
      const auto& in = static_cast<const arrow::ListArray&>(*lists);
      auto data = in.data()->Copy();
      data->type = target;
      data->child_data = {import_array(in.values(), type.element())->data()};
      return arrow::MakeArray(std::move(data));
    }
    case TypeId::kMap: {
      const auto& in = static_cast<const arrow::MapArray&>(*array);
      auto data = in.data()->Copy();
      data->type = target;
      auto entries = data->child_data[0]->Copy();
      entries->type = target->field(0)->type();
      // Not keys() and items(): those are cut to the entries' own offset.
      entries->child_data = {
          import_array(arrow::MakeArray(entries->child_data[0]), type.key())->data(),
          import_array(arrow::MakeArray(entries->child_data[1]), type.value())->data()};
      data->child_data = {std::move(entries)};
      return arrow::MakeArray(std::move(data));
    }
    case TypeId::kStruct:
    case TypeId::kVariant: {
      if (array->type_id() != Type::STRUCT) return cast(array, target);
      auto data = array->data()->Copy();
      data->type = target;
      if (type.is(TypeId::kStruct)) {
        if (type.fields().empty()) {
          data->child_data = {
              value_or_throw(arrow::MakeArrayOfNull(arrow::boolean(), data->offset + data->length))
                  ->data()};
        }
        for (size_t i = 0; i < type.fields().size(); ++i) {
          data->child_data.at(i) =
              import_array(arrow::MakeArray(data->child_data[i]), type.fields()[i].type)->data();
        }
      }
      return arrow::MakeArray(std::move(data));
    }
    default: return cast(array, target);
  }
}

}  // namespace lochan::engine
