#include "delta/snapshot.h"

#include "base/error.h"
#include "delta/history.h"
#include "delta/log_replay.h"
#include "delta/log_segment.h"
#include "delta/partition_values.h"
#include "delta/table_features.h"
#include "delta/table_properties.h"
#include "delta/uri.h"

namespace lochan::delta {

/// Fills a Snapshot; checks that the table may be read before its schema is looked at.
class SnapshotBuilder {
 public:
  static SnapshotPtr build(const TableAccess& access, const LogSegment& segment) {
    TableState state = replay(access, segment);
    const auto require = [&](bool there, const char* what) {
      if (there) return;
      throw Error("DELTA_STATE_RECOVER_ERROR",
                  {{"operation", what}, {"version", std::to_string(segment.version)}});
    };
    require(state.protocol.has_value(), "protocol");
    require(state.metadata.has_value(), "metadata");
    require_readable(*state.protocol, *state.metadata, access.name);
    if (state.metadata->format_provider != "parquet") {
      throw Error::not_supported("Delta tables of the format " + state.metadata->format_provider);
    }

    std::shared_ptr<Snapshot> snapshot(new Snapshot(access));
    snapshot->version_ = segment.version;
    snapshot->protocol_ = std::move(*state.protocol);
    snapshot->metadata_ = std::move(*state.metadata);
    snapshot->schema_ = parse_table_schema(snapshot->metadata_);
    snapshot->files_ = std::move(state.files);
    snapshot->tombstones_ = std::move(state.tombstones);
    snapshot->transactions_ = std::move(state.transactions);
    snapshot->domains_ = std::move(state.domains);
    snapshot->timestamp_ms_ = commit_time(access, segment, *snapshot, state.last_commit);
    return snapshot;
  }

 private:
  static int64_t commit_time(const TableAccess& access, const LogSegment& segment,
                             const Snapshot& snapshot, std::optional<CommitInfo> info) {
    if (read_table_properties(snapshot.metadata()).in_commit_timestamps) {
      // At a checkpoint's own version no commit has been read.
      if (!info && segment.last_commit) info = read_commit_info(access, segment.version);
      if (info && info->in_commit_timestamp) return *info->in_commit_timestamp;
    }
    if (segment.last_commit) return segment.last_commit->modified_ms;
    return segment.checkpoint.empty() ? 0 : segment.checkpoint.front().modified_ms;
  }
};

SnapshotPtr Snapshot::load(const TableAccess& access, std::optional<Version> version) {
  const auto segment = find_log_segment(access, version);
  if (!segment) throw Error("DELTA_PATH_DOES_NOT_EXIST", {{"path", access.name}});
  return SnapshotBuilder::build(access, *segment);
}

SnapshotPtr Snapshot::load_if_exists(const TableAccess& access) {
  const auto segment = find_log_segment(access);
  return segment ? SnapshotBuilder::build(access, *segment) : nullptr;
}

SnapshotPtr Snapshot::load_at(const TableAccess& access, int64_t timestamp_ms) {
  return load(access, version_at(access, timestamp_ms));
}

std::vector<types::Value> Snapshot::partition_values(const AddFile& add) const {
  std::vector<types::Value> values;
  values.reserve(schema_.partition_columns.size());
  for (const size_t index : schema_.partition_columns) {
    const Column& column = schema_.columns[index];
    auto found = add.partition_values.find(column.physical_name);
    // Before mapping by name was turned on, the same column was written under its own name.
    if (found == add.partition_values.end()) found = add.partition_values.find(column.name);
    values.push_back(parse_partition_value(
        column, found == add.partition_values.end() ? std::nullopt : found->second, access_.zone));
  }
  return values;
}

storage::Grant Snapshot::file(const AddFile& add) const {
  if (!is_absolute_uri(add.path)) return access_.root.child(decode_uri(add.path));
  const std::string path = canonical_path(add.path);
  const std::string root = access_.root.location().uri() + "/";
  if (path.starts_with(root)) return access_.root.child(path.substr(root.size()));
  if (!access_.resolve) {
    throw Error("INSUFFICIENT_PERMISSIONS",
                {{"report", "the table " + access_.name +
                                " has a data file outside its directory: " + path}});
  }
  return access_.resolve(path);
}

DeletionVector Snapshot::deletion_vector(const AddFile& add) const {
  return add.deletion_vector ? read_deletion_vector(access_, *add.deletion_vector)
                             : DeletionVector();
}

std::optional<Version> find_latest_version(const TableAccess& access) {
  const auto segment = find_log_segment(access);
  return segment ? std::optional<Version>(segment->version) : std::nullopt;
}

}  // namespace lochan::delta
