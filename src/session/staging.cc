#include "session/staging.h"

#include "base/error.h"

namespace lochan::session {

Staging::Staging(storage::ObjectStore& store, storage::Grant folder)
    : store_(store), folder_(std::move(folder)) {
  store_.make_directories(folder_);
}

Staging::~Staging() {
  try {
    store_.remove_directory(folder_);
    if (kept_) return;
    for (const auto& grant : placed_) store_.remove(grant);
  } catch (const std::exception&) {
    // What stays behind is hidden, or no commit names it.
  }
}

void Staging::place(const std::string& from, const storage::Grant& to) {
  const auto source = folder_.child(from);
  store_.sync(source);
  if (store_.move_if_absent(source, to) != storage::PutResult::kCreated)
    throw Error::internal("a data file of this name exists: " + to.location().uri());
  placed_.push_back(to);
}

void Staging::place_local(const std::string& path, const storage::Grant& to) {
  const std::string folder = store_.local_path(folder_);
  if (!path.starts_with(folder + "/"))
    throw Error::internal("a file outside of its staging folder: " + path);
  place(path.substr(folder.size() + 1), to);
}

}  // namespace lochan::session
