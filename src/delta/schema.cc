#include "delta/schema.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii.h"
#include "base/error.h"
#include "delta/partition_values.h"
#include "delta/table_properties.h"

namespace lochan::delta {
namespace {

using types::DataType;
using types::TypeId;
using Json = nlohmann::json;

constexpr std::string_view kIdKey = "delta.columnMapping.id";
constexpr std::string_view kPhysicalNameKey = "delta.columnMapping.physicalName";
constexpr std::string_view kNestedIdsKey = "delta.columnMapping.nested.ids";

Error broken(const std::string& reason) {
  return Error("DELTA_LOG_CORRUPT",
               {{"table", "the table"}, {"file", "metaData"}, {"reason", reason}});
}

/// The ids of list elements, map keys and values below one field, by physical path ("a.element",
/// "m.key.element").
using NestedIds = std::map<std::string, int32_t>;

Column make_column(const types::StructField& field, ColumnMapping mapping);

void add_children(Column& column, ColumnMapping mapping, const NestedIds& ids,
                  const std::string& path) {
  const auto part = [&](const std::string& name, const DataType& type, bool nullable) {
    Column child;
    child.name = child.physical_name = name;
    child.type = type;
    child.nullable = nullable;
    const std::string child_path = path + "." + name;
    if (const auto found = ids.find(child_path); found != ids.end()) child.field_id = found->second;
    add_children(child, mapping, ids, child_path);
    column.children.push_back(std::move(child));
  };
  switch (column.type.id()) {
    case TypeId::kStruct:
      for (const auto& field : column.type.fields()) {
        column.children.push_back(make_column(field, mapping));
      }
      break;
    case TypeId::kArray: part("element", column.type.element(), column.type.contains_null()); break;
    case TypeId::kMap:
      part("key", column.type.key(), false);
      part("value", column.type.value(), column.type.value_contains_null());
      break;
    default: break;
  }
}

Column make_column(const types::StructField& field, ColumnMapping mapping) {
  Column column;
  column.name = column.physical_name = field.name;
  column.type = field.type;
  column.nullable = field.nullable;
  NestedIds nested;
  if (mapping != ColumnMapping::kNone) {
    const Json metadata = Json::parse(field.metadata, nullptr, false);
    const auto id = metadata.find(kIdKey);
    if (id != metadata.end() && id->is_number_integer()) column.field_id = id->get<int32_t>();
    const auto name = metadata.find(kPhysicalNameKey);
    if (name == metadata.end() || !name->is_string() ||
        (mapping == ColumnMapping::kId && !column.field_id)) {
      throw broken("column mapping lacks the id or physical name of " + field.name);
    }
    column.physical_name = name->get<std::string>();
    const auto ids = metadata.find(kNestedIdsKey);
    if (ids != metadata.end() && ids->is_object()) {
      for (const auto& [path, value] : ids->items()) {
        if (value.is_number_integer()) nested[path] = value.get<int32_t>();
      }
    }
  }
  add_children(column, mapping, nested, column.physical_name);
  return column;
}

ColumnMapping mapping_of(const Metadata& metadata) {
  const std::string mode = read_table_properties(metadata).column_mapping;
  if (mode == "none") return ColumnMapping::kNone;
  if (mode == "id") return ColumnMapping::kId;
  if (mode == "name") return ColumnMapping::kName;
  throw broken("unknown column mapping mode " + mode);
}

void require_storable(const DataType& type, const std::string& path,
                      std::vector<std::string>& unsupported) {
  switch (type.id()) {
    case TypeId::kStruct:
      for (const auto& field : type.fields()) {
        require_storable(field.type, path + "." + field.name, unsupported);
      }
      break;
    case TypeId::kArray: require_storable(type.element(), path + ".element", unsupported); break;
    case TypeId::kMap:
      require_storable(type.key(), path + ".key", unsupported);
      require_storable(type.value(), path + ".value", unsupported);
      break;
    case TypeId::kNull:
    case TypeId::kTime:
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
    case TypeId::kCalendarInterval:
    case TypeId::kVariant: unsupported.push_back(path + ": " + type.sql()); break;
    default: break;
  }
}

void require_valid_names(const types::Schema& fields, const std::string& prefix) {
  std::set<std::string> seen;
  for (const auto& field : fields) {
    const std::string path = prefix + field.name;
    if (!seen.insert(lower_case(field.name)).second) {
      throw Error("DELTA_DUPLICATE_COLUMNS_FOUND.TABLE_SCHEMA",
                  {{"duplicateCols", lower_case(path)}});
    }
    if (field.name.find_first_of(" ,;{}()\n\t=") != std::string::npos) {
      throw Error("DELTA_INVALID_CHARACTERS_IN_COLUMN_NAME", {{"columnName", path}});
    }
    const DataType* type = &field.type;
    while (type->is(TypeId::kArray)) type = &type->element();
    if (type->is(TypeId::kStruct)) require_valid_names(type->fields(), path + ".");
  }
}

/// Delta keeps char and varchar as strings, with the declared type in the field's metadata.
types::Schema stored_fields(const types::Schema& fields) {
  types::Schema stored = fields;
  for (auto& field : stored) {
    if (!field.type.is(TypeId::kChar) && !field.type.is(TypeId::kVarchar)) continue;
    Json metadata = Json::parse(field.metadata, nullptr, false);
    if (!metadata.is_object()) metadata = Json::object();
    metadata["__CHAR_VARCHAR_TYPE_STRING"] = field.type.simple_string();
    field.metadata = metadata.dump();
    field.type = TypeId::kString;
  }
  return stored;
}

}  // namespace

bool TableSchema::is_partition_column(size_t index) const {
  return std::find(partition_columns.begin(), partition_columns.end(), index) !=
         partition_columns.end();
}

std::vector<size_t> TableSchema::data_columns() const {
  std::vector<size_t> indexes;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!is_partition_column(i)) indexes.push_back(i);
  }
  return indexes;
}

const Column* TableSchema::find(std::string_view name) const {
  const std::string wanted = lower_case(name);
  for (const auto& column : columns) {
    if (lower_case(column.name) == wanted) return &column;
  }
  return nullptr;
}

TableSchema parse_table_schema(const Metadata& metadata) {
  TableSchema schema;
  schema.mapping = mapping_of(metadata);
  const DataType type = types::parse_json_type(metadata.schema_string);
  if (!type.is(TypeId::kStruct)) throw broken("schemaString is no struct");
  schema.fields = type.fields();
  for (const auto& field : schema.fields) {
    schema.columns.push_back(make_column(field, schema.mapping));
  }
  for (const auto& name : metadata.partition_columns) {
    const std::string wanted = lower_case(name);
    const auto found =
        std::find_if(schema.fields.begin(), schema.fields.end(),
                     [&](const auto& field) { return lower_case(field.name) == wanted; });
    if (found == schema.fields.end()) {
      throw Error("DELTA_PARTITION_COLUMN_NOT_FOUND",
                  {{"columnName", name}, {"schemaMap", type.simple_string()}});
    }
    schema.partition_columns.push_back(static_cast<size_t>(found - schema.fields.begin()));
  }
  return schema;
}

std::string write_schema_string(const types::Schema& fields) {
  return DataType::structure(stored_fields(fields)).json();
}

void require_valid_schema(const types::Schema& fields,
                          const std::vector<std::string>& partition_columns) {
  require_valid_names(fields, "");
  std::vector<std::string> unsupported;
  for (const auto& field : fields) require_storable(field.type, field.name, unsupported);
  if (!unsupported.empty()) {
    std::string list;
    for (const auto& one : unsupported) list += (list.empty() ? "" : ", ") + one;
    throw Error("DELTA_UNSUPPORTED_DATA_TYPES",
                {{"dataTypeList", "[" + list + "]"},
                 {"config", "spark.databricks.delta.schema.typeCheck.enabled"}});
  }
  std::set<std::string> partitions;
  for (const auto& name : partition_columns) {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) {
      return lower_case(field.name) == lower_case(name);
    });
    if (found == fields.end()) {
      throw Error(
          "DELTA_PARTITION_COLUMN_NOT_FOUND",
          {{"columnName", name}, {"schemaMap", DataType::structure(fields).simple_string()}});
    }
    if (!is_partition_type(found->type)) {
      throw Error("DELTA_INVALID_PARTITION_COLUMN_TYPE",
                  {{"name", name}, {"dataType", found->type.sql()}});
    }
    if (!partitions.insert(lower_case(name)).second) {
      throw Error("DELTA_DUPLICATE_COLUMNS_FOUND.PARTITION_COLUMNS",
                  {{"duplicateCols", lower_case(name)}});
    }
  }
  if (!fields.empty() && partitions.size() == fields.size()) {
    throw Error("DELTA_CANNOT_USE_ALL_COLUMNS_FOR_PARTITION");
  }
}

}  // namespace lochan::delta
