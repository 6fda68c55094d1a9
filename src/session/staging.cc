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
// Ends the name of a folder whose root was made for it.
const std::string kNewRoot = "-new";
constexpr size_t kUuidLength = 36;

/// Removes a placed file, and the partition folders that it was in as far as nothing else is there.
void remove_placed(storage::ObjectStore& store, const storage::Grant& root,
                   const std::string& file) {
  store.remove(root.child(file));
  for (size_t slash = file.rfind('/'); slash != std::string::npos;
       slash = file.rfind('/', slash - 1)) {
    if (!store.remove_if_empty(root.child(file.substr(0, slash)))) break;
  }
}

/// What keep() calls a staging folder of plain files; empty for others.
std::string kept_name(const std::string& name) {
  if (!name.starts_with(Staging::kPlain)) return {};
  return std::string(Staging::kLogged) + name.substr(Staging::kPlain.size());
}

/// Removes the folder if there are no files in it, however deep.
void remove_empty_folders(storage::ObjectStore& store, const storage::Grant& folder) {
  for (const auto& object : store.list(folder))
    if (object.is_directory) remove_empty_folders(store, folder.child(object.name));
  store.remove_if_empty(folder);
}

/// What undo() does, for the folder `staging` of a server that died.
void undo_plain(storage::ObjectStore& store, const storage::Grant& root,
                const storage::Grant& staging) {
  const std::string name = staging.location().name();
  const std::string id = name.substr(Staging::kPlain.size(), kUuidLength);
  for (const auto& file : store.list(root, {}, true)) {
    if (!file.name.starts_with(name + "/") && file.name.find(id) != std::string::npos)
      remove_placed(store, root, file.name);
  }
  for (const auto& old : store.list(staging.child(kSetAside), {}, true)) {
    if (store.move_if_absent(staging.child(kSetAside + "/" + old.name), root.child(old.name)) !=
        storage::PutResult::kCreated)
      throw Error::internal("cannot put back " + old.name + ": something else is in its place");
  }
}

}  // namespace

Staging::Staging(Session& session, storage::Grant root, std::string_view prefix)
    : store_(*session.services().store),
      locks_(*session.services().locks),
      id_(random_uuid()),
      root_(std::move(root)),
      lock_(locks_.lock(root_.location().uri(), nullptr)),
      made_root_(!store_.head(root_)),
      folder_(root_.child(std::string(prefix) + id_ + (made_root_ ? kNewRoot : ""))),
      entry_(
          session.services().cleanup->note(session.services().paths->display(folder_.location()))) {
  store_.make_directories(folder_);
  lock_.release();
  LOCHAN_FAIL_POINT("staging.made");
}

Staging::~Staging() {
  try {
    if (kept_)
      lock_.release();
    else if (!lock_)
      lock_ = locks_.lock(root_.location().uri(), nullptr);
    if (!kept_) undo();
    if (!set_aside_.empty()) store_.remove_directory(folder_.child(kSetAside));
    LOCHAN_FAIL_POINT("staging.half_removed");
    store_.remove_directory(folder_);
    LOCHAN_FAIL_POINT("staging.removed");
    if (!kept_ && made_root_) store_.remove_if_empty(root_);
  } catch (const std::exception&) {
    // What stays behind is hidden, or no commit names it.
  }
}

void Staging::lock_root(const CancelToken& cancel) {
  lock_ = locks_.lock(root_.location().uri(), &cancel);
}

void Staging::undo() {
  for (const auto& file : placed_) remove_placed(store_, root_, file);
  for (const auto& name : set_aside_)
    store_.move_if_absent(folder_.child(kSetAside + "/" + name), root_.child(name));
}

void Staging::place(const std::string& from, const std::string& to) {
  const auto source = folder_.child(from);
  store_.sync(source);
  if (store_.move_if_absent(source, root_.child(to)) != storage::PutResult::kCreated)
    throw Error::internal("a data file of this name exists: " + to);
  placed_.push_back(to);
  LOCHAN_FAIL_POINT("staging.placed");
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
  LOCHAN_FAIL_POINT("staging.set_aside");
}

void Staging::keep() {
  // By its new name it is garbage, however much of it is left.
  if (const auto kept = kept_name(folder_.location().name()); !kept.empty()) {
    const auto folder = root_.child(kept);
    store_.move_if_absent(folder_, folder);
    folder_ = folder;
  }
  kept_ = true;
  LOCHAN_FAIL_POINT("staging.kept");
}

void remove_leftover(catalog::MetadataCatalog& catalog, const storage::PathResolver& paths,
                     storage::ObjectStore& store, const std::string& path) {
  const std::string root_path = path.substr(0, path.rfind('/'));
  bool is_table_root = false;
  for (const auto& schema : catalog.schemas()) {
    for (const auto& table : catalog.tables(schema.name)) {
      if (table.location == path) return;
      is_table_root |= table.location == root_path;
    }
  }
  const auto folder = paths.resolve("", path, storage::Access::kWrite);
  const std::string name = folder.location().name();
  if (!Staging::is_staging(name)) return store.remove_directory(folder);
  const auto root = paths.resolve("", root_path, storage::Access::kWrite);
  if (const auto kept = kept_name(name); !kept.empty()) {
    if (store.head(folder)) undo_plain(store, root, folder);
    store.remove_directory(root.child(kept));
  }
  store.remove_directory(folder);
  if (name.ends_with(kNewRoot) && !is_table_root) remove_empty_folders(store, root);
}

}  // namespace lochan::session
