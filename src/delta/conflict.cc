#include "delta/conflict.h"

#include "base/error.h"
#include "delta/actions_json.h"
#include "delta/log_replay.h"

namespace lochan::delta {
namespace {

constexpr std::string_view kDocLink = "https://docs.delta.io/latest/concurrency-control.html";

template <typename T>
const T* find_action(const std::vector<Action>& actions) {
  for (const auto& action : actions) {
    if (const auto* found = std::get_if<T>(&action)) return found;
  }
  return nullptr;
}

struct Winner {
  const std::vector<Action>& actions;
  Version version;
  const CommitInfo* info;
  std::string_view table;

  std::string operation() const { return info != nullptr ? info->operation : "operation"; }

  /// The error of a conflict about data: names operation, table and version.
  Error about_data(std::string_view condition) const {
    return Error(condition, {{"operation", operation()},
                             {"tableName", std::string(table)},
                             {"version", std::to_string(version)},
                             {"docLink", std::string(kDocLink)}});
  }

  /// The others show the winning commit.
  Error about_commit(std::string_view condition, std::string additional = {}) const {
    std::string commit;
    if (info != nullptr) {
      commit = "\nConflicting commit: ";
      append_action(commit, *info);
    }
    return Error(condition, {{"tableName", std::string(table)},
                             {"additionalInfo", std::move(additional)},
                             {"conflictingCommit", commit},
                             {"docLink", std::string(kDocLink)}});
  }
};

void check_files(const Winner& winner, const TransactionFootprint& ours) {
  for (const auto& action : winner.actions) {
    const auto* add = std::get_if<AddFile>(&action);
    if (add == nullptr) continue;
    if (ours.reads_whole_table || (ours.reads_file && ours.reads_file(*add))) {
      throw winner.about_data("DELTA_CONCURRENT_APPEND.WITHOUT_HINT");
    }
  }
  for (const auto& action : winner.actions) {
    const auto* remove = std::get_if<RemoveFile>(&action);
    if (remove == nullptr) continue;
    if (ours.reads_whole_table)
      throw winner.about_data("DELTA_CONCURRENT_DELETE_READ.WITHOUT_HINT");
    if (!ours.removed_keys.contains(file_key(remove->path, remove->deletion_vector))) continue;
    // What was taken away by a condition was also read by it, and then that rule speaks first.
    throw winner.about_data(ours.reads_file ? "DELTA_CONCURRENT_DELETE_READ.WITHOUT_HINT"
                                            : "DELTA_CONCURRENT_DELETE_DELETE.WITHOUT_HINT");
  }
}

}  // namespace

void require_no_conflict(const std::vector<Action>& winner_actions, Version version,
                         const TransactionFootprint& ours) {
  const Winner winner{winner_actions, version, find_action<CommitInfo>(winner_actions), ours.table};
  // In Spark's order: the first rule that is broken names the conflict.
  if (ours.creates_table) {
    throw winner.about_commit(
        "DELTA_PROTOCOL_CHANGED",
        "This happens when multiple writers are writing to an empty directory. "
        "Creating the table ahead of time will avoid this conflict. ");
  }
  if (ours.changes_protocol && find_action<Protocol>(winner_actions) != nullptr) {
    throw winner.about_commit("DELTA_PROTOCOL_CHANGED");
  }
  if (find_action<Metadata>(winner_actions) != nullptr) {
    throw winner.about_commit("DELTA_METADATA_CHANGED");
  }
  for (const auto& action : winner_actions) {
    const auto* transaction = std::get_if<SetTransaction>(&action);
    if (transaction != nullptr && ours.applications.contains(transaction->app_id)) {
      throw winner.about_commit("DELTA_CONCURRENT_TRANSACTION");
    }
  }
  check_files(winner, ours);
}

}  // namespace lochan::delta
