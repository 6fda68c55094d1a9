// ORDER BY: positions, ALL, and keys that the select list does not put out.
#include <algorithm>

#include "analysis/aggregation.h"
#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using types::TypeId;

namespace {

/// ORDER BY 2: the second column, or null if `order` is no position.
ExpressionPtr by_position(const SortOrder& order, const Attributes& columns) {
  const auto* position = order.child->as<Literal>();
  if (position == nullptr || !position->value.type.is(TypeId::kInteger) ||
      position->value.is_null()) {
    return nullptr;
  }
  const int64_t index = position->value.as_int();
  if (index < 1 || index > static_cast<int64_t>(columns.size())) {
    throw Error("ORDER_BY_POS_OUT_OF_RANGE",
                {{"index", std::to_string(index)}, {"size", std::to_string(columns.size())}},
                order.child->origin.context());
  }
  return reference(columns[static_cast<size_t>(index - 1)], order.child->origin);
}

ExpressionPtr with_child(const ExpressionPtr& order, ExpressionPtr child) {
  return plan::with_children(order, {std::move(child)});
}

}  // namespace

Node Resolver::sort(const Sort& node, const Origin& origin) {
  Node child = resolve(node.child);
  const Attributes shown = visible(child.plan->output);
  Expressions orders;
  if (node.order_by_all) {
    SortOrder direction;
    if (!node.orders.empty()) direction = *node.orders[0]->as<SortOrder>();
    for (const auto& attribute : shown) {
      SortOrder order = direction;
      order.child = reference(attribute);
      orders.push_back(make_expression(std::move(order), origin));
    }
  } else {
    for (const auto& order : node.orders) {
      const auto* sorted = order->as<SortOrder>();
      if (sorted == nullptr) {
        orders.push_back(make_expression(SortOrder{order}, order->origin));
        continue;
      }
      ExpressionPtr column = by_position(*sorted, shown);
      orders.push_back(column ? with_child(order, column) : order);
    }
  }

  Columns columns(child.plan->output);
  const Attributes* below = below_columns(child.plan);
  Columns below_index(below ? *below : child.plan->output);
  Scope scope{.columns = &columns,
              .marks = child.marks,
              .below = below ? &below_index : nullptr,
              .outer = outer_};
  orders = expressions(expand_stars(orders, scope), scope);

  IdSet used;
  bool lifts = false;
  for (const auto& order : orders) {
    collect_references(order, used);
    lifts = lifts || has_aggregate(order) || has_window(order);
  }
  if (std::any_of(orders.begin(), orders.end(), has_aggregate) && !over_aggregate(child.plan)) {
    std::string found;
    for (const auto& order : orders) {
      if (has_aggregate(order)) {
        found += (found.empty() ? "" : ", ") +
                 functions::quoted_name(*order->as<SortOrder>()->child, context_);
      }
    }
    throw Error("UNSUPPORTED_EXPR_FOR_OPERATOR", {{"invalidExprSqls", found}}, origin.context());
  }
  const IdSet present = output_ids(child.plan->output);
  const IdSet reachable = below ? output_ids(*below) : IdSet{};
  const bool reaches = std::any_of(used.begin(), used.end(), [&](AttributeId id) {
    return !present.contains(id) && reachable.contains(id);
  });
  if (!lifts && !reaches) {
    return {make_resolved_plan(Sort{child.plan, std::move(orders), node.global, false},
                               child.plan->output, origin),
            child.marks};
  }
  Extended extended = extend(*this, child.plan, orders);
  PlanPtr sorted = make_resolved_plan(Sort{extended.plan, extended.expressions, node.global, false},
                                      extended.plan->output, origin);
  return {restored(sorted, child.plan->output, origin), child.marks};
}

}  // namespace lochan::analysis
