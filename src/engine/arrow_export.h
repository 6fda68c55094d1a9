#pragma once
#include <memory>

#include "duckdb.hpp"
#include "types/data_type.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow
namespace duckdb {
class ArrowAppender;
}

namespace lochan::engine {

/// Collects DuckDB's chunks into record batches of the types that Spark's clients expect. One
/// thread.
class ArrowExport {
 public:
  /// `columns`: the types as DuckDB puts them out; more columns than `schema` has are left out at
  /// the end.
  ArrowExport(const types::Schema& schema, std::string_view zone,
              duckdb::vector<duckdb::LogicalType> columns, int64_t max_rows);
  ~ArrowExport();

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  /// Adds rows [from, to) of the chunk.
  void append(duckdb::DataChunk& chunk, int64_t from, int64_t to);
  int64_t rows() const;
  /// What was collected since the last call.
  std::shared_ptr<arrow::RecordBatch> take();

 private:
  types::Schema spark_;
  std::shared_ptr<arrow::Schema> schema_, wire_;  // wire: as DuckDB lays the columns out
  duckdb::vector<duckdb::LogicalType> columns_;
  int64_t max_rows_;
  std::unique_ptr<duckdb::ArrowAppender> appender_;
};

}  // namespace lochan::engine
