#include "analysis/tree.h"

#include <algorithm>

#include "base/ascii.h"
#include "functions/coercion.h"
#include "plan/plan_text.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT: this file is about plans

namespace {

using Replace = std::function<ExpressionPtr(const ExpressionPtr&)>;

ExpressionPtr with_plan(const ExpressionPtr& expression, PlanPtr plan) {
  Expression copy = *expression;
  std::get<Subquery>(copy.node).plan = std::move(plan);
  return std::make_shared<const Expression>(std::move(copy));
}

}  // namespace

ExpressionPtr transform(const ExpressionPtr& expression, const Replace& replace) {
  if (ExpressionPtr replacement = replace(expression)) return replacement;
  Expressions below = plan::children(*expression);
  bool changed = false;
  for (auto& child : below) {
    ExpressionPtr next = transform(child, replace);
    changed = changed || next != child;
    child = std::move(next);
  }
  return changed ? plan::with_children(expression, std::move(below)) : expression;
}

bool any_node(const ExpressionPtr& expression, const std::function<bool(const Expression&)>& test) {
  if (test(*expression)) return true;
  for (const auto& child : plan::children(*expression)) {
    if (any_node(child, test)) return true;
  }
  return false;
}

PlanPtr transform_expressions(const PlanPtr& plan, const Replace& replace) {
  Replace deep = [&](const ExpressionPtr& expression) -> ExpressionPtr {
    if (ExpressionPtr replacement = replace(expression)) return replacement;
    const auto* subquery = expression->as<Subquery>();
    if (subquery == nullptr || subquery->plan == nullptr) return nullptr;
    ExpressionPtr renewed = with_plan(expression, transform_expressions(subquery->plan, replace));
    Expressions values;
    for (const auto& value : subquery->values) values.push_back(transform(value, replace));
    return plan::with_children(renewed, std::move(values));
  };
  PlanPtr result = plan;
  Plans below = plan::children(*plan);
  bool changed = false;
  for (auto& child : below) {
    PlanPtr next = transform_expressions(child, replace);
    changed = changed || next != child;
    child = std::move(next);
  }
  if (changed) result = plan::with_children(result, std::move(below));
  Expressions own = plan::expressions(*result);
  changed = false;
  for (auto& expression : own) {
    ExpressionPtr next = transform(expression, deep);
    changed = changed || next != expression;
    expression = std::move(next);
  }
  return changed ? plan::with_expressions(result, std::move(own)) : result;
}

// ---- Keys
// -------------------------------------------------------------------------------------------------

namespace {

std::string id_text(AttributeId id) { return std::to_string(static_cast<int64_t>(id)); }

std::string keys(const Expressions& expressions) {
  std::string text;
  for (const auto& expression : expressions) text += semantic_key(*expression) + ",";
  return text;
}

std::string address(const void* object) {
  return "@" + std::to_string(reinterpret_cast<uintptr_t>(object));
}

std::string key_of(const PlanPtr& plan);

struct KeyOf {
  const Expression& expression;
  std::string operator()(const Literal& e) const {
    return "lit:" + e.value.type.simple_string() + ":" + e.value.sql();
  }
  std::string operator()(const AttributeRef& e) const { return "#" + id_text(e.id); }
  std::string operator()(const LambdaVariable& e) const { return "#" + id_text(e.id); }
  std::string operator()(const Alias& e) const { return semantic_key(*e.child); }
  std::string operator()(const Cast& e) const {
    return "cast(" + semantic_key(*e.child) + ":" + e.target.simple_string() + ":" +
           std::to_string(static_cast<int>(e.mode.value_or(CastMode::kAnsi))) + ")";
  }
  std::string operator()(const GetField& e) const {
    return semantic_key(*e.child) + "." + std::to_string(e.index);
  }
  std::string operator()(const SortOrder& e) const {
    return semantic_key(*e.child) + (e.ascending ? "^" : "v") +
           std::to_string(static_cast<int>(e.nulls));
  }
  std::string operator()(const Call& e) const {
    std::string text = std::string(e.function->name) + "(" + keys(e.arguments) + ")" +
                       std::to_string(static_cast<int>(e.mode)) + (e.distinct ? "d" : "") +
                       (e.ignore_nulls ? "i" : "");
    if (e.filter) text += "where" + semantic_key(*e.filter);
    return text + "by" + keys(e.order_by);
  }
  std::string operator()(const Window& e) const {
    std::string text =
        "over(" + semantic_key(*e.function) + "|" + keys(e.partition_by) + "|" + keys(e.order_by);
    if (e.frame) {
      auto bound = [](const FrameBound& b) {
        return std::to_string(b.kind) + (b.offset ? semantic_key(*b.offset) : "");
      };
      text += "|" + std::to_string(static_cast<int>(e.frame->kind)) + bound(e.frame->lower) + ":" +
              bound(e.frame->upper);
    }
    return text + ")";
  }
  std::string operator()(const Subquery& e) const {
    if (e.plan == nullptr || !e.plan->resolved) return itself();
    return "subquery" + std::to_string(static_cast<int>(e.kind)) + "(" + keys(e.values) + "|" +
           key_of(e.plan) + ")";
  }
  // Anything else (lambdas, Python functions) equals only itself.
  template <class Other>
  std::string operator()(const Other&) const {
    return itself();
  }
  std::string itself() const { return address(&expression); }
};

}  // namespace

std::string semantic_key(const Expression& expression) {
  return std::visit(KeyOf{expression}, expression.node);
}

// ---- Questions
// ----------------------------------------------------------------------------------------------

const functions::Function* called(const Expression& expression) {
  const auto* call = expression.as<Call>();
  return call ? call->function : nullptr;
}

bool is_aggregate_call(const Expression& expression) {
  const auto* function = called(expression);
  return function != nullptr && function->kind == functions::FunctionKind::kAggregate;
}

bool is_generator_call(const Expression& expression) {
  const auto* function = called(expression);
  return function != nullptr && function->kind == functions::FunctionKind::kGenerator;
}

bool has_aggregate(const ExpressionPtr& expression) {
  if (is_aggregate_call(*expression)) return true;
  if (const auto* window = expression->as<Window>()) {
    for (const auto& argument : plan::children(*window->function)) {
      if (has_aggregate(argument)) return true;
    }
    return std::any_of(window->partition_by.begin(), window->partition_by.end(), has_aggregate) ||
           std::any_of(window->order_by.begin(), window->order_by.end(), has_aggregate);
  }
  const Expressions below = plan::children(*expression);
  return std::any_of(below.begin(), below.end(), has_aggregate);
}

bool has_window(const ExpressionPtr& expression) {
  return any_node(expression, [](const Expression& e) { return e.as<Window>() != nullptr; });
}

ExpressionPtr find_window(const ExpressionPtr& expression) {
  if (!expression || expression->as<Window>()) return expression;
  for (const auto& child : plan::children(*expression)) {
    if (ExpressionPtr found = find_window(child)) return found;
  }
  return nullptr;
}

bool has_generator(const ExpressionPtr& expression) {
  return any_node(expression, is_generator_call);
}

bool is_deterministic(const ExpressionPtr& expression) {
  return !any_node(expression, [](const Expression& e) {
    if (const auto* python = e.as<PythonFunction>()) return !python->deterministic;
    const auto* function = called(e);
    return function != nullptr && !function->deterministic;
  });
}

bool is_constant(const ExpressionPtr& expression) {
  return is_deterministic(expression) && !any_node(expression, [](const Expression& e) {
           return e.as<AttributeRef>() || e.as<Subquery>() || e.as<Window>() ||
                  e.as<PythonFunction>() || is_aggregate_call(e) || is_generator_call(e);
         });
}

void collect_references(const ExpressionPtr& expression, IdSet& ids) {
  if (const auto* column = expression->as<AttributeRef>()) ids.insert(column->id);
  if (const auto* subquery = expression->as<Subquery>(); subquery && subquery->plan) {
    for (AttributeId id : outer_references(subquery->plan)) ids.insert(id);
  }
  for (const auto& child : plan::children(*expression)) collect_references(child, ids);
}

namespace {

void collect_used(const PlanPtr& plan, IdSet& used, IdSet& produced) {
  for (const auto& attribute : plan->output) produced.insert(attribute.id);
  for (const auto& expression : plan::expressions(*plan)) collect_references(expression, used);
  for (const auto& child : plan::children(*plan)) collect_used(child, used, produced);
}

}  // namespace

IdSet outer_references(const PlanPtr& plan) {
  IdSet used, produced;
  collect_used(plan, used, produced);
  std::erase_if(used, [&](AttributeId id) { return produced.contains(id); });
  return used;
}

IdSet output_ids(const Attributes& attributes) {
  IdSet ids;
  for (const auto& attribute : attributes) ids.insert(attribute.id);
  return ids;
}

// ---- Building
// -----------------------------------------------------------------------------------------------

ExpressionPtr reference(const Attribute& attribute, const Origin& origin) {
  return make_resolved(AttributeRef{attribute.id, attribute.name, attribute.qualifier},
                       attribute.type, attribute.nullable, origin);
}

Expressions references(const Attributes& attributes) {
  Expressions result;
  result.reserve(attributes.size());
  for (const auto& attribute : attributes) result.push_back(reference(attribute));
  return result;
}

ExpressionPtr alias(const ExpressionPtr& expression, std::string name) {
  return make_resolved(Alias{expression, std::move(name), {}, new_attribute_id()}, expression->type,
                       expression->nullable, expression->origin);
}

Attribute attribute_of(const Expression& item, const Attributes& input) {
  if (const auto* named = item.as<Alias>()) {
    Attribute attribute{named->id, named->name, item.type, item.nullable};
    if (!named->metadata.empty()) {
      attribute.metadata = named->metadata;
    } else if (const auto* column = named->child->as<AttributeRef>()) {
      for (const auto& source : input) {
        if (source.id == column->id) attribute.metadata = source.metadata;
      }
    }
    return attribute;
  }
  const auto* column = item.as<AttributeRef>();
  if (column == nullptr) throw Error::internal("select item without a name: " + to_string(item));
  for (const auto& source : input) {
    if (source.id != column->id) continue;
    Attribute attribute = source;
    attribute.name = column->name;  // the user's spelling
    attribute.hidden = false;
    return attribute;
  }
  return {column->id, column->name, item.type, item.nullable, column->qualifier};
}

PlanPtr project(const PlanPtr& child, Expressions items, const Origin& origin) {
  std::unordered_map<AttributeId, const Attribute*> input;
  for (const auto& attribute : child->output) input.emplace(attribute.id, &attribute);
  Attributes output;
  output.reserve(items.size());
  for (const auto& item : items) {
    const auto* column = item->as<AttributeRef>();
    if (column == nullptr) {
      output.push_back(attribute_of(*item, child->output));
      continue;
    }
    auto found = input.find(column->id);
    if (found == input.end()) {
      output.push_back(attribute_of(*item, {}));
      continue;
    }
    output.push_back(*found->second);
    output.back().name = column->name;
    output.back().hidden = false;
  }
  return make_resolved_plan(Project{child, std::move(items)}, std::move(output), origin);
}

PlanPtr restored(const PlanPtr& child, const Attributes& output, const Origin& origin) {
  return make_resolved_plan(Project{child, references(output)}, output, origin);
}

PlanPtr filter(const PlanPtr& child, const ExpressionPtr& condition, const Origin& origin) {
  return make_resolved_plan(Filter{child, condition}, child->output, origin);
}

Attributes visible(const Attributes& attributes) {
  Attributes result;
  for (const auto& attribute : attributes) {
    if (!attribute.hidden) result.push_back(attribute);
  }
  return result;
}

PlanPtr visible(const PlanPtr& child) {
  if (std::none_of(child->output.begin(), child->output.end(),
                   [](const Attribute& attribute) { return attribute.hidden; })) {
    return child;
  }
  return project(child, references(visible(child->output)), child->origin);
}

bool refers_to(const PlanPtr& plan, const std::string& name) {
  if (const auto* relation = plan->as<UnresolvedRelation>()) {
    if (relation->name.size() == 1 && same_name(relation->name[0], name)) return true;
  }
  for (const auto& child : plan::children(*plan)) {
    if (refers_to(child, name)) return true;
  }
  return false;
}

// ---- New identities
// -----------------------------------------------------------------------------------------

namespace {

using IdMap = std::unordered_map<AttributeId, AttributeId>;

/// Every id that `plan` or a plan below produces, with the one that replaces it.
template <class NewId>
void renew_outputs(const PlanPtr& plan, IdMap& map, const NewId& new_id) {
  for (const auto& attribute : plan->output) {
    if (!map.contains(attribute.id)) map.emplace(attribute.id, new_id(map));
  }
  for (const auto& child : plan::children(*plan)) renew_outputs(child, map, new_id);
}

PlanPtr with_renewed_outputs(const PlanPtr& plan, const IdMap& map) {
  Plan copy = *plan;
  auto renew = [&](Attributes& attributes) {
    for (auto& attribute : attributes) {
      if (auto found = map.find(attribute.id); found != map.end()) attribute.id = found->second;
    }
  };
  renew(copy.output);
  if (auto* generate = std::get_if<Generate>(&copy.node)) renew(generate->generator_output);
  Plans below = plan::children(copy);
  PlanPtr result = std::make_shared<const Plan>(std::move(copy));
  if (below.empty()) return result;
  for (auto& child : below) child = with_renewed_outputs(child, map);
  return plan::with_children(result, std::move(below));
}

PlanPtr with_ids(const PlanPtr& plan, const IdMap& map) {
  auto replace = [&](const ExpressionPtr& expression) -> ExpressionPtr {
    if (const auto* column = expression->as<AttributeRef>()) {
      auto found = map.find(column->id);
      if (found == map.end()) return nullptr;
      Expression copy = *expression;
      std::get<AttributeRef>(copy.node).id = found->second;
      return std::make_shared<const Expression>(std::move(copy));
    }
    return nullptr;
  };
  auto aliases = [&](const ExpressionPtr& expression) -> ExpressionPtr {
    if (ExpressionPtr column = replace(expression)) return column;
    const auto* named = expression->as<Alias>();
    if (named == nullptr) return nullptr;
    auto found = map.find(named->id);
    if (found == map.end()) return nullptr;
    Expression copy = *expression;
    auto& node = std::get<Alias>(copy.node);
    node.id = found->second;
    node.child = transform(named->child, replace);
    return std::make_shared<const Expression>(std::move(copy));
  };
  return with_renewed_outputs(transform_expressions(plan, aliases), map);
}

/// What a plan reads: its text does not tell two of them apart.
void append_sources(const PlanPtr& plan, std::string& text) {
  if (const auto* scan = plan->as<Scan>()) text += address(scan->source.get());
  if (const auto* local = plan->as<LocalRelation>()) text += address(local->arrow_ipc.get());
  for (const auto& child : plan::children(*plan)) append_sources(child, text);
}

/// Equal for plans that differ only in the ids of what they produce.
std::string key_of(const PlanPtr& plan) {
  IdMap map;
  renew_outputs(plan, map, [](const IdMap& known) {
    return AttributeId{-static_cast<int64_t>(known.size()) - 1};
  });
  std::string text = one_line(*with_ids(plan, map));
  append_sources(plan, text);
  return text;
}

}  // namespace

PlanPtr fresh_copy(const PlanPtr& plan) {
  IdMap map;
  renew_outputs(plan, map, [](const IdMap&) { return new_attribute_id(); });
  return with_ids(plan, map);
}

}  // namespace lochan::analysis
