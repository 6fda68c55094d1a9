#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>

#include <chrono>
#include <thread>

#include "engine/local_relation.h"
#include "engine/tests/plan_builder.h"

namespace lochan::engine::testing {
namespace {

using StreamTest = EngineTest;
/// What becomes of `plan`, which would run for long, when it is cancelled while it runs.
std::string condition_when_cancelled(Engine& engine, const plan::PlanPtr& plan,
                                     const QueryOptions& options) {
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    options.cancel->cancel();
  });
  std::string condition;
  try {
    auto stream = engine.run(plan, options);
    while (stream->next()) {
    }
  } catch (const Error& e) {
    condition = e.condition();
  }
  canceller.join();
  return condition;
}

TEST_F(StreamTest, StopsACrossJoin) {
  auto a = range(0, 1'000'000), b = range(0, 1'000'000);
  auto j = join(a, b, plan::JoinKind::kCross, nullptr);
  auto p = aggregate(
      j, {}, {as(fn("max", {fn("coalesce", {ref(j->output[0]), ref(j->output[1])})}), "m")});
  EXPECT_EQ(condition_when_cancelled(engine(), p, options()), "OPERATION_CANCELED");
}

TEST_F(StreamTest, StopsASort) {
  auto a = range(0, 30'000'000);
  auto p = sort(a, {sorted(ref(a->output[0]), false)});
  EXPECT_EQ(condition_when_cancelled(engine(), p, options()), "OPERATION_CANCELED");
}

TEST_F(StreamTest, RefusesToStartOnceCancelled) {
  cancel->cancel();
  EXPECT_EQ(condition(range(0, 1)), "OPERATION_CANCELED");
}

TEST_F(StreamTest, DoesNotComputeWhatNobodyPulls) {
  auto stream = engine().run(range(0, 1'000'000'000'000), options());
  EXPECT_EQ(stream->next()->num_rows(), 10'000);
}

TEST_F(StreamTest, PassesRowsOfAllWidthsOnInOrder) {
  auto ids = range(0, 20'000);
  auto id = ref(ids->output[0]);
  // Few rows have 300,000 bytes, most a few; they follow each other in no order.
  auto times = cast(
      fn("if",
         {fn("=", {fn("pmod", {fn("*", {id, lit(Value::bigint(7919))}), lit(Value::bigint(101))}),
                   lit(Value::bigint(0))}),
          lit(Value::bigint(300'000)), fn("pmod", {id, lit(Value::bigint(11))})}),
      TypeId::kInteger);
  auto p = project(ids, {id, as(times, "n"), as(fn("repeat", {lit("x"), times}), "s"),
                         as(fn("array_repeat", {id, fn("pmod", {times, lit(1'000)})}), "a")});
  max_batch_rows = 1'000;
  const auto t = table(p);
  ASSERT_EQ(t->num_rows(), 20'000);
  int64_t row = 0;
  arrow::TableBatchReader batches(*t);
  for (std::shared_ptr<arrow::RecordBatch> b; batches.ReadNext(&b).ok() && b;) {
    const auto& id = static_cast<const arrow::Int64Array&>(*b->column(0));
    const auto& n = static_cast<const arrow::Int32Array&>(*b->column(1));
    const auto& s = static_cast<const arrow::StringArray&>(*b->column(2));
    const auto& a = static_cast<const arrow::ListArray&>(*b->column(3));
    const auto& elements = static_cast<const arrow::Int64Array&>(*a.values());
    for (int64_t i = 0; i < b->num_rows(); ++i, ++row) {
      ASSERT_EQ(id.Value(i), row);
      ASSERT_EQ(n.Value(i), row * 7919 % 101 == 0 ? 300'000 : row % 11);
      ASSERT_EQ(s.value_length(i), n.Value(i));
      ASSERT_EQ(a.value_length(i), n.Value(i) % 1'000);
      for (int64_t e = a.value_offset(i); e < a.value_offset(i + 1); ++e)
        ASSERT_EQ(elements.Value(e), row);
    }
  }
  EXPECT_EQ(row, 20'000);
}

TEST_F(StreamTest, DrawsTheSameNumbersBesideWideValues) {
  const auto drawn = [&](plan::ExpressionPtr beside) {
    auto random = fn("rand", {lit(Value::bigint(7))});
    return table(project(range(0, 5'000), {as(random, "r"), as(std::move(beside), "b")}))
        ->column(0);
  };
  EXPECT_TRUE(drawn(lit(1))->Equals(*drawn(fn("repeat", {fn("uuid", {}), lit(3'000)}))));
}

/// Runs `work` on a stack of 256 MB, as executions do.
void on_large_stack(std::function<void()> work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256u << 20);
  pthread_t thread;
  auto run = [](void* f) -> void* {
    (*static_cast<std::function<void()>*>(f))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

TEST_F(StreamTest, RunsPlansAThousandLevelsDeep) {
  on_large_stack([&] {
    auto p = range(0, 3);
    for (int i = 0; i < 1000; ++i) {
      auto x = ref(p->output[0]);
      p = project(p, {as(fn("coalesce", {x, x}), "id")});  // used twice: stays a level of its own
    }
    EXPECT_EQ(rows(p), (Rows{"0", "1", "2"}));
    auto f = range(0, 3);
    for (int i = 0; i < 1000; ++i) f = filter(f, fn("isnotnull", {ref(f->output[0])}));
    EXPECT_EQ(rows(f), (Rows{"0", "1", "2"}));
    auto u = range(0, 1);
    for (int i = 0; i < 1000; ++i) u = set_op(plan::SetOpKind::kUnion, true, u, range(i, i + 1));
    EXPECT_EQ(rows(u).size(), 1001u);
    auto c = range(0, 1);  // withColumn in a loop
    for (int i = 0; i < 1000; ++i) {
      plan::Expressions all;
      for (const auto& a : c->output) all.push_back(ref(a));
      all.push_back(
          as(fn("coalesce", {ref(c->output[0]), lit(Value::bigint(i))}), "x" + std::to_string(i)));
      c = project(c, std::move(all));
    }
    EXPECT_EQ(table(c)->num_columns(), 1001);
  });
}

std::shared_ptr<const std::string> ipc_of(const std::shared_ptr<arrow::RecordBatch>& batch) {
  auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = arrow::ipc::MakeStreamWriter(sink, batch->schema()).ValueOrDie();
  EXPECT_TRUE(writer->WriteRecordBatch(*batch).ok() && writer->Close().ok());
  return std::make_shared<const std::string>(sink->Finish().ValueOrDie()->ToString());
}

plan::PlanPtr local(const std::shared_ptr<arrow::RecordBatch>& batch, types::Schema schema) {
  plan::Attributes output;
  for (const auto& f : schema)
    output.push_back(
        {.id = plan::new_attribute_id(), .name = f.name, .type = f.type, .nullable = f.nullable});
  return plan::make_resolved_plan(plan::LocalRelation{ipc_of(batch), std::move(schema)},
                                  std::move(output));
}

TEST_F(StreamTest, GivesBackWhatTheClientSent) {
  zone = "America/Los_Angeles";
  types::Schema schema{
      {"i", TypeId::kLong},
      {"s", TypeId::kString},
      {"t", TypeId::kTimestamp},
      {"n", TypeId::kNull},
      {"d", DataType::day_time()},
      {"y", DataType::year_month()},
      {"c", TypeId::kCalendarInterval},
      {"l", DataType::array(DataType::structure({{"a", TypeId::kInteger}, {"a", TypeId::kNull}}))},
      {"m", DataType::map(TypeId::kString, DataType::decimal(10, 2))},
      {"k", DataType::time()}};
  auto values_of = [&](bool null) -> plan::Expressions {
    auto element = Value(schema[7].type.element(),
                         std::vector<Value>{Value::integer(1), Value::null(TypeId::kNull)});
    std::vector<Value> v{
        Value::bigint(5),
        Value::string("x"),
        {TypeId::kTimestamp, int64_t{1'000'000}},
        Value::null(TypeId::kNull),
        {schema[4].type, int64_t{7}},
        {schema[5].type, int64_t{13}},
        {TypeId::kCalendarInterval, types::CalendarInterval{1, 2, 3}},
        {schema[7].type, std::vector<Value>{element, Value::null(element.type)}},
        {schema[8].type,
         std::vector<Value>{Value::string("k"), {schema[8].type.value(), types::Int128{125}}}},
        {schema[9].type, int64_t{3'000}}};
    plan::Expressions es;
    for (auto& x : v) es.push_back(as(lit(null ? Value::null(x.type) : x), "c"));
    return es;
  };
  auto sent = table(set_op(plan::SetOpKind::kUnion, true, project(one_row(), values_of(false)),
                           project(one_row(), values_of(true))));
  auto batch = sent->CombineChunksToBatch().ValueOrDie();
  auto received = table(local(batch, schema));
  EXPECT_EQ(received->num_rows(), 2);
  for (int c = 0; c < batch->num_columns(); ++c) {
    EXPECT_TRUE(received->column(c)->chunk(0)->Equals(batch->column(c)))
        << received->column(c)->ToString() << batch->column(c)->ToString();
  }
  EXPECT_EQ(local_relation_schema(*ipc_of(batch))[8].type.simple_string(),
            "map<string,decimal(10,2)>");
}

TEST_F(StreamTest, ReadsAnEmptyLocalRelation) {
  plan::Attributes output{{.id = plan::new_attribute_id(), .name = "x", .type = TypeId::kInteger}};
  auto p =
      plan::make_resolved_plan(plan::LocalRelation{nullptr, {{"x", TypeId::kInteger}}}, output);
  EXPECT_EQ(rows(p), (Rows{}));
}

TEST_F(StreamTest, SaysWhatHelpsWhenMemoryRunsOut) {
  Engine small(EngineOptions{.memory_limit = "20MB", .threads = 2});
  auto r = range(0, 20'000'000);
  auto p = aggregate(r, {col(r, "id")}, {col(r, "id"), as(fn("count", {lit(1)}), "n")});
  try {
    auto stream = small.run(p, options());
    while (stream->next()) {
    }
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.condition(), "OUT_OF_MEMORY");
  }
}

}  // namespace
}  // namespace lochan::engine::testing
