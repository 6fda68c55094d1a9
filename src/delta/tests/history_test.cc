#include "delta/history.h"

#include <gtest/gtest.h>

#include "delta/tests/test_table.h"

namespace lochan::delta {
namespace {

std::string info_line(const std::string& operation, const std::string& more = "") {
  return R"({"commitInfo":{"timestamp":5,"operation":")" + operation + "\"" + more + "}}\n";
}

std::string error_at(const TestTable& table, int64_t ms) {
  try {
    return "version " + std::to_string(version_at(table.access(), ms));
  } catch (const Error& error) {
    return error.condition();
  }
}

TEST(History, ListsTheNewestFirst) {
  const TestTable table;
  table.write_commit(0, info_line("CREATE TABLE") + kProtocol + kMetadata);
  table.write_commit(
      1, info_line("WRITE", R"(,"operationParameters":{"mode":"Append"})") + add_line("a"));
  table.write_commit(2, add_line("b"));
  for (int i = 0; i < 3; ++i) table.set_commit_time(i, 1'000 + i * 1'000);
  const auto history = read_history(table.access());
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0].version, 2);
  EXPECT_EQ(history[0].info, std::nullopt);
  EXPECT_EQ(history[1].info->operation, "WRITE");
  EXPECT_EQ(history[1].info->parameters.at("mode"), "Append");
  EXPECT_EQ(history[2].timestamp_ms, 1'000);
  EXPECT_EQ(read_history(table.access(), 1).size(), 1U);
  const TestTable nothing;
  EXPECT_THROW(read_history(nothing.access()), Error);
}

TEST(History, FindsVersionsByTime) {
  const TestTable table;
  table.write_commit(0, kProtocol + kMetadata);
  for (int i = 1; i <= 3; ++i) table.write_commit(i, add_line("f" + std::to_string(i)));
  table.set_commit_time(0, 10'000);
  table.set_commit_time(1, 30'000);
  table.set_commit_time(2, 20'000);  // a clock went back: counts as 30,001
  table.set_commit_time(3, 40'000);
  EXPECT_EQ(error_at(table, 10'000), "version 0");
  EXPECT_EQ(error_at(table, 29'999), "version 0");
  EXPECT_EQ(error_at(table, 30'000), "version 1");
  EXPECT_EQ(error_at(table, 30'001), "version 2");
  EXPECT_EQ(error_at(table, 39'999), "version 2");
  EXPECT_EQ(error_at(table, 40'000), "version 3");
  EXPECT_EQ(error_at(table, 9'999), "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION");
  EXPECT_EQ(error_at(table, 40'001), "DELTA_TIMESTAMP_GREATER_THAN_COMMIT");
  EXPECT_EQ(paths_of(*Snapshot::load_at(table.access(), 30'001)), "f1 f2 ");
}

TEST(History, InCommitTimestampsSplitTheLog) {
  const TestTable table;
  std::string metadata = kMetadata;
  const std::string none = R"("configuration":{})";
  metadata.replace(
      metadata.find(none), none.size(),
      R"("configuration":{"delta.enableInCommitTimestamps":"true","delta.inCommitTimestampEnablementVersion":"2","delta.inCommitTimestampEnablementTimestamp":"50000"})");
  table.write_commit(0, kProtocol + kMetadata);
  table.write_commit(1, add_line("a"));
  table.write_commit(2, info_line("SET", R"(,"inCommitTimestamp":50000)") + metadata);
  table.write_commit(3, info_line("WRITE", R"(,"inCommitTimestamp":60000)") + add_line("b"));
  for (int i = 0; i < 4; ++i)
    table.set_commit_time(i, 70'000 + i);  // copied: file times mean nothing after version 2
  table.set_commit_time(0, 10'000);
  table.set_commit_time(1, 20'000);
  EXPECT_EQ(error_at(table, 15'000), "version 0");
  EXPECT_EQ(error_at(table, 49'999), "version 1");
  EXPECT_EQ(error_at(table, 50'000), "version 2");
  EXPECT_EQ(error_at(table, 60'000), "version 3");
  EXPECT_EQ(error_at(table, 60'001), "DELTA_TIMESTAMP_GREATER_THAN_COMMIT");
  EXPECT_EQ(table.load()->timestamp_ms(), 60'000);
  EXPECT_EQ(read_history(table.access())[0].timestamp_ms, 60'000);
}

}  // namespace
}  // namespace lochan::delta
