#include "duckdb/main/relation.hpp"
#include "engine/connection.h"
#include "engine/database.h"
#include "engine/errors.h"
#include "engine/literal_path.h"
#include "engine/sources.h"

namespace lochan::engine {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using types::DataType;
using types::TypeId;

/// What Spark makes of a Parquet type, which DuckDB has read as `type`.
DataType spark_type(const LogicalType& type, bool is_int96) {
  switch (type.id()) {
    case LogicalTypeId::BOOLEAN: return TypeId::kBoolean;
    case LogicalTypeId::TINYINT: return TypeId::kByte;
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::UTINYINT: return TypeId::kShort;
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::USMALLINT: return TypeId::kInteger;
    case LogicalTypeId::BIGINT:
    case LogicalTypeId::UINTEGER: return TypeId::kLong;
    case LogicalTypeId::UBIGINT: return DataType::decimal(20, 0);
    case LogicalTypeId::FLOAT: return TypeId::kFloat;
    case LogicalTypeId::DOUBLE: return TypeId::kDouble;
    case LogicalTypeId::DECIMAL:
      return DataType::decimal(duckdb::DecimalType::GetWidth(type),
                               duckdb::DecimalType::GetScale(type));
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::ENUM:
    case LogicalTypeId::UUID: return TypeId::kString;
    case LogicalTypeId::BLOB: return TypeId::kBinary;
    case LogicalTypeId::DATE: return TypeId::kDate;
    case LogicalTypeId::TIME:
    case LogicalTypeId::TIME_NS: return DataType::time();
    case LogicalTypeId::TIMESTAMP_TZ: return TypeId::kTimestamp;
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::TIMESTAMP_NS: return is_int96 ? TypeId::kTimestamp : TypeId::kTimestampNtz;
    case LogicalTypeId::LIST:
      return DataType::array(spark_type(duckdb::ListType::GetChildType(type), is_int96));
    case LogicalTypeId::MAP:
      return DataType::map(spark_type(duckdb::MapType::KeyType(type), is_int96),
                           spark_type(duckdb::MapType::ValueType(type), is_int96));
    case LogicalTypeId::STRUCT: {
      std::vector<types::StructField> fields;
      for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type)) {
        fields.push_back({name, spark_type(child, is_int96), true, "{}"});
      }
      return DataType::structure(std::move(fields));
    }
    default: throw Error("PARQUET_TYPE_NOT_SUPPORTED", {{"parquetType", type.ToString()}});
  }
}

/// The schema that Spark wrote into the file, if it did.
std::optional<types::Schema> stored_schema(duckdb::Connection& connection,
                                           const std::string& path) {
  auto result =
      connection.TableFunction("parquet_kv_metadata", {duckdb::Value(literal_path(path))})
          ->Execute();
  if (result->HasError()) throw translate(result->GetErrorObject());
  while (auto chunk = result->Fetch()) {
    for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
      if (duckdb::StringValue::Get(chunk->GetValue(1, row)) !=
          "org.apache.spark.sql.parquet.row.metadata")
        continue;
      return types::parse_json_type(duckdb::StringValue::Get(chunk->GetValue(2, row)))
          .as_nullable()
          .fields();
    }
  }
  return std::nullopt;
}

/// The top-level columns of which a part is stored as INT96, Parquet's old timestamp, which is an
/// instant to Spark.
std::vector<bool> int96_columns(duckdb::Connection& connection, const std::string& path) {
  auto result =
      connection.TableFunction("parquet_schema", {duckdb::Value(literal_path(path))})->Execute();
  if (result->HasError()) throw translate(result->GetErrorObject());
  std::vector<bool> columns;
  std::vector<int64_t> open;  // children still to come, per level
  while (auto chunk = result->Fetch()) {
    for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
      if (open.size() == 1) columns.push_back(false);
      const auto type = chunk->GetValue(2, row);
      if (!type.IsNull() && duckdb::StringValue::Get(type) == "INT96" && !columns.empty())
        columns.back() = true;
      if (!open.empty()) --open.back();
      const auto children = chunk->GetValue(5, row);
      open.push_back(children.IsNull() ? 0 : children.GetValue<int64_t>());
      while (!open.empty() && open.back() == 0) open.pop_back();
    }
  }
  return columns;
}

}  // namespace

types::Schema read_parquet_schema(Engine& engine, const std::string& path) {
  try {
    OperationConnection connection(engine.impl().database()->instance());
    if (auto stored = stored_schema(connection, path)) return *stored;
    const auto int96 = int96_columns(connection, path);
    auto relation =
        connection.TableFunction("parquet_scan", {duckdb::Value(literal_path(path))},
                                 {{"hive_partitioning", duckdb::Value::BOOLEAN(false)}});
    types::Schema schema;
    for (const auto& column : relation->Columns()) {
      const bool is_int96 = schema.size() < int96.size() && int96[schema.size()];
      schema.push_back({column.Name(), spark_type(column.Type(), is_int96), true, "{}"});
    }
    return schema;
  } catch (const Error& error) {
    if (error.condition() != "FAILED_READ_FILE.NO_HINT") throw;
    throw Error("FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", {{"path", "file://" + path}});
  } catch (const std::exception& e) {
    const duckdb::ErrorData error(e);
    if (auto own = Error::decode(error.Message())) throw *own;
    if (error.Type() == duckdb::ExceptionType::INVALID_INPUT)
      throw Error("FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", {{"path", "file://" + path}});
    throw Error("FAILED_READ_FILE.NO_HINT", {{"path", path + ": " + error.RawMessage()}});
  }
}

}  // namespace lochan::engine
