#include <set>

#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

using duckdb::ExpressionType;
using duckdb::LogicalType;

namespace {

/// Sets DISTINCT, FILTER and ORDER BY on every aggregate call in `e`. True if there was one.
bool decorate(Parsed& e, const std::unordered_set<std::string>& aggregates, bool own_is_aggregate,
              const std::function<void(duckdb::FunctionExpression&)>& with) {
  if (e->GetExpressionClass() == duckdb::ExpressionClass::FUNCTION) {
    auto& f = e->Cast<duckdb::FunctionExpression>();
    const bool own = f.function_name.starts_with("lochan_");
    if (own ? own_is_aggregate : aggregates.contains(f.function_name)) {
      with(f);
      return true;
    }
  }
  bool any = false;
  duckdb::ParsedExpressionIterator::EnumerateChildren(
      *e, [&](Parsed& child) { any = decorate(child, aggregates, own_is_aggregate, with) || any; });
  return any;
}

bool is_plain(const plan::Expression& e) {
  return e.as<plan::AttributeRef>() || e.as<plan::Literal>();
}

}  // namespace

/// grouping(x) and grouping_id(x, ...); without arguments: of all grouping expressions.
Parsed Lowering::grouping_call(const plan::Expression& e, const plan::Call& c) {
  if (!groups_) throw Error::internal(c.name + " outside of an aggregation");
  ParsedList columns = expressions(c.arguments);
  if (columns.empty()) {
    for (const auto& [group, name] : *groups_) columns.push_back(named_column(name));
  }
  // GROUPING SETS (()): nothing is grouped by.
  if (columns.empty()) return cast_to(constant(duckdb::Value::BIGINT(0)), to_duckdb(e.type));
  return cast_to(operation(ExpressionType::GROUPING_FUNCTION, std::move(columns)),
                 to_duckdb(e.type));
}

Parsed Lowering::aggregate_call(const plan::Expression& e, const plan::Call& c) {
  const auto name = c.function->name;
  if (name == "grouping" || name == "grouping_id") return grouping_call(e, c);

  // Arguments, filter and order belong to the rows before grouping.
  const auto* outer_groups = groups_;
  groups_ = nullptr;
  struct Restore {
    Lowering& self;
    const GroupNames* groups;
    ~Restore() { self.groups_ = groups; }
  } restore{*this, outer_groups};

  Parsed filter = c.filter ? expression(*c.filter) : nullptr;
  // DuckDB computes arguments on all rows: those that can raise are computed only where the filter
  // holds.
  plan::Call guarded = c;
  if (c.filter) {
    for (auto& a : guarded.arguments) {
      if (is_plain(*a) || !can_raise(*a)) continue;
      static const functions::Function kIf{
          .name = "if", .min_arguments = 3, .max_arguments = 3, .lower = functions::Special{}};
      a = plan::make_resolved(
          plan::Call{.function = &kIf,
                     .name = "if",
                     .arguments = {c.filter, a,
                                   plan::make_resolved(plan::Literal{types::Value::null(a->type)},
                                                       a->type, true)}},
          a->type, true, a->origin);
    }
  }

  // DuckDB orders distinct values by an argument only. The analyzer has seen that the key is one to
  // one with the text, so that it makes no other rows distinct; the kernel does not look at it.
  if (name == "listagg" && c.distinct) {
    for (const auto& o : c.order_by) guarded.arguments.push_back(o->as<plan::SortOrder>()->child);
  }

  const auto& a = guarded.arguments;
  Parsed result;
  if (name == "first: value" || name == "last: value") {
    const bool last = name.starts_with("last");
    auto argument = expression(*a.at(0));
    if (c.ignore_nulls) {
      auto set = is_not_null(argument->Copy());
      filter = filter ? all_of(list(std::move(filter), std::move(set))) : std::move(set);
    }
    result = call(last ? "last" : "first", list(std::move(argument)));
  } else if (name == "avg: short decimal") {
    // DuckDB computes the sum and the number once for all that ask for them.
    KernelSpec spec;
    spec.result = e.type;
    spec.arguments = {types::DataType::decimal(38, a.at(0)->type.scale()),
                      types::DataType::decimal(20, 0)};
    spec.name = c.name;
    auto argument = expression(*a[0]);
    auto total = call("sum", list(argument->Copy()));
    auto number = cast_to(call("count", list(std::move(argument))), to_duckdb(spec.arguments[1]));
    result =
        kernel_call("arith_divide", std::move(spec), list(std::move(total), std::move(number)));
  } else if ((name == "max" || name == "min") && is_nested(*a.at(0))) {
    result =
        call(name == "max" ? "arg_max" : "arg_min", list(expression(*a[0]), ordering_value(*a[0])));
  } else if ((name == "max_by" || name == "min_by") && is_nested(*a.at(1))) {
    result = call(name == "max_by" ? "arg_max_null" : "arg_min_null",
                  list(expression(*a[0]), ordering_value(*a[1])));
  } else if (const auto* t = std::get_if<functions::Template>(&c.function->lower)) {
    result = expand(*t, e, guarded);
  } else if (const auto* k = std::get_if<functions::Kernel>(&c.function->lower)) {
    result = kernel(k->name, e, guarded);
  } else {
    throw Error::not_supported("aggregate function " + c.name);
  }

  const bool own = std::holds_alternative<functions::Kernel>(c.function->lower);
  const bool found = decorate(result, facts_.aggregates, own, [&](duckdb::FunctionExpression& f) {
    f.distinct = f.distinct || c.distinct;
    if (filter)
      f.filter = f.filter ? all_of(list(std::move(f.filter), filter->Copy())) : filter->Copy();
    // Distinct values come out of a hash table: in an order, they are the same every time.
    const bool sorts = c.distinct && (name == "listagg" || name == "collect_list");
    if (c.order_by.empty() && !sorts) return;
    f.order_bys = duckdb::make_uniq<duckdb::OrderModifier>();
    if (c.order_by.empty())
      f.order_bys->orders.emplace_back(duckdb::OrderType::ASCENDING,
                                       duckdb::OrderByNullType::NULLS_FIRST,
                                       f.children.at(0)->Copy());
    for (const auto& o : c.order_by)
      // Distinct values are ordered by an argument itself.
      f.order_bys->orders.push_back(
          c.distinct ? order(*o, ordering_value(*o->as<plan::SortOrder>()->child)) : order(*o));
  });
  if (!found) throw Error::internal("the lowering of " + c.name + " has no aggregate");
  return result;
}

/// Grouping expressions that are not plain columns, and floating ones for their zero, are computed
/// below, under names of their own (g<k>), so that the output finds them again whatever their
/// origin says.
Relation Lowering::aggregate(const plan::Plan& plan, const plan::Aggregate& a) {
  if (const auto counted = counts_before_join(a, plan.output, options_.context)) {
    counts_early = true;
    return relation(*counted);
  }
  auto select = duckdb::make_uniq<duckdb::SelectNode>();
  GroupNames names;
  std::vector<size_t> position(a.grouping.size());  // in `names`, without repetitions
  bool computed = false;
  for (size_t i = 0; i < a.grouping.size(); ++i) {
    size_t k = 0;
    while (k < names.size() && !same(*names[k].first, *a.grouping[i])) ++k;
    position[i] = k;
    if (k < names.size()) continue;
    const plan::Expression* e = a.grouping[i].get();
    refuse_collation(e->type);
    while (const auto* alias = e->as<plan::Alias>()) e = alias->child.get();
    if (const auto* ref = e->as<plan::AttributeRef>(); ref && !has_zeros(e->type)) {
      names.emplace_back(a.grouping[i], column_name(ref->id));
    } else {
      names.emplace_back(a.grouping[i], "g" + std::to_string(k));
      computed = true;
    }
  }
  if (computed) {
    auto inner = select_from(*a.child);
    add_columns(*inner, a.child->output);
    for (const auto& [e, name] : names) {
      if (name[0] == 'g')
        inner->select_list.push_back(named(with_one_zero(expression(*e), e->type), name));
    }
    select->from_table = as_table(std::move(inner));
  } else {
    select = select_from(*a.child);
  }

  for (const auto& [e, name] : names)
    select->groups.group_expressions.push_back(named_column(name));
  if (a.grouping_sets.empty()) {
    if (!names.empty()) {
      duckdb::GroupingSet all;
      for (size_t k = 0; k < names.size(); ++k) all.insert(k);
      select->groups.grouping_sets.push_back(std::move(all));
    }
  } else {
    bool has_empty = false;
    for (const auto& set : a.grouping_sets) {
      duckdb::GroupingSet positions;
      for (int i : set) positions.insert(position.at(i));
      has_empty = has_empty || positions.empty();
      select->groups.grouping_sets.push_back(std::move(positions));
    }
    // Without input rows Spark has no groups, not even the grand total where it is one of several.
    if (has_empty && (!names.empty() || a.grouping_sets.size() > 1)) {
      select->having = compare(ExpressionType::COMPARE_GREATERTHAN, call("count_star", {}),
                               constant(duckdb::Value::BIGINT(0)));
    }
  }
  const auto* outer = groups_;
  groups_ = &names;
  for (size_t i = 0; i < a.aggregates.size(); ++i) {
    select->select_list.push_back(
        named(expression(*a.aggregates[i]), column_name(plan.output.at(i).id)));
  }
  groups_ = outer;
  // Without groups there is one row, whatever the input: an aggregate makes it so, and there may be
  // no other (grouping_id() is a constant then).
  if (names.empty()) select->select_list.push_back(call("count_star", {}));
  return {.from = as_table(std::move(select))};
}

}  // namespace lochan::engine
