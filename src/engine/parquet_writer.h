#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "delta/schema.h"
#include "delta/stats.h"
#include "engine/engine.h"
#include "plan/plan.h"

namespace lochan::engine {

/// How rows go to Parquet files.
struct ParquetWrite {
  std::string directory;  // local, exists or is made; files come to lie in it under random names
  std::vector<delta::Column>
      columns;  // one per column of the query, in order: names and ids in the files
  std::vector<size_t> partition_columns;  // indexes into `columns`; not written into the files
  std::vector<delta::ColumnStatistics> statistics;  // the columns wanted (path and type)
  std::string compression = "snappy";               // snappy, zstd, gzip, lz4, brotli, uncompressed
  int64_t row_group_rows = 122'880;
  int64_t max_file_bytes = 512LL << 20;  // of one file, about; without partition columns
  int64_t max_file_rows = 0;             // of one file; 0: no limit
  bool write_field_ids = false;
  bool write_empty_file = false;  // one file even when there are no rows
  bool write_void = false;        // columns of type void too, as booleans that are null
  std::vector<std::pair<std::string, std::string>> metadata;  // key-value metadata of the files
};

/// A finished file. Its statistics are exact.
struct WrittenParquetFile {
  std::string path;
  int64_t size = 0;
  int64_t rows = 0;
  std::vector<types::Value> partition_values;  // in the order of ParquetWrite::partition_columns
  delta::FileStatistics statistics;            // in the order of ParquetWrite::statistics
  int64_t number = 0;                          // among the files of a partition, with max_file_rows
};

/// Runs `query` and writes its rows; columns of type void are left out, but computed: what raises
/// in them raises. Timestamps are µs in UTC. Rows keep their order within a file. On an error or
/// when cancelled throws and leaves no file behind that it can remove. Nothing is fsynced: the
/// caller makes files durable when it names them.
std::vector<WrittenParquetFile> write_parquet(Engine& engine, const plan::PlanPtr& query,
                                              const QueryOptions& options,
                                              const ParquetWrite& write);

/// Spark's schema for the metadata of files (org.apache.spark.sql.parquet.row.metadata), so that it
/// reads the same types and nullability back.
std::vector<std::pair<std::string, std::string>> spark_metadata(const types::Schema& schema);

}  // namespace lochan::engine
