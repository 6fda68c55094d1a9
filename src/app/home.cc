#include "app/home.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/error.h"

namespace lochan::app {
namespace {

constexpr int kFormat = 1;

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw Error("HOME_NOT_USABLE", {{"path", path}, {"reason", reason}});
}

/// The version of the layout at `path`, written if the home is new.
void check_format(const std::string& path) {
  namespace fs = std::filesystem;
  const std::string file = path + "/format";
  std::error_code error;
  if (!fs::exists(file, error)) {
    // Renamed into place: a file that was cut short would be refused ever after.
    const std::string draft = file + ".new";
    std::ofstream out(draft);
    out << kFormat << "\n";
    out.close();
    if (!out) fail(draft, std::strerror(errno));
    fs::rename(draft, file, error);
    if (error) fail(file, error.message());
    return;
  }
  std::ifstream in(file);
  if (!in) fail(file, std::strerror(errno));
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (text.ends_with('\n')) text.pop_back();
  int found = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), found);
  const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (!number || (problem == std::errc() && found < 1))
    fail(file, "it holds no version of a home's layout; restore it, or name another home");
  if (problem != std::errc() || found > kFormat)
    throw Error("HOME_FORMAT_TOO_NEW",
                {{"found", text}, {"supported", std::to_string(kFormat)}, {"path", path}});
}

/// Does only what a server keeps lie there? A directory of other things stays as open as it is.
bool holds_only_a_home(const std::string& path) {
  constexpr std::string_view kOwn[] = {"cleanup", "config.toml", "dbfs",
                                       "format",  "format.new",  "lock",
                                       "meta",    "sql_history", "spill"};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (std::find(std::begin(kOwn), std::end(kOwn), entry.path().filename().string()) ==
        std::end(kOwn))
      return false;
  }
  return !error;
}

/// Nobody else may look into `path`. Throws if it is another user's, and open to others.
void close_to_others(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) fail(path, std::strerror(errno));
  if ((info.st_mode & 077) == 0) return;
  if (info.st_uid != geteuid()) fail(path, "it belongs to another user, and others may open it");
  if (chmod(path.c_str(), 0700) != 0) fail(path, std::strerror(errno));
}

void make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) fail(path, error.message());
}

/// Files are made for the user alone while this lives.
struct PrivateFiles {
  mode_t before = umask(077);
  ~PrivateFiles() { umask(before); }
};

}  // namespace

Home::Home(std::string path) {
  namespace fs = std::filesystem;
  std::error_code error;
  path_ = fs::absolute(path, error).lexically_normal();
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  const PrivateFiles only_ours;
  make_directory(path_);
  if (holds_only_a_home(path_)) close_to_others(path_);
  lock_ = open((path_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) fail(path_, std::strerror(errno));
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    close(lock_);
    throw Error("HOME_LOCKED", {{"path", path_}});
  }
  check_format(path_);
  fs::remove_all(spill_directory(), error);
  for (const char* folder : {"/meta", "/dbfs", "/spill", "/cleanup"}) {
    make_directory(path_ + folder);
    close_to_others(path_ + folder);
  }
  for (const char* folder : {"/dbfs/mnt", "/dbfs/FileStore", "/dbfs/user/hive/warehouse"})
    make_directory(path_ + folder);
  // SQLite gives the files it adds the rights of this one.
  const int metadata = open(metadata_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (metadata < 0) fail(metadata_file(), std::strerror(errno));
  close(metadata);
}

Home::~Home() {
  if (lock_ >= 0) close(lock_);
}

}  // namespace lochan::app
