// DataFrame operations on columns, in terms of Project and Aggregate.
#include <algorithm>
#include <unordered_set>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT

namespace {

constexpr size_t kMaxDepth = 40;  // of an expression that merging may build

size_t depth_of(const ExpressionPtr& e) {
  size_t deepest = 0;
  for (const auto& child : plan::children(*e)) deepest = std::max(deepest, depth_of(child));
  return deepest + 1;
}

bool is_plain(const ExpressionPtr& e) {
  return is_deterministic(e) && !any_node(e, [](const Expression& node) {
           return node.as<Window>() || node.as<Subquery>() || node.as<PythonFunction>() ||
                  is_generator_call(node) || is_aggregate_call(node);
         });
}

bool is_cheap(const ExpressionPtr& e) { return e->as<AttributeRef>() || e->as<Literal>(); }

/// Merges a Project into the Project under it: 1,000 chained withColumn stay one node as long as
/// they do not build on each other's results more than once.
///   Project(a, b, f(b) AS c) over Project(a, g(a) AS b)   ->   Project(a, g(a) AS b, f(g(a)) AS c)
///   only if g is cheap
PlanPtr merged(const PlanPtr& upper) {
  const auto& node = *upper->as<Project>();
  const auto* lower = node.child->as<Project>();
  if (lower == nullptr) return upper;
  const auto hidden = [](const Attribute& attribute) { return attribute.hidden; };
  if (std::any_of(node.child->output.begin(), node.child->output.end(), hidden) ||
      std::any_of(upper->output.begin(), upper->output.end(), hidden)) {
    return upper;
  }
  std::unordered_map<AttributeId, ExpressionPtr> made;
  for (const auto& item : lower->expressions) {
    if (const auto* named = item->as<Alias>()) made.emplace(named->id, item);
  }
  std::unordered_map<AttributeId, int> uses;
  for (const auto& item : node.expressions) {
    if (item->as<AttributeRef>() != nullptr) {
      const auto found = made.find(item->as<AttributeRef>()->id);
      if (found != made.end() &&
          found->second->as<Alias>()->name != item->as<AttributeRef>()->name) {
        return upper;
      }
      continue;
    }
    if (!is_plain(item)) return upper;
    IdSet used;
    collect_references(item, used);
    for (AttributeId id : used) {
      auto found = made.find(id);
      if (found == made.end()) continue;
      if (!is_plain(found->second)) return upper;
      if (!is_cheap(found->second->as<Alias>()->child)) return upper;
    }
    if (depth_of(item) > kMaxDepth) return upper;
  }
  Expressions items;
  items.reserve(node.expressions.size());
  for (const auto& item : node.expressions) {
    if (const auto* column = item->as<AttributeRef>()) {
      auto found = made.find(column->id);
      items.push_back(found == made.end() ? item : found->second);
      continue;
    }
    items.push_back(transform(item, [&](const ExpressionPtr& e) -> ExpressionPtr {
      const auto* column = e->as<AttributeRef>();
      if (column == nullptr) return nullptr;
      auto found = made.find(column->id);
      return found == made.end() ? nullptr : found->second->as<Alias>()->child;
    }));
  }
  Plan result = *upper;
  result.node = Project{lower->child, std::move(items)};
  return std::make_shared<const Plan>(std::move(result));
}

PlanPtr keep_hidden(PlanPtr projected, const Attributes& input) {
  IdSet hidden;
  for (const auto& before : input) {
    if (before.hidden) hidden.insert(before.id);
  }
  if (hidden.empty()) return projected;
  Plan copy = *projected;
  for (auto& attribute : copy.output) {
    if (hidden.contains(attribute.id)) attribute.hidden = true;
  }
  return std::make_shared<const Plan>(std::move(copy));
}

}  // namespace

Node Resolver::with_columns(const WithColumns& node, const Origin& origin) {
  Node child = resolve(node.child);
  Columns columns(child.plan->output);
  Scope scope{.columns = &columns, .marks = child.marks, .outer = outer_};
  Expressions added = select_list(node.columns, scope);
  std::unordered_set<std::string> names;
  for (const auto& item : added) {
    const auto name = lower_case(attribute_of(*item, {}).name);
    if (!names.insert(name).second) {
      throw Error("COLUMN_ALREADY_EXISTS", {{"columnName", quoted({name})}}, origin.context());
    }
  }
  Expressions items = references(child.plan->output);
  for (auto& item : added) {
    const auto* named = item->as<Alias>();
    if (named == nullptr) continue;
    bool replaced = false;
    for (size_t i = 0; i < child.plan->output.size(); ++i) {
      if (child.plan->output[i].hidden || !same_name(child.plan->output[i].name, named->name))
        continue;
      items[i] = replaced ? alias(named->child, named->name) : item;
      replaced = true;
    }
    if (!replaced) items.push_back(item);
  }
  PlanPtr result = projected(child.plan, std::move(items), origin);
  if (result->as<Project>() != nullptr) result = merged(keep_hidden(result, child.plan->output));
  return {result, child.marks};
}

Node Resolver::with_columns_renamed(const WithColumnsRenamed& node, const Origin& origin) {
  Node child = resolve(node.child);
  Expressions items;
  for (const auto& attribute : child.plan->output) {
    ExpressionPtr item = reference(attribute);
    for (const auto& [from, to] : node.renames) {
      if (attribute.hidden || !same_name(attribute.name, from)) continue;
      item = alias(reference(attribute), to);
      break;
    }
    items.push_back(std::move(item));
  }
  PlanPtr result = keep_hidden(project(child.plan, std::move(items), origin), child.plan->output);
  return {merged(result), child.marks};
}

Node Resolver::drop(const Drop& node, const Origin& origin) {
  Node child = resolve(node.child);
  Columns columns(child.plan->output);
  Scope scope{.columns = &columns, .marks = child.marks};
  IdSet dropped;
  for (const auto& e : node.columns) {
    const auto* name = e->as<UnresolvedAttribute>();
    if (name != nullptr && !name->plan_id && column(name->parts, scope, e->origin) == nullptr)
      continue;
    const ExpressionPtr resolved = expression(e, scope);
    if (const auto* found = resolved->as<AttributeRef>()) dropped.insert(found->id);
  }
  Expressions items;
  for (const auto& attribute : child.plan->output) {
    const bool named =
        std::any_of(node.names.begin(), node.names.end(), [&](const std::string& name) {
          return !attribute.hidden && same_name(attribute.name, name);
        });
    if (!named && !dropped.contains(attribute.id)) items.push_back(reference(attribute));
  }
  if (items.size() == child.plan->output.size()) return child;
  return {keep_hidden(project(child.plan, std::move(items), origin), child.plan->output),
          child.marks};
}

Node Resolver::to_df(const ToDf& node, const Origin& origin) {
  Node child = resolve(node.child);
  const Attributes columns = visible(child.plan->output);
  if (columns.size() != node.names.size()) {
    std::string list;
    for (const auto& name : node.names) list += (list.empty() ? "" : ", ") + quoted({name});
    throw Error("ASSIGNMENT_ARITY_MISMATCH",
                {{"numTarget", std::to_string(node.names.size())},
                 {"numExpr", std::to_string(columns.size())},
                 {"relation", "toDF"},
                 {"columns", list}},
                origin.context());
  }
  Expressions items;
  for (size_t i = 0; i < columns.size(); ++i) {
    items.push_back(columns[i].name == node.names[i] ? reference(columns[i])
                                                     : alias(reference(columns[i]), node.names[i]));
  }
  return {project(child.plan, std::move(items), origin), child.marks};
}

/// df.to(schema): columns by name, cast where an INSERT would.
Node Resolver::to_schema(const ToSchema& node, const Origin& origin) {
  Node child = resolve(node.child);
  Columns columns(child.plan->output);
  Scope scope{.columns = &columns, .marks = child.marks};
  Expressions items;
  for (const auto& field : node.schema.fields()) {
    ExpressionPtr value = column({field.name}, scope, origin);
    if (value == nullptr) {
      if (!field.nullable) unresolved_column({field.name}, visible(child.plan->output), origin);
      items.push_back(alias(literal(types::Value::null(field.type)), field.name));
      continue;
    }
    if (value->nullable && !field.nullable) {
      throw Error("NULLABLE_COLUMN_OR_FIELD", {{"name", quoted({field.name})}}, origin.context());
    }
    if (!value->type.same_type(field.type) && !functions::can_store(value->type, field.type)) {
      throw Error("INVALID_COLUMN_OR_FIELD_DATA_TYPE",
                  {{"name", quoted({field.name})},
                   {"type", functions::quoted_type(value->type)},
                   {"expectedType", functions::quoted_type(field.type)}},
                  origin.context());
    }
    if (!functions::fields_in_order(value->type, field.type))
      throw Error::not_supported("to() with other fields of a struct, or in another order");
    ExpressionPtr stored = functions::implicit_cast_to(value, field.type, context_);
    ExpressionPtr item = alias(stored, field.name);
    if (!field.metadata.empty() && field.metadata != "{}") {
      Expression copy = *item;
      std::get<Alias>(copy.node).metadata = field.metadata;
      item = std::make_shared<const Expression>(std::move(copy));
    }
    items.push_back(item);
  }
  return {project(child.plan, std::move(items), origin), child.marks};
}

/// The first row of each group of equal `columns`.
Node Resolver::deduplicate(const Deduplicate& node, const Origin& origin) {
  Node child = resolve(node.child);
  child.plan = visible(child.plan);
  if (node.all_columns || node.columns.empty()) {
    return {make_resolved_plan(Distinct{child.plan}, child.plan->output, origin), child.marks};
  }
  IdSet keys;
  for (const auto& name : node.columns) {
    bool found = false;
    for (const auto& attribute : child.plan->output) {
      if (!same_name(attribute.name, name)) continue;
      keys.insert(attribute.id);
      found = true;
    }
    if (!found) unresolved_column({name}, child.plan->output, origin);
  }
  if (keys.size() == child.plan->output.size()) {
    return {make_resolved_plan(Distinct{child.plan}, child.plan->output, origin), child.marks};
  }
  Aggregate grouped;
  grouped.child = child.plan;
  for (const auto& attribute : child.plan->output) {
    ExpressionPtr column = reference(attribute);
    if (keys.contains(attribute.id)) {
      grouped.grouping.push_back(column);
      grouped.aggregates.push_back(column);
      continue;
    }
    // The column keeps its identity: it is still the same one to who refers to it.
    ExpressionPtr first = call("first: value", {column}, origin);
    grouped.aggregates.push_back(make_resolved(Alias{first, attribute.name, {}, attribute.id},
                                               attribute.type, attribute.nullable));
  }
  return {make_resolved_plan(std::move(grouped), child.plan->output, origin), child.marks};
}

}  // namespace lochan::analysis
