#include "engine/arrow_scan.h"

#include "duckdb/common/arrow/arrow_wrapper.hpp"
#include "duckdb/function/table/arrow.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/tableref/table_function_ref.hpp"
// DuckDB's headers first: both libraries define the C data interface, guarded by the same macro.
#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/c/bridge.h>
#include <arrow/compute/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "base/error.h"
#include "engine/arrow_import.h"
#include "engine/arrow_types.h"
#include "engine/local_relation.h"

namespace lochan::engine {

class ArrowBatches {
 public:
  std::shared_ptr<const std::string> ipc;  // the batches point into it
  std::shared_ptr<arrow::Schema> schema;   // as DuckDB is to see it
  arrow::RecordBatchVector batches;
};

namespace {

template <class T>
T value_or_throw(arrow::Result<T> result) {
  if (!result.ok()) throw Error::internal("Arrow: " + result.status().ToString());
  return std::move(result).ValueUnsafe();
}

std::shared_ptr<arrow::ipc::RecordBatchReader> open(const std::string& ipc) {
  auto buffer = std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(ipc.data()),
                                                static_cast<int64_t>(ipc.size()));
  return value_or_throw(
      arrow::ipc::RecordBatchStreamReader::Open(std::make_shared<arrow::io::BufferReader>(buffer)));
}

// The three callbacks that DuckDB's arrow_scan takes as pointers.
duckdb::unique_ptr<duckdb::ArrowArrayStreamWrapper> produce(uintptr_t factory,
                                                            duckdb::ArrowStreamParameters&) {
  const auto& self = *reinterpret_cast<const ArrowBatches*>(factory);
  auto reader = value_or_throw(arrow::RecordBatchReader::Make(self.batches, self.schema));
  auto stream = duckdb::make_uniq<duckdb::ArrowArrayStreamWrapper>();
  const auto status = arrow::ExportRecordBatchReader(reader, &stream->arrow_array_stream);
  if (!status.ok()) throw duckdb::InvalidInputException(status.ToString());
  return stream;
}

void get_schema(ArrowArrayStream* factory, ArrowSchema& schema) {
  const auto& self = *reinterpret_cast<const ArrowBatches*>(factory);
  const auto status = arrow::ExportSchema(*self.schema, &schema);
  if (!status.ok()) throw duckdb::InvalidInputException(status.ToString());
}

}  // namespace

types::Schema local_relation_schema(const std::string& arrow_ipc) {
  return from_arrow(*open(arrow_ipc)->schema());
}

ArrowBatchesPtr read_local_relation(const plan::LocalRelation& local,
                                    const plan::Attributes& output) {
  auto result = std::make_shared<ArrowBatches>();
  arrow::FieldVector fields;
  for (size_t i = 0; i < output.size(); ++i) {
    fields.push_back(arrow::field("c" + std::to_string(i), import_type(output[i].type)));
  }
  // DuckDB wants a column.
  if (fields.empty()) fields.push_back(arrow::field("none", arrow::boolean()));
  result->schema = arrow::schema(std::move(fields));
  if (!local.arrow_ipc || local.arrow_ipc->empty()) return result;
  result->ipc = local.arrow_ipc;
  auto reader = open(*local.arrow_ipc);
  for (;;) {
    auto batch = value_or_throw(reader->Next());
    if (!batch) break;
    if (batch->num_rows() == 0) continue;
    arrow::ArrayVector columns;
    if (output.empty())
      columns.push_back(
          value_or_throw(arrow::MakeArrayOfNull(arrow::boolean(), batch->num_rows())));
    if (batch->num_columns() < static_cast<int>(output.size())) {
      throw Error::internal("a local relation has " + std::to_string(batch->num_columns()) +
                            " columns, expected " + std::to_string(output.size()));
    }
    for (size_t i = 0; i < output.size(); ++i) {
      columns.push_back(import_array(batch->column(static_cast<int>(i)), output[i].type));
    }
    result->batches.push_back(
        arrow::RecordBatch::Make(result->schema, batch->num_rows(), std::move(columns)));
  }
  return result;
}

duckdb::unique_ptr<duckdb::TableRef> arrow_table(const ArrowBatches& batches) {
  auto pointer = [](auto p) {
    return duckdb::make_uniq<duckdb::ConstantExpression>(
        duckdb::Value::POINTER(reinterpret_cast<uintptr_t>(p)));
  };
  duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>> arguments;
  arguments.push_back(pointer(&batches));
  arguments.push_back(pointer(&produce));
  arguments.push_back(pointer(&get_schema));
  auto ref = duckdb::make_uniq<duckdb::TableFunctionRef>();
  // "Dumb": the batches are in memory already, there is nothing to gain from leaving columns or
  // rows out early.
  ref->function =
      duckdb::make_uniq<duckdb::FunctionExpression>("arrow_scan_dumb", std::move(arguments));
  return ref;
}

}  // namespace lochan::engine
