#include "engine/tests/plan_builder.h"

namespace lochan::engine::testing {
namespace {

using plan::JoinKind;
using plan::SetOpKind;

using QueryTest = EngineTest;

plan::PlanPtr people() {
  return values({{"name", TypeId::kString}, {"age", TypeId::kInteger}},
                {{std::string("ann"), int64_t{30}},
                 {std::string("bob"), std::monostate{}},
                 {std::string("cy"), int64_t{20}}});
}

TEST_F(QueryTest, SelectsLiteralsOfEveryType) {
  auto t = table(
      select({lit(1), lit("a"), lit(Value(TypeId::kByte, int64_t{-1})), lit(Value::bigint(1)),
              lit(Value(DataType::decimal(10, 2), types::Int128{150})), null_of(TypeId::kNull),
              lit(Value(TypeId::kTimestamp, int64_t{1'500'000})),
              lit(Value(TypeId::kTimestampNtz, int64_t{0})), lit(Value(TypeId::kDate, int64_t{1})),
              lit(Value(DataType::year_month(), int64_t{14})),
              lit(Value(DataType::day_time(), int64_t{1'000'000})),
              lit(Value(TypeId::kCalendarInterval, types::CalendarInterval{1, 2, 3})),
              lit(Value(TypeId::kBinary, std::string("\xff\x00", 2))),
              lit(Value(DataType::time(), int64_t{1'000}))}));
  EXPECT_EQ(t->schema()->ToString(),
            "x: int32 not null\nx: string not null\nx: int8 not null\nx: int64 not null\n"
            "x: decimal128(10, 2) not null\nx: null\nx: timestamp[us, tz=UTC] not null\nx: "
            "timestamp[us] not null\n"
            "x: date32[day] not null\nx: month_interval not null\nx: duration[us] not null\n"
            "x: month_day_nano_interval not null\nx: binary not null\nx: time64[ns] not null");
  EXPECT_EQ(t->num_rows(), 1);
  EXPECT_TRUE(t->ValidateFull().ok());
}

TEST_F(QueryTest, NumbersFieldsOfOneName) {
  auto type = DataType::structure(
      {{"a", TypeId::kInteger, false}, {"A", TypeId::kString}, {"a", TypeId::kNull}});
  auto t = table(
      select({lit(Value(type, std::vector<Value>{Value::integer(1), Value::null(TypeId::kString),
                                                 Value::null(TypeId::kNull)}))}));
  EXPECT_EQ(t->schema()->field(0)->type()->ToString(),
            "struct<a_0: int32 not null, A: string, a_1: null>");
}

TEST_F(QueryTest, ReturnsTheSchemaOfNoRows) {
  auto p = people();
  EXPECT_EQ(table(filter(p, lit(Value::boolean(false))))->schema()->num_fields(), 2);
}

TEST_F(QueryTest, FiltersWithThreeValuedLogic) {
  auto p = people();
  EXPECT_EQ(rows(filter(p, fn(">", {col(p, "age"), lit(25)}))), (Rows{"ann|30"}));
  EXPECT_EQ(rows(filter(p, fn("not", {fn(">", {col(p, "age"), lit(25)})}))), (Rows{"cy|20"}));
  EXPECT_EQ(rows(filter(p, fn("<=>", {col(p, "age"), null_of(TypeId::kInteger)}))),
            (Rows{"bob|null"}));
  EXPECT_EQ(rows(filter(p, fn("in", {col(p, "age"), lit(20), lit(30)}))),
            (Rows{"ann|30", "cy|20"}));
}

TEST_F(QueryTest, MergesProjectionsOnlyWhereNothingIsComputedTwice) {
  auto p = people();
  auto a = as(fn("coalesce", {col(p, "age"), lit(0)}), "a");
  auto inner = project(p, {col(p, "name"), a});
  auto outer =
      project(inner, {col(inner, "name"), as(fn("=", {col(inner, "a"), col(inner, "a")}), "same")});
  EXPECT_EQ(rows(filter(outer, col(outer, "same"))), (Rows{"ann|true", "bob|true", "cy|true"}));
}

TEST_F(QueryTest, SortsNullsAsThePlanSays) {
  auto p = people();
  EXPECT_EQ(rows(sort(p, {sorted(col(p, "age"))})), (Rows{"bob|null", "cy|20", "ann|30"}));
  EXPECT_EQ(rows(limit(sort(p, {sorted(col(p, "age"), false, false)}), 2)),
            (Rows{"ann|30", "cy|20"}));
  EXPECT_EQ(rows(sort(p, {sorted(lit(1))})).size(), 3u);
}

TEST_F(QueryTest, TakesTheTail) {
  auto p = people();
  EXPECT_EQ(rows(plan::make_resolved_plan(plan::Tail{p, lit(2)}, p->output)),
            (Rows{"bob|null", "cy|20"}));
}

TEST_F(QueryTest, Joins) {
  auto p = people();
  auto q =
      values({{"who", TypeId::kString}, {"x", TypeId::kInteger}}, {{std::string("ann"), int64_t{1}},
                                                                   {std::string("dan"), int64_t{2}},
                                                                   {std::monostate{}, int64_t{3}}});
  auto on = fn("=", {col(p, "name"), col(q, "who")});
  EXPECT_EQ(rows(join(p, q, JoinKind::kInner, on)), (Rows{"ann|30|ann|1"}));
  EXPECT_EQ(sorted_rows(join(p, q, JoinKind::kLeft, on)),
            (Rows{"ann|30|ann|1", "bob|null|null|null", "cy|20|null|null"}));
  EXPECT_EQ(sorted_rows(join(p, q, JoinKind::kRight, on)),
            (Rows{"ann|30|ann|1", "null|null|dan|2", "null|null|null|3"}));
  EXPECT_EQ(rows(join(p, q, JoinKind::kFull, on)).size(), 5u);
  EXPECT_EQ(rows(join(p, q, JoinKind::kLeftSemi, on)), (Rows{"ann|30"}));
  EXPECT_EQ(sorted_rows(join(p, q, JoinKind::kLeftAnti, on)), (Rows{"bob|null", "cy|20"}));
  EXPECT_EQ(rows(join(p, q, JoinKind::kCross, nullptr)).size(), 9u);
  EXPECT_EQ(rows(join(p, q, JoinKind::kFull, fn("<", {col(p, "age"), col(q, "x")}))).size(), 6u);
}

TEST_F(QueryTest, JoinsLaterally) {
  auto p = people();
  auto right = project(one_row(), {as(fn("coalesce", {col(p, "age"), lit(0)}), "y")});
  EXPECT_EQ(rows(join(p, right, JoinKind::kInner, nullptr, true)),
            (Rows{"ann|30|30", "bob|null|0", "cy|20|20"}));
}

TEST_F(QueryTest, CombinesSets) {
  auto a = values({{"x", TypeId::kInteger}}, {{int64_t{1}}, {int64_t{1}}, {std::monostate{}}});
  auto b = values({{"x", TypeId::kInteger}}, {{int64_t{1}}, {std::monostate{}}});
  EXPECT_EQ(rows(set_op(SetOpKind::kUnion, true, a, b)), (Rows{"1", "1", "null", "1", "null"}));
  EXPECT_EQ(sorted_rows(set_op(SetOpKind::kUnion, false, a, b)), (Rows{"1", "null"}));
  EXPECT_EQ(sorted_rows(set_op(SetOpKind::kIntersect, true, a, b)), (Rows{"1", "null"}));
  EXPECT_EQ(sorted_rows(set_op(SetOpKind::kExcept, true, a, b)), (Rows{"1"}));
  EXPECT_EQ(sorted_rows(set_op(SetOpKind::kExcept, false, a, b)), (Rows{}));
  EXPECT_EQ(sorted_rows(plan::make_resolved_plan(plan::Distinct{a}, a->output)),
            (Rows{"1", "null"}));
}

TEST_F(QueryTest, AnswersSubqueries) {
  auto p = people();
  auto q = values({{"y", TypeId::kInteger}}, {{int64_t{20}}, {std::monostate{}}});
  auto in = plan::make_resolved(plan::Subquery{plan::SubqueryKind::kIn, q, {col(p, "age")}, {}},
                                TypeId::kBoolean, true);
  EXPECT_EQ(rows(filter(p, in)), (Rows{"cy|20"}));
  EXPECT_EQ(rows(filter(p, fn("not", {in}))), (Rows{}));  // 30 is not in (20, null) is unknown
  auto matching = filter(q, fn("=", {col(q, "y"), col(p, "age")}));
  auto exists = plan::make_resolved(plan::Subquery{plan::SubqueryKind::kExists, matching, {}, {}},
                                    TypeId::kBoolean, false);
  EXPECT_EQ(rows(filter(p, fn("not", {exists}))), (Rows{"ann|30", "bob|null"}));
  auto scalar = plan::make_resolved(plan::Subquery{plan::SubqueryKind::kScalar, matching, {}, {}},
                                    TypeId::kInteger, true);
  EXPECT_EQ(rows(project(p, {as(scalar, "s")})), (Rows{"null", "null", "20"}));
  auto several = plan::make_resolved(plan::Subquery{plan::SubqueryKind::kScalar, q, {}, {}},
                                     TypeId::kInteger, true);
  EXPECT_EQ(condition(project(p, {as(several, "s")})), "SCALAR_SUBQUERY_TOO_MANY_ROWS");
}

// In a select list Spark asks whether a row exists: where WHERE would see null, the answer is
// false.
TEST_F(QueryTest, FindsRowsInSubqueriesOfSelectLists) {
  auto q = values({{"a", TypeId::kInteger}, {"b", TypeId::kInteger}},
                  {{int64_t{1}, int64_t{2}}, {int64_t{3}, std::monostate{}}});
  auto in = [&](int a, int b) {
    return as(plan::make_resolved(plan::Subquery{plan::SubqueryKind::kIn, q, {lit(a), lit(b)}, {}},
                                  TypeId::kBoolean, true),
              "x");
  };
  EXPECT_EQ(rows(select({in(1, 2), in(3, 4), in(5, 6)})), (Rows{"true|false|false"}));
}

TEST_F(QueryTest, CountsRanges) {
  EXPECT_EQ(rows(range(0, 10, 4)), (Rows{"0", "4", "8"}));
  EXPECT_EQ(rows(range(3, 0, -2)), (Rows{"3", "1"}));
  auto r = range(0, 25'000);
  auto t = table(r);
  EXPECT_EQ(t->num_rows(), 25'000);
  EXPECT_EQ(t->column(0)->num_chunks(), 3);
  EXPECT_EQ(t->column(0)->chunk(0)->length(), 10'000);
}

TEST_F(QueryTest, ChecksTypesAfterBinding) {
  auto r = range(0, 1);
  auto wrong =
      plan::make_resolved(plan::AttributeRef{r->output[0].id, "id", {}}, TypeId::kInteger, false);
  try {
    rows(project(r, {as(wrong, "id")}));
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.condition(), "INTERNAL_ERROR");
    EXPECT_NE(std::string(e.what()).find("column id is BIGINT in DuckDB"), std::string::npos)
        << e.what();
  }
}

}  // namespace
}  // namespace lochan::engine::testing
