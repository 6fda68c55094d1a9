// PIVOT and UNPIVOT, and the transposition of a DataFrame.
#include <algorithm>

#include "analysis/aggregation.h"
#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using types::DataType;
using types::TypeId;

namespace {

constexpr size_t kMaxPivotValues = 10000;  // spark.sql.pivotMaxValues

/// How a pivot value is called in the names of columns.
std::string value_name(const Expression& value, const functions::ResolveContext& context) {
  if (const auto* constant = value.as<Literal>()) {
    if (constant->value.is_null()) return "null";
    std::string text = constant->value.name_text(context.zone);
    // DATE '2020-01-01' is called 2020-01-01.
    if (const size_t quote = text.find('\'');
        constant->value.type.is_datetime() && quote != std::string::npos) {
      text = text.substr(quote + 1, text.size() - quote - 2);
    }
    return text;
  }
  return functions::display_name(value, context);
}

}  // namespace

/// GROUP BY g PIVOT (p IN (v1, v2)) becomes one filtered aggregate for each value:
///   sum(x) FILTER (WHERE p <=> v1) AS v1, ...
PlanPtr Resolver::pivot(const Aggregate& node, const PlanPtr& child, const Scope& scope,
                        const Origin& origin) {
  ExpressionPtr pivot_column = expression(node.pivot_column, scope);
  Expressions aggregates;
  std::vector<std::string> aggregate_names;
  IdSet used;
  collect_references(pivot_column, used);
  for (const auto& e : node.aggregates) {
    const auto* named = e->as<Alias>();
    ExpressionPtr value = expression(named ? named->child : e, scope);
    if (!has_aggregate(value)) {
      // DataFrame API: the grouping columns stand in front of the aggregates.
      continue;
    }
    aggregates.push_back(value);
    aggregate_names.push_back(named ? named->name : functions::display_name(*value, context_));
    collect_references(value, used);
  }

  Expressions groups;
  if (node.grouping.empty() && node.implicit_pivot_groups) {
    // SQL's PIVOT groups by every column that it does not mention.
    for (const auto& attribute : visible(child->output)) {
      if (!used.contains(attribute.id)) groups.push_back(reference(attribute));
    }
  } else {
    groups = select_list(node.grouping, scope);
  }

  struct PivotValue {
    ExpressionPtr value;
    std::string name;
  };
  std::vector<PivotValue> values;
  for (const auto& e : node.pivot_values) {
    const auto* named = e->as<Alias>();
    ExpressionPtr value = expression(named ? named->child : e, Scope{});
    if (!is_constant(value)) {
      throw Error("NON_LITERAL_PIVOT_VALUES",
                  {{"expression", functions::quoted_name(*value, context_)}}, e->origin.context());
    }
    if (!functions::implicit_cast(value->type, functions::Accept(pivot_column->type), context_)) {
      throw Error("PIVOT_VALUE_DATA_TYPE_MISMATCH",
                  {{"value", functions::display_name(*value, context_)},
                   {"valueType", value->type.simple_string()},
                   {"pivotType", pivot_column->type.simple_string()}},
                  e->origin.context());
    }
    values.push_back({functions::implicit_cast_to(value, pivot_column->type, context_),
                      named ? named->name : value_name(*value, context_)});
  }
  if (values.empty()) {
    // The values are data: the distinct ones, in order.
    PlanPtr distinct = project(child, {alias(pivot_column, "value")}, origin);
    distinct = make_resolved_plan(Distinct{distinct}, distinct->output, origin);
    ExpressionPtr key = reference(distinct->output[0]);
    Expressions orders{
        make_resolved(SortOrder{key, true, NullOrder::kFirst}, key->type, key->nullable)};
    distinct = make_resolved_plan(Sort{distinct, std::move(orders), true, false}, distinct->output,
                                  origin);
    for (auto& value : catalog_.collect_column(distinct, kMaxPivotValues + 1)) {
      ExpressionPtr constant = make_resolved(Literal{value}, value.type, value.is_null());
      values.push_back({constant, value_name(*constant, context_)});
    }
    if (values.size() > kMaxPivotValues) {
      throw Error("_LEGACY_ERROR_TEMP_1324",
                  {{"pivotColumn", functions::display_name(*pivot_column, context_)},
                   {"maxValues", std::to_string(kMaxPivotValues)}},
                  origin.context());
    }
  }

  Grouped grouped(*this, child,
                  [&] {
                    Expressions keys;
                    for (const auto& group : groups) {
                      const auto* named = group->as<Alias>();
                      keys.push_back(named ? named->child : group);
                    }
                    return keys;
                  }(),
                  {});
  Expressions items;
  for (const auto& group : groups) items.push_back(grouped.lift(group));
  for (const auto& value : values) {
    ExpressionPtr matches = call("<=>", {pivot_column, value.value}, origin);
    for (size_t i = 0; i < aggregates.size(); ++i) {
      ExpressionPtr filtered =
          transform(aggregates[i], [&](const ExpressionPtr& e) -> ExpressionPtr {
            if (!is_aggregate_call(*e)) return nullptr;
            Expression copy = *e;
            auto& call_node = std::get<Call>(copy.node);
            call_node.filter =
                call_node.filter ? call("and", {call_node.filter, matches}) : matches;
            // A group without rows of this value has no count, rather than 0.
            if (call_node.function->name != "count: one")
              return std::make_shared<const Expression>(copy);
            ExpressionPtr count = std::make_shared<const Expression>(copy);
            return call("nullif", {count, literal(types::Value::bigint(0))});
          });
      const std::string name =
          aggregates.size() == 1 ? value.name : value.name + "_" + aggregate_names[i];
      items.push_back(alias(grouped.lift(filtered), name));
    }
  }
  return project(grouped.build(origin), std::move(items), origin);
}

/// UNPIVOT becomes stack(): one row for each named value of a row.
Node Resolver::unpivot(const Unpivot& node, const Origin& origin) {
  Node child = resolve(node.child);
  child.plan = visible(child.plan);
  Columns columns(child.plan->output);
  Scope scope{.columns = &columns, .marks = child.marks};

  Expressions ids = select_list(node.ids, scope);
  std::vector<Expressions> values;
  if (node.values) {
    for (const auto& group : *node.values) {
      Expressions list = expand_stars(group, scope);
      if (node.value_names.size() == 1 && list.size() != 1) {
        for (const auto& e : list) values.push_back({expression(e, scope)});
      } else {
        values.push_back(expressions(list, scope));
      }
    }
  }
  auto mentioned = [&](const Attribute& attribute, const auto& lists) {
    return std::any_of(lists.begin(), lists.end(), [&](const ExpressionPtr& e) {
      const auto* column = e->template as<AttributeRef>();
      return column != nullptr && column->id == attribute.id;
    });
  };
  if (!node.ids_given) {
    ids.clear();
    for (const auto& attribute : child.plan->output) {
      const bool is_value =
          std::any_of(values.begin(), values.end(),
                      [&](const Expressions& group) { return mentioned(attribute, group); });
      if (!is_value) ids.push_back(reference(attribute));
    }
  }
  if (!node.values) {
    for (const auto& attribute : child.plan->output) {
      if (!mentioned(attribute, ids)) values.push_back({reference(attribute)});
    }
  }
  if (values.empty()) throw Error("UNPIVOT_REQUIRES_VALUE_COLUMNS", {}, origin.context());

  const size_t width = node.value_names.size();
  for (const auto& group : values) {
    if (group.size() != width) {
      throw Error("UNPIVOT_VALUE_SIZE_MISMATCH", {{"names", std::to_string(width)}},
                  origin.context());
    }
  }
  std::vector<DataType> types;
  for (size_t i = 0; i < width; ++i) {
    std::vector<DataType> column_types;
    for (const auto& group : values) column_types.push_back(group[i]->type);
    auto common = functions::wider_type_without_strings(column_types, context_);
    if (!common) {
      std::map<std::string, std::vector<std::string>> by_type;
      for (const auto& group : values) {
        by_type[functions::quoted_type(group[i]->type)].push_back(
            quoted({functions::display_name(*group[i], context_)}));
      }
      std::string list;
      for (const auto& [type, names] : by_type) {
        list += (list.empty() ? "" : ", ") + type + " (";
        for (size_t k = 0; k < names.size(); ++k) list += (k > 0 ? ", " : "") + names[k];
        list += ")";
      }
      throw Error("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", {{"types", list}}, origin.context());
    }
    types.push_back(*common);
  }

  Expressions stacked{literal(types::Value::integer(static_cast<int32_t>(values.size())))};
  for (size_t row = 0; row < values.size(); ++row) {
    std::string name;
    if (row < node.value_aliases.size() && node.value_aliases[row]) {
      name = *node.value_aliases[row];
    } else {
      for (const auto& value : values[row]) {
        name += (name.empty() ? "" : "_") + functions::output_name(*value, context_);
      }
    }
    stacked.push_back(literal(types::Value::string(name)));
    for (size_t i = 0; i < width; ++i) {
      stacked.push_back(functions::implicit_cast_to(values[row][i], types[i], context_));
    }
  }
  std::vector<std::string> names{node.variable_name};
  names.insert(names.end(), node.value_names.begin(), node.value_names.end());
  ExpressionPtr generator = call("stack", std::move(stacked), origin);
  Generate generate{child.plan, generator, false, {}, names, {}};
  for (size_t i = 0; i < names.size(); ++i) {
    const bool nullable =
        i > 0 && std::any_of(values.begin(), values.end(),
                             [&](const Expressions& group) { return group[i - 1]->nullable; });
    generate.generator_output.push_back(
        {new_attribute_id(), names[i], generator->type.fields()[i].type, nullable});
  }
  Attributes made = generate.generator_output;
  Attributes output = child.plan->output;
  output.insert(output.end(), made.begin(), made.end());
  PlanPtr result = make_resolved_plan(std::move(generate), std::move(output), origin);
  if (!node.include_nulls) {
    ExpressionPtr any;
    for (size_t i = 1; i < made.size(); ++i) {
      ExpressionPtr present = call("isnotnull", {reference(made[i])});
      any = any ? call("or", {any, present}) : present;
    }
    result = filter(result, any, origin);
  }
  Expressions items = ids;
  for (const auto& attribute : made) items.push_back(reference(attribute));
  return {project(result, std::move(items), origin), child.marks};
}

Node Resolver::transpose(const Transpose& node, const Origin&) {
  resolve(node.child);
  throw Error::not_supported("transpose");
}

}  // namespace lochan::analysis
