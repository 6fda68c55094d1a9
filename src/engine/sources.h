#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delta/parquet_reader.h"
#include "delta/snapshot.h"
#include "engine/engine.h"
#include "plan/plan.h"
#include "storage/object_store.h"

/// What the engine can scan, made from plain values: callers see no DuckDB. Sources are immutable
/// and can be shared.
namespace lochan::engine {

/// One Parquet file. Whoever names it has checked that it may be read.
struct ParquetFile {
  std::string path;                            // local path
  int64_t size = -1;                           // bytes, if known
  std::vector<types::Value> partition_values;  // in the order of ParquetTable::partition_schema
};

/// Parquet files as one table: the columns of `data_schema` (matched by name, without case; null
/// where a file lacks one), then those of `partition_schema`.
struct ParquetTable {
  types::Schema data_schema;
  types::Schema partition_schema;
  std::vector<ParquetFile> files;
};
plan::ScanSourcePtr parquet_source(ParquetTable table);

/// The schema of a Parquet file as Spark reads it: the one that Spark left in the file's metadata,
/// else derived from the Parquet types; all columns nullable. Throws FAILED_READ_FILE.* when it is
/// no Parquet file.
types::Schema read_parquet_schema(Engine& engine, const std::string& path);

/// A table's snapshot. Files are left out by partition values and statistics where the scan's
/// filters allow it. `name` is for EXPLAIN.
/// `newest`: it was asked for as such, not by a version or a time.
plan::ScanSourcePtr delta_source(delta::SnapshotPtr snapshot, std::string name, bool newest = true);
/// The snapshot behind a source that delta_source() made; null for other sources.
delta::SnapshotPtr snapshot_of(const plan::ScanSource& source);
/// The same; null too for one that was not asked for as the newest.
delta::SnapshotPtr newest_snapshot_of(const plan::ScanSource& source);

/// Reads checkpoints for delta/. The engine must outlive it.
std::shared_ptr<delta::ParquetReader> parquet_reader(Engine& engine,
                                                     std::shared_ptr<storage::ObjectStore> store);

/// Parts of a filter by which files can be left out: what does not fit is unknown. `output` gives
/// the names of the columns that the filters refer to by id.
delta::Predicate pruning_predicate(const plan::Expressions& filters,
                                   const plan::Attributes& output);

}  // namespace lochan::engine
