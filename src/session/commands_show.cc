#include <algorithm>

#include "base/ascii.h"
#include "base/error.h"
#include "functions/public_names.h"
#include "session/command_runner.h"
#include "session/session_state.h"
#include "session/table_info.h"

namespace lochan::session {
namespace {

using types::TypeId;
using types::Value;

bool wanted(const std::string& name, const std::optional<std::string>& pattern) {
  return !pattern || catalog::matches_pattern(name, *pattern);
}

}  // namespace

std::optional<Rows> CommandRunner::run(const plan::Show& command) {
  using Kind = plan::Show::Kind;
  Rows rows;
  switch (command.kind) {
    case Kind::kSchemas:
      rows.column("namespace", TypeId::kString, false);
      for (const auto& schema : catalog_.schemas())
        if (wanted(schema.name, command.pattern)) rows.row({Value::string(schema.name)});
      return rows;
    case Kind::kCatalogs:
      rows.column("catalog", TypeId::kString, false);
      if (wanted(catalog::kSparkCatalog, command.pattern))
        rows.row({Value::string(catalog::kSparkCatalog)});
      return rows;
    case Kind::kTables:
    case Kind::kViews:
    case Kind::kTableExtended: {
      const bool views_only = command.kind == Kind::kViews;
      const bool extended = command.kind == Kind::kTableExtended;
      rows.column("namespace", TypeId::kString, false)
          .column(views_only ? "viewName" : "tableName", TypeId::kString, false)
          .column("isTemporary", TypeId::kBoolean, false);
      if (extended) rows.column("information", TypeId::kString, false);
      const std::string schema =
          catalog_.schema(names_.schema_name(command.name.value_or(plan::Name{}))).name;
      for (const auto& table : catalog_.tables(schema)) {
        if (!wanted(table.name, command.pattern)) continue;
        if (views_only && table.kind != catalog::TableKind::kView) continue;
        std::vector<Value> row{Value::string(schema), Value::string(table.name),
                               Value::boolean(false)};
        if (extended) {
          std::string text;
          for (const auto& [key, value] : table_details(table)) text += key + ": " + value + "\n";
          text += "Schema: " +
                  types::DataType::structure(table_shape(session_, table).columns).tree_string() +
                  "\n";
          row.push_back(Value::string(text));
        }
        rows.row(std::move(row));
      }
      std::lock_guard lock(session_.state_->mutex);
      for (const auto& [name, view] : session_.state_->temp_views) {
        if (!wanted(name, command.pattern)) continue;
        std::vector<Value> row{Value::string(""), Value::string(name), Value::boolean(true)};
        if (extended) row.push_back(Value::string("Table: " + name + "\nType: VIEW\n"));
        rows.row(std::move(row));
      }
      return rows;
    }
    case Kind::kColumns: {
      rows.column("col_name", TypeId::kString, false);
      auto resolved = analyze(plan::make_plan(plan::UnresolvedRelation{
          .name = command.name.value_or(plan::Name{}), .options = {}, .travel = {}}));
      for (const auto& attribute : resolved->output) rows.row({Value::string(attribute.name)});
      return rows;
    }
    case Kind::kFunctions: {
      rows.column("function", TypeId::kString, false);
      if (lower_case(command.scope) == "user") return rows;
      for (const auto& [name, function] : functions::public_functions())
        if (wanted(std::string(name), command.pattern))
          rows.row({Value::string(std::string(name))});
      return rows;
    }
    case Kind::kPartitions: {
      rows.column("partition", TypeId::kString, false);
      const auto record = require_table(*command.name);
      const auto shape = table_shape(session_, record);
      if (shape.partition_columns.empty())
        throw Error("INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY",
                    {{"name", names_.table_name(*command.name).quoted()}});
      throw Error::not_supported("SHOW PARTITIONS");
    }
    case Kind::kTblProperties: {
      rows.column("key", TypeId::kString, false).column("value", TypeId::kString, false);
      for (const auto& [key, value] : require_table(*command.name).properties)
        if (!command.pattern || *command.pattern == key)
          rows.row({Value::string(key), Value::string(value)});
      return rows;
    }
    case Kind::kCreateTable: return show_create_table(*command.name);
    case Kind::kCurrentSchema:
      rows.column("catalog", TypeId::kString, false).column("namespace", TypeId::kString, false);
      rows.row({Value::string(catalog::kSparkCatalog),
                Value::string(names_.current_namespace().back())});
      return rows;
  }
  throw Error::internal("SHOW of an unknown kind");
}

Rows CommandRunner::show_create_table(const plan::Name& name) {
  const auto record = require_table(name);
  const auto shape = table_shape(session_, record);
  std::string text;
  const bool is_view = record.kind == catalog::TableKind::kView;
  const auto columns = [&](bool with_types) {
    std::string out;
    for (const auto& field : shape.columns) {
      out += (out.empty() ? "\n  " : ",\n  ") + types::quote_if_needed(field.name);
      if (with_types) out += " " + field.type.sql() + (field.nullable ? "" : " NOT NULL");
      if (auto comment = comment_of(field)) out += " COMMENT '" + *comment + "'";
    }
    return out;
  };
  if (is_view) {
    text = "CREATE VIEW " + record.schema + "." + record.name + " (" + columns(false) +
           ")\nWITH SCHEMA COMPENSATION\nAS " + record.view_text + "\n";
  } else {
    text = "CREATE TABLE " + catalog::kSparkCatalog + "." + record.schema + "." + record.name +
           " (" + columns(true) + ")\nUSING " + record.provider + "\n";
    if (!shape.partition_columns.empty()) {
      std::string list;
      for (const auto& column : shape.partition_columns)
        list += (list.empty() ? "" : ", ") + types::quote_if_needed(column);
      text += "PARTITIONED BY (" + list + ")\n";
    }
    if (record.kind == catalog::TableKind::kExternal)
      text += "LOCATION '" + record.location + "'\n";
    if (record.comment) text += "COMMENT '" + *record.comment + "'\n";
    if (!record.properties.empty()) {
      std::string list;
      for (const auto& [key, value] : record.properties)
        list += (list.empty() ? "\n  '" : ",\n  '") + key + "' = '" + value + "'";
      text += "TBLPROPERTIES (" + list + ")\n";
    }
  }
  Rows rows;
  rows.column("createtab_stmt", TypeId::kString, false).row({Value::string(text)});
  return rows;
}

}  // namespace lochan::session
