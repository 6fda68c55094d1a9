// UNION, INTERSECT, EXCEPT: columns by position or by name, widened to common types.
#include <algorithm>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT

namespace {

const char* operator_name(const SetOp& node) {
  switch (node.kind) {
    case SetOpKind::kUnion: return "UNION";
    case SetOpKind::kIntersect: return node.all ? "INTERSECT ALL" : "INTERSECT";
    case SetOpKind::kExcept: return node.all ? "EXCEPT ALL" : "EXCEPT";
  }
  return "";
}

std::string ordinal(size_t i) {
  static constexpr const char* kWords[] = {"first", "second", "third",   "fourth",
                                           "fifth", "sixth",  "seventh", "eighth",
                                           "ninth", "tenth",  "eleventh"};
  return i < std::size(kWords) ? kWords[i] : std::to_string(i + 1) + "th";
}

/// Says so where only ANSI mode stands in the way.
std::string ansi_hint(const types::DataType& a, const types::DataType& b,
                      functions::ResolveContext context) {
  if (!context.ansi) return "";
  context.ansi = false;
  if (!functions::wider_type(a, b, context)) return "";
  return "\nTo fix the error, you might need to add explicit type casts. If necessary set "
         "spark.sql.ansi.enabled to false to bypass this error.";
}

/// `plan` with its columns cast to `types`.
PlanPtr cast_columns(const PlanPtr& plan, const std::vector<types::DataType>& types,
                     const functions::ResolveContext& context) {
  Expressions items;
  bool changed = false;
  for (size_t i = 0; i < types.size(); ++i) {
    const Attribute& attribute = plan->output[i];
    ExpressionPtr column = reference(attribute);
    if (attribute.type.same_type(types[i])) {
      items.push_back(column);
      continue;
    }
    changed = true;
    items.push_back(alias(functions::implicit_cast_to(column, types[i], context), attribute.name));
  }
  return changed ? project(plan, std::move(items)) : plan;
}

const Attribute* find_by_name(const Attributes& attributes, const std::string& name) {
  for (const auto& attribute : attributes) {
    if (same_name(attribute.name, name)) return &attribute;
  }
  return nullptr;
}

/// The right side in the left side's order of names; with missing columns, both sides get nulls.
void align_by_name(PlanPtr& left, PlanPtr& right, bool allow_missing, const Origin& origin) {
  Expressions left_items = references(left->output), right_items;
  bool left_wider = false;
  for (const auto& attribute : left->output) {
    const Attribute* found = find_by_name(right->output, attribute.name);
    if (found != nullptr) {
      right_items.push_back(reference(*found));
    } else if (allow_missing) {
      right_items.push_back(alias(literal(types::Value::null(attribute.type)), attribute.name));
    } else {
      unresolved_column({attribute.name}, right->output, origin);
    }
  }
  for (const auto& attribute : right->output) {
    if (find_by_name(left->output, attribute.name) != nullptr) continue;
    if (!allow_missing) continue;  // the count of columns is checked before
    right_items.push_back(reference(attribute));
    left_items.push_back(alias(literal(types::Value::null(attribute.type)), attribute.name));
    left_wider = true;
  }
  right = project(right, std::move(right_items));
  if (left_wider) left = project(left, std::move(left_items));
}

}  // namespace

Node Resolver::set_operation(const SetOp& node, const Origin& origin) {
  Node left_node = resolve(node.left), right_node = resolve(node.right);
  PlanPtr left = visible(left_node.plan), right = visible(right_node.plan);
  if (left->output.size() != right->output.size() &&
      !(node.by_name && node.allow_missing_columns)) {
    throw Error("NUM_COLUMNS_MISMATCH",
                {{"operator", operator_name(node)},
                 {"firstNumColumns", std::to_string(left->output.size())},
                 {"invalidOrdinalNum", "second"},
                 {"invalidNumColumns", std::to_string(right->output.size())}},
                origin.context());
  }
  if (node.by_name) align_by_name(left, right, node.allow_missing_columns, origin);

  std::vector<types::DataType> types;
  for (size_t i = 0; i < left->output.size(); ++i) {
    const auto& l = left->output[i].type;
    const auto& r = right->output[i].type;
    auto common = functions::wider_type(l, r, context_);
    if (!common) {
      throw Error("INCOMPATIBLE_COLUMN_TYPE",
                  {{"operator", operator_name(node)},
                   {"columnOrdinalNumber", ordinal(i)},
                   {"tableOrdinalNumber", "second"},
                   {"dataType1", functions::quoted_type(r)},
                   {"dataType2", functions::quoted_type(l)},
                   {"hint", ansi_hint(l, r, context_)}},
                  origin.context());
    }
    types.push_back(*common);
  }
  left = cast_columns(left, types, context_);
  right = cast_columns(right, types, context_);
  Attributes output;
  for (size_t i = 0; i < types.size(); ++i) {
    const Attribute& l = left->output[i];
    const Attribute& r = right->output[i];
    bool nullable = l.nullable || r.nullable;
    if (node.kind == SetOpKind::kIntersect) nullable = l.nullable && r.nullable;
    if (node.kind == SetOpKind::kExcept) nullable = l.nullable;
    output.push_back({new_attribute_id(), l.name, types[i], nullable, {}, l.metadata});
    if (node.kind != SetOpKind::kUnion) output.back().qualifier = l.qualifier;
  }
  SetOp resolved{node.kind, node.all, false, false, left, right};
  return {make_resolved_plan(std::move(resolved), std::move(output), origin),
          join_marks({left_node.marks, right_node.marks})};
}

}  // namespace lochan::analysis
