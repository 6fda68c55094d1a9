#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The actions of Delta's transaction log as plain values (PROTOCOL.md, "Actions"). Their JSON is
/// in actions_json.h, what they add up to in log_replay.h.
namespace lochan::delta {

using Version = int64_t;

using StringMap = std::map<std::string, std::string, std::less<>>;
/// By (physical) column name; nullopt is a null partition value. An empty string means null as
/// well.
using PartitionValues = std::map<std::string, std::optional<std::string>, std::less<>>;

struct Metadata {
  std::string id;  // a UUID that stays with the table
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::string format_provider = "parquet";
  StringMap format_options;
  std::string schema_string;                   // Spark's JSON form of a struct type
  std::vector<std::string> partition_columns;  // logical names
  StringMap configuration;                     // the table properties
  std::optional<int64_t> created_time;         // ms
  bool operator==(const Metadata&) const = default;
};

struct Protocol {
  int min_reader_version = 1;
  int min_writer_version = 2;
  std::optional<std::vector<std::string>> reader_features;  // present iff min_reader_version = 3
  std::optional<std::vector<std::string>> writer_features;  // present iff min_writer_version = 7
  bool operator==(const Protocol&) const = default;
};

/// Where the rows are named that a data file has lost ("Deletion Vector Descriptor Schema").
struct DeletionVectorDescriptor {
  std::string storage_type;  // "u" file named by UUID, "i" inline, "p" absolute path
  std::string path_or_inline;
  std::optional<int32_t> offset;
  int32_t size_in_bytes = 0;
  int64_t cardinality = 0;
  std::string unique_id() const {
    return storage_type + path_or_inline + (offset ? "@" + std::to_string(*offset) : std::string());
  }
  bool operator==(const DeletionVectorDescriptor&) const = default;
};

struct AddFile {
  std::string path;  // as in the log: URI-encoded, relative to the table or absolute
  PartitionValues partition_values;
  int64_t size = 0;
  int64_t modification_time = 0;  // ms
  bool data_change = true;
  std::optional<std::string> stats;  // JSON text, see stats.h
  StringMap tags;
  std::optional<DeletionVectorDescriptor> deletion_vector;
  std::optional<int64_t> base_row_id;
  std::optional<int64_t> default_row_commit_version;
  std::optional<std::string> clustering_provider;
  bool operator==(const AddFile&) const = default;
};

struct RemoveFile {
  std::string path;
  std::optional<int64_t> deletion_timestamp;  // ms
  bool data_change = true;
  bool extended_file_metadata = false;  // then partition_values and size are there
  PartitionValues partition_values;
  std::optional<int64_t> size;
  std::optional<std::string> stats;
  StringMap tags;
  std::optional<DeletionVectorDescriptor> deletion_vector;
  std::optional<int64_t> base_row_id;
  std::optional<int64_t> default_row_commit_version;
  bool operator==(const RemoveFile&) const = default;
};

struct CdcFile {
  std::string path;
  PartitionValues partition_values;
  int64_t size = 0;
  StringMap tags;
  bool operator==(const CdcFile&) const = default;
};

/// "This application has written up to here": makes a retried write harmless.
struct SetTransaction {
  std::string app_id;
  int64_t version = 0;
  std::optional<int64_t> last_updated;  // ms
  bool operator==(const SetTransaction&) const = default;
};

struct DomainMetadata {
  std::string domain;
  std::string configuration;  // text of the domain's own
  bool removed = false;
  bool operator==(const DomainMetadata&) const = default;
};

/// Free-form provenance. Parameters are strings by name; what is not a string by nature is JSON
/// text ("[]"), as Spark writes them.
struct CommitInfo {
  std::optional<int64_t> timestamp;  // ms
  std::optional<int64_t> in_commit_timestamp;
  std::string operation;
  StringMap parameters;
  StringMap metrics;
  std::optional<Version> read_version;
  std::optional<std::string> isolation_level;
  std::optional<bool> is_blind_append;
  std::optional<std::string> user_id, user_name, user_metadata, engine_info, transaction_id;
  bool operator==(const CommitInfo&) const = default;
};

/// Only in checkpoints of the V2 specification.
struct CheckpointMetadata {
  Version version = 0;
  bool operator==(const CheckpointMetadata&) const = default;
};

/// A Parquet file in _delta_log/_sidecars that holds a checkpoint's file actions.
struct Sidecar {
  std::string path;  // URI-encoded file name
  int64_t size = 0;
  int64_t modification_time = 0;
  bool operator==(const Sidecar&) const = default;
};

using Action = std::variant<Metadata, Protocol, AddFile, RemoveFile, CdcFile, SetTransaction,
                            DomainMetadata, CommitInfo, CheckpointMetadata, Sidecar>;

}  // namespace lochan::delta
