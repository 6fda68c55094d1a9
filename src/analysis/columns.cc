// What a name means: columns, then aliases to the left, then columns under the plan, then functions
// that need no parentheses, then the query around.
#include <algorithm>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using types::TypeId;

namespace {

/// Whether the parts [first, last) are the end of the attribute's qualifier.
bool qualifies(const std::vector<std::string>& parts, size_t count, const Attribute& attribute) {
  if (count > attribute.qualifier.size()) return false;
  const size_t skip = attribute.qualifier.size() - count;
  for (size_t i = 0; i < count; ++i) {
    if (!same_name(parts[i], attribute.qualifier[skip + i])) return false;
  }
  return true;
}

struct Match {
  std::vector<const Attribute*> found;
  size_t used = 0;  // parts of the name that the column took; the rest are fields
};

/// Longest qualifier first, as Spark does: a.b.c is catalog.table.column before column.field.field.
Match match(const std::vector<std::string>& parts, const Columns& columns, bool case_sensitive,
            bool hidden) {
  for (size_t qualifier = std::min<size_t>(parts.size() - 1, 3) + 1; qualifier-- > 0;) {
    Match result;
    result.used = qualifier + 1;
    for (const Attribute* attribute : columns.named(parts[qualifier])) {
      if (attribute->hidden != hidden) continue;
      if (case_sensitive && attribute->name != parts[qualifier]) continue;
      if (!qualifies(parts, qualifier, *attribute)) continue;
      const bool seen =
          std::any_of(result.found.begin(), result.found.end(),
                      [&](const Attribute* other) { return other->id == attribute->id; });
      if (!seen) result.found.push_back(attribute);
    }
    if (!result.found.empty()) return result;
  }
  return {};
}

constexpr std::string_view kBareFunctions[] = {
    "current_date",   "current_timestamp", "current_user",     "user",
    "session_user",   "current_catalog",   "current_database", "current_schema",
    "localtimestamp", "current_time",      "current_path",
};

/// current_date without parentheses, or null.
ExpressionPtr bare_function(Resolver& resolver, const std::string& name, const Origin& origin) {
  for (std::string_view function : kBareFunctions) {
    if (same_name(name, function) && functions::find_function(function) != nullptr) {
      return resolver.call(std::string(function), {}, origin);
    }
  }
  return nullptr;
}

}  // namespace

ExpressionPtr Resolver::column(const std::vector<std::string>& parts, const Scope& scope,
                               const Origin& origin) {
  auto in_columns = [&](const Columns& columns) -> ExpressionPtr {
    Match result = match(parts, columns, context_.case_sensitive, false);
    if (result.found.empty()) result = match(parts, columns, context_.case_sensitive, true);
    if (result.found.empty()) return nullptr;
    if (result.found.size() > 1) ambiguous_reference(parts, result.found, origin);
    const Attribute& attribute = *result.found[0];
    ExpressionPtr value = reference(attribute, origin);
    if (result.used == parts.size()) {
      Expression copy = *value;
      std::get<AttributeRef>(copy.node).name = parts.back();  // prints as the user spelt it
      return std::make_shared<const Expression>(std::move(copy));
    }
    for (size_t i = result.used; i < parts.size(); ++i) {
      value = extract(value, literal(types::Value::string(parts[i])), origin);
    }
    return value;
  };

  if (scope.inside_aggregate && scope.below != nullptr) {
    if (ExpressionPtr found = in_columns(*scope.below)) return found;
  }
  if (scope.columns != nullptr) {
    if (ExpressionPtr found = in_columns(*scope.columns)) return found;
  }
  if (scope.lateral != nullptr && parts.size() == 1) {
    if (ExpressionPtr function = bare_function(*this, parts[0], origin)) return function;
  }
  if (scope.lateral != nullptr) {
    std::vector<const LateralAlias*> found;
    for (const auto& alias : *scope.lateral) {
      if (same_name(alias.name, parts[0])) found.push_back(&alias);
    }
    if (found.size() > 1) {
      throw Error("AMBIGUOUS_LATERAL_COLUMN_ALIAS",
                  {{"name", quoted({parts[0]})}, {"n", std::to_string(found.size())}},
                  origin.context());
    }
    if (found.size() == 1) {
      ExpressionPtr value = found[0]->value;
      for (size_t i = 1; i < parts.size(); ++i) {
        value = extract(value, literal(types::Value::string(parts[i])), origin);
      }
      return value;
    }
  }
  if (!scope.inside_aggregate && scope.below != nullptr) {
    if (ExpressionPtr found = in_columns(*scope.below)) return found;
  }
  if (parts.size() == 1) {
    if (ExpressionPtr function = bare_function(*this, parts[0], origin)) return function;
    if (same_name(parts[0], "grouping__id")) return call("grouping_id", {}, origin);
  }
  if (scope.outer == nullptr) return nullptr;
  ExpressionPtr found = column(parts, *scope.outer, origin);
  if (found == nullptr) return nullptr;
  // Columns of the query around print as outer(t.a).
  return transform(found, [&](const ExpressionPtr& e) -> ExpressionPtr {
    if (e->as<AttributeRef>() == nullptr || !e->display.empty()) return nullptr;
    Expression copy = *e;
    copy.display = "outer(" + qualified_name(*e, context_) + ")";
    return std::make_shared<const Expression>(std::move(copy));
  });
}

namespace {

struct Candidate {
  PlanPtr plan;
  int depth = 0;
};

void find_marked(const MarksPtr& marks, int64_t plan_id, int depth, std::vector<Candidate>& found) {
  if (marks == nullptr) return;
  if (marks->plan_id == plan_id) {
    found.push_back({marks->plan, depth});
    return;
  }
  for (const auto& below : marks->below) find_marked(below, plan_id, depth + 1, found);
}

}  // namespace

/// df.name: the column that the plan marked `plan_id` puts out, if it still reaches this place.
ExpressionPtr Resolver::marked_column(const UnresolvedAttribute& node, const Scope& scope,
                                      const Origin& origin) {
  std::string name = "\"";
  for (const auto& part : node.parts) name += (name.size() > 1 ? "." : "") + part;
  name += '"';
  std::vector<Candidate> found;
  for (const Scope* at = &scope; at != nullptr && found.empty(); at = at->outer) {
    find_marked(at->marks, *node.plan_id, 0, found);
  }
  if (found.empty()) {
    throw Error("CANNOT_RESOLVE_DATAFRAME_COLUMN", {{"name", name}}, origin.context());
  }
  // Several marks: more than one column that still reaches this place is ambiguous, but for a side
  // of a join that is the marked plan itself, and for columns that USING has hidden.
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.depth < b.depth; });
  ExpressionPtr result;
  AttributeId result_id = AttributeId::kNone;
  int result_depth = 0;
  bool result_hidden = false;
  bool named = false;
  for (const auto& candidate : found) {
    if (result != nullptr && scope.join_condition && result_depth <= 1 && candidate.depth > 1)
      break;
    Columns columns(candidate.plan->output);
    Scope inner{&columns};
    ExpressionPtr value = column(node.parts, inner, origin);
    if (value == nullptr) continue;
    named = true;
    IdSet ids;
    collect_references(value, ids);
    const AttributeId id = ids.empty() ? AttributeId::kNone : *ids.begin();
    const Columns* here = scope.columns;
    const Attribute* attribute = here != nullptr ? here->find(id) : nullptr;
    if (attribute == nullptr && scope.below != nullptr) attribute = scope.below->find(id);
    for (const Scope* at = scope.outer; attribute == nullptr && at != nullptr; at = at->outer) {
      if (at->columns != nullptr) attribute = at->columns->find(id);
    }
    if (attribute == nullptr) continue;
    if (result != nullptr && result_id != id) {
      if (attribute->hidden && !result_hidden) continue;
      if (attribute->hidden == result_hidden)
        throw Error("AMBIGUOUS_COLUMN_REFERENCE", {{"name", name}}, origin.context());
    }
    // Nullability may have changed on the way (outer joins).
    value = transform(value, [&](const ExpressionPtr& e) -> ExpressionPtr {
      return e->as<AttributeRef>() && attribute->nullable != e->nullable
                 ? reference(*attribute, origin)
                 : nullptr;
    });
    result = value;
    result_id = id;
    result_depth = candidate.depth;
    result_hidden = attribute->hidden;
  }
  if (result != nullptr) return result;
  if (!named) unresolved_column(node.parts, visible(found[0].plan->output), origin);
  // The column was replaced on the way (a set operation, withColumn): the one that has its name
  // now.
  if (ExpressionPtr value = column(node.parts, scope, origin)) return value;
  throw Error("CANNOT_RESOLVE_DATAFRAME_COLUMN", {{"name", name}}, origin.context());
}

ExpressionPtr Resolver::attribute(const UnresolvedAttribute& node, const ExpressionPtr& e,
                                  const Scope& scope) {
  if (node.parts.size() == 1) {
    for (auto frame = lambda_variables_.rbegin(); frame != lambda_variables_.rend(); ++frame) {
      for (const auto& variable : *frame) {
        if (same_name(variable->as<LambdaVariable>()->name, node.parts[0])) return variable;
      }
    }
  } else if (!node.parts.empty()) {
    for (auto frame = lambda_variables_.rbegin(); frame != lambda_variables_.rend(); ++frame) {
      for (const auto& variable : *frame) {
        if (!same_name(variable->as<LambdaVariable>()->name, node.parts[0])) continue;
        ExpressionPtr value = variable;
        for (size_t i = 1; i < node.parts.size(); ++i) {
          value = extract(value, literal(types::Value::string(node.parts[i])), e->origin);
        }
        return value;
      }
    }
  }
  if (node.plan_id) return marked_column(node, scope, e->origin);
  if (ExpressionPtr found = column(node.parts, scope, e->origin)) return found;
  // Spark proposes from the place itself, and from what lies under it.
  Attributes visible_columns;
  if (scope.columns != nullptr) visible_columns = visible(scope.columns->all());
  unresolved_column(node.parts, visible_columns, e->origin);
}

// ---- Fields and elements
// --------------------------------------------------------------------------------------

namespace {

std::string field_list(const std::vector<types::StructField>& fields) {
  std::string text;
  for (const auto& field : fields) {
    text += (text.empty() ? "" : ", ") + types::quote_identifier(field.name);
  }
  return text;
}

int field_index(const types::DataType& type, const std::string& name, bool case_sensitive,
                const Origin& origin) {
  const int index = type.field_index(name, case_sensitive);
  if (index == -1) {
    throw Error("FIELD_NOT_FOUND",
                {{"fieldName", quoted({name})}, {"fields", field_list(type.fields())}},
                origin.context());
  }
  if (index == -2) {
    const auto count =
        std::count_if(type.fields().begin(), type.fields().end(),
                      [&](const auto& field) { return same_name(field.name, name); });
    throw Error("AMBIGUOUS_REFERENCE_TO_FIELDS",
                {{"field", quoted({name})}, {"count", std::to_string(count)}}, origin.context());
  }
  return index;
}

ExpressionPtr get_field(const ExpressionPtr& child, int index, const std::string& name,
                        const Origin& origin) {
  const auto& field = child->type.fields()[static_cast<size_t>(index)];
  return make_resolved(GetField{child, index, name}, field.type, child->nullable || field.nullable,
                       origin);
}

}  // namespace

ExpressionPtr Resolver::extract(const ExpressionPtr& child, const ExpressionPtr& extraction,
                                const Origin& origin) {
  const auto& type = child->type;
  const auto* constant = extraction->as<Literal>();
  const bool named =
      constant != nullptr && constant->value.type.is_string() && !constant->value.is_null();
  if (type.is(TypeId::kStruct)) {
    if (!named) {
      throw Error("INVALID_EXTRACT_FIELD_TYPE",
                  {{"extraction", functions::quoted_name(*extraction, context_)}},
                  origin.context());
    }
    const std::string& name = constant->value.as_string();
    return get_field(child, field_index(type, name, context_.case_sensitive, origin), name, origin);
  }
  if (type.is(TypeId::kArray)) {
    if (named && type.element().is(TypeId::kStruct)) {
      // The field of each element: transform(child, x -> x.name).
      const std::string& name = constant->value.as_string();
      const int index = field_index(type.element(), name, context_.case_sensitive, origin);
      const AttributeId id = new_attribute_id();
      ExpressionPtr variable =
          make_resolved(LambdaVariable{"x", id}, type.element(), type.contains_null());
      ExpressionPtr body = get_field(variable, index, name, origin);
      const types::DataType body_type = body->type;
      const bool nullable = body->nullable;
      ExpressionPtr lambda = make_resolved(Lambda{{"x"}, body, {id}}, body_type, nullable);
      Expression result = *call("transform", {child, lambda}, origin);
      result.display = functions::display_name(*child, context_) + "." + name;
      return std::make_shared<const Expression>(std::move(result));
    }
    return call("[]: array", {child, extraction}, origin);
  }
  if (type.is(TypeId::kMap)) return call("[]: map", {child, extraction}, origin);
  if (type.is(TypeId::kVariant)) throw Error::not_supported("extraction from variants");
  throw Error(
      "INVALID_EXTRACT_BASE_FIELD_TYPE",
      {{"base", functions::quoted_name(*child, context_)}, {"other", functions::quoted_type(type)}},
      origin.context());
}

/// withField and dropFields: the struct built again, null where it was null.
ExpressionPtr Resolver::update_field(const UpdateField& node, const ExpressionPtr& e,
                                     const Scope& scope) {
  ExpressionPtr child = expression(node.child, scope);
  if (!child->type.is(TypeId::kStruct)) {
    throw Error(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
        {{"sqlExpr", "\"update_fields(" + functions::display_name(*child, context_) + ")\""},
         {"paramIndex", "first"},
         {"requiredType", "\"STRUCT\""},
         {"inputSql", functions::quoted_name(*child, context_)},
         {"inputType", functions::quoted_type(child->type)}},
        e->origin.context());
  }
  // A nested name "a.b" updates the field b of the struct a.
  std::string name = node.field, rest;
  if (const size_t dot = name.find('.'); dot != std::string::npos) {
    rest = name.substr(dot + 1);
    name = name.substr(0, dot);
  }
  ExpressionPtr value = node.value ? expression(node.value, scope) : nullptr;
  Expressions arguments;
  bool replaced = false;
  const auto& fields = child->type.fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    ExpressionPtr field = get_field(child, static_cast<int>(i), fields[i].name, e->origin);
    if (same_name(fields[i].name, name)) {
      replaced = true;
      if (!rest.empty()) {
        field = expression(make_expression(UpdateField{field, rest, value}, e->origin), scope);
      } else if (value == nullptr) {
        continue;
      } else {
        field = value;
      }
      arguments.push_back(literal(types::Value::string(value ? name : fields[i].name)));
    } else {
      arguments.push_back(literal(types::Value::string(fields[i].name)));
    }
    arguments.push_back(field);
  }
  if (!replaced && value != nullptr) {
    arguments.push_back(literal(types::Value::string(name)));
    arguments.push_back(value);
  }
  if (arguments.empty()) {
    throw Error(
        "DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS",
        {{"sqlExpr", "\"update_fields(" + functions::display_name(*child, context_) + ")\""}},
        e->origin.context());
  }
  ExpressionPtr built = call("named_struct", arguments, e->origin);
  if (child->nullable) {
    built =
        call("when", {call("isnull", {child}), literal(types::Value::null(built->type)), built});
  }
  Expression result = *built;
  result.display = "update_fields(" + functions::display_name(*child, context_) + ", " +
                   (value ? "WithField(" + functions::display_name(*value, context_) + ")"
                          : std::string("dropfield()")) +
                   ")";
  return std::make_shared<const Expression>(std::move(result));
}

}  // namespace lochan::analysis
