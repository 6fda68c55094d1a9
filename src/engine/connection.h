#pragma once
#include "base/cancel.h"
#include "duckdb/execution/operator/helper/physical_result_collector.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/main/connection.hpp"
#include "duckdb/main/pending_query_result.hpp"

namespace lochan::engine {

/// A DuckDB connection for one operation, which ends that operation before it goes. DuckDB's own
/// does not while an exception is unwinding the stack: tasks would go on in a context that is gone.
class OperationConnection : public duckdb::Connection {
 public:
  explicit OperationConnection(duckdb::DatabaseInstance& database);
  ~OperationConnection();

  /// Plans `statement` and starts its tasks; `cancel` stops it from now on, whether or not this
  /// connection is still there. Its rows go to what `end` puts after its plan: by default a result
  /// that holds all of them. Throws Error: what DuckDB says, OPERATION_CANCELED.
  duckdb::unique_ptr<duckdb::PendingQueryResult> start(
      duckdb::unique_ptr<duckdb::SQLStatement> statement, const CancelTokenPtr& cancel,
      duckdb::get_result_collector_t end = duckdb::PhysicalResultCollector::GetResultCollector);
};

/// Throws what DuckDB says: OPERATION_CANCELED where that is what `cancel` made it say.
[[noreturn]] void fail(const duckdb::ErrorData& error, const CancelToken& cancel);

/// Works until `pending` has a result to give. DuckDB's own Execute() looks again and again whether
/// another thread has left something to do; each look takes the locks that those threads need, and
/// with progress on walks all pipelines. Throws Error as fail() does.
duckdb::unique_ptr<duckdb::QueryResult> execute(duckdb::PendingQueryResult& pending,
                                                const CancelToken& cancel);

}  // namespace lochan::engine
