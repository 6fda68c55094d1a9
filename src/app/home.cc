#include "app/home.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace lochan::app {
namespace {

constexpr int kFormat = 1;

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw Error("HOME_NOT_USABLE", {{"path", path}, {"reason", reason}});
}

}  // namespace

Home::Home(std::string path) {
  namespace fs = std::filesystem;
  std::error_code error;
  path_ = fs::absolute(path, error).lexically_normal();
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  if (fs::create_directories(path_, error)) chmod(path_.c_str(), 0700);
  if (error) fail(path_, error.message());
  lock_ = open((path_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) fail(path_, std::strerror(errno));
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    close(lock_);
    throw Error("HOME_LOCKED", {{"path", path_}});
  }
  const std::string format_file = path_ + "/format";
  if (std::ifstream in(format_file); in) {
    int found = 0;
    in >> found;
    if (found > kFormat)
      throw Error("HOME_FORMAT_TOO_NEW", {{"found", std::to_string(found)},
                                          {"supported", std::to_string(kFormat)},
                                          {"path", path_}});
  } else {
    std::ofstream(format_file) << kFormat << "\n";
  }
  for (const char* folder :
       {"/meta", "/dbfs", "/dbfs/mnt", "/dbfs/FileStore", "/dbfs/user/hive/warehouse"})
    if (fs::create_directories(path_ + folder, error); error) fail(path_ + folder, error.message());
  fs::remove_all(spill_directory(), error);
  fs::create_directories(spill_directory(), error);
}

Home::~Home() {
  if (lock_ >= 0) close(lock_);
}

}  // namespace lochan::app
