#include "base/named_locks.h"

#include <chrono>
#include <utility>

namespace lochan {

NamedLocks::Guard::Guard(Guard&& other) noexcept
    : locks_(std::exchange(other.locks_, nullptr)), name_(std::move(other.name_)) {}

NamedLocks::Guard& NamedLocks::Guard::operator=(Guard&& other) noexcept {
  std::swap(locks_, other.locks_);
  std::swap(name_, other.name_);
  return *this;
}

void NamedLocks::Guard::release() {
  if (locks_ == nullptr) return;
  {
    std::lock_guard lock(locks_->mutex_);
    locks_->held_.erase(name_);
  }
  locks_->released_.notify_all();
  locks_ = nullptr;
}

NamedLocks::Guard NamedLocks::lock(const std::string& name, const CancelToken* cancel) {
  std::unique_lock lock(mutex_);
  while (!held_.insert(name).second) {
    if (cancel != nullptr) cancel->throw_if_cancelled();
    released_.wait_for(lock, std::chrono::milliseconds(20));  // cancel() does not wake it
  }
  return Guard(*this, name);
}

}  // namespace lochan
