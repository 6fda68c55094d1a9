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
    connection.start(std::move(statements[0]), duckdb::QueryResultOutputType::FORCE_MATERIALIZED,
                     cancel);
    FAIL() << "it was started";
  } catch (const Error& e) {
    EXPECT_EQ(e.condition(), "OPERATION_CANCELED");
  }
}

}  // namespace
}  // namespace lochan::engine::testing
