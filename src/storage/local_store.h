#pragma once
#include "storage/object_store.h"

namespace lochan::storage {

/// The machine's own file system. Before each use the real path (links followed) is held against
/// the grant's confinement, so that a link in a table's directory opens nothing that the resolver
/// would refuse.
class LocalStore final : public ObjectStore {
 public:
  /// `durable`: fsync files and their directories before a write counts as done (setting
  /// `durability`).
  explicit LocalStore(bool durable = true) : durable_(durable) {}

  std::optional<std::string> read(const Grant& object) override;
  std::optional<std::string> read_range(const Grant& object, int64_t offset,
                                        int64_t length) override;
  PutResult put_if_absent(const Grant& object, std::string_view bytes) override;
  void put(const Grant& object, std::string_view bytes) override;
  std::vector<ObjectInfo> list(const Grant& directory, std::string_view start_after = {},
                               bool recursive = false) override;
  std::optional<ObjectInfo> head(const Grant& object) override;
  bool remove(const Grant& object) override;
  void remove_directory(const Grant& directory) override;
  bool remove_if_empty(const Grant& directory) override;
  PutResult move_if_absent(const Grant& from, const Grant& to) override;
  void make_directories(const Grant& directory) override;
  void sync(const Grant& object) override;
  std::string local_path(const Grant& object) override;

 private:
  std::string write_path(const Grant& object);
  std::string entry_path(const Grant& entry);
  std::string write_temporary(const std::string& target, std::string_view bytes);
  void make_directories_at(const std::string& path);
  void sync_directory_of(const std::string& path);

  const bool durable_;
};

}  // namespace lochan::storage
