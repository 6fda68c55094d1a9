#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "base/error.h"
#include "functions/function.h"
#include "functions/public_names.h"
#include "session/command_runner.h"
#include "session/session_state.h"
#include "session/table_info.h"

namespace lochan::session {
namespace {

using types::TypeId;
using types::Value;

const types::DataType kStrings = types::DataType::array(TypeId::kString);

Value strings(const std::vector<std::string>& items) {
  std::vector<Value> cells;
  for (const auto& item : items) cells.push_back(Value::string(item));
  return {kStrings, std::move(cells)};
}

Rows one(std::string name, Value value) {
  Rows rows;
  const auto type = value.type;
  rows.column(std::move(name), type, false).row({std::move(value)});
  return rows;
}

/// "a.b.c" or "`a.b`.c" in its parts.
plan::Name split_name(const std::string& text) {
  plan::Name parts(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '`') {
      if (quoted && i + 1 < text.size() && text[i + 1] == '`')
        parts.back() += text[i++];
      else
        quoted = !quoted;
    } else if (text[i] == '.' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += text[i];
    }
  }
  return parts;
}

Rows table_shape_rows() {
  Rows rows;
  rows.column("name", TypeId::kString, false)
      .column("catalog", TypeId::kString)
      .column("namespace", kStrings)
      .column("description", TypeId::kString)
      .column("tableType", TypeId::kString, false)
      .column("isTemporary", TypeId::kBoolean, false);
  return rows;
}

void add_table(Rows& rows, const catalog::TableRecord& t) {
  rows.row({Value::string(t.name), Value::string(catalog::kSparkCatalog), strings({t.schema}),
            text_cell(t.comment), Value::string(std::string(table_type(t.kind))),
            Value::boolean(false)});
}

void add_temp_view(Rows& rows, const std::string& name, bool global) {
  rows.row({Value::string(name), text_cell(std::nullopt),
            strings(global ? std::vector<std::string>{"global_temp"} : std::vector<std::string>{}),
            text_cell(std::nullopt), Value::string("TEMPORARY"), Value::boolean(true)});
}

Rows database_rows() {
  Rows rows;
  rows.column("name", TypeId::kString, false)
      .column("catalog", TypeId::kString)
      .column("description", TypeId::kString)
      .column("locationUri", TypeId::kString, false);
  return rows;
}

void add_database(Rows& rows, const catalog::SchemaRecord& schema) {
  rows.row({Value::string(schema.name), Value::string(catalog::kSparkCatalog),
            text_cell(schema.comment), Value::string(schema.location)});
}

Rows function_rows() {
  Rows rows;
  rows.column("name", TypeId::kString, false)
      .column("catalog", TypeId::kString)
      .column("namespace", kStrings)
      .column("description", TypeId::kString)
      .column("className", TypeId::kString, false)
      .column("isTemporary", TypeId::kBoolean, false);
  return rows;
}

void add_function(Rows& rows, const std::string& name, const functions::Function& function) {
  rows.row({Value::string(name), text_cell(std::nullopt), Value::null(kStrings),
            Value::string(std::string(function.doc)),
            Value::string("lochan." + std::string(function.name)), Value::boolean(true)});
}

}  // namespace

bool creates_table(const plan::CatalogOperation& operation) {
  return operation.op == "create_table" || operation.op == "create_external_table";
}

plan::Name table_of(const plan::CatalogOperation& operation) {
  const auto argument = [&](const std::string& name) {
    auto it = operation.arguments.find(name);
    return it == operation.arguments.end() ? std::string() : it->second;
  };
  plan::Name name = split_name(argument("table_name"));
  if (argument("db_name").empty() || name.size() != 1) return name;
  plan::Name parts = split_name(argument("db_name"));
  parts.push_back(argument("table_name"));
  return parts;
}

std::optional<Rows> CommandRunner::run(const plan::CatalogOperation& operation) {
  const std::string& op = operation.op;
  const auto argument = [&](const std::string& name) -> std::optional<std::string> {
    auto it = operation.arguments.find(name);
    return it == operation.arguments.end() ? std::nullopt : std::optional(it->second);
  };
  const auto wanted = [&](const std::string& name) {
    auto pattern = argument("pattern");
    return !pattern || catalog::matches_pattern(name, *pattern);
  };
  const auto flag = [&](const std::string& name) {
    return argument(name).value_or("false") == "true";
  };
  const auto table_argument = [&] { return table_of(operation); };

  if (op == "current_catalog") return one("current_catalog", Value::string(catalog::kSparkCatalog));
  if (op == "current_database")
    return one("current_database", Value::string(names_.current_namespace().back()));
  if (op == "set_current_database") {
    run(plan::Use{.name = split_name(argument("db_name").value_or(""))});
    return Rows{};
  }
  if (op == "set_current_catalog") {
    run(plan::Use{.name = {argument("catalog_name").value_or("")}, .catalog = true});
    return Rows{};
  }
  if (op == "list_catalogs") {
    Rows rows;
    rows.column("name", TypeId::kString, false).column("description", TypeId::kString);
    if (wanted(catalog::kSparkCatalog))
      rows.row({Value::string(catalog::kSparkCatalog), text_cell(std::nullopt)});
    return rows;
  }
  if (op == "list_databases") {
    Rows rows = database_rows();
    for (const auto& schema : catalog_.schemas())
      if (wanted(schema.name)) add_database(rows, schema);
    return rows;
  }
  if (op == "get_database") {
    Rows rows = database_rows();
    add_database(rows,
                 catalog_.schema(names_.schema_name(split_name(argument("db_name").value_or("")))));
    return rows;
  }
  if (op == "database_exists")
    return one(
        "database_exists",
        Value::boolean(
            catalog_.find_schema(names_.schema_name(split_name(argument("db_name").value_or(""))))
                .has_value()));
  if (op == "create_database") {
    plan::CreateSchema create;
    create.schema = split_name(argument("db_name").value_or(""));
    create.if_not_exists = flag("if_not_exists");
    create.properties = operation.table_options;
    if (auto it = create.properties.find("comment"); it != create.properties.end())
      create.comment = it->second;
    if (auto it = create.properties.find("location"); it != create.properties.end())
      create.location = it->second;
    run(create);
    return Rows{};
  }
  if (op == "drop_database") {
    run(plan::DropObject{.kind = plan::DropObject::kSchema,
                         .name = split_name(argument("db_name").value_or("")),
                         .if_exists = flag("if_exists"),
                         .cascade = flag("cascade")});
    return Rows{};
  }
  if (op == "list_tables" || op == "list_views") {
    const bool views_only = op == "list_views";
    Rows rows = table_shape_rows();
    const auto db = argument("db_name");
    if (db && lower_case(*db) == "global_temp") {
      for (const auto& name : session_.services_.global_views->names())
        if (wanted(name)) add_temp_view(rows, name, true);
    } else {
      const std::string schema =
          catalog_.schema(names_.schema_name(db ? split_name(*db) : plan::Name{})).name;
      for (const auto& table : catalog_.tables(schema))
        if (wanted(table.name) && (!views_only || table.kind == catalog::TableKind::kView))
          add_table(rows, table);
    }
    std::lock_guard lock(session_.state_->mutex);
    for (const auto& [name, view] : session_.state_->temp_views)
      if (wanted(name)) add_temp_view(rows, name, false);
    return rows;
  }
  if (op == "get_table") {
    Rows rows = table_shape_rows();
    const auto name = table_argument();
    const auto relation = names_.find_relation(name, std::nullopt, std::nullopt, {});
    if (const auto* view = std::get_if<plan::CatalogView>(&relation); view && view->temporary)
      add_temp_view(rows, name.back(), name.size() == 2);
    else
      add_table(rows, require_table(name));
    return rows;
  }
  if (op == "table_exists") {
    const auto name = table_argument();
    bool exists = false;
    if (name.size() == 1) {
      std::lock_guard lock(session_.state_->mutex);
      exists = session_.state_->temp_views.contains(lower_case(name[0]));
    }
    if (!exists && name.size() == 2 && lower_case(name[0]) == "global_temp")
      exists = session_.services_.global_views->find(lower_case(name[1])).has_value();
    if (!exists) {
      const TableName table = names_.table_name(name);
      exists = catalog_.find_table(table.schema, table.table).has_value();
    }
    return one("table_exists", Value::boolean(exists));
  }
  if (op == "list_columns") {
    Rows rows;
    rows.column("name", TypeId::kString, false)
        .column("description", TypeId::kString)
        .column("dataType", TypeId::kString, false)
        .column("nullable", TypeId::kBoolean, false)
        .column("isPartition", TypeId::kBoolean, false)
        .column("isBucket", TypeId::kBoolean, false)
        .column("isCluster", TypeId::kBoolean, false);
    const auto name = table_argument();
    auto resolved = analyze(
        plan::make_plan(plan::UnresolvedRelation{.name = name, .options = {}, .travel = {}}));
    std::set<std::string> partitions;
    const auto relation = names_.find_relation(name, std::nullopt, std::nullopt, {});
    if (std::holds_alternative<plan::CatalogTable>(relation))
      for (auto& column : table_shape(session_, require_table(name)).partition_columns)
        partitions.insert(column);
    for (const auto& field : plan::schema_of(resolved->output))
      rows.row({Value::string(field.name), text_cell(comment_of(field)),
                Value::string(field.type.simple_string()), Value::boolean(field.nullable),
                Value::boolean(partitions.contains(field.name)), Value::boolean(false),
                Value::boolean(false)});
    return rows;
  }
  if (op == "list_functions") {
    Rows rows = function_rows();
    for (const auto& [text, function] : functions::public_functions()) {
      const std::string name(text);
      if (wanted(name)) add_function(rows, name, *function);
    }
    return rows;
  }
  if (op == "get_function" || op == "function_exists") {
    const std::string name = split_name(argument("function_name").value_or("")).back();
    const auto* function = functions::find_function(name);
    const bool exists = function && !std::holds_alternative<functions::Missing>(function->lower);
    if (op == "function_exists") return one("function_exists", Value::boolean(exists));
    if (!exists)
      throw Error("UNRESOLVED_ROUTINE",
                  {{"routineName", types::quote_identifier(name)},
                   {"searchPath", "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`" +
                                      names_.current_namespace().back() + "`]"}});
    Rows rows = function_rows();
    add_function(rows, std::string(function->name), *function);
    return rows;
  }
  if (creates_table(operation)) {
    plan::CreateTable create;
    create.table = table_argument();
    create.format = argument("source").value_or("");
    create.location = argument("path");
    create.options = operation.table_options;
    create.comment = argument("description");
    if (!operation.schema.empty()) {
      const auto type = operation.schema.front() == '{' ? types::parse_json_type(operation.schema)
                                                        : types::parse_ddl_schema(operation.schema);
      for (const auto& field : type.fields())
        create.columns.push_back({.name = field.name,
                                  .type = field.type,
                                  .nullable = field.nullable,
                                  .comment = comment_of(field).value_or("")});
    }
    run(create);
    return Rows{};
  }
  if (op == "drop_temp_view" || op == "drop_global_temp_view") {
    const std::string name = lower_case(argument("view_name").value_or(""));
    bool dropped = false;
    if (op == "drop_global_temp_view") {
      dropped = session_.services_.global_views->drop(name);
    } else {
      std::lock_guard lock(session_.state_->mutex);
      dropped = session_.state_->temp_views.erase(name) > 0;
    }
    return one(op, Value::boolean(dropped));
  }
  if (op == "drop_table" || op == "drop_view") {
    run(plan::DropObject{
        .kind = op == "drop_table" ? plan::DropObject::kTable : plan::DropObject::kView,
        .name = split_name(argument(op == "drop_table" ? "table_name" : "view_name").value_or("")),
        .if_exists = flag("if_exists")});
    return Rows{};
  }
  if (op == "is_cached") {
    const auto name = table_argument();
    analyze(plan::make_plan(plan::UnresolvedRelation{.name = name, .options = {}, .travel = {}}));
    std::lock_guard lock(session_.state_->mutex);
    return one("is_cached",
               Value::boolean(session_.state_->cached_tables.contains(lower_case(name.back()))));
  }
  if (op == "cache_table" || op == "uncache_table") {
    const auto name = table_argument();
    analyze(plan::make_plan(plan::UnresolvedRelation{.name = name, .options = {}, .travel = {}}));
    std::lock_guard lock(session_.state_->mutex);
    if (op == "cache_table")
      session_.state_->cached_tables.insert(lower_case(name.back()));
    else
      session_.state_->cached_tables.erase(lower_case(name.back()));
    return Rows{};
  }
  if (op == "clear_cache") {
    std::lock_guard lock(session_.state_->mutex);
    session_.state_->cached_tables.clear();
    return Rows{};
  }
  if (op == "refresh_table") {
    analyze(plan::make_plan(
        plan::UnresolvedRelation{.name = table_argument(), .options = {}, .travel = {}}));
    return Rows{};
  }
  if (op == "refresh_by_path") return Rows{};
  if (op == "get_table_properties") {
    Rows rows;
    rows.column("key", TypeId::kString, false).column("value", TypeId::kString, false);
    for (const auto& [key, value] : require_table(table_argument()).properties)
      rows.row({Value::string(key), Value::string(value)});
    return rows;
  }
  if (op == "get_create_table_string") return show_create_table(table_argument());
  if (op == "truncate_table") {
    run(plan::Truncate{.table = table_argument()});
    return Rows{};
  }
  throw Error::not_supported("spark.catalog operation " + op);
}

}  // namespace lochan::session
