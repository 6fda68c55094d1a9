#include "storage/path_resolver.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "base/error.h"
#include "storage/local_store.h"

namespace lochan::storage {
namespace {

namespace fs = std::filesystem;

class PathResolverTest : public testing::Test {
 protected:
  PathResolverTest() {
    base_ = fs::canonical(fs::temp_directory_path()) / ("lochan-resolver-" + random_uuid());
    home_ = base_ / "home";
    outside_ = base_ / "outside";
    fs::create_directories(home_ / "dbfs" / "mnt");
    fs::create_directories(home_ / "meta");
    fs::create_directories(outside_);
    std::ofstream(outside_ / "secret") << "secret";
    std::ofstream(home_ / "meta" / "db") << "db";
  }
  ~PathResolverTest() override { fs::remove_all(base_); }

  PathResolver resolver() const { return PathResolver({.home = home_.string()}); }
  std::string path_of(std::string_view path) const {
    return resolver().resolve("me", path, Access::kRead).location().path;
  }
  std::string error_of(std::string_view path, Access access = Access::kRead) const {
    try {
      return "opened " + resolver().resolve("me", path, access).location().path;
    } catch (const Error& error) {
      return error.condition();
    }
  }

  fs::path base_, home_, outside_;
};

TEST_F(PathResolverTest, DbfsPathsLieBelowTheRoot) {
  const std::string root = (home_ / "dbfs").string();
  EXPECT_EQ(path_of("dbfs:/mnt/sales"), root + "/mnt/sales");
  EXPECT_EQ(path_of("dbfs:///mnt/sales/"), root + "/mnt/sales");
  EXPECT_EQ(path_of("DBFS:/mnt"), root + "/mnt");
  EXPECT_EQ(path_of("dbfs:/"), root);
  EXPECT_EQ(path_of("/mnt/sales"), root + "/mnt/sales");
  EXPECT_EQ(path_of("/FileStore/a b%20c"), root + "/FileStore/a b%20c");
  EXPECT_EQ(path_of("/user/hive/warehouse"), root + "/user/hive/warehouse");
  EXPECT_EQ(path_of("/databricks-datasets"), root + "/databricks-datasets");
  EXPECT_EQ(path_of("/tmp/../mnt/x"), root + "/mnt/x");
  EXPECT_EQ(resolver().display({"file", root + "/mnt/x"}), "dbfs:/mnt/x");
  EXPECT_EQ(resolver().display({"file", "/tmp/x"}), "file:/tmp/x");
}

TEST_F(PathResolverTest, OtherPathsAreLocal) {
  EXPECT_EQ(path_of("/mntx/y"), "/mntx/y");
  EXPECT_EQ(path_of("file:" + outside_.string()), outside_.string());
  EXPECT_EQ(path_of("file://" + outside_.string()), outside_.string());
  EXPECT_EQ(path_of(outside_.string() + "//a/./b/../c"), outside_.string() + "/a/c");
  const PathResolver there({.home = home_.string(), .working_directory = outside_.string()});
  EXPECT_EQ(there.resolve("me", "data/x.csv", Access::kRead).location().path,
            outside_.string() + "/data/x.csv");
}

TEST_F(PathResolverTest, LocalFilesCanBeRefused) {
  const PathResolver strict({.home = home_.string(), .allow_local_files = false});
  EXPECT_THROW(strict.resolve("me", "/tmp/x", Access::kRead), Error);
  EXPECT_THROW(strict.resolve("me", "relative", Access::kRead), Error);
  EXPECT_NO_THROW(strict.resolve("me", "/mnt/x", Access::kRead));
}

TEST_F(PathResolverTest, NothingLeavesARoot) {
  EXPECT_EQ(error_of("dbfs:/../meta/db"), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(error_of("dbfs:/mnt/../../meta/db"), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(error_of("/mnt/../../../etc/passwd"), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(error_of("/../etc/passwd"), "INSUFFICIENT_PERMISSIONS");
  // What starts in DBFS stays there.
  EXPECT_EQ(path_of("/mnt/../etc/passwd"), (home_ / "dbfs/etc/passwd").string());
}

TEST_F(PathResolverTest, TheHomeIsRefused) {
  EXPECT_EQ(error_of((home_ / "meta/db").string()), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(error_of("file:" + home_.string()), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(error_of(outside_.string() + "/../home/meta"), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(path_of((home_ / "dbfs/mnt").string()), (home_ / "dbfs/mnt").string());
}

TEST_F(PathResolverTest, LinksDoNotLeadOut) {
  fs::create_directory_symlink(outside_, home_ / "dbfs/mnt/out");
  fs::create_directory_symlink(home_ / "meta", outside_ / "in");
  fs::create_symlink(outside_ / "not-there", home_ / "dbfs/mnt/dangling");
  fs::create_directory_symlink(home_ / "dbfs/mnt", home_ / "dbfs/inside");
  EXPECT_EQ(error_of("/mnt/out/secret"), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(error_of("/mnt/out/new/file"), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(error_of("/mnt/dangling"), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(error_of((outside_ / "in/db").string()), "INSUFFICIENT_PERMISSIONS");
  EXPECT_NE(path_of("dbfs:/inside/x"), "");
}

TEST_F(PathResolverTest, LinksInsideAGrantAreCheckedWhenOpened) {
  const Grant table = resolver().resolve("me", "/mnt/table", Access::kRead);
  fs::create_directories(home_ / "dbfs/mnt/table");
  fs::create_symlink(outside_ / "secret", home_ / "dbfs/mnt/table/part.parquet");
  LocalStore store;
  EXPECT_THROW(store.read(table.child("part.parquet")), Error);
  EXPECT_THROW(store.local_path(table.child("part.parquet")), Error);
  EXPECT_THROW(table.child("../other"), Error);
  EXPECT_EQ(table.child("a/../b").location().name(), "b");
}

TEST_F(PathResolverTest, StorageRootsAreNotWritten) {
  fs::create_directory_symlink(home_ / "dbfs/mnt", home_ / "dbfs/inside");
  fs::create_directory_symlink("/", outside_ / "machine");
  fs::create_directories(outside_ / "begin/deep");
  fs::create_directories(outside_ / "me");
  const PathResolver own({.home = home_.string(),
                          .working_directory = (outside_ / "begin/deep").string(),
                          .user_home = (outside_ / "me").string()});
  const std::string dbfs = (home_ / "dbfs").string(), out = outside_.string();
  for (const std::string& root : {std::string("/"),
                                  std::string("//"),
                                  std::string("file:/"),
                                  std::string("file:///"),
                                  std::string("/tmp/.."),
                                  std::string("/tmp"),
                                  std::string("/etc/"),
                                  std::string("/no-such"),
                                  std::string("dbfs:/"),
                                  std::string("dbfs:///"),
                                  std::string("dbfs:/x/.."),
                                  std::string("/mnt"),
                                  std::string("/mnt/"),
                                  std::string("/mnt/x/.."),
                                  std::string("dbfs:/mnt"),
                                  std::string("/FileStore"),
                                  std::string("/user"),
                                  std::string("/databricks-datasets"),
                                  std::string("dbfs:/inside"),
                                  dbfs,
                                  dbfs + "/mnt",
                                  "file:" + dbfs + "/user",
                                  home_.string(),
                                  base_.string(),
                                  out,
                                  out + "/machine",
                                  out + "/begin",
                                  out + "/begin/deep",
                                  out + "/me",
                                  std::string("."),
                                  std::string("..")}) {
    EXPECT_THROW(own.resolve("me", root, Access::kWrite), Error) << root;
  }
  for (const std::string& below :
       {std::string("dbfs:/x"), std::string("/mnt/x"), std::string("/user/me"), out + "/other",
        out + "/begin/deep/x", out + "/me/x", std::string("x"), std::string("/tmp/x")}) {
    EXPECT_NO_THROW(own.resolve("me", below, Access::kWrite)) << below;
  }
  EXPECT_EQ(error_of("/", Access::kWrite), "INSUFFICIENT_PERMISSIONS");
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("/mnt"), dbfs + "/mnt");
}

TEST_F(PathResolverTest, FilesOfTheKernelAreRefused) {
  fs::create_symlink("/proc/self/environ", outside_ / "environ");
  for (const std::string& path :
       {std::string("/proc"), std::string("/proc/self/environ"), std::string("file:/proc/1/maps"),
        std::string("/proc/self/root/tmp/x"), std::string("/tmp/../sys/kernel"),
        std::string("/dev/stdin"), std::string("/dev/fd/0"), (outside_ / "environ").string()}) {
    EXPECT_EQ(error_of(path), "INSUFFICIENT_PERMISSIONS") << path;
  }
  EXPECT_EQ(path_of("/dev/shm/x"), "/dev/shm/x");
  EXPECT_EQ(path_of("/process/x"), "/process/x");
  LocalStore store;
  const Grant machine = resolver().resolve("me", "/", Access::kRead);
  EXPECT_THROW(store.list(machine.child("proc/self")), Error);
}

TEST_F(PathResolverTest, TheLinkedHomeIsStillTheHome) {
  fs::create_directory_symlink(home_, base_ / "alias");
  const PathResolver through_link({.home = (base_ / "alias").string()});
  EXPECT_THROW(through_link.resolve("me", (home_ / "meta/db").string(), Access::kRead), Error);
  EXPECT_EQ(through_link.resolve("me", "/mnt", Access::kRead).location().path,
            (home_ / "dbfs/mnt").string());
}

TEST_F(PathResolverTest, SchemesAndBadPathsAreNamed) {
  EXPECT_EQ(error_of("s3://bucket/x"), "UNSUPPORTED_FEATURE.NOT_YET");
  EXPECT_EQ(error_of("abfss://c@a.dfs.core.windows.net/x"), "UNSUPPORTED_FEATURE.NOT_YET");
  EXPECT_EQ(error_of(""), "INVALID_PATH");
  EXPECT_EQ(error_of(std::string_view("/a\0b", 4)), "INVALID_PATH");
  EXPECT_EQ(error_of("file://host/x"), "INVALID_PATH");
  EXPECT_EQ(error_of("file:x"), "INVALID_PATH");
  EXPECT_EQ(path_of(outside_.string() + "/a:b"), outside_.string() + "/a:b");
  try {
    path_of("s3://bucket/x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("s3"), std::string::npos);
  }
}

}  // namespace
}  // namespace lochan::storage
