#include "delta/log_segment.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace lochan::delta {
namespace {

/// The version that _last_checkpoint names. Anything odd about the file is as if it were not there.
std::optional<Version> read_hint(const TableAccess& access) {
  const auto text = access.store->read(access.log().child("_last_checkpoint"));
  if (!text) return std::nullopt;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto version = json.find("version");
  if (version == json.end() || !version->is_number_integer()) return std::nullopt;
  const auto number = version->get<Version>();
  return number >= 0 ? std::optional<Version>(number) : std::nullopt;
}

std::vector<LogFile> list_log(const TableAccess& access, Version from) {
  std::vector<LogFile> files;
  const std::string start_after = from > 0 ? version_prefix(from) : std::string();
  for (const auto& info : access.store->list(access.log(), start_after)) {
    auto file = parse_log_file(info.name);
    if (!file || info.is_directory) continue;
    file->modified_ms = info.modified_ms;
    files.push_back(std::move(*file));
  }
  return files;
}

/// The newest checkpoint at or before `limit` of which all parts are there.
std::vector<LogFile> choose_checkpoint(const std::vector<LogFile>& files, Version limit) {
  std::vector<LogFile> best;
  std::map<std::pair<Version, int>, std::vector<LogFile>> multi_part;  // by version and count
  const auto consider = [&](std::vector<LogFile> candidate) {
    if (best.empty() || candidate.front().version >= best.front().version)
      best = std::move(candidate);
  };
  for (const auto& file : files) {
    if (file.kind == LogFileKind::kCommit || file.version > limit) continue;
    if (file.kind != LogFileKind::kCheckpointPart) {
      consider({file});
      continue;
    }
    auto& parts = multi_part[{file.version, file.parts}];
    parts.push_back(file);
    if (static_cast<int>(parts.size()) == file.parts) consider(parts);
  }
  return best;
}

Error not_contiguous(const std::vector<LogFile>& commits, Version before, Version after,
                     Version wanted) {
  std::string versions;
  for (const auto& commit : commits) {
    versions += (versions.empty() ? "" : ", ") + std::to_string(commit.version);
  }
  return Error("DELTA_VERSIONS_NOT_CONTIGUOUS", {{"versionList", versions},
                                                 {"startVersion", std::to_string(before)},
                                                 {"endVersion", std::to_string(after)},
                                                 {"versionToLoad", std::to_string(wanted)}});
}

Error truncated(const TableAccess& access, Version version) {
  return Error("DELTA_TRUNCATED_TRANSACTION_LOG",
               {{"path", access.log().location().uri()},
                {"version", std::to_string(version)},
                {"logRetentionKey", "delta.logRetentionDuration"},
                {"logRetention", "30 days"},
                {"checkpointRetentionKey", "delta.checkpointRetentionDuration"},
                {"checkpointRetention", "2 days"}});
}

void require_contiguous(const TableAccess& access, const LogSegment& segment) {
  Version expected = segment.checkpoint_version ? *segment.checkpoint_version + 1 : 0;
  for (const auto& commit : segment.commits) {
    if (commit.version != expected) {
      if (expected == 0) throw truncated(access, segment.version);
      throw not_contiguous(segment.commits, expected - 1, commit.version, segment.version);
    }
    ++expected;
  }
  if (expected != segment.version + 1) {
    throw not_contiguous(segment.commits, expected - 1, segment.version, segment.version);
  }
}

}  // namespace

std::optional<LogSegment> find_log_segment(const TableAccess& access,
                                           std::optional<Version> version) {
  const auto hint = read_hint(access);
  Version from = hint && (!version || *version >= *hint) ? *hint : 0;
  std::vector<LogFile> files = list_log(access, from);
  std::vector<LogFile> checkpoint = choose_checkpoint(files, version.value_or(INT64_MAX));
  if (from > 0 && checkpoint.empty()) {
    from = 0;
    files = list_log(access, 0);
    checkpoint = choose_checkpoint(files, version.value_or(INT64_MAX));
  }
  if (files.empty()) return std::nullopt;

  Version latest = 0, earliest = INT64_MAX;
  for (const auto& file : files) {
    latest = std::max(latest, file.version);
    earliest = std::min(earliest, file.version);
  }
  LogSegment segment;
  segment.version = version.value_or(latest);
  if (segment.version > latest || segment.version < 0) {
    if (from > 0) earliest = list_log(access, 0).front().version;
    throw Error("DELTA_VERSION_NOT_FOUND", {{"userVersion", std::to_string(segment.version)},
                                            {"earliest", std::to_string(earliest)},
                                            {"latest", std::to_string(latest)}});
  }
  if (!checkpoint.empty()) {
    segment.checkpoint_version = checkpoint.front().version;
    segment.checkpoint = std::move(checkpoint);
  }
  for (auto& file : files) {
    if (file.kind != LogFileKind::kCommit || file.version > segment.version) continue;
    if (file.version == segment.version) segment.last_commit = file;
    if (!segment.checkpoint_version || file.version > *segment.checkpoint_version) {
      segment.commits.push_back(std::move(file));
    }
  }
  require_contiguous(access, segment);
  return segment;
}

std::vector<LogFile> list_commits(const TableAccess& access, Version from) {
  std::vector<LogFile> commits = list_log(access, from);
  std::erase_if(commits, [](const LogFile& file) { return file.kind != LogFileKind::kCommit; });
  return commits;
}

}  // namespace lochan::delta
