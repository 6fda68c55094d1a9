#include <algorithm>

#include "base/big_stack_thread.h"
#include "duckdb/parser/expression/subquery_expression.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

using duckdb::ExpressionType;

namespace {

/// IN (SELECT ...) and its negation are never null in Spark, which asks whether a row matches.
Parsed known(Parsed in) {
  return operation(ExpressionType::OPERATOR_COALESCE,
                   list(std::move(in), constant(duckdb::Value::BOOLEAN(false))));
}

const plan::Expression* negated_in(const plan::Expression& e) {
  const auto* c = e.as<plan::Call>();
  if (!c || !c->function || c->function->name != "not") return nullptr;
  const auto* s = c->arguments[0]->as<plan::Subquery>();
  return s && s->kind == plan::SubqueryKind::kIn ? c->arguments[0].get() : nullptr;
}

// Levels of an expression that DuckDB may compare with each other.
constexpr int kDeep = 64;

}  // namespace

/// A condition of which only the truth matters. IN stays bare: DuckDB makes a semi join or an anti
/// join of it.
Parsed Lowering::predicate(const plan::Expression& e) {
  if (const auto* s = e.as<plan::Subquery>()) return subquery(*s);
  if (const auto* in = negated_in(e)) return negate(subquery(*in->as<plan::Subquery>()));
  return expression(e);
}

Parsed Lowering::expression(const plan::Expression& e) {
  check_stack(kStackParts);
  ++depth_;
  auto result = bare_expression(e);
  // DuckDB looks for what expressions have in common in a time that grows with the cube of their
  // depth; it passes over those that have something inside that is new each time.
  if (depth_-- % kDeep == 0) {
    KernelSpec spec;
    spec.result = e.type;
    spec.arguments = {e.type};
    spec.name = "opaque";
    return kernel_call("opaque", std::move(spec), list(std::move(result)));
  }
  return result;
}

Parsed Lowering::bare_expression(const plan::Expression& e) {
  if (groups_) {
    for (const auto& [group, name] : *groups_) {
      if (same(*group, e)) return named_column(name);
    }
  }
  if (const auto* x = e.as<plan::Literal>()) return constant(to_duckdb(x->value));
  if (const auto* x = e.as<plan::Alias>()) return expression(*x->child);
  if (const auto* x = e.as<plan::AttributeRef>()) return column(x->id);
  if (negated_in(e)) return known(predicate(e));
  if (const auto* x = e.as<plan::Call>()) return call_of(e, *x);
  if (const auto* x = e.as<plan::Cast>()) return cast(e, *x);
  if (const auto* x = e.as<plan::GetField>()) {
    return field(expression(*x->child), "f" + std::to_string(x->index));
  }
  if (const auto* x = e.as<plan::Window>()) return window(e, *x);
  if (const auto* x = e.as<plan::Subquery>()) {
    return x->kind == plan::SubqueryKind::kIn ? known(subquery(*x)) : subquery(*x);
  }
  if (const auto* x = e.as<plan::LambdaVariable>()) {
    const auto found = lambda_values_.find(static_cast<int64_t>(x->id));
    if (found != lambda_values_.end()) return found->second();
    throw Error::internal("lambda variable " + x->name + " outside of its lambda");
  }
  if (e.as<plan::PythonFunction>()) throw Error::not_supported("Python functions in this place");
  throw Error::internal("not a resolved expression: " + plan::to_string(e));
}

Parsed Lowering::ordering_value(const plan::Expression& e) {
  if (!is_nested(e)) return expression(e);
  KernelSpec spec;
  spec.result = types::TypeId::kBinary;
  spec.arguments = {e.type};
  spec.name = "order_key";
  return kernel_call("order_key", std::move(spec), list(expression(e)));
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
  static const std::unordered_set<std::string_view> kPassOn = {
      "isnull",     "isnotnull",       "coalesce",   "when",         "if",          "named_struct",
      "struct",     "array",           "count: one", "first: value", "last: value", "get",
      "element_at", "array_subscript", "size",       "explode"};
  if (!kPassOn.contains(c.function->name)) {
    for (const auto& a : c.arguments) refuse_collation(a->type);
  }
  if (c.function->kind == functions::FunctionKind::kAggregate) return aggregate_call(e, c);
  if (std::holds_alternative<functions::Special>(c.function->lower)) return special(e, c);
  if (const auto name = c.function->name; (name == "greatest" || name == "least") && is_nested(e)) {
    KernelSpec spec;
    spec.result = e.type;
    spec.arguments = {types::DataType::array(e.type)};
    spec.name = c.name;
    return kernel_call(name == "greatest" ? "array_max" : "array_min", std::move(spec),
                       list(call("list_value", expressions(c.arguments))));
  }
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
  // Without it DuckDB sees that two calls are the same, and computes them once.
  if (can_fail(name, spec)) spec.context = e.origin.context();
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

namespace {

/// True if `e` means the same when it moves to the query around.
bool can_move_out(const plan::Expression& e) {
  if (e.as<plan::Window>() || e.as<plan::PythonFunction>()) return false;
  if (const auto* c = e.as<plan::Call>();
      c &&
      (!c->function->deterministic || c->function->kind == functions::FunctionKind::kAggregate)) {
    return false;
  }
  const auto children = plan::children(e);
  return std::all_of(children.begin(), children.end(),
                     [](const auto& child) { return can_move_out(*child); });
}

/// (SELECT e), without FROM  ->  e. Null if `s` is not of that kind.
const plan::Expression* single_expression(const plan::Subquery& s) {
  if (s.kind != plan::SubqueryKind::kScalar) return nullptr;
  const auto* project = s.plan->as<plan::Project>();
  if (!project || project->expressions.size() != 1 || !project->child->as<plan::OneRow>()) {
    return nullptr;
  }
  const auto* e = project->expressions[0].get();
  if (const auto* alias = e->as<plan::Alias>()) e = alias->child.get();
  return can_move_out(*e) ? e : nullptr;
}

/// DuckDB's filter pushdown takes twice as long for each level: 20 take about half a second.
constexpr int kMaxSubqueryLevels = 20;

}  // namespace

Parsed Lowering::subquery(const plan::Subquery& s) {
  if (const auto* single = single_expression(s)) return expression(*single);
  if (subquery_level_ == kMaxSubqueryLevels) {
    throw Error::not_supported("subqueries nested in more than " +
                               std::to_string(kMaxSubqueryLevels) + " subqueries");
  }
  ++subquery_level_;
  auto result = nested_query(s);
  --subquery_level_;
  return result;
}

Parsed Lowering::nested_query(const plan::Subquery& s) {
  for (const auto& value : s.values) refuse_collation(value->type);
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
