#include "delta/transaction.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "base/fail_point.h"
#include "delta/history.h"
#include "delta/log_replay.h"
#include "delta/tests/test_table.h"

namespace lochan::delta {
namespace {

using types::TypeId;
using types::Value;

const NewTable kTable{.schema = {{"a", TypeId::kLong}, {"p", TypeId::kString}},
                      .partition_columns = {"p"}};

class TransactionTest : public testing::Test {
 protected:
  ~TransactionTest() override { set_fail_points(""); }

  void create(const NewTable& table = kTable) {
    Transaction::create(table_.access(), table).commit();
  }
  Transaction start() { return Transaction::start(table_.load()); }

  /// A written file of partition `p` with ten bytes in it.
  WrittenFile file(const Transaction& transaction, const std::string& p = "x") const {
    const std::vector<Value> values = {Value::string(p)};
    WrittenFile written{
        data_file_path(transaction.schema(), values, 0, ".snappy"),
        10,
        values,
        {.num_records = 3,
         .columns = {{{"a"}, TypeId::kLong, Value::bigint(1), Value::bigint(2), 0}}}};
    table_.write(written.path, "0123456789");
    return written;
  }
  Version append(const std::string& p = "x") {
    Transaction transaction = start();
    transaction.add_file(file(transaction, p));
    return transaction.commit().version;
  }
  template <typename Act>
  std::string error_of(Act act) {
    try {
      act();
      return "";
    } catch (const Error& error) {
      return error.condition();
    }
  }

  TestTable table_;
};

TEST_F(TransactionTest, CreatesAppendsOverwrites) {
  EXPECT_EQ(find_latest_version(table_.access()), std::nullopt);
  create();
  EXPECT_EQ(table_.load()->protocol(), (Protocol{1, 2, std::nullopt, std::nullopt}));
  EXPECT_EQ(table_.load()->schema().fields, kTable.schema);
  EXPECT_EQ(append("x"), 1);
  EXPECT_EQ(append("y"), 2);
  const auto before = table_.load();
  ASSERT_EQ(before->files().size(), 2U);

  Transaction overwrite = start();
  overwrite.operation().parameters = {{"mode", "Overwrite"}, {"partitionBy", "[]"}};
  overwrite.remove_all();
  overwrite.add_file(file(overwrite, "z"));
  EXPECT_EQ(overwrite.commit().version, 3);
  const auto after = table_.load();
  ASSERT_EQ(after->files().size(), 1U);
  EXPECT_EQ(after->files()[0].partition_values.at("p"), "z");
  EXPECT_EQ(after->tombstones().size(), 2U);
  EXPECT_EQ(table_.load(2)->files().size(), 2U);

  const auto history = read_history(table_.access());
  EXPECT_EQ(history[0].info->operation, "WRITE");
  EXPECT_EQ(history[0].info->is_blind_append, false);
  EXPECT_EQ(history[0].info->read_version, 2);
  EXPECT_EQ(history[0].info->metrics.at("numOutputRows"), "3");
  EXPECT_EQ(history[0].info->metrics.at("numRemovedFiles"), "2");
  EXPECT_EQ(history[1].info->is_blind_append, true);
  EXPECT_EQ(history[1].info->metrics.at("numFiles"), "1");
  EXPECT_EQ(history[1].info->metrics.at("numOutputBytes"), "10");
  EXPECT_EQ(history[3].info->operation, "CREATE TABLE");
}

TEST_F(TransactionTest, ReplacesPartitions) {
  create();
  for (const char* p : {"x", "x", "y"}) append(p);
  append("");  // null
  Transaction by_predicate = start();
  EXPECT_EQ(by_predicate.remove_matching(
                Predicate::compare(Predicate::Op::kEqual, {"p"}, Value::string("x"))),
            2U);
  by_predicate.commit();
  EXPECT_EQ(table_.load()->files().size(), 2U);
  Transaction dynamic = start();
  EXPECT_EQ(
      dynamic.remove_partitions({{Value::null(TypeId::kString)}, {Value::string("not there")}}),
      1U);
  dynamic.commit();
  EXPECT_EQ(table_.load()->files().at(0).partition_values.at("p"), "y");
  EXPECT_EQ(
      error_of([&] {
        start().remove_matching(Predicate::compare(Predicate::Op::kEqual, {"a"}, Value::bigint(1)));
      }),
      "DELTA_NON_PARTITION_COLUMN_REFERENCE");
}

TEST_F(TransactionTest, BlindAppendsAllSucceed) {
  create();
  constexpr int kThreads = 8, kCommits = 12;
  std::atomic<int> attempts{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < kCommits; ++k) {
        Transaction transaction = start();
        transaction.add_file(file(transaction));
        attempts += transaction.commit().attempts;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto snapshot = table_.load();
  EXPECT_EQ(snapshot->version(), kThreads * kCommits);
  EXPECT_EQ(snapshot->files().size(), size_t{kThreads * kCommits});
  std::set<std::string> ids;
  for (const auto& entry : read_history(table_.access())) ids.insert(*entry.info->transaction_id);
  EXPECT_EQ(ids.size(), size_t{kThreads * kCommits + 1});
  EXPECT_GE(attempts, kThreads * kCommits);
}

TEST_F(TransactionTest, OneOfManyCreates) {
  std::atomic<int> created{0}, refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const std::string error = error_of([&] { create(); });
      if (error.empty()) ++created;
      if (error == "DELTA_PROTOCOL_CHANGED") ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(created, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(table_.load()->version(), 0);
}

// Delta's rules at the isolation level Serializable: what each kind of change does about each kind
// of winner.
TEST_F(TransactionTest, ConflictsAreNamed) {
  using Change = std::function<void(Transaction&)>;
  const Change append_x = [&](Transaction& t) { t.add_file(file(t, "x")); };
  const Change append_y = [&](Transaction& t) { t.add_file(file(t, "y")); };
  const Change replace_x = [&](Transaction& t) {
    t.remove_matching(Predicate::compare(Predicate::Op::kEqual, {"p"}, Value::string("x")));
    t.add_file(file(t, "x"));
  };
  const Change remove_x = [&](Transaction& t) {
    t.remove_matching(Predicate::compare(Predicate::Op::kEqual, {"p"}, Value::string("x")));
  };
  const Change remove_one_y = [](Transaction& t) {
    for (const auto& f : t.snapshot()->files()) {
      if (f.partition_values.at("p") == "y") return t.remove_file(f);
    }
  };
  const Change overwrite = [&](Transaction& t) {
    t.remove_all();
    t.add_file(file(t, "x"));
  };
  const Change add_column = [](Transaction& t) {
    auto fields = t.schema().fields;
    fields.push_back({"b", TypeId::kLong});
    t.set_schema(fields, {"p"});
  };
  const Change application = [](Transaction& t) {
    EXPECT_TRUE(t.set_application("app", t.snapshot()->version() + 100));
  };
  const Change depend = [&](Transaction& t) {
    t.depend_on_whole_table();
    t.add_file(file(t, "x"));
  };

  struct Row {
    const char* name;
    Change ours, winner;
    const char* expected;
  };
  const std::vector<Row> rows = {
      {"append, append", append_x, append_x, ""},
      {"append, overwrite", append_x, overwrite, ""},
      {"append, schema change", append_x, add_column, "DELTA_METADATA_CHANGED"},
      {"replace, append to the partition", replace_x, append_x,
       "DELTA_CONCURRENT_APPEND.WITHOUT_HINT"},
      {"replace, append elsewhere", replace_x, append_y, ""},
      {"replace, replace of the same", replace_x, replace_x,
       "DELTA_CONCURRENT_APPEND.WITHOUT_HINT"},
      {"replace, removal of the same", replace_x, remove_x,
       "DELTA_CONCURRENT_DELETE_READ.WITHOUT_HINT"},
      {"replace, removal elsewhere", replace_x, remove_one_y, ""},
      {"overwrite, append", overwrite, append_y, "DELTA_CONCURRENT_APPEND.WITHOUT_HINT"},
      {"overwrite, removal", overwrite, remove_one_y, "DELTA_CONCURRENT_DELETE_READ.WITHOUT_HINT"},
      {"remove, removal of the same file", remove_one_y, remove_one_y,
       "DELTA_CONCURRENT_DELETE_DELETE.WITHOUT_HINT"},
      {"insert from itself, append", depend, append_y, "DELTA_CONCURRENT_APPEND.WITHOUT_HINT"},
      {"schema change, schema change", add_column, add_column, "DELTA_METADATA_CHANGED"},
      {"schema change, append", add_column, append_x, ""},
      {"same application twice", application, application, "DELTA_CONCURRENT_TRANSACTION"},
      {"application, append", application, append_x, ""},
  };
  create();
  for (const auto& row : rows) {
    append("x");
    append("y");
    Transaction ours = start(), winner = start();
    row.ours(ours);
    row.winner(winner);
    const Version won = winner.commit().version;
    EXPECT_EQ(error_of([&] { ours.commit(); }), row.expected) << row.name;
    EXPECT_EQ(table_.load()->version(), *row.expected == '\0' ? won + 1 : won) << row.name;
    Transaction back = start();
    back.set_schema(kTable.schema, {"p"});
    back.commit();
  }
}

TEST_F(TransactionTest, ApplicationsWriteOnce) {
  create();
  Transaction first = start();
  EXPECT_TRUE(first.set_application("stream", 5));
  first.commit();
  Transaction again = start();
  EXPECT_FALSE(again.set_application("stream", 5));
  EXPECT_FALSE(again.set_application("stream", 4));
  EXPECT_TRUE(again.set_application("stream", 6));
}

TEST_F(TransactionTest, AppendOnlyTablesKeepTheirRows) {
  NewTable table = kTable;
  table.properties["delta.appendOnly"] = "true";
  create(table);
  append();
  EXPECT_EQ(error_of([&] { start().remove_all(); }), "DELTA_CANNOT_MODIFY_APPEND_ONLY");
}

TEST_F(TransactionTest, InCommitTimestampsGrow) {
  NewTable table = kTable;
  table.properties["delta.enableInCommitTimestamps"] = "true";
  create(table);
  EXPECT_EQ(table_.load()->protocol().writer_features,
            (std::vector<std::string>{"appendOnly", "inCommitTimestamp", "invariants"}));
  Transaction late = start();
  for (int i = 0; i < 5; ++i) append();
  late.add_file(file(late));
  late.commit();
  const auto history = read_history(table_.access());
  for (size_t i = 1; i < history.size(); ++i) {
    EXPECT_GT(*history[i - 1].info->in_commit_timestamp, *history[i].info->in_commit_timestamp);
  }
}

TEST_F(TransactionTest, NewTypesRaiseTheProtocol) {
  create();
  Transaction change = start();
  auto fields = kTable.schema;
  fields.push_back({"n", types::DataType::array(TypeId::kTimestampNtz)});
  change.set_schema(fields, {"p"});
  change.commit();
  const Protocol protocol = table_.load()->protocol();
  EXPECT_EQ(protocol.min_reader_version, 3);
  EXPECT_EQ(protocol.reader_features, std::vector<std::string>{"timestampNtz"});
  EXPECT_EQ(protocol.writer_features,
            (std::vector<std::string>{"appendOnly", "invariants", "timestampNtz"}));
}

TEST_F(TransactionTest, RefusesWhatItCannotWrite) {
  const auto start_on = [&](const std::string& protocol, const std::string& configuration) {
    const TestTable table;
    std::string metadata = kMetadata;
    const std::string none = R"("configuration":{})";
    metadata.replace(metadata.find(none), none.size(), R"("configuration":)" + configuration);
    table.write_commit(0, "{\"protocol\":" + protocol + "}\n" + metadata);
    return error_of([&] { Transaction::start(table.load()); });
  };
  EXPECT_EQ(start_on(R"({"minReaderVersion":1,"minWriterVersion":6})", "{}"), "");
  EXPECT_EQ(start_on(R"({"minReaderVersion":1,"minWriterVersion":3})",
                     R"({"delta.constraints.c":"a > 0"})"),
            "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE");
  EXPECT_EQ(
      start_on(R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["rowTracking"]})",
               "{}"),
      "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE");
  EXPECT_EQ(
      start_on(R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["madeUp"]})", "{}"),
      "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE");
  const auto create_with = [&](NewTable table) {
    return error_of([&] { Transaction::create(table_.access(), table); });
  };
  NewTable bad = kTable;
  bad.properties["delta.noSuchThing"] = "1";
  EXPECT_EQ(create_with(bad), "DELTA_UNKNOWN_CONFIGURATION");
  bad = kTable;
  bad.properties["delta.appendOnly"] = "perhaps";
  EXPECT_EQ(create_with(bad), "DELTA_INVALID_PROPERTY_VALUE");
  bad = kTable;
  bad.properties["delta.feature.madeUp"] = "supported";
  EXPECT_EQ(create_with(bad), "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE");
  bad = kTable;
  bad.schema.push_back({"A", TypeId::kLong});
  EXPECT_EQ(create_with(bad), "DELTA_DUPLICATE_COLUMNS_FOUND.TABLE_SCHEMA");
  bad = kTable;
  bad.schema.push_back({"has space", TypeId::kLong});
  EXPECT_EQ(create_with(bad), "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAME");
  bad = kTable;
  bad.partition_columns = {"q"};
  EXPECT_EQ(create_with(bad), "DELTA_PARTITION_COLUMN_NOT_FOUND");
  bad.partition_columns = {"a", "p"};
  EXPECT_EQ(create_with(bad), "DELTA_CANNOT_USE_ALL_COLUMNS_FOR_PARTITION");
  bad = kTable;
  bad.schema.push_back({"i", types::DataType::year_month()});
  EXPECT_EQ(create_with(bad), "DELTA_UNSUPPORTED_DATA_TYPES");
}

/// A store that loses the answer of a put: after it happened, or before.
class UnsureStore final : public storage::ObjectStore {
 public:
  UnsureStore(std::shared_ptr<storage::ObjectStore> under, bool writes)
      : under_(std::move(under)), writes_(writes) {}
  storage::PutResult put_if_absent(const storage::Grant& g, std::string_view bytes) override {
    if (writes_) under_->put_if_absent(g, bytes);
    throw Error("STORAGE_IO_ERROR",
                {{"operation", "create"}, {"path", "x"}, {"reason", "timeout"}});
  }
  std::optional<std::string> read(const storage::Grant& g) override { return under_->read(g); }
  std::optional<std::string> read_range(const storage::Grant& g, int64_t o, int64_t l) override {
    return under_->read_range(g, o, l);
  }
  void put(const storage::Grant& g, std::string_view b) override { under_->put(g, b); }
  std::vector<storage::ObjectInfo> list(const storage::Grant& g, std::string_view a,
                                        bool r) override {
    return under_->list(g, a, r);
  }
  std::optional<storage::ObjectInfo> head(const storage::Grant& g) override {
    return under_->head(g);
  }
  bool remove(const storage::Grant& g) override { return under_->remove(g); }
  void remove_directory(const storage::Grant& g) override { under_->remove_directory(g); }
  bool remove_if_empty(const storage::Grant& g) override { return under_->remove_if_empty(g); }
  storage::PutResult move_if_absent(const storage::Grant& a, const storage::Grant& b) override {
    return under_->move_if_absent(a, b);
  }
  void make_directories(const storage::Grant& g) override { under_->make_directories(g); }
  void sync(const storage::Grant& g) override { under_->sync(g); }
  std::string local_path(const storage::Grant& g) override { return under_->local_path(g); }

 private:
  std::shared_ptr<storage::ObjectStore> under_;
  bool writes_;
};

TEST_F(TransactionTest, AnUncertainPutIsSettledByReadingBack) {
  create();
  for (const bool writes : {true, false}) {
    TableAccess access = table_.access();
    access.store = std::make_shared<UnsureStore>(access.store, writes);
    const Version before = table_.load()->version();
    Transaction transaction = Transaction::start(Snapshot::load(access));
    transaction.add_file(file(transaction));
    const std::string error =
        error_of([&] { EXPECT_EQ(transaction.commit().version, before + 1); });
    EXPECT_EQ(error, writes ? "" : "STORAGE_IO_ERROR");
    EXPECT_EQ(table_.load()->version(), writes ? before + 1 : before);
  }
}

TEST_F(TransactionTest, AFileThatIsNotThereIsNotAdded) {
  create();
  Transaction transaction = start();
  WrittenFile written = file(transaction);
  written.size = 11;
  EXPECT_EQ(error_of([&] { transaction.add_file(written); }), "INTERNAL_ERROR");
  written.path += "x";
  EXPECT_EQ(error_of([&] { transaction.add_file(written); }), "INTERNAL_ERROR");
}

}  // namespace
}  // namespace lochan::delta
