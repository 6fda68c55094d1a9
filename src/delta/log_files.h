#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "delta/actions.h"

/// The names of the files in _delta_log (PROTOCOL.md, "File Types"):
///   00000000000000000012.json                        commit 12
///   00000000000000000010.checkpoint.parquet          checkpoint of version 10
///   00000000000000000010.checkpoint.0000000001.0000000002.parquet   part 1 of 2
///   00000000000000000010.checkpoint.<uuid>.json      checkpoint of the V2 specification; .parquet
///   as well
namespace lochan::delta {

enum class LogFileKind { kCommit, kCheckpoint, kCheckpointPart, kV2Checkpoint };

struct LogFile {
  LogFileKind kind = LogFileKind::kCommit;
  Version version = 0;
  int part = 0, parts = 0;  // of kCheckpointPart, counted from 1
  std::string name;
  int64_t modified_ms = 0;
  bool operator==(const LogFile&) const = default;
};

/// Nothing for files that snapshots are not made of (checksums, compacted logs, temporary files).
std::optional<LogFile> parse_log_file(std::string_view name);

/// "00000000000000000012.json"
std::string commit_file_name(Version version);
/// The part of a name before its first dot: sorts before all files of `version`.
std::string version_prefix(Version version);

}  // namespace lochan::delta
