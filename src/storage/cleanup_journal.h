#pragma once
#include <functional>
#include <string>

namespace lochan::storage {

/// Remembers across a crash what is to be removed: the staging folder of a write that has not come
/// to its end, the folder of a managed table whose name is not in the catalog yet, or no more. Each
/// entry is a small file in the journal's directory for as long as its Entry lives; what a server
/// that died left there is worked off at the next start. Thread-safe.
class CleanupJournal {
 public:
  /// Makes the directory if need be. Throws STORAGE_IO_ERROR.
  explicit CleanupJournal(std::string directory);

  class Entry {
   public:
    Entry() = default;
    explicit Entry(std::string file) : file_(std::move(file)) {}
    Entry(Entry&& other) noexcept : file_(std::move(other.file_)) { other.file_.clear(); }
    Entry& operator=(Entry&&) = delete;
    ~Entry();
    explicit operator bool() const { return !file_.empty(); }

   private:
    std::string file_;  // empty: nothing to forget
  };

  /// Notes `path`, as PathResolver::display() writes it, until the entry is destroyed: by then it
  /// is removed, or kept because the work is done.
  Entry note(const std::string& path) const;

  /// Calls `remove` with each path that a dead server left noted, before the first note() of this
  /// one. Entries are forgotten, except where `remove` throws: those wait for the next start.
  void work_off(const std::function<void(const std::string& path)>& remove) const;

 private:
  const std::string directory_;
};

}  // namespace lochan::storage
