#include "base/fail_point.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/error.h"

namespace lochan {
namespace {

class FailPointTest : public testing::Test {
 protected:
  ~FailPointTest() override { set_fail_points(""); }
};

TEST_F(FailPointTest, ActsAtTheVisitAskedFor) {
  set_fail_points("a.b:2:error,c:1:delay=30");
  EXPECT_NO_THROW(reach_fail_point("a.b"));
  EXPECT_NO_THROW(reach_fail_point("other"));
  EXPECT_THROW(reach_fail_point("a.b"), Error);
  EXPECT_NO_THROW(reach_fail_point("a.b"));
  const auto start = std::chrono::steady_clock::now();
  reach_fail_point("c");
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(30));
}

TEST_F(FailPointTest, KillsAtOnce) {
  EXPECT_EXIT(
      {
        set_fail_points("x:1:kill");
        reach_fail_point("x");
      },
      testing::KilledBySignal(9), "");
}

TEST_F(FailPointTest, RefusesABadList) {
  EXPECT_THROW(set_fail_points("a"), Error);
  EXPECT_THROW(set_fail_points("a:x:kill"), Error);
  EXPECT_THROW(set_fail_points("a:1:explode"), Error);
  EXPECT_THROW(set_fail_points("a:1:delay=long"), Error);
}

}  // namespace
}  // namespace lochan
