// Joins: both sides, then USING or NATURAL as a condition with merged columns, or ON.
#include <algorithm>
#include <functional>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT

namespace {

bool left_only(JoinKind kind) { return kind == JoinKind::kLeftSemi || kind == JoinKind::kLeftAnti; }

Attributes nullable(Attributes attributes, bool make) {
  if (make) {
    for (auto& attribute : attributes) attribute.nullable = true;
  }
  return attributes;
}

Attributes join_output(JoinKind kind, const Attributes& left, const Attributes& right) {
  Attributes output = nullable(left, kind == JoinKind::kRight || kind == JoinKind::kFull);
  if (left_only(kind)) return output;
  for (auto& attribute : nullable(right, kind == JoinKind::kLeft || kind == JoinKind::kFull)) {
    output.push_back(std::move(attribute));
  }
  return output;
}

/// The column that USING names on one side.
const Attribute& using_column(const std::string& name, const Attributes& side,
                              const char* side_name, const Origin& origin) {
  std::vector<const Attribute*> found;
  for (const auto& attribute : side) {
    if (!attribute.hidden && same_name(attribute.name, name)) found.push_back(&attribute);
  }
  if (found.size() > 1) ambiguous_reference({name}, found, origin);
  if (found.empty()) {
    std::vector<std::string> names;
    for (const auto& attribute : side) {
      if (!attribute.hidden) names.push_back(attribute.name);
    }
    std::sort(names.begin(), names.end());
    std::string suggestion;
    for (const auto& column : names)
      suggestion += (suggestion.empty() ? "" : ", ") + quoted({column});
    throw Error("UNRESOLVED_USING_COLUMN_FOR_JOIN",
                {{"colName", quoted({name})}, {"side", side_name}, {"suggestion", suggestion}},
                origin.context());
  }
  return *found[0];
}

/// Merged columns first, then the rest of both sides; the columns that merged stay, hidden.
PlanPtr merged_columns(Resolver& resolver, const PlanPtr& join, JoinKind kind,
                       const std::vector<AttributeId>& left_keys,
                       const std::vector<AttributeId>& right_keys) {
  auto of = [&](AttributeId id) -> const Attribute& {
    return *std::find_if(join->output.begin(), join->output.end(),
                         [&](const Attribute& a) { return a.id == id; });
  };
  Expressions items;
  IdSet keys, hidden;
  for (size_t i = 0; i < left_keys.size(); ++i) {
    keys.insert(left_keys[i]);
    keys.insert(right_keys[i]);
    if (kind == JoinKind::kFull) {
      const Attribute& left = of(left_keys[i]);
      items.push_back(alias(
          resolver.call("coalesce", {reference(left), reference(of(right_keys[i]))}), left.name));
      hidden.insert(left_keys[i]);
      hidden.insert(right_keys[i]);
    } else if (kind == JoinKind::kRight) {
      items.push_back(reference(of(right_keys[i])));
      hidden.insert(left_keys[i]);
    } else {
      items.push_back(reference(of(left_keys[i])));
      if (!left_only(kind)) hidden.insert(right_keys[i]);
    }
  }
  for (const auto& attribute : join->output) {
    if (!keys.contains(attribute.id) && !attribute.hidden) items.push_back(reference(attribute));
  }
  for (const auto& attribute : join->output) {
    if (hidden.contains(attribute.id) || (attribute.hidden && !keys.contains(attribute.id))) {
      items.push_back(reference(attribute));
      hidden.insert(attribute.id);
    }
  }
  Plan result = *project(join, std::move(items), join->origin);
  for (auto& attribute : result.output) {
    if (hidden.contains(attribute.id)) attribute.hidden = true;
  }
  return std::make_shared<const Plan>(std::move(result));
}

/// Subqueries in the condition of an outer, semi or anti join become columns of the side that they
/// look at:
///   a LEFT JOIN b ON x = y AND EXISTS (... a.z ...)  ->  Project(a.*, EXISTS (...) AS s) LEFT JOIN
///   b ON x = y AND s
void subqueries_below(Join& join) {
  const IdSet right_ids = output_ids(join.right->output), left_ids = output_ids(join.left->output);
  Expressions left = references(join.left->output), right = references(join.right->output);
  const size_t left_before = left.size(), right_before = right.size();
  join.condition = transform(join.condition, [&](const ExpressionPtr& e) -> ExpressionPtr {
    if (e->as<Subquery>() == nullptr) return nullptr;
    IdSet used;
    collect_references(e, used);
    const auto looks_at = [&](const IdSet& ids) {
      return std::any_of(used.begin(), used.end(),
                         [&](AttributeId id) { return ids.contains(id); });
    };
    const bool on_right = looks_at(right_ids);
    if (on_right && looks_at(left_ids)) {
      throw Error::not_supported(
          "a subquery over both sides in the condition of a join that is not an inner join");
    }
    Expressions& side = on_right ? right : left;
    side.push_back(alias(e, "_subquery"));
    return reference(attribute_of(*side.back(), {}));
  });
  if (left.size() > left_before) join.left = project(join.left, std::move(left));
  if (right.size() > right_before) join.right = project(join.right, std::move(right));
}

}  // namespace

Node Resolver::join(const Join& node, const Origin& origin) {
  Node left = resolve(node.left);
  Node right;
  if (node.lateral) {
    Columns left_columns(left.plan->output);
    Scope around{.columns = &left_columns, .marks = left.marks, .outer = outer_};
    const Scope* saved = outer_;
    outer_ = &around;
    right = resolve(node.right);
    outer_ = saved;
  } else {
    right = resolve(node.right);
  }
  const IdSet left_ids = output_ids(left.plan->output);
  if (std::any_of(right.plan->output.begin(), right.plan->output.end(),
                  [&](const Attribute& a) { return left_ids.contains(a.id); })) {
    right.plan = fresh_copy(right.plan);
  }
  MarksPtr marks = join_marks({left.marks, right.marks});

  Join resolved;
  resolved.left = left.plan;
  resolved.right = right.plan;
  resolved.kind = node.kind;
  resolved.lateral = node.lateral;
  Attributes output = join_output(node.kind, left.plan->output, right.plan->output);

  std::vector<std::string> merged = node.using_columns;
  if (node.natural) {
    for (const auto& attribute : left.plan->output) {
      const bool common = std::any_of(
          right.plan->output.begin(), right.plan->output.end(), [&](const Attribute& other) {
            return !attribute.hidden && !other.hidden && same_name(attribute.name, other.name);
          });
      if (common) merged.push_back(attribute.name);
    }
  }
  if (!merged.empty()) {
    std::vector<AttributeId> left_keys, right_keys;
    ExpressionPtr all;
    for (const auto& name : merged) {
      const Attribute& l = using_column(name, left.plan->output, "left", origin);
      const Attribute& r = using_column(name, right.plan->output, "right", origin);
      left_keys.push_back(l.id);
      right_keys.push_back(r.id);
      ExpressionPtr equal = call("=", {reference(l), reference(r)}, origin);
      all = all ? call("and", {all, equal}, origin) : equal;
    }
    resolved.condition = all;
    if (resolved.kind == JoinKind::kCross) resolved.kind = JoinKind::kInner;
    const JoinKind kind = resolved.kind;
    PlanPtr joined = make_resolved_plan(std::move(resolved), std::move(output), origin);
    return {merged_columns(*this, joined, kind, left_keys, right_keys), marks};
  }

  if (node.condition != nullptr) {
    // The condition sees both sides, also in semi and anti joins, before outer joins add nulls.
    Attributes both = left.plan->output;
    both.insert(both.end(), right.plan->output.begin(), right.plan->output.end());
    Columns columns(both);
    Scope scope{.columns = &columns, .marks = marks, .outer = outer_, .join_condition = true};
    resolved.condition = condition(node.condition, scope, true);
    std::string invalid;
    std::function<void(const ExpressionPtr&)> find_invalid = [&](const ExpressionPtr& e) {
      if (e->as<plan::Window>() || is_aggregate_call(*e)) {
        invalid += (invalid.empty() ? "" : ", ") + functions::quoted_name(*e, context_);
      }
      for (const auto& child : plan::children(*e)) {
        if (child) find_invalid(child);
      }
    };
    find_invalid(resolved.condition);
    if (!invalid.empty()) {
      throw Error("UNSUPPORTED_EXPR_FOR_OPERATOR", {{"invalidExprSqls", invalid}},
                  origin.context());
    }
    if (resolved.kind == JoinKind::kCross) resolved.kind = JoinKind::kInner;
    if (resolved.kind != JoinKind::kInner) subqueries_below(resolved);
  }
  return {make_resolved_plan(std::move(resolved), std::move(output), origin), marks};
}

}  // namespace lochan::analysis
