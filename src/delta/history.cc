#include "delta/history.h"

#include <algorithm>

#include "base/error.h"
#include "delta/actions_json.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "delta/table_properties.h"
#include "types/datetime_text.h"

namespace lochan::delta {
namespace {

/// The commits of the unbroken run that ends with the newest, and their times.
class Timeline {
 public:
  explicit Timeline(const TableAccess& access) : access_(access), commits_(list_commits(access)) {
    if (commits_.empty()) throw Error("DELTA_PATH_DOES_NOT_EXIST", {{"path", access.name}});
    size_t first = commits_.size() - 1;
    while (first > 0 && commits_[first - 1].version == commits_[first].version - 1) --first;
    commits_.erase(commits_.begin(), commits_.begin() + static_cast<ptrdiff_t>(first));
    // Clocks go back and files get copied; the order of versions is what counts.
    for (size_t i = 1; i < commits_.size(); ++i) {
      commits_[i].modified_ms = std::max(commits_[i].modified_ms, commits_[i - 1].modified_ms + 1);
    }
  }

  const std::vector<LogFile>& commits() const { return commits_; }

  int64_t time_of(size_t index, const TableProperties& properties) const {
    const Version version = commits_[index].version;
    if (properties.in_commit_timestamps &&
        version >= properties.in_commit_timestamps_since.value_or(0)) {
      const auto info = read_commit_info(access_, version);
      if (info && info->in_commit_timestamp) return *info->in_commit_timestamp;
    }
    return commits_[index].modified_ms;
  }

 private:
  const TableAccess& access_;
  std::vector<LogFile> commits_;
};

std::string text_of(int64_t ms, const TableAccess& access) {
  return types::timestamp_to_string(ms * 1000, access.zone);
}

}  // namespace

std::optional<CommitInfo> read_commit_info(const TableAccess& access, Version version) {
  const std::string name = commit_file_name(version);
  const auto text = access.store->read(access.log().child(name));
  if (!text) return std::nullopt;
  std::optional<CommitInfo> info;
  size_t at = 0;
  while (at < text->size() && !info) {
    const size_t end = std::min(text->find('\n', at), text->size());
    const std::string_view line = std::string_view(*text).substr(at, end - at);
    // Big commits have one such line; the others need no parsing.
    if (line.substr(0, 40).find("\"commitInfo\"") != std::string_view::npos) {
      read_actions(line, {access.name, name}, [&](Action&& action) {
        if (auto* found = std::get_if<CommitInfo>(&action)) info = std::move(*found);
      });
    }
    at = end + 1;
  }
  return info;
}

std::vector<HistoryEntry> read_history(const TableAccess& access, std::optional<size_t> limit) {
  const Timeline timeline(access);
  const auto& commits = timeline.commits();
  std::vector<HistoryEntry> history;
  for (size_t i = commits.size(); i > 0 && history.size() < limit.value_or(commits.size()); --i) {
    const LogFile& commit = commits[i - 1];
    HistoryEntry entry{commit.version, commit.modified_ms,
                       read_commit_info(access, commit.version)};
    if (entry.info && entry.info->in_commit_timestamp) {
      entry.timestamp_ms = *entry.info->in_commit_timestamp;
    }
    history.push_back(std::move(entry));
  }
  return history;
}

namespace {

// Java prints at least one digit of a second's fraction, and Delta cuts times that it proposes to
// whole seconds.
std::string with_fraction(const std::string& text) {
  return text.find('.') == std::string::npos ? text + ".0" : text;
}
std::string without_fraction(const std::string& text) { return text.substr(0, text.find('.')); }

}  // namespace

Version version_at(const TableAccess& access, int64_t timestamp_ms) {
  const Timeline timeline(access);
  const auto& commits = timeline.commits();
  const TableProperties properties = read_table_properties(Snapshot::load(access)->metadata());

  // With in-commit timestamps the log has two parts, before and after they were turned on, each in
  // its own order.
  size_t begin = 0, end = commits.size();
  if (properties.in_commit_timestamps && properties.in_commit_timestamps_since &&
      properties.in_commit_timestamps_since_ms) {
    const auto split = std::find_if(commits.begin(), commits.end(), [&](const LogFile& commit) {
      return commit.version >= *properties.in_commit_timestamps_since;
    });
    const auto at = static_cast<size_t>(split - commits.begin());
    if (timestamp_ms >= *properties.in_commit_timestamps_since_ms)
      begin = std::min(at, end - 1);
    else if (at > 0)
      end = at;
  }
  const int64_t first = timeline.time_of(begin, properties);
  if (timestamp_ms < first) {
    throw Error("DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION",
                {{"userTimestamp", with_fraction(text_of(timestamp_ms, access))},
                 {"commitTs", with_fraction(text_of(first, access))},
                 {"timestampString", without_fraction(text_of(first, access))}});
  }
  // The last commit at or before the time: times grow with versions, so halve the range.
  size_t low = begin, high = end;  // time_of(low) <= timestamp < time_of(high)
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    (timeline.time_of(middle, properties) <= timestamp_ms ? low : high) = middle;
  }
  const bool is_newest = low + 1 == commits.size();
  if (is_newest && timestamp_ms > timeline.time_of(low, properties)) {
    const std::string last = text_of(timeline.time_of(low, properties), access);
    throw Error("DELTA_TIMESTAMP_GREATER_THAN_COMMIT",
                {{"providedTimestamp", with_fraction(text_of(timestamp_ms, access))},
                 {"lastCommitTimestamp", with_fraction(last)},
                 {"maximumTimestamp", without_fraction(last)}});
  }
  return commits[low].version;
}

}  // namespace lochan::delta
