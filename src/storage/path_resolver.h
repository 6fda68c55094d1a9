#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "storage/grant.h"

namespace lochan::storage {

struct PathSettings {
  std::string home;  // the server's home directory, absolute
  bool allow_local_files =
      true;  // setting `allow_local_files`: may users open files outside the DBFS root?
  std::string working_directory;  // relative paths start here; empty: the process's
  std::string user_home;          // of the user that the server runs as; empty: none
};

/// Turns the path a user wrote into a Grant, or refuses it. The only maker of grants.
///
///   dbfs:/x, dbfs:///x, /mnt/x, /FileStore/x, /user/x, /databricks-datasets/x   below <home>/dbfs
///   file:/x, file:///x, any other /x, relative x                                local files, if
///   allowed any other scheme (s3, abfss, gs, ...)                                       not
///   supported yet, by name
///
/// ".." cannot leave a root, and neither can symbolic links. The home outside its DBFS root is
/// refused, and so are the kernel's file systems (/proc, /sys, /dev). The right to write is not
/// given for a storage root (below it it is): an overwrite would take away all that is there.
/// Thread-safe.
class PathResolver {
 public:
  explicit PathResolver(PathSettings settings);

  /// Checks `path` for `principal`. Throws Error: INSUFFICIENT_PERMISSIONS (outside what may be
  /// opened), INVALID_PATH (empty, zero bytes, a host), UNSUPPORTED_FEATURE (unknown scheme).
  /// Whether something exists there is not asked.
  Grant resolve(std::string_view principal, std::string_view path, Access access) const;

  /// The path as the user would write it: "dbfs:/mnt/x" or "file:/x".
  std::string display(const Location& location) const;

  /// <home>/dbfs, links followed.
  const Location& dbfs_root() const { return dbfs_root_; }

 private:
  Grant resolve_dbfs(std::string_view written, std::string_view path, Access access) const;
  Grant resolve_local(std::string_view written, std::string_view path, Access access) const;
  void refuse_storage_root(std::string_view written, const Grant& grant) const;

  PathSettings settings_;
  Location dbfs_root_;
  std::shared_ptr<const Confinement> dbfs_confinement_, local_confinement_;
};

/// The real path of `path`: links of its longest existing part followed, the rest appended.
std::string real_path(const std::string& path);
/// Throws INSUFFICIENT_PERMISSIONS unless the grant's real path satisfies its confinement.
void require_confined(const Grant& grant, const std::string& real);

}  // namespace lochan::storage
