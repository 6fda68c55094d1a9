#include <functional>
#include <set>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fail_point.h"
#include "session/align_columns.h"
#include "session/command_runner.h"
#include "session/data_sources.h"
#include "session/session_state.h"
#include "session/table_info.h"
#include "storage/object_store.h"
#include "storage/path_resolver.h"

namespace lochan::session {
namespace {

types::Schema schema_of(const std::vector<plan::ColumnDefinition>& columns) {
  types::Schema schema;
  for (const auto& column : columns) {
    if (column.default_value) throw Error::not_supported("column defaults");
    if (column.generated_as) throw Error::not_supported("generated columns");
    std::string metadata = "{}";
    if (!column.comment.empty()) metadata = comment_metadata(column.comment);
    schema.push_back({column.name, column.type, column.nullable, metadata});
  }
  return schema;
}

/// The name of the first temporary view that `query` reads; names of common table expressions hide
/// it.
std::optional<plan::Name> temporary_view_in(const plan::PlanPtr& query, SessionCatalog& names,
                                            std::set<std::string> hidden) {
  if (const auto* with = query->as<plan::With>()) {
    for (const auto& definition : with->definitions) {
      if (auto found = temporary_view_in(definition.plan, names, hidden)) return found;
      hidden.insert(lower_case(definition.name));
    }
    return temporary_view_in(with->child, names, hidden);
  }
  if (const auto* relation = query->as<plan::UnresolvedRelation>()) {
    const bool cte = relation->name.size() == 1 && hidden.contains(lower_case(relation->name[0]));
    if (!cte && names.is_temporary(relation->name)) return relation->name;
  }
  std::optional<plan::Name> found;
  const std::function<void(const plan::ExpressionPtr&)> visit = [&](const plan::ExpressionPtr& e) {
    if (!e || found) return;
    if (const auto* subquery = e->as<plan::Subquery>(); subquery && subquery->plan)
      found = temporary_view_in(subquery->plan, names, hidden);
    for (const auto& child : plan::children(*e)) visit(child);
  };
  for (const auto& e : plan::expressions(*query)) visit(e);
  for (const auto& child : plan::children(*query)) {
    if (found) break;
    found = temporary_view_in(child, names, hidden);
  }
  return found;
}

/// The item that makes column `id`, if its name was made up from the expression: such names are not
/// promised to stay, so that a view must not keep them.
plan::ExpressionPtr made_up(const plan::PlanPtr& query, plan::AttributeId id) {
  for (const auto& e : plan::expressions(*query)) {
    const auto* named = e ? e->as<plan::Alias>() : nullptr;
    if (named == nullptr || named->id != id) continue;
    const plan::Expression* value = named->child.get();
    // "e AS name" is longer than e.
    if (e->origin.stop != value->origin.stop || value->as<plan::Literal>()) return nullptr;
    if (const auto* cast = value->as<plan::Cast>()) value = cast->child.get();
    if (value->as<plan::GetField>()) return nullptr;
    const auto* column = value->as<plan::AttributeRef>();
    if (column == nullptr) return e;
    id = column->id;
  }
  for (const auto& child : plan::children(*query)) {
    if (auto found = made_up(child, id)) return found;
  }
  return nullptr;
}

/// No rows of this shape.
plan::PlanPtr empty_query(const types::Schema& schema) {
  Rows rows;
  rows.schema = schema;
  return to_plan(rows);
}

}  // namespace

NamedLocks::Guard CommandRunner::lock_table(const TableName& name) {
  return session_.services_.locks->lock("table " + name.quoted(), cancel_token().get());
}

std::function<NamedLocks::Guard()> CommandRunner::hold_table(const TableName& name,
                                                             const catalog::TableRecord& record) {
  return [this, name, record] {
    auto lock = lock_table(name);
    const auto now = catalog_.find_table(name.schema, name.table);
    const bool same =
        now && now->created_ms == record.created_ms && now->provider == record.provider &&
        now->location == record.location &&
        (record.provider == "delta" ||
         types::DataType::structure(now->columns) == types::DataType::structure(record.columns));
    if (!same) throw Error("TABLE_REPLACED", {{"tableName", name.quoted()}});
    return lock;
  };
}

std::optional<Rows> CommandRunner::run(const plan::CreateTable& command) {
  const auto query = command.query ? analyze(command.query) : nullptr;
  const TableName name = names_.table_name(command.table);
  const auto lock = lock_table(name);
  auto existing = catalog_.find_table(name.schema, name.table);
  if (existing && !command.replace) {
    if (command.if_not_exists) return Rows{};
    throw Error("TABLE_OR_VIEW_ALREADY_EXISTS", {{"relationName", name.quoted()}});
  }
  if (existing && existing->kind == catalog::TableKind::kView)
    throw Error("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
                {{"viewName", name.quoted()}, {"operation", "CREATE OR REPLACE TABLE"}});
  catalog_.schema(name.schema);

  catalog::TableRecord record;
  record.schema = name.schema;
  record.name = name.table;
  record.provider = lower_case(command.format.empty()
                                   ? session_.config().get_or("spark.sql.sources.default", "delta")
                                   : command.format);
  record.options = command.options;
  record.properties = command.properties;
  record.comment = command.comment;
  record.owner = session_.principal();

  types::Schema columns = schema_of(command.columns);
  std::vector<std::string> partition_by = command.partition_by;
  for (const auto& column : command.partition_columns) {
    columns.push_back(schema_of({column})[0]);
    partition_by.push_back(column.name);
  }
  if (command.like) {
    auto like = analyze(plan::make_plan(
        plan::UnresolvedRelation{.name = *command.like, .options = {}, .travel = {}}));
    columns = plan::schema_of(like->output);
    if (auto source = catalog_.find_table(names_.table_name(*command.like).schema,
                                          names_.table_name(*command.like).table)) {
      if (command.format.empty() && !source->provider.empty()) record.provider = source->provider;
      partition_by = source->partition_columns;
    }
  }
  require_distinct_names(session_, columns);
  std::optional<std::string> location = command.location;
  if (!location && record.options.contains("path")) location = record.options.at("path");
  record.kind = location ? catalog::TableKind::kExternal : catalog::TableKind::kManaged;
  auto& paths = *session_.services_.paths;
  const bool moves = existing && needs_own_folder(*existing, record.provider);
  if (moves && !location) {
    record.location = beside_managed_location(name);
  } else if (existing && !location) {
    record.location = existing->location;
    record.kind = existing->kind;
  } else {
    record.location =
        location
            ? paths.display(  // data that is there is only read; the writers ask for more
                  paths.resolve(session_.principal(), *location, storage::Access::kRead).location())
            : catalog_.managed_location(name.schema, name.table);
  }
  record.partition_columns = partition_by;

  const auto noted =
      existing && !moves ? storage::CleanupJournal::Entry() : note_new_folder(record);
  WriteTarget target{.format = record.provider, .path = record.location};
  target.partition_by = partition_by;
  target.partitioning_given = true;
  target.options = command.options;
  target.properties = command.properties;
  target.comment = command.comment;
  target.replace_table = command.replace;
  target.mode = command.replace ? plan::SaveMode::kOverwrite : plan::SaveMode::kErrorIfExists;
  if (query) {
    record.columns = nullable_schema(query->output);
    require_distinct_names(session_, record.columns);
    target.operation =
        command.replace ? "CREATE OR REPLACE TABLE AS SELECT" : "CREATE TABLE AS SELECT";
    write(target, query);
  } else {
    record.columns = columns;
    const bool has_table = has_data(session_, record.provider, record.location);
    if (record.provider == "delta" && (!has_table || command.replace)) {
      if (columns.empty() && location)
        throw Error("DELTA_CREATE_EXTERNAL_TABLE_WITHOUT_SCHEMA",
                    {{"tableName", name.quoted()},
                     {"path", *location},
                     {"logPath", *location + "/_delta_log"}});
      target.operation = command.replace ? "CREATE OR REPLACE TABLE" : "CREATE TABLE";
      write(target, empty_query(columns));
    } else if (columns.empty()) {
      // A table over data that is there: its schema is the data's.
      const auto folder =
          paths.resolve(session_.principal(), record.location, storage::Access::kRead);
      if (!session_.services_.store->head(folder) && record.provider != "delta")
        throw Error("UNABLE_TO_INFER_SCHEMA", {{"format", display_format(record.provider)}});
      record.columns = open_source(session_,
                                   plan::UnresolvedRead{.format = record.provider,
                                                        .paths = {record.location},
                                                        .options = record.options,
                                                        .schema = {},
                                                        .predicates = {}},
                                   std::nullopt)
                           ->schema();
    } else if (!has_table) {
      session_.services_.store->make_directories(
          paths.resolve(session_.principal(), record.location, storage::Access::kWrite));
    }
  }
  put_new_table(record, command.replace, existing, noted);
  return Rows{};
}

storage::CleanupJournal::Entry CommandRunner::note_new_folder(const catalog::TableRecord& record) {
  if (record.kind != catalog::TableKind::kManaged) return {};
  const auto folder = session_.services_.paths->resolve(session_.principal(), record.location,
                                                        storage::Access::kWrite);
  if (!session_.services_.store->list(folder).empty()) return {};
  return session_.services_.cleanup->note(record.location);
}

void CommandRunner::remove_folder(const std::string& location) {
  session_.services_.store->remove_directory(
      session_.services_.paths->resolve(session_.principal(), location, storage::Access::kWrite));
}

bool CommandRunner::needs_own_folder(const catalog::TableRecord& old, const std::string& provider) {
  if (old.provider == "delta" && provider == "delta") return false;
  return old.kind == catalog::TableKind::kManaged || old.provider == "delta" || provider == "delta";
}

std::string CommandRunner::beside_managed_location(const TableName& name) {
  return catalog_.managed_location(name.schema, name.table) + "-" + random_uuid();
}

void CommandRunner::put_new_table(const catalog::TableRecord& record, bool replace,
                                  const std::optional<catalog::TableRecord>& replaced,
                                  const storage::CleanupJournal::Entry& noted) {
  const bool leaves_folder = replaced && replaced->kind == catalog::TableKind::kManaged &&
                             replaced->location != record.location;
  const auto noted_old = leaves_folder ? session_.services_.cleanup->note(replaced->location)
                                       : storage::CleanupJournal::Entry();
  try {
    catalog_.put_table(record, replace, session_.principal());
  } catch (const Error&) {
    if (noted) remove_folder(record.location);
    throw;
  }
  LOCHAN_FAIL_POINT("catalog.replace_table.after");
  if (leaves_folder) remove_folder(replaced->location);
}

/// What only views in the catalog must keep to.
void CommandRunner::check_stored_view(const plan::CreateView& command, const TableName& name) {
  if (const auto temporary = temporary_view_in(command.query, names_, {})) {
    std::string quoted;
    for (const auto& part : *temporary)
      quoted += (quoted.empty() ? "" : ".") + types::quote_identifier(part);
    throw Error("INVALID_TEMP_OBJ_REFERENCE", {{"obj", "VIEW"},
                                               {"objName", name.quoted()},
                                               {"tempObj", "VIEW"},
                                               {"tempObjName", quoted}});
  }
  const auto resolved = analyze(command.query);
  if (const size_t given = command.columns.size(); given > 0 && given != resolved->output.size()) {
    std::string view, data;
    for (const auto& [column, comment] : command.columns)
      view += (view.empty() ? "" : ", ") + types::quote_identifier(column);
    for (const auto& column : resolved->output)
      data += (data.empty() ? "" : ", ") + types::quote_identifier(column.name);
    throw Error(given > resolved->output.size()
                    ? "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
                    : "CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS",
                {{"viewName", name.quoted()}, {"viewColumns", view}, {"dataColumns", data}});
  }
  for (const auto& column : resolved->output) {
    if (made_up(resolved, column.id))
      throw Error("CREATE_PERMANENT_VIEW_WITHOUT_ALIAS",
                  {{"name", name.quoted()}, {"attr", '"' + column.name + '"'}});
  }
}

std::optional<Rows> CommandRunner::run(const plan::CreateView& command) {
  if (!command.columns.empty() && !command.query) throw Error::internal("a view without a query");
  std::vector<std::string> column_names;
  for (const auto& [column, comment] : command.columns) column_names.push_back(column);
  plan::PlanPtr query = command.query;
  if (!column_names.empty()) query = plan::make_plan(plan::ToDf{query, column_names});

  if (command.temporary || command.global) {
    require_distinct_names(session_, plan::schema_of(analyze(query)->output));
    if (command.if_not_exists) throw Error::not_supported("CREATE TEMPORARY VIEW IF NOT EXISTS");
    session_.create_temp_view(command.view.back(), query, command.global, command.replace);
    return Rows{};
  }
  const TableName name = names_.table_name(command.view);
  const auto lock = lock_table(name);
  auto existing = catalog_.find_table(name.schema, name.table);
  if (existing && command.if_not_exists) return Rows{};
  check_stored_view(command, name);
  if (existing && existing->kind != catalog::TableKind::kView)
    throw Error(
        command.replace ? "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE" : "TABLE_OR_VIEW_ALREADY_EXISTS",
        {{"tableName", name.quoted()},
         {"operation", "CREATE OR REPLACE VIEW"},
         {"relationName", name.quoted()}});
  auto resolved = analyze(query);
  require_distinct_names(session_, plan::schema_of(resolved->output));
  catalog::TableRecord record;
  record.schema = name.schema;
  record.name = name.table;
  record.kind = catalog::TableKind::kView;
  record.columns = plan::schema_of(resolved->output);
  record.view_text = command.text;
  record.view_catalog = catalog::kSparkCatalog;
  record.view_schema = names_.current_namespace().back();
  record.view_columns = column_names;
  record.properties = command.properties;
  record.comment = command.comment;
  catalog_.put_table(record, command.replace, session_.principal());
  return Rows{};
}

void CommandRunner::drop_table(const TableName& name, const catalog::TableRecord& record) {
  // First the name, then the bytes: after a crash in between the files go at the next start.
  const bool managed = record.kind == catalog::TableKind::kManaged;
  const auto noted = managed ? session_.services_.cleanup->note(record.location)
                             : storage::CleanupJournal::Entry();
  catalog_.drop_table(name.schema, name.table, session_.principal());
  LOCHAN_FAIL_POINT("catalog.drop_table.after");
  if (managed) remove_folder(record.location);
}

std::optional<Rows> CommandRunner::run(const plan::DropObject& command) {
  if (command.kind == plan::DropObject::kSchema) {
    const std::string schema = names_.schema_name(command.name);
    std::vector<NamedLocks::Guard> locks;
    std::vector<storage::CleanupJournal::Entry> noted;
    if (command.cascade && catalog_.find_schema(schema)) {
      for (const auto& record : catalog_.tables(schema))
        locks.push_back(lock_table({schema, record.name}));
      for (const auto& record : catalog_.tables(schema)) {
        if (record.kind == catalog::TableKind::kManaged)
          noted.push_back(session_.services_.cleanup->note(record.location));
      }
    }
    auto dropped =
        catalog_.drop_schema(schema, command.if_exists, command.cascade, session_.principal());
    for (const auto& record : dropped)
      if (record.kind == catalog::TableKind::kManaged) remove_folder(record.location);
    return Rows{};
  }
  if (command.name.size() == 1) {
    std::lock_guard lock(session_.state_->mutex);
    if (session_.state_->temp_views.erase(lower_case(command.name[0]))) return Rows{};
  }
  if (command.name.size() == 2 && lower_case(command.name[0]) == "global_temp" &&
      session_.services_.global_views->drop(lower_case(command.name[1])))
    return Rows{};
  const TableName name = names_.table_name(command.name);
  const auto lock = lock_table(name);
  auto record = catalog_.find_table(name.schema, name.table);
  if (!record) {
    if (command.if_exists) return Rows{};
    throw Error("TABLE_OR_VIEW_NOT_FOUND",
                {{"relationName", name.quoted()}, {"searchPath", names_.search_path()}});
  }
  const bool is_view = record->kind == catalog::TableKind::kView;
  if (command.kind == plan::DropObject::kTable && is_view)
    throw Error("EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW",
                {{"viewName", name.quoted()}, {"operation", "DROP TABLE"}});
  if (command.kind == plan::DropObject::kView && !is_view)
    throw Error("EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE",
                {{"tableName", name.quoted()}, {"operation", "DROP VIEW"}});
  drop_table(name, *record);
  return Rows{};
}

std::optional<Rows> CommandRunner::run(const plan::CreateSchema& command) {
  catalog::SchemaRecord record;
  record.name = names_.schema_name(command.schema);
  if (command.location)
    record.location = session_.services_.paths->display(
        session_.services_.paths
            ->resolve(session_.principal(), *command.location, storage::Access::kWrite)
            .location());
  record.comment = command.comment;
  record.properties = command.properties;
  catalog_.create_schema(record, command.if_not_exists, session_.principal());
  return Rows{};
}

std::optional<Rows> CommandRunner::run(const plan::Use& command) {
  if (command.catalog ||
      (command.name.size() == 1 && lower_case(command.name[0]) == catalog::kSparkCatalog)) {
    if (lower_case(command.name[0]) != catalog::kSparkCatalog)
      throw Error("CATALOG_NOT_FOUND",
                  {{"catalogName", types::quote_identifier(command.name[0])},
                   {"config", "\"spark.sql.catalog." + command.name[0] + "\""}});
    return Rows{};
  }
  const std::string schema = names_.schema_name(command.name);
  const std::string found = catalog_.schema(schema).name;
  std::lock_guard lock(session_.state_->mutex);
  session_.state_->current_schema = found;
  return Rows{};
}

std::optional<Rows> CommandRunner::run(const plan::Truncate& command) {
  const auto record = require_table(command.table);
  if (record.provider != "delta")
    throw Error::not_supported("TRUNCATE TABLE of a " + record.provider + " table");
  WriteTarget target{
      .format = "delta", .path = record.location, .mode = plan::SaveMode::kOverwrite};
  target.operation = "TRUNCATE";
  target.hold = hold_table(names_.table_name(command.table), record);
  write(target, empty_query(names_.open_table(record, std::nullopt, std::nullopt)->schema()));
  return Rows{};
}

std::optional<Rows> CommandRunner::run(const plan::CacheTable& command) {
  // The rows of a table come from Delta's snapshot and the page cache: there is nothing to keep.
  // The name must exist.
  using Action = plan::CacheTable::Action;
  if (command.action == Action::kClear) return Rows{};
  if (command.query) {
    session_.create_temp_view(command.name.back(), command.query, false, true);
    return Rows{};
  }
  const auto relation = names_.find_relation(command.name, std::nullopt, std::nullopt, {});
  if (std::holds_alternative<std::monostate>(relation) && !command.if_exists)
    throw Error("TABLE_OR_VIEW_NOT_FOUND",
                {{"relationName", names_.table_name(command.name).quoted()},
                 {"searchPath", names_.search_path()}});
  return Rows{};
}

}  // namespace lochan::session
