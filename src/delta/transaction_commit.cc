#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "base/fail_point.h"
#include "delta/actions_json.h"
#include "delta/conflict.h"
#include "delta/log_files.h"
#include "delta/log_replay.h"
#include "delta/table_features.h"
#include "delta/table_properties.h"
#include "delta/transaction.h"

// A commit is one file, put where no file of that version is. Whoever loses looks at what won, and
// goes behind it if nothing that it relied on has changed.
namespace lochan::delta {
namespace {

constexpr int kMaxAttempts = 10'000'000;  // as Spark

}  // namespace

bool Transaction::is_blind_append() const {
  return removed_.empty() && !reads_whole_table_ && read_predicates_.empty();
}

CommitInfo Transaction::make_commit_info() const {
  const int64_t now = now_micros() / 1000;
  CommitInfo info;
  info.timestamp = now;
  if (read_table_properties(metadata_).in_commit_timestamps) {
    info.in_commit_timestamp = std::max(now, newest_timestamp_ms_ + 1);
  }
  info.operation = operation_.name;
  info.parameters = operation_.parameters;
  info.metrics = operation_.metrics;
  const auto measure = [&](const char* name, int64_t value) {
    info.metrics.emplace(name, std::to_string(value));
  };
  int64_t bytes = 0, removed_bytes = 0;
  for (const auto& file : added_) bytes += file.size;
  for (const auto& file : removed_) removed_bytes += file.size.value_or(0);
  if (!added_.empty() || operation_.name == "WRITE") {
    measure("numFiles", static_cast<int64_t>(added_.size()));
    measure("numOutputRows", output_rows_);
    measure("numOutputBytes", bytes);
  }
  if (!removed_.empty()) {
    measure("numRemovedFiles", static_cast<int64_t>(removed_.size()));
    measure("numRemovedBytes", removed_bytes);
  }
  if (snapshot_) info.read_version = snapshot_->version();
  info.isolation_level = "Serializable";
  info.is_blind_append = is_blind_append();
  info.user_name = operation_.user_name;
  info.user_metadata = operation_.user_metadata;
  info.engine_info = access_.engine_info;
  info.transaction_id = transaction_id_;
  return info;
}

std::string Transaction::build_commit() const {
  std::string text;
  const auto append = [&](const Action& action) {
    append_action(text, action);
    text += '\n';
  };
  append(make_commit_info());  // first: readers of in-commit timestamps look nowhere else
  if (changes_protocol_) append(protocol_);
  if (changes_metadata_) append(metadata_);
  for (const auto& application : applications_) append(application);
  for (const auto& file : removed_) append(file);
  for (const auto& file : added_) append(file);
  return text;
}

bool Transaction::is_own_commit(const std::vector<Action>& actions) const {
  return std::any_of(actions.begin(), actions.end(), [&](const Action& action) {
    const auto* info = std::get_if<CommitInfo>(&action);
    return info != nullptr && info->transaction_id == transaction_id_;
  });
}

void Transaction::check_winner(const std::vector<Action>& actions, Version version) {
  TransactionFootprint ours{.table = access_.name,
                            .creates_table = snapshot_ == nullptr,
                            .changes_protocol = changes_protocol_,
                            .reads_whole_table = reads_whole_table_,
                            .removed_keys = removed_keys_};
  for (const auto& application : applications_) ours.applications.insert(application.app_id);
  if (!read_predicates_.empty()) {
    ours.reads_file = [&](const AddFile& add) {
      return std::any_of(read_predicates_.begin(), read_predicates_.end(),
                         [&](const auto& predicate) {
                           return snapshot_->evaluate_partition(predicate, add).can_be_true;
                         });
    };
  }
  require_no_conflict(actions, version, ours);
  for (const auto& action : actions) {
    // A feature may be there now that asks more of us than we do.
    if (const auto* protocol = std::get_if<Protocol>(&action)) {
      require_writable(*protocol, metadata_, access_.name);
      protocol_ = *protocol;
    }
    if (const auto* info = std::get_if<CommitInfo>(&action);
        info != nullptr && info->in_commit_timestamp) {
      newest_timestamp_ms_ = std::max(newest_timestamp_ms_, *info->in_commit_timestamp);
    }
  }
}

CommitResult Transaction::commit() {
  if (committed_) throw Error::internal("a transaction was committed twice");
  committed_ = true;
  const int64_t started = now_micros();
  const Version first = snapshot_ ? snapshot_->version() + 1 : 0;
  Version version = first;
  for (int attempt = 1; attempt <= kMaxAttempts; ++attempt) {
    const std::string text = build_commit();
    const storage::Grant file = access_.log().child(commit_file_name(version));
    LOCHAN_FAIL_POINT("delta.commit.before_put");
    std::optional<Error> failure;
    try {
      const storage::PutResult put = access_.store->put_if_absent(file, text);
      LOCHAN_FAIL_POINT("delta.commit.after_put");
      if (put == storage::PutResult::kCreated) return {version, attempt};
    } catch (const Error& error) {
      failure = error;  // it may have been written all the same
    }
    bool lost = false;
    while (const auto winner = read_commit(access_, version)) {
      LOCHAN_FAIL_POINT("delta.commit.before_check");
      if (is_own_commit(*winner)) return {version, attempt};
      lost = true;
      check_winner(*winner, version);
      ++version;
      LOCHAN_FAIL_POINT("delta.commit.behind_winner");
    }
    if (!lost) {
      throw failure
          ? *failure
          : Error("DELTA_LOG_CORRUPT", {{"table", access_.name},
                                        {"file", commit_file_name(version)},
                                        {"reason", "a commit vanished while it was read"}});
    }
  }
  throw Error("DELTA_MAX_COMMIT_RETRIES_EXCEEDED",
              {{"numAttempts", std::to_string(kMaxAttempts)},
               {"startVersion", std::to_string(first)},
               {"failVersion", std::to_string(version)},
               {"numActions", std::to_string(added_.size() + removed_.size())},
               {"timeSpent", std::to_string((now_micros() - started) / 1000)}});
}

}  // namespace lochan::delta
