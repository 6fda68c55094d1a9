#include "session/staging.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fail_point.h"
#include "catalog/metadata_catalog.h"
#include "session/session.h"
#include "storage/path_resolver.h"

namespace lochan::session {
namespace {

const std::string kSetAside = "replaced";

}  // namespace

Staging::Staging(Session& session, storage::Grant root, const std::string& prefix)
    : store_(*session.services().store),
      root_(std::move(root)),
      folder_(root_.child(prefix + random_uuid())),
      entry_(
          session.services().cleanup->note(session.services().paths->display(folder_.location()))),
      made_root_(!store_.head(root_)) {
  store_.make_directories(folder_);
  LOCHAN_FAIL_POINT("staging.made");
}

Staging::~Staging() {
  try {
    if (!kept_) undo();
    store_.remove_directory(folder_);
    LOCHAN_FAIL_POINT("staging.removed");
    if (!kept_ && made_root_) store_.remove_if_empty(root_);
  } catch (const std::exception&) {
    // What stays behind is hidden, or no commit names it.
  }
}

void Staging::undo() {
  for (const auto& file : placed_) {
    store_.remove(root_.child(file));
    // The partition folders that it was in, as far as nothing else is there.
    for (size_t slash = file.rfind('/'); slash != std::string::npos;
         slash = file.rfind('/', slash - 1)) {
      if (!store_.remove_if_empty(root_.child(file.substr(0, slash)))) break;
    }
  }
  for (const auto& name : set_aside_)
    store_.move_if_absent(folder_.child(kSetAside + "/" + name), root_.child(name));
}

void Staging::place(const std::string& from, const std::string& to) {
  const auto source = folder_.child(from);
  store_.sync(source);
  if (store_.move_if_absent(source, root_.child(to)) != storage::PutResult::kCreated)
    throw Error::internal("a data file of this name exists: " + to);
  placed_.push_back(to);
}

void Staging::place_local(const std::string& path, const std::string& to) {
  const std::string folder = store_.local_path(folder_);
  if (!path.starts_with(folder + "/"))
    throw Error::internal("a file outside of its staging folder: " + path);
  place(path.substr(folder.size() + 1), to);
}

void Staging::set_aside(const std::string& name) {
  store_.move_if_absent(root_.child(name), folder_.child(kSetAside + "/" + name));
  set_aside_.push_back(name);
}

void remove_leftover(catalog::MetadataCatalog& catalog, const storage::PathResolver& paths,
                     storage::ObjectStore& store, const std::string& path) {
  for (const auto& schema : catalog.schemas())
    for (const auto& table : catalog.tables(schema.name))
      if (table.location == path) return;
  const auto folder = paths.resolve("", path, storage::Access::kWrite);
  if (!store.head(folder.child(kSetAside))) store.remove_directory(folder);
}

}  // namespace lochan::session
