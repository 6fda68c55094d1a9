#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lochan {

/// Asks work to stop. Shared by the one who cancels and all who work; every long loop polls
/// is_cancelled() or calls throw_if_cancelled(). Callbacks run once, on the cancelling thread (at
/// once if already cancelled). Thread-safe.
class CancelToken {
 public:
  void cancel(std::string reason = {});
  bool is_cancelled() const { return cancelled_.load(std::memory_order_acquire); }
  /// Throws Error(OPERATION_CANCELED).
  void throw_if_cancelled() const;
  void on_cancel(std::function<void()> callback);

 private:
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  std::string reason_;
  std::vector<std::function<void()>> callbacks_;
};
using CancelTokenPtr = std::shared_ptr<CancelToken>;

}  // namespace lochan
