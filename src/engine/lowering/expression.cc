#include "duckdb/parser/expression/subquery_expression.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

using duckdb::ExpressionType;

Parsed Lowering::expression(const plan::Expression& e) {
  if (groups_) {
    for (const auto& [group, name] : *groups_) {
      if (same(*group, e)) return named_column(name);
    }
  }
  if (const auto* x = e.as<plan::Literal>()) return constant(to_duckdb(x->value));
  if (const auto* x = e.as<plan::Alias>()) return expression(*x->child);
  if (const auto* x = e.as<plan::AttributeRef>()) return column(x->id);
  if (const auto* x = e.as<plan::Call>()) return call_of(e, *x);
  if (const auto* x = e.as<plan::Cast>()) return cast(e, *x);
  if (const auto* x = e.as<plan::GetField>()) {
    return field(expression(*x->child), "f" + std::to_string(x->index));
  }
  if (const auto* x = e.as<plan::Window>()) return window(e, *x);
  if (const auto* x = e.as<plan::Subquery>()) return subquery(e, *x);
  if (const auto* x = e.as<plan::LambdaVariable>()) {
    const auto found = lambda_values_.find(static_cast<int64_t>(x->id));
    if (found != lambda_values_.end()) return found->second();
    throw Error::internal("lambda variable " + x->name + " outside of its lambda");
  }
  if (e.as<plan::PythonFunction>()) throw Error::not_supported("Python functions in this place");
  throw Error::internal("not a resolved expression: " + plan::to_string(e));
}

ParsedList Lowering::expressions(const plan::Expressions& es) {
  ParsedList result;
  for (const auto& e : es) result.push_back(expression(*e));
  return result;
}

Parsed Lowering::call_of(const plan::Expression& e, const plan::Call& c) {
  if (!c.function) throw Error::internal("unresolved function " + c.name);
  if (std::holds_alternative<functions::Missing>(c.function->lower)) {
    throw Error::not_supported("function " + c.name);
  }
  if (c.function->kind == functions::FunctionKind::kAggregate) return aggregate_call(e, c);
  if (std::holds_alternative<functions::Special>(c.function->lower)) return special(e, c);
  if (const auto* t = std::get_if<functions::Template>(&c.function->lower)) return expand(*t, e, c);
  if (const auto* k = std::get_if<functions::Kernel>(&c.function->lower))
    return kernel(k->name, e, c);
  throw Error::internal("function " + c.name + " should have been rewritten");
}

Parsed Lowering::kernel(std::string_view name, const plan::Expression& e, const plan::Call& c) {
  KernelSpec spec;
  spec.result = e.type;
  for (const auto& a : c.arguments) spec.arguments.push_back(a->type);
  spec.mode = c.mode;
  spec.name = c.name;
  spec.context = e.origin.context();
  return kernel_call(name, std::move(spec), expressions(c.arguments));
}

Parsed Lowering::kernel_call(std::string_view name, KernelSpec spec, ParsedList arguments) {
  if (!facts_.kernels.contains(std::string(name))) {
    throw Error::not_supported("function " + (spec.name.empty() ? std::string(name) : spec.name));
  }
  spec.zone = options_.context.zone;
  arguments.push_back(constant(duckdb::Value::BLOB_RAW(spec.encode())));
  return call("lochan_" + std::string(name), std::move(arguments));
}

Parsed Lowering::subquery(const plan::Expression& e, const plan::Subquery& s) {
  auto result = duckdb::make_uniq<duckdb::SubqueryExpression>();
  switch (s.kind) {
    case plan::SubqueryKind::kScalar: result->subquery_type = duckdb::SubqueryType::SCALAR; break;
    case plan::SubqueryKind::kExists: result->subquery_type = duckdb::SubqueryType::EXISTS; break;
    case plan::SubqueryKind::kIn:
      if (s.values.size() != 1) return in_subquery(s);
      result->subquery_type = duckdb::SubqueryType::ANY;
      result->comparison_type = ExpressionType::COMPARE_EQUAL;
      result->child = expression(*s.values[0]);
      break;
    case plan::SubqueryKind::kTableArgument: throw Error::not_supported("TABLE arguments");
  }
  result->subquery = statement_of(query(*s.plan));
  return result;
}

/// (a, b) IN (SELECT x, y ...), where rows compare with three-valued logic, which DuckDB's structs
/// do not:
///   CASE WHEN EXISTS (... WHERE a = x AND b = y) THEN TRUE
///        WHEN EXISTS (... WHERE (a = x) IS NOT FALSE AND (b = y) IS NOT FALSE) THEN NULL ELSE
///        FALSE END
Parsed Lowering::in_subquery(const plan::Subquery& s) {
  auto exists = [&](bool maybe) -> Parsed {
    auto select = duckdb::make_uniq<duckdb::SelectNode>();
    select->select_list.push_back(constant(duckdb::Value::INTEGER(1)));
    select->from_table = as_table(query(*s.plan));
    ParsedList conditions;
    for (size_t i = 0; i < s.values.size(); ++i) {
      auto equal = compare(ExpressionType::COMPARE_EQUAL, expression(*s.values[i]),
                           column(s.plan->output[i].id));
      if (maybe) {
        equal = operation(ExpressionType::OPERATOR_COALESCE,
                          list(std::move(equal), constant(duckdb::Value::BOOLEAN(true))));
      }
      conditions.push_back(std::move(equal));
    }
    select->where_clause = all_of(std::move(conditions));
    auto result = duckdb::make_uniq<duckdb::SubqueryExpression>();
    result->subquery_type = duckdb::SubqueryType::EXISTS;
    result->subquery = statement_of(std::move(select));
    return result;
  };
  return choose(exists(false), constant(duckdb::Value::BOOLEAN(true)),
                choose(exists(true), constant(duckdb::Value(duckdb::LogicalType::BOOLEAN)),
                       constant(duckdb::Value::BOOLEAN(false))));
}

}  // namespace lochan::engine
