// Project, Filter, Generate, and the numbers of LIMIT and OFFSET.
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

Node Resolver::project_node(const Project& node, const Origin& origin) {
  Node child = resolve(node.child);
  Columns columns(child.plan->output);
  Scope scope{.columns = &columns, .marks = child.marks, .outer = outer_};
  Expressions items = select_list(node.expressions, scope);
  if (std::any_of(items.begin(), items.end(), has_aggregate)) {
    // SELECT sum(a): one group, of all rows.
    Grouped grouped(*this, child.plan, {}, {});
    for (auto& item : items) item = grouped.lift(item);
    return {projected(grouped.build(origin), std::move(items), origin), child.marks};
  }
  return {projected(child.plan, std::move(items), origin), child.marks};
}

namespace {

/// Aggregates and windows have no place in WHERE.
void check_where(const ExpressionPtr& condition, bool windows_allowed,
                 const functions::ResolveContext& context) {
  std::string found;
  bool generates = false;
  auto collect = [&](const Expression& e) {
    if (is_aggregate_call(e)) found += (found.empty() ? "" : ", ") + qualified_name(e, context);
    if (is_generator_call(e)) generates = true;
    return false;
  };
  if (has_window(condition)) {
    if (windows_allowed) return;
    throw Error("WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", {{"clauseName", "WHERE"}},
                condition->origin.context());
  }
  any_node(condition, collect);
  if (generates) {
    throw Error("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT",
                {{"plan", "'Filter " + functions::display_name(*condition, context)}},
                condition->origin.context());
  }
  if (!found.empty()) {
    throw Error(
        "INVALID_WHERE_CONDITION",
        {{"condition", functions::quoted_name(*condition, context)}, {"expressionList", found}},
        condition->origin.context());
  }
}

}  // namespace

Node Resolver::filter_node(const Filter& node, const Origin& origin) {
  Node child = resolve(node.child);
  Columns columns(child.plan->output);
  const Attributes* below = below_columns(child.plan);
  Columns below_index(below ? *below : child.plan->output);
  Scope scope{.columns = &columns,
              .marks = child.marks,
              .below = below ? &below_index : nullptr,
              .outer = outer_};
  ExpressionPtr resolved = condition(node.condition, scope);

  IdSet used;
  collect_references(resolved, used);
  const IdSet present = output_ids(child.plan->output);
  const IdSet reachable = below ? output_ids(*below) : IdSet{};
  const bool reaches = std::any_of(used.begin(), used.end(), [&](AttributeId id) {
    return !present.contains(id) && reachable.contains(id);
  });
  // QUALIFY, or DataFrame.filter on a column that an earlier select dropped.
  const bool over_project = child.plan->as<Project>() != nullptr;
  const bool lifts = over_project && (has_window(resolved) || has_aggregate(resolved));
  check_where(resolved, node.qualify, context_);
  if (!reaches && !lifts) return {filter(child.plan, resolved, origin), child.marks};
  Extended extended = extend(*this, child.plan, {resolved});
  PlanPtr filtered = filter(extended.plan, extended.expressions[0], origin);
  return {restored(filtered, child.plan->output, origin), child.marks};
}

ExpressionPtr Resolver::row_count(const ExpressionPtr& e, std::string_view clause,
                                  const Attributes& input) {
  Columns columns(input);
  ExpressionPtr resolved = expression(e, Scope{.columns = &columns, .outer = outer_});
  const std::string name(clause);
  if (!is_constant(resolved)) {
    throw Error("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE",
                {{"name", name}, {"expr", functions::quoted_name(*resolved, context_)}},
                e->origin.context());
  }
  if (!resolved->type.is(TypeId::kInteger)) {
    if (resolved->type.is_integral() && resolved->as<Literal>()) return resolved;
    throw Error("INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE",
                {{"name", name},
                 {"expr", functions::quoted_name(*resolved, context_)},
                 {"dataType", functions::quoted_type(resolved->type)}},
                e->origin.context());
  }
  if (const auto* constant = resolved->as<Literal>()) {
    if (constant->value.is_null()) {
      throw Error("INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL",
                  {{"name", name}, {"expr", functions::quoted_name(*resolved, context_)}},
                  e->origin.context());
    }
    if (constant->value.as_int() < 0) {
      throw Error("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE",
                  {{"name", name},
                   {"expr", functions::quoted_name(*resolved, context_)},
                   {"v", std::to_string(constant->value.as_int())}},
                  e->origin.context());
    }
  }
  return resolved;
}

/// LATERAL VIEW [OUTER] generator alias AS names.
Node Resolver::generate(const Generate& node, const Origin& origin) {
  Node child = resolve(node.child);
  Columns columns(child.plan->output);
  Scope scope{.columns = &columns, .marks = child.marks, .outer = outer_};
  ExpressionPtr generator = expression(node.generator, scope);
  if (!is_generator_call(*generator)) {
    throw Error("UNSUPPORTED_GENERATOR.NOT_GENERATOR",
                {{"functionName", quoted({functions::display_name(*generator, context_)})},
                 {"classCanonicalName", ""}},
                origin.context());
  }
  Generate resolved = node;
  resolved.child = child.plan;
  resolved.generator = generator;
  resolved.outer = node.outer || generator->as<Call>()->name.ends_with("_outer");
  resolved.generator_output.clear();
  const auto& fields = generator->type.fields();
  if (!node.column_names.empty() && node.column_names.size() != fields.size()) {
    std::string names;
    for (const auto& name : node.column_names) names += (names.empty() ? "" : ",") + name;
    throw Error("UDTF_ALIAS_NUMBER_MISMATCH",
                {{"aliasesSize", std::to_string(fields.size())}, {"aliasesNames", names}},
                origin.context());
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    Attribute attribute{new_attribute_id(),
                        node.column_names.empty() ? fields[i].name : node.column_names[i],
                        fields[i].type, fields[i].nullable || resolved.outer};
    if (!node.alias.empty()) attribute.qualifier = {node.alias};
    resolved.generator_output.push_back(std::move(attribute));
  }
  Attributes output = child.plan->output;
  output.insert(output.end(), resolved.generator_output.begin(), resolved.generator_output.end());
  return {make_resolved_plan(std::move(resolved), std::move(output), origin), child.marks};
}

}  // namespace lochan::analysis
