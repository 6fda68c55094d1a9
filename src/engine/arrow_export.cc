#include "engine/arrow_export.h"

#include "duckdb/common/arrow/arrow_appender.hpp"
// DuckDB's header first: both libraries define the C data interface, guarded by the same macro.
#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "base/error.h"
#include "engine/arrow_types.h"

namespace lochan::engine {
namespace {

using types::DataType;
using types::TypeId;

template <class T>
T value_or_throw(arrow::Result<T> result) {
  if (!result.ok()) throw Error::internal("Arrow: " + result.status().ToString());
  return std::move(result).ValueUnsafe();
}

/// The four kinds whose bytes differ between DuckDB and Spark's clients.
bool needs_conversion(const DataType& type) {
  switch (type.id()) {
    case TypeId::kNull:
    case TypeId::kTime:
    case TypeId::kCalendarInterval: return true;
    case TypeId::kArray: return needs_conversion(type.element());
    case TypeId::kMap: return needs_conversion(type.key()) || needs_conversion(type.value());
    case TypeId::kStruct:
      if (type.fields().empty()) return true;
      for (const auto& f : type.fields()) {
        if (needs_conversion(f.type)) return true;
      }
      return false;
    default: return false;
  }
}

/// The Arrow type as which DuckDB's bytes can be read.
std::shared_ptr<arrow::DataType> wire_type(const DataType& type, std::string_view zone) {
  if (!needs_conversion(type)) return to_arrow(type, zone);
  switch (type.id()) {
    case TypeId::kNull: return arrow::boolean();
    case TypeId::kTime: return arrow::time64(arrow::TimeUnit::MICRO);
    case TypeId::kCalendarInterval:
      return arrow::struct_({arrow::field("months", arrow::int32()),
                             arrow::field("days", arrow::int32()),
                             arrow::field("microseconds", arrow::int64())});
    case TypeId::kArray: return arrow::list(wire_type(type.element(), zone));
    case TypeId::kMap:
      return std::make_shared<arrow::MapType>(wire_type(type.key(), zone),
                                              wire_type(type.value(), zone));
    default: {
      arrow::FieldVector fields;
      for (const auto& f : type.fields())
        fields.push_back(arrow::field(f.name, wire_type(f.type, zone)));
      if (fields.empty()) fields.push_back(arrow::field("empty", arrow::boolean()));
      return arrow::struct_(std::move(fields));
    }
  }
}

std::shared_ptr<arrow::Buffer> allocate(int64_t bytes) {
  return value_or_throw(arrow::AllocateBuffer(bytes));
}

using DataPtr = std::shared_ptr<arrow::ArrayData>;

/// What lies under a null can be anything, so it must not overflow.
int64_t to_nanoseconds(int64_t micros) {
  return static_cast<int64_t>(static_cast<uint64_t>(micros) * 1000);
}

DataPtr months_days_nanos(const arrow::ArrayData& in) {
  const auto months = arrow::MakeArray(in.child_data[0]), days = arrow::MakeArray(in.child_data[1]),
             micros = arrow::MakeArray(in.child_data[2]);
  auto out = allocate(in.length * sizeof(arrow::MonthDayNanoIntervalType::MonthDayNanos));
  auto* values =
      reinterpret_cast<arrow::MonthDayNanoIntervalType::MonthDayNanos*>(out->mutable_data());
  for (int64_t i = 0; i < in.length; ++i) {
    values[i] = {static_cast<const arrow::Int32Array&>(*months).Value(i),
                 static_cast<const arrow::Int32Array&>(*days).Value(i),
                 to_nanoseconds(static_cast<const arrow::Int64Array&>(*micros).Value(i))};
  }
  return arrow::ArrayData::Make(arrow::month_day_nano_interval(), in.length,
                                {in.buffers[0], std::move(out)}, in.null_count.load());
}

DataPtr nanoseconds(const arrow::ArrayData& in) {
  auto out = allocate(in.length * sizeof(int64_t));
  auto* values = reinterpret_cast<int64_t*>(out->mutable_data());
  const auto* micros = in.GetValues<int64_t>(1);
  for (int64_t i = 0; i < in.length; ++i) values[i] = to_nanoseconds(micros[i]);
  return arrow::ArrayData::Make(arrow::time64(arrow::TimeUnit::NANO), in.length,
                                {in.buffers[0], std::move(out)}, in.null_count.load());
}

DataPtr convert(const DataPtr& in, const DataType& type,
                const std::shared_ptr<arrow::DataType>& target) {
  if (!needs_conversion(type)) return in;
  switch (type.id()) {
    case TypeId::kNull:
      return arrow::ArrayData::Make(arrow::null(), in->length, {nullptr}, in->length);
    case TypeId::kTime: return nanoseconds(*in);
    case TypeId::kCalendarInterval: return months_days_nanos(*in);
    default: break;
  }
  auto out = std::make_shared<arrow::ArrayData>(*in);
  out->type = target;
  if (type.is(TypeId::kArray)) {
    out->child_data = {convert(in->child_data[0], type.element(), target->field(0)->type())};
  } else if (type.is(TypeId::kMap)) {
    const auto& entry = target->field(0)->type();
    auto entries = std::make_shared<arrow::ArrayData>(*in->child_data[0]);
    entries->type = entry;
    entries->child_data = {convert(entries->child_data[0], type.key(), entry->field(0)->type()),
                           convert(entries->child_data[1], type.value(), entry->field(1)->type())};
    out->child_data = {std::move(entries)};
  } else {
    out->child_data.clear();
    for (size_t i = 0; i < type.fields().size(); ++i) {
      out->child_data.push_back(
          convert(in->child_data[i], type.fields()[i].type, target->field(i)->type()));
    }
  }
  return out;
}

}  // namespace

ArrowExport::ArrowExport(const types::Schema& schema, std::string_view zone,
                         duckdb::vector<duckdb::LogicalType> columns, int64_t max_rows)
    : spark_(schema),
      schema_(to_arrow(schema, zone)),
      columns_(std::move(columns)),
      max_rows_(max_rows) {
  arrow::FieldVector fields;
  for (const auto& f : schema)
    fields.push_back(arrow::field(f.name, wire_type(f.type, zone), f.nullable));
  for (size_t i = schema.size(); i < columns_.size(); ++i)
    fields.push_back(arrow::field("", arrow::boolean()));
  wire_ = arrow::schema(std::move(fields));
}

ArrowExport::~ArrowExport() = default;

void ArrowExport::append(duckdb::DataChunk& chunk, int64_t from, int64_t to) {
  if (!appender_) {
    appender_ = std::make_unique<duckdb::ArrowAppender>(
        columns_, std::min<int64_t>(max_rows_, STANDARD_VECTOR_SIZE), duckdb::ClientProperties(),
        duckdb::unordered_map<duckdb::idx_t,
                              const duckdb::shared_ptr<duckdb::ArrowTypeExtensionData>>());
  }
  appender_->Append(chunk, from, to, chunk.size());
}

int64_t ArrowExport::rows() const {
  return appender_ ? static_cast<int64_t>(appender_->RowCount()) : 0;
}

std::shared_ptr<arrow::RecordBatch> ArrowExport::take() {
  ArrowArray array = appender_->Finalize();
  appender_.reset();
  auto wire = value_or_throw(arrow::ImportRecordBatch(&array, wire_));
  std::vector<DataPtr> columns;
  for (size_t i = 0; i < spark_.size(); ++i) {
    const auto& target = schema_->field(static_cast<int>(i))->type();
    auto data = convert(wire->column_data(static_cast<int>(i)), spark_[i].type, target);
    columns.push_back(std::move(data));
  }
  return arrow::RecordBatch::Make(schema_, wire->num_rows(), std::move(columns));
}

}  // namespace lochan::engine
