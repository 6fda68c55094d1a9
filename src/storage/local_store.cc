#include "storage/local_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/fail_point.h"
#include "storage/path_resolver.h"

namespace lochan::storage {
namespace {

[[noreturn]] void fail(std::string_view operation, const std::string& path, int error = errno) {
  throw Error(
      "STORAGE_IO_ERROR",
      {{"operation", std::string(operation)}, {"path", path}, {"reason", std::strerror(error)}});
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool is_missing(int error) { return error == ENOENT || error == ENOTDIR; }

int64_t modified_ms(const struct stat& status) {
  return status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1'000'000;
}

std::string parent_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Links `temporary` to `target` unless the name is taken. File systems without hard links get a
/// rename that refuses to replace.
PutResult publish(const std::string& temporary, const std::string& target) {
  if (::link(temporary.c_str(), target.c_str()) == 0) return PutResult::kCreated;
  int error = errno;
  if (error == EPERM || error == EOPNOTSUPP || error == EMLINK) {
    if (::syscall(SYS_renameat2, AT_FDCWD, temporary.c_str(), AT_FDCWD, target.c_str(),
                  RENAME_NOREPLACE) == 0) {
      return PutResult::kCreated;
    }
    error = errno;
  }
  if (error == EEXIST) return PutResult::kExists;
  ::unlink(temporary.c_str());
  fail("create", target, error);
}

void list_into(const std::string& directory, const std::string& prefix, bool recursive,
               std::vector<ObjectInfo>& result) {
  DIR* open = ::opendir(directory.c_str());
  if (open == nullptr) {
    // One that vanished meanwhile is empty; one that may not be read is an error.
    if (is_missing(errno)) return;
    fail("list", directory);
  }
  std::vector<std::string> below;
  while (const dirent* entry = ::readdir(open)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat status {};
    if (::fstatat(::dirfd(open), entry->d_name, &status, 0) != 0) continue;
    const bool is_directory = S_ISDIR(status.st_mode);
    if (recursive && is_directory) {
      // A linked directory could lead back here; its files belong to where it points.
      struct stat link {};
      if (::fstatat(::dirfd(open), entry->d_name, &link, AT_SYMLINK_NOFOLLOW) == 0 &&
          !S_ISLNK(link.st_mode)) {
        below.push_back(name);
      }
    } else {
      result.push_back(
          {prefix + name, is_directory ? 0 : status.st_size, modified_ms(status), is_directory});
    }
  }
  ::closedir(open);
  for (const auto& name : below) {
    list_into(directory + "/" + name, prefix + name + "/", recursive, result);
  }
}

}  // namespace

std::string LocalStore::local_path(const Grant& object) {
  std::string real = real_path(object.location().path);
  require_confined(object, real);
  return real;
}

std::string LocalStore::write_path(const Grant& object) {
  if (object.access() != Access::kWrite) {
    throw Error("INSUFFICIENT_PERMISSIONS",
                {{"report", object.location().uri() + " was opened for reading only"}});
  }
  return local_path(object);
}

/// The path of a name that is to be removed or moved: links are followed up to its directory, and
/// the name may be a link. Roots, and what holds them or the server's home, stay.
std::string LocalStore::entry_path(const Grant& entry) {
  if (entry.access() != Access::kWrite) {
    throw Error("INSUFFICIENT_PERMISSIONS",
                {{"report", entry.location().uri() + " was opened for reading only"}});
  }
  const std::string& path = entry.location().path;
  if (path == "/") fail("take away", path, EBUSY);
  const std::string parent = real_path(parent_of(path));
  const std::string real =
      parent.empty() ? parent : (parent == "/" ? "" : parent) + "/" + entry.location().name();
  require_confined(entry, real);
  const Confinement& limits = entry.confinement();
  for (const std::string& kept : {limits.inside, limits.outside, limits.except}) {
    if (kept == real || kept.starts_with(real + "/")) fail("take away", real, EBUSY);
  }
  return real;
}

std::optional<std::string> LocalStore::read(const Grant& object) {
  return read_range(object, 0, INT64_MAX);
}

std::optional<std::string> LocalStore::read_range(const Grant& object, int64_t offset,
                                                  int64_t length) {
  const std::string path = local_path(object);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    if (is_missing(errno)) return std::nullopt;
    fail("open", path);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail("read", path);
  if (S_ISDIR(status.st_mode)) fail("read", path, EISDIR);
  const int64_t wanted = std::min<int64_t>(length, std::max<int64_t>(status.st_size - offset, 0));
  std::string bytes(static_cast<size_t>(wanted), '\0');
  size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::pread(file.get(), bytes.data() + have, bytes.size() - have,
                                offset + static_cast<int64_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path);
    if (got == 0) break;
    have += static_cast<size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

std::string LocalStore::write_temporary(const std::string& target, std::string_view bytes) {
  make_directories_at(parent_of(target));
  const std::string name = target.substr(target.rfind('/') + 1);
  // A leading dot: readers of tables and directories skip it should a crash leave it behind.
  const std::string path = parent_of(target) + "/." + name + "." + random_uuid() + ".tmp";
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file) fail("create", path);
  LOCHAN_FAIL_POINT("storage.put.before_write");
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const int error = errno;
      ::unlink(path.c_str());
      fail("write", path, error);
    }
    bytes.remove_prefix(static_cast<size_t>(put));
    LOCHAN_FAIL_POINT("storage.put.after_write");
  }
  if (durable_ && ::fsync(file.get()) != 0) {
    const int error = errno;
    ::unlink(path.c_str());
    fail("sync", path, error);
  }
  return path;
}

PutResult LocalStore::put_if_absent(const Grant& object, std::string_view bytes) {
  const std::string path = write_path(object);
  const std::string temporary = write_temporary(path, bytes);
  LOCHAN_FAIL_POINT("storage.put.before_publish");
  const PutResult result = publish(temporary, path);
  LOCHAN_FAIL_POINT("storage.put.after_publish");
  ::unlink(temporary.c_str());
  LOCHAN_FAIL_POINT("storage.put.before_directory_sync");
  if (result == PutResult::kCreated) sync_directory_of(path);
  return result;
}

void LocalStore::put(const Grant& object, std::string_view bytes) {
  const std::string path = write_path(object);
  const std::string temporary = write_temporary(path, bytes);
  LOCHAN_FAIL_POINT("storage.replace.before_publish");
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    fail("replace", path, error);
  }
  LOCHAN_FAIL_POINT("storage.replace.after_publish");
  sync_directory_of(path);
}

std::vector<ObjectInfo> LocalStore::list(const Grant& directory, std::string_view start_after,
                                         bool recursive) {
  std::vector<ObjectInfo> result;
  list_into(local_path(directory), "", recursive, result);
  std::erase_if(result, [&](const ObjectInfo& info) { return info.name <= start_after; });
  std::sort(result.begin(), result.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.name < b.name; });
  return result;
}

std::optional<ObjectInfo> LocalStore::head(const Grant& object) {
  const std::string path = local_path(object);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (is_missing(errno)) return std::nullopt;
    fail("look up", path);
  }
  const bool is_directory = S_ISDIR(status.st_mode);
  return ObjectInfo{object.location().name(), is_directory ? 0 : status.st_size,
                    modified_ms(status), is_directory};
}

bool LocalStore::remove(const Grant& object) {
  const std::string path = entry_path(object);
  if (::unlink(path.c_str()) == 0) return true;
  if (is_missing(errno)) return false;
  fail("remove", path);
}

void LocalStore::remove_directory(const Grant& directory) {
  const std::string path = entry_path(directory);
  LOCHAN_FAIL_POINT("storage.remove_directory.before");
  std::error_code error;
  // It stumbles over what others remove or make at the same time.
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::filesystem::remove_all(path, error);
    if (error != std::errc::no_such_file_or_directory && error != std::errc::directory_not_empty)
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (error) fail("remove", path, error.value());
  if (std::filesystem::exists(parent_of(path), error)) sync_directory_of(path);
}

bool LocalStore::remove_if_empty(const Grant& directory) {
  return ::rmdir(entry_path(directory).c_str()) == 0 || errno == ENOENT;
}

PutResult LocalStore::move_if_absent(const Grant& from, const Grant& to) {
  const std::string source = entry_path(from), target = entry_path(to);
  for (int attempt = 0;; ++attempt) {
    make_directories_at(parent_of(target));
    LOCHAN_FAIL_POINT("storage.move.before_rename");
    if (::syscall(SYS_renameat2, AT_FDCWD, source.c_str(), AT_FDCWD, target.c_str(),
                  RENAME_NOREPLACE) == 0)
      break;
    if (errno == EEXIST) return PutResult::kExists;
    // A writer that gives up may have removed the new directory, empty as it was.
    if (errno != ENOENT || attempt == 10) fail("move", source);
  }
  LOCHAN_FAIL_POINT("storage.move.after_rename");
  sync_directory_of(target);
  return PutResult::kCreated;
}

void LocalStore::make_directories(const Grant& directory) {
  make_directories_at(write_path(directory));
}

void LocalStore::make_directories_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return;
    fail("make the directory", path, ENOTDIR);
  }
  const std::string parent = parent_of(path);
  if (parent != path) make_directories_at(parent);
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) fail("make the directory", path);
  LOCHAN_FAIL_POINT("storage.directory.made");
  sync_directory_of(path);
}

void LocalStore::sync(const Grant& object) {
  if (!durable_) return;
  const std::string path = write_path(object);
  LOCHAN_FAIL_POINT("storage.sync.before");
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) fail("sync", path);
}

void LocalStore::sync_directory_of(const std::string& path) {
  if (!durable_) return;
  const std::string parent = parent_of(path);
  const FileDescriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) fail("sync", parent);
}

}  // namespace lochan::storage
