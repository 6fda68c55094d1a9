#pragma once
#include <string>
#include <vector>

#include "engine/engine.h"
#include "plan/plan.h"

/// Text formats as scan sources: csv, json (a record a line, or one document a file), text. The
/// cells come from DuckDB's readers as strings; their meaning is Spark's: our own cast and
/// from_json kernels turn them into values.
namespace lochan::engine {

/// Files that were listed once: local paths, in order.
struct TextFiles {
  std::vector<std::string> paths;
  types::Schema partition_columns;  // from the folders' names
  std::vector<std::vector<types::Value>>
      partition_values;  // parallel to paths; strings, typed by the schema
};

/// CSV. Options as Spark's: header, sep/delimiter, quote, escape, nullValue, mode, multiLine,
/// inferSchema, comment, encoding. Without a schema columns are strings called as the header says,
/// or _c0, _c1, ...; with inferSchema the rows are read once for it. Throws INVALID_OPTION... for
/// values that Spark refuses and not-supported by name for options that change the meaning and are
/// not here yet.
plan::ScanSourcePtr open_csv(Engine& engine, TextFiles files, const plan::Options& options,
                             const types::Schema& schema, const QueryOptions& query);
/// One string column, `value`: a line each, or (wholetext) a file each.
plan::ScanSourcePtr open_text(TextFiles files, const plan::Options& options);
/// JSON. Without a schema all records are read once to find it; fields are sorted by name, as
/// Spark's.
plan::ScanSourcePtr open_json(TextFiles files, const plan::Options& options,
                              const types::Schema& schema);

}  // namespace lochan::engine
