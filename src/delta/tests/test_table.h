#pragma once
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "delta/log_files.h"
#include "delta/snapshot.h"
#include "delta/table_access.h"
#include "storage/local_store.h"
#include "storage/path_resolver.h"

namespace lochan::delta {

/// Takes files of JSON lines for Parquet, so that checkpoints can be written by hand.
class LinesAsParquet final : public ParquetReader {
 public:
  explicit LinesAsParquet(std::shared_ptr<storage::ObjectStore> store) : store_(std::move(store)) {}
  void read_rows(const storage::Grant& file, const std::vector<std::string>&,
                 const std::function<void(std::string_view)>& row) override {
    const auto text = store_->read(file);
    if (!text) throw Error::internal("missing " + file.location().uri());
    size_t at = 0;
    while (at < text->size()) {
      const size_t end = std::min(text->find('\n', at), text->size());
      row(std::string_view(*text).substr(at, end - at));
      at = end + 1;
    }
  }

 private:
  std::shared_ptr<storage::ObjectStore> store_;
};

/// A directory for one table, removed at the end. Logs can be written by hand, for what no writer
/// should write.
class TestTable {
 public:
  TestTable()
      : directory_(std::filesystem::temp_directory_path() / ("lochan-delta-" + random_uuid())) {
    std::filesystem::create_directories(directory_ / "t");
  }
  ~TestTable() { std::filesystem::remove_all(directory_); }

  TableAccess access() const {
    const storage::PathResolver resolver({.home = (directory_ / "home").string()});
    auto store = std::make_shared<storage::LocalStore>(false);
    auto parquet = std::make_shared<LinesAsParquet>(store);
    return {resolver.resolve("me", (directory_ / "t").string(), storage::Access::kWrite),
            store,
            parquet,
            "`t`",
            nullptr,
            {}};
  }

  void write(const std::string& path, std::string_view bytes) const {
    const std::filesystem::path file = directory_ / "t" / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }
  void write_log(const std::string& name, std::string_view lines) const {
    write("_delta_log/" + name, lines);
  }
  void write_commit(Version version, std::string_view lines) const {
    write_log(commit_file_name(version), lines);
  }
  void set_commit_time(Version version, int64_t ms) const {
    const std::chrono::sys_time<std::chrono::nanoseconds> time{std::chrono::milliseconds(ms)};
    std::filesystem::last_write_time(directory_ / "t/_delta_log" / commit_file_name(version),
                                     std::filesystem::file_time_type::clock::from_sys(time));
  }
  std::string path(const std::string& relative) const {
    return (directory_ / "t" / relative).string();
  }

  SnapshotPtr load(std::optional<Version> version = std::nullopt) const {
    return Snapshot::load(access(), version);
  }
  /// The condition that loading ends with; "" if it works.
  std::string load_error(std::optional<Version> version = std::nullopt) const {
    try {
      load(version);
      return "";
    } catch (const Error& error) {
      return error.condition();
    }
  }

 private:
  std::filesystem::path directory_;
};

inline const std::string kProtocol = R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"
                                     "\n";

/// metaData with the columns a: long, p: string, partitioned by p.
inline const std::string kMetadata =
    R"({"metaData":{"id":"0b1e0b1e-0000-4000-8000-000000000000","format":{"provider":"parquet","options":{}},)"
    R"("schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}},)"
    R"({\"name\":\"p\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":["p"],)"
    R"("configuration":{},"createdTime":1600000000000}})"
    "\n";

inline std::string add_line(const std::string& path, const std::string& partition = "x",
                            const std::string& more = "") {
  return R"({"add":{"path":")" + path + R"(","partitionValues":{"p":")" + partition +
         R"("},"size":10,"modificationTime":1,"dataChange":true)" + more + "}}\n";
}
inline std::string remove_line(const std::string& path, const std::string& more = "") {
  return R"({"remove":{"path":")" + path + R"(","deletionTimestamp":1,"dataChange":true)" + more +
         "}}\n";
}

/// The paths of all live files, sorted, with a space after each.
inline std::string paths_of(const Snapshot& snapshot) {
  std::vector<std::string> paths;
  for (const auto& file : snapshot.files()) paths.push_back(file.path);
  std::sort(paths.begin(), paths.end());
  std::string all;
  for (const auto& path : paths) all += path + " ";
  return all;
}

}  // namespace lochan::delta
