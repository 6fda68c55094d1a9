#include "storage/cleanup_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/fail_point.h"

// An entry's file holds the path and a line end: one that is cut off names nothing.
namespace lochan::storage {
namespace {

namespace fs = std::filesystem;

Error failed(std::string_view operation, const std::string& path, int error) {
  return Error(
      "STORAGE_IO_ERROR",
      {{"operation", std::string(operation)}, {"path", path}, {"reason", std::strerror(error)}});
}

}  // namespace

CleanupJournal::CleanupJournal(std::string directory) : directory_(std::move(directory)) {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (error) throw failed("make the directory", directory_, error.value());
}

CleanupJournal::Entry::~Entry() {
  if (!file_.empty()) ::unlink(file_.c_str());
}

CleanupJournal::Entry CleanupJournal::note(const std::string& path) const {
  const std::string file = directory_ + "/" + random_uuid();
  const std::string line = path + "\n";
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) throw failed("create", file, errno);
  const ssize_t written = ::write(fd, line.data(), line.size());
  const int error = written < 0 ? errno : ENOSPC;
  ::close(fd);
  if (written != static_cast<ssize_t>(line.size())) {
    ::unlink(file.c_str());
    throw failed("write", file, error);
  }
  LOCHAN_FAIL_POINT("storage.cleanup.noted");
  return Entry(file);
}

void CleanupJournal::work_off(const std::function<void(const std::string& path)>& remove) const {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory_)) files.push_back(entry.path());
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::string line{std::istreambuf_iterator<char>(in), {}};
    if (line.ends_with('\n')) {
      line.pop_back();
      try {
        remove(line);
      } catch (const Error&) {
        continue;  // its disk may be away today
      }
    }
    std::error_code ignored;
    fs::remove(file, ignored);
  }
}

}  // namespace lochan::storage
