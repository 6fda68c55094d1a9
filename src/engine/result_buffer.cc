#include "engine/result_buffer.h"

#include <limits>

#include "duckdb/execution/operator/helper/physical_result_collector.hpp"
#include "duckdb/execution/physical_plan_generator.hpp"
#include "duckdb/main/materialized_query_result.hpp"
#include "duckdb/main/prepared_statement_data.hpp"
#include "engine/row_sizes.h"

namespace lochan::engine {
namespace {

constexpr double kBufferBytes = 8 << 20;  // of the first batch, and as much of the later ones
constexpr double kPieceBytes = 1 << 20;   // rows are copied and handed over in pieces of this size

struct PieceState : duckdb::LocalSinkState {
  duckdb::idx_t done = 0;  // rows of the chunk that the buffer has already
  std::vector<double> row_bytes;
};

class Collector : public duckdb::PhysicalResultCollector {
 public:
  Collector(std::shared_ptr<ResultBuffer> buffer, duckdb::PreparedStatementData& statement,
            bool is_parallel, bool has_batches)
      : PhysicalResultCollector(*statement.physical_plan, statement),
        buffer_(std::move(buffer)),
        is_parallel_(is_parallel),
        has_batches_(has_batches) {}

  bool ParallelSink() const override { return is_parallel_; }
  bool SinkOrderDependent() const override { return !has_batches_; }
  duckdb::OperatorPartitionInfo RequiredPartitionInfo() const override {
    return has_batches_ ? duckdb::OperatorPartitionInfo::BatchIndex()
                        : duckdb::OperatorPartitionInfo::NoPartitionInfo();
  }
  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(
      duckdb::ClientContext&) const override {
    return duckdb::make_uniq<duckdb::GlobalSinkState>();
  }
  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(
      duckdb::ExecutionContext&) const override {
    return duckdb::make_uniq<PieceState>();
  }

  duckdb::SinkResultType Sink(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override {
    auto& state = input.local_state.Cast<PieceState>();
    set_first(state);
    const auto batch = has_batches_ ? state.partition_info.batch_index.GetIndex() : 0;
    if (state.done == 0) {
      state.row_bytes.assign(chunk.size(), 0);
      for (auto& column : chunk.data) add_row_sizes(column, chunk.size(), state.row_bytes);
    }
    while (state.done < chunk.size()) {
      if (!buffer_->has_room(batch, input.interrupt_state)) return duckdb::SinkResultType::BLOCKED;
      buffer_->append(batch, next_piece(chunk, state));
    }
    state.done = 0;
    return duckdb::SinkResultType::NEED_MORE_INPUT;
  }

  duckdb::SinkNextBatchType NextBatch(duckdb::ExecutionContext&,
                                      duckdb::OperatorSinkNextBatchInput& input) const override {
    set_first(input.local_state);
    return duckdb::SinkNextBatchType::READY;
  }

  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext&,
                                        duckdb::OperatorSinkCombineInput& input) const override {
    set_first(input.local_state);
    return duckdb::SinkCombineResultType::FINISHED;
  }

  duckdb::unique_ptr<duckdb::QueryResult> GetResult(duckdb::GlobalSinkState&) const override {
    throw duckdb::InternalException("the rows went to the buffer");
  }

 private:
  void set_first(const duckdb::LocalSinkState& state) const {
    if (has_batches_) buffer_->set_first(state.partition_info.min_batch_index.GetIndex());
  }

  static ResultRows next_piece(const duckdb::DataChunk& chunk, PieceState& state) {
    ResultRows rows;
    const auto from = state.done;
    auto to = from;
    while (to < chunk.size() && rows.bytes < kPieceBytes) rows.bytes += state.row_bytes[to++];
    rows.row_bytes.assign(state.row_bytes.begin() + from, state.row_bytes.begin() + to);
    rows.chunk = std::make_unique<duckdb::DataChunk>();
    rows.chunk->Initialize(duckdb::Allocator::DefaultAllocator(), chunk.GetTypes(),
                           std::max<duckdb::idx_t>(to - from, 1));
    if (from == 0 && to == chunk.size()) {
      chunk.Copy(*rows.chunk);
    } else {
      chunk.Copy(*rows.chunk, *duckdb::FlatVector::IncrementalSelectionVector(), to, from);
    }
    state.done = to;
    return rows;
  }

  std::shared_ptr<ResultBuffer> buffer_;
  bool is_parallel_, has_batches_;
};

}  // namespace

bool ResultBuffer::is_full(uint64_t batch) const {
  return (batch <= first_ ? ready_bytes_ : later_bytes_) >= kBufferBytes;
}

bool ResultBuffer::has_room(uint64_t batch, const duckdb::InterruptState& task) {
  const std::lock_guard lock(mutex_);
  if (!is_full(batch)) return true;
  waiting_.emplace_back(batch, task);
  return false;
}

void ResultBuffer::append(uint64_t batch, ResultRows rows) {
  const std::lock_guard lock(mutex_);
  if (batch > first_) {
    later_bytes_ += rows.bytes;
    later_[batch].push_back(std::move(rows));
    return;
  }
  ready_bytes_ += rows.bytes;
  ready_.push_back(std::move(rows));
  filled_.notify_one();
}

void ResultBuffer::set_first(uint64_t first) {
  const std::lock_guard lock(mutex_);
  if (first <= first_) return;
  first_ = first;
  while (!later_.empty() && later_.begin()->first <= first_) {
    for (auto& rows : later_.begin()->second) {
      later_bytes_ -= rows.bytes;
      ready_bytes_ += rows.bytes;
      ready_.push_back(std::move(rows));
    }
    later_.erase(later_.begin());
  }
  filled_.notify_one();
}

void ResultBuffer::close() { set_first(std::numeric_limits<uint64_t>::max()); }

bool ResultBuffer::take(ResultRows& rows) {
  std::vector<duckdb::InterruptState> awake;
  bool found = false;
  {
    const std::lock_guard lock(mutex_);
    if (!ready_.empty()) {
      rows = std::move(ready_.front());
      ready_.pop_front();
      ready_bytes_ -= rows.bytes;
      found = true;
    }
    std::erase_if(waiting_, [&](auto& task) {
      if (is_full(task.first)) return false;
      awake.push_back(std::move(task.second));
      return true;
    });
  }
  for (const auto& task : awake) task.Callback();
  return found;
}

void ResultBuffer::wait(std::chrono::microseconds moment) {
  std::unique_lock lock(mutex_);
  filled_.wait_for(lock, moment, [&] { return !ready_.empty(); });
}

duckdb::unique_ptr<duckdb::PhysicalOperator> collect_into(
    std::shared_ptr<ResultBuffer> buffer, duckdb::ClientContext& context,
    duckdb::PreparedStatementData& statement) {
  auto& root = statement.physical_plan->Root();
  const bool ordered = duckdb::PhysicalPlanGenerator::PreserveInsertionOrder(context, root);
  const bool has_batches = ordered && duckdb::PhysicalPlanGenerator::UseBatchIndex(context, root);
  return duckdb::make_uniq<Collector>(std::move(buffer), statement, !ordered || has_batches,
                                      has_batches);
}

}  // namespace lochan::engine
