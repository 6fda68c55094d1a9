#include "analysis/aggregation.h"

#include <algorithm>
#include <functional>

#include "analysis/errors.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT

Grouped::Grouped(Resolver& resolver, PlanPtr child, const Expressions& groups,
                 std::vector<std::vector<int>> sets)
    : resolver_(resolver), child_(std::move(child)), sets_(std::move(sets)) {
  Expressions computed = references(child_->output);
  std::vector<AttributeId> ids;
  bool computes = false;
  std::vector<std::string> names;
  for (const auto& group : groups) {
    const auto* column = group->as<AttributeRef>();
    const bool local =
        column != nullptr && std::any_of(child_->output.begin(), child_->output.end(),
                                         [&](const Attribute& a) { return a.id == column->id; });
    if (local) {
      ids.push_back(column->id);
    } else {
      ExpressionPtr item = alias(group, functions::display_name(*group, resolver.context()));
      ids.push_back(item->as<Alias>()->id);
      computed.push_back(item);
      computes = true;
    }
  }
  if (computes) child_ = project(child_, std::move(computed));
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto found = std::find_if(child_->output.begin(), child_->output.end(),
                                    [&](const Attribute& a) { return a.id == ids[i]; });
    groups_.push_back(*found);
    if (!sets_.empty()) groups_.back().nullable = true;
    group_keys_.emplace(semantic_key(*groups[i]), i);
    group_keys_.emplace(semantic_key(*reference(*found)), i);
  }
}

Grouped::Grouped(Resolver& resolver, const PlanPtr& aggregate) : resolver_(resolver) {
  const auto& node = *aggregate->as<Aggregate>();
  child_ = node.child;
  sets_ = node.grouping_sets;
  const auto* computing = child_->as<Project>();
  for (const auto& group : node.grouping) {
    const AttributeId id = group->as<AttributeRef>()->id;
    const auto found = std::find_if(child_->output.begin(), child_->output.end(),
                                    [&](const Attribute& a) { return a.id == id; });
    const size_t i = groups_.size();
    groups_.push_back(*found);
    if (!sets_.empty()) groups_.back().nullable = true;
    group_keys_.emplace(semantic_key(*group), i);
    if (computing == nullptr) continue;
    for (const auto& item : computing->expressions) {
      const auto* named = item->as<Alias>();
      if (named != nullptr && named->id == id) group_keys_.emplace(semantic_key(*named->child), i);
    }
  }
  for (const auto& item : node.aggregates) {
    const auto* named = item->as<Alias>();
    if (named == nullptr) continue;
    call_keys_.emplace(semantic_key(*named->child), calls_.size());
    calls_.push_back(item);
  }
}

/// An aggregate of nothing but columns of the query around.
bool Grouped::is_of_outer(const Expression& e) const {
  IdSet used;
  const std::function<void(const Expression&)> collect = [&](const Expression& at) {
    if (const auto* reference = at.as<AttributeRef>()) used.insert(reference->id);
    for (const auto& child : plan::children(at)) {
      if (child) collect(*child);
    }
  };
  collect(e);
  return !used.empty() && std::none_of(child_->output.begin(), child_->output.end(),
                                       [&](const Attribute& a) { return used.contains(a.id); });
}

ExpressionPtr Grouped::lift_aggregate(const ExpressionPtr& e) {
  const std::string key = semantic_key(*e);
  auto found = call_keys_.find(key);
  if (found == call_keys_.end() || !is_deterministic(e)) {
    calls_.push_back(alias(e, functions::display_name(*e, resolver_.context())));
    found = call_keys_.insert_or_assign(key, calls_.size() - 1).first;
  }
  const Expression& item = *calls_[found->second];
  const auto* named = item.as<Alias>();
  return make_resolved(AttributeRef{named->id, named->name, {}}, item.type, item.nullable,
                       e->origin);
}

/// grouping(a), grouping_id(a, b): arguments are grouping columns; no argument means all of them.
ExpressionPtr Grouped::lift_grouping(const ExpressionPtr& e) {
  if (sets_.empty()) {
    throw Error("UNSUPPORTED_GROUPING_EXPRESSION", {}, e->origin.context());
  }
  const auto& node = *e->as<Call>();
  Expressions arguments;
  for (const auto& argument : node.arguments) {
    auto group = group_keys_.find(semantic_key(*argument));
    if (group == group_keys_.end()) {
      std::string all;
      for (const auto& column : groups_) all += (all.empty() ? "\"" : ", \"") + column.name + "\"";
      const bool single = node.function->name == "grouping";
      throw Error(single ? "GROUPING_COLUMN_MISMATCH" : "GROUPING_ID_COLUMN_MISMATCH",
                  {{"grouping", functions::quoted_name(*argument, resolver_.context())},
                   {"groupingColumns", all},
                   {"groupingIdColumn", functions::quoted_name(*argument, resolver_.context())},
                   {"groupByColumns", all}},
                  e->origin.context());
    }
    arguments.push_back(reference(groups_[group->second]));
  }
  if (node.arguments.empty()) arguments = references(groups_);
  Expression lifted = *e;
  lifted.display = functions::display_name(*e, resolver_.context());
  std::get<Call>(lifted.node).arguments = std::move(arguments);
  return lift_aggregate(std::make_shared<const Expression>(std::move(lifted)));
}

/// A column that is not grouped: aggregates lifted before and columns of the query around pass.
ExpressionPtr Grouped::lift_column(const ExpressionPtr& e) const {
  const auto& column = *e->as<AttributeRef>();
  const bool local = std::any_of(child_->output.begin(), child_->output.end(),
                                 [&](const Attribute& a) { return a.id == column.id; });
  if (!local) return e;
  if (visible_ != nullptr) unresolved_column({column.name}, *visible_, e->origin);
  if (groups_.empty()) throw Error("MISSING_GROUP_BY", {}, e->origin.context());
  missing_aggregation(*e, resolver_.context());
}

/// A subquery that is no grouping expression. What it refers to outside itself must be of the
/// group.
ExpressionPtr Grouped::lift_subquery(const ExpressionPtr& e) {
  const auto& node = *e->as<Subquery>();
  const bool selected = visible_ == nullptr;
  const IdSet outside = outer_references(node.plan);
  if (selected && node.kind == SubqueryKind::kScalar &&
      std::any_of(child_->output.begin(), child_->output.end(),
                  [&](const Attribute& a) { return outside.contains(a.id); })) {
    throw Error("SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION",
                {{"sqlExpr", functions::quoted_name(*e, resolver_.context())}},
                e->origin.context());
  }
  Expression lifted = *e;
  auto& subquery = std::get<Subquery>(lifted.node);
  subquery.plan =
      transform_expressions(node.plan, [&](const ExpressionPtr& inner) -> ExpressionPtr {
        const auto* column = inner->as<AttributeRef>();
        if (column == nullptr || !outside.contains(column->id)) return nullptr;
        if (values_ != nullptr) {
          if (auto value = values_->find(column->id); value != values_->end())
            return lift(value->second);
        }
        return lift(inner);
      });
  for (auto& value : subquery.values) value = lift(value);
  return std::make_shared<const Expression>(std::move(lifted));
}

ExpressionPtr Grouped::lift(const ExpressionPtr& e) {
  if (const auto* named = e->as<Alias>()) {
    Expression copy = *e;
    std::get<Alias>(copy.node).child = lift(named->child);
    copy.nullable = std::get<Alias>(copy.node).child->nullable;
    return std::make_shared<const Expression>(std::move(copy));
  }
  if (!e->as<Literal>()) {
    if (auto group = group_keys_.find(semantic_key(*e)); group != group_keys_.end()) {
      ExpressionPtr column = reference(groups_[group->second], e->origin);
      if (const auto* same = e->as<AttributeRef>()) {
        Expression copy = *column;
        std::get<AttributeRef>(copy.node).name = same->name;
        return std::make_shared<const Expression>(std::move(copy));
      }
      return column;
    }
  }
  if (is_aggregate_call(*e)) {
    const auto name = e->as<Call>()->function->name;
    if (name == "grouping" || name == "grouping_id") return lift_grouping(e);
    if (is_of_outer(*e)) {
      throw Error("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE",
                  {{"sqlExprs", functions::quoted_name(*e, resolver_.context())}},
                  e->origin.context());
    }
    return lift_aggregate(e);
  }
  if (e->as<AttributeRef>() != nullptr) return lift_column(e);
  if (e->as<Subquery>() != nullptr) return lift_subquery(e);
  Expressions below = plan::children(*e);
  if (const auto* window = e->as<Window>()) {
    // The window's own function stays; what it is applied to is lifted.
    Expressions arguments = plan::children(*window->function);
    for (auto& argument : arguments) argument = lift(argument);
    below[0] = plan::with_children(window->function, std::move(arguments));
    for (size_t i = 1; i < below.size(); ++i) below[i] = lift(below[i]);
    return plan::with_children(e, std::move(below));
  }
  if (below.empty()) return e;
  for (auto& child : below) child = lift(child);
  return plan::with_children(e, std::move(below));
}

PlanPtr Grouped::build(const Origin& origin) const {
  Aggregate node;
  node.child = child_;
  node.grouping = references(groups_);
  node.grouping_sets = sets_;
  node.aggregates = references(groups_);
  node.aggregates.insert(node.aggregates.end(), calls_.begin(), calls_.end());
  node.kind = sets_.empty() ? GroupKind::kGroupBy : GroupKind::kGroupingSets;
  Attributes output = groups_;
  for (const auto& item : calls_) output.push_back(attribute_of(*item, {}));
  return make_resolved_plan(std::move(node), std::move(output), origin);
}

// ---- The node
// -------------------------------------------------------------------------------------------------

namespace {

/// GROUP BY 2: the second item of the select list.
ExpressionPtr by_position(const ExpressionPtr& group, const Expressions& items,
                          const functions::ResolveContext& context) {
  const auto* position = group->as<Literal>();
  if (position == nullptr || !position->value.type.is(types::TypeId::kInteger) ||
      position->value.is_null()) {
    return nullptr;
  }
  const int64_t index = position->value.as_int();
  if (index < 1 || index > static_cast<int64_t>(items.size())) {
    throw Error("GROUP_BY_POS_OUT_OF_RANGE",
                {{"index", std::to_string(index)}, {"size", std::to_string(items.size())}},
                group->origin.context());
  }
  const ExpressionPtr& item = items[static_cast<size_t>(index - 1)];
  const auto* named = item->as<Alias>();
  const ExpressionPtr& value = named ? named->child : item;
  if (has_aggregate(value)) {
    throw Error("GROUP_BY_POS_AGGREGATE",
                {{"index", std::to_string(index)},
                 {"aggExpr", qualified_name(*value, context) +
                                 (named ? " AS " + types::quote_if_needed(named->name) : "")}},
                group->origin.context());
  }
  return value;
}

std::vector<std::vector<int>> rollup_sets(size_t count) {
  std::vector<std::vector<int>> sets;
  for (size_t kept = count + 1; kept-- > 0;) {
    std::vector<int> set;
    for (size_t i = 0; i < kept; ++i) set.push_back(static_cast<int>(i));
    sets.push_back(std::move(set));
  }
  return sets;
}

std::vector<std::vector<int>> cube_sets(size_t count) {
  std::vector<std::vector<int>> sets;
  for (size_t mask = 0; mask < (size_t{1} << count); ++mask) {
    std::vector<int> set;
    for (size_t i = 0; i < count; ++i) {
      if ((mask >> i & 1) == 0) set.push_back(static_cast<int>(i));
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

/// Maps are equal whatever the order of their entries; the engine would compare them in order.
void refuse_maps(const types::DataType& type) {
  if (type.is(types::TypeId::kMap)) throw Error::not_supported("GROUP BY a map");
  if (type.is(types::TypeId::kArray)) refuse_maps(type.element());
  if (!type.is(types::TypeId::kStruct)) return;
  for (const auto& field : type.fields()) refuse_maps(field.type);
}

void check_group(const ExpressionPtr& group, const functions::ResolveContext& context) {
  if (has_aggregate(group)) {
    throw Error("GROUP_BY_AGGREGATE", {{"sqlExpr", qualified_name(*group, context)}},
                group->origin.context());
  }
  if (group->type.is(types::TypeId::kVariant) || group->type.is(types::TypeId::kCalendarInterval)) {
    throw Error("GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE",
                {{"sqlExpr", functions::quoted_name(*group, context)},
                 {"dataType", functions::quoted_type(group->type)}},
                group->origin.context());
  }
}

/// GROUP BY explode(a): the generator runs under the Aggregate; its column is what is grouped by
/// and selected.
PlanPtr with_generators(Resolver& resolver, PlanPtr child, Expressions& groups, Expressions& items,
                        const Origin& origin) {
  for (auto& group : groups) {
    if (!is_generator_call(*group)) continue;
    const std::string key = semantic_key(*group);
    Expressions extended = references(child->output);
    extended.push_back(alias(group, functions::display_name(*group, resolver.context())));
    child = resolver.projected(child, std::move(extended), origin);
    const Attribute& made = child->output.back();
    group = reference(made);
    for (auto& item : items) {
      const auto* named = item->as<Alias>();
      if (named == nullptr || semantic_key(*named->child) != key) continue;
      const bool automatic =
          named->name == functions::display_name(*named->child, resolver.context());
      item = automatic ? reference(made) : alias(reference(made), named->name);
    }
  }
  return child;
}

/// GROUP BY window(time, ...) makes a column `window` below, which the select list may name; rows
/// without a time are in no window.
PlanPtr with_time_windows(Resolver& resolver, PlanPtr child, Expressions& grouping,
                          const Scope& scope, std::map<std::string, ExpressionPtr>& windows) {
  for (auto& group : grouping) {
    const Expression* e = group.get();
    const auto* named = e->as<Alias>();
    if (named != nullptr) e = named->child.get();
    const auto* call = e->as<UnresolvedFunction>();
    if (call == nullptr || call->name.size() != 1 || !same_name(call->name[0], "window")) continue;
    const ExpressionPtr window = resolver.expression(named ? named->child : group, scope);
    child =
        filter(child, resolver.call("isnotnull", {resolver.expression(call->arguments[0], scope)}));
    Expressions extended = references(child->output);
    extended.push_back(alias(window, named ? named->name : "window"));
    child = project(child, std::move(extended));
    group = reference(child->output.back());
    windows.emplace(semantic_key(*window), group);
  }
  return child;
}

}  // namespace

Node Resolver::aggregate(const Aggregate& node, const Origin& origin) {
  Node child = resolve(node.child);
  Expressions grouping = node.grouping;
  std::map<std::string, ExpressionPtr> windows;
  {
    Columns below(child.plan->output);
    child.plan =
        with_time_windows(*this, child.plan, grouping,
                          {.columns = &below, .marks = child.marks, .outer = outer_}, windows);
  }
  Columns columns(child.plan->output);
  Scope scope{.columns = &columns, .marks = child.marks, .outer = outer_};
  if (node.kind == GroupKind::kPivot) return {pivot(node, child.plan, scope, origin), child.marks};

  Expressions items = select_list(node.aggregates, scope);
  if (!windows.empty()) {
    for (auto& item : items) {
      item = transform(item, [&](const ExpressionPtr& e) -> ExpressionPtr {
        const auto found = windows.find(semantic_key(*e));
        return found == windows.end() ? nullptr : found->second;
      });
    }
  }

  // Grouping expressions see the select list's aliases after the columns.
  std::vector<LateralAlias> aliases;
  for (const auto& item : items) {
    if (const auto* named = item->as<Alias>()) aliases.push_back({named->name, named->child});
  }
  Scope group_scope = scope;
  group_scope.lateral = &aliases;
  Expressions groups;
  std::map<std::string, int> indices;
  auto add_group = [&](const ExpressionPtr& unresolved) {
    ExpressionPtr group = by_position(unresolved, items, context_);
    if (group == nullptr) group = expression(unresolved, group_scope);
    if (const auto* named = group->as<Alias>()) group = named->child;
    check_group(group, context_);
    refuse_maps(group->type);
    auto [entry, added] = indices.emplace(semantic_key(*group), static_cast<int>(groups.size()));
    if (added) groups.push_back(group);
    return entry->second;
  };
  std::vector<std::vector<int>> sets;
  if (node.kind == GroupKind::kGroupByAll) {
    for (const auto& item : items) {
      const auto* named = item->as<Alias>();
      const ExpressionPtr& value = named ? named->child : item;
      if (!has_aggregate(value) && !has_window(value)) add_group(value);
    }
  } else {
    for (const auto& group : expand_stars(grouping, scope)) add_group(group);
    if (node.kind == GroupKind::kRollup) sets = rollup_sets(groups.size());
    if (node.kind == GroupKind::kCube) sets = cube_sets(groups.size());
    if (node.kind == GroupKind::kGroupingSets) {
      for (const auto& raw : node.raw_grouping_sets) {
        std::vector<int> set;
        for (const auto& group : raw) set.push_back(add_group(group));
        sets.push_back(std::move(set));
      }
      if (node.raw_grouping_sets.empty()) sets = node.grouping_sets;
    }
  }

  child.plan = with_generators(*this, child.plan, groups, items, origin);
  Grouped grouped(*this, child.plan, groups, std::move(sets));
  ExpressionPtr having;
  Attributes selected;
  Grouped::Values values;
  if (node.having != nullptr) {
    // HAVING sees the select list's names first; arguments of its aggregates see the input first.
    for (const auto& item : items) {
      selected.push_back(attribute_of(*item, child.plan->output));
      const auto* named = item->as<Alias>();
      values.emplace(selected.back().id, named ? named->child : item);
    }
    // A name of a grouping column means that column, although an item of the select list has it as
    // well.
    Attributes named;
    for (const auto& attribute : selected) {
      const bool grouped_by =
          std::any_of(groups.begin(), groups.end(), [&](const ExpressionPtr& group) {
            const auto* column = group->as<AttributeRef>();
            return column != nullptr && column->id != attribute.id &&
                   same_name(column->name, attribute.name);
          });
      if (!grouped_by) named.push_back(attribute);
    }
    Columns selected_columns(named);
    Scope having_scope{
        .columns = &selected_columns, .marks = child.marks, .below = &columns, .outer = outer_};
    having = condition(node.having, having_scope);
    having = transform(having, [&](const ExpressionPtr& e) -> ExpressionPtr {
      const auto* column = e->as<AttributeRef>();
      if (column == nullptr) return nullptr;
      auto found = values.find(column->id);
      return found == values.end() ? nullptr : found->second;
    });
  }
  for (auto& item : items) item = grouped.lift(item);
  if (having != nullptr) {
    grouped.hide_input(&selected, &values);
    having = grouped.lift(having);
    grouped.hide_input(nullptr, nullptr);
  }
  PlanPtr result = grouped.build(origin);
  if (having != nullptr) result = filter(result, having, node.having->origin);
  return {projected(result, std::move(items), origin), child.marks};
}

// ---- Reaching under a Project
// ------------------------------------------------------------------------------------

namespace {

/// Nodes through which columns can be reached: they keep their input's columns.
PlanPtr kept_child(const Plan& plan) {
  if (const auto* node = plan.as<Filter>()) return node->child;
  if (const auto* node = plan.as<Sort>()) return node->child;
  if (const auto* node = plan.as<Sample>()) return node->child;
  return nullptr;
}

const Plan* under_filters(const Plan* plan) {
  while (const auto* node = plan->as<Filter>()) plan = node->child.get();
  return plan;
}

PlanPtr over(const PlanPtr& plan, PlanPtr child) {
  Plan copy = *plan::with_children(plan, {child});
  copy.output = child->output;
  return std::make_shared<const Plan>(std::move(copy));
}

/// Makes `plan` put out `ids` as well, which some Project below it has dropped; null if that is not
/// possible.
PlanPtr with_columns_available(const PlanPtr& plan, const IdSet& ids) {
  const IdSet present = output_ids(plan->output);
  if (std::all_of(ids.begin(), ids.end(), [&](AttributeId id) { return present.contains(id); })) {
    return plan;
  }
  if (PlanPtr child = kept_child(*plan)) {
    PlanPtr wider = with_columns_available(child, ids);
    return wider == nullptr ? nullptr : over(plan, wider);
  }
  const auto* node = plan->as<Project>();
  if (node == nullptr) return nullptr;
  IdSet needed;
  for (AttributeId id : ids) {
    if (!present.contains(id)) needed.insert(id);
  }
  PlanPtr child = with_columns_available(node->child, needed);
  if (child == nullptr) return nullptr;
  Expressions items = node->expressions;
  for (const auto& attribute : child->output) {
    if (needed.contains(attribute.id)) items.push_back(reference(attribute));
  }
  return project(child, std::move(items), plan->origin);
}

/// A Project over (filters over) an Aggregate: adds `e`, lifted, to its output.
PlanPtr with_lifted(Resolver& resolver, const PlanPtr& plan, Expressions& expressions) {
  const auto& node = *plan->as<Project>();
  std::vector<PlanPtr> filters;
  PlanPtr at = node.child;
  while (at->as<Filter>() != nullptr) {
    filters.push_back(at);
    at = at->as<Filter>()->child;
  }
  Grouped grouped(resolver, at);
  Grouped::Values values;
  for (const auto& item : node.expressions) {
    if (const auto* named = item->as<Alias>()) values.emplace(named->id, named->child);
  }
  grouped.hide_input(&plan->output, &values);
  Expressions items = node.expressions;
  const IdSet present = output_ids(plan->output);
  for (auto& e : expressions) {
    IdSet used;
    collect_references(e, used);
    const bool ready =
        !has_aggregate(e) && !has_window(e) &&
        std::all_of(used.begin(), used.end(), [&](AttributeId id) { return present.contains(id); });
    if (ready) continue;
    const bool order = e->as<SortOrder>() != nullptr;
    ExpressionPtr value = order ? e->as<SortOrder>()->child : e;
    value = transform(value, [&](const ExpressionPtr& inner) -> ExpressionPtr {
      const auto* column = inner->as<AttributeRef>();
      if (column == nullptr) return nullptr;
      auto found = values.find(column->id);
      return found == values.end() ? nullptr : found->second;
    });
    ExpressionPtr item = alias(grouped.lift(value), "_order");
    items.push_back(item);
    ExpressionPtr column = reference(attribute_of(*item, {}));
    e = order ? plan::with_children(e, {column}) : column;
  }
  PlanPtr base = grouped.build(at->origin);
  for (auto f = filters.rbegin(); f != filters.rend(); ++f) base = over(*f, base);
  return project(base, std::move(items), plan->origin);
}

const Plan* project_under(const Plan* plan) {
  while (true) {
    PlanPtr child = kept_child(*plan);
    if (child == nullptr) break;
    plan = child.get();
  }
  return plan->as<Project>() != nullptr ? plan : nullptr;
}

}  // namespace

const Attributes* below_columns(const PlanPtr& plan) {
  const Plan* at = project_under(plan.get());
  if (at == nullptr) return nullptr;
  const Plan* base = under_filters(at->as<Project>()->child.get());
  if (const auto* node = base->as<Aggregate>()) return &node->child->output;
  return &at->as<Project>()->child->output;
}

bool over_aggregate(const PlanPtr& plan) {
  const auto* node = plan->as<Project>();
  return node != nullptr && under_filters(node->child.get())->as<Aggregate>() != nullptr;
}

Extended extend(Resolver& resolver, const PlanPtr& plan, const Expressions& expressions) {
  Extended result{plan, expressions};
  if (over_aggregate(plan)) {
    result.plan = with_lifted(resolver, plan, result.expressions);
    return result;
  }
  IdSet needed;
  for (const auto& e : expressions) collect_references(e, needed);
  const IdSet present = output_ids(plan->output);
  const Attributes* below = below_columns(plan);
  const IdSet reachable = below ? output_ids(*below) : IdSet{};
  std::erase_if(needed,
                [&](AttributeId id) { return present.contains(id) || !reachable.contains(id); });
  if (!needed.empty()) {
    if (PlanPtr wider = with_columns_available(plan, needed)) result.plan = wider;
  }
  // Windows are computed by a Project.
  Expressions items = references(result.plan->output);
  const size_t before = items.size();
  for (auto& e : result.expressions) {
    if (!has_window(e)) continue;
    const bool order = e->as<SortOrder>() != nullptr;
    ExpressionPtr item = alias(order ? e->as<SortOrder>()->child : e, "_window");
    items.push_back(item);
    ExpressionPtr column = reference(attribute_of(*item, {}));
    e = order ? plan::with_children(e, {column}) : column;
  }
  resolver.refuse_outer_windows(items, result.plan->output);
  if (items.size() > before) result.plan = project(result.plan, std::move(items), plan->origin);
  return result;
}

}  // namespace lochan::analysis
