#include "engine/interruptible_order.h"

#include <algorithm>

#include "duckdb/common/sorting/sort.hpp"
#include "duckdb/common/sorting/sorted_run.hpp"
#include "duckdb/common/sorting/sorted_run_merger.hpp"
#include "duckdb/common/types/row/tuple_data_collection.hpp"
#include "duckdb/execution/operator/order/physical_order.hpp"
#include "duckdb/function/function_binder.hpp"
#include "duckdb/main/client_config.hpp"
#include "duckdb/parallel/task_scheduler.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_reference_expression.hpp"
#include "duckdb/storage/temporary_memory_manager.hpp"
#include "engine/sorted_runs.h"

namespace lochan::engine {
namespace {

using duckdb::idx_t;
using Runs = duckdb::vector<duckdb::unique_ptr<duckdb::SortedRun>>;

/// What makes the keys of a sort: create_sort_key(<expression>, '<direction>', ...).
duckdb::unique_ptr<duckdb::Expression> sort_key(
    duckdb::ClientContext& context, const duckdb::vector<duckdb::BoundOrderByNode>& orders) {
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> arguments;
  for (const auto& order : orders) {
    arguments.push_back(order.expression->Copy());
    arguments.push_back(duckdb::make_uniq<duckdb::BoundConstantExpression>(
        duckdb::Value(order.GetOrderModifier())));
  }
  duckdb::ErrorData error;
  auto key = duckdb::FunctionBinder(context).BindScalarFunction(DEFAULT_SCHEMA, "create_sort_key",
                                                                std::move(arguments), error);
  if (!key) error.Throw();
  return key;
}

/// The columns of the input that rows carry beside their key, which has the columns it is made of.
duckdb::vector<idx_t> payload_columns(const duckdb::PhysicalOrder& op) {
  duckdb::vector<idx_t> columns;
  for (const auto column : op.projections) {
    const bool is_key = std::any_of(op.orders.begin(), op.orders.end(), [&](const auto& order) {
      return order.expression->GetExpressionClass() == duckdb::ExpressionClass::BOUND_REF &&
             order.expression->template Cast<duckdb::BoundReferenceExpression>().index == column;
    });
    if (!is_key) columns.push_back(column);
  }
  return columns;
}

struct GlobalSink : duckdb::GlobalSinkState {
  GlobalSink(duckdb::ClientContext& context, const duckdb::PhysicalOrder& op)
      : sort(context, op.orders, op.children[0].get().types, op.projections),
        key(sort_key(context, op.orders)),
        payload(payload_columns(op)),
        threads(duckdb::TaskScheduler::GetScheduler(context).NumberOfThreads()),
        memory(duckdb::TemporaryMemoryManager::Get(context).Register(context)),
        external(duckdb::ClientConfig::GetConfig(context).force_external) {
    for (const auto column : payload) payload_types.push_back(op.children[0].get().types[column]);
  }

  /// What a thread may gather before it sorts. Asks for more memory first, as long as that is
  /// granted; then runs go to disk, unless some are ready that cannot leave the memory any more.
  idx_t limit(duckdb::ClientContext& context, idx_t bytes) {
    const auto wanted = threads * bytes;
    if (!external && memory->GetReservation() <= wanted) {
      if (memory->GetReservation() >= memory->GetRemainingSize()) {
        auto request = memory->GetRemainingSize() * 2;
        while (request < wanted) request *= 2;
        memory->SetRemainingSizeAndUpdateReservation(context, request);
      }
      external = memory->GetReservation() < wanted && !any_ready;
    }
    return memory->GetReservation() / threads;
  }

  void add(duckdb::unique_ptr<duckdb::SortedRun> run) {
    const auto guard = Lock();
    rows += run->Count();
    runs.push_back(std::move(run));
  }

  duckdb::Sort sort;
  const duckdb::unique_ptr<duckdb::Expression> key;
  const duckdb::vector<idx_t> payload;
  duckdb::vector<duckdb::LogicalType> payload_types;
  const idx_t threads;

  duckdb::unique_ptr<duckdb::TemporaryMemoryState> memory;
  bool external, any_ready = false;
  Runs runs;
  std::atomic<idx_t> rows = 0;
};

struct LocalSink : duckdb::LocalSinkState {
  LocalSink(duckdb::ClientContext& context, const GlobalSink& global)
      : keys_of(context, *global.key) {
    key.Initialize(context, {global.key->return_type});
    payload.InitializeEmpty(global.payload_types);
  }

  duckdb::ExpressionExecutor keys_of;
  duckdb::DataChunk key, payload;
  duckdb::unique_ptr<duckdb::SortedRun> run;
  idx_t limit = 0;
  bool external = false;
};

struct GlobalSource : duckdb::GlobalSourceState {
  GlobalSource(duckdb::ClientContext& context, GlobalSink& sink)
      : merger(sink.sort, std::move(sink.runs), std::min<idx_t>(sink.rows, DEFAULT_ROW_GROUP_SIZE),
               sink.external, false) {
    if (merger.total_count > 0) merge = merger.GetGlobalSourceState(context);
  }
  idx_t MaxThreads() override { return merge ? merge->MaxThreads() : 1; }

  duckdb::SortedRunMerger merger;
  duckdb::unique_ptr<duckdb::GlobalSourceState> merge;
};

struct LocalSource : duckdb::LocalSourceState {
  duckdb::unique_ptr<duckdb::LocalSourceState> merge;
};

/// DuckDB's ORDER BY, with runs sorted by sort_run().
class InterruptibleOrder : public duckdb::PhysicalOrder {
 public:
  using PhysicalOrder::PhysicalOrder;

  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(
      duckdb::ClientContext& context) const override {
    return duckdb::make_uniq<GlobalSink>(context, *this);
  }
  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(
      duckdb::ExecutionContext& context) const override {
    return duckdb::make_uniq<LocalSink>(context.client, sink_state->Cast<GlobalSink>());
  }

  duckdb::SinkResultType Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override {
    auto& global = input.global_state.Cast<GlobalSink>();
    auto& local = input.local_state.Cast<LocalSink>();
    if (!local.run)
      local.run = duckdb::make_uniq<duckdb::SortedRun>(context.client, global.sort, false);
    local.key.Reset();
    local.keys_of.Execute(chunk, local.key);
    local.payload.ReferenceColumns(chunk, global.payload);
    local.run->Sink(local.key, local.payload);

    const auto bytes = local.run->SizeInBytes();
    if (bytes >= local.limit && !local.external) {
      const auto guard = global.Lock();
      local.limit = global.limit(context.client, bytes);
      local.external = global.external;
    }
    if (bytes >= local.limit && local.external) finish_run(global, local);
    return duckdb::SinkResultType::NEED_MORE_INPUT;
  }

  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext&,
                                        duckdb::OperatorSinkCombineInput& input) const override {
    auto& global = input.global_state.Cast<GlobalSink>();
    auto& local = input.local_state.Cast<LocalSink>();
    if (!local.run) return duckdb::SinkCombineResultType::FINISHED;
    {
      const auto guard = global.Lock();
      global.any_ready = true;
      local.external = global.external;
    }
    finish_run(global, local);
    return duckdb::SinkCombineResultType::FINISHED;
  }

  duckdb::SinkFinalizeType Finalize(duckdb::Pipeline&, duckdb::Event&, duckdb::ClientContext&,
                                    duckdb::OperatorSinkFinalizeInput& input) const override {
    return input.global_state.Cast<GlobalSink>().runs.empty()
               ? duckdb::SinkFinalizeType::NO_OUTPUT_POSSIBLE
               : duckdb::SinkFinalizeType::READY;
  }

  duckdb::ProgressData GetSinkProgress(duckdb::ClientContext&, duckdb::GlobalSinkState& state,
                                       duckdb::ProgressData source) const override {
    // Half of the work is sorting.
    source.done = source.done / 2 + static_cast<double>(state.Cast<GlobalSink>().rows) / 2;
    return source;
  }

  duckdb::unique_ptr<duckdb::GlobalSourceState> GetGlobalSourceState(
      duckdb::ClientContext& context) const override {
    return duckdb::make_uniq<GlobalSource>(context, sink_state->Cast<GlobalSink>());
  }
  duckdb::unique_ptr<duckdb::LocalSourceState> GetLocalSourceState(
      duckdb::ExecutionContext& context, duckdb::GlobalSourceState& state) const override {
    auto& global = state.Cast<GlobalSource>();
    auto local = duckdb::make_uniq<LocalSource>();
    if (global.merge) local->merge = global.merger.GetLocalSourceState(context, *global.merge);
    return local;
  }

  duckdb::SourceResultType GetDataInternal(duckdb::ExecutionContext& context,
                                           duckdb::DataChunk& chunk,
                                           duckdb::OperatorSourceInput& input) const override {
    auto& global = input.global_state.Cast<GlobalSource>();
    if (!global.merge) return duckdb::SourceResultType::FINISHED;
    duckdb::OperatorSourceInput merge{*global.merge, *input.local_state.Cast<LocalSource>().merge,
                                      input.interrupt_state};
    return global.merger.GetData(context, chunk, merge);
  }

  duckdb::OperatorPartitionData GetPartitionData(
      duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
      duckdb::GlobalSourceState& global_state, duckdb::LocalSourceState& local_state,
      const duckdb::OperatorPartitionInfo& info) const override {
    auto& global = global_state.Cast<GlobalSource>();
    return global.merger.GetPartitionData(context, chunk, *global.merge,
                                          *local_state.Cast<LocalSource>().merge, info);
  }

  duckdb::ProgressData GetProgress(duckdb::ClientContext& context,
                                   duckdb::GlobalSourceState& state) const override {
    auto& global = state.Cast<GlobalSource>();
    return global.merge ? global.merger.GetProgress(context, *global.merge)
                        : duckdb::ProgressData{};
  }

 private:
  static void finish_run(GlobalSink& global, LocalSink& local) {
    sort_run(*local.run, local.external);
    global.add(std::move(local.run));
  }
};

duckdb::PhysicalOperator& rewritten(duckdb::PhysicalPlan& plan, duckdb::PhysicalOperator& op) {
  for (auto& child : op.children) child = rewritten(plan, child.get());
  if (op.type != duckdb::PhysicalOperatorType::ORDER_BY) return op;
  auto& order = op.Cast<duckdb::PhysicalOrder>();
  if (order.is_index_sort) return op;
  auto& replaced = plan.Make<InterruptibleOrder>(
      op.types, std::move(order.orders), std::move(order.projections), op.estimated_cardinality);
  for (auto& child : op.children) replaced.children.push_back(child);
  return replaced;
}

}  // namespace

void make_orders_interruptible(duckdb::PhysicalPlan& plan) {
  plan.SetRoot(rewritten(plan, plan.Root()));
}

}  // namespace lochan::engine
