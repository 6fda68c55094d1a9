#pragma once
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "delta/actions.h"
#include "delta/log_segment.h"
#include "delta/table_access.h"

namespace lochan::delta {

/// What the actions of a log add up to ("Action Reconciliation").
struct TableState {
  std::optional<Protocol> protocol;
  std::optional<Metadata> metadata;
  std::vector<AddFile> files;
  std::vector<RemoveFile> tombstones;
  std::map<std::string, SetTransaction, std::less<>> transactions;  // by application
  std::map<std::string, DomainMetadata, std::less<>> domains;       // those not removed
  std::optional<CommitInfo> last_commit;
};

/// Adds actions up from the newest to the oldest: the first word on a thing is the last one spoken.
/// Only the keys of commits are remembered; a checkpoint's files pass by them and are not.
class LogReplay {
 public:
  /// The commits, newest first.
  void add_commit(std::vector<Action> actions);
  /// Then the actions of the checkpoint, in any order.
  void add_from_checkpoint(Action action);
  TableState take();

 private:
  bool keep_small(Action& action);

  TableState state_;
  std::unordered_set<std::string> seen_files_;
  std::map<std::string, std::optional<DomainMetadata>, std::less<>> domains_;
  bool has_newest_ = false;
};

/// What identifies a logical file: its path and its deletion vector.
std::string file_key(const std::string& path,
                     const std::optional<DeletionVectorDescriptor>& deletion_vector);

/// Reads and replays all files of `segment`. Throws DELTA_LOG_CORRUPT.
TableState replay(const TableAccess& access, const LogSegment& segment);

/// The actions of one commit; nullopt if the log does not have it.
std::optional<std::vector<Action>> read_commit(const TableAccess& access, Version version);

}  // namespace lochan::delta
