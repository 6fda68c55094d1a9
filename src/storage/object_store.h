#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/grant.h"

namespace lochan::storage {

struct ObjectInfo {
  std::string name;         // relative to the listed location; of head(): the last part of the path
  int64_t size = 0;         // bytes
  int64_t modified_ms = 0;  // since the epoch
  bool is_directory = false;
};

enum class PutResult { kCreated, kExists };

/// Bytes by location: what every kind of storage offers. Each call names a Grant; writing calls
/// refuse one that is only for reading (INSUFFICIENT_PERMISSIONS). Not found and already there are
/// return values; what the store cannot do for other reasons (disk full, no permission) is
/// Error(STORAGE_IO_ERROR). Thread-safe.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// The whole object; nullopt if there is none.
  virtual std::optional<std::string> read(const Grant& object) = 0;
  /// `length` bytes from `offset`, fewer at the end of the object; nullopt if there is no object.
  virtual std::optional<std::string> read_range(const Grant& object, int64_t offset,
                                                int64_t length) = 0;
  /// Creates the object with all its bytes at once, or leaves the existing one alone. Of many
  /// callers exactly one gets kCreated. After kCreated the object is durable. Missing directories
  /// are made.
  virtual PutResult put_if_absent(const Grant& object, std::string_view bytes) = 0;
  /// Creates or replaces the object; a reader sees the old bytes or the new ones, never a mixture.
  virtual void put(const Grant& object, std::string_view bytes) = 0;
  /// What lies in the directory, sorted by name; only names greater than `start_after`.
  /// `recursive`: the objects of all directories below, by relative path, and no directories. Empty
  /// if there is no such directory.
  virtual std::vector<ObjectInfo> list(const Grant& directory, std::string_view start_after = {},
                                       bool recursive = false) = 0;
  /// Size and time; nullopt if there is nothing.
  virtual std::optional<ObjectInfo> head(const Grant& object) = 0;
  /// Removes the object; false if there was none. A link is removed, not what it leads to.
  virtual bool remove(const Grant& object) = 0;
  /// Removes the directory and everything in it. Links are removed, not followed. Throws
  /// STORAGE_IO_ERROR for a root and for a directory that holds the server's home.
  virtual void remove_directory(const Grant& directory) = 0;
  /// Removes the directory unless something is in it; true if it is gone.
  virtual bool remove_if_empty(const Grant& directory) = 0;
  /// Moves an object, directory or link to a place where nothing is (kExists otherwise). Atomic,
  /// and the new name is durable; both grants must be for writing.
  virtual PutResult move_if_absent(const Grant& from, const Grant& to) = 0;
  virtual void make_directories(const Grant& directory) = 0;
  /// Makes the bytes of an object durable that something else wrote (the engine, through
  /// local_path()). Its name is durable after move_if_absent().
  virtual void sync(const Grant& object) = 0;
  /// The path under which an engine may open the object itself, symbolic links checked. Only for
  /// stores with local files.
  virtual std::string local_path(const Grant& object) = 0;
};

}  // namespace lochan::storage
