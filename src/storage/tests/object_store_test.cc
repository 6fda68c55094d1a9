#include "storage/object_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/clock.h"
#include "base/error.h"
#include "base/fail_point.h"
#include "storage/local_store.h"
#include "storage/path_resolver.h"

namespace lochan::storage {
namespace {

namespace fs = std::filesystem;

/// What every store must do; here for the local one.
class ObjectStoreTest : public testing::Test {
 protected:
  ObjectStoreTest()
      : base_(fs::temp_directory_path() / ("lochan-store-" + random_uuid())),
        resolver_({.home = (base_ / "home").string()}),
        root_(resolver_.resolve("me", (base_ / "data").string(), Access::kWrite)) {
    fs::create_directories(base_ / "data");
  }
  ~ObjectStoreTest() override {
    set_fail_points("");
    fs::remove_all(base_);
  }

  fs::path base_;
  PathResolver resolver_;
  Grant root_;
  LocalStore store_;
};

TEST_F(ObjectStoreTest, ReadsWhatWasPut) {
  const Grant object = root_.child("a/b/c.txt");
  EXPECT_EQ(store_.read(object), std::nullopt);
  EXPECT_EQ(store_.put_if_absent(object, "hello"), PutResult::kCreated);
  EXPECT_EQ(store_.put_if_absent(object, "other"), PutResult::kExists);
  EXPECT_EQ(store_.read(object), "hello");
  EXPECT_EQ(store_.read_range(object, 1, 3), "ell");
  EXPECT_EQ(store_.read_range(object, 4, 10), "o");
  EXPECT_EQ(store_.read_range(object, 9, 10), "");
  store_.put(object, "replaced");
  EXPECT_EQ(store_.read(object), "replaced");
  EXPECT_EQ(store_.head(object)->size, 8);
  EXPECT_NEAR(static_cast<double>(store_.head(object)->modified_ms),
              static_cast<double>(now_micros() / 1000), 60'000);
  EXPECT_TRUE(store_.remove(object));
  EXPECT_FALSE(store_.remove(object));
  EXPECT_EQ(store_.head(object), std::nullopt);
}

TEST_F(ObjectStoreTest, ListsByName) {
  for (const char* name : {"3.json", "1.json", "2.json", "sub/4.json"}) {
    store_.put(root_.child(std::string("log/") + name), "x");
  }
  const auto names = [](const std::vector<ObjectInfo>& list) {
    std::string all;
    for (const auto& info : list) all += info.name + " ";
    return all;
  };
  const Grant log = root_.child("log");
  EXPECT_EQ(names(store_.list(log)), "1.json 2.json 3.json sub ");
  EXPECT_EQ(names(store_.list(log, "2")), "2.json 3.json sub ");
  EXPECT_EQ(names(store_.list(log, "2.json")), "3.json sub ");
  EXPECT_EQ(names(store_.list(log, {}, true)), "1.json 2.json 3.json sub/4.json ");
  EXPECT_EQ(names(store_.list(root_.child("nothing"))), "");
}

TEST_F(ObjectStoreTest, OneOfManyWins) {
  constexpr int kThreads = 8, kRounds = 40;
  for (int round = 0; round < kRounds; ++round) {
    const Grant object = root_.child("race/" + std::to_string(round));
    std::atomic<int> winner{-1}, wins{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        if (store_.put_if_absent(object, std::to_string(i)) == PutResult::kCreated) {
          winner = i;
          ++wins;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wins, 1);
    EXPECT_EQ(store_.read(object), std::to_string(winner));
  }
  EXPECT_EQ(store_.list(root_.child("race")).size(), size_t{kRounds});  // no temporary file stays
}

TEST_F(ObjectStoreTest, ReadingGrantsDoNotWrite) {
  const Grant object = root_.child("x").read_only();
  EXPECT_THROW(store_.put(object, "x"), Error);
  EXPECT_THROW(store_.put_if_absent(object, "x"), Error);
  EXPECT_THROW(store_.remove(object), Error);
  EXPECT_THROW(store_.make_directories(object), Error);
  EXPECT_THROW(store_.remove_directory(object), Error);
}

TEST_F(ObjectStoreTest, RemovingADirectoryDoesNotFollowLinks) {
  store_.put(root_.child("keep/file"), "x");
  store_.make_directories(root_.child("gone"));
  fs::create_directory_symlink(base_ / "data/keep", base_ / "data/gone/link");
  store_.remove_directory(root_.child("gone"));
  EXPECT_FALSE(fs::exists(base_ / "data/gone"));
  EXPECT_EQ(store_.read(root_.child("keep/file")), "x");
}

TEST_F(ObjectStoreTest, RemovingAndMovingALinkLeavesWhatItLeadsTo) {
  store_.put(root_.child("keep/file"), "x");
  fs::create_directory_symlink(base_ / "data/keep", base_ / "data/folder");
  fs::create_symlink(base_ / "data/keep/file", base_ / "data/link");
  store_.remove_directory(root_.child("folder"));
  EXPECT_EQ(store_.move_if_absent(root_.child("link"), root_.child("moved")), PutResult::kCreated);
  EXPECT_TRUE(fs::is_symlink(base_ / "data/moved"));
  EXPECT_TRUE(store_.remove(root_.child("moved")));
  EXPECT_FALSE(fs::is_symlink(base_ / "data/folder"));
  EXPECT_EQ(store_.read(root_.child("keep/file")), "x");
}

TEST_F(ObjectStoreTest, RemovesADirectoryOnlyIfNothingIsInIt) {
  store_.put(root_.child("full/file"), "x");
  store_.make_directories(root_.child("empty"));
  EXPECT_FALSE(store_.remove_if_empty(root_.child("full")));
  EXPECT_TRUE(store_.remove_if_empty(root_.child("empty")));
  EXPECT_TRUE(store_.remove_if_empty(root_.child("gone")));
  EXPECT_FALSE(fs::exists(base_ / "data/empty"));
}

TEST_F(ObjectStoreTest, MovesOnlyToFreePlaces) {
  store_.put(root_.child("a/x"), "a");
  store_.put(root_.child("b/x"), "b");
  EXPECT_EQ(store_.move_if_absent(root_.child("a"), root_.child("b")), PutResult::kExists);
  EXPECT_EQ(store_.move_if_absent(root_.child("a"), root_.child("c/d")), PutResult::kCreated);
  EXPECT_EQ(store_.read(root_.child("c/d/x")), "a");
  EXPECT_EQ(store_.read(root_.child("a/x")), std::nullopt);
}

TEST_F(ObjectStoreTest, ReadingADirectoryIsAnError) {
  store_.make_directories(root_.child("directory"));
  EXPECT_THROW(store_.read(root_.child("directory")), Error);
}

#ifdef LOCHAN_FAIL_POINTS
TEST_F(ObjectStoreTest, AFailureBeforePublishingLeavesNothingVisible) {
  set_fail_points("storage.put.before_publish:1:error");
  const Grant object = root_.child("x");
  EXPECT_THROW(store_.put_if_absent(object, "half"), Error);
  EXPECT_EQ(store_.read(object), std::nullopt);
  EXPECT_EQ(store_.put_if_absent(object, "whole"), PutResult::kCreated);
  EXPECT_EQ(store_.read(object), "whole");
}
#endif

}  // namespace
}  // namespace lochan::storage
