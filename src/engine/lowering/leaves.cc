#include "duckdb/parser/tableref/expressionlistref.hpp"
#include "duckdb/parser/tableref/table_function_ref.hpp"
#include "engine/arrow_scan.h"
#include "engine/lowering/lowering.h"
#include "engine/table_source.h"

namespace lochan::engine {

using duckdb::make_uniq;
using duckdb::Value;

namespace {

/// Names an element of FROM and its columns.
Table with_names(Table table, std::string alias, const plan::Attributes& output) {
  table->alias = std::move(alias);
  for (const auto& a : output) table->column_name_alias.push_back(column_name(a.id));
  return table;
}

Table table_function(const std::string& name, ParsedList arguments) {
  auto ref = make_uniq<duckdb::TableFunctionRef>();
  ref->function = call(name, std::move(arguments));
  return ref;
}

}  // namespace

Relation Lowering::leaf(const plan::Plan& plan) {
  if (plan.as<plan::OneRow>()) return {};
  if (const auto* p = plan.as<plan::Scan>()) return scan(plan, *p);
  if (const auto* p = plan.as<plan::LocalRelation>()) return local(plan, *p);
  if (const auto* p = plan.as<plan::Range>()) return range(plan, *p);
  if (const auto* p = plan.as<plan::InlineTable>()) return inline_table(plan, *p);
  throw Error::internal("not a resolved plan: " + plan::to_string(plan));
}

Relation Lowering::inline_table(const plan::Plan& plan, const plan::InlineTable& t) {
  auto ref = make_uniq<duckdb::ExpressionListRef>();
  ref->alias = next_table();
  for (const auto& a : plan.output) {
    ref->expected_names.push_back(column_name(a.id));
    ref->expected_types.push_back(to_duckdb(a.type));
  }
  for (const auto& row : t.rows) {
    auto values = expressions(row);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = cast_to(std::move(values[i]), ref->expected_types.at(i));
    }
    ref->values.push_back(std::move(values));
  }
  return {.from = std::move(ref)};
}

Relation Lowering::range(const plan::Plan& plan, const plan::Range& r) {
  auto ref =
      table_function("range", list(constant(Value::BIGINT(r.start)), constant(Value::BIGINT(r.end)),
                                   constant(Value::BIGINT(r.step))));
  return {.from = with_names(std::move(ref), next_table(), plan.output)};
}

Relation Lowering::local(const plan::Plan& plan, const plan::LocalRelation& l) {
  auto batches = read_local_relation(l, plan.output);
  keep_alive.push_back(batches);
  return {.from = with_names(arrow_table(*batches), next_table(), plan.output)};
}

Relation Lowering::scan(const plan::Plan& plan, const plan::Scan& s) {
  const auto* source = dynamic_cast<const TableSource*>(s.source.get());
  if (!source)
    throw Error::internal("a source that the engine does not know: " + s.source->description());
  keep_alive.push_back(s.source);
  auto ref = source->table({s, plan.output, options_, keep_alive, limited_});
  return {.from = with_names(std::move(ref), next_table(), plan.output)};
}

/// Each row with the probability (upper - lower), by the same numbers that rand(seed) gives.
Relation Lowering::sample(const plan::Plan& plan, const plan::Sample& s) {
  if (s.with_replacement) throw Error::not_supported("sampling with replacement");
  auto below = select_from(*s.child);
  add_columns(*below, plan.output);
  if (below->select_list.empty()) below->select_list.push_back(constant(Value::BOOLEAN(true)));
  if (s.rows) {
    auto limit = make_uniq<duckdb::LimitModifier>();
    limit->limit = constant(Value::BIGINT(*s.rows));
    below->modifiers.push_back(std::move(limit));
    return {.node = std::move(below)};
  }
  Parsed number;
  if (s.seed && facts_.kernels.contains("rand")) {
    KernelSpec spec;
    spec.result = types::TypeId::kDouble;
    spec.arguments = {types::TypeId::kLong};
    spec.name = "sample";
    number = kernel_call("rand", std::move(spec), list(constant(Value::BIGINT(*s.seed))));
  } else {
    number = call("random", {});
  }
  below->select_list.push_back(named(std::move(number), "r"));
  auto select = make_uniq<duckdb::SelectNode>();
  select->from_table = as_table(std::move(below));
  add_columns(*select, plan.output);
  if (select->select_list.empty()) select->select_list.push_back(constant(Value::BOOLEAN(true)));
  using duckdb::ExpressionType;
  select->where_clause = all_of(list(compare(ExpressionType::COMPARE_GREATERTHANOREQUALTO,
                                             named_column("r"), constant(Value::DOUBLE(s.lower))),
                                     compare(ExpressionType::COMPARE_LESSTHAN, named_column("r"),
                                             constant(Value::DOUBLE(s.upper)))));
  return {.node = std::move(select)};
}

}  // namespace lochan::engine
