#include "meta/database.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/clock.h"
#include "base/error.h"

namespace lochan::meta {
namespace {

struct TemporaryFile {
  std::string path =
      (std::filesystem::temp_directory_path() / ("lochan-meta-" + random_uuid())).string();
  ~TemporaryFile() {
    for (auto suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  }
};

TEST(Database, KeepsCommittedRowsAcrossReopening) {
  TemporaryFile file;
  {
    Database database(file.path);
    database.append_event("k", "o", "p", "{\"a\":1}");
  }
  Database database(file.path);
  auto rows = database.query("SELECT kind, payload FROM events");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].text(1), "{\"a\":1}");
}

TEST(Database, RollsBackWhenTheBodyThrows) {
  Database database(":memory:");
  EXPECT_THROW(database.transaction([&] {
    database.append_event("k", "o", "p", "{}");
    throw std::runtime_error("stop");
  }),
               std::runtime_error);
  EXPECT_TRUE(database.query("SELECT * FROM events").empty());
}

TEST(Database, RefusesANewerFormatByName) {
  TemporaryFile file;
  { Database(file.path).execute("PRAGMA user_version=9999"); }
  try {
    Database database(file.path);
    FAIL() << "opened a newer database";
  } catch (const Error& error) {
    EXPECT_EQ(error.condition(), "HOME_FORMAT_TOO_NEW");
    EXPECT_EQ(error.parameters().at("found"), "9999");
  }
}

}  // namespace
}  // namespace lochan::meta
