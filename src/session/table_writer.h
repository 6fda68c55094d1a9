#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/named_locks.h"
#include "plan/plan.h"

namespace lochan::session {

class Session;

/// Where the rows of a query go, and how.
struct WriteTarget {
  std::string format;      // "delta", "parquet", "csv", "json", "text"
  std::string path;        // as the user wrote it, or a table's location
  std::string table_name;  // quoted, as errors name the table; empty: a path
  plan::SaveMode mode = plan::SaveMode::kErrorIfExists;
  std::vector<std::string> partition_by;
  bool partitioning_given = false;  // else a table's own partitioning holds
  plan::Options options;  // mergeSchema, overwriteSchema, replaceWhere, partitionOverwriteMode, ...
  plan::Options properties;  // of a new table
  std::optional<std::string> comment;
  /// Columns by position rather than by name (INSERT, insertInto).
  bool by_position = false;
  /// INSERT OVERWRITE of exactly the partitions that the rows fall into.
  bool dynamic_overwrite = false;
  /// Of a table of files: overwrite what lies in all of these folders ("p=1"); empty: everything.
  std::vector<std::string> static_partition;
  /// Replace only what this condition over the table selects (resolved against the table by the
  /// writer).
  plan::ExpressionPtr replace_where;
  /// Start a new table here even where one was (CREATE OR REPLACE): keeps a Delta table's history.
  bool replace_table = false;
  /// Called when the rows are written and before the first of their files comes into place: throws
  /// if the table is not what it was any more, else keeps it so until the write is done.
  std::function<NamedLocks::Guard()> hold;
  std::string operation;  // Delta's commitInfo: "WRITE", "CREATE TABLE AS SELECT", ...
};

/// Option partitionOverwriteMode, else spark.sql.sources.partitionOverwriteMode: an overwrite of a
/// partitioned table replaces only the partitions that the rows fall into.
bool asks_for_dynamic_overwrite(Session& session, const WriteTarget& target);

/// Option maxRecordsPerFile, else spark.sql.files.maxRecordsPerFile; 0: no limit.
int64_t max_records_per_file(Session& session, const WriteTarget& target);

/// The target as errors name it.
std::string display_name(const WriteTarget& target);

/// What was written.
struct WriteSummary {
  int64_t rows = 0, files = 0, bytes = 0;
  std::optional<int64_t> version;  // Delta
  bool skipped = false;            // kIgnore, and it was there
};

/// Runs `query` (resolved) into `target`: all of it becomes visible or nothing. Delta tables by one
/// commit; files by writing beside and moving into place, with a _SUCCESS mark. Throws
/// PATH_ALREADY_EXISTS / DELTA_PATH_EXISTS, DELTA_FAILED_TO_MERGE_FIELDS,
/// _LEGACY_ERROR_TEMP_DELTA_0007 (schema mismatch), PARTITION_COLUMN... and the engine's.
WriteSummary write_rows(Session& session, const WriteTarget& target, const plan::PlanPtr& query,
                        const CancelTokenPtr& cancel);

}  // namespace lochan::session
