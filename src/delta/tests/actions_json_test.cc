#include "delta/actions_json.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lochan::delta {
namespace {

std::vector<Action> read(std::string_view text) {
  std::vector<Action> actions;
  read_actions(text, {"`t`", "file"},
               [&](Action&& action) { actions.push_back(std::move(action)); });
  return actions;
}

template <typename T>
void expect_round_trip(const T& action) {
  std::string line;
  append_action(line, action);
  const auto actions = read(line);
  ASSERT_EQ(actions.size(), 1U) << line;
  EXPECT_EQ(std::get<T>(actions[0]), action) << line;
}

TEST(ActionsJson, EveryActionComesBack) {
  expect_round_trip(Metadata{.id = "id",
                             .name = "n\"a\\me",
                             .description = "déjà\nvu",
                             .format_options = {{"o", "v"}},
                             .schema_string = R"({"type":"struct","fields":[]})",
                             .partition_columns = {"a", "b"},
                             .configuration = {{"delta.appendOnly", "true"}},
                             .created_time = 5});
  expect_round_trip(Protocol{3, 7, std::vector<std::string>{"deletionVectors"},
                             std::vector<std::string>{"deletionVectors", "appendOnly"}});
  expect_round_trip(Protocol{1, 2, std::nullopt, std::nullopt});
  expect_round_trip(
      AddFile{.path = "p=a%20b/x.parquet",
              .partition_values = {{"p", "a b"}, {"q", std::nullopt}},
              .size = 7,
              .modification_time = 8,
              .data_change = false,
              .stats = R"({"numRecords":1})",
              .tags = {{"t", "v"}},
              .deletion_vector = DeletionVectorDescriptor{"u", "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 6},
              .base_row_id = 1,
              .default_row_commit_version = 2,
              .clustering_provider = "liquid"});
  expect_round_trip(RemoveFile{.path = "x",
                               .deletion_timestamp = 3,
                               .extended_file_metadata = true,
                               .partition_values = {{"p", "v"}},
                               .size = 4});
  expect_round_trip(CdcFile{.path = "_change_data/x", .partition_values = {}, .size = 3});
  expect_round_trip(SetTransaction{"app", 9, 10});
  expect_round_trip(DomainMetadata{"delta.rowTracking", R"({"a":1})", true});
  expect_round_trip(CommitInfo{.timestamp = 1,
                               .in_commit_timestamp = 2,
                               .operation = "WRITE",
                               .parameters = {{"mode", "Append"}, {"partitionBy", "[]"}},
                               .metrics = {{"numFiles", "1"}},
                               .read_version = 3,
                               .isolation_level = "Serializable",
                               .is_blind_append = true,
                               .user_metadata = "u",
                               .engine_info = "e",
                               .transaction_id = "t"});
  expect_round_trip(CheckpointMetadata{7});
  expect_round_trip(Sidecar{"s.parquet", 5, 6});
}

TEST(ActionsJson, AbsentIsLeftOut) {
  std::string line;
  append_action(line, AddFile{.path = "x"});
  EXPECT_EQ(
      line,
      R"({"add":{"path":"x","partitionValues":{},"size":0,"modificationTime":0,"dataChange":true}})");
}

// The example of PROTOCOL.md, "Add File and Remove File".
TEST(ActionsJson, ReadsTheProtocolsExample) {
  const auto actions = read(
      R"({"add": {"path": "date=2017-12-10/part-000...c000.gz.parquet", )"
      R"("partitionValues": {"date": "2017-12-10"}, "size": 841454, "modificationTime": 1512909768000, )"
      R"("dataChange": true, "baseRowId": 4071, "defaultRowCommitVersion": 41, )"
      R"("stats": "{\"numRecords\":1,\"minValues\":{\"val..."}})");
  const auto& add = std::get<AddFile>(actions.at(0));
  EXPECT_EQ(add.path, "date=2017-12-10/part-000...c000.gz.parquet");
  EXPECT_EQ(add.partition_values.at("date"), "2017-12-10");
  EXPECT_EQ(add.size, 841454);
  EXPECT_EQ(add.base_row_id, 4071);
  EXPECT_EQ(add.stats, "{\"numRecords\":1,\"minValues\":{\"val...");
}

TEST(ActionsJson, PassesOverTheUnknown) {
  const auto actions = read(
      "{\"unknownAction\":{\"x\":[1,{\"y\":2}]}}\n\n"
      "{\"txn\":{\"appId\":\"a\",\"version\":1,\"lastUpdated\":null,\"future\":{\"deep\":[1]}}}\r\n"
      "{\"add\":null,\"remove\":null,\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2,"
      "\"readerFeatures\":[],\"writerFeatures\":null}}");
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(std::get<SetTransaction>(actions[0]), (SetTransaction{"a", 1, std::nullopt}));
  EXPECT_EQ(std::get<Protocol>(actions[1]), Protocol{});
}

TEST(ActionsJson, ReadsCommitInfoOfAnyForm) {
  const auto actions = read(
      R"({"commitInfo":{"timestamp":1,"operation":"WRITE","operationParameters":{"mode":"Append","partitionBy":["a", "b"],"n":1},"isBlindAppend":"yes","extra":{}}})");
  const auto& info = std::get<CommitInfo>(actions.at(0));
  EXPECT_EQ(info.parameters.at("mode"), "Append");
  EXPECT_EQ(info.parameters.at("partitionBy"), R"(["a", "b"])");
  EXPECT_EQ(info.parameters.at("n"), "1");
}

TEST(ActionsJson, StructStatisticsStandInForText) {
  const auto actions = read(
      R"({"add":{"path":"x","partitionValues":{},"size":1,"modificationTime":1,"dataChange":false,"stats":null,"stats_parsed":{"numRecords":3,"minValues":{"d":12345678901234567890123.45}},"deletionVector":{"storageType":null,"pathOrInlineDv":null,"offset":null,"sizeInBytes":null,"cardinality":null}}})");
  const auto& add = std::get<AddFile>(actions.at(0));
  EXPECT_EQ(add.stats, R"({"numRecords":3,"minValues":{"d":12345678901234567890123.45}})");
  EXPECT_EQ(add.deletion_vector, std::nullopt);
}

TEST(ActionsJson, RefusesWhatIsBroken) {
  for (const char* text : {
           R"({"add":{"path":"x")",
           R"({"add":{"path":)",
           R"(garbage)",
           R"([1,2])",
           R"({"add":{"size":1}})",
           R"({"add":{"path":7}})",
           R"({"add":"text"})",
           R"({"metaData":{"id":"x"}})",
           R"({"protocol":{"minReaderVersion":1}})",
           R"({"protocol":{"minReaderVersion":"1","minWriterVersion":2}})",
           R"({"txn":{"appId":"a","version":1}}{"txn":{"appId":"b","version":1}})",
       }) {
    try {
      read(text);
      ADD_FAILURE() << "accepted " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.condition(), "DELTA_LOG_CORRUPT") << text;
      EXPECT_NE(std::string(error.what()).find("line 1"), std::string::npos);
    }
  }
}

TEST(ActionsJson, WritesTextThatIsNotUtf8) {
  std::string line;
  append_action(line,
                AddFile{.path = "x", .partition_values = {{"p", std::string("a\xFFz\x01", 4)}}});
  const auto actions = read(line);
  EXPECT_EQ(std::get<AddFile>(actions.at(0)).partition_values.at("p"), "a\xEF\xBF\xBDz\x01");
}

}  // namespace
}  // namespace lochan::delta
