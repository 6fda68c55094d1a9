#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "types/data_type.h"

namespace lochan::delta {

/// How data files name columns ("Column Mapping"): by the logical name, by field id or by physical
/// name.
enum class ColumnMapping { kNone, kId, kName };

/// A column, or a part of a nested one, and how to find it in the data files.
///
/// children: of a struct its fields; of an array one, called "element"; of a map two, called "key"
/// and "value". field_id: what to match when the mapping is kId (parquet.field.id in the file);
/// also written in mode kName. Parts of arrays and maps have one only in tables with Iceberg's
/// nested ids.
struct Column {
  std::string name;  // logical
  std::string
      physical_name;  // in data files, statistics and partition values; = name without mapping
  std::optional<int32_t> field_id;
  types::DataType type;  // logical, children included
  bool nullable = true;
  std::vector<Column> children;
};

/// A table's schema as its files need it. Immutable.
struct TableSchema {
  types::Schema fields;                   // as Spark shows it, in order, partition columns included
  std::vector<Column> columns;            // parallel to fields
  std::vector<size_t> partition_columns;  // indexes into fields, in partitioning order
  ColumnMapping mapping = ColumnMapping::kNone;

  bool is_partition_column(size_t index) const;
  /// The indexes of the columns that data files hold: all that are not partition columns.
  std::vector<size_t> data_columns() const;
  /// The column found by logical name, case-insensitively; nullptr if there is none.
  const Column* find(std::string_view name) const;
};

/// Reads metaData.schemaString with the column mapping of its configuration. Throws
/// DELTA_STATE_RECOVER_ERROR or INVALID_JSON_DATA_TYPE on a broken schema,
/// DELTA_PARTITION_COLUMN_NOT_FOUND.
TableSchema parse_table_schema(const Metadata& metadata);

/// The schemaString of `fields`.
std::string write_schema_string(const types::Schema& fields);

/// Checks a schema that a table is to get: duplicate names (without case), names that Parquet
/// cannot hold, partition columns that are missing, nested or all there is, types that Delta cannot
/// store. Throws Delta's errors.
void require_valid_schema(const types::Schema& fields,
                          const std::vector<std::string>& partition_columns);

}  // namespace lochan::delta
