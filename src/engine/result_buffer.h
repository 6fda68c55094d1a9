#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "duckdb.hpp"
#include "duckdb/parallel/interrupt.hpp"

namespace lochan::engine {

/// Rows on their way from DuckDB's threads to the reader of a query.
struct ResultRows {
  std::unique_ptr<duckdb::DataChunk> chunk;
  std::vector<double> row_bytes;
  double bytes = 0;
};

/// The rows of a query that its reader has not taken yet, bounded in bytes: a task that brings more
/// is put aside until there is room. (DuckDB's own buffer counts 16 bytes for a text of any
/// length.)
///
/// Threads work on batches side by side; their rows are given out in the order of the batches.
/// Rows of the first batch can be taken at once, those of later ones wait.
class ResultBuffer {
 public:
  /// If there is no room for rows of `batch`, false; `task` is then called back when there is.
  bool has_room(uint64_t batch, const duckdb::InterruptState& task);
  void append(uint64_t batch, ResultRows rows);
  /// All batches before `first` are complete.
  void set_first(uint64_t first);
  /// All batches are.
  void close();

  /// False if there are no rows that can be taken now.
  bool take(ResultRows& rows);
  /// Until there are, or a moment has passed.
  void wait(std::chrono::microseconds moment);

 private:
  bool is_full(uint64_t batch) const;

  std::mutex mutex_;
  std::condition_variable filled_;
  uint64_t first_ = 0;
  std::deque<ResultRows> ready_;
  std::map<uint64_t, std::deque<ResultRows>> later_;
  double ready_bytes_ = 0, later_bytes_ = 0;
  std::vector<std::pair<uint64_t, duckdb::InterruptState>> waiting_;
};

/// The end of a plan, where its rows go to `buffer`.
duckdb::unique_ptr<duckdb::PhysicalOperator> collect_into(std::shared_ptr<ResultBuffer> buffer,
                                                          duckdb::ClientContext& context,
                                                          duckdb::PreparedStatementData& statement);

}  // namespace lochan::engine
