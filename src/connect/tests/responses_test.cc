#include <gtest/gtest.h>

#include "connect/error_status.h"
#include "connect/names.h"
#include "connect/response_encoder.h"
#include "connect/storage_level.h"
#include "connect/tests/proto_builders.h"

namespace lochan::connect {
namespace {

ResponseEncoder encoder(size_t chunk_bytes) {
  return {.session_id = "s",
          .server_side_session_id = "ss",
          .operation_id = "o",
          .chunk_bytes = chunk_bytes};
}

TEST(Responses, IdsSayWhereTheyAre) {
  const Position position{12, 3, 7};
  EXPECT_EQ(Position::from_id(position.to_id()), position);
  EXPECT_EQ(Position::from_id(Position{}.to_id()), Position{});
  for (const std::string bad :
       {"", "1", "1/2", "1/2/3/4", "1/3/3", "x/0/1", "1/-1/1", "-2/0/1", "1/0/1 "})
    EXPECT_EQ(condition_of([&] { Position::from_id(bad); }), "INVALID_CURSOR.POSITION_NOT_FOUND")
        << bad;
}

TEST(Responses, BatchesAreCutWhereTheClientAllows) {
  const session::BatchEvent batch{std::string(2500, 'x'), 9, 100};
  const auto whole = encoder(0).encode(batch, 4, 0);
  ASSERT_EQ(whole.size(), 1u);
  EXPECT_FALSE(whole[0].arrow_batch().has_num_chunks_in_batch());
  EXPECT_EQ(whole[0].arrow_batch().start_offset(), 100);

  const auto pieces = encoder(1024).encode(batch, 4, 0);
  ASSERT_EQ(pieces.size(), 3u);
  std::string together;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(pieces[i].arrow_batch().chunk_index(), i);
    EXPECT_EQ(pieces[i].arrow_batch().num_chunks_in_batch(), 3);
    EXPECT_EQ(pieces[i].arrow_batch().row_count(), 9);
    EXPECT_EQ(pieces[i].response_id(), (Position{4, i, 3}).to_id());
    together += pieces[i].arrow_batch().data();
  }
  EXPECT_EQ(together, batch.arrow_ipc);

  // A client that has two of three pieces gets the third.
  const auto rest = encoder(1024).encode(batch, 4, 2);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].response_id(), pieces[2].response_id());
}

TEST(Responses, CommandsAnswerWithRowsQueriesWithThemselves) {
  ResponseEncoder out = encoder(0);
  out.sql_relation.mutable_sql()->set_query("SELECT 1");
  const auto query = out.encode(
      session::SqlCommandEvent{plan::make_plan(plan::SqlText{"SELECT 1", {}, {}})}, 0, 0);
  EXPECT_EQ(query[0].sql_command_result().relation().sql().query(), "SELECT 1");
  plan::LocalRelation rows;
  rows.schema = {{"a", types::TypeId::kInteger}};
  const auto command = out.encode(session::SqlCommandEvent{plan::make_plan(rows)}, 0, 0);
  EXPECT_TRUE(command[0].sql_command_result().relation().local_relation().has_schema());
  EXPECT_TRUE(out.encode(session::CommandEvent{}, 0, 0).empty());
  EXPECT_TRUE(out.encode(session::CompleteEvent{}, 0, 0)[0].has_result_complete());
}

TEST(Responses, ProgressKeepsTheClientsPlace) {
  const Position last{3, 0, 1};
  const auto out = encoder(0).progress({.fraction = 0.5, .bytes = 10}, last);
  EXPECT_EQ(out.response_id(), last.to_id());
  EXPECT_EQ(out.execution_progress().stages(0).num_completed_tasks(), 50);
}

TEST(Errors, ClassesFollowTheKind) {
  // As a real Spark 4.2 sends them.
  EXPECT_EQ(
      java_classes(Error("DIVIDE_BY_ZERO")),
      (std::vector<std::string>{"org.apache.spark.SparkArithmeticException",
                                "java.lang.ArithmeticException", "java.lang.RuntimeException",
                                "java.lang.Exception", "java.lang.Throwable", "java.lang.Object"}));
  EXPECT_EQ(java_classes(Error("INVALID_HANDLE.FORMAT", {{"handle", "x"}}))[0],
            "org.apache.spark.SparkSQLException");
  const ErrorParameters to_int{
      {"expression", "'a'"}, {"sourceType", "\"STRING\""}, {"targetType", "\"INT\""}};
  const ErrorParameters to_date{
      {"expression", "'a'"}, {"sourceType", "\"STRING\""}, {"targetType", "\"DATE\""}};
  EXPECT_EQ(java_classes(Error("CAST_INVALID_INPUT", to_int))[1],
            "java.lang.NumberFormatException");
  EXPECT_EQ(java_classes(Error("CAST_INVALID_INPUT", to_date))[1], "java.time.DateTimeException");
}

TEST(Errors, MessagesFitTheTrailer) {
  const auto status = to_status(Error::internal(std::string(5000, 'x')), "id");
  EXPECT_LE(status.error_message().size(), 2048u);
  EXPECT_NE(status.error_details().find(status.error_message()), std::string::npos);
  EXPECT_NE(status.error_details().find("org.apache.spark.SparkException"), std::string::npos);
}

TEST(Errors, BytesThatAreNoTextBecomeText) {
  const auto status = to_status(Error::internal("a\xff"));
  EXPECT_EQ(status.error_message().find('\xff'), std::string::npos);
}

TEST(Errors, DetailsCarryParametersAndContext) {
  QueryContext context;
  context.start = 7;
  context.stop = 9;
  context.fragment = "1/0";
  spark::connect::FetchErrorDetailsResponse out;
  to_proto(Error("DIVIDE_BY_ZERO", {{"config", "\"c\""}}, context), &out);
  ASSERT_EQ(out.errors_size(), 1);
  const auto& throwable = out.errors(0).spark_throwable();
  EXPECT_EQ(throwable.error_class(), "DIVIDE_BY_ZERO");
  EXPECT_EQ(throwable.sql_state(), "22012");
  EXPECT_EQ(throwable.message_parameters().at("config"), "\"c\"");
  EXPECT_EQ(throwable.query_contexts(0).start_index(), 7);
  EXPECT_EQ(throwable.query_contexts(0).fragment(), "1/0");
}

TEST(Errors, StoreKeepsThemForTheirSessionOnly) {
  ErrorStore store;
  const auto id = store.put("me/1", Error("DIVIDE_BY_ZERO"));
  EXPECT_FALSE(store.take("you/1", id).has_value());
  EXPECT_TRUE(store.take("me/1", id).has_value());
  EXPECT_FALSE(store.take("me/1", id).has_value());
  const auto oldest = store.put("me/1", Error("DIVIDE_BY_ZERO"));
  for (int i = 0; i < 1000; ++i) store.put("me/1", Error("DIVIDE_BY_ZERO"));
  EXPECT_FALSE(store.take("me/1", oldest).has_value());
}

TEST(StorageLevels, SurviveTheWayThereAndBack) {
  const auto level =
      from_text<spark::connect::StorageLevel>("use_disk: true use_memory: true replication: 2");
  EXPECT_EQ(parse_storage_level(to_text(level)).SerializeAsString(), level.SerializeAsString());
  EXPECT_EQ(parse_storage_level("").replication(), 1);
}

TEST(Names, SplitAtDots) {
  EXPECT_EQ(parse_identifier("a.`b``c.d`"), (std::vector<std::string>{"a", "b`c.d"}));
  EXPECT_EQ(condition_of([] { parse_identifier("a..b"); }), "PARSE_SYNTAX_ERROR");
  EXPECT_TRUE(is_uuid("00112233-4455-6677-8899-aabbccddeeff"));
  EXPECT_FALSE(is_uuid("00112233-4455-6677-8899-aabbccddeefg"));
}

}  // namespace
}  // namespace lochan::connect
