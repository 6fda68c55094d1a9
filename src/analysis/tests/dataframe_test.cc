// Plans as Connect makes them: marks, chains of withColumn, na functions.
#include <gtest/gtest.h>

#include "analysis/analyzer.h"
#include "analysis/tests/empty_catalog.h"
#include "base/big_stack_thread.h"

namespace lochan::analysis {
namespace {

using namespace plan;  // NOLINT
using types::TypeId;
using types::Value;

PlanPtr resolved(const PlanPtr& plan) {
  EmptyCatalog catalog;
  PlanPtr result = analyze(plan, catalog, functions::ResolveContext{});
  validate(result);
  return result;
}

std::string schema(const PlanPtr& plan) {
  return types::DataType::structure(schema_of(resolved(plan)->output)).simple_string();
}

std::string condition_of(const PlanPtr& plan) {
  try {
    resolved(plan);
  } catch (const Error& error) {
    return error.condition();
  }
  return "";
}

PlanPtr range(int64_t end) { return make_plan(Range{0, end, 1, {}}); }
PlanPtr marked(PlanPtr child, int64_t id) { return make_plan(Marked{std::move(child), id}); }
ExpressionPtr named(ExpressionPtr e, std::string name) {
  return make_expression(Alias{std::move(e), std::move(name)});
}
ExpressionPtr of(std::string name, int64_t plan_id) {
  return make_expression(UnresolvedAttribute{{std::move(name)}, plan_id});
}
ExpressionPtr one() { return literal(Value::integer(1)); }
PlanPtr with_column(PlanPtr child, std::string name, ExpressionPtr e) {
  return make_plan(WithColumns{std::move(child), {named(std::move(e), std::move(name))}});
}

TEST(Marks, ColumnOfOneSideOfASelfJoin) {
  // df.join(df2, df.id == df2.id) with df2 made from df: the nearest mark on each side counts.
  PlanPtr left = marked(range(3), 1);
  PlanPtr right = marked(with_column(marked(range(3), 1), "x", one()), 2);
  Join join;
  join.left = left;
  join.right = right;
  join.condition = function("=", {of("id", 1), of("id", 2)});
  PlanPtr plan = resolved(make_plan(join));
  const auto& condition = *plan->as<Join>()->condition->as<Call>();
  EXPECT_EQ(condition.arguments[0]->as<AttributeRef>()->id, plan->output[0].id);
  EXPECT_EQ(condition.arguments[1]->as<AttributeRef>()->id, plan->output[1].id);
}

TEST(Marks, SameDepthIsAmbiguous) {
  Join join;
  join.left = marked(range(3), 1);
  join.right = marked(range(3), 1);
  join.condition = function("=", {of("id", 1), of("id", 1)});
  EXPECT_EQ(condition_of(make_plan(join)), "AMBIGUOUS_COLUMN_REFERENCE");
}

TEST(Marks, UnknownPlan) {
  EXPECT_EQ(condition_of(make_plan(Project{marked(range(3), 1), {of("id", 7)}})),
            "CANNOT_RESOLVE_DATAFRAME_COLUMN");
}

TEST(Marks, OtherSideOfUsingStaysReachable) {
  Join join;
  join.left = marked(range(3), 1);
  join.right = marked(range(3), 2);
  join.using_columns = {"id"};
  PlanPtr joined = marked(make_plan(join), 3);
  EXPECT_EQ(schema(joined), "struct<id:bigint>");
  EXPECT_EQ(schema(make_plan(Project{joined, {of("id", 1), named(of("id", 2), "other")}})),
            "struct<id:bigint,other:bigint>");
}

TEST(Marks, FilterOnAColumnThatSelectDropped) {
  PlanPtr df = marked(with_column(range(3), "x", one()), 1);
  PlanPtr selected = make_plan(Project{df, {column({"x"})}});
  EXPECT_EQ(schema(make_plan(Filter{selected, function(">", {of("id", 1), one()})})),
            "struct<x:int>");
}

TEST(WithColumns, ReplacesInPlaceAndAppends) {
  PlanPtr plan = with_column(with_column(range(3), "b", one()), "ID", column({"b"}));
  EXPECT_EQ(schema(plan), "struct<ID:int,b:int>");
}

TEST(WithColumns, AThousandInARowAreOneProject) {
  PlanPtr plan = range(10);
  for (int i = 0; i < 1000; ++i) {
    plan = with_column(plan, "c" + std::to_string(i), function("+", {column({"id"}), one()}));
  }
  PlanPtr result;
  run_on_big_stack([&] { result = resolved(plan); });
  EXPECT_EQ(result->output.size(), 1001u);
  ASSERT_NE(result->as<Project>(), nullptr);
  EXPECT_NE(result->as<Project>()->child->as<Range>(), nullptr);
}

TEST(WithColumns, ChainsThatBuildOnEachOtherKeepTheirLevels) {
  PlanPtr plan = range(10);
  for (int i = 0; i < 200; ++i)
    plan = with_column(plan, "x", function("+", {column({i ? "x" : "id"}), one()}));
  EXPECT_EQ(schema(plan), "struct<id:bigint,x:bigint>");
}

TEST(Na, FillChoosesColumnsByType) {
  PlanPtr df = with_column(range(3), "s", literal(Value::null(TypeId::kString)));
  EXPECT_EQ(schema(make_plan(FillNa{df, {}, {Value::string("x")}})), "struct<id:bigint,s:string>");
  EXPECT_EQ(condition_of(make_plan(FillNa{df, {"nope"}, {Value::string("x")}})),
            "UNRESOLVED_COLUMN.WITH_SUGGESTION");
}

TEST(Deduplicate, KeepsIdentities) {
  PlanPtr df = marked(with_column(range(3), "x", one()), 1);
  PlanPtr unique = make_plan(Deduplicate{df, {"x"}, false});
  EXPECT_EQ(schema(make_plan(Project{unique, {of("id", 1)}})), "struct<id:bigint>");
}

TEST(Describe, RowsOfText) {
  EXPECT_EQ(schema(make_plan(Describe{range(3), {}, {}, false})),
            "struct<summary:string,id:string>");
}

TEST(UnionByName, FillsMissingColumns) {
  SetOp node;
  node.left = with_column(range(3), "a", one());
  node.right = with_column(range(3), "b", one());
  node.by_name = true;
  node.allow_missing_columns = true;
  EXPECT_EQ(schema(make_plan(node)), "struct<id:bigint,a:int,b:int>");
  node.allow_missing_columns = false;
  EXPECT_EQ(condition_of(make_plan(node)), "UNRESOLVED_COLUMN.WITH_SUGGESTION");
}

}  // namespace
}  // namespace lochan::analysis
