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

/// The type of both where they differ in no more than names of fields and what may be null: the
/// names are those of `a`.
std::optional<types::DataType> same_structure(const types::DataType& a, const types::DataType& b) {
  if (a.id() != b.id() || !a.is_nested()) {
    return a.same_type(b) ? std::optional(a) : std::nullopt;
  }
  if (a.is(types::TypeId::kArray)) {
    auto element = same_structure(a.element(), b.element());
    if (!element) return std::nullopt;
    return types::DataType::array(*element, a.contains_null() || b.contains_null());
  }
  if (a.is(types::TypeId::kMap)) {
    auto key = same_structure(a.key(), b.key());
    auto value = same_structure(a.value(), b.value());
    if (!key || !value) return std::nullopt;
    return types::DataType::map(*key, *value, a.value_contains_null() || b.value_contains_null());
  }
  if (a.fields().size() != b.fields().size()) return std::nullopt;
  types::Schema fields = a.fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    auto type = same_structure(fields[i].type, b.fields()[i].type);
    if (!type) return std::nullopt;
    fields[i].type = *type;
    fields[i].nullable = fields[i].nullable || b.fields()[i].nullable;
  }
  return types::DataType::structure(std::move(fields));
}

}  // namespace

/// `value` with the fields of its structs in the order of `target`, by name; fields that `target`
/// does not have come last. Spark looks into structs and arrays, and not into maps.
ExpressionPtr Resolver::fields_by_name(const ExpressionPtr& value, const types::DataType& target,
                                       bool allow_missing, const Origin& origin) {
  const types::DataType& type = value->type;
  if (type.id() != target.id() || type.same_type(target)) return value;
  if (type.is(types::TypeId::kArray)) {
    const AttributeId id = new_attribute_id();
    const ExpressionPtr variable =
        make_resolved(LambdaVariable{"x", id}, type.element(), type.contains_null());
    const ExpressionPtr body = fields_by_name(variable, target.element(), allow_missing, origin);
    if (body == variable) return value;
    return call("transform",
                {value, make_resolved(Lambda{{"x"}, body, {id}}, body->type, body->nullable)},
                origin);
  }
  if (!type.is(types::TypeId::kStruct)) return value;
  Expressions arguments;
  auto add = [&](const std::string& name, const ExpressionPtr& field) {
    arguments.push_back(literal(types::Value::string(name)));
    arguments.push_back(field);
  };
  for (const auto& field : target.fields()) {
    const bool found = type.field_index(field.name, context_.case_sensitive) != -1;
    if (!found && allow_missing) {
      add(field.name, literal(types::Value::null(field.type)));
      continue;
    }
    const ExpressionPtr own = extract(value, literal(types::Value::string(field.name)), origin);
    add(field.name, fields_by_name(own, field.type, allow_missing, origin));
  }
  for (const auto& field : type.fields()) {
    if (target.field_index(field.name, context_.case_sensitive) != -1) continue;
    add(field.name, extract(value, literal(types::Value::string(field.name)), origin));
  }
  ExpressionPtr built = call("named_struct", arguments, origin);
  if (!value->nullable) return built;
  return call("when", {call("isnull", {value}), literal(types::Value::null(built->type)), built});
}

/// The right side in the left side's order of names; with missing columns, both sides get nulls.
void Resolver::align_by_name(PlanPtr& left, PlanPtr& right, bool allow_missing,
                             const Origin& origin) {
  Expressions right_items;
  for (const auto& attribute : left->output) {
    const Attribute* found = find_by_name(right->output, attribute.name);
    if (found != nullptr) {
      const ExpressionPtr own = reference(*found);
      const ExpressionPtr value = fields_by_name(own, attribute.type, allow_missing, origin);
      right_items.push_back(value == own ? own : alias(value, found->name));
    } else if (allow_missing) {
      right_items.push_back(alias(literal(types::Value::null(attribute.type)), attribute.name));
    } else {
      unresolved_column({attribute.name}, right->output, origin);
    }
  }
  for (const auto& attribute : right->output) {
    if (find_by_name(left->output, attribute.name) != nullptr) continue;
    if (allow_missing) right_items.push_back(reference(attribute));  // else counted before
  }
  right = project(right, std::move(right_items));
  if (!allow_missing) return;
  Expressions left_items;
  bool changed = false;
  for (const auto& attribute : right->output) {
    const Attribute* found = find_by_name(left->output, attribute.name);
    if (found == nullptr) {
      left_items.push_back(alias(literal(types::Value::null(attribute.type)), attribute.name));
      changed = true;
      continue;
    }
    const ExpressionPtr own = reference(*found);
    const ExpressionPtr value = fields_by_name(own, attribute.type, true, origin);
    changed = changed || value != own;
    left_items.push_back(value == own ? own : alias(value, found->name));
  }
  if (changed) left = project(left, std::move(left_items));
}

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
    auto common = node.kind == SetOpKind::kUnion ? same_structure(l, r) : std::nullopt;
    if (!common) common = functions::wider_type(l, r, context_);
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
