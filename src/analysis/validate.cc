// What a resolved plan must keep to.
#include "analysis/analyzer.h"
#include "analysis/tree.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT

namespace {

[[noreturn]] void fail(const Plan& plan, const std::string& what) {
  throw Error::internal("resolved plan is wrong: " + what + "\n" + to_string(plan));
}

void check_expression(const ExpressionPtr& e, const IdSet& available, const Plan& plan) {
  if (!e->resolved) fail(plan, "unresolved expression " + to_string(*e));
  if (const auto* column = e->as<AttributeRef>(); column && !available.contains(column->id)) {
    fail(plan,
         "no column #" + std::to_string(static_cast<int64_t>(column->id)) + " " + column->name);
  }
  if (const auto* call = e->as<Call>(); call && call->function == nullptr) {
    fail(plan, "call without function: " + call->name);
  }
  for (const auto& child : plan::children(*e)) check_expression(child, available, plan);
}

void check_plan(const PlanPtr& plan, const IdSet& outer);

void check_subqueries(const ExpressionPtr& e, const IdSet& available) {
  if (const auto* subquery = e->as<Subquery>(); subquery && subquery->plan) {
    check_plan(subquery->plan, available);
  }
  for (const auto& child : plan::children(*e)) check_subqueries(child, available);
}

void check_plan(const PlanPtr& plan, const IdSet& outer) {
  if (!plan->resolved) fail(*plan, "unresolved node");
  IdSet available = outer;
  for (const auto& child : plan::children(*plan)) {
    for (const auto& attribute : child->output) available.insert(attribute.id);
  }
  for (const auto& e : plan::expressions(*plan)) {
    check_expression(e, available, *plan);
    check_subqueries(e, available);
  }
  const auto* join = plan->as<Join>();
  for (const auto& child : plan::children(*plan)) {
    const bool lateral = join != nullptr && join->lateral && child == join->right;
    if (!lateral) {
      check_plan(child, outer);
      continue;
    }
    IdSet wider = outer;
    for (const auto& attribute : join->left->output) wider.insert(attribute.id);
    check_plan(child, wider);
  }
}

}  // namespace

void validate(const PlanPtr& plan) {
  if (!is_command(*plan)) check_plan(plan, {});
}

}  // namespace lochan::analysis
