#include "session/artifact_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"

namespace lochan::session {
namespace {

class ArtifactStoreTest : public testing::Test {
 protected:
  ArtifactStoreTest() {
    std::string path = std::filesystem::temp_directory_path() / "artifacts-test-XXXXXX";
    directory_ = mkdtemp(path.data());
  }
  ~ArtifactStoreTest() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
};

TEST_F(ArtifactStoreTest, GivesBackWhatWasPut) {
  ArtifactStore store(directory_);
  const std::string large(3'000'000, 'x'), other(100'000, 'y');
  store.put("small", "s");
  store.put("large", large);
  store.put("other", other);
  EXPECT_EQ(*store.find("small"), "s");
  EXPECT_EQ(*store.find("large"), large);
  EXPECT_EQ(*store.find("other"), other);
  EXPECT_TRUE(store.contains("large"));
  EXPECT_FALSE(store.contains("missing"));
  EXPECT_EQ(store.find("missing"), nullptr);
}

TEST_F(ArtifactStoreTest, ReplacesAnArtifactOfTheSameName) {
  ArtifactStore store(directory_);
  store.put("a", std::string(100'000, 'x'));
  store.put("a", std::string(50'000, 'y'));
  EXPECT_EQ(*store.find("a"), std::string(50'000, 'y'));
}

TEST_F(ArtifactStoreTest, LeavesNothingInItsDirectory) {
  ArtifactStore store(directory_);
  store.put("large", std::string(100'000, 'x'));
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

TEST_F(ArtifactStoreTest, ACopyOutlivesTheOriginal) {
  ArtifactStore copy(directory_);
  {
    ArtifactStore store(directory_);
    store.put("large", std::string(100'000, 'x'));
    copy.copy_from(store);
  }
  EXPECT_EQ(*copy.find("large"), std::string(100'000, 'x'));
}

TEST_F(ArtifactStoreTest, SaysWhereItCannotWrite) {
  ArtifactStore store("/proc/nosuch");
  try {
    store.put("large", std::string(100'000, 'x'));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("/proc/nosuch"), std::string::npos);
  }
  EXPECT_FALSE(store.contains("large"));
}

}  // namespace
}  // namespace lochan::session
