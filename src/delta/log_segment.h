#pragma once
#include <optional>
#include <vector>

#include "delta/log_files.h"
#include "delta/table_access.h"

namespace lochan::delta {

/// The files that make up one version: the newest complete checkpoint at or before it, and the
/// commits after that.
struct LogSegment {
  Version version = 0;
  std::optional<Version> checkpoint_version;
  std::vector<LogFile> checkpoint;     // one file, or all parts of one
  std::vector<LogFile> commits;        // ascending; those after the checkpoint
  std::optional<LogFile> last_commit;  // the commit of `version` itself, where the log still has it
};

/// Lists the log for `version`, or the latest. _last_checkpoint is only a hint where to start: if
/// it is missing, broken, stale or too new the whole log is listed. nullopt when there is no table.
/// Throws DELTA_VERSION_NOT_FOUND, DELTA_VERSIONS_NOT_CONTIGUOUS, DELTA_TRUNCATED_TRANSACTION_LOG.
std::optional<LogSegment> find_log_segment(const TableAccess& access,
                                           std::optional<Version> version = std::nullopt);

/// The commits that the log has, ascending, from `from` on.
std::vector<LogFile> list_commits(const TableAccess& access, Version from = 0);

}  // namespace lochan::delta
