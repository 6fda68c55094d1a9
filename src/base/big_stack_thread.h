#pragma once
#include <pthread.h>
#include <cstddef>
#include <functional>

namespace lochan {

/// Stack of threads that walk users' plans: deep enough for thousands of nested levels in every
/// pass (pages are only committed as they are touched).
inline constexpr size_t kBigStackBytes = size_t{512} << 20;

/// A joinable thread with kBigStackBytes of stack. join() or the destructor waits for it.
class BigStackThread {
 public:
  BigStackThread() = default;
  explicit BigStackThread(std::function<void()> body);
  ~BigStackThread() { join(); }
  BigStackThread(const BigStackThread&) = delete;
  BigStackThread& operator=(BigStackThread&& other) noexcept;
  void join();
  bool joinable() const { return joinable_; }
  bool is_current() const { return joinable_ && pthread_equal(pthread_self(), handle_); }

 private:
  pthread_t handle_{};
  bool joinable_ = false;
};

/// For walks over what a user nests: throws FAILED_TO_PARSE_TOO_COMPLEX once more than `parts` in
/// 32 of this thread's stack are used. Later passes need more of it, so they are allowed more.
void check_stack(size_t parts);

/// Runs `body` with a big stack: here if this thread has most of one left, else on another thread,
/// waiting for it. Its exception is thrown here.
void run_on_big_stack(const std::function<void()>& body);

}  // namespace lochan
