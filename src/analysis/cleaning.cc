// df.na: fill, drop, replace.
#include <algorithm>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using types::DataType;
using types::TypeId;

namespace {

/// Whether a value of type `value` goes into a column of type `column` here: number to number, text
/// to text.
bool same_family(const DataType& value, const DataType& column) {
  if (value.is(TypeId::kNull)) return true;
  return (value.is_numeric() && column.is_numeric()) || (value.is_string() && column.is_string()) ||
         (value.is(TypeId::kBoolean) && column.is(TypeId::kBoolean));
}

bool is_floating(const DataType& type) {
  return type.is(TypeId::kFloat) || type.is(TypeId::kDouble);
}

void check_names(const std::vector<std::string>& names, const Attributes& columns,
                 const Origin& origin) {
  for (const auto& name : names) {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const Attribute& a) { return same_name(a.name, name); });
    if (found == columns.end()) unresolved_column({name}, columns, origin);
  }
}

}  // namespace

Node Resolver::fill_na(const FillNa& node, const Origin& origin) {
  Node child = resolve(node.child);
  const Attributes columns = visible(child.plan->output);
  check_names(node.columns, columns, origin);
  Expressions items;
  for (const auto& attribute : columns) {
    const types::Value* value = nullptr;
    for (size_t i = 0; i < std::max<size_t>(node.columns.size(), 1); ++i) {
      if (!node.columns.empty() && !same_name(node.columns[i], attribute.name)) continue;
      const types::Value& candidate = node.values[node.values.size() == 1 ? 0 : i];
      if (same_family(candidate.type, attribute.type)) value = &candidate;
    }
    if (value == nullptr) {
      items.push_back(reference(attribute));
      continue;
    }
    ExpressionPtr column = reference(attribute);
    if (is_floating(attribute.type)) {
      column = call("nanvl", {column, literal(types::Value::null(attribute.type))}, origin);
    }
    ExpressionPtr fill = cast(literal(*value), attribute.type, CastMode::kLegacy, true, origin);
    items.push_back(alias(call("coalesce", {column, fill}, origin), attribute.name));
  }
  return {project(child.plan, std::move(items), origin), child.marks};
}

/// Keeps rows with at least n values that are neither null nor NaN among the columns.
Node Resolver::drop_na(const DropNa& node, const Origin& origin) {
  Node child = resolve(node.child);
  const Attributes columns = visible(child.plan->output);
  check_names(node.columns, columns, origin);
  Expressions present;
  for (const auto& attribute : columns) {
    const bool chosen =
        node.columns.empty() ||
        std::any_of(node.columns.begin(), node.columns.end(),
                    [&](const auto& name) { return same_name(name, attribute.name); });
    if (!chosen) continue;
    ExpressionPtr test = call("isnotnull", {reference(attribute)}, origin);
    if (is_floating(attribute.type)) {
      test = call("and", {test, call("not", {call("isnan", {reference(attribute)})})}, origin);
    }
    present.push_back(test);
  }
  const size_t least =
      node.min_non_nulls ? static_cast<size_t>(std::max(*node.min_non_nulls, 0)) : present.size();
  if (least == 0 || present.empty()) return child;
  ExpressionPtr condition;
  if (least == present.size()) {
    for (const auto& test : present) condition = condition ? call("and", {condition, test}) : test;
  } else {
    for (const auto& test : present) {
      ExpressionPtr one = call(
          "when", {test, literal(types::Value::integer(1)), literal(types::Value::integer(0))});
      condition = condition ? call("+", {condition, one}) : one;
    }
    condition =
        call(">=", {condition, literal(types::Value::integer(static_cast<int32_t>(least)))});
  }
  return {filter(child.plan, condition, origin), child.marks};
}

Node Resolver::replace_values(const ReplaceValues& node, const Origin& origin) {
  Node child = resolve(node.child);
  const Attributes columns = visible(child.plan->output);
  check_names(node.columns, columns, origin);
  Expressions items;
  for (const auto& attribute : columns) {
    const bool chosen =
        node.columns.empty() ||
        std::any_of(node.columns.begin(), node.columns.end(),
                    [&](const auto& name) { return same_name(name, attribute.name); });
    Expressions branches;
    if (chosen) {
      for (const auto& [from, to] : node.replacements) {
        if (!same_family(from.type, attribute.type)) continue;
        ExpressionPtr column = reference(attribute);
        branches.push_back(from.is_null() ? call("isnull", {column})
                                          : call("=", {column, literal(from)}, origin));
        branches.push_back(
            to.is_null() ? literal(types::Value::null(attribute.type))
                         : cast(literal(to), attribute.type, CastMode::kLegacy, true, origin));
      }
    }
    if (branches.empty()) {
      items.push_back(reference(attribute));
      continue;
    }
    branches.push_back(reference(attribute));
    items.push_back(alias(call("when", std::move(branches), origin), attribute.name));
  }
  return {project(child.plan, std::move(items), origin), child.marks};
}

}  // namespace lochan::analysis
