#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "delta/schema.h"
#include "types/time_zone.h"
#include "types/value.h"

/// Partition values are strings in the log ("Partition Value Serialization"): null and "" are null
/// for every type, timestamps are either ISO-8601 in UTC ("2020-01-01T00:00:00.000000Z", which we
/// write) or wall-clock text in the writer's zone.
namespace lochan::delta {

/// Types that Delta can partition by.
bool is_partition_type(const types::DataType& type);

/// Throws DELTA_PARTITION_COLUMN_CAST_FAILED when `text` is no value of the column's type.
/// Timestamps without a zone are of `zone`.
types::Value parse_partition_value(const Column& column, const std::optional<std::string>& text,
                                   const types::TimeZone& zone);

/// The log's text of a value; nullopt for null and for the empty string, which Delta cannot tell
/// apart.
std::optional<std::string> format_partition_value(const types::Value& value);

/// The text of `values` (in the order of schema.partition_columns) by physical name, for
/// add.partitionValues.
PartitionValues format_partition_values(const TableSchema& schema,
                                        const std::vector<types::Value>& values);

/// The value in the name of a folder that stands for null.
inline constexpr std::string_view kNullPartition = "__HIVE_DEFAULT_PARTITION__";

/// "column=value" with what Spark escapes in folders' names escaped; nullopt is null.
std::string partition_folder(std::string_view column, const std::optional<std::string>& value);

/// Spark's directory for a partition: "a=1/b=x%2Fy", with __HIVE_DEFAULT_PARTITION__ for null.
/// Empty without partitions.
std::string partition_directory(const TableSchema& schema, const std::vector<types::Value>& values);

}  // namespace lochan::delta
