// Subqueries in expressions. References to the query around stay plain references, to ids that the
// inner plan does not produce.
#include <algorithm>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using types::TypeId;

PlanPtr Resolver::subquery(const PlanPtr& plan, const Scope& outer) {
  const Scope* saved = outer_;
  outer_ = &outer;
  PlanPtr result = query(plan);
  outer_ = saved;
  return result;
}

namespace {

/// The columns of the query around that the subquery uses, as they print inside its name.
std::string outer_names(const PlanPtr& plan, const Scope& scope) {
  const IdSet ids = outer_references(plan);
  std::string text;
  for (const Scope* at = &scope; at != nullptr; at = at->outer) {
    if (at->columns == nullptr) continue;
    for (const auto& attribute : at->columns->all()) {
      if (ids.contains(attribute.id)) text += (text.empty() ? "" : ", ") + attribute.name;
    }
  }
  return text;
}

ExpressionPtr with_display(const ExpressionPtr& e, std::string display) {
  Expression copy = *e;
  copy.display = std::move(display);
  return std::make_shared<const Expression>(std::move(copy));
}

}  // namespace

ExpressionPtr Resolver::subquery_expression(const Subquery& node, const ExpressionPtr& e,
                                            const Scope& scope) {
  PlanPtr unresolved = node.plan;
  if (unresolved == nullptr && node.plan_id) {
    auto found = referenced_plans_.find(*node.plan_id);
    if (found == referenced_plans_.end()) throw Error::internal("subquery of an unknown plan id");
    unresolved = found->second;
  }
  PlanPtr inner = subquery(unresolved, scope);
  const std::string outer = outer_names(inner, scope);
  Subquery resolved{node.kind, inner, {}, std::nullopt};
  switch (node.kind) {
    case SubqueryKind::kScalar: {
      if (inner->output.size() != 1) {
        throw Error(
            "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
            {{"number", std::to_string(inner->output.size())}}, e->origin.context());
      }
      return with_display(make_resolved(resolved, inner->output[0].type, true, e->origin),
                          "scalarsubquery(" + outer + ")");
    }
    case SubqueryKind::kExists:
      return with_display(make_resolved(resolved, TypeId::kBoolean, false, e->origin),
                          "exists(" + outer + ")");
    case SubqueryKind::kTableArgument: throw Error::not_supported("table arguments");
    case SubqueryKind::kIn: break;
  }

  Expressions values = expressions(node.values, scope);
  // (a, b) IN (SELECT x, y): the parser gives a row as one named_struct.
  if (values.size() == 1 && inner->output.size() > 1) {
    if (const auto* row = values[0]->as<Call>(); row && row->function->name == "named_struct") {
      Expressions members;
      for (size_t i = 1; i < row->arguments.size(); i += 2) members.push_back(row->arguments[i]);
      values = std::move(members);
    }
  }
  if (values.size() != inner->output.size()) {
    std::string left, right;
    for (const auto& value : values) {
      left += (left.empty() ? "" : ", ") + functions::quoted_name(*value, context_);
    }
    for (const auto& column : inner->output) {
      right += (right.empty() ? "\"" : ", \"") + column.name + "\"";
    }
    throw Error("DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH",
                {{"sqlExpr", functions::quoted_name(*e, context_)},
                 {"leftLength", std::to_string(values.size())},
                 {"rightLength", std::to_string(inner->output.size())},
                 {"leftColumns", left},
                 {"rightColumns", right}},
                e->origin.context());
  }
  std::string names;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string name = functions::display_name(*values[i], context_);
    if (values.size() > 1) {
      const bool column = values[i]->as<AttributeRef>() != nullptr;
      names += (i > 0 ? ", '" : "'") + (column ? name : "col" + std::to_string(i + 1)) + "', ";
    }
    names += name;
  }
  if (values.size() > 1) names = "named_struct(" + names + ")";

  Expressions columns;
  bool widened = false;
  for (size_t i = 0; i < values.size(); ++i) {
    const Attribute& column = inner->output[i];
    auto common = functions::wider_type(values[i]->type, column.type, context_);
    if (!common) {
      std::string mismatch = functions::quoted_name(*values[i], context_) + "(" +
                             functions::quoted_type(values[i]->type) + "), \"" + column.name +
                             "\"(" + functions::quoted_type(column.type) + ")";
      throw Error("DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH",
                  {{"sqlExpr", functions::quoted_name(*e, context_)},
                   {"mismatchedColumns", mismatch},
                   {"leftType", functions::quoted_type(values[i]->type)},
                   {"rightType", functions::quoted_type(column.type)}},
                  e->origin.context());
    }
    values[i] = functions::implicit_cast_to(values[i], *common, context_);
    ExpressionPtr item = reference(column);
    if (!column.type.same_type(*common)) {
      item = alias(functions::implicit_cast_to(item, *common, context_), column.name);
      widened = true;
    }
    columns.push_back(item);
  }
  if (widened) inner = project(inner, std::move(columns));
  const bool nullable =
      std::any_of(values.begin(), values.end(), [](const auto& v) { return v->nullable; }) ||
      std::any_of(inner->output.begin(), inner->output.end(),
                  [](const Attribute& a) { return a.nullable; });
  return with_display(make_resolved(Subquery{SubqueryKind::kIn, inner, values, std::nullopt},
                                    TypeId::kBoolean, nullable, e->origin),
                      "(" + names + " IN (listquery(" + outer + ")))");
}

}  // namespace lochan::analysis
