#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "base/big_stack_thread.h"

namespace lochan::connect {

/// A fixed number of threads with big stacks that run tasks in the order in which they came. gRPC's
/// own threads must never block and have small stacks, so all work of the service runs here. Tasks
/// must not throw. Thread-safe. The destructor runs what is queued, then joins.
class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;

  void run(std::function<void()> task);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<BigStackThread> threads_;
};

}  // namespace lochan::connect
