#include "engine/interruptible_order.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "base/clock.h"
#include "duckdb/common/sorting/sort.hpp"
#include "duckdb/common/types/row/tuple_data_collection.hpp"
#include "duckdb/main/client_config.hpp"
#include "duckdb/planner/expression/bound_reference_expression.hpp"
#include "engine/connection.h"
#include "engine/database.h"
#include "engine/sorted_runs.h"
#include "engine/tests/plan_builder.h"

namespace lochan::engine::testing {
namespace {

using InterruptibleOrderTest = EngineTest;

/// Rows as hashes: of their first columns, the keys, in the order of the rows; of all their
/// columns, in order of size, as equal keys leave the rest open.
struct Hashes {
  std::vector<duckdb::hash_t> keys, rows;
  bool operator==(const Hashes&) const = default;
};

Hashes hashes_of(duckdb::QueryResult& result, size_t key_columns) {
  if (result.HasError()) result.ThrowError();
  Hashes hashes;
  duckdb::Vector hash(duckdb::LogicalType::HASH);
  const auto add = [&](duckdb::DataChunk& chunk, size_t columns, auto& to) {
    duckdb::vector<duckdb::idx_t> numbers(columns);
    std::iota(numbers.begin(), numbers.end(), 0);
    chunk.Hash(numbers, hash);
    hash.Flatten(chunk.size());
    const auto* values = duckdb::FlatVector::GetData<duckdb::hash_t>(hash);
    to.insert(to.end(), values, values + chunk.size());
  };
  while (auto chunk = result.Fetch()) {
    add(*chunk, key_columns, hashes.keys);
    add(*chunk, chunk->ColumnCount(), hashes.rows);
  }
  std::sort(hashes.rows.begin(), hashes.rows.end());
  return hashes;
}

Hashes ours(Engine& engine, const std::string& sql, size_t key_columns, bool external = false) {
  auto cancel = std::make_shared<CancelToken>();
  OperationConnection connection(engine.impl().database()->instance());
  duckdb::ClientConfig::GetConfig(*connection.context).force_external = external;
  auto statements = connection.ExtractStatements(sql);
  auto pending = connection.start(std::move(statements[0]), cancel);
  return hashes_of(*execute(*pending, *cancel), key_columns);
}

Hashes duckdbs(Engine& engine, const std::string& sql, size_t key_columns) {
  duckdb::Connection connection(engine.impl().database()->instance());
  return hashes_of(*connection.Query(sql), key_columns);
}

// More rows than are sorted next to each other at once; ties, nulls and values that differ late.
std::string source(int count) {
  return "(SELECT range AS id, hash(range) % 1000 AS few, CAST(hash(range) >> 1 AS BIGINT) AS b, "
         "CASE WHEN range % 7 <> 0 THEN CAST(hash(range) % 50000 AS INTEGER) END AS i, "
         "CASE range % 5 WHEN 0 THEN 'NaN' WHEN 1 THEN -0.0 WHEN 2 THEN 0.0 WHEN 3 THEN '-inf' "
         "ELSE hash(range) / 1e9 END::DOUBLE AS d, "
         "CASE WHEN range % 11 <> 0 THEN concat('a common prefix of all ', hash(range) % 90000) "
         "END AS "
         "s,"
         " repeat('x', CAST(range % 40 AS INTEGER)) AS wide FROM range(" +
         std::to_string(count) + ")) ";
}

struct Order {
  std::string keys;
  size_t key_columns;
  std::string columns;  // those of the keys come first
};

const std::vector<Order> kOrders = {
    {"i", 1, "i"},                        // keys of 8 bytes
    {"b DESC NULLS LAST", 1, "b"},        // 16
    {"b, i NULLS FIRST", 2, "b, i"},      // 24
    {"few, b, i DESC", 3, "few, b, i"},   // 32
    {"s NULLS FIRST", 1, "s"},            // texts
    {"i NULLS FIRST", 1, "i, id, wide"},  // the same with other columns
    {"d DESC NULLS LAST", 1, "d, id"},
    {"few, b DESC", 2, "few, b, id, s"},
    {"s DESC NULLS LAST, i", 2, "s, i, id, d"},
    {"id", 1, "id, wide"},    // sorted already
    {"id DESC", 1, "id, s"},  // in reverse
    {"[s, 'x']", 1, "[s, 'x'], id"},
    {"few % 1", 1, "few % 1, id, s"},  // all keys are the same
    {"id % 2, hash(id) DESC", 2, "id % 2, hash(id), i, d, wide"},
};

TEST_F(InterruptibleOrderTest, OrdersAsDuckDbDoes) {
  for (const int threads : {1, 3}) {
    const auto count = threads == 1 ? 300'000 : 30'000;
    Engine engine({.threads = threads});
    for (const auto& [keys, key_columns, columns] : kOrders) {
      const auto sql = "SELECT " + columns + " FROM " + source(count) + "ORDER BY " + keys;
      const auto expected = duckdbs(engine, sql, key_columns);
      ASSERT_EQ(expected.rows.size(), count);
      for (const bool external : {false, true}) {
        EXPECT_TRUE(ours(engine, sql, key_columns, external) == expected)
            << sql << (external ? " in blocks" : "") << ", threads: " << threads;
      }
    }
  }
}

TEST_F(InterruptibleOrderTest, OrdersNoRows) {
  for (const bool external : {false, true}) {
    const auto sql = "SELECT id, s FROM " + source(10) + "WHERE id < 0 ORDER BY s";
    EXPECT_TRUE(ours(engine(), sql, 1, external).rows.empty());
  }
}

TEST_F(InterruptibleOrderTest, OrdersMoreThanFitsTheMemory) {
  const auto folder = std::filesystem::temp_directory_path() / ("lochan-order-" + random_uuid());
  {
    Engine small({.memory_limit = "64MB", .spill_directory = folder, .threads = 2});
    const auto got =
        ours(small,
             "SELECT concat_ws(' ', count(*), count_if(s < before), count(DISTINCT id)) FROM "
             "(SELECT *, lag(s) OVER () AS before FROM (SELECT hash(range) AS id, "
             "concat('a common prefix of all ', hash(range) % 90000) AS s, "
             "repeat(concat(range), 20) AS wide FROM range(1000000) ORDER BY s LIMIT 10000000))",
             1);
    EXPECT_TRUE(got == duckdbs(small, "SELECT '1000000 0 1000000'", 1));
  }
  std::filesystem::remove_all(folder);
}

TEST_F(InterruptibleOrderTest, StopsWhileARunIsSorted) {
  duckdb::Connection connection(engine().impl().database()->instance());
  auto& context = *connection.context;
  context.RunFunctionInTransaction([&] {
    const auto text = duckdb::LogicalType::VARCHAR, number = duckdb::LogicalType::BIGINT;
    duckdb::vector<duckdb::BoundOrderByNode> orders;
    orders.emplace_back(duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_FIRST,
                        duckdb::make_uniq<duckdb::BoundReferenceExpression>(text, 0U));
    const duckdb::Sort sort(context, orders, {text, number}, {});
    duckdb::SortedRun run(context, sort, false);
    duckdb::DataChunk key, payload;
    key.Initialize(context, run.key_data->GetLayout().GetTypes());
    payload.Initialize(context, {number});
    for (int i = 0; i < 100; ++i) {
      key.data[0].Reference(duckdb::Value::BLOB(std::string(30, static_cast<char>('z' - i % 7))));
      key.SetCardinality(STANDARD_VECTOR_SIZE);
      payload.data[0].Reference(duckdb::Value::BIGINT(i));
      payload.SetCardinality(STANDARD_VECTOR_SIZE);
      run.Sink(key, payload);
    }
    context.interrupted = true;
    EXPECT_THROW(sort_run(run, true), duckdb::InterruptException);
    EXPECT_FALSE(run.finalized);
    context.interrupted = false;
  });
}

}  // namespace
}  // namespace lochan::engine::testing
