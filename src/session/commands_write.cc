#include <algorithm>

#include "analysis/errors.h"
#include "base/ascii.h"
#include "base/error.h"
#include "plan/plan_text.h"
#include "session/align_columns.h"
#include "session/command_runner.h"
#include "session/data_sources.h"
#include "session/session_state.h"
#include "session/write_files.h"
#include "storage/path_resolver.h"

namespace lochan::session {
namespace {

/// The class of a format in Spark, which one of its messages names.
std::string source_class(const std::string& format) {
  if (format == "delta") return "DeltaDataSource";
  std::string name = display_format(format);
  if (name == "JSON") name = "Json";
  if (name == "ORC") name = "Orc";
  return name + "DataSourceV2";
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& other) { return same_name(other, name); });
}

/// The names nearest to one that is not there, as a suggestion.
std::string nearest(std::vector<std::string> names, const std::string& name) {
  std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) {
    return analysis::edit_distance(a, name) < analysis::edit_distance(b, name);
  });
  names.resize(std::min<size_t>(names.size(), 5));
  return quoted_list(names);
}

/// The value of a static partition, a text as often as not, as its column has it.
plan::ExpressionPtr cast_to(const plan::ExpressionPtr& value, const types::DataType& type) {
  return plan::make_expression(
      plan::Cast{.child = value, .target = type, .mode = plan::CastMode::kAnsi, .implicit = true});
}

/// What saveAsTable asks of rows that it appends to a table of files.
void check_append(const catalog::TableRecord& table, const plan::Attributes& rows,
                  const std::vector<std::string>& partition_by) {
  const std::string shown = "spark_catalog." + table.schema + "." + table.name;
  const auto names = names_of(rows);
  if (rows.size() != table.columns.size())
    throw Error(
        "_LEGACY_ERROR_TEMP_1161",
        {{"tableName", shown},
         {"existingTableSchema", types::DataType::structure(table.columns).simple_string()},
         {"querySchema", types::DataType::structure(plan::schema_of(rows)).simple_string()}});
  for (const auto& field : table.columns)
    if (!holds(names, field.name))
      throw Error("_LEGACY_ERROR_TEMP_1162",
                  {{"col", field.name}, {"inputColumns", plan::join(names)}});
  if (!std::equal(partition_by.begin(), partition_by.end(), table.partition_columns.begin(),
                  table.partition_columns.end(), same_name))
    throw Error("_LEGACY_ERROR_TEMP_1163",
                {{"tableName", shown},
                 {"specifiedPartCols", plan::join(partition_by)},
                 {"existingPartCols", plan::join(table.partition_columns)}});
}

void refuse_view(const catalog::TableRecord& record, const TableName& name,
                 const std::string& operation) {
  if (record.kind == catalog::TableKind::kView)
    throw Error("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
                {{"viewName", name.quoted()}, {"operation", operation}});
}

/// What a reader of the table needs to know of how it was written.
plan::Options table_options(plan::Options options) {
  options.erase("path");
  return options;
}

}  // namespace

plan::PlanPtr CommandRunner::for_table(const catalog::TableRecord& table, WriteTarget& target,
                                       const plan::PlanPtr& query) {
  if (table.provider == "delta") return query;
  const auto is_partition = [&](const types::StructField& field) {
    return std::any_of(
        table.partition_columns.begin(), table.partition_columns.end(),
        [&](const auto& name) { return lower_case(name) == lower_case(field.name); });
  };
  types::Schema columns = table.columns;
  std::stable_partition(columns.begin(), columns.end(),
                        [&](const auto& field) { return !is_partition(field); });
  target.partition_by = table.partition_columns;
  return align_columns(session_, query, columns, target, nullptr);
}

std::optional<Rows> CommandRunner::run(const plan::Write& command) {
  auto query = analyze(command.query);
  WriteTarget target;
  target.format = lower_case(command.format.empty()
                                 ? session_.config().get_or("spark.sql.sources.default", "delta")
                                 : command.format);
  target.mode = command.mode;
  target.options = command.options;
  target.partition_by = command.partition_by;
  target.partitioning_given = !command.partition_by.empty();
  target.operation = "WRITE";
  if (!command.cluster_by.empty()) throw Error::not_supported("clusterBy");

  if (!command.table) {
    if (command.path) {
      target.path = *command.path;
    } else if (auto it = command.options.find("path"); it != command.options.end()) {
      target.path = it->second;
    } else if (target.format != "noop") {
      throw Error("SAVE_WITHOUT_PATH", {});
    }
    write(target, query);
    return std::nullopt;
  }

  // saveAsTable, insertInto
  if (command.table->size() == 2 && lower_case((*command.table)[0]) == "delta") {
    target.path = (*command.table)[1];
    target.format = "delta";
    write(target, query);
    return std::nullopt;
  }
  const TableName name = names_.table_name(*command.table);
  auto existing = catalog_.find_table(name.schema, name.table);
  if (command.insert_into) {
    if (!command.partition_by.empty())
      throw Error("PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO",
                  {{"tableName", command.table->back()}});
    const auto record = require_table(*command.table);
    refuse_view(record, name, "INSERT");
    target.format = record.provider;
    target.path = record.location;
    target.table_name = name.quoted();
    target.by_position = true;
    target.partitioning_given = false;
    if (command.mode != plan::SaveMode::kOverwrite) target.mode = plan::SaveMode::kAppend;
    query = for_table(record, target, query);
    target.hold = hold_table(name, record);
    write(target, query);
    return std::nullopt;
  }
  const bool overwrite = command.mode == plan::SaveMode::kOverwrite;
  NamedLocks::Guard lock;
  if (!existing || (overwrite && (existing->provider != "delta" || target.format != "delta"))) {
    lock = lock_table(name);
    existing = catalog_.find_table(name.schema, name.table);
  }
  if (existing) {
    refuse_view(*existing, name, "saveAsTable");
    if (command.mode == plan::SaveMode::kErrorIfExists)
      throw Error("TABLE_OR_VIEW_ALREADY_EXISTS", {{"relationName", name.quoted()}});
    if (command.mode == plan::SaveMode::kIgnore) return std::nullopt;
    if (command.mode == plan::SaveMode::kAppend && target.format != existing->provider)
      throw Error("_LEGACY_ERROR_TEMP_1159",
                  {{"tableName", "spark_catalog." + existing->schema + "." + existing->name},
                   {"existingProvider", source_class(existing->provider)},
                   {"specifiedProvider", source_class(target.format)}});
  }
  const bool moves = existing && overwrite && needs_own_folder(*existing, target.format);
  if (existing && !moves) {
    target.path = existing->location;
    target.table_name = name.quoted();
    if (command.mode == plan::SaveMode::kAppend && existing->provider != "delta")
      check_append(*existing, query->output, command.partition_by);
    if (command.mode == plan::SaveMode::kAppend) query = for_table(*existing, target, query);
    if (!lock) target.hold = hold_table(name, *existing);
    write(target, query);
    if (existing->provider != "delta" && overwrite) {
      existing->provider = target.format;
      existing->options = table_options(command.options);
      existing->columns = nullable_schema(query->output);
      existing->partition_columns = command.partition_by;
      catalog_.put_table(*existing, true, session_.principal());
    }
    return std::nullopt;
  }
  catalog::TableRecord record;
  record.schema = name.schema;
  record.name = name.table;
  record.provider = target.format;
  record.options = table_options(command.options);
  record.columns = nullable_schema(query->output);
  record.partition_columns = command.partition_by;
  std::optional<std::string> path = command.path;
  if (auto it = command.options.find("path"); !path && it != command.options.end())
    path = it->second;
  record.kind = path ? catalog::TableKind::kExternal : catalog::TableKind::kManaged;
  auto& paths = *session_.services_.paths;
  record.location =
      path ? paths.display(
                 paths.resolve(session_.principal(), *path, storage::Access::kWrite).location())
      : moves ? beside_managed_location(name)
              : catalog_.managed_location(name.schema, name.table);
  target.path = record.location;
  target.operation = "CREATE TABLE AS SELECT";
  if (!path) target.mode = plan::SaveMode::kErrorIfExists;
  const auto noted = note_new_folder(record);
  write(target, query);
  put_new_table(record, existing.has_value(), existing, noted);
  return std::nullopt;
}

std::optional<Rows> CommandRunner::run(const plan::WriteV2& command) {
  using Mode = plan::WriteV2::Mode;
  if (command.mode == Mode::kCreate || command.mode == Mode::kReplace ||
      command.mode == Mode::kCreateOrReplace) {
    plan::CreateTable create;
    create.table = command.table;
    create.query = command.query;
    create.format = command.format;
    create.options = command.options;
    create.properties = command.properties;
    create.replace = command.mode != Mode::kCreate;
    if (command.mode == Mode::kReplace) require_table(command.table);
    for (const auto& part : command.partitioning) {
      const auto* column = part->as<plan::UnresolvedAttribute>();
      if (!column || column->parts.size() != 1)
        throw Error::not_supported("partitioning by an expression");
      create.partition_by.push_back(column->parts[0]);
    }
    run(create);
    return std::nullopt;
  }
  auto query = analyze(command.query);
  const auto record = require_table(command.table);
  const TableName name = names_.table_name(command.table);
  if (record.provider != "delta")
    throw Error("_LEGACY_ERROR_TEMP_1012", {{"identifier", name.quoted()}});
  WriteTarget target{.format = record.provider, .path = record.location};
  target.table_name = name.quoted();
  query = for_table(record, target, query);
  target.options = command.options;
  target.mode =
      command.mode == Mode::kAppend ? plan::SaveMode::kAppend : plan::SaveMode::kOverwrite;
  target.dynamic_overwrite = command.mode == Mode::kOverwritePartitions;
  const auto* constant =
      command.overwrite_condition ? command.overwrite_condition->as<plan::Literal>() : nullptr;
  const bool all = constant && constant->value.type.is(types::TypeId::kBoolean) &&
                   !constant->value.is_null() && constant->value.as_bool();
  if (command.mode == Mode::kOverwrite && !all) target.replace_where = command.overwrite_condition;
  target.hold = hold_table(name, record);
  target.operation = "WRITE";
  write(target, query);
  return std::nullopt;
}

types::Value CommandRunner::partition_value(const types::StructField& column,
                                            const plan::ExpressionPtr& value) {
  const auto row = analyze(plan::make_plan(
      plan::Project{plan::make_plan(plan::OneRow{}),
                    {plan::make_expression(
                        plan::Alias{.child = cast_to(value, column.type), .name = column.name})}}));
  return names_.collect_column(row, 1).at(0);
}

std::optional<Rows> CommandRunner::run(const plan::Insert& command) {
  auto query = analyze(command.query);
  WriteTarget target;
  plan::ScanSourcePtr table;
  std::optional<catalog::TableRecord> files;  // set for a table that is no Delta table
  if (command.table.size() == 2 && lower_case(command.table[0]) == "delta") {
    target.format = "delta";
    target.path = command.table[1];
    table = names_.open(plan::UnresolvedRead{
        .format = "delta", .paths = {target.path}, .options = {}, .schema = {}, .predicates = {}});
  } else {
    const auto record = require_table(command.table);
    const TableName name = names_.table_name(command.table);
    refuse_view(record, name, "INSERT");
    target.format = record.provider;
    target.path = record.location;
    target.table_name = name.quoted();
    target.hold = hold_table(name, record);
    table = names_.open_table(record, std::nullopt, std::nullopt);
    if (record.provider != "delta") files = record;
  }
  target.mode = command.overwrite || command.replace_where ? plan::SaveMode::kOverwrite
                                                           : plan::SaveMode::kAppend;
  target.replace_where = command.replace_where;
  target.by_position = !command.by_name;
  target.operation = "WRITE";

  // Static partition values and a column list become a plain list of columns by name.
  std::vector<std::string> columns = command.columns;
  const auto& schema = table->schema();
  std::vector<std::pair<std::string, plan::ExpressionPtr>> fixed;
  for (const auto& [column, value] : command.partition)
    if (value) fixed.emplace_back(column, value);
  const auto partition_columns = files ? files->partition_columns : partition_columns_of(*table);
  std::vector<std::string> named;
  for (const auto& [column, value] : command.partition) {
    if (!holds(partition_columns, column)) {
      if (files)
        throw Error("PARTITIONS_NOT_FOUND", {{"partitionList", types::quote_identifier(column)},
                                             {"tableName", target.table_name}});
      throw Error("NON_PARTITION_COLUMN", {{"columnName", types::quote_identifier(column)}});
    }
    if (holds(named, column))
      throw Error("DUPLICATE_KEY", {{"keyColumn", types::quote_identifier(column)}});
    named.push_back(column);
  }
  const auto field_of = [&](const std::string& column) -> const types::StructField& {
    return *std::find_if(schema.begin(), schema.end(),
                         [&](const auto& field) { return same_name(field.name, column); });
  };
  const auto all = names_of(schema);
  std::vector<std::string> given;
  for (const auto& column : columns) {
    if (!holds(all, column))
      throw Error(
          "UNRESOLVED_COLUMN.WITH_SUGGESTION",
          {{"objectName", types::quote_identifier(column)}, {"proposal", nearest(all, column)}});
    if (holds(given, column))
      throw Error("COLUMN_ALREADY_EXISTS", {{"columnName", types::quote_identifier(column)}});
    given.push_back(column);
  }
  if (!fixed.empty() || !columns.empty()) {
    const bool listed = !columns.empty();
    if (!listed) {
      for (const auto& field : schema) {
        const bool is_fixed = std::any_of(fixed.begin(), fixed.end(), [&](const auto& entry) {
          return lower_case(entry.first) == lower_case(field.name);
        });
        if (!is_fixed) columns.push_back(field.name);
      }
    }
    if (columns.size() != query->output.size()) {
      if (!listed) {
        std::vector<std::string> static_columns;
        for (const auto& [column, value] : fixed) static_columns.push_back(column);
        throw Error("INSERT_PARTITION_COLUMN_ARITY_MISMATCH",
                    {{"tableName", display_name(target)},
                     {"tableColumns", quoted_list(all)},
                     {"staticPartCols", quoted_list(static_columns)},
                     {"dataColumns", quoted_list(names_of(query->output))}});
      }
      throw Error(query->output.size() > columns.size()
                      ? "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
                      : "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
                  {{"tableName", display_name(target)},
                   {"tableColumns", quoted_list(columns)},
                   {"dataColumns", quoted_list(names_of(query->output))}});
    }
    plan::Expressions outputs;
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto& from = query->output[i];
      outputs.push_back(plan::make_resolved(
          plan::Alias{.child = reference(from), .name = columns[i], .id = plan::new_attribute_id()},
          from.type, from.nullable));
    }
    plan::Expressions unresolved = outputs;
    for (const auto& [column, value] : fixed)
      unresolved.push_back(plan::make_expression(
          plan::Alias{.child = cast_to(value, field_of(column).type), .name = column}));
    query = analyze(plan::make_plan(plan::Project{query, unresolved}));
    target.by_position = false;
  }
  if (files) {
    if (target.replace_where)
      throw Error::not_supported("replacing a part of a " + files->provider + " table");
    query = for_table(*files, target, query);
    if (command.overwrite)
      for (const auto& [column, value] : fixed)
        target.static_partition.push_back(partition_folder(
            session_, field_of(column).name, partition_value(field_of(column), value)));
  } else if (command.overwrite && !asks_for_dynamic_overwrite(session_, target)) {
    for (const auto& [column, value] : fixed) {
      auto equal = plan::function(
          "<=>", {plan::make_expression(plan::UnresolvedAttribute{.parts = {column}}),
                  plan::literal(partition_value(field_of(column), value))});
      target.replace_where =
          target.replace_where ? plan::function("and", {target.replace_where, equal}) : equal;
    }
  }
  write(target, query);
  return Rows{};
}

}  // namespace lochan::session
