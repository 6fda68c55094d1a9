#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "delta/actions.h"

namespace lochan::delta {

/// The table properties that we act on, read from metaData.configuration. Unreadable values take
/// the default, as an unknown property must not make a table unreadable.
struct TableProperties {
  bool append_only = false;                           // delta.appendOnly
  bool in_commit_timestamps = false;                  // delta.enableInCommitTimestamps
  std::optional<Version> in_commit_timestamps_since;  // delta.inCommitTimestampEnablementVersion
  std::optional<int64_t>
      in_commit_timestamps_since_ms;         // delta.inCommitTimestampEnablementTimestamp
  int64_t indexed_columns = 32;              // delta.dataSkippingNumIndexedCols; -1: all
  std::optional<std::string> stats_columns;  // delta.dataSkippingStatsColumns
  std::string column_mapping = "none";       // delta.columnMapping.mode
  std::string compression = "snappy";        // delta.parquet.compression.codec
};

TableProperties read_table_properties(const Metadata& metadata);

/// Checks the delta.* properties that a user sets on a table: an unknown name or a bad value is
/// refused. Throws DELTA_UNKNOWN_CONFIGURATION or DELTA_INVALID_PROPERTY_VALUE.
void require_valid_properties(const StringMap& properties);

}  // namespace lochan::delta
