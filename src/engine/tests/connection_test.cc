#include "engine/connection.h"

#include "engine/database.h"
#include "engine/errors.h"
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

TEST(Translate, TellsAFullDiskFromTooLittleMemory) {
  const auto condition = [](duckdb::ExceptionType type, const std::string& text) {
    return translate(duckdb::ErrorData(type, text)).condition();
  };
  EXPECT_EQ(
      condition(duckdb::ExceptionType::IO,
                "Could not write file \"/spill/duckdb_temp_storage_S32K-0.tmp\": No space left "
                "on device"),
      "SPILL_DIRECTORY_FULL");
  EXPECT_EQ(condition(duckdb::ExceptionType::OUT_OF_MEMORY,
                      "failed to offload data block of size 32.0 KiB (269.9 MiB/270.0 MiB used).\n"
                      "This limit was set by the 'max_temp_directory_size' setting."),
            "SPILL_DIRECTORY_FULL");
  EXPECT_EQ(condition(duckdb::ExceptionType::OUT_OF_MEMORY,
                      "could not allocate block of size 256.0 KiB (953.6 MiB/953.6 MiB used)"),
            "OUT_OF_MEMORY");
  EXPECT_EQ(condition(duckdb::ExceptionType::IO,
                      "Could not write file \"/data/a.parquet\": No space left on device"),
            "STORAGE_IO_ERROR");
}

}  // namespace
}  // namespace lochan::engine::testing
