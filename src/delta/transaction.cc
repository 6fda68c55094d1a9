#include "delta/transaction.h"

#include <cstdio>

#include "base/clock.h"
#include "base/error.h"
#include "base/fail_point.h"
#include "delta/log_replay.h"
#include "delta/partition_values.h"
#include "delta/table_features.h"
#include "delta/table_properties.h"
#include "delta/uri.h"

// What a change consists of. How it is committed is in transaction_commit.cc.
namespace lochan::delta {
namespace {

constexpr std::string_view kFeaturePrefix = "delta.feature.";

/// Properties that ask for a protocol are not kept in the table.
void strip_protocol_properties(StringMap& properties) {
  std::erase_if(properties, [](const auto& property) {
    return property.first.starts_with(kFeaturePrefix) ||
           property.first == "delta.minReaderVersion" || property.first == "delta.minWriterVersion";
  });
}

/// Throws unless all columns of `predicate` are partition columns.
void require_partition_columns(const Predicate& predicate, const TableSchema& schema) {
  if (!predicate.column.empty()) {
    const Column* column = schema.find(predicate.column.front());
    const bool is_partition =
        column != nullptr && predicate.column.size() == 1 &&
        schema.is_partition_column(static_cast<size_t>(column - schema.columns.data()));
    if (!is_partition) {
      std::string names;
      for (const size_t index : schema.partition_columns) {
        names += (names.empty() ? "" : ", ") + schema.fields[index].name;
      }
      throw Error("DELTA_NON_PARTITION_COLUMN_REFERENCE",
                  {{"columnName", predicate.column.front()}, {"columnList", names}});
    }
  }
  for (const auto& child : predicate.children) require_partition_columns(child, schema);
}

}  // namespace

Transaction::Transaction(TableAccess access, SnapshotPtr snapshot)
    : access_(std::move(access)), snapshot_(std::move(snapshot)), transaction_id_(random_uuid()) {}

Transaction Transaction::start(SnapshotPtr snapshot) {
  require_writable(snapshot->protocol(), snapshot->metadata(), snapshot->access().name);
  Transaction transaction(snapshot->access(), snapshot);
  transaction.metadata_ = snapshot->metadata();
  transaction.protocol_ = snapshot->protocol();
  transaction.schema_ = snapshot->schema();
  if (read_table_properties(snapshot->metadata()).in_commit_timestamps) {
    transaction.newest_timestamp_ms_ = snapshot->timestamp_ms();
  }
  return transaction;
}

Transaction Transaction::create(TableAccess access, const NewTable& table) {
  require_valid_schema(table.schema, table.partition_columns);
  require_valid_properties(table.properties);
  Transaction transaction(std::move(access), nullptr);
  Metadata metadata;
  metadata.id = random_uuid();
  metadata.name = table.name;
  metadata.description = table.description;
  metadata.schema_string = write_schema_string(table.schema);
  metadata.partition_columns = table.partition_columns;
  metadata.configuration = table.properties;
  metadata.created_time = now_micros() / 1000;
  transaction.set_metadata(std::move(metadata));
  transaction.changes_protocol_ = true;
  transaction.operation_.name = "CREATE TABLE";
  return transaction;
}

void Transaction::set_metadata(Metadata metadata) {
  Protocol protocol = protocol_for(metadata, snapshot_ ? &protocol_ : nullptr);
  strip_protocol_properties(metadata.configuration);
  require_writable(protocol, metadata, access_.name);
  schema_ = parse_table_schema(metadata);
  changes_protocol_ = changes_protocol_ || !(protocol == protocol_);
  changes_metadata_ = changes_metadata_ || !(metadata == metadata_);
  protocol_ = std::move(protocol);
  metadata_ = std::move(metadata);
}

void Transaction::set_schema(const types::Schema& schema,
                             const std::vector<std::string>& partition_columns) {
  require_valid_schema(schema, partition_columns);
  Metadata metadata = metadata_;
  metadata.schema_string = write_schema_string(schema);
  metadata.partition_columns = partition_columns;
  set_metadata(std::move(metadata));
}

void Transaction::set_properties(const StringMap& properties) {
  require_valid_properties(properties);
  Metadata metadata = metadata_;
  metadata.configuration = properties;
  if (snapshot_ && read_table_properties(metadata).in_commit_timestamps &&
      !read_table_properties(snapshot_->metadata()).in_commit_timestamps) {
    throw Error::not_supported("turning on in-commit timestamps for an existing table");
  }
  set_metadata(std::move(metadata));
}

void Transaction::add_file(const WrittenFile& file) {
  if (file.partition_values.size() != schema_.partition_columns.size()) {
    throw Error::internal("a written file has the wrong number of partition values");
  }
  const auto info = access_.store->head(access_.root.child(file.path));
  if (!info || info->size != file.size) {
    throw Error::internal("a written file is not there as it was written: " + file.path);
  }
  AddFile add;
  add.path = encode_uri_path(file.path);
  add.partition_values = format_partition_values(schema_, file.partition_values);
  add.size = file.size;
  add.modification_time = info->modified_ms;
  add.stats = write_statistics(file.statistics);
  LOCHAN_FAIL_POINT("delta.commit.file_described");
  added_.push_back(std::move(add));
  output_rows_ += file.statistics.num_records.value_or(0);
}

void Transaction::remove_file(const AddFile& file) {
  if (read_table_properties(metadata_).append_only) {
    throw Error("DELTA_CANNOT_MODIFY_APPEND_ONLY",
                {{"table_name", access_.name}, {"config", "delta.appendOnly"}});
  }
  if (!removed_keys_.insert(file_key(file.path, file.deletion_vector)).second) return;
  RemoveFile remove;
  remove.path = file.path;
  remove.deletion_timestamp = now_micros() / 1000;
  remove.extended_file_metadata = true;
  remove.partition_values = file.partition_values;
  remove.size = file.size;
  remove.tags = file.tags;
  remove.deletion_vector = file.deletion_vector;
  remove.base_row_id = file.base_row_id;
  remove.default_row_commit_version = file.default_row_commit_version;
  removed_.push_back(std::move(remove));
}

void Transaction::remove_all() {
  if (!snapshot_) return;
  reads_whole_table_ = true;
  for (const auto& file : snapshot_->files()) remove_file(file);
}

size_t Transaction::remove_matching(const Predicate& predicate) {
  if (!snapshot_) return 0;
  require_partition_columns(predicate, snapshot_->schema());
  const size_t before = removed_.size();
  for (const auto& file : snapshot_->files()) {
    const Outcomes outcomes = snapshot_->evaluate_partition(predicate, file);
    if (outcomes.can_be_true && !outcomes.is_always_true()) {
      throw Error::not_supported("a replacement condition that partition values do not decide");
    }
    if (outcomes.is_always_true()) remove_file(file);
  }
  read_predicates_.push_back(predicate);
  return removed_.size() - before;
}

size_t Transaction::remove_partitions(const std::vector<std::vector<types::Value>>& partitions) {
  Predicate any = Predicate::any({});
  for (const auto& values : partitions) {
    Predicate all = Predicate::all({});
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string& name = schema_.fields[schema_.partition_columns[i]].name;
      // "" and null are the same partition.
      const bool is_null = !format_partition_value(values[i]).has_value();
      all.children.push_back(is_null
                                 ? Predicate{Predicate::Op::kIsNull, {name}, {}, {}}
                                 : Predicate::compare(Predicate::Op::kEqual, {name}, values[i]));
    }
    any.children.push_back(std::move(all));
  }
  return remove_matching(any);
}

bool Transaction::set_application(const std::string& app_id, int64_t version) {
  if (snapshot_) {
    const auto known = snapshot_->transactions().find(app_id);
    if (known != snapshot_->transactions().end() && known->second.version >= version) return false;
  }
  applications_.push_back({app_id, version, now_micros() / 1000});
  return true;
}

std::string data_file_path(const TableSchema& schema,
                           const std::vector<types::Value>& partition_values, int task,
                           std::string_view suffix) {
  std::string path = partition_directory(schema, partition_values);
  if (!path.empty()) path += '/';
  char number[16];
  std::snprintf(number, sizeof number, "%05d", task);
  path.append("part-").append(number).append("-").append(random_uuid()).append("-c000");
  return path.append(suffix).append(".parquet");
}

}  // namespace lochan::delta
