#pragma once
#include <string>
#include <vector>

#include "storage/object_store.h"

namespace lochan::session {

/// A hidden folder in which files grow, and the files moved out of it. Unless keep() was called the
/// destructor removes all of them: a write that does not come to its end leaves nothing.
class Staging {
 public:
  Staging(storage::ObjectStore& store, storage::Grant folder);
  ~Staging();
  Staging(const Staging&) = delete;

  const storage::Grant& folder() const { return folder_; }
  /// Makes the file `from` (below the folder) durable and moves it to its place.
  void place(const std::string& from, const storage::Grant& to);
  /// The same for a file that the engine names by its local path.
  void place_local(const std::string& path, const storage::Grant& to);
  void keep() { kept_ = true; }
  void drop() { kept_ = false; }

 private:
  storage::ObjectStore& store_;
  storage::Grant folder_;
  std::vector<storage::Grant> placed_;
  bool kept_ = false;
};

}  // namespace lochan::session
