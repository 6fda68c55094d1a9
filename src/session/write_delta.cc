#include "session/write_delta.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/tree.h"
#include "base/ascii.h"
#include "base/error.h"
#include "base/fail_point.h"
#include "delta/pruning.h"
#include "delta/snapshot.h"
#include "delta/transaction.h"
#include "engine/engine.h"
#include "engine/parquet_writer.h"
#include "engine/sources.h"
#include "session/align_columns.h"
#include "session/data_sources.h"
#include "session/session_state.h"
#include "session/staging.h"
#include "session/write_files.h"
#include "sql/parser.h"

namespace lochan::session {
namespace {

using types::Value;

bool option(const WriteTarget& target, const std::string& key) {
  auto it = target.options.find(key);
  return it != target.options.end() && lower_case(it->second) == "true";
}

/// NOT NULL columns must have no nulls; DELTA_NOT_NULL_CONSTRAINT_VIOLATED otherwise.
void require_not_null(const std::vector<engine::WrittenParquetFile>& files,
                      const delta::TableSchema& schema) {
  for (const auto& column : schema.columns) {
    if (column.nullable) continue;
    for (const auto& file : files)
      for (const auto& written : file.statistics.columns)
        if (written.path.front() == column.physical_name && written.path.size() == 1 &&
            written.null_count.value_or(0) > 0)
          throw Error("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", {{"columnName", column.name}});
  }
}

/// The columns that Delta keeps statistics of, and those that must not be null.
std::vector<delta::ColumnStatistics> wanted_statistics(const delta::Transaction& transaction) {
  const auto& schema = transaction.schema();
  auto wanted = delta::columns_with_statistics(schema, transaction.metadata());
  for (size_t i : schema.data_columns()) {
    const auto& column = schema.columns[i];
    const std::vector<std::string> path{column.physical_name};
    const bool there =
        std::any_of(wanted.begin(), wanted.end(), [&](const auto& w) { return w.path == path; });
    if (!column.nullable && !there && column.children.empty())
      wanted.push_back({path, column.type, {}, {}, {}});
  }
  return wanted;
}

/// Rows of a file that a condition over other columns does not select would have to be written
/// again.
void require_partition_columns(const plan::ExpressionPtr& condition,
                               const plan::Attributes& columns, const delta::TableSchema& schema) {
  analysis::IdSet used;
  analysis::collect_references(condition, used);
  for (size_t i = 0; i < columns.size(); ++i)
    if (used.contains(columns[i].id) && !schema.is_partition_column(i))
      throw Error::not_supported("replaceWhere on the column " +
                                 types::quote_identifier(columns[i].name) +
                                 ", by which the table is not partitioned");
}

/// replaceWhere: takes away the files that the condition selects, and refuses rows that it does
/// not.
void replace_where(Session& session, delta::Transaction& transaction, const WriteTarget& target,
                   const std::vector<std::vector<Value>>& written_partitions) {
  const auto& schema = transaction.schema();
  plan::Attributes columns;
  for (const auto& field : schema.fields)
    columns.push_back({.id = plan::new_attribute_id(), .name = field.name, .type = field.type});
  plan::ExpressionPtr condition = target.replace_where;
  if (!condition)
    condition = sql::parse_expression(
        std::make_shared<const std::string>(target.options.at("replacewhere")), {});
  auto rows = plan::make_resolved_plan(plan::InlineTable{}, columns);
  auto filter = session.analyze(plan::make_plan(plan::Filter{rows, condition}));
  const auto* resolved = filter->as<plan::Filter>();
  if (!resolved) throw Error::not_supported("this replaceWhere condition");
  require_partition_columns(resolved->condition, columns, schema);
  const auto predicate = engine::pruning_predicate({resolved->condition}, columns);
  for (const auto& partition : written_partitions) {
    const auto facts =
        [&](const std::vector<std::string>& path) -> std::optional<delta::ColumnFacts> {
      for (size_t i = 0; i < partition.size(); ++i) {
        if (path.size() != 1 || schema.fields[schema.partition_columns[i]].name != path[0])
          continue;
        const auto& value = partition[i];
        if (value.is_null())
          return delta::ColumnFacts{
              .can_be_null = true, .can_be_value = false, .is_constant = true};
        return delta::ColumnFacts{
            .can_be_null = false, .min = value, .max = value, .is_constant = true};
      }
      return std::nullopt;
    };
    if (!delta::evaluate(predicate, facts).is_always_true())
      throw Error("DELTA_REPLACE_WHERE_MISMATCH",
                  {{"replaceWhere", target.options.contains("replacewhere")
                                        ? target.options.at("replacewhere")
                                        : "the condition"},
                   {"message", "a written row is in another partition"}});
  }
  transaction.remove_matching(predicate);
}

/// The snapshot to write after: the newest one, unless the query has read an older one as the
/// newest. Then that one, so that what was committed since is seen as a conflict and not
/// overwritten unseen.
delta::SnapshotPtr base_snapshot(const plan::PlanPtr& query, delta::SnapshotPtr newest) {
  delta::SnapshotPtr base = newest;
  std::function<void(const plan::PlanPtr&)> visit;
  const std::function<void(const plan::ExpressionPtr&)> visit_subqueries =
      [&](const plan::ExpressionPtr& e) {
        if (!e) return;
        if (const auto* subquery = e->as<plan::Subquery>(); subquery && subquery->plan)
          visit(subquery->plan);
        for (const auto& child : plan::children(*e)) visit_subqueries(child);
      };
  visit = [&](const plan::PlanPtr& node) {
    if (const auto* scan = node->as<plan::Scan>()) {
      const auto read = engine::newest_snapshot_of(*scan->source);
      if (read && read->version() < base->version() &&
          read->metadata().id == newest->metadata().id &&
          read->access().root.location().uri() == newest->access().root.location().uri())
        base = read;
    }
    for (const auto& e : plan::expressions(*node)) visit_subqueries(e);
    for (const auto& child : plan::children(*node)) visit(child);
  };
  visit(query);
  return base;
}

std::string mode_name(plan::SaveMode mode) {
  switch (mode) {
    case plan::SaveMode::kAppend: return "Append";
    case plan::SaveMode::kOverwrite: return "Overwrite";
    case plan::SaveMode::kErrorIfExists: return "ErrorIfExists";
    case plan::SaveMode::kIgnore: return "Ignore";
  }
  return "";
}

delta::StringMap to_string_map(const plan::Options& options) {
  return {options.begin(), options.end()};
}

}  // namespace

WriteSummary write_delta(Session& session, const WriteTarget& target, const plan::PlanPtr& query,
                         const CancelTokenPtr& cancel) {
  if (query->output.empty() && !target.operation.ends_with("TABLE"))
    throw Error("DELTA_EMPTY_DATA");
  const auto access = delta_access(session, target.path, storage::Access::kWrite);
  auto& store = *access.store;
  auto snapshot = delta::Snapshot::load_if_exists(access);
  const bool exists = snapshot != nullptr;
  if (exists && target.mode == plan::SaveMode::kErrorIfExists)
    throw Error("DELTA_PATH_EXISTS", {{"path", access.root.location().uri()}});
  if (exists && target.mode == plan::SaveMode::kIgnore) return {.skipped = true};
  // Data files without a log are no table: a save may begin one beside them.
  if (!exists && !store.list(access.root).empty() && target.operation != "WRITE" &&
      target.mode == plan::SaveMode::kErrorIfExists && !target.replace_table)
    throw Error("DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION",
                {{"tableId", target.path}, {"tableLocation", access.root.location().uri()}});

  const bool keeps_nullability =
      target.operation == "CREATE TABLE" || target.operation == "CREATE OR REPLACE TABLE";
  const bool overwrite = target.mode == plan::SaveMode::kOverwrite;
  const bool new_schema =
      !exists || target.replace_table || (overwrite && option(target, "overwriteschema"));
  if (exists && overwrite) snapshot = base_snapshot(query, snapshot);
  std::optional<delta::Transaction> transaction;
  plan::PlanPtr rows = query;

  if (!exists) {
    delta::NewTable table;
    table.schema =
        keeps_nullability ? plan::schema_of(query->output) : nullable_schema(query->output);
    table.partition_columns = target.partition_by;
    table.properties = to_string_map(target.properties);
    table.description = target.comment;
    transaction.emplace(delta::Transaction::create(access, table));
  } else {
    transaction.emplace(delta::Transaction::start(snapshot));
    if (new_schema) {
      transaction->set_schema(
          keeps_nullability ? plan::schema_of(query->output) : nullable_schema(query->output),
          target.partition_by);
      if (target.replace_table) transaction->set_properties(to_string_map(target.properties));
    } else {
      std::vector<std::string> partitioning;
      for (size_t i : snapshot->schema().partition_columns)
        partitioning.push_back(snapshot->schema().fields[i].name);
      if (target.partitioning_given && target.partition_by != partitioning)
        throw Error("DELTA_PARTITION_COLUMNS_MISMATCH",
                    {{"given", nlohmann::json(target.partition_by).dump()},
                     {"table", nlohmann::json(partitioning).dump()}});
      types::Schema extra;
      const bool merge =
          option(target, "mergeschema") ||
          session.config().get_bool("spark.databricks.delta.schema.autoMerge.enabled");
      rows = align_columns(session, query, snapshot->schema().fields, target,
                           merge ? &extra : nullptr);
      if (!extra.empty()) {
        auto fields = snapshot->schema().fields;
        fields.insert(fields.end(), extra.begin(), extra.end());
        transaction->set_schema(fields, partitioning);
      }
    }
  }
  if (auto app = target.options.find("txnappid"); app != target.options.end()) {
    auto version = target.options.find("txnversion");
    if (version == target.options.end())
      throw Error("DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS",
                  {{"reason", "txnAppId needs txnVersion"}});
    if (!transaction->set_application(app->second, std::stoll(version->second)))
      return {.skipped = true};
  }

  // The columns of the query stand in the order of the table's.
  const auto& schema = transaction->schema();
  engine::ParquetWrite request;
  request.columns = schema.columns;
  request.partition_columns = schema.partition_columns;
  request.write_field_ids = schema.mapping != delta::ColumnMapping::kNone;
  request.statistics = wanted_statistics(*transaction);
  request.metadata = engine::spark_metadata(schema.fields);
  request.max_file_rows = max_records_per_file(session, target);
  const FileCodec codec = parquet_codec(session, target);
  request.compression = codec.engine_name;

  LOCHAN_FAIL_POINT("delta.write.before_staging");
  NamedLocks::Guard held;
  Staging staging(session, access.root, Staging::kLogged);
  request.directory = store.local_path(staging.folder());
  engine::QueryOptions options{.context = session.resolve_context(), .cancel = cancel};
  LOCHAN_FAIL_POINT("delta.write.before_files");
  auto files = engine::write_parquet(*session.services().engine, rows, options, request);
  LOCHAN_FAIL_POINT("delta.write.after_files");
  require_not_null(files, schema);

  if (target.hold) held = target.hold();
  WriteSummary summary;
  std::vector<std::vector<Value>> partitions;
  int task = 0;
  for (auto& file : files) {
    if (file.rows == 0) continue;
    const std::string path =
        delta::data_file_path(schema, file.partition_values, task++, codec.suffix);
    staging.place_local(file.path, path);
    LOCHAN_FAIL_POINT("delta.write.file_placed");
    partitions.push_back(file.partition_values);
    summary.rows += file.rows;
    summary.bytes += file.size;
    ++summary.files;
    transaction->add_file({.path = path,
                           .size = file.size,
                           .partition_values = file.partition_values,
                           .statistics = std::move(file.statistics)});
  }

  LOCHAN_FAIL_POINT("delta.write.files_placed");
  if (exists && overwrite) {
    const bool dynamic = !schema.partition_columns.empty() &&
                         (target.dynamic_overwrite || asks_for_dynamic_overwrite(session, target));
    if (target.replace_where || target.options.contains("replacewhere")) {
      replace_where(session, *transaction, target, partitions);
    } else if (dynamic && !new_schema) {
      transaction->remove_partitions(partitions);
    } else {
      transaction->remove_all();
    }
  }
  auto& operation = transaction->operation();
  operation.name = target.operation.empty() ? "WRITE" : target.operation;
  operation.user_name = session.principal();
  operation.parameters = {{"mode", mode_name(target.mode)},
                          {"partitionBy", nlohmann::json(target.partition_by).dump()}};
  // Delta keeps a list of conjuncts; ours is the condition as it was written.
  if (auto it = target.options.find("replacewhere");
      it != target.options.end() && exists && overwrite)
    operation.parameters["predicate"] = nlohmann::json({it->second}).dump();
  operation.metrics = {{"numFiles", std::to_string(summary.files)},
                       {"numOutputRows", std::to_string(summary.rows)},
                       {"numOutputBytes", std::to_string(summary.bytes)}};
  if (auto it = target.options.find("usermetadata"); it != target.options.end())
    operation.user_metadata = it->second;
  LOCHAN_FAIL_POINT("delta.write.before_commit");
  cancel->throw_if_cancelled();
  // From here on the files may be part of a version: they are garbage only if another writer's
  // change provably won.
  staging.keep();
  try {
    summary.version = transaction->commit().version;
  } catch (const Error& error) {
    if (error.condition().starts_with("DELTA_CONCURRENT") ||
        error.condition() == "DELTA_METADATA_CHANGED" ||
        error.condition() == "DELTA_PROTOCOL_CHANGED")
      staging.drop();
    throw;
  }
  LOCHAN_FAIL_POINT("delta.write.committed");
  return summary;
}

}  // namespace lochan::session
