#include "engine/parquet_writer.h"

#include <filesystem>

#include "base/clock.h"
#include "base/fail_point.h"
#include "duckdb/common/types/hugeint.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/parser/keyword_helper.hpp"
#include "duckdb/parser/parsed_data/copy_info.hpp"
#include "duckdb/parser/statement/copy_statement.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "engine/connection.h"
#include "engine/database.h"
#include "engine/errors.h"
#include "engine/file_number.h"
#include "engine/lowering/lowering.h"
#include "engine/parquet_copy.h"
#include "engine/stored_types.h"

namespace lochan::engine {
namespace {

using duckdb::make_uniq;
using duckdb::Value;
using types::TypeId;

/// A value that DuckDB reports as text.
std::optional<types::Value> from_text(const Value& text, const types::DataType& type) {
  if (text.IsNull()) return types::Value::null(type);
  if (type.is_string() || type.is(TypeId::kBinary))
    return types::Value{type, duckdb::StringValue::Get(text)};
  Value typed = text;
  if (!typed.DefaultTryCastAs(to_duckdb(type))) return std::nullopt;
  return from_duckdb(typed, type);
}

std::map<std::string, Value> entries_of(const Value& map) {
  std::map<std::string, Value> result;
  for (const auto& entry : duckdb::MapValue::GetChildren(map)) {
    const auto& pair = duckdb::StructValue::GetChildren(entry);
    result.emplace(duckdb::StringValue::Get(pair[0]), pair[1]);
  }
  return result;
}

/// As DuckDB's writer names a column in its statistics: "a"."b".
std::string statistics_name(const std::vector<std::string>& path) {
  std::string name;
  for (const auto& part : path)
    name += (name.empty() ? "" : ".") + duckdb::KeywordHelper::WriteQuoted(part, '"');
  return name;
}

delta::ColumnStatistics column_statistics(const delta::ColumnStatistics& wanted,
                                          const std::map<std::string, Value>& all) {
  delta::ColumnStatistics result{
      .path = wanted.path, .type = wanted.type, .min = {}, .max = {}, .null_count = {}};
  const auto found = all.find(statistics_name(wanted.path));
  if (found == all.end()) return result;
  const auto facts = entries_of(found->second);
  const auto get = [&](const char* name) {
    const auto f = facts.find(name);
    return f == facts.end() || f->second.IsNull() ? std::optional<Value>() : f->second;
  };
  if (auto nulls = get("null_count"))
    result.null_count = std::stoll(duckdb::StringValue::Get(*nulls));
  if (auto nan = get("has_nan"); nan && duckdb::StringValue::Get(*nan) == "true") return result;
  if (wanted.type.is(TypeId::kBinary)) return result;
  if (auto min = get("min")) result.min = from_text(*min, wanted.type);
  if (auto max = get("max")) result.max = from_text(*max, wanted.type);
  return result;
}

/// DuckDB's FIELD_IDS: a struct of ids by name, those of nested columns as structs with the key
/// __duckdb_field_id.
Value field_ids(const delta::Column& column) {
  duckdb::child_list_t<Value> children;
  if (column.field_id) children.emplace_back("__duckdb_field_id", Value::INTEGER(*column.field_id));
  for (const auto& child : column.children) {
    auto ids = field_ids(child);
    if (!ids.IsNull())
      children.emplace_back(column.type.is(TypeId::kStruct) ? child.physical_name : child.name,
                            std::move(ids));
  }
  if (children.empty()) return Value();
  if (children.size() == 1 && column.field_id) return Value::INTEGER(*column.field_id);
  return Value::STRUCT(std::move(children));
}

class Writer {
 public:
  Writer(Engine& engine, const QueryOptions& options, const ParquetWrite& write)
      : options_(options),
        write_(write),
        database_(engine.impl().database()),
        connection_(database_->instance()) {
    for (size_t i = 0; i < write.columns.size(); ++i) {
      const bool is_void = write.columns[i].type.is(TypeId::kNull);
      (is_void && !write.write_void ? left_out_ : kept_).push_back(i);
    }
  }

  std::vector<WrittenParquetFile> run(const plan::PlanPtr& query) {
    auto lowered = lower(*query, options_, database_->facts);
    auto pending = connection_.start(statement(std::move(lowered), query->output), options_.cancel);
    auto result = execute(*pending, *options_.cancel);
    std::vector<WrittenParquetFile> files;
    while (auto chunk = result->Fetch()) {
      for (duckdb::idx_t row = 0; row < chunk->size(); ++row) files.push_back(file(*chunk, row));
    }
    return files;
  }

 private:
  duckdb::unique_ptr<duckdb::SQLStatement> statement(Lowered lowered,
                                                     const plan::Attributes& output) {
    keep_alive_ = std::move(lowered.keep_alive);
    auto select = make_uniq<duckdb::SelectNode>();
    auto from = make_uniq<duckdb::SubqueryRef>(std::move(lowered.statement), "q");
    // Columns by position: ids may repeat in an output.
    for (size_t i = 0; i < output.size(); ++i)
      from->column_name_alias.push_back("w" + std::to_string(i));
    for (size_t i : kept_) {
      const auto& c = write_.columns[i];
      auto value = as_stored(named_column("w" + std::to_string(i)), c);
      if (is_partition(i)) value = partition_text(std::move(value), c.type);
      select->select_list.push_back(named(std::move(value), c.physical_name));
    }
    select->from_table = std::move(from);
    ParsedList computed;
    for (size_t i : left_out_) computed.push_back(is_null(named_column("w" + std::to_string(i))));
    select->where_clause = all_of(std::move(computed));
    if (write_.max_file_rows > 0) {
      ParsedList partition_by;
      for (size_t i : write_.partition_columns)
        partition_by.push_back(named_column("w" + std::to_string(i)));
      select->select_list.push_back(
          named(file_number(std::move(partition_by), write_.max_file_rows), kFileNumber));
    }

    auto copy = make_uniq<duckdb::CopyStatement>();
    auto& info = *(copy->info = make_uniq<duckdb::CopyInfo>());
    info.is_from = false;
    info.format = kParquetCopy;
    info.file_path = write_.directory;
    info.select_statement = std::move(select);
    auto set = [&](const char* name, Value value) { info.options[name] = {std::move(value)}; };
    set("return_stats", Value::BOOLEAN(true));
    set("overwrite_or_ignore", Value::BOOLEAN(true));
    set("filename_pattern", Value("part-{uuid}"));
    set("compression", Value(write_.compression.empty() ? "uncompressed" : write_.compression));
    set("row_group_size", Value::UBIGINT(write_.row_group_rows));
    if (write_.partition_columns.empty() && write_.max_file_rows <= 0) {
      set("file_size_bytes", Value::UBIGINT(write_.max_file_bytes));
      set("write_empty_file", Value::BOOLEAN(write_.write_empty_file));
    } else {
      duckdb::vector<Value> names;
      for (size_t i : write_.partition_columns) names.emplace_back(write_.columns[i].physical_name);
      if (write_.max_file_rows > 0) names.emplace_back(kFileNumber);
      info.options["partition_by"] = std::move(names);
      // Directories are the caller's business: values may hold what a path cannot.
      set("hive_file_pattern", Value::BOOLEAN(false));
    }
    if (write_.write_field_ids) {
      duckdb::child_list_t<Value> ids;
      for (size_t i : kept_) {
        if (is_partition(i)) continue;
        auto id = field_ids(write_.columns[i]);
        if (!id.IsNull()) ids.emplace_back(write_.columns[i].physical_name, std::move(id));
      }
      if (!ids.empty()) set("field_ids", Value::STRUCT(std::move(ids)));
    }
    if (!write_.metadata.empty()) {
      duckdb::child_list_t<Value> pairs;
      for (const auto& [key, value] : write_.metadata) pairs.emplace_back(key, Value(value));
      set("kv_metadata", Value::STRUCT(std::move(pairs)));
    }
    return copy;
  }

  /// Texts and bytes as a text that can name a folder: it must be UTF-8.
  static Parsed partition_text(Parsed value, const types::DataType& type) {
    if (!type.is_string() && !type.is(TypeId::kBinary)) return value;
    KernelSpec spec;
    spec.arguments = {type};
    spec.result = TypeId::kString;
    if (type.is(TypeId::kBinary))
      value = call("lochan_cast", list(std::move(value), constant(Value(spec.encode()))));
    spec.arguments = {TypeId::kString};
    return call("lochan_validate_utf8", list(std::move(value), constant(Value(spec.encode()))));
  }

  bool is_partition(size_t column) const {
    return std::find(write_.partition_columns.begin(), write_.partition_columns.end(), column) !=
           write_.partition_columns.end();
  }

  WrittenParquetFile file(const duckdb::DataChunk& chunk, duckdb::idx_t row) const {
    WrittenParquetFile f;
    f.path = duckdb::StringValue::Get(chunk.GetValue(0, row));
    f.rows = chunk.GetValue(1, row).GetValue<int64_t>();
    f.size = chunk.GetValue(2, row).GetValue<int64_t>();
    const auto statistics = entries_of(chunk.GetValue(4, row));
    const auto keys = chunk.GetValue(5, row);
    const auto partitions = keys.IsNull() ? std::map<std::string, Value>() : entries_of(keys);
    for (size_t i : write_.partition_columns) {
      const auto& c = write_.columns[i];
      const auto found = partitions.find(c.physical_name);
      auto value = found == partitions.end() ? std::nullopt : from_text(found->second, c.type);
      if (!value) throw Error::internal("the partition value of " + f.path + " is unknown");
      f.partition_values.push_back(std::move(*value));
    }
    if (const auto number = partitions.find(kFileNumber); number != partitions.end())
      f.number = std::stoll(number->second.ToString());
    f.statistics.num_records = f.rows;
    for (const auto& wanted : write_.statistics)
      f.statistics.columns.push_back(column_statistics(wanted, statistics));
    return f;
  }

  const QueryOptions& options_;
  const ParquetWrite& write_;
  std::vector<std::shared_ptr<const void>> keep_alive_;
  std::shared_ptr<const Database> database_;
  OperationConnection connection_;
  std::vector<size_t> kept_, left_out_;
};

}  // namespace

std::vector<WrittenParquetFile> write_parquet(Engine& engine, const plan::PlanPtr& query,
                                              const QueryOptions& options,
                                              const ParquetWrite& write) {
  namespace fs = std::filesystem;
  options.cancel->throw_if_cancelled();
  // All files come to lie in a directory of their own first, so that a failure leaves nothing.
  ParquetWrite own = write;
  own.directory = write.directory + "/.lochan-" + random_uuid();
  std::error_code ignored;
  try {
    fs::create_directories(own.directory);
    auto files = Writer(engine, options, own).run(query);
    for (auto& f : files) {
      auto target = write.directory + "/part-" + random_uuid() + ".parquet";
      fs::rename(f.path, target);
      f.path = std::move(target);
      LOCHAN_FAIL_POINT("engine.parquet.file_named");
    }
    fs::remove_all(own.directory, ignored);
    return files;
  } catch (...) {
    const auto failure = std::current_exception();
    fs::remove_all(own.directory, ignored);
    try {
      std::rethrow_exception(failure);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& e) {
      throw translate(duckdb::ErrorData(e));
    }
  }
}

std::vector<std::pair<std::string, std::string>> spark_metadata(const types::Schema& schema) {
  return {{"org.apache.spark.version", "4.2.0"},
          {"org.apache.spark.sql.parquet.row.metadata", types::DataType::structure(schema).json()}};
}

}  // namespace lochan::engine
