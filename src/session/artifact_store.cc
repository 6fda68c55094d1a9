#include "session/artifact_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.h"

namespace lochan::session {

namespace {

constexpr size_t kSmallBytes = 16 << 10;

[[noreturn]] void fail(const std::string& directory, int error) {
  throw Error("ARTIFACTS_NOT_KEPT", {{"path", directory}, {"message", std::strerror(error)}});
}

}  // namespace

UnnamedFile::UnnamedFile(std::string directory) : directory_(std::move(directory)) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);  // its owner may not have needed it yet
  std::string path = directory_ + "/artifacts-XXXXXX";
  descriptor_ = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail(directory_, errno);
  unlink(path.c_str());
}

UnnamedFile::~UnnamedFile() { close(descriptor_); }

int64_t UnnamedFile::append(const std::string& data) {
  std::lock_guard lock(mutex_);
  for (size_t written = 0; written < data.size();) {
    const ssize_t n = pwrite(descriptor_, data.data() + written, data.size() - written,
                             end_ + static_cast<int64_t>(written));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail(directory_, n < 0 ? errno : ENOSPC);
    written += static_cast<size_t>(n);
  }
  const int64_t offset = end_;
  end_ += static_cast<int64_t>(data.size());
  return offset;
}

std::string UnnamedFile::read(int64_t offset, size_t bytes) const {
  std::string out(bytes, '\0');
  for (size_t done = 0; done < bytes;) {
    const ssize_t n =
        pread(descriptor_, out.data() + done, bytes - done, offset + static_cast<int64_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail(directory_, n < 0 ? errno : EIO);
    done += static_cast<size_t>(n);
  }
  return out;
}

void ArtifactStore::put(const std::string& name, std::string data) {
  Entry entry{.size = data.size()};
  if (data.size() < kSmallBytes || directory_.empty()) {
    entry.bytes = std::make_shared<const std::string>(std::move(data));
  } else {
    {
      std::lock_guard lock(mutex_);
      if (!file_) file_ = std::make_shared<UnnamedFile>(directory_);
      entry.file = file_;
    }
    entry.offset = entry.file->append(data);
  }
  std::lock_guard lock(mutex_);
  entries_[name] = std::move(entry);
}

bool ArtifactStore::contains(const std::string& name) const {
  std::lock_guard lock(mutex_);
  return entries_.contains(name);
}

std::shared_ptr<const std::string> ArtifactStore::find(const std::string& name) const {
  Entry entry;
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return nullptr;
    entry = found->second;
  }
  if (entry.bytes) return entry.bytes;
  return std::make_shared<const std::string>(entry.file->read(entry.offset, entry.size));
}

void ArtifactStore::copy_from(const ArtifactStore& other) {
  std::scoped_lock lock(mutex_, other.mutex_);
  entries_ = other.entries_;
}

}  // namespace lochan::session
