#include "engine/connection.h"

#include <chrono>
#include <thread>

#include "duckdb/main/client_context_state.hpp"
#include "duckdb/main/prepared_statement_data.hpp"
#include "engine/errors.h"
#include "engine/interruptible_order.h"
#include "engine/wide_rows.h"

namespace lochan::engine {
namespace {

/// Lets no task of an interrupted query begin. DuckDB looks for an interrupt between the chunks of
/// a pipeline, but not before the tasks that finish an operator, and it runs those that wait to
/// their end before a query may go: thousands, for the hash table of a large join.
class TasksUntilInterrupt : public duckdb::ClientContextState {
 public:
  void OnTaskStart(duckdb::ClientContext& context) override {
    if (context.interrupted.load(std::memory_order_relaxed)) throw duckdb::InterruptException();
  }
};

}  // namespace

OperationConnection::OperationConnection(duckdb::DatabaseInstance& database)
    : Connection(database) {
  context->registered_state->Insert("lochan_tasks_until_interrupt",
                                    duckdb::make_shared_ptr<TasksUntilInterrupt>());
}

OperationConnection::~OperationConnection() {
  try {
    // Else DuckDB would run the tasks that are left to their end.
    Interrupt();
    context->Destroy();
  } catch (...) {  // the query's own error, which was reported already
  }
}

duckdb::unique_ptr<duckdb::PendingQueryResult> OperationConnection::start(
    duckdb::unique_ptr<duckdb::SQLStatement> statement, const CancelTokenPtr& cancel,
    duckdb::get_result_collector_t end) {
  cancel->on_cancel([weak = duckdb::weak_ptr<duckdb::ClientContext>(context)] {
    if (auto running = weak.lock()) running->Interrupt();
  });
  context->config.get_result_collector = [end = std::move(end)](auto& client, auto& prepared) {
    bound_projections(*prepared.physical_plan);
    make_orders_interruptible(*prepared.physical_plan);
    return end(client, prepared);
  };
  // DuckDB asks for a collector only where it does not stream by itself.
  auto pending =
      PendingQuery(std::move(statement), duckdb::QueryResultOutputType::FORCE_MATERIALIZED);
  if (pending->HasError()) fail(pending->GetErrorObject(), *cancel);
  // Starting a query forgets an interrupt that came before it.
  cancel->throw_if_cancelled();
  return pending;
}

void fail(const duckdb::ErrorData& error, const CancelToken& cancel) {
  if (error.Type() == duckdb::ExceptionType::INTERRUPT) cancel.throw_if_cancelled();
  throw translate(error);
}

duckdb::unique_ptr<duckdb::QueryResult> execute(duckdb::PendingQueryResult& pending,
                                                const CancelToken& cancel) {
  using duckdb::PendingExecutionResult;
  constexpr auto kPause = std::chrono::microseconds(20);
  auto step = pending.ExecuteTask();
  while (!duckdb::PendingQueryResult::IsResultReady(step)) {
    if (step == PendingExecutionResult::NO_TASKS_AVAILABLE ||
        step == PendingExecutionResult::BLOCKED) {
      std::this_thread::sleep_for(kPause);
    }
    step = pending.ExecuteTask();
  }
  if (step == PendingExecutionResult::EXECUTION_ERROR) fail(pending.GetErrorObject(), cancel);
  auto result = pending.Execute();
  if (result->HasError()) fail(result->GetErrorObject(), cancel);
  return result;
}

}  // namespace lochan::engine
