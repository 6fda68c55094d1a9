#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/planner/binder.hpp"
#include "duckdb/planner/expression_binder/constant_binder.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine {
namespace {

using types::TypeId;

/// Of the types that a literal can take without loss and that conditions compare.
bool has_foldable_type(const plan::Expression& e) {
  switch (e.type.id()) {
    case TypeId::kNull:
    case TypeId::kTime:
    case TypeId::kCalendarInterval:
    case TypeId::kArray:
    case TypeId::kMap:
    case TypeId::kStruct:
    case TypeId::kVariant: return false;
    default: return true;
  }
}

/// A cast or a call with nothing but literals below it, whose result is the same each time.
bool is_constant(const plan::Expression& e) {
  if (const auto* c = e.as<plan::Call>()) {
    if (!c->function || !c->function->deterministic || c->arguments.empty()) return false;
    if (c->function->kind != functions::FunctionKind::kScalar) return false;
    if (std::holds_alternative<functions::Special>(c->function->lower)) return false;
  } else if (!e.as<plan::Cast>()) {
    return false;
  }
  for (const auto& child : plan::children(e)) {
    if (child && !child->as<plan::Literal>()) return false;
  }
  return true;
}

}  // namespace

/// `e` with its constant parts computed: what is a literal cannot raise, so that it needs no guard
/// (see where()), and DuckDB compares it with the statistics of files.
///   l_shipdate <= CAST('1998-09-02' AS DATE)   becomes   l_shipdate <= DATE '1998-09-02'
/// A part that raises stays: it raises only if a row needs it.
plan::ExpressionPtr Lowering::fold_constants(const plan::ExpressionPtr& e) {
  if (e->as<plan::Literal>() || e->as<plan::AttributeRef>()) return e;
  auto children = plan::children(*e);
  bool changed = false;
  for (auto& child : children) {
    if (!child) continue;
    auto folded = fold_constants(child);
    changed = changed || folded != child;
    child = std::move(folded);
  }
  const auto result = changed ? plan::with_children(e, std::move(children)) : e;
  if (!is_constant(*result) || !has_foldable_type(*result)) return result;
  auto value = evaluate(*result);
  if (!value) return result;
  const bool nullable = value->is_null();
  return plan::make_resolved(plan::Literal{std::move(*value)}, result->type, nullable,
                             result->origin);
}

/// The value of an expression without columns; nullopt if it raises.
std::optional<types::Value> Lowering::evaluate(const plan::Expression& e) {
  std::optional<types::Value> result;
  try {
    auto parsed = expression(e);
    if (!connection_) connection_ = std::make_unique<duckdb::Connection>(*facts_.database);
    auto& context = *connection_->context;
    context.RunFunctionInTransaction([&] {
      auto binder = duckdb::Binder::CreateBinder(context);
      duckdb::ConstantBinder constants(*binder, context, "a constant");
      const auto bound = constants.Bind(parsed);
      duckdb::Value value;
      if (bound->return_type == to_duckdb(e.type) &&
          duckdb::ExpressionExecutor::TryEvaluateScalar(context, *bound, value)) {
        result = from_duckdb(value, e.type);
      }
    });
  } catch (const std::exception&) {  // the query will say so, if it comes to that
    return std::nullopt;
  }
  return result;
}

}  // namespace lochan::engine
