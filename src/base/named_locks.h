#pragma once
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

#include "base/cancel.h"

namespace lochan {

/// Locks by name: each name has at most one holder at a time. Not recursive. Thread-safe.
class NamedLocks {
 public:
  /// Holds a name until it is destroyed.
  class Guard {
   public:
    Guard() = default;
    Guard(NamedLocks& locks, std::string name) : locks_(&locks), name_(std::move(name)) {}
    Guard(Guard&& other) noexcept;
    Guard& operator=(Guard&& other) noexcept;
    ~Guard() { release(); }
    explicit operator bool() const { return locks_ != nullptr; }
    void release();

   private:
    NamedLocks* locks_ = nullptr;
    std::string name_;
  };

  /// Waits until nobody else holds `name`. Throws OPERATION_CANCELED as soon as `cancel`, which may
  /// be null, asks for it.
  Guard lock(const std::string& name, const CancelToken* cancel);

 private:
  std::mutex mutex_;
  std::condition_variable released_;
  std::set<std::string> held_;
};

}  // namespace lochan
