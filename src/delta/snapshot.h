#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/deletion_vector.h"
#include "delta/predicate.h"
#include "delta/schema.h"
#include "delta/table_access.h"
#include "types/value.h"

namespace lochan::delta {

/// One data file of a scan.
struct ScanFile {
  const AddFile* add = nullptr;                // lives as long as the snapshot
  std::vector<types::Value> partition_values;  // typed, in the order of schema().partition_columns
  std::optional<int64_t> num_records;  // physical rows, deleted ones included; from the statistics
};

/// What is known of all values of a column.
struct ColumnBounds {
  std::optional<types::Value> min, max;  // hold for every value; missing: unknown
  bool may_be_null = true;
};

/// A table as it was after one commit: protocol, metadata, the live files. Immutable; share it
/// between threads. It holds every AddFile in memory.
///
/// Reading a data file: open file(add); match schema().columns by field id (kId), else by
/// physical_name; a column that the file lacks is null; partition columns come from
/// ScanFile::partition_values, never from the file; rows whose number (0-based position in the
/// file) is in deletion_vector(add) are not there.
class Snapshot {
 public:
  /// Loads `version`, or the latest. Throws DELTA_PATH_DOES_NOT_EXIST when there is no table,
  /// DELTA_VERSION_NOT_FOUND, DELTA_VERSIONS_NOT_CONTIGUOUS, DELTA_TRUNCATED_TRANSACTION_LOG,
  /// DELTA_STATE_RECOVER_ERROR on a broken log, and DELTA_UNSUPPORTED_FEATURES_FOR_READ or
  /// DELTA_INVALID_PROTOCOL_VERSION for a table that we cannot read exactly.
  static std::shared_ptr<const Snapshot> load(const TableAccess& access,
                                              std::optional<Version> version = std::nullopt);
  /// The latest version; null when there is no table.
  static std::shared_ptr<const Snapshot> load_if_exists(const TableAccess& access);
  /// The state as of `timestamp_ms` (TIMESTAMP AS OF): the last commit not after it. Throws
  /// DELTA_TIMESTAMP_GREATER_THAN_COMMIT or DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION.
  static std::shared_ptr<const Snapshot> load_at(const TableAccess& access, int64_t timestamp_ms);

  const TableAccess& access() const { return access_; }
  Version version() const { return version_; }
  /// When the version was committed: in-commit timestamp where the table has them, else the log
  /// file's time. ms.
  int64_t timestamp_ms() const { return timestamp_ms_; }
  const Protocol& protocol() const { return protocol_; }
  const Metadata& metadata() const { return metadata_; }
  const TableSchema& schema() const { return schema_; }
  /// All live files, in no particular order.
  const std::vector<AddFile>& files() const { return files_; }
  /// The tombstones that the log still holds.
  const std::vector<RemoveFile>& tombstones() const { return tombstones_; }
  const std::map<std::string, SetTransaction, std::less<>>& transactions() const {
    return transactions_;
  }
  const std::map<std::string, DomainMetadata, std::less<>>& domains() const { return domains_; }

  /// The files that may hold rows for which `predicate` is true.
  std::vector<ScanFile> plan_scan(const Predicate& predicate = Predicate::unknown()) const;
  /// What `files` say together, by partition values and statistics, of each column of schema():
  /// bounds for integers, decimals, dates and timestamps, and nulls for all.
  std::vector<ColumnBounds> column_bounds(const std::vector<ScanFile>& files) const;
  /// A file's partition values, typed, in the order of schema().partition_columns.
  std::vector<types::Value> partition_values(const AddFile& add) const;
  /// What `predicate` comes out as by the partition values of `add` alone; other columns may be
  /// anything.
  Outcomes evaluate_partition(const Predicate& predicate, const AddFile& add) const;
  /// The right to read a data file: below the table, or by TableAccess::resolve for an absolute
  /// path.
  storage::Grant file(const AddFile& add) const;
  /// The deleted rows of `add`; empty if it has no deletion vector. Reads the store.
  DeletionVector deletion_vector(const AddFile& add) const;

 private:
  friend class SnapshotBuilder;
  explicit Snapshot(TableAccess access) : access_(std::move(access)) {}

  TableAccess access_;
  Version version_ = 0;
  int64_t timestamp_ms_ = 0;
  Protocol protocol_;
  Metadata metadata_;
  TableSchema schema_;
  std::vector<AddFile> files_;
  std::vector<RemoveFile> tombstones_;
  std::map<std::string, SetTransaction, std::less<>> transactions_;
  std::map<std::string, DomainMetadata, std::less<>> domains_;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// The newest version in the log; nullopt when there is no table (no log, or no commit in it).
std::optional<Version> find_latest_version(const TableAccess& access);

}  // namespace lochan::delta
