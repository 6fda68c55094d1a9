#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/cancel.h"
#include "functions/function.h"
#include "plan/plan.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace lochan::engine {

struct EngineOptions {
  std::string memory_limit;     // "8GB"; empty: 80 % of the machine's memory
  std::string spill_directory;  // empty: no spilling
  int threads = 0;              // 0: all cores
};

/// How far a run has come.
struct Progress {
  double fraction = 0;  // of the tasks known so far, 0..1; negative: unknown
  int64_t rows = 0;
  int64_t bytes = 0;
};

/// Rows of one running query, pulled by one thread. Holds its own DuckDB connection; back-pressure
/// is natural: what is not pulled is not computed beyond DuckDB's small buffer. Destroying it ends
/// the query.
class ResultStream {
 public:
  virtual ~ResultStream() = default;
  virtual const types::Schema& schema() const = 0;
  virtual std::shared_ptr<arrow::Schema> arrow_schema() const = 0;
  /// The next batch, null at the end. Throws lochan::Error (Spark's condition), OPERATION_CANCELED
  /// if cancelled.
  virtual std::shared_ptr<arrow::RecordBatch> next() = 0;
  virtual Progress progress() const = 0;
};

/// What a query needs besides its plan.
struct QueryOptions {
  functions::ResolveContext context;  // zone, ANSI...
  CancelTokenPtr cancel;              // required
  int64_t max_batch_rows = 10'000;    // rows of one Arrow batch
  int64_t max_batch_bytes =
      8 << 20;  // of one Arrow batch, about: a row that is larger stands alone
};

/// One DuckDB instance. Thread-safe; each run uses a connection of its own.
class Engine {
 public:
  explicit Engine(const EngineOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;

  /// Lowers the resolved plan and starts it. Result types equal the plan's output types or an
  /// internal error that names the function is thrown.
  std::unique_ptr<ResultStream> run(const plan::PlanPtr& resolved, const QueryOptions& options);

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace lochan::engine
