#include "base/cancel.h"

#include "base/error.h"

namespace lochan {

void CancelToken::cancel(std::string reason) {
  std::vector<std::function<void()>> callbacks;
  {
    std::lock_guard lock(mutex_);
    if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;
    reason_ = std::move(reason);
    callbacks.swap(callbacks_);
  }
  for (auto& callback : callbacks) callback();
}

void CancelToken::throw_if_cancelled() const {
  if (is_cancelled()) throw Error("OPERATION_CANCELED");
}

void CancelToken::on_cancel(std::function<void()> callback) {
  {
    std::lock_guard lock(mutex_);
    if (!cancelled_.load(std::memory_order_relaxed)) {
      callbacks_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

}  // namespace lochan
