#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "delta/actions.h"
#include "delta/snapshot.h"
#include "delta/stats.h"
#include "delta/table_access.h"

namespace lochan::delta {

/// What commitInfo says was done: {"WRITE", {{"mode", "Append"}, {"partitionBy", "[]"}}}.
struct Operation {
  std::string name = "WRITE";
  StringMap parameters;
  StringMap metrics;
  std::optional<std::string> user_metadata, user_name;
};

/// What a new table is to be.
struct NewTable {
  types::Schema schema;
  std::vector<std::string> partition_columns;
  StringMap properties;
  std::optional<std::string> name, description;
};

/// A data file that a writer has finished below the table's directory.
struct WrittenFile {
  std::string
      path;  // relative to the table, plain text (not URI-encoded), as data_file_path() made it
  int64_t size = 0;
  std::vector<types::Value> partition_values;  // in the order of TableSchema::partition_columns
  FileStatistics statistics;                   // physical paths; num_records always there
};

struct CommitResult {
  Version version = 0;
  int attempts = 1;
};

/// One change of one table: prepare, write files, commit. Files become visible when commit()
/// returns, all at once, or never. Of one thread at a time.
///
///   Transaction t = Transaction::start(snapshot);         // or create(...)
///   ... write Parquet files at data_file_path(...) ...
///   t.add_file(written);  t.remove_all();                 // append, or overwrite
///   t.commit();
///
/// A transaction that is dropped has changed nothing in the log; its files are garbage that the
/// writer removes.
class Transaction {
 public:
  /// Changes the table of `snapshot`. Throws DELTA_UNSUPPORTED_FEATURES_FOR_WRITE (or
  /// INVALID_PROTOCOL_VERSION) when the table asks of writers what we do not do.
  static Transaction start(SnapshotPtr snapshot);
  /// Makes version 0 of a new table with the least protocol that its schema and properties need.
  /// Throws on a schema that Delta cannot hold; commit() throws DELTA_PROTOCOL_CHANGED when
  /// somebody else created the table meanwhile.
  static Transaction create(TableAccess access, const NewTable& table);

  const TableAccess& access() const { return access_; }
  /// The state that this transaction read; null for a new table.
  const SnapshotPtr& snapshot() const { return snapshot_; }
  /// Metadata, protocol and schema as they will be after the commit: what files must be written by.
  const Metadata& metadata() const { return metadata_; }
  const Protocol& protocol() const { return protocol_; }
  const TableSchema& schema() const { return schema_; }

  Operation& operation() { return operation_; }

  /// Changes schema and partitioning (overwriteSchema, mergeSchema); the table's id and properties
  /// stay. Upgrades the protocol where the new types need it.
  void set_schema(const types::Schema& schema, const std::vector<std::string>& partition_columns);
  /// Replaces the table properties. In-commit timestamps cannot be turned on here yet
  /// (UNSUPPORTED_FEATURE).
  void set_properties(const StringMap& properties);

  /// Adds a file, which must be there and durable. Columns that the schema calls not nullable must
  /// hold no nulls: the writer checks.
  void add_file(const WrittenFile& file);
  /// Takes a file of the snapshot away.
  void remove_file(const AddFile& file);
  /// Takes all files away: overwrite. Reads the whole table, as far as conflicts go.
  void remove_all();
  /// Takes away the files whose partition values make `predicate` true (replaceWhere on partition
  /// columns, INSERT OVERWRITE PARTITION). Returns how many. Throws
  /// DELTA_NON_PARTITION_COLUMN_REFERENCE for other columns, UNSUPPORTED_FEATURE when the values do
  /// not decide it.
  size_t remove_matching(const Predicate& predicate);
  /// Takes away the files of exactly these partitions (dynamic partition overwrite).
  size_t remove_partitions(const std::vector<std::vector<types::Value>>& partitions);
  /// Says that the change depends on rows that it read (INSERT ... SELECT from the same table):
  /// then other writers' changes conflict with it.
  void depend_on_whole_table() { reads_whole_table_ = true; }
  /// Idempotence: records that application `app_id` has written `version`. False, and nothing is
  /// recorded, if the snapshot says that it already had.
  bool set_application(const std::string& app_id, int64_t version);

  /// Makes the change durable and visible as one version. Retries behind other writers where
  /// Delta's conflict rules allow it; else throws DELTA_CONCURRENT_APPEND,
  /// DELTA_CONCURRENT_DELETE_READ, DELTA_CONCURRENT_DELETE_DELETE, DELTA_METADATA_CHANGED,
  /// DELTA_PROTOCOL_CHANGED, DELTA_CONCURRENT_TRANSACTION. An uncertain failure of the store is
  /// settled by reading the version back and comparing the transaction id. May be called once.
  CommitResult commit();

 private:
  Transaction(TableAccess access, SnapshotPtr snapshot);
  void set_metadata(Metadata metadata);
  std::string build_commit() const;
  CommitInfo make_commit_info() const;
  bool is_blind_append() const;
  /// True if `actions` are this transaction's own: an attempt that looked failed had succeeded.
  bool is_own_commit(const std::vector<Action>& actions) const;
  void check_winner(const std::vector<Action>& actions, Version version);

  TableAccess access_;
  SnapshotPtr snapshot_;
  Metadata metadata_;
  Protocol protocol_;
  TableSchema schema_;
  bool changes_metadata_ = false, changes_protocol_ = false;
  Operation operation_;
  std::string transaction_id_;
  std::vector<AddFile> added_;
  int64_t output_rows_ = 0;
  std::vector<RemoveFile> removed_;
  std::vector<SetTransaction> applications_;
  bool reads_whole_table_ = false;
  std::vector<Predicate> read_predicates_;
  std::set<std::string> removed_keys_;  // file_key() of what is removed, all of which was read
  int64_t newest_timestamp_ms_ =
      0;  // in-commit timestamp of the newest commit known; ours must be greater
  bool committed_ = false;
};

/// Where a new data file goes, relative to the table, as Spark names it:
/// "p=1/part-00003-<uuid>-c000.snappy.parquet". `suffix`: of the codec, ".snappy".
std::string data_file_path(const TableSchema& schema,
                           const std::vector<types::Value>& partition_values, int task,
                           std::string_view suffix);

}  // namespace lochan::delta
