#include <algorithm>

#include "base/ascii.h"
#include "base/error.h"
#include "session/align_columns.h"
#include "session/command_runner.h"
#include "session/data_sources.h"
#include "session/session_state.h"
#include "storage/path_resolver.h"

namespace lochan::session {
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
    } else {
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
    const auto record = require_table(*command.table);
    target.format = record.provider;
    target.path = record.location;
    target.by_position = true;
    target.partitioning_given = false;
    if (command.mode != plan::SaveMode::kOverwrite) target.mode = plan::SaveMode::kAppend;
    query = for_table(record, target, query);
    write(target, query);
    return std::nullopt;
  }
  if (existing) {
    if (existing->kind == catalog::TableKind::kView)
      throw Error("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
                  {{"viewName", name.quoted()}, {"operation", "saveAsTable"}});
    if (command.mode == plan::SaveMode::kErrorIfExists)
      throw Error("TABLE_OR_VIEW_ALREADY_EXISTS", {{"relationName", name.quoted()}});
    if (command.mode == plan::SaveMode::kIgnore) return std::nullopt;
    target.format = existing->provider;
    target.path = existing->location;
    if (command.mode == plan::SaveMode::kAppend) query = for_table(*existing, target, query);
    write(target, query);
    if (existing->provider != "delta" && command.mode == plan::SaveMode::kOverwrite) {
      existing->columns = plan::schema_of(query->output);
      existing->partition_columns = command.partition_by;
      catalog_.put_table(*existing, true, session_.principal());
    }
    return std::nullopt;
  }
  catalog::TableRecord record;
  record.schema = name.schema;
  record.name = name.table;
  record.provider = target.format;
  record.columns = plan::schema_of(query->output);
  record.partition_columns = command.partition_by;
  std::optional<std::string> path = command.path;
  if (auto it = command.options.find("path"); !path && it != command.options.end())
    path = it->second;
  record.kind = path ? catalog::TableKind::kExternal : catalog::TableKind::kManaged;
  auto& paths = *session_.services_.paths;
  record.location =
      path ? paths.display(
                 paths.resolve(session_.principal(), *path, storage::Access::kWrite).location())
           : catalog_.managed_location(name.schema, name.table);
  target.path = record.location;
  target.operation = "CREATE TABLE AS SELECT";
  if (!path) target.mode = plan::SaveMode::kErrorIfExists;
  const auto noted = note_new_folder(record);
  write(target, query);
  put_new_table(record, false, noted);
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
  WriteTarget target{.format = record.provider, .path = record.location};
  query = for_table(record, target, query);
  target.options = command.options;
  target.mode =
      command.mode == Mode::kAppend ? plan::SaveMode::kAppend : plan::SaveMode::kOverwrite;
  target.dynamic_overwrite = command.mode == Mode::kOverwritePartitions;
  if (command.mode == Mode::kOverwrite) target.replace_where = command.overwrite_condition;
  target.operation = "WRITE";
  write(target, query);
  return std::nullopt;
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
    if (record.kind == catalog::TableKind::kView)
      throw Error(
          "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
          {{"viewName", names_.table_name(command.table).quoted()}, {"operation", "INSERT"}});
    target.format = record.provider;
    target.path = record.location;
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
  if (!fixed.empty() || !columns.empty()) {
    if (columns.empty()) {
      for (const auto& field : schema) {
        const bool is_fixed = std::any_of(fixed.begin(), fixed.end(), [&](const auto& entry) {
          return lower_case(entry.first) == lower_case(field.name);
        });
        if (!is_fixed) columns.push_back(field.name);
      }
    }
    if (columns.size() != query->output.size()) {
      const auto list = [](const auto& items, auto name) {
        std::string text;
        for (const auto& item : items)
          text += (text.empty() ? "" : ", ") + types::quote_identifier(name(item));
        return text;
      };
      throw Error(query->output.size() > columns.size()
                      ? "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
                      : "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
                  {{"tableName", types::quote_identifier(command.table.back())},
                   {"tableColumns", list(columns, [](const auto& c) { return c; })},
                   {"dataColumns", list(query->output, [](const auto& a) { return a.name; })}});
    }
    plan::Expressions outputs;
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto& from = query->output[i];
      outputs.push_back(plan::make_resolved(
          plan::Alias{.child = plan::make_resolved(plan::AttributeRef{from.id, from.name, {}},
                                                   from.type, from.nullable),
                      .name = columns[i],
                      .id = plan::new_attribute_id()},
          from.type, from.nullable));
    }
    plan::Expressions unresolved = outputs;
    for (const auto& [column, value] : fixed)
      unresolved.push_back(plan::make_expression(plan::Alias{.child = value, .name = column}));
    query = analyze(plan::make_plan(plan::Project{query, unresolved}));
    target.by_position = false;
  }
  if (command.overwrite && !command.partition.empty()) {
    // Exactly the partitions that are named or that the rows fall into.
    target.dynamic_overwrite = true;
  }
  if (files) {
    if (target.replace_where || target.dynamic_overwrite)
      throw Error::not_supported("replacing a part of a " + files->provider + " table");
    query = for_table(*files, target, query);
  }
  write(target, query);
  return Rows{};
}

}  // namespace lochan::session
