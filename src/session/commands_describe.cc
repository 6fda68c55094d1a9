#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/error.h"
#include "delta/history.h"
#include "functions/function.h"
#include "session/command_runner.h"
#include "session/data_sources.h"
#include "session/session_state.h"
#include "session/table_info.h"

namespace lochan::session {
namespace {

using types::TypeId;
using types::Value;

Rows describe_shape() {
  Rows rows;
  rows.column("col_name", TypeId::kString, false)
      .column("data_type", TypeId::kString, false)
      .column("comment", TypeId::kString, true);
  return rows;
}

void describe_columns(Rows& rows, const types::Schema& columns) {
  for (const auto& field : columns)
    rows.row({Value::string(field.name), Value::string(field.type.simple_string()),
              text_cell(comment_of(field))});
}

Value map_cell(const delta::StringMap& entries, const types::DataType& type) {
  std::vector<Value> cells;
  for (const auto& [key, value] : entries) {
    cells.push_back(Value::string(key));
    cells.push_back(Value::string(value));
  }
  return {type, std::move(cells)};
}

/// DESCRIBE HISTORY, with the columns of Delta's.
Rows describe_history(const delta::TableAccess& access) {
  const auto text_map = types::DataType::map(TypeId::kString, TypeId::kString);
  Rows rows;
  rows.column("version", TypeId::kLong)
      .column("timestamp", TypeId::kTimestamp)
      .column("userId", TypeId::kString)
      .column("userName", TypeId::kString)
      .column("operation", TypeId::kString)
      .column("operationParameters", text_map)
      .column("notebook", types::DataType::structure({{"notebookId", TypeId::kString, true, "{}"}}))
      .column("clusterId", TypeId::kString)
      .column("readVersion", TypeId::kLong)
      .column("isolationLevel", TypeId::kString)
      .column("isBlindAppend", TypeId::kBoolean)
      .column("operationMetrics", text_map)
      .column("userMetadata", TypeId::kString)
      .column("engineInfo", TypeId::kString);
  for (const auto& entry : delta::read_history(access)) {
    std::vector<Value> row;
    for (const auto& field : rows.schema) row.push_back(Value::null(field.type));
    row[0] = Value::bigint(entry.version);
    row[1] = {TypeId::kTimestamp, entry.timestamp_ms * 1000};
    if (entry.info) {
      const auto& info = *entry.info;
      row[3] = text_cell(info.user_name);
      row[4] = text_cell(info.operation);
      row[5] = map_cell(info.parameters, text_map);
      if (info.read_version) row[8] = Value::bigint(*info.read_version);
      row[9] = text_cell(info.isolation_level);
      if (info.is_blind_append) row[10] = Value::boolean(*info.is_blind_append);
      row[11] = map_cell(info.metrics, text_map);
      row[12] = text_cell(info.user_metadata);
      row[13] = text_cell(info.engine_info);
    }
    rows.row(std::move(row));
  }
  return rows;
}

}  // namespace

std::optional<Rows> CommandRunner::run(const plan::DescribeRelation& command) {
  if (command.as_json) throw Error::not_supported("DESCRIBE ... AS JSON");
  Rows rows = describe_shape();
  auto resolved = analyze(plan::make_plan(
      plan::UnresolvedRelation{.name = command.name, .options = {}, .travel = command.travel}));
  const auto columns = plan::schema_of(resolved->output);
  if (!command.column.empty()) {
    const int index = types::DataType::structure(columns).field_index(command.column);
    if (index < 0)
      throw Error("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
                  {{"objectName", types::quote_identifier(command.column)}});
    Rows one;
    one.column("info_name", TypeId::kString, false).column("info_value", TypeId::kString, false);
    const auto& field = columns[index];
    one.row({Value::string("col_name"), Value::string(field.name)});
    one.row({Value::string("data_type"), Value::string(field.type.simple_string())});
    one.row({Value::string("comment"), Value::string(comment_of(field).value_or("NULL"))});
    return one;
  }
  describe_columns(rows, columns);
  const auto relation = names_.find_relation(command.name, std::nullopt, std::nullopt, {});
  const auto* table = std::get_if<plan::CatalogTable>(&relation);
  const auto* view = std::get_if<plan::CatalogView>(&relation);
  if ((view && view->temporary) || (table && table->name.size() < 3)) return rows;
  const auto record = require_table(command.name);
  const auto shape = table_shape(session_, record);
  const auto heading = [&](const std::string& text) {
    rows.row({Value::string(text), Value::string(""), Value::string("")});
  };
  if (!shape.partition_columns.empty()) {
    heading("# Partition Information");
    rows.row({Value::string("# col_name"), Value::string("data_type"), Value::string("comment")});
    for (const auto& name : shape.partition_columns) {
      const int index = types::DataType::structure(shape.columns).field_index(name);
      if (index >= 0) describe_columns(rows, {shape.columns[index]});
    }
  }
  if (command.extended) {
    heading("");
    heading("# Detailed Table Information");
    for (const auto& [key, value] : table_details(record))
      rows.row({Value::string(key), Value::string(value), Value::string("")});
  }
  return rows;
}

std::optional<Rows> CommandRunner::run(const plan::DescribeQuery& command) {
  Rows rows = describe_shape();
  describe_columns(rows, plan::schema_of(analyze(command.query)->output));
  return rows;
}

std::optional<Rows> CommandRunner::run(const plan::DescribeObject& command) {
  using Kind = plan::DescribeObject::Kind;
  switch (command.kind) {
    case Kind::kSchema: {
      const auto schema = catalog_.schema(names_.schema_name(command.name));
      Rows rows;
      rows.column("info_name", TypeId::kString, false).column("info_value", TypeId::kString, false);
      const auto line = [&](std::string key, std::string value) {
        rows.row({Value::string(std::move(key)), Value::string(std::move(value))});
      };
      line("Catalog Name", catalog::kSparkCatalog);
      line("Namespace Name", schema.name);
      line("Comment", schema.comment.value_or(""));
      line("Location", schema.location);
      line("Owner", schema.owner);
      if (command.extended) {
        std::string text;
        for (const auto& [key, value] : schema.properties)
          text += (text.empty() ? "(" : ", (") + key + "," + value + ")";
        line("Properties", text.empty() ? "" : "(" + text + ")");
      }
      return rows;
    }
    case Kind::kCatalog: {
      Rows rows;
      rows.column("info_name", TypeId::kString, false).column("info_value", TypeId::kString, true);
      rows.row({Value::string("Catalog Name"), Value::string(command.name.back())});
      return rows;
    }
    case Kind::kFunction: {
      const auto* function = functions::find_function(command.name.back());
      if (!function || function->name.starts_with("__"))
        throw Error("UNRESOLVED_ROUTINE",
                    {{"routineName", types::quote_identifier(command.name.back())},
                     {"searchPath", "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`" +
                                        names_.current_namespace().back() + "`]"}});
      Rows rows;
      rows.column("function_desc", TypeId::kString, false);
      rows.row({Value::string("Function: " + std::string(function->name))});
      rows.row({Value::string("Usage: " + std::string(function->doc))});
      if (command.extended)
        rows.row({Value::string("Extended Usage:\n    Examples:\n      > " +
                                std::string(function->example) + "\n")});
      return rows;
    }
    case Kind::kHistory: {
      const auto relation = names_.find_relation(command.name, std::nullopt, std::nullopt, {});
      std::string path = command.name.back();
      if (command.name.size() < 2 || lower_case(command.name[0]) != "delta")
        path = require_table(command.name).location;
      return describe_history(delta_access(session_, path, storage::Access::kRead));
    }
    case Kind::kDetail: throw Error::not_supported("DESCRIBE DETAIL");
  }
  throw Error::internal("DESCRIBE of an unknown kind");
}

std::optional<Rows> CommandRunner::run(const plan::Explain& command) {
  Rows rows;
  rows.column("plan", TypeId::kString, false);
  const auto mode =
      lower_case(command.mode) == "extended" ? ExplainMode::kExtended : ExplainMode::kSimple;
  std::string text;
  try {
    text = session_.explain(command.query, mode);
  } catch (const Error& error) {
    text = error.what();  // Spark explains what it cannot resolve by the error
  }
  rows.row({Value::string(text + "\n")});
  return rows;
}

}  // namespace lochan::session
