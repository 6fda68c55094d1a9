#include "engine/connection.h"

#include "engine/database.h"
#include "engine/tests/plan_builder.h"

namespace lochan::engine::testing {
namespace {

using ConnectionTest = EngineTest;

TEST_F(ConnectionTest, LeavesNothingRunningThatWasCancelledBeforeItStarted) {
  // DuckDB forgets the interrupt when the query starts; the query would take weeks.
  cancel->cancel();
  OperationConnection connection(engine().impl().database()->instance());
  auto statements =
      connection.ExtractStatements("SELECT sum(hash(range) % 7) FROM range(10000000000000000)");
  try {
    connection.start(std::move(statements[0]), cancel);
    FAIL() << "it was started";
  } catch (const Error& e) {
    EXPECT_EQ(e.condition(), "OPERATION_CANCELED");
  }
}

TEST_F(ConnectionTest, BeginsNoTaskAfterAnInterrupt) {
  // Interrupted after each number of steps. Those that make the join's hash table look for no
  // interrupt themselves.
  using duckdb::PendingExecutionResult;
  Engine alone({.threads = 1});
  auto step = PendingExecutionResult::RESULT_NOT_READY;
  for (int steps = 0; step == PendingExecutionResult::RESULT_NOT_READY; ++steps) {
    OperationConnection connection(alone.impl().database()->instance());
    auto statements = connection.ExtractStatements(
        "SELECT count(*) FROM range(10000) a JOIN range(10000) b ON a.range = b.range");
    auto pending = connection.start(std::move(statements[0]), cancel);
    for (int i = 0; i < steps && step == PendingExecutionResult::RESULT_NOT_READY; ++i) {
      step = pending->ExecuteTask();
    }
    connection.Interrupt();
    EXPECT_NE(pending->ExecuteTask(), PendingExecutionResult::RESULT_NOT_READY) << steps;
  }
}

}  // namespace
}  // namespace lochan::engine::testing
