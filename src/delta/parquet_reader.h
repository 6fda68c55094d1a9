#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/grant.h"

namespace lochan::delta {

/// How checkpoints in Parquet come in, so that this folder knows no Parquet. Implemented in
/// engine/. Thread-safe.
class ParquetReader {
 public:
  virtual ~ParquetReader() = default;

  /// Calls `row` with each row of `file`, in any order, as the text of one JSON object. Of the
  /// top-level columns only `columns` are wanted (metaData, protocol, add, remove, txn,
  /// domainMetadata, sidecar, checkpointMetadata); those that the file lacks are left out. Structs
  /// are objects by the file's field names, maps are objects ({"k":"v"}, values may be null), lists
  /// are arrays, strings are strings, integers and decimals are numbers with all digits, booleans
  /// are booleans. Dates and timestamps (only inside partitionValues_parsed and stats_parsed) are
  /// strings such as "2020-01-02" and "2020-01-02 03:04:05.678+00". A null may be null or absent.
  /// (DuckDB's to_json of each column does all this.) The text is valid during the call only. What
  /// `row` throws passes through.
  ///
  /// Throws Error when the file is missing or is no valid Parquet.
  virtual void read_rows(const storage::Grant& file, const std::vector<std::string>& columns,
                         const std::function<void(std::string_view json)>& row) = 0;
};

}  // namespace lochan::delta
