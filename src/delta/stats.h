#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "delta/schema.h"
#include "types/value.h"

/// Per-file statistics ("Per-file Statistics"), a JSON text in add.stats:
///   {"numRecords":3,"minValues":{"a":1,"s":{"b":"x"}},"maxValues":{...},"nullCount":{"a":0,"s":{"b":1}}}
/// Strings are cut to 32 characters (a cut maximum is padded upwards), timestamps to milliseconds.
namespace lochan::delta {

/// Of one leaf column. A bound that is missing is unknown.
struct ColumnStatistics {
  std::vector<std::string> path;  // physical names from the top-level column down
  types::DataType type;
  std::optional<types::Value> min, max;
  std::optional<int64_t> null_count;
};

struct FileStatistics {
  std::optional<int64_t> num_records;
  bool tight_bounds = true;  // false: some rows are deleted, bounds and null counts are wide
  std::vector<ColumnStatistics> columns;
};

/// The JSON text of exact statistics that a writer measured. Cuts strings and timestamps as Delta
/// does; leaves out bounds that JSON or readers cannot take (NaN, infinities, booleans, binary,
/// nested).
std::string write_statistics(const FileStatistics& statistics);

/// Reads `json` for the columns `wanted` (path and type given), which come back in the same order
/// with what is there, bounds widened so that they hold for every row: a maximum timestamp by what
/// milliseconds lose, a cut maximum string by what follows. A broken text gives no statistics at
/// all, since they are only hints.
FileStatistics read_statistics(std::string_view json, const std::vector<ColumnStatistics>& wanted);

/// The leaf columns that get statistics: the first 32 (delta.dataSkippingNumIndexedCols), or
/// delta.dataSkippingStatsColumns. Paths are physical. Partition columns never.
std::vector<ColumnStatistics> columns_with_statistics(const TableSchema& schema,
                                                      const Metadata& metadata);

}  // namespace lochan::delta
