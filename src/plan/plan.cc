#include "plan/plan.h"

#include <type_traits>

namespace lochan::plan {
namespace {

template <class T, class... Others>
constexpr bool kIsOneOf = (std::is_same_v<T, Others> || ...);

// Calls `f` with each child plan of `node` that is set. Members that hold plans have the same names
// in all nodes.
template <class Node, class F>
void each_plan(Node& node, F f) {
  const auto one = [&](auto& plan) {
    if (plan) f(plan);
  };
  if constexpr (requires { node.definitions; }) {
    for (auto& definition : node.definitions) one(definition.plan);
  }
  if constexpr (requires { node.left; }) {
    one(node.left);
    one(node.right);
  }
  if constexpr (requires { node.child; }) one(node.child);
  if constexpr (requires { node.references; }) {
    for (auto& plan : node.references) one(plan);
  }
  if constexpr (requires { node.query; }) one(node.query);
}

// Calls `f` with each expression of `node` that is set. A node that is not listed does not compile.
template <class Node, class F>
void each_expression(Node& node, F f) {
  using T = std::remove_const_t<Node>;
  const auto one = [&](auto& expression) {
    if (expression) f(expression);
  };
  const auto all = [&](auto& list) {
    for (auto& expression : list) one(expression);
  };
  const auto columns = [&](auto& list) {
    for (auto& column : list) {
      one(column.default_value);
      one(column.generated_as);
    }
  };
  if constexpr (kIsOneOf<T, UnresolvedRelation, DescribeRelation>) {
    one(node.travel.version);
    one(node.travel.timestamp);
  } else if constexpr (kIsOneOf<T, UnresolvedRead>) {
    all(node.predicates);
  } else if constexpr (kIsOneOf<T, UnresolvedTableFunction>) {
    all(node.arguments);
  } else if constexpr (kIsOneOf<T, InlineTable>) {
    for (auto& row : node.rows) all(row);
  } else if constexpr (kIsOneOf<T, Scan>) {
    all(node.filters);
  } else if constexpr (kIsOneOf<T, Project, Repartition>) {
    all(node.expressions);
  } else if constexpr (kIsOneOf<T, Filter, Join>) {
    one(node.condition);
  } else if constexpr (kIsOneOf<T, Aggregate>) {
    all(node.grouping);
    all(node.aggregates);
    one(node.having);
    for (auto& set : node.raw_grouping_sets) all(set);
    one(node.pivot_column);
    all(node.pivot_values);
  } else if constexpr (kIsOneOf<T, Sort>) {
    all(node.orders);
  } else if constexpr (kIsOneOf<T, Limit, Tail>) {
    one(node.limit);
  } else if constexpr (kIsOneOf<T, Offset>) {
    one(node.offset);
  } else if constexpr (kIsOneOf<T, Generate>) {
    one(node.generator);
  } else if constexpr (kIsOneOf<T, WithWindows>) {
    for (auto& [name, window] : node.windows) one(window);
  } else if constexpr (kIsOneOf<T, Unpivot>) {
    all(node.ids);
    if (node.values) {
      for (auto& value : *node.values) all(value);
    }
  } else if constexpr (kIsOneOf<T, Hint>) {
    all(node.parameters);
  } else if constexpr (kIsOneOf<T, WithColumns, Drop>) {
    all(node.columns);
  } else if constexpr (kIsOneOf<T, Statistic>) {
    one(node.column);
  } else if constexpr (kIsOneOf<T, Transpose>) {
    all(node.index);
  } else if constexpr (kIsOneOf<T, SqlText>) {
    for (auto& [name, argument] : node.named_arguments) one(argument);
    all(node.positional_arguments);
  } else if constexpr (kIsOneOf<T, WriteV2>) {
    all(node.partitioning);
    one(node.overwrite_condition);
  } else if constexpr (kIsOneOf<T, Insert>) {
    for (auto& [name, value] : node.partition) one(value);
    one(node.replace_where);
  } else if constexpr (kIsOneOf<T, CreateTable>) {
    columns(node.columns);
    columns(node.partition_columns);
  } else {
    static_assert(
        kIsOneOf<T, OneRow, LocalRelation, Range, CachedRelation, SetOp, Distinct, Deduplicate,
                 SubqueryAlias, With, CteReference, Sample, WithColumnsRenamed, ToDf, ToSchema,
                 FillNa, DropNa, ReplaceValues, Describe, Crosstab, ShowString, Marked,
                 WithRelations, CatalogOperation, Write, CreateView, DropObject, CreateSchema, Use,
                 SetConfig, ResetConfig, Show, DescribeQuery, DescribeObject, Explain, CacheTable,
                 Truncate, NotSupported>);
  }
}

}  // namespace

PlanPtr make_plan(PlanNode node, Origin origin) {
  return std::make_shared<const Plan>(Plan{std::move(node), std::move(origin), false, {}});
}

PlanPtr make_resolved_plan(PlanNode node, Attributes output, Origin origin) {
  return std::make_shared<const Plan>(
      Plan{std::move(node), std::move(origin), true, std::move(output)});
}

Plans children(const Plan& plan) {
  Plans out;
  std::visit(
      [&](const auto& node) {
        each_plan(node, [&](const PlanPtr& child) { out.push_back(child); });
      },
      plan.node);
  return out;
}

PlanPtr with_children(const PlanPtr& plan, Plans children) {
  Plan copy = *plan;
  size_t next = 0;
  std::visit(
      [&](auto& node) {
        each_plan(node, [&](PlanPtr& child) {
          if (next < children.size()) child = std::move(children[next]);
          ++next;
        });
      },
      copy.node);
  if (next != children.size()) throw Error::internal("with_children: wrong number of plans");
  return std::make_shared<const Plan>(std::move(copy));
}

Expressions expressions(const Plan& plan) {
  Expressions out;
  std::visit(
      [&](const auto& node) {
        each_expression(node, [&](const ExpressionPtr& expression) { out.push_back(expression); });
      },
      plan.node);
  return out;
}

PlanPtr with_expressions(const PlanPtr& plan, Expressions expressions) {
  Plan copy = *plan;
  size_t next = 0;
  std::visit(
      [&](auto& node) {
        each_expression(node, [&](ExpressionPtr& expression) {
          if (next < expressions.size()) expression = std::move(expressions[next]);
          ++next;
        });
      },
      copy.node);
  if (next != expressions.size())
    throw Error::internal("with_expressions: wrong number of expressions");
  return std::make_shared<const Plan>(std::move(copy));
}

types::Schema schema_of(const Attributes& output) {
  types::Schema schema;
  for (const auto& attribute : output) {
    schema.push_back({attribute.name, attribute.type, attribute.nullable, attribute.metadata});
  }
  return schema;
}

bool is_command(const Plan& plan) {
  return std::visit(
      [](const auto& node) {
        using T = std::decay_t<decltype(node)>;
        return kIsOneOf<T, Write, WriteV2, Insert, CreateTable, CreateView, DropObject,
                        CreateSchema, Use, SetConfig, ResetConfig, Show, DescribeRelation,
                        DescribeQuery, DescribeObject, Explain, CacheTable, Truncate, NotSupported>;
      },
      plan.node);
}

}  // namespace lochan::plan
