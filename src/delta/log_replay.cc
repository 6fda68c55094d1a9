#include "delta/log_replay.h"

#include "base/error.h"
#include "delta/actions_json.h"
#include "delta/uri.h"

namespace lochan::delta {
namespace {

constexpr size_t kBatchBytes = 1 << 20;

Error corrupt(const TableAccess& access, const std::string& file, const std::string& reason) {
  return Error("DELTA_LOG_CORRUPT", {{"table", access.name}, {"file", file}, {"reason", reason}});
}

void read_parquet(const TableAccess& access, const storage::Grant& file,
                  const std::vector<std::string>& columns, const ActionVisitor& visit) {
  if (!access.parquet) throw Error::not_supported("checkpoints in Parquet without a reader");
  const std::string name = file.location().name();
  const LogText origin{access.name, name};
  // Rows are gathered, so that the JSON parser is not set up for each.
  std::string batch;
  access.parquet->read_rows(file, columns, [&](std::string_view row) {
    batch.append(row).append("\n");
    if (batch.size() < kBatchBytes) return;
    read_actions(batch, origin, visit);
    batch.clear();
  });
  read_actions(batch, origin, visit);
}

void read_checkpoint(const TableAccess& access, const std::vector<LogFile>& files,
                     const ActionVisitor& visit) {
  static const std::vector<std::string> kAll = {
      "protocol",       "metaData",           "add",    "remove", "txn",
      "domainMetadata", "checkpointMetadata", "sidecar"};
  std::vector<Sidecar> sidecars;
  const ActionVisitor visit_or_collect = [&](Action&& action) {
    if (auto* sidecar = std::get_if<Sidecar>(&action))
      sidecars.push_back(std::move(*sidecar));
    else
      visit(std::move(action));
  };
  for (const auto& file : files) {
    const storage::Grant grant = access.log().child(file.name);
    if (!file.name.ends_with(".json")) {
      read_parquet(access, grant, kAll, visit_or_collect);
      continue;
    }
    const auto text = access.store->read(grant);
    if (!text) throw corrupt(access, file.name, "the checkpoint vanished while it was read");
    read_actions(*text, {access.name, file.name}, visit_or_collect);
  }
  for (const auto& sidecar : sidecars) {
    // Sidecars lie in one place only; some writers put the whole path there.
    const std::string path = decode_uri(sidecar.path);
    const std::string name = path.substr(path.rfind('/') + 1);
    read_parquet(access, access.log().child("_sidecars").child(name), {"add", "remove"}, visit);
  }
}

}  // namespace

std::string file_key(const std::string& path,
                     const std::optional<DeletionVectorDescriptor>& deletion_vector) {
  std::string key = canonical_path(path);
  if (deletion_vector) key.append(1, '\0').append(deletion_vector->unique_id());
  return key;
}

bool LogReplay::keep_small(Action& action) {
  if (auto* protocol = std::get_if<Protocol>(&action)) {
    if (!state_.protocol) state_.protocol = std::move(*protocol);
  } else if (auto* metadata = std::get_if<Metadata>(&action)) {
    if (!state_.metadata) state_.metadata = std::move(*metadata);
  } else if (auto* transaction = std::get_if<SetTransaction>(&action)) {
    std::string id = transaction->app_id;
    state_.transactions.emplace(std::move(id), std::move(*transaction));
  } else if (auto* domain = std::get_if<DomainMetadata>(&action)) {
    std::string name = domain->domain;
    domains_.emplace(std::move(name),
                     domain->removed ? std::nullopt : std::optional(std::move(*domain)));
  } else {
    return false;
  }
  return true;
}

void LogReplay::add_commit(std::vector<Action> actions) {
  // Backwards inside the commit too: should a log name a file twice there, the later line counts.
  for (auto action = actions.rbegin(); action != actions.rend(); ++action) {
    if (keep_small(*action)) continue;
    if (auto* add = std::get_if<AddFile>(&*action)) {
      if (seen_files_.insert(file_key(add->path, add->deletion_vector)).second) {
        state_.files.push_back(std::move(*add));
      }
    } else if (auto* remove = std::get_if<RemoveFile>(&*action)) {
      if (seen_files_.insert(file_key(remove->path, remove->deletion_vector)).second) {
        state_.tombstones.push_back(std::move(*remove));
      }
    } else if (auto* info = std::get_if<CommitInfo>(&*action); info != nullptr && !has_newest_) {
      state_.last_commit = std::move(*info);
    }
  }
  has_newest_ = true;
}

void LogReplay::add_from_checkpoint(Action action) {
  if (keep_small(action)) return;
  if (auto* add = std::get_if<AddFile>(&action)) {
    if (!seen_files_.contains(file_key(add->path, add->deletion_vector))) {
      state_.files.push_back(std::move(*add));
    }
  } else if (auto* remove = std::get_if<RemoveFile>(&action)) {
    if (!seen_files_.contains(file_key(remove->path, remove->deletion_vector))) {
      state_.tombstones.push_back(std::move(*remove));
    }
  }
}

TableState LogReplay::take() {
  for (auto& [name, domain] : domains_) {
    if (domain) state_.domains.emplace(name, std::move(*domain));
  }
  return std::move(state_);
}

std::optional<std::vector<Action>> read_commit(const TableAccess& access, Version version) {
  const std::string name = commit_file_name(version);
  const auto text = access.store->read(access.log().child(name));
  if (!text) return std::nullopt;
  std::vector<Action> actions;
  read_actions(*text, {access.name, name},
               [&](Action&& action) { actions.push_back(std::move(action)); });
  return actions;
}

TableState replay(const TableAccess& access, const LogSegment& segment) {
  LogReplay replay;
  for (auto commit = segment.commits.rbegin(); commit != segment.commits.rend(); ++commit) {
    auto actions = read_commit(access, commit->version);
    if (!actions) throw corrupt(access, commit->name, "the commit vanished while it was read");
    replay.add_commit(std::move(*actions));
  }
  if (!segment.checkpoint.empty()) {
    read_checkpoint(access, segment.checkpoint,
                    [&](Action&& action) { replay.add_from_checkpoint(std::move(action)); });
  }
  return replay.take();
}

}  // namespace lochan::delta
