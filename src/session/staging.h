#pragma once
#include <string>
#include <vector>

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
/// does not come to its end leaves nothing and loses nothing. A crash leaves the hidden folder,
/// which goes at the next start unless old files are in it.
class Staging {
 public:
  /// `root`: the folder that is written to; it is made if need be. `prefix`: of the hidden folder's
  /// name.
  Staging(Session& session, storage::Grant root, const std::string& prefix);
  ~Staging();
  Staging(const Staging&) = delete;

  const storage::Grant& folder() const { return folder_; }
  /// Makes the file `from` (below the folder) durable and moves it to `to` (below the root).
  void place(const std::string& from, const std::string& to);
  /// The same for a file that the engine names by its local path.
  void place_local(const std::string& path, const std::string& to);
  /// Takes a file or folder of the root away: for good if keep() is called, else until the end.
  void set_aside(const std::string& name);
  void keep() { kept_ = true; }
  void drop() { kept_ = false; }

 private:
  void undo();

  storage::ObjectStore& store_;
  storage::Grant root_, folder_;
  storage::CleanupJournal::Entry entry_;
  bool made_root_ = false;
  std::vector<std::string> placed_, set_aside_;
  bool kept_ = false;
};

/// Removes what a dead server left at `path` (CleanupJournal::work_off): a staging folder, unless
/// files were set aside in it, which may be all that is left of the old rows; or the folder of a
/// managed table, unless the catalog names it.
void remove_leftover(catalog::MetadataCatalog& catalog, const storage::PathResolver& paths,
                     storage::ObjectStore& store, const std::string& path);

}  // namespace lochan::session
