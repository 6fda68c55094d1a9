#include "plan/plan.h"

#include <gtest/gtest.h>

namespace lochan::plan {
namespace {

ExpressionPtr one() { return literal(types::Value::integer(1)); }
PlanPtr relation(const char* name) { return make_plan(UnresolvedRelation{{name}, {}, {}, false}); }

TEST(Expression, ChildrenAndBack) {
  UnresolvedFunction call;
  call.name = {"sum"};
  call.arguments = {column({"a"})};
  call.filter = function(">", {column({"b"}), one()});
  const auto sum = make_expression(std::move(call));
  EXPECT_EQ(to_string(*sum), "sum('a) FILTER (WHERE >('b, 1))");
  auto all = children(*sum);
  ASSERT_EQ(all.size(), 2u);
  all[0] = column({"c", "d e"});
  EXPECT_EQ(to_string(*with_children(sum, all)), "sum('c.`d e`) FILTER (WHERE >('b, 1))");
  EXPECT_THROW(with_children(sum, {one()}), Error);
}

TEST(Expression, WindowsHaveTheirBoundsAsChildren) {
  Window window;
  window.function = function("rank", {});
  window.order_by = {make_expression(SortOrder{column({"a"}), false, NullOrder::kLast})};
  window.frame =
      Frame{FrameKind::kRows, {FrameBound::kOffset, literal(types::Value::integer(-1))}, {}};
  const auto over = make_expression(std::move(window));
  EXPECT_EQ(children(*over).size(), 3u);
  EXPECT_EQ(to_string(*over),
            "rank() OVER (ORDER BY 'a DESC NULLS LAST ROWS BETWEEN -1 FOLLOWING AND CURRENT ROW)");
}

TEST(Expression, LiteralsAreResolved) {
  EXPECT_TRUE(one()->resolved);
  EXPECT_FALSE(one()->nullable);
  EXPECT_EQ(one()->type, types::DataType(types::TypeId::kInteger));
}

TEST(Plan, ChildrenAndExpressionsAndBack) {
  Join join;
  join.left = relation("a");
  join.right = relation("b");
  join.condition = function("=", {column({"x"}), column({"y"})});
  const auto plan = make_plan(Project{make_plan(std::move(join)), {column({"x"})}});
  EXPECT_EQ(to_string(*plan),
            "Project ['x]\n"
            "  Join Inner ON =('x, 'y)\n"
            "    UnresolvedRelation a\n"
            "    UnresolvedRelation b\n");
  const auto other = with_expressions(with_children(plan, {relation("c")}), {one()});
  EXPECT_EQ(to_string(*other), "Project [1]\n  UnresolvedRelation c\n");
  EXPECT_FALSE(is_command(*plan));
  EXPECT_TRUE(is_command(*make_plan(Use{{"db"}, false})));
}

TEST(Origin, ContextOfSqlText) {
  Origin origin;
  origin.text = std::make_shared<const std::string>("SELECT 'ä', 1/0");
  origin.start = 13;
  origin.stop = 15;
  const auto context = origin.context();
  ASSERT_TRUE(context);
  EXPECT_EQ(context->start, 12);
  EXPECT_EQ(context->stop, 14);
  EXPECT_EQ(context->fragment, "1/0");
  EXPECT_EQ(context->summary,
            "== SQL (line 1, position 13) ==\nSELECT 'ä', 1/0\n            ^^^\n");
}

TEST(Origin, ContextOfDataFrames) {
  Origin origin;
  origin.fragment = "divide";
  origin.call_site = "a.py:3";
  EXPECT_EQ(origin.context()->summary, "== DataFrame ==\n\"divide\" was called from\na.py:3\n");
  EXPECT_FALSE(Origin{}.context());
}

TEST(AttributeId, IsNew) { EXPECT_NE(new_attribute_id(), new_attribute_id()); }

}  // namespace
}  // namespace lochan::plan
