#pragma once
#include <string>
#include <vector>

#include "engine/engine.h"
#include "plan/plan.h"

/// Text formats as scan sources: csv, json (a record a line, or one document a file), text. Read by
/// engine/text/, in parts and by many threads; memory does not grow with the files.
namespace lochan::engine {

/// Files that were listed once: local paths, in order.
struct TextFiles {
  std::vector<std::string> paths;
  std::vector<int64_t> sizes;                               // parallel to paths, bytes
  types::Schema partition_columns;                          // from the folders' names
  std::vector<std::vector<types::Value>> partition_values;  // parallel to paths
};

/// CSV. Without a schema columns are strings called as the header says, or _c0, _c1, ...; with
/// inferSchema the files are read once for their types. These throw Spark's errors for option
/// values that it refuses, and not-supported by name for options that change the meaning and are
/// not here yet.
plan::ScanSourcePtr open_csv(Engine& engine, TextFiles files, const plan::Options& options,
                             const types::Schema& schema, const QueryOptions& query);
/// JSON. Without a schema all records are read once to find it; fields are sorted by name, as
/// Spark's.
plan::ScanSourcePtr open_json(Engine& engine, TextFiles files, const plan::Options& options,
                              const types::Schema& schema, const QueryOptions& query);
/// One string column, `value` or as the schema calls it: a line each, or (wholetext) a file each.
plan::ScanSourcePtr open_text(TextFiles files, const plan::Options& options,
                              const types::Schema& schema);

}  // namespace lochan::engine
