#pragma once
#include "duckdb/main/client_context.hpp"
#include "duckdb/main/connection.hpp"

namespace lochan::engine {

/// A DuckDB connection for one operation, which ends that operation before it goes. DuckDB's own
/// does not while an exception is unwinding the stack: tasks would go on in a context that is gone.
class OperationConnection : public duckdb::Connection {
 public:
  explicit OperationConnection(duckdb::DatabaseInstance& database) : Connection(database) {}
  ~OperationConnection() {
    try {
      context->Destroy();
    } catch (...) {  // the query's own error, which was reported already
    }
  }
};

}  // namespace lochan::engine
