#include "delta/snapshot.h"

#include <gtest/gtest.h>

#include "delta/tests/test_table.h"

namespace lochan::delta {
namespace {

TEST(Snapshot, AddsUpCommits) {
  const TestTable table;
  table.write_commit(0, kProtocol + kMetadata + add_line("a") + add_line("b"));
  table.write_commit(1, remove_line("a") + add_line("c"));
  table.write_commit(2, add_line("a", "y") + R"({"txn":{"appId":"app","version":4}})"
                                             "\n");
  const auto snapshot = table.load();
  EXPECT_EQ(snapshot->version(), 2);
  EXPECT_EQ(paths_of(*snapshot), "a b c ");
  EXPECT_EQ(snapshot->tombstones().size(), 0U);
  EXPECT_EQ(snapshot->transactions().at("app").version, 4);
  EXPECT_EQ(paths_of(*table.load(0)), "a b ");
  EXPECT_EQ(paths_of(*table.load(1)), "b c ");
  EXPECT_EQ(table.load(1)->tombstones().at(0).path, "a");
  EXPECT_EQ(find_latest_version(table.access()), 2);
}

TEST(Snapshot, TellsFilesApartByDeletionVector) {
  const TestTable table;
  const std::string first =
      R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"one","sizeInBytes":1,"cardinality":1})";
  const std::string second =
      R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"two","sizeInBytes":1,"cardinality":2})";
  table.write_commit(0, kProtocol + kMetadata + add_line("a"));
  table.write_commit(1, add_line("a", "x", first) + remove_line("a"));
  table.write_commit(2, remove_line("a", first) + add_line("a", "x", second));
  const auto snapshot = table.load();
  ASSERT_EQ(snapshot->files().size(), 1U);
  EXPECT_EQ(snapshot->files()[0].deletion_vector->path_or_inline, "two");
}

TEST(Snapshot, OneFileHasOneSpelling) {
  const TestTable table;
  table.write_commit(0, kProtocol + kMetadata + add_line("p=a%20b/x") + add_line("file:/other/y"));
  table.write_commit(1, remove_line("p=a b/x") + remove_line("/other/y"));
  EXPECT_EQ(paths_of(*table.load()), "");
}

TEST(Snapshot, DomainsAreKeptUntilRemoved) {
  const TestTable table;
  const auto domain = [](const char* name, const char* removed) {
    return std::string(R"({"domainMetadata":{"domain":")") + name +
           R"(","configuration":"{}","removed":)" + removed + "}}\n";
  };
  table.write_commit(0, kProtocol + kMetadata + domain("a", "false") + domain("b", "false"));
  table.write_commit(1, domain("a", "true"));
  EXPECT_EQ(table.load()->domains().size(), 1U);
  EXPECT_TRUE(table.load()->domains().contains("b"));
}

std::string last_checkpoint(Version version) {
  return R"({"version":)" + std::to_string(version) + R"(,"size":3})";
}

TEST(Snapshot, StartsAtACheckpoint) {
  const TestTable table;
  table.write_commit(2, add_line("old"));  // what lies before the checkpoint is not looked at
  table.write_log("00000000000000000002.checkpoint.parquet",
                  kProtocol + kMetadata + add_line("a") + add_line("b") + remove_line("c"));
  table.write_commit(3, remove_line("b") + add_line("c"));
  table.write_log("_last_checkpoint", last_checkpoint(2));
  const auto snapshot = table.load();
  EXPECT_EQ(snapshot->version(), 3);
  EXPECT_EQ(paths_of(*snapshot), "a c ");
  EXPECT_EQ(snapshot->tombstones().size(), 1U);  // b; c is back
  EXPECT_EQ(paths_of(*table.load(2)), "a b ");
}

TEST(Snapshot, TheHintIsOnlyAHint) {
  for (const std::string hint :
       {"", "garbage", "{\"version\":", "[]", "{\"version\":\"x\"}", "{\"version\":-3}",
        "{\"version\":0}", "{\"version\":7}", "{\"version\":99999999999999}"}) {
    const TestTable table;
    table.write_log("00000000000000000001.checkpoint.parquet",
                    kProtocol + kMetadata + add_line("a"));
    table.write_commit(2, add_line("b"));
    table.write_log("_last_checkpoint", hint);
    EXPECT_EQ(table.load()->version(), 2) << hint;
    EXPECT_EQ(paths_of(*table.load()), "a b ") << hint;
  }
}

TEST(Snapshot, MultiPartCheckpointsNeedAllParts) {
  const TestTable table;
  table.write_commit(0, kProtocol + kMetadata + add_line("a"));
  table.write_commit(1, add_line("b"));
  table.write_log("00000000000000000001.checkpoint.0000000001.0000000002.parquet",
                  kProtocol + add_line("wrong"));
  EXPECT_EQ(paths_of(*table.load()), "a b ");
  table.write_log("00000000000000000001.checkpoint.0000000001.0000000002.parquet",
                  kProtocol + add_line("a"));
  table.write_log("00000000000000000001.checkpoint.0000000002.0000000002.parquet",
                  kMetadata + add_line("b"));
  std::filesystem::remove(table.path("_delta_log/00000000000000000000.json"));
  table.write_commit(2, remove_line("a"));
  EXPECT_EQ(paths_of(*table.load()), "b ");
}

TEST(Snapshot, V2CheckpointsHaveSidecars) {
  const TestTable table;
  const std::string protocol =
      R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["v2Checkpoint"],"writerFeatures":["v2Checkpoint"]}})"
      "\n";
  table.write_log(
      "00000000000000000004.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json",
      R"({"checkpointMetadata":{"version":4,"tags":{}}})"
      "\n" +
          protocol + kMetadata +
          R"({"sidecar":{"path":"one.parquet","sizeInBytes":1,"modificationTime":1,"tags":{}}})"
          "\n"
          R"({"sidecar":{"path":"file:/t/_delta_log/_sidecars/two.parquet","sizeInBytes":1,"modificationTime":1}})"
          "\n");
  table.write_log("_sidecars/one.parquet", add_line("a") + add_line("b"));
  table.write_log("_sidecars/two.parquet", add_line("c") + remove_line("d"));
  table.write_commit(5, remove_line("b"));
  table.write_log("_last_checkpoint", last_checkpoint(4));
  EXPECT_EQ(paths_of(*table.load()), "a c ");
  std::filesystem::remove(table.path("_delta_log/_sidecars/two.parquet"));
  EXPECT_NE(table.load_error(), "");
}

TEST(Snapshot, RefusesBrokenLogs) {
  {
    const TestTable table;
    EXPECT_EQ(table.load_error(), "DELTA_PATH_DOES_NOT_EXIST");
    table.write_log("something.else", "");
    EXPECT_EQ(table.load_error(), "DELTA_PATH_DOES_NOT_EXIST");
    EXPECT_EQ(find_latest_version(table.access()), std::nullopt);
  }
  {
    const TestTable table;
    table.write_commit(0, kProtocol + kMetadata);
    table.write_commit(2, add_line("a"));
    EXPECT_EQ(table.load_error(), "DELTA_VERSIONS_NOT_CONTIGUOUS");
    EXPECT_EQ(table.load_error(0), "");
    EXPECT_EQ(table.load_error(1), "DELTA_VERSIONS_NOT_CONTIGUOUS");
    EXPECT_EQ(table.load_error(3), "DELTA_VERSION_NOT_FOUND");
    EXPECT_EQ(table.load_error(-1), "DELTA_VERSION_NOT_FOUND");
  }
  {
    const TestTable table;
    table.write_commit(1, kProtocol + kMetadata);
    EXPECT_EQ(table.load_error(), "DELTA_TRUNCATED_TRANSACTION_LOG");
  }
  {
    const TestTable table;
    table.write_commit(0, kMetadata + add_line("a"));
    EXPECT_EQ(table.load_error(), "DELTA_STATE_RECOVER_ERROR");
    table.write_commit(0, kProtocol + add_line("a"));
    EXPECT_EQ(table.load_error(), "DELTA_STATE_RECOVER_ERROR");
    table.write_commit(0, kProtocol + kMetadata + "{\"add\":{\"pa");
    EXPECT_EQ(table.load_error(), "DELTA_LOG_CORRUPT");
    table.write_commit(0, "");
    EXPECT_EQ(table.load_error(), "DELTA_STATE_RECOVER_ERROR");
  }
}

TEST(Snapshot, RefusesWhatItCannotReadExactly) {
  const auto error_with = [](const std::string& protocol) {
    const TestTable table;
    table.write_commit(0, "{\"protocol\":" + protocol + "}\n" + kMetadata);
    return table.load_error();
  };
  EXPECT_EQ(error_with(R"({"minReaderVersion":2,"minWriterVersion":5})"), "");
  EXPECT_EQ(error_with(R"({"minReaderVersion":99,"minWriterVersion":7})"),
            "DELTA_INVALID_PROTOCOL_VERSION");
  EXPECT_EQ(error_with(R"({"minReaderVersion":0,"minWriterVersion":2})"),
            "DELTA_INVALID_PROTOCOL_VERSION");
  EXPECT_EQ(error_with(R"({"minReaderVersion":3,"minWriterVersion":7})"),
            "DELTA_INVALID_PROTOCOL_VERSION");
  EXPECT_EQ(
      error_with(
          R"({"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]})"),
      "");
  EXPECT_EQ(
      error_with(
          R"({"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["madeUp"],"writerFeatures":["madeUp"]})"),
      "DELTA_UNSUPPORTED_FEATURES_FOR_READ");
  // A feature of writers only does not keep readers out.
  EXPECT_EQ(
      error_with(R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["madeUp"]})"), "");
}

TEST(Snapshot, OpensOnlyItsOwnFiles) {
  const TestTable table;
  table.write_commit(0, kProtocol + kMetadata + add_line("p=a%20b/x%2525.parquet"));
  auto snapshot = table.load();
  EXPECT_EQ(snapshot->file(snapshot->files()[0]).location().path, table.path("p=a b/x%25.parquet"));

  AddFile outside{.path = "file:///elsewhere/x.parquet"};
  EXPECT_THROW(snapshot->file(outside), Error);
  AddFile above{.path = "../x.parquet"};
  EXPECT_THROW(snapshot->file(above), Error);
  AddFile hidden{.path = "%2e%2e/x.parquet"};
  EXPECT_THROW(snapshot->file(hidden), Error);
  AddFile absolute_but_inside{.path = "file:" + table.path("in.parquet")};
  EXPECT_EQ(snapshot->file(absolute_but_inside).location().path, table.path("in.parquet"));
}

TEST(Snapshot, ReadsColumnMapping) {
  const TestTable table;
  table.write_commit(
      0,
      R"({"protocol":{"minReaderVersion":2,"minWriterVersion":5}})"
      "\n"
      R"({"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"array\",\"elementType\":{\"type\":\"struct\",\"fields\":[{\"name\":\"b\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":5,\"delta.columnMapping.physicalName\":\"col-b\"}}]},\"containsNull\":true},\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":3,\"delta.columnMapping.physicalName\":\"col-a\",\"delta.columnMapping.nested.ids\":{\"col-a.element\":9}}},{\"name\":\"p\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":4,\"delta.columnMapping.physicalName\":\"col-p\"}}]}","partitionColumns":["p"],"configuration":{"delta.columnMapping.mode":"id"}}})"
      "\n"
      R"({"add":{"path":"f","partitionValues":{"col-p":"7"},"size":1,"modificationTime":1,"dataChange":true}})"
      "\n");
  const auto snapshot = table.load();
  const TableSchema& schema = snapshot->schema();
  EXPECT_EQ(schema.mapping, ColumnMapping::kId);
  EXPECT_EQ(schema.columns[0].physical_name, "col-a");
  EXPECT_EQ(schema.columns[0].field_id, 3);
  EXPECT_EQ(schema.columns[0].children.at(0).name, "element");
  EXPECT_EQ(schema.columns[0].children.at(0).field_id, 9);
  EXPECT_EQ(schema.columns[0].children.at(0).children.at(0).physical_name, "col-b");
  EXPECT_EQ(schema.columns[0].children.at(0).children.at(0).field_id, 5);
  EXPECT_EQ(schema.data_columns(), std::vector<size_t>{0});
  const auto scan = snapshot->plan_scan();
  ASSERT_EQ(scan.size(), 1U);
  EXPECT_EQ(scan[0].partition_values.at(0), types::Value::integer(7));
}

TEST(Snapshot, PlansScansByPartitionAndStatistics) {
  using Op = Predicate::Op;
  const TestTable table;
  const auto stats = [](const std::string& text) { return R"(,"stats":")" + text + "\""; };
  table.write_commit(
      0,
      kProtocol + kMetadata +
          add_line(
              "low", "x",
              stats(
                  R"({\"numRecords\":5,\"minValues\":{\"a\":1},\"maxValues\":{\"a\":9},\"nullCount\":{\"a\":0}})")) +
          add_line(
              "high", "y",
              stats(
                  R"({\"numRecords\":7,\"minValues\":{\"a\":10},\"maxValues\":{\"a\":20},\"nullCount\":{\"a\":0}})")) +
          add_line(
              "nulls", "",
              stats(
                  R"({\"numRecords\":3,\"minValues\":{},\"maxValues\":{},\"nullCount\":{\"a\":3}})")) +
          add_line("unknown", "x") + add_line("broken", "x", stats("{oops")));
  const auto snapshot = table.load();
  const auto scan = [&](const Predicate& predicate) {
    std::vector<std::string> paths;
    for (const auto& file : snapshot->plan_scan(predicate)) paths.push_back(file.add->path);
    std::sort(paths.begin(), paths.end());
    std::string all;
    for (const auto& path : paths) all += path + " ";
    return all;
  };
  const auto a = [](Op op, int64_t value) {
    return Predicate::compare(op, {"a"}, types::Value::bigint(value));
  };
  const auto p = [](Op op, std::string value) {
    return Predicate::compare(op, {"P"}, types::Value::string(std::move(value)));
  };
  EXPECT_EQ(scan(Predicate::unknown()), "broken high low nulls unknown ");
  EXPECT_EQ(scan(a(Op::kGreater, 9)), "broken high unknown ");
  EXPECT_EQ(scan(a(Op::kEqual, 30)), "broken unknown ");
  EXPECT_EQ(scan(Predicate::negation(a(Op::kLess, 10))), "broken high unknown ");
  EXPECT_EQ(scan({Op::kIsNull, {"a"}, {}, {}}), "broken nulls unknown ");
  EXPECT_EQ(scan({Op::kIsNotNull, {"a"}, {}, {}}), "broken high low unknown ");
  EXPECT_EQ(scan(p(Op::kEqual, "x")), "broken low unknown ");
  EXPECT_EQ(scan(p(Op::kNotEqual, "x")), "high ");
  EXPECT_EQ(scan({Op::kIsNull, {"p"}, {}, {}}), "nulls ");
  EXPECT_EQ(scan(Predicate::all({p(Op::kEqual, "x"), a(Op::kGreater, 9)})), "broken unknown ");
  EXPECT_EQ(scan(Predicate::any({p(Op::kEqual, "y"), a(Op::kLess, 2)})),
            "broken high low unknown ");
  EXPECT_EQ(scan(Predicate::any({p(Op::kEqual, "nowhere"), Predicate::unknown()})),
            "broken high low nulls unknown ");
  EXPECT_EQ(scan(Predicate::compare(Op::kEqual, {"no such column"}, types::Value::bigint(1))),
            "broken high low nulls unknown ");
  for (const auto& file : snapshot->plan_scan()) {
    if (file.add->path == "high") EXPECT_EQ(file.num_records, 7);
    if (file.add->path == "unknown") EXPECT_EQ(file.num_records, std::nullopt);
  }
}

}  // namespace
}  // namespace lochan::delta
