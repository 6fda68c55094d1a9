#pragma once
#include <optional>
#include <vector>

#include "delta/actions.h"
#include "delta/table_access.h"

namespace lochan::delta {

struct HistoryEntry {
  Version version = 0;
  int64_t timestamp_ms = 0;        // in-commit, else the log file's, made strictly increasing
  std::optional<CommitInfo> info;  // commits need not have one
};

/// The commits that the log still has, newest first, at most `limit` (DESCRIBE HISTORY). Throws
/// DELTA_PATH_DOES_NOT_EXIST.
std::vector<HistoryEntry> read_history(const TableAccess& access,
                                       std::optional<size_t> limit = std::nullopt);

/// The commitInfo of one commit, if it has one and the log has the commit.
std::optional<CommitInfo> read_commit_info(const TableAccess& access, Version version);

/// The last version committed at or before `timestamp_ms` (TIMESTAMP AS OF). Throws
/// DELTA_TIMESTAMP_GREATER_THAN_COMMIT, DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION.
Version version_at(const TableAccess& access, int64_t timestamp_ms);

}  // namespace lochan::delta
