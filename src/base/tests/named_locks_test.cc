#include "base/named_locks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/error.h"

namespace lochan {
namespace {

TEST(NamedLocks, HaveOneHolderOfEachName) {
  NamedLocks locks;
  int count = 0;  // not atomic: the lock is what keeps it right
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) {
        const auto lock = locks.lock("a", nullptr);
        ++count;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count, 4000);
}

TEST(NamedLocks, OtherNamesAreFree) {
  NamedLocks locks;
  auto a = locks.lock("a", nullptr);
  EXPECT_TRUE(locks.lock("b", nullptr));
  a.release();
  EXPECT_FALSE(a);
  EXPECT_TRUE(locks.lock("a", nullptr));
}

TEST(NamedLocks, WaitingEndsWhenItIsCancelled) {
  NamedLocks locks;
  const auto held = locks.lock("a", nullptr);
  CancelToken cancel;
  std::atomic<bool> refused = false;
  std::thread waiting([&] {
    try {
      locks.lock("a", &cancel);
    } catch (const Error& error) {
      refused = error.condition() == "OPERATION_CANCELED";
    }
  });
  cancel.cancel();
  waiting.join();
  EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace lochan
