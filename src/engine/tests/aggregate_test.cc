#include "engine/tests/plan_builder.h"

namespace lochan::engine::testing {
namespace {

using AggregateTest = EngineTest;

plan::PlanPtr sales() {
  return values({{"k", TypeId::kString}, {"v", TypeId::kInteger}},
                {{std::string("a"), int64_t{1}},
                 {std::string("a"), int64_t{1}},
                 {std::string("b"), std::monostate{}},
                 {std::string("b"), int64_t{5}},
                 {std::monostate{}, int64_t{7}}});
}

TEST_F(AggregateTest, Groups) {
  auto s = sales();
  auto k = col(s, "k"), v = col(s, "v");
  functions::CallOptions distinct;
  distinct.distinct = true;
  functions::CallOptions filtered;
  filtered.filter = fn(">", {v, lit(1)});
  auto p = aggregate(
      s, {k},
      {k, as(fn("count", {v}), "n"), as(fn("count", {v}, distinct), "d"), as(fn("max", {v}), "m"),
       as(fn("count", {v}, filtered), "f"), as(fn("count", {lit(1)}), "all")});
  EXPECT_EQ(sorted_rows(p), (Rows{"a|2|1|1|0|2", "b|1|1|5|1|2", "null|1|1|7|1|1"}));
}

TEST_F(AggregateTest, AggregatesAllRows) {
  auto s = sales();
  EXPECT_EQ(
      rows(aggregate(s, {}, {as(fn("count", {lit(1)}), "n"), as(fn("min", {col(s, "v")}), "m")})),
      (Rows{"5|1"}));
  auto none = filter(s, lit(Value::boolean(false)));
  EXPECT_EQ(rows(aggregate(none, {},
                           {as(fn("count", {lit(1)}), "n"), as(fn("min", {col(s, "v")}), "m")})),
            (Rows{"0|null"}));
  EXPECT_EQ(rows(aggregate(none, {col(s, "k")}, {as(fn("count", {lit(1)}), "n")})), (Rows{}));
}

TEST_F(AggregateTest, FindsGroupingExpressionsInTheOutput) {
  auto s = sales();
  auto big = [&] { return fn(">", {fn("coalesce", {col(s, "v"), lit(0)}), lit(1)}); };
  auto p = aggregate(s, {big()}, {as(fn("not", {big()}), "small"), as(fn("count", {lit(1)}), "n")});
  EXPECT_EQ(sorted_rows(p), (Rows{"false|2", "true|3"}));
}

TEST_F(AggregateTest, GroupsBySets) {
  auto s = sales();
  auto k = col(s, "k"), v = col(s, "v");
  auto p = aggregate(s, {k, v},
                     {k, as(fn("grouping", {k}), "g"), as(fn("grouping_id", {}), "id"),
                      as(fn("count", {lit(1)}), "n")},
                     {{0}, {}});
  EXPECT_EQ(sorted_rows(p), (Rows{"a|0|1|2", "b|0|1|2", "null|0|1|1", "null|1|3|5"}));
  auto none = filter(s, lit(Value::boolean(false)));
  EXPECT_EQ(rows(aggregate(none, {k}, {as(fn("count", {lit(1)}), "n")}, {{0}, {}})), (Rows{}));
}

TEST_F(AggregateTest, CollectsInInputOrder) {
  auto s = sales();
  EXPECT_EQ(
      rows(aggregate(s, {},
                     {as(fn("collect_list", {col(s, "v")}), "l"),
                      as(fn("first", {col(s, "k")}), "f"), as(fn("last", {col(s, "k")}), "t")})),
      (Rows{"list<element: int32 not null>[1, 1, 5, 7]|a|null"}));
}

plan::ExpressionPtr over(plan::ExpressionPtr f, plan::Expressions partition,
                         plan::Expressions order, plan::Frame frame) {
  auto type = f->type;
  return plan::make_resolved(plan::Window{f, std::move(partition), std::move(order), frame, ""},
                             type, true);
}
const plan::Frame kRunning{plan::FrameKind::kRows,
                           {plan::FrameBound::kUnboundedPreceding},
                           {plan::FrameBound::kCurrentRow}};
const plan::Frame kPeers{plan::FrameKind::kRange,
                         {plan::FrameBound::kUnboundedPreceding},
                         {plan::FrameBound::kCurrentRow}};

TEST_F(AggregateTest, ComputesWindows) {
  auto s = sales();
  auto k = col(s, "k"), v = col(s, "v");
  auto by = sorted(v);
  auto p = project(s, {k, v, as(over(fn("row_number", {}), {k}, {by}, kRunning), "r"),
                       as(over(fn("rank", {}), {}, {by}, kRunning), "rk"),
                       as(over(fn("lag", {v, lit(1), lit(-1)}), {k}, {by}, kRunning), "l"),
                       as(over(fn("count", {v}), {}, {by}, kPeers), "c"),
                       as(over(fn("first", {v}), {k}, {by}, kPeers), "f")});
  EXPECT_EQ(sorted_rows(p), (Rows{"a|1|1|2|-1|2|1", "a|1|2|2|1|2|1", "b|5|2|4|null|3|null",
                                  "b|null|1|1|-1|0|null", "null|7|1|5|-1|4|7"}));
  EXPECT_EQ(table(p)->schema()->field(2)->type()->ToString(), "int32");
}

TEST_F(AggregateTest, ComputesFramesWithOffsets) {
  auto r = range(0, 5);
  auto id = col(r, "id");
  plan::Frame f{plan::FrameKind::kRows,
                {plan::FrameBound::kOffset, lit(-1)},
                {plan::FrameBound::kOffset, lit(1)}};
  EXPECT_EQ(rows(project(r, {as(over(fn("max", {id}), {}, {sorted(id)}, f), "m")})),
            (Rows{"1", "2", "3", "4", "4"}));
  plan::Frame g{plan::FrameKind::kRange,
                {plan::FrameBound::kOffset, lit(Value::bigint(-2))},
                {plan::FrameBound::kCurrentRow}};
  EXPECT_EQ(rows(project(r, {as(over(fn("min", {id}), {}, {sorted(id)}, g), "m")})),
            (Rows{"0", "0", "0", "1", "2"}));
}

// DuckDB takes such a frame for a fatal error of its own (analysis refuses it), and an instance
// with one for broken.
TEST_F(AggregateTest, FatalErrorsEndOnlyWhatRunsBeside) {
  auto beside = engine().run(range(0, 1'000'000), options());
  ASSERT_NE(beside->next(), nullptr);

  auto r = range(0, 5);
  auto id = col(r, "id");
  const plan::Frame empty{plan::FrameKind::kRows,
                          {plan::FrameBound::kUnboundedFollowing},
                          {plan::FrameBound::kUnboundedFollowing}};
  EXPECT_EQ(condition(project(r, {as(over(fn("max", {id}), {}, {sorted(id)}, empty), "m")})),
            "INTERNAL_ERROR");

  EXPECT_EQ(rows(aggregate(r, {}, {as(fn("count", {lit(1)}), "n")})), (Rows{"5"}));
  try {
    while (beside->next()) {
    }
  } catch (const Error& e) {
    EXPECT_EQ(e.condition(), "ENGINE_RESTARTED");
  }
  beside.reset();
  EXPECT_EQ(rows(aggregate(r, {}, {as(fn("count", {lit(1)}), "n")})), (Rows{"5"}));
}

TEST_F(AggregateTest, Generates) {
  auto list = [](std::vector<Value> v) {
    return Value(DataType::array(TypeId::kInteger), std::move(v)).data;
  };
  auto s = values({{"id", TypeId::kInteger}, {"xs", DataType::array(TypeId::kInteger)}},
                  {{int64_t{1}, list({Value::integer(7), Value::null(TypeId::kInteger)})},
                   {int64_t{2}, list({})},
                   {int64_t{3}, std::monostate{}}});
  auto generate = [&](const std::string& name, plan::Expressions arguments, bool outer,
                      plan::Attributes made) {
    auto output = s->output;
    for (auto& a : made) a.id = plan::new_attribute_id();
    output.insert(output.end(), made.begin(), made.end());
    plan::Generate g{.child = s, .generator = fn(name, std::move(arguments)), .outer = outer};
    g.generator_output = made;
    return project(plan::make_resolved_plan(std::move(g), output), [&] {
      plan::Expressions es{col(s, "id")};
      for (const auto& a : made) es.push_back(ref(a));
      return es;
    }());
  };
  plan::Attributes one{{.name = "col", .type = TypeId::kInteger}};
  plan::Attributes two{{.name = "pos", .type = TypeId::kInteger},
                       {.name = "col", .type = TypeId::kInteger}};
  EXPECT_EQ(rows(generate("explode", {col(s, "xs")}, false, one)), (Rows{"1|7", "1|null"}));
  EXPECT_EQ(rows(generate("explode", {col(s, "xs")}, true, one)),
            (Rows{"1|7", "1|null", "2|null", "3|null"}));
  EXPECT_EQ(rows(generate("posexplode", {col(s, "xs")}, true, two)),
            (Rows{"1|0|7", "1|1|null", "2|null|null", "3|null|null"}));
  EXPECT_EQ(rows(generate("stack", {lit(2), lit(1), lit(2), lit(3)}, false, two)),
            (Rows{"1|1|2", "1|3|null", "2|1|2", "2|3|null", "3|1|2", "3|3|null"}));
}

}  // namespace
}  // namespace lochan::engine::testing
