#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace lochan::session {

/// A file without a name: it takes disk space while somebody holds it, and nothing is left of it
/// when the process ends, however that comes about. Thread-safe.
class UnnamedFile {
 public:
  /// In `directory`, which must exist. Throws Error (ARTIFACTS_NOT_KEPT).
  explicit UnnamedFile(std::string directory);
  ~UnnamedFile();
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  /// Returns the offset in bytes where `data` begins. Throws Error (ARTIFACTS_NOT_KEPT).
  int64_t append(const std::string& data);
  std::string read(int64_t offset, size_t bytes) const;

 private:
  const std::string directory_;
  int descriptor_ = -1;
  std::mutex mutex_;
  int64_t end_ = 0;
};

/// What a client sent along with its session, by name: the rows of createDataFrame as
/// "cache/<sha256>", files as "pyfiles/x.py". They live as long as the session, so the large ones
/// lie in a file of the session, not in memory. Thread-safe.
class ArtifactStore {
 public:
  /// `directory` is where that file is made; empty: everything stays in memory.
  explicit ArtifactStore(std::string directory) : directory_(std::move(directory)) {}

  /// Replaces an artifact of the same name. Throws Error (ARTIFACTS_NOT_KEPT).
  void put(const std::string& name, std::string data);
  bool contains(const std::string& name) const;
  /// Null if there is none.
  std::shared_ptr<const std::string> find(const std::string& name) const;
  /// For a cloned session: shares the file.
  void copy_from(const ArtifactStore& other);

 private:
  struct Entry {
    std::shared_ptr<const std::string> bytes;  // a small one; else:
    std::shared_ptr<UnnamedFile> file;
    int64_t offset = 0;
    size_t size = 0;
  };

  const std::string directory_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::shared_ptr<UnnamedFile> file_;
};

}  // namespace lochan::session
