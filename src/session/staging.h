#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/named_locks.h"
#include "storage/cleanup_journal.h"
#include "storage/object_store.h"

namespace lochan::catalog {
class MetadataCatalog;
}
namespace lochan::storage {
class PathResolver;
}

namespace lochan::session {

class Session;

/// A hidden folder of a table (or a folder of files) in which new files grow, and what was moved
/// out of it and into it. Unless keep() was called the destructor undoes all of that: a write that
/// does not come to its end leaves nothing and loses nothing. After a crash the next start does so
/// (remove_leftover()). Writers of one root change it one after the other: lock_root().
class Staging {
 public:
  /// Prefixes of the hidden folder's name. Files that a log names are garbage until it does; a
  /// folder of plain files shows what is placed in it, so that a crash must be undone.
  static constexpr std::string_view kLogged = "_staging-", kPlain = "_temporary-";
  /// Whether `name` (relative to a root) is such a folder, of whichever writer, or lies in one.
  static bool is_staging(std::string_view name) {
    return name.starts_with(kLogged) || name.starts_with(kPlain);
  }

  /// `root`: the folder that is written to; it is made if need be.
  Staging(Session& session, storage::Grant root, std::string_view prefix);
  ~Staging();
  Staging(const Staging&) = delete;

  const storage::Grant& folder() const { return folder_; }
  /// A UUID. Names of plain files that are placed must have it: an undo after a crash finds them by
  /// it.
  const std::string& id() const { return id_; }
  /// Waits for other writers of the root. From here to the end this one alone places files in it
  /// and sets them aside. Throws OPERATION_CANCELED.
  void lock_root(const CancelToken& cancel);
  /// Makes the file `from` (below the folder) durable and moves it to `to` (below the root).
  void place(const std::string& from, const std::string& to);
  /// The same for a file that the engine names by its local path.
  void place_local(const std::string& path, const std::string& to);
  /// Takes a file or folder of the root away: for good if keep() is called, else until the end.
  void set_aside(const std::string& name);
  /// From here on the new files stay and what was set aside is gone, even after a crash.
  void keep();
  void drop() { kept_ = false; }

 private:
  void undo();

  storage::ObjectStore& store_;
  NamedLocks& locks_;
  const std::string id_;
  const storage::Grant root_;
  NamedLocks::Guard lock_;  // of root_
  const bool made_root_;
  storage::Grant folder_;
  storage::CleanupJournal::Entry entry_;
  std::vector<std::string> placed_, set_aside_;
  bool kept_ = false;
};

/// Removes what a dead server left at `path` (CleanupJournal::work_off): a staging folder, after
/// what was set aside in it went back to its place and plain files that were placed are removed,
/// unless keep() was called; then the folder that was made for it, if it is empty; or the folder of
/// a managed table, unless the catalog names it.
void remove_leftover(catalog::MetadataCatalog& catalog, const storage::PathResolver& paths,
                     storage::ObjectStore& store, const std::string& path);

}  // namespace lochan::session
