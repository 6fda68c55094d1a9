#include "engine/wide_rows.h"

#include <algorithm>

#include "duckdb/execution/operator/projection/physical_projection.hpp"
#include "duckdb/execution/physical_plan_generator.hpp"
#include "duckdb/planner/expression_iterator.hpp"
#include "engine/claimed_memory.h"
#include "engine/row_sizes.h"

namespace lochan::engine {
namespace {

using duckdb::idx_t;

constexpr double kPieceBytes = 1 << 20;
constexpr idx_t kFirstRows = 16, kGrowth = 8;  // what to try before it is known how wide rows are

bool is_wide(const duckdb::LogicalType& type) {
  return !duckdb::TypeIsConstantSize(type.InternalType());
}

bool is_computed(const duckdb::Expression& expression) {
  return expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_REF &&
         expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_CONSTANT;
}

/// True if a value of no fixed size is computed on the way.
bool computes_wide(const duckdb::Expression& expression) {
  if (!is_computed(expression)) return false;
  bool found = is_wide(expression.return_type);
  duckdb::ExpressionIterator::EnumerateChildren(
      expression, [&](const duckdb::Expression& child) { found = found || computes_wide(child); });
  return found;
}

struct PieceState : duckdb::OperatorState {
  duckdb::unique_ptr<duckdb::OperatorState> projection;
  duckdb::DataChunk piece;
  idx_t done = 0;  // rows of the input
  idx_t rows = kFirstRows;
  std::vector<double> row_bytes;

  void Finalize(const duckdb::PhysicalOperator& op, duckdb::ExecutionContext& context) override {
    projection->Finalize(op, context);
  }
};

class BoundedProjection : public duckdb::PhysicalProjection {
 public:
  using PhysicalProjection::PhysicalProjection;

  duckdb::unique_ptr<duckdb::OperatorState> GetOperatorState(
      duckdb::ExecutionContext& context) const override {
    auto state = duckdb::make_uniq<PieceState>();
    state->projection = PhysicalProjection::GetOperatorState(context);
    state->piece.InitializeEmpty(children[0].get().GetTypes());
    return state;
  }

  duckdb::OperatorResultType Execute(duckdb::ExecutionContext& context, duckdb::DataChunk& input,
                                     duckdb::DataChunk& output, duckdb::GlobalOperatorState& global,
                                     duckdb::OperatorState& operator_state) const override {
    auto& state = operator_state.Cast<PieceState>();
    const auto from = state.done, to = std::min(input.size(), from + state.rows);
    auto* rows = &input;
    if (to - from < input.size()) {
      for (idx_t i = 0; i < input.ColumnCount(); ++i)
        state.piece.data[i].Slice(input.data[i], from, to);
      state.piece.SetCardinality(to - from);
      rows = &state.piece;
    }
    const auto claimed = claimed_by_thread();
    PhysicalProjection::Execute(context, *rows, output, global, *state.projection);
    adapt(state, output, claimed_by_thread() - claimed);
    state.done = to < input.size() ? to : 0;
    return state.done == 0 ? duckdb::OperatorResultType::NEED_MORE_INPUT
                           : duckdb::OperatorResultType::HAVE_MORE_OUTPUT;
  }

 private:
  void adapt(PieceState& state, duckdb::DataChunk& output, size_t claimed) const {
    state.row_bytes.assign(output.size(), 0);
    for (idx_t i = 0; i < select_list.size(); ++i) {
      if (is_computed(*select_list[i]) && is_wide(types[i]))
        add_row_sizes(output.data[i], output.size(), state.row_bytes);
    }
    double bytes = 0;
    for (const auto size : state.row_bytes) bytes += size;
    bytes = std::max(bytes, static_cast<double>(claimed));
    const auto wanted = bytes > 0 ? kPieceBytes / bytes * output.size() : STANDARD_VECTOR_SIZE;
    state.rows = static_cast<idx_t>(std::clamp<double>(
        wanted, 1, std::min<idx_t>(kGrowth * output.size(), STANDARD_VECTOR_SIZE)));
  }
};

}  // namespace

void bound_projections(duckdb::PhysicalPlan& plan) {
  struct Rewriter {
    duckdb::PhysicalPlan& plan;

    duckdb::PhysicalOperator& rewritten(duckdb::PhysicalOperator& op) {
      for (auto& child : op.children) child = rewritten(child.get());
      if (op.type != duckdb::PhysicalOperatorType::PROJECTION) return op;
      auto& projection = op.Cast<duckdb::PhysicalProjection>();
      if (std::none_of(projection.select_list.begin(), projection.select_list.end(),
                       [](const auto& e) { return computes_wide(*e); }))
        return op;
      duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> expressions;
      for (const auto& e : projection.select_list) expressions.push_back(e->Copy());
      auto& bounded =
          plan.Make<BoundedProjection>(op.types, std::move(expressions), op.estimated_cardinality);
      for (auto& child : op.children) bounded.children.push_back(child);
      return bounded;
    }
  };
  plan.SetRoot(Rewriter{plan}.rewritten(plan.Root()));
}

}  // namespace lochan::engine
