#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delta/schema.h"
#include "delta/snapshot.h"
#include "duckdb.hpp"
#include "duckdb/parser/tableref.hpp"
#include "types/value.h"

namespace lochan::engine {

/// Whether the row at a 0-based position in its file is deleted.
using IsDeleted = std::function<bool(uint64_t row)>;

/// Rows by their 0-based positions in a file: from `first` to before `last`.
struct RowRange {
  int64_t first = 0, last = 0;
};

/// One Parquet file of a scan, or a part of its rows.
struct ScannedFile {
  std::string path;
  int64_t size = -1;                           // bytes, if known
  std::optional<int64_t> rows;                 // deleted ones included
  std::optional<RowRange> part = {};           // of the file; `rows` then are the part's
  std::vector<types::Value> partition_values;  // in the order of FileScan::partition_columns
  std::function<IsDeleted()>
      deleted;  // null: no rows are deleted. Called once, when the file is opened
};

/// A scan of Parquet files as one table. A column is found in each file by field id (mapping kId)
/// or by physical name, without case; what a file lacks is null; a file's narrower type is widened;
/// partition columns never come from the file. A file whose types do not fit is refused
/// (FAILED_READ_PARQUET_FILE).
struct FileScan {
  std::vector<delta::Column> columns;     // all, in order
  std::vector<size_t> partition_columns;  // indexes into `columns`
  delta::ColumnMapping mapping = delta::ColumnMapping::kNone;
  std::vector<ScannedFile> files;
  std::vector<delta::ColumnBounds> bounds;  // by column, or empty: nothing is known. They must hold
};

/// A schema as columns whose physical names are their names.
std::vector<delta::Column> plain_columns(const types::Schema& schema);

/// Puts two halves in the place of a single large file: DuckDB reads a row group in one thread, and
/// many files have few or uneven ones. Where a row group is cut, both halves unpack its first
/// pages; more parts would do so again and again.
void split_single_file(FileScan& scan);

/// An element of FROM that scans; `scan` must outlive the query.
duckdb::unique_ptr<duckdb::TableRef> file_scan_table(const FileScan& scan);

/// Adds the table function behind it to a database.
void register_file_scan(duckdb::DatabaseInstance& database);

}  // namespace lochan::engine
