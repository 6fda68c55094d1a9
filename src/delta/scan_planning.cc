#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "delta/pruning.h"
#include "delta/snapshot.h"
#include "delta/stats.h"

// Which files a scan must read: partition values decide exactly, statistics rule out.
namespace lochan::delta {
namespace {

void collect_columns(const Predicate& predicate, std::vector<std::vector<std::string>>& columns) {
  if (!predicate.column.empty()) columns.push_back(predicate.column);
  for (const auto& child : predicate.children) collect_columns(child, columns);
}

/// The physical path and type of a data column; nothing for partition columns and unknown names.
std::optional<ColumnStatistics> find_data_column(const TableSchema& schema,
                                                 const std::vector<std::string>& path) {
  const std::vector<Column>* level = &schema.columns;
  ColumnStatistics found;
  for (const auto& name : path) {
    const auto column = std::find_if(level->begin(), level->end(),
                                     [&](const Column& c) { return same_name(c.name, name); });
    if (column == level->end()) return std::nullopt;
    if (level == &schema.columns &&
        schema.is_partition_column(static_cast<size_t>(column - level->begin()))) {
      return std::nullopt;
    }
    // Names mean fields only inside structs.
    if (!column->type.is(types::TypeId::kStruct) && found.path.size() + 1 < path.size()) {
      return std::nullopt;
    }
    found.path.push_back(column->physical_name);
    found.type = column->type;
    level = &column->children;
  }
  return found;
}

ColumnFacts facts_of_partition(const types::Value& value) {
  ColumnFacts facts;
  facts.can_be_null = value.is_null();
  facts.can_be_value = !value.is_null();
  facts.is_constant = true;
  if (!value.is_null()) facts.min = facts.max = value;
  return facts;
}

ColumnFacts facts_of_statistics(const ColumnStatistics& column,
                                const std::optional<int64_t>& num_records) {
  ColumnFacts facts;
  facts.min = column.min;
  facts.max = column.max;
  if (column.null_count && num_records) {
    // Holds for wide bounds too: there, counts between these two say nothing, and nothing is taken
    // from them.
    facts.can_be_null = *column.null_count > 0;
    facts.can_be_value = *column.null_count < *num_records;
  }
  return facts;
}

/// Which partition column a path names, if any.
std::optional<size_t> find_partition_column(const TableSchema& schema,
                                            const std::vector<std::string>& path) {
  for (size_t i = 0; path.size() == 1 && i < schema.partition_columns.size(); ++i) {
    if (same_name(schema.columns[schema.partition_columns[i]].name, path[0])) return i;
  }
  return std::nullopt;
}

}  // namespace

namespace {

bool has_ordered_bounds(const types::DataType& type) {
  switch (type.id()) {
    case types::TypeId::kByte:
    case types::TypeId::kShort:
    case types::TypeId::kInteger:
    case types::TypeId::kLong:
    case types::TypeId::kDecimal:
    case types::TypeId::kDate:
    case types::TypeId::kTimestamp:
    case types::TypeId::kTimestampNtz: return true;
    default: return false;
  }
}

types::Int128 number_of(const types::Value& value) {
  const auto* decimal = std::get_if<types::Int128>(&value.data);
  return decimal ? *decimal : types::Int128{value.as_int()};
}

/// Bounds that hold for both.
void widen(ColumnBounds& bounds, const ColumnFacts& facts) {
  bounds.may_be_null = bounds.may_be_null || facts.can_be_null;
  if (!facts.can_be_value) return;
  if (bounds.min && (!facts.min || number_of(*facts.min) < number_of(*bounds.min)))
    bounds.min = facts.min;
  if (bounds.max && (!facts.max || number_of(*facts.max) > number_of(*bounds.max)))
    bounds.max = facts.max;
}

}  // namespace

std::vector<ColumnBounds> Snapshot::column_bounds(const std::vector<ScanFile>& files) const {
  std::vector<ColumnBounds> result(schema_.columns.size());
  if (files.empty()) return result;
  std::vector<ColumnStatistics> wanted;
  std::vector<size_t> column_of;
  for (size_t i = 0; i < schema_.columns.size(); ++i) {
    const auto& column = schema_.columns[i];
    if (schema_.is_partition_column(i) || column.type.is_nested() ||
        column.type.is(types::TypeId::kVariant)) {
      continue;
    }
    wanted.push_back({.path = {column.physical_name},
                      .type = column.type,
                      .min = {},
                      .max = {},
                      .null_count = {}});
    column_of.push_back(i);
  }
  std::vector<bool> seen(result.size());
  const auto add = [&](size_t column, ColumnFacts facts) {
    if (!has_ordered_bounds(schema_.columns[column].type)) facts.min = facts.max = std::nullopt;
    if (!seen[column]) {
      // A column of nulls alone has no bounds to start from, and needs none.
      result[column] = {facts.min, facts.max, facts.can_be_null};
      seen[column] = true;
    } else {
      widen(result[column], facts);
    }
  };
  for (const auto& file : files) {
    for (size_t p = 0; p < schema_.partition_columns.size(); ++p) {
      add(schema_.partition_columns[p], facts_of_partition(file.partition_values[p]));
    }
    const auto statistics = read_statistics(file.add->stats.value_or(""), wanted);
    for (size_t k = 0; k < wanted.size(); ++k) {
      add(column_of[k], facts_of_statistics(statistics.columns[k], statistics.num_records));
    }
  }
  return result;
}

Outcomes Snapshot::evaluate_partition(const Predicate& predicate, const AddFile& add) const {
  const auto values = partition_values(add);
  return evaluate(predicate,
                  [&](const std::vector<std::string>& path) -> std::optional<ColumnFacts> {
                    const auto index = find_partition_column(schema_, path);
                    if (!index) return std::nullopt;
                    return facts_of_partition(values[*index]);
                  });
}

std::vector<ScanFile> Snapshot::plan_scan(const Predicate& predicate) const {
  std::vector<std::vector<std::string>> referenced;
  collect_columns(predicate, referenced);
  std::vector<ColumnStatistics> wanted;
  std::map<std::vector<std::string>, size_t> wanted_index;
  std::map<std::vector<std::string>, size_t> partition_index;
  for (const auto& path : referenced) {
    if (wanted_index.contains(path)) continue;
    if (const auto index = find_partition_column(schema_, path)) partition_index[path] = *index;
    if (auto column = find_data_column(schema_, path)) {
      wanted_index[path] = wanted.size();
      wanted.push_back(std::move(*column));
    }
  }

  std::vector<ScanFile> scan;
  for (const auto& add : files_) {
    ScanFile file{&add, partition_values(add), std::nullopt};
    const FileStatistics statistics =
        add.stats ? read_statistics(*add.stats, wanted) : FileStatistics{};
    file.num_records = statistics.num_records;
    const auto find = [&](const std::vector<std::string>& path) -> std::optional<ColumnFacts> {
      if (const auto i = partition_index.find(path); i != partition_index.end()) {
        return facts_of_partition(file.partition_values[i->second]);
      }
      const auto i = wanted_index.find(path);
      if (i == wanted_index.end() || i->second >= statistics.columns.size()) return std::nullopt;
      return facts_of_statistics(statistics.columns[i->second], statistics.num_records);
    };
    if (evaluate(predicate, find).can_be_true) scan.push_back(std::move(file));
  }
  return scan;
}

}  // namespace lochan::delta
