#include "storage/path_resolver.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <utility>

#include "base/ascii.h"
#include "base/error.h"

namespace lochan::storage {
namespace {

constexpr std::array<std::string_view, 4> kDbfsNames = {"/mnt", "/FileStore", "/user",
                                                        "/databricks-datasets"};

bool is_at_or_below(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

/// Whether the kernel makes up what is there: not data, and secrets among it (/proc/self/environ).
bool is_kernel_file(std::string_view path) {
  return is_at_or_below(path, "/proc") || is_at_or_below(path, "/sys") ||
         (is_at_or_below(path, "/dev") && !is_at_or_below(path, "/dev/shm"));
}

Error refused(std::string_view path, std::string_view why) {
  return Error("INSUFFICIENT_PERMISSIONS",
               {{"report", "the path " + std::string(path) + " " + std::string(why)}});
}

Error invalid(std::string_view path, std::string_view why) {
  return Error("INVALID_PATH", {{"path", std::string(path)}, {"reason", std::string(why)}});
}

/// The scheme in front of a path, empty if there is none. A colon after a slash belongs to a file
/// name.
std::string_view scheme_of(std::string_view path) {
  const size_t colon = path.find(':');
  if (colon == std::string_view::npos || path.find('/') < colon) return {};
  return path.substr(0, colon);
}

/// What follows the scheme, without an empty authority: "///x" and "/x" are both "/x".
std::string_view without_authority(std::string_view written, std::string_view rest) {
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    if (!rest.starts_with("/")) throw invalid(written, "it names a host");
  }
  if (!rest.starts_with("/")) throw invalid(written, "a path after a scheme must be absolute");
  return rest;
}

}  // namespace

std::string real_path(const std::string& path) {
  std::string existing = path, rest;
  while (true) {
    char buffer[PATH_MAX];
    if (::realpath(existing.c_str(), buffer) != nullptr) {
      const std::string real = buffer;
      return (real == "/" && !rest.empty() ? "" : real) + rest;
    }
    // A dangling link is not "missing": opening it for writing would create its target.
    if (::readlink(existing.c_str(), buffer, sizeof buffer) >= 0) return {};
    const size_t slash = existing.rfind('/');
    if (slash == std::string::npos || existing == "/") return path;
    rest.insert(0, existing.substr(slash));
    existing = slash == 0 ? "/" : existing.substr(0, slash);
  }
}

void require_confined(const Grant& grant, const std::string& real) {
  const Confinement& limits = grant.confinement();
  const std::string shown = grant.location().uri();
  if (real.empty()) throw refused(shown, "goes through a link that leads nowhere");
  if (is_kernel_file(real) || is_kernel_file(grant.location().path))
    throw refused(shown, "lies in a file system of the kernel");
  if (!limits.inside.empty() && !is_at_or_below(real, limits.inside)) {
    throw refused(shown, "leaves the DBFS root");
  }
  if (!limits.outside.empty() && is_at_or_below(real, limits.outside) &&
      !is_at_or_below(real, limits.except)) {
    throw refused(shown, "lies in the server's home");
  }
}

PathResolver::PathResolver(PathSettings settings) : settings_(std::move(settings)) {
  if (settings_.working_directory.empty()) {
    char buffer[PATH_MAX];
    if (::getcwd(buffer, sizeof buffer) != nullptr) settings_.working_directory = buffer;
  }
  const std::string home = real_path(normalize_path(settings_.home));
  const std::string root = real_path(home + "/dbfs");
  dbfs_root_ = {"file", root};
  dbfs_confinement_ = std::make_shared<Confinement>(Confinement{.inside = root});
  local_confinement_ = std::make_shared<Confinement>(Confinement{.outside = home, .except = root});
}

Grant PathResolver::resolve(std::string_view principal, std::string_view path,
                            Access access) const {
  if (path.empty()) throw invalid(path, "it is empty");
  if (path.find('\0') != std::string_view::npos) throw invalid(path, "it holds a zero byte");
  std::string scheme(scheme_of(path));
  if (scheme.empty()) {
    // A path that starts in DBFS stays there whatever ".." follows (/mnt/../etc is dbfs:/etc, not
    // the machine's /etc), and one that ends there after ".." is DBFS too.
    for (const auto name : kDbfsNames) {
      if (is_at_or_below(path, name)) return resolve_dbfs(path, path, access);
    }
    const std::string normal = path.starts_with("/") ? normalize_path(path) : std::string();
    for (const auto name : kDbfsNames) {
      if (is_at_or_below(normal, name)) return resolve_dbfs(path, normal, access);
    }
    return resolve_local(path, path, access);
  }
  const std::string_view rest = path.substr(scheme.size() + 1);
  scheme = lower_case(scheme);
  if (scheme == "dbfs") return resolve_dbfs(path, without_authority(path, rest), access);
  if (scheme == "file") return resolve_local(path, without_authority(path, rest), access);
  throw Error::not_supported("the file system scheme " + scheme + " (" + std::string(path) + ")");
}

Grant PathResolver::resolve_dbfs(std::string_view written, std::string_view path,
                                 Access access) const {
  const std::string below = normalize_path(path);
  if (below.empty()) throw refused(written, "leaves the DBFS root");
  Location location = dbfs_root_;
  if (below != "/") location.path += below;
  Grant grant(std::move(location), access, {}, dbfs_confinement_);
  require_confined(grant, real_path(grant.location().path));
  if (access == Access::kWrite) refuse_storage_root(written, grant);
  return grant;
}

/// Storage roots: that of DBFS and the folders that paths name without a scheme, the machine's and
/// the folders directly in it, and what holds the server's home, the user's or the working
/// directory.
void PathResolver::refuse_storage_root(std::string_view written, const Grant& grant) const {
  const std::string real = real_path(grant.location().path);
  bool is_root = real.rfind('/') == 0;
  for (const auto name : kDbfsNames) is_root |= real == dbfs_root_.path + std::string(name);
  for (const auto& kept :
       {dbfs_root_.path, settings_.home, settings_.user_home, settings_.working_directory})
    is_root |= !kept.empty() && is_at_or_below(real_path(kept), real);
  if (is_root) throw refused(written, "is a storage root: write to a folder below it");
}

Grant PathResolver::resolve_local(std::string_view written, std::string_view path,
                                  Access access) const {
  if (!settings_.allow_local_files) {
    throw refused(written, "is a local file, and the setting allow_local_files is off");
  }
  std::string absolute(path);
  if (!path.starts_with("/")) {
    if (settings_.working_directory.empty())
      throw invalid(written, "there is no working directory");
    absolute = settings_.working_directory + "/" + absolute;
  }
  const std::string normal = normalize_path(absolute);
  if (normal.empty()) throw refused(written, "leaves the root directory");
  Grant grant({"file", normal}, access, {}, local_confinement_);
  require_confined(grant, real_path(normal));
  if (access == Access::kWrite) refuse_storage_root(written, grant);
  return grant;
}

std::string PathResolver::display(const Location& location) const {
  if (dbfs_root_.contains(location)) {
    const std::string below = location.path.substr(dbfs_root_.path.size());
    return "dbfs:" + (below.empty() ? "/" : below);
  }
  return location.uri();
}

}  // namespace lochan::storage
